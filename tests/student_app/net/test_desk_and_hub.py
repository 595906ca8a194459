"""The desk over real TLS: joining, staying, losing the connection, and hubs that are not what they seem."""

import threading
import time

import pytest

from shared.admission.codes import new_personal_code
from shared.clock import SystemChance, SystemClock
from shared.crypto.certificate import make_certificate
from shared.ids import ExamId
from shared.wire import messages as m
from student_app.composition import make_desk, make_engine
from student_app.core.ports import FoundHub, HubAddress
from student_app.core.session import Phase
from student_app.core.shelf import journals, to_go_on_with
from student_app.net.browse import Browser
from student_app.net.loop import NetThread
from tests.student_app.kit import EXAM, EXAM_KEY, EchoRunner, Wall
from tests.student_app.net.small_hub import OTHER_KEY, Eavesdropper, SmallHub

GIVE_UP_SECONDS = 60.0
"""Nothing here is about speed: a machine may be busy."""


class Stage:
    """Hubs in one thread, desks in another, and waiting that ends."""

    def __init__(self, folder) -> None:
        self.folder = folder
        self.hubs = NetThread("hubs")
        self.engine = make_engine(folder)
        self._stop = []

    def start(self, server):
        self.hubs.run(server.start()).result(GIVE_UP_SECONDS)
        self._stop.append(server)
        return server

    def stop(self, server) -> None:
        self._stop.remove(server)
        self.hubs.run(server.stop()).result(GIVE_UP_SECONDS)

    def desk(self, **more):
        self.wall = Wall()
        self.program = make_desk(self.engine, self.folder, self.wall, runner=EchoRunner(), **more)
        return self.program.desk

    def until(self, ready) -> None:
        pause, end = threading.Event(), time.monotonic() + GIVE_UP_SECONDS
        while not ready():
            assert time.monotonic() < end, "it did not happen in time"
            pause.wait(0.01)

    def close(self) -> None:
        self.program.close(0.5)
        for server in list(self._stop):
            self.stop(server)
        self.engine.close()
        self.hubs.close()


@pytest.fixture
def stage(tmp_path):
    stage = Stage(tmp_path)
    yield stage
    stage.close()


def at(server) -> tuple[HubAddress, ...]:
    return (HubAddress("127.0.0.1", server.port),)


def joined(stage, hub):
    desk = stage.desk()
    desk.join(hub.code, "s1", hubs=at(hub))
    stage.until(lambda: desk.state().phase is Phase.WORKING and desk.state().questions)
    return desk


def everything_safe(stage, desk):
    desk.sitting.recorder.close_burst()
    desk.sitting.journal.flush()
    stage.until(lambda: desk.state().unsent == 0)


def test_a_student_joins_works_and_everything_arrives(stage):
    hub = stage.start(SmallHub())
    desk = joined(stage, hub)
    desk.insert("q1/main.py", 0, "print(1)\n")
    everything_safe(stage, desk)
    assert hub.events(desk.sitting.journal.identity.journal) == desk.sitting.journal.last + 1
    assert desk.state().online


def test_a_dead_hub_stops_nobody_and_gets_everything_later(stage):
    hub = stage.start(SmallHub())
    desk = joined(stage, hub)
    stage.stop(hub)
    stage.until(lambda: not desk.state().online)
    desk.insert("q1/main.py", 0, "offline\n")
    stage.until(lambda: desk.state().saved == desk.state().last)
    assert desk.state().unsent > 0
    stage.start(hub)
    stage.until(lambda: desk.state().online)
    everything_safe(stage, desk)
    assert hub.events(desk.sitting.journal.identity.journal) == desk.sitting.journal.last + 1


class Announced(Browser):
    """Hears of one hub, wherever it really is."""

    def __init__(self, hub) -> None:
        super().__init__(lambda _hubs: None)
        self.heard = (FoundHub("one", "Loops", "B 204", "run", at(hub)),)

    async def start(self) -> None:
        pass

    def hubs(self):
        return self.heard

    def addresses(self, exam=None):
        return self.heard[0].addresses


def test_a_desk_that_looks_for_its_exam_joins_the_hub_alone_that_is_set_on_this_pc(stage):
    hub = stage.start(SmallHub())
    desk = stage.desk(browser=Announced(hub), pin=bytes(32))
    desk.join(hub.code, "s1")
    stage.until(lambda: any("settings of this PC" in said for said in stage.wall.problems))
    assert hub.frames == []
    stage.program.close(0.5)
    desk = stage.desk(browser=Announced(hub), pin=hub.certificate.fingerprint)
    desk.join(hub.code, "s1")
    stage.until(lambda: desk.state().phase is Phase.WORKING)


@pytest.mark.parametrize("kind", ["another exam", "same exam, another key", "not ours"])
def test_a_fake_hub_gets_no_byte(stage, kind):
    honest = SmallHub()
    exam = ExamId(b"f" * 16) if kind == "another exam" else EXAM
    key = EXAM_KEY if kind == "not ours" else OTHER_KEY
    certificate = make_certificate(exam, key, SystemChance(), SystemClock())
    fake = stage.start(Eavesdropper(certificate))
    desk = stage.desk()
    desk.join(honest.code, "s1", hubs=at(fake))
    stage.until(lambda: fake.handshakes >= 1 and stage.wall.problems)
    assert fake.got == b""
    assert desk.sitting is None
    assert "nothing was sent" in stage.wall.problems[0]


