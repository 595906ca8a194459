"""Several people work with one hub at the same time: each sees what the others did, and nothing happens twice."""

import asyncio

from examdesk.staffapi import messages as api
from examdesk.staffapi.client import Refused
from examdesk.staffapi.permissions import Role
from shared.events.kinds import HandRaised
from shared.wire import messages as m
from tests.examdesk.hub.hub_fixtures import joined, running_hub, staff
from tests.examdesk.hub.test_lost_time_at_the_hub import LaterClock, crash

HOUR = "[schedule]\nduration = 60\n"


async def told(client, wanted):
    """Wait for the push that says that something changed which is wanted."""
    while not wanted(await client.next_change()):
        pass


async def test_what_one_proctor_does_the_others_see_with_who_did_it(tmp_path):
    async with (
        running_hub(tmp_path, HOUR) as hub,
        staff(hub) as first,
        staff(hub, Role.PROCTOR) as second,
        staff(hub, Role.AUDITOR) as auditor,
    ):
        desk = await joined(hub)
        await first.ask(api.Open(command="o"))
        desk.journal.add(HandRaised(up=True, text="Help"))
        await desk.flush()
        await desk.safe()
        session = desk.session.hex()
        me = api.Target(sessions=(session,))
        await second.ask(api.Lock(command="l", locked=True, target=me))
        await told(first, lambda change: session in change.sessions)
        (row,) = (await first.ask(api.GetLive(sessions=(session,)))).rows
        assert (row.status, row.hand) == ("Paused", True)
        await second.ask(api.LowerHand(command="h", session=session))
        (row,) = (await first.ask(api.GetLive(sessions=(session,)))).rows
        assert not row.hand
        entries = (await auditor.ask(api.GetAudit(text="proctor"))).entries
        assert [entry.what for entry in entries][:2] == ["lowered a hand", "locked"]
        assert entries[1].changes == ("locked no → yes (s1)",)
        await desk.leave()


async def test_two_who_decide_about_the_same_lost_time_give_it_once(tmp_path):
    clock = LaterClock()
    async with (
        running_hub(tmp_path, HOUR, clock=clock) as hub,
        staff(hub) as first,
        staff(hub, Role.PROCTOR) as second,
    ):
        desk = await joined(hub)
        await first.ask(api.Open(command="o"))
        await desk.type_text("work")
        await desk.safe()
        await crash(desk, 100_000)
        clock.ahead_ms = 180_000
        (row,) = (await first.ask(api.GetLedger())).rows
        asks = [
            client.ask(api.CreditTime(command=name, session=row.session, seconds=120, items=(row.items[0].key,)))
            for name, client in (("a", first), ("b", second))
        ]
        answers = await asyncio.gather(*asks, return_exceptions=True)
        assert sorted(isinstance(answer, Refused) for answer in answers) == [False, True]
        (after,) = (await first.ask(api.GetLedger())).rows
        assert (after.credited, after.ends_ms - row.ends_ms) == (120, 120_000)
        await desk.leave()


async def test_extensions_of_two_people_add_up_and_one_that_came_twice_counts_once(tmp_path):
    async with running_hub(tmp_path, HOUR) as hub, staff(hub) as first, staff(hub, Role.PROCTOR) as second:
        desk = await joined(hub)
        await first.ask(api.Open(command="o"))
        (before,) = (await first.ask(api.GetTimes())).rows
        await asyncio.gather(
            *(client.ask(api.Extend(command=name, seconds=300)) for client in (first, second) for name in ("x", "y"))
        )
        (after,) = (await second.ask(api.GetTimes())).rows
        assert after.ends_ms - before.ends_ms == 600_000
        await desk.leave()


async def test_a_row_says_when_the_desk_was_heard_and_how_much_disk_it_has(tmp_path):
    async with running_hub(tmp_path, HOUR) as hub, staff(hub) as client:
        desk = await joined(hub)
        await desk.send(m.Ping(1, 734))
        await desk.wait_for(m.Pong)
        await desk.wait_for(m.SignedStanding)  # the journal is resumed
        (row,) = (await client.ask(api.GetLive())).rows
        now = (await client.ask(api.GetExam())).hub_ms
        assert row.free_mb == 734
        assert 0 <= now - row.heard_ms < 60_000
        await desk.leave()
