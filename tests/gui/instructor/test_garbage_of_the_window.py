"""A widget that nobody holds any more is deleted in the window's thread, whatever the other threads do."""

import gc
import threading

from PySide6.QtWidgets import QWidget


class Held(QWidget):
    """A widget in a circle, as most are: only the collector finds that it is garbage."""

    def __init__(self, gone):
        super().__init__()
        self.me = self
        self.gone = gone

    def __del__(self):
        self.gone.append(threading.current_thread())


def work():
    """Make as much garbage as makes Python collect it, many times over."""
    for _ in range(200_000):
        circle = []
        circle.append(circle)


def test_work_of_another_thread_deletes_no_widget_and_the_window_does(desk, qtbot):
    gone = []
    gc.collect()
    Held(gone)
    other = threading.Thread(target=work)
    other.start()
    other.join()
    assert gone == []
    desk.wait(lambda: bool(gone))
    assert gone == [threading.main_thread()]
