"""Which hub this window belongs to: found, started, or started again."""

import hashlib
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec
from PySide6.QtCore import QObject, Signal

from examdesk.staffapi.client import HubAddress, open_client, read_hub_file
from instructor_app.bridge import Bridge
from instructor_app.engine import HUB_FILE, TAKEN_OVER, HubStarter, data_folder, exams_folder, hub_runs
from instructor_app.port import Hub
from instructor_app.preferences import Preferences, RecentExam, WatchedHub
from instructor_app.words import tr
from shared.clock import Clock
from shared.problems import InputProblem


class Opening(QObject):
    """Opens exams: starts their hubs and connects to them.

    Attributes:
        ready: a hub serves.
        attached: the hub that the window works with.
        opener: what connects to a hub, given where it is.
        failed: (sentence) none does.
    """

    ready = Signal()
    failed = Signal(str)

    def __init__(
        self, bridge: Bridge, preferences: Preferences, clock: Clock, *, data: Path | None = None, name: str = ""
    ) -> None:
        super().__init__()
        self._bridge, self._preferences, self._clock = bridge, preferences, clock
        self._data, self._name = data, name
        self._exam: Path | None = None
        self.attached: WatchedHub | None = None
        self.opener: Callable[[WatchedHub], Callable[[], Awaitable[Hub]]] = self._over_the_network
        self._taken: RecentExam | None = None
        self._starter = HubStarter(self)
        self._starter.ready.connect(self._serves)
        self._starter.failed.connect(self.failed)

    def open_exam(self, path: Path) -> None:
        """Open an exam folder or .exam file."""
        if not path.exists():
            words = tr(
                "There is no exam at {path}. Was it moved, or is the stick missing? Open it where it is now.", path=path
            )
            self.failed.emit(words)
            return
        self._exam = path
        data = self._data or data_folder(path)
        self._preferences.remember_exam(
            RecentExam(path=str(path), data=str(data), title=path.name, opened_ms=self._clock.wall_ms())
        )
        self._starter.start(path, data)

    def take_over(self, key: Path, passphrase: str) -> None:
        """Become the hub of the exam in a key file; its records begin here, empty."""
        try:
            name = hashlib.sha256(key.read_bytes()).hexdigest()[:16]
        except OSError as error:
            self.failed.emit(tr("{file} can't be read: {why}", file=key.name, why=error.strerror))
            return
        data = self._data or exams_folder() / f"taken-over-{name}"
        self._exam = data / TAKEN_OVER
        self._taken = RecentExam(path=str(self._exam), data=str(data), title=key.stem, opened_ms=self._clock.wall_ms())
        self._starter.take_over(key, passphrase, data)

    def reconnect(self) -> bool:
        """Connect to the hub that already serves our data, if one does."""
        if self._data is None or not hub_runs(self._data / HUB_FILE):
            return False
        self.attach(self._data / HUB_FILE)
        return True

    def absence(self) -> str:
        """Say that no hub serves our data, and what to do."""
        if self._data is None:
            return ""
        if not self._data.exists():
            return tr("There is no folder {data}. Check the path after --data, or open the exam here.", data=self._data)
        return tr(
            "No hub serves the records in {data} now. Open their exam and its hub goes on with the same records.",
            data=self._data,
        )

    def attach(self, hub_file: Path) -> None:
        """Stay connected to the hub that `hub_file` names, also after it was started anew."""
        self.attach_to(WatchedHub(path=str(hub_file)))

    def attach_to(self, hub: WatchedHub) -> None:
        """Stay connected to a hub, at the address that is known of it."""
        self.attached = hub
        self._bridge.connect_to(self.opener(hub))

    def _over_the_network(self, hub: WatchedHub) -> Callable[[], Awaitable[Hub]]:
        """Return what connects to a hub under this person's name."""
        person = self._preferences.name or self._name or tr("Instructor")

        async def opener() -> Hub:
            return await open_client(address_of(hub), person)

        return opener

    def can_restart(self) -> bool:
        """Tell whether this window knows the exam of the lost hub."""
        return self._exam is not None and not self._starter.busy

    def restart(self) -> None:
        """Start the lost hub again: with the same data it is the same hub."""
        if self._exam is not None:
            self.open_exam(self._exam)

    def _serves(self, hub_file: Path) -> None:
        if self._taken is not None:
            self._preferences.remember_exam(self._taken)
            self._taken = None
        self.attach(hub_file)
        self.ready.emit()


def address_of(hub: WatchedHub) -> HubAddress:
    """Return where a watched hub is reached: as its file says, at the address that the person gave.

    Raises:
        InputProblem: the address is none.
        EnvironmentProblem: the file can't be read.
    """
    found = read_hub_file(Path(hub.path))
    if not hub.address:
        return found
    host, _, port = hub.address.rpartition(":") if ":" in hub.address else (hub.address, "", "")
    if not host or (port and not port.isdecimal()):
        raise InputProblem(tr("{address} is no address. Write it like 192.168.1.20:23926.", address=hub.address))
    return msgspec.structs.replace(found, host=host, port=int(port or found.port))
