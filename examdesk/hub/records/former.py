"""What a hub that took an exam over has of the former hub's staff records: parcels as desks brought them, in files."""

import contextlib
import logging
import zlib
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

import msgspec

from examdesk.store.staff_rows import Change, Rows, apply_change
from shared.crypto.keys import SigningKey
from shared.exam.whole_file import write_private
from shared.ids import ExamId
from shared.problems import EnvironmentProblem, PeerFault
from shared.wire.parcel import FIRST, BadParcel, ParcelHead, ParcelId, open_parcel, parcel_hash

log = logging.getLogger(__name__)

FOLDER_SUFFIX = ".former"
MOST_BYTES = 64 * 1024 * 1024
MOST_PARCELS = 4000
_MOST_UNPACKED = 16 * 1024 * 1024
_INHERITED = "key-file.rows"
_SUFFIX = ".parcel"
_decoder = msgspec.msgpack.Decoder(Change)


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """A parcel, opened."""

    head: ParcelHead
    change: Change
    hash: bytes


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """How much of the former hub's records is here.

    Attributes:
        parcels: how many parcels; `missing` how many are known to be lacking between them.
        until_ms: when the newest was made, by the former hub's clock; None without any.
        broken: a parcel does not follow from the one before it, though both are signed.
    """

    parcels: int = 0
    missing: int = 0
    until_ms: int | None = None
    broken: bool = False


class Former:
    """The folder. Its methods are called by one thread at a time."""

    def __init__(self, folder: Path, exam: ExamId, key: SigningKey) -> None:
        self._folder = folder / f"{exam.hex()}{FOLDER_SUFFIX}"
        self._exam = exam
        self._key = key
        self._inherited = Change()
        self._opened: dict[ParcelId, Opened] = {}
        self._bytes = 0

    def load(self) -> None:
        """Read what earlier runs of this hub kept; what is damaged there comes again with the desks."""
        with contextlib.suppress(OSError, msgspec.MsgspecError):
            self._inherited = _decoder.decode((self._folder / _INHERITED).read_bytes())
        for path in sorted(self._folder.glob(f"*{_SUFFIX}")):
            try:
                self._open(path.read_bytes())
            except (OSError, PeerFault) as problem:
                log.warning("a kept parcel of staff records can't be read: %s", type(problem).__name__)

    def inherit(self, rows: Change) -> None:
        """Keep what the key file said, the oldest of all."""
        self._inherited = rows
        self._write(_INHERITED, msgspec.msgpack.encode(rows))

    def add(self, parcel: bytes) -> bool:
        """Keep a parcel that a desk brought; False for one that is here.

        Raises:
            PeerFault: it is none of this exam's.
            EnvironmentProblem: there is no room for it.
        """
        opened = self._open(parcel)
        if opened is None:
            return False
        where = opened.head.id
        self._write(f"{where.generation:05}-{where.line:015}-{where.hub.hex()}-{where.number:08}{_SUFFIX}", parcel)
        return True

    def have(self) -> tuple[ParcelId, ...]:
        """Return which parcels are here."""
        return tuple(sorted(self._opened))

    def rows(self) -> Rows:
        """Return what all of it together says: of each hub the newest line that is whole at its beginning, and later.

        In whatever order the parcels came, and how often, the result is the same.
        """
        rows: Rows = {}
        apply_change(rows, self._inherited)
        for opened in self._counting():
            apply_change(rows, opened.change)
        return rows

    def known(self) -> Known:
        """Return how much is here."""
        counting = list(self._counting())
        missing, broken = 0, False
        for _, line in groupby(counting, key=lambda each: each.head.id.of_line):
            before: Opened | None = None
            for each in line:
                expected = 0 if before is None else before.head.id.number + 1
                missing += each.head.id.number - expected
                whole = each.head.id.number == expected
                broken |= whole and each.head.previous != (FIRST if before is None else before.hash)
                before = each
        until = max((each.head.at_ms for each in counting), default=None)
        return Known(parcels=len(counting), missing=missing, until_ms=until, broken=broken)

    def _counting(self) -> Iterator[Opened]:
        """Yield the parcels that count, oldest first."""
        lines = [list(line) for _, line in groupby(self._sorted(), key=lambda each: each.head.id.of_line)]
        newest_whole: dict[bytes, tuple[int, int, bytes]] = {}
        for line in lines:
            numbers = {each.head.id.number for each in line}
            if numbers.issuperset(range(line[0].head.base)):
                newest_whole[line[0].head.id.hub] = line[0].head.id.of_line
        for line in lines:
            of_line, hub = line[0].head.id.of_line, line[0].head.id.hub
            if hub not in newest_whole or of_line >= newest_whole[hub]:
                yield from line

    def _sorted(self) -> Iterable[Opened]:
        return (self._opened[where] for where in sorted(self._opened))

    def _open(self, parcel: bytes) -> Opened | None:
        head, content = open_parcel(parcel, self._exam, self._key)
        if head.id in self._opened:
            return None
        if len(self._opened) >= MOST_PARCELS or self._bytes + len(parcel) > MOST_BYTES:
            raise EnvironmentProblem("There are too many parcels of staff records; this one was left out.")
        opened = Opened(head=head, change=read_content(content), hash=parcel_hash(parcel))
        self._opened[head.id] = opened
        self._bytes += len(parcel)
        return opened

    def _write(self, name: str, data: bytes) -> None:
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_private(self._folder / name, data)
        except OSError as error:
            raise EnvironmentProblem(f"Staff records can't be kept in {self._folder} ({error.strerror}).") from error


def pack_content(change: Change) -> bytes:
    """Return a change as the content of a parcel."""
    return zlib.compress(msgspec.msgpack.encode(change), 6)


def read_content(content: bytes) -> Change:
    """Read the content of a parcel; raises BadParcel."""
    unpack = zlib.decompressobj()
    try:
        plain = unpack.decompress(content, _MOST_UNPACKED)
        if not unpack.eof:
            raise BadParcel("A parcel of staff records is larger than one can be; it was refused.")
        return _decoder.decode(plain)
    except (zlib.error, msgspec.MsgspecError) as error:
        raise BadParcel("A parcel of staff records can't be read; it was refused.") from error
