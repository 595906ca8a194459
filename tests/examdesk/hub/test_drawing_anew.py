"""One session is drawn anew on purpose: audited, told to desk and student, and nothing else moves."""

import pytest

from examdesk.staffapi import messages as api
from examdesk.staffapi.client import Refused
from shared.events.kinds import Drawn
from shared.exam.drawing import session_seed
from shared.wire import messages as m
from shared.wire.standing import read_notice
from tests.examdesk.hub.hub_fixtures import joined, running_hub, staff
from tests.examdesk.hub.light_desk import standing


async def test_a_draw_is_redone_once_for_one_session_with_a_reason(tmp_path):
    async with running_hub(tmp_path) as hub, staff(hub) as client:
        desk, other = await joined(hub, "s1"), await joined(hub, "s2")
        await client.ask(api.Open(command="o"))
        before = await standing(desk, lambda found: found.starts_ms is not None)
        me = desk.session.hex()
        desk.journal.add(Drawn(seed=session_seed(desk.session).hex(), questions=("q1",)))
        await desk.flush()
        await desk.safe()
        view = await client.ask(api.GetDraw(session=me))
        assert (view.questions, view.draws, view.seed) == (("q1",), 0, session_seed(desk.session).hex())
        with pytest.raises(Refused, match="Say why"):
            await client.ask(api.Redraw(command="r0", session=me, reason="  "))
        with pytest.raises(Refused, match="does not exist"):
            await client.ask(api.Redraw(command="r0", session="00", reason="known"))
        done = await client.ask(api.Redraw(command="r1", session=me, reason="question 1 was known"))
        assert "s1" in done.sentence
        after = await standing(desk, lambda found: found.draws == 1)
        assert (after.starts_ms, after.ends_ms) == (before.starts_ms, before.ends_ms)
        notice = read_notice((await desk.wait_for(m.SignedNotice)).envelope, desk.identity.exam_key)
        assert "drawn anew" in notice.text
        again = await client.ask(api.Redraw(command="r1", session=me, reason="question 1 was known"))
        assert again.sentence == "That was done before."
        log = (await client.ask(api.GetAudit())).entries
        (entry,) = [each for each in log if each.what == "drew questions anew"]
        assert "question 1 was known" in entry.detail
        assert "s1" in entry.detail
        await client.ask(api.Redraw(command="r2", session=me, reason="once more"))
        await standing(desk, lambda found: found.draws == 2)
        await client.ask(api.Pause(command="p", paused=True))
        assert (await standing(other, lambda found: found.paused_ms is not None)).draws == 0
        for each in (desk, other):
            await each.leave()


async def test_a_restarted_hub_still_knows_how_often_it_was_redone(tmp_path):
    async with running_hub(tmp_path) as hub, staff(hub) as client:
        desk = await joined(hub, "s1")
        await client.ask(api.Redraw(command="r1", session=desk.session.hex(), reason="known"))
        await desk.leave()
        session = desk.session.hex()
    async with running_hub(tmp_path) as hub, staff(hub) as client:
        desk = await joined(hub, "s2")
        await client.ask(api.Redraw(command="r2", session=session, reason="again"))
        detail = next(each.detail for each in (await client.ask(api.GetAudit())).entries if "again" in each.detail)
        assert "draw 3" in detail
        await desk.leave()
