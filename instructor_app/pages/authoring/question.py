"""One question: its text beside what students see, its files, its settings."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLineEdit, QRadioButton, QScrollArea, QSplitter, QTabBar, QTabWidget, QWidget

from instructor_app.kit import Kit
from instructor_app.pages.authoring.author import Author
from instructor_app.pages.authoring.files import FileList, ask_text
from instructor_app.pages.authoring.form import Form
from instructor_app.pages.authoring.text_pane import TextPane
from instructor_app.widgets.basic import EmptyState, button, column, holding, label, name_for_readers, row
from instructor_app.widgets.prompt import PromptView
from instructor_app.words import tr
from shared.exam import question_edits
from shared.exam.checking import PROMPT_FILE, QUESTIONS
from shared.exam.content import DEFAULT_MAIN, main_of
from shared.exam.document import Question
from shared.exam.paths import path_mistake
from shared.exam.positions import Path as Place
from shared.look import SPACE
from shared.problems import InputProblem

RENDER_MS = 150
SIDE_BY_SIDE = 700
CHECKS = ("checks", "hidden-checks")
LATER = ("id", "minutes_between", "advance_score", "can_view", "can_submit")
"""Fields that stay in exam.toml but have no control here: the id has its own, the others are not in force yet."""


class QuestionPage(QWidget):
    """See the module."""

    def __init__(self, kit: Kit, author: Author, name: str, place: Place) -> None:
        super().__init__()
        self._kit, self._author = kit, author
        self.question = self.built_for = name
        self.name = QLineEdit(name)
        self.name.setMaximumWidth(280)
        name_for_readers(self.name, tr("Name of the question's folder"), "F2")
        self.name.editingFinished.connect(self._rename)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.prompt = PromptTab(kit, author, name)
        self.starter = StarterTab(kit, author, name)
        self.data = FileList(
            kit,
            author,
            f"{QUESTIONS}/{name}/data",
            tr("Files that the students' programs read. Drop files here, or add them; students can't change them."),
        )
        self.pictures = FileList(
            kit, author, f"{QUESTIONS}/{name}/images", tr("Pictures for the text of the question."), insertable=True
        )
        self.pictures.inserted.connect(self._put_picture)
        self.checks = ChecksTab(kit, author, name)
        self.form = Form(kit, author, Question, place, but=LATER)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(holding(column(self.form, None, margin=SPACE["m"])))
        for page, title in (
            (self.prompt, tr("Text")),
            (self.starter, tr("Starter files")),
            (self.data, tr("Data files")),
            (self.pictures, tr("Pictures")),
            (self.checks, tr("Checks")),
            (scroll, tr("Settings")),
        ):
            self.tabs.addTab(page, title)
        for page in (self.data, self.pictures):
            page.setContentsMargins(0, SPACE["s"], 0, 0)
        self._settings = scroll
        head = row(label(tr("Its folder"), "muted"), self.name, None)
        self.setLayout(column(head, self.tabs, spacing=SPACE["s"]))
        self.setFocusProxy(self.prompt)
        self._count()

    def refresh(self, place: Place) -> None:
        """Show the question as it is now."""
        self.form.place = place
        self.form.refresh()
        self.prompt.refresh()
        self.starter.refresh()
        self.data.refresh()
        self.pictures.refresh()
        self.checks.files.refresh()
        self._count()

    def flush(self) -> None:
        """Write what is typed and not written yet."""
        for part in (self.prompt, self.starter, self.data, self.pictures, self.checks.files, self.form):
            part.flush()

    def rescue(self) -> bool:
        """Keep what is typed although the question is gone; true where there was something."""
        return any([self.prompt.pane.rescue(), *(pane.rescue() for pane in self.starter.panes())])

    def focus_name(self) -> None:
        """Let the person type another name."""
        self.name.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.name.selectAll()

    def show_file(self, path: str, line: int | None) -> None:
        """Show a file of this question, by its path in the question's folder."""
        top, _, rest = path.partition("/")
        if path == PROMPT_FILE:
            self.tabs.setCurrentWidget(self.prompt)
            self.prompt.pane.go_to_line(line or 1)
        elif top == "starter":
            self.tabs.setCurrentWidget(self.starter)
            self.starter.go_to(rest, line)
        elif top in CHECKS:
            self.tabs.setCurrentWidget(self.checks)
            self.checks.show_part(top)
            self.checks.files.go_to(rest, line)
        elif top in ("data", "images"):
            files = self.data if top == "data" else self.pictures
            self.tabs.setCurrentWidget(files)
            files.go_to(rest, line)

    def show_field(self, name: str) -> None:
        """Show a field."""
        if name == "id":
            self.focus_name()
            return
        self.tabs.setCurrentWidget(self._settings)
        self.form.focus_field(name)

    def _count(self) -> None:
        for page, title, part in (
            (self.starter, tr("Starter files"), "starter"),
            (self.data, tr("Data files"), "data"),
            (self.pictures, tr("Pictures"), "images"),
        ):
            self._count_tab(page, title, part)
        self._count_tab(self.checks, tr("Checks"), *CHECKS)

    def _count_tab(self, page: QWidget, title: str, *parts: str) -> None:
        below = self._author.now.scan.below
        count = sum(len(below(f"{QUESTIONS}/{self.question}/{part}")) for part in parts)
        self.tabs.setTabText(self.tabs.indexOf(page), f"{title} {count}" if count else title)

    def _rename(self) -> None:
        wanted = self.name.text().strip()
        if wanted == self.question or self._author.broken:
            return
        self.flush()
        old = self.question

        def work() -> None:
            new, files = question_edits.renamed_question(self._author.draft, old, wanted)
            self.question = new
            self._author.write(files, tr("rename {name}", name=old))

        if not self._author.attempt(work):
            self.question = old
            self.name.setText(old)

    def _put_picture(self, path: str) -> None:
        self.tabs.setCurrentWidget(self.prompt)
        self.prompt.pane.editor.insertPlainText(f"![{path.rpartition('/')[2].partition('.')[0]}](images/{path})")
        self.prompt.pane.setFocus()


