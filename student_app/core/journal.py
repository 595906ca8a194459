"""The growing journal: appended to from any thread in microseconds, made durable and signed by the committer."""

import sqlite3
import threading
from collections import deque
from collections.abc import Callable
from typing import Protocol

import msgspec

from shared.crypto.keys import SigningKey
from shared.events import Payload, kinds
from shared.log.batch import Batch, receipt_hash, sign_batch
from shared.log.entry import Entry
from shared.log.receipt import SignedReceipt
from shared.log.writer import ChainWriter
from student_app.core.journal_file import (
    Identity,
    JournalFile,
    LoadedBatch,
    Write,
    cannot_write,
    is_event_up_to,
    put_batch,
    put_event,
    put_receipt,
)
from student_app.core.machine import Machine

COMMIT_US = 20_000
"""How long an event may wait for the commit; with the 200 ms of a burst it stays below 250 ms of typing."""
SEAL_US = 400_000
SEAL_EVENTS = 64
SEAL_BYTES = 160 * 1024
RETRY_US = 500_000
CACHE_BYTES = 1 << 20
_URGENT = (
    kinds.Started,
    kinds.Drawn,
    kinds.Paste,
    kinds.RunStarted,
    kinds.RunEnded,
    kinds.Focus,
    kinds.Submitted,
    kinds.Reopened,
    kinds.HandRaised,
    kinds.MessageSent,
    kinds.Stopped,
)


class JournalListener(Protocol):
    """Who is told what became of the events; called by the committer's thread, so be quick."""

    def durable(self, seq: int) -> None:
        """Everything up to `seq` is on this PC's disk."""
        ...

    def sealed(self, last: int, link: bytes) -> None:
        """Everything up to `last` is signed and can be sent."""
        ...

    def trouble_is(self, sentence: str | None) -> None:
        """The disk refuses (nothing is lost yet), or None: it works again."""
        ...


class Head(msgspec.Struct, frozen=True):
    """Where a journal stands on disk: its last event and link, its last sealed event and link, its newest receipt.

    `loose` are the events after the last sealed one, with their links; `ends` the link at the end of each batch.
    """

    last: int
    link: bytes
    sealed: int
    sealed_link: bytes
    receipt: tuple[int, SignedReceipt] | None = None
    loose: tuple[tuple[int, Entry, bytes], ...] = ()
    ends: dict[int, bytes] = msgspec.field(default_factory=dict)


class _Loose(msgspec.Struct, frozen=True):
    seq: int
    entry: Entry
    link: bytes
    since_us: int


class _Bundle(msgspec.Struct, frozen=True):
    """A sealed batch with its events and their size."""

    batch: Batch
    loaded: LoadedBatch
    size: int


class _Work(msgspec.Struct):
    """What the next commit has to make durable; it stays as it is until that has worked."""

    writes: list[Write] = msgspec.field(default_factory=list)
    last: int | None = None
    sealed: list[_Bundle] = msgspec.field(default_factory=list)


