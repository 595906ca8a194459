"""What stands beside the code: the run, the events, the exam's texts, the signals, the messages."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from examdesk.staffapi.messages import SessionView
from examdesk.staffapi.playback.marks import Lane
from instructor_app.kit import Kit
from instructor_app.pages.playback.events import EventsPane
from instructor_app.pages.playback.given import GivenPane
from instructor_app.pages.playback.runs import RunPane
from instructor_app.pages.playback.tracing import TracePane
from instructor_app.pages.session_tabs import MessagesTab, SignalsTab
from instructor_app.widgets.fitting_tabs import FittingTabs
from instructor_app.words import tr


class SidePane(FittingTabs):
    """See the module; titles say how many there are."""

    def __init__(self, kit: Kit, say: Callable[[str], None]) -> None:
        super().__init__(kit.look, tr("Beside the code"))
        self.runs, self.events, self.given = RunPane(kit), EventsPane(kit), GivenPane(kit)
        self.trace = TracePane(kit)
        self.signals, self.messages = SignalsTab(kit), MessagesTab(kit, say)
        self.runs.setMinimumWidth(240)
        self.add(self.runs, tr("Runs"), "run")
        self.add(self.events, tr("Events"), "sort")
        self.add(self.trace, tr("Search"), "search")
        self.add(self.given, tr("Texts"), "file")
        self.add(self.signals, tr("Signals"), "flag")
        self.add(self.messages, tr("Messages"), "message")

    def take_session(self, view: SessionView) -> None:
        """Show a session's signals and messages."""
        self.signals.take(view.signals)
        self.messages.take(view.messages)
        self.count_at(self.signals, len(view.signals))
        self.count_at(self.messages, len(view.messages))

    def clear_session(self) -> None:
        """Let go of a session's signals and messages."""
        self.signals.take(())
        self.messages.take(())

    def count_runs(self, many: int) -> None:
        """Say how many runs there are."""
        self.count_at(self.runs, many)

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
