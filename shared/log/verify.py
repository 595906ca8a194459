"""Verification of a journal's record: bytes in, either everything holds or the first thing that does not.

Checks, each with its number in the code, the message and a test:
    V1  each line is one of the four forms, in its canonical spelling, and ends with a line feed;
    V2  the first line's endorsement, or what stands for it under a pseudonym, is signed by the exam key and names this
        exam and journal;
    V3  each event's header is of version 1, of this journal, and numbered one after the other from 0;
    V4  each payload is one line of UTF-8 JSON of at most 64 KiB, an object, nested at most 64 deep;
    V5  each event's link follows from the one before, its header and its payload;
    V6  each batch names the events since the last batch and their link, and the session key signed it;
    V7  each receipt names a link of this journal at the end of a batch, and the exam key signed it;
    V8  a batch covers every event: nothing unsigned follows at the end;
    V9  the receipts of an exam carry different numbers, and consecutive ones are chained;
    V10 a journal that its desk began alone was adopted: its endorsement carries the statement with which the chain
        begins, signed by the session key, of this exam, journal, session and device;
    V11 each edition of the exam's content that the desk says to have taken carries what the exam key signed of it, of
        this exam and with the number that the event names; numbers only rise, and one that follows directly names the
        one before. What a desk claims wrongly is its own word: the record holds, and the event is named;
    V17 where students' copies of their records are given: what was receipted to them is there as it was.

Source of the formats: docs/protocol.md, L and R clauses.
"""

from collections.abc import Iterable, Mapping
from hashlib import sha256

import msgspec

from shared.admission.edition import Edition, read_edition
from shared.admission.endorsement import AdoptsSomethingElse, Endorsement, read
from shared.admission.pseudonym import Pseudonymous, is_pseudonym, read_pseudonym
from shared.admission.statement import is_statement
from shared.crypto.keys import VerifyKey
from shared.events import MAX_PAYLOAD_BYTES, decode, is_line, kinds
from shared.ids import ExamId, JournalId
from shared.log.batch import SignedBatch, batch_holds, unpack_batch
from shared.log.entry import HEADER_BYTES, SALT_BYTES, VERSION, next_link, start_link, unpack_header
from shared.log.kept import Kept
from shared.log.receipt import Receipt, SignedReceipt, receipt_holds, unpack_receipt
from shared.log.record import BatchLine, EventLine, Opening, ReceiptLine
from shared.problems import PeerFault


class Broken(PeerFault):
    """A check does not hold. `check` is its number, `journal` and `seq` say where (None: not at one event)."""

    def __init__(self, check: str, sentence: str, journal: str = "", seq: int | None = None) -> None:
        place = "" if seq is None else f" at event {seq}"
        where = f"Journal {journal[:8]}{place}: " if journal else ""
        super().__init__(f"{where}{sentence} ({check})")
        self.check = check
        self.journal = journal
        self.seq = seq


class Verified(msgspec.Struct, frozen=True):
    """A journal that holds: how many events, how far receipts cover it, how many payloads were erased.

    `edition` is the newest edition of the exam that its desk took, `taken` each of them as (event, number, content's
    hash), `doubted` are the events that name one that the exam's key did not sign, or not there (V11). `head` is the
    link after event `receipted`, empty without receipts.
    """

    endorsement: Endorsement
    exam_key: VerifyKey
    events: int
    batches: int
    receipted: int
    erased: int
    edition: int = 0
    doubted: tuple[int, ...] = ()
    taken: tuple[tuple[int, int, str], ...] = ()
    head: bytes = b""

    @property
    def pseudonymous(self) -> bool:
        """Whether the student stands under a pseudonym (A-10)."""
        return isinstance(self.endorsement, Pseudonymous)


class ReceiptChain:
    """V9 over all journals of an exam: collects receipts in any order, then checks their numbers and hashes."""

    def __init__(self) -> None:
        self._seen: dict[int, tuple[bytes, bytes]] = {}

    def add(self, receipt: Receipt, body: bytes) -> None:
        """Take one receipt; the same number with other content is `Broken`."""
        pair = (sha256(body).digest(), receipt.previous)
        if self._seen.setdefault(receipt.number, pair) != pair:
            raise Broken("V9", f"Two receipts carry the number {receipt.number}.", receipt.journal.hex(), receipt.last)

    def finish(self) -> int:
        """Check the chain and return how many receipts there are."""
        for number, (_, previous) in self._seen.items():
            before = self._seen.get(number - 1)
            if before is not None and before[0] != previous:
                raise Broken("V9", f"Receipt {number} does not follow receipt {number - 1}.")
        return len(self._seen)


_PARSERS: dict[bytes, msgspec.json.Decoder[EventLine | BatchLine | ReceiptLine]] = {
    b'{"h"': msgspec.json.Decoder(EventLine),
    b'{"b"': msgspec.json.Decoder(BatchLine),
    b'{"r"': msgspec.json.Decoder(ReceiptLine),
}
_opening = msgspec.json.Decoder(Opening)
_encode = msgspec.json.encode


