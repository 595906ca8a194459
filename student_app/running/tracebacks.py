"""Python's tracebacks, read from what a program printed."""

import re
from collections.abc import Collection
from dataclasses import dataclass

_FRAME = re.compile(r'^ *(?:[|+\-] *)*File "(?P<path>[^"\n]+)", line (?P<line>\d+)(?:, in (?P<where>.+))?$')
_HEADER = "Traceback (most recent call last):"
# The outermost edge of an exception group; what is inside keeps an edge and is not taken for the error itself.
_GROUP_EDGE = re.compile(r"^  (?:\| |\+ Exception Group (?=Traceback))")
_MESSAGE = re.compile(r"^(?P<kind>[A-Za-z_][\w.]*)(?:: (?P<text>.*))?$")


@dataclass(frozen=True, slots=True)
class Frame:
    """One place in the student's files: file name in the workspace, line from 1, and the function, if one is named."""

    file: str
    line: int
    where: str = ""


@dataclass(frozen=True, slots=True)
class Traceback:
    """The last error that a program printed.

    Attributes:
        kind: the exception's class, such as `ZeroDivisionError`.
        message: its text, without the class; empty when it has none.
        frames: places in the student's own files, outermost first.
    """

    kind: str
    message: str
    frames: tuple[Frame, ...]

    @property
    def plain(self) -> str:
        """The error in one line, with the innermost of the student's own places."""
        text = f"{self.kind}: {self.message}" if self.message else self.kind
        return f"{text} ({self.frames[-1].file}, line {self.frames[-1].line})" if self.frames else text


@dataclass(frozen=True, slots=True)
class Link:
    """Part of a printed line (code points `start` to `end`) that points at a place in the student's files."""

    start: int
    end: int
    frame: Frame


def own_name(path: str, folder: str, names: Collection[str]) -> str | None:
    """Return the workspace name of `path`, or None when it is not one of the student's files."""
    name = path.replace("\\", "/")
    base = folder.replace("\\", "/").rstrip("/") + "/"
    name = name.removeprefix(base).removeprefix("./")
    return name if name in names else None


def link_in(line: str, folder: str, names: Collection[str]) -> Link | None:
    """Return the place that a printed line points at, for a console to make it clickable."""
    found = _FRAME.match(line.rstrip("\r\n"))
    if found is None:
        return None
    name = own_name(found["path"], folder, names)
    if name is None:
        return None
    return Link(found.start("path") - 1, found.end("line"), Frame(name, _number(found["line"]), found["where"] or ""))


def _number(digits: str) -> int:
    return int(digits[:9])


def parse_traceback(text: str, folder: str, names: Collection[str]) -> Traceback | None:
    """Return the last error in `text`, or None when there is none.

    Args:
        text: the end of what the program wrote to standard error.
        folder: its working directory, as its own file names show it.
        names: the student's files.
    """
    lines = [_GROUP_EDGE.sub("", line) for line in text.splitlines()]
    start = _start_of_last(lines)
    if start is None:
        return None
    frames: list[Frame] = []
    for number in range(start, len(lines)):
        link = link_in(lines[number], folder, names)
        if link is not None:
            frames.append(link.frame)
        found = _MESSAGE.match(lines[number])
        if found is not None and lines[number].rstrip() != _HEADER:
            rest = [found["text"] or "", *_continued(lines[number + 1 :])]
            return Traceback(found["kind"], "\n".join(rest).rstrip(), tuple(frames))
    return None


def _continued(lines: list[str]) -> list[str]:
    """Return the further lines of a message of several lines, up to an empty line or the next error."""
    more: list[str] = []
    for line in lines[:20]:
        if not line or line.startswith((_HEADER, "Exception ", " ", "|")):
            break
        more.append(line)
    return more


def _start_of_last(lines: list[str]) -> int | None:
    """Return where the last error begins: its header, or the file line of a syntax error, which has no header."""
    for number in range(len(lines) - 1, -1, -1):
        if lines[number].startswith(_HEADER):
            return number
        bare = _FRAME.match(lines[number])
        before = lines[number - 1] if number else ""
        if bare and bare["where"] is None and not before.startswith((" ", _HEADER)):
            return number
    return None
