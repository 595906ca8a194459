"""Processes of a run are found wherever they went."""

import subprocess
import sys

import pytest

from student_app.running import proctree

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="compares both ways on a system that has both")

SOURCE = """
import os, sys, time
data = bytearray(32 << 20)
middle = os.fork()
if middle == 0:
    os.setsid()
    if os.fork():
        os._exit(0)
    print("ready", flush=True)
time.sleep(60)
"""


@pytest.fixture
def family():
    environment = {"EXAMDESK_TEST_MARK": "one"}
    command = [sys.executable, "-I", "-S", "-c", SOURCE]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"ready\n"
    yield process
    for pid in proctree.marked("EXAMDESK_TEST_MARK", "one"):
        proctree.send(pid, 9)
    process.communicate()


def test_a_daemon_is_found_by_its_mark_in_both_ways(family):
    found = proctree.marked("EXAMDESK_TEST_MARK", "one")
    assert family.pid in found
    assert len(found) == 2
    assert sorted(found) == sorted(proctree.marked_by_psutil("EXAMDESK_TEST_MARK", "one"))
    assert proctree.marked("EXAMDESK_TEST_MARK", "two") == []


def test_memory_shared_by_a_fork_counts_once_when_it_matters(family):
    pids = proctree.marked("EXAMDESK_TEST_MARK", "one")
    quick = proctree.held_bytes(pids, 1 << 40)
    exact = proctree.held_bytes(pids, 0)
    assert quick > 64 << 20
    assert 32 << 20 < exact < 60 << 20


def test_everything_below_is_ended():
    source = "import os, time\nfor _ in range(3): os.fork()\nos.write(1, b'x')\ntime.sleep(60)"
    parent = subprocess.Popen(
        [
            sys.executable,
            "-I",
            "-S",
            "-c",
            f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {source!r}], process_group=0)",
        ],
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert b"".join(parent.stdout.read(1) for _ in range(8)) == b"x" * 8
    assert len(proctree.below(parent.pid)) == 8
    assert proctree.usage_by_psutil(parent.pid)[1] == 8
    proctree.kill_below(parent.pid)
    assert parent.wait(5) is not None
    parent.communicate()
