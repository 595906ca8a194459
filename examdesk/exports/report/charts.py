"""The report's charts: status and runs over time, how alike the class's programs are, the rhythm of each session."""

from collections import Counter
from collections.abc import Sequence
from typing import get_args

from examdesk.evidence.words import count, duration
from examdesk.exports.alike import Comparison
from examdesk.exports.gathering import MINUTE_MS, Gathered
from examdesk.exports.report.svg import Axis, dot, line, rect, shape, svg, text
from examdesk.exports.times import Zone
from examdesk.readmodels.status import status_over_time
from examdesk.staffapi.messages import Status

WIDTH = 960.0
LEFT = 44.0
RIGHT = WIDTH - 8.0
ORDER: tuple[Status, ...] = ("Working", "Idle", "Offline", "Paused", "Waiting", "Submitted", "Ended")
SHADES: dict[Status, float] = {
    "Working": 0.95,
    "Idle": 0.5,
    "Offline": 0.8,
    "Paused": 0.4,
    "Waiting": 0.65,
    "Submitted": 0.3,
    "Ended": 0.12,
}
"""How strong the colour of each status is: neighbours differ in lightness too, so that they do on grey paper."""
RAN_SHADE = 0.45
"""The same of runs that came to their end, beside those that did not."""
STEPS = 240
BARS = 120
_RHYTHM_TOP = 6.0
_RHYTHM_BASE = 58.0
_RUN_Y = 68.0
_AWAY_Y = 79.5
_OFFLINE_Y = 91.0
_RHYTHM_HEIGHT = 115.0

assert set(ORDER) <= set(get_args(Status))


def axis_of(sessions: Sequence[Gathered], made_ms: int) -> Axis:
    """Return the time of the whole class: everything that was recorded, the same in every chart."""
    starts = [facts.first_ms for one in sessions for facts in one.facts.main if facts.first_ms is not None]
    ends = [one.last_ms for one in sessions if one.last_ms is not None]
    return Axis(min(starts, default=made_ms), max(ends, default=made_ms), LEFT, RIGHT)


def css_name(status: Status) -> str:
    """Return a status as a class of the style sheet."""
    return "st-" + status.lower().replace(" ", "-")


def _time_line(axis: Axis, zone: Zone, top: float, base: float) -> str:
    parts = []
    for ms, label in axis.labels(zone):
        x = axis.x(ms)
        parts.append(line((x, top, x, base), "grid"))
        parts.append(text(x, base + 13, label, "tick", "middle"))
    return "".join(parts)


