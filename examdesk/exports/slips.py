"""Slips with the students' personal codes, in the order in which they are handed out, and as a table.

No two symbols of a code look alike: codes have no I, L, O or U.
"""

import csv
import io
from collections.abc import Sequence

import msgspec

from examdesk.exports.tables import defused

COLUMNS = ("student", "name", "section", "room", "seat", "email", "code")


class Slip(msgspec.Struct, frozen=True, kw_only=True):
    """What one student gets."""

    student: str
    name: str
    code: str
    section: str = ""
    room: str = ""
    seat: str = ""
    email: str = ""


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """Slips of one exam; `link` is the text of the QR code, empty for none, `address` what to type without one."""

    exam: str
    slips: tuple[Slip, ...]
    link: str = ""
    address: str = ""


def slips_csv(sheet: Sheet) -> bytes:
    """Return the CSV file, UTF-8 with the mark by which Excel knows it, in the order of the slips."""
    out = io.StringIO(newline="")
    table = csv.writer(out)
    table.writerow(COLUMNS)
    for slip in in_order(sheet.slips):
        table.writerow([defused(getattr(slip, name)) for name in COLUMNS])
    return out.getvalue().encode("utf-8-sig", errors="replace")


def in_order(slips: Sequence[Slip]) -> list[Slip]:
    """Return slips as they are handed out: by section, room, seat, name."""
    return sorted(slips, key=lambda slip: (slip.section, slip.room, _natural(slip.seat), slip.name.casefold()))


def _natural(seat: str) -> tuple[int, str]:
    digits = "".join(letter for letter in seat if letter.isdecimal())
    return (int(digits or 0), seat)
