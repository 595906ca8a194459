"""Watches all rows for what wants a look, quietly: a list and counts, nothing that pops up."""

from collections import Counter
from collections.abc import Iterable

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from examdesk.staffapi.messages import GetLive, LiveRow
from instructor_app.bridge import Bridge
from instructor_app.indicators import Indicator, indicators, maybe_silent
from instructor_app.preferences import Preferences
from instructor_app.state import ClassState, key_of

EVERY_MS = 500
SLICES = 10
"""Everybody is looked at once in `EVERY_MS * SLICES`, a part at a time, so that a picture never waits for all."""
ASK_AGAIN_MS = 20_000


class Watch(QObject):
    """See the module.

    Attributes:
        changed: what wants a look is not the same any more.
        marks: by student what wants a look, the most urgent first; students with nothing are left out.
    """

    changed = Signal()

    def __init__(self, bridge: Bridge, state: ClassState, preferences: Preferences, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge, self._state, self._preferences = bridge, state, preferences
        self.marks: dict[str, list[Indicator]] = {}
        self._seen: set[tuple[str, str]] = set()
        self._asked_ms = 0
        self._slice = 0
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self.look_at_some)
        self._timer.start()
        state.rows_changed.connect(self._take)

    def of(self, row: LiveRow) -> list[Indicator]:
        """Return what wants a look about a student."""
        return self.marks.get(key_of(row), [])

    def unseen(self) -> list[tuple[LiveRow, Indicator]]:
        """Return everything that nobody put away, the most urgent student first."""
        return [(row, mark) for row, mark in self.everything() if (key_of(row), mark.kind) not in self._seen]

    def everything(self) -> list[tuple[LiveRow, Indicator]]:
        """Return everything that wants a look."""
        rows = self._state.rows
        return [(rows[student], mark) for student, marks in self.marks.items() if student in rows for mark in marks]

    def is_seen(self, student: str, kind: str) -> bool:
        """Tell whether somebody put this away."""
        return (student, kind) in self._seen

    def put_away(self, found: Iterable[tuple[str, str]]) -> None:
        """Count these (student, kind) no more until they end and come again."""
        self._seen.update(found)
        self.changed.emit()

    def counts(self) -> Counter[str]:
        """Return how many students have each kind."""
        return Counter(mark.kind for _, mark in self.unseen())

    @Slot()
    def look(self) -> None:
        """Look at everybody, and ask again about desks that may only seem silent."""
        self._mark(self._state.rows.values(), everything=True)
        self._ask_again()

    def _ask_again(self) -> None:
        now = self._state.now_ms()
        silent = maybe_silent(self._state.rows.values(), now, self._preferences.limits())
        if silent and now - self._asked_ms > ASK_AGAIN_MS:
            self._asked_ms = now
            self._bridge.query(GetLive(sessions=tuple(silent)), self._state.take_rows, key="silent")

    @Slot()
    def look_at_some(self) -> None:
        """Look at the next part of everybody."""
        rows = list(self._state.rows.values())[self._slice :: SLICES]
        self._slice = (self._slice + 1) % SLICES
        self._mark(rows, everything=False)
        if not self._slice:
            self._ask_again()

    @Slot(object, bool)
    def _take(self, rows: list[LiveRow], everything: bool) -> None:
        self._mark(rows, everything=everything)

    def _mark(self, rows: Iterable[LiveRow], *, everything: bool) -> None:
        now, limits = self._state.now_ms(), self._preferences.limits()
        found = {key_of(row): indicators(row, now, limits) for row in rows}
        gone = [key for key in self.marks if key not in found] if everything else []
        found.update((key, []) for key in gone)
        differs = False
        for key, marks in found.items():
            before = {mark.kind for mark in self.marks.get(key, ())}
            kinds = {mark.kind for mark in marks}
            if marks:
                self.marks[key] = marks
            else:
                self.marks.pop(key, None)
            if before != kinds:
                differs = True
                self._seen -= {(key, kind) for kind in before - kinds}
        if differs:
            self.changed.emit()
