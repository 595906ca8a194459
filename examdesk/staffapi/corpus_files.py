"""From a folder, a program or a bundle on this computer to the commands that let a class be compared with it."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import msgspec

from examdesk.staffapi.messages import KEEP_DAYS, AddCorpus, CorpusFile
from shared.problems import EnvironmentProblem, InputProblem

PIECE_BYTES = 2 * 1024 * 1024
BUNDLE = ".examrecord"
LARGEST_PROGRAM = 1_000_000
MOST_FILES = 50_000


def corpus_commands(path: Path, name: str = "", days: int = KEEP_DAYS) -> Iterator[AddCorpus]:
    """Yield the commands, in order; each carries about `PIECE_BYTES`. `days`: until the hub deletes it, 0: never.

    Raises:
        InputProblem: there is nothing at this place that a class could be compared with.
        EnvironmentProblem: a file can't be read.
    """
    files = _files(path)
    upload, called = uuid.uuid4().hex, name or path.resolve().stem
    command = AddCorpus(command=uuid.uuid4().hex, name=called, upload=upload, files=(), days=days)
    waiting: list[CorpusFile] = []
    size = 0
    for shown, file in files:
        for data in _pieces(file):
            if waiting and size + len(data) > PIECE_BYTES:
                yield msgspec.structs.replace(command, files=tuple(waiting), last=False, command=uuid.uuid4().hex)
                waiting, size = [], 0
            waiting.append(CorpusFile(path=shown, data=data))
            size += len(data)
    yield msgspec.structs.replace(command, files=tuple(waiting))


def _files(path: Path) -> list[tuple[str, Path]]:
    if path.is_file():
        if path.suffix.lower() not in (BUNDLE, ".py"):
            raise InputProblem(f"{path} is neither a bundle (*{BUNDLE}) nor a Python file, nor a folder of these.")
        return [(path.name, path)]
    if not path.is_dir():
        raise InputProblem(f"There is no folder or file {path}.")
    found = sorted(
        each
        for each in path.rglob("*")
        if each.is_file() and not _hidden(each.relative_to(path)) and each.suffix.lower() in (BUNDLE, ".py")
    )
    usable = [each for each in found if each.suffix.lower() == BUNDLE or each.stat().st_size <= LARGEST_PROGRAM]
    if not usable:
        raise InputProblem(
            f"{path} holds no Python file and no bundle. Give a folder in which each student's work is a .py file or a "
            f"folder of its own, or a bundle (*{BUNDLE})."
        )
    if len(usable) > MOST_FILES:
        raise InputProblem(f"{path} holds more than {MOST_FILES:,} files. Give a folder with programs alone.")
    return [(each.relative_to(path).as_posix(), each) for each in usable]


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") or part == "__pycache__" for part in path.parts)


def _pieces(file: Path) -> Iterator[bytes]:
    try:
        with file.open("rb") as source:
            data = source.read(PIECE_BYTES)
            yield data
            while data := source.read(PIECE_BYTES):
                yield data
    except OSError as error:
        raise EnvironmentProblem(f"{file} can't be read: {error.strerror}.") from error
