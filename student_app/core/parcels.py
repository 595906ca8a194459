"""The hub's staff records that this PC keeps without being able to read them (K clauses), in the journal's own file."""

import threading
from collections.abc import Callable, Collection

from shared.crypto.keys import VerifyKey
from shared.ids import ExamId
from shared.wire.parcel import ParcelId, read_parcel
from student_app.core.journal import Journal
from student_app.core.journal_file import JournalFile, forget_meta, put_meta

PREFIX = "parcel/"
LINES_OF_A_HUB = 2
"""Of each hub the newest line is kept, and the one before: a hub that restarts says everything anew."""
MOST_BYTES = 12 * 1024 * 1024
Give = Callable[[bytes], None]


class Parcels:
    """Keeps parcels of one journal's exam; every method returns at once."""

    def __init__(self, journal: Journal, exam: ExamId, key: VerifyKey) -> None:
        self._journal = journal
        self._exam = exam
        self._key = key
        self._lock = threading.Lock()
        self._sizes: dict[ParcelId, int] | None = None

    def keep(self, parcel: bytes) -> None:
        """Keep a parcel, and let go of what newer ones replace.

        Raises:
            PeerFault: this exam's hub did not make it.
        """
        head = read_parcel(parcel, self._exam, self._key)
        self._journal.read(lambda file: self._keep(file, head.id, parcel))

    def give(self, hub: bytes, have: Collection[ParcelId], give: Give) -> None:
        """Give every parcel that is not of this `hub` and not in `have`, oldest first; called by another thread."""
        known = frozenset(have)

        def look(file: JournalFile) -> None:
            for where in sorted(self._known(file)):
                data = file.meta(name_of(where))
                if where.hub != hub and where not in known and data is not None:
                    give(data)

        self._journal.read(look)

    def _keep(self, file: JournalFile, where: ParcelId, parcel: bytes) -> None:
        sizes = self._known(file)
        if where in sizes:
            return
        sizes[where] = len(parcel)
        gone = too_much(sizes)
        for old in gone:
            del sizes[old]
        if where in gone:
            gone.remove(where)
        else:
            self._journal.write(put_meta(name_of(where), parcel))
        self._journal.write(*(forget_meta(name_of(old)) for old in gone))

    def _known(self, file: JournalFile) -> dict[ParcelId, int]:
        with self._lock:
            if self._sizes is None:
                self._sizes = {id_of(name): size for name, size in file.sizes(PREFIX)}
            return self._sizes


def too_much(sizes: dict[ParcelId, int]) -> list[ParcelId]:
    """Return what to let go of: lines that newer ones of the same hub replace, and the oldest of what is too much."""
    lines: dict[bytes, list[tuple[int, int, bytes]]] = {}
    for of_line in sorted({where.of_line for where in sizes}):
        lines.setdefault(of_line[2], []).append(of_line)
    kept = {of_line for of_hub in lines.values() for of_line in of_hub[-LINES_OF_A_HUB:]}
    gone = [where for where in sorted(sizes) if where.of_line not in kept]
    left = sum(size for where, size in sizes.items() if where.of_line in kept)
    for where in sorted(where for where in sizes if where.of_line in kept):
        if left <= MOST_BYTES:
            break
        gone.append(where)
        left -= sizes[where]
    return gone


def name_of(where: ParcelId) -> str:
    """Return the name in `meta` of a parcel."""
    return f"{PREFIX}{where.generation}/{where.line}/{where.hub.hex()}/{where.number}"


def id_of(name: str) -> ParcelId:
    """Read what `name_of` gave."""
    generation, line, hub, number = name.removeprefix(PREFIX).split("/")
    return ParcelId(int(generation), int(line), bytes.fromhex(hub), int(number))
