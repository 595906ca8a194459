"""The other process of `jobs`: makes exports from the records, and leaves word in a file of how far it is."""

from pathlib import Path

import msgspec

from examdesk.store import open_reader
from shared.clock import SystemClock
from shared.ids import ExamId
from shared.problems import Problem

PROGRESS = "progress.json"
CANCEL = "cancel"
MADE = "files"
_STEP = 0.01


class Progress(msgspec.Struct, frozen=True):
    """How far a job is, 0 to 1, and what it does now."""

    share: float
    sentence: str


class Outcome(msgspec.Struct, frozen=True):
    """How a job ended: its files by name, or the sentence that says why there are none."""

    files: tuple[tuple[str, int], ...]
    sentence: str
    failed: bool = False


def export(url: str, exam: ExamId, folder: Path, what: tuple[str, ...]) -> Outcome:
    """Make these exports in `folder`; the caller reads `PROGRESS` there and stops the work by making `CANCEL`."""
    from examdesk.exports.everything import export_all  # noqa: PLC0415 - the hub itself needs none of it in memory

    told = -1.0

    def progress(share: float, sentence: str) -> None:
        nonlocal told
        if share - told >= _STEP or share >= 1:
            told = share
            scratch = folder / f".{PROGRESS}"
            scratch.write_bytes(msgspec.json.encode(Progress(share, sentence)))
            scratch.replace(folder / PROGRESS)

    reader = open_reader(url)
    out = folder / MADE
    try:
        made = export_all(reader, exam, out, what, progress, (folder / CANCEL).exists, clock=SystemClock())
    except Problem as problem:
        return Outcome((), problem.sentence, failed=True)
    finally:
        reader.close()
    files = tuple((path.relative_to(out).as_posix(), path.stat().st_size) for path in _files(made))
    return Outcome(files, f"{len(files)} files are ready.")


def _files(made: list[Path]) -> list[Path]:
    return [file for path in made for file in ([path] if path.is_file() else sorted(path.rglob("*"))) if file.is_file()]
