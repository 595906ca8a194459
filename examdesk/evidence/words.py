"""Durations, amounts and surroundings in words."""

from shared.events import kinds


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


def in_minutes(seconds: int) -> str:
    """Return `90 min`, `3 min 20 s` or `4 s`, as people say how much time is given; empty for none."""
    minutes, rest = divmod(seconds, 60)
    return " ".join(part for part in (f"{minutes} min" if minutes else "", f"{rest} s" if rest else "") if part)


def count(number: int, one: str, many: str = "") -> str:
    """Return `1 event` or `1,204 events`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def surroundings_words(seen: kinds.SurroundingsSeen) -> str:
    """Say what the PC's system said of itself."""
    product = f" ({seen.product})" if seen.product else ""
    machine = {
        "real": "a real PC",
        "virtual": f"a virtual machine{product}",
        "container": f"a container{product}",
        "unknown": "a machine of a kind that it does not tell",
    }[seen.machine]
    way = f" ({seen.way})" if seen.way else ""
    session = {"local": ", with somebody in front of it", "remote": f", worked at from another PC{way}", "unknown": ""}
    return f"By its system this is {machine}{session[seen.session]}."
