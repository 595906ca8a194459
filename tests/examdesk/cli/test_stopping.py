"""A hub is asked to end in many ways, and ends cleanly in all of them."""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from examdesk.cli._stopping import stop_on_signals, stop_signals
from tests.examdesk.hub.hub_fixtures import make_exam
from tests.support.patience import PATIENCE_S

ROOT = Path(__file__).parents[3]
POSIX = pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")


class LoopWithoutSignals(asyncio.SelectorEventLoop):
    """A loop like the one of Windows."""

    def add_signal_handler(self, *_):
        raise NotImplementedError


@contextlib.contextmanager
def handlers_kept():
    before = {number: signal.getsignal(number) for number in stop_signals()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@pytest.mark.parametrize("number", stop_signals())
def test_a_loop_that_knows_no_signals_is_told_all_the_same(number):
    async def asked():
        stop = asyncio.Event()
        stop_on_signals(stop)
        signal.raise_signal(number)
        async with asyncio.timeout(PATIENCE_S):
            await stop.wait()

    with handlers_kept(), asyncio.Runner(loop_factory=LoopWithoutSignals) as runner:
        runner.run(asked())


@POSIX
def test_a_signal_that_is_ignored_stays_ignored():
    with handlers_kept():
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        assert signal.SIGHUP not in stop_signals()
        signal.signal(signal.SIGHUP, signal.SIG_DFL)


@POSIX
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP] if os.name != "nt" else [])
def test_a_hub_whose_terminal_is_closed_ends_cleanly(tmp_path, number):
    command = [sys.executable, "-m", "examdesk.cli.main", "hub", "--exam", make_exam(tmp_path / "exam")]
    command += ["--data", tmp_path / "data", "--host", "127.0.0.1", "--no-advertise"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as hub:
        assert json.loads(hub.stdout.readline())["port"]
        assert (tmp_path / "data" / "hub.json").exists()
        hub.send_signal(number)
        hub.communicate(timeout=PATIENCE_S)
    assert hub.returncode == 0
    assert not (tmp_path / "data" / "hub.json").exists()
