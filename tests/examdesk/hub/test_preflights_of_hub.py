"""The hub keeps the newest preflight of each PC, for staff; strangers without the room code leave nothing."""

import pytest

from examdesk.hub.records.preflights import MAX_PCS, Preflights
from examdesk.staffapi import messages as api
from shared.admission.codes import RoomCode
from shared.problems import PeerFault
from shared.wire import messages as m
from shared.wire.codec import decode_from_desk, encode_frame
from tests.examdesk.hub.hub_fixtures import joined, running_hub, staff
from tests.examdesk.hub.light_desk import LightDesk

BAD = m.SeatCheck("multicast", "blocked", "Multicast is blocked.", "Allow it.")
GOOD = m.SeatCheck("disk", "ok", "Fine.")


def report(code: str, device: bytes = b"d" * 16, checks=(BAD, GOOD), seat: str = "B4") -> m.PreflightReport:
    return m.PreflightReport(code, seat, device, "lab-07", "Linux 6", checks)


async def answer_to(hub, frame):
    desk = LightDesk("127.0.0.1", hub.ready.port, "s1")
    await desk.connect()
    await desk.send(frame)
    answer = await desk.receive()
    await desk.connection.close()
    return answer


async def test_staff_read_the_newest_report_of_each_pc_also_after_a_restart(tmp_path):
    async with running_hub(tmp_path) as hub:
        code = hub.ready.room_code
        assert isinstance(await answer_to(hub, report(code)), m.PreflightTaken)
        assert isinstance(await answer_to(hub, report(code, b"e" * 16, (GOOD,), "B5")), m.PreflightTaken)
        assert isinstance(await answer_to(hub, report(code, checks=(GOOD,))), m.PreflightTaken)
        async with staff(hub) as client:
            first = (await client.ask(api.GetPreflights())).seats
        assert [(each.seat, each.level) for each in first] == [("B4", "ok"), ("B5", "ok")]
        await answer_to(hub, report(code))
    async with running_hub(tmp_path) as hub, staff(hub) as client:
        again = (await client.ask(api.GetPreflights())).seats
        assert [(each.seat, each.level) for each in again] == [("B4", "blocked"), ("B5", "ok")]
        assert again[0].results[0].todo == "Allow it."


async def test_a_report_of_a_pc_where_somebody_sits_names_the_student(tmp_path):
    async with running_hub(tmp_path) as hub, staff(hub) as client:
        desk = await joined(hub, "s1")
        (journal,) = hub.services.registry.journals.values()
        await answer_to(hub, report(hub.ready.room_code, bytes(journal.row.device)))
        assert [each.student for each in (await client.ask(api.GetPreflights())).seats] == ["s1"]
        await desk.leave()


async def test_a_stranger_without_the_room_code_leaves_nothing(tmp_path):
    async with running_hub(tmp_path) as hub, staff(hub) as client:
        answer = await answer_to(hub, report(str(RoomCode("ABCDEFGH"))))
        assert isinstance(answer, m.Refusal)
        assert answer.code == "wrong-code"
        assert (await client.ask(api.GetPreflights())).seats == ()


@pytest.mark.parametrize(
    "change",
    [
        {"device": b"short"},
        {"seat": "x" * 61},
        {"checks": (GOOD,) * 41},
        {"checks": (m.SeatCheck("a", "ok", "x" * 501),)},
    ],
)
def test_a_report_beyond_its_measure_is_no_frame(change):
    fields = {"device": b"d" * 16, "seat": "B4", "checks": (GOOD,)} | change
    with pytest.raises(PeerFault):
        decode_from_desk(encode_frame(report("code", fields["device"], fields["checks"], fields["seat"])))


async def test_the_list_has_an_end_and_survives_a_damaged_file(tmp_path):
    file = tmp_path / "a.preflights.jsonl"
    kept = Preflights(file)
    kept.load()
    await kept.take(report("", b"\1" * 16), "10.0.0.1", 1)
    await kept.take(report("", b"\2" * 16), "10.0.0.2", 2)
    file.write_bytes(file.read_bytes() + b'{"half a li')
    again = Preflights(file)
    again.load()
    assert [each.device for each in again.all()] == ["01" * 16, "02" * 16]
    for number in range(MAX_PCS):
        again._put(again.all()[0].__class__(
            at_ms=number, address="", device=f"{number:032x}", device_name="", seat="", platform="", checks=()
        ))  # fmt: skip
    assert len(again.all()) == MAX_PCS
