"""Look over an exam folder: which files it has, and which of them can't be part of an exam."""

import os
import stat
from bisect import bisect_left
from pathlib import Path

import msgspec

from shared.exam.findings import Finding, Severity
from shared.exam.packages import LIST_NAME, MAX_WHEEL_BYTES, MAX_WHEELS, MAX_WHEELS_BYTES, WHEELS
from shared.exam.paths import clashing, path_mistake

MAX_FILES = 2_000
MAX_FILE_BYTES = 32 * 1024 * 1024
MAX_TOTAL_BYTES = 128 * 1024 * 1024
MAX_DEPTH = 12

_IGNORED = frozenset({"__pycache__", "Thumbs.db", "desktop.ini", "__MACOSX"})
_MEBIBYTE = 1024 * 1024


class Scan(msgspec.Struct, frozen=True, kw_only=True):
    """What is in the folder.

    Attributes:
        files: every file by its path with `/`, in order; hidden files and editors' left-overs are left out.
        folders: every folder, the same way.
        wheels: the exam's packages (`wheels/…`), which no desk gets as part of the content.
    """

    files: dict[str, Path]
    folders: frozenset[str]
    findings: list[Finding]
    wheels: dict[str, Path] = {}

    def below(self, prefix: str) -> dict[str, Path]:
        """The files under this folder, by their path within it, in order."""
        start = f"{prefix}/"
        paths = list(self.files)
        mine = paths[bisect_left(paths, start) : bisect_left(paths, f"{prefix}0")]  # 0 comes next after /
        return {path[len(start) :]: self.files[path] for path in mine}


def scan(folder: Path) -> Scan:
    """List the folder without following links out of it and without opening a file."""
    walker = _Walker(folder)
    walker.walk(folder, "", 0)
    walker.check_whole()
    files = dict(sorted(walker.files.items()))
    return Scan(files=files, folders=frozenset(walker.folders), findings=walker.findings, wheels=walker.wheels)


def is_ignored(name: str) -> bool:
    """Whether a name is none of the exam's: hidden, a cache, an editor's back-up."""
    return name in _IGNORED or name.startswith(".") or name.endswith(("~", ".pyc", ".swp"))


