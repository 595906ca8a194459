"""The exam editor: everything together."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, QUrl, Signal, SignalInstance
from PySide6.QtGui import QDesktopServices, QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QFileDialog, QMenu, QSplitter, QStackedWidget, QWidget

from instructor_app.engine import EngineCommand, sentence_of
from instructor_app.kit import Kit
from instructor_app.pages.authoring import leaves
from instructor_app.pages.authoring.access import access_leaf, schedule_leaf
from instructor_app.pages.authoring.author import Author, spelled
from instructor_app.pages.authoring.edition import EditionPage
from instructor_app.pages.authoring.files import FileList
from instructor_app.pages.authoring.findings_panel import FindingsPanel
from instructor_app.pages.authoring.outline import Node, Outline
from instructor_app.pages.authoring.overview import OrphanPage, Overview
from instructor_app.pages.authoring.packages import PackagesLeaf
from instructor_app.pages.authoring.preview import PreviewPage
from instructor_app.pages.authoring.question import QuestionPage
from instructor_app.pages.authoring.ready import ReadyPage
from instructor_app.pages.authoring.staged import Staged
from instructor_app.widgets.basic import Banner, Elided, button, card, column, holding, label, pill, row
from instructor_app.words import named, tr
from shared.exam import question_edits
from shared.exam.checking import QUESTIONS
from shared.exam.editing import parse_path
from shared.exam.findings import Finding
from shared.exam.packages import WHEELS
from shared.exam.reading import EXAM_FILE
from shared.look import SPACE
from shared.problems import InputProblem

OUTLINE_WIDTH = 230
NEWS_MS = 8_000


class AuthoringPage(QWidget):
    """See the module.

    Attributes:
        closed: the person goes back to the exams.
        open_wanted: (path) open this exam.
        copy_wanted: (path) make a new exam of it.
        rosters_wanted: go to the page of rosters.
        pcs_wanted: go to the checks of the lab's PCs.
    """

    closed = Signal()
    open_wanted = Signal(object)
    copy_wanted = Signal(object)
    rosters_wanted = Signal()
    pcs_wanted = Signal()

    def __init__(self, kit: Kit, folder: Path) -> None:
        super().__init__()
        self._kit = kit
        self.author = Author(folder, self)
        self.staged = Staged(self.author, self)
        self.banner = Banner(kit.look)
        self.name = Elided("", "title")
        self.draft = pill(tr("Draft"), "info")
        self.running = pill(tr("Running"), "positive")
        self.outline = Outline(kit, self.author)
        self.findings = FindingsPanel(kit, self.author)
        self.stack = QStackedWidget()
        self._runs = False
        self._leaves: dict[str, QWidget] = {}
        self._news = QTimer(self)
        self._news.setSingleShot(True)
        self._news.setInterval(NEWS_MS)
        self._news.timeout.connect(self.banner.hide)
        self._make_tools()
        side = holding(column(self.outline))
        side.setMinimumWidth(180)
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self.split.addWidget(side)
        self.split.addWidget(card(column(self.stack), margin=SPACE["xs"]))
        self.split.setChildrenCollapsible(False)
        self.split.setSizes([OUTLINE_WIDTH, 800])
        self.split.setStretchFactor(1, 1)
        self._lay_out()
        self.setFocusProxy(self.outline)
        self._connect()
        self._read()
        self._show(self.outline.node())

    def _make_tools(self) -> None:
        look = self._kit.look
        self.back = button(look, "", "chevron-left", "quiet", tip=tr("Back to the exams"), then=self._close)
        self.undo = button(look, "", "undo", "quiet", then=self._undo)
        self.redo = button(look, "", "restart", "quiet", then=self._redo)
        for small in (self.back, self.undo, self.redo):
            small.setFixedWidth(34)
        self.preview = button(look, tr("As a student"), "eye", then=self.show_preview)
        self.ready = button(look, tr("Ready?"), "check", then=self.show_ready)
        self.edition = button(look, tr("Changes at the desks"), "export", kind="primary", then=self.show_edition)
        self.edition.setToolTip(tr("What the exam's folder changes at the desks, and bringing it to them"))
        self.open = button(look, tr("Open"), kind="primary", then=partial(self._tell, self.open_wanted))
        self.open.setToolTip(tr("Start the hub of this exam"))
        self.more = button(look, "", "more", "quiet", tip=tr("More"))
        self.more.setFixedWidth(40)
        menu = QMenu(self.more)
        menu.addAction(tr("Make a new exam of this one…"), partial(self._tell, self.copy_wanted))
        menu.addAction(tr("Pack into one .exam file…"), self._pack)
        menu.addAction(tr("Show the folder"), self._show_folder)
        self.more.setMenu(menu)

    def _lay_out(self) -> None:
        head = row(
            self.back,
            self.name,
            self.draft,
            self.running,
            self.undo,
            self.redo,
            self.preview,
            self.ready,
            self.more,
            self.edition,
            self.open,
        )
        head.setStretch(1, 1)
        self.note = label(
            tr(
                "This exam runs: what you change here is saved, and reaches the desks when you bring it to them by "
                "“Changes at the desks”."
            ),
            "muted",
            wrap=True,
        )
        self.note.hide()
        layout = column(head, self.banner, self.note, self.split, self.findings, spacing=SPACE["s"], margin=SPACE["m"])
        layout.setStretch(3, 1)
        self.editor = holding(layout)
        self.sides = QStackedWidget()
        self.sides.addWidget(self.editor)
        self.preview_page: PreviewPage | None = None
        self.ready_page: ReadyPage | None = None
        self.edition_page: EditionPage | None = None
        self.setLayout(column(self.sides))

    def _connect(self) -> None:
        self.author.read.connect(self._read)
        self.author.outside.connect(self._outside)
        self.author.failed.connect(self._failed)
        self.outline.chosen.connect(self._show)
        self.outline.acting.connect(self.flush)
        self.outline.entered.connect(self._enter)
        self.outline.renaming.connect(self._rename)
        self.outline.said.connect(lambda sentence: self.banner.say("info", sentence, "", tr("Undo"), self._undo))
        self.findings.wanted.connect(self.go_to)
        self._kit.state.exam_changed.connect(self._read_head)
        for keys, does in (
            ("F8", self._next_finding),
            ("Ctrl+Z", self._undo),
            ("Ctrl+Shift+Z", self._redo),
            ("Ctrl+S", self.flush),
        ):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(does)

    # ------------------------------------------------------------------------------------- showing

    def leaf(self) -> QWidget | None:
        """Return the part that is shown beside the outline."""
        return self.stack.currentWidget()

    def flush(self) -> None:
        """Write what is typed and not written yet."""
        flush = getattr(self.leaf(), "flush", None)
        if flush is not None:
            flush()

    def go_to(self, finding: Finding) -> None:
        """Show where a finding is mended."""
        self.outline.choose(self.outline.key_for(finding))
        leaf = self.leaf()
        if isinstance(leaf, QuestionPage):
            self._go_in_question(leaf, finding)
        elif isinstance(leaf, FileList):
            leaf.go_to(finding.file, finding.line)
        elif finding.field:
            show = getattr(leaf, "show_field", None)
            if show is not None:
                show(_place(finding.field))

    def _go_in_question(self, leaf: QuestionPage, finding: Finding) -> None:
        if finding.file == EXAM_FILE:
            place = question_edits.question_places(self.author.raw).get(leaf.question, ())
            path = _place(finding.field)
            leaf.show_field(str(path[len(place)]) if len(path) > len(place) else "title")
        else:
            leaf.show_file(finding.file.removeprefix(f"{QUESTIONS}/{leaf.question}/"), finding.line)

    def _read(self) -> None:
        leaf = self.leaf()
        wanted = f"question:{leaf.question}" if isinstance(leaf, QuestionPage) else ""
        self.outline.refresh(wanted)
        self.findings.refresh()
        self._read_head()
        leaf = self.leaf()
        if isinstance(leaf, QuestionPage):
            self._refresh_question(leaf)
        elif leaf is not None:
            refresh = getattr(leaf, "refresh", None)
            if refresh is not None:
                refresh()

    def _refresh_question(self, leaf: QuestionPage) -> None:
        place = question_edits.question_places(self.author.raw).get(leaf.question)
        if leaf.question != leaf.built_for:
            self._show(Node("question", leaf.question, place or ()))
        elif place is not None:
            leaf.refresh(place)

    def _read_head(self) -> None:
        exam, served = self.author.now.exam, self._kit.state.exam
        title = self.author.value(("title",))
        said = title if isinstance(title, str) and title else self.author.folder.name
        self.name.setText(exam.long_name if exam is not None else said)
        self.name.setToolTip(str(self.author.folder))
        self.draft.setVisible(exam is not None and exam.draft)
        runs = served is not None and exam is not None and served.exam == exam.uuid.hex
        self.running.setVisible(runs)
        self._runs = runs
        self.note.setVisible(runs and self.outline.node().kind not in ("schedule", "access"))
        self.open.setVisible(not runs)
        self.edition.setVisible(runs)
        self.undo.setEnabled(bool(self.author.draft.undo_label))
        self.redo.setEnabled(bool(self.author.draft.redo_label))
        self.undo.setToolTip(tr("Undo: {what} (Ctrl+Z)", what=self.author.draft.undo_label or tr("nothing yet")))
        self.redo.setToolTip(tr("Do again: {what} (Ctrl+Shift+Z)", what=self.author.draft.redo_label or tr("nothing")))
        self.undo.setAccessibleName(tr("Undo"))
        self.redo.setAccessibleName(tr("Do again"))
        self.open.setEnabled(self.author.now.sound)
        self.preview.setEnabled(self.author.now.sound)
        if self.author.broken:
            self._news.stop()
            self.banner.say(
                "attention",
                tr("The forms show again when that is mended: choose Files, then exam.toml. Nothing is lost."),
                self.author.broken,
            )

    def _outside(self, changed: frozenset[str]) -> None:
        changed = frozenset(path for path in changed if not path.startswith(f"{WHEELS}/"))  # its own part says those
        if changed and not self.banner.isVisible():
            self._news.start()
            self.banner.say(
                "info", tr("Another program changed {files}; it is shown as it is now.", files=named(sorted(changed)))
            )

    def _failed(self, sentence: str) -> None:
        self._news.stop()
        self.banner.say("attention", sentence)

    def _show(self, node: Node) -> None:
        if not node.kind:
            return
        self.note.setVisible(self._runs and node.kind not in ("schedule", "access"))
        self._flush_before(node)
        if node.kind in ("question", "zone", "group", "orphan"):
            self._show_fresh(self._make_entry(node))
            return
        if node.kind not in self._leaves:
            self._leaves[node.kind] = self._make_leaf(node.kind)
            self.stack.addWidget(self._leaves[node.kind])
        self._drop_fresh()
        self.stack.setCurrentWidget(self._leaves[node.kind])
        refresh = getattr(self._leaves[node.kind], "refresh", None)
        if refresh is not None:
            refresh()

    def _flush_before(self, node: Node) -> None:
        leaf = self.leaf()
        if not isinstance(leaf, QuestionPage):
            self.flush()
        elif leaf.built_for not in question_edits.question_places(self.author.raw):
            self._rescue(leaf)
        elif node.name != leaf.question:
            self.flush()

    def _rescue(self, leaf: QuestionPage) -> None:
        """The question was taken out or renamed; if it was by another program, what is typed here stays as a file."""
        if leaf.question == leaf.built_for and leaf.rescue():
            where = f"{QUESTIONS}/{leaf.built_for}"
            self._failed(tr("Another program took this question out. What you typed is kept in {where}.", where=where))

    def _show_fresh(self, leaf: QWidget) -> None:
        tab = old.tabs.currentIndex() if isinstance(old := self.leaf(), QuestionPage) else 0
        self.stack.addWidget(leaf)
        if isinstance(leaf, QuestionPage):
            leaf.tabs.setCurrentIndex(tab)
        self._drop_fresh()
        self.stack.setCurrentWidget(leaf)

    def _drop_fresh(self) -> None:
        current = self.leaf()
        if current is not None and current not in self._leaves.values():
            self.stack.removeWidget(current)
            current.deleteLater()

    def _make_entry(self, node: Node) -> QWidget:
        if node.kind == "question":
            return QuestionPage(self._kit, self.author, node.name, node.place)
        if node.kind == "orphan":
            return OrphanPage(self._kit, node.name, self.outline.adopt)
        return leaves.ZoneLeaf(self._kit, self.author, node.kind, node.place)

    def _make_leaf(self, kind: str) -> QWidget:
        kit, author = self._kit, self.author
        makers: dict[str, Callable[[], QWidget]] = {
            "exam": lambda: leaves.exam_leaf(kit, author),
            "instructions": lambda: leaves.InstructionsLeaf(kit, author),
            "honor_code": lambda: leaves.HonorLeaf(kit, author),
            "questions": lambda: Overview(kit, author, self.outline),
            "schedule": lambda: schedule_leaf(kit, self.staged),
            "access": lambda: access_leaf(kit, self.staged),
            "desk": lambda: leaves.desk_leaf(kit, author),
            "recording": lambda: leaves.RecordingLeaf(kit, author),
            "signals": lambda: leaves.signals_leaf(kit, author),
            "interpreter": lambda: PackagesLeaf(kit, author),
            "files": lambda: FileList(kit, author, "", tr("Every file of the exam, as it lies in its folder.")),
        }
        return makers[kind]()

    # ------------------------------------------------------------------------------------- doing

    def _tell(self, signal: SignalInstance) -> None:
        self.flush()
        signal.emit(self.author.folder)

    def _undo(self) -> None:
        self.flush()
        self.banner.hide()
        self.author.undo()

    def _redo(self) -> None:
        self.author.redo()

    def _enter(self) -> None:
        leaf = self.leaf()
        if leaf is not None:
            leaf.setFocus(Qt.FocusReason.OtherFocusReason)

    def _next_finding(self) -> None:
        finding = self.findings.following()
        if finding is not None:
            self.go_to(finding)

    def _rename(self) -> None:
        leaf = self.leaf()
        if isinstance(leaf, QuestionPage):
            leaf.focus_name()

    def _close(self) -> None:
        self.flush()
        self.closed.emit()

    def show_editor(self) -> None:
        """Show outline and forms again."""
        self.sides.setCurrentWidget(self.editor)
        self.outline.setFocus()

    def show_preview(self) -> None:
        """Show the exam as a student sees it."""
        self.flush()
        if self.preview_page is None:
            self.preview_page = PreviewPage(self._kit, self.author.folder)
            self.preview_page.closed.connect(self.show_editor)
            self.sides.addWidget(self.preview_page)
        else:
            self.preview_page.refresh()
        self.sides.setCurrentWidget(self.preview_page)
        self.preview_page.setFocus()

    def show_ready(self) -> None:
        """Show what is still to do before the day."""
        self.flush()
        if self.ready_page is None:
            self.ready_page = ReadyPage(self._kit, self.author)
            self.ready_page.closed.connect(self.show_editor)
            self.ready_page.go_wanted.connect(self._go_wanted)
            self.sides.addWidget(self.ready_page)
        else:
            self.ready_page.refresh()
        self.sides.setCurrentWidget(self.ready_page)

    def show_edition(self) -> None:
        """Show what the folder changes at the desks of the running exam."""
        self.flush()
        if self.edition_page is None:
            self.edition_page = EditionPage(self._kit, self.author)
            self.edition_page.closed.connect(self.show_editor)
            self.sides.addWidget(self.edition_page)
        else:
            self.edition_page.refresh()
        self.sides.setCurrentWidget(self.edition_page)
        self.edition_page.apply.setFocus()

    def _go_wanted(self, where: str) -> None:
        elsewhere = {"rosters": self.rosters_wanted, "pcs": self.pcs_wanted}
        if where in elsewhere:
            elsewhere[where].emit()
            return
        if where == "open":
            self._tell(self.open_wanted)
            return
        self.show_editor()
        self.outline.choose(where)

    def _pack(self) -> None:
        self.flush()
        dialog = QFileDialog(self, tr("Pack into one .exam file"), str(self.author.folder.parent), tr("Exams (*.exam)"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("exam")
        dialog.selectFile(f"{self.author.folder.name}.exam")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda chosen: self.pack_into(Path(chosen)))
        dialog.open()

    def pack_into(self, target: Path) -> None:
        """Pack the exam into a file, and say so."""

        def packed(code: int, _: bytes, errors: bytes) -> None:
            if code:
                self.banner.say("attention", sentence_of(errors), tr("The exam was not packed"))
            else:
                words = tr("It holds hidden checks too: it is for staff only.")
                self.banner.say("positive", words, tr("Packed into {name}", name=target.name))

        EngineCommand(["exam", "pack", str(self.author.folder), "-o", str(target)], self).start(packed)

    def _show_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.author.folder)))

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """See what happened to the folder meanwhile."""
        super().showEvent(event)
        self.author.look()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """Write what is typed and not written yet."""
        super().hideEvent(event)
        self.flush()


def _place(field: str) -> tuple[str | int, ...]:
    """The place of a finding's field; empty where it is none."""
    try:
        return parse_path(spelled(field))
    except InputProblem:
        return ()
