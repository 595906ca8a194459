"""The README of a ProgSnap2 dataset: what stands in it, and what the event types of its own mean."""

from collections.abc import Iterable

from shared.events.kinds import Payload

_README = """\
# {title}

A ProgSnap2 v1.0 dataset that ExamDesk made from its event logs.

- `CodeStateRepresentation` is `Keystroke`: a text after a `File.Edit` is `s[:i] + InsertText + s[i + len(DeleteText):]`
  with `i` = `SourceLocation`, counted in Unicode code points, for each `SubjectID` and `CodeStateSection`. A file
  begins empty at its `File.Create`; what it came with is its first `File.Edit`.
- A file is emptied by a `File.Edit` before it is deleted or renamed, and one fills it under its new name: such edits
  are fabricated (`IsFabricatedEvent`), so that replaying the edits alone gives every text. A session that goes on at
  another PC deletes its files and creates them again.
- `Order` counts within a `SubjectID`. `ServerTimestamp` is the hub's clock, `ClientTimestamp` the PC's own.
- `ProgramInput`, `ProgramOutput` and `ProgramErrorOutput` are `data:` URLs with the text itself (RFC 2397), which
  `urllib.request.urlopen(url).read()` gives back byte for byte.
- `ExecutionResult` is `Timeout` where a program was interrupted: by its time limit, by the student, or with the PC.
- The test of a `Run.Test` is all of a question's shown checks together. There are no scores.
- Submit rows stand for one file each. `EventInitiator` says whether the student, the end of time (`ToolTimedEvent`)
  or staff handed it in.
- Read cells as text: `pandas.read_csv(path, dtype=str, keep_default_na=False)`, or typed words such as `NA` get lost.
- {outside}
- Cells are as they are, also where a spreadsheet would take one for a formula: read them with a program.
- `LinkTables/Subject.csv` has each subject's section; `LinkTables/Problem.csv` the titles of the problems.
- An `Intervention` of the category `X-Notice` is a message of the staff; its type says of which kind.

Own event types:

{own}
"""
_WITHOUT = "Text that was pasted from outside the editor is left out: each of its characters stands as `{sign}`."
_WITH = "Text that was pasted from outside the editor is in it."
_OWN = {
    "X-MessageSeen": "a message of the staff whose text is not known any more was shown.",
    "X-Erased": "an event whose text was erased, or cannot be read.",
    "X-Unknown": "an event of a kind that this version of ExamDesk does not know.",
    "X-Misfit": "an event that does not go together with the texts before it.",
}


def readme_of(title: str, kept: Iterable[type[Payload]], sign: str, *, outside: bool) -> str:
    """Return the README; `kept` are the kinds of events that keep their names, `sign` stands for left-out text."""
    types = {f"X-{kind.__name__}": (kind.__doc__ or "").partition("\n")[0] for kind in kept} | _OWN
    told = "\n".join(f"- `{name}`: {about}" for name, about in types.items())
    return _README.format(title=title, outside=_WITH if outside else _WITHOUT.format(sign=sign), own=told)
