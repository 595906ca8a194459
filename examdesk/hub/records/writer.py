"""The one thread that writes: group commit, receipts with the events, and what happens when the disk refuses.

Batches that wait are committed together, in the order in which they came; anything else (a join, a command) is a job
with a transaction of its own. What was committed is told to the loop, and only then acknowledged (P-8).

When the disk is full, the ballast file is given up and the commit tried again; until it works nothing is
acknowledged and everything waits. After an input/output error the connection is dropped, nothing is tried again on
it (threat 22), and all desks are sent away so that they resume from what a new connection finds durable.
"""

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, Literal, Protocol, TypeVar

import msgspec
import sqlalchemy as sa

from examdesk.hub.limits import Limits
from examdesk.hub.records.ballast import Ballast
from examdesk.hub.records.receipts import ReceiptChain
from examdesk.store import Store, Tx
from examdesk.store.audit import Deed
from examdesk.store.records import Head, Intake
from shared.clock import Clock
from shared.problems import EnvironmentProblem

log = logging.getLogger(__name__)
T = TypeVar("T")

MOST_BATCHES = 2000
_BUSY_GROUP = 8
_GATHER_SECONDS = 0.008
_RETRY_SECONDS = 1.0

Trouble = Literal["", "low", "full", "failing"]
SENTENCES: dict[Trouble, str] = {
    "": "",
    "low": "The disk of this computer was full. The hub made room and goes on; nothing was lost. Free some space now.",
    "full": (
        "The disk of this computer is full. Students go on and their work waits safely on their PCs; "
        "free some space and the hub goes on by itself."
    ),
    "failing": (
        "The disk of this computer reported an error. Students go on and their work waits safely on their PCs; "
        "the hub tries again. If this stays, start the hub on another disk or laptop."
    ),
}


class Audience(Protocol):
    """Who is told, on the loop's thread."""

    def committed(self, heads: Sequence[Head], intakes: Sequence[Intake]) -> None:
        """These batches are durable: up to where each journal is, with its receipt."""
        ...

    def dropped(self, intakes: Sequence[Intake]) -> None:
        """These batches were not stored: the desks have to resume."""
        ...

    def trouble(self, state: Trouble) -> None:
        """How the disk is."""
        ...


class _Job(msgspec.Struct, eq=False):
    work: Callable[[Tx], Any]
    done: "Future[Any]"


