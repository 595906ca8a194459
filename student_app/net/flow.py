"""One connection of one journal after the join: events out, receipts, standings, notices and content in."""

import asyncio
import contextlib
import logging
import shutil
from collections.abc import Callable
from pathlib import Path

from shared.clock import Clock
from shared.problems import EnvironmentProblem, PeerFault
from shared.sync.desk import (
    Connected,
    DeskSync,
    FallBack,
    Input,
    KeepReceipt,
    Load,
    Loaded,
    Lost,
    NewJournalCame,
    ReceiptCame,
    ResendCame,
    ResumedCame,
    Sealed,
    SendPush,
    SendResume,
    StartNewJournal,
)
from shared.wire import messages as m
from shared.wire.messages import Frame, FromHub, Welcome
from student_app.core.journal_file import put_meta
from student_app.core.packages import Packages
from student_app.core.parcels import Parcels
from student_app.core.sitting import Sitting
from student_app.net.secure import Link, Unreachable

_log = logging.getLogger(__name__)
PING_S = 30.0
FIRST_PINGS = 3


def presented(sitting: Sitting) -> m.Present:
    """Return what shows a hub without records who this journal is, and what the former hub said last (P-13, P-16)."""
    return m.Present(sitting.vouching.envelope, sitting.notices.newest, sitting.newest_standing)


def free_space_mb(path: str) -> int:
    """Return how many MiB are free where a file is, -1 for not known."""
    try:
        return shutil.disk_usage(Path(path).parent).free >> 20 if path else -1
    except OSError:
        return -1


class NeedsNewJournal(Exception):
    """The hub says that this journal can't go on: join again with a new one."""


