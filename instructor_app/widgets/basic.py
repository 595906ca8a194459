"""Labels, buttons, rows, columns, cards, banners: what every page is put together from."""

from collections.abc import Callable
from typing import Literal, TypeVar

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from instructor_app.theme import Look
from instructor_app.words import tr
from shared.look import SPACE, plain_tip

Level = Literal["info", "positive", "attention", "danger"]
LEVEL_ICONS: dict[Level, str] = {"info": "info", "positive": "check", "attention": "warning", "danger": "warning"}
Part = QWidget | QLayout | int | None
L = TypeVar("L", bound=QBoxLayout)
B = TypeVar("B", bound=QAbstractSpinBox)


def shortcut(keys: QKeySequence, on: QWidget, then: Callable[[], object], where: Qt.ShortcutContext) -> QShortcut:
    """Return a shortcut that acts only there: PySide6 takes no notice of a context that is given beside a callable."""
    made = QShortcut(keys, on)
    made.setContext(where)
    made.activated.connect(then)
    return made


def label(text: str = "", role: str = "", *, wrap: bool = False, selectable: bool = False) -> QLabel:
    """Return a label; `role` as in `shared.look.stylesheet`."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    if role:
        made.setProperty("role", role)
    if wrap:
        made.setWordWrap(True)
    if selectable:
        made.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
    return made


def pill(text: str, tone: str = "", status: str = "") -> QLabel:
    """Return a small rounded label."""
    made = label(text)
    made.setProperty("kind", "pill")
    made.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
    if tone:
        made.setProperty("tone", tone)
    if status:
        made.setProperty("status", status)
    return made


def button(
    look: Look, text: str, icon: str = "", kind: str = "", *, tip: str = "", then: Callable[[], None] | None = None
) -> QPushButton:
    """Return a push button with an icon that follows the theme."""
    made = QPushButton(text)
    made.setAutoDefault(True)  # Enter presses it wherever it has the focus, not only Space
    if kind:
        made.setProperty("kind", kind)
    if icon:
        look.dress(made, icon, "on_accent" if kind == "primary" else "text")
    if tip:
        made.setToolTip(tip)
        if not text:
            made.setAccessibleName(tip)
    if then is not None:
        made.clicked.connect(lambda _checked: then())
    return made


def restyle(widget: QWidget, **properties: str) -> None:
    """Change properties that the style sheet looks at."""
    if all(widget.property(name) == value for name, value in properties.items()):
        return  # polishing takes a third of a millisecond
    for name, value in properties.items():
        widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def row(*parts: Part, spacing: int = SPACE["s"], margin: int = 0) -> QHBoxLayout:
    """Return a row of widgets; None stretches, a number is a gap."""
    return _fill(QHBoxLayout(), parts, spacing, margin)


def column(*parts: Part, spacing: int = SPACE["s"], margin: int = 0) -> QVBoxLayout:
    """Return a column of widgets; None stretches, a number is a gap."""
    return _fill(QVBoxLayout(), parts, spacing, margin)


def holding(layout: QLayout) -> QWidget:
    """Return a bare widget with this layout."""
    widget = QWidget()
    widget.setLayout(layout)
    return widget


def card(layout: QLayout, *, kind: str = "card", margin: int = SPACE["l"]) -> QFrame:
    """Return a frame of a kind around a layout."""
    frame = QFrame()
    frame.setProperty("kind", kind)
    layout.setContentsMargins(margin, margin, margin, margin)
    frame.setLayout(layout)
    return frame


def name_for_readers(widget: QWidget, name: str, shortcut: str = "") -> None:
    """Give a control its accessible name, and its tool tip if it has none."""
    widget.setAccessibleName(name)
    if not widget.toolTip():
        widget.setToolTip(f"{name} ({shortcut})" if shortcut else name)


def clear(layout: QLayout) -> None:
    """Take everything out of a layout."""
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        inner = item.layout()
        if widget is not None:
            widget.hide()  # a layout that has not shown it yet would show it later as a window of its own
            widget.setParent(None)
            widget.deleteLater()
        elif inner is not None:
            clear(inner)


class Banner(QFrame):
    """A message where the action was, with one thing to do about it, or a question with two; hidden until shown."""

    def __init__(self, look: Look, *, narrow: bool = False) -> None:
        super().__init__()
        self.setProperty("kind", "banner")
        self._look = look
        self._then: Callable[[], None] | None = None
        self._icon = QLabel()
        self._title = label("", "subtitle", wrap=True)
        self._text = label("", wrap=True, selectable=True)
        self._act = button(look, "", then=self._do)
        self._act.hide()
        self._or: Callable[[], None] | None = None
        self._other = button(look, "", then=self._do_other)
        self._other.hide()
        self._close = button(look, "", "close", "quiet", tip=tr("Close"), then=self.hide)
        self._close.setFixedSize(QSize(28, 28))
        words = column(self._title, self._text, spacing=2)
        if narrow:
            words.addLayout(row(self._act, self._other, None))
            layout = row(self._icon, words, self._close, spacing=SPACE["m"])
            layout.setAlignment(self._close, Qt.AlignmentFlag.AlignTop)
        else:
            layout = row(self._icon, words, self._act, self._other, self._close, spacing=SPACE["m"])
        layout.setContentsMargins(SPACE["m"], SPACE["s"], SPACE["s"], SPACE["s"])
        layout.setStretch(1, 1)
        layout.setAlignment(self._icon, Qt.AlignmentFlag.AlignTop)
        self.setLayout(layout)
        self.hide()

    def text(self) -> str:
        """Return what it says."""
        return self._text.text()

    def say(
        self, level: Level, text: str, title: str = "", act: str = "", then: Callable[[], None] | None = None
    ) -> None:
        """Show a message; `act` is the button's text and `then` what it does."""
        restyle(self, level=level)
        self._look.dress(self._icon, LEVEL_ICONS[level], level)
        self._title.setText(title)
        self._title.setVisible(bool(title))
        restyle(self._title)
        self._text.setText(text)
        self._text.setVisible(bool(text))
        self._act.setText(act)
        self._act.setVisible(bool(act))
        self._then = then
        self._other.hide()
        self._close.show()
        self.setAccessibleName(f"{title} {text}".strip())
        self.show()

    def ask(
        self, text: str, title: str, this: tuple[str, Callable[[], None]], or_: tuple[str, Callable[[], None]]
    ) -> None:
        """Ask for one of two things; only doing one of them closes the question."""
        self.say("attention", text, title, *this)
        self._other.setText(or_[0])
        self._or = or_[1]
        self._other.show()
        self._close.hide()

    def _do(self) -> None:
        self.hide()
        if self._then is not None:
            self._then()

    def _do_other(self) -> None:
        self.hide()
        if self._or is not None:
            self._or()


