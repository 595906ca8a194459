"""What the store knows of one journal, for the hub's end of the sync."""

from examdesk.hub.services import Services
from examdesk.store.records import link_at
from shared.ids import JournalId


class Stored:
    """See `shared.sync.hub.Durable`."""

    def __init__(self, services: Services, journal: JournalId) -> None:
        self._s = services
        self._journal = journal

    def link_at(self, seq: int) -> bytes | None:
        """See `shared.sync.hub.Durable`."""
        with self._s.reader.connect() as connection:
            return link_at(connection, self._journal, seq)
