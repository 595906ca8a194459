"""Moments of a session as people write, copy and cite them."""

import re
from collections.abc import Sequence
from datetime import datetime

from examdesk.staffapi.messages import PlayedVersion
from examdesk.staffapi.playback.marks import Marks
from examdesk.staffapi.playback.tape import Tape
from shared.problems import InputProblem

MOMENT = "an event's number, run:3, version:2, a time of day such as 10:04:30, start, end, or a copied [1a2b3c4d/511]"
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")
_NAMED = re.compile(r"(run|version)[:\s]\s*(\d{1,9})", re.IGNORECASE)
_NUMBER = re.compile(r"(?:event\s+)?([\d,]{1,12})", re.IGNORECASE)
_CITED = re.compile(r"\[([0-9a-f]{8,32})/(\d{1,9})\]")
_LETTERS = 8
"""Of a journal's id so many stand in a citation: two journals of one session do not share them by chance."""


def citation(tape: Tape, number: int) -> str:
    """Return what names a moment for good, whatever else comes to the session; empty before the first event."""
    journal = tape.journal_of(number)
    if journal is None or not 0 < number <= len(tape):
        return ""
    return f"[{journal.journal[:_LETTERS]}/{tape.events[number - 1].seq}]"


def cited(tape: Tape, text: str) -> list[int]:
    """Return the moments of this tape that a text cites, in its order."""
    found = [tape.number_of(prefix, int(seq)) for prefix, seq in _CITED.findall(text)]
    return [number for number in found if number is not None and number <= len(tape)]


def number_of(text: str, tape: Tape, marks: Marks, versions: Sequence[PlayedVersion]) -> int:
    """Return how many events had happened at a moment as a person writes it; raises `InputProblem`."""
    text = text.strip()
    if text in ("start", "end"):
        return 0 if text == "start" else len(tape)
    if _CITED.search(text) is not None:
        return _of_citation(text, tape)
    named = _NAMED.fullmatch(text)
    if named is not None:
        which = int(named[2])
        return _of_run(which, marks) if named[1].lower() == "run" else _of_version(which, tape, versions)
    plain = _NUMBER.fullmatch(text)
    if plain is not None and plain[1].strip(",") and int(plain[1].replace(",", "")) <= len(tape):
        return int(plain[1].replace(",", ""))
    clock = _CLOCK.fullmatch(text)
    if clock is not None and tape.times:
        return _of_clock(tape, *(int(part or 0) for part in clock.groups()))
    raise InputProblem(f"“{text}” is no moment of this session's {len(tape):,} events. Write {MOMENT}.")


def _of_citation(text: str, tape: Tape) -> int:
    found = cited(tape, text)
    if not found:
        raise InputProblem(f"“{text}” is a moment of another session, or of another record of this one.")
    return found[0]


def _of_run(which: int, marks: Marks) -> int:
    found = [run.number for run in marks.runs if run.run == which]
    if not found:
        raise InputProblem(f"There is no run {which}; this session has {len(marks.runs)}.")
    return found[-1]


def _of_version(which: int, tape: Tape, versions: Sequence[PlayedVersion]) -> int:
    found = [tape.number_of(each.journal, each.seq) for each in versions if each.number == which]
    numbers = [number for number in found if number is not None]
    if not numbers:
        raise InputProblem(f"There is no version {which}; this session has {len(versions)}.")
    return numbers[-1]


def _of_clock(tape: Tape, hour: int, minute: int, second: int) -> int:
    first = datetime.fromtimestamp(tape.times[0] / 1000).astimezone()
    try:
        there = first.replace(hour=hour, minute=minute, second=second, microsecond=999_999)
    except ValueError as error:
        raise InputProblem(f"{hour}:{minute:02}:{second:02} is no time of day.") from error
    return tape.number_at(round(there.timestamp() * 1000))
