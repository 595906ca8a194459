"""When a journal does not hold: its file is set aside as it is, and a new file goes on with everything that holds."""

import itertools
import sqlite3
from pathlib import Path

import msgspec

from shared.events import decode
from shared.log.entry import unpack_header
from shared.problems import EnvironmentProblem, PeerFault
from shared.text import Workspace
from shared.text.replay import apply_event
from student_app.core.journal_file import (
    BrokenChain,
    Identity,
    JournalFile,
    Row,
    Table,
    Write,
    put_event,
    read_identity,
)

_CHUNK = 5_000
_BESIDE: dict[Table, str] = {
    "batches": "INSERT OR IGNORE INTO batches VALUES (?, ?, ?, ?)",
    "receipts": "INSERT OR IGNORE INTO receipts VALUES (?, ?, ?)",
    "standings": "INSERT OR IGNORE INTO standings VALUES (?, ?)",
    "notices": "INSERT OR IGNORE INTO notices VALUES (?, ?)",
    "content": "INSERT OR IGNORE INTO content VALUES (?, ?)",
    "meta": "INSERT OR REPLACE INTO meta VALUES (?, ?)",
}


class Salvage(msgspec.Struct, frozen=True):
    """What was done: the last event that is kept, why, the file set aside, and newer texts that could be read."""

    kept_up_to: int
    why: str
    aside: Path
    texts: dict[str, str]


def set_aside(path: Path) -> Path:
    """Give the journal's files another name, for somebody to look at, and return it."""
    for number in itertools.count(1):
        aside = path.with_name(f"{path.name}.damaged-{number}")
        if not aside.exists():
            break
    path.rename(aside)
    for suffix in ("-wal", "-shm"):
        beside = path.with_name(path.name + suffix)
        if beside.exists():
            beside.rename(aside.with_name(aside.name + suffix))
    return aside


def salvage(path: Path, file: JournalFile, why: str) -> tuple[JournalFile, Salvage]:
    """Replace the journal at `path`, open as `file`, by one with its longest beginning that holds.

    Raises:
        EnvironmentProblem: it does not even say what it is for; it was set aside.
    """
    found: list[tuple[Table, Row]] = [(table, row) for table in _BESIDE for row in file.rows(table)]
    meta = {str(row[0]): row[1] for table, row in found if table == "meta"}
    try:
        identity = read_identity(_bytes(meta.get("identity")))
    except PeerFault as error:
        raise unreadable(path, file) from error
    events, kept = _beginning(file, identity)
    texts = _newer_texts(file, kept)
    file.close()
    aside = set_aside(path)
    fresh = JournalFile.create(path, identity, _bytes(meta.get("key")))
    writes: list[Write] = [*events, *((_BESIDE[table], row) for table, row in found if _fits(table, row, kept))]
    for start in range(0, len(writes), _CHUNK):
        fresh.write(writes[start : start + _CHUNK])
    return fresh, Salvage(kept, why, aside, texts)


def unreadable(path: Path, file: JournalFile | None = None) -> EnvironmentProblem:
    """Set aside a journal of which nothing can be used, and return the sentence for it."""
    if file is not None:
        file.close()
    aside = set_aside(path)
    return EnvironmentProblem(
        f"The copy of your work on this PC can't be read any more; it was kept as {aside.name}. Join again: you get "
        "back what had reached your instructor. Raise your hand so that somebody looks at this PC."
    )


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else b""


def _fits(table: Table, row: Row, kept: int) -> bool:
    return table not in {"batches", "receipts"} or (isinstance(row[0], int) and row[0] <= kept)


def _beginning(file: JournalFile, identity: Identity) -> tuple[list[Write], int]:
    """Return the writes of all events before the first that does not hold, and the last of them."""
    writes: list[Write] = []
    kept = -1
    workspace = Workspace()
    try:
        for seq, entry, link in file.events(identity):
            apply_event(workspace, seq, decode(unpack_header(entry.header).kind, entry.payload or b""))
            writes.append(put_event(seq, entry, link))
            kept = seq
    except (BrokenChain, PeerFault, sqlite3.DatabaseError):
        pass
    return writes, kept


def _newer_texts(file: JournalFile, kept: int) -> dict[str, str]:
    """Return the newest texts after the break: a copy beside the log, and the events that follow it without a gap."""
    try:
        snapshot = file.snapshot()
    except (sqlite3.DatabaseError, msgspec.DecodeError):
        return {}
    if snapshot is None or snapshot[0] <= kept:
        return {}
    expected, texts = snapshot
    workspace = Workspace(texts)
    for seq, entry in file.readable_events(expected):
        expected += 1
        try:
            if seq != expected:
                break
            apply_event(workspace, seq, decode(unpack_header(entry.header).kind, entry.payload or b""))
        except PeerFault:
            break
    return workspace.texts()
