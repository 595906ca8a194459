"""The read models within the hub: facts of all sessions in memory, on a thread of their own.

Events come after their commit and their receipt; questions are answered in the order in which they came, after the
events that were there before them. Heavy comparisons run in another process, so that neither waits.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from examdesk.hub.records.corpora import Corpora
from examdesk.hub.services import Services
from examdesk.hub.workers import Worker
from examdesk.readmodels import Answers
from examdesk.readmodels.similar_pair import in_time, show_pair
from examdesk.readmodels.similarity import compare, with_outside
from examdesk.staffapi import messages as api
from examdesk.store.records import Intake
from shared.exam.content import Content, open_content
from shared.exam.sealing import open_sealed
from shared.ids import SessionId

log = logging.getLogger(__name__)
P = ParamSpec("P")
T = TypeVar("T")
GATHER_SECONDS = 0.1


class View:
    """Keeps the facts up to date and answers from them.

    Attributes:
        content: what the exam gives to students, opened.
        worker: the process for what takes long.
    """

    def __init__(self, services: Services, corpora: Corpora) -> None:
        self._s = services
        self._corpora = corpora
        self.content = _opened(services)
        self._answers = Answers(services.reader, services.exam, self.content, services.clock, self.online)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="hub-view")
        self.worker = Worker()
        self._pending: list[Intake] = []
        self._seen = 0
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begin to read what is in the records; questions wait for it, desks don't."""
        self._thread.submit(self._load)

    def close(self) -> None:
        """Let go of the thread and the process."""
        self._thread.shutdown(wait=True, cancel_futures=True)
        self.worker.close()

    def take(self, intakes: Sequence[Intake]) -> None:
        """Take events that were committed."""
        self._pending.extend(intakes)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(GATHER_SECONDS, self._flush)

    async def ask(self, question: Callable[[Answers], T]) -> T:
        """Answer from the facts, with everything in them that was committed before."""
        self._flush()
        return await asyncio.get_running_loop().run_in_executor(self._thread, question, self._answers)

    async def compare(self, request: api.GetSimilarity) -> api.SimilarityView:
        """Compare the class, or one session with it, in another process.

        Raises:
            NotThere: the session asked for is not there, or has written too little.
            WorkerDied: see `Worker`.
        """
        work = await self.ask(lambda answers: answers.similarity_work(request))
        if request.outside:
            work = with_outside(work, self._corpora.programs(request.question))
        most_common = min(max(request.most_common, 0.0), 1.0)
        return await self.worker.run(compare, work, request.limit, most_common, request.session)

    async def side_by_side(self, request: api.GetSideBySide) -> api.SideBySide:
        """Show one pair within the class, in another process, then when its passages appeared.

        Raises:
            NotThere: one of the two is not there, or has written nothing.
            WorkerDied: see `Worker`.
        """
        work, lines = await self.ask(lambda answers: answers.pair_work(request))
        work = with_outside(work, self._corpora.programs(request.question))
        shown = await self.worker.run(show_pair, work, (request.a, request.b))
        return await asyncio.to_thread(in_time, self._s.reader, lines, shown)

    def online(self, session: SessionId) -> bool:
        """Tell whether the desk in which a session goes on is connected; safe on any thread."""
        row = self._s.registry.sessions.get(session)
        journal = None if row is None or row.journal is None else self._s.registry.journals.get(row.journal)
        desk = None if journal is None else journal.desk
        return desk is not None and desk.online

    def _flush(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._pending:
            intakes, self._pending = self._pending, []
            self._submit(self._take, intakes)
        if self._seen != self._s.changes.people_changes:
            self._seen = self._s.changes.people_changes
            self._submit(self._answers.live.changed)

    def _submit(self, work: Callable[P, object], *args: P.args, **named: P.kwargs) -> None:
        try:
            self._thread.submit(work, *args, **named)
        except RuntimeError:
            log.debug("the view is closed")

    def _load(self) -> None:
        try:
            self._answers.live.load()
        except Exception:
            log.exception("the records could not be read into the view")

    def _take(self, intakes: Sequence[Intake]) -> None:
        for intake in intakes:
            try:
                self._answers.take(intake.journal, intake.entries)
            except Exception:
                log.exception("events could not be taken into the view; they are in the records")


def _opened(services: Services) -> Content:
    identity = services.identity
    data = open_sealed(
        services.content.sealed,
        identity.exam,
        identity.content_key,
        identity.signing.public.verify,
    )
    return open_content(data)
