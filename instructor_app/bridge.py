"""The one place where the engine's thread meets Qt.

Engine to Qt: results wait in a queue and one queued, coalesced signal wakes the window. Qt to engine: `query` for what
only reads, `command` for what changes, `task` for longer work. Callbacks run in the window's thread.
"""

import asyncio
import contextlib
import enum
import logging
import threading
import uuid
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

import msgspec
from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from examdesk.staffapi.client import Refused
from examdesk.staffapi.messages import Answer, Changed, Command, Done, Request, SignedIn
from instructor_app.port import Hub
from instructor_app.rights import Rights
from shared.problems import EnvironmentProblem, PeerFault, Problem

A = TypeVar("A", bound=Answer)
T = TypeVar("T")
Opener = Callable[[], Awaitable[Hub]]
Failed = Callable[[Problem], None]
Progress = Callable[[float, str], None]
Work = Callable[[Hub, Progress], Coroutine[Any, Any, T]]

CHANGES_EVERY_MS = 120
LEAVE_S = 3.0
FIRST_RETRY_S = 0.3
LAST_RETRY_S = 4.0
_log = logging.getLogger("examdesk.instructor")


class Link(enum.Enum):
    """How the connection to the hub stands."""

    NONE = "none"
    OPENING = "opening"
    UP = "up"
    LOST = "lost"


def say_nothing(_: Problem) -> None:
    """For questions whose failure another place of the screen already shows."""


