"""Which desks keep which parcels: enough of those that are there, and some of those that left."""

from examdesk.hub.records.copies import COPIES, Copies, Given
from shared.ids import JournalId
from shared.wire.parcel import ParcelId


class Pc:
    def __init__(self, number: int) -> None:
        self.journal = JournalId(number.to_bytes(16))
        self.online = True
        self.kept: list[bytes] = []

    async def push_parcel(self, data: bytes) -> None:
        self.kept.append(data)


def parcels(count: int, first: int = 0) -> list[Given]:
    return [Given(b"%d" % number, ParcelId(0, 0, bytes(8), number)) for number in range(first, first + count)]


def keep(room: list[Pc], parcel: Given) -> int:
    return sum(pc.online and parcel.data in pc.kept for pc in room)


async def test_in_a_large_room_twelve_keep_each_parcel_and_in_a_small_one_all():
    for size in (30, 5):
        room, copies = [Pc(number) for number in range(size)], Copies()
        await copies.spread(room, parcels(6))
        assert {keep(room, given) for given in copies.line} == {min(size, COPIES)}


async def test_when_desks_are_gone_others_that_are_there_keep_what_those_kept():
    room, copies = [Pc(number) for number in range(40)], Copies()
    await copies.spread(room, parcels(8))
    for pc in room[:25]:
        pc.online = False
    await copies.spread(room)
    assert all(keep(room, given) == COPIES for given in copies.line)
    for pc in room[25:35]:
        pc.online = False
    await copies.spread(room)
    assert all(keep(room, given) == 5 for given in copies.line), "everybody who is left"
    assert all(len(pc.kept) == len(set(pc.kept)) for pc in room), "nothing is sent twice"


async def test_who_comes_back_still_keeps_what_it_had_and_gets_what_too_few_keep():
    room, copies = [Pc(number) for number in range(3)], Copies()
    await copies.spread(room, parcels(2))
    room[0].online = False
    await copies.spread(room, parcels(2, first=2))
    room[0].online = True
    await copies.came(room[0])
    assert sorted(room[0].kept) == [b"0", b"1", b"2", b"3"]


async def test_whoever_leaves_takes_everything_along_until_enough_have_left_with_it():
    room, copies = [Pc(number) for number in range(40)], Copies()
    await copies.spread(room, parcels(4))
    for pc in room:
        await copies.goes(pc)
        pc.online = False
    for given in copies.line:
        assert all(given.data in pc.kept for pc in room[:COPIES])
        assert sum(given.data in pc.kept for pc in room) <= 2 * COPIES
