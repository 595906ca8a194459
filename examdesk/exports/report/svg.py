"""Pieces of SVG and HTML: every text that comes from outside goes through `esc`."""

import html
import math
from collections.abc import Sequence

from examdesk.exports.cells import safe
from examdesk.exports.times import Zone


def esc(text: object) -> str:
    """Return a text for HTML; controls and characters that turn the direction of text are made visible."""
    return html.escape(safe(str(text)), quote=True)


def num(value: float) -> str:
    """Return a coordinate with at most one decimal."""
    return f"{value:.1f}".removesuffix(".0")


_DAY_MS = 24 * 60 * 60 * 1000
_WEEK = 7 * 24 * 60


class Axis:
    """Time along a chart: from `start_ms` to `end_ms` on `left` to `right`."""

    def __init__(self, start_ms: int, end_ms: int, left: float, right: float) -> None:
        self.start_ms = start_ms
        self.end_ms = max(end_ms, start_ms + 60_000)
        self.left = left
        self.right = right

    def x(self, ms: float) -> float:
        """Return where a moment is; moments outside are at the edge."""
        share = (ms - self.start_ms) / (self.end_ms - self.start_ms)
        return self.left + min(max(share, 0.0), 1.0) * (self.right - self.left)

    def ticks(self, most: int = 8) -> list[int]:
        """Return round moments, in ms."""
        step = self._step(most)
        first = -(-self.start_ms // step) * step
        return list(range(first, self.end_ms + 1, step))

    def labels(self, zone: Zone) -> list[tuple[int, str]]:
        """Return round moments and what stands below them: time, day or both, so that no two are the same."""
        length = self.end_ms - self.start_ms
        year = " %Y" if length > 180 * _DAY_MS else ""
        form = "%H:%M" if length <= _DAY_MS else f"%b{year}" if self._step() >= _DAY_MS else "%b %H:%M"
        moments = ((ms, zone.at(ms)) for ms in self.ticks())
        return [(ms, f"{at:{form}}" if length <= _DAY_MS else f"{at.day} {at:{form}}") for ms, at in moments]

    def _step(self, most: int = 8) -> int:
        minutes = (self.end_ms - self.start_ms) / 60_000
        steps = (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880)
        weeks = max(math.ceil(minutes / most / _WEEK), 1)
        return next((each for each in steps if minutes / each <= most), weeks * _WEEK) * 60_000


def svg(width: float, height: float, label: str, *parts: str) -> str:
    """Return a picture that scales with its column; `label` is what a screen reader says."""
    return (
        f'<svg viewBox="0 0 {num(width)} {num(height)}" role="img" aria-label="{esc(label)}">'
        f"<title>{esc(label)}</title>{''.join(parts)}</svg>"
    )


def rect(x: float, y: float, size: tuple[float, float], css: str, title: str = "") -> str:
    """Return a rectangle."""
    place = f'x="{num(x)}" y="{num(y)}" width="{num(max(size[0], 0.6))}" height="{num(size[1])}"'
    return f'<rect class="{css}" {place}>{_title(title)}</rect>'


def line(points: tuple[float, float, float, float], css: str) -> str:
    """Return a line from (x, y) to (x, y)."""
    x1, y1, x2, y2 = map(num, points)
    return f'<line class="{css}" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"/>'


def dot(x: float, y: float, radius: float, css: str, title: str = "") -> str:
    """Return a circle."""
    return f'<circle class="{css}" cx="{num(x)}" cy="{num(y)}" r="{num(radius)}">{_title(title)}</circle>'


def shape(points: Sequence[tuple[float, float]], css: str, title: str = "") -> str:
    """Return a closed shape."""
    path = " ".join(f"{num(x)},{num(y)}" for x, y in points)
    return f'<polygon class="{css}" points="{path}">{_title(title)}</polygon>'


def text(x: float, y: float, words: str, css: str = "", anchor: str = "start") -> str:
    """Return words at a place."""
    return f'<text class="{css}" x="{num(x)}" y="{num(y)}" text-anchor="{anchor}">{esc(words)}</text>'


def _title(words: str) -> str:
    return f"<title>{esc(words)}</title>" if words else ""
