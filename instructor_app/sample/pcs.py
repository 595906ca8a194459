"""How the sample class's PCs are prepared."""

from collections.abc import Iterable

from examdesk.staffapi.messages import GetPreflights, Level, LiveRow, PreflightList, SeatPreflight, SeatResult

_FINE = (
    SeatResult(name="port", level="ok", found="The hub answers at 192.168.10.5:23926."),
    SeatResult(name="multicast", level="ok", found="The exam appears by itself."),
    SeatResult(name="clock", level="ok", found="This PC's clock is 0.4 s behind the hub's."),
    SeatResult(name="disk", level="ok", found="41000 MB free; a write is on the disk after 4 ms."),
    SeatResult(name="Python", level="ok", found="Programs run with Python 3.12.4 (/usr/bin/python3)."),
)
_ODD: dict[int, tuple[Level, SeatResult]] = {
    4: (
        "blocked",
        SeatResult(
            name="multicast",
            level="blocked",
            found="Multicast is blocked on this PC: its own mDNS packet did not come back.",
            todo="Allow UDP port 5353 (mDNS, 224.0.0.251) in this PC's firewall. Until then students type "
            "the address or the join code of the room.",
        ),
    ),
    9: (
        "warning",
        SeatResult(
            name="clock",
            level="warning",
            found="This PC's clock is 3 min ahead of the hub's.",
            todo="The exam uses the hub's clock, so no student loses time. Set this PC's clock, or let it follow "
            "a time server.",
        ),
    ),
    12: (
        "blocked",
        SeatResult(
            name="disk",
            level="blocked",
            found="Only 180 MB are free at D:\\exams.",
            todo="Make room on this PC's disk.",
        ),
    ),
    15: ("untested", SeatResult(name="sandbox", level="untested", found="Not tested: no program has run yet.")),
}

_OK: Level = "ok"


def preflights(_: GetPreflights, rows: Iterable[LiveRow], at_ms: int) -> PreflightList:
    """Return what the PCs of those who are in reported; one of seven never did."""
    found = []
    for place, row in enumerate(rows):
        if place % 7 == 6:
            continue
        known = _ODD.get(place % 24)
        odd, level = (None, _OK) if known is None else (known[1], known[0])
        seat = f"{'ABCDEFGH'[place // 6 % 8]}{place % 6 + 1}"
        found.append(
            SeatPreflight(
                seat=seat,
                device_name=f"LAB2-PC{place + 1:02}",
                device=f"{place:032x}",
                platform="Windows 11",
                address=f"192.168.10.{60 + place % 180}",
                at_ms=at_ms - 3 * 3_600_000 - place * 9_000,
                level=level,
                student=row.student if row.session else "",
                results=_FINE if odd is None else (odd, *(each for each in _FINE if each.name != odd.name)),
            )
        )
    return PreflightList(seats=tuple(found))
