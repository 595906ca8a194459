"""What this person chose and what the window remembers: one INI file, read by everything through one object."""

from pathlib import Path
from typing import Literal, cast, get_args

import msgspec
from PySide6.QtCore import QByteArray, QSettings

from instructor_app.begun import BegunNotes
from instructor_app.indicators import THRESHOLDS, defaults
from instructor_app.theme import Choice

Area = Literal["window", "rail", "table", "split"]
MAX_RECENT = 12
MAX_VIEWS = 30


class RecentExam(msgspec.Struct, frozen=True, kw_only=True):
    """An exam that was open on this laptop."""

    path: str
    data: str
    title: str
    opened_ms: int


class SavedView(msgspec.Struct, frozen=True, kw_only=True):
    """A view of a table: what it shows and how; `columns` is the header's state in base 64.

    The last three are filters of the review queue alone.
    """

    name: str
    statuses: tuple[str, ...] = ()
    search: str = ""
    section: str = ""
    only_marked: bool = False
    columns: str = ""
    signals: str = ""
    reviewer: str = ""
    alike: str = ""


class WatchedHub(msgspec.Struct, frozen=True, kw_only=True):
    """Another hub that this person watches: its file, and its address where the file's is not the one from here."""

    path: str
    address: str = ""


class Preferences:
    """Settings, remembered places and begun notes; an empty path keeps nothing beyond the program's end."""

    def __init__(self, file: Path | None) -> None:
        self.begun = BegunNotes(None if file is None else file.parent / "begun-notes")
        self._values: dict[str, object] = {}
        self._limits: dict[str, int] | None = None
        self._store = QSettings(str(file), QSettings.Format.IniFormat) if file is not None else None

    @property
    def theme(self) -> Choice:
        """The theme; `system` follows the system."""
        value = self._read("look/theme", "system")
        return cast(Choice, value) if value in get_args(Choice) else "system"

    @theme.setter
    def theme(self, value: Choice) -> None:
        self._write("look/theme", value)

    @property
    def points(self) -> float:
        """Size of the interface's font in points; 0 is the system's."""
        try:
            return float(str(self._read("look/points", 0)))
        except ValueError:
            return 0

    @points.setter
    def points(self, value: float) -> None:
        self._write("look/points", value)

    @property
    def name(self) -> str:
        """Who sits here, for the audit log."""
        return str(self._read("person/name", ""))

    @name.setter
    def name(self, value: str) -> None:
        self._write("person/name", value)

    def recent(self) -> list[RecentExam]:
        """Return the exams that were open, the last one first."""
        try:
            return msgspec.json.decode(str(self._read("exams/recent", "[]")), type=list[RecentExam])
        except msgspec.DecodeError:
            return []

    def remember_exam(self, exam: RecentExam) -> None:
        """Put an exam on top of the recent ones."""
        others = [entry for entry in self.recent() if entry.path != exam.path]
        self._write("exams/recent", msgspec.json.encode([exam, *others][:MAX_RECENT]).decode())

    def forget_exam(self, path: str) -> None:
        """Take an exam off the list; its files stay."""
        kept = [entry for entry in self.recent() if entry.path != path]
        self._write("exams/recent", msgspec.json.encode(kept).decode())

    def limits(self) -> dict[str, int]:
        """Return the thresholds of what wants a look, by kind; wrong values count as the default."""
        if self._limits is not None:
            return self._limits
        kept = defaults()
        for each in THRESHOLDS:
            value = str(self._read(f"look-at/{each.kind}", each.default))
            if value.isdecimal():
                kept[each.kind] = min(int(value), each.most)
        self._limits = kept  # asked for with every changed row
        return kept

    def keep_limit(self, kind: str, value: int) -> None:
        """Keep a threshold; 0 switches it off."""
        self._limits = None
        self._write(f"look-at/{kind}", value)

    def views(self, page: str = "live") -> list[SavedView]:
        """Return the saved views of a page, by name."""
        try:
            return msgspec.json.decode(str(self._read(f"{page}/views", "[]")), type=list[SavedView])
        except msgspec.DecodeError:
            return []

    def keep_view(self, view: SavedView, page: str = "live") -> None:
        """Keep a view; one of the same name is replaced."""
        others = [each for each in self.views(page) if each.name != view.name]
        kept = sorted([*others, view], key=lambda each: each.name.casefold())
        self._write(f"{page}/views", msgspec.json.encode(kept[:MAX_VIEWS]).decode())

    def forget_view(self, name: str, page: str = "live") -> None:
        """Forget a view."""
        kept = [each for each in self.views(page) if each.name != name]
        self._write(f"{page}/views", msgspec.json.encode(kept).decode())

    def watched(self) -> list[WatchedHub]:
        """Return the hubs that are watched beside the window's own."""
        try:
            return msgspec.json.decode(str(self._read("hubs/watched", "[]")), type=list[WatchedHub])
        except msgspec.DecodeError:
            return []

    def keep_watched(self, hubs: list[WatchedHub]) -> None:
        """Watch these hubs and no others from the next start on."""
        self._write("hubs/watched", msgspec.json.encode(hubs).decode())

    def answers(self, first: list[str]) -> list[str]:
        """Return the ready answers; `first` until the person changed them."""
        try:
            return msgspec.json.decode(str(self._read("person/answers", "")), type=list[str])
        except msgspec.DecodeError:
            return first

    def keep_answers(self, texts: list[str]) -> None:
        """Keep these ready answers and no others."""
        self._write("person/answers", msgspec.json.encode(texts).decode())

    def remember(self, area: Area, name: str, state: QByteArray) -> None:
        """Keep the layout of something."""
        self._write(f"{area}/{name}", bytes(state.toBase64().data()).decode())

    def remembered(self, area: Area, name: str) -> QByteArray:
        """Return a kept layout; empty when there is none."""
        return QByteArray.fromBase64(str(self._read(f"{area}/{name}", "")).encode())

    def _read(self, name: str, default: object) -> object:
        if self._store is None:
            return self._values.get(name, default)
        return self._store.value(name, default)

    def _write(self, name: str, value: object) -> None:
        if self._store is None:
            self._values[name] = value
        else:
            self._store.setValue(name, value)