class Bridge(QObject):
    """Runs an asyncio loop in a thread of its own and talks to one hub at a time.

    Attributes:
        changed: (Changed) what to ask for again, at most every `CHANGES_EVERY_MS`.
        link_changed: (Link, sentence).
        busy_changed: (bool) whether an answer is being waited for.
        person: whom the hub knows this window's person as.
        rights: what this person may do there.
        first_asks: what every new connection asks before anything else does.
    """

    changed = Signal(object)
    link_changed = Signal(object, str)
    busy_changed = Signal(bool)
    _wake = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.link = Link.NONE
        self._queue: deque[Callable[[], None]] = deque()
        self._lock = threading.Lock()
        self._awake = False
        self._closed = False
        self._hub: Hub | None = None
        self._met = False
        self.person = ""
        self.rights = Rights(self)
        self.first_asks: tuple[Request[Any], ...] = ()
        self._running: asyncio.Task[None] | None = None
        self._newest: dict[str, int] = {}
        self._number = 0
        self._waiting = 0
        self._sessions: set[str] = set()
        self._topics: set[str] = set()
        self._changes = QTimer(self)
        self._changes.setSingleShot(True)
        self._changes.setInterval(CHANGES_EVERY_MS)
        self._changes.timeout.connect(self._tell_changes)
        self._wake.connect(self._drain, Qt.ConnectionType.QueuedConnection)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="staff API", daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """How many answers are being waited for."""
        return self._waiting

    # ------------------------------------------------------------------------------------- Qt to engine

    def connect_to(self, opener: Opener) -> None:
        """Leave the present hub and stay connected to the one that `opener` reaches."""
        if self._closed:
            return
        self._loop.call_soon_threadsafe(self._start_link, opener)

    def query(
        self, request: Request[A], then: Callable[[A], None], failed: Failed = say_nothing, *, key: str = ""
    ) -> None:
        """Ask; a newer question with the same `key` drops the answer of this one."""

        async def work(hub: Hub, _: Progress) -> A:
            return await hub.ask(request)

        self.task(work, then, failed, key=key)

    def command(self, request: Command, then: Callable[[Done], None], failed: Failed) -> None:
        """Do something; a command without an id gets one, and asking again after a cut repeats nothing."""
        command = request if request.command else msgspec.structs.replace(request, command=uuid.uuid4().hex)

        async def work(hub: Hub, _: Progress) -> Done:
            return await hub.ask(command)

        self.task(work, then, failed)

    def task(
        self,
        work: Work[T],
        then: Callable[[T], None],
        failed: Failed = say_nothing,
        *,
        progress: Progress | None = None,
        key: str = "",
    ) -> Callable[[], None]:
        """Run `work` in the engine's thread and return what cancels it."""
        if self._closed:
            return lambda: None
        self._number += 1
        number = self._number
        if key:
            self._newest[key] = number

        def wanted() -> bool:
            return not key or self._newest.get(key) == number

        def tell(share: float, sentence: str) -> None:
            if progress is not None:
                self._post(lambda: progress(share, sentence))

        self._count(1)
        future = asyncio.run_coroutine_threadsafe(self._guarded(work, tell, then, failed, wanted), self._loop)
        return lambda: _ignore(future.cancel())

    def close(self) -> None:
        """End the thread; nothing is delivered any more. A hub that does not answer keeps nobody here."""
        if self._closed:
            return
        self._closed = True
        leaving = asyncio.run_coroutine_threadsafe(self._leave(), self._loop)
        with contextlib.suppress(TimeoutError):
            leaving.result(LEAVE_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(LEAVE_S)
        if not self._thread.is_alive():
            self._loop.close()
        self._queue.clear()

    # ------------------------------------------------------------------------------------- in the engine's thread

    async def _guarded(
        self, work: Work[T], tell: Progress, then: Callable[[T], None], failed: Failed, wanted: Callable[[], bool]
    ) -> None:
        try:
            result = await work(self._connected(), tell)
        except Problem as problem:
            self._answer(failed, problem, wanted)
        except asyncio.CancelledError:
            self._answer(failed, EnvironmentProblem("Stopped. Nothing half-done was left behind."), wanted)
            raise
        except OSError as error:
            self._answer(failed, EnvironmentProblem(f"{error.strerror or error}: {error.filename or ''}"), wanted)
        except Exception as error:  # noqa: BLE001 - a mistake of ours must not stay silent, nor end the window
            _log.error("a task failed: %s", type(error).__name__)
            self._answer(failed, EnvironmentProblem("ExamDesk made a mistake here. Nothing was lost."), wanted)
        else:
            self._answer(then, result, wanted)

    def _answer(self, call: Callable[[T], None], value: T, wanted: Callable[[], bool]) -> None:
        def deliver() -> None:
            self._count(-1)
            if wanted():
                call(value)

        self._post(deliver)

    def _connected(self) -> Hub:
        if self._hub is None and self._met:
            raise EnvironmentProblem(
                "The hub is not reached now, so nothing was done. Students go on; the hub is looked for again."
            )
        if self._hub is None:
            raise EnvironmentProblem("No hub is connected. Open an exam first.")
        return self._hub

    def _start_link(self, opener: Opener) -> None:
        old = self._running
        self._running = self._loop.create_task(self._swap(old, opener))

    async def _swap(self, old: "asyncio.Task[None] | None", opener: Opener) -> None:
        self._met = False
        if old is not None:
            old.cancel()
            await asyncio.gather(old, return_exceptions=True)
        await self._stay_linked(opener)

    async def _stay_linked(self, opener: Opener) -> None:
        pause = FIRST_RETRY_S
        self._tell_link(Link.OPENING, "")
        while True:
            try:
                hub = await opener()
            except (PeerFault, Refused) as problem:
                self._tell_link(Link.LOST, problem.sentence)
                pause = LAST_RETRY_S
            except Problem as problem:
                self._tell_link(Link.LOST, problem.sentence)
                pause = min(LAST_RETRY_S, pause * 1.6)
            else:
                pause = FIRST_RETRY_S
                with contextlib.suppress(Problem):
                    await self._follow(hub)
                self._tell_link(Link.LOST, "The hub does not answer. Students go on; it is looked for again.")
            await asyncio.sleep(pause)

    async def _follow(self, hub: Hub) -> None:
        try:
            for request in self.first_asks:
                await hub.ask(request)
            self._hub, self._met = hub, True
            self._meet(hub.person, hub.me)
            self._tell_link(Link.UP, "")
            while (change := await hub.next_change()) is not None:
                self._note(change)
        finally:
            self._hub = None
            with contextlib.suppress(Exception):
                await hub.close()

    def _meet(self, person: str, me: SignedIn | None) -> None:
        def take() -> None:
            self.person = person
            self.rights.take(me)

        self._post(take)

    def _note(self, change: Changed) -> None:
        with self._lock:
            first = not (self._sessions or self._topics)
            self._sessions.update(change.sessions)
            self._topics.update(change.topics)
        if first:
            self._post(self._plan_changes)

    async def _leave(self) -> None:
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _post(self, call: Callable[[], None]) -> None:
        with self._lock:
            self._queue.append(call)
            asleep, self._awake = not self._awake, True
        if asleep:
            self._wake.emit()

    def _tell_link(self, link: Link, sentence: str) -> None:
        def tell() -> None:
            self.link = link
            self.link_changed.emit(link, sentence)

        self._post(tell)

    # ------------------------------------------------------------------------------------- in the window's thread

    @Slot()
    def _drain(self) -> None:
        with self._lock:
            calls, self._queue, self._awake = self._queue, deque(), False
        for call in calls:
            call()

    def _count(self, by: int) -> None:
        before, self._waiting = self._waiting, self._waiting + by
        if bool(before) != bool(self._waiting):
            self.busy_changed.emit(bool(self._waiting))

    def _plan_changes(self) -> None:
        if not self._changes.isActive():
            self._changes.start()

    @Slot()
    def _tell_changes(self) -> None:
        with self._lock:
            change = Changed(tuple(self._sessions), tuple(self._topics))
            self._sessions, self._topics = set(), set()
        self.changed.emit(change)


def _ignore(_: object) -> None:
    """Take a result that nobody needs."""
