"""The other process of `jobs`: makes exports from the records, and leaves word in a file of how far it is."""

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from examdesk.staffapi.messages import Paper
from examdesk.store import open_reader
from shared.clock import SystemClock
from shared.ids import ExamId
from shared.problems import Problem

if TYPE_CHECKING:
    from examdesk.exports.options import Options
    from examdesk.staffapi.messages import ExportPlan

PROGRESS = "progress.json"
CANCEL = "cancel"
MADE = "files"
_STEP = 0.01
_THE_HUBS = 1
"""How many cores an export leaves to the hub."""


class Progress(msgspec.Struct, frozen=True):
    """How far a job is, 0 to 1, and what it does now."""

    share: float
    sentence: str


class Outcome(msgspec.Struct, frozen=True):
    """How a job ended: its files by name, or the sentence that says why there are none."""

    files: tuple[tuple[str, int], ...]
    sentence: str
    failed: bool = False


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What to export, as it goes to the other process; `key` makes pseudonyms, empty: names as they are."""

    what: tuple[str, ...] = ()
    key: bytes = b""
    redact: tuple[str, ...] = ()
    outside_text: bool = False
    sections: tuple[str, ...] = ()
    students: tuple[str, ...] = ()
    paper: Paper = "a4"

    def options(self) -> "Options":
        """Return it as exports take it."""
        from examdesk.exports.options import Chosen, Options  # noqa: PLC0415 - see `export`
        from examdesk.exports.pseudonyms import Pseudonyms  # noqa: PLC0415 - see `export`

        return Options(
            names=Pseudonyms(self.key) if self.key else None,
            redact=frozenset(self.redact),
            outside_text=self.outside_text,
            chosen=Chosen(frozenset(self.sections), frozenset(self.students)),
            paper=self.paper,
        )


def plan(url: str, exam: ExamId, wanted: Wanted) -> "ExportPlan | str":
    """Return what exports would hold, or the sentence that says why there are none."""
    from examdesk.exports.planning import plan_kinds  # noqa: PLC0415 - see `export`

    reader = open_reader(url)
    try:
        return plan_kinds(reader, exam, wanted.options())
    except Problem as problem:
        return problem.sentence
    finally:
        reader.close()


def export(url: str, exam: ExamId, folder: Path, wanted: Wanted) -> Outcome:
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
        stop, options = (folder / CANCEL).exists, wanted.options()
        made = export_all(
            reader, exam, out, wanted.what, progress, stop, clock=SystemClock(), options=options, spare=_THE_HUBS
        )
    except Problem as problem:
        return Outcome((), problem.sentence, failed=True)
    finally:
        reader.close()
    files = tuple((path.relative_to(out).as_posix(), path.stat().st_size) for path in _files(made))
    return Outcome(files, f"{len(files)} files are ready.")


def _files(made: list[Path]) -> list[Path]:
    return [file for path in made for file in ([path] if path.is_file() else sorted(path.rglob("*"))) if file.is_file()]
