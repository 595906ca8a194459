"""All exports of an exam at once: whole files, or none."""

import shutil
from collections.abc import Callable, Collection
from functools import cached_property
from pathlib import Path

from examdesk.exports.alike import Comparison, compare_class
from examdesk.exports.apart import Apart, divide, effort_apart, processes_for
from examdesk.exports.bundle import write_exam_bundle
from examdesk.exports.events_csv import write_events
from examdesk.exports.gathering import Gathering
from examdesk.exports.gradebooks import write_canvas, write_moodle
from examdesk.exports.kinds import KINDS, UNFOLDED, check
from examdesk.exports.ods import write_ods
from examdesk.exports.options import Options
from examdesk.exports.pages import Pages
from examdesk.exports.progsnap import write_progsnap
from examdesk.exports.report.page import write_report
from examdesk.exports.report.student import write_student_pages
from examdesk.exports.session_json import write_sessions
from examdesk.exports.sheets import summary_sheets
from examdesk.exports.submissions import write_submissions
from examdesk.exports.times import Zone
from examdesk.exports.workbook import write_workbook
from examdesk.exports.writing import Effort
from examdesk.readmodels.exam import open_exam
from examdesk.staffapi.messages import ExportKind
from examdesk.staffapi.whole import whole
from examdesk.store import Reader
from shared.clock import Clock
from shared.ids import ExamId

