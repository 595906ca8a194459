"""A ZIP file in which every byte is accounted for, so that no change of it can go unnoticed.

B-1  Members are stored, not compressed, one after the other, with ASCII names, the date 1980-01-01 and no extra
     fields; the central directory and the end record follow directly. The same members give the same bytes.
B-2  A reader rebuilds each header from name, size and CRC-32 and compares: anything else is not a bundle.

Any ZIP program opens such a file. Limits: 4 GiB and 65,535 members.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO

import msgspec

from shared.problems import InputProblem, PeerFault

MAX_BYTES = 0xFFFF_FFFF
MAX_MEMBERS = 0xFFFF
PIECE = 1 << 20
_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_DATE = (1 << 5) | 1
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.\-]*(/[A-Za-z0-9_][A-Za-z0-9_.\-]*)*")


class NotABundle(PeerFault):
    """The file is not in the form of a bundle, or was changed."""


class Member(msgspec.Struct, frozen=True):
    """A member's place: its bytes are `size` from `start` on."""

    name: str
    size: int
    crc: int
    header_at: int
    start: int


def local_header(name: str, size: int, crc: int) -> bytes:
    """Return what stands in front of a member's bytes."""
    encoded = name.encode("ascii")
    return _LOCAL.pack(b"PK\x03\x04", 20, 0, 0, 0, _DATE, crc, size, size, len(encoded), 0) + encoded


def directory(members: list[Member], at: int) -> bytes:
    """Return the central directory and the end record that follow the last member."""
    rows = b"".join(
        _CENTRAL.pack(
            b"PK\x01\x02", 20, 20, 0, 0, 0, _DATE, m.crc, m.size, m.size, len(m.name), 0, 0, 0, 0, 0, m.header_at
        )
        + m.name.encode("ascii")
        for m in members
    )
    count = len(members)
    return rows + _END.pack(b"PK\x05\x06", 0, 0, count, count, len(rows), at, 0)


class BundleWriter:
    """Writes members to a file, in order; `close` completes it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._at = 0
        self._members: list[Member] = []

    def add(self, name: str, source: BinaryIO, size: int, crc: int) -> None:
        """Copy a member of known size and CRC-32.

        Raises:
            InputProblem: the bundle would grow over 4 GiB.
        """
        header = local_header(name, size, crc)
        if self._at + len(header) + size > MAX_BYTES or len(self._members) >= MAX_MEMBERS:
            raise InputProblem("A bundle holds at most 4 GiB. Export the sections one by one.")
        self._file.write(header)
        for piece in iter(lambda: source.read(PIECE), b""):
            self._file.write(piece)
        self._members.append(Member(name, size, crc, self._at, self._at + len(header)))
        self._at += len(header) + size

    def close(self) -> None:
        """Write the directory; the file itself stays open."""
        self._file.write(directory(self._members, self._at))


class BundleReader:
    """Reads a bundle and checks its form as it goes (B-2); `members` walks it once, in order."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._members: list[Member] = []
        self._names: set[str] = set()

    def members(self) -> Iterator[Member]:
        """Yield each member; its CRC-32 is checked when the next one is asked for.

        Raises:
            NotABundle: something is not in the canonical form; the sentence says where.
        """
        at = 0
        while True:
            self._file.seek(at)
            fixed = self._file.read(_LOCAL.size)
            if not fixed.startswith(b"PK\x03\x04"):
                break
            member = self._header(fixed, at)
            yield member
            self._check_crc(member)
            self._members.append(member)
            at = member.start + member.size
            if at > MAX_BYTES or len(self._members) > MAX_MEMBERS:
                raise NotABundle("The bundle is larger than one can be.")
        expected = directory(self._members, at)
        self._file.seek(at)
        if self._file.read(len(expected) + 1) != expected:
            raise NotABundle(
                "The directory at the end of the bundle is not the one that belongs to its members: something was "
                "added, cut off or packed anew."
            )

    def lines(self, member: Member) -> Iterator[bytes]:
        """Yield a member's lines with their line ends; nothing else may be read from the bundle meanwhile."""
        self._file.seek(member.start)
        left = member.size
        while left:
            line = self._file.readline(min(left, PIECE))
            if not line:
                raise NotABundle(f"The bundle ends in the middle of {member.name}.")
            left -= len(line)
            yield line

    def read(self, member: Member, limit: int) -> bytes:
        """Return a small member whole."""
        if member.size > limit:
            raise NotABundle(f"{member.name} is larger than it can be ({member.size} bytes).")
        self._file.seek(member.start)
        return self._file.read(member.size)

    def pieces(self, member: Member) -> Iterator[bytes]:
        """Yield a member's bytes in pieces."""
        self._file.seek(member.start)
        left = member.size
        while left:
            piece = self._file.read(min(left, PIECE))
            if not piece:
                raise NotABundle(f"The bundle ends in the middle of {member.name}.")
            left -= len(piece)
            yield piece

    def _header(self, fixed: bytes, at: int) -> Member:
        if len(fixed) != _LOCAL.size:
            raise NotABundle("The bundle is cut off.")
        fields = _LOCAL.unpack(fixed)
        crc, size, name_length = fields[6], fields[7], fields[9]
        raw_name = self._file.read(min(name_length, 512))
        name = raw_name.decode("ascii", errors="replace")
        if not _NAME.fullmatch(name) or local_header(name, size, crc) != fixed + raw_name:
            raise NotABundle(
                f"The header of a member at byte {at} is not in its canonical form: this is another ZIP file than a "
                "bundle, or one that was unpacked and packed anew."
            )
        if name in self._names:
            raise NotABundle(f"The member {name} is there twice.")
        self._names.add(name)
        return Member(name, size, crc, at, at + len(fixed) + len(raw_name))

    def _check_crc(self, member: Member) -> None:
        crc = 0
        for piece in self.pieces(member):
            crc = zlib.crc32(piece, crc)
        if crc != member.crc:
            raise NotABundle(f"{member.name} is not what was put into the bundle.")
