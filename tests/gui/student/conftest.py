"""What tests of the student's window share."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.gui.student.window_bench import WindowBench


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path) -> Iterator[WindowBench]:
    """Give a window over a real desk, with the keyboard."""
    bench = WindowBench(tmp_path)
    bench.come_to_front(qtbot)
    yield bench
    bench.close()
