"""A text of the exam as students see it; nothing is ever fetched from outside."""

from collections.abc import Mapping

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QImage, QResizeEvent, QTextDocument
from PySide6.QtWidgets import QTextBrowser

from instructor_app.theme import Look
from shared.look.prompt import html_of, prompt_sheet

MAX_PIXELS = 40_000_000


class PromptView(QTextBrowser):
    """Shows Markdown as the student's desk does. Pictures come from the exam's files, links lead nowhere."""

    def __init__(self, look: Look, name: str) -> None:
        super().__init__()
        self._look = look
        self._source = ""
        self._pictures: dict[str, QImage] = {}
        self.setOpenLinks(False)
        self.setProperty("kind", "plain")
        self.setAccessibleName(name)
        look.changed.connect(self._render)

    def show_markdown(self, text: str, pictures: Mapping[str, bytes] | None = None) -> None:
        """Show a text with pictures by the path that it uses."""
        if pictures is not None:
            self._pictures = {path: _image(data) for path, data in pictures.items()}
        self._source = text
        self._render()

    def loadResource(self, kind: int, name: QUrl | str) -> object:  # noqa: N802
        """Give only pictures of the exam."""
        url = QUrl(name)
        if kind != QTextDocument.ResourceType.ImageResource.value or not url.isRelative():
            return None
        image = self._pictures.get(url.path().removeprefix("./"))
        if image is None or image.isNull():
            return None
        room = max(120, self.viewport().width() - 24)
        return image if image.width() <= room else image.scaledToWidth(room, Qt.TransformationMode.SmoothTransformation)

    def _render(self) -> None:
        place = self.verticalScrollBar().value()
        document = self.document()
        document.clear()
        document.setIndentWidth(20)
        document.setDefaultStyleSheet(prompt_sheet(self._look.colours, self._look.code_font().pointSizeF()))
        self.setHtml(html_of(self._source))
        self.verticalScrollBar().setValue(place)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Fit pictures again."""
        super().resizeEvent(event)
        if self._pictures and event.oldSize().width() != event.size().width():
            self._render()


def _image(data: bytes) -> QImage:
    image = QImage.fromData(data)
    return QImage() if image.width() * image.height() > MAX_PIXELS else image
