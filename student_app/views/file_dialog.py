"""A name for a file, checked while it is typed."""

from collections.abc import Callable, Collection

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QDialog, QDialogButtonBox, QLineEdit, QPushButton, QVBoxLayout, QWidget

from shared.exam.paths import path_mistake
from student_app.views.pieces import label, set_property


class FileNameDialog(QDialog):
    """Asks for a name."""

    def __init__(self, parent: QWidget, title: str, name: str, taken: Collection[str]) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setLayoutDirection(parent.layoutDirection())
        self._before = name
        self._taken = {each.casefold() for each in taken}
        self.name = QLineEdit(name)
        self.name.setPlaceholderText("helper.py")
        self.name.setAccessibleName(self.tr("Name of the file"))
        self._hint = label(role="small", wrap=True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        ok = buttons.button(QDialogButtonBox.StandardButton.Ok)
        assert ok is not None
        self.ok: QPushButton = ok
        self.ok.setProperty("kind", "primary")
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        for widget in (label(self.tr("Name of the file")), self.name, self._hint, buttons):
            layout.addWidget(widget)
        self.setMinimumWidth(380)
        self.name.textChanged.connect(self._check)
        self.name.setSelection(0, len(name.rpartition(".")[0]) or len(name))
        self._check()

    def _check(self) -> None:
        name = self.name.text().strip()
        mistake = path_mistake(name) if name else ""
        said = self.tr("The name {mistake}.").format(mistake=mistake) if mistake else ""
        if name.casefold() in self._taken and name.casefold() != self._before.casefold():
            said = self.tr("There is a file of this name already.")
        self._hint.setText(said or self.tr("Python files end in .py and can be imported by your other files."))
        set_property(self.name, "state", "wrong" if said else "")
        self.ok.setEnabled(bool(name) and not said)


def ask_file_name(parent: QWidget, title: str, name: str, taken: Collection[str], then: Callable[[str], None]) -> None:
    """Ask for a name, and call `then` with it if the student gave one."""
    dialog = FileNameDialog(parent, title, name, taken)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.accepted.connect(lambda: then(dialog.name.text().strip()))
    dialog.open()
