"""Endorsements: the hub's signed word on who sits in front of which journal.

A DSSE envelope, signed by the exam key, around one JSON object; ids are hexadecimal. A journal's chain begins
with the envelope's bytes, so they are kept exactly as issued. A journal that a desk began alone begins with the desk's
own statement instead; the endorsement that adopts it later carries that statement, so the chain stays what it is.
"""

from typing import Annotated, Final, Literal, TypeVar

import msgspec
from msgspec import Meta

from shared.admission.names import HexDigest, HexId, Milliseconds, NamesJournal
from shared.admission.statement import Statement, is_statement, read_statement
from shared.crypto.dsse import claimed, open_envelope, seal
from shared.crypto.keys import SigningKey, VerifyKey
from shared.ids import ExamId
from shared.problems import PeerFault

PAYLOAD_TYPE: Final = "application/vnd.examdesk.endorsement+json"
MAX_ENDORSEMENT_BYTES: Final = 16 * 1024

MAX_SHORT = 200
"""Code points of a name, an id, a section or a seat."""
ShortText = Annotated[str, Meta(max_length=MAX_SHORT)]


class NotAnEndorsement(PeerFault):
    """E1: this signed document doesn't say who sits where; it was refused."""


class EndorsementForAnotherExam(PeerFault):
    """E2: this endorsement belongs to another exam; it was refused."""


class AdoptsSomethingElse(PeerFault):
    """E3: this endorsement adopts a statement that doesn't hold or isn't of its journal; it was refused."""


class Parent(msgspec.Struct, frozen=True):
    """Where an earlier journal of the session ended when this one began: its event `seq` and that event's link."""

    journal: HexId
    seq: Annotated[int, Meta(ge=0, lt=2**53)]
    link: HexDigest


class Endorsement(NamesJournal, msgspec.Struct, frozen=True, kw_only=True):
    """Who (student, section, seat) writes which journal with which key, how that was found out, and until when.

    `by` tells how the student was recognised; `provisional` marks an identity that a person still has to confirm.
    `hub_ms` and `not_after_ms` are milliseconds since 1970 by the hub's clock. `statement` is the envelope that the
    desk signed itself, where it began without a network and the hub has adopted its journal.
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
    statement: str | msgspec.UnsetType = msgspec.UNSET


class _Adoption(msgspec.Struct, frozen=True):
    statement: str | None = None


_Word = TypeVar("_Word", bound=Endorsement)
_decoder = msgspec.json.Decoder(Endorsement)
_adoption = msgspec.json.Decoder(_Adoption)


def issue(endorsement: Endorsement, exam_key: SigningKey) -> bytes:
    """Return the envelope with which the exam vouches for `endorsement`."""
    return seal(PAYLOAD_TYPE, msgspec.json.encode(endorsement), exam_key)


def read(envelope: bytes, exam_key: VerifyKey, exam_id: ExamId | None = None) -> Endorsement:
    """Return what the exam vouched for.

    Checks, each with its own error:
        D1…D4 as `shared.crypto.dsse.open_envelope`;
        E1 the payload is an endorsement of at most 16 KiB with a usable key (`NotAnEndorsement`);
        E2 it is for `exam_id`, where that is given (`EndorsementForAnotherExam`);
        E3 the statement that it adopts, if it adopts one, holds and is of this journal (`AdoptsSomethingElse`).
    """
    endorsement = vouched(envelope, PAYLOAD_TYPE, _decoder, exam_key, exam_id)
    # E3
    if isinstance(endorsement.statement, str):
        _check_adoption(endorsement, endorsement.statement)
    return endorsement


def vouched(
    envelope: bytes, kind: str, decoder: msgspec.json.Decoder[_Word], exam_key: VerifyKey, exam_id: ExamId | None
) -> _Word:
    """Return a signed word on who writes a journal, of any type of document; checks D1…D4, E1 and E2 of `read`."""
    if len(envelope) > MAX_ENDORSEMENT_BYTES:
        raise NotAnEndorsement("E1: this document is far too large for an endorsement; it was refused.")
    payload = open_envelope(envelope, kind, [exam_key])
    # E1
    try:
        word = decoder.decode(payload)
        word.verify_key()
    except (msgspec.MsgspecError, ValueError, RecursionError, PeerFault) as error:
        raise NotAnEndorsement("E1: this signed document doesn't say who sits where; it was refused.") from error
    # E2
    if exam_id is not None and word.exam_id != exam_id:
        raise EndorsementForAnotherExam("E2: this endorsement belongs to another exam; it was refused.")
    return word


def read_either(envelope: bytes, exam_key: VerifyKey, exam: ExamId) -> Endorsement | Statement:
    """Return who writes a journal: what the exam vouched for, or what a desk stated that no hub has adopted yet.

    Checks as `read` or as `read_statement` does.
    """
    return read_statement(envelope, exam) if is_statement(envelope) else read(envelope, exam_key, exam)


def chain_start(envelope: bytes) -> bytes:
    """Return the bytes with which a journal's chain begins: the envelope's, or the statement's that it adopts (L-3).

    Nothing is believed here; `read` checks the envelope.
    """
    try:
        statement = _adoption.decode(claimed(envelope, PAYLOAD_TYPE) or b"").statement
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return envelope
    return statement.encode() if statement is not None else envelope


def _check_adoption(endorsement: Endorsement, envelope: str) -> None:
    refused = "E3: this endorsement adopts a statement that doesn't hold or isn't of its journal; it was refused."
    try:
        statement = read_statement(envelope.encode(), endorsement.exam_id)
    except (PeerFault, ValueError) as error:
        raise AdoptsSomethingElse(refused) from error
    mine = (endorsement.journal, endorsement.session, endorsement.device, endorsement.journal_key)
    if mine != (statement.journal, statement.session, statement.device, statement.journal_key):
        raise AdoptsSomethingElse(refused)
