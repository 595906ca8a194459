"""Small widgets that all pages are made of."""

from collections.abc import Callable

from PyQt6.QtCore import QEvent, QMimeData, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QFont, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPalette, QResizeEvent
from PyQt6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QStyle,
    QVBoxLayout,
    QWidget,
)

from shared.look import plain_tip
from student_app.views.look import Look

OF_THE_EXAM = "of-the-exam"
"""A property of windows that show something of the exam: they close when it pauses or ends."""


def label(text: str = "", role: str = "", *, wrap: bool = False) -> QLabel:
    """Return a label in plain text."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(wrap)
    if role:
        made.setProperty("role", role)
    return made


def button(text: str, action: Callable[[], object] | None = None, kind: str = "") -> QPushButton:
    """Return a button; `kind` as the style sheet names it."""
    made = Button(text)
    if kind:
        made.setProperty("kind", kind)
    if action is not None:
        made.clicked.connect(lambda _=False: action())
    return made


def row(*parts: QWidget | QLayout | int, spacing: int = 8) -> QHBoxLayout:
    """Return a layout from left to right; a number is a stretch."""
    layout = QHBoxLayout()
    _fill(layout, parts, spacing)
    return layout


def column(*parts: QWidget | QLayout | int, spacing: int = 8) -> QVBoxLayout:
    """Return a layout from top to bottom; a number is a stretch."""
    layout = QVBoxLayout()
    _fill(layout, parts, spacing)
    return layout


def frame(kind: str, layout: QLayout, margin: int = 16) -> QFrame:
    """Return a surface around a layout."""
    made = QFrame()
    made.setProperty("kind", kind)
    layout.setContentsMargins(margin, margin, margin, margin)
    made.setLayout(layout)
    return made


def set_property(widget: QWidget, name: str, value: str) -> None:
    """Change a property that the style sheet looks at."""
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    style = widget.style()
    if style is not None:
        style.unpolish(widget)
        style.polish(widget)


NORMAL_POINTS = 10.0
"""At this size of the interface's text, widths hold as they are written; they grow with it."""


class Width:
    """Keeps a widget at most so wide, more where the text is larger."""

    def __init__(self, widget: QWidget, width: int) -> None:
        self._widget = widget
        self._width = width

    def fit(self, points: float) -> None:
        """Fit a text of this size."""
        self._widget.setMaximumWidth(round(self._width * max(1.0, points / NORMAL_POINTS)))


class _Centred(QScrollArea):
    """A page around something in its middle, which grows with the text."""

    def __init__(self, content: QWidget, width: int) -> None:
        super().__init__()
        self._width = Width(content, width)
        inside = QWidget()
        across = row(1, content, 1, spacing=0)
        across.setStretchFactor(content, 100)
        down = column(1, across, 2, spacing=0)
        down.setContentsMargins(24, 24, 24, 24)
        inside.setLayout(down)
        self.setAccessibleName(self.tr("Page; the arrow keys scroll it"))
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(inside)
        self._width.fit(self.font().pointSizeF())

    def changeEvent(self, event: QEvent | None) -> None:
        """See Qt: the text has another size."""
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.FontChange:
            self._width.fit(self.font().pointSizeF())


def centred(content: QWidget, width: int) -> QScrollArea:
    """Return a page that holds `content` in its middle, at most `width` wide, and scrolls where it is small."""
    return _Centred(content, width)


class _Foot(QFrame):
    """A line at the foot of a page, which grows with the text."""

    def __init__(self, content: QLayout, width: int) -> None:
        super().__init__()
        middle = QWidget()
        middle.setLayout(content)
        self._width = Width(middle, width)
        across = row(1, middle, 1, spacing=0)
        across.setStretchFactor(middle, 100)
        across.setContentsMargins(24, 12, 24, 12)
        self.setLayout(across)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self._width.fit(self.font().pointSizeF())

    def changeEvent(self, event: QEvent | None) -> None:
        """See Qt: the text has another size."""
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.FontChange:
            self._width.fit(self.font().pointSizeF())


def foot(content: QLayout, width: int) -> QFrame:
    """Return a line at the foot of a page, which stays while the page scrolls."""
    return _Foot(content, width)


class Button(QPushButton):
    """A button that Enter presses as well as Space; a key that is held down presses nothing."""

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """See Qt."""
        if event is not None and event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            if not event.isAutoRepeat():
                self.click()
            return
        super().keyPressEvent(event)


