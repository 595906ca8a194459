"""The timeline: what happened on lanes, zoomed and scrolled, with a playhead that is dragged."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from examdesk.staffapi.playback.marks import LANES, Lane, Mark
from instructor_app.theme import Look
from instructor_app.widgets.charts import ROUND_SECONDS
from instructor_app.words import clock_time, counted, lasting, tr
from shared.look import SPACE, plain_tip

RULER = 22
LANE, LEAST_LANE = 18, 13
"""Height of a lane, and where a window is low."""
LABELS = 92
GAP = 8
SHORTEST_VIEW_MS = 5_000
NEAR = 8
BIN = 3
ICON = 14
ICONS: dict[str, str] = {
    "ok": "check",
    "failed": "warning",
    "stopped": "stop",
    "running": "run",
    "lost": "help",
    "away": "focus-lost",
    "offline": "offline",
    "from-student": "user",
    "to-student": "message",
    "hand": "hand",
    "hand-down": "hand",
    "new": "play",
    "restart": "restart",
    "crash": "restart",
    "moved": "move-device",
    "segment": "move-device",
    "standing": "clock",
    "paused": "pause",
    "submitted": "submit",
    "reopened": "undo",
    "refused": "lock",
    "clock": "clock",
    "sleep": "clock",
    "device": "device",
    "file": "file",
    "salvaged": "warning",
    "edition": "exams",
    "edition-read": "eye",
    "given": "add",
    "note": "edit",
}
STRETCHES = ("focus", "offline", "receipts", "found")
"""Lanes of what lasted, without signs."""
TONES = {"ok": "positive", "failed": "attention", "stopped": "attention", "running": "info", "lost": "muted"}


def lane_title(lane: Lane) -> str:
    """Return what stands before a lane."""
    return {
        "edits": tr("Edits"),
        "pastes": tr("Pastes"),
        "runs": tr("Runs"),
        "versions": tr("Versions"),
        "focus": tr("Away"),
        "offline": tr("Offline"),
        "receipts": tr("Receipts"),
        "exam": tr("Exam"),
        "messages": tr("Messages"),
        "signals": tr("Signals"),
        "notes": tr("Notes"),
        "session": tr("Session"),
        "found": tr("Searched"),
    }[lane]


class Intensity:
    """How much was typed and removed between any two times."""

    def __init__(self, times: Sequence[int], typed: Sequence[int], removed: Sequence[int]) -> None:
        self._times = tuple(times)  # a copy: the tape grows on while this is painted
        self._typed = [0, *accumulate(typed)]
        self._removed = [0, *accumulate(removed)]

    def between(self, start_ms: float, end_ms: float) -> tuple[int, int]:
        """Return characters typed and removed from `start_ms` up to, and without, `end_ms`."""
        first, last = bisect_left(self._times, start_ms), bisect_left(self._times, end_ms)
        return self._typed[last] - self._typed[first], self._removed[last] - self._removed[first]


class Timeline(QWidget):
    """See the module. Everything but the playhead is painted once and kept until it changes.

    Attributes:
        dragged: (ms) the playhead is to be at a time.
        chosen: (Mark) the playhead is to be at a mark.
        compared: (Mark or ms) the playhead is to be compared with a mark or a time.
        looped: (ms, ms) this stretch is to be played again and again.
        view_changed: another stretch is in sight.
    """

    dragged = Signal(object)
    chosen = Signal(object)
    compared = Signal(object)
    looped = Signal(object, object)
    view_changed = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._lanes: dict[Lane, Sequence[Mark]] = {}
        self._intensity = Intensity((), (), ())
        self._first, self._last = 0, 1
        self._start, self._end = 0.0, 1.0
        self._fitted = True
        self._head = 0
        self._compared: tuple[int, ...] = ()
        self._loop: tuple[int, int] | None = None
        self._from: int | None = None
        self._picture: QPixmap | None = None
        self._pressed = False
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.setAccessibleName(tr("Timeline"))
        look.changed.connect(self._stale)

    # ------------------------------------------------------------------------------------- what is shown

    def show_tape(self, first_ms: int, last_ms: int, intensity: Intensity, lanes: dict[Lane, Sequence[Mark]]) -> None:
        """Show a tape; the stretch in sight stays, and all of it stays in sight if it was."""
        self._first, self._last = first_ms, max(last_ms, first_ms + SHORTEST_VIEW_MS)
        self._intensity, self._lanes = intensity, lanes
        if self._fitted:
            self._start, self._end = float(self._first), float(self._last)
        self.updateGeometry()
        self._stale()
        self.view_changed.emit()

    def show_head(self, at_ms: int, words: str) -> None:
        """Show the playhead, and say in words where it is."""
        before, self._head = self._head, at_ms
        self.setAccessibleDescription(words)
        for each in (before, at_ms):
            x = round(min(max(self.x_of(each), 0), self.width()))
            self.update(x - 8, 0, 16, self.height())

    def show_compared(self, *moments_ms: int) -> None:
        """Mark the moments that are compared."""
        self._compared = moments_ms
        self.update()

    def show_loop(self, loop: tuple[int, int] | None) -> None:
        """Show which stretch is played again and again."""
        if loop != self._loop:
            self._loop = loop
            self.update()

    def keep_head_in_sight(self) -> None:
        """Scroll on when the playhead left the stretch in sight."""
        if not self._start <= self._head <= self._end:
            self.look_at(self._head - (self._end - self._start) * 0.1)

    def lanes(self) -> list[Lane]:
        """Return the lanes that are shown: those of every session, and those on which something is."""
        always = ("edits", "pastes", "runs")
        return [lane for lane in LANES if lane in always or self._lanes.get(lane)]

    def view(self) -> tuple[float, float, int, int]:
        """Return the stretch in sight and the whole, in ms."""
        return self._start, self._end, self._first, self._last

    # ------------------------------------------------------------------------------------- zoom

    def zoom(self, factor: float, around_ms: float | None = None) -> None:
        """Show a stretch longer by `factor`, below 1 for a closer look."""
        around = self._head if around_ms is None else around_ms
        around = min(max(around, self._start), self._end)
        span = min(max((self._end - self._start) * factor, SHORTEST_VIEW_MS), self._last - self._first)
        share = (around - self._start) / (self._end - self._start)
        self._set_view(around - span * share, span)

    def fit(self) -> None:
        """Show all of it."""
        self._set_view(self._first, self._last - self._first)

    def look_at(self, start_ms: float) -> None:
        """Let the stretch in sight begin at a time."""
        self._set_view(start_ms, self._end - self._start)

    def _set_view(self, start: float, span: float) -> None:
        whole = self._last - self._first
        span = min(max(span, min(SHORTEST_VIEW_MS, whole)), whole)
        start = min(max(start, self._first), self._last - span)
        self._fitted = span >= whole
        self._start, self._end = start, start + span
        self._stale()
        self.view_changed.emit()

    def x_of(self, at_ms: float) -> float:
        """Return where a time is."""
        return LABELS + (at_ms - self._start) / (self._end - self._start) * self._room()

    def ms_of(self, x: float) -> float:
        """Return which time is somewhere."""
        return self._start + (x - LABELS) / self._room() * (self._end - self._start)

    def _room(self) -> float:
        return max(self.width() - LABELS - GAP, 1)

    def marks_near(self, at: QPointF) -> list[Mark]:
        """Return the marks under the mouse, the nearest first."""
        lane = self._lane_at(at.y())
        if lane is None:
            return []
        near = []
        for mark in self._lanes.get(lane, ()):
            left = self.x_of(mark.at_ms)
            right = max(self.x_of(mark.end_ms if mark.end_ms is not None else mark.at_ms), left)
            away = max(left - at.x(), at.x() - right, 0)
            if away <= NEAR:
                near.append((away, abs(left - at.x()), mark))
        return [mark for _, _, mark in sorted(near, key=lambda each: each[:2])]

    def _lane(self) -> float:
        """Return the height of a lane, in the room that there is."""
        return min((self.height() - RULER - 2) / len(self.lanes()), LANE)

    def _lane_at(self, y: float) -> Lane | None:
        lanes = self.lanes()
        place = int((y - RULER) // self._lane())
        return lanes[place] if y >= RULER and place < len(lanes) else None

    # ------------------------------------------------------------------------------------- painting

    def _stale(self) -> None:
        self._picture = None
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Paint the kept picture and the playhead."""
        if self._picture is None:
            self._picture = self._paint_picture()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._picture)
        if self._loop is not None:
            self._paint_loop(painter, *self._loop)
        for moment in self._compared:
            self._paint_line(painter, self.x_of(moment), "text", Qt.PenStyle.DashLine)
        x = self.x_of(self._head)
        if LABELS - 1 <= x <= self.width():
            self._paint_line(painter, x, "accent", Qt.PenStyle.SolidLine)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._look.colour("accent"))
            painter.drawPolygon(QPolygonF([QPointF(x - 6, 0), QPointF(x + 6, 0), QPointF(x, 10)]))
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._look.colour("focus"), 2))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
        painter.end()

    def _paint_loop(self, painter: QPainter, start_ms: int, end_ms: int) -> None:
        left, right = (min(max(self.x_of(each), LABELS), self.width()) for each in (start_ms, end_ms))
        shade = QColor(self._look.colour("accent"))
        shade.setAlpha(36)
        painter.fillRect(QRectF(left, 0, right - left, self.height()), shade)
        painter.fillRect(QRectF(left, RULER - 3, right - left, 3), self._look.colour("accent"))

    def _paint_line(self, painter: QPainter, x: float, role: str, style: Qt.PenStyle) -> None:
        painter.setPen(QPen(self._look.colour(role), 2 if role == "accent" else 1, style))
        painter.drawLine(QPointF(x, 0), QPointF(x, self.height()))

    def _paint_picture(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        picture = QPixmap(round(self.width() * ratio), round(self.height() * ratio))
        picture.setDevicePixelRatio(ratio)
        picture.fill(self._look.colour("surface"))
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self.font())
        try:
            self._paint_lanes(painter)
        finally:
            painter.end()  # a picture that goes while it is painted ends the program
        return picture

    def _paint_lanes(self, painter: QPainter) -> None:
        high = self._lane()
        rooms = [(lane, QRectF(0, RULER + place * high, self.width(), high)) for place, lane in enumerate(self.lanes())]
        shade = QColor(self._look.colour("sunken"))
        shade.setAlpha(110)
        for _, room in rooms[::2]:
            painter.fillRect(room, shade)
        self._paint_ruler(painter)
        for lane, room in rooms:
            self._paint_lane(painter, lane, room)

    def _paint_ruler(self, painter: QPainter) -> None:
        span = self._end - self._start
        many = max(self._room() / 84, 1)
        every = next((each * 1000 for each in ROUND_SECONDS if span / (each * 1000) <= many), ROUND_SECONDS[-1] * 1000)
        at = -int(-self._start // every) * every
        fine = every < 60_000
        while at <= self._end:
            x = self.x_of(at)
            painter.setPen(self._look.colour("line"))
            painter.drawLine(QPointF(x, RULER - 4), QPointF(x, self.height()))
            painter.setPen(self._look.colour("muted"))
            if x < self.width() - 40:
                room = QRectF(x + 3, 0, 90, RULER)
                painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), clock_time(round(at), seconds=fine))
            at += every

    def _paint_lane(self, painter: QPainter, lane: Lane, room: QRectF) -> None:
        painter.setPen(self._look.colour("muted"))
        title = room.adjusted(SPACE["s"], 0, 0, 0)
        title.setWidth(LABELS - SPACE["m"])
        painter.drawText(title, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), lane_title(lane))
        painter.save()
        painter.setClipRect(QRectF(LABELS - ICON / 2, room.top(), self.width() - LABELS + ICON / 2, room.height()))
        if lane == "edits":
            self._paint_edits(painter, room)
        else:
            self._paint_marks(painter, lane, room)
        painter.restore()

    def _paint_edits(self, painter: QPainter, room: QRectF) -> None:
        bins = [
            (x, *self._intensity.between(self.ms_of(x), self.ms_of(x + BIN)))
            for x in range(LABELS, self.width() - GAP, BIN)
        ]
        most = max((typed + removed for _, typed, removed in bins), default=0)
        for x, typed, removed in bins:
            if typed or removed:
                high = max((room.height() - 3) * ((typed + removed) / most) ** 0.5, 2)
                paint_bar(painter, self._look, QPointF(x, room.bottom()), high, removed / (typed + removed))

    def _paint_marks(self, painter: QPainter, lane: Lane, room: QRectF) -> None:
        free = float("-inf")
        for mark in self._in_sight(lane):
            x = self.x_of(mark.at_ms)
            if mark.end_ms is not None or lane in STRETCHES:
                end = self._last if mark.end_ms is None else mark.end_ms
                paint_stretch(
                    painter,
                    self._look,
                    mark.look,
                    QRectF(x, room.top() + 4, max(self.x_of(end) - x, 2), room.height() - 8),
                )
                if lane in STRETCHES:
                    continue
            if x < free:  # no room for another sign: a tick says that there is one more
                painter.setPen(QPen(self._look.colour("muted"), 1))
                painter.drawLine(QPointF(x, room.bottom() - 3), QPointF(x, room.bottom()))
                continue
            free = x + (6 if lane == "versions" else ICON + 1)
            self._paint_mark(painter, mark, QPointF(x, room.center().y()))

    def _in_sight(self, lane: Lane) -> Sequence[Mark]:
        marks = self._lanes.get(lane, ())
        if lane in (*STRETCHES, "runs"):
            return marks
        margin = (self._end - self._start) * 0.02
        first = bisect_left(marks, self._start - margin, key=lambda mark: mark.at_ms)
        last = bisect_right(marks, self._end + margin, key=lambda mark: mark.at_ms)
        return marks[first:last]

    def _paint_mark(self, painter: QPainter, mark: Mark, at: QPointF) -> None:
        if mark.lane == "pastes":
            paint_paste(painter, self._look, at, outside=mark.look == "outside")
        elif mark.lane == "versions":
            painter.setPen(QPen(self._look.colour("muted"), 1.5))
            painter.drawLine(QPointF(at.x(), at.y() - 5), QPointF(at.x(), at.y() + 5))
        else:
            icon = "flag" if mark.lane == "signals" else ICONS.get(mark.look, "info")
            paint_icon(painter, self._look, icon, TONES.get(mark.look, "text"), at)

    # ------------------------------------------------------------------------------------- hands

    def sizeHint(self) -> QSize:  # noqa: N802
        """Return the height of the lanes that are shown."""
        return QSize(600, RULER + LANE * len(self.lanes()) + 2)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Give way in width, and a little in height."""
        return QSize(240, RULER + LEAST_LANE * len(self.lanes()) + 2)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Paint anew."""
        super().resizeEvent(event)
        self._stale()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Begin to drag the playhead, or go to the mark under the mouse."""
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._from = round(self.ms_of(event.position().x()))
            return
        near = [mark for mark in self.marks_near(event.position()) if mark.lane not in STRETCHES]
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.compared.emit(near[0] if near else round(self.ms_of(event.position().x())))
            return
        if near:
            self.chosen.emit(near[0])
            return
        self._pressed = True
        self.dragged.emit(round(self.ms_of(event.position().x())))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Drag the playhead."""
        if self._from is not None:
            self.show_loop(_ordered(self._from, round(self.ms_of(event.position().x()))))
        elif self._pressed:
            self.dragged.emit(round(self.ms_of(event.position().x())))
        else:
            hand = bool(self.marks_near(event.position()))
            self.setCursor(Qt.CursorShape.PointingHandCursor if hand else Qt.CursorShape.ArrowCursor)
            self.setToolTip(plain_tip(self.words_at(event.position())))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Let the playhead go, or take the stretch that was drawn."""
        self._pressed = False
        if self._from is not None:
            start, self._from = self._from, None
            self.looped.emit(*_ordered(start, round(self.ms_of(event.position().x()))))

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Zoom about the mouse; sideways, or with Shift, scroll."""
        across, along = event.angleDelta().x(), event.angleDelta().y()
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier or abs(across) > abs(along):
            self.look_at(self._start - (across or along) / 120 * (self._end - self._start) * 0.1)
        elif along:
            self.zoom(0.8 ** (along / 120), self.ms_of(event.position().x()))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Leave all keys to the page."""
        event.ignore()

    def words_at(self, at: QPointF) -> str:
        """Say what happened at a place."""
        near = self.marks_near(at)
        if near:
            lines = [f"{clock_time(mark.at_ms, seconds=True)}  {mark_words(mark)}" for mark in near[:6]]
            if len(near) > 6:
                lines.append(counted(len(near) - 6, "and {n} more here: zoom in", "and {n} more here: zoom in"))
            return "\n".join(lines)
        if at.x() < LABELS:
            return ""
        start, end = self.ms_of(at.x() - 1), self.ms_of(at.x() + 2)
        typed, removed = self._intensity.between(start, end)
        when = clock_time(round(self.ms_of(at.x())), seconds=True)
        if not typed and not removed:
            return when
        return tr("{when}  {typed} characters typed, {removed} removed", when=when, typed=typed, removed=removed)


def _ordered(one: int, other: int) -> tuple[int, int]:
    return min(one, other), max(one, other)


def mark_words(mark: Mark) -> str:
    """Say what a mark is."""
    lasted = lasting(mark.end_ms - mark.at_ms) if mark.end_ms is not None else ""
    if mark.lane == "versions":
        return tr("Version {n} ({why})", n=mark.words, why=mark.look)
    if mark.lane == "focus":
        return tr("Another window was in front for {time}", time=lasted) if lasted else tr("Another window is in front")
    if mark.lane == "found" and lasted:
        return tr("{words} for {time}", words=mark.words, time=lasted)
    if mark.lane == "offline":
        return tr("No connection for {time}; work went on", time=lasted) if lasted else tr("No connection")
    return mark.words


def paint_bar(painter: QPainter, look: Look, foot: QPointF, high: float, removed: float) -> None:
    """Paint how much was typed above how much was removed, a share of `high`."""
    part = high * removed
    typed_look, removed_look = QColor(look.colours.series[0]), QColor(look.colours.series[1])
    painter.fillRect(QRectF(foot.x(), foot.y() - high, BIN - 0.6, high - part), typed_look)
    painter.fillRect(QRectF(foot.x(), foot.y() - part, BIN - 0.6, part), removed_look)


def paint_icon(painter: QPainter, look: Look, name: str, tone: str, at: QPointF) -> None:
    """Paint an icon about a point."""
    colour = getattr(look.colours, tone)
    painter.drawPixmap(QPointF(at.x() - ICON / 2, at.y() - ICON / 2), look.pixmap(name, colour, ICON))


def paint_paste(painter: QPainter, look: Look, at: QPointF, *, outside: bool) -> None:
    """Paint a paste: filled from outside, hollow where it was the student's own text."""
    colour = QColor(look.colours.series[1] if outside else look.colours.muted)
    diamond = QPainterPath(QPointF(at.x(), at.y() - 6))
    for x, y in ((6, 0), (0, 6), (-6, 0)):
        diamond.lineTo(at.x() + x, at.y() + y)
    diamond.closeSubpath()
    painter.setPen(QPen(colour, 1.5))
    painter.setBrush(colour if outside else look.colour("surface"))
    painter.drawPath(diamond)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def paint_stretch(painter: QPainter, look: Look, kind: str, room: QRectF) -> None:
    """Paint how long something lasted; `away`, `offline`, `late`, `unconfirmed`, or how a run ended."""
    colours = look.colours
    series = {"away": colours.series[3], "offline": colours.series[1]}
    series |= {"late": colours.muted, "unconfirmed": colours.attention, "found": colours.accent}
    colour = QColor(series.get(kind, getattr(colours, TONES.get(kind, "muted"))))
    soft = QColor(colour)
    soft.setAlpha(70)
    painter.fillRect(room, soft)
    if kind in series:
        painter.fillRect(QRectF(room.left(), room.top(), 2, room.height()), colour)
    if kind == "offline":
        painter.fillRect(room, QBrush(colour, Qt.BrushStyle.BDiagPattern))
    if kind == "unconfirmed":
        painter.fillRect(room, QBrush(colour, Qt.BrushStyle.DiagCrossPattern))
