"""All exports of an exam at once: whole files, or none."""

from collections.abc import Callable, Collection
from pathlib import Path
from typing import get_args

from examdesk.exports.alike import compare_class
from examdesk.exports.bundle import write_exam_bundle
from examdesk.exports.events_csv import write_events
from examdesk.exports.gathering import Gathering
from examdesk.exports.pages import Pages
from examdesk.exports.report.page import write_report
from examdesk.exports.session_json import write_sessions
from examdesk.exports.times import Zone
from examdesk.exports.workbook import write_workbook
from examdesk.exports.writing import Effort, whole
from examdesk.staffapi.messages import ExportKind
from examdesk.store import Reader
from shared.clock import Clock
from shared.ids import ExamId
from shared.problems import InputProblem

KINDS: tuple[ExportKind, ...] = get_args(ExportKind)
_FOLDED = frozenset({"sessions", "workbook", "report"})
_COMPARED = frozenset({"workbook", "report"})


def export_all(  # noqa: PLR0917 - the command line, the jobs and scripts pass just these
    reader: Reader,
    exam: ExamId,
    out: Path,
    what: Collection[str],
    progress: Callable[[float, str], None],
    cancelled: Callable[[], bool],
    *,
    clock: Clock,
    zone: Zone | None = None,
) -> list[Path]:
    """Write these exports of an exam to the folder `out` and return the files, in a fixed order.

    Args:
        reader: the records, of a running hub or a stopped one.
        exam: which exam.
        out: made if need be; files of the same names are replaced, others stay.
        what: some of `KINDS`.
        progress: is told the share done (0 to 1) and what is being made.
        cancelled: is asked often; true stops it.
        clock: dates what is made.
        zone: in which times are written; the computer's own when left out.

    Raises:
        InputProblem: `what` names something else, or the exam can't be read.
        EnvironmentProblem: the records can't be read or the folder can't be written; no half file is left.
        Cancelled: it was stopped; no half file is left.
    """
    unknown = sorted(set(what) - set(KINDS))
    if unknown or not what:
        said = f"There is no export {unknown[0]}." if unknown else "Nothing to export was named."
        raise InputProblem(f"{said} There are: {', '.join(KINDS)}.")
    effort = Effort(progress, cancelled)
    effort.step(0, "reading who sat the exam")
    pages = Pages(reader, exam)
    effort.expect(pages.events * (bool(_FOLDED & set(what)) + ("events" in what) + ("bundle" in what)))
    made_ms = clock.wall_ms()
    with whole(out) as scratch:
        made = _make((pages, reader), scratch, set(what), (made_ms, zone or Zone()), effort)
        effort.step(0, "finishing")
    return [out / path.relative_to(scratch) for path in made]


def _make(
    source: tuple[Pages, Reader], scratch: Path, what: set[str], when: tuple[int, Zone], effort: Effort
) -> list[Path]:
    pages, reader = source
    made_ms, zone = when
    made: list[Path] = []
    if what & _FOLDED:
        gathering = Gathering(pages, reader, made_ms)
        spill = scratch / "spilled"
        gathering.run(spill, effort, zone)
        if "sessions" in what:
            made += write_sessions(gathering, scratch, zone, effort)
        if what & _COMPARED:
            alike = compare_class(gathering, effort)
            if "workbook" in what:
                made.append(write_workbook(gathering, alike, scratch, zone, effort))
            if "report" in what:
                made.append(write_report(gathering, alike, scratch, zone, effort))
        for path in spill.iterdir():
            path.unlink()
        spill.rmdir()
    if "events" in what:
        made.append(write_events(pages, scratch, zone, effort))
    if "bundle" in what:
        made.append(write_exam_bundle(pages, scratch, made_ms, zone, effort))
    return made
