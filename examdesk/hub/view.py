"""The read models beside the hub: facts of all sessions in the memory of a process of their own.

Events go there as bytes, after their commit and their receipt; questions are answered in the order in which they came,
after the events that were there before them, and what is answered comes back as bytes for the wire. The process begins
with the first question and reads the records; where it dies, another one does so again, and whoever asked waits for
that. Heavy comparisons run in one more process.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import Any, Concatenate, ParamSpec, TypeVar, cast, get_type_hints

import msgspec

from examdesk.hub import comparison_worker, view_worker
from examdesk.hub.records.corpora import Corpora
from examdesk.hub.services import Services
from examdesk.hub.workers import Worker, WorkerDied
from examdesk.readmodels import Answers
from examdesk.staffapi import messages as api
from examdesk.store.records import Intake
from shared.exam.content import Content, open_content
from shared.exam.sealing import open_sealed
from shared.ids import JournalId, SessionId

log = logging.getLogger(__name__)
P = ParamSpec("P")
T = TypeVar("T")
GATHER_SECONDS = 0.1
LOOK_SECONDS = 1.0
MOST_ON_THE_WAY = 32 * 1024 * 1024
"""So many bytes of events wait for the process at most; beyond that it reads them from the records instead."""
READ_AGAIN = (
    "The live page is being worked out again from the records, after the computer stopped the process that does it. "
    "Desks and receipts are not affected."
)
_NICENESS = 5


class View:
    """Keeps the facts up to date and answers from them.

    Attributes:
        content: what the exam gives to students, opened.
        worker: the process for what takes long.
        facts: the process that holds the facts.
        problem: what staff should read about it; empty when there is nothing to say.
    """

    def __init__(self, services: Services, corpora: Corpora) -> None:
        self._s = services
        self._corpora = corpora
        self.content = _opened(services)
        self.worker = Worker()
        self.facts = Worker(partial(view_worker.begin, self._setup()), _NICENESS)
        self.problem = ""
        self._wanted = False
        self._closing = False
        self._pending: list[Intake] = []
        self._behind: set[JournalId] = set()
        self._on_the_way = 0
        self._seen = 0
        self._told_online: tuple[SessionId, ...] | None = None
        self._timer: asyncio.TimerHandle | None = None

    def _setup(self) -> view_worker.Setup:
        return view_worker.Setup(self._s.reader.url, self._s.exam, self.content)

    def use(self, content: Content) -> None:
        """Go on with another edition of the exam: what it gives counts as given beside what was before."""
        self.content = content
        self.facts.begin_with(partial(view_worker.begin, self._setup()))
        self._flush()

    def close(self) -> None:
        """Let go of the processes."""
        self._closing = True
        self.facts.close(at_once=True)
        self.worker.close()

    # -- events in

    def take(self, intakes: Sequence[Intake]) -> None:
        """Take events that were committed."""
        if not self._wanted:  # the process reads them when somebody asks
            return
        self._pending.extend(intakes)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(GATHER_SECONDS, self._flush)

    def _flush(self, *, all_of_it: bool = False) -> None:
        """Hand over what is new; while there is no process or, unless it has to be `all_of_it`, no room, it waits."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not self.facts.is_ready:
            return
        try:
            self._hand_over(all_of_it=all_of_it)
        except WorkerDied:
            self._died()

    def _hand_over(self, *, all_of_it: bool) -> None:
        if self.facts.outdated:  # it began, perhaps a moment ago, with an earlier edition
            self.facts.submit(view_worker.use, self._setup())
            self.facts.told()
        if not self._pending and not self._behind and self._seen == self._s.changes.people_changes:
            return
        committed: view_worker.Committed = [(each.journal, each.entries) for each in self._pending]
        self._pending = []
        if self._on_the_way > MOST_ON_THE_WAY:
            self._behind.update(journal for journal, _ in committed)
            committed = []
            if not all_of_it:
                return
        behind, self._behind = tuple(self._behind), set()
        changed, self._seen = self._seen != self._s.changes.people_changes, self._s.changes.people_changes
        data = view_worker.encode(committed)
        taking = self.facts.submit(view_worker.take, data, behind, changed=changed)
        self._on_the_way += len(data)
        taking.add_done_callback(partial(self._taken, len(data)))

    def _taken(self, size: int, taking: "asyncio.Future[None]") -> None:
        self._on_the_way -= size
        if not taking.cancelled() and taking.exception() is not None:
            self._died()

    # -- questions

    async def ask(self, question: Callable[Concatenate[Answers, P], T], *args: P.args, **named: P.kwargs) -> T:
        """Answer from the facts, with everything in them that was committed before.

        Raises:
            NotThere: what was asked about does not exist.
            WorkerDied: the process died twice.
        """
        return cast("T", _decoder(question).decode(await self._answer(question, args, named)))

    async def relay(
        self, question: Callable[Concatenate[Answers, P], T], *args: P.args, **named: P.kwargs
    ) -> msgspec.Raw:
        """Answer as `ask` does, in bytes that go to the wire as they are."""
        return msgspec.Raw(await self._answer(question, args, named))

    async def _answer(self, question: Callable[..., object], args: tuple[Any, ...], named: dict[str, Any]) -> bytes:
        self._wanted = True
        try:
            return await self._answer_once(question, args, named)
        except WorkerDied:
            self._died()
        return await self._answer_once(question, args, named)

    async def _answer_once(
        self, question: Callable[..., object], args: tuple[Any, ...], named: dict[str, Any]
    ) -> bytes:
        await self.facts.ready()
        self._flush(all_of_it=True)
        await self.facts.ready()  # handing over may have shown that it is gone
        online = self._online()
        moment = view_worker.Moment(self._s.clock.wall_ms(), None if online == self._told_online else online)
        self._told_online = online
        return await self.facts.result(self.facts.submit(view_worker.answer, question, args, named, moment))

    async def look(self) -> None:
        """See whether the process lives; where it does not, say so and have it replaced, also while nobody asks."""
        if not self._wanted:
            return
        try:
            await self.facts.run(view_worker.nothing)
        except WorkerDied:
            self._died()
            return
        self._say("")

    def _died(self) -> None:
        if self._closing:
            return
        log.error("the process that works out the live page died; another one takes its place")
        self._told_online = None
        self._say(READ_AGAIN)

    def _say(self, problem: str) -> None:
        if problem != self.problem:
            self.problem = problem
            self._s.changes.topic("exam")

    # -- comparisons

    async def compare(self, request: api.GetSimilarity) -> msgspec.Raw:
        """Compare the class, or one session with it, in another process.

        Raises:
            NotThere: the session asked for is not there, or has written too little.
            WorkerDied: see `Worker`.
        """
        work = await self.relay(Answers.similarity_work, request)
        outside = self._corpora.programs(request.question) if request.outside else []
        return msgspec.Raw(await self.worker.run(comparison_worker.compare_class, bytes(work), outside, request))

    async def side_by_side(self, request: api.GetSideBySide) -> msgspec.Raw:
        """Show one pair within the class, and when its passages appeared, in another process.

        Raises:
            NotThere: one of the two is not there, or has written nothing.
            WorkerDied: see `Worker`.
        """
        work = bytes(await self.relay(Answers.pair_work, request))
        outside = self._corpora.programs(request.question)
        url = self._s.reader.url
        return msgspec.Raw(await self.worker.run(comparison_worker.compare_pair, url, work, outside, request))

    # -- who is connected

    def online(self, session: SessionId) -> bool:
        """Tell whether the desk in which a session goes on is connected."""
        row = self._s.registry.sessions.get(session)
        journal = None if row is None or row.journal is None else self._s.registry.journals.get(row.journal)
        desk = None if journal is None else journal.desk
        return desk is not None and desk.online

    def _online(self) -> tuple[SessionId, ...]:
        return tuple(session for session in self._s.registry.sessions if self.online(session))


@lru_cache(maxsize=64)
def _decoder(question: Callable[..., object]) -> msgspec.msgpack.Decoder[Any]:
    return msgspec.msgpack.Decoder(get_type_hints(question)["return"])


def _opened(services: Services) -> Content:
    identity = services.identity
    data = open_sealed(
        services.content.sealed,
        identity.exam,
        identity.content_key,
        identity.signing.public.verify,
    )
    return open_content(data)
