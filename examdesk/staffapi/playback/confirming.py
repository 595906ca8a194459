"""Which events of a session no hub confirmed, or only long after they were written, in plain words."""

from datetime import datetime
from typing import Literal

from examdesk.staffapi.messages import PlayedEvent
from examdesk.staffapi.playback.tape import Tape

LATE_MS = 60_000
"""Receipts follow within seconds where there is a connection; from this on it is said when one came."""
Confirmation = Literal["", "unconfirmed", "late"]
_NEVER = "no receipt of a hub covers {it}; only the desk's own signatures do"
_WHY = "without a connection, brought by hand, or written before this hub took over"


def confirmation_of(event: PlayedEvent) -> Confirmation:
    """Tell whether an event is not confirmed, or late; empty where it is as usual or the hub does not say."""
    if event.confirmed_ms is None:
        return "unconfirmed"
    return "late" if event.confirmed_ms and event.confirmed_ms - event.at_ms >= LATE_MS else ""


def confirmation_words(event: PlayedEvent) -> str:
    """Return a sentence about an event's receipt where there is something to say about it."""
    match confirmation_of(event):
        case "unconfirmed":
            return f"Not confirmed: {_NEVER.format(it='this event')}."
        case "late":
            late = f"{((event.confirmed_ms or 0) - event.at_ms) // 60_000:,} min"
            return f"Confirmed at {_clock(event.confirmed_ms or 0)}, {late} after it was written: {_WHY}."
    return ""


def stretch_words(kind: Confirmation, events: int, first: PlayedEvent, last: PlayedEvent) -> str:
    """Return a sentence about so many events one after the other that are late or not confirmed."""
    many = _events(events)
    if kind == "unconfirmed":
        return f"{many} not confirmed: {_NEVER.format(it='it' if events == 1 else 'them')}."
    times = list(dict.fromkeys(_clock(each.confirmed_ms or 0) for each in (first, last)))
    return f"{many} confirmed late, at {' to '.join(times)}: {_WHY}."


def record_words(tape: Tape) -> str:
    """Return a sentence about all events that are not confirmed; empty where all are."""
    many = tape.unconfirmed
    if not many:
        return ""
    kept = "They are as the desk wrote and signed them."
    if many == len(tape):
        return f"No hub ever confirmed this record: it has no receipt. {kept}"
    return f"{_events(many)} of this record {'is' if many == 1 else 'are'} not confirmed by a hub. {kept}"


def _events(many: int) -> str:
    return "1 event" if many == 1 else f"{many:,} events"


def _clock(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000).astimezone().strftime("%H:%M:%S")
