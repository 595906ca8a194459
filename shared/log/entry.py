"""One event as bytes: a fixed header, a salt, a payload, and the link that chains it."""

import struct
from hashlib import sha256
from typing import NamedTuple

import msgspec

from shared.admission.endorsement import chain_start
from shared.events import is_line
from shared.ids import JournalId
from shared.problems import PeerFault

VERSION = 1
HEADER_BYTES = 48
SALT_BYTES = 16
LINK_BYTES = 32
MAX_WALL_MS = 253_402_300_800_000
"""The year 10000: dates of most languages end before it."""
MAX_MONO_US = 1 << 53
"""285 years."""
_LAYOUT = struct.Struct(">BBHQQQI16s")


class Header(NamedTuple):
    """The 48 bytes in front of a payload, big-endian (L-1)."""

    version: int
    kind: int
    flags: int
    seq: int
    mono_us: int
    wall_ms: int
    boot: int
    journal: JournalId

    def pack(self) -> bytes:
        """Return the header's bytes."""
        return _LAYOUT.pack(*self)

    @property
    def schema(self) -> int:
        """The version of the payload's fields: the low byte of the flags."""
        return self.flags & 0xFF


def unpack_header(data: bytes) -> Header:
    """Read a header.

    Raises:
        PeerFault: it is not 48 bytes long.
    """
    if len(data) != HEADER_BYTES:
        raise PeerFault(f"A header has {len(data)} bytes instead of {HEADER_BYTES}.")
    return Header._make(_LAYOUT.unpack(data))


class Entry(msgspec.Struct, frozen=True, array_like=True):
    """One event as it is stored, sent and exported.

    `payload` is None where it was erased: then `digest` stands for it, and the chain stays valid.
    """

    header: bytes
    salt: bytes
    payload: bytes | None
    digest: bytes | None = None

    def payload_digest(self) -> bytes:
        """Return pd = SHA-256(salt ‖ payload), or the digest that was kept when the payload was erased."""
        if self.payload is not None:
            return sha256(self.salt + self.payload).digest()
        if self.digest is None or len(self.digest) != LINK_BYTES:
            raise PeerFault("An erased event came without its digest.")
        return self.digest

    def size(self) -> int:
        """Return the bytes that the entry takes on the wire, nearly."""
        return HEADER_BYTES + SALT_BYTES + len(self.payload or b"") + 8


def check_entry(entry: Entry) -> Header:
    """Return the header of an event that comes from a desk, where it has the form of the log (L-1, L-2).

    Raises:
        PeerFault: a field is not as the log has it: such an event would make a record that no verifier accepts.
    """
    header = unpack_header(entry.header)
    if header.version != VERSION or len(entry.salt) != SALT_BYTES:
        raise PeerFault(f"Event {header.seq} is of another version of the log, or its salt is not {SALT_BYTES} bytes.")
    if header.mono_us >= MAX_MONO_US or header.wall_ms >= MAX_WALL_MS:
        raise PeerFault(f"Event {header.seq} carries a time that no clock shows.")
    if entry.payload is None or entry.digest is not None:
        raise PeerFault(f"Event {header.seq} came without its payload; only the hub erases.")
    if not is_line(entry.payload):
        raise PeerFault(f"The payload of event {header.seq} is not one line of JSON of at most 64 KiB.")
    return header


def start_link(endorsement: bytes) -> bytes:
    """Return link_{-1} of a journal: it binds the chain to exam, session, student and key (L-3, A-9).

    `endorsement` is the envelope as issued, or the statement of a desk that began alone; once that is adopted, either
    gives the same link.
    """
    return sha256(b"EDP1-START\0" + chain_start(endorsement)).digest()


def next_link(link: bytes, header: bytes, digest: bytes) -> bytes:
    """Return link_i from link_{i-1} (L-3)."""
    return sha256(b"EDP1-EV\0" + link + header + digest).digest()


def advance(link: bytes, entry: Entry) -> bytes:
    """Return the link after one more entry."""
    return next_link(link, entry.header, entry.payload_digest())