class Writer:
    """Takes batches and jobs from the loop; commits them on a thread of its own.

    Attributes:
        trouble: how the disk is.
        jobs: how many jobs were committed so far: more of them may have changed what staff did.
    """

    def __init__(self, store: Store, receipts: ReceiptChain, ballast: Ballast, limits: Limits, clock: Clock) -> None:
        self._store = store
        self._receipts = receipts
        self._ballast = ballast
        self._limits = limits
        self._clock = clock
        self._items: deque[Intake | _Job] = deque()
        self._bytes = 0
        self._wake = threading.Condition()
        self._stopping = threading.Event()
        """Set when the writer has to stop; what it waits for while batches gather, so that none of them wakes it."""
        self._stale = False
        self._audience: Audience | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._room: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._run, name="hub-writer")
        self.trouble: Trouble = ""
        self.jobs = 0

    def start(self, audience: Audience) -> None:
        """Begin to write; the audience is told on the running loop."""
        self._audience = audience
        self._loop = asyncio.get_running_loop()
        self._room = asyncio.Event()
        self._room.set()
        with self._store.begin() as tx:
            self._receipts.load(tx)
        self._thread.start()

    async def stop(self) -> None:
        """Commit what waits and end the thread; what the disk refuses is dropped, its desks have it."""
        with self._wake:
            self._stopping.set()
            self._wake.notify()
        if self._thread.ident is not None:
            await asyncio.to_thread(self._thread.join)
        self._store.close()

    def put(self, intake: Intake) -> None:
        """Queue a checked batch."""
        size = _size(intake)
        with self._wake:
            self._items.append(intake)
            self._bytes += size
            self._wake.notify()
        if self.crowded and self._room is not None:
            self._room.clear()

    def run(self, work: Callable[[Tx], T]) -> "asyncio.Future[T]":
        """Queue a job: it runs in a transaction of its own, and the future is done after the commit."""
        done: Future[T] = Future()
        with self._wake:
            if self._stopping.is_set():
                raise EnvironmentProblem("The hub is stopping; nothing was changed. Try again when it is back.")
            self._items.append(_Job(work, done))
            self._wake.notify()
        return asyncio.wrap_future(done)

    def once(
        self, command: str, at_ms: int, deed: Deed, write: Callable[[Tx], None] = lambda _: None
    ) -> "asyncio.Future[bool]":
        """Queue a command's effect and its audit entry as one job; the result is False when it was done before."""

        def work(tx: Tx) -> bool:
            if not tx.first_time(command, f"{at_ms} {deed.who}"):
                return False
            write(tx)
            tx.control.audit(at_ms, deed)
            return True

        return self.run(work)

    @property
    def crowded(self) -> bool:
        """Whether so much waits that nobody should hand in more."""
        return self._bytes > self._limits.queue_bytes

    async def room(self) -> None:
        """Wait until there is room again."""
        assert self._room is not None
        await self._room.wait()

    async def flush(self) -> None:
        """Wait until everything that was queued before is committed."""
        await self.run(lambda _: None)

    async def anchor(self) -> bytes | None:
        """Sign a checkpoint of all receipts and keep it; None when there are no new ones."""

        def work(tx: Tx) -> bytes | None:
            last = tx.records.last_anchor()
            if self._receipts.size == (0 if last is None else last.size):
                return None
            anchor = self._receipts.anchor(self._clock.wall_ms())
            tx.records.add_anchor(anchor)
            return anchor.note

        return await self.run(work)

    @property
    def receipts(self) -> int:
        """How many receipts were signed so far."""
        return self._receipts.size

    # -- the thread

    def _run(self) -> None:
        group = 0
        while True:
            if group > _BUSY_GROUP:  # under load, fewer and larger commits
                self._stopping.wait(_GATHER_SECONDS)
            with self._wake:
                while not self._items and not self._stopping.is_set():
                    self._wake.wait()
                if not self._items:
                    return
                item = self._items[0]
                batches = self._take_batches() if isinstance(item, Intake) else []
                if not batches:
                    self._items.popleft()
            group = len(batches)
            if batches:
                self._commit_batches(batches)
            else:
                assert isinstance(item, _Job)
                self._do(item)

    def _take_batches(self) -> list[Intake]:
        taken: list[Intake] = []
        while self._items and len(taken) < MOST_BATCHES:
            item = self._items[0]
            if not isinstance(item, Intake):
                break
            taken.append(item)
            self._items.popleft()
        return taken

    def _commit_batches(self, batches: list[Intake]) -> None:
        while True:
            try:
                heads = self._store_batches(batches)
            except sa.exc.IntegrityError:
                self._one_by_one(batches)
                break
            except sa.exc.DBAPIError as error:
                if self._after_error(error):
                    continue
                self._tell_dropped(batches)
                break
            self._well()
            self._tell_committed(heads, batches)
            break
        self._release(sum(map(_size, batches)))

    def _store_batches(self, batches: Sequence[Intake]) -> list[Head]:
        with self._store.begin() as tx:
            if self._stale:
                self._receipts.load(tx)
                self._stale = False
            heads = self._receipts.draft(batches, self._clock.wall_ms())
            tx.records.append(batches, heads)
        self._receipts.keep(heads)
        return heads

    def _one_by_one(self, batches: Sequence[Intake]) -> None:
        """One batch that the database refuses must not hold back the others."""
        for batch in batches:
            try:
                heads = self._store_batches([batch])
            except sa.exc.DBAPIError:
                log.exception("a batch was refused by the database")
                self._stale = True
                self._tell_dropped([batch])
            else:
                self._tell_committed(heads, [batch])

    def _do(self, job: _Job) -> None:
        if not job.done.set_running_or_notify_cancel():
            return
        while True:
            try:
                with self._store.begin() as tx:
                    result = job.work(tx)
            except sa.exc.IntegrityError as error:
                job.done.set_exception(error)
                return
            except sa.exc.DBAPIError as error:
                if self._after_error(error):
                    continue
                job.done.set_exception(EnvironmentProblem(SENTENCES[self.trouble]))
                return
            except BaseException as error:  # noqa: BLE001 - it is handed to whoever asked
                job.done.set_exception(error)
                return
            self._well()
            self.jobs += 1
            job.done.set_result(result)
            return

    def _after_error(self, error: sa.exc.DBAPIError) -> bool:
        """Do what helps; True to try again, False to give up on what was being written."""
        log.error("the database refused a commit: %s", error.orig)
        if is_full(error):
            if self._ballast.release():
                self._set_trouble("low")
                return True
            self._set_trouble("full")
            return not self._pause()
        self._set_trouble("failing")
        self._store.reconnect()
        self._stale = True
        self._pause()
        return False

    def _pause(self) -> bool:
        """Wait a moment; tell whether the hub stops."""
        return self._stopping.wait(_RETRY_SECONDS)

    def _well(self) -> None:
        if self.trouble in ("full", "failing"):
            self._set_trouble("low" if self._ballast.released else "")

    def _set_trouble(self, state: Trouble) -> None:
        if state != self.trouble:
            self.trouble = state
            self._tell(lambda audience: audience.trouble(state))

    def _release(self, size: int) -> None:
        with self._wake:
            self._bytes -= size
        if not self.crowded and self._room is not None and not self._room.is_set():
            room = self._room
            self._tell(lambda _: room.set())

    def _tell_committed(self, heads: list[Head], batches: list[Intake]) -> None:
        self._tell(lambda audience: audience.committed(heads, batches))

    def _tell_dropped(self, batches: list[Intake]) -> None:
        self._tell(lambda audience: audience.dropped(batches))

    def _tell(self, what: Callable[[Audience], None]) -> None:
        loop, audience = self._loop, self._audience
        assert loop is not None
        assert audience is not None
        if not loop.is_closed():
            loop.call_soon_threadsafe(what, audience)


def is_full(error: sa.exc.DBAPIError) -> bool:
    """Tell whether a database error means that the disk is full."""
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        return bool(code & 0xFF == _SQLITE_FULL)
    return getattr(error.orig, "sqlstate", None) == _POSTGRES_DISK_FULL


_SQLITE_FULL = 13
_POSTGRES_DISK_FULL = "53100"


def _size(intake: Intake) -> int:
    return sum(entry.size() for entry in intake.entries) + 300
