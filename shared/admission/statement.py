r"""A desk's own word on who writes its journal, where no hub could be asked: a desk that never had a network.

A DSSE envelope of type `application/vnd.examdesk.statement+json`, signed by the session key that is in it. It proves
nothing about the student: it binds name, exam and device to the key at the beginning of the chain, so that nobody can
put another name in front of the events later. Whoever wrote it is vouched for only once a hub has adopted it, by an
endorsement that carries its bytes (`shared.admission.endorsement`). The session's id is not chosen but follows:

    session = the first 16 bytes of SHA-256("EDP1-OWN\0" ‖ exam ‖ journal ‖ session key)
"""

from typing import Annotated, Final

import msgspec
from msgspec import Meta

from shared.admission.names import HexDigest, HexId, Milliseconds, NamesJournal
from shared.crypto.dsse import claimed, open_envelope, seal
from shared.crypto.keys import SigningKey, sha256
from shared.ids import ID_BYTES, ExamId, JournalId, SessionId
from shared.problems import PeerFault

PAYLOAD_TYPE: Final = "application/vnd.examdesk.statement+json"
MAX_STATEMENT_BYTES: Final = 6 * 1024
"""So that an endorsement can carry it."""
MAX_EXTRA_MINUTES: Final = 10_080

Name = Annotated[str, Meta(max_length=200)]


class NotAStatement(PeerFault):
    """S1: this isn't a desk's own statement, or it is damaged; it was refused."""


class StatementForged(PeerFault):
    """S2: the key in this statement did not sign it, or its session is not the one that follows; it was refused."""


class StatementForAnotherExam(PeerFault):
    """S3: this statement belongs to another exam; it was refused."""


class Statement(NamesJournal, msgspec.Struct, frozen=True, kw_only=True):
    """Who says to sit where and write which journal with which key. `made_ms` is the PC's own clock.

    `extra_minutes` is the extra time that the student said to have been granted.
    """

    exam: HexId
    student: Annotated[str, Meta(min_length=1, max_length=200)]
    name: Name
    seat: Name = ""
    session: HexId
    journal: HexId
    device: HexId
    device_name: Name = ""
    journal_key: HexDigest
    made_ms: Milliseconds
    extra_minutes: Annotated[int, Meta(ge=0, le=MAX_EXTRA_MINUTES)] = 0


_decoder = msgspec.json.Decoder(Statement)


def own_session(exam: ExamId, journal: JournalId, key: bytes) -> SessionId:
    """Return the session of a journal that its desk began alone."""
    return SessionId(sha256(b"EDP1-OWN\0", exam, journal, key)[:ID_BYTES])


def state(statement: Statement, key: SigningKey) -> bytes:
    """Return the envelope, signed by the journal's own key."""
    envelope = seal(PAYLOAD_TYPE, msgspec.json.encode(statement), key)
    if len(envelope) > MAX_STATEMENT_BYTES:
        raise NotAStatement("S1: the names in this statement are too long to be signed. Write them shorter.")
    return envelope


def is_statement(envelope: bytes) -> bool:
    """Tell whether an envelope claims to be a statement; nothing in it is believed."""
    return _claimed(envelope) is not None


def read_statement(envelope: bytes, exam: ExamId | None = None) -> Statement:
    """Return what a desk stated.

    Checks, each with its own error:
        S1 an envelope of at most 6 KiB with a statement and a usable key (`NotAStatement`);
        S2 that key signed it, and the session is the one that follows (`StatementForged`);
        S3 it is for `exam`, where that is given (`StatementForAnotherExam`).
    """
    # S1
    try:
        statement = _decoder.decode(_claimed(envelope) or b"")
        key = statement.verify_key()
    except (msgspec.MsgspecError, ValueError, RecursionError, PeerFault) as error:
        raise NotAStatement("S1: this isn't a desk's own statement, or it is damaged; it was refused.") from error
    # S2
    try:
        open_envelope(envelope, PAYLOAD_TYPE, [key])
    except PeerFault as error:
        raise StatementForged("S2: the key in this statement did not sign it; it was refused.") from error
    if statement.session_id != own_session(statement.exam_id, statement.journal_id, key.raw):
        raise StatementForged("S2: this statement names a session that isn't its own; it was refused.")
    # S3
    if exam is not None and statement.exam_id != exam:
        raise StatementForAnotherExam("S3: this statement belongs to another exam; it was refused.")
    return statement


def _claimed(envelope: bytes) -> bytes | None:
    return claimed(envelope, PAYLOAD_TYPE) if len(envelope) <= MAX_STATEMENT_BYTES else None
