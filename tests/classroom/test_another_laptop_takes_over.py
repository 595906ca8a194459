"""The instructor's laptop dies with its disk; another one, at another address, goes on with the exam's key file."""

import shutil
import sqlite3
import sys
import threading
import time

import pytest

from shared.wire.parcel import MAGIC
from tests.classroom.test_a_real_exam import (  # noqa: F401 - fixtures
    SOURCE,
    Lesson,
    exam,
    lesson,
    nothing_is_lost,
    receipted,
    room,
    typing,
)
from tests.support.classroom import ROOT

pytestmark = pytest.mark.classroom


def examdesk(host, *words):
    done = host.run(sys.executable, "-m", "examdesk.cli.main", *words, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return done.stdout


def times(data):
    with sqlite3.connect(f"file:{data}/examdesk.sqlite?mode=ro", uri=True) as records:
        rows = records.execute("SELECT student, starts_ms, ends_ms FROM sessions ORDER BY student").fetchall()
    return {student: (starts, ends) for student, starts, ends in rows}


def staff_did(data):
    """Return the audit log without who connected, and notes of reviews."""
    with sqlite3.connect(f"file:{data}/examdesk.sqlite?mode=ro", uri=True) as records:
        audit = records.execute("SELECT number, what, detail, chain FROM audit ORDER BY number").fetchall()
        notes = records.execute("SELECT note FROM reviews").fetchall()
    return [*notes, *audit]


def kept(lessons):
    """Return how many parcels each desk keeps, as one sees from outside: their beginnings in the journal's files."""
    counts = []
    for name in ("ada", "bob"):
        files = [path for path in lessons.journals(name).iterdir() if ".journal" in path.name]
        counts.append(sum(path.read_bytes().count(MAGIC) for path in files))
    return counts


def wait_until(ready, desks, seconds=60):
    """Wait for something that nobody tells, while the desks work."""
    pause, end = threading.Event(), time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < end, [desk.errors() for desk in desks]
        pause.wait(0.2)


def test_desks_find_the_new_laptop_by_themselves_and_hand_over_everything_with_their_times(lesson, tmp_path):  # noqa: F811
    before = lesson.serve()
    script = [*typing(SOURCE * 4, every_ms=25), {"at_ms": 45_000, "do": "submit"}]
    desks = [lesson.desk(lesson.room.host(name), name, script) for name in ("ada", "bob")]
    for desk in desks:
        desk.wait_for(receipted)
    examdesk(lesson.host, "control", "--data", str(lesson.data), "extend", "10")
    stick, slip = tmp_path / "quiz.examkey", tmp_path / "passphrase.txt"
    said = examdesk(lesson.host, "key", "--data", str(lesson.data), "--to", str(stick))
    slip.write_text(next(line for line in said.splitlines() if line.startswith("Passphrase")).split(": ")[1])
    agreed = times(lesson.data)
    assert set(agreed) == {"ada", "bob"}
    examdesk(lesson.host, "control", "--data", str(lesson.data), "incident", "The mouse was dead", "--student", "ada")
    examdesk(lesson.host, "control", "--data", str(lesson.data), "review", "note", "bob", "Asked for more paper")
    done = staff_did(lesson.data)
    for more in ("first", "second"):  # the second parcel was made after the first one came: it says all before it
        had = kept(lesson)
        examdesk(lesson.host, "control", "--data", str(lesson.data), "incident", more)
        wait_until(lambda had=had: all(now > then for now, then in zip(kept(lesson), had, strict=True)), desks)
    lesson.hub.kill()
    lesson.host.pull_cable()
    shutil.rmtree(lesson.data)

    second = Lesson(lesson.room, lesson.exam, tmp_path / "second")
    second.folder.mkdir()
    second.hub = second.host.python(
        "examdesk.cli.main",
        *("hub", "--key", str(stick), "--passphrase-file", str(slip), "--data", str(second.data), "--hold"),
        log=second.folder / "hub.log",
    )
    after = second.hub.wait_for(lambda line: "port" in line)
    assert second.host.address != lesson.host.address
    assert (after["fingerprint"], after["room_code"]) == (before["fingerprint"], before["room_code"])
    wait_until(lambda: staff_did(second.data)[: len(done)] == done, desks)  # from desks that are still at work
    for desk in desks:
        assert desk.finish(120) == 0, desk.errors()
    assert times(second.data) == agreed
    assert second.hub.terminate() == 0
    nothing_is_lost(second, *desks)
