"""Both ends of a sync without a network: journals on students' disks, and what the hub has on its own."""

from shared.crypto.keys import SigningKey
from shared.events import kinds
from shared.ids import ExamId, JournalId
from shared.log.batch import NO_RECEIPT, Batch, SignedBatch, sign_batch
from shared.log.entry import Entry, start_link
from shared.log.receipt import Receipt, SignedReceipt, sign_receipt
from shared.log.writer import ChainWriter
from shared.sync import desk, hub
from tests.support.clocks import ManualClock, SeededChance

EXAM = ExamId(b"e" * 16)
EXAM_KEY = SigningKey(b"x" * 32)


class Device:
    """A journal on disk, and the desk's end of its sync."""

    def __init__(self, number: int) -> None:
        self.journal = JournalId(bytes([number]) * 16)
        self.key = SigningKey(bytes([number + 1]) * 32)
        self.start = start_link(b"endorsement %d" % number)
        self._writer = ChainWriter(self.journal, 1, (0, self.start), ManualClock(), SeededChance(number))
        self.batches: list[tuple[SignedBatch, tuple[Entry, ...]]] = []
        self.ends: dict[int, bytes] = {}
        self.receipts: dict[int, SignedReceipt] = {}
        self.sealed = (-1, self.start)
        self.to_hub: list[object] = []
        self.to_desk: list[object] = []
        self.loads: list[desk.Load] = []
        self.online = False
        self.hub_end: hub.HubSync | None = None
        self.restart()

    def link_at(self, last: int) -> bytes | None:
        return self.ends.get(last)

    def restart(self) -> None:
        self.sync = desk.DeskSync(EXAM, self.journal, EXAM_KEY.public, self, max(self.receipts, default=-1))

    def seal(self, events: int) -> desk.Sealed:
        entries = tuple(self._writer.append(kinds.Focus(here=True)) for _ in range(events))
        first = self.sealed[0] + 1
        self.sealed = (self._writer.seq - 1, self._writer.link)
        batch = Batch(EXAM, self.journal, first, *self.sealed, NO_RECEIPT)
        self.batches.append((sign_batch(batch, self.key), entries))
        self.ends[self.sealed[0]] = self.sealed[1]
        return desk.Sealed(*self.sealed)

    def entries(self) -> list[Entry]:
        return [entry for _, entries in self.batches for entry in entries]


class Store:
    """What the hub has on its disk, and what is on the way there."""

    def __init__(self, devices: list[Device]) -> None:
        self.disk: dict[bytes, list[hub.Store]] = {device.journal: [] for device in devices}
        self.queue: list[hub.Store] = []
        self.receipts: dict[bytes, SignedReceipt | None] = dict.fromkeys(self.disk)
        self.number = 0

    def commit(self) -> list[tuple[bytes, hub.Committed]]:
        done = []
        for stored in self.queue:
            batch = stored.batch
            self.disk[batch.journal].append(stored)
            receipt = Receipt(EXAM, batch.journal, batch.last, batch.link, 0, self.number, bytes(32))
            self.number += 1
            signed = self.receipts[batch.journal] = sign_receipt(receipt, EXAM_KEY)
            done.append((batch.journal, hub.Committed(batch.last, batch.link, signed)))
        self.queue.clear()
        return done

    def entries(self, journal: bytes) -> list[Entry]:
        return [entry for stored in self.disk[journal] for entry in stored.entries]


class Durable:
    """What the hub knows of a journal without loading it."""

    def __init__(self, store: Store, journal: bytes) -> None:
        self._store = store
        self._journal = journal

    def link_at(self, seq: int) -> bytes | None:
        return next((s.batch.link for s in self._store.disk[self._journal] if s.batch.last == seq), None)
