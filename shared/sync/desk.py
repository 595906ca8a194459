"""The desk's end of the sync of one journal."""

from enum import Enum, auto
from typing import Protocol

import msgspec

from shared.crypto.keys import VerifyKey
from shared.ids import ExamId, JournalId
from shared.log.batch import SignedBatch, unpack_batch
from shared.log.entry import Entry
from shared.log.receipt import SignedReceipt, receipt_holds, unpack_receipt
from shared.problems import PeerFault

WINDOW = 8


class Connected(msgspec.Struct, frozen=True):
    """The hub's `Welcome` came and its identity was checked."""


class Lost(msgspec.Struct, frozen=True):
    """The connection is gone."""


class Sealed(msgspec.Struct, frozen=True):
    """The journal made the events up to `last` durable and signed them as one batch."""

    last: int
    link: bytes


class ResumedCame(msgspec.Struct, frozen=True):
    """The hub's `Resumed`."""

    last: int
    link: bytes
    receipt: SignedReceipt | None


class ReceiptCame(msgspec.Struct, frozen=True):
    """The hub's `Acknowledged`."""

    receipt: SignedReceipt


class ResendCame(msgspec.Struct, frozen=True):
    """The hub's `Resend`."""

    last: int


class NewJournalCame(msgspec.Struct, frozen=True):
    """The hub's `NewJournal`."""

    why: str


class Loaded(msgspec.Struct, frozen=True):
    """The journal's answer to `Load`: whole batches in order; fewer than asked means that there are no more."""

    batches: tuple[tuple[SignedBatch, tuple[Entry, ...]], ...]


class SendResume(msgspec.Struct, frozen=True):
    """Send `Resume` with this head."""

    last: int
    link: bytes


class Load(msgspec.Struct, frozen=True):
    """Load up to `limit` batches that follow event `after`, and answer with `Loaded`."""

    after: int
    limit: int


class SendPush(msgspec.Struct, frozen=True):
    """Send this batch."""

    batch: SignedBatch
    entries: tuple[Entry, ...]


class KeepReceipt(msgspec.Struct, frozen=True):
    """Store this receipt: everything up to `last` is safe with the instructor."""

    receipt: SignedReceipt
    last: int


class FallBack(msgspec.Struct, frozen=True):
    """P-12: the hub lost what it had receipted: only what is up to `last` counts as safe now."""

    last: int


class StartNewJournal(msgspec.Struct, frozen=True):
    """Close this journal and `Rejoin` with a new one; its events stay and are offered again elsewhere."""

    why: str


Input = Connected | Lost | Sealed | ResumedCame | ReceiptCame | ResendCame | NewJournalCame | Loaded
Output = SendResume | Load | SendPush | KeepReceipt | FallBack | StartNewJournal


class State(Enum):
    """Where the desk's end is."""

    OFFLINE = auto()
    RESUMING = auto()
    FLOWING = auto()
    CLOSED = auto()


class Own(Protocol):
    """What the journal knows of itself."""

    @property
    def sealed(self) -> tuple[int, bytes]:
        """The last event that is durable and signed, with its link; -1 and the start link for none."""
        ...

    def link_at(self, last: int) -> bytes | None:
        """Return the link of the batch that ends with event `last`, None where none does."""
        ...


