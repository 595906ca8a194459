"""Making the exam appear by itself: zeroconf, registered again when this laptop's addresses change.

A classroom without multicast is normal: whatever goes wrong here is told to staff and never stops the hub.
"""

import asyncio
import contextlib
import logging
import socket
from collections.abc import Callable

from zeroconf import Error, IPVersion, NotRunningException, ServiceInfo
from zeroconf.asyncio import AsyncZeroconf

from examdesk.hub.addresses import own_addresses
from examdesk.hub.changes import Changes
from examdesk.hub.neighbours import Neighbours
from examdesk.hub.records.identity import Identity
from shared.discovery.display import cut
from shared.discovery.records import (
    EXAM_HINT_BYTES,
    KEY_HINT_BYTES,
    MAX_NAME_BYTES,
    SERVICE_TYPE,
    Advert,
    Phase,
    encode_txt,
    service_name,
)
from shared.exam.document import Exam

log = logging.getLogger(__name__)

START_SECONDS = 60.0
"""How long a start may take on a computer that is busy, before its sockets are given up."""
LOOK_SECONDS = 2.0
_LOOK_AT_OTHERS = 10
_FAILED = "Students don't see this exam by itself ({reason}). Tell them the address and the code instead."


class Advertiser:
    """Keeps the advertisement up to date.

    Attributes:
        problem: a sentence for staff while students can't see the exam by itself, else empty.
        neighbours: other hubs of this exam on the network.
    """

    def __init__(self, identity: Identity, exam: Exam, changes: Changes, generation: int = 0) -> None:
        """`generation` counts takeovers: a hub that took over has a name of its own, so that both are seen."""
        self._identity = identity
        self._exam = exam
        self._changes = changes
        self._zeroconf: AsyncZeroconf | None = None
        self._said: tuple[tuple[str, ...], Phase] | None = None
        self._task: asyncio.Task[None] | None = None
        self.problem = ""
        self._suffix = f"-{generation + 1}" if generation else ""
        self._name = ""
        self.neighbours = Neighbours(identity.exam, identity.fingerprint, lambda: changes.topic("exam"))

    @property
    def on(self) -> bool:
        """Whether the exam is advertised now."""
        return self._zeroconf is not None and not self.problem

    async def start(self, port: int, phase: Callable[[], Phase]) -> None:
        """Advertise from now on."""
        await self._refresh(port, phase)
        self._task = asyncio.create_task(self._look(port, phase))

    async def stop(self) -> None:
        """Take the advertisement back."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._close()

    async def _look(self, port: int, phase: Callable[[], Phase]) -> None:
        for number in range(1, 1 << 62):
            await asyncio.sleep(LOOK_SECONDS)
            await self._refresh(port, phase)
            if number % _LOOK_AT_OTHERS == 0:
                self.neighbours.look_again()

    async def _refresh(self, port: int, phase: Callable[[], Phase]) -> None:
        said = (own_addresses(), phase())
        if said == self._said and not self.problem:
            return
        before = self.problem
        try:
            await self._say(port, *said)
        except (OSError, Error, TimeoutError) as error:
            reason = getattr(error, "strerror", None) or type(error).__name__
            self.problem = _FAILED.format(reason=reason)
            log.warning("the exam can't be advertised: %s", reason)
            await self._close()
        else:
            self.problem = ""
        if self.problem != before:
            self._changes.topic("exam")

    async def _say(self, port: int, addresses: tuple[str, ...], phase: Phase) -> None:
        if self._zeroconf is not None and self._said is not None and self._said[0] == addresses:
            info = self._info(port, addresses, phase)
            info.name = self._name  # another hub may have had the name that it would have by itself
            await self._zeroconf.async_update_service(info)
        else:
            await self._close()  # sockets belong to addresses: new ones need new sockets
            self._zeroconf = AsyncZeroconf(ip_version=IPVersion.V4Only)
            info = self._info(port, addresses, phase)
            done = await self._zeroconf.async_register_service(info, allow_name_change=True)
            await done
            self._name = info.name
            self.neighbours.start(self._zeroconf, info.name, addresses)
        self._said = (addresses, phase)

    async def _close(self) -> None:
        zeroconf, self._zeroconf, self._said = self._zeroconf, None, None
        await self.neighbours.stop()
        if zeroconf is not None:
            with contextlib.suppress(NotRunningException):  # a start that goes on would leave its sockets open
                await zeroconf.zeroconf.async_wait_for_start(START_SECONDS)
            await zeroconf.async_close()

    def _info(self, port: int, addresses: tuple[str, ...], phase: Phase) -> ServiceInfo:
        sections = self._exam.sections
        room = ", ".join(dict.fromkeys(section.room for section in sections if section.room))
        advert = Advert(
            title=self._exam.long_name,
            room=room,
            phase=phase,
            exam_hint=self._identity.exam[:EXAM_HINT_BYTES],
            key_hint=self._identity.fingerprint[:KEY_HINT_BYTES],
            instructor=self._exam.instructor,
            sections=", ".join(section.name for section in sections),
        )
        name = cut(service_name(self._exam.long_name, room), MAX_NAME_BYTES - len(self._suffix))
        return ServiceInfo(
            SERVICE_TYPE,
            f"{name}{self._suffix}.{SERVICE_TYPE}",
            port=port,
            addresses=[socket.inet_aton(address) for address in addresses],
            properties=encode_txt(advert),
            server=f"examdesk-{self._identity.fingerprint[:5].hex()}.local.",
        )
