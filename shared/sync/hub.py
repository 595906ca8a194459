"""The hub's end of the sync of one journal."""

from typing import Literal, Protocol

import msgspec

from shared.crypto.keys import VerifyKey
from shared.ids import ExamId, JournalId
from shared.log.batch import Batch, SignedBatch, batch_holds, unpack_batch
from shared.log.entry import Entry, advance, check_entry
from shared.log.receipt import SignedReceipt
from shared.problems import PeerFault


class ResumeCame(msgspec.Struct, frozen=True):
    """The desk's `Resume`, its proof checked."""

    last: int
    link: bytes


class PushCame(msgspec.Struct, frozen=True):
    """The desk's `Push`."""

    batch: SignedBatch
    entries: tuple[Entry, ...]


class Committed(msgspec.Struct, frozen=True):
    """The writer committed the journal up to `last`; the receipt is stored with it."""

    last: int
    link: bytes
    receipt: SignedReceipt


class SayResumed(msgspec.Struct, frozen=True):
    """Answer with `Resumed`."""

    last: int
    link: bytes
    receipt: SignedReceipt | None


class Store(msgspec.Struct, frozen=True):
    """Hand this checked batch to the writer; `batch` is its content, `signed` the bytes."""

    batch: Batch
    signed: SignedBatch
    entries: tuple[Entry, ...]


class Acknowledge(msgspec.Struct, frozen=True):
    """Answer with `Acknowledged`."""

    receipt: SignedReceipt


class AskAgain(msgspec.Struct, frozen=True):
    """Answer with `Resend`."""

    last: int


class Break(msgspec.Struct, frozen=True):
    """Evidence: what the desk shows and what the hub has don't go together; answer with `NewJournal`.

    `batch` and `entries` are what the desk sent, where it sent something: they are kept beside the journal.
    """

    why: Literal["rollback", "fork"]
    hub_last: int
    desk_last: int
    batch: SignedBatch | None = None
    entries: tuple[Entry, ...] = ()


Input = ResumeCame | PushCame | Committed
Output = SayResumed | Store | Acknowledge | AskAgain | Break


class Durable(Protocol):
    """What the hub's store knows of the journal."""

    def link_at(self, seq: int) -> bytes | None:
        """Return the link after event `seq`, None where no batch of the store ends there."""
        ...


class HubSync:
    """Takes a journal's batches in order, each once.

    Attributes:
        accepted: the last event that was checked and handed to the writer, -1 for none.
        durable: the last event that is committed, -1 for none.
    """

    def __init__(
        self,
        exam: ExamId,
        journal: JournalId,
        key: VerifyKey,
        store: Durable,
        head: tuple[int, bytes, SignedReceipt | None],
    ) -> None:
        """`head` is what is durable: last sequence, its link (`start_link` for -1), its receipt."""
        self._exam = exam
        self._journal = journal
        self._key = key
        self._store = store
        self.durable, self._durable_link, self._receipt = head
        self.accepted, self._link = self.durable, self._durable_link
        self._broken = False

    def step(self, event: Input) -> list[Output]:
        """Take one input and return what to do, in order.

        Raises:
            PeerFault: the desk sent something that is wrong in itself: refuse it, keep it, close this connection.
        """
        match event:
            case ResumeCame(last, link):
                return self._resume(last, link)
            case PushCame(batch, entries):
                return [] if self._broken else self._push(batch, entries)
            case Committed(last, link, receipt):
                return self._committed(last, link, receipt)

    def _committed(self, last: int, link: bytes, receipt: SignedReceipt) -> list[Output]:
        """Acknowledge; what came in by another way, a stick for one, counts as accepted as well."""
        if last < self.durable:
            return []
        self.durable, self._durable_link, self._receipt = last, link, receipt
        if last > self.accepted:
            self.accepted, self._link = last, link
        return [Acknowledge(receipt)]

    def _resume(self, last: int, link: bytes) -> list[Output]:
        if last < self.durable:  # P-3
            return self._break("rollback", last)
        if last == self.durable and link != self._durable_link:  # P-4
            return self._break("fork", last)
        return [SayResumed(self.durable, self._durable_link, self._receipt)]

    def _push(self, signed: SignedBatch, entries: tuple[Entry, ...]) -> list[Output]:
        batch = unpack_batch(signed.body)
        if batch.exam != self._exam or batch.journal != self._journal:
            raise PeerFault("A batch came for another exam or journal.")
        if not batch_holds(signed, self._key):
            raise PeerFault(f"The batch {batch.first}-{batch.last} is not signed by its journal's key.")
        if batch.last <= self.accepted:
            return self._again(batch, signed, entries)
        if batch.first > self.accepted + 1:  # P-7
            return [AskAgain(self.accepted)]
        if batch.first <= self.accepted:
            return self._break("fork", batch.last, signed, entries)
        return self._next(batch, signed, entries)

    def _next(self, batch: Batch, signed: SignedBatch, entries: tuple[Entry, ...]) -> list[Output]:
        """P-5: form, number, journal and chain of each event, before anything is stored."""
        if len(entries) != batch.last - batch.first + 1:
            raise PeerFault(f"The batch {batch.first}-{batch.last} came with {len(entries)} events.")
        link = self._link
        for seq, entry in enumerate(entries, batch.first):
            header = check_entry(entry)
            if header.seq != seq or header.journal != self._journal:
                raise PeerFault(f"Event {seq} of a batch carries the number or the journal of another one.")
            link = advance(link, entry)
        if link != batch.link:  # P-4: the desk signed another history than the one it showed so far
            return self._break("fork", batch.last, signed, entries)
        self.accepted, self._link = batch.last, link
        return [Store(batch, signed, entries)]

    def _again(self, batch: Batch, signed: SignedBatch, entries: tuple[Entry, ...]) -> list[Output]:
        if batch.last > self.durable:
            return []  # on its way to the disk; its receipt comes with the commit
        if self._store.link_at(batch.last) == batch.link:  # P-6
            return [Acknowledge(self._receipt)] if self._receipt is not None else []
        return self._break("fork", batch.last, signed, entries)

    def _break(
        self,
        why: Literal["rollback", "fork"],
        desk_last: int,
        batch: SignedBatch | None = None,
        entries: tuple[Entry, ...] = (),
    ) -> list[Output]:
        self._broken = True
        return [Break(why, self.durable, desk_last, batch, entries)]
