"""Ready answers: short texts that a person sends often, kept with the person's settings."""

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QMenu, QPlainTextEdit, QWidget

from instructor_app.kit import Kit
from instructor_app.widgets.basic import column, label
from instructor_app.words import tr
from shared.look import SPACE

SHOWN = 48
MOST = 30


def first_answers() -> list[str]:
    """Return what stands there until the person writes own ones."""
    return [
        tr("I am coming to you."),
        tr("Please read the question again; everything you need is in it."),
        tr("That is a technical problem. Your work is saved; wait a moment, somebody comes."),
        tr("I can't say more on this without giving the answer away."),
    ]


def shortened(text: str) -> str:
    """Return the beginning of an answer, for a menu."""
    line = " ".join(text.split()).replace("&", "&&")
    return line if len(line) <= SHOWN else line[: SHOWN - 1].rstrip() + "…"


class AnswersMenu(QMenu):
    """Offers the answers, and to change them. It reads them anew each time."""

    def __init__(
        self, kit: Kit, parent: QWidget, use: Callable[[str], None], written: Callable[[], str] | None = None
    ) -> None:
        super().__init__(parent)
        self._kit, self._use, self._written = kit, use, written
        self.setToolTipsVisible(True)
        self.aboutToShow.connect(self.fill)

    def fill(self) -> None:
        """Put the answers in."""
        self.clear()
        for text in self._kit.preferences.answers(first_answers()):
            action = self.addAction(shortened(text), partial(self._use, text))
            action.setToolTip(text)
        self.addSeparator()
        if self._written is not None:
            save = self.addAction(tr("Keep what is written as an answer"), self._keep)
            save.setEnabled(bool(self._written()))
        self.addAction(tr("Change the answers…"), self._change)

    def _keep(self) -> None:
        known = self._kit.preferences.answers(first_answers())
        text = self._written() if self._written is not None else ""
        if text and text not in known:
            self._kit.preferences.keep_answers([*known, text][:MOST])

    def _change(self) -> None:
        dialog = AnswersDialog(self._kit, self.parentWidget())
        dialog.open()


class AnswersDialog(QDialog):
    """All answers in one text, one after the other with an empty line between."""

    def __init__(self, kit: Kit, parent: QWidget | None) -> None:
        super().__init__(parent)
        self._kit = kit
        self.setWindowTitle(tr("Ready answers"))
        self.resize(520, 380)
        self.text = QPlainTextEdit("\n\n".join(kit.preferences.answers(first_answers())))
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName(tr("Ready answers, an empty line between two"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        words = tr("Leave an empty line between two answers. They are kept on this computer, for you.")
        self.setLayout(column(label(words, "muted", wrap=True), self.text, buttons, margin=SPACE["l"]))

    def accept(self) -> None:
        """Keep them."""
        parts = [part.strip() for part in self.text.toPlainText().split("\n\n")]
        self._kit.preferences.keep_answers([part for part in parts if part][:MOST])
        super().accept()
