"""Appending to a chain: the one place where an event gets its number, its time and its link."""

from shared.clock import Chance, Clock
from shared.events import Payload, encode
from shared.ids import JournalId
from shared.log.entry import SALT_BYTES, VERSION, Entry, Header, next_link


class ChainWriter:
    """The growing end of one journal.

    Attributes:
        seq: the number that the next event gets.
        link: the link of the last event; for a new journal `start_link(endorsement)`.
    """

    def __init__(self, journal: JournalId, boot: int, head: tuple[int, bytes], clock: Clock, chance: Chance) -> None:
        self._journal = journal
        self._boot = boot
        self._clock = clock
        self._chance = chance
        self.seq, self.link = head

    def append(self, payload: Payload, mono_us: int | None = None) -> Entry:
        """Chain one more event; `mono_us` is when it happened if that was before now."""
        now_us = self._clock.mono_us()
        at_us = now_us if mono_us is None else mono_us
        header = Header(
            version=VERSION,
            kind=payload.KIND,
            flags=payload.SCHEMA,
            seq=self.seq,
            mono_us=at_us,
            wall_ms=self._clock.wall_ms() - (now_us - at_us) // 1000,
            boot=self._boot,
            journal=self._journal,
        ).pack()
        entry = Entry(header, self._chance.bytes(SALT_BYTES), encode(payload))
        self.link = next_link(self.link, header, entry.payload_digest())
        self.seq += 1
        return entry
