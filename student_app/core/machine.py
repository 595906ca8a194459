"""What the desk needs of the PC it runs on, gathered once by the composition root."""

from dataclasses import dataclass

from shared.clock import Chance, Clock
from shared.ids import DeviceId
from student_app.core.committer import Committer


@dataclass(frozen=True, slots=True)
class Machine:
    """Clock, chance and committer, and how this PC is called in the record.

    `boot` is a number that changes whenever the PC starts, so that times of the monotonic clock can be compared.
    """

    clock: Clock
    chance: Chance
    committer: Committer
    boot: int
    device: DeviceId
    device_name: str
    user: str
    platform: str
    python: str
    app: str
