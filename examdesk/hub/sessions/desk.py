"""A desk's connection as the rest of the hub knows it; `examdesk.hub.desks.connection` is the one there is."""

from typing import Protocol

from examdesk.store.records import Head
from examdesk.store.rows import NoticeRow, SessionRow
from shared.ids import JournalId, SessionId
from shared.log.receipt import SignedReceipt
from shared.wire import messages as m


class Desk(Protocol):
    """Serves one journal: what the hub tells goes out, what it committed is acknowledged."""

    @property
    def session(self) -> SessionId:
        """The session of the journal that it serves."""
        ...

    @property
    def journal(self) -> JournalId:
        """The journal that it serves."""
        ...

    @property
    def online(self) -> bool:
        """Whether the connection is open and resumed."""
        ...

    def is_on(self, line: object) -> bool:
        """Tell whether this is the desk at this line."""
        ...

    def close(self, why: str) -> None:
        """Let go of the desk on purpose."""
        ...

    async def settled(self) -> None:
        """Wait until nothing of this connection is on its way to the disk."""
        ...

    def committed(self, head: Head, receipt: SignedReceipt) -> None:
        """The writer committed this journal up to here: acknowledge."""
        ...

    def dropped(self) -> None:
        """What this desk sent was not stored: it resumes from what is durable."""
        ...

    def push_standing(self, session: SessionRow) -> None:
        """Send what holds now; a journal that the session left is locked."""
        ...

    def push_notice(self, notice: NoticeRow) -> None:
        """Send a notice, if it is for this session."""
        ...

    def push_key(self) -> None:
        """Send the content key once the session has started."""
        ...

    def push_content(self) -> None:
        """Offer the exam's content as it is now."""
        ...

    def push_anchor(self, note: bytes) -> None:
        """Send a checkpoint to be kept."""
        ...

    async def push_parcel(self, data: bytes) -> None:
        """Send staff records to be kept, and wait until they are nearly out."""
        ...

    def want_parcels(self, wanted: m.WantParcels) -> None:
        """Ask for the staff records that the desk keeps."""
        ...
