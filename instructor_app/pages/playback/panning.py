"""The bar below the timeline that moves the stretch in sight; it is there where not all of the session is."""

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QScrollBar

from instructor_app.pages.playback.timeline import Timeline
from instructor_app.words import tr

STEP_MS = 100
"""What one step of the bar is: finer than anybody points, and whole sessions fit into its numbers."""


class Panning(QScrollBar):
    """See the module."""

    def __init__(self, timeline: Timeline) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._timeline = timeline
        self.setAccessibleName(tr("Stretch of the timeline in sight"))
        timeline.view_changed.connect(self._fit)
        self.valueChanged.connect(self._pan)

    def _fit(self) -> None:
        start, end, first, last = self._timeline.view()
        with QSignalBlocker(self):
            span = round((end - start) / STEP_MS)
            self.setRange(0, max(round((last - first) / STEP_MS) - span, 0))
            self.setPageStep(max(span, 1))
            self.setSingleStep(max(span // 10, 1))
            self.setValue(round((start - first) / STEP_MS))
            self.setVisible(self.maximum() > 0)

    def _pan(self, value: int) -> None:
        _, _, first, _ = self._timeline.view()
        self._timeline.look_at(first + value * STEP_MS)