class _Walker:
    """Collects files, folders and findings."""

    def __init__(self, root: Path) -> None:
        self.files: dict[str, Path] = {}
        self.folders: set[str] = set()
        self.findings: list[Finding] = []
        self.wheels: dict[str, Path] = {}
        self._root = Path(os.path.realpath(root))
        self._total = self._wheels_total = 0

    def walk(self, folder: Path, prefix: str, depth: int) -> None:
        """Look at one folder and those in it."""
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as problem:
            self._say(prefix or ".", f"The folder {prefix or 'of the exam'} can't be read: {problem.strerror}.")
            return
        for entry in entries:
            if is_ignored(entry.name):
                continue
            path = f"{prefix}/{entry.name}" if prefix else entry.name
            mistake = path_mistake(path)
            if mistake:
                self._say(path.encode("utf-8", "replace").decode(), f"The name {entry.name!r} {mistake}. Rename it.")
                continue
            self._entry(entry, path, depth)

    def _entry(self, entry: os.DirEntry[str], path: str, depth: int) -> None:
        if entry.is_symlink() and not self._link_is_fine(entry, path):
            return
        try:
            info = entry.stat()
        except OSError as problem:
            self._say(path, f"{path} can't be read: {problem.strerror}.")
            return
        if path.startswith(f"{WHEELS}/"):
            self._wheel(Path(entry.path), path, info)
        elif stat.S_ISDIR(info.st_mode):
            self.folders.add(path)
            if depth >= MAX_DEPTH:
                self._say(path, f"{path} lies more than {MAX_DEPTH} folders deep. Move it further up.")
                return
            self.walk(Path(entry.path), path, depth + 1)
        elif stat.S_ISREG(info.st_mode):
            self._file(Path(entry.path), path, info.st_size)
        else:
            self._say(path, f"{path} is neither a file nor a folder. Remove it.")

    def _link_is_fine(self, entry: os.DirEntry[str], path: str) -> bool:
        target = Path(os.path.realpath(entry.path))
        if not target.is_relative_to(self._root):
            self._say(path, f"{path} is a link that leads out of the exam folder. Copy the file here instead.")
            return False
        if not target.exists():
            self._say(path, f"{path} is a link to something that is not there. Remove it, or copy the file here.")
            return False
        if target.is_dir():
            self._say(path, f"{path} is a link to a folder. Copy the folder here instead.")
            return False
        return True

    def _file(self, where: Path, path: str, size: int) -> None:
        if size > MAX_FILE_BYTES:
            limit = MAX_FILE_BYTES // _MEBIBYTE
            self._say(path, f"{path} has {size // _MEBIBYTE} MiB; a file of an exam may have {limit} MiB.")
            return
        self._total += size
        self.files[path] = where

    def _wheel(self, where: Path, path: str, info: os.stat_result) -> None:
        if not stat.S_ISREG(info.st_mode) or not (path.endswith(".whl") or path == f"{WHEELS}/{LIST_NAME}"):
            self._say(path, f"{path} is no wheel of a package and is not used. Remove it.", "warning")
            return
        if info.st_size > MAX_WHEEL_BYTES:
            limit = MAX_WHEEL_BYTES // _MEBIBYTE
            self._say(path, f"{path} has {info.st_size // _MEBIBYTE} MiB; a package may have {limit} MiB.")
            return
        self._wheels_total += info.st_size
        self.wheels[path] = where

    def check_whole(self) -> None:
        """What only shows over all files."""
        if len(self.wheels) > MAX_WHEELS + 1 or self._wheels_total > MAX_WHEELS_BYTES:
            limit = MAX_WHEELS_BYTES // _MEBIBYTE
            self._say(WHEELS, f"The exam's packages may be {MAX_WHEELS} files with {limit} MiB together.")
        if len(self.files) > MAX_FILES:
            self._say(".", f"The exam has {len(self.files)} files; at most {MAX_FILES} are possible.")
        if self._total > MAX_TOTAL_BYTES:
            limit = MAX_TOTAL_BYTES // _MEBIBYTE
            self._say(
                ".", f"The exam's files have {self._total // _MEBIBYTE} MiB together; at most {limit} are possible."
            )
        for first, second in clashing(list(self.files)):
            self._say(second, f"{second} and {first} differ only in upper and lower case. Rename one of them.")

    def _say(self, path: str, sentence: str, severity: Severity = "error") -> None:
        self.findings.append(Finding(file=path, sentence=sentence, severity=severity))


def read_text(where: Path, path: str) -> tuple[str, list[Finding]]:
    """The text of a UTF-8 file (a byte order mark is dropped), and why it can't be read, if so."""
    try:
        data = where.read_bytes()
    except OSError as problem:
        return "", [Finding(file=path, sentence=f"{path} can't be read: {problem.strerror}.")]
    return decode_text(data, path)


def decode_text(data: bytes, path: str) -> tuple[str, list[Finding]]:
    """As `read_text`, from the file's bytes."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "", [Finding(file=path, line=1, sentence=f"{path} is UTF-16 text. Save it as UTF-8.")]
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = data.count(b"\n", 0, problem.start) + 1
        byte = data[problem.start]
        sentence = f"{path} is not UTF-8 text (byte {byte:#04x} in line {line}). Save it as UTF-8."
        return "", [Finding(file=path, line=line, sentence=sentence)]
    at = text.find("\0")
    if at >= 0:
        line = text.count("\n", 0, at) + 1
        return "", [Finding(file=path, line=line, sentence=f"{path} contains a NUL character, so it is no text.")]
    return text, []
