"""The live table as lines of text: columns that fit the width, counts on top. Pure; `watch` puts it on the screen."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence

import msgspec

from examdesk.staffapi.messages import HeldJoin, LiveRow

SORTS = ("name", "section", "status", "left", "signals", "runs")
_ORDER = ("Offline", "Idle", "Working", "Paused", "Waiting", "Submitted", "Ended", "Not joined")
_COLOURS = {"Offline": "31", "Idle": "33", "Working": "32", "Paused": "35", "Waiting": "36", "Submitted": "34"}
_GAP = "  "
_ELLIPSIS = "…"
_UNKNOWN = "-"


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """How to draw: columns and lines of the terminal, sort order, first row shown, whether colours are wanted."""

    width: int = 100
    height: int | None = None
    sort: str = "name"
    top: int = 0
    colours: bool = False


class _Column(msgspec.Struct, frozen=True):
    """A column: `keep` says in which order columns go when the width is short, the highest first."""

    title: str
    text: Callable[[LiveRow, int], str]
    keep: int
    least: int
    right: bool = False


def clean(text: str) -> str:
    """Return a text that can't move the cursor or change colours, whatever a student typed as a name."""
    return "".join(char if char.isprintable() else "\ufffd" for char in text)


def width_of(text: str) -> int:
    """Return how many cells of a terminal a text takes."""
    return sum(_cells(char) for char in text)


