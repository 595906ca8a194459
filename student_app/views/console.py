"""The console: what the program writes, where it failed, and the line that it reads."""

import time
from collections import deque
from collections.abc import Callable, Collection

from PyQt6.QtCore import QSize, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QColor, QMouseEvent, QTextCharFormat, QTextCursor, QTextFormat
from PyQt6.QtWidgets import QLineEdit, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from student_app.running.events import (
    Ended,
    Figure,
    Listens,
    Output,
    OutputCapped,
    RefusedImport,
    RefusedNetwork,
    RunEvent,
)
from student_app.running.tracebacks import link_in
from student_app.views import words
from student_app.views.figures import FigureArea, Shown
from student_app.views.look import Look
from student_app.views.pieces import GivenText, button, column, label, row

MAX_LINES = 4_000
MAX_LINE = 2_000
SLICE = 100
TONE = QTextFormat.Property.UserProperty + 1
PUMP_MS = 20
PUMP_SECONDS = 0.008
"""So many lines are drawn at a time, so often, for so long at most: the rest of each moment is the student's."""
MAX_PICTURES = 40


class ConsoleText(GivenText):
    """Bounded text with places in files to click; what is left out of long lines and old lines is said."""

    place = pyqtSignal(str, int)
    """File and line that the student wants to see."""

    def __init__(self, look: Look, copied: Callable[[str], None]) -> None:
        super().__init__(copied)
        self._look = look
        self._column = 0
        self._left_out = 0
        self._lines = 0
        self._waiting: deque[tuple[list[str], str]] = deque()
        self._count = 0
        self._pump = QTimer(self)
        self._pump.setInterval(PUMP_MS)
        self._pump.timeout.connect(self._pump_some)
        self._names: tuple[str, ...] = ()
        self.setProperty("role", "console")
        self.setMaximumBlockCount(MAX_LINES)
        self.setLineWrapMode(GivenText.LineWrapMode.WidgetWidth)
        look.changed.connect(self._wear)
        self.setAccessibleName(self.tr("Console: what your program writes"))
        self.setMouseTracking(True)

    @property
    def dropped(self) -> bool:
        """Whether there was more than fits."""
        return self._lines >= MAX_LINES

    def begin(self, names: Collection[str]) -> None:
        """Empty the console for a new run of a program made of these files."""
        self.clear()
        self._waiting.clear()
        self._pump.stop()
        self._column = self._left_out = self._lines = self._count = 0
        self._names = tuple(names)

    def add(self, text: str, tone: str = "") -> None:
        """Add text at the end, in the colour of a tone; much of it little by little, so that the window stays awake."""
        lines = text.replace("\r\n", "\n").split("\n")
        self._lines += len(lines) - 1
        lines = self._cut(lines[-MAX_LINES:])
        if not self._waiting and len(lines) <= SLICE:
            self._insert(lines, tone)
            return
        for start in range(0, len(lines), SLICE):
            part = lines[start : start + SLICE]
            self._waiting.append((part if start == 0 else ["", *part], tone))
            self._count += len(part)
        while self._count > MAX_LINES:  # what would scroll away at once is not drawn at all
            dropped, _ = self._waiting.popleft()
            self._count -= len(dropped)
        self._pump.start()

    def _pump_some(self) -> None:
        """Draw for some milliseconds of what waits."""
        until = time.monotonic() + PUMP_SECONDS
        while self._waiting and time.monotonic() < until:
            lines, tone = self._waiting.popleft()
            self._count -= len(lines)
            self._insert(lines, tone)
        if not self._waiting:
            self._count = 0
            self._pump.stop()

    def _insert(self, lines: list[str], tone: str) -> None:
        first = max(0, self.blockCount() - 1)
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        bar = self.verticalScrollBar()
        at_end = bar is None or bar.value() >= bar.maximum() - 4
        cursor.beginEditBlock()
        cursor.insertText("\n".join(lines), self._format(tone))
        cursor.endEditBlock()
        if any("File " in line for line in lines):
            self._link(max(0, min(first, self.blockCount() - 1 - len(lines))))
        if at_end and bar is not None:
            bar.setValue(bar.maximum())

    def say(self, sentence: str, tone: str = "muted") -> None:
        """Add a sentence of ExamDesk's on a line of its own."""
        self.add(("\n" if self._column else "") + sentence + "\n", tone)

    def link_at(self, cursor: QTextCursor) -> tuple[str, int] | None:
        """Return the place in a file that the text at the cursor names."""
        found = link_in(cursor.block().text(), "", self._names)
        return (found.frame.file, found.frame.line) if found is not None else None

    def _cut(self, lines: list[str]) -> list[str]:
        """Return the lines, each one bounded together with what stands on it already."""
        kept: list[str] = []
        for at, line in enumerate(lines):
            if at:
                self._column = self._left_out = 0
            room = max(0, MAX_LINE - self._column)
            self._column += len(line)
            if len(line) <= room:
                kept.append(line)
                continue
            first_time, self._left_out = not self._left_out, self._left_out + len(line) - room
            note = self.tr(" … the rest of this line is not shown") if first_time else ""
            kept.append(line[:room] + note)
        return kept

    def _format(self, tone: str) -> QTextCharFormat:
        made = QTextCharFormat()
        made.setForeground(QColor(self._look.colour(tone) if tone else self._look.colours.syntax.text))
        made.setProperty(TONE, tone)
        return made

    def _wear(self) -> None:
        """Give what stands here the colours of another theme."""
        document = self.document()
        block = document.begin() if document is not None else None
        while block is not None and block.isValid():
            stretches = []
            piece = block.begin()
            while not piece.atEnd():
                fragment = piece.fragment()
                stretches.append((fragment.position(), fragment.length(), fragment.charFormat()))
                piece += 1
            for start, length, looks in stretches:
                cursor = QTextCursor(block)
                cursor.setPosition(start)
                cursor.setPosition(start + length, QTextCursor.MoveMode.KeepAnchor)
                cursor.mergeCharFormat(self._format(str(looks.property(TONE) or "")))
            block = block.next()

    def _link(self, first: int) -> None:
        document = self.document()
        block = document.findBlockByNumber(first) if document is not None else None
        while block is not None and block.isValid():
            text = block.text()
            found = link_in(text, "", self._names) if 'File "' in text else None
            if found is not None:
                cursor = QTextCursor(block)
                start = len(text[: found.start].encode("utf-16-le")) // 2
                cursor.setPosition(block.position() + start)
                end = len(text[: found.end].encode("utf-16-le")) // 2
                cursor.setPosition(block.position() + end, QTextCursor.MoveMode.KeepAnchor)
                looks = self._format("accent_text")
                looks.setFontUnderline(True)
                cursor.mergeCharFormat(looks)
            block = block.next()

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """See Qt: a click on a place in a file goes there."""
        super().mouseReleaseEvent(event)
        if event is None or self.textCursor().hasSelection():
            return
        found = self.link_at(self.cursorForPosition(event.position().toPoint()))
        if found is not None:
            self.place.emit(*found)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """See Qt."""
        super().mouseMoveEvent(event)
        viewport = self.viewport()
        if event is not None and viewport is not None:
            over = self.link_at(self.cursorForPosition(event.position().toPoint()))
            viewport.setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.IBeamCursor)


