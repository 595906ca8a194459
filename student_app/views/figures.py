"""The pictures that a program shows: drawn to fit, larger in a window of their own, saved where the student wants."""

import re
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
from PyQt6.QtCore import QBuffer, QByteArray, QIODevice, QPoint, QRect, QRectF, QSize, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import (
    QColor,
    QFocusEvent,
    QImage,
    QImageReader,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QShortcut,
)
from PyQt6.QtSvg import QSvgRenderer
from PyQt6.QtWidgets import QDialog, QFileDialog, QPushButton, QSizePolicy, QStackedWidget, QWidget

from student_app.running.events import Listens
from student_app.views import words
from student_app.views.drawing import Drawing
from student_app.views.look import Look
from student_app.views.pieces import OF_THE_EXAM, ElidedLabel, button, column, label, row
from student_app.views.window_keys import name_and_character

AT_ONCE_PIXELS = 3_000_000
AT_ONCE_SVG = 250_000
"""Pictures up to these sizes are decoded in some ten milliseconds; larger ones only when the student asks for them."""
MOST_PIXELS = 40_000_000
FRAME = 3
STEP_SECONDS = 0.01
STEP_PAUSE_MS = 15
"""So long a large picture is drawn at a time, and so long the window has for the student before it goes on."""
PACE = 3
"""After a picture was drawn, the window has so many times that long for the student before the next one."""
_BUTTONS = {Qt.MouseButton.LeftButton: 1, Qt.MouseButton.MiddleButton: 2, Qt.MouseButton.RightButton: 3}
_TAG = re.compile(rb"<\s*([^\s/>]+)")
_TAGS = {b"svg", b"/svg", b"rect", b"polyline", b"polygon", b"text", b"/text"}


class Shown(msgspec.Struct, frozen=True):
    """A picture as it came; `kind` is png, svg, jpg or gif."""

    name: str
    kind: str
    data: bytes


def size_of(picture: Shown) -> QSize | None:
    """Return the size without decoding the picture; None for what is none."""
    if picture.kind == "svg":
        plain = set(_tags(picture.data)) <= _TAGS  # only what a turtle's canvas writes: nothing that could swell
        size = QSvgRenderer(QByteArray(picture.data)).defaultSize() if plain else QSize()
    else:
        data, buffer = QByteArray(picture.data), QBuffer()
        buffer.setData(data)
        buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        size = QImageReader(buffer).size()
    return size if not size.isEmpty() and size.width() * size.height() <= MOST_PIXELS else None


def at_once(picture: Shown, size: QSize) -> bool:
    """Tell whether the picture is small enough to be shown without being asked for."""
    if picture.kind == "svg":
        return len(picture.data) <= AT_ONCE_SVG
    return size.width() * size.height() <= AT_ONCE_PIXELS


