"""A window lives longer than a few hundred signals."""

import subprocess
import sys
from pathlib import Path

SIGNALS = """
import instructor_app
from PySide6.QtCore import QObject, Signal

class Sender(QObject):
    sent = Signal()

sender = Sender()
for _ in range(200_000):
    sender.sent.emit()
print("alive")
"""


def test_two_hundred_thousand_signals_do_not_end_the_interpreter():
    done = subprocess.run(
        [sys.executable, "-c", SIGNALS],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "alive\n", "")
