"""How long to wait before the next try: full jitter under a ceiling that doubles, never more than 5 s."""

from shared.clock import Chance

FIRST_MS = 250
MOST_MS = 5_000


class Backoff:
    """Waiting times of one series of failures; `worked` begins a new series."""

    def __init__(self, chance: Chance) -> None:
        self._chance = chance
        self._ceiling_ms = FIRST_MS

    def worked(self) -> None:
        """The last try worked: the next failure waits briefly again."""
        self._ceiling_ms = FIRST_MS

    def next_s(self) -> float:
        """Return the seconds to wait now: anything between nothing and the ceiling, which doubles."""
        part = int.from_bytes(self._chance.bytes(4)) / 2**32
        waiting = self._ceiling_ms * part
        self._ceiling_ms = min(MOST_MS, self._ceiling_ms * 2)
        return waiting / 1000
