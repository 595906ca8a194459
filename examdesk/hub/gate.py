"""Who is at the door: pending and unproven connections by address, and how wrong codes are slowed down."""

from collections import Counter, OrderedDict
from collections.abc import Callable
from ipaddress import ip_address

from shared.clock import Clock

_FREE_TRIES = 3
_LONGEST_WAIT_MS = 30_000
_FORGET_MS = 600_000
_MOST_ADDRESSES = 4096
_GLOBAL_PER_SECOND = 20


def is_loopback(address: str) -> bool:
    """Tell whether an address is this computer's own."""
    try:
        return ip_address(address.partition("%")[0]).is_loopback
    except ValueError:
        return False


class Room:
    """Places for connections of one kind: so many in all and so many per address; the oldest stale one gives way."""

    def __init__(self, places: int, per_address: int, exempt_loopback: bool) -> None:
        self._places = places
        self._per_address = per_address
        self._exempt = exempt_loopback
        self._inside: OrderedDict[object, tuple[str, int, Callable[[], None]]] = OrderedDict()
        self._by_address: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._inside)

    def allows(self, address: str) -> bool:
        """Tell whether this address has a place left."""
        if self._exempt and is_loopback(address):
            return True
        return self._by_address[address] < self._per_address

    @property
    def full(self) -> bool:
        """Whether all places are taken."""
        return len(self._inside) >= self._places

    def enter(self, who: object, address: str, now_us: int, evict: Callable[[], None]) -> None:
        """Take a place; `evict` is called when it has to be given up."""
        self._inside[who] = (address, now_us, evict)
        self._by_address[address] += 1

    def leave(self, who: object) -> None:
        """Give the place back; twice does no harm."""
        found = self._inside.pop(who, None)
        if found is None:
            return
        self._by_address[found[0]] -= 1
        if self._by_address[found[0]] <= 0:
            del self._by_address[found[0]]

    def evict_stale(self, now_us: int, older_than_us: int) -> bool:
        """Make the oldest one go if it is older than that; tell whether there was one."""
        for who, (_, since_us, evict) in self._inside.items():
            if now_us - since_us < older_than_us:
                return False
            self.leave(who)
            evict()
            return True
        return False


class Slowdown:
    """Wrong codes make an address wait, longer each time; all addresses together have a rate as well."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._wrong: OrderedDict[str, tuple[int, int]] = OrderedDict()
        self._tokens = float(_GLOBAL_PER_SECOND)
        self._filled_us = clock.mono_us()
        self.total = 0

    def wait_ms(self, address: str) -> int:
        """Return how long this address has to wait before its next try, 0 for not at all."""
        now_ms = self._clock.mono_us() // 1000
        count, last_ms = self._wrong.get(address, (0, 0))
        own = _wait_after(count) - (now_ms - last_ms) if count > _FREE_TRIES else 0
        self._refill()
        overall = 0 if self._tokens >= 1 or not count else 1000
        return max(0, own, overall)

    def wrong(self, address: str) -> int:
        """Count a wrong code; return how many came from this address lately."""
        now_ms = self._clock.mono_us() // 1000
        count, last_ms = self._wrong.pop(address, (0, now_ms))
        count = 1 if now_ms - last_ms > _FORGET_MS else count + 1
        self._wrong[address] = (count, now_ms)
        while len(self._wrong) > _MOST_ADDRESSES:
            self._wrong.popitem(last=False)
        self._refill()
        self._tokens = max(0.0, self._tokens - 1)
        self.total += 1
        return count

    def _refill(self) -> None:
        now_us = self._clock.mono_us()
        gained = (now_us - self._filled_us) / 1_000_000 * _GLOBAL_PER_SECOND
        self._tokens = min(float(_GLOBAL_PER_SECOND), self._tokens + gained)
        self._filled_us = now_us


class Allowance:
    """So many questions at once per address, then one every few seconds; the oldest addresses are forgotten."""

    def __init__(self, clock: Clock, at_once: int = 40, each_ms: int = 5_000) -> None:
        self._clock = clock
        self._at_once = at_once
        self._each_ms = each_ms
        self._full_ms: OrderedDict[str, int] = OrderedDict()

    def wait_ms(self, address: str) -> int:
        """Take one question of this address, or return how long it has to wait for the next."""
        now = self._clock.mono_us() // 1000
        full = max(now, self._full_ms.pop(address, now))
        wait = full + self._each_ms - now - self._at_once * self._each_ms
        if wait <= 0:
            full += self._each_ms
        self._full_ms[address] = full
        while len(self._full_ms) > _MOST_ADDRESSES:
            self._full_ms.popitem(last=False)
        return max(0, wait)


def _wait_after(wrong: int) -> int:
    return min(_LONGEST_WAIT_MS, 1000 << min(wrong - _FREE_TRIES - 1, 10))
