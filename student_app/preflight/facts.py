"""What probes find on a PC and in its network, without any judgement."""

from dataclasses import dataclass, field
from typing import Literal

from student_app.core.surroundings import Surroundings

Outcome = Literal["not asked", "reached", "refused", "silent", "unreachable", "unknown name", "no hub", "other version"]


@dataclass(frozen=True, slots=True)
class Multicast:
    """A multicast packet of this PC to itself, and what was heard.

    Attributes:
        refused: why the system would not send it; empty when it did.
        returned: whether it came back to this PC.
        exams: titles of the exams that announced themselves.
        hub_heard: whether the hub that was reached is among them; None when none was reached.
    """

    refused: str = ""
    returned: bool = False
    exams: tuple[str, ...] = ()
    hub_heard: bool | None = None


@dataclass(frozen=True, slots=True)
class Broadcast:
    """A broadcast packet of this PC to itself (`refused`, `returned` as for multicast)."""

    refused: str = ""
    returned: bool = False


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Other PCs that ran their preflight at the same time: how many were heard, how many answered directly."""

    heard: int = 0
    answered: int = 0


@dataclass(frozen=True, slots=True)
class Hub:
    """The way to the hub.

    Attributes:
        address: `host:port`, empty when none is known.
        outcome: what came of it.
        same_network: whether its address lies in a network of this PC.
        trip_ms: round trip.
        offset_ms: the hub's clock minus this PC's; None when it was not reached.
        title: of the exam.
    """

    address: str = ""
    outcome: Outcome = "not asked"
    same_network: bool = False
    trip_ms: float = 0.0
    offset_ms: float | None = None
    title: str = ""


@dataclass(frozen=True, slots=True)
class Proxy:
    """Proxies that the system or the environment names, as `http://host:port` without names and passwords."""

    proxies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Disk:
    """The disk with the folder of journals.

    Attributes:
        refused: why nothing can be written there; empty when it can.
        kind: of the file system, as the system calls it; empty when it does not say.
        write_ms: how long a small write took to be on the disk.
    """

    folder: str = ""
    refused: str = ""
    free_mb: int = 0
    kind: str = ""
    write_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Python:
    """The Python for student programs; `problem` when there is none."""

    path: str = ""
    version: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Packages:
    """The packages of the exam that this PC is in: a phase of `core.packages`, and the sentence that goes with it."""

    phase: str = "none"
    sentence: str = ""
    joined: bool = False


@dataclass(frozen=True, slots=True)
class Sandbox:
    """How strongly programs are confined: grade and what is missing, with the reason; `problem` when it can't be."""

    grade: str = ""
    missing: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Screen:
    """The size of the screen in points, 0 where nothing told."""

    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that a preflight found."""

    multicast: Multicast = field(default_factory=Multicast)
    broadcast: Broadcast = field(default_factory=Broadcast)
    hub: Hub = field(default_factory=Hub)
    neighbours: Neighbours = field(default_factory=Neighbours)
    proxy: Proxy = field(default_factory=Proxy)
    disk: Disk = field(default_factory=Disk)
    python: Python = field(default_factory=Python)
    packages: Packages = field(default_factory=Packages)
    sandbox: Sandbox = field(default_factory=Sandbox)
    surroundings: Surroundings = field(default_factory=Surroundings)
    screen: Screen = field(default_factory=Screen)
