"""The journals on this PC: which there are, whose, and which one to go on with."""

import sqlite3
from enum import Enum, auto
from pathlib import Path

import msgspec

from shared.problems import PeerFault
from student_app.core.journal_file import SUFFIX, Identity, already_open, read_identity
from student_app.core.ports import HubAddress
from student_app.core.sitting import Sitting


class OnShelf(msgspec.Struct, frozen=True):
    """A journal file: what it is for, and whether it can still be written (its key is there)."""

    path: Path
    identity: Identity
    open: bool


def journals(folder: Path) -> list[OnShelf]:
    """Return the journals in a folder, newest first; what is open elsewhere or can't be read is left out."""
    found = [one for path in _paths(folder) if isinstance(one := _look(path), OnShelf)]
    return sorted(found, key=lambda one: one.identity.created_ms, reverse=True)


def busy(folder: Path) -> bool:
    """Tell whether another window works with a journal in this folder."""
    return any(_look(path) is Busy.BUSY for path in _paths(folder))


def to_go_on_with(folder: Path, student: str | None = None) -> Path | None:
    """Return the newest journal that can still be written, of this student where one is named.

    Raises:
        EnvironmentProblem: another window works in this folder.
    """
    if busy(folder):
        raise already_open()
    for one in journals(folder):
        if one.open and (student is None or one.identity.student.casefold() == student.casefold()):
            return one.path
    return None


class Busy(Enum):
    """A journal that another window has open."""

    BUSY = auto()


def _paths(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"*{SUFFIX}")) if folder.is_dir() else []


def _look(path: Path) -> OnShelf | Busy | None:
    try:
        connection = sqlite3.connect(path, timeout=0.2)
        try:
            rows = dict(connection.execute("SELECT name, value FROM meta WHERE name IN ('identity', 'key')"))
        finally:
            connection.close()
        return OnShelf(path, read_identity(rows.get("identity")), "key" in rows)
    except sqlite3.OperationalError as error:
        return Busy.BUSY if "locked" in str(error) else None
    except (sqlite3.Error, PeerFault):
        return None


def pack_addresses(addresses: tuple[HubAddress, ...]) -> bytes:
    """Return the addresses as they are kept in a journal."""
    return msgspec.msgpack.encode(addresses)


def unpack_addresses(data: bytes | None) -> tuple[HubAddress, ...]:
    """Read what `pack_addresses` gave; nothing for what can't be read."""
    try:
        return msgspec.msgpack.decode(data or b"\x90", type=tuple[HubAddress, ...])
    except msgspec.DecodeError:
        return ()


def addresses_of(sitting: Sitting) -> tuple[HubAddress, ...]:
    """Return the addresses under which the journal's hub was known."""
    return unpack_addresses(sitting.kept_addresses)
