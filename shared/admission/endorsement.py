"""Endorsements: the hub's signed word on who sits in front of which journal.

A DSSE envelope, signed by the exam key, around one JSON object; ids are hexadecimal. A journal's chain begins
with the envelope's bytes, so they are kept exactly as issued.
"""

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from shared.crypto.dsse import open_envelope, seal
from shared.crypto.keys import SigningKey, VerifyKey
from shared.ids import DeviceId, ExamId, JournalId, SessionId
from shared.problems import PeerFault

PAYLOAD_TYPE: Final = "application/vnd.examdesk.endorsement+json"
MAX_ENDORSEMENT_BYTES: Final = 16 * 1024

HexId = Annotated[str, Meta(pattern=r"\A[0-9a-f]{32}\Z")]
HexDigest = Annotated[str, Meta(pattern=r"\A[0-9a-f]{64}\Z")]
Milliseconds = Annotated[int, Meta(ge=0, lt=2**53)]
ShortText = Annotated[str, Meta(max_length=200)]


class NotAnEndorsement(PeerFault):
    """E1: this signed document doesn't say who sits where; it was refused."""


class EndorsementForAnotherExam(PeerFault):
    """E2: this endorsement belongs to another exam; it was refused."""


class Parent(msgspec.Struct, frozen=True):
    """Where an earlier journal of the session ended when this one began: its event `seq` and that event's link."""

    journal: HexId
    seq: Annotated[int, Meta(ge=0, lt=2**53)]
    link: HexDigest


class Endorsement(msgspec.Struct, frozen=True, kw_only=True):
    """Who (student, section, seat) writes which journal with which key, how that was found out, and until when.

    `by` tells how the student was recognised; `provisional` marks an identity that a person still has to confirm.
    `hub_ms` and `not_after_ms` are milliseconds since 1970 by the hub's clock.
    """

    exam: HexId
    student: ShortText
    name: ShortText
    section: ShortText
    session: HexId
    journal: HexId
    device: HexId
    journal_key: HexDigest
    parent: Parent | None = None
    seat: ShortText | None = None
    by: Literal["code", "personal", "proctor", "roster"]
    provisional: bool = False
    hub_ms: Milliseconds
    not_after_ms: Milliseconds

    @property
    def exam_id(self) -> ExamId:
        """The exam, 16 bytes."""
        return ExamId(bytes.fromhex(self.exam))

    @property
    def session_id(self) -> SessionId:
        """The session, 16 bytes."""
        return SessionId(bytes.fromhex(self.session))

    @property
    def journal_id(self) -> JournalId:
        """The journal, 16 bytes."""
        return JournalId(bytes.fromhex(self.journal))

    @property
    def device_id(self) -> DeviceId:
        """The device, 16 bytes."""
        return DeviceId(bytes.fromhex(self.device))

    def verify_key(self) -> VerifyKey:
        """Return the key that signs the journal's batches; raises `BadKey`."""
        return VerifyKey(bytes.fromhex(self.journal_key))


_decoder = msgspec.json.Decoder(Endorsement)


def issue(endorsement: Endorsement, exam_key: SigningKey) -> bytes:
    """Return the envelope with which the exam vouches for `endorsement`."""
    return seal(PAYLOAD_TYPE, msgspec.json.encode(endorsement), exam_key)


def read(envelope: bytes, exam_key: VerifyKey, exam_id: ExamId | None = None) -> Endorsement:
    """Return what the exam vouched for.

    Checks, each with its own error:
        D1…D4 as `shared.crypto.dsse.open_envelope`;
        E1 the payload is an endorsement of at most 16 KiB with a usable key (`NotAnEndorsement`);
        E2 it is for `exam_id`, where that is given (`EndorsementForAnotherExam`).
    """
    if len(envelope) > MAX_ENDORSEMENT_BYTES:
        raise NotAnEndorsement("E1: this document is far too large for an endorsement; it was refused.")
    payload = open_envelope(envelope, PAYLOAD_TYPE, [exam_key])
    # E1
    try:
        endorsement = _decoder.decode(payload)
        endorsement.verify_key()
    except (msgspec.MsgspecError, ValueError, RecursionError, PeerFault) as error:
        raise NotAnEndorsement("E1: this signed document doesn't say who sits where; it was refused.") from error
    # E2
    if exam_id is not None and endorsement.exam_id != exam_id:
        raise EndorsementForAnotherExam("E2: this endorsement belongs to another exam; it was refused.")
    return endorsement