def _levels(most: int, top: float, base: float) -> str:
    steps = sorted({0, most // 2, most}) if most > 3 else list(range(most + 1))
    parts = []
    for level in steps:
        y = base - (base - top) * level / max(most, 1)
        parts.append(line((LEFT, y, RIGHT, y), "grid"))
        parts.append(text(LEFT - 6, y + 3.5, f"{level:,}", "tick", "end"))
    return "".join(parts)


def status_chart(sessions: Sequence[Gathered], axis: Axis, zone: Zone) -> str:
    """Return how many sessions were in which status, stacked over time."""
    top, base = 8.0, 150.0
    moments = [axis.start_ms + (axis.end_ms - axis.start_ms) * step // STEPS for step in range(STEPS + 1)]
    counts = {status: [0] * len(moments) for status in ORDER}
    for one in sessions:
        for place, status in statuses_along(one, axis, moments):
            if status in counts:
                counts[status][place] += 1
    scale = (base - top) / max(len(sessions), 1)
    below = [0] * len(moments)
    parts = [_levels(len(sessions), top, base)]
    for status in ORDER:
        above = [low + own for low, own in zip(below, counts[status], strict=True)]
        if any(counts[status]):
            upper = [(axis.x(ms), base - high * scale) for ms, high in zip(moments, above, strict=True)]
            lower = [(axis.x(ms), base - low * scale) for ms, low in zip(moments, below, strict=True)]
            parts.append(shape([*upper, *reversed(lower)], f"area {css_name(status)}", status))
        below = above
    parts.append(_time_line(axis, zone, top, base))
    return svg(WIDTH, base + 20, "Sessions by status over time", *parts)


def statuses_along(one: Gathered, axis: Axis, moments: Sequence[int]) -> list[tuple[int, Status]]:
    """Return a session's status at each moment from its first one on."""
    changes = status_over_time(one.row, one.facts, axis.end_ms, online=False)
    if len(changes) > 1 and changes[-1][0] >= axis.end_ms:
        changes.pop()  # what holds at the end without a connection says nothing about the class
    found: list[tuple[int, Status]] = []
    at = -1
    for place, ms in enumerate(moments):
        while at + 1 < len(changes) and changes[at + 1][0] <= ms:
            at += 1
        if at >= 0:
            found.append((place, changes[at][1]))
    return found


def runs_along(sessions: Sequence[Gathered], axis: Axis) -> tuple[Counter[int], Counter[int]]:
    """Return, by bar from 0 to `BARS` - 1, how many programs were run, and how many of them failed."""
    step = (axis.end_ms - axis.start_ms) / BARS
    runs: Counter[int] = Counter()
    failed: Counter[int] = Counter()
    for one in sessions:
        for _, run in one.facts.runs:
            place = min(max(int((run.at_ms - axis.start_ms) / step), 0), BARS - 1)
            runs[place] += 1
            failed[place] += run.failed
    return runs, failed


def runs_chart(sessions: Sequence[Gathered], axis: Axis, zone: Zone) -> str:
    """Return how many programs were run per stretch of time; the darker part ended with an error or a limit."""
    top, base = 8.0, 90.0
    runs, failed = runs_along(sessions, axis)
    most = max(runs.values(), default=1)
    width = (RIGHT - LEFT) / BARS
    parts = [_levels(most, top, base)]
    for place, total in sorted(runs.items()):
        x, scale = LEFT + place * width, (base - top) / most
        said = f"{count(total, 'run')}, {failed[place]} of them with an error or a limit"
        parts.append(rect(x + 0.5, base - total * scale, (width - 1, total * scale), "bar ran", said))
        if failed[place]:
            parts.append(
                rect(x + 0.5, base - failed[place] * scale, (width - 1, failed[place] * scale), "bar failed", said)
            )
    parts.append(_time_line(axis, zone, top, base))
    return svg(WIDTH, base + 20, "Runs of programs over time", *parts)


def likeness_chart(comparison: Comparison) -> str:
    """Return how many pairs of the class are how alike; heights are square roots, so that single pairs are seen."""
    top, base = 16.0, 110.0
    spread = comparison.spread
    most = max(1, *spread.histogram)
    width = (RIGHT - LEFT) / len(spread.histogram)
    parts = []
    for percent in range(0, 101, 10):
        x = LEFT + (percent + 0.5) * width
        parts.append(line((x, top, x, base), "grid"))
        parts.append(text(x, base + 13, f"{percent} %", "tick", "middle"))
    for percent, pairs in enumerate(spread.histogram):
        if pairs:
            height = max((base - top) * (pairs / most) ** 0.5, 2.0)
            said = f"{count(pairs, 'pair')} at {percent} %"
            parts.append(rect(LEFT + percent * width + 0.5, base - height, (width - 1, height), "bar", said))
    for name, share in (("half of all pairs are below", "0.5"), ("99 % are below", "0.99")):
        figure = spread.quantiles.get(share)
        if figure is not None:
            x = LEFT + (figure * 100 + 0.5) * width
            parts.append(line((x, top - 6, x, base), "mark-line"))
            end = figure > 0.7
            parts.append(text(x - 4 if end else x + 4, top - 2, name, "note", "end" if end else "start"))
    return svg(WIDTH, base + 20, "How alike the programs of the class are, pair by pair", *parts)


def rhythm(one: Gathered, axis: Axis, zone: Zone, most_typed: int) -> str:
    """Return one session over time: typing, pastes, runs, other windows, connection, and where signals are."""
    parts = [
        _time_line(axis, zone, _RHYTHM_TOP, _OFFLINE_Y + 5),
        text(LEFT - 6, _RHYTHM_BASE - 2, "typed", "lane", "end"),
        text(LEFT - 6, _RUN_Y + 3, "runs", "lane", "end"),
        text(LEFT - 6, _AWAY_Y + 3, "away", "lane", "end"),
        text(LEFT - 6, _OFFLINE_Y + 3, "offline", "lane", "end"),
        line((LEFT, _RHYTHM_BASE, RIGHT, _RHYTHM_BASE), "base"),
        *_typing(one, axis, most_typed),
        *_pastes(one, axis, zone),
        *_runs(one, axis, zone),
        *_stretches(one, axis, zone),
        *_signals(one, axis, zone),
    ]
    return svg(WIDTH, _RHYTHM_HEIGHT, f"Rhythm of the session of {one.name}", *parts)


def most_typed(sessions: Sequence[Gathered]) -> int:
    """Return the characters in a minute that fill the height of every rhythm: the class's 99th percentile."""
    minutes = sorted(chars for one in sessions for chars in one.rhythm.typed.values())
    return max(minutes[len(minutes) * 99 // 100], 1) if minutes else 1


def _typing(one: Gathered, axis: Axis, most: int) -> list[str]:
    parts = []
    for minute, chars in sorted(one.rhythm.typed.items()):
        x, end = axis.x(minute * MINUTE_MS), axis.x((minute + 1) * MINUTE_MS)
        height = (_RHYTHM_BASE - _RHYTHM_TOP - 10) * min(chars / most, 1.0)
        width = max(end - x - 0.4, 0.8)
        parts.append(rect(x, _RHYTHM_BASE - height, (width, height), "typed", f"{chars} characters typed"))
    return parts


def _pastes(one: Gathered, axis: Axis, zone: Zone) -> list[str]:
    parts = []
    for ms, chars, clip in one.rhythm.pastes:
        x = axis.x(ms)
        size = 3.0 + min(chars, 2000) ** 0.5 / 9
        css = "paste" if clip == "outside" else "paste own"
        whose = "from elsewhere" if clip == "outside" else "copied within the exam"
        tip = _RHYTHM_BASE - 1
        points = [(x, tip), (x - size, tip - 1.7 * size), (x + size, tip - 1.7 * size)]
        parts.append(shape(points, css, f"{zone.clock(ms)}: {chars} characters pasted, {whose}"))
    return parts


def _runs(one: Gathered, axis: Axis, zone: Zone) -> list[str]:
    return [
        dot(
            axis.x(run.at_ms),
            _RUN_Y,
            2.8,
            "run failed" if run.failed else "run",
            f"{zone.clock(run.at_ms)}: run {run.run} of {run.what}{', ' + run.error if run.error else ''}",
        )
        for _, run in one.facts.runs
    ]


def _stretches(one: Gathered, axis: Axis, zone: Zone) -> list[str]:
    parts = []
    for facts in one.facts.main:
        last = facts.last_ms or axis.end_ms
        parts += [
            _stretch(axis, zone, (away.start_ms, away.end_ms or last), (_AWAY_Y - 3, "away"), "another window")
            for away in facts.away
        ]
        lost = None
        for ms, online in [*facts.contacts, (last, True)]:
            if not online and lost is None:
                lost = ms
            elif online and lost is not None:
                parts.append(_stretch(axis, zone, (lost, ms), (_OFFLINE_Y - 3, "offline"), "no connection to the hub"))
                lost = None
    return parts


def _stretch(axis: Axis, zone: Zone, when: tuple[int, int], where: tuple[float, str], words: str) -> str:
    start, end = axis.x(when[0]), axis.x(when[1])
    said = f"{zone.clock(when[0])}: {words} for {duration(when[1] - when[0])}"
    return rect(start, where[0], (max(end - start, 1.2), 6), where[1], said)


def _signals(one: Gathered, axis: Axis, zone: Zone) -> list[str]:
    parts = []
    for number, signal in enumerate(one.facts.signals(), 1):
        x = axis.x(signal.at_ms)
        said = f"{number}: {zone.clock(signal.at_ms)} {signal.explanation}"
        parts.append(shape([(x, 1), (x + 3.4, 4.6), (x, 8.2), (x - 3.4, 4.6)], "signal", said))
    return parts
