"""A journal on disk: one SQLite file per session and device, append-only, that any tool can open.

The file has mode 0600, because it holds the session's key until the end. It is opened in SQLite's exclusive mode:
one connection, no shared memory file, and a second window is told so instead of writing beside the first.
"""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from shared.ids import DeviceId, ExamId, JournalId, SessionId
from shared.log.batch import SignedBatch
from shared.log.entry import Entry, advance, start_link, unpack_header
from shared.log.receipt import SignedReceipt
from shared.problems import EnvironmentProblem, PeerFault

FORMAT = 1
SUFFIX = ".journal"
ADOPTION = "adoption"
"""The name in `meta` of the endorsement with which a hub adopted a journal that this desk began alone."""
_SCHEMA = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID;
CREATE TABLE events (seq INTEGER PRIMARY KEY, header BLOB NOT NULL, salt BLOB NOT NULL, payload BLOB NOT NULL,
                     link BLOB NOT NULL);
CREATE TABLE batches (last INTEGER PRIMARY KEY, first INTEGER NOT NULL, body BLOB NOT NULL, signature BLOB NOT NULL);
CREATE TABLE receipts (last INTEGER PRIMARY KEY, body BLOB NOT NULL, signature BLOB NOT NULL);
CREATE TABLE standings (revision INTEGER PRIMARY KEY, envelope BLOB NOT NULL);
CREATE TABLE notices (number INTEGER PRIMARY KEY, envelope BLOB NOT NULL);
CREATE TABLE content (piece INTEGER PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE snapshots (seq INTEGER PRIMARY KEY, files BLOB NOT NULL);
"""
PACKAGES = "packages"
"""The name in `meta` of the signed list of the exam's packages."""
AMENDED = "amended"
"""The name in `meta` of what editions of the exam changed for the student."""
Write = tuple[str, tuple[object, ...]]
Row = tuple[object, ...]
Table = Literal["batches", "receipts", "standings", "notices", "content", "meta"]
LoadedBatch = tuple[SignedBatch, tuple[Entry, ...]]


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """What a journal is for; written once. `endorsement` is the desk's own statement where it began alone."""

    exam: ExamId
    session: SessionId
    journal: JournalId
    device: DeviceId
    student: str
    name: str
    title: str
    exam_key: bytes
    endorsement: bytes
    created_ms: int
    parent: JournalId | None = None


class BrokenChain(PeerFault):
    """The journal's chain does not hold from this event on.

    Attributes:
        seq: the first event that is missing or altered.
    """

    def __init__(self, seq: int, why: str) -> None:
        super().__init__(f"The journal on this PC is damaged from event {seq} on ({why}).")
        self.seq = seq


def _connect(path: Path | None) -> sqlite3.Connection:
    connection = sqlite3.connect(
        ":memory:" if path is None else path, timeout=0.0, isolation_level=None, check_same_thread=False
    )
    try:
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA secure_delete=ON")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("COMMIT")
    except UnicodeDecodeError as error:  # SQLite's own message quotes a damaged name
        connection.close()
        raise sqlite3.DatabaseError("the names of its tables are damaged") from error
    except BaseException:
        connection.close()
        raise
    return connection


class JournalFile:
    """The open file. Used by one thread at a time: the opener's, then the committer's."""

    def __init__(self, connection: sqlite3.Connection, path: Path | None) -> None:
        self._connection = connection
        self.path = path

    @classmethod
    def create(cls, path: Path | None, identity: Identity, key: bytes) -> "JournalFile":
        """Make a new journal; `path` None keeps it in memory.

        Raises:
            EnvironmentProblem: the place can't be written to.
        """
        made = False
        try:
            if path is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
                os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
                made = True
            file = cls(_connect(path), path)
            file._connection.executescript("BEGIN;" + _SCHEMA + "COMMIT;")
            file.write(
                [
                    put_meta("format", str(FORMAT).encode()),
                    put_meta("identity", msgspec.msgpack.encode(identity)),
                    put_meta("key", key),
                ]
            )
        except (OSError, sqlite3.Error) as error:
            if made and path is not None:
                path.unlink(missing_ok=True)  # nothing is in it yet, and the next try needs the name
            raise cannot_write(path, error) from error
        return file

    @classmethod
    def open(cls, path: Path) -> "JournalFile":
        """Open an existing journal.

        Raises:
            EnvironmentProblem: another window has it open, or the place can't be written to.
            sqlite3.DatabaseError: the file is damaged: `salvage` it.
        """
        try:
            return cls(_connect(path), path)
        except sqlite3.OperationalError as error:
            if "locked" in str(error) or "busy" in str(error):
                raise already_open() from error
            raise cannot_write(path, error) from error

    def write(self, writes: Sequence[Write]) -> None:
        """Make these changes durable in one transaction; raises sqlite3.Error and changes nothing."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            for statement, values in writes:
                self._connection.execute(statement, values)
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    def reopen(self) -> None:
        """Begin with a new connection: after an I/O error the old one must not be trusted with another fsync."""
        if self.path is not None:
            self._connection.close()
            self._connection = _connect(self.path)

    def last_seq(self) -> int:
        """Return the last event on disk, -1 for none."""
        (last,) = self._connection.execute("SELECT max(seq) FROM events").fetchone()
        return -1 if last is None else int(last)

    def meta(self, name: str) -> bytes | None:
        """Return a value of the table `meta`."""
        row = self._connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return None if row is None else bytes(row[0])

    def sizes(self, prefix: str) -> list[tuple[str, int]]:
        """Return names and sizes of the values of `meta` whose names begin so."""
        query = "SELECT name, length(value) FROM meta WHERE substr(name, 1, ?) = ? ORDER BY name"
        return [(str(name), int(size)) for name, size in self._connection.execute(query, (len(prefix), prefix))]

    def identity(self) -> Identity:
        """Return what the journal is for; raises `PeerFault` when that is damaged."""
        return read_identity(self.meta("identity"))

    def endorsement(self) -> bytes:
        """Return who vouches for the journal: the hub's word, or the desk's own where no hub has adopted it."""
        return self.meta(ADOPTION) or self.identity().endorsement

    def events(self, identity: Identity) -> Iterator[tuple[int, Entry, bytes]]:
        """Yield every event with its link, checking number, journal and chain.

        Raises:
            BrokenChain: from this event on the journal does not hold.
        """
        link, expected = start_link(identity.endorsement), 0
        rows = self._connection.execute("SELECT seq, header, salt, payload, link FROM events ORDER BY seq")
        while True:
            try:
                row = rows.fetchone()
            except sqlite3.DatabaseError as error:
                raise BrokenChain(expected, str(error)) from error
            if row is None:
                return
            seq, entry, stored = row[0], Entry(row[1], row[2], row[3]), row[4]
            link = _checked(seq, entry, stored, (expected, link, identity.journal))
            yield seq, entry, link
            expected += 1

    def batch_ends(self) -> dict[int, bytes]:
        """Return the link of the last event of every batch, in order; empty where that event is missing."""
        rows = self._connection.execute(
            "SELECT batches.last, coalesce(events.link, x'') FROM batches "
            "LEFT JOIN events ON events.seq = batches.last ORDER BY batches.last"
        )
        return {int(last): bytes(link) for last, link in rows}

    def batches_after(self, seq: int) -> list[tuple[int, int, SignedBatch]]:
        """Return first event, last event and bytes of every batch that ends after `seq`, in order."""
        rows = self._connection.execute(
            "SELECT first, last, body, signature FROM batches WHERE last > ? ORDER BY last", (seq,)
        )
        return [(int(first), int(last), SignedBatch(body, signature)) for first, last, body, signature in rows]

    def load(self, after: int, limit: int) -> tuple[LoadedBatch, ...]:
        """Return up to `limit` whole batches that follow event `after`."""
        rows = self._connection.execute(
            "SELECT first, last, body, signature FROM batches WHERE first > ? ORDER BY first LIMIT ?", (after, limit)
        ).fetchall()
        return tuple(
            (SignedBatch(body, signature), self._between(first, last)) for first, last, body, signature in rows
        )

    def _between(self, first: int, last: int) -> tuple[Entry, ...]:
        rows = self._connection.execute(
            "SELECT header, salt, payload FROM events WHERE seq BETWEEN ? AND ? ORDER BY seq", (first, last)
        )
        return tuple(Entry(*row) for row in rows)

    def event(self, seq: int) -> tuple[Entry, bytes] | None:
        """Return one event and the link after it; None for one that is not here."""
        row = self._connection.execute(
            "SELECT header, salt, payload, link FROM events WHERE seq = ?", (seq,)
        ).fetchone()
        return None if row is None else (Entry(*row[:3]), bytes(row[3]))

    def receipts(self) -> list[SignedReceipt]:
        """Return all receipts in order."""
        return [
            SignedReceipt(*row)
            for row in self._connection.execute("SELECT body, signature FROM receipts ORDER BY last")
        ]

    def standings(self) -> list[bytes]:
        """Return the envelopes of all standings in order, as far as they can be read."""
        rows = self._connection.execute("SELECT envelope FROM standings ORDER BY revision")
        return [envelope for (envelope,) in rows if isinstance(envelope, bytes)]

    def notices(self) -> list[bytes]:
        """Return the envelopes of all notices in order, as far as they can be read."""
        rows = self._connection.execute("SELECT envelope FROM notices ORDER BY number")
        return [envelope for (envelope,) in rows if isinstance(envelope, bytes)]

    def pieces(self) -> dict[int, bytes]:
        """Return the pieces of the sealed content that are here; what is damaged is fetched again."""
        rows = self._connection.execute("SELECT piece, data FROM content")
        return {piece: data for piece, data in rows if isinstance(piece, int) and isinstance(data, bytes)}

    def snapshot(self) -> tuple[int, dict[str, str]] | None:
        """Return the newest copy of all texts beside the log, with the event after which it was taken.

        Raises:
            msgspec.DecodeError: the copy is damaged.
        """
        row = self._connection.execute("SELECT seq, files FROM snapshots ORDER BY seq DESC LIMIT 1").fetchone()
        if row is None:
            return None
        try:
            return int(row[0]), msgspec.msgpack.decode(row[1], type=dict[str, str])
        except (UnicodeDecodeError, TypeError) as error:
            raise msgspec.DecodeError("a copy of the texts beside the log is damaged") from error

    def rows(self, table: Table) -> Iterator[Row]:
        """Yield the rows of a table as far as they can be read."""
        try:
            yield from self._connection.execute(f"SELECT * FROM {table}")  # noqa: S608 - one of our own names
        except (sqlite3.DatabaseError, UnicodeDecodeError):
            return

    def read_through(self) -> None:
        """Read everything beside the events once; raises sqlite3.DatabaseError where a page of it is damaged."""
        for table in ("standings", "notices", "content", "meta", "receipts"):
            for _ in self._connection.execute(f"SELECT * FROM {table}"):  # noqa: S608 - one of our own names
                pass

    def readable_events(self, after: int) -> Iterator[tuple[int, Entry]]:
        """Yield the events after `after` that can be read, whatever became of those between."""
        try:
            rows = self._connection.execute(
                "SELECT seq, header, salt, payload FROM events WHERE seq > ? ORDER BY seq", (after,)
            )
            for seq, header, salt, payload in rows:
                yield int(seq), Entry(header, salt, payload)
        except sqlite3.DatabaseError:
            return

    def close(self) -> None:
        """Close the file; what was written is in it."""
        self._connection.close()


def _checked(seq: int, entry: Entry, stored: bytes, expected: tuple[int, bytes, JournalId]) -> bytes:
    number, link, journal = expected
    if seq != number:
        raise BrokenChain(number, "events are missing")
    try:
        header = unpack_header(entry.header)
    except PeerFault as error:
        raise BrokenChain(number, "a header is damaged") from error
    if header.seq != seq or header.journal != journal:
        raise BrokenChain(number, "a header belongs elsewhere")
    link = advance(link, entry)
    if link != stored:
        raise BrokenChain(number, "the chain does not hold")
    return link


def read_identity(data: bytes | None) -> Identity:
    """Read the identity of a journal.

    Raises:
        PeerFault: it is missing or damaged.
    """
    try:
        return msgspec.msgpack.decode(data or b"", type=Identity)
    except msgspec.DecodeError as error:
        raise PeerFault("The journal on this PC does not say any more what it is for.") from error


def already_open() -> EnvironmentProblem:
    """Return the sentence for a second window."""
    return EnvironmentProblem(
        "This exam is already open in another ExamDesk window of this PC. Use that window, or close it and try again; "
        "nothing is lost."
    )


def cannot_write(path: Path | None, error: Exception) -> EnvironmentProblem:
    """Return the sentence for a place that refuses to be written to."""
    return EnvironmentProblem(
        f"Your work can't be saved on this PC ({_reason(error)}) in {path or 'memory'}. What you wrote is kept in "
        "memory and saved as soon as that works. Raise your hand: free some space or use another PC."
    )


def _reason(error: Exception) -> str:
    text = str(error)
    if "full" in text or "No space" in text:
        return "the disk is full"
    if "readonly" in text or "Read-only" in text or "Permission" in text or "unable to open" in text:
        return "the folder is read-only or not there"
    return "the disk reports an error"


def put_event(seq: int, entry: Entry, link: bytes) -> Write:
    """Return the write of one event."""
    return (
        "INSERT INTO events (seq, header, salt, payload, link) VALUES (?, ?, ?, ?, ?)",
        (seq, entry.header, entry.salt, entry.payload, link),
    )


def is_event_up_to(write: Write, last: int) -> bool:
    """Tell whether this is the write of an event that is not after `last`."""
    statement, values = write
    return statement.startswith("INSERT INTO events") and isinstance(values[0], int) and values[0] <= last


def put_batch(first: int, last: int, batch: SignedBatch) -> Write:
    """Return the write of a sealed batch."""
    return (
        "INSERT OR REPLACE INTO batches (last, first, body, signature) VALUES (?, ?, ?, ?)",
        (last, first, batch.body, batch.signature),
    )


def put_receipt(last: int, receipt: SignedReceipt) -> Write:
    """Return the write of a receipt."""
    return (
        "INSERT OR IGNORE INTO receipts (last, body, signature) VALUES (?, ?, ?)",
        (last, receipt.body, receipt.signature),
    )


def put_meta(name: str, value: bytes) -> Write:
    """Return the write of a value of the table `meta`."""
    return ("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", (name, value))


def forget_meta(name: str) -> Write:
    """Return the removal of a value of the table `meta`; secure_delete overwrites it."""
    return ("DELETE FROM meta WHERE name = ?", (name,))


def put_standing(revision: int, envelope: bytes) -> Write:
    """Return the write of a signed standing."""
    return ("INSERT OR IGNORE INTO standings (revision, envelope) VALUES (?, ?)", (revision, envelope))


def put_notice(number: int, envelope: bytes) -> Write:
    """Return the write of a signed notice."""
    return ("INSERT OR IGNORE INTO notices (number, envelope) VALUES (?, ?)", (number, envelope))


def put_piece(piece: int, data: bytes) -> Write:
    """Return the write of a piece of the sealed content."""
    return ("INSERT OR REPLACE INTO content (piece, data) VALUES (?, ?)", (piece, data))


def put_snapshot(seq: int, files: dict[str, str]) -> list[Write]:
    """Return the writes of a copy of all texts; the two newest copies are kept."""
    return [
        ("INSERT OR REPLACE INTO snapshots (seq, files) VALUES (?, ?)", (seq, msgspec.msgpack.encode(files))),
        ("DELETE FROM snapshots WHERE seq NOT IN (SELECT seq FROM snapshots ORDER BY seq DESC LIMIT 2)", ()),
    ]