def _cells(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def fit(text: str, width: int, *, right: bool = False) -> str:
    """Return the text in exactly so many cells, shortened with an ellipsis or filled with blanks."""
    if width_of(text) > width:
        kept, used = "", 0
        for char in text:
            if used + _cells(char) > width - 1:
                break
            kept, used = kept + char, used + _cells(char)
        text = kept + _ELLIPSIS if width else ""
    filling = " " * max(width - width_of(text), 0)
    return filling + text if right else text + filling


def span(ms: int | None) -> str:
    """Return a time left as `1:05:00` or `5:00`."""
    if ms is None:
        return _UNKNOWN
    seconds = max(ms, 0) // 1000
    hours, minutes, seconds = seconds // 3600, seconds // 60 % 60, seconds % 60
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def ago(ms: int | None, now_ms: int) -> str:
    """Return how long ago something was, as `3 s`, `5 min` or `2 h`."""
    if ms is None:
        return _UNKNOWN
    seconds = max(now_ms - ms, 0) // 1000
    if seconds < 60:
        return f"{seconds} s"
    return f"{seconds // 60} min" if seconds < 3600 else f"{seconds // 3600} h"


def _left(row: LiveRow, now_ms: int) -> str:
    over = row.status in ("Submitted", "Ended", "Not joined")
    if over or row.left_ms is None or row.ends_ms is None or row.status in ("Paused", "Waiting"):
        return _UNKNOWN if over else span(row.left_ms)
    return span(row.ends_ms - now_ms)


def _status(row: LiveRow, _now_ms: int) -> str:
    marks = ("✋" if row.hand else "") + ("✉" if row.unread else "") + ("!" if row.problem else "")
    return f"{row.status} {marks}" if marks else row.status


def _number(number: int, row: LiveRow) -> str:
    return str(number) if row.session else ""


_COLUMNS = (
    _Column("Student", lambda row, _: row.name or row.student, 99, 20),
    _Column("Section", lambda row, _: row.section, 4, 3),
    _Column("Status", _status, 98, 10),
    _Column("Time left", _left, 9, 9, right=True),
    _Column("Last saved", lambda row, now: ago(row.last_saved_ms, now) if row.session else "", 7, 10, right=True),
    _Column("Runs", lambda row, _: _number(row.runs, row), 6, 4, right=True),
    _Column("Code versions", lambda row, _: _number(row.versions, row), 2, 13, right=True),
    _Column("Signals", lambda row, _: _number(row.signals, row), 8, 7, right=True),
    _Column("Review", lambda row, _: (row.review or "") if row.session else "", 3, 12),
    _Column("Seat", lambda row, _: row.seat, 1, 4),
)


def sort_rows(rows: Sequence[LiveRow], sort: str, now_ms: int) -> list[LiveRow]:
    """Return the rows in an order that screens offer; students of one rank by name."""
    keys: Mapping[str, Callable[[LiveRow], object]] = {
        "section": lambda row: row.section.casefold(),
        "status": lambda row: _ORDER.index(row.status),
        "left": lambda row: row.ends_ms - now_ms if row.ends_ms is not None else float("inf"),
        "signals": lambda row: -row.signals,
        "runs": lambda row: -row.runs,
    }
    by_name = sorted(rows, key=lambda row: (_natural(row.name or row.student), row.student))
    key = keys.get(sort)
    return by_name if key is None else sorted(by_name, key=key)  # type: ignore[arg-type]


def _natural(name: str) -> list[tuple[int, str]]:
    """Return a key by which `Student 2` comes before `Student 10`."""
    parts = re.split(r"([0-9]+)", name.casefold())
    return [(int(part), "") if place % 2 else (0, part) for place, part in enumerate(parts)]


def draw(
    title: str, rows: Sequence[LiveRow], held: Sequence[HeldJoin], now_ms: int, look: Look | None = None
) -> list[str]:
    """Return the screen's lines: title, counts, who waits to be let in, the table as far as it fits."""
    look = look or Look()
    lines = [_styled(fit(clean(title), look.width).rstrip(), "1", look), _counts(rows, look)]
    if held:
        names = ", ".join(clean(join.name or join.student) for join in held)
        lines.append(fit(f"Waiting to be let in ({len(held)}): {names}", look.width).rstrip())
    lines.append("")
    chosen = _chosen(look.width)
    ordered = sort_rows(rows, look.sort, now_ms)
    widths = _widths(chosen, [[clean(each.text(row, now_ms)) for each in chosen] for row in ordered], look.width)
    titles = [fit(each.title, wide, right=each.right) for each, wide in zip(chosen, widths, strict=True)]
    lines.append(_styled(_GAP.join(titles).rstrip(), "4", look))
    body = [_line(row, chosen, widths, now_ms, look) for row in ordered]
    if not body:
        body = ["Nobody is on the roster and nobody has joined yet."]
    return [*lines, *_window(body, look, len(lines))]


def _window(body: list[str], look: Look, above: int) -> list[str]:
    if look.height is None or len(body) <= look.height - above:
        return body
    room = max(look.height - above - 1, 1)
    top = max(0, min(look.top, len(body) - room))
    return [*body[top : top + room], f"Rows {top + 1} to {top + room} of {len(body)}; arrow keys scroll."]


def _counts(rows: Sequence[LiveRow], look: Look) -> str:
    counts = {status: sum(row.status == status for row in rows) for status in _ORDER}
    parts = [f"{status} {number}" for status, number in counts.items() if number]
    hands = sum(row.hand for row in rows)
    if hands:
        parts.append(f"✋ {hands}")
    said = f"{len(rows)} {'student' if len(rows) == 1 else 'students'}"
    return fit("   ".join([said, *parts]), look.width).rstrip()


def _chosen(width: int) -> list[_Column]:
    chosen = list(_COLUMNS)
    while len(chosen) > 2 and sum(each.least for each in chosen) + len(_GAP) * (len(chosen) - 1) > width:
        chosen.remove(min(chosen, key=lambda each: each.keep))
    return chosen


def _widths(columns: Sequence[_Column], cells: Sequence[Sequence[str]], width: int) -> list[int]:
    """Give each column what its longest cell takes; what is missing is taken from the names."""
    wanted = [
        max([width_of(column.title), column.least, *(width_of(row[place]) for row in cells)])
        for place, column in enumerate(columns)
    ]
    over = sum(wanted) + len(_GAP) * (len(columns) - 1) - width
    for place in sorted(range(len(columns)), key=lambda at: columns[at].least - wanted[at]):
        given = min(max(over, 0), wanted[place] - columns[place].least)
        wanted[place] -= given
        over -= given
    return wanted


def _line(row: LiveRow, columns: Sequence[_Column], widths: Sequence[int], now_ms: int, look: Look) -> str:
    parts = []
    for column, wide in zip(columns, widths, strict=True):
        text = fit(clean(column.text(row, now_ms)), wide, right=column.right)
        parts.append(_styled(text, _COLOURS.get(row.status, ""), look) if column.title == "Status" else text)
    return _GAP.join(parts).rstrip()


def _styled(text: str, code: str, look: Look) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if look.colours and code else text
