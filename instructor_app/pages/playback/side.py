"""What stands beside the code: the run, the events, the exam's texts, the signals, the messages."""

from collections.abc import Callable

from PySide6.QtWidgets import QTabWidget, QWidget

from examdesk.staffapi.messages import SessionView
from examdesk.staffapi.playback.marks import Lane
from instructor_app.kit import Kit
from instructor_app.pages.playback.events import EventsPane
from instructor_app.pages.playback.given import GivenPane
from instructor_app.pages.playback.runs import RunPane
from instructor_app.pages.playback.tracing import TracePane
from instructor_app.pages.session_tabs import MessagesTab, SignalsTab
from instructor_app.words import tr


class SidePane(QTabWidget):
    """See the module; titles say how many there are."""

    def __init__(self, kit: Kit, say: Callable[[str], None]) -> None:
        super().__init__()
        self.runs, self.events, self.given = RunPane(kit), EventsPane(kit), GivenPane(kit)
        self.trace = TracePane(kit)
        self.signals, self.messages = SignalsTab(kit), MessagesTab(kit, say)
        self.runs.setMinimumWidth(240)
        self.setDocumentMode(True)
        self.setAccessibleName(tr("Beside the code"))
        self.tabBar().setAccessibleName(tr("Beside the code"))
        for part, title in self._titles().items():
            self.addTab(part, title)

    def take_session(self, view: SessionView) -> None:
        """Show a session's signals and messages."""
        self.signals.take(view.signals)
        self.messages.take(view.messages)
        self._count(self.signals, len(view.signals))
        self._count(self.messages, len(view.messages))

    def clear_session(self) -> None:
        """Let go of a session's signals and messages."""
        self.signals.take(())
        self.messages.take(())

    def count_runs(self, many: int) -> None:
        """Say how many runs there are."""
        self._count(self.runs, many)

    def show_lane(self, lane: Lane) -> None:
        """Show what belongs to a lane of the timeline."""
        parts: dict[Lane, QWidget] = {
            "runs": self.runs,
            "exam": self.given,
            "signals": self.signals,
            "messages": self.messages,
        }
        if lane in parts:
            self.setCurrentWidget(parts[lane])

    def _titles(self) -> dict[QWidget, str]:
        return {
            self.runs: tr("Runs"),
            self.events: tr("Events"),
            self.trace: tr("Search"),
            self.given: tr("Texts"),
            self.signals: tr("Signals"),
            self.messages: tr("Messages"),
        }

    def _count(self, part: QWidget, many: int) -> None:
        title = self._titles()[part]
        self.setTabText(self.indexOf(part), f"{title} {many}" if many else title)
