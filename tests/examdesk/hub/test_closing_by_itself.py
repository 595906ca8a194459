"""Sessions that nobody works on are closed where the exam says so; and the rule of reading one's work after the end."""

import pytest

from examdesk.staffapi import messages as api
from shared.clock import SystemClock
from tests.examdesk.hub.hub_fixtures import joined, running_hub, staff
from tests.examdesk.hub.light_desk import standing

MINUTE_MS = 60_000


class LaterClock(SystemClock):
    """The real clock, some minutes on."""

    minutes = 0

    def wall_ms(self):
        return super().wall_ms() + self.minutes * MINUTE_MS


@pytest.mark.parametrize("rule", ["", "auto_close = false\n"])
async def test_a_session_that_nobody_works_on_is_closed_after_the_exams_minutes(tmp_path, rule):
    clock = LaterClock()
    more = f"[desk]\nauto_close_minutes = 10\n{rule}"
    async with running_hub(tmp_path, more, clock=clock) as hub, staff(hub) as client:
        desk = await joined(hub, "s1")
        await client.ask(api.Open(command="o"))
        await standing(desk, lambda found: found.starts_ms is not None)
        clock.minutes = 9
        assert await hub.auto_close.look() == 0
        clock.minutes = 11
        assert await hub.auto_close.look() == (0 if rule else 1)
        if not rule:
            assert (await standing(desk, lambda found: found.ended)).ended
            (entry,) = [
                each for each in (await client.ask(api.GetAudit())).entries if each.what == "closed a session by itself"
            ]
            assert "s1: no activity for" in entry.detail
            assert await hub.auto_close.look() == 0
            await client.ask(api.Reopen(command="r", target=api.Target(sessions=(desk.session.hex(),))))
            assert not (await standing(desk, lambda found: found.reopened == 1)).ended
        await desk.leave()


async def test_sessions_that_wait_or_are_paused_are_left_alone(tmp_path):
    clock = LaterClock()
    async with running_hub(tmp_path, "[desk]\nauto_close_minutes = 10\n", clock=clock) as hub, staff(hub) as client:
        desk = await joined(hub, "s1")
        clock.minutes = 20
        assert await hub.auto_close.look() == 0
        await client.ask(api.Open(command="o"))
        await client.ask(api.Pause(command="p", paused=True))
        await standing(desk, lambda found: found.paused_ms is not None)
        clock.minutes = 60
        assert await hub.auto_close.look() == 0
        await desk.leave()


async def test_the_access_rule_says_who_may_read_the_own_work_after_the_end(tmp_path):
    rules = '[[access]]\nstudents = ["s1"]\nshow_after_end = true\n\n[[access]]\n'
    async with running_hub(tmp_path, rules) as hub, staff(hub) as client:
        one, other = await joined(hub, "s1"), await joined(hub, "s2")
        await client.ask(api.Open(command="o"))
        assert (await standing(one, lambda found: found.starts_ms is not None)).review
        assert not (await standing(other, lambda found: found.starts_ms is not None)).review
        for each in (one, other):
            await each.leave()
