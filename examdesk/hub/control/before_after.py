"""What a deed changed, as lines of its audit entry: what was before and what is after, and for whom.

The first line of an entry's detail says what the deed was about; each line that begins with `CHANGE` is one change.
Times are UTC as `2026-10-05T10:30:00Z`, whoever shows them may write them in local time.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

import msgspec

from examdesk.store.audit import CHANGE, Deed
from examdesk.store.rows import SessionRow

_NOTHING = "none"
_TIMES: dict[str, str] = {"starts_ms": "start", "ends_ms": "end", "paused_ms": "paused since"}
_STATES = {"ended": "ended", "locked": "locked", "reopened": "times reopened"}


def with_changes(deed: Deed, changes: Iterable[str]) -> Deed:
    """Return a deed whose detail also says what it changed."""
    lines = [deed.detail, *(f"{CHANGE}{change}" for change in changes)]
    return msgspec.structs.replace(deed, detail="\n".join(lines)) if len(lines) > 1 else deed


def session_changes(pairs: Iterable[tuple[SessionRow, SessionRow]]) -> list[str]:
    """Return what changed of sessions, the same change once with all of its students."""
    students: dict[str, list[str]] = {}
    for before, after in pairs:
        said = [
            _change(name, write(getattr(before, field)), write(getattr(after, field)))
            for names, write in _WRITTEN
            for field, name in names.items()
        ]
        text = ", ".join(each for each in said if each)
        if text:
            students.setdefault(text, []).append(str(before.student))
    return [f"{text} ({', '.join(who)})" for text, who in students.items()]


def field_changes(who: str, before: msgspec.Struct | None, after: msgspec.Struct, fields: Iterable[str]) -> list[str]:
    """Return what changed of one thing called `who`: these fields before and after."""
    if before is None:
        given = [f"{field} {_plain(getattr(after, field))}" for field in fields if getattr(after, field)]
        return [f"new: {', '.join(given)} ({who})"] if given else [f"new ({who})"]
    said = [_change(field, _plain(getattr(before, field)), _plain(getattr(after, field))) for field in fields]
    text = ", ".join(each for each in said if each)
    return [f"{text} ({who})"] if text else []


def new_thing(what: str) -> list[str]:
    """Return that something was made which was not there before."""
    return [f"new: {what}"]


def value_change(name: str, before: object, after: object) -> list[str]:
    """Return one change of a value, nothing where it stays."""
    text = _change(name, _plain(before), _plain(after))
    return [text] if text else []


def _change(name: str, before: str, after: str) -> str:
    return "" if before == after else f"{name} {before} → {after}"


def _time(at_ms: int | None) -> str:
    if at_ms is None:
        return _NOTHING
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None or value == "":
        return _NOTHING
    return f"{value:g}" if isinstance(value, float) else str(value)


_WRITTEN: tuple[tuple[dict[str, str], Callable[[Any], str]], ...] = ((_TIMES, _time), (_STATES, _plain))
