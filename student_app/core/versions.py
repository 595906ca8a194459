"""The student's own versions of each file, folded from the log: at each run, save, checkpoint and hand-in."""

import contextlib
import zlib
from collections.abc import Callable
from typing import Literal

import msgspec

from shared.events import Unknown, kinds
from shared.problems import PeerFault

Why = Literal["starter", "restored", "new", "run", "checks", "save", "kept", "submit"]
MAX_MARKS = 20
_CREATED: dict[str, Why] = {"starter": "starter", "data": "starter", "restored": "restored", "student": "new"}
_CHECKPOINT: dict[str, Why] = {"save": "save", "submit": "submit"}


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """What happened with a version; of a run also how it ended (`reason` is empty while it goes on)."""

    why: Why
    at_ms: int
    run: int = 0
    reason: str = ""
    error: str = ""


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """A file as it stood once. Times are ms of this PC's wall clock.

    Attributes:
        number: counts from 1 within a file.
        marks: what happened with this very text, oldest first; at most the newest `MAX_MARKS`.
        lines: how many lines it has.
        packed: the text, compressed; `text` opens it.
    """

    number: int
    marks: tuple[Mark, ...]
    sha256: str
    lines: int
    packed: bytes

    @property
    def text(self) -> str:
        """The whole text."""
        return zlib.decompress(self.packed).decode()


class Versions:
    """The versions of all files by name, those of removed files too. Read by any thread, written by the recorder's."""

    def __init__(self) -> None:
        self._kept: dict[str, list[Version]] = {}

    def files(self) -> tuple[str, ...]:
        """Return the names of all files that have versions."""
        return tuple(self._kept)

    def of(self, file: str) -> tuple[Version, ...]:
        """Return a file's versions, oldest first."""
        return tuple(self._kept.get(file, ()))

    def apply(self, payload: kinds.Payload | Unknown, wall_ms: int, text: Callable[[str], str]) -> None:
        """Take one event; `text` returns a file as it stands after it."""
        match payload:
            case kinds.FileCreated(file=file, origin=origin, part=part, parts=parts) if part == parts:
                self._keep(file, "", Mark(why=_CREATED[origin], at_ms=wall_ms), text)
            case kinds.RunStarted(files=files, run=run, checks=checks):
                self._keep_all(files, Mark(why="checks" if checks else "run", at_ms=wall_ms, run=run), text)
            case kinds.Checkpoint(files=files, why=why):
                self._keep_all(files, Mark(why=_CHECKPOINT.get(why, "kept"), at_ms=wall_ms), text)
            case kinds.Submitted(files=files):
                self._keep_all(files, Mark(why="submit", at_ms=wall_ms), text)
            case kinds.RunEnded():
                self._ended(payload)
            case kinds.FileRenamed(file=file, to=to) if file in self._kept:
                self._kept[to] = [*self._kept.get(to, ()), *self._kept.pop(file)]
                self._kept[to] = [
                    msgspec.structs.replace(each, number=number) for number, each in enumerate(self._kept[to], 1)
                ]
            case _:
                pass

    def _keep_all(self, files: dict[str, kinds.FileState], mark: Mark, text: Callable[[str], str]) -> None:
        for file, state in files.items():
            with contextlib.suppress(PeerFault):  # a file that the log names and the workspace does not have
                self._keep(file, state.sha256, mark, text)

    def _keep(self, file: str, sha256: str, mark: Mark, text: Callable[[str], str]) -> None:
        kept = self._kept.setdefault(file, [])
        if kept and sha256 and kept[-1].sha256 == sha256:
            if mark.why != "kept":
                kept[-1] = msgspec.structs.replace(kept[-1], marks=(*kept[-1].marks, mark)[-MAX_MARKS:])
            return
        now = text(file)
        packed = zlib.compress(now.encode(), 1)
        if kept and not kept[-1].sha256 and kept[-1].packed == packed:
            marks = kept[-1].marks if mark.why == "kept" else (*kept[-1].marks, mark)[-MAX_MARKS:]
            kept[-1] = msgspec.structs.replace(kept[-1], sha256=sha256, marks=marks)
            return
        kept.append(
            Version(
                number=len(kept) + 1, marks=(mark,), sha256=sha256, lines=len(now.splitlines()), packed=packed
            )
        )  # fmt: skip

    def _ended(self, ended: kinds.RunEnded) -> None:
        for kept in self._kept.values():
            newest = kept[-1] if kept else None
            if newest is not None and any(mark.run == ended.run for mark in newest.marks):
                kept[-1] = _with_end(newest, ended)
            elif len(kept) > 1 and any(mark.run == ended.run for mark in kept[-2].marks):
                kept[-2] = _with_end(kept[-2], ended)


def _with_end(version: Version, ended: kinds.RunEnded) -> Version:
    marks = tuple(
        msgspec.structs.replace(mark, reason=ended.reason, error=ended.error) if mark.run == ended.run else mark
        for mark in version.marks
    )
    return msgspec.structs.replace(version, marks=marks)
