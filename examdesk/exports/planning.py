"""What an export would write, before it writes anything."""

from collections.abc import Callable, Collection

import msgspec

from examdesk.evidence.words import count
from examdesk.exports import events_csv, gradebooks, ods, progsnap, session_json, submissions, workbook
from examdesk.exports.bundle import bundle_name
from examdesk.exports.everything import check
from examdesk.exports.options import Options
from examdesk.exports.pages import Pages
from examdesk.exports.report import page
from examdesk.exports.writing import file_name
from examdesk.staffapi.messages import ExportKind
from examdesk.store import Reader
from shared.ids import ExamId

PDF_NAME = "integrity-report.pdf"
PDF_FOLDER = "students"


class Planned(msgspec.Struct, frozen=True):
    """A file that would be written, by its path in the folder; one that ends with `/…` stands for those below it."""

    kind: ExportKind
    path: str
    about: str


def plan(reader: Reader, exam: ExamId, what: Collection[str], options: Options | None = None) -> list[Planned]:
    """Return the files of an export without making any; raises what `export_all` raises before its first file."""
    options = options or Options()
    check(what, options)
    pages = Pages(reader, exam, options.names)
    shown = count(len(pages.sessions), "session")
    events = count(pages.events, "event")
    students = sorted(file_name(row.student) for row in pages.sessions)
    everybody = count(len(pages.roster), "student") + " on the roster"
    home = f"{submissions.FOLDER}/"
    found: dict[ExportKind, Callable[[], list[tuple[str, str]]]] = {
        "sessions": lambda: [(f"{session_json.FOLDER}/{name}.json", "one session") for name in students],
        "workbook": lambda: [(workbook.NAME, f"nine sheets, {shown}")],
        "report": lambda: [(page.NAME, shown)],
        "report-pdf": lambda: [(PDF_NAME, shown)],
        "student-pdfs": lambda: [(f"{PDF_FOLDER}/{name}.pdf", "one session") for name in students],
        "summary": lambda: [(ods.NAME, f"three sheets, {shown}")],
        "submissions": lambda: [
            (home + submissions.MANIFEST, shown),
            *((f"{home}{name}/…", "the files of one session") for name in students),
        ],
        "canvas": lambda: [(gradebooks.CANVAS, everybody)],
        "moodle": lambda: [(gradebooks.MOODLE, everybody)],
        "events": lambda: [(events_csv.NAME, events)],
        "progsnap": lambda: [(f"{progsnap.FOLDER}/…", f"{shown}, {events}")],
        "bundle": lambda: [(bundle_name(pages, redacted=bool(options.redact)), f"{shown}, {events}, to be verified")],
    }
    return [Planned(kind, path, about) for kind, make in found.items() if kind in what for path, about in make()]
