"""Exams that announce themselves on the network: a hint, never a proof. Who answers is checked when connecting."""

import asyncio
import logging
from collections.abc import Callable

from zeroconf import IPVersion, ServiceStateChange, Zeroconf
from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo, AsyncZeroconf

from shared.discovery.records import SERVICE_TYPE, decode_txt
from shared.ids import ExamId
from shared.problems import PeerFault
from student_app.core.ports import FoundHub, HubAddress

ASK_MS = 3_000
_log = logging.getLogger(__name__)


class Browser:
    """Listens for advertisements from `start` to `close`; `found` is called in the loop after each change."""

    def __init__(self, found: Callable[[tuple[FoundHub, ...]], None]) -> None:
        self._hubs: dict[str, FoundHub] = {}
        self._found = found
        self._zeroconf: AsyncZeroconf | None = None
        self._browser: AsyncServiceBrowser | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Begin to listen; where the network does not allow it, typed addresses still work."""
        if self._zeroconf is not None:
            return
        try:
            self._zeroconf = AsyncZeroconf(ip_version=IPVersion.All)
        except OSError:
            try:
                self._zeroconf = AsyncZeroconf(ip_version=IPVersion.V4Only)
            except OSError:
                _log.info("this PC's network allows no multicast")
                return
        self._browser = AsyncServiceBrowser(self._zeroconf.zeroconf, SERVICE_TYPE, handlers=[self._changed])

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
        await self.close()
        self._zeroconf = self._browser = None
        await self.start()

    async def close(self) -> None:
        """Listen no more."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._browser is not None:
            await self._browser.async_cancel()
        if self._zeroconf is not None:
            await self._zeroconf.async_close()

    def _changed(self, zeroconf: Zeroconf, service_type: str, name: str, state_change: ServiceStateChange) -> None:
        if state_change is ServiceStateChange.Removed:
            if self._hubs.pop(name, None) is not None:
                self._found(self.hubs())
            return
        task = asyncio.get_running_loop().create_task(self._ask(zeroconf, service_type, name))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

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
        hub = FoundHub(name, advert.title, advert.room, state, addresses, advert.exam_hint)
        self._hubs[name] = hub
        self._found(self.hubs())
