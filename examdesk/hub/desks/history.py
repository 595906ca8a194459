"""What a desk may look back at: the versions and notes of its session's earlier journals (W-7b)."""

import asyncio
from collections import OrderedDict
from collections.abc import Iterable

from examdesk.hub.services import Services
from examdesk.hub.sessions.registry import Journal, Registry
from examdesk.store.records import entries_of
from examdesk.store.rows import JournalRow
from shared.events import decode, kinds
from shared.ids import JournalId
from shared.log.entry import Entry, unpack_header
from shared.problems import PeerFault
from shared.text import Workspace
from shared.text.earlier import EarlierJournal, in_hub_time, pack, within
from shared.text.replay import apply_event
from shared.text.versions import Versions
from shared.wire.messages import GetHistory, HistoryPart, JournalHead

PART = 128 * 1024
_KEPT = 8
"""Documents that are kept between two parts: each takes some hundred kB, and few students move at one time."""


def earlier_ones(registry: Registry, journal: Journal) -> tuple[JournalHead, ...]:
    """Return the journals of a session from before `journal`, as far as they are durable."""
    return tuple(
        JournalHead(each.row.journal, each.head_seq)
        for each in registry.journals_of(journal.row.session)
        if each is not journal and each.head_seq >= 0 and each.row.opened_ms <= journal.row.opened_ms
    )


class Histories:
    """Makes the documents, and keeps the newest ones while their parts are fetched."""

    def __init__(self, services: Services) -> None:
        self._s = services
        self._documents: OrderedDict[tuple[JournalId, int], bytes] = OrderedDict()

    async def part(self, journal: Journal, asked: GetHistory) -> HistoryPart:
        """Return what `journal`'s desk asked for; a part without data where it is not of its session."""
        other = self._s.registry.journals.get(asked.journal)
        if other is None or other.row.session != journal.row.session or asked.last > other.head_seq:
            return HistoryPart(asked.journal, asked.at, b"", 0)
        key = (asked.journal, asked.last)
        if key not in self._documents:
            self._documents[key] = await asyncio.to_thread(self._document, other.row, asked.last)
        self._documents.move_to_end(key)
        while len(self._documents) > _KEPT:
            self._documents.popitem(last=False)
        document = self._documents[key]
        return HistoryPart(asked.journal, asked.at, document[asked.at : asked.at + PART], len(document))

    def _document(self, row: JournalRow, last: int) -> bytes:
        with self._s.reader.connect() as connection:
            return pack(looked_back(row, last, entries_of(connection, row.journal)))


def looked_back(row: JournalRow, last: int, entries: Iterable[Entry]) -> EarlierJournal:
    """Return what a journal has up to event `last`; events that were erased or do not fit the text are left out."""
    workspace, versions, notes, ahead = Workspace(), Versions(), "", 0
    for entry in entries:
        header = unpack_header(entry.header)
        if header.seq > last:
            break
        try:
            payload = decode(header.kind, entry.payload or b"")
            apply_event(workspace, header.seq, payload)
            versions.apply(payload, header.wall_ms, workspace.text)
        except PeerFault:
            continue
        if isinstance(payload, kinds.NoteWritten):
            notes = payload.text
        elif isinstance(payload, kinds.StandingApplied):
            ahead = payload.offset_ms
    return EarlierJournal(
        journal=row.journal.hex(),
        device=row.device.hex(),
        last=last,
        opened_ms=row.opened_ms,
        versions=within(in_hub_time(versions.kept(), ahead)),
        notes=notes,
    )
