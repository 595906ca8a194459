"""The composition root: builds everything once and hands it on."""

from pathlib import Path

import platformdirs
from PySide6.QtWidgets import QApplication

from instructor_app.bridge import Bridge
from instructor_app.kept_key import KeptKey
from instructor_app.kit import Kit
from instructor_app.opening import Opening
from instructor_app.preferences import Preferences
from instructor_app.rooms import Room, Rooms
from instructor_app.state import ClassState
from instructor_app.theme import Choice, Look
from instructor_app.tuning import collect_here
from instructor_app.window import MainWindow
from shared.clock import Clock, SystemClock


def settings_file() -> Path:
    """Return where this person's settings are."""
    return Path(platformdirs.user_config_dir("examdesk", appauthor=False)) / "instructor.ini"


class Program:
    """The instructor's program: one window on one hub."""

    def __init__(
        self,
        app: QApplication,
        *,
        preferences: Preferences,
        theme: Choice | None = None,
        data: Path | None = None,
        name: str = "",
        clock: Clock | None = None,
    ) -> None:
        clock = clock or SystemClock()
        self.look = Look(app, theme or preferences.theme, preferences.points)
        self.bridge = Bridge()
        collect_here(self.bridge)
        self.state = ClassState(self.bridge, clock)
        key = KeptKey(self.bridge, self.state, clock)
        self.kit = Kit(self.look, preferences, self.bridge, self.state, clock, key)
        self.opening = Opening(self.bridge, preferences, clock, data=data, name=name)
        own = Room(self.state, self.bridge, clock, None)
        self.rooms = Rooms(own, self.opening, preferences, clock)
        self.window = MainWindow(self.kit, self.opening, self.rooms)

    def close(self) -> None:
        """End threads and the window; a hub that runs goes on."""
        self.window.close()
        self.rooms.close()
        self.bridge.close()
