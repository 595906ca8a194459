"""The exam as one student sees it: front page, the questions that the draw gives, texts and files."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QComboBox,
    QCompleter,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSplitter,
    QStackedWidget,
    QTabWidget,
    QWidget,
)

from examdesk.staffapi.messages import Done, DrawView, GetDraw, LiveRow, Redraw
from instructor_app.kit import Kit
from instructor_app.widgets.basic import Banner, button, card, column, label, row, shortcut
from instructor_app.widgets.code_editor import CodeEditor
from instructor_app.widgets.prompt import PromptView
from instructor_app.words import counted, tr
from shared.exam.content import Content, QuestionContent, student_content
from shared.exam.document import questions_of
from shared.exam.drawing import Draw, draw, session_seed
from shared.exam.exam_folder import exam_or_problem
from shared.exam.recorded import desk_in_words, what_is_recorded
from shared.look import SPACE
from shared.problems import Problem

SAMPLES = 30
LINE_HEIGHT = 30


@dataclass(frozen=True, slots=True)
class Sitter:
    """Whose draw is shown: a sample, or a student with or without a session."""

    words: str
    seed: bytes
    session: str = ""
    sample: bool = True


def sample_seed(number: int) -> bytes:
    """Return the seed of a sample student."""
    return hashlib.sha256(f"sample {number}".encode()).digest()[:16]


def sitters_for(rows: list[LiveRow]) -> list[Sitter]:
    """Return the students with sessions by name, then samples."""
    with_session = sorted((one for one in rows if one.session), key=lambda one: (one.name.casefold(), one.student))
    people = [
        Sitter(
            f"{one.name}  {one.student}".strip(), session_seed(bytes.fromhex(one.session)), one.session, sample=False
        )
        for one in with_session
        if _is_hex(one.session)
    ]
    return [*people, *(Sitter(tr("Sample student {n}", n=n), sample_seed(n)) for n in range(1, SAMPLES + 1))]


def _is_hex(text: str) -> bool:
    try:
        return len(bytes.fromhex(text)) > 0
    except ValueError:
        return False


def zone_lines(content: Content, drawn: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return zone titles and questions in the order in which a student sees them, as (kind, text or id)."""
    zone_of = {
        question.id: number
        for number, zone in enumerate(content.zones)
        for entry in zone.questions
        for question in questions_of(entry)
    }
    lines: list[tuple[str, str]] = []
    last = -1
    for question in drawn:
        number = zone_of.get(question, -1)
        if number != last and number >= 0 and content.zones[number].title:
            lines.append(("zone", content.zones[number].title))
        last = number
        lines.append(("question", question))
    return lines


