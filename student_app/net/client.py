"""The desk's network: one task that joins, one that keeps the open journal in sync, one that hands over older ones."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from functools import partial

from shared.admission.codes import AccessCode, parse_code
from shared.admission.pake import HubNotProven
from shared.clock import Clock
from shared.problems import EnvironmentProblem, InputProblem, PeerFault, Problem
from shared.wire.messages import Bye, Candidate, Frame, Welcome
from student_app.core.desk import Desk
from student_app.core.machine import Machine
from student_app.core.packages import Packages
from student_app.core.ports import HubAddress, JoinRequest
from student_app.core.sitting import Sitting
from student_app.net import admission
from student_app.net.admission import Held, Joined, Refused
from student_app.net.backoff import Backoff
from student_app.net.browse import Browser
from student_app.net.flow import Flow, NeedsNewJournal, presented
from student_app.net.knowing import RoomCodes, by_code, by_pin
from student_app.net.loop import NetThread
from student_app.net.secure import Check, Link, Unreachable, first_link

BROWSE_FIRST_S = 2.5
BYE_S = 2.0
LISTEN_ANEW = 12
"""After so many tries in vain (about half a minute) the browser listens anew, on whatever network there is by then."""
_log = logging.getLogger(__name__)
AfterResume = Callable[[Sitting, HubAddress, bool], Coroutine[object, object, None]]
"""What is done once the hub at this address has resumed the sitting; True: it had lost its records."""
_RETRY = {"slow-down", "not-now", "full"}


class HubClient:
    """Implements `Net` for one desk. Several clients may share a thread, and then `codes` and `browser` as well."""

    def __init__(
        self, desk: Desk, machine: Machine, thread: NetThread, codes: RoomCodes | None = None,
        browser: Browser | None = None, *, packages: Packages | None = None, pin: bytes | None = None,
    ) -> None:  # fmt: skip
        """`pin` is the fingerprint that is set on this PC: it holds wherever an address has none of its own."""
        self._packages = packages
        self._pin = pin
        self._desk = desk
        self._machine = machine
        self._clock: Clock = machine.clock
        self._thread = thread
        self._codes = codes or RoomCodes()
        self._browser = browser or Browser(desk.found)
        self._own_browser = browser is None
        self._backoff = Backoff(machine.chance)
        self._task: asyncio.Task[None] | None = None
        self._flow: Flow | None = None
        self._link: Link | None = None
        self._open_link: tuple[Link, Welcome] | None = None
        self._handing_over: asyncio.Future[None] | None = None
        self._known: tuple[HubAddress, ...] = ()
        self._reached: HubAddress | None = None
        self._in_vain = 0
        self._leaving = False
        self.cut = False
        self.after_resume: AfterResume | None = None

    def look(self) -> None:
        """See `Net.look`."""
        self._thread.run(self._browser.start())

    def join(self, request: JoinRequest) -> None:
        """See `Net.join`."""
        self._thread.call(lambda: self._begin(self._join(request)))

    def cancel(self) -> None:
        """See `Net.cancel`."""
        self._thread.call(self._cancel)

    def go_on(self, sitting: Sitting, hubs: tuple[HubAddress, ...]) -> None:
        """See `Net.go_on`."""
        self._thread.call(lambda: self._begin(self._go_on(sitting, hubs)))

    def sealed(self, last: int, link: bytes) -> None:
        """See `Net.sealed`."""
        flow = self._flow
        if flow is not None:
            flow.sealed(last, link)

    @property
    def known(self) -> tuple[HubAddress, ...]:
        """The addresses under which the hub of the open exam is tried."""
        return self._known

    def report(self, frame: Frame) -> bool:
        """Send a frame that nothing depends on over the connection that is open now; False: there is none."""
        flow = self._flow
        return flow is not None and flow.send(frame)

    def lookup(
        self, code: str, text: str, hubs: tuple[HubAddress, ...], then: Callable[[tuple[Candidate, ...], bool], None]
    ) -> None:
        """Ask the hub which students a text may mean; `then` gets them and whether the first is without doubt."""
        self._thread.run(self._lookup(code, text, hubs, then))

    def pull_cable(self, cut: bool) -> None:
        """Behave as if the cable was pulled (or put back): for rehearsals and tests."""
        self.cut = cut
        if cut:
            self._thread.run(self._drop())

    def leave(self, within_s: float) -> None:
        """Say that this desk leaves, and wait until the hub has given what is to be kept here (K-2), or time is up."""
        self._thread.run(self._leave(within_s)).result(within_s + 3)

    def close(self) -> None:
        """See `Net.close`; waits until the connection is closed."""
        self._thread.run(self._close()).result(BYE_S + 3)

    # In the loop

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _begin(self, work: Coroutine[object, object, None]) -> None:
        self._cancel()
        self._task = asyncio.get_running_loop().create_task(self._guarded(work))

    async def _guarded(self, work: Coroutine[object, object, None]) -> None:
        try:
            await work
        except Problem as problem:
            self._desk.refused(problem.sentence, final=True)
        except Exception:  # noqa: BLE001 - the student goes on working and reads a sentence
            _log.exception("the desk's network met a mistake of ours")
            self._desk.refused("Something went wrong in ExamDesk. Your work is saved; start it again.", final=True)

    async def _leave(self, within_s: float) -> None:
        flow, task = self._flow, self._task
        self._leaving = True
        if task is not None and flow is not None and flow.send(Bye("the program ends")):
            await asyncio.wait([task], timeout=within_s)

    async def _close(self) -> None:
        try:
            await self._end_task()
        finally:
            if self._own_browser:
                await self._browser.close()

    async def _end_task(self) -> None:
        """End what was begun, and the connection with it."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        await self._drop()

    async def _drop(self) -> None:
        link, self._link = self._link, None
        if link is not None:
            await link.close()

    async def _join(self, request: JoinRequest) -> None:
        code = parse_code(request.code)
        if not request.hubs:
            await self._browser.start()
        self._known = request.hubs
        sitting: Sitting | None = None
        while sitting is None:
            try:
                sitting = await self._join_once(request, code)
            except Refused as refused:
                if refused.code not in _RETRY:
                    raise
                self._desk.refused(refused.sentence, final=False)
                await asyncio.sleep(max(refused.retry_after_ms / 1000, self._backoff.next_s()))
            except HubNotProven:
                raise  # each try is a guess that the hub counts: the student has to look at the code first
            except (EnvironmentProblem, PeerFault) as problem:
                self._desk.refused(problem.sentence, final=False)
                await asyncio.sleep(max(0.2, self._backoff.next_s()))
        await self._follow(sitting)

    async def _join_once(self, request: JoinRequest, code: AccessCode) -> Sitting:
        link = await self._open(request.hubs or await self._announced(), self._right_hub(code, request.hubs))
        try:
            greeting = await admission.welcome(link)
            await admission.ask(link, greeting, request, self._machine.chance)
            return await self._admitted(link, greeting, request)
        except BaseException:
            await self._drop()
            raise

    async def _admitted(self, link: Link, greeting: Welcome, request: JoinRequest) -> Sitting:
        """Wait for the endorsement and open the journal."""
        texts: dict[str, list[str]] = {}
        while True:
            result = await admission.answer(link, request, texts)
            match result:
                case Held(sentence):
                    self._desk.held(sentence)
                case Joined(endorsement, envelope, files, drawn):
                    addresses = self._addresses_to_keep(link)
                    hub = (link.identity.exam_key.raw, greeting.title, addresses)
                    admit = partial(self._desk.admitted, drawn=drawn)
                    sitting = await asyncio.to_thread(admit, endorsement, envelope, request, hub, files)
                    self._known = addresses
                    self._open_link = (link, greeting)
                    return sitting

    async def _go_on(self, sitting: Sitting, hubs: tuple[HubAddress, ...]) -> None:
        self._known = hubs
        await self._browser.start()
        await self._follow(sitting)

    async def _follow(self, sitting: Sitting) -> None:
        """Keep the journal in sync for ever: connect, resume, stay; after each loss again."""
        self._take_flow(sitting)
        while True:
            try:
                link, greeting = await self._connected(sitting)
                await self._stay(sitting, link, greeting)
            except NeedsNewJournal:
                sitting = await self._new_segment(sitting)
                self._take_flow(sitting)
            except Unreachable as problem:
                _log.info("no connection: %s", problem.sentence)
            except (EnvironmentProblem, PeerFault, InputProblem) as problem:
                self._desk.refused(problem.sentence, final=False)
            except Exception:  # noqa: BLE001 - a mistake of ours must not keep the work from the hub
                _log.exception("the desk's network met a mistake of ours and begins again")
                self._desk.refused("Something went wrong in ExamDesk. Your work is saved; it tries again.", final=False)
            finally:
                await self._drop()
            if self._leaving:
                return
            await asyncio.sleep(self._backoff.next_s())

    def _take_flow(self, sitting: Sitting) -> None:
        self._flow = Flow(sitting, self._clock, asyncio.get_running_loop(), self._packages)
        self._flow.sealed(*sitting.journal.sealed)

    async def _stay(self, sitting: Sitting, link: Link, greeting: Welcome) -> None:
        flow = self._flow
        assert flow is not None

        def resumed() -> None:
            self._backoff.worked()
            if self.after_resume is not None:
                self._handing_over = asyncio.ensure_future(self.after_resume(sitting, link.address, flow.presented))

        await flow.run(link, greeting, resumed)

    async def _connected(self, sitting: Sitting) -> tuple[Link, Welcome]:
        """Return the link of the join if that is still open, or a new one to the same exam."""
        kept, self._open_link = self._open_link, None
        if kept is not None and self._link is kept[0]:
            return kept
        identity = sitting.journal.identity
        addresses = (*self._known, *self._browser.addresses(identity.exam))
        link = await self._open(tuple(dict.fromkeys(addresses)), by_pin(identity.exam, sitting.exam_key))
        return link, await admission.welcome(link)

    async def _new_segment(self, sitting: Sitting) -> Sitting:
        """P-3, P-4: the journal stays as it is, and a new one goes on from where the student is."""
        await self._drop()
        request = self._desk.request_for_segment()
        identity = sitting.journal.identity
        while True:
            try:
                link = await self._open(self._known, by_pin(identity.exam, sitting.exam_key))
                greeting = await admission.welcome(link)
                await link.send(presented(sitting))  # P-13
                await admission.ask_again(link, greeting, identity.journal, sitting.journal.key, request)
                return await self._admitted(link, greeting, request)
            except Problem as problem:
                self._desk.refused(problem.sentence, final=False)
                await self._drop()
                await asyncio.sleep(max(0.2, self._backoff.next_s()))

    async def _open(self, addresses: tuple[HubAddress, ...], check: Check) -> Link:
        if self.cut:
            raise Unreachable("The cable is pulled.")
        reached = self._reached
        ordered = tuple(sorted(addresses, key=lambda address: address != reached))
        self._in_vain += 1
        if self._in_vain % LISTEN_ANEW == 0 and self._own_browser:
            await self._browser.restart()
        self._link = await first_link(ordered, check)
        self._in_vain = 0
        self._reached = self._link.address
        return self._link

    def _right_hub(self, code: AccessCode, hubs: tuple[HubAddress, ...]) -> Check:
        """Return the check before a join at these addresses, which are empty where it is looked for."""
        pinned = next((hub.fingerprint for hub in hubs if hub.fingerprint is not None), self._pin)
        return by_code(code, self._codes, pinned)

    async def _announced(self) -> tuple[HubAddress, ...]:
        """Return the announced addresses, waiting a little for the first."""
        for _ in range(int(BROWSE_FIRST_S / 0.05)):
            if self._browser.hubs():
                break
            await asyncio.sleep(0.05)
        return self._browser.addresses()

    def _addresses_to_keep(self, link: Link) -> tuple[HubAddress, ...]:
        """Return every address of the hub that is known, the one that worked first, pinned to its certificate."""
        announced = self._browser.addresses(link.identity.exam_id)
        every = dict.fromkeys((address.host, address.port) for address in (link.address, *self._known, *announced))
        return tuple(HubAddress(host, port, link.identity.fingerprint) for host, port in every)

    async def _lookup(
        self, code: str, text: str, hubs: tuple[HubAddress, ...], then: Callable[[tuple[Candidate, ...], bool], None]
    ) -> None:
        try:
            parsed = parse_code(code)
            if not hubs:
                await self._browser.start()
            link = await first_link(hubs or await self._announced(), self._right_hub(parsed, hubs))
            try:
                await admission.welcome(link)
                found = await admission.lookup(link, parsed, text)
            finally:
                await link.close()
        except Problem as problem:
            self._desk.refused(problem.sentence, final=False)
            return
        then(found.candidates, found.exact)