class DeskSync:
    """Offers what the journal sealed until a receipt covers it.

    Attributes:
        sealed: the last event that is durable here and signed, -1 for none.
        safe: the last event that a receipt covers, -1 for none.
        state: where this end is.
    """

    def __init__(
        self,
        exam: ExamId,
        journal: JournalId,
        hub_key: VerifyKey,
        own: "Own",
        safe: int = -1,
    ) -> None:
        self._own = own
        self._exam = exam
        self._journal = journal
        self._hub_key = hub_key
        self.sealed, self._link = own.sealed
        self.safe = safe
        self.state = State.OFFLINE
        self._sent = safe
        self._in_flight: dict[int, bytes] = {}
        self._loading = False

    def step(self, event: Input) -> list[Output]:  # noqa: PLR0911 - one line for each input
        """Take one input and return what to do, in order.

        Raises:
            PeerFault: the hub said something that can't be: close this connection, keep the work, try again later.
        """
        match event:
            case Connected():
                self.state = State.RESUMING
                self._forget_flight()
                return [SendResume(self.sealed, self._link)]
            case Lost():
                return self._lost()
            case Sealed(last, link):
                self.sealed, self._link = last, link
                return self._more()
            case ResumedCame():
                return self._resumed(event)
            case ReceiptCame(receipt):
                return [*self._keep(receipt), *self._more()]
            case ResendCame(last):
                return self._resend(last)
            case NewJournalCame(why):
                self.state = State.CLOSED
                return [StartNewJournal(why)]
            case Loaded(batches):
                return self._loaded(batches)

    def _forget_flight(self) -> None:
        self._sent = self.safe
        self._in_flight.clear()
        self._loading = False

    def _lost(self) -> list[Output]:
        if self.state is not State.CLOSED:
            self.state = State.OFFLINE
        self._forget_flight()
        return []

    def _resumed(self, event: ResumedCame) -> list[Output]:
        if self.state is not State.RESUMING:
            raise PeerFault("The hub answered a question that was not asked.")
        if event.last > self.sealed:  # P-3: the hub would have sent NewJournal; a claim beyond what was ever sent
            raise PeerFault(f"The hub says it has event {event.last}, but this journal ends at {self.sealed}.")
        self.state = State.FLOWING
        kept: list[Output] = []
        if event.last < self.safe:
            self.safe = event.last
            kept = [FallBack(event.last)]
        forked = event.last >= 0 and self._own.link_at(event.last) != event.link
        if event.receipt is not None and event.last > self.safe and not forked:
            kept = self._keep(event.receipt)  # P-4: with another history nothing is safe; the next batch shows the hub
        self._sent = max(event.last, -1)
        self._in_flight.clear()
        return [*kept, *self._more()]

    def _resend(self, last: int) -> list[Output]:
        if self.state is not State.FLOWING:
            return []
        if last > self.sealed:
            raise PeerFault(f"The hub asks for what follows event {last}, but this journal ends at {self.sealed}.")
        self._sent = last
        self._in_flight = {seq: link for seq, link in self._in_flight.items() if seq <= last}
        self._loading = False
        return self._more()

    def _more(self) -> list[Output]:
        room = WINDOW - len(self._in_flight)
        if self.state is not State.FLOWING or self._loading or room <= 0 or self._sent >= self.sealed:
            return []
        self._loading = True
        return [Load(self._sent, room)]

    def _loaded(self, batches: tuple[tuple[SignedBatch, tuple[Entry, ...]], ...]) -> list[Output]:
        if self.state is not State.FLOWING or not self._loading:
            return []
        self._loading = False
        pushes: list[Output] = []
        for signed, entries in batches:
            batch = unpack_batch(signed.body)
            if batch.first != self._sent + 1:
                break  # an answer to an older question: a Resend came in between
            self._sent = batch.last
            self._in_flight[batch.last] = batch.link
            pushes.append(SendPush(signed, entries))
        return [*pushes, *(self._more() if pushes else [])]

    def _keep(self, signed: SignedReceipt) -> list[Output]:
        """P-9: exam, journal, signature and link, before anything counts as safe."""
        receipt = unpack_receipt(signed.body)
        if receipt.exam != self._exam or receipt.journal != self._journal:
            raise PeerFault("A receipt came for another exam or journal.")
        if not receipt_holds(signed, self._hub_key):
            raise PeerFault("A receipt came that the exam's key did not sign.")
        if receipt.last <= self.safe:
            return []
        if receipt.last > self.sealed or receipt.link != self._own.link_at(receipt.last):
            raise PeerFault(f"A receipt names event {receipt.last} in a way that this journal does not know.")
        self.safe = receipt.last
        self._sent = max(self._sent, receipt.last)
        self._in_flight = {seq: link for seq, link in self._in_flight.items() if seq > receipt.last}
        return [KeepReceipt(signed, receipt.last)]
