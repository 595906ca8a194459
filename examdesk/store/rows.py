"""What the store takes and gives: frozen rows, one field per column."""

from typing import Any, TypeVar

import msgspec
import sqlalchemy as sa

from shared.ids import DeviceId, ExamId, JournalId, SessionId, StudentId
from shared.log.entry import Entry

R = TypeVar("R", bound=msgspec.Struct)


class ExamRow(msgspec.Struct, frozen=True, kw_only=True):
    """The exam that a hub serves."""

    exam: ExamId
    short_name: str
    long_name: str
    course: str
    packed: bytes
    source: str
    room_code: str
    port: int = 0
    created_ms: int


class KeysRow(msgspec.Struct, frozen=True, kw_only=True):
    """An exam's secrets."""

    exam: ExamId
    signing: bytes
    box: bytes
    content: bytes
    certificate: bytes
    tls_key: bytes
    owner_token: str

    def __repr__(self) -> str:
        return f"KeysRow(exam={self.exam.hex()})"


class SectionRow(msgspec.Struct, frozen=True, kw_only=True):
    """A section that staff made or changed."""

    exam: ExamId
    name: str
    room: str = ""
    starts_ms: int | None = None
    ends_ms: int | None = None
    minutes: int | None = None


class RosterRow(msgspec.Struct, frozen=True, kw_only=True):
    """A person who may sit the exam."""

    exam: ExamId
    student: StudentId
    slot: int
    name: str
    section: str = ""
    email: str = ""
    seat: str = ""
    room: str = ""
    tags: str = "[]"
    factor: float = 1.0
    extra_minutes: int = 0
    personal_code: str = ""
    failures: int = 0
    provisional: bool = False


class SessionRow(msgspec.Struct, frozen=True, kw_only=True):
    """One student sitting one exam."""

    session: SessionId
    exam: ExamId
    student: StudentId
    joined_ms: int
    joined_by: str
    journal: JournalId | None = None
    revision: int = 0
    issued_ms: int = 0
    starts_ms: int | None = None
    ends_ms: int | None = None
    paused_ms: int | None = None
    ended: bool = False
    reopened: int = 0
    locked: bool = False
    note: str = ""
    review: str = "Not reviewed"


class JournalRow(msgspec.Struct, frozen=True, kw_only=True):
    """One chain on one device."""

    journal: JournalId
    session: SessionId
    exam: ExamId
    endorsement: bytes
    key: bytes
    parent: JournalId | None = None
    parent_seq: int = -1
    parent_link: bytes | None = None
    device: DeviceId
    device_name: str
    seat: str
    address: str
    opened_ms: int
    head_seq: int = -1
    head_link: bytes
    head_receipt: int = -1
    last_ms: int | None = None
    state: str = "active"


class ReceiptRow(msgspec.Struct, frozen=True, kw_only=True):
    """A receipt as it was signed."""

    exam: ExamId
    number: int
    journal: JournalId
    last: int
    body: bytes
    signature: bytes


class BatchRow(msgspec.Struct, frozen=True, kw_only=True):
    """A batch as it was signed."""

    journal: JournalId
    last: int
    body: bytes
    signature: bytes


class EvidenceRow(msgspec.Struct, frozen=True, kw_only=True):
    """What a desk showed that does not go together with what the hub has."""

    exam: ExamId
    journal: JournalId
    at_ms: int
    why: str
    hub_last: int
    desk_last: int
    body: bytes | None = None
    signature: bytes | None = None
    entries: bytes | None = None


class CommandRow(msgspec.Struct, frozen=True, kw_only=True):
    """A command that was applied."""

    exam: ExamId
    number: int
    command: str
    at_ms: int
    who: str
    body: bytes


class NoticeRow(msgspec.Struct, frozen=True, kw_only=True):
    """A message of the staff; `sections` and `sessions` are JSON lists."""

    exam: ExamId
    number: int
    at_ms: int
    kind: str
    text: str
    sender: str
    question: str = ""
    sections: str = "[]"
    sessions: str = "[]"
    prompt: str = ""


class JoinRow(msgspec.Struct, frozen=True, kw_only=True):
    """A join that waits or waited for a person."""

    ticket: str
    exam: ExamId
    student: StudentId
    name: str
    section: str
    seat: str
    device_name: str
    address: str
    since_ms: int
    why: str
    state: str = "waiting"
    decided_by: str = ""
    decided_ms: int | None = None


class AnchorRow(msgspec.Struct, frozen=True, kw_only=True):
    """A signed checkpoint over the first `size` receipts."""

    exam: ExamId
    size: int
    at_ms: int
    note: bytes
    frontier: bytes


class AuditRow(msgspec.Struct, frozen=True, kw_only=True):
    """Who did what, when, from where."""

    exam: ExamId
    number: int
    at_ms: int
    who: str
    role: str
    address: str
    what: str
    detail: str
    chain: bytes


def values(row: msgspec.Struct) -> dict[str, Any]:
    """Return a row's columns."""
    return msgspec.structs.asdict(row)


def one(kind: type[R], found: "sa.Row[Any] | None") -> R | None:
    """Return a found row as `kind`, None for none."""
    return None if found is None else kind(**found._mapping)  # noqa: SLF001 - SQLAlchemy's documented name


def entry_of(found: "sa.Row[Any]") -> Entry:
    """Return a row of `events` as it came."""
    return Entry(found.header, found.salt, found.payload, found.digest)
