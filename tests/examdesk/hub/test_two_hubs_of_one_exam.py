"""Two hubs with one key at once: it can't be prevented, so it is noticed and told."""

import asyncio

from examdesk.hub.hub import Hub, Settings
from examdesk.hub.neighbours import Neighbours
from examdesk.hub.records.place import place_of
from examdesk.staffapi import messages as api
from shared.clock import SystemChance, SystemClock
from tests.examdesk.hub.hub_fixtures import joined, running_hub, staff
from tests.examdesk.hub.other_laptops import back, saved_key, taken_over
from tests.support.patience import until

HOUR = "[schedule]\nduration = 60\n"


async def test_a_desk_that_was_at_the_other_hub_gives_it_away(tmp_path):
    async with running_hub(tmp_path, HOUR) as first, staff(first) as client:
        await saved_key(client, tmp_path)
        desk = await joined(first, "s1")
        await client.ask(api.Open(command="o"))
        await desk.leave()
        assert (await client.ask(api.GetExam())).alerts == ()
        data = taken_over(tmp_path, "second")
        async with running_hub(tmp_path, HOUR, data=data) as second, staff(second) as other:
            desk = await back(second, desk)
            await other.ask(api.Extend(command="e", seconds=600))
            await other.ask(api.Extend(command="f", seconds=600))
            await until(lambda: second.services.registry.sessions[desk.session].revision > 3)
            revision = second.services.registry.sessions[desk.session].revision
            assert (await other.ask(api.GetExam())).alerts == ()
            await desk.leave()
        desk.port = first.listener.port
        await desk.connect()
        await desk.start(revision=revision)
        await until(lambda: first.door.ahead)
        (alert,) = (await client.ask(api.GetExam())).alerts
        assert "PC of s1 came with a newer word" in alert
        assert "only one hub runs" in alert
        await until(lambda: first.services.registry.sessions[desk.session].revision == revision + 1)
        await until(lambda: desk.journal.journal in first.services.registry.journals)
        entries = (await client.ask(api.GetAudit())).entries
        assert "met work of another hub" in [entry.what for entry in entries]
        await desk.leave()


async def advertised(tmp_path, data):
    settings = Settings(exam=tmp_path / "exam", place=place_of(data), host="", advertise=True)
    return await Hub.start(settings, SystemClock(), SystemChance())


async def test_hubs_that_announce_the_same_key_see_each_other_until_one_stops(tmp_path):
    async with running_hub(tmp_path, HOUR) as hub, staff(hub) as client:
        await saved_key(client, tmp_path)
    first = await advertised(tmp_path, str(tmp_path / "data"))
    try:
        second = await advertised(tmp_path, taken_over(tmp_path, "second"))
        await seen_until_one_stops(first, second)
    finally:
        await first.stop()


async def seen_until_one_stops(first, second):
    try:
        for hub, other in ((first, second), (second, first)):
            await until(lambda hub=hub: hub.alerts, 60)
            assert f"port {other.listener.port}" in hub.alerts[0]
            assert "switch the other one off now" in hub.alerts[0]
    finally:
        await second.stop()
    await until(lambda: not first.alerts, 60)


async def test_another_exam_on_the_network_is_nobodys_concern(tmp_path):
    async with running_hub(tmp_path) as hub:
        identity = hub.services.identity
        told = []
        stranger = Neighbours(identity.exam, bytes(32), lambda: told.append(1))
        assert stranger.sentence() == ""
        stranger.look_again()
        await stranger.stop()
        await asyncio.sleep(0)
        assert told == []
