"""The pictures that a program shows: drawn to fit, larger in a window of their own, saved where the student wants."""

import re
from collections.abc import Callable
from pathlib import Path

import msgspec
from PyQt6.QtCore import QBuffer, QByteArray, QIODevice, QPoint, QRect, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QImage, QImageReader, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PyQt6.QtSvg import QSvgRenderer
from PyQt6.QtWidgets import QDialog, QFileDialog, QPushButton, QSizePolicy, QStackedWidget, QWidget

from student_app.views import words
from student_app.views.look import Look
from student_app.views.pieces import OF_THE_EXAM, ElidedLabel, button, column, label, row

AT_ONCE_PIXELS = 3_000_000
AT_ONCE_SVG = 250_000
"""Pictures up to these sizes are decoded in some ten milliseconds; larger ones only when the student asks for them."""
MOST_PIXELS = 40_000_000
LARGEST = QSize(2400, 2400)
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


def image_of(picture: Shown, room: QSize) -> QImage:
    """Return the picture; one of lines is drawn as large as `room`."""
    if picture.kind != "svg":
        return QImage.fromData(picture.data)
    renderer = QSvgRenderer(QByteArray(picture.data))
    size = renderer.defaultSize().scaled(room.boundedTo(LARGEST), Qt.AspectRatioMode.KeepAspectRatio)
    image = QImage(size.expandedTo(QSize(1, 1)), QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    return image


class Canvas(QWidget):
    """One picture, as large as fits, never larger than it is (a drawing of lines fills the room)."""

    clicked = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self._picture: Shown | None = None
        self._image = QImage()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(60, 40)

    def show_picture(self, picture: Shown) -> None:
        """Show this one."""
        self._picture = picture
        self._draw()

    def _draw(self) -> None:
        if self._picture is None:
            return
        ratio = self.devicePixelRatioF()
        self._image = image_of(self._picture, self.size() * ratio)
        self._image.setDevicePixelRatio(ratio if self._picture.kind == "svg" else 1.0)
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """See Qt."""
        del event
        if self._image.isNull():
            return
        size = self._image.deviceIndependentSize().toSize()
        if size.width() > self.width() or size.height() > self.height():
            size = size.scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QPoint((self.width() - size.width()) // 2, (self.height() - size.height()) // 2)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(QRect(place, size), self._image)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """See Qt: a drawing of lines is drawn anew, sharp in every size."""
        super().resizeEvent(event)
        if self._picture is not None and self._picture.kind == "svg":
            self._draw()

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """See Qt."""
        super().mouseReleaseEvent(event)
        self.clicked.emit()


class FigureArea(QWidget):
    """The chosen picture with what can be done with it."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._picture: Shown | None = None
        self._size = QSize()
        self.canvas = Canvas()
        self.canvas.setToolTip(self.tr("Click for a larger picture"))
        self.canvas.clicked.connect(self.enlarge)
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

    def show_picture(self, picture: Shown) -> None:
        """Show this one; a very large one only when the student asks for it."""
        if picture == self._picture:
            return
        self._picture = picture
        size = size_of(picture)
        self.larger.setEnabled(size is not None)
        self._draw.setVisible(size is not None)
        if size is None:
            self._ask.setText(self.tr("This is no picture that can be shown here."))
            self._stack.setCurrentIndex(1)
            self._said.setText(picture.name)
            return
        self._size = size
        about = self.tr("{name}, {w} × {h}").format(name=picture.name, w=size.width(), h=size.height())  # noqa: RUF001
        self._said.setText(about)
        self.canvas.setAccessibleName(self.tr("Picture: {about}").format(about=about))
        if at_once(picture, size):
            self._draw_now()
        else:
            self._ask.setText(self.tr("This picture is very large. Showing it takes a moment."))
            self._stack.setCurrentIndex(1)

    def _draw_now(self) -> None:
        if self._picture is not None:
            self._stack.setCurrentIndex(0)
            self.canvas.show_picture(self._picture)

    def enlarge(self) -> None:
        """Open the picture in a window of the program's own."""
        if self._picture is None:
            return
        dialog = QDialog(self.window())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(self._picture.name)
        dialog.setProperty(OF_THE_EXAM, True)
        canvas = Canvas()
        canvas.setAccessibleName(self.canvas.accessibleName())
        layout = column(canvas)
        layout.setContentsMargins(8, 8, 8, 8)
        dialog.setLayout(layout)
        screen = self.screen()
        room = screen.availableSize() * 0.8 if screen is not None else QSize(1000, 700)
        wanted = self._size.expandedTo(QSize(480, 360)) + QSize(16, 16)
        dialog.resize(room.boundedTo(wanted if self._picture.kind != "svg" else QSize(1000, 900)))
        canvas.show_picture(self._picture)
        dialog.show()

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
