"""Signing receipts: numbered, chained, each for what is being committed with it; and the tree over all of them."""

from collections.abc import Iterable, Sequence

from examdesk.store import Tx
from examdesk.store.records import Head, Intake
from examdesk.store.rows import AnchorRow, ReceiptRow
from shared.crypto.keys import SigningKey
from shared.ids import ExamId, JournalId
from shared.log.anchor import BadAnchor, Tree, sign_checkpoint
from shared.log.batch import NO_RECEIPT, receipt_hash
from shared.log.receipt import Receipt, sign_receipt


class ReceiptChain:
    """Where the exam's receipts end; used by the writer's thread only.

    `draft` signs for a transaction, `keep` takes that over once it is committed; without `keep` nothing changed.
    """

    def __init__(self, exam: ExamId, key: SigningKey) -> None:
        self._exam = exam
        self._key = key
        self._next = 0
        self._previous = NO_RECEIPT
        self._tree = Tree()

    def load(self, tx: Tx) -> None:
        """Go on where the stored receipts end."""
        last = tx.records.last_receipt()
        self._next, self._previous = (0, NO_RECEIPT) if last is None else (last.number + 1, receipt_hash(last.body))
        self._tree = _stored_tree(tx)
        for receipt in tx.records.receipts(start=self._tree.size):
            self._tree.append(receipt.body)

    def draft(self, intakes: Sequence[Intake], hub_ms: int) -> list[Head]:
        """Return one receipt per journal, for where it will end."""
        number, previous = self._next, self._previous
        ends: dict[JournalId, Intake] = {intake.journal: intake for intake in intakes}
        heads = []
        for journal, end in ends.items():
            signed = sign_receipt(Receipt(self._exam, journal, end.last, end.link, hub_ms, number, previous), self._key)
            row = ReceiptRow(
                exam=self._exam,
                number=number,
                journal=journal,
                last=end.last,
                body=signed.body,
                signature=signed.signature,
            )
            heads.append(Head(journal, end.last, end.link, hub_ms, row))
            number, previous = number + 1, receipt_hash(signed.body)
        return heads

    def keep(self, heads: Iterable[Head]) -> None:
        """The transaction with these receipts is committed."""
        for head in heads:
            self._next = head.receipt.number + 1
            self._previous = receipt_hash(head.receipt.body)
            self._tree.append(head.receipt.body)

    @property
    def size(self) -> int:
        """How many receipts there are."""
        return self._tree.size

    def anchor(self, hub_ms: int) -> AnchorRow:
        """Return a signed checkpoint of the tree as it stands."""
        note = sign_checkpoint(self._exam, self._tree, self._key)
        return AnchorRow(exam=self._exam, size=self._tree.size, at_ms=hub_ms, note=note, frontier=self._tree.frontier)


def _stored_tree(tx: Tx) -> Tree:
    anchor = tx.records.last_anchor()
    if anchor is None:
        return Tree()
    try:
        return Tree(anchor.size, anchor.frontier)
    except BadAnchor:
        return Tree()
