"""Which desks keep which parcels of staff records, so that copies outlive the laptop and the desks that leave (K-2)."""

from collections.abc import Iterable
from typing import Protocol

import msgspec

from shared.crypto.keys import sha256
from shared.ids import JournalId
from shared.wire.parcel import ParcelId

COPIES = 12
"""How many of the desks that are there keep each parcel; in a smaller room every desk keeps them all."""


class Keeper(Protocol):
    """A desk that may keep parcels."""

    @property
    def journal(self) -> JournalId:
        """The journal in whose file it keeps them."""
        ...

    @property
    def online(self) -> bool:
        """Whether it can be given something now."""
        ...

    async def push_parcel(self, data: bytes) -> None:
        """Give it a parcel, and wait until that is nearly out."""
        ...


class Given(msgspec.Struct):
    """A parcel that was made, and the journals of the desks that got it, also of those that are gone by now."""

    data: bytes
    id: ParcelId
    holders: set[JournalId] = msgspec.field(default_factory=set)


class Copies:
    """The parcels of one line, and who keeps them.

    Attributes:
        line: in the order in which they were made.
    """

    def __init__(self) -> None:
        self.line: list[Given] = []
        self._there: set[JournalId] = set()

    @property
    def size(self) -> int:
        """Bytes of all parcels together."""
        return sum(len(given.data) for given in self.line)

    def begin_anew(self) -> None:
        """Give out a new line from now on."""
        self.line = []

    async def spread(self, desks: Iterable[Keeper], made: Iterable[Given] = ()) -> None:
        """Give out what was `made`, and more copies of what too few of these desks keep, since others left."""
        self.line += made
        there = {desk.journal: desk for desk in desks if desk.online}
        if self._there == there.keys() and not made:
            return
        self._there = set(there)
        for given in list(self.line):
            lacking = COPIES - len(given.holders & there.keys())
            if lacking > 0:
                for journal in _shuffled(there.keys() - given.holders, given.id)[:lacking]:
                    await self._give(given, there[journal])

    async def came(self, desk: Keeper) -> None:
        """A desk is there: it gets what too few keep."""
        self._there.add(desk.journal)
        for given in list(self.line):
            if len(given.holders & self._there) < COPIES:
                await self._give(given, desk)

    async def goes(self, desk: Keeper) -> None:
        """A desk is about to leave: it takes along what few have left with, for a takeover when all are gone."""
        self._there.discard(desk.journal)
        for given in list(self.line):
            if len(given.holders - self._there) < COPIES:
                await self._give(given, desk)

    async def _give(self, given: Given, desk: Keeper) -> None:
        if desk.journal not in given.holders and desk.online:
            given.holders.add(desk.journal)
            await desk.push_parcel(given.data)


def _shuffled(journals: Iterable[JournalId], parcel: ParcelId) -> list[JournalId]:
    """Return journals in an order that is another one for each parcel."""
    return sorted(journals, key=lambda journal: sha256(parcel.number.to_bytes(4), journal))
