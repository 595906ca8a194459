"""One line followed back in time: every event that changed it, through renamed files and over moves to other PCs."""

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

from examdesk.staffapi.playback.tape import Tape
from shared.events import kinds
from shared.text.edits import FileFault

How = Literal["typed", "undone", "outside", "own", "program", "starter", "restored", "student"]
MOST_FORMS = 1_000
MOST_LINES, LONGEST = 50, 500
"""Where a change took away more, or longer, lines, so many and so much of them are looked at."""
TOGETHER_MS = 5_000
_HOW: dict[str, How] = {"type": "typed", "undo": "undone", "redo": "undone", "revert": "undone", "tool": "program"}
_CREATED: dict[str, How] = {"starter": "starter", "data": "starter", "student": "student", "restored": "restored"}
Steps = list[tuple[int, int, int]]
"""Place, how many characters went, how many came: the changes of one event, in order."""


class Form(NamedTuple):
    """A line as it stood after an event that changed it; `since_ms` and `events` where several were taken together."""

    number: int
    at_ms: int
    file: str
    text: str
    how: How
    since_ms: int
    events: int = 1


class _Line(NamedTuple):
    """A stretch of a file's text at a moment, and what the event after it did.

    `touched` it, brought it into being (`born`), or put a line end just before it (`pushed` down, or split off).
    """

    start: int
    end: int
    touched: bool = False
    born: bool = False
    pushed: bool = False


def forms(tape: Tape, number: int, file: str, offset: int) -> Iterator[Form | None]:
    """Yield the forms of the line that holds a character at a moment, the newest first; None: nothing new yet.

    The caller may stop at any time; each step takes a few milliseconds at most.
    """
    text = _text(tape, number, file)
    if text is None:
        return
    offset = min(offset, len(text))
    line, place, whole, many = _whole_line(text, offset, offset), number - 1, 0, 0
    while place >= 0 and many < MOST_FORMS:
        payload = tape.payload(place)
        match payload:
            case kinds.FileRenamed(to=to) if to == file:
                file = payload.file
            case kinds.FileCreated(file=made) if made == file:
                whole = max(whole, place + 1)
                earlier = _before_move(tape, place, whole, payload)
                if earlier is None:
                    yield _form(tape, place, file, line, _CREATED[payload.origin])
                    return
                place, whole = earlier, whole if payload.part > 1 else 0
            case kinds.Edit(file=changed) | kinds.Paste(file=changed) if changed == file:
                before = _back(line, _steps(payload))
                if before.touched or before.pushed:
                    many += 1
                    form = _form(tape, place, file, line, _how(payload))
                    yield form
                    before = _likest(_text(tape, place, file) or "", before, form.text)
                line = before
                if line.born:
                    return
        place -= 1
        if place % 512 == 0:
            yield None


def together(found: list[Form]) -> list[Form]:
    """Return the forms, the newest first; what was written in one go is one, what changed nothing is left out."""
    telling: list[Form] = []
    for each in found:
        if telling and telling[-1].text == each.text:
            telling[-1] = each
        else:
            telling.append(each)
    if len(telling) > 1 and not telling[-1].text.strip():
        telling.pop()  # the empty line on which it was written
    made: list[Form] = []
    for each in telling:
        last = made[-1] if made else None
        if last is not None and last.how == each.how and last.since_ms - each.at_ms <= TOGETHER_MS:
            made[-1] = last._replace(since_ms=each.since_ms, events=last.events + each.events)
        else:
            made.append(each)
    return made


def _form(tape: Tape, place: int, file: str, line: _Line, how: How) -> Form:
    text = (_text(tape, place + 1, file) or "")[line.start : line.end]
    return Form(place + 1, tape.times[place], file, text.rstrip("\r"), how, tape.times[place])


def _text(tape: Tape, number: int, file: str) -> str | None:
    try:
        return tape.at(number).text(file)
    except FileFault:
        return None


def _whole_line(text: str, start: int, end: int) -> _Line:
    stop = text.find("\n", end)
    return _Line(text.rfind("\n", 0, start) + 1, len(text) if stop < 0 else stop)


def _likest(text: str, there: _Line, now: str) -> _Line:
    """Return the whole line within a stretch of a text that is most like what it became."""
    if there.born:
        return there
    around = _whole_line(text, there.start, there.end)
    lines, at = [], around.start
    for part in text[around.start : around.end].split("\n"):
        lines.append(_Line(at, at + len(part)))
        at += len(part) + 1
    if len(lines) == 1:
        return lines[0]
    matcher = SequenceMatcher(None, autojunk=False)
    matcher.set_seq2(now[:LONGEST])
    likes = []
    for line in lines[:MOST_LINES]:
        matcher.set_seq1(text[line.start : min(line.end, line.start + LONGEST)])
        likes.append(matcher.ratio())
    return lines[likes.index(max(likes))]


def _before_move(tape: Tape, place: int, whole: int, made: kinds.FileCreated) -> int | None:
    """Return where to look on from an event that put a file there; None where the line came with it.

    A file in parts is looked at with its first part, as it stood after `whole` events. One that another PC restored
    goes on there as it was on the PC before, if it was the same.
    """
    if made.part > 1:
        return place
    first = place
    while first and tape.events[first - 1].place == tape.events[place].place:
        first -= 1
    then = _text(tape, first, made.file) if made.origin == "restored" and first else None
    return first if then is not None and then == _text(tape, whole, made.file) else None


def _steps(payload: kinds.Edit | kinds.Paste) -> Steps:
    if isinstance(payload, kinds.Paste):
        return [(payload.at, payload.removed, len(payload.text))]
    return [(change.at, change.removed, len(change.text)) for change in payload.changes]


def _how(payload: kinds.Edit | kinds.Paste) -> How:
    if isinstance(payload, kinds.Paste):
        return "own" if payload.clip == "own" else "outside"
    return _HOW[payload.how]


def _back(line: _Line, steps: Steps) -> _Line:
    """Return where a line was before these changes."""
    start, end, touched, pushed = line.start, line.end, False, False
    for at, removed, came in reversed(steps):
        stop, shift = at + came, removed - came
        fresh = at < start <= stop  # the line end before it came with this
        if stop < start or (stop == start and came and not removed):
            if fresh and end == start:
                return _Line(at, at, touched=True, born=True)
            start, end, pushed = start + shift, end + shift, pushed or fresh
        elif at <= end:
            touched = True
            if fresh and end <= stop:
                return _Line(at, at, touched=True, born=True)
            start, end = min(start, at), end + shift if end >= stop else at + removed
    return _Line(start, end, touched, pushed=pushed)
