"""Files for students: the join file, and the exam for PCs that never have a network."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QDir, Qt
from PySide6.QtWidgets import QFileDialog, QMenu, QPushButton, QWidget

from instructor_app.joining import join_file
from instructor_app.kit import Kit
from instructor_app.saving import save_whole
from instructor_app.transfers import desk_file
from instructor_app.widgets.basic import Banner
from instructor_app.words import counted, tr
from shared.bundle.desk_file import SUFFIX
from shared.problems import Problem

JOIN_SUFFIX = ".examjoin"


class StudentFiles:
    """A button with a menu."""

    def __init__(self, kit: Kit, banner: Banner, page: QWidget) -> None:
        self._kit, self._banner, self._page = kit, banner, page
        self.button = QPushButton(tr("Files for students"))
        kit.look.dress(self.button, "file", "text")
        self.button.setAccessibleName(tr("Files for students"))
        menu = QMenu(self.button)
        menu.setToolTipsVisible(True)
        join = menu.addAction(tr("Join file…"), partial(self._choose, JOIN_SUFFIX, self.save_join_file))
        join.setToolTip(tr("Leads a student's ExamDesk to this hub where it does not find it by itself."))
        exam = menu.addAction(tr("The exam, for PCs without a network…"), partial(self._choose, SUFFIX, self.save_exam))
        exam.setToolTip(tr("Sealed: it gives away nothing before the start code is read aloud."))
        self.button.setMenu(menu)

    def save_join_file(self, path: Path) -> None:
        """Write the file that leads to this hub."""
        exam = self._kit.state.exam
        data = join_file(exam) if exam is not None else b""
        if not data:
            self._banner.say("attention", tr("This laptop has no address on a network, so no file can lead to it."))
            return
        why = save_whole(path, data)
        if why:
            self._banner.say("attention", tr("{file} can't be written: {why}", file=path.name, why=why))
            return
        self._banner.say(
            "positive",
            tr("Students open it in ExamDesk, or by a double click; they still type the room code."),
            tr("{file} is written", file=path.name),
        )

    def save_exam(self, path: Path) -> None:
        """Fetch the sealed exam and write it."""

        def done(written: tuple[int, int]) -> None:
            size, packages = written
            beside = counted(
                packages, "Keep the folder with its {n} package beside it.", "Keep the {n} packages beside it."
            )
            words = tr("Students open it in ExamDesk and begin with the start code that you read out.")
            self._banner.say(
                "positive",
                f"{words} {beside}" if packages else words,
                tr("{file} is written, {size} KB", file=path.name, size=-(-size // 1024)),
            )

        def failed(problem: Problem) -> None:
            self._banner.say("attention", problem.sentence, tr("{file} was not written", file=path.name))

        self._kit.bridge.task(desk_file(path), done, failed)

    def _choose(self, suffix: str, then: Callable[[Path], None]) -> None:
        exam = self._kit.state.exam
        name = f"{exam.short_name if exam is not None else 'exam'}{suffix}".replace("/", "-")
        dialog = QFileDialog(self._page, tr("Save a file for students"), QDir.homePath(), f"*{suffix}")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(suffix.removeprefix("."))
        dialog.selectFile(name)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda chosen: then(Path(chosen)))
        dialog.open()
