"""Dates and times as people write them, and as the hub counts them."""

import re
from datetime import UTC, datetime

from shared.clock import Clock
from shared.problems import InputProblem

_TIME_ONLY = re.compile(r"^(\d{1,2}):(\d{2})(?::(\d{2}))?$")


def local_now(clock: Clock) -> datetime:
    """The PC's local time, without a zone."""
    return datetime.fromtimestamp(clock.wall_ms() / 1000, tz=UTC).astimezone().replace(tzinfo=None)


def read_moment(text: str, clock: Clock) -> datetime:
    """`2026-10-05T09:00`, `2026-10-05 09:00:00`, with or without a zone, or `09:00` today; `InputProblem` otherwise."""
    text = text.strip()
    found = _TIME_ONLY.match(text)
    try:
        if found:
            hour, minute, second = (int(part or 0) for part in found.groups())
            return local_now(clock).replace(hour=hour, minute=minute, second=second, microsecond=0)
        if len(text) > len("2026-10-05"):
            return datetime.fromisoformat(text)
    except ValueError:
        pass
    raise InputProblem(f'"{text}" is no date and time. Write it as 2026-10-05T09:00, or 09:00 for today.')


def moment_ms(moment: datetime) -> int:
    """Milliseconds since 1970-01-01 UTC; a time without a zone is this PC's local time."""
    return round(moment.timestamp() * 1000)
