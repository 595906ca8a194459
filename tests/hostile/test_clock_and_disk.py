"""Threats 13 and 23: a PC whose clock is moved by a day, and one whose disk is full or can't be written to."""

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from shared.clock import SystemClock
from shared.events import kinds
from tests.hostile.stage import confirmed, joined, receipted, stage, typing

FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
IS_ROOT = sys.platform.startswith("linux") and os.geteuid() == 0
NO_END = [{"at_ms": 90_000, "do": "submit"}]
HOUR_S = 3600
CLOCK = SystemClock()


class MovedClock:
    """The clock of one desk, moved by hand while it runs."""

    def __init__(self, folder, student):
        self.file = folder / f"{student}.clock"
        self.move(0)
        self.env = {
            "LD_PRELOAD": str(FAKETIME),
            "DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
        }

    def move(self, seconds):
        scratch = self.file.with_suffix(".new")
        scratch.write_text(f"{seconds:+d}\n")
        scratch.replace(self.file)


def jumps(on, student):
    rows = on.query(
        f"SELECT payload FROM events JOIN journals USING (journal) JOIN sessions USING (session) "
        f"WHERE student = '{student}' AND substr(hex(header), 3, 2) = '{kinds.ClockJumped.KIND:02X}'"
    )
    return len(rows)


def end_in(on, seconds):
    """Let the exam end so many seconds from now, and return when that is by the hub's clock."""
    ((ends_ms,),) = on.query("SELECT DISTINCT max(ends_ms) FROM sessions")
    minutes = (CLOCK.wall_ms() + seconds * 1000 - ends_ms) / 60_000
    on.run(sys.executable, "-m", "examdesk.cli.main", "control", "--data", str(on.data), "extend", "--", str(minutes))
    ((ends_ms,),) = on.query("SELECT DISTINCT max(ends_ms) FROM sessions")
    return ends_ms


@pytest.mark.skipif(FAKETIME is None, reason="needs libfaketime (apt: faketime)")
def test_clocks_moved_by_a_day_move_no_deadline_with_or_without_a_hub(tmp_path):
    with stage(tmp_path, "[schedule]\nduration = 60\n") as on:
        hub = on.ready(on.serve())
        clocks = {student: MovedClock(tmp_path, student) for student in ("ada", "bob")}
        desks = [on.desk(student, NO_END, env=clock.env) for student, clock in clocks.items()]
        for desk in desks:
            desk.wait_for(receipted)
        for number, hours in enumerate((24, -24), 1):
            for clock in clocks.values():
                clock.move(hours * HOUR_S)
            on.until(lambda number=number: all(jumps(on, student) == number for student in clocks))
        ends_ms = end_in(on, 7)
        on.until(lambda: min(on.at_hub().values()) > 3)
        time.sleep(1)
        hub.kill()
        clocks["bob"].move(5 * HOUR_S)
        for desk in desks:
            desk.wait_for(lambda line: line.get("confirmed") == "submitted")
            late_ms = CLOCK.wall_ms() - ends_ms
            assert abs(late_ms) < 30_000, f"{late_ms} ms after the deadline"  # hours, if a clock had moved it
        hub = on.ready(on.serve())
        on.until(lambda: jumps(on, "bob") == 3)
        assert jumps(on, "ada") == 2
        on.until(lambda: all(on.at_hub().get(journal, -1) >= last for journal, last in confirmed(*desks).items()))
        for desk in desks:
            assert desk.terminate() == 0, desk.errors()
            assert "your time left is the same as before" in desk.errors()
        assert hub.terminate() == 0
        on.nothing_is_lost(*desks)


@contextlib.contextmanager
def small_disk(folder, size):
    folder.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(folder):
    """Leave no room in a folder's file system."""
    with contextlib.suppress(OSError), (folder / "filler").open("wb", buffering=0) as out:
        while out.write(bytes(4096)) == 4096:
            pass


@pytest.mark.skipif(not IS_ROOT, reason="needs root, to mount a small disk")
def test_a_full_disk_of_a_desk_loses_nothing_that_was_confirmed(tmp_path):
    with small_disk(tmp_path / "desks" / "ada", "900k") as disk, stage(tmp_path) as on:
        on.ready(on.serve())
        text = "".join(f"x{number} = {number}\n" for number in range(60))
        desk = on.desk("ada", [*typing(text, every_ms=25, piece=6), {"at_ms": 8000, "do": "submit"}])
        desk.wait_for(receipted)
        fill(disk)
        time.sleep(2.5)
        stood = len(desk.drain())
        time.sleep(0.6)
        assert len([line for line in desk.drain()[stood:] if line.get("confirmed") == "journal"]) == 0
        (disk / "filler").unlink()
        assert desk.finish() == 0, desk.errors()
        assert "can't be saved on this PC (the disk is full)" in desk.errors()
        assert "Traceback" not in (tmp_path / "ada.log").read_text()
        on.nothing_is_lost(desk)
        ((payload,),) = on.query(
            f"SELECT payload FROM events WHERE substr(hex(header), 3, 2) = '{kinds.Submitted.KIND:02X}'"
        )
        assert f'"length":{len(text) + 9}'.encode() in payload


@pytest.mark.skipif(not IS_ROOT, reason="needs root, to mount a small disk")
def test_a_home_that_cannot_be_written_to_is_said_and_waited_for(tmp_path):
    with small_disk(tmp_path / "desks" / "ada", "900k") as disk, stage(tmp_path) as on:
        on.ready(on.serve())
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        desk = on.desk("ada", [*typing("print(1)\n"), {"at_ms": 900, "do": "submit"}])
        on.until(lambda: "read-only" in desk.errors())
        assert not [line for line in desk.drain() if joined(line)]
        assert on.at_hub() == {}
        subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
        assert desk.finish() == 0, desk.errors()
        assert "Traceback" not in desk.errors()
        on.nothing_is_lost(desk)
