"""Another hub with this exam's key on the same network: nothing can prevent it, so staff are told.

What is announced is a hint that anybody can send (T1): it is shown, and nothing follows from it.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable

from zeroconf import IPVersion, ServiceStateChange, Zeroconf
from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo, AsyncZeroconf

from shared.discovery.records import EXAM_HINT_BYTES, SERVICE_TYPE, decode_txt
from shared.ids import ExamId
from shared.problems import PeerFault

log = logging.getLogger(__name__)

ASK_MS = 3000
MOST = 8
_TWO = (
    "Another hub of this exam is on this network ({where}), with the same key. Two must not run at once: each has a "
    "part of the work. Decide for one and switch the other one off now. No work is lost: students' PCs go on, find "
    "the one that stays, and hand over everything to it."
)


class Neighbours:
    """Looks for hubs that announce the same exam with the same key; lives on the loop's thread.

    Attributes:
        on_change: called when what is known changed.
    """

    def __init__(self, exam: ExamId, fingerprint: bytes, on_change: Callable[[], None]) -> None:
        self._exam = exam
        self._fingerprint = fingerprint
        self.on_change = on_change
        self._mine = ""
        self._own: tuple[str, ...] = ()
        self._twins: dict[str, str] = {}
        self._browser: AsyncServiceBrowser | None = None
        self._zeroconf: AsyncZeroconf | None = None
        self._asking: set[asyncio.Task[None]] = set()

    def start(self, zeroconf: AsyncZeroconf, mine: str, own: tuple[str, ...]) -> None:
        """Look from now on; `mine` is the name under which this hub is announced, `own` its addresses."""
        self._zeroconf, self._mine, self._own = zeroconf, mine, own
        self._twins.pop(mine, None)
        self._browser = AsyncServiceBrowser(zeroconf.zeroconf, SERVICE_TYPE, handlers=[self._changed])

    async def stop(self) -> None:
        """Look no more, before the zeroconf that was given is closed."""
        browser, self._browser, self._zeroconf = self._browser, None, None
        for task in self._asking:
            task.cancel()
        await asyncio.gather(*self._asking, return_exceptions=True)
        if browser is not None:
            await browser.async_cancel()

    def look_again(self) -> None:
        """Ask those that are known whether they are still there: a laptop that died takes nothing back."""
        if self._zeroconf is not None:
            for name in list(self._twins):
                self._ask_for(self._zeroconf.zeroconf, name)

    def sentence(self) -> str:
        """Return what staff should know, empty where this hub is alone."""
        return _TWO.format(where=", ".join(sorted(set(self._twins.values())))) if self._twins else ""

    def _changed(self, zeroconf: Zeroconf, service_type: str, name: str, state_change: ServiceStateChange) -> None:
        del service_type
        if state_change is ServiceStateChange.Removed:
            self._forget(name)
        elif name != self._mine and len(self._asking) < MOST:
            self._ask_for(zeroconf, name)

    def _ask_for(self, zeroconf: Zeroconf, name: str) -> None:
        task = asyncio.get_running_loop().create_task(self._ask(zeroconf, name))
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)

    async def _ask(self, zeroconf: Zeroconf, name: str) -> None:
        info = AsyncServiceInfo(SERVICE_TYPE, name)
        if not await info.async_request(zeroconf, ASK_MS) or not info.port:
            self._forget(name)
            return
        with contextlib.suppress(PeerFault):
            advert = decode_txt(info.properties)
            same = self._exam[:EXAM_HINT_BYTES] == advert.exam_hint and advert.fits(self._fingerprint)
            if same and len(self._twins) < MOST:
                addresses = [each for each in info.parsed_addresses(IPVersion.V4Only) if each not in self._own]
                self._note(name, f"{(addresses or ['this computer'])[0]}, port {info.port}")

    def _note(self, name: str, where: str) -> None:
        if self._twins.get(name) != where:
            log.warning("another hub announces this exam with the same key")
            self._twins[name] = where
            self.on_change()

    def _forget(self, name: str) -> None:
        if self._twins.pop(name, None) is not None:
            self.on_change()
