"""Pseudonymous endorsements: the exam's later word on who writes a journal, without saying who that is (A-10).

A journal's chain begins with a hash of its endorsement, which names the student, so a record that shows the endorsement
names the student too. In a bundle under pseudonyms this document stands in its place: a DSSE envelope of a type of its
own, signed by the exam key, with the same fields under a pseudonym and the link with which the chain begins. All that
follows (events, batches, receipts) is what was signed at the time.

No hub and no desk takes it for an endorsement: it only ever opens a record.
"""

from typing import Final

import msgspec

from shared.admission.endorsement import Endorsement, NotAnEndorsement, vouched
from shared.admission.names import HexDigest
from shared.crypto.dsse import claimed, seal
from shared.crypto.keys import SigningKey, VerifyKey
from shared.ids import ExamId

PAYLOAD_TYPE: Final = "application/vnd.examdesk.pseudonym+json"


class Pseudonymous(Endorsement, frozen=True, kw_only=True):
    """An endorsement whose `student` and `name` are a pseudonym; `start` is the link before the first event."""

    start: HexDigest


_decoder = msgspec.json.Decoder(Pseudonymous)


def under_pseudonym(endorsement: Endorsement, pseudonym: str, start: bytes) -> Pseudonymous:
    """Return an endorsement as it stands under a pseudonym, without its seat and what the desk stated itself."""
    fields = {name: getattr(endorsement, name) for name in Endorsement.__struct_fields__}
    fields |= {"student": pseudonym, "name": pseudonym, "seat": None, "statement": msgspec.UNSET}
    return Pseudonymous(**fields, start=start.hex())


def issue_pseudonym(word: Pseudonymous, exam_key: SigningKey) -> bytes:
    """Return the envelope with which the exam vouches for it."""
    return seal(PAYLOAD_TYPE, msgspec.json.encode(word), exam_key)


def is_pseudonym(envelope: bytes) -> bool:
    """Whether this claims to be such a document; nothing is believed here."""
    return claimed(envelope, PAYLOAD_TYPE) is not None


def read_pseudonym(envelope: bytes, exam_key: VerifyKey, exam_id: ExamId) -> Pseudonymous:
    """Return what the exam vouched for; checks D1…D4, E1 and E2 as `endorsement.read` does.

    Raises:
        PeerFault: a check does not hold.
    """
    word = vouched(envelope, PAYLOAD_TYPE, _decoder, exam_key, exam_id)
    if word.statement is not msgspec.UNSET:
        raise NotAnEndorsement("E1: this document under a pseudonym names somebody all the same; it was refused.")
    return word
