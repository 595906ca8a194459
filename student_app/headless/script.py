"""The script of a headless desk: one JSON object a line, each done at its time after the exam has opened.

Every step has `do` and may have `at_ms` (ms after the opening; left out: right after the last one). A `file` without a
slash means the question that the student is at. The steps are the classes below; their fields are the JSON's.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import msgspec

from shared.problems import InputProblem


class Step(msgspec.Struct, frozen=True, kw_only=True, tag_field="do"):
    """What every step has."""

    at_ms: int | None = None


class Insert(Step, frozen=True, kw_only=True, tag="insert"):
    """Type `text` at `offset`, all at once."""

    file: str = "main.py"
    offset: int
    text: str


class Delete(Step, frozen=True, kw_only=True, tag="delete"):
    """Remove `count` characters at `offset`."""

    file: str = "main.py"
    offset: int
    count: int


class Paste(Step, frozen=True, kw_only=True, tag="paste"):
    """Paste `text` at `offset` over `removed` characters."""

    file: str = "main.py"
    offset: int
    text: str
    removed: int = 0


class Copy(Step, frozen=True, kw_only=True, tag="copy"):
    """Copy this text within the exam, so that pasting it counts as own."""

    text: str


class Run(Step, frozen=True, kw_only=True, tag="run"):
    """Run a file; with `wait` the next step waits for its end."""

    file: str = "main.py"
    wait: bool = False


class Stdin(Step, frozen=True, kw_only=True, tag="stdin"):
    """Give the running program a text to read."""

    text: str


class StopRun(Step, frozen=True, kw_only=True, tag="stop-run"):
    """Stop the running program."""


class Focus(Step, frozen=True, kw_only=True, tag="focus"):
    """The window loses or regains the keyboard."""

    here: bool = True
    away_ms: int = 0


class View(Step, frozen=True, kw_only=True, tag="view"):
    """Turn to a question, by its id or its number from 1."""

    question: str | int
    file: str = ""


class Message(Step, frozen=True, kw_only=True, tag="message"):
    """Write to the staff."""

    text: str
    about: Literal["message", "problem"] = "message"


class Hand(Step, frozen=True, kw_only=True, tag="hand"):
    """Raise the hand, or take it down."""

    up: bool = True
    text: str = ""


class Notes(Step, frozen=True, kw_only=True, tag="notes"):
    """Write the own notes."""

    text: str


class Save(Step, frozen=True, kw_only=True, tag="save"):
    """Press Save."""


class NewFile(Step, frozen=True, kw_only=True, tag="new-file"):
    """Make a file."""

    file: str
    text: str = ""


class RenameFile(Step, frozen=True, kw_only=True, tag="rename-file"):
    """Give a file another name."""

    file: str
    to: str


class RemoveFile(Step, frozen=True, kw_only=True, tag="remove-file"):
    """Remove a file."""

    file: str


class Cable(Step, frozen=True, kw_only=True, tag="cable"):
    """Pull the network cable, or put it back."""

    in_: bool = msgspec.field(name="in")


class Bundle(Step, frozen=True, kw_only=True, tag="bundle"):
    """Write the file for the stick."""

    to: str


class Record(Step, frozen=True, kw_only=True, tag="record"):
    """Write a copy of the own record, as everybody verifies it."""

    to: str


class Check(Step, frozen=True, kw_only=True, tag="check"):
    """Run the checks that the question shows; with `wait` the next step waits for their end."""

    question: str | int = ""
    wait: bool = False


class Submit(Step, frozen=True, kw_only=True, tag="submit"):
    """Hand in."""


class TakeBack(Step, frozen=True, kw_only=True, tag="take-back"):
    """Go on after handing in."""


class Wait(Step, frozen=True, kw_only=True, tag="wait"):
    """Wait for `ms`, and until all is safe or saved, the exam is open or ended, the run ended, or packages are here."""

    ms: int = 0
    until: Literal["", "safe", "saved", "opened", "run-ended", "ended", "packages"] = ""


AnyStep = (
    Insert | Delete | Paste | Copy | Run | Stdin | StopRun | Focus | View | Message | Hand | Notes | Save | NewFile
    | RenameFile | RemoveFile | Cable | Bundle | Record | Check | Submit | TakeBack | Wait
)  # fmt: skip
_STEPS: dict[str, type[Step]] = {str(step.__struct_config__.tag): step for step in Step.__subclasses__()}
SYNONYMS = {
    ("delete", "length"): "count",
    ("focus", "gained"): "here",
    ("insert", "at"): "offset",
    ("paste", "at"): "offset",
}
"""Other names under which a step takes a field."""


def read_script(path: Path, warn: Callable[[str], None]) -> list[AnyStep]:
    """Return the steps of a script; a field that a step does not have is left out, and `warn` is told.

    Raises:
        InputProblem: names the line and what is wrong with it.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputProblem(f"The script {path} can't be read: {error}.") from error
    steps: list[AnyStep] = []
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        try:
            written = msgspec.json.decode(line, type=dict[str, Any])
            fields, unknown = _fields(written)
            steps.append(msgspec.convert(fields, AnyStep))
        except msgspec.MsgspecError as error:
            raise InputProblem(f"{path}, line {number}: {error}.") from error
        if unknown:
            warn(f"{path}, line {number}: {written['do']} has no {', '.join(unknown)}; the step is done without.")
    return steps


def _fields(written: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Return a step's fields by their own names, and the names that it does not have."""
    do = written.get("do")
    step = _STEPS.get(do) if isinstance(do, str) else None
    if step is None:
        return written, []
    named = {SYNONYMS.get((str(do), name), name): value for name, value in written.items()}
    known = {"do", *(field.encode_name for field in msgspec.structs.fields(step))}
    return named, [name for name in named if name not in known]