class Canvas(QWidget):
    """One picture, as large as fits, never larger than it is (a drawing of lines fills the room).

    While a program listens, keys, clicks and moves go to it as `acted` says them, and no longer to the window.
    """

    clicked = pyqtSignal()
    acted = pyqtSignal(str)
    left = pyqtSignal()
    """The student goes back to the code."""
    focus_changed = pyqtSignal()
    drawn = pyqtSignal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.listens = Listens()
        self._picture: Shown | None = None
        self._image = QImage()
        self._box = QRectF()
        self._ratio = 1.0
        self._drawing: Drawing | None = None
        self._next = QTimer(self)
        self._next.setSingleShot(True)
        self._next.setInterval(STEP_PAUSE_MS)
        self._next.timeout.connect(self._go_on)
        self._held: dict[int, str] = {}
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(60, 40)

    def show_picture(self, picture: Shown) -> None:
        """Show this one."""
        self._picture = picture
        self._draw()

    @property
    def takes_keys(self) -> bool:
        """Whether the program listens here."""
        return self.listens.keys or self.listens.clicks

    def listen(self, listens: Listens) -> None:
        """Let the program have the keys and clicks that it wants."""
        self.listens = listens
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if self.takes_keys else Qt.FocusPolicy.NoFocus)
        self.setMouseTracking(listens.moves)
        if not self.takes_keys and self.hasFocus():
            self._held.clear()
            self.left.emit()
        self.update()

    @property
    def busy(self) -> bool:
        """Whether a picture is still being drawn, behind the one that is seen."""
        return self._drawing is not None

    def _draw(self) -> None:
        if self._picture is None:
            return
        if self._picture.kind != "svg":
            self._drawing = None
            self._show(QImage.fromData(self._picture.data), QRectF(), 1.0)
            return
        self._ratio = self.devicePixelRatioF()
        self._drawing = Drawing(self._picture.data, self.size() * self._ratio)
        self._go_on()

    def _go_on(self) -> None:
        """Draw for some milliseconds, and go on when the window has done what else there was."""
        if self._drawing is None:
            return
        if not self._drawing.step(STEP_SECONDS):
            self._next.start()
            return
        drawn, self._drawing = self._drawing, None
        self._show(drawn.image, drawn.box, self._ratio)
        self.drawn.emit()

    def _show(self, image: QImage, box: QRectF, ratio: float) -> None:
        self._image, self._box = image, box
        self._image.setDevicePixelRatio(ratio)
        self.update()

    def _place(self) -> QRect:
        """Return where the picture is."""
        size = self._image.deviceIndependentSize().toSize()
        if size.width() > self.width() or size.height() > self.height():
            size = size.scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        return QRect(QPoint((self.width() - size.width()) // 2, (self.height() - size.height()) // 2), size)

    def _act(self, word: str, button: int, event: QMouseEvent) -> None:
        place, box, at = self._place(), self._box, event.position()
        if place.isEmpty() or box.isEmpty():
            return
        x = box.x() + (at.x() - place.x()) / place.width() * box.width()
        y = box.y() + (at.y() - place.y()) / place.height() * box.height()
        self.acted.emit(f"{word}\t{button}\t{round(x, 1):g}\t{round(-y, 1):g}")

    def _takes_key(self, event: QKeyEvent | None) -> bool:
        """Send a key to the program; Tab and what the window's own commands need are not for it."""
        if event is None or not self.listens.keys:
            return False
        named = name_and_character(event)
        if named is None:
            return False
        self._held[event.key()] = named[0]
        self.acted.emit(f"press\t{named[0]}\t{named[1]}")
        return True

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """See Qt."""
        del event
        if self._image.isNull():
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        place = self._place()
        painter.drawImage(place, self._image)
        if self.hasFocus():
            painter.setPen(QPen(QColor(self._look.colour("focus")), FRAME))
            painter.drawRect(QRectF(place).adjusted(FRAME / 2, FRAME / 2, -FRAME / 2, -FRAME / 2))

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """See Qt: a drawing of lines is drawn anew, sharp in every size."""
        super().resizeEvent(event)
        if self._picture is not None and self._picture.kind == "svg":
            self._draw()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """See Qt."""
        if not self._takes_key(event):
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent | None) -> None:
        """See Qt: a key that repeats is released once, at its end."""
        if event is not None and not event.isAutoRepeat() and event.key() in self._held:
            self.acted.emit(f"release\t{self._held.pop(event.key())}\t{event.text()[:1].strip()}")
        else:
            super().keyReleaseEvent(event)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """See Qt."""
        super().mousePressEvent(event)
        if event is not None and self.listens.clicks:
            event.accept()
            self._act("down", _BUTTONS.get(event.button(), 1), event)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """See Qt."""
        super().mouseMoveEvent(event)
        if event is None:
            return
        held = next((number for one, number in _BUTTONS.items() if event.buttons() & one), 0)
        if self.listens.clicks and (held or self.listens.moves):
            self._act("move", held, event)

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """See Qt."""
        super().mouseReleaseEvent(event)
        if event is not None and self.listens.clicks:
            self._act("up", _BUTTONS.get(event.button(), 1), event)
        elif not self.listens.keys:
            self.clicked.emit()

    def focusNextPrevChild(self, following: bool) -> bool:
        """See Qt: Tab leaves a program's picture for the code, Shift+Tab for what can be done with the picture."""
        if following and self.takes_keys:
            self.left.emit()
            return True
        return super().focusNextPrevChild(following)

    def focusInEvent(self, event: QFocusEvent | None) -> None:
        """See Qt."""
        super().focusInEvent(event)
        self.update()
        self.focus_changed.emit()

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        """See Qt: no key stays held for the program."""
        super().focusOutEvent(event)
        for name in self._held.values():
            self.acted.emit(f"release\t{name}\t")
        self._held.clear()
        self.update()
        self.focus_changed.emit()


class FigureArea(QWidget):
    """The chosen picture with what can be done with it."""

    acted = pyqtSignal(str)
    left = pyqtSignal()
    stop_asked = pyqtSignal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._picture: Shown | None = None
        self._waiting: Shown | None = None
        self._size = QSize()
        self._listens = Listens()
        self._large: Canvas | None = None
        self._large_name = ""
        self._about = ""
        self._pace = QTimer(self)
        self._pace.setSingleShot(True)
        self._pace.timeout.connect(self._show_waiting)
        self.canvas = Canvas(look)
        self.canvas.setToolTip(self.tr("Click for a larger picture"))
        self.canvas.clicked.connect(self.enlarge)
        self.canvas.left.connect(self.left)
        self._join(self.canvas)
        self._ask = label("", "muted", wrap=True)
        self._draw = button(self.tr("Show it"), self._draw_now)
        asking = QWidget()
        asking.setLayout(column(1, self._ask, row(self._draw, 1), 1))
        self._stack = QStackedWidget()
        self._stack.addWidget(self.canvas)
        self._stack.addWidget(asking)
        self._said = ElidedLabel("", "small")
        self.larger = self._tool(look, "eye", self.tr("Open the picture in a window of its own"), self.enlarge)
        self.save = self._tool(look, "export", self.tr("Save the picture as a file of your own"), self._ask_where)
        self.tools = QWidget()
        line = row(self._said, self.larger, self.save, spacing=2)
        line.setStretch(0, 1)
        self.tools.setLayout(line)
        self.setLayout(column(self._stack))

    @staticmethod
    def _tool(look: Look, icon: str, hint: str, action: Callable[[], object]) -> QPushButton:
        made = button("", action, "quiet")
        made.setStyleSheet("padding: 4px 7px;")
        made.setToolTip(hint)
        made.setAccessibleName(hint)
        look.dress(made, icon, "muted")
        return made

    def _join(self, canvas: Canvas) -> None:
        canvas.acted.connect(self.acted)
        canvas.focus_changed.connect(self._say)
        canvas.drawn.connect(self._show_waiting)

    def listen(self, listens: Listens) -> None:
        """Let the program have the keys and clicks that it wants, or no longer."""
        begins = listens.keys and not self._listens.keys
        self._listens = listens
        self.canvas.setToolTip("" if self.takes_keys else self.tr("Click for a larger picture"))
        for canvas in self._canvases():
            canvas.listen(listens)
        if begins and self.canvas.isVisible() and self.isActiveWindow():
            self.canvas.setFocus()
        self._say()

    @property
    def takes_keys(self) -> bool:
        """Whether a program waits for keys or clicks here."""
        return self._listens.keys or self._listens.clicks

    def _canvases(self) -> list[Canvas]:
        return [self.canvas] if self._large is None else [self.canvas, self._large]

    def _say(self) -> None:
        if not self.takes_keys or self._picture is None or self._picture.kind != "svg":
            self._said.setText(self._about)
        elif not self._listens.keys:
            self._said.setText(self.tr("Your program waits for clicks on the picture"))
        elif any(canvas.hasFocus() for canvas in self._canvases()):
            self._said.setText(self.tr("Keys go to your program · Tab: back to the code"))
        else:
            self._said.setText(self.tr("Click the picture: then your keys go to the program"))

    def show_picture(self, picture: Shown) -> None:
        """Show this one; a very large one only when the student asks for it, a lively one not more often than fits."""
        if picture == self._picture:
            return
        if (
            (self._pace.isActive() or self._is_drawing())
            and self._picture is not None
            and picture.name == self._picture.name
        ):
            self._waiting = picture
            return
        self._waiting = None
        begun = time.monotonic()
        self._show_now(picture)
        if self._is_drawing():
            return
        self._pace.start(1 + int((time.monotonic() - begun) * 1000 * PACE))

    def _is_drawing(self) -> bool:
        return any(canvas.busy for canvas in self._canvases())

    def _show_waiting(self) -> None:
        if self._pace.isActive() or self._is_drawing():
            return
        picture, self._waiting = self._waiting, None
        if picture is not None and self._picture is not None and picture.name == self._picture.name:
            self.show_picture(picture)

    def _show_now(self, picture: Shown) -> None:
        self._picture = picture
        size = size_of(picture)
        self.larger.setEnabled(size is not None)
        self._draw.setVisible(size is not None)
        if size is None:
            self._ask.setText(self.tr("This is no picture that can be shown here."))
            self._stack.setCurrentIndex(1)
            self._about = picture.name
            self._say()
            return
        self._size = size
        self._about = self.tr("{name}, {w} × {h}").format(name=picture.name, w=size.width(), h=size.height())  # noqa: RUF001
        self._say()
        self.canvas.setAccessibleName(self.tr("Picture: {about}").format(about=self._about))
        if at_once(picture, size):
            self._draw_now()
        else:
            self._ask.setText(self.tr("This picture is very large. Showing it takes a moment."))
            self._stack.setCurrentIndex(1)

    def _draw_now(self) -> None:
        if self._picture is not None:
            self._stack.setCurrentIndex(0)
            self.canvas.show_picture(self._picture)
            if self._large is not None and self._large_name == self._picture.name:
                self._large.show_picture(self._picture)

    def enlarge(self) -> None:
        """Open the picture in a window of the program's own, where keys and clicks reach the program too."""
        if self._picture is None:
            return
        dialog = QDialog(self.window())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(self._picture.name)
        dialog.setProperty(OF_THE_EXAM, True)
        canvas = Canvas(self._look)
        canvas.setAccessibleName(self.canvas.accessibleName())
        layout = column(canvas)
        layout.setContentsMargins(8, 8, 8, 8)
        dialog.setLayout(layout)
        screen = self.screen()
        room = screen.availableSize() * 0.8 if screen is not None else QSize(1000, 700)
        wanted = self._size.expandedTo(QSize(480, 360)) + QSize(16, 16)
        dialog.resize(room.boundedTo(wanted if self._picture.kind != "svg" else QSize(1000, 900)))
        canvas.show_picture(self._picture)
        if self._picture.kind == "svg":
            self._join(canvas)
            canvas.listen(self._listens)
            self._large, self._large_name = canvas, self._picture.name
            stop = QShortcut(QKeySequence("Shift+F5"), dialog)
            stop.activated.connect(self.stop_asked)
            dialog.finished.connect(lambda: self._closed(canvas))
        dialog.show()
        if self._listens.keys:
            canvas.setFocus()

    def _closed(self, canvas: Canvas) -> None:
        if self._large is canvas:
            self._large = None
        if self.takes_keys:
            self.canvas.setFocus()

    def write_picture(self, target: Path) -> None:
        """Write the picture as it is."""
        if self._picture is None:
            return
        try:
            target.write_bytes(self._picture.data)
        except OSError as problem:
            self._said.setText(
                self.tr("It could not be written there ({why}). Choose another folder.").format(why=problem.strerror)
            )
        else:
            self._said.setText(self.tr("Saved as {name}.").format(name=target.name))

    def _ask_where(self) -> None:
        if self._picture is None:
            return
        dialog = QFileDialog(self, self.tr("Save the picture"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(self._picture.kind)
        dialog.selectFile(words.picture_file(self._picture.name, self._picture.kind))
        dialog.fileSelected.connect(lambda path: self.write_picture(Path(path)))
        dialog.open()


def _tags(data: bytes) -> list[bytes]:
    return [found[1].lower() for found in _TAG.finditer(data)]