class Console(QWidget):
    """Output above, input below, and one line on how the run goes."""

    place = pyqtSignal(str, int)
    typed = pyqtSignal(str)
    acted = pyqtSignal(str)
    """What was done on the picture of a program that listens."""
    stop_asked = pyqtSignal()
    left = pyqtSignal()
    """The student goes from the picture back to the code."""
    pictured = pyqtSignal()
    """A picture is seen now, and could do with some room."""

    def __init__(self, look: Look, copied: Callable[[str], None]) -> None:
        super().__init__()
        self._look = look
        self._waiting = self._running = False
        self.text = ConsoleText(look, copied)
        self.text.place.connect(self.place)
        self.status = label(self.tr("Console"), "muted")
        self.input = QLineEdit()
        self.input.setProperty("role", "code")
        self.input.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.input.setAccessibleName(self.tr("Input for your program"))
        self.input.returnPressed.connect(self._enter)
        self._send = button(self.tr("Send"), self._enter)
        self._input_label = label(self.tr("Input"), "muted")
        self._input_label.setBuddy(self.input)
        self._empty = self.tr("Press F5 to run your program. What it prints appears here.")
        self.text.setPlaceholderText(self._empty)
        self._entry = QWidget()
        self._entry.setLayout(row(self._input_label, self.input, self._send))
        self._make_tabs()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        head = row(self.tabs, self.figures.tools, spacing=8)
        head.setStretch(1, 1)
        layout.addLayout(column(head, self.shown, self._entry, spacing=4))
        self._last: tuple[str, int] | None = None
        self.show_running(running=False, waiting=False)

    def _make_tabs(self) -> None:
        self._pictures: list[Shown] = []
        self.figures = FigureArea(self._look)
        self.figures.tools.hide()
        self.figures.acted.connect(self.acted)
        self.figures.left.connect(self.left)
        self.figures.stop_asked.connect(self.stop_asked)
        self.shown = QStackedWidget()
        self.shown.addWidget(self.text)
        self.shown.addWidget(self.figures)
        self.tabs = QTabBar()
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        self.tabs.setUsesScrollButtons(True)
        self.tabs.setElideMode(Qt.TextElideMode.ElideRight)
        self.tabs.setAccessibleName(self.tr("Text and pictures of the program"))
        self.tabs.addTab(self.tr("Text"))
        self.tabs.currentChanged.connect(self._turned)
        self.tabs.hide()

    def sizeHint(self) -> QSize:
        """See Qt."""
        return QSize(400, 200)

    def begin(self, said: str, names: Collection[str]) -> None:
        """A run of a program made of these files begins; `said` is what stands over its output."""
        self._last = None
        self._forget_pictures()
        self.text.begin(names)
        self.text.say(said)

    def show_old(self, output: str, sentence: str, names: Collection[str], pictures: Collection[Shown] = ()) -> None:
        """Show the end of an earlier run, and the pictures that it left."""
        self._last = None
        self._forget_pictures()
        for each in pictures:
            self._add_picture(each)
        self.tabs.setCurrentIndex(0)
        self.text.begin(names)
        if output:
            self.text.add(output)
        if sentence:
            self.text.say(sentence)

    def take(self, events: tuple[RunEvent, ...]) -> None:
        """Show what happened; output of one stream that came together is added together."""
        stream, waiting = "", [""]
        for event in events:
            if isinstance(event, Output) and event.stream == stream:
                waiting.append(event.text)
                continue
            self._flush(stream, waiting)
            stream, waiting = "", [""]
            if isinstance(event, Output):
                stream, waiting = event.stream, [event.text]
            elif not isinstance(event, Figure):
                self._tell(event)
        self._flush(stream, waiting)
        newest = {event.name: event for event in events if isinstance(event, Figure)}
        for name, figure in newest.items():
            self._add_picture(Shown(name, figure.kind, figure.data))
        for event in events:
            if isinstance(event, Listens | Ended):
                self.figures.listen(event if isinstance(event, Listens) else Listens())
                self._fit_entry()
        if any(isinstance(event, Ended) and event.traceback is not None for event in events):
            self.tabs.setCurrentIndex(0)  # what went wrong comes first

    def _add_picture(self, picture: Shown) -> None:
        at = next((at for at, one in enumerate(self._pictures) if one.name == picture.name), None)
        if at is not None:
            self._pictures[at] = picture
            if self.tabs.currentIndex() == at + 1:
                self.figures.show_picture(picture)
            return
        if len(self._pictures) >= MAX_PICTURES:
            return
        self._pictures.append(picture)
        self.tabs.addTab(picture.name)
        self.tabs.show()
        if len(self._pictures) == 1 and not self._waiting:
            self.tabs.setCurrentIndex(1)

    def _forget_pictures(self) -> None:
        self._pictures = []
        self.figures.listen(Listens())
        while self.tabs.count() > 1:
            self.tabs.removeTab(1)
        self.tabs.hide()
        self._turned(0)

    def _fit_entry(self) -> None:
        """Give the input's place to a picture when no program runs that reads, or one that listens to the picture."""
        playing = self.figures.takes_keys and not self._waiting
        self._entry.setVisible(self.tabs.currentIndex() <= 0 or (self._running and not playing))

    def _turned(self, at: int) -> None:
        picture = 0 < at <= len(self._pictures)
        self.figures.tools.setVisible(picture)
        self._fit_entry()
        if picture:
            self.pictured.emit()
            self.figures.show_picture(self._pictures[at - 1])
            self.shown.setCurrentWidget(self.figures)
        else:
            self.shown.setCurrentWidget(self.text)

    def show_running(self, *, running: bool, waiting: bool) -> None:
        """Open or close the input line."""
        self._running = running
        self._fit_entry()
        self.input.setEnabled(running)
        self._send.setEnabled(running)
        if waiting and not self._waiting:
            self.tabs.setCurrentIndex(0)  # the prompt is there
        self._waiting = waiting
        self._fit_entry()
        if waiting and not self.input.hasFocus() and self.isVisible() and self.isActiveWindow():
            self.input.setFocus()
        hint = self.tr("Your program waits: type a line and press Enter") if waiting else ""
        self.input.setPlaceholderText(hint or (self.tr("for input()") if running else ""))

    def last_error(self) -> tuple[str, int] | None:
        """Return the file and line of the last error."""
        return self._last

    def _flush(self, stream: str, texts: list[str]) -> None:
        text = "".join(texts)
        if text:
            self.text.add(text, "attention" if stream == "stderr" else "")

    def _tell(self, event: RunEvent) -> None:
        match event:
            case OutputCapped(limit, unit):
                kinds = {"kilobytes": self.tr("kilobytes"), "lines": self.tr("lines")}
                self.text.say(
                    self.tr(
                        "Your program wrote more than {limit} {unit}, which is as much as one run may. It was stopped."
                    ).format(limit=words.number(limit), unit=kinds[unit]),
                    "attention",
                )
            case RefusedImport(name):
                self.text.say(self.tr("The module {name} is not part of this exam.").format(name=name), "attention")
            case RefusedNetwork():
                self.text.say(self.tr("Programs may not use the network in this exam."), "attention")
            case Ended():
                self._ended(event)
            case _:
                pass

    def _ended(self, event: Ended) -> None:
        trace = event.traceback
        if trace is not None and trace.frames:
            self._last = (trace.frames[-1].file, trace.frames[-1].line)
        good = event.reason == "exit" and event.exit_code in {0, None}
        self.text.say(event.sentence, "positive" if good else "muted")

    def _enter(self) -> None:
        text = self.input.text()
        self.input.clear()
        self.text.add(text + "\n", "accent_text")
        self.typed.emit(text + "\n")
