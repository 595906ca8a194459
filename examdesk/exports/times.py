"""Moments in an export: ISO 8601 with the zone, dates of a spreadsheet, and words."""

from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo
from itertools import pairwise

_SECONDS = len("2026-10-05T09:00:00")
_NEARLY_MS = 1000


_LAST_MS = 253_402_214_399_000
"""9999-12-30T23:59:59Z: with every zone's offset a moment that Python's calendar has."""


class Zone:
    """The time zone that an export speaks in; None is the computer's own."""

    def __init__(self, zone: tzinfo | None = None) -> None:
        self._zone = zone
        self._second = -1
        self._spelled = ("", "")

    def at(self, ms: int) -> datetime:
        """Return the moment with its zone; what lies beyond every calendar, as in a forged record, as the last one."""
        moment = datetime.fromtimestamp(min(ms, _LAST_MS) / 1000, tz=UTC)
        return moment.astimezone(self._zone)

    def iso(self, ms: int | None) -> str | None:
        """Return `2026-10-05T09:00:00.000+02:00`."""
        if ms is None:
            return None
        second, rest = divmod(ms, 1000)
        if second != self._second:  # events come many to a second
            whole = self.at(second * 1000).isoformat(timespec="seconds")
            self._second, self._spelled = second, (whole[:_SECONDS], whole[_SECONDS:])
        before, after = self._spelled
        return f"{before}.{rest:03}{after}"

    def cell(self, ms: int | None) -> datetime | None:
        """Return the local date and time that a spreadsheet can calculate with."""
        return None if ms is None else self.at(ms).replace(tzinfo=None)

    def day(self, ms: int | None) -> str:
        """Return `5 October 2026, 09:00`."""
        if ms is None:
            return "\u2013"
        moment = self.at(ms)
        return f"{moment.day} {moment:%B %Y, %H:%M}"

    def span(self, start_ms: int, end_ms: int) -> str:
        """Return from when to when something was, the day once where it is the same."""
        start, end = self.at(start_ms), self.at(end_ms)
        return f"{self.day(start_ms)} to " + (f"{end:%H:%M}" if start.date() == end.date() else self.day(end_ms))

    def clock(self, ms: int | None) -> str:
        """Return `09:00:17`."""
        return "\u2013" if ms is None else f"{self.at(ms):%H:%M:%S}"

    def name(self, ms: int) -> str:
        """Return the zone at a moment, `UTC+02:00`."""
        offset = f"{self.at(ms):%z}"
        return "UTC" if offset == "+0000" else f"UTC{offset[:3]}:{offset[3:5]}"

    def names(self, moments: Iterable[int]) -> str:
        """Return the zone over these moments; where clocks were changed between them, also until when which held."""
        told = sorted(moments)
        said = self.name(told[0])
        for before, after in pairwise(told):
            if self.name(before) != self.name(after):
                said += f" until {self.day(self._last_of(before, after))}, then {self.name(after)}"
        return said

    def _last_of(self, before: int, after: int) -> int:
        """Return the last moment, nearly, at which the zone is still what it was before."""
        while after - before > _NEARLY_MS:
            middle = (before + after) // 2
            before, after = (middle, after) if self.name(middle) == self.name(before) else (before, middle)
        return before
