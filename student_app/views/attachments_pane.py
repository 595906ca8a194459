"""Formula sheets and other files of the exam: beside the work, in a window, or with a program of this PC."""

import tempfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from PyQt6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt, QUrl
from PyQt6.QtGui import QDesktopServices, QImage, QPixmap, QResizeEvent
from PyQt6.QtPdf import QPdfDocument
from PyQt6.QtPdfWidgets import QPdfView
from PyQt6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QLabel,
    QMenu,
    QScrollArea,
    QStackedWidget,
    QWidget,
)

from shared.exam.content import ContentFile
from student_app.views import words
from student_app.views.look import Look
from student_app.views.pieces import OF_THE_EXAM, GivenText, Pane, button, column, label, row
from student_app.views.prompt_view import PromptView, image_of

MAX_TEXT = 2_000_000
OWN_WINDOW = QSize(820, 900)


class PictureView(QScrollArea):
    """A picture as wide as there is room, and no wider than it is."""

    def __init__(self) -> None:
        super().__init__()
        self._image = QImage()
        self._label = QLabel()
        self._label.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter)
        self.setWidget(self._label)
        self.setWidgetResizable(True)

    def show_image(self, image: QImage, name: str) -> None:
        """Show this picture."""
        self._image = image
        self._label.setAccessibleName(name)
        self._fit()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """See Qt."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        viewport = self.viewport()
        room = max(80, (viewport.width() if viewport is not None else self.width()) - 2)
        image = self._image
        if image.width() > room:
            image = image.scaledToWidth(room, Qt.TransformationMode.SmoothTransformation)
        self._label.setPixmap(QPixmap.fromImage(image))


class AttachmentView(QStackedWidget):
    """Shows one file by what it is: a PDF, a picture, Markdown, text; anything else is named."""

    def __init__(self, look: Look, copied: Callable[[str], None]) -> None:
        super().__init__()
        self._data = QBuffer(self)
        self._document = QPdfDocument(self)
        self._pdf = QPdfView(self)
        self._pdf.setDocument(self._document)
        self._pdf.setPageMode(QPdfView.PageMode.MultiPage)
        self._pdf.setZoomMode(QPdfView.ZoomMode.FitToWidth)
        self._picture = PictureView()
        self._markdown = PromptView(look, copied)
        self._text = GivenText(copied)
        self._text.setProperty("role", "code")
        self._text.setLineWrapMode(GivenText.LineWrapMode.NoWrap)
        self._other = label("", "muted", wrap=True)
        self._other.setAlignment(Qt.AlignmentFlag.AlignTop)
        for part in (self._pdf, self._picture, self._markdown, self._text, self._other):
            self.addWidget(part)

    def show_file(self, file: ContentFile) -> None:
        """Show this file."""
        name = PurePosixPath(file.path).name
        shown = self._shown(file, name, PurePosixPath(name).suffix.lower())
        for part in (self._pdf, self._picture, self._markdown, self._text):
            part.setAccessibleName(name)
        self.setCurrentWidget(shown)
        self.setFocusProxy(shown)

    def _shown(self, file: ContentFile, name: str, suffix: str) -> QWidget:
        if suffix == ".pdf" and self._load_pdf(file.data):
            return self._pdf
        image = image_of(file.data) if suffix in _PICTURES else QImage()
        if not image.isNull():
            self._picture.show_image(image, name)
            return self._picture
        text = _text_of(file.data) if suffix != ".pdf" else None
        if text is not None and suffix in {".md", ".markdown"}:
            self._markdown.show_markdown(text, ())
            return self._markdown
        if text is not None:
            self._text.setPlainText(text)
            return self._text
        self._other.setText(
            self.tr("{name} can't be shown here. Open it with a program of this PC, or save a copy.").format(name=name)
        )
        return self._other

    def _load_pdf(self, data: bytes) -> bool:
        self._document.close()
        self._data.close()
        self._data.setData(QByteArray(data))
        self._data.open(QIODevice.OpenModeFlag.ReadOnly)
        self._document.load(self._data)
        return self._document.status() is QPdfDocument.Status.Ready and self._document.pageCount() > 0


class AttachmentsPane(Pane):
    """One of the exam's files at a time, chosen by name."""

    def __init__(self, look: Look, copied: Callable[[str], None]) -> None:
        super().__init__(look, words.tr("Files to read"))
        self._look = look
        self._copied = copied
        self._files: tuple[ContentFile, ...] = ()
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self.choice = QComboBox()
        self.choice.setAccessibleName(self.tr("File to read"))
        self.choice.setMinimumContentsLength(12)
        self.choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.choice.currentIndexChanged.connect(lambda _: self._show())
        self.view = AttachmentView(look, copied)
        self._said = label("", "small", wrap=True)
        window = button(self.tr("Open in a window"), self.own_window)
        window.setToolTip(self.tr("A window of its own beside your work; reading it is not leaving the exam"))
        more = button(self.tr("More"))
        menu = QMenu(more)
        for text, action in (
            (self.tr("Open with a program of this PC"), self._open_elsewhere),
            (self.tr("Save a copy…"), self._ask_where),
        ):
            entry = menu.addAction(text)
            assert entry is not None
            entry.triggered.connect(lambda _=False, action=action: action())
        more.setMenu(menu)
        self.body.addWidget(self.choice)
        self.body.addWidget(self.view, 1)
        self.body.addWidget(self._said)
        self.body.addLayout(row(window, 1, more, spacing=6))
        self._said.hide()

    def load(self, files: tuple[ContentFile, ...]) -> None:
        """Offer these files; the one that is open stays open."""
        if files == self._files:
            return
        before = self.choice.currentText()
        self._files = files
        self.choice.blockSignals(True)
        self.choice.clear()
        for each in files:
            self.choice.addItem(each.path)
        self.choice.setCurrentIndex(max(0, self.choice.findText(before)))
        self.choice.blockSignals(False)
        self._show()

    def own_window(self) -> None:
        """Open the file in a window of the program's own: to read it there is no leaving of the exam."""
        file = self._file()
        if file is None:
            return
        dialog = QDialog(self.window())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(PurePosixPath(file.path).name)
        dialog.setProperty(OF_THE_EXAM, True)
        view = AttachmentView(self._look, self._copied)
        layout = column(view)
        layout.setContentsMargins(8, 8, 8, 8)
        dialog.setLayout(layout)
        screen = self.screen()
        room = screen.availableSize() * 0.9 if screen is not None else OWN_WINDOW
        dialog.resize(OWN_WINDOW.boundedTo(room))
        dialog.show()
        view.show_file(file)

    def write_copy(self, target: Path) -> None:
        """Write the file to a place of the student's choice."""
        file = self._file()
        if file is None:
            return
        try:
            target.write_bytes(file.data)
        except OSError as problem:
            self._say(self.tr("It could not be written there ({why}). Choose another folder.").format(
                why=problem.strerror
            ))  # fmt: skip
        else:
            self._say(self.tr("Saved as {name}.").format(name=target.name))

    def _file(self) -> ContentFile | None:
        at = self.choice.currentIndex()
        return self._files[at] if 0 <= at < len(self._files) else None

    def _show(self) -> None:
        file = self._file()
        if file is not None:
            self.view.show_file(file)
        self._said.hide()

    def _open_elsewhere(self) -> None:
        file = self._file()
        if file is None:
            return
        try:
            self._folder = self._folder or tempfile.TemporaryDirectory(
                prefix="examdesk-files-", ignore_cleanup_errors=True
            )
            copy = Path(self._folder.name) / PurePosixPath(file.path).name
            copy.write_bytes(file.data)
        except OSError as problem:
            self._say(self.tr("This PC could not make a copy to open ({why}).").format(why=problem.strerror))
            return
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(copy))):
            self._say(self.tr("This PC has no program for this file. Ask your proctor, or save a copy."))

    def _ask_where(self) -> None:
        file = self._file()
        if file is None:
            return
        dialog = QFileDialog(self, self.tr("Save a copy"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.selectFile(PurePosixPath(file.path).name)
        dialog.fileSelected.connect(lambda path: self.write_copy(Path(path)))
        dialog.open()

    def _say(self, sentence: str) -> None:
        self._said.setText(sentence)
        self._said.show()


_PICTURES = frozenset({".png", ".jpg", ".jpeg", ".gif", ".bmp", ".svg", ".webp"})


def _text_of(data: bytes) -> str | None:
    if len(data) > MAX_TEXT or b"\0" in data:
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