class ChecksTab(QWidget):
    """The author's tests: those that students see, and those that never leave the hub."""

    def __init__(self, kit: Kit, author: Author, question: str) -> None:
        super().__init__()
        self._folder = f"{QUESTIONS}/{question}"
        words = tr(
            "Python files with tests. Students can run and read those that are shown; hidden ones never leave the hub."
        )
        self.files = FileList(kit, author, f"{self._folder}/{CHECKS[0]}", words)
        self.shown, self.hidden = QRadioButton(tr("Shown to students")), QRadioButton(tr("Hidden"))
        self.shown.setChecked(True)
        self.shown.toggled.connect(lambda on: self.files.show_folder(f"{self._folder}/{CHECKS[0 if on else 1]}"))
        layout = column(row(self.shown, self.hidden, None), self.files, spacing=SPACE["xs"])
        layout.setContentsMargins(0, SPACE["s"], 0, 0)
        self.setLayout(layout)

    def show_part(self, part: str) -> None:
        """Show one of the two folders."""
        (self.shown if part == CHECKS[0] else self.hidden).setChecked(True)


class PromptTab(QWidget):
    """question.md, and beside it what students see."""

    def __init__(self, kit: Kit, author: Author, question: str) -> None:
        super().__init__()
        self._author = author
        self._folder = f"{QUESTIONS}/{question}"
        self.pane = TextPane(kit, author, f"{self._folder}/{PROMPT_FILE}", tr("Text of the question, in Markdown"))
        self.view = PromptView(kit.look, tr("The question as students see it"))
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self.split.addWidget(self.pane)
        self.split.addWidget(self.view)
        self.split.setChildrenCollapsible(False)
        self.split.setSizes([500, 500])
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(RENDER_MS)
        self._later.timeout.connect(self._render)
        self.pane.edited.connect(lambda _: self._later.start())
        layout = column(self.split)
        layout.setContentsMargins(0, SPACE["s"], 0, 0)
        self.setLayout(layout)
        self.setFocusProxy(self.pane)
        self._render()

    def refresh(self) -> None:
        """Show the text as it is now."""
        self.pane.refresh()
        self._later.start()

    def flush(self) -> None:
        """Write what is typed and not written yet."""
        self.pane.flush()

    def _render(self) -> None:
        found = self._author.now.scan.below(f"{self._folder}/images")
        read = self._author.draft.bytes_of
        pictures = {f"images/{path}": read(f"{self._folder}/images/{path}") or b"" for path in found}
        self.view.show_markdown(self.pane.text(), pictures)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Stand beside each other where there is room, below each other where not."""
        super().resizeEvent(event)
        beside = event.size().width() >= SIDE_BY_SIDE
        wanted = Qt.Orientation.Horizontal if beside else Qt.Orientation.Vertical
        if self.split.orientation() != wanted:
            self.split.setOrientation(wanted)
            self.split.setSizes([500, 500])


class StarterTab(QWidget):
    """The files that the student's editor starts with, each in a tab."""

    def __init__(self, kit: Kit, author: Author, question: str) -> None:
        super().__init__()
        self._kit, self._author = kit, author
        self._question = question
        self._prefix = f"{QUESTIONS}/{question}/starter"
        self._panes: dict[str, TextPane] = {}
        self.bar = QTabBar()
        self.bar.setExpanding(False)
        self.bar.setAccessibleName(tr("Starter files"))
        self.bar.currentChanged.connect(self._show)
        look = kit.look
        self.add = button(look, tr("Add"), "add", "quiet", tip=tr("Add a file"), then=self._ask_new)
        self.rename = button(look, tr("Rename"), "edit", "quiet", then=self._ask_name)
        self.drop = button(look, tr("Take out"), "trash", "quiet", then=self.remove)
        self.main = button(look, tr("Run starts this"), "run", "quiet", then=self._make_main)
        self.holder = column()
        self.empty = EmptyState(
            look,
            "code",
            tr("No starter files"),
            tr("Students begin with an empty main.py."),
            tr("Add main.py"),
        )
        self.empty.acted.connect(lambda: self.make(DEFAULT_MAIN))
        line = row(self.bar, None, self.main, self.add, self.rename, self.drop, spacing=2)
        layout = column(line, self.holder, self.empty, spacing=SPACE["xs"])
        layout.setContentsMargins(0, SPACE["s"], 0, 0)
        layout.setStretch(1, 1)
        self.setLayout(layout)
        self.refresh()

    def refresh(self) -> None:
        """Show the files as they are now."""
        names = list(self._author.now.scan.below(self._prefix))
        names.sort(key=lambda name: (name != self._main_name(), name))
        current = self.chosen()
        self.bar.blockSignals(True)
        while self.bar.count():
            self.bar.removeTab(0)
        for name in names:
            at = self.bar.addTab(name)
            if name == self._main_name():
                self.bar.setTabIcon(at, self._kit.look.icon("run", "muted", 14))
                self.bar.setTabToolTip(at, tr("Run starts this file"))
        self.bar.blockSignals(False)
        for gone in set(self._panes) - set(names):
            pane = self._panes.pop(gone)
            self.holder.removeWidget(pane)
            pane.deleteLater()
        for pane in self._panes.values():
            pane.refresh()
        self.bar.setCurrentIndex(names.index(current) if current in names else 0)
        self._show()

    def chosen(self) -> str:
        """Return the name of the file that is shown; empty for none."""
        return self.bar.tabText(self.bar.currentIndex()) if self.bar.currentIndex() >= 0 else ""

    def panes(self) -> list[TextPane]:
        """Return every editor that was opened."""
        return list(self._panes.values())

    def pane(self) -> TextPane | None:
        """Return the editor that is shown."""
        return self._panes.get(self.chosen())

    def flush(self) -> None:
        """Write what is typed and not written yet."""
        for pane in self.panes():
            pane.flush()

    def go_to(self, name: str, line: int | None) -> None:
        """Show a line of a file."""
        for at in range(self.bar.count()):
            if self.bar.tabText(at) == name:
                self.bar.setCurrentIndex(at)
        pane = self.pane()
        if pane is not None and line:
            pane.go_to_line(line)

    def make(self, name: str) -> None:
        """Make a new file."""

        def work() -> None:
            self._author.write({self._free(name): b"\n"}, tr("add {name}", name=name))

        if self._author.attempt(work):
            self.go_to(name, 1)

    def give_name(self, new: str) -> None:
        """Give the file that is shown another name."""
        old = self.chosen()
        self.flush()

        def work() -> None:
            data = self._author.draft.bytes_of(f"{self._prefix}/{old}")
            self._author.write({f"{self._prefix}/{old}": None, self._free(new): data}, tr("rename {name}", name=old))

        if old and new and new != old and self._author.attempt(work):
            self.go_to(new, None)

    def remove(self) -> None:
        """Take the file that is shown out; undo brings it back."""
        name = self.chosen()
        self.flush()
        if name:
            path = f"{self._prefix}/{name}"
            self._author.attempt(lambda: self._author.write({path: None}, tr("take out {name}", name=name)))

    def _free(self, name: str) -> str:
        mistake = path_mistake(name)
        if mistake:
            raise InputProblem(tr("The name “{name}” {mistake}. Choose another name.", name=name, mistake=mistake))
        if name.casefold() in {each.casefold() for each in self._author.now.scan.below(self._prefix)}:
            raise InputProblem(tr("There is a file {name} already; nothing was written over it.", name=name))
        return f"{self._prefix}/{name}"

    def _place(self) -> Place | None:
        return question_edits.question_places(self._author.raw).get(self._question)

    def _main_name(self) -> str:
        place = self._place()
        said = None if place is None else self._author.value((*place, "main"))
        if isinstance(said, str) and said:
            return said
        return main_of(list(self._author.now.scan.below(self._prefix)))

    def _make_main(self) -> None:
        place = self._place()
        if place is not None and self.chosen():
            self._author.set((*place, "main"), self.chosen(), tr("main file"))

    def _ask_new(self) -> None:
        ask_text(self, tr("Add a starter file"), tr("Name, such as helper.py"), "", self.make)

    def _ask_name(self) -> None:
        ask_text(self, tr("Rename a file"), tr("New name"), self.chosen(), self.give_name)

    def _show(self, *_: int) -> None:
        name = self.chosen()
        if name and name not in self._panes:
            self._panes[name] = TextPane(self._kit, self._author, f"{self._prefix}/{name}", name)
            self.holder.addWidget(self._panes[name])
        for each, pane in self._panes.items():
            pane.setVisible(each == name)
        self.empty.setVisible(not name)
        for tool in (self.rename, self.drop):
            tool.setVisible(bool(name))
        self.bar.setVisible(bool(name))
        self.main.setVisible(name.endswith(".py") and name != self._main_name())
