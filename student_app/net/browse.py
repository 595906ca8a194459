"""Exams that announce themselves on the network: a hint, never a proof. Who answers is checked when connecting."""

import asyncio
import contextlib
import logging
from collections.abc import Callable

from zeroconf import IPVersion, NotRunningException, ServiceStateChange, Zeroconf
from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo, AsyncZeroconf

from shared.discovery.records import SERVICE_TYPE, decode_txt
from shared.ids import ExamId
from shared.problems import PeerFault
from student_app.core.ports import FoundHub, HubAddress

ASK_MS = 3_000
START_SECONDS = 60.0
"""How long a start may take on a PC that is busy, before its sockets are given up."""
_log = logging.getLogger(__name__)


class Browser:
    """Listens for advertisements from `start` to `close`; `found` is called in the loop after each change."""

    def __init__(self, found: Callable[[tuple[FoundHub, ...]], None]) -> None:
        self._hubs: dict[str, FoundHub] = {}
        self._found = found
        self._listening: tuple[AsyncZeroconf, AsyncServiceBrowser] | None = None
        self._asking: set[asyncio.Task[None]] = set()
        self._ending: set[asyncio.Task[None]] = set()
        self._closed = False

    async def start(self) -> None:
        """Begin to listen; where the network does not allow it, typed addresses still work."""
        if self._listening is not None or self._closed:
            return
        zeroconf = _opened()
        if zeroconf is not None:
            browser = AsyncServiceBrowser(zeroconf.zeroconf, SERVICE_TYPE, handlers=[self._changed])
            self._listening = zeroconf, browser

    def hubs(self) -> tuple[FoundHub, ...]:
        """Return what is announced now, by name."""
        return tuple(hub for _, hub in sorted(self._hubs.items()))

    def addresses(self, exam: ExamId | None = None) -> tuple[HubAddress, ...]:
        """Return all addresses that are announced, or those that claim to serve an exam."""
        return tuple(
            address for hub in self.hubs() if exam is None or exam.startswith(hub.exam) for address in hub.addresses
        )

    async def restart(self) -> None:
        """Listen anew: the PC may have got another network since."""
        await self._stop()
        await self.start()

    async def close(self) -> None:
        """Listen no more, for good; afterwards every socket is closed."""
        self._closed = True
        await self._stop()

    async def _stop(self) -> None:
        """End what goes on. Who waits may be cancelled, the ending is not: it would leave sockets open."""
        listening, self._listening = self._listening, None
        if listening is not None:
            task = asyncio.create_task(self._end(*listening))
            self._ending.add(task)
            task.add_done_callback(self._ending.discard)
        if self._ending:
            await asyncio.wait(self._ending)

    async def _end(self, zeroconf: AsyncZeroconf, browser: AsyncServiceBrowser) -> None:
        for task in self._asking:
            task.cancel()
        await asyncio.gather(*self._asking, return_exceptions=True)
        with contextlib.suppress(NotRunningException):  # a start that goes on would leave its sockets open
            await zeroconf.zeroconf.async_wait_for_start(START_SECONDS)
        try:
            await browser.async_cancel()
        finally:
            await zeroconf.async_close()

    def _changed(self, zeroconf: Zeroconf, service_type: str, name: str, state_change: ServiceStateChange) -> None:
        if state_change is ServiceStateChange.Removed:
            if self._hubs.pop(name, None) is not None:
                self._found(self.hubs())
            return
        task = asyncio.get_running_loop().create_task(self._ask(zeroconf, service_type, name))
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)

    async def _ask(self, zeroconf: Zeroconf, service_type: str, name: str) -> None:
        info = AsyncServiceInfo(service_type, name)
        if not await info.async_request(zeroconf, ASK_MS) or not info.port:
            return
        try:
            advert = decode_txt(info.properties)
        except PeerFault:
            return
        addresses = tuple(HubAddress(host, info.port) for host in info.parsed_scoped_addresses(IPVersion.All))
        state = advert.phase.value if advert.phase is not None else ""
        hub = FoundHub(
            name,
            advert.title,
            advert.room,
            state,
            addresses,
            advert.exam_hint,
            advert.instructor,
            advert.sections,
        )
        self._hubs[name] = hub
        self._found(self.hubs())


def _opened() -> AsyncZeroconf | None:
    """Return what listens on every network of this PC, by IPv4 alone where IPv6 can't be, None where nothing can."""
    for versions in (IPVersion.All, IPVersion.V4Only):
        try:
            return AsyncZeroconf(ip_version=versions)
        except (OSError, RuntimeError):  # zeroconf's RuntimeError: there is no interface at all
            continue
    _log.info("this PC's network allows no multicast")
    return None