class PreviewPage(QWidget):
    """See the module.

    Attributes:
        closed: the person goes back.
    """

    closed = Signal()

    def __init__(self, kit: Kit, folder: Path) -> None:
        super().__init__()
        self._kit, self._folder = kit, folder
        self._content: Content | None = None
        self._minutes: int | None = None
        self._sitters: list[Sitter] = []
        self._draw: Draw | None = None
        self.banner = Banner(kit.look)
        self.who = QComboBox()
        self.who.setAccessibleName(tr("Whose draw is shown"))
        self.who.setMinimumWidth(240)
        self.who.setEditable(True)
        self.who.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        completer = self.who.completer()
        assert completer is not None  # an editable box has one
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        self.who.currentIndexChanged.connect(self._choose)
        self.note = label("", "muted", wrap=True)
        self.again = button(kit.look, tr("Draw anew…"), "restart", then=self._ask_again)
        kit.bridge.rights.guard(self.again, Redraw)
        self._make_redraw()
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Front page and questions"))
        self.list.setMinimumWidth(150)
        self.list.currentRowChanged.connect(self._show)
        self.front = PromptView(kit.look, tr("Front page as students see it"))
        self.prompt = PromptView(kit.look, tr("The question as students see it"))
        self.files = QTabWidget()
        self.files.setDocumentMode(True)
        self.question = QSplitter(Qt.Orientation.Horizontal)
        self.question.addWidget(self.prompt)
        self.question.addWidget(self.files)
        self.question.setChildrenCollapsible(False)
        self.question.setSizes([500, 500])
        self.stack = QStackedWidget()
        self.stack.addWidget(self.front)
        self.stack.addWidget(self.question)
        self._lay_out()
        self.setFocusProxy(self.list)
        kit.state.exam_changed.connect(self._fill_who)
        shortcut(QKeySequence("Esc"), self, self.closed.emit, Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.refresh()

    def _make_redraw(self) -> None:
        self.reason = QLineEdit()
        self.reason.setPlaceholderText(tr("Why? It goes into the audit log"))
        self.reason.setAccessibleName(tr("Why the questions are drawn anew"))
        self.reason.returnPressed.connect(self._redraw)
        self.do = button(self._kit.look, tr("Draw anew"), kind="primary", then=self._redraw)
        cancel = button(self._kit.look, tr("Cancel"), then=self._hide_redraw)
        words = label(
            tr("This student's questions change at once. What was written is kept, and the student is told."), wrap=True
        )
        line = row(self.reason, self.do, cancel)
        line.setStretch(0, 1)
        self.redraw_card = card(column(words, line), margin=SPACE["m"])
        self.redraw_card.hide()

    def _lay_out(self) -> None:
        back = button(self._kit.look, "", "chevron-left", "quiet", tip=tr("Back to the editor"), then=self.closed.emit)
        back.setFixedWidth(34)
        head = row(back, label(tr("As a student sees it"), "title"), None, self.who, self.again)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self.list)
        split.addWidget(card(column(self.stack), margin=SPACE["m"]))
        split.setSizes([210, 800])
        split.setStretchFactor(1, 1)
        split.setChildrenCollapsible(False)
        layout = column(head, self.note, self.redraw_card, self.banner, split, spacing=SPACE["s"], margin=SPACE["m"])
        layout.setStretch(4, 1)
        self.setLayout(layout)

    # ------------------------------------------------------------------------------------- showing

    def refresh(self) -> None:
        """Read the exam as it lies in its folder now."""
        try:
            self._content = student_content(self._folder)
            self._minutes = exam_or_problem(self._folder)[0].schedule.duration
        except Problem as problem:
            self._content = None
            self.banner.say("attention", problem.sentence, tr("The exam can't be shown"))
            self.list.clear()
            return
        self.banner.hide()
        self._fill_who()

    def sitter(self) -> Sitter:
        """Return whose draw is shown."""
        at = self.who.currentIndex()
        return self._sitters[at] if 0 <= at < len(self._sitters) else self._sitters[0]

    def shown_questions(self) -> list[str]:
        """Return the ids of the questions in the order in which they are listed."""
        items = [self.list.item(at).data(Qt.ItemDataRole.UserRole) for at in range(self.list.count())]
        return [str(each) for each in items if each]

    def _fill_who(self) -> None:
        exam = self._kit.state.exam
        served = exam is not None and self._content is not None and exam.exam == self._content.exam_id.hex()
        before = self.who.currentText()
        self._sitters = sitters_for(list(self._kit.state.rows.values()) if served else [])
        self.who.blockSignals(True)
        self.who.clear()
        self.who.addItems([each.words for each in self._sitters])
        at = self.who.findText(before) if before else 0
        self.who.setCurrentIndex(max(0, at))
        self.who.blockSignals(False)
        self._choose()

    def _choose(self, *_: int) -> None:
        if self._content is None or not self._sitters:
            return
        sitter = self.sitter()
        self._hide_redraw()
        self.again.setVisible(not sitter.sample)
        self._show_draw(draw(self._content, sitter.seed).questions())
        if sitter.sample:
            self.note.setText(tr("A sample: each student's own draw is made once, when the session starts, and stays."))
        else:
            self.note.setText(tr("Asking the hub for the draw…"))
            self._kit.bridge.query(GetDraw(session=sitter.session), self._take_draw, self._no_draw, key="author-draw")

    def _take_draw(self, view: DrawView) -> None:
        sitter = self.sitter()
        if view.session != sitter.session or self._content is None:
            return
        if view.questions:
            self._show_draw(view.questions)
            times = counted(view.draws, "drawn anew {n} time", "drawn anew {n} times") if view.draws else ""
            seed = tr("The draw that this session recorded, from the seed {seed}", seed=view.seed[:16] + "…")
            self.note.setText(f"{seed}, {times}." if times else f"{seed}.")
        else:
            self.note.setText(
                tr("This session has not begun; its draw will be this one, unless the exam changes before.")
            )

    def _no_draw(self, problem: Problem) -> None:
        self.note.setText(problem.sentence)

    def _show_draw(self, questions: tuple[str, ...]) -> None:
        content = self._content
        assert content is not None
        before = self.list.currentItem()
        wanted = before.data(Qt.ItemDataRole.UserRole) if before is not None else ""
        self.list.blockSignals(True)
        self.list.clear()
        self._line(tr("Front page"), "", "file")
        number = 0
        for kind, text in zone_lines(content, questions):
            if kind == "zone":
                self._heading(text)
                continue
            number += 1
            found = next((each for each in content.questions if each.id == text), None)
            title = found.title if found is not None else tr("{id} (not in the folder any more)", id=text)
            self._line(f"{number}.  {title}", text, "code")
        at = next(
            (at for at in range(self.list.count()) if self.list.item(at).data(Qt.ItemDataRole.UserRole) == wanted), 0
        )
        self.list.setCurrentRow(at)
        self.list.blockSignals(False)
        self._show(at)

    def _line(self, words: str, question: str, icon: str) -> None:
        item = QListWidgetItem(words)
        item.setToolTip(words)
        item.setData(Qt.ItemDataRole.UserRole, question)
        item.setIcon(self._kit.look.icon(icon, "muted", 16))
        item.setSizeHint(QSize(0, LINE_HEIGHT))
        self.list.addItem(item)

    def _heading(self, words: str) -> None:
        item = QListWidgetItem(words)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        font = item.font()
        font.setBold(True)
        item.setFont(font)
        item.setSizeHint(QSize(0, LINE_HEIGHT))
        self.list.addItem(item)

    def _show(self, at: int) -> None:
        item = self.list.item(at)
        if item is None or self._content is None:
            return
        name = item.data(Qt.ItemDataRole.UserRole)
        found = next((each for each in self._content.questions if each.id == name), None) if name else None
        if found is not None:
            self._show_question(found)
            self.stack.setCurrentWidget(self.question)
        elif not name:
            self.front.show_markdown(front_words(self._content, self._minutes))
            self.stack.setCurrentWidget(self.front)

    def _show_question(self, question: QuestionContent) -> None:
        self.prompt.show_markdown(question.prompt, {each.path: each.data for each in question.images})
        while self.files.count():
            old = self.files.widget(0)
            self.files.removeTab(0)
            if old is not None:
                old.deleteLater()
        starter = sorted(question.starter, key=lambda each: (each.path != question.main, each.path))
        shown = [(each.path, each.data.decode("utf-8-sig", "replace")) for each in starter] or [(question.main, "")]
        for path, text in shown:
            editor = CodeEditor(self._kit.look, path, path)
            editor.load_first(text)
            editor.setReadOnly(True)
            self.files.addTab(editor, path)
        if question.data:
            listed = "\n".join(f"{each.path}    {len(each.data):,} B" for each in question.data)
            editor = CodeEditor(self._kit.look, tr("Data files"), "files.txt")
            editor.load_first(listed)
            editor.setReadOnly(True)
            self.files.addTab(editor, tr("Data files"))

    # ------------------------------------------------------------------------------------- drawing anew

    def _ask_again(self) -> None:
        self.redraw_card.show()
        self.reason.setFocus()

    def _hide_redraw(self) -> None:
        self.redraw_card.hide()
        self.reason.clear()

    def _redraw(self) -> None:
        reason = self.reason.text().strip()
        sitter = self.sitter()
        if not reason:
            self.reason.setFocus()
            return

        def done(answer: Done) -> None:
            self._hide_redraw()
            self.banner.say("positive", answer.sentence)
            QTimer.singleShot(0, self._choose)

        request = Redraw(command="", session=sitter.session, reason=reason)
        self._kit.bridge.command(request, done, lambda problem: self.banner.say("attention", problem.sentence))


def front_words(content: Content, minutes: int | None = None) -> str:
    """Return the front page as one text: name, instructions, honor code, rules, what is recorded."""
    parts = [f"# {content.long_name}"]
    length = counted(minutes, "{n} minute", "{n} minutes") if minutes else ""
    if content.course or length:
        parts.append(" · ".join(each for each in (content.course, length) if each))
    if content.instructions.strip():
        parts += [f"## {tr('Instructions')}", content.instructions.strip()]
    if content.honor_code.strip():
        parts += [f"## {tr('Honor code')}", content.honor_code.strip()]
    rules = desk_in_words(content.desk, content.interpreter.packages, tr)
    parts += [f"## {tr('What the desk allows')}", "\n".join(f"- {line}" for line in rules)]
    parts += [f"## {tr('What is recorded')}", "\n".join(f"- {line}" for line in what_is_recorded(content.recording))]
    if content.attachments:
        parts += [f"## {tr('Attachments')}", "\n".join(f"- {each.path}" for each in content.attachments)]
    return "\n\n".join(parts)