READING = 1.0
"""Reading, checking and folding an event once: the unit in which work is counted."""
AN_EVENT: dict[ExportKind, float] = {"events": 0.6, "progsnap": 1.4, "bundle": 1.6}
A_SESSION: dict[ExportKind, int] = {
    "sessions": 400,
    "workbook": 500,
    "report": 400,
    "report-pdf": 900,
    "student-pdfs": 3_000,
    "student-pages": 900,
    "summary": 100,
    "submissions": 100,
    "canvas": 1,
    "moodle": 1,
}
"""What each kind costs beside the reading, for an event or for a session, as the benchmark of exports found it."""
_ALIKE: frozenset[ExportKind] = frozenset(
    {"workbook", "report", "report-pdf", "student-pdfs", "student-pages", "summary"}
)
_COMPARING = 300


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
    options: Options | None = None,
    processes: int | None = None,
    spare: int = 0,
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
        options: pseudonyms, redaction, text from outside; everything as recorded when left out.
        processes: how many may work at the same time; one for each core when left out and there is enough to do.
        spare: how many cores to leave to others then.

    Raises:
        InputProblem: `what` names something else, the options do not go with it, or the exam can't be read.
        EnvironmentProblem: the records can't be read or the folder can't be written; no half file is left.
        Cancelled: it was stopped; no half file is left.
    """
    options = options or Options()
    check(what, options)
    effort = Effort(progress, cancelled)
    effort.step(0, "reading who sat the exam")
    pages = Pages(reader, exam, options)
    kinds: set[ExportKind] = {kind for kind in KINDS if kind in what}
    here, apart = divide(kinds, processes or processes_for(pages.events, spare))
    when = (clock.wall_ms(), zone or Zone())
    with whole(out) as scratch:
        if apart:
            made = _side_by_side(_Making(pages, scratch, when, effort, options), here, apart)
        else:
            effort.expect(work(pages, here))
            made = _Making(pages, scratch, when, effort, options).run(here)
        effort.end("finishing")
    return [out / path.relative_to(scratch) for kind in KINDS for path in made.get(kind, ())]


Made = dict[ExportKind, list[Path]]


def _side_by_side(making: "_Making", here: set[ExportKind], apart: set[ExportKind]) -> Made:
    effort, pages = making.effort, making.pages
    with Apart[Made]() as other:
        theirs = work(pages, apart)
        effort.expect(work(pages, here) + theirs, lambda: theirs * other.share())
        other.start(_make_apart, pages, making.scratch, making.when, making.options, apart)
        return making.run(here) | other.wait(effort)


def _make_apart(pages: Pages, scratch: Path, when: tuple[int, Zone], options: Options, kinds: set[ExportKind]) -> Made:
    """Make these in this process, which has no other work."""
    effort = effort_apart()
    effort.expect(work(pages, kinds))
    return _Making(pages, scratch, when, effort, options).run(kinds)


def work(pages: Pages, kinds: Collection[ExportKind]) -> float:
    """Return how much work these are, in events read."""
    reading = READING * pages.events if set(kinds) - UNFOLDED else 0.0
    comparing = _COMPARING * len(pages.sessions) if _ALIKE.intersection(kinds) else 0
    return reading + comparing + sum(_alone(pages, kind) for kind in kinds)


def _alone(pages: Pages, kind: ExportKind) -> float:
    return AN_EVENT.get(kind, 0.0) * pages.events + A_SESSION.get(kind, 0) * len(pages.sessions)


class _Making:
    """One export: what its writers share is made once, and only if one of them asks."""

    def __init__(self, pages: Pages, scratch: Path, when: tuple[int, Zone], effort: Effort, options: Options) -> None:
        self.pages = pages
        self.scratch = scratch
        self.when = when
        self.effort = effort
        self.options = options
        self._made_ms, self._zone = when
        self._spill = scratch / "spilled"

    def run(self, what: Collection[ExportKind]) -> Made:
        """Make these, in the order of `KINDS`."""
        makers: dict[ExportKind, Callable[[], list[Path]]] = {
            "sessions": lambda: write_sessions(self._gathering, *self._target),
            "workbook": lambda: [write_workbook(self._gathering, self._alike, *self._target)],
            "report": lambda: [write_report(self._gathering, self._alike, *self._target)],
            "report-pdf": self._report_pdf,
            "student-pdfs": self._student_pdfs,
            "student-pages": lambda: write_student_pages(self._gathering, self._alike, *self._target),
            "summary": self._summary,
            "submissions": lambda: write_submissions(self._gathering, *self._target),
            "canvas": lambda: [write_canvas(self._gathering, self.scratch, self.options.points)],
            "moodle": lambda: [write_moodle(self._gathering, self.scratch, self.options.points)],
            "events": lambda: [write_events(self.pages, *self._target, self.options.redact)],
            "progsnap": self._progsnap,
            "bundle": self._bundle,
        }
        made: Made = {}
        for kind, make in makers.items():
            if kind in what:
                self._prepare(kind)
                self.effort.begin(_alone(self.pages, kind), self._units(kind))
                made[kind] = make()
        if set(what) - UNFOLDED:
            shutil.rmtree(self._spill, ignore_errors=True)
        return made

    def _prepare(self, kind: ExportKind) -> None:
        """Make what a kind shares with others, as a part of its own."""
        if kind not in UNFOLDED:
            _ = self._gathering
        if kind in _ALIKE:
            _ = self._alike

    def _units(self, kind: ExportKind) -> int:
        """Return in how many steps a kind says how far it is; a bundle is written, then verified twice."""
        if kind in UNFOLDED:
            return self.pages.events * (3 if kind == "bundle" else 1)
        return len(self.pages.sessions)

    @property
    def _target(self) -> tuple[Path, Zone, Effort]:
        return self.scratch, self._zone, self.effort

    @cached_property
    def _gathering(self) -> Gathering:
        gathering = Gathering(self.pages, self.pages.reader, self._made_ms)
        self.effort.begin(READING * self.pages.events, self.pages.events)
        gathering.run(self._spill, self.effort, self._zone)
        return gathering

    @cached_property
    def _alike(self) -> list[Comparison]:
        gathering = self._gathering
        self.effort.begin(_COMPARING * len(self.pages.sessions), 1 + len(gathering.opened.content.every_question))
        return compare_class(gathering, self.effort)

    def _summary(self) -> list[Path]:
        sheets = list(summary_sheets(self._gathering, self._alike, self._zone))
        return [write_ods(sheets, self.scratch, self.effort)]

    def _progsnap(self) -> list[Path]:
        opened = open_exam(self.pages.reader, self.pages.exam_id)
        questions = [(question.id, question.title) for question in opened.content.every_question]
        outside = self.options.outside_text
        return write_progsnap(self.pages, questions, self.scratch, self.effort, outside=outside)

    def _bundle(self) -> list[Path]:
        redact = self.options.redact
        return [write_exam_bundle(self.pages, self.scratch, (self._made_ms, self._zone), self.effort, redact)]

    def _report_pdf(self) -> list[Path]:
        from examdesk.exports.pdf.report import write_report_pdf  # noqa: PLC0415 - its library loads in half a second

        return [write_report_pdf(self._gathering, self._alike, *self._target, paper=self.options.paper)]

    def _student_pdfs(self) -> list[Path]:
        from examdesk.exports.pdf.report import write_student_pdfs  # noqa: PLC0415 - its library loads in half a second

        options = self.options
        return write_student_pdfs(
            self._gathering, self._alike, *self._target, timeline=options.timeline, paper=options.paper
        )
