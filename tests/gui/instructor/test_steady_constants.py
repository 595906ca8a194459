"""A window lives longer than a few hundred signals."""

import os
import subprocess
import sys
from pathlib import Path

SIGNALS = """
import instructor_app
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QWidget

class Sender(QObject):
    sent = Signal()

widget = QApplication([]) and QWidget()
for _ in range(200_000):
    widget.update()
sender = Sender()
for _ in range(200_000):
    sender.sent.emit()
print("alive")
"""


def test_hundreds_of_thousands_of_calls_into_qt_do_not_end_the_interpreter():
    done = subprocess.run(
        [sys.executable, "-c", SIGNALS],
        cwd=Path(__file__).parents[3],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "alive\n", "")
