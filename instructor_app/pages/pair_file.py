"""Saving a pair as one page that anybody can read without ExamDesk."""

from pathlib import Path

from PySide6.QtCore import QDateTime, QDir, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from examdesk.staffapi.messages import ExamView, GetSideBySide, PairView, SideBySide
from examdesk.staffapi.pair_report import PairPage, pair_page
from instructor_app.kit import Kit
from instructor_app.saving import save_whole
from instructor_app.widgets.basic import Banner, button
from instructor_app.words import clock_time, day_and_time, tr
from shared.problems import Problem

NOT_IN_NAMES = '\\/:*?"<>|'


class PairFile:
    """A button; `show` says which pair it would save."""

    def __init__(self, kit: Kit, banner: Banner, page: QWidget) -> None:
        self._kit, self._banner, self._page = kit, banner, page
        self._pair: PairView | None = None
        self._shown: SideBySide | None = None
        self._question = ""
        self.button = button(kit.look, tr("Save as a page…"), "export", then=self._choose)
        self.button.setToolTip(tr("One HTML file with both programs, the passages and their times (Ctrl+S)"))
        self.button.setShortcut("Ctrl+S")
        self.button.setEnabled(False)

    def show(self, pair: PairView | None, shown: SideBySide | None, question: str) -> None:
        """Take the pair on the screen, or none."""
        self._pair, self._shown, self._question = pair, shown, question
        self.button.setEnabled(shown is not None)

    def save(self, path: Path) -> None:
        """Write the page as it is on the screen, once the hub has noted that it is taken out."""
        pair, shown, exam = self._pair, self._shown, self._kit.state.exam
        if shown is None or pair is None or exam is None:
            return
        request = GetSideBySide(a=pair.a, b=pair.b, question=self._question, taken=True)
        self._kit.bridge.query(request, lambda _: self._write(path, pair, shown, exam), self._refused)

    def _refused(self, problem: Problem) -> None:
        self._banner.say("attention", problem.sentence, tr("Nothing is written"))

    def _write(self, path: Path, pair: PairView, shown: SideBySide, exam: ExamView) -> None:
        about = PairPage(
            exam=exam.long_name,
            question=self._question,
            made=day_and_time(QDateTime.currentMSecsSinceEpoch()),
            below=pair.below,
            clock=lambda at_ms: clock_time(at_ms, seconds=True),
        )
        why = save_whole(path, pair_page(shown, about).encode())
        if why:
            self._banner.say("attention", tr("{file} can't be written: {why}", file=path.name, why=why))
        else:
            words = tr("It holds names and code of two students: keep it as you keep the records.")
            self._banner.say("positive", words, tr("{file} is written", file=path.name))

    def _choose(self) -> None:
        if self._shown is None:
            return
        name = f"{self._shown.a_name} - {self._shown.b_name}.html"
        dialog = QFileDialog(self._page, tr("Save this pair as a page"), QDir.homePath(), "*.html")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("html")
        dialog.selectFile("".join("-" if sign in NOT_IN_NAMES else sign for sign in name))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda chosen: self.save(Path(chosen)))
        dialog.open()
