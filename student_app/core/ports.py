"""What the desk asks of the network, and what it joins with."""

from typing import Protocol

import msgspec

from shared.crypto.keys import SigningKey
from shared.ids import DeviceId, JournalId
from student_app.core.sitting import Sitting


class HubAddress(msgspec.Struct, frozen=True):
    """Where a hub may be; `fingerprint` (SHA-256 of its certificate) where it is known already."""

    host: str
    port: int
    fingerprint: bytes | None = None


class FoundHub(msgspec.Struct, frozen=True):
    """An exam that announces itself on the network. Seen does not mean reachable, and proves nothing."""

    name: str
    title: str
    room: str
    state: str
    addresses: tuple[HubAddress, ...]
    exam: bytes = b""
    instructor: str = ""
    sections: str = ""


class JoinRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What a student typed, and what the new journal will be called; `hubs` empty: look for one."""

    code: str
    student: str
    name: str = ""
    seat: str = ""
    hubs: tuple[HubAddress, ...] = ()
    device: DeviceId
    device_name: str
    journal: JournalId
    key: SigningKey


class Net(Protocol):
    """The network as the desk sees it; every method returns at once."""

    def look(self) -> None:
        """Look for exams on the network from now on, and tell the desk about them."""
        ...

    def join(self, request: JoinRequest) -> None:
        """Join: the desk hears `admitted`, `held` or `refused`. An earlier request is given up."""
        ...

    def cancel(self) -> None:
        """Give up the join that goes on, if there is one; the desk hears nothing more of it."""
        ...

    def go_on(self, sitting: Sitting, hubs: tuple[HubAddress, ...]) -> None:
        """Keep this journal in sync with its hub, whenever that can be reached."""
        ...

    def sealed(self, last: int, link: bytes) -> None:
        """The journal has more to send."""
        ...

    def close(self) -> None:
        """End all connections, after what is on its way."""
        ...
