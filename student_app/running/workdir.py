"""The private folder of one run: made before it, looked through after it, removed."""

import itertools
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import psutil

from shared.problems import EnvironmentProblem, InputProblem
from student_app.running.events import WrittenFile
from student_app.running.imports import Imports

PREFIX = "examdesk-run-"
MAX_FILES_REPORTED = 100
MAX_FILE_KEPT = 1 << 20
MAX_ENTRIES = 5000
MAX_DEPTH = 20
_FORBIDDEN = frozenset('\\:*?"<>|\0')


@dataclass(frozen=True, slots=True)
class Program:
    """What is run.

    Attributes:
        files: text by name; the snapshot of the workspace.
        data: bytes by name; data files of the question.
        main: the name in `files` that is run.
        arguments: what the program finds in `sys.argv[1:]`.
        imports: what it may import; None: as the run's setup says.
        watched: whether a person sees its pictures and can press keys and click there.
    """

    files: Mapping[str, str]
    data: Mapping[str, bytes]
    main: str = "main.py"
    arguments: tuple[str, ...] = ()
    imports: Imports | None = None
    watched: bool = True

    def __post_init__(self) -> None:
        for name in (*self.files, *self.data):
            _check_name(name)
        if self.main not in self.files:
            raise InputProblem(
                f"There is no file named {self.main} to run. Add one, or open the file that you want to run."
            )


def _check_name(name: str) -> None:
    path = PurePosixPath(name)
    wrong = not name or path.is_absolute() or ".." in path.parts or str(path) != name or len(name) > 200
    if wrong or not name.isprintable() or not _FORBIDDEN.isdisjoint(name):
        raise InputProblem(f"A file cannot be named {name!r}. Use letters, digits, - and _ and an ending such as .py.")


class WorkFolder:
    """A private folder on the disk: `work` for the program's files, `tmp` and `shm` for what it keeps beside them."""

    def __init__(self, program: Program, parent: Path | None) -> None:
        """Write the program's files; EnvironmentProblem when the disk does not take them."""
        self._before: dict[str, bytes] = {name: text.encode("utf-8", "replace") for name, text in program.files.items()}
        self._before.update(program.data)
        self.root = _make_root(parent)
        self.work = self.root / "work"
        self.tmp = self.root / "tmp"
        self.shm = self.root / "shm"
        try:
            for folder in (self.work, self.tmp, self.shm):
                folder.mkdir(mode=0o700)
            for name, content in self._before.items():
                path = self.work / name
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                path.write_bytes(content)
        except OSError as error:
            self.remove()
            raise _unwritable(self.root, error) from error
        self.given_bytes = sum(map(len, self._before.values()))

    def used(self) -> tuple[int, int]:
        """Return the bytes and the number of entries in the folder, counting at most `MAX_ENTRIES`."""
        total = count = 0
        todo = [str(self.root)]
        while todo and count <= MAX_ENTRIES:
            try:
                with os.scandir(todo.pop()) as entries:
                    for entry in entries:
                        count += 1
                        if entry.is_dir(follow_symlinks=False):
                            todo.append(entry.path)
                        else:
                            total += entry.stat(follow_symlinks=False).st_blocks * 512 if os.name == "posix" else 0
                        if count > MAX_ENTRIES:
                            break
            except OSError:
                continue  # it went away or was closed while we looked
        return total, count

    def written(self) -> tuple[WrittenFile, ...]:
        """Return the regular files that are new or changed; links, pipes and devices are left out."""
        found: list[WrittenFile] = []
        todo = [self.work]
        while todo and len(found) < MAX_FILES_REPORTED:
            folder = todo.pop()
            try:
                with os.scandir(folder) as listing:
                    entries = sorted(itertools.islice(listing, MAX_ENTRIES), key=lambda entry: entry.name)
            except OSError:
                continue
            for entry in entries:
                path = Path(entry.path)
                name = path.relative_to(self.work)
                if entry.is_dir(follow_symlinks=False):
                    if entry.name != "__pycache__" and len(name.parts) < MAX_DEPTH:
                        todo.append(path)
                elif len(found) < MAX_FILES_REPORTED:
                    self._look(path, name.as_posix(), found)
        return tuple(sorted(found, key=lambda file: file.name))

    def _look(self, path: Path, name: str, found: list[WrittenFile]) -> None:
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        try:
            handle = os.open(path, flags)
        except OSError:
            return
        with os.fdopen(handle, "rb") as file:
            about = os.fstat(file.fileno())
            if not stat.S_ISREG(about.st_mode) or about.st_nlink > 1:  # a second name of a file from elsewhere
                return
            content = file.read(MAX_FILE_KEPT + 1) if about.st_size <= MAX_FILE_KEPT else None
        if content is None or content != self._before.get(name):
            name = name.encode("utf-8", "replace").decode()
            found.append(WrittenFile(name, about.st_size, content))

    def remove(self) -> None:
        """Delete the folder with all that is in it, whatever rights the program left on it and however deep it is."""
        _remove(self.root)


def remove_leftovers(parent: Path | None = None) -> int:
    """Delete the private folders of desks that were killed, at the start of a desk; return how many there were."""
    count = 0
    for entry in _listing(parent or Path(tempfile.gettempdir())):
        owner = entry.name.removeprefix(PREFIX).partition("-")[0]
        if entry.name.startswith(PREFIX) and owner.isdigit() and _is_ours(entry) and not psutil.pid_exists(int(owner)):
            _remove(Path(entry.path))
            count += 1
    return count


def _is_ours(entry: os.DirEntry[str]) -> bool:
    if not entry.is_dir(follow_symlinks=False):
        return False
    return os.name != "posix" or entry.stat(follow_symlinks=False).st_uid == os.getuid()


def _remove(root: Path) -> None:
    numbers = itertools.count()
    for _ in range(MAX_ENTRIES):
        folders = [entry for entry in _listing(root) if entry.is_dir(follow_symlinks=False)]
        if not folders:
            break
        for folder in folders:
            _flatten(root, Path(folder.path), numbers)
    shutil.rmtree(root, ignore_errors=True)


def _flatten(root: Path, folder: Path, numbers: Iterator[int]) -> None:
    """Delete the files of `folder`, move its folders up to the root, delete it: paths stay short."""
    try:
        folder.chmod(0o700)
        for entry in _listing(folder):
            if entry.is_dir(follow_symlinks=False):
                Path(entry.path).rename(root / f"remove-{next(numbers)}")
            else:
                Path(entry.path).unlink(missing_ok=True)
        folder.rmdir()
    except OSError:
        return


def _listing(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []


def _make_root(parent: Path | None) -> Path:
    try:
        return Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=parent)).resolve()
    except OSError as error:
        raise _unwritable(parent or Path("the folder for temporary files"), error) from error


def _unwritable(where: Path, error: OSError) -> EnvironmentProblem:
    return EnvironmentProblem(
        f"The program could not be started: this PC cannot write to {where} ({error.strerror or error}). "
        "Your code is kept. Free some space on the disk or tell the proctor, then run it again."
    )
