"""Records out, students' bundles in: what to export and of whom, with a preview of it, how far it is, what was made."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QDir, QStandardPaths, Qt, QTimer, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QProgressBar,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from examdesk.staffapi.messages import (
    ExportPlan,
    ImportBundle,
    Imported,
    PlanExport,
    StartExport,
)
from instructor_app import transfers
from instructor_app.kit import Kit
from instructor_app.pages.export_choices import KindsCard, OptionsCard
from instructor_app.pages.export_pace import Pace, in_sum, no_room
from instructor_app.widgets.basic import Banner, button, clear, column, holding, label, row
from instructor_app.words import bytes_words, counted, tr
from shared.look import SPACE
from shared.problems import Problem

SIDE_WIDTH = 372
PLAN_AFTER_MS = 250
MOST_MADE = 12


class ExportTab(QWidget):
    """See the module."""

    def __init__(self, kit: Kit, chosen: Callable[[], list[str]]) -> None:
        super().__init__()
        self._kit = kit
        self._cancel: Callable[[], None] = _nothing
        self.kinds = KindsCard(kit)
        self.what = self.kinds.boxes
        self.options = OptionsCard(kit, chosen)
        self.handing_in = HandInCard(kit)
        self.summary = label("", "muted", wrap=True)
        self._free: int | None = None
        self._pace = Pace(0)
        self._make_running()
        self._lay_out()
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(PLAN_AFTER_MS)
        self._later.timeout.connect(self.plan)
        self._show_banner = QTimer(self)  # once it has its place
        self._show_banner.setSingleShot(True)
        self._show_banner.setInterval(0)
        self._show_banner.timeout.connect(lambda: self._side.ensureWidgetVisible(self.banner))
        self.kinds.changed.connect(self._fit)
        self.options.changed.connect(self._later.start)
        kit.state.names_changed.connect(self._later.start)
        self.folder.textChanged.connect(self._forget_room)
        self._running(on=False)

    # ------------------------------------------------------------------------------------- making

    def _make_running(self) -> None:
        look = self._kit.look
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        self.folder = QLineEdit(str(Path(documents or QDir.homePath()) / "ExamDesk"))
        self.folder.setAccessibleName(tr("Folder for the exports"))
        self._browse_button = button(look, "", "folder", tip=tr("Choose a folder"), then=self._browse)
        self.start = button(look, tr("Export"), "export", "primary", then=self.begin)
        self._kit.bridge.rights.guard(self.start, StartExport)
        self.stop = button(look, tr("Cancel"), "close", then=self._stop)
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setAccessibleName(tr("Progress of the export"))
        self.doing = label("", "small", wrap=True)
        self.left = label("", "small")
        self.tight = Banner(look, narrow=True)
        self.banner = Banner(look, narrow=True)
        self.made = QVBoxLayout()
        self.made.setSpacing(SPACE["hair"])
        self.made.setContentsMargins(0, 0, 0, 0)
        self._made = holding(self.made)

    def _lay_out(self) -> None:
        told = row(self.doing, self.left)
        told.setStretch(0, 1)
        told.setAlignment(self.left, Qt.AlignmentFlag.AlignTop)
        going = QFrame()
        going.setProperty("kind", "card")
        going.setLayout(
            column(
                label(tr("Into this folder"), "subtitle"),
                row(self.folder, self._browse_button),
                self.summary,
                self.tight,
                row(self.start, self.stop, None),
                self.bar,
                told,
                self.banner,
                self._made,
                margin=SPACE["m"],
            )
        )
        side = holding(column(self.options, going, self.handing_in, None, spacing=SPACE["m"]))
        self._side = _scrolled(side, SIDE_WIDTH)
        body = row(
            _scrolled(holding(column(self.kinds, None))),
            self._side,
            spacing=SPACE["m"],
            margin=SPACE["xs"],
        )
        body.setStretch(0, 1)
        self.setLayout(body)

    # ------------------------------------------------------------------------------------- before

    def plan(self) -> None:
        """Ask the hub what the exports would hold."""
        if self.start.isVisible():
            request = PlanExport(options=self.options.options())
            self._kit.bridge.query(request, self._take_plan, self._no_plan, key="export plan")
            self._kit.bridge.task(transfers.free_at(self._folder()), self._take_room, key="export room")

    def _take_plan(self, plan: ExportPlan) -> None:
        self.banner.hide()
        self.kinds.show_plan(plan)
        self._fit()

    def _forget_room(self) -> None:
        self._free = None
        self._fit()
        self._later.start()

    def _take_room(self, free: int | None) -> None:
        self._free = free
        self._fit()

    def _no_plan(self, problem: Problem) -> None:
        self.banner.say("attention", problem.sentence)

    def _fit(self) -> None:
        files, size = self.kinds.chosen_size()
        tight = no_room(size, self._free) if self.start.isVisibleTo(self) else ""
        self.tight.setVisible(bool(tight))
        if tight:
            self.tight.say("attention", tight, tr("Not enough room"))
        if not self.kinds.chosen():
            self.summary.setText(tr("Choose at least one kind of export."))
        elif files:
            self.summary.setText(in_sum(files, size, self._free))
        else:
            self.summary.setText("")
        self.start.setEnabled(bool(self.kinds.chosen()))

    # ------------------------------------------------------------------------------------- during

    def begin(self) -> None:
        """Export what is chosen."""
        folder = self._folder()
        self.banner.hide()
        clear(self.made)
        self._pace = Pace(self._kit.clock.mono_us() // 1000)
        self._running(on=True)
        self._cancel = self._kit.bridge.task(
            transfers.export(self.kinds.chosen(), folder, self.options.options()),
            self._done,
            self._failed,
            progress=self.show_progress,
        )

    def _stop(self) -> None:
        self.doing.setText(tr("Stopping…"))
        self.left.setText("")
        self._cancel()

    def show_progress(self, share: float, sentence: str) -> None:
        """Show how far it is."""
        self.bar.setValue(round(share * 1000))
        self.doing.setText(sentence[:1].upper() + sentence[1:])
        self.left.setText(self._pace.left(share, self._kit.clock.mono_us() // 1000))

    def _running(self, *, on: bool) -> None:
        self.bar.setValue(0)
        self.doing.setText("")
        self.left.setText("")
        self._made.setVisible(False)
        for widget in (self.stop, self.bar, self.doing, self.left):
            widget.setVisible(on)
        self.start.setVisible(not on)
        for part in (self.kinds, self.options, self.folder, self._browse_button):
            part.setEnabled(not on)
        self._fit()

    # ------------------------------------------------------------------------------------- after

    def _done(self, files: list[Path]) -> None:
        self._running(on=False)
        folder = self._folder()
        self.banner.say(
            "positive",
            tr("{files} in {folder}", files=counted(len(files), "{n} file", "{n} files"), folder=folder),
            tr("Exported"),
            tr("Show in folder"),
            lambda: _open(folder),
        )
        made: dict[Path, list[Path]] = {}
        for file in files:
            made.setdefault(folder / file.relative_to(folder).parts[0], []).append(file)
        for top, below in list(made.items())[:MOST_MADE]:
            self.made.addLayout(self._made_row(top, below))
        self._made.setVisible(True)
        self._later.start()
        self._show_banner.start()

    def _made_row(self, top: Path, files: list[Path]) -> QHBoxLayout:
        size = sum(file.stat().st_size for file in files if file.exists())
        many = counted(len(files), "{n} file", "{n} files") + ", " if [top] != files else ""
        tip = tr("Open {name}", name=top.name)
        link = button(self._kit.look, top.name, kind="link", tip=tip, then=lambda: _open(top))
        link.setAccessibleName(tip)
        return row(link, None, label(f"{many}{bytes_words(size)}", "small"))

    def _failed(self, problem: Problem) -> None:
        self._running(on=False)
        self.banner.say("attention", problem.sentence, tr("Not exported"))
        self._show_banner.start()

    def _folder(self) -> Path:
        return Path(self.folder.text().strip() or QDir.homePath()).expanduser()

    def _browse(self) -> None:
        dialog = QFileDialog(self, tr("Folder for the exports"), self.folder.text())
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.folder.setText)
        dialog.open()


class HandInCard(QFrame):
    """Takes a student's bundle from a stick."""

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self.setProperty("kind", "card")
        self.banner = Banner(kit.look, narrow=True)
        self.put = button(kit.look, tr("Hand in a bundle…"), "import", then=self._choose)
        kit.bridge.rights.guard(self.put, ImportBundle)
        words = tr(
            "A desk that had no network hands in its work as a file on a stick. What is here already is left alone."
        )
        self.setLayout(
            column(
                label(tr("Bring in"), "subtitle"),
                label(words, "small", wrap=True),
                row(self.put, None),
                self.banner,
                margin=SPACE["m"],
            )
        )

    def hand_in(self, path: Path) -> None:
        """Hand in one file."""
        self.put.setEnabled(False)
        self.put.setText(tr("Handing in…"))
        self._kit.bridge.task(transfers.hand_in(path), self._done, self._failed)

    def _choose(self) -> None:
        dialog = QFileDialog(self, tr("Hand in a student's bundle"), QDir.homePath())
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda chosen: self.hand_in(Path(chosen)))
        dialog.open()

    def _done(self, brought: Imported) -> None:
        self._over()
        new = counted(brought.new_events, "{n} new event", "{n} new events")
        self.banner.say("positive", "\n".join(brought.sentences) or new, new)

    def _failed(self, problem: Problem) -> None:
        self._over()
        self.banner.say("attention", problem.sentence, tr("Not handed in"))

    def _over(self) -> None:
        self.put.setEnabled(True)
        self.put.setText(tr("Hand in a bundle…"))


def _scrolled(widget: QWidget, width: int = 0) -> QScrollArea:
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(widget)
    if width:
        area.setFixedWidth(width)
    return area


def _nothing() -> None:
    """Stand in for what cancels, while nothing runs."""


def _open(path: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
