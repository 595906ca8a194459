"""Markdown from the exam, shown without ever fetching anything from outside."""

from collections.abc import Callable

from PyQt6.QtCore import QMimeData, QSize, Qt, QUrl
from PyQt6.QtGui import QImage, QResizeEvent, QTextDocument
from PyQt6.QtWidgets import QFrame, QTextBrowser

from shared.exam.content import ContentFile
from shared.look.corrections import Words, corrected_html
from shared.look.prompt import html_of, prompt_sheet
from student_app.views.look import Look

MAX_PIXELS = 40_000_000


class PromptView(QTextBrowser):
    """Shows a prompt. Pictures come from the exam's files, links lead nowhere."""

    def __init__(self, look: Look, copied: Callable[[str], None] | None = None) -> None:
        super().__init__()
        self._look = look
        self._copied = copied
        self._images: dict[str, QImage] = {}
        self._source = ""
        self._before: str | None = None
        self._grows = False
        self.setProperty("kind", "plain")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setOpenLinks(False)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        look.changed.connect(self._render)

    def grows(self) -> None:
        """Be as high as the text from now on, without a scroll bar."""
        self._grows = True
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # for screen readers; the wheel and clicks are the page's
        self.setTabChangesFocus(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def show_markdown(self, text: str, images: tuple[ContentFile, ...]) -> None:
        """Show this text with these pictures."""
        self._images = {each.path: image_of(each.data) for each in images}
        self._source, self._before = text, None
        self._render()

    def show_correction(self, before: str, after: str, images: tuple[ContentFile, ...]) -> None:
        """Show a corrected text with what is different."""
        self._images = {each.path: image_of(each.data) for each in images}
        self._source, self._before = after, before
        self._render()

    def loadResource(self, kind: int, name: QUrl) -> object:
        """See Qt: only pictures of the exam, by the path that the prompt uses."""
        if kind != int(QTextDocument.ResourceType.ImageResource.value) or not name.isRelative():
            return None
        image = self._images.get(name.path().removeprefix("./"))
        if image is None or image.isNull():
            return None
        room = max(120, self.viewport_width() - 24)
        return image if image.width() <= room else image.scaledToWidth(room, Qt.TransformationMode.SmoothTransformation)

    def viewport_width(self) -> int:
        """Return how wide the text may be."""
        viewport = self.viewport()
        return viewport.width() if viewport is not None else self.width()

    def createMimeDataFromSelection(self) -> QMimeData | None:
        """See Qt: what is copied from the exam counts as the student's own; as plain text only."""
        text = self.textCursor().selectedText().replace("\u2029", "\n").replace("\u2028", "\n")
        if self._copied is not None:
            self._copied(text)
        mime = QMimeData()
        mime.setText(text)
        return mime

    def sizeHint(self) -> QSize:
        """See Qt."""
        hint = super().sizeHint()
        return QSize(hint.width(), self._height()) if self._grows else hint

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """See Qt: pictures fit again."""
        super().resizeEvent(event)
        old = event.oldSize().width() if event is not None else 0
        if self._images and old != self.width():
            self._render()
        if self._grows:
            self.setFixedHeight(self._height())

    def _html(self) -> str:
        if self._before is None:
            return html_of(self._source)
        said = Words(new=self.tr("New:"), gone=self.tr("No longer:"))
        return corrected_html(self._before, self._source, self._look.colours, said)

    def _height(self) -> int:
        document = self.document()
        return int(document.size().height()) + 12 if document is not None else 20

    def _render(self) -> None:
        document, bar = self.document(), self.verticalScrollBar()
        if document is None or bar is None:
            return
        if self._grows:
            self.setStyleSheet(
                "QTextBrowser { padding: 0; border: 2px solid transparent; border-radius: 4px; } "
                f"QTextBrowser:focus {{ border-color: {self._look.colour('focus')}; }}"
            )
        place = bar.value()
        document.clear()
        document.setDocumentMargin(0)
        document.setIndentWidth(20)
        document.setDefaultStyleSheet(prompt_sheet(self._look.colours, self._look.code_font.pointSizeF()))
        self.setHtml(self._html())
        bar.setValue(place)
        if self._grows:
            self.setFixedHeight(self._height())


def image_of(data: bytes) -> QImage:
    """Return a picture of the exam; an empty one for what is none, or is too large to be shown."""
    image = QImage.fromData(data)
    return QImage() if image.width() * image.height() > MAX_PIXELS else image
