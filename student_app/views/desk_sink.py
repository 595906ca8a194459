"""The desk as the editor's sink."""

from shared.text import TextModel
from student_app.core.recorder import How
from student_app.views.port import DeskPort, PasteHow, Surroundings


class DeskSink:
    """Passes every change on to the desk, and reads the recorded texts; see `EditSink`."""

    def __init__(self, desk: DeskPort, around: Surroundings) -> None:
        self._desk = desk
        self._around = around

    def model(self, file: str) -> TextModel:
        """See `EditSink`."""
        return self._around.model(file)

    def replace(self, file: str, at: int, removed: int, text: str, how: How = "type") -> None:
        """See `EditSink`."""
        self._desk.replace(file, at, removed, text, how)

    def paste(self, file: str, at: int, removed: int, text: str, how: PasteHow = "paste") -> bool:
        """See `EditSink`."""
        return self._desk.paste(file, at, removed, text, how)

    def copied(self, text: str) -> None:
        """See `EditSink`."""
        self._desk.copied(text)

    def free(self) -> bool:
        """See `EditSink`."""
        content = self._desk.content
        return content is None or content.desk.paste == "allow"

    def revert(self, file: str, text: str) -> None:
        """See `EditSink`."""
        self._desk.revert(file, text)