class Flow:
    """Drives `DeskSync` for a sitting over one link after the other.

    Attributes:
        sync: lives as long as the journal, over all its connections.
        presented: whether the hub of this connection did not know the journal and was shown its endorsement.
    """

    def __init__(
        self, sitting: Sitting, clock: Clock, loop: asyncio.AbstractEventLoop, packages: Packages | None = None
    ) -> None:
        journal = sitting.journal
        identity = journal.identity
        self.sync = DeskSync(identity.exam, identity.journal, sitting.exam_key, journal, journal.safe)
        self._sitting = sitting
        self._clock = clock
        self._loop = loop
        self._packages = packages
        self._parcels = Parcels(journal, identity.exam, sitting.exam_key)
        self._out: asyncio.Queue[Frame] = asyncio.Queue()
        self._wanted: list[int] = []
        self._link: Link | None = None
        self._greeting: Welcome | None = None
        self._failure: asyncio.Future[None] | None = None
        self.presented = False

    def sealed(self, last: int, link: bytes) -> None:
        """The journal has more to send; from any thread."""
        self._loop.call_soon_threadsafe(self._step_safely, Sealed(last, link))

    def send(self, frame: Frame) -> bool:
        """Send a frame that nothing depends on; from any thread. False: there is no connection."""
        if self._link is None:
            return False
        self._loop.call_soon_threadsafe(self._out.put_nowait, frame)
        return True

    async def run(self, link: Link, greeting: Welcome, resumed: Callable[[], None]) -> None:
        """Resume over this link and stay until it is lost; `resumed` is called when the hub has answered.

        Raises:
            Unreachable: the connection was lost.
            PeerFault: the hub said something that can't be.
            NeedsNewJournal: the hub says that this journal can't go on.
        """
        self._link, self._greeting, self.presented = link, greeting, False
        self._out = asyncio.Queue()
        self._failure = self._loop.create_future()
        self._sitting.address_is(link.local_address)
        self._sitting.clock.hint(greeting.hub_ms)
        works = (self._send(), self._receive(resumed), self._ping())
        tasks: list[asyncio.Future[None]] = [self._failure, *(asyncio.ensure_future(work) for work in works)]
        try:
            self._step(Connected())
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                if task.done():
                    task.result()
        finally:
            self._link = None
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self.sync.step(Lost())
            self._sitting.contact(online=False)

    async def _send(self) -> None:
        link = self._link
        assert link is not None
        while True:
            await link.send(await self._out.get())

    async def _receive(self, resumed: Callable[[], None]) -> None:
        link = self._link
        assert link is not None
        while True:
            frame = await link.receive()
            known = self._about_sync(frame, resumed) or self._about_session(frame) or self._about_parcels(frame)
            if not known:
                self._about_exam(frame)

    async def _ping(self) -> None:
        for number in range(1 << 30):
            free_mb = await asyncio.to_thread(free_space_mb, self._sitting.journal.path)
            self._out.put_nowait(m.Ping(self._clock.mono_us(), free_mb))
            await asyncio.sleep(0.5 if number < FIRST_PINGS else PING_S)

    def _about_sync(self, frame: FromHub, resumed: Callable[[], None]) -> bool:
        match frame:
            case m.Resumed(last, link, receipt, earlier):
                self._sitting.contact(online=True, hub=self._where())
                resumed()
                self._step(ResumedCame(last, link, receipt))
                self._ask(self._sitting.earlier.announced(earlier))
            case m.Acknowledged(receipt):
                self._step(ReceiptCame(receipt))
            case m.Resend(last):
                self._step(ResendCame(last))
            case m.NewJournal(why):
                self._step(NewJournalCame(why))
            case m.Refusal("unknown-journal") if not self.presented:
                self._present()
            case m.Refusal(code, sentence):
                raise _refused(code, sentence)
            case m.Held(sentence) if self._sitting.vouching.alone:
                self._sitting.waits_for(sentence)
            case m.Bye():
                raise Unreachable("The instructor's computer closed the connection.")
            case _:
                return False
        return True

    def _about_session(self, frame: FromHub) -> bool:
        match frame:
            case m.Endorsed(_, envelope):
                self._sitting.adopted(envelope)
            case m.SignedStanding(envelope):
                self._sitting.standing(envelope)
            case m.SignedNotice(envelope):
                self._sitting.notice(envelope)
            case _:
                return False
        return True

    def _about_exam(self, frame: FromHub) -> None:
        sitting = self._sitting
        match frame:
            case m.ContentOffer(manifest, signature, front=front, edition=edition):
                self._wanted = sitting.content_offered(manifest, signature, front, edition)
                self._ask_for_piece()
                self._about_packages(frame)
            case m.WheelPart() if self._packages is not None:
                self._packages.part(frame)
            case m.HistoryPart():
                whole, following = sitting.earlier.part(frame)
                self._ask(following)
                if whole is not None:
                    sitting.look_back()
            case m.Piece(index, data, part, parts):
                sitting.content_part(index, data, part, parts)
                if part == parts:
                    self._ask_for_piece()
            case m.ContentKey(key):
                sitting.content_key(key)
            case m.Pong(asked_us, received_ms, sent_ms):
                sitting.pong(asked_us, received_ms, sent_ms)
            case m.Anchor(note):
                sitting.journal.write(put_meta("anchor", note))
            case _:
                _must_be_known(frame)

    def _present(self) -> None:
        """P-13: the hub lost its records; show it who this journal is, and resume again."""
        self.presented = True
        self._out.put_nowait(presented(self._sitting))
        self._step(Connected())

    def _about_packages(self, offer: m.ContentOffer) -> None:
        out = self._out

        def ask(frame: m.GetWheel) -> None:
            self._put_safely(out, frame)

        self._sitting.keep_packages(offer.packages)
        sitting = self._sitting
        front = sitting.content.front
        if self._packages is not None:
            wanted = front.interpreter if front is not None else None
            self._packages.offered(offer.packages, sitting.journal.identity.exam, sitting.exam_key, ask, wanted)

    def _ask(self, question: Frame | None) -> None:
        if question is not None:
            self._out.put_nowait(question)

    def _put_safely(self, out: asyncio.Queue[Frame], frame: Frame) -> None:
        """Send a frame over the connection that `out` belongs to; from any thread."""
        with contextlib.suppress(RuntimeError):  # the loop is closed: the program ends
            self._loop.call_soon_threadsafe(out.put_nowait, frame)

    def _about_parcels(self, frame: FromHub) -> bool:
        """K-2, K-3: keep staff records, or hand them over. One that does not hold is left out; the exam goes on."""
        match frame:
            case m.WantParcels(hub, have):
                out = self._out
                self._parcels.give(hub, have, lambda data: self._put_safely(out, m.Parcel(data)))
            case m.Parcel(data):
                try:
                    self._parcels.keep(data)
                except PeerFault as problem:
                    _log.warning("staff records were not kept: %s", problem.sentence)
            case _:
                return False
        return True

    def _ask_for_piece(self) -> None:
        if self._wanted:
            self._out.put_nowait(m.GetPiece(self._wanted.pop(0)))

    def _step_safely(self, event: Input) -> None:
        """Step from a callback: a fault ends this connection."""
        try:
            self._step(event)
        except (PeerFault, NeedsNewJournal) as error:
            if self._failure is not None and not self._failure.done():
                self._failure.set_exception(error)

    def _step(self, event: Input) -> None:
        for output in self.sync.step(event):
            match output:
                case SendResume(last, link):
                    self._out.put_nowait(self._resume(last, link))
                case Load(after, limit):
                    self._sitting.journal.load(after, limit, self._loaded)
                case SendPush(batch, entries):
                    self._out.put_nowait(m.Push(batch, entries))
                case KeepReceipt(receipt, last):
                    self._sitting.receipt(last, receipt)
                case FallBack(last):
                    self._sitting.fall_back(last)
                case StartNewJournal(why):
                    raise NeedsNewJournal(why)

    def _loaded(self, batches: tuple[object, ...]) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: the program ends
            self._loop.call_soon_threadsafe(self._step_safely, Loaded(batches))  # type: ignore[arg-type]

    def _resume(self, last: int, link: bytes) -> m.Resume:
        assert self._greeting is not None
        assert self._link is not None
        journal = self._sitting.journal
        proof = m.resume_proof(
            self._greeting.nonce, self._link.identity.fingerprint, journal.identity.journal, last, link
        )
        standing = self._sitting.session.standing
        notice = self._sitting.notices.last
        revision = standing.revision if standing is not None else 0
        edition = self._sitting.content.envelope
        return m.Resume(journal.identity.journal, last, link, journal.key.sign(proof), revision, notice, edition)

    def _where(self) -> str:
        assert self._link is not None
        return f"{self._link.address.host}:{self._link.address.port}"


def _refused(code: str, sentence: str) -> Exception:
    """What the hub refuses for now is tried again by itself; the student reads why."""
    later = code in {"slow-down", "not-now", "full", "unknown-journal"}
    return EnvironmentProblem(sentence) if later else PeerFault(sentence)


def _must_be_known(frame: FromHub) -> None:
    """The answer to a preflight is only good to know; nothing else is left that a working desk gets."""
    if not isinstance(frame, m.PreflightTaken):
        raise PeerFault(f"The hub sent {type(frame).__name__} to a desk that works.")
