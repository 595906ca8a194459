"""Exports, and bundles from a stick."""

from typing import ClassVar, Literal

from examdesk.staffapi.messages.base import Answer, Done, Request, Value
from examdesk.staffapi.permissions import Permission


class Job(Answer, frozen=True, kw_only=True):
    """Work that takes longer: how far it is (0 to 1), and its files (name, bytes) once it is done."""

    job: str
    done: bool
    share: float
    sentence: str
    failed: bool = False
    files: tuple[tuple[str, int], ...] = ()


ExportKind = Literal[
    "sessions",
    "events",
    "workbook",
    "report",
    "bundle",
    "report-pdf",
    "student-pdfs",
    "student-pages",
    "summary",
    "submissions",
    "canvas",
    "moodle",
    "progsnap",
]


RedactWord = Literal["paste-text", "output", "input", "notes", "messages", "device", "code"]


Paper = Literal["a4", "letter"]


class ExportOptions(Value, frozen=True, kw_only=True):
    """What an export shows, and of whom: everybody by default, or sections and sessions.

    `pseudonyms` are the hub's own, the same ones that it shows where names are hidden. `redact` erases payloads from
    `events` and `bundle`; `outside_text` leaves text that was pasted from outside in the ProgSnap2 dataset; `paper` is
    the size of the PDFs' pages.
    """

    pseudonyms: bool = False
    redact: tuple[RedactWord, ...] = ()
    outside_text: bool = False
    sections: tuple[str, ...] = ()
    sessions: tuple[str, ...] = ()
    paper: Paper = "a4"


class StartExport(Request[Job], frozen=True, kw_only=True):
    """Make these exports at the hub."""

    NEEDS: ClassVar[Permission | None] = Permission.EXPORT
    what: tuple[ExportKind, ...] = ("sessions", "events", "workbook", "report", "bundle")
    options: ExportOptions = ExportOptions()


class PlannedKind(Value, frozen=True, kw_only=True):
    """What one kind of export would hold: so many files, the first of them by name, about so many bytes.

    `refused` says why these options leave none of it; empty where it can be made.
    """

    kind: ExportKind
    files: int
    names: tuple[str, ...]
    about: str
    bytes: int
    refused: str = ""


class ExportPlan(Answer, frozen=True, kw_only=True):
    """What each kind of export would hold now."""

    kinds: tuple[PlannedKind, ...]
    students: int
    sessions: int
    events: int


class PlanExport(Request[ExportPlan], frozen=True, kw_only=True):
    """Ask what exports would hold, before any is made."""

    NEEDS: ClassVar[Permission | None] = Permission.EXPORT
    options: ExportOptions = ExportOptions()


class GetJob(Request[Job], frozen=True, kw_only=True):
    """Ask how far a job is."""

    NEEDS: ClassVar[Permission | None] = Permission.EXPORT
    job: str


class CancelJob(Request[Done], frozen=True, kw_only=True):
    """Stop a job; no half file stays."""

    NEEDS: ClassVar[Permission | None] = Permission.EXPORT
    job: str


class FilePiece(Answer, frozen=True, kw_only=True):
    """A piece of a file; empty at its end."""

    data: bytes


class GetFile(Request[FilePiece], frozen=True, kw_only=True):
    """Fetch a piece of a finished job's file."""

    NEEDS: ClassVar[Permission | None] = Permission.EXPORT
    job: str
    name: str
    offset: int


class Imported(Answer, frozen=True, kw_only=True):
    """What a bundle brought: per student a sentence."""

    sentences: tuple[str, ...]
    new_events: int


class ImportBundle(Request[Imported], frozen=True, kw_only=True):
    """Hand in a bundle from a stick, in pieces in order; the last one carries `last`.

    Work of a desk that never had a network waits for a person, as a join does; `adopt` with the last piece lets it in
    at once, for whoever may admit.
    """

    NEEDS: ClassVar[Permission | None] = Permission.EXPORT
    upload: str
    data: bytes
    last: bool
    adopt: bool = False
