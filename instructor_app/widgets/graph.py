"""Groups of programs as points and lines: a line for each pair that is alike enough, thicker the more alike."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyqtgraph
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from instructor_app.theme import Look
from instructor_app.widgets.basic import column, label
from instructor_app.words import percent, tr
from shared.look import plain_tip

pg: Any = pyqtgraph  # without types
APART = 1.15
GAP, NAMED_GAP = 1.6, 2.6
POINT, LEAST_POINT, NAME_ROOM = 14, 5, 96
"""Pixels: how large points are, how small they get where there is little room, how long names are."""
MOST_ROOM, TRIES = 16.0, 4
ROOMY = 470
"""With fewer pixels in width or height, names around a ring would leave no room for the rings themselves."""
NAMED = 14
NAMED_GROUP = 10
"""With more points than these, only the chosen group has names: they would cover each other."""
CROWDED, FAINT = 600, 70
"""With more lines than these, each is so faint that where many meet is seen."""
NAMED_AROUND, DENSE = 40, 8
"""Rings up to so many points have their names around them; with more lines than these at a point, lines are thin."""
NAME_CHARS = 16
_WAYS = {
    Qt.Key.Key_Right: (1, False),
    Qt.Key.Key_Left: (-1, False),
    Qt.Key.Key_Down: (1, True),
    Qt.Key.Key_Up: (-1, True),
}
LEANING = 0.3


@dataclass(frozen=True, slots=True)
class Edge:
    """Two programs and the figure that joins them."""

    a: str
    b: str
    figure: float


@dataclass(frozen=True, slots=True)
class Picture:
    """Groups to draw: their members, the lines between them, names; `hollow` ones are from elsewhere."""

    groups: Sequence[Sequence[str]] = ()
    edges: Sequence[Edge] = ()
    names: "dict[str, str] | None" = None
    hollow: frozenset[str] = frozenset()


def ring(members: Sequence[str]) -> dict[str, tuple[float, float]]:
    """Place a group's members on a circle that leaves room between neighbours."""
    if len(members) == 2:
        return {members[0]: (-APART / 2, 0.0), members[1]: (APART / 2, 0.0)}
    radius = APART * len(members) / (2 * math.pi)
    angles = [math.pi / 2 - 2 * math.pi * place / len(members) for place in range(len(members))]
    return {
        name: (radius * math.cos(angle), radius * math.sin(angle)) for name, angle in zip(members, angles, strict=True)
    }


def places(groups: Sequence[Sequence[str]], aspect: float = 1.8, around: float = GAP) -> dict[str, tuple[float, float]]:
    """Place groups side by side in rows, the largest first, in a space so many times as wide as high.

    Rings that have their names around them keep `around` for these.
    """
    gap = NAMED_GAP if sum(map(len, groups)) <= NAMED else GAP
    boxes = [
        (ring(group), max(APART, APART * len(group) / math.pi) + (max(around, gap) if _around(group) else gap))
        for group in groups
    ]
    if not boxes:
        return {}
    width = max(math.sqrt(sum(side * side for _, side in boxes) * aspect) * 1.2, boxes[0][1])
    found: dict[str, tuple[float, float]] = {}
    x = y = height = 0.0
    for points, side in boxes:
        if x and x + side > width:
            x, y, height = 0.0, y - height, 0.0
        height = max(height, side)
        found.update({name: (x + side / 2 + px, y - side / 2 + py) for name, (px, py) in points.items()})
        x += side
    return found


