"""The earlier journals of this session, of this PC and of others: fetched from the hub, kept, and shown."""

from collections.abc import Callable

from shared.ids import JournalId
from shared.problems import PeerFault
from shared.text.earlier import MAX_DOCUMENT, EarlierJournal, pack, seen_from, unpack
from shared.text.versions import JournalVersions
from shared.wire.messages import GetHistory, HistoryPart, JournalHead
from student_app.core.journal_file import JournalFile, Write, put_meta

_NAME = "earlier "
"""What the names in `meta` begin with; the journal's id in hexadecimal follows."""


class EarlierJournals:
    """What is known of earlier journals. Used by one thread at a time.

    They come in any order and any number of times: of each journal what reaches further counts (W-7b).
    """

    def __init__(self, write: Callable[[Write], None]) -> None:
        """`write` keeps a document on this PC."""
        self._write = write
        self._known: dict[str, EarlierJournal] = {}
        self._wanted: list[JournalHead] = []
        self._coming = bytearray()

    def announced(self, heads: tuple[JournalHead, ...]) -> GetHistory | None:
        """The hub has these journals up to these events; return what to ask for first."""
        self._wanted = [head for head in heads if self._is_news(head)]
        return self._ask_next()

    def part(self, part: HistoryPart) -> tuple[EarlierJournal | None, GetHistory | None]:
        """Take a part of a document; return the whole one when this was the last part, and what to ask for next.

        Raises:
            PeerFault: it was not asked for, or the whole is no document.
        """
        if not self._wanted or part.at != len(self._coming) or part.journal != self._wanted[0].journal:
            raise PeerFault("The hub sent a part of an earlier journal that was not asked for.")
        self._coming += part.data
        if len(self._coming) > MAX_DOCUMENT:
            raise PeerFault("The versions of an earlier journal are larger than any can be.")
        if part.data and len(self._coming) < part.size:
            return None, self._question()
        data, whole = bytes(self._coming), bool(part.data) and len(self._coming) == part.size
        self._wanted.pop(0)
        return (self._take(data) if whole else None), self._ask_next()

    def keep(self, earlier: EarlierJournal) -> None:
        """Remember a journal, and keep it on this PC."""
        if self._remember(earlier):
            self._write(put_meta(_NAME + earlier.journal, pack(earlier)))

    def recall(self, file: JournalFile) -> None:
        """Take what an earlier start kept; what is damaged comes again from the hub."""
        for name, data in file.rows("meta"):
            if isinstance(name, str) and name.startswith(_NAME) and isinstance(data, bytes):
                try:
                    self._remember(unpack(data))
                except PeerFault:
                    continue

    def all(self) -> tuple[EarlierJournal, ...]:
        """Return what is known, oldest first."""
        return tuple(sorted(self._known.values(), key=lambda each: each.opened_ms))

    def seen(self, device: str, ahead_ms: int) -> tuple[JournalVersions, ...]:
        """Return the versions as this PC shows them, oldest journal first."""
        return tuple(seen_from(each, device, ahead_ms) for each in self.all())

    def _take(self, data: bytes) -> EarlierJournal:
        earlier = unpack(data)
        self.keep(earlier)
        return earlier

    def _remember(self, earlier: EarlierJournal) -> bool:
        known = self._known.get(earlier.journal)
        if known is not None and known.last >= earlier.last:
            return False
        self._known[earlier.journal] = earlier
        return True

    def _is_news(self, head: JournalHead) -> bool:
        known = self._known.get(JournalId(head.journal).hex())
        return head.last >= 0 and (known is None or known.last < head.last)

    def _ask_next(self) -> GetHistory | None:
        self._coming.clear()
        return self._question() if self._wanted else None

    def _question(self) -> GetHistory:
        wanted = self._wanted[0]
        return GetHistory(wanted.journal, wanted.last, len(self._coming))
