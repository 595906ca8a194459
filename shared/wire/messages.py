"""The frames of a desk's connection, each one a msgpack array with its name in front (docs/protocol.md, W clauses).

A connection belongs to one journal. The hub speaks first with `Welcome`. A desk that has an endorsement sends
`Resume`; one that has none joins with a room code (`JoinByRoom`) or a personal code (`PakeStart`, `PakeConfirm`,
`JoinByPersonal`). Every id is 16 bytes; sequences count from 0, and -1 stands for "none yet".
"""

from typing import Annotated, Literal

import msgspec

from shared.ids import DeviceId, ExamId, JournalId, SessionId, StudentId
from shared.log.batch import SignedBatch
from shared.log.entry import Entry
from shared.log.receipt import SignedReceipt
from shared.wire.parcel import MAX_PARCEL_BYTES, ParcelId

PROTOCOL = 1

Seq = Annotated[int, msgspec.Meta(ge=-1, le=2**63 - 1)]
"""The number of an event, -1 for none."""
Count = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
"""Anything that is counted or measured from 0; what does not fit 8 bytes is no frame."""


class Frame(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Anything that travels."""


class Welcome(Frame, frozen=True):
    """Hub: who serves here. `nonce` goes into the desk's proofs; `hub_ms` is the hub's wall clock."""

    protocol: int
    exam: ExamId
    nonce: bytes
    hub_ms: Count
    title: str
    room: str
    admission: str
    """`room` or `personal`: the form of access code that this exam expects."""


class Lookup(Frame, frozen=True):
    """Desk: which students of the roster does this text mean? Needs the room code."""

    code: str
    text: str


class Candidate(msgspec.Struct, frozen=True, array_like=True):
    """A roster entry that a text may mean."""

    student: StudentId
    name: str
    section: str


class Found(Frame, frozen=True):
    """Hub: the roster entries that fit best, best first; `exact` when there is no doubt."""

    candidates: tuple[Candidate, ...]
    exact: bool


class JoinByRoom(Frame, frozen=True):
    """Desk: let this student in with the room code; `key` is the new journal's Ed25519 public key."""

    code: str
    student: StudentId
    name: str
    seat: str
    device: DeviceId
    device_name: str
    journal: JournalId
    key: bytes


class PakeStart(Frame, frozen=True):
    """Desk: the first SPAKE2 message for a slot of the roster."""

    slot: Count
    message: bytes


class PakeReply(Frame, frozen=True):
    """Hub: first its SPAKE2 message, with no confirmation; after `PakeConfirm` its confirmation, with no message.

    The desk confirms first, so that a guess costs a failure that the hub counts (shared.admission.pake).
    """

    message: bytes
    confirmation: bytes


class PakeConfirm(Frame, frozen=True):
    """Desk: its confirmation, and what it wants to be endorsed."""

    confirmation: bytes
    device: DeviceId
    device_name: str
    seat: str
    journal: JournalId
    key: bytes


class Rejoin(Frame, frozen=True):
    """Desk: a new journal after one that can't go on (rollback, fork, damage), proven with the old journal's key.

    `proof` signs `rejoin_proof(...)`.
    """

    old: JournalId
    proof: bytes
    device: DeviceId
    device_name: str
    journal: JournalId
    key: bytes


class Held(Frame, frozen=True):
    """Hub: the join waits for a person; the sentence says for what."""

    sentence: str


class SavedFile(msgspec.Struct, frozen=True, array_like=True):
    """A file of the workspace as the hub last acknowledged it. `spans` are (length, origin) pairs in order.

    A file that is too long for one frame goes on under the same name, in the same frame or the next `Endorsed`.
    """

    file: str
    text: str
    spans: tuple[tuple[int, int], ...]


class Endorsed(Frame, frozen=True):
    """Hub: the signed endorsement, and the workspace where the session goes on from another journal.

    `complete` is False while more `Endorsed` frames with further files follow. `drawn` are the session's questions and
    `draws` how often they were drawn anew, as the journal that it goes on from says (P-18); empty for not drawn.
    """

    session: SessionId
    endorsement: bytes
    files: tuple[SavedFile, ...] = ()
    complete: bool = True
    drawn: tuple[str, ...] = ()
    draws: Count = 0


class Resume(Frame, frozen=True):
    """Desk: go on with this journal, whose last sealed event is `last` with this link.

    `proof` signs `resume_proof(...)` with the journal's key. `revision` and `notice` say what the desk already has,
    `edition` is the signed envelope of the newest edition that it holds, empty for the first content.
    """

    journal: JournalId
    last: Seq
    link: bytes
    proof: bytes
    revision: Count
    notice: Count
    edition: bytes = b""


class Present(Frame, frozen=True):
    """Desk, to a hub that does not know its journal (P-13): the endorsement, its newest notice and standing if any.

    The next `Resume` proves the journal's key; nothing is written before that.
    """

    endorsement: bytes
    notice: bytes = b""
    standing: bytes = b""


class JournalHead(msgspec.Struct, frozen=True, array_like=True):
    """A journal, and the last event of it that is durable."""

    journal: JournalId
    last: Seq


class Resumed(Frame, frozen=True):
    """Hub: it has the journal durably up to `last` (-1: nothing), with this link.

    `earlier` names the session's journals from before this one that it has.
    """

    last: Seq
    link: bytes
    receipt: SignedReceipt | None
    earlier: tuple[JournalHead, ...] = ()


class Push(Frame, frozen=True):
    """Desk: a signed batch and its events, in order."""

    batch: SignedBatch
    entries: tuple[Entry, ...]


class Acknowledged(Frame, frozen=True):
    """Hub: a receipt for what is durable."""

    receipt: SignedReceipt


class Resend(Frame, frozen=True):
    """Hub: there was a gap; send again what comes after `last` (P-7: a gap means resend, not reject)."""

    last: Seq


class NewJournal(Frame, frozen=True):
    """Hub: this journal can't go on; keep it, and `Rejoin` with a new one. `why`: rollback, fork, damaged, moved."""

    why: str


class SignedStanding(Frame, frozen=True):
    """Hub: what holds for this session now, as a DSSE envelope of `standing.Standing`."""

    envelope: bytes


class SignedNotice(Frame, frozen=True):
    """Hub: a numbered notice of the staff, as a DSSE envelope of `standing.Notice`."""

    envelope: bytes


class ContentOffer(Frame, frozen=True):
    """Hub: the sealed content of the exam: its signed manifest, how many pieces there are, and its front page.

    `front` is a DSSE envelope of `shared.exam.front.FrontPage`.
    `packages` is the signed list of the exam's packages (shared.exam.packages), empty where there are none.
    `edition` is the DSSE envelope of the `shared.admission.edition.Edition` that this content is, empty for the first.
    """

    manifest: bytes
    signature: bytes
    pieces: Count
    front: bytes = b""
    packages: bytes = b""
    edition: bytes = b""


class GetPiece(Frame, frozen=True):
    """Desk: send this piece of the sealed content."""

    index: Count


class Piece(Frame, frozen=True):
    """Hub: a part of a piece of the sealed content; a `GetPiece` is answered with all `parts` of it, in order."""

    index: Count
    data: bytes
    part: Count = 1
    parts: Count = 1


class GetWheel(Frame, frozen=True):
    """Desk: send wheel number `index` of the list of packages, from byte `at` on."""

    index: Count
    at: Count


class WheelPart(Frame, frozen=True):
    """Hub: a wheel's bytes from `at` on, as many as fit a frame; none when it can't give them."""

    index: Count
    at: Count
    data: bytes


class GetHistory(Frame, frozen=True):
    """Desk: send what another journal of its session has up to event `last`, from byte `at` of the document on."""

    journal: JournalId
    last: Count
    at: Count


class HistoryPart(Frame, frozen=True):
    """Hub: the bytes from `at` on of a document of `size` bytes (shared.text.earlier); none when it can't give it."""

    journal: JournalId
    at: Count
    data: bytes
    size: Count


class ContentKey(Frame, frozen=True):
    """Hub: the key of the sealed content, only from the start of the session on."""

    key: bytes


class Ping(Frame, frozen=True):
    """Desk: a time question; `desk_us` is its monotonic clock when it was sent.

    `free_mb` is how many MiB are free where its journal is, -1 for not known.
    """

    desk_us: Count
    free_mb: Annotated[int, msgspec.Meta(ge=-1, le=2**53)] = -1


class Pong(Frame, frozen=True):
    """Hub: the question's time back, and the hub's wall clock in ms when it came and when it was answered."""

    desk_us: Count
    received_ms: Count
    sent_ms: Count


class Anchor(Frame, frozen=True):
    """Hub: a signed checkpoint of the tree over all receipts; the desk keeps it."""

    note: bytes


Level = Literal["ok", "warning", "blocked", "untested"]
MAX_LINE = 500
Line = Annotated[str, msgspec.Meta(max_length=MAX_LINE)]


class SeatCheck(msgspec.Struct, frozen=True, array_like=True):
    """One result of a PC's preflight: what was checked, what was found, what to do about it."""

    name: Annotated[str, msgspec.Meta(max_length=40)]
    level: Level
    found: Line
    todo: Line = ""


class PreflightReport(Frame, frozen=True):
    """Desk: how its preflight went. Needs the room code; advice for staff, which keeps nobody out."""

    code: str
    seat: Annotated[str, msgspec.Meta(max_length=60)]
    device: Annotated[bytes, msgspec.Meta(min_length=16, max_length=16)]
    device_name: Annotated[str, msgspec.Meta(max_length=200)]
    platform: Annotated[str, msgspec.Meta(max_length=200)]
    checks: Annotated[tuple[SeatCheck, ...], msgspec.Meta(max_length=40)]


class PreflightTaken(Frame, frozen=True):
    """Hub: staff can read the report."""


class Parcel(Frame, frozen=True):
    """Staff records, sealed (shared.wire.parcel). Hub: keep this for me. Desk, when asked: this is what I keep."""

    data: Annotated[bytes, msgspec.Meta(max_length=MAX_PARCEL_BYTES)]


class WantParcels(Frame, frozen=True):
    """Hub that took the exam over: send the parcels that you keep, but those of this `hub` and those in `have`."""

    hub: bytes
    have: tuple[ParcelId, ...] = ()


class Refusal(Frame, frozen=True):
    """Hub: it will not do what was asked. `code` is for programs, `sentence` for the person.

    Codes: wrong-code, slow-down, unknown-student, unknown-journal, wrong-proof, not-now, full, bad-frame, ended.
    """

    code: str
    sentence: str
    retry_after_ms: Count = 0


class Bye(Frame, frozen=True):
    """Either side: closing on purpose."""

    why: str


FromDesk = (
    Lookup
    | JoinByRoom
    | PakeStart
    | PakeConfirm
    | Rejoin
    | Present
    | Resume
    | Push
    | GetPiece
    | GetWheel
    | GetHistory
    | Ping
    | PreflightReport
    | Parcel
    | Bye
)
FromHub = (
    Welcome
    | Found
    | PakeReply
    | Held
    | Endorsed
    | Resumed
    | Acknowledged
    | Resend
    | NewJournal
    | SignedStanding
    | SignedNotice
    | ContentOffer
    | Piece
    | WheelPart
    | HistoryPart
    | ContentKey
    | Pong
    | Anchor
    | PreflightTaken
    | Parcel
    | WantParcels
    | Refusal
    | Bye
)


def resume_proof(nonce: bytes, certificate: bytes, journal: JournalId, last: int, link: bytes) -> bytes:
    """Return what a desk signs to resume; `certificate` is SHA-256 of the hub's certificate as the desk saw it."""
    return b"EDP1-RESUME\0" + nonce + certificate + journal + last.to_bytes(8, "big", signed=True) + link


def rejoin_proof(nonce: bytes, certificate: bytes, old: JournalId, new: JournalId, key: bytes) -> bytes:
    """Return what a desk signs with the old journal's key to open a new one."""
    return b"EDP1-REJOIN\0" + nonce + certificate + old + new + key
