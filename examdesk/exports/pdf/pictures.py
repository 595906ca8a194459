"""The report's charts drawn on paper: the rhythm of a session, the class over time, how alike programs are."""

from collections.abc import Callable, Sequence

from examdesk.exports.alike import Comparison
from examdesk.exports.gathering import MINUTE_MS, Gathered
from examdesk.exports.pdf.document import MARGIN, WIDTH, Document
from examdesk.exports.pdf.page import COLOURS, rgb
from examdesk.exports.report.charts import BARS, ORDER, RAN_SHADE, SHADES, STEPS, runs_along, statuses_along
from examdesk.exports.report.svg import Axis
from examdesk.exports.times import Zone
from examdesk.staffapi.messages import Status as StatusName
from shared.look.tokens import Status

LEFT = MARGIN + 14
RIGHT = MARGIN + WIDTH - 1
RHYTHM_HEIGHT = 34.0
_TYPED, _PASTED, _RAN, _OWN, _AWAY, _OFFLINE = COLOURS.series[:6]
_FAINT = 0.15
_TICK = 6.0


def shade(colour: str, strength: float) -> str:
    """Return a colour mixed with white."""
    return "#" + "".join(f"{round(255 - (255 - part) * strength):02x}" for part in rgb(colour))


def _status_colour(status: StatusName) -> str:
    return shade(COLOURS.status[Status(status)].text, SHADES[status])


def page_axis(axis: Axis) -> Axis:
    """Return the same stretch of time along a page."""
    return Axis(axis.start_ms, axis.end_ms, LEFT, RIGHT)