class ElidedLabel(QLabel):
    """A label that ends in … where there is no room, and shows all of its text as a tool tip."""

    def __init__(self, text: str = "", role: str = "") -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        if role:
            self.setProperty("role", role)
        self.setText(text)

    def setText(self, text: str | None) -> None:
        """See Qt."""
        super().setText(text)
        self.setToolTip(plain_tip(text or ""))
        self.setAccessibleName(text or "")

    def sizeHint(self) -> QSize:
        """See Qt."""
        hint = super().sizeHint()
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + 4, hint.height())

    def minimumSizeHint(self) -> QSize:
        """See Qt."""
        return QSize(24, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """See Qt."""
        del event
        painter = QPainter(self)
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.setPen(self.palette().color(self.foregroundRole()))
        where = QStyle.visualAlignment(self.layoutDirection(), self.alignment())
        painter.drawText(self.rect(), int(where | Qt.AlignmentFlag.AlignVCenter), text)


class ElidedButton(Button):
    """A button whose text ends in … where there is no room."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._full = text
        self.setMinimumWidth(48)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._fit()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """See Qt."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        room = max(8, self.width() - self.iconSize().width() - 34)
        metrics = QFontMetrics(self._bold())
        self.setText(metrics.elidedText(self._full, Qt.TextElideMode.ElideRight, room).replace("&", "&&"))

    def _bold(self) -> QFont:
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        return font


class Banner(QFrame):
    """A sentence over the work, with what one can do about it."""

    def __init__(self, look: Look, text: str, level: str = "", title: str = "", icon: str = "info") -> None:
        super().__init__()
        self.setProperty("kind", "banner")
        if level:
            self.setProperty("level", level)
        picture = QLabel()
        look.dress(picture, icon, level or "info", 18)
        self.title = label(title, "subtitle")
        self.title.setVisible(bool(title))
        self.text = label(text, wrap=True)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._picture, self._look, self._icon = picture, look, icon
        self._actions = row()
        words = column(self.title, self.text, spacing=2)
        layout = row(picture, words, self._actions, spacing=12)
        layout.setAlignment(picture, Qt.AlignmentFlag.AlignTop)
        layout.setStretchFactor(words, 1)
        layout.setContentsMargins(12, 8, 12, 8)
        self.setLayout(layout)
        self.setAccessibleName(f"{title}: {text}" if title else text)

    def say(self, text: str) -> None:
        """Change the sentence."""
        if self.text.text() != text:
            self.text.setText(text)
            self.setAccessibleName(text)

    def level(self, level: str) -> None:
        """Change how it looks: `positive`, `attention`, `danger`, or nothing."""
        set_property(self, "level", level)
        self._look.dress(self._picture, "check" if level == "positive" else self._icon, level or "info", 18)

    def add(self, text: str, action: Callable[[], object], kind: str = "") -> QPushButton:
        """Add a button."""
        made = button(text, action, kind)
        self._actions.addWidget(made)
        return made


class Pane(QFrame):
    """A panel at the side with a title and a close button."""

    closed = pyqtSignal()

    def __init__(self, look: Look, title: str) -> None:
        super().__init__()
        self.setProperty("kind", "panel")
        self.setAccessibleName(title)
        close = button("", self.closed.emit, "quiet")
        close.setToolTip(self.tr("Close"))
        close.setAccessibleName(self.tr("Close {what}").format(what=title))
        look.dress(close, "close", "muted")
        self.body = column(spacing=12)
        layout = column(row(label(title, "subtitle"), 1, close), self.body, spacing=12)
        layout.setStretchFactor(self.body, 1)
        layout.setContentsMargins(16, 12, 16, 16)
        self.setLayout(layout)
        self.setMinimumWidth(280)


class GivenText(QPlainTextEdit):
    """Text to read. What is copied from it, by keys or by the menu, counts as the student's own."""

    def __init__(self, copied: Callable[[str], None]) -> None:
        super().__init__()
        self._copied = copied
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )

    def plain(self, selected: str) -> str:
        """Return what is copied where this was selected."""
        return selected

    def createMimeDataFromSelection(self) -> QMimeData | None:
        """See Qt: plain text only."""
        text = self.plain(self.textCursor().selectedText().replace("\u2029", "\n").replace("\u2028", "\n"))
        self._copied(text)
        mime = QMimeData()
        mime.setText(text)
        return mime


def empty(layout: QLayout) -> None:
    """Take everything out of a layout."""
    while (item := layout.takeAt(0)) is not None:
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
        elif inner is not None:
            empty(inner)


def _fill(layout: QBoxLayout, parts: tuple[QWidget | QLayout | int, ...], spacing: int) -> None:
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(spacing)
    for part in parts:
        if isinstance(part, int):
            layout.addStretch(part)
        elif isinstance(part, QLayout):
            layout.addLayout(part)
        else:
            layout.addWidget(part)
