"""What opens beside the work: messages, notes, instructions, files of the exam."""

from typing import Literal

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QStackedWidget

from shared.exam.content import ContentFile
from student_app.core.session import Phase
from student_app.core.state import DeskState
from student_app.views.attachments_pane import AttachmentsPane
from student_app.views.look import Look
from student_app.views.panes import InstructionsPane, MessagePane, NotesPane
from student_app.views.pieces import Pane
from student_app.views.port import DeskPort, Surroundings


class SideArea(QStackedWidget):
    """One pane at a time, or none; `turned` tells that it was opened or closed."""

    turned = pyqtSignal(bool)

    def __init__(self, desk: DeskPort, around: Surroundings, look: Look) -> None:
        super().__init__()
        self._desk = desk
        self._around = around
        self.files: tuple[ContentFile, ...] = ()
        self._notes_loaded = False
        self.messages = MessagePane(look)
        self.notes = NotesPane(look)
        self.instructions = InstructionsPane(look)
        self.attachments = AttachmentsPane(look, desk.copied)
        for pane in (self.messages, self.notes, self.instructions, self.attachments):
            self.addWidget(pane)
            pane.closed.connect(self.close_pane)
        self.notes.written.connect(desk.write_notes)
        self.hide()

    def refresh(self, state: DeskState) -> None:
        """Show the messages as they are now, where they are seen."""
        if self.isHidden():
            return
        if self.currentWidget() is self.messages:
            self.messages.refresh(state, self._around.sent())
        elif state.phase is Phase.PAUSED:
            self.close_pane()  # a pause covers everything of the exam; messages stay

    def opened(self) -> None:
        """Another journal is open."""
        self._notes_loaded = False

    def toggle_messages(self, question: str) -> None:
        """Open or close the messages."""
        if self._shows(self.messages):
            self.close_pane()
        else:
            self.open_messages("message", question)

    def open_messages(self, kind: Literal["message", "problem"], question: str) -> None:
        """Open the messages, to write one or to report a problem with the question of this title."""
        self._open(self.messages)
        self.refresh(self._desk.state())
        self.messages.begin(kind, question)

    def toggle_notes(self) -> None:
        """Open or close the notes."""
        content = self._desk.content
        if self._shows(self.notes) or (content is not None and not content.desk.notes):
            self.close_pane()
            return
        if not self._notes_loaded:
            self.notes.load(self._desk.state().notes)
            self._notes_loaded = True
        self._open(self.notes)
        self.notes.text.setFocus()

    def toggle_instructions(self) -> None:
        """Open or close the exam's instructions."""
        content = self._desk.content
        if content is None or self._shows(self.instructions):
            self.close_pane()
            return
        self.instructions.load(content)
        self._open(self.instructions)

    def offer(self, files: tuple[ContentFile, ...]) -> None:
        """Offer these files of the exam and of the question that is shown."""
        if files == self.files:
            return
        self.files = files
        if self._shows(self.attachments):
            self.attachments.load(files)
            if not files:
                self.close_pane()

    def toggle_attachments(self) -> None:
        """Open or close the files that there are to read."""
        if not self.files or self._shows(self.attachments):
            self.close_pane()
            return
        self.attachments.load(self.files)
        self._open(self.attachments)
        self.attachments.choice.setFocus()

    def close_pane(self) -> None:
        """Close what is open."""
        self.notes.keep()
        self.hide()
        self.turned.emit(False)

    def _shows(self, pane: Pane) -> bool:
        return self.isVisible() and self.currentWidget() is pane

    def _open(self, pane: Pane) -> None:
        self.setCurrentWidget(pane)
        self.show()
        self.turned.emit(True)