class GroupGraph(QWidget):
    """See the module. With the keyboard the arrows go from point to point and from group to group, Enter picks a point.

    Attributes:
        picked: (name) a point was clicked.
        pair_picked: (a, b) a line was clicked.
        reached: (name) the keyboard came to another point; empty: it left.
    """

    picked = Signal(str)
    reached = Signal(str)
    pair_picked = Signal(str, str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._picture = Picture()
        self._places: dict[str, tuple[float, float]] = {}
        self._current: frozenset[str] = frozenset()
        self._here = ""
        self._scale, self._roomy = 1.0, False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.plot: Any = pg.PlotWidget(viewBox=pg.ViewBox(enableMenu=False))
        self.plot.setMenuEnabled(False)
        self.plot.hideButtons()
        self.plot.setAspectLocked()
        self.plot.setFrameShape(self.plot.Shape.NoFrame)
        self.plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.plot.getPlotItem().hideAxis("left")
        self.plot.getPlotItem().hideAxis("bottom")
        self.nothing = label(tr("No pair is as alike as that. Move the figure down to see more."), "muted", wrap=True)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setLayout(column(self.plot, self.nothing))
        self.plot.scene().sigMouseClicked.connect(self._clicked)
        self.plot.scene().sigMouseMoved.connect(self._pointed)
        look.changed.connect(self.draw)
        self.draw()

    def take(self, picture: Picture) -> None:
        """Show groups."""
        if picture == self._picture:
            return
        self._picture = picture
        self._place()
        self._current = frozenset()
        self._here = self._here if self._here in self._places else ""
        self.draw()
        self._show_all()

    def _place(self) -> None:
        """Place the groups so that names, which are as long at any scale, find room around their rings."""
        wide, high = max(self.plot.width(), 1), max(self.plot.height(), 1)
        around = 0.0
        self._roomy = min(wide, high) >= ROOMY and any(map(_around, self._picture.groups))
        for _ in range(TRIES):
            self._places = places(self._picture.groups, wide / high, around)
            xs, ys = [x for x, _ in self._places.values()], [y for _, y in self._places.values()]
            if not xs:
                return
            across, tall = max(xs) - min(xs) + max(around, GAP), max(ys) - min(ys) + max(around, GAP)
            self._scale = min(wide / across, high / tall)
            around = min(2 * NAME_ROOM / self._scale, MOST_ROOM) if self._roomy else 0.0

    def _show_all(self) -> None:
        """Show all points, with room for what stands around them."""
        if self._places:
            xs, ys = [x for x, _ in self._places.values()], [y for _, y in self._places.values()]
            room = NAME_ROOM / self._scale if self._roomy else NAMED_GAP / 2
            across, tall = (min(xs) - room, max(xs) + room), (min(ys) - room, max(ys) + room)
            self.plot.setRange(xRange=across, yRange=tall, padding=0)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Place everything anew in the room that there is."""
        super().resizeEvent(event)
        self._place()
        self.draw()
        self._show_all()

    def mark(self, members: Sequence[str]) -> None:
        """Bring a group out."""
        self._current = frozenset(members)
        self.draw()

    def draw(self) -> None:
        """Draw again what was shown last."""
        colours = self._look.colours
        self.plot.setBackground(colours.surface)
        self.plot.clear()
        shown = bool(self._places)
        self.plot.setVisible(shown)
        self.nothing.setVisible(not shown)
        self.setAccessibleName(
            tr("{n} groups of programs; the table beside has their members", n=len(self._picture.groups))
        )
        self._draw_edges()
        self._draw_points()

    def _draw_edges(self) -> None:
        """Draw the lines, those of one width as one item: thousands of items would take seconds."""
        by_look: dict[tuple[int, bool], list[Edge]] = {}
        many = Counter(name for edge in self._picture.edges for name in (edge.a, edge.b))
        for edge in self._picture.edges:
            width = 1 if many[edge.a] > DENSE else 1 + round(4 * max(0.0, edge.figure - 0.2))
            by_look.setdefault((width, edge.a in self._current), []).append(edge)
        for (width, strong), edges in sorted(by_look.items(), key=lambda each: each[0][1]):
            colour = QColor(self._look.colours.accent if strong else self._look.colours.muted)
            colour.setAlpha(FAINT if len(self._picture.edges) > CROWDED else 255 if strong else 150)
            ends = [self._places[name] for edge in edges for name in (edge.a, edge.b)]
            xs, ys = [x for x, _ in ends], [y for _, y in ends]
            self.plot.addItem(pg.PlotDataItem(xs, ys, connect="pairs", pen=pg.mkPen(colour, width=width)))

    def _draw_points(self) -> None:
        colours = self._look.colours
        spots = []
        for name, at in self._places.items():
            colour = QColor(colours.accent if name in self._current else colours.series[5])
            brush = QColor(colours.surface) if name in self._picture.hollow else colour
            spots.append({"pos": at, "brush": brush, "pen": pg.mkPen(colour, width=2)})
        size = max(LEAST_POINT, min(POINT, round(self._scale * APART * 0.6)))
        self.plot.addItem(pg.ScatterPlotItem(spots=spots, size=size))
        for group in self._picture.groups:
            if len(group) > NAMED_AROUND or (len(self._places) > NAMED and group[0] not in self._current):
                continue
            if _around(group):
                if self._roomy:
                    self._name_around(group)
                continue
            for name, anchor in self._anchors(group).items():
                self._write(name, anchor)
        if self._here:
            at = pg.ScatterPlotItem(
                pos=[self._places[self._here]], size=22, brush=None, pen=pg.mkPen(colours.focus, width=3)
            )
            self.plot.addItem(at)

    def _write(self, name: str, anchor: tuple[float, float], angle: float = 0.0) -> None:
        shown = _short(self.name(name))
        text: Any = pg.TextItem(shown, color=QColor(self._look.colours.text), anchor=anchor, angle=angle)
        text.setPos(*self._places[name])
        self.plot.addItem(text)

    def _name_around(self, group: Sequence[str]) -> None:
        """Write the names of a large ring outwards like spokes."""
        at = [self._places[name] for name in group]
        x, y = (sum(values) / len(group) for values in zip(*at, strict=True))
        for name, (px, py) in zip(group, at, strict=True):
            angle = math.degrees(math.atan2(py - y, px - x))
            left = abs(angle) > 90
            self._write(name, (1.12, 0.5) if left else (-0.12, 0.5), angle + 180 if left else angle)

    def _anchors(self, group: Sequence[str]) -> dict[str, tuple[float, float]]:
        """Return which part of each name stands at its point: names lean away from the middle, to not meet there."""
        at = [self._places[name] for name in group]
        x, y = (sum(values) / len(group) for values in zip(*at, strict=True))
        wide = max(abs(px - x) for px, _ in at) or 1.0
        return {
            name: (0.5 - LEANING * (px - x) / wide, 1.3 if py > y + APART / 4 else -0.3)
            for name, (px, py) in zip(group, at, strict=True)
        }

    def name(self, program: str) -> str:
        """Return what a program is called."""
        return (self._picture.names or {}).get(program, program)

    def point_near(self, x: float, y: float) -> str:
        """Return the program whose point is within reach, empty for none."""
        near = [(math.dist(at, (x, y)), name) for name, at in self._places.items()]
        distance, name = min(near, default=(math.inf, ""))
        return name if distance < APART * 0.35 else ""

    def edge_near(self, x: float, y: float) -> Edge | None:
        """Return the line that is within reach."""
        near = [(_apart((x, y), self._places[edge.a], self._places[edge.b]), edge) for edge in self._picture.edges]
        distance, found = min(near, key=lambda each: each[0], default=(math.inf, None))
        return found if distance < APART * 0.12 else None

    def go(self, by: int, *, group: bool = False) -> None:
        """Go so many points, or groups, on with the keyboard."""
        groups = [list(each) for each in self._picture.groups]
        order = [each[0] for each in groups] if group else [name for each in groups for name in each]
        if not order:
            return
        here = next((each[0] for each in groups if self._here in each), "") if group else self._here
        place = order.index(here) + by if here in order else 0
        self._here = order[place % len(order)]
        self.draw()
        self.setAccessibleDescription(self.name(self._here))
        self.reached.emit(self._here)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Go from point to point; Enter picks one."""
        way = _WAYS.get(Qt.Key(event.key()))
        if way is not None:
            self.go(way[0], group=way[1])
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._here:
            self.picked.emit(self._here)
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Show no place when the keyboard is elsewhere."""
        super().focusOutEvent(event)
        self._here = ""
        self.draw()
        self.reached.emit("")

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Begin at the first point."""
        super().focusInEvent(event)
        if not self._here:
            self.go(0)

    def _at(self, scene: Any) -> tuple[float, float]:
        at = self.plot.getPlotItem().vb.mapSceneToView(scene)
        return at.x(), at.y()

    def _clicked(self, event: Any) -> None:
        at = self._at(event.scenePos())
        name = self.point_near(*at)
        edge = None if name else self.edge_near(*at)
        if name:
            self.picked.emit(name)
        elif edge is not None:
            self.pair_picked.emit(edge.a, edge.b)

    def _pointed(self, scene: Any) -> None:
        at = self._at(scene)
        name = self.point_near(*at)
        edge = None if name else self.edge_near(*at)
        words = self.name(name) if name else ""
        if edge is not None:
            words = tr("{a} and {b}: {n}", a=self.name(edge.a), b=self.name(edge.b), n=percent(edge.figure))
        self.plot.setToolTip(plain_tip(words))


def _around(group: Sequence[str]) -> bool:
    return NAMED_GROUP < len(group) <= NAMED_AROUND


def _apart(at: tuple[float, float], one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return how far a point is from a stretch."""
    (x, y), (x1, y1), (x2, y2) = at, one, other
    square = (x2 - x1) ** 2 + (y2 - y1) ** 2
    share = max(0.0, min(1.0, ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / square)) if square else 0.0
    return math.dist(at, (x1 + share * (x2 - x1), y1 + share * (y2 - y1)))


def _short(name: str) -> str:
    return name if len(name) <= NAME_CHARS else f"{name[: NAME_CHARS - 1]}…"
