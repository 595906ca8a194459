r"""The draw: which questions a student gets and in which order, once, from a recorded seed.

Every choice is made from a stream of numbers that any language can reproduce, never from Python's `random`:

    block n  = SHA-256("EDP1-DRAW\0" ‖ seed ‖ n as 8 bytes, big-endian), n = 0, 1, 2 …
    number   = the first 8 bytes of the next block, big-endian
    below(k) = number mod k; a number at or above the largest multiple of k in 2^64 is passed over
    shuffle  = Fisher and Yates: for i from the last place down to 1, swap i with below(i + 1)

Zones keep their order. Within a zone the entries are taken in the order of the file: from a group of alternatives with
fewer to choose than there are, a shuffled copy's first `number_choose` are taken and put back in the order of the file.
If the zone is shuffled, the questions are then shuffled together. Nothing else takes a number.
"""

import hashlib
from collections.abc import Iterator
from typing import Protocol, TypeVar

import msgspec

from shared.exam.document import Alternatives, Entry, Question, Zone
from shared.ids import QuestionId

DRAW_VERSION = 1
SEED_BYTES = 16

T = TypeVar("T")


class Drawable(Protocol):
    """What is drawn from: an exam, or the content that a desk holds."""

    @property
    def zones(self) -> tuple[Zone, ...]:
        """The parts of the exam."""
        ...

    @property
    def shuffle(self) -> bool:
        """Whether zones that say nothing themselves are shuffled."""
        ...


class Draw(msgspec.Struct, frozen=True, kw_only=True):
    """One student's questions.

    Attributes:
        zones: per zone of the exam, the ids in the order in which the student sees them.
    """

    version: int = DRAW_VERSION
    seed: bytes
    zones: tuple[tuple[QuestionId, ...], ...]

    def questions(self) -> tuple[QuestionId, ...]:
        """All ids in order."""
        return tuple(question for zone in self.zones for question in zone)


def session_seed(session: bytes, draws: int = 0) -> bytes:
    """The seed of a session: bound to it, so that every device draws the same; `draws` is how often it was redone.

    The first 16 bytes of SHA-256("EDP1 draw" ‖ session id), with ‖ draws as 4 bytes, big-endian, where it was redone.
    """
    redone = draws.to_bytes(4, "big") if draws else b""
    return hashlib.sha256(b"EDP1 draw" + session + redone).digest()[:SEED_BYTES]


def draw(exam: Drawable, seed: bytes) -> Draw:
    """Draw one student's questions; the same exam and seed give the same draw everywhere and always."""
    numbers = _Numbers(seed)
    zones = tuple(
        tuple(QuestionId(question.id) for question in _draw_zone(zone, exam.shuffle, numbers)) for zone in exam.zones
    )
    return Draw(seed=seed, zones=zones)


def _draw_zone(zone: Zone, shuffle: bool, numbers: "_Numbers") -> list[Question]:
    questions = [question for entry in zone.questions for question in _chosen(entry, numbers)]
    wanted = shuffle if zone.shuffle is None else zone.shuffle
    return numbers.shuffled(questions) if wanted else questions


def _chosen(entry: Entry, numbers: "_Numbers") -> list[Question]:
    if not isinstance(entry, Alternatives):
        return [entry]
    every = list(range(len(entry.alternatives)))
    if entry.number_choose >= len(every):
        return list(entry.alternatives)
    return [entry.alternatives[place] for place in sorted(numbers.shuffled(every)[: entry.number_choose])]


class _Numbers:
    """The stream of numbers of one seed."""

    def __init__(self, seed: bytes) -> None:
        self._stream = _stream(seed)

    def below(self, limit: int) -> int:
        """The next number in 0 … limit - 1, each equally likely."""
        fair = (1 << 64) - (1 << 64) % limit
        return next(number for number in self._stream if number < fair) % limit

    def shuffled(self, items: list[T]) -> list[T]:
        """A shuffled copy."""
        copy = list(items)
        for place in range(len(copy) - 1, 0, -1):
            other = self.below(place + 1)
            copy[place], copy[other] = copy[other], copy[place]
        return copy


def _stream(seed: bytes) -> Iterator[int]:
    count = 0
    while True:
        block = hashlib.sha256(b"EDP1-DRAW\0" + seed + count.to_bytes(8, "big")).digest()
        yield int.from_bytes(block[:8], "big")
        count += 1
