"""Threats 22 and 23: in every state that a power cut may leave, journal and hub still have what they called durable."""

import contextlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path
from random import Random

import pytest

from student_app.core.journal_file import JournalFile
from tests.hostile.crash_states import STRACE, Disk, read_trace
from tests.support.classroom import ROOT

pytestmark = pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")

MEMORY = Path("/dev/shm")
LOOK_CLOSER = 25
HEADS = """SELECT lower(hex(journal)), head_seq, (SELECT coalesce(max(seq), -1) FROM events WHERE journal = j.journal),
(SELECT count(*) FROM events WHERE journal = j.journal),
(SELECT coalesce(max(last), -1) FROM receipts WHERE journal = j.journal) FROM journals j"""


def record(what, folder):
    """Run the workload under strace and return what it did to its database."""
    folder.mkdir()
    trace = folder / "trace"
    command = [*STRACE, "-o", str(trace), sys.executable, "-m", "tests.hostile.crash_workload", what, str(folder)]
    subprocess.run(command, check=True, cwd=ROOT, capture_output=True, timeout=60)
    return read_trace(trace, "one.journal" if what == "journal" else "examdesk.sqlite")


def explore(ops, count, look):
    """Look at `count` different states after the first ack; return how many there were."""
    per_moment = max(2, count * 2 // len(ops))
    seen = set()
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.exists() else None) as scratch:
        for turn in range(20):
            disk, dice = Disk(), Random(turn)
            for number, op in enumerate(ops):
                disk.take(op)
                if not disk.acked:
                    continue
                for _ in range(per_moment):
                    name, files = disk.after_a_cut(dice)
                    if (number, name) in seen:
                        continue
                    seen.add((number, name))
                    look(put(files, Path(scratch)), dict(disk.acked), len(seen))
                    if len(seen) >= count:
                        return len(seen)
    return len(seen)


def put(files, scratch):
    """Write the files of a state and return where the database is."""
    for old in scratch.iterdir():
        old.unlink()
    for path, data in files.items():
        (scratch / Path(path).name).write_bytes(data)
    return scratch / min((Path(path).name for path in files), key=len)


def journal_has_what_was_acked(path, acked, number):
    if number % LOOK_CLOSER == 0:
        file = JournalFile.open(path)
        events = [seq for seq, _, _ in file.events(file.identity())]
        file.close()
    else:
        with contextlib.closing(sqlite3.connect(path)) as records:
            records.execute("PRAGMA locking_mode = EXCLUSIVE")
            events = [seq for (seq,) in records.execute("SELECT seq FROM events ORDER BY seq")]
    assert events == list(range(len(events)))
    assert len(events) > acked["journal"], f"state {number}: event {acked['journal']} was called durable and is lost"


def hub_has_what_was_acked(path, acked, number):
    with contextlib.closing(sqlite3.connect(path)) as records:
        records.execute("PRAGMA locking_mode = EXCLUSIVE")
        rows = records.execute(HEADS).fetchall()
        if number % LOOK_CLOSER == 0:
            assert records.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    held = {journal: last for journal, _, last, _, _ in rows}
    for journal, head, last, events, receipt in rows:
        assert head == last == events - 1 == receipt, f"state {number}: {journal} is half there"
    for journal, last in acked.items():
        assert held.get(journal, -1) >= last, f"state {number}: event {last} of {journal} was receipted and is lost"


CASES = [("journal", journal_has_what_was_acked), ("hub", hub_has_what_was_acked)]


@pytest.mark.timeout(900)
@pytest.mark.parametrize(("what", "look", "count"), [(*CASES[0], 12_000), (*CASES[1], 8_000)])
def test_no_crash_state_of_twenty_thousand_lacks_what_was_called_durable(tmp_path, what, look, count):
    assert explore(record(what, tmp_path / what), count, look) == count


@pytest.mark.soak
@pytest.mark.timeout(7200)
@pytest.mark.parametrize(("what", "look"), CASES)
def test_no_crash_state_of_half_a_million_lacks_what_was_called_durable(tmp_path, what, look):
    assert explore(record(what, tmp_path / what), 500_000, look) > 100_000


def test_the_explorer_finds_a_database_that_does_not_wait_for_the_disk(tmp_path):
    """The same recording without its syncs: a test that finds nothing here would prove nothing above."""
    lying = [op for number, op in enumerate(record("journal", tmp_path / "x")) if op.what != "sync" or number < 60]
    with pytest.raises((AssertionError, sqlite3.Error)):
        explore(lying, 2000, journal_has_what_was_acked)
