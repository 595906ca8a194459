"""Several hubs at once: one that the window works with, and others that are watched beside it.

Each watched hub has a connection and a state of its own; one that is gone stays listed with what was known last, and
disturbs no other.
"""

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from instructor_app.bridge import Bridge, Link
from instructor_app.colleague import colleague_file
from instructor_app.opening import Opening, address_of
from instructor_app.preferences import Preferences, WatchedHub
from instructor_app.state import ClassState
from instructor_app.words import tr
from shared.clock import Clock
from shared.exam.whole_file import write_private
from shared.problems import EnvironmentProblem


class Room(QObject):
    """One hub as it is watched.

    Attributes:
        changed: its connection, its exam or its counts changed.
        reached: whether it is connected now.
        lost_ms: since when it is not reached; None while it is, or if it never was.
        why: what the connection says of itself.
        file: what it was added by; None for the hub that the window works with.
    """

    changed = Signal()

    def __init__(self, state: ClassState, bridge: Bridge, clock: Clock, file: WatchedHub | None) -> None:
        super().__init__()
        self.state, self.bridge, self.file = state, bridge, file
        self._clock = clock
        self.reached = bridge.link is Link.UP
        self.lost_ms: int | None = None
        self.why = ""
        bridge.link_changed.connect(self._link_changed)
        state.exam_changed.connect(self.changed)
        state.counts_changed.connect(self.changed)

    @property
    def key(self) -> str:
        """What names it among the others."""
        return self.file.path if self.file is not None else ""

    @property
    def title(self) -> str:
        """Return the room, or the exam where no room is named, or the file."""
        exam = self.state.exam
        if exam is None:
            return Path(self.key).parent.name or self.key if self.key else tr("This window's hub")
        rooms = list(dict.fromkeys(each.room for each in exam.sections if each.room))
        return ", ".join(rooms[:3]) or exam.room or exam.short_name

    def _link_changed(self, link: Link, why: str) -> None:
        was, self.reached, self.why = self.reached, link is Link.UP, why
        if self.reached:
            self.lost_ms = None
        elif was:
            self.lost_ms = self._clock.wall_ms()
        self.changed.emit()


class Rooms(QObject):
    """The hub of the window and all that are watched beside it.

    Attributes:
        changed: a hub was added or taken off.
        own: the hub of the window.
    """

    changed = Signal()

    def __init__(self, own: Room, opening: Opening, preferences: Preferences, clock: Clock) -> None:
        super().__init__()
        self.own, self._opening, self._preferences, self._clock = own, opening, preferences, clock
        self._others: dict[str, Room] = {}
        self._started = False
        own.state.names_changed.connect(self._names_changed)

    def all(self) -> list[Room]:
        """Return the window's own hub first, then the others in the order in which they were added."""
        return [self.own, *self._others.values()]

    def others(self) -> list[Room]:
        """Return the hubs beside the window's own."""
        return list(self._others.values())

    def start(self) -> None:
        """Connect to the hubs of earlier times; once."""
        if not self._started:
            self._started = True
            for hub in self._preferences.watched():
                if hub.path not in self._others and not self._is_own(hub):
                    self._begin(hub)
            self.changed.emit()

    def add(self, path: Path, address: str = "") -> None:
        """Watch the hub that a file names, reached at `address` where that is another than the file says.

        Raises:
            InputProblem: the address is none.
            EnvironmentProblem: the file can't be read.
        """
        hub = WatchedHub(path=str(path.resolve()), address=address.strip())
        address_of(hub)
        self.watch(hub)

    def watch(self, hub: WatchedHub) -> None:
        """Watch a hub from now on, also after the next start."""
        self._preferences.keep_watched([*(each for each in self._preferences.watched() if each.path != hub.path), hub])
        self.remove(hub.path, forget=False)
        self._begin(hub)
        self.changed.emit()

    def write_for_colleague(self, path: Path, role: str) -> None:
        """Write the file with which a colleague watches the window's own hub.

        Raises:
            EnvironmentProblem: this laptop is not the hub's own, or the file can't be written.
        """
        own, exam = self._opening.attached, self.own.state.exam
        if own is None or exam is None:
            raise EnvironmentProblem(tr("No hub is connected. Open an exam first."))
        host = exam.addresses[0] if exam.addresses else "127.0.0.1"
        write_private(path, colleague_file(Path(own.path), role, host))

    def remove(self, key: str, *, forget: bool = True) -> None:
        """Watch a hub no longer; the hub itself goes on."""
        room = self._others.pop(key, None)
        if room is not None:
            room.bridge.close()
        if forget:
            self._preferences.keep_watched([each for each in self._preferences.watched() if each.path != key])
            self.changed.emit()

    def go_to(self, key: str) -> None:
        """Let the window work with a watched hub; the one so far is watched from now on."""
        room = self._others.get(key)
        if room is None or room.file is None:
            return
        before = self._opening.attached
        self.remove(key)
        if before is not None:
            self.watch(before)
        self._opening.attach_to(room.file)
        self.changed.emit()

    def close(self) -> None:
        """End all connections but the window's own."""
        for room in self._others.values():
            room.bridge.close()
        self._others.clear()

    def _names_changed(self) -> None:
        """Hide the names of every room where they are hidden in the window, or show them again."""
        for room in self._others.values():
            room.state.hide_names(self.own.state.names_hidden)

    def _is_own(self, hub: WatchedHub) -> bool:
        own = self._opening.attached
        return own is not None and Path(own.path).resolve() == Path(hub.path).resolve()

    def _begin(self, hub: WatchedHub) -> None:
        bridge = Bridge()
        room = Room(ClassState(bridge, self._clock), bridge, self._clock, hub)
        self._others[hub.path] = room
        if self.own.state.names_hidden:
            room.state.hide_names(True)
        bridge.connect_to(self._opening.opener(hub))
