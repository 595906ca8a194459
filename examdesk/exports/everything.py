"""All exports of an exam at once: whole files, or none."""

import shutil
from collections.abc import Callable, Collection
from functools import cached_property
from pathlib import Path

from examdesk.exports.alike import Comparison, compare_class
from examdesk.exports.bundle import write_exam_bundle
from examdesk.exports.events_csv import write_events
from examdesk.exports.gathering import Gathering
from examdesk.exports.gradebooks import write_canvas, write_moodle
from examdesk.exports.kinds import UNFOLDED, check
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

_PDF_WEIGHT = 400
"""How many events' work one session of a PDF is, nearly."""


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
    effort.expect(_work(pages, set(what)))
    with whole(out) as scratch:
        making = _Making(pages, reader, scratch, (clock.wall_ms(), zone or Zone()), effort, options)
        made = making.run(set(what))
        effort.step(0, "finishing")
    return [out / path.relative_to(scratch) for path in made]


def _work(pages: Pages, what: set[str]) -> int:
    passes = bool(what - UNFOLDED) + len(what & UNFOLDED)
    pdfs = ("report-pdf" in what) + ("student-pdfs" in what)
    return pages.events * passes + pdfs * _PDF_WEIGHT * len(pages.sessions)


class _Making:
    """One export: what its writers share is made once, and only if one of them asks."""

    def __init__(  # noqa: PLR0917 - what `export_all` was given
        self, pages: Pages, reader: Reader, scratch: Path, when: tuple[int, Zone], effort: Effort, options: Options
    ) -> None:
        self._pages = pages
        self._reader = reader
        self._scratch = scratch
        self._made_ms, self._zone = when
        self._effort = effort
        self._options = options
        self._spill = scratch / "spilled"

    def run(self, what: set[str]) -> list[Path]:
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
            "canvas": lambda: [write_canvas(self._gathering, self._scratch)],
            "moodle": lambda: [write_moodle(self._gathering, self._scratch)],
            "events": lambda: [write_events(self._pages, *self._target, self._options.redact)],
            "progsnap": self._progsnap,
            "bundle": self._bundle,
        }
        made = [path for kind, make in makers.items() if kind in what for path in make()]
        shutil.rmtree(self._spill, ignore_errors=True)
        return made

    @property
    def _target(self) -> tuple[Path, Zone, Effort]:
        return self._scratch, self._zone, self._effort

    @cached_property
    def _gathering(self) -> Gathering:
        gathering = Gathering(self._pages, self._reader, self._made_ms)
        gathering.run(self._spill, self._effort, self._zone)
        return gathering

    @cached_property
    def _alike(self) -> list[Comparison]:
        return compare_class(self._gathering, self._effort)

    def _summary(self) -> list[Path]:
        sheets = list(summary_sheets(self._gathering, self._alike, self._zone))
        return [write_ods(sheets, self._scratch, self._effort)]

    def _progsnap(self) -> list[Path]:
        opened = open_exam(self._reader, self._pages.exam_id)
        questions = [(question.id, question.title) for question in opened.content.questions]
        outside = self._options.outside_text
        return write_progsnap(self._pages, questions, self._scratch, self._effort, outside=outside)

    def _bundle(self) -> list[Path]:
        redact = self._options.redact
        return [write_exam_bundle(self._pages, self._scratch, (self._made_ms, self._zone), self._effort, redact)]

    def _report_pdf(self) -> list[Path]:
        from examdesk.exports.pdf.report import write_report_pdf  # noqa: PLC0415 - its library loads in half a second

        return [write_report_pdf(self._gathering, self._alike, *self._target)]

    def _student_pdfs(self) -> list[Path]:
        from examdesk.exports.pdf.report import write_student_pdfs  # noqa: PLC0415 - its library loads in half a second

        return write_student_pdfs(self._gathering, self._alike, *self._target, timeline=self._options.timeline)