class Complaint(QLabel):
    """What is wrong, where it is wrong; hidden while nothing is."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._hint = False
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        look.changed.connect(self._dress)
        self._dress()
        self.hide()

    def say(self, sentence: str, *, hint: bool = False) -> None:
        """Show a sentence, a hint in a calmer colour; an empty one hides it."""
        self._hint = hint
        self._dress()
        self.setText(sentence)
        self.setVisible(bool(sentence))

    def _dress(self) -> None:
        colours = self._look.colours
        self.setStyleSheet(f"color: {colours.info if self._hint else colours.attention};")


class EmptyState(QWidget):
    """What stands where nothing is yet: a sentence on what this is, and what to do next."""

    acted = Signal()

    def __init__(self, look: Look, icon: str, title: str, text: str, act: str = "") -> None:
        super().__init__()
        picture = QLabel()
        look.dress(picture, icon, "disabled", 48)
        self._title = label(title, "subtitle", wrap=True)
        self._text = label(text, "muted", wrap=True)
        self._text.setMaximumWidth(460)
        self._text.setMinimumWidth(320)
        self.act = button(look, act, kind="primary", then=self.acted.emit)
        if not act:
            self.act.hide()
        for part in (picture, self._title, self._text):
            part.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.extra = QVBoxLayout()
        inside = column(
            None, picture, SPACE["xs"], self._title, self._text, row(None, self.act, None), self.extra, None
        )
        self.setLayout(row(None, inside, None, margin=SPACE["xl"]))

    def say(self, title: str, text: str) -> None:
        """Change the words."""
        self._title.setText(title)
        self._text.setText(text)


class Still(QWidget):
    """Room for words that change many times a second: nothing around it is laid out anew because of them.

    It asks for no other size when they change; who shows it again, or in another look, asks it anew.
    """

    def __init__(self, inside: QWidget) -> None:
        super().__init__()
        self._inside = inside
        inside.setParent(self)
        self.setSizePolicy(inside.sizePolicy().horizontalPolicy(), QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Return the room that what is inside takes now."""
        return self._inside.sizeHint()

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Give way as what is inside does."""
        return self._inside.minimumSizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Fill the room."""
        super().resizeEvent(event)
        self._inside.setGeometry(self.rect())


class Elided(QLabel):
    """A label on one line that gives way: what does not fit is cut, and stands whole in the tool tip."""

    def __init__(self, text: str = "", role: str = "", *, least: int = 40) -> None:
        super().__init__()
        self._whole, self._least = "", least
        self.setTextFormat(Qt.TextFormat.PlainText)
        if role:
            self.setProperty("role", role)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setText(text)

    def whole(self) -> str:
        """Return all of the text."""
        return self._whole

    def setText(self, text: str) -> None:  # noqa: N802
        """Show a text."""
        self._whole = text
        self.setAccessibleName(text)
        self._cut()
        self.updateGeometry()

    def _cut(self) -> None:
        shown = self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, max(0, self.width()))
        super().setText(shown)
        self.setToolTip("" if shown == self._whole else plain_tip(self._whole))

    def sizeHint(self) -> QSize:  # noqa: N802
        """Return the room that all of the text takes."""
        return QSize(self.fontMetrics().horizontalAdvance(self._whole) + 2, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Give way."""
        return QSize(min(self._least, self.sizeHint().width()), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Cut anew."""
        super().resizeEvent(event)
        self._cut()


class Chip(QPushButton):
    """A count that filters when pressed."""

    def __init__(self, look: Look, name: str, icon: str = "", tone: str = "muted") -> None:
        super().__init__()
        self.setCheckable(True)
        self.setProperty("kind", "quiet")
        self._name = name
        if icon:
            look.dress(self, icon, tone, 15)
        self.count(0)

    def count(self, number: int) -> None:
        """Show a count."""
        self.setText(f"{self._name}  {number}")
        self.setAccessibleName(tr("{name}: {n} students; press to show only these", name=self._name, n=number))


def roomy(box: B) -> B:
    """Give the text of a spin box the distance from its edge that other fields have."""
    box.lineEdit().setTextMargins(SPACE["s"], 0, 0, 0)
    return box


def _fill(layout: L, parts: tuple[Part, ...], spacing: int, margin: int) -> L:
    layout.setSpacing(spacing)
    layout.setContentsMargins(margin, margin, margin, margin)
    for part in parts:
        if part is None:
            layout.addStretch(1)
        elif isinstance(part, int):
            layout.addSpacing(part)
        elif isinstance(part, QLayout):
            layout.addLayout(part)
        else:
            layout.addWidget(part)
    return layout