class Journal:
    """One journal. `seq` counts from 0; -1 stands for none.

    Attributes:
        identity: what it is for.
        key: what signs its batches.
        durable: the last event on this PC's disk.
        sealed: the last event that is signed, with its link.
        safe: the last event that a receipt covers.
        receipt: the newest receipt.
    """

    def __init__(self, file: JournalFile, identity: Identity, key: SigningKey, head: Head, machine: Machine) -> None:
        self.identity = identity
        self.key = key
        self.durable = head.last
        self.sealed = (head.sealed, head.sealed_link)
        self.safe = head.receipt[0] if head.receipt else -1
        self.receipt = head.receipt[1] if head.receipt else None
        self._file = file
        self._committer = machine.committer
        self._clock = machine.clock
        self._chain = ChainWriter(
            identity.journal, machine.boot, (head.last + 1, head.link), machine.clock, machine.chance
        )
        self._lock = threading.Lock()
        self._pending: list[_Loose] = []
        self._writes: list[Write] = []
        self._urgent = False
        self._loose = deque(_Loose(seq, entry, link, 0) for seq, entry, link in head.loose)
        self._ends = dict(head.ends)
        self._work = _Work()
        self._cache: deque[_Bundle] = deque()
        self._cached = 0
        self._listener: JournalListener | None = None
        self._troubled = False
        self._closed = False

    @property
    def path(self) -> str:
        """Where the journal is."""
        return str(self._file.path or "")

    @property
    def last(self) -> int:
        """The last event that was appended."""
        return self._chain.seq - 1

    @property
    def link(self) -> bytes:
        """The link of the last event that was appended."""
        return self._chain.link

    def listen(self, listener: JournalListener) -> None:
        """Say from now on to `listener` what becomes of the events."""
        self._listener = listener

    def append(self, payload: Payload, mono_us: int | None = None, beside: tuple[Write, ...] = ()) -> int:
        """Add an event, which happened at `mono_us` or now, and return its number; from any thread, never waiting.

        `beside` is made durable in the same transaction as the event.
        """
        with self._lock:
            seq = self._chain.seq
            now = self._clock.mono_us()
            entry = self._chain.append(payload, mono_us)
            self._pending.append(_Loose(seq, entry, self._chain.link, now))
            self._writes.extend(beside)
            urgent = isinstance(payload, _URGENT)
            self._urgent = self._urgent or urgent
        self._committer.wake(self, now if urgent else now + COMMIT_US)
        return seq

    def write(self, *writes: Write, urgent: bool = False) -> None:
        """Have something beside the events made durable with the next commit. Any thread."""
        with self._lock:
            self._writes.extend(writes)
        self._committer.wake(self, self._clock.mono_us() + (0 if urgent else COMMIT_US))

    def link_at(self, last: int) -> bytes | None:
        """Return the link of the batch that ends with event `last`, None where none does."""
        return self._ends.get(last)

    def flush(self) -> None:
        """Have everything committed and sealed at once, without waiting for it."""
        with self._lock:
            self._urgent = True
        self._committer.wake(self, 0)

    def keep_receipt(self, last: int, receipt: SignedReceipt) -> None:
        """Keep the hub's receipt; batches name it from now on."""
        self.receipt, self.safe = receipt, max(self.safe, last)
        self.write(put_receipt(last, receipt))

    def fall_back(self, last: int) -> None:
        """Count only what is up to `last` as safe: the hub lost the rest, which is sent again."""
        self.safe = last

    def load(self, after: int, limit: int, then: Callable[[tuple[LoadedBatch, ...]], None]) -> None:
        """Give `then` up to `limit` sealed batches that follow `after`; called here or by the committer's thread."""
        cached = self._from_cache(after, limit)
        if cached is not None:
            then(cached)
        elif after >= self.sealed[0]:
            then(())
        else:
            self._committer.call(lambda: then(() if self._closed else self._file.load(after, limit)))

    def close(self, done: Callable[[], None], *, forget: tuple[Write, ...] = ()) -> None:
        """Commit and seal everything, close the file, then call `done`."""

        def finish() -> None:
            if not self._closed:
                self.write(*forget)
                self._urgent = True
                self.beat(self._clock.mono_us())
                self._committer.forget(self)
                self._closed = True
                self._file.close()
            done()

        self._committer.call(finish)

    def abandon(self, done: Callable[[], None]) -> None:
        """Close the file without writing what waits, then call `done`: what a power cut does."""

        def drop() -> None:
            self._committer.forget(self)
            self._closed = True
            self._file.close()
            done()

        self._committer.call(drop)

    def read(self, work: Callable[[JournalFile], None]) -> None:
        """Have everything committed and sealed, then let the committer's thread read the file for somebody."""

        def look() -> None:
            if not self._closed:
                self._urgent = True
                self.beat(self._clock.mono_us())
                work(self._file)

        self._committer.call(look)

    def beat(self, now_us: int) -> int | None:
        """Commit and seal what is due; see `Beat.beat`."""
        if self._closed:
            return None
        with self._lock:
            pending, writes, urgent = self._pending, self._writes, self._urgent
            self._pending, self._writes, self._urgent = [], [], False
        work = self._work
        work.writes.extend(put_event(one.seq, one.entry, one.link) for one in pending)
        work.writes.extend(writes)
        if pending:
            work.last = pending[-1].seq
        self._loose.extend(pending)
        self._seal(now_us, work, urgent=urgent)
        if work.writes:
            if not self._commit(work):
                return now_us + RETRY_US
            self._work = _Work()
            self._tell(work)
        return self._loose[0].since_us + SEAL_US if self._loose else None

    def _seal(self, now_us: int, work: _Work, *, urgent: bool) -> None:
        """Sign the events that are due, in batches within the limits; urgent: all of them."""
        while self._loose:
            chunk, size = self._chunk()
            full = len(chunk) < len(self._loose) or len(chunk) == SEAL_EVENTS
            if not (urgent or full or now_us >= chunk[0].since_us + SEAL_US):
                return
            named = receipt_hash(self.receipt.body if self.receipt else None)
            exam, journal, last = self.identity.exam, self.identity.journal, chunk[-1]
            batch = Batch(exam, journal, chunk[0].seq, last.seq, last.link, named)
            signed = sign_batch(batch, self.key)
            for _ in chunk:
                self._loose.popleft()
            work.writes.append(put_batch(batch.first, batch.last, signed))
            work.sealed.append(_Bundle(batch, (signed, tuple(one.entry for one in chunk)), size))

    def _chunk(self) -> tuple[list[_Loose], int]:
        chunk: list[_Loose] = []
        size = 0
        for one in self._loose:
            if chunk and (size + one.entry.size() > SEAL_BYTES or len(chunk) == SEAL_EVENTS):
                break
            chunk.append(one)
            size += one.entry.size()
        return chunk, size

    def _commit(self, work: _Work) -> bool:
        try:
            if self._troubled:
                self._file.reopen()
                work.writes = self._without_what_is_there(work.writes)
            self._file.write(work.writes)
        except sqlite3.Error as error:
            if not self._troubled:
                self._troubled = True
                self._say(cannot_write(self._file.path, error).sentence)
            return False
        if self._troubled:
            self._troubled = False
            self._say(None)
        return True

    def _without_what_is_there(self, writes: list[Write]) -> list[Write]:
        """Leave out events that reached the disk although the commit reported an error."""
        last = self._file.last_seq()
        return [write for write in writes if not is_event_up_to(write, last)]

    def _tell(self, work: _Work) -> None:
        if work.last is not None:
            self.durable = work.last
            if self._listener is not None:
                self._listener.durable(self.durable)
        if not work.sealed:
            return
        with self._lock:
            for bundle in work.sealed:
                self._ends[bundle.batch.last] = bundle.batch.link
                self._cache.append(bundle)
                self._cached += bundle.size
            while self._cached > CACHE_BYTES and len(self._cache) > 1:
                self._cached -= self._cache.popleft().size
            self.sealed = (work.sealed[-1].batch.last, work.sealed[-1].batch.link)
        if self._listener is not None:
            self._listener.sealed(*self.sealed)

    def _from_cache(self, after: int, limit: int) -> tuple[LoadedBatch, ...] | None:
        with self._lock:
            if not self._cache or self._cache[0].batch.first > after + 1:
                return None
            found = [bundle.loaded for bundle in self._cache if bundle.batch.first > after]
        return tuple(found[:limit])

    def _say(self, sentence: str | None) -> None:
        if self._listener is not None:
            self._listener.trouble_is(sentence)
