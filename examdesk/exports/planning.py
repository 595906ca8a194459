"""What an export would write, before it writes anything."""

from collections.abc import Callable, Collection

import msgspec

from examdesk.evidence.words import count
from examdesk.exports import events_csv, gradebooks, ods, progsnap, session_json, submissions, workbook
from examdesk.exports.bundle import bundle_name
from examdesk.exports.kinds import KINDS, REDACTABLE, check, why_no_bundle
from examdesk.exports.options import Options
from examdesk.exports.pages import Pages
from examdesk.exports.report import page
from examdesk.exports.writing import file_name
from examdesk.staffapi.messages import ExportKind, ExportPlan, PlannedKind
from examdesk.store import Reader
from shared.ids import ExamId

PDF_NAME = "integrity-report.pdf"
PDF_FOLDER = "students"


class Planned(msgspec.Struct, frozen=True):
    """A file that would be written, by its path in the folder; one that ends with `/…` stands for those below it."""

    kind: ExportKind
    path: str
    about: str


A_SESSION: dict[ExportKind, tuple[int, int]] = {
    "sessions": (12_000, 8),
    "events": (0, 240),
    "workbook": (5_000, 0),
    "report": (10_000, 0),
    "bundle": (4_000, 340),
    "report-pdf": (6_000, 0),
    "student-pdfs": (40_000, 0),
    "student-pages": (24_000, 0),
    "summary": (400, 0),
    "submissions": (2_500, 0),
    "canvas": (60, 0),
    "moodle": (80, 0),
    "progsnap": (1_000, 510),
}
"""How large exports get, nearly: bytes for each session and for each event, as the benchmark of exports found them."""
_SHOWN = 3


def plan(reader: Reader, exam: ExamId, what: Collection[str], options: Options | None = None) -> list[Planned]:
    """Return the files of an export without making any; raises what `export_all` raises before its first file."""
    options = options or Options()
    check(what, options)
    return _planned(Pages(reader, exam, options), set(what), options)


def plan_kinds(reader: Reader, exam: ExamId, options: Options) -> ExportPlan:
    """Return what each kind of export would hold with these options; raises InputProblem for what is not there."""
    pages = Pages(reader, exam, options)
    files = _planned(pages, set(KINDS), options)
    by_kind = {kind: [each for each in files if each.kind == kind] for kind in KINDS}
    return ExportPlan(
        kinds=tuple(_kind(kind, by_kind[kind], pages, options) for kind in KINDS),
        students=len(pages.roster),
        sessions=len(pages.sessions),
        events=pages.events,
    )


def _kind(kind: ExportKind, files: list[Planned], pages: Pages, options: Options) -> PlannedKind:
    session, event = A_SESSION[kind]
    refused = why_no_bundle(options) if kind == "bundle" else ""
    if options.redact and kind not in REDACTABLE:
        refused = "It is made of the texts themselves and can't be redacted."
    return PlannedKind(
        kind=kind,
        files=len(files),
        names=tuple(each.path for each in files[:_SHOWN]),
        about=files[0].about if files else "nothing",
        bytes=session * len(pages.sessions) + event * pages.events if files else 0,
        refused=refused,
    )


def _planned(pages: Pages, what: set[str], options: Options) -> list[Planned]:
    shown = count(len(pages.sessions), "session")
    events = count(pages.events, "event")
    students = sorted(file_name(row.student) for row in pages.sessions)
    everybody = f"who handed in, {count(len(pages.roster), 'student')} on the roster; there are no points in it"
    if options.points is not None:
        given = count(len(options.points.given), "student")
        everybody = f"points of {given}, {len(pages.roster)} on the roster"
    home = f"{submissions.FOLDER}/"
    found: dict[ExportKind, Callable[[], list[tuple[str, str]]]] = {
        "sessions": lambda: [(f"{session_json.FOLDER}/{name}.json", "one session") for name in students],
        "workbook": lambda: [(workbook.NAME, f"the class in sheets, {shown}")],
        "report": lambda: [(page.NAME, shown)],
        "report-pdf": lambda: [(PDF_NAME, shown)],
        "student-pages": lambda: [(f"{PDF_FOLDER}/{name}.html", "one session") for name in students],
        "student-pdfs": lambda: [(f"{PDF_FOLDER}/{name}.pdf", "one session") for name in students],
        "summary": lambda: [(ods.NAME, f"three sheets, {shown}")],
        "submissions": lambda: [
            (home + submissions.MANIFEST, shown),
            *((f"{home}{name}/…", "the files of one session") for name in students),
        ],
        "canvas": lambda: [(gradebooks.CANVAS, everybody)],
        "moodle": lambda: [(gradebooks.MOODLE, everybody + _left_out(pages))],
        "events": lambda: [(events_csv.NAME, events)],
        "progsnap": lambda: [(f"{progsnap.FOLDER}/…", f"{shown}, {events}")],
        "bundle": lambda: [(bundle_name(pages, redacted=bool(options.redact)), f"{shown}, {events}, to be verified")],
    }
    return [Planned(kind, path, about) for kind, make in found.items() if kind in what for path, about in make()]


def _left_out(pages: Pages) -> str:
    many = len(gradebooks.unlisted(pages))
    return f"; {count(many, 'student')} without an entry on it left out, say who they are first" if many else ""
