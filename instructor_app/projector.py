"""The projector view: how to join, readable from the last row; nothing about any student."""

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QCloseEvent, QFont, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QLabel, QWidget

from examdesk.staffapi.messages import Changed, GetNotices, NoticeList
from instructor_app.joining import addresses, join_link
from instructor_app.kit import Kit
from instructor_app.widgets.basic import card, column, label, row
from instructor_app.widgets.qr import QrCode
from instructor_app.words import clock_time, countdown, tr
from shared.look import SPACE

MOST_NEWS = 160
WITH_NEWS = 0.82
"""How much smaller everything is to leave room for an announcement."""


class Projector(QWidget):
    """A window of its own; its letters grow with it."""

    def __init__(self, kit: Kit) -> None:
        super().__init__(None, Qt.WindowType.Window)
        self._kit = kit
        self.setWindowTitle(tr("How to join"))
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("kind", "projector")
        self._has_news = False
        self._sized: list[tuple[QLabel, float, bool]] = []
        self.room = self._line(0.024, muted=True)
        self.exam = self._line(0.036, bold=True)
        self.clock = self._line(0.046, bold=True)
        self.left = self._line(0.024, muted=True)
        self._code_title = self._line(0.026, muted=True)
        self._code_title.setText(tr("Room code"))
        self.code = self._line(0.118, bold=True)
        self.steps = [self._line(0.026) for _ in range(3)]
        self.qr = QrCode(tr("Join link as a QR code"), 160)
        for line in (*self.steps, self.exam, self.room):
            line.setWordWrap(True)
        head = row(
            column(self.room, self.exam, spacing=0), column(self.clock, self.left, spacing=0), spacing=SPACE["xxl"]
        )
        head.setStretch(0, 1)
        for widget in (self.clock, self.left):
            widget.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        middle = column(self._code_title, self.code, spacing=0)
        steps = column(*self.steps, spacing=SPACE["l"])
        lower = row(steps, self.qr, spacing=SPACE["xxl"])
        lower.setStretch(0, 3)
        lower.setStretch(1, 1)
        self.news = self._line(0.032, bold=True)
        self.news.setWordWrap(True)
        self.news_at = self._line(0.02, muted=True)
        self._board = column(self.news_at, self.news, spacing=SPACE["xs"])
        self.board = card(self._board)
        self.board.hide()
        layout = column(head, None, middle, None, self.board, None, lower)
        self._whole = layout
        self.setLayout(layout)
        for keys in ("F11", "Esc"):
            QShortcut(QKeySequence(keys), self, self.close)
        kit.state.exam_changed.connect(self.refresh)
        kit.bridge.changed.connect(self._changed)
        kit.look.changed.connect(self._dress)
        self._second = QTimer(self)
        self._second.setInterval(500)
        self._second.timeout.connect(self._show_time)
        self._dress()
        self.refresh()

    def refresh(self) -> None:
        """Show the exam as it stands."""
        exam = self._kit.state.exam
        if exam is None:
            self.exam.setText(tr("No exam is open"))
            return
        self.room.setText(" · ".join(part for part in (exam.course, exam.room) if part))
        self.exam.setText(exam.long_name)
        self.code.setText(exam.room_code)
        first = (addresses(exam) or [tr("(no address yet)")])[0]
        words = (
            tr("1   Open ExamDesk and choose “{exam}”.", exam=exam.short_name),
            tr("2   Type the code, your student id, your name."),
            tr("Not in the list? Type the address {address}.", address=first),
        )
        for line, text in zip(self.steps, words, strict=True):
            line.setText(text)
        self.qr.show_text(join_link(exam))
        self._show_time()
        self._ask_news()

    def _ask_news(self) -> None:
        self._kit.bridge.query(GetNotices(), self._take_news, key="projector news")

    def _take_news(self, found: NoticeList) -> None:
        """Show the newest that was said to everybody; what was said to some is not for this screen."""
        public = [
            each
            for each in found.notices
            if each.kind in ("announcement", "correction") and not each.sessions and not each.sections
        ]
        self._has_news = bool(public)
        self._fit()  # before it is shown, or the window would grow for it
        for notice in public[-1:]:
            about = tr("Question {id}, corrected", id=notice.question) if notice.kind == "correction" else ""
            self.news_at.setText(" · ".join(part for part in (clock_time(notice.at_ms), about) if part))
            text = " ".join(notice.text.split())
            self.news.setText(text if len(text) <= MOST_NEWS else text[: MOST_NEWS - 1].rstrip() + "…")
        self.board.setVisible(self._has_news)

    @Slot(object)
    def _changed(self, change: Changed) -> None:
        if self.isVisible() and "audit" in change.topics:
            self._ask_news()

    def _show_time(self) -> None:
        state, exam = self._kit.state, self._kit.state.exam
        now = state.now_ms()
        self.clock.setText(clock_time(now))
        if exam is None:
            return
        if exam.phase in ("active", "mixed") and exam.ends_ms is not None:
            self.left.setText(
                tr("{time} left, until {end}", time=countdown(exam.ends_ms - now), end=clock_time(exam.ends_ms))
            )
        elif exam.phase == "waiting" and exam.starts_ms is not None:
            self.left.setText(tr("opens at {time}", time=clock_time(exam.starts_ms)))
        else:
            words = {"waiting": tr("not open yet"), "paused": tr("paused"), "ended": tr("ended")}
            self.left.setText(words.get(exam.phase, ""))

    def _line(self, share: float, *, bold: bool = False, muted: bool = False) -> QLabel:
        made = label("", "muted" if muted else "")
        self._sized.append((made, share, bold))
        return made

    def _dress(self) -> None:
        self.setStyleSheet(f'QWidget[kind="projector"] {{ background: {self._kit.look.colours.surface}; }}')
        self._fit()

    def _fit(self) -> None:
        unit = min(self.width(), self.height() * 1.6) * (WITH_NEWS if self._has_news else 1.0)
        side = round(unit * 0.045)
        self._whole.setContentsMargins(side, side, side, side)
        self._board.setContentsMargins(side // 2, side // 3, side // 2, side // 3)
        for widget, share, bold in self._sized:
            font = QFont(self._kit.look.code_font() if widget is self.code else widget.font())
            font.setPixelSize(max(12, round(unit * share)))
            font.setWeight(QFont.Weight.Bold if bold else QFont.Weight.Normal)
            widget.setFont(font)
            widget.setStyleSheet(f"font-size: {font.pixelSize()}px; font-weight: {700 if bold else 400};")
        square = round(unit * 0.22)
        self.qr.setMinimumSize(square, square)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Let the letters grow with the window."""
        super().resizeEvent(event)
        self._fit()

    def showEvent(self, event: object) -> None:  # noqa: N802, ARG002
        """Count time while shown."""
        self._second.start()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """Rest."""
        self._second.stop()
        super().closeEvent(event)
