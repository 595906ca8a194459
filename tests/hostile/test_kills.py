"""kill -9 of hub and desks at random moments under load (threats 22 and 23): nothing confirmed is missing."""

import random
import time

import pytest

from tests.hostile.stage import joined, stage, typing

SOURCE = "def norm(v):\n    return sum(x * x for x in v) ** 0.5\n\nprint(norm([3, 4]))\n"


class Victims:
    """A hub and a class under load, killed and started again."""

    def __init__(self, on, seed, kills):
        self.on = on
        self.dice = random.Random(seed)
        seconds = kills // 6 + 4
        self.script = [*typing(SOURCE * 4, every_ms=max(20, seconds * 10)), {"at_ms": seconds * 1000, "do": "submit"}]
        self.hub = on.ready(on.serve())
        self.students = [f"s{number}" for number in range(4)]
        self.desks = {student: on.desk(student, self.script) for student in self.students}
        self.all = list(self.desks.values())
        for desk in self.all:
            desk.wait_for(joined)

    def kill_somebody(self):
        time.sleep(self.dice.uniform(0.0, 0.35))
        if self.dice.random() < 0.35:
            self.hub.kill()
            self.hub = self.on.serve()
            return
        student = self.dice.choice(self.students)
        if self.desks[student].process.poll() is None:
            self.desks[student].kill()
            self.desks[student] = self.on.desk(student, self.script)
            self.all.append(self.desks[student])

    def finish(self):
        self.on.ready(self.hub)
        for desk in self.desks.values():
            assert desk.finish(90) == 0, desk.errors()
        assert self.hub.terminate() == 0, self.hub.errors()


def kill_often(tmp_path, seed, kills):
    with stage(tmp_path) as on:
        victims = Victims(on, seed, kills)
        for _ in range(kills):
            victims.kill_somebody()
        victims.finish()
        on.nothing_is_lost(*victims.all)
        assert len(on.query("SELECT DISTINCT session FROM journals")) == len(victims.students)
        assert "Traceback" not in (tmp_path / "hub.log").read_text()
        for student in victims.students:
            assert "Traceback" not in (tmp_path / f"{student}.log").read_text()


def test_thirty_kills_under_load_lose_nothing(tmp_path):
    kill_often(tmp_path, seed=30, kills=30)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", range(20))
def test_five_hundred_kills_under_load_lose_nothing(tmp_path, seed):
    kill_often(tmp_path, seed=seed, kills=500)