class JournalVerifier:
    """Checks a journal line by line; memory does not grow with its length."""

    def __init__(
        self, exam_key: VerifyKey | None = None, receipts: ReceiptChain | None = None, kept: Kept | None = None
    ) -> None:
        """`exam_key` is the key to trust; without it the record's own is taken, and only said."""
        self._trusted = exam_key
        self._chain = receipts if receipts is not None else ReceiptChain()
        self._all_kept = kept or Kept()
        self._kept: Mapping[int, bytes] = {}
        self._name = ""
        self._seq = 0
        self._signed = 0
        self._receipted = -1
        self._batches = 0
        self._erased = 0
        self._links: dict[int, bytes] = {}
        self._link = b""
        self._exam_key: VerifyKey
        self._endorsement: Endorsement | None = None
        self._edition: Edition | None = None
        self._doubted: list[int] = []
        self._taken: list[tuple[int, int, str]] = []

    def feed(self, line: bytes) -> None:
        """Check the next line.

        Raises:
            Broken: something does not hold.
        """
        if not line.endswith(b"\n"):
            raise self._broken("V1", "the record is cut off in the middle of a line.", self._seq)
        line = line[:-1]
        if self._endorsement is None:
            self._open(line)
            return
        match self._parse(line):
            case EventLine() as event:
                self._event(event)
            case BatchLine() as batch:
                self._batch(batch)
            case ReceiptLine() as receipt:
                self._receipt(receipt)

    def finish(self) -> Verified:
        """Check the end (V8) and return what holds."""
        if self._endorsement is None:
            raise self._broken("V1", "the record is empty.")
        if self._signed != self._seq:
            raise self._broken("V8", "no signature covers this event and what follows.", self._signed)
        if self._kept and (last := max(self._kept)) >= self._seq:
            raise self._broken("V17", f"it ends here, and a student keeps a receipt up to event {last}.", self._seq - 1)
        return Verified(
            self._endorsement,
            self._exam_key,
            self._seq,
            self._batches,
            self._receipted,
            self._erased,
            edition=0 if self._edition is None else self._edition.number,
            doubted=tuple(self._doubted),
            taken=tuple(self._taken),
            head=self._links.get(self._receipted, b""),
        )

    def _broken(self, check: str, sentence: str, seq: int | None = None) -> Broken:
        return Broken(check, sentence, self._name, seq)

    def _parse(self, line: bytes) -> EventLine | BatchLine | ReceiptLine:  # V1
        parser = _PARSERS.get(line[:4])
        if parser is None:
            raise self._broken("V1", "a line is in none of the forms of a record.", self._seq)
        try:
            parsed = parser.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise self._broken("V1", "a line can't be read.", self._seq) from error
        if _encode(parsed) != line:
            raise self._broken("V1", "a line is not in its one canonical spelling.", self._seq)
        return parsed

    def _hex(self, text: str, seq: int | None = None) -> bytes:  # V1
        try:
            data = bytes.fromhex(text)
        except ValueError as error:
            raise self._broken("V1", "a line carries something else than hexadecimal.", seq) from error
        if data.hex() != text:
            raise self._broken("V1", "a line's hexadecimal is not in its one canonical spelling.", seq)
        return data

    def _open(self, line: bytes) -> None:  # V1, V2
        try:
            opening = _opening.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise self._broken("V1", "the first line is not the opening of a record.") from error
        if _encode(opening) != line:
            raise self._broken("V1", "the first line is not in its one canonical spelling.")
        self._name = opening.journal
        try:
            self._exam_key = VerifyKey(self._hex(opening.exam_key))
            endorsement, start = _vouched(opening.endorsement, self._exam_key, ExamId(self._hex(opening.exam)))
        except Broken:
            raise
        except AdoptsSomethingElse as fault:
            raise self._broken("V10", f"its adoption does not hold: {fault.sentence}") from fault
        except PeerFault as fault:
            if is_statement(opening.endorsement.encode()):
                raise self._broken(
                    "V10", "its desk began it alone, and no hub has adopted it: nobody vouches for who wrote it."
                ) from fault
            raise self._broken("V2", f"the endorsement does not hold: {fault.sentence}") from fault
        if self._trusted is not None and self._exam_key != self._trusted:
            raise self._broken("V2", "the record is signed by another exam's key than the one to trust.")
        if endorsement.journal != opening.journal:
            raise self._broken("V2", "the endorsement is for another journal.")
        self._key = endorsement.verify_key()
        self._link = start
        self._endorsement = endorsement
        self._kept = self._all_kept.of(self._name)

    def _event(self, line: EventLine) -> None:  # V3, V4, V5
        seq = self._seq
        header = self._hex(line.h, seq)
        salt = self._hex(line.s, seq)
        if len(header) != HEADER_BYTES or len(salt) != SALT_BYTES:
            raise self._broken("V3", "the header or the salt has the wrong length.", seq)
        parsed = unpack_header(header)
        if parsed.version != VERSION or parsed.seq != seq or parsed.journal.hex() != self._name:
            raise self._broken("V3", "the header is of another journal, number or version.", seq)
        self._link = next_link(self._link, header, self._digest(line, salt))
        if line.l != self._link.hex():
            raise self._broken("V5", "the event is not what was chained.", seq)
        if self._kept.get(seq, self._link) != self._link:
            raise self._broken("V17", "up to here it is not what the exam's key receipted to the student.", seq)
        if parsed.kind == kinds.EditionTaken.KIND and line.p is not None:
            self._take_edition(line.p.encode())
        self._seq += 1

    def _take_edition(self, payload: bytes) -> None:  # V11
        try:
            event = decode(kinds.EditionTaken.KIND, payload)
            assert isinstance(event, kinds.EditionTaken)
            edition = read_edition(event.envelope.encode(), self._exam_key, self._ids()[0])
        except PeerFault:
            self._doubted.append(self._seq)
            return
        before = self._edition
        rises = before is None or edition.number > before.number
        follows = before is None or edition.number != before.number + 1 or edition.former == before.content
        if edition.number == event.number and rises and follows:
            self._edition = edition
            self._taken.append((self._seq, edition.number, edition.content))
        else:
            self._doubted.append(self._seq)

    def _digest(self, line: EventLine, salt: bytes) -> bytes:  # V4
        if line.p is None:
            digest = self._hex(line.d or "", self._seq)
            if len(digest) != sha256().digest_size:
                raise self._broken("V4", "the payload is missing and no digest stands for it.", self._seq)
            self._erased += 1
            return digest
        payload = line.p.encode()
        if line.d is not None or len(payload) > MAX_PAYLOAD_BYTES or b"\n" in payload:
            raise self._broken("V4", "the payload is not one line of at most 64 KiB.", self._seq)
        if not is_line(payload):
            raise self._broken("V4", "the payload is not a JSON object, nested at most 64 deep.", self._seq)
        return sha256(salt + payload).digest()

    def _batch(self, line: BatchLine) -> None:  # V6
        signed = SignedBatch(self._hex(line.b, self._signed), self._hex(line.g, self._signed))
        try:
            batch = unpack_batch(signed.body)
        except PeerFault as fault:
            raise self._broken("V6", fault.sentence, self._signed) from fault
        if (batch.exam, batch.journal) != self._ids() or (batch.first, batch.last) != (self._signed, self._seq - 1):
            raise self._broken("V6", "a batch is for other events than the ones before it.", self._signed)
        if batch.link != self._link or not batch_holds(signed, self._key):
            raise self._broken("V6", "the signature of the batch does not hold.", self._signed)
        self._signed = self._seq
        self._links[batch.last] = batch.link
        self._batches += 1

    def _receipt(self, line: ReceiptLine) -> None:  # V7, V9
        signed = SignedReceipt(self._hex(line.r, self._seq - 1), self._hex(line.g, self._seq - 1))
        try:
            receipt = unpack_receipt(signed.body)
        except PeerFault as fault:
            raise self._broken("V7", fault.sentence, self._seq - 1) from fault
        if (receipt.exam, receipt.journal) != self._ids() or self._links.get(receipt.last) != receipt.link:
            raise self._broken("V7", "a receipt is for other events than the ones before it.", self._seq - 1)
        if not receipt_holds(signed, self._exam_key):
            raise self._broken("V7", "the signature of a receipt does not hold.", receipt.last)
        self._chain.add(receipt, signed.body)
        self._receipted = max(self._receipted, receipt.last)
        self._links = {seq: link for seq, link in self._links.items() if seq >= receipt.last}

    def _ids(self) -> tuple[ExamId, JournalId]:
        assert self._endorsement is not None
        return self._endorsement.exam_id, self._endorsement.journal_id


def _vouched(envelope: str, key: VerifyKey, exam: ExamId) -> tuple[Endorsement, bytes]:
    """Return who writes a journal and the link with which its chain begins; raises PeerFault."""
    data = envelope.encode()
    if is_pseudonym(data):
        word = read_pseudonym(data, key, exam)
        return word, bytes.fromhex(word.start)
    return read(data, key, exam), start_link(data)


def none_missing(kept: Kept | None) -> None:
    """V17 once all journals of a record were checked: raises `Broken` when one that a student keeps is not there."""
    if kept is not None and (journal := kept.missing()) is not None:
        raise Broken("V17", "it is not there, and a student keeps a receipt for it.", journal)


def verify_journal(
    lines: Iterable[bytes],
    exam_key: VerifyKey | None = None,
    receipts: ReceiptChain | None = None,
    kept: Kept | None = None,
) -> Verified:
    """Check a whole journal; see the module's list of checks.

    Raises:
        Broken: with the number of the first check that does not hold, and the event.
    """
    verifier = JournalVerifier(exam_key, receipts, kept)
    for line in lines:
        verifier.feed(line)
    return verifier.finish()
