"""Moments of a journal on the hub's clock, whatever the PC's own clock said."""

from bisect import bisect_right

from shared.log.entry import Header


class HubTime:
    """Hub time by the monotonic clock since the desk last knew its offset, else by the wall clock and that offset.

    The desk records its offset with every `StandingApplied` and after a sleep; moments before the first one of the same
    boot are corrected by it as well when they are looked at afterwards (`past`).

    Attributes:
        offset_ms: hub time minus the PC's wall clock, as last measured; None before the first measurement.
    """

    __slots__ = ("_anchors", "_boot", "_hub_minus_mono_us", "offset_ms")

    def __init__(self) -> None:
        self._anchors: list[tuple[int, int, int, int]] = []  # seq, boot, hub minus monotonic in µs, offset in ms
        self._boot = -1
        self._hub_minus_mono_us = 0
        self.offset_ms: int | None = None

    def anchor(self, header: Header, offset_ms: int | None) -> None:
        """Take the offset that the desk measured at this event; None where it knew none."""
        if offset_ms is None:
            return
        self._boot = header.boot
        self._hub_minus_mono_us = (header.wall_ms + offset_ms) * 1000 - header.mono_us
        self.offset_ms = offset_ms
        self._anchors.append((header.seq, header.boot, self._hub_minus_mono_us, offset_ms))

    def at(self, header: Header) -> int:
        """Return when an event happened, as far as is known at that event; ms since 1970 UTC."""
        if header.boot == self._boot:
            return (header.mono_us + self._hub_minus_mono_us) // 1000
        return header.wall_ms + (self.offset_ms or 0)

    def past(self, header: Header) -> int:
        """Return when an earlier event happened, with everything that is known now."""
        if not self._anchors:
            return header.wall_ms
        place = max(bisect_right(self._anchors, header.seq, key=lambda anchor: anchor[0]) - 1, 0)
        _, boot, hub_minus_mono_us, offset_ms = self._anchors[place]
        if header.boot == boot:
            return (header.mono_us + hub_minus_mono_us) // 1000
        return header.wall_ms + offset_ms
