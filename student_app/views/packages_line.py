"""How far the exam's packages are on their way to this PC: a picture, a sentence, and a bar while it goes on."""

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QLabel, QProgressBar, QWidget

from student_app.core.packages import PackagesView
from student_app.views.look import Look
from student_app.views.pieces import column, label, row
from student_app.views.words import number, tr


def sentence(view: PackagesView) -> str:
    """Return what the student reads of the packages; empty where the exam has none."""
    if view.phase == "fetching":
        done, total = number(view.done // 1_000_000), number(max(1, view.total // 1_000_000))
        return tr("The exam's packages are being brought to this PC: {done} of {total} MB.").format(
            done=done, total=total
        )
    if view.phase == "installing":
        return tr("The exam's packages are being unpacked on this PC…")
    if view.phase == "ready":
        return tr("The exam's packages are ready on this PC.")
    return view.sentence


class PackagesLine(QWidget):
    """A line of the waiting room; hidden where the exam has no packages."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._picture = QLabel()
        self._words = label(role="muted", wrap=True)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(6)
        self._bar.setAccessibleName(tr("Progress of the exam's packages"))
        line = row(self._picture, self._words)
        line.setAlignment(self._picture, Qt.AlignmentFlag.AlignTop)
        line.setStretch(1, 1)
        whole = column(line, self._bar, spacing=6)
        whole.setContentsMargins(0, 0, 0, 0)
        self.setLayout(whole)

    def refresh(self, view: PackagesView) -> None:
        """Show how far they are."""
        self.setVisible(view.phase != "none")
        icon, colour = {"ready": ("check", "positive"), "missing": ("warning", "attention")}.get(
            view.phase, ("import", "muted")
        )
        self._look.dress(self._picture, icon, colour, 16)
        self._words.setText(sentence(view))
        self._bar.setVisible(view.phase in {"fetching", "installing"})
        self._bar.setRange(0, 1000)
        self._bar.setValue(1000 * view.done // view.total if view.total else 0)
