"""A long exam in which everything goes wrong: killed hubs, desks and helpers, full disks, clocks that jump.

Nothing that a desk called saved is missing, every desk hands in, and the records hold. On demand:

    SOAK_DESKS=60 SOAK_SECONDS=600 pytest -m soak tests/hostile/test_everything_at_once.py
"""

import contextlib
import os
import random
import subprocess
import sys
import time

import psutil
import pytest

from tests.hostile.stage import joined, stage, typing
from tests.hostile.test_clock_and_disk import FAKETIME, HOUR_S, IS_ROOT, MovedClock, fill, small_disk

DESKS = int(os.environ.get("SOAK_DESKS", "60"))
SECONDS = int(os.environ.get("SOAK_SECONDS", "600"))
FULL_SECONDS = 3.0
START_SECONDS = 300
"""A computer that is busy with other things may need that long to start a hub among sixty desks."""
LINE = "value_{0} = {0}  # and a few words more\n"


class Class:
    """A hub on a small disk, its desks, and somebody who watches."""

    def __init__(self, on, disk, seed):
        self.on, self.disk, self.dice = on, disk, random.Random(seed)
        text = "".join(LINE.format(number) for number in range(SECONDS))
        pieces = len(text) // 8 + 1
        self.script = [
            *typing(text, every_ms=SECONDS * 1000 // pieces, piece=8),
            {"at_ms": SECONDS * 1000 + 1000, "do": "submit"},
        ]
        self.hub = on.ready(on.serve(), START_SECONDS)
        self.clocks = {f"s{number}": MovedClock(on.folder, f"s{number}") for number in range(DESKS)}
        self.desks = {student: self.sit_down(student) for student in self.clocks}
        self.all = list(self.desks.values())
        for desk in self.all:
            desk.wait_for(joined, 600)
        self.done = dict.fromkeys(("hub", "helper", "desk", "clock", "disk"), 0)

    def sit_down(self, student):
        return self.on.desk(student, self.script, env=self.clocks[student].env)

    def look(self):
        """Ask what the facts of all sessions are needed for, so that the hub has the helper that holds them."""
        command = [sys.executable, "-m", "examdesk.cli.main", "control", "--data", str(self.on.data), "missing"]
        subprocess.run(command, capture_output=True, timeout=600, check=False)

    def suffer(self):
        what = self.dice.choices(tuple(self.done), (2, 3, 6, 3, 1))[0]
        getattr(self, f"_{what}")()
        self.done[what] += 1

    def _hub(self):
        self.hub.kill()
        self.hub = self.on.ready(self.on.serve(), START_SECONDS)

    def _helper(self):
        self.look()
        for helper in psutil.Process(self.hub.process.pid).children(recursive=True):
            with contextlib.suppress(psutil.Error):
                if not any("resource_tracker" in word for word in helper.cmdline()):  # Python's own bookkeeping
                    helper.kill()

    def _desk(self):
        student = self.dice.choice(list(self.desks))
        if self.desks[student].process.poll() is None:
            self.desks[student].kill()
            self.desks[student] = self.sit_down(student)
            self.all.append(self.desks[student])

    def _clock(self):
        self.clocks[self.dice.choice(list(self.clocks))].move(self.dice.choice((-26, -1, 1, 26)) * HOUR_S)

    def _disk(self):
        fill(self.disk)
        time.sleep(FULL_SECONDS)
        (self.disk / "filler").unlink()

    def finish(self):
        for desk in self.desks.values():
            assert desk.finish(SECONDS + 600) == 0, desk.errors()
        assert self.hub.terminate(120) == 0, self.hub.errors()


@pytest.mark.soak
@pytest.mark.timeout(SECONDS * 3 + 1800)
@pytest.mark.skipif(not IS_ROOT or FAKETIME is None, reason="needs root, to mount a small disk, and libfaketime")
def test_a_class_in_which_everything_goes_wrong_loses_nothing(tmp_path):
    with small_disk(tmp_path / "data", "400m") as disk, stage(tmp_path) as on:
        room = Class(on, disk, seed=SECONDS)
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            time.sleep(room.dice.uniform(0.5, 3.0))
            room.suffer()
        room.finish()
        print("went wrong:", room.done)
        on.nothing_is_lost(*room.all)
        assert len(on.query("SELECT DISTINCT session FROM journals")) == DESKS
        for log in tmp_path.glob("*.log"):
            assert "Traceback" not in log.read_text(), log.name
