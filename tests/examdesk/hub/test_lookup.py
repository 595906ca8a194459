"""Which student is meant: forgiving, never the list, and only for those who have the code."""

import pytest

from examdesk.hub.gate import Allowance
from examdesk.staffapi import messages as api
from shared.wire import messages as m
from tests.examdesk.hub.hub_fixtures import running_hub, staff
from tests.examdesk.hub.light_desk import LightDesk
from tests.support.clocks import ManualClock

PEOPLE = {
    "s4711042": "Ada Lovelace",
    "s4711402": "José Núñez Ibáñez",
    "s0815": "Grace Hopper",
    "s0816": "Grace Hoper",
    "s0817": "Grace Hooper",
    "s0818": "Grace Hoppe",
}


async def asked(hub, *texts, code=None):
    desk = LightDesk("127.0.0.1", hub.ready.port, "nobody")
    await desk.connect()
    answers = []
    for text in texts:
        await desk.send(m.Lookup(code or hub.ready.room_code, text))
        answers.append(await desk.receive())
    await desk.leave()
    return answers


async def test_who_is_meant_is_found_in_spite_of_case_accents_order_blanks_and_slips(tmp_path):
    async with running_hub(tmp_path) as hub, staff(hub) as client:
        for number, (student, name) in enumerate(PEOPLE.items()):
            await client.ask(api.PutStudent(command=f"p{number}", student=student, name=name))
        texts = ("S4711 042", "lovelace ADA", "ibanez nunez jose", "s4711024", "Grace Hopper", "Zaphod", "a")
        found = await asked(hub, *texts)
        ids = [[str(who.student) for who in each.candidates] for each in found]
        assert ids[:3] == [["s4711042"], ["s4711042"], ["s4711402"]]
        assert ids[3][0] == "s4711042"
        assert ids[4] == ["s0815"]
        assert ids[5:] == [[], []]
        assert [each.exact for each in found] == [True, *[False] * 6]
        (near,) = await asked(hub, "grace")
        assert len(near.candidates) == 3


async def test_without_the_code_nobody_is_named(tmp_path):
    async with running_hub(tmp_path) as hub, staff(hub) as client:
        await client.ask(api.PutStudent(command="p", student="s1", name="Ada"))
        (answer,) = await asked(hub, "Ada", code="0000-0000-0")
        assert (type(answer), answer.code) == (m.Refusal, "wrong-code")


async def test_the_list_can_t_be_copied_name_by_name(tmp_path):
    async with running_hub(tmp_path) as hub:
        answers = await asked(hub, *(f"name {n}" for n in range(50)))
        refused = [each for each in answers if isinstance(each, m.Refusal)]
        assert refused
        assert {each.code for each in refused} == {"slow-down"}
        assert len(answers) - len(refused) >= 40


@pytest.mark.parametrize("pause_ms", [0, 5_000])
def test_an_allowance_is_full_again_after_a_while(pause_ms):
    clock = ManualClock()
    allowance = Allowance(clock, at_once=3, each_ms=5_000)
    assert [allowance.wait_ms("a") > 0 for _ in range(4)] == [False, False, False, True]
    assert not allowance.wait_ms("b")
    clock.advance(ms=pause_ms)
    assert (allowance.wait_ms("a") > 0) == (pause_ms == 0)
