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
        elsewhere: whether it was on another PC.
    """

    number: int
    marks: tuple[Mark, ...]
    sha256: str
    lines: int
    packed: bytes
    elsewhere: bool = False

    @property
    def text(self) -> str:
        """The whole text."""
        return zlib.decompress(self.packed).decode()


class JournalVersions(msgspec.Struct, frozen=True, kw_only=True):
    """The versions that one journal has.

    Attributes:
        files: by the names at its end; those of removed files too.
        former: of a file that was renamed, the name that it had first in this journal.
    """

    files: dict[str, tuple[Version, ...]]
    former: dict[str, str] = {}


class Versions:
    """The versions of all files by name, those of removed files too. Read by any thread, written by the recorder's.

    Attributes:
        earlier: what the session's earlier journals have, oldest first.
    """

    def __init__(self) -> None:
        self.earlier: tuple[JournalVersions, ...] = ()
        self._kept: dict[str, list[Version]] = {}
        self._former: dict[str, str] = {}

    def files(self) -> tuple[str, ...]:
        """Return the names of all files that have versions, each by its newest name."""
        names, renamed = list(self._kept), set(self._former.values())
        for journal in reversed(self.earlier):
            names += [file for file in journal.files if file not in renamed]
            renamed = {journal.former.get(name, name) for name in renamed} | set(journal.former.values())
        return tuple(dict.fromkeys(names))

    def of(self, file: str) -> tuple[Version, ...]:
        """Return a file's versions, oldest first, over all journals of the session."""
        found, name = list(self._kept.get(file, ())), self._former.get(file, file)
        for journal in reversed(self.earlier):
            before = journal.files.get(name, ())
            found = [*before, *_going_on(before, found)]
            name = journal.former.get(name, name)
        if not self.earlier:
            return tuple(found)
        return tuple(msgspec.structs.replace(each, number=number) for number, each in enumerate(found, 1))

    def kept(self) -> JournalVersions:
        """Return what this journal has, without the earlier ones."""
        return JournalVersions(
            files={file: tuple(versions) for file, versions in list(self._kept.items())}, former=dict(self._former)
        )

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
                self._former[to] = self._former.pop(file, file)
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


def _going_on(before: tuple[Version, ...], after: list[Version]) -> list[Version]:
    """Return `after` without the version that only brought over the text that `before` ends with."""
    brought = bool(before and after) and [mark.why for mark in after[0].marks] == ["restored"]
    return after[1:] if brought and after[0].text == before[-1].text else after


def _with_end(version: Version, ended: kinds.RunEnded) -> Version:
    marks = tuple(
        msgspec.structs.replace(mark, reason=ended.reason, error=ended.error) if mark.run == ended.run else mark
        for mark in version.marks
    )
    return msgspec.structs.replace(version, marks=marks)
