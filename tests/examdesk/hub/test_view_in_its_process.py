"""The facts of all sessions in a process of their own: what was committed is there, and its death costs nothing."""

import asyncio
import os
import signal

import pytest

from examdesk.hub import view as view_module
from examdesk.hub.view import READ_AGAIN
from examdesk.hub.workers import WorkerDied
from examdesk.readmodels import Answers
from examdesk.staffapi import messages as api
from examdesk.staffapi.client import Refused
from tests.examdesk.hub.hub_fixtures import joined, running_hub, staff
from tests.support.patience import until

NO_KILL = pytest.mark.skipif(os.name == "nt", reason="Windows knows no signals")


async def process_of(view):
    return await view.facts.run(os.getpid)


async def typed(desk, *lines):
    for line in lines:
        await desk.type_text(line)
    await desk.safe()


async def test_every_answer_knows_what_was_committed_before_it(tmp_path):
    async with running_hub(tmp_path) as hub, staff(hub) as client:
        assert not hub.view.facts.is_ready, "nobody asked yet"
        desk = await joined(hub, "s1")
        await typed(desk, "a = 1\n")
        for number in range(5):
            row = next(row for row in (await client.ask(api.GetLive())).rows if row.student == "s1")
            assert row.events == desk.journal.sealed + 1
            assert row.online
            assert row.heard_ms is not None
            await typed(desk, f"b = {number}\n")
        await desk.leave()
        await until(lambda: not hub.view.online(desk.session))
        row = next(row for row in (await client.ask(api.GetLive())).rows if row.student == "s1")
        assert (row.events, row.online) == (desk.journal.sealed + 1, False)


@NO_KILL
async def test_staff_get_their_answer_and_desks_their_receipts_when_the_process_is_killed(tmp_path):
    async with running_hub(tmp_path) as hub, staff(hub) as client:
        desk = await joined(hub, "s1")
        await typed(desk, "a = 1\n")
        before = await client.ask(api.GetSession(session=desk.session.hex()))
        first = await process_of(hub.view)
        os.kill(first, signal.SIGKILL)
        await typed(desk, "b = 2\n")
        after = await client.ask(api.GetSession(session=desk.session.hex()))
        assert len(before.files) == len(after.files) == 1
        assert after.row.events > before.row.events
        assert await process_of(hub.view) != first
        await desk.leave()


@NO_KILL
async def test_a_death_that_nobody_asked_into_is_noticed_said_and_taken_back(tmp_path):
    async with running_hub(tmp_path) as hub, staff(hub) as client:
        await client.ask(api.GetLive())
        first = await process_of(hub.view)
        said = []
        say = hub.view._say
        hub.view._say = lambda problem: (said.append(problem), say(problem))
        os.kill(first, signal.SIGKILL)
        await until(lambda: READ_AGAIN in said)
        await until(lambda: said[-1] == "")
        assert READ_AGAIN not in (await client.ask(api.GetExam())).storage
        assert await process_of(hub.view) != first


@NO_KILL
async def test_a_question_that_kills_the_process_each_time_ends_with_a_sentence(tmp_path):
    async with running_hub(tmp_path) as hub, staff(hub) as client:
        with pytest.raises(WorkerDied, match="try again"):
            await hub.view.ask(_die)
        assert (await client.ask(api.GetLive())).hub_ms


def _die(_answers: Answers) -> int:
    signal.raise_signal(signal.SIGKILL)
    return 0


async def test_where_events_come_faster_than_they_are_taken_the_records_are_read_instead(tmp_path, monkeypatch):
    monkeypatch.setattr(view_module, "MOST_ON_THE_WAY", -1)
    async with running_hub(tmp_path) as hub, staff(hub) as client:
        desk = await joined(hub, "s1")
        await client.ask(api.GetLive())
        await typed(desk, "a = 1\n", "b = 2\n")
        await until(lambda: hub.view._behind)
        shown = await client.ask(api.GetSession(session=desk.session.hex()))
        assert shown.row.events == desk.journal.sealed + 1
        assert not hub.view._behind
        await desk.leave()


async def test_what_does_not_exist_is_said_across_the_processes(tmp_path):
    async with running_hub(tmp_path) as hub, staff(hub) as client:
        with pytest.raises(Refused) as refused:
            await client.ask(api.GetSession(session="00"))
        assert refused.value.code == "not-found"
        assert (await client.ask(api.GetLive(sessions=("no id", "00")))).rows == ()


async def test_a_process_that_begins_while_an_edition_comes_has_that_edition(tmp_path):
    async with running_hub(tmp_path) as hub, staff(hub) as client:
        (tmp_path / "exam/questions/q1/starter/main.py").write_text("print('another edition')\n")
        seen = await client.ask(api.PreviewEdition())
        work = asyncio.ensure_future(hub.view.ask(Answers.similarity_work, api.GetSimilarity()))
        await asyncio.sleep(0)  # now its process is being made
        await client.ask(api.ApplyEdition(command="e1", token=seen.token))
        assert (await work).starters
        work = await hub.view.ask(Answers.similarity_work, api.GetSimilarity())
        assert "print('another edition')\n" in work.starters