def test_after_the_join_a_hub_with_another_key_gets_nothing(stage):
    hub = stage.start(SmallHub())
    desk = joined(stage, hub)
    fake = Eavesdropper(make_certificate(EXAM, OTHER_KEY, SystemChance(), SystemClock()))
    stage.start(fake)
    stage.stop(hub)
    stage.program.client._known = at(fake)
    stage.until(lambda: fake.handshakes >= 1)
    desk.insert("q1/main.py", 0, "secret\n")
    stage.until(lambda: stage.wall.problems)
    assert fake.got == b""


def test_the_right_hub_is_found_among_others(stage):
    fake = stage.start(Eavesdropper(make_certificate(EXAM, OTHER_KEY, SystemChance(), SystemClock())))
    hub = stage.start(SmallHub())
    desk = stage.desk()
    desk.join(hub.code, "s1", hubs=(*at(fake), HubAddress("127.0.0.1", 9), *at(hub)))
    stage.until(lambda: desk.state().online)
    assert fake.got == b""


def test_a_wrong_code_is_said_once_and_asked_for_again(stage):
    hub = stage.start(SmallHub())
    hub.refuse = m.Refusal("unknown-student", "There is no such student on the list.")
    desk = stage.desk()
    desk.join(hub.code, "nobody", hubs=at(hub))
    stage.until(lambda: desk.state().phase is Phase.FINDING)
    assert stage.wall.problems == ["There is no such student on the list."]


def test_a_cancelled_join_is_not_tried_again(stage):
    hub = stage.start(SmallHub())
    fake = stage.start(Eavesdropper(make_certificate(EXAM, OTHER_KEY, SystemChance(), SystemClock())))
    desk = stage.desk()
    desk.join(hub.code, "s1", hubs=at(fake))
    stage.until(lambda: stage.wall.problems)
    task = stage.program.client._task
    assert desk.cancel()
    stage.until(task.done)
    assert desk.state().phase is Phase.FINDING
    desk.join(hub.code, "s1", hubs=at(hub))
    stage.until(lambda: desk.state().online)


def test_a_personal_code_proves_both_sides(stage):
    hub = stage.start(SmallHub())
    code = hub.personal[17] = new_personal_code(17, SystemChance())
    desk = stage.desk()
    desk.join(str(code), "", hubs=at(hub))
    stage.until(lambda: desk.state().online)
    assert desk.state().student == "s17"


def test_a_wrong_personal_code_is_tried_once(stage):
    hub = stage.start(SmallHub())
    hub.personal[17] = new_personal_code(17, SystemChance())
    desk = stage.desk()
    desk.join(str(new_personal_code(17, SystemChance())), "", hubs=at(hub))
    stage.until(lambda: desk.state().phase is Phase.FINDING)
    assert hub.tries == 1
    assert "isn't right" in stage.wall.problems[0]


def test_a_hub_that_only_pretends_to_know_the_personal_code_gets_nothing(stage):
    hub = stage.start(SmallHub(key=OTHER_KEY))
    hub.personal[17] = new_personal_code(17, SystemChance())
    hub.bluffs = True
    desk = stage.desk()
    desk.join(str(new_personal_code(17, SystemChance())), "", hubs=at(hub))
    stage.until(lambda: desk.state().phase is Phase.FINDING)
    assert (hub.tries, desk.sitting) == (1, None)
    assert "nothing was revealed" in stage.wall.problems[0]


def test_a_journal_that_cannot_go_on_is_followed_by_a_new_one(stage):
    hub = stage.start(SmallHub())
    desk = joined(stage, hub)
    desk.insert("q1/main.py", 0, "mine\n")
    everything_safe(stage, desk)
    first = desk.sitting.journal.identity.journal
    hub.broken.add(first)
    stage.stop(hub)
    stage.start(hub)
    stage.until(lambda: desk.sitting.journal.identity.journal != first and desk.state().online)
    stage.until(lambda: desk.state().phase is Phase.WORKING)
    assert desk.text("q1/main.py").startswith("mine\n")
    desk.insert("q1/main.py", 0, "more\n")
    everything_safe(stage, desk)
    assert len(hub.disk) == 2


def test_an_older_journal_of_the_session_is_handed_over(stage):
    hub = stage.start(SmallHub())
    desk = joined(stage, hub)
    older = desk.sitting.journal.identity.journal
    stage.program.client.pull_cable(True)
    stage.until(lambda: not desk.state().online)
    desk.insert("q1/main.py", 0, "only here\n")
    stage.program.close(0)
    known = hub.events(older)
    desk = joined(stage, hub)
    assert desk.sitting.journal.identity.journal != older
    stage.until(lambda: hub.events(older) > known)
    assert len(journals(stage.folder)) >= 1


def test_a_desk_that_comes_back_finds_its_hub_again(stage):
    hub = stage.start(SmallHub())
    desk = joined(stage, hub)
    desk.insert("q1/main.py", 0, "kept\n")
    everything_safe(stage, desk)
    stage.program.close(2)
    desk = stage.desk()
    desk.go_on(to_go_on_with(stage.folder))
    stage.until(lambda: desk.state().online)
    assert desk.text("q1/main.py").startswith("kept\n")
    everything_safe(stage, desk)
    assert hub.events(desk.sitting.journal.identity.journal) == desk.sitting.journal.last + 1


def test_back_off_grows_is_jittered_and_ends_at_five_seconds():
    from student_app.net.backoff import Backoff

    class Most:
        def bytes(self, count):
            return b"\xff" * count

    waits = [Backoff.next_s(backoff) for backoff in [Backoff(Most())] for _ in range(8)]
    assert waits[0] < 0.26
    assert waits == sorted(waits)
    assert 4.9 < waits[-1] <= 5.0
