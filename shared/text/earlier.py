"""What a desk should know of its session's earlier journals: the versions and notes of each, as one document."""

import msgspec

from shared.problems import PeerFault
from shared.text.versions import JournalVersions, Version

MAX_PACKED = 8 << 20
"""Bytes of all texts of one journal, compressed: where there are more, the newest versions are kept."""
MAX_DOCUMENT = 2 * MAX_PACKED


class EarlierJournal(msgspec.Struct, frozen=True, kw_only=True):
    """A journal as far as the student wants to look back at it.

    Attributes:
        journal: its id in hexadecimal, `device` that of its PC.
        last: the event up to which this holds.
        opened_ms: when the hub endorsed it; this orders the journals of a session.
        versions: their times are ms of the hub's clock.
        notes: the student's own notes as they stood at the end.
    """

    journal: str
    device: str
    last: int
    opened_ms: int
    versions: JournalVersions
    notes: str = ""


def pack(earlier: EarlierJournal) -> bytes:
    """Return the document as it travels and is kept."""
    return msgspec.msgpack.encode(earlier)


def unpack(data: bytes) -> EarlierJournal:
    """Read a document.

    Raises:
        PeerFault: it is none.
    """
    if len(data) > MAX_DOCUMENT:
        raise PeerFault("The versions of an earlier journal are larger than any can be.")
    try:
        return msgspec.msgpack.decode(data, type=EarlierJournal)
    except msgspec.DecodeError as error:
        raise PeerFault("The versions of an earlier journal can't be read.") from error


def within(versions: JournalVersions, budget: int = MAX_PACKED) -> JournalVersions:
    """Return the newest versions whose texts take at most `budget` bytes together; at least one of each file."""
    every = [
        (version.marks[-1].at_ms, place, file)
        for file, kept in versions.files.items()
        for place, version in enumerate(kept)
    ]
    chosen: dict[str, set[int]] = {file: set() for file in versions.files}
    for _, place, file in sorted(every, reverse=True):
        budget -= len(versions.files[file][place].packed)
        if budget >= 0 or not chosen[file]:
            chosen[file].add(place)
    files = {
        file: tuple(version for place, version in enumerate(kept) if place in chosen[file])
        for file, kept in versions.files.items()
    }
    return msgspec.structs.replace(versions, files=files)


def seen_from(earlier: EarlierJournal, device: str, ahead_ms: int) -> JournalVersions:
    """Return the versions as a PC shows them: times by its own clock; hub time is `ahead_ms` more."""
    elsewhere = earlier.device != device
    files = {
        file: tuple(msgspec.structs.replace(version, elsewhere=elsewhere) for version in kept)
        for file, kept in earlier.versions.files.items()
    }
    return in_hub_time(msgspec.structs.replace(earlier.versions, files=files), -ahead_ms)


def in_hub_time(versions: JournalVersions, ahead_ms: int) -> JournalVersions:
    """Return the versions of a PC with times by the hub's clock, which is `ahead_ms` ahead of the PC's."""
    files = {file: tuple(_moved(version, ahead_ms) for version in kept) for file, kept in versions.files.items()}
    return msgspec.structs.replace(versions, files=files)


def _moved(version: Version, by_ms: int) -> Version:
    marks = tuple(msgspec.structs.replace(mark, at_ms=mark.at_ms + by_ms) for mark in version.marks)
    return msgspec.structs.replace(version, marks=marks)
