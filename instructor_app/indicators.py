"""What on the live page wants a look, by thresholds that the person sets; declared once for page, dialog and manual."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from examdesk.staffapi.messages import LiveRow
from instructor_app.words import counted, lasting, tr

Kind = Literal["hand", "problem", "disk", "silent", "offline", "failing", "idle", "skew"]
_AT_WORK = ("Working", "Idle")


@dataclass(frozen=True, slots=True)
class Threshold:
    """A setting: from which value on something wants a look; 0 switches it off."""

    kind: Kind
    title: str
    unit: str
    default: int
    most: int
    help: str
    since: str = "0.2"


THRESHOLDS: tuple[Threshold, ...] = (
    Threshold("hand", "Raised hand waits", " s", 120, 3600, "A hand is up for longer than this."),
    Threshold(
        "silent", "Silent desk", " s", 90, 3600, "The connection stands, and nothing was heard for longer than this."
    ),
    Threshold(
        "offline", "Offline desk", " s", 60, 7200, "A desk whose student is at work is not connected for longer."
    ),
    Threshold("failing", "Runs fail", " runs", 5, 100, "So many runs failed one after the other."),
    Threshold("idle", "No activity", " min", 10, 240, "Nothing was typed, run or clicked for longer than this."),
    Threshold(
        "skew", "PC's clock is wrong", " s", 60, 86_400, "The PC's clock is off by more. Times are right anyway."
    ),
    Threshold("disk", "Little room on the PC's disk", " MB", 500, 100_000, "Less is free where the work is kept."),
)
ICONS: dict[Kind, str] = {
    "hand": "hand",
    "problem": "warning",
    "disk": "save-local",
    "silent": "network",
    "offline": "offline",
    "failing": "run",
    "idle": "status-idle",
    "skew": "clock",
}
SHORT: dict[Kind, str] = {
    "hand": "Hand waits",
    "problem": "Not complete",
    "disk": "Little disk",
    "silent": "Silent",
    "offline": "Offline",
    "failing": "Runs fail",
    "idle": "No activity",
    "skew": "Clock is off",
}
_URGENCY: tuple[Kind, ...] = ("disk", "problem", "silent", "offline", "hand", "failing", "idle", "skew")


@dataclass(frozen=True, slots=True)
class Indicator:
    """Something about a student wants a look; `since_ms` where it is known since when."""

    kind: Kind
    words: str
    since_ms: int | None = None

    @property
    def icon(self) -> str:
        """The icon."""
        return ICONS[self.kind]

    @property
    def short(self) -> str:
        """One or two words."""
        return tr(SHORT[self.kind])


def defaults() -> dict[str, int]:
    """Return every threshold as it is until the person changes it."""
    return {each.kind: each.default for each in THRESHOLDS}


def indicators(row: LiveRow, now_ms: int, limits: Mapping[str, int]) -> list[Indicator]:
    """Return what wants a look, the most urgent first; nothing of students who are not in or are done."""
    if not row.session or row.status in ("Submitted", "Ended"):
        return []
    return [made for kind in _URGENCY if (made := _FINDERS[kind](row, now_ms, limits.get(kind, 0))) is not None]


def maybe_silent(rows: Iterable[LiveRow], now_ms: int, limits: Mapping[str, int]) -> list[str]:
    """Return the sessions that look silent only because their rows are old: ask for these again before saying so."""
    limit = limits.get("silent", 0) * 1000
    if not limit:
        return []
    return [
        row.session
        for row in rows
        if row.online and row.session and row.heard_ms is not None and now_ms - row.heard_ms > limit
    ]


def _hand(row: LiveRow, now_ms: int, limit: int) -> Indicator | None:
    if not limit or not row.hand or row.hand_ms is None or now_ms - row.hand_ms < limit * 1000:
        return None
    return Indicator("hand", tr("Hand up for {time}", time=lasting(now_ms - row.hand_ms)), row.hand_ms)


def _problem(row: LiveRow, _now_ms: int, _limit: int) -> Indicator | None:
    return Indicator("problem", row.problem) if row.problem else None


def _disk(row: LiveRow, _now_ms: int, limit: int) -> Indicator | None:
    if not limit or row.free_mb is None or row.free_mb >= limit:
        return None
    return Indicator("disk", tr("Only {n} MB are free on the PC's disk", n=row.free_mb))


def _silent(row: LiveRow, now_ms: int, limit: int) -> Indicator | None:
    if not limit or not row.online or row.heard_ms is None or now_ms - row.heard_ms <= limit * 1000:
        return None
    return Indicator("silent", tr("Nothing heard for {time}", time=lasting(now_ms - row.heard_ms)), row.heard_ms)


def _offline(row: LiveRow, now_ms: int, limit: int) -> Indicator | None:
    if not limit or row.status != "Offline" or row.heard_ms is None or now_ms - row.heard_ms <= limit * 1000:
        return None
    return Indicator("offline", tr("Not connected for {time}", time=lasting(now_ms - row.heard_ms)), row.heard_ms)


def _failing(row: LiveRow, _now_ms: int, limit: int) -> Indicator | None:
    if not limit or row.failing < limit or row.status not in _AT_WORK:
        return None
    return Indicator("failing", counted(row.failing, "{n} run failed", "The last {n} runs failed"))


def _idle(row: LiveRow, now_ms: int, limit: int) -> Indicator | None:
    if not limit or row.status not in _AT_WORK or row.active_ms is None or now_ms - row.active_ms <= limit * 60_000:
        return None
    return Indicator("idle", tr("No activity for {time}", time=lasting(now_ms - row.active_ms)), row.active_ms)


def _skew(row: LiveRow, _now_ms: int, limit: int) -> Indicator | None:
    if not limit or abs(row.skew_ms) <= limit * 1000:
        return None
    how = tr("fast") if row.skew_ms > 0 else tr("slow")
    return Indicator("skew", tr("The PC's clock is {time} {how}", time=lasting(row.skew_ms), how=how))


_FINDERS: dict[Kind, Callable[[LiveRow, int, int], Indicator | None]] = {
    "hand": _hand,
    "problem": _problem,
    "disk": _disk,
    "silent": _silent,
    "offline": _offline,
    "failing": _failing,
    "idle": _idle,
    "skew": _skew,
}
