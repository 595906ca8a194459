r"""The file that carries a session to the hub by hand, when there is no network.

    file      = "EDP1-HANDOVER\0" ‖ exam id (16) ‖ box
    box       = sealed to the exam's box key (shared.crypto.box), context = "EDP1-HANDOVER\0" ‖ exam id
    plaintext = msgpack of `Handover`: of each journal of the session its endorsement, its batches with their events
                and the receipts that the desk holds

Nothing in it is compressed, so nothing can swell. The file is sealed, but sealing proves nothing: what is in it is
believed because of the endorsements (exam key), the batches (session key) and the chain, in this order; the last two
are checked by `shared.sync.hub.HubSync`, to which every batch is given as if it had come over the network. So a file
may be imported any number of times, and before or after the same events came another way.
"""

import msgspec

from shared.admission.endorsement import Endorsement, read_either
from shared.admission.statement import Statement
from shared.clock import Chance
from shared.crypto.box import BoxPrivateKey, BoxPublicKey, open_box, seal_to
from shared.crypto.keys import VerifyKey
from shared.ids import ExamId
from shared.log.batch import SignedBatch, unpack_batch
from shared.log.entry import Entry
from shared.log.receipt import SignedReceipt
from shared.problems import PeerFault

MAGIC = b"EDP1-HANDOVER\0"
FORMAT = 1
MAX_BYTES = 512 * 1024 * 1024
MAX_JOURNALS = 64
_ID_BYTES = 16


class NotAHandover(PeerFault):
    """H1: this file isn't a student's handed-over work, or it is damaged at its beginning; nothing was imported."""


class HandoverForAnotherExam(PeerFault):
    """H2: this file belongs to another exam; nothing was imported."""


class DamagedHandover(PeerFault):
    """H4: the file opens, but what is in it is not in the form of a handover; nothing was imported."""


class MixedHandover(PeerFault):
    """H5: the file mixes journals that don't belong together; nothing was imported."""


class JournalCopy(msgspec.Struct, frozen=True, array_like=True):
    """One journal, as far as it is signed. Batches are in order, without a gap, from the first event on.

    Where no hub has endorsed it, `endorsement` is the statement that the desk signed itself.
    """

    endorsement: bytes
    batches: tuple[tuple[SignedBatch, tuple[Entry, ...]], ...]
    receipts: tuple[SignedReceipt, ...]


class Handover(msgspec.Struct, frozen=True, array_like=True):
    """All journals of one session that one PC holds; ids are bytes, `made_ms` is that PC's wall clock."""

    format: int
    exam: ExamId
    session: bytes
    made_ms: int
    journals: tuple[JournalCopy, ...]


class Opened(msgspec.Struct, frozen=True):
    """A handover whose endorsements hold: each journal with who sat there, or who says so."""

    handover: Handover
    journals: tuple[tuple[Endorsement | Statement, JournalCopy], ...]


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Handover)


def seal_handover(handover: Handover, box: BoxPublicKey, chance: Chance) -> bytes:
    """Return the file's bytes."""
    return MAGIC + handover.exam + seal_to(box, _encoder.encode(handover), MAGIC + handover.exam, chance)


def open_handover(data: bytes, exam: ExamId, box: BoxPrivateKey, exam_key: VerifyKey) -> Opened:
    """Open a file that somebody brought.

    Checks, each with its own error:
        H1 it begins like a handover and is at most 512 MiB (`NotAHandover`);
        H2 it is for this exam (`HandoverForAnotherExam`);
        H3 it was sealed to this exam and nothing in it changed (`shared.crypto.box`: B1, B2);
        H4 it is a handover of a version that we read (`DamagedHandover`);
        H5 all journals belong to one session, each has its own endorsement by the exam's key or its own statement,
           and its batches are its own and follow each other from the first event on (`MixedHandover`;
           `shared.admission.endorsement`: E1 to E3, `shared.admission.statement`: S1 to S3).
    """
    # H1
    if not data.startswith(MAGIC) or not len(MAGIC) + _ID_BYTES < len(data) <= MAX_BYTES:
        raise NotAHandover("H1: this file isn't a student's handed-over work, or it is damaged; nothing was imported.")
    # H2
    start = len(MAGIC) + _ID_BYTES
    if data[len(MAGIC) : start] != exam:
        raise HandoverForAnotherExam("H2: this file belongs to another exam; nothing was imported.")
    # H3
    plain = open_box(box, data[start:], MAGIC + exam)
    # H4
    try:
        handover = _decoder.decode(plain)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError, OverflowError) as error:
        raise DamagedHandover("H4: this file's content can't be read; nothing was imported.") from error
    if handover.format != FORMAT or len(handover.journals) > MAX_JOURNALS:
        raise DamagedHandover("H4: this file was made by a version that this one can't read; nothing was imported.")
    # H5
    opened = tuple((_endorsement(copy, handover, exam, exam_key), copy) for copy in handover.journals)
    if len({endorsement.journal for endorsement, _ in opened}) != len(opened):
        raise MixedHandover("H5: this file holds the same journal twice; nothing was imported.")
    return Opened(handover, opened)


def _endorsement(copy: JournalCopy, handover: Handover, exam: ExamId, exam_key: VerifyKey) -> Endorsement | Statement:
    endorsement = read_either(copy.endorsement, exam_key, exam)
    if handover.exam != exam or endorsement.session_id != handover.session:
        raise MixedHandover("H5: this file mixes the work of several sessions; nothing was imported.")
    expected = 0
    for signed, entries in copy.batches:
        batch = unpack_batch(signed.body)
        if batch.journal != endorsement.journal_id or batch.exam != exam:
            raise MixedHandover("H5: this file holds events under another student's name; nothing was imported.")
        if batch.first != expected or len(entries) != batch.last - batch.first + 1:
            raise MixedHandover(
                f"H5: events are missing in this file after event {expected - 1}; nothing was imported."
            )
        expected = batch.last + 1
    return endorsement
