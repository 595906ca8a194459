"""Looking through time: for a text at every moment, for where a line came from."""

from collections.abc import Callable

from examdesk.staffapi.playback.player import Player
from instructor_app.pages.playback.code_pane import CodePane
from instructor_app.pages.playback.side import SidePane
from instructor_app.pages.playback.tracing import line_at
from instructor_app.words import tr


class Seeking:
    """Lets the pane beside the code look for what the code pane, a key or a button asks about."""

    def __init__(
        self, parts: tuple[CodePane, SidePane], player: Callable[[], Player], say: Callable[[str], None]
    ) -> None:
        self._code, self._side = parts
        self._player, self._say = player, say
        self._code.traced.connect(self.follow_line)
        self._code.sought.connect(self.seek)
        self._side.trace.traced.connect(self._traced)

    def seek(self, text: str = "") -> None:
        """Look for a text; for none, let the person write one."""
        self._side.setCurrentWidget(self._side.trace)
        self._side.trace.start(text)

    def follow_line(self, offset: int | None) -> None:
        """Follow the line at an offset back; where there is none, say so."""
        model = self._code.model()
        if offset is None or model is None:
            self._say(tr("There is no line to follow at this moment."))
            return
        self._side.setCurrentWidget(self._side.trace)
        line = line_at(model.text, offset)
        self._side.trace.follow_line(self._player().number, self._code.file(), offset, line)

    def _traced(self) -> None:
        needle, exact = self._side.trace.needle
        self._code.mark(needle, exact=exact)