class Pictures:
    """Draws on a document; every chart has the same time axis."""

    def __init__(self, document: Document, axis: Axis, zone: Zone, most_typed: int) -> None:
        self._pdf = document
        self._axis = page_axis(axis)
        self._zone = zone
        self._most = most_typed

    # -- one session

    def rhythm(self, one: Gathered) -> None:
        """Draw a session: typing, pastes, runs, other windows, connection, signals; the place moves below it."""
        pdf = self._pdf
        if pdf.will_page_break(RHYTHM_HEIGHT + 4):
            pdf.add_page()
        top = pdf.get_y() + 1
        base = top + 16
        self._ticks(top, base + 13)
        for y, words in ((base - 1, "typed"), (base + 4, "runs"), (base + 8, "away"), (base + 12, "offline")):
            self._words(LEFT - 1.5, y, words, "R")
        self._line(LEFT, base, RIGHT, base, COLOURS.line_strong)
        self._typing(one, base)
        self._pastes(one, base)
        for _, run in one.facts.runs:
            self._dot(self._axis.x(run.at_ms), base + 3.3, filled=not run.failed)
        self._stretches(one, base)
        for signal in one.facts.signals():
            self._diamond(self._axis.x(signal.at_ms), top + 1.2)
        pdf.set_xy(MARGIN, top + RHYTHM_HEIGHT)

    def _typing(self, one: Gathered, base: float) -> None:
        self._fill(_TYPED)
        for minute, chars in sorted(one.rhythm.typed.items()):
            x, end = self._axis.x(minute * MINUTE_MS), self._axis.x((minute + 1) * MINUTE_MS)
            height = 12.5 * min(chars / self._most, 1.0)
            self._pdf.rect(x, base - height, max(end - x - 0.1, 0.25), height, style="F")

    def _pastes(self, one: Gathered, base: float) -> None:
        for ms, chars, clip in one.rhythm.pastes:
            x, size = self._axis.x(ms), 0.9 + min(chars, 2000) ** 0.5 / 30
            self._triangle(x, base - 0.3, size, outside=clip == "outside")

    def _stretches(self, one: Gathered, base: float) -> None:
        for facts in one.facts.main:
            last = facts.last_ms or self._axis.end_ms
            for away in facts.away:
                self._stretch(away.start_ms, away.end_ms or last, base + 6.3, _AWAY)
            lost = None
            for ms, online in [*facts.contacts, (last, True)]:
                if not online and lost is None:
                    lost = ms
                elif online and lost is not None:
                    self._stretch(lost, ms, base + 10.3, _OFFLINE)
                    lost = None

    def _stretch(self, start_ms: int, end_ms: int, y: float, colour: str) -> None:
        self._fill(colour)
        start = self._axis.x(start_ms)
        self._pdf.rect(start, y, max(self._axis.x(end_ms) - start, 0.4), 2, style="F")

    def legend(self) -> None:
        """Draw what the signs of a rhythm mean."""
        pdf = self._pdf
        items: tuple[tuple[Callable[[float, float], None], str], ...] = (
            (lambda x, y: self._box(x, y, _TYPED), f"characters typed per minute (full height: {self._most})"),
            (lambda x, y: self._triangle(x + 1.5, y + 1.3, 1.3, outside=True), "paste from elsewhere"),
            (lambda x, y: self._triangle(x + 1.5, y + 1.3, 1.3, outside=False), "paste of the student's own text"),
            (lambda x, y: self._dot(x + 1.5, y, filled=True), "run"),
            (lambda x, y: self._dot(x + 1.5, y, filled=False), "run that ended with an error or a limit"),
            (lambda x, y: self._box(x, y, _AWAY), "another window had the keyboard"),
            (lambda x, y: self._box(x, y, _OFFLINE), "no connection to the hub"),
            (lambda x, y: self._diamond(x + 1.5, y), "a signal, explained below"),
        )
        x, y = MARGIN, pdf.get_y() + 2
        pdf.set_font("sans", "", _TICK + 1)
        for draw, words in items:
            width = 5 + pdf.get_string_width(words) + 5
            if x + width > MARGIN + WIDTH:
                x, y = MARGIN, y + 4.2
            draw(x, y)
            self._words(x + 4.5, y + 0.9, words, size=_TICK + 1)
            x += width
        pdf.set_xy(MARGIN, y + 4)

    # -- the class

    def statuses(self, sessions: Sequence[Gathered]) -> None:
        """Draw how many sessions were in which status, stacked over time."""
        pdf, axis, height = self._pdf, self._axis, 36.0
        top = pdf.get_y() + 2
        base = top + height
        moments = [axis.start_ms + (axis.end_ms - axis.start_ms) * step // STEPS for step in range(STEPS + 1)]
        counts = {status: [0] * len(moments) for status in ORDER}
        for one in sessions:
            for place, status in statuses_along(one, axis, moments):
                if status in counts:
                    counts[status][place] += 1
        below = [0] * len(moments)
        scale = height / max(len(sessions), 1)
        for status in ORDER:
            above = [low + own for low, own in zip(below, counts[status], strict=True)]
            if any(counts[status]):
                self._fill(_status_colour(status))
                upper = [(axis.x(ms), base - high * scale) for ms, high in zip(moments, above, strict=True)]
                lower = [(axis.x(ms), base - low * scale) for ms, low in zip(moments, below, strict=True)]
                pdf.polygon([*upper, *reversed(lower)], style="F")
                pdf.set_draw_color(*rgb(COLOURS.muted))
                pdf.set_line_width(_FAINT)
                pdf.polyline(upper)
            below = above
        self._levels(len(sessions), top, base)
        self._ticks(top, base)
        pdf.set_xy(MARGIN, base + 6)
        self._keys([(_status_colour(status), status) for status in ORDER if any(counts[status])])

    def runs(self, sessions: Sequence[Gathered]) -> None:
        """Draw how many programs were run over time, and of these how many ended with an error or a limit."""
        pdf, height = self._pdf, 20.0
        ran, failed = runs_along(sessions, self._axis)
        most = max(ran.values(), default=1)
        top = pdf.get_y() + 2
        base, width = top + height, (RIGHT - LEFT) / BARS
        ran_colour = shade(_TYPED, RAN_SHADE)
        for counts, colour in ((ran, ran_colour), (failed, _PASTED)):
            self._fill(colour)
            for place, total in counts.items():
                tall = height * total / most
                pdf.rect(LEFT + place * width + 0.1, base - tall, width - 0.2, tall, style="F")
        self._levels(most, top, base)
        self._ticks(top, base)
        pdf.set_xy(MARGIN, base + 6)
        self._keys([(ran_colour, "ran to its end"), (_PASTED, "ended with an error or a limit")])

    def likeness(self, comparison: Comparison, mark: float | None = None) -> None:
        """Draw how many pairs of the class are how alike; `mark` points out one figure."""
        pdf, spread, height = self._pdf, comparison.spread, 22.0
        if pdf.will_page_break(height + 14):
            pdf.add_page()
        top = pdf.get_y() + 4
        base, width = top + height, (RIGHT - LEFT) / len(spread.histogram)
        most = max(1, *spread.histogram)
        self._fill(_TYPED)
        for percent, pairs in enumerate(spread.histogram):
            if pairs:
                tall = max(height * (pairs / most) ** 0.5, 0.4)
                pdf.rect(LEFT + percent * width + 0.1, base - tall, width - 0.2, tall, style="F")
        self._line(LEFT, base, RIGHT, base, COLOURS.line_strong)
        for percent in range(0, 101, 10):
            self._words(LEFT + (percent + 0.5) * width, base + 3.4, f"{percent} %", "C")
        if mark is not None:
            x = LEFT + (mark * 100 + 0.5) * width
            self._line(x, top - 2, x, base, COLOURS.text)
            self._words(x - 1 if mark > 0.5 else x + 1, top - 0.5, "this student", "R" if mark > 0.5 else "L")
        pdf.set_xy(MARGIN, base + 6)

    # -- pieces

    def _keys(self, keys: Sequence[tuple[str, str]]) -> None:
        x, y = LEFT, self._pdf.get_y() + 1
        self._pdf.set_font("sans", "", _TICK + 1)
        for colour, words in keys:
            self._box(x, y, colour)
            self._words(x + 4.5, y + 0.9, words, size=_TICK + 1)
            x += 9 + self._pdf.get_string_width(words)
        self._pdf.set_xy(MARGIN, y + 4)

    def _levels(self, most: int, top: float, base: float) -> None:
        for level in sorted({0, most // 2, most}):
            y = base - (base - top) * level / max(most, 1)
            self._line(LEFT, y, RIGHT, y, COLOURS.line)
            self._words(LEFT - 1.5, y + 0.8, f"{level:,}", "R")

    def _ticks(self, top: float, base: float) -> None:
        for ms, label in self._axis.labels(self._zone):
            x = self._axis.x(ms)
            self._line(x, top, x, base, COLOURS.line)
            self._words(x, base + 3.4, label, "C")

    def _words(self, x: float, y: float, words: str, side: str = "L", size: float = _TICK) -> None:
        pdf = self._pdf
        pdf.set_font("sans", "", size)
        pdf.set_text_color(*rgb(COLOURS.muted))
        width = pdf.get_string_width(words)
        pdf.text(x - {"L": 0.0, "C": width / 2, "R": width}[side], y, words)

    def _line(self, x1: float, y1: float, x2: float, y2: float, colour: str) -> None:
        self._pdf.set_draw_color(*rgb(colour))
        self._pdf.set_line_width(_FAINT)
        self._pdf.line(x1, y1, x2, y2)

    def _fill(self, colour: str) -> None:
        self._pdf.set_fill_color(*rgb(colour))

    def _box(self, x: float, y: float, colour: str) -> None:
        self._fill(colour)
        self._pdf.rect(x, y - 1, 3, 2, style="F")

    def _dot(self, x: float, y: float, *, filled: bool) -> None:
        self._fill(_RAN if filled else COLOURS.surface)
        self._pdf.set_draw_color(*rgb(_RAN))
        self._pdf.set_line_width(0.3)
        self._pdf.circle(x, y, 0.75, style="DF")

    def _triangle(self, x: float, tip: float, size: float, *, outside: bool) -> None:
        self._fill(_PASTED if outside else COLOURS.surface)
        self._pdf.set_draw_color(*rgb(COLOURS.surface if outside else _OWN))
        self._pdf.set_line_width(0.12 if outside else 0.3)
        self._pdf.polygon([(x, tip), (x - size, tip - 1.7 * size), (x + size, tip - 1.7 * size)], style="DF")

    def _diamond(self, x: float, y: float) -> None:
        self._fill(COLOURS.text)
        self._pdf.polygon([(x, y - 1), (x + 0.95, y), (x, y + 1), (x - 0.95, y)], style="F")
