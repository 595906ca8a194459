"""Durations and amounts in words."""


def duration(ms: float) -> str:
    """Return `4 s`, `3 min 20 s` or `1 h 5 min`."""
    seconds = max(0, round(ms / 1000))
    if seconds < 60:
        return f"{seconds} s"
    minutes, seconds = divmod(seconds, 60)
    if minutes < 60:
        return f"{minutes} min {seconds} s" if seconds else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def count(number: int, one: str, many: str = "") -> str:
    """Return `1 event` or `1,204 events`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
