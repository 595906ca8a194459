"""An exam folder while somebody writes it: steps that can be taken back, and edits from outside that are seen.

D-1  A step writes whole files, each at one moment; what was there before is kept in memory to take the step back.
D-2  A file that another program changed since it was last looked at is never written over: `ChangedOutside`.
D-3  A step is taken back only where its files still are as it left them.
"""

import os
import stat
from collections.abc import Mapping
from pathlib import Path

import msgspec

from shared.exam.document import Exam
from shared.exam.exam_folder import check_scanned
from shared.exam.findings import Finding, has_errors
from shared.exam.folder import Scan, read_text, scan
from shared.exam.paths import path_mistake
from shared.exam.reading import EXAM_FILE, read_toml
from shared.exam.whole_file import write_whole
from shared.problems import EnvironmentProblem, InputProblem

MAX_STEPS = 200

_Signature = tuple[int, int, int]


class ChangedOutside(InputProblem):
    """Another program changed a file that was to be written; nothing was written."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} was changed by another program meanwhile; nothing was written over it.")
        self.path = path


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One change: what it is called, and each file before and after; None where there is no file."""

    label: str
    files: dict[str, tuple[bytes | None, bytes | None]]


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """The folder as it is now.

    Attributes:
        source: the text of exam.toml; empty where it can't be read.
        exam: the document with defaults where values are wrong; None where even that fails.
        sound: whether the exam can run.
    """

    source: str
    exam: Exam | None
    findings: tuple[Finding, ...]
    scan: Scan

    @property
    def sound(self) -> bool:
        """Whether the exam can run."""
        return self.exam is not None and not has_errors(self.findings)


class Draft:
    """See the module."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._done: list[Step] = []
        self._undone: list[Step] = []
        self._seen: dict[str, _Signature] = {}
        self._parsed = ("", read_toml(""))
        self.look()

    # ------------------------------------------------------------------------------------- reading

    def look(self) -> frozenset[str]:
        """Look at the folder; the paths that another program changed, made or removed since the last look."""
        found = scan(self.folder)
        now = {path: signature(where) for path, where in {**found.files, **found.wheels}.items()}
        changed = {path for path in {*now, *self._seen} if now.get(path) != self._seen.get(path)}
        self._seen = {path: each for path, each in now.items() if each is not None}
        return frozenset(changed)

    def read(self) -> Written:
        """The folder with everything that is wrong in it."""
        found = scan(self.folder)
        where = found.files.get(EXAM_FILE)
        source, mistakes = ("", []) if where is None else read_text(where, EXAM_FILE)
        if source != self._parsed[0]:
            self._parsed = (source, read_toml(source))
        read = self._parsed[1]
        findings = check_scanned(read, found) if not mistakes else [*found.findings, *mistakes]
        if where is None:
            findings = [Finding(file=EXAM_FILE, sentence="exam.toml is not there any more. Put it back, or undo.")]
        return Written(source=source, exam=read.partial, findings=tuple(findings), scan=found)

    def bytes_of(self, path: str) -> bytes | None:
        """A file as it is on the disk, None where there is none; `EnvironmentProblem` where it can't be read."""
        where = self.folder / path
        try:
            return where.read_bytes() if where.is_file() else None
        except OSError as problem:
            raise EnvironmentProblem(f"{path} can't be read: {problem.strerror}.") from problem

    def text_of(self, path: str) -> str:
        """A text file; empty where there is none or it is no text."""
        return self.text_or_reason(path)[0]

    def text_or_reason(self, path: str) -> tuple[str, str]:
        """A text file, and why it can't be read as text, if so."""
        where = self.folder / path
        if not where.is_file():
            return "", ""
        text, mistakes = read_text(where, path)
        return text, mistakes[0].sentence if mistakes else ""

    # ------------------------------------------------------------------------------------- writing

    def write(self, files: Mapping[str, bytes | None], label: str, *, joins: bool = False, force: bool = False) -> bool:
        """Write, or remove, these files as one step; False where they are so already.

        Args:
            files: contents by path; None removes a file.
            label: what the step is called: `Undo: label`.
            joins: whether it goes on with the step before it, where that has the same label and files.
            force: write over what another program changed.

        Raises:
            ChangedOutside: another program changed one of them.
            InputProblem: a name can't be used.
            EnvironmentProblem: the disk refuses.
        """
        for path in files:
            mistake = path_mistake(path)
            if mistake:
                raise InputProblem(f"The name {path!r} {mistake}. Choose another name.")
            if not force and signature(self.folder / path) != self._seen.get(path):
                raise ChangedOutside(path)
        changes = {path: (self.bytes_of(path), data) for path, data in files.items()}
        changes = {path: pair for path, pair in changes.items() if pair[0] != pair[1]}
        if not changes:
            return False
        self._put({path: after for path, (_, after) in changes.items()})
        self._undone.clear()
        last = self._done[-1] if self._done else None
        if joins and last is not None and last.label == label and set(last.files) == set(changes):
            changes = {path: (last.files[path][0], after) for path, (_, after) in changes.items()}
            self._done.pop()
        self._done.append(Step(label=label, files=changes))
        del self._done[:-MAX_STEPS]
        return True

    def write_text(self, path: str, text: str, label: str, *, joins: bool = False, force: bool = False) -> bool:
        """As `write`, for one text file."""
        return self.write({path: text.encode()}, label, joins=joins, force=force)

    @property
    def undo_label(self) -> str:
        """What `undo` would take back; empty when there is nothing."""
        return self._done[-1].label if self._done else ""

    @property
    def redo_label(self) -> str:
        """What `redo` would do again; empty when there is nothing."""
        return self._undone[-1].label if self._undone else ""

    def undo(self) -> Step | None:
        """Take the last step back; `ChangedOutside` where its files are not as it left them (D-3)."""
        return self._swap(self._done, self._undone, back=True)

    def redo(self) -> Step | None:
        """Do the step that was taken back last again."""
        return self._swap(self._undone, self._done, back=False)

    def _swap(self, source: list[Step], target: list[Step], *, back: bool) -> Step | None:
        if not source:
            return None
        step = source[-1]
        for path, (before, after) in step.files.items():
            if self.bytes_of(path) != (after if back else before):
                raise ChangedOutside(path)
        self._put({path: before if back else after for path, (before, after) in step.files.items()})
        target.append(source.pop())
        return step

    def _put(self, files: Mapping[str, bytes | None]) -> None:
        for path, data in files.items():
            where = self.folder / path
            try:
                if data is None:
                    where.unlink(missing_ok=True)
                    self._drop_empty(where.parent)
                else:
                    where.parent.mkdir(parents=True, exist_ok=True)
                    write_whole(where, data)
            except OSError as problem:
                raise EnvironmentProblem(f"{path} can't be written: {problem.strerror}.") from problem
            now = signature(where)
            if now is None:
                self._seen.pop(path, None)
            else:
                self._seen[path] = now

    def _drop_empty(self, folder: Path) -> None:
        while folder != self.folder and folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
            folder = folder.parent


def signature(path: Path) -> _Signature | None:
    """What changes when a file is written: time, size, identity; None where there is no file."""
    try:
        found = os.stat(path)  # noqa: PTH116 - one call
    except OSError:
        return None
    return (found.st_mtime_ns, found.st_size, found.st_ino) if stat.S_ISREG(found.st_mode) else None
