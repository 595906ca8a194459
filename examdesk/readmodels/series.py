"""Session status and code runs over time."""

from collections import Counter
from typing import get_args

from examdesk.readmodels.live import LiveModel, Online, nobody
from examdesk.readmodels.status import status_over_time
from examdesk.staffapi.messages import Series, Status

MINUTE_MS = 60_000
FINE_STEPS = ((5 * MINUTE_MS, 5_000), (15 * MINUTE_MS, 15_000))
"""(as long as no more time than this has passed, step): the first minutes of an exam are worth a closer look."""
MOST_POINTS = 1_000
STATUSES: tuple[Status, ...] = get_args(Status)


def series(live: LiveModel, now_ms: int, online: Online = nobody) -> Series:
    """Return counts at the end of every step since the first student joined, at most `MOST_POINTS` of them.

    Steps are a minute, shorter ones in the first minutes, or as many minutes as it takes; the last point is now.
    """
    live.fresh()
    begun = min((row.joined_ms for row in live.sessions.values()), default=now_ms)
    step = _step_for(max(now_ms - begun, 0))
    start = begun - begun % min(step, MINUTE_MS)
    points = max(now_ms - start, 0) // step + 1
    figures = {status: [0] * (points + 1) for status in STATUSES}
    people = {row.student for row in live.sessions.values()} | set(live.roster)
    figures["Not joined"][0] = len(people)
    for session, row in live.sessions.items():
        changes = status_over_time(row, live.facts[session], now_ms, online=online(session))
        _add(figures, changes, start, step, points)
    runs = Counter(
        min(max(run.at_ms - start, 0) // step, points - 1)
        for facts in live.facts.values()
        for _, run in facts.runs
        if run.at_ms <= now_ms + step
    )
    return Series(
        start_ms=start,
        step_ms=step,
        runs=tuple(runs[point] for point in range(points)),
        status={status: _summed(steps) for status, steps in figures.items() if any(steps)},
    )


def _step_for(span_ms: int) -> int:
    for longest, step in FINE_STEPS:
        if span_ms <= longest:
            return step
    return MINUTE_MS * -(-(span_ms // MINUTE_MS + 2) // MOST_POINTS)


def _add(
    figures: dict[Status, list[int]], changes: list[tuple[int, Status]], start: int, step: int, points: int
) -> None:
    """Note at which points a session enters and leaves a status; a point counts what holds at its end."""
    before: Status = "Not joined"
    for at_ms, status in changes:
        point = min(max(at_ms - start, 0) // step, points - 1)
        figures[before][point] -= 1
        figures[status][point] += 1
        before = status


def _summed(steps: list[int]) -> tuple[int, ...]:
    total = 0
    counts = []
    for step in steps[:-1]:
        total += step
        counts.append(total)
    return tuple(counts)
