"""The one place where the engine's thread meets Qt."""

import asyncio
import threading

import pytest

from examdesk.staffapi.messages import Changed, Done, Extend, GetExam, GetLive
from instructor_app.bridge import Bridge, Link
from shared.problems import EnvironmentProblem
from tests.support.patience import PATIENCE_MS


class Echo:
    """A hub that answers when it is told to."""

    person = "Ada"
    me = None

    def __init__(self):
        self.changes = asyncio.Queue()
        self.asked = []
        self.gates = {}
        self.closed = False

    async def ask(self, request):
        self.asked.append(request)
        gate = self.gates.get(type(request))
        if gate is not None:
            await gate.wait()
        if isinstance(request, GetLive):
            raise EnvironmentProblem("The hub did not answer.")
        return Done(sentence=str(len(self.asked)))

    async def next_change(self):
        return await self.changes.get()

    async def close(self):
        self.closed = True


@pytest.fixture
def bridge(qtbot):
    made = Bridge()
    yield made
    made.close()


@pytest.fixture
def linked(bridge, qtbot):
    hubs = []

    async def opener():
        hubs.append(Echo())
        return hubs[-1]

    bridge.connect_to(opener)
    qtbot.waitUntil(lambda: bridge.link is Link.UP, timeout=PATIENCE_MS)
    return bridge, hubs


def test_answers_arrive_in_the_windows_thread(linked, qtbot):
    bridge, _ = linked
    threads = []
    bridge.query(GetExam(), lambda _: threads.append(threading.current_thread()))
    qtbot.waitUntil(lambda: bool(threads), timeout=PATIENCE_MS)
    assert threads == [threading.main_thread()]


def test_a_failure_arrives_with_its_sentence(linked, qtbot):
    bridge, _ = linked
    said = []
    bridge.query(GetLive(), lambda _: said.append("answered"), lambda problem: said.append(problem.sentence))
    qtbot.waitUntil(lambda: bool(said), timeout=PATIENCE_MS)
    assert said == ["The hub did not answer."]


def test_without_a_hub_a_question_fails_at_once(bridge, qtbot):
    said = []
    bridge.query(GetExam(), said.append, lambda problem: said.append(problem.sentence))
    qtbot.waitUntil(lambda: bool(said), timeout=PATIENCE_MS)
    assert said == ["No hub is connected. Open an exam first."]


def test_an_older_answer_is_dropped_when_a_newer_question_was_asked(linked, qtbot):
    bridge, _ = linked
    answers = []
    bridge.query(GetExam(), lambda done: answers.append(("old", done)), key="exam")
    bridge.query(GetExam(), lambda done: answers.append(("new", done)), key="exam")
    qtbot.waitUntil(lambda: bridge.waiting == 0, timeout=PATIENCE_MS)
    assert [which for which, _ in answers] == ["new"]


def test_a_command_gets_an_id_of_its_own(linked, qtbot):
    bridge, hubs = linked
    done = []
    bridge.command(Extend(command="", seconds=60), done.append, lambda _: None)
    bridge.command(Extend(command="", seconds=60), done.append, lambda _: None)
    qtbot.waitUntil(lambda: len(done) == 2, timeout=PATIENCE_MS)
    first, second = hubs[0].asked
    assert first.command
    assert first.command != second.command


def test_many_pushes_become_one_change_set(linked, qtbot):
    bridge, hubs = linked
    told = []
    bridge.changed.connect(told.append)
    pushes = [Changed((f"{number % 50}",), ("exam",)) for number in range(500)]
    bridge._loop.call_soon_threadsafe(lambda: [hubs[0].changes.put_nowait(push) for push in pushes])
    qtbot.waitUntil(lambda: sum(len(change.sessions) for change in told) >= 50, timeout=PATIENCE_MS)
    assert len(told) <= 3
    assert {session for change in told for session in change.sessions} == {str(number) for number in range(50)}


def test_a_lost_hub_is_looked_for_again(linked, qtbot):
    bridge, hubs = linked
    links = []
    bridge.link_changed.connect(lambda link, _: links.append(link))
    bridge._loop.call_soon_threadsafe(hubs[0].changes.put_nowait, None)
    qtbot.waitUntil(lambda: links[-1:] == [Link.UP], timeout=PATIENCE_MS)
    assert links == [Link.LOST, Link.UP]
    assert hubs[0].closed


def test_a_cancelled_task_says_that_it_stopped(linked, qtbot):
    bridge, _ = linked
    said = []

    async def work(hub, tell):
        tell(0.5, "half")
        await asyncio.Event().wait()

    cancel = bridge.task(
        work, said.append, lambda problem: said.append(problem.sentence), progress=lambda *p: said.append(p)
    )
    qtbot.waitUntil(lambda: said == [(0.5, "half")], timeout=PATIENCE_MS)
    cancel()
    qtbot.waitUntil(lambda: len(said) == 2, timeout=PATIENCE_MS)
    assert said[1] == "Stopped. Nothing half-done was left behind."


def test_a_mistake_of_ours_becomes_a_sentence(linked, qtbot, caplog):
    bridge, _ = linked
    said = []

    async def work(hub, tell):
        raise KeyError("oops")

    bridge.task(work, said.append, lambda problem: said.append(problem.sentence))
    qtbot.waitUntil(lambda: bool(said), timeout=PATIENCE_MS)
    assert said == ["ExamDesk made a mistake here. Nothing was lost."]
    assert "KeyError" in caplog.text


def test_closing_ends_the_thread(qtbot):
    bridge = Bridge()
    thread = bridge._thread
    bridge.close()
    assert not thread.is_alive()
    bridge.close()


class Deaf(Echo):
    """A hub that does not even answer a farewell."""

    async def close(self):
        await asyncio.Event().wait()


def test_a_hub_that_does_not_answer_a_farewell_holds_nobody_back(qtbot):
    bridge = Bridge()

    async def opener():
        return Deaf()

    bridge.connect_to(opener)
    qtbot.waitUntil(lambda: bridge.link is Link.UP, timeout=PATIENCE_MS)
    bridge.close()
    assert not bridge._thread.is_alive()
