"""The review and export page: a status and a note per session; records out, students' bundles in."""

from collections.abc import Callable
from pathlib import Path
from typing import get_args

from PySide6.QtCore import QDir, QStandardPaths, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QFrame,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QScrollArea,
    QWidget,
)

from examdesk.staffapi.messages import ExportKind, Imported, LiveRow, ReviewStatus, SetReview
from instructor_app import transfers
from instructor_app.kit import Kit
from instructor_app.pages.live_columns import REVIEW_LOOK, review_cell, student_cell
from instructor_app.state import key_of
from instructor_app.tables.box import TableBox
from instructor_app.tables.delegate import status_cell
from instructor_app.tables.model import Column, RowsModel
from instructor_app.widgets.basic import Banner, Chip, EmptyState, button, column, holding, label, row
from instructor_app.widgets.flow import flow
from instructor_app.words import NOTHING, counted, tr
from shared.look import SPACE
from shared.problems import Problem

STATUSES: tuple[ReviewStatus, ...] = get_args(ReviewStatus)
SIDE_WIDTH = 328


class ReviewPage(QWidget):
    """See the module.

    Attributes:
        opened: (LiveRow) show this session.
    """

    opened = Signal(object)

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self._status = ""
        self.banner = Banner(kit.look)
        columns: list[Column[LiveRow]] = [
            Column("student", tr("Student"), student_cell, lambda r: r.name.casefold(), 168, stretch=True),
            Column("section", tr("Section"), lambda r: r.section or NOTHING, width=76),
            Column("status", tr("Status"), lambda r: status_cell(r.status), lambda r: r.status, 124),
            Column("runs", tr("Runs"), lambda r: str(r.runs), lambda r: r.runs, 62, number=True),
            Column("versions", tr("Versions"), lambda r: str(r.versions), lambda r: r.versions, 84, number=True),
            Column("signals", tr("Signals"), lambda r: str(r.signals or NOTHING), lambda r: r.signals, 76, number=True),
            Column("review", tr("Review"), review_cell, lambda r: STATUSES.index(r.review), 124),
        ]
        self.model: RowsModel[LiveRow] = RowsModel(columns, key_of, self)
        empty = EmptyState(
            kit.look, "review", tr("No sessions yet"), tr("When students have worked, review them here.")
        )
        self.table: TableBox[LiveRow] = TableBox(
            self.model, kit.look, kit.preferences, name="review", title=tr("Sessions to review"), empty=empty
        )
        self.table.sort("student")
        self.table.opened.connect(self.opened)
        self.table.chosen_changed.connect(self._chosen)
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Search name, id"))
        self.search.setAccessibleName(tr("Search sessions"))
        self.search.setClearButtonEnabled(True)
        self.search.setFixedWidth(180)
        self.search.textChanged.connect(lambda _: self._filter())
        self.chips = {status: Chip(kit.look, status, REVIEW_LOOK[status][0]) for status in STATUSES}
        for status, chip in self.chips.items():
            chip.clicked.connect(lambda _, status=status: self._toggle(status))
        self.setting = SetReviewCard(kit, self.table.chosen, self.banner)
        self.export = ExportCard(kit)
        self.handing_in = HandInCard(kit)
        left = column(flow(*self.chips.values(), spacing=SPACE["xs"]), self.table, spacing=SPACE["s"])
        side = QScrollArea()
        side.setFixedWidth(SIDE_WIDTH)
        side.setWidgetResizable(True)
        side.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        side.setWidget(holding(column(self.setting, self.export, self.handing_in, None, spacing=SPACE["m"])))
        body = row(spacing=SPACE["l"])
        body.addLayout(left, 1)
        body.addWidget(side)
        title = row(label(tr("Review & export"), "title"), None, self.search)
        self.setLayout(column(title, self.banner, body, spacing=SPACE["m"], margin=SPACE["l"]))
        kit.state.rows_changed.connect(self._take)
        self._take(list(kit.state.rows.values()), True)
        self._filter()
        self.setFocusProxy(self.table.view)

    def start_search(self) -> None:
        """Put the cursor into the search field."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _take(self, rows: list[LiveRow], everything: bool) -> None:
        if everything:
            self.model.replace(rows)
        else:
            self.model.update(rows)
        counts = dict.fromkeys(STATUSES, 0)
        for one in self.model.all_rows():
            if one.session:
                counts[one.review] += 1
        for status, chip in self.chips.items():
            chip.count(counts[status])

    def _toggle(self, status: str) -> None:
        self._status = "" if self._status == status else status
        for name, chip in self.chips.items():
            chip.setChecked(name == self._status)
        self._filter()

    def _filter(self) -> None:
        words, status = self.search.text().casefold().split(), self._status

        def passes(one: LiveRow) -> bool:
            text = f"{one.name} {one.student} {one.section}".casefold()
            return bool(one.session) and (not status or one.review == status) and all(word in text for word in words)

        self.model.set_filter(passes)

    def _chosen(self) -> None:
        self.setting.show_rows(self.table.chosen())


class SetReviewCard(QFrame):
    """Sets the review status of the selected sessions, with a note."""

    def __init__(self, kit: Kit, chosen: Callable[[], list[LiveRow]], banner: Banner) -> None:
        super().__init__()
        self._kit, self._chosen, self._banner = kit, chosen, banner
        self.setProperty("kind", "card")
        self.who = label(tr("Choose sessions in the table"), "muted", wrap=True)
        self.status = QComboBox()
        self.status.addItems(STATUSES)
        self.status.setCurrentText("Reviewed")
        self.status.setAccessibleName(tr("Review status"))
        self.note = QPlainTextEdit()
        self.note.setMaximumHeight(64)
        self.note.setTabChangesFocus(True)
        self.note.setPlaceholderText(tr("Note (kept with your name and the time)"))
        self.note.setAccessibleName(tr("Note"))
        self.put = button(kit.look, tr("Set status"), "check", "primary", then=self._put)
        self.setLayout(
            column(label(tr("Review"), "subtitle"), self.who, row(self.status, self.put), self.note, margin=SPACE["m"])
        )
        self.show_rows([])

    def show_rows(self, rows: list[LiveRow]) -> None:
        """Say whom it is for."""
        self.put.setEnabled(bool(rows))
        if not rows:
            self.who.setText(tr("Choose sessions in the table"))
        elif len(rows) == 1:
            self.who.setText(rows[0].name)
            self.status.setCurrentText("Reviewed" if rows[0].review == "Not reviewed" else rows[0].review)
        else:
            self.who.setText(counted(len(rows), "{n} session", "{n} sessions"))

    def _put(self) -> None:
        rows = self._chosen()
        status: ReviewStatus = STATUSES[self.status.currentIndex()]
        note = self.note.toPlainText().strip()
        before = {one.session: one.review for one in rows}

        def undo() -> None:
            for session, review in before.items():
                self._send(session, review, tr("Taken back"))

        for one in rows:
            self._send(one.session, status, note)
        self.note.clear()
        who = rows[0].name if len(rows) == 1 else counted(len(rows), "{n} session", "{n} sessions")
        self._banner.say("positive", tr("{who}: {status}", who=who, status=status), act=tr("Undo"), then=undo)

    def _send(self, session: str, status: ReviewStatus, note: str) -> None:
        request = SetReview(command="", session=session, status=status, note=note)
        self._kit.bridge.command(
            request, lambda _: None, lambda problem: self._banner.say("attention", problem.sentence, tr("Not set"))
        )


class ExportCard(QFrame):
    """Chooses what to export, fetches it into a folder, can be cancelled."""

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self._cancel: Callable[[], None] = _nothing
        self.setProperty("kind", "card")
        kinds: tuple[tuple[ExportKind, str], ...] = (
            ("workbook", tr("Workbook with all tables (XLSX)")),
            ("report", tr("Integrity report (HTML)")),
            ("sessions", tr("Session files (JSON), one per student")),
            ("events", tr("All events (CSV)")),
            ("bundle", tr("Evidence bundle: anyone can verify it")),
        )
        self.what = {kind: QCheckBox(words) for kind, words in kinds}
        for box in self.what.values():
            box.setChecked(True)
            box.toggled.connect(lambda _: self._fit())
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        self.folder = QLineEdit(str(Path(documents or QDir.homePath()) / "ExamDesk"))
        self.folder.setAccessibleName(tr("Folder for the exports"))
        browse = button(kit.look, "", "folder", tip=tr("Choose a folder"), then=self._browse)
        self.start = button(kit.look, tr("Export"), "export", "primary", then=self.begin)
        self.stop = button(kit.look, tr("Cancel"), "close", then=self._stop)
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setAccessibleName(tr("Progress of the export"))
        self.doing = label("", "small", wrap=True)
        self.banner = Banner(kit.look, narrow=True)
        self.setLayout(
            column(
                label(tr("Export"), "subtitle"),
                *self.what.values(),
                row(self.folder, browse),
                row(self.start, self.stop, None),
                self.bar,
                self.doing,
                self.banner,
                margin=SPACE["m"],
                spacing=SPACE["xs"],
            )
        )
        self._running(on=False)

    def begin(self) -> None:
        """Export what is chosen."""
        what = tuple(kind for kind, box in self.what.items() if box.isChecked())
        folder = Path(self.folder.text().strip()).expanduser()
        self.banner.hide()
        self._running(on=True)
        self._cancel = self._kit.bridge.task(
            transfers.export(what, folder), self._done, self._failed, progress=self.show_progress
        )

    def _stop(self) -> None:
        self.doing.setText(tr("Stopping…"))
        self._cancel()

    def show_progress(self, share: float, sentence: str) -> None:
        """Show how far it is."""
        self.bar.setValue(round(share * 1000))
        self.doing.setText(sentence)

    def _done(self, files: list[Path]) -> None:
        self._running(on=False)
        folder = Path(self.folder.text().strip()).expanduser()
        self.banner.say(
            "positive",
            tr("{files} in {folder}", files=counted(len(files), "{n} file", "{n} files"), folder=folder),
            tr("Exported"),
            tr("Open folder"),
            lambda: _open_folder(folder),
        )

    def _failed(self, problem: Problem) -> None:
        self._running(on=False)
        self.banner.say("attention", problem.sentence, tr("Not exported"))

    def _running(self, *, on: bool) -> None:
        self.bar.setValue(0)
        self.doing.setText("")
        for widget in (self.stop, self.bar, self.doing):
            widget.setVisible(on)
        self.start.setVisible(not on)
        self._fit()

    def _fit(self) -> None:
        self.start.setEnabled(any(box.isChecked() for box in self.what.values()))

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


def _nothing() -> None:
    """Stand in for what cancels, while nothing runs."""


def _open_folder(folder: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
