"""Run by `test_capture_on_x11`: the exam's window on a real X server, with keys, mouse and another program's clipboard.

python x11_capture.py FOLDER      prints what was recorded as JSON
python x11_capture.py --other     the other program: owns both clipboards, and acts as a clipboard manager
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from PyQt6.QtCore import QPoint, QTimer
from PyQt6.QtGui import QClipboard
from PyQt6.QtWidgets import QApplication, QLabel

PATIENCE_S = 40.0
OUTSIDE, SELECTED, OWN = "copied elsewhere\n", "selected elsewhere", "mine = 1"


def other() -> None:
    """Own the clipboards; a text of somebody else is taken over with a line end more, as clipboard managers do."""
    app = QApplication(sys.argv)
    window = QLabel("another program")
    window.resize(200, 100)
    window.move(1100, 700)
    window.show()
    clipboard = app.clipboard()
    clipboard.setText(OUTSIDE)
    clipboard.setText(SELECTED, QClipboard.Mode.Selection)

    def take_over() -> None:
        text = clipboard.text()
        if text == OWN:
            clipboard.setText(OWN + "\n\n")

    clipboard.dataChanged.connect(lambda: QTimer.singleShot(50, take_over))
    print(int(window.winId()), flush=True)
    app.exec()


class Stage:
    """The window, and hands that act through the X server."""

    def __init__(self, folder: Path) -> None:
        from student_app.core.session import Phase
        from tests.gui.student.window_bench import WindowBench

        self.bench = WindowBench(folder)
        window = self.bench.window
        window.resize(1000, 650)
        window.move(0, 0)
        window.show()
        self.bench.open_exam()
        self.until(lambda: self.bench.desk.state().phase is Phase.WORKING)
        self.bench.desk.accept_honor("", "")
        window.refresh()
        self.until(lambda: window.work.editors.editor is not None and window.work.isVisible())
        self.editor = window.work.editors.editor
        self.me = int(window.winId())

    def until(self, ready: Callable[[], object]) -> None:
        end = time.monotonic() + PATIENCE_S
        while not ready():
            QApplication.processEvents()
            self.bench.committer.step(0)
            if time.monotonic() > end:
                raise TimeoutError("it did not happen in time")
            time.sleep(0.01)

    @staticmethod
    def x(*words: str) -> None:
        subprocess.run(["xdotool", *words], check=True, timeout=30)

    def focus(self, window: int, here: bool) -> None:
        self.x("windowfocus", str(window))
        app = QApplication.instance()
        from PyQt6.QtCore import Qt

        active = Qt.ApplicationState.ApplicationActive
        self.until(lambda: (app.applicationState() is active) is here)

    def text(self) -> str:
        assert self.editor.text() == self.bench.desk.text(self.editor.file)
        return self.editor.text()


def ours(folder: Path) -> None:
    from examdesk.evidence.fold import JournalFacts
    from shared.events import decode
    from shared.log.entry import unpack_header

    app = QApplication(sys.argv)
    stage = Stage(folder)
    with subprocess.Popen([sys.executable, __file__, "--other"], stdout=subprocess.PIPE, text=True) as there:
        assert there.stdout is not None
        try:
            others = int(there.stdout.readline())
            stage.focus(stage.me, here=True)
            stage.editor.setFocus()
            stage.x("type", "--delay", "15", OWN)
            stage.until(lambda: stage.text().startswith(OWN))
            stage.x("key", "Return")
            stage.until(lambda: stage.text().startswith(OWN + "\n"))
            stage.x("key", "ctrl+v")
            stage.until(lambda: OUTSIDE.strip() in stage.text())
            stage.x("key", "ctrl+z")
            stage.until(lambda: OUTSIDE.strip() not in stage.text())
            place = stage.editor.viewport().mapToGlobal(QPoint(200, 120))
            stage.x("mousemove", str(place.x()), str(place.y()), "click", "2")
            stage.until(lambda: SELECTED in stage.text())
            stage.x("key", "ctrl+Home", "shift+End", "ctrl+c")
            stage.until(lambda: stage.editor.selected() == OWN)
            stage.until(lambda: app.clipboard().text() == OWN + "\n\n")
            stage.x("key", "ctrl+End", "ctrl+v")
            stage.until(lambda: stage.text().count(OWN) == 2)
            stage.x("key", "ctrl+Home", "shift+End")
            stage.until(lambda: stage.editor.selected() == OWN)
            stage.until(lambda: app.clipboard().text(QClipboard.Mode.Selection) == OWN)
            stage.x("mousemove", str(place.x()), str(place.y() + 200), "click", "2")
            stage.until(lambda: stage.text().count(OWN) == 3)
            stage.x("key", "ctrl+z", "ctrl+z", "ctrl+y", "ctrl+y")
            stage.until(lambda: stage.text().count(OWN) == 3)
            stage.focus(others, here=False)
            stage.focus(stage.me, here=True)
        finally:
            there.kill()
    stage.bench.committer.step(1_000)
    rows = stage.bench.desk.sitting.journal._file.readable_events(-1)
    entries = [entry for _, entry in rows]
    events = [decode(unpack_header(entry.header).kind, entry.payload) for entry in entries]
    facts = JournalFacts(stage.bench.desk.sitting.journal.identity.journal).take_all(entries)
    said = [{"kind": type(each).__name__, **_fields(each)} for each in events]
    print(json.dumps({"events": said, "signals": [signal.kind for signal in facts.signals]}), flush=True)
    stage.bench.close()


def _fields(event: object) -> dict[str, object]:
    names = ("how", "text", "clip", "here")
    return {name: getattr(event, name) for name in names if hasattr(event, name)}


if __name__ == "__main__":
    if sys.argv[1] == "--other":
        other()
    else:
        sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
        ours(Path(sys.argv[1]))
