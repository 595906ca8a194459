"""A class at real editors and real desks: keys, input methods, drags, versions. What they do honestly raises nothing.

The clock is set by the test, so that everybody works at a pace of their own; what the signals read is the desk's log.
"""

import random
from pathlib import Path

import pytest
from PyQt6 import sip
from PyQt6.QtCore import QEvent, QMimeData, QPointF, Qt
from PyQt6.QtGui import QDropEvent, QGuiApplication, QInputMethodEvent, QKeyEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from examdesk.evidence.fold import JournalFacts
from examdesk.evidence.rules import EditionTexts, Given, Rules
from shared.exam.content import ContentFile
from shared.exam.rules import EditorAids
from student_app.editor.code_editor import CodeEditor
from student_app.editor.find_bar import FindBar
from tests.gui.student.editor_desk import DeskSink, open_bench
from tests.student_app.kit import changed, content

PROGRAMS = Path(__file__).parents[2] / "data" / "programs"
MAIN = "q1/main.py"
SIGNS = "\u8ba1\u7b97\u6bcf\u5929\u7684\u5e73\u5747\u6e29\u5ea6"
SAID = (
    "the average of the first seven days is printed with one digit after the point",
    "nothing is printed for days on which the station did not answer at all, not even an empty line",
    "names are compared without case, so that who types them differently finds the same entry, and blanks do not count",
)


class Person:
    """Somebody at an editor, with a task, a program in mind and a pace."""

    def __init__(self, folder: Path, name: str) -> None:
        self.chance = random.Random(name)
        task = self.chance.choice(sorted(path for path in PROGRAMS.iterdir() if path.is_dir()))
        texts = [path.read_text("utf-8") for path in sorted(task.glob("*.py")) if path.stem != "starter"]
        self.own, self.foreign = self.chance.sample(texts, 2)
        self.starter = (task / "starter.py").read_text("utf-8")
        exam = changed(content(), "q1", starter=(ContentFile("main.py", self.starter.encode()),))
        self.bench = open_bench(folder, exam)
        self.editor = CodeEditor(DeskSink(self.bench.desk), MAIN, EditorAids())
        self.editor.resize(600, 400)
        self.editor.show()
        self.key(Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
        self.typed = ""

    def rest(self, ms: int) -> None:
        self.bench.committer.step(ms)

    def key(self, key: Qt.Key, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier, ms: int = 150) -> None:
        self.rest(ms)
        QTest.keyClick(self.editor, key, keys)

    def write(self, text: str, ms: int = 140) -> None:
        """Type, with Enter at line ends; what auto-indent put in by itself is not typed again."""
        for line in text.splitlines(keepends=True):
            column = self.editor.getCursorPosition()[1]
            for char in line.rstrip("\n")[column if line[:column].isspace() else 0 :]:
                self.rest(ms)
                QTest.keyClicks(self.editor, char)
            if line.endswith("\n"):
                self.key(Qt.Key.Key_Return, ms=ms)

    def lines(self, first: int, last: int) -> str:
        return "".join(self.own.splitlines(keepends=True)[first:last])

    def hand_over(self, text: str) -> None:
        """An input method puts this in at once."""
        event = QInputMethodEvent()
        event.setCommitString(text)
        QApplication.sendEvent(self.editor, event)

    def paste(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self.key(Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier, ms=900)

    def select(self, first: int, last: int) -> None:
        self.rest(700)
        self.editor.SendScintilla(
            self.editor.SCI_SETSEL, *(self.editor.positionFromLineIndex(n, 0) for n in (first, last))
        )

    def signals(self) -> list[str]:
        self.bench.committer.step(400)
        assert self.bench.desk.text(MAIN) == self.editor.text()
        journal = self.bench.desk.sitting.journal
        entries = [entry for _, entry in journal._file.readable_events(-1)]
        texts = EditionTexts(prompts=("Prompt of q1: print the sum.",), starters=(self.starter,))
        facts = JournalFacts(journal.identity.journal, Rules(given=Given(editions=(texts,)))).take_all(entries)
        return [signal.kind for signal in facts.signals]

    def leave(self) -> None:
        sip.delete(self.editor)
        self.bench.desk.close()
        self.bench.committer.step(1)


# -- honest


def types_with_auto_indent(one: Person) -> None:
    one.write(one.lines(0, 14), ms=90)


def moves_own_lines_by_the_clipboard(one: Person) -> None:
    one.write(one.lines(0, 10))
    for _ in range(3):
        one.select(one.chance.randint(0, 4), one.chance.randint(6, 10))
        one.key(Qt.Key.Key_X, Qt.KeyboardModifier.ControlModifier)
        one.key(Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
        one.key(Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)


def undoes_and_redoes_own_pastes(one: Person) -> None:
    moves_own_lines_by_the_clipboard(one)
    for _ in range(6):
        for key in (Qt.Key.Key_Z, Qt.Key.Key_Z, Qt.Key.Key_Y, Qt.Key.Key_Y):
            one.key(key, Qt.KeyboardModifier.ControlModifier, ms=40)


def drags_own_lines_within_the_editor(one: Person) -> None:
    one.write(one.lines(0, 10))
    for line in (0, 9, 2):
        one.select(3, 7)
        one.editor._move_selection(one.editor.positionFromLineIndex(line, 0))


def indents_and_comments_blocks(one: Person) -> None:
    one.write(one.lines(0, 12))
    for _ in range(4):
        one.select(0, 12)
        one.key(Qt.Key.Key_Tab)
        one.rest(300)
        one.editor.toggle_comment()
    for _ in range(4):
        one.key(Qt.Key.Key_Backtab)


def types_in_a_block_of_columns(one: Person) -> None:
    one.write(one.lines(0, 8))
    one.key(Qt.Key.Key_Home, Qt.KeyboardModifier.ControlModifier)
    for _ in range(6):
        one.key(Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ShiftModifier)
    one.write("abcdefghijklmnopqrstuvw", ms=90)


def holds_a_key_down(one: Person) -> None:
    one.write("# ")
    for count in range(300):
        one.rest(30)
        event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Minus, Qt.KeyboardModifier.NoModifier, "-", count > 0)
        QApplication.sendEvent(one.editor, event)


def uses_dead_keys(one: Person) -> None:
    for char in "# déjà vu: où est l'élève, à Noël, señor, über, çà et là, forêt, crème brûlée":
        one.rest(170)
        if char.isascii():
            QTest.keyClicks(one.editor, char)
        else:
            one.editor.inputMethodEvent(QInputMethodEvent("^", []))
            one.hand_over(char)


def holds_keys_for_accents(one: Person) -> None:
    for char in "é" * 60:
        one.write("e")
        one.rest(600)
        event = QInputMethodEvent()
        event.setCommitString(char, -1, 1)  # the letter before becomes the one with the accent
        QApplication.sendEvent(one.editor, event)


def composes_signs(one: Person) -> None:
    for _ in range(60):
        one.rest(one.chance.randint(300, 800))
        one.hand_over("".join(one.chance.choices(SIGNS, k=one.chance.randint(1, 6))))


def dictates_sentences(one: Person) -> None:
    for said in SAID * 2:
        one.rest(round(len(said) / 14 * 1000))
        one.hand_over(f"# {said}")
        one.key(Qt.Key.Key_Return, ms=700)


def dictates_short_phrases_quickly(one: Person) -> None:
    words = " ".join(SAID).split()
    for start in range(0, len(words), 5):
        said = " ".join(words[start : start + 5]) + " "
        one.rest(round(len(said) / 17 * 1000))
        one.hand_over(said)


def dictates_program_lines(one: Person) -> None:
    for line in one.lines(0, 25).splitlines():
        if line.strip():
            one.rest(round(len(line) / 14 * 1000) + 200)
            one.hand_over(line.strip())
            one.key(Qt.Key.Key_Return, ms=500)


def writes_with_a_switch(one: Person) -> None:
    one.write(one.lines(0, 2), ms=6_000)


def takes_words_that_are_offered(one: Person) -> None:
    for word in one.lines(0, 12).split():
        one.write(word[:2])
        one.rest(700)
        one.hand_over(word[2:] + " ")


def brings_versions_back(one: Person) -> None:
    one.write(one.lines(0, 6))
    first = one.editor.text()
    one.write(one.lines(6, 12))
    second = one.editor.text()
    for text in (first, second, first, second):
        one.rest(2_000)
        one.editor.replace_text(text)


def renames_with_find_and_replace(one: Person) -> None:
    one.write("total = 0\nfor total in range(9):\n", ms=120)
    one.write("print(total, total * total, total + total, total - total)\n" * 3)
    bar = FindBar()
    bar.open(one.editor, replace=True)
    bar.needle.setText("total")
    for name in ("everything_that_was_counted_until_now", "total"):
        bar.by.clear()
        for char in name:
            one.rest(130)
            QTest.keyClicks(bar.by, char)
        bar.replace_all()
        bar.needle.setText(name)
    sip.delete(bar)


HONEST = (
    types_with_auto_indent,
    moves_own_lines_by_the_clipboard,
    undoes_and_redoes_own_pastes,
    drags_own_lines_within_the_editor,
    indents_and_comments_blocks,
    types_in_a_block_of_columns,
    holds_a_key_down,
    uses_dead_keys,
    holds_keys_for_accents,
    composes_signs,
    dictates_sentences,
    dictates_short_phrases_quickly,
    dictates_program_lines,
    writes_with_a_switch,
    takes_words_that_are_offered,
    brings_versions_back,
    renames_with_find_and_replace,
)


# -- others


def pastes_a_program(one: Person) -> None:
    one.write(one.lines(0, 3))
    one.paste(one.foreign)


def drops_a_piece(one: Person) -> None:
    mime = QMimeData()
    mime.setText(one.foreign[-300:])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    one.rest(2_000)
    one.editor.dropEvent(QDropEvent(QPointF(5, 5), copy, mime, left, none))


def has_lines_put_in_by_a_tool(one: Person) -> None:
    for line in one.foreign.splitlines()[-30:]:
        one.rest(120)
        one.hand_over(line)
        one.key(Qt.Key.Key_Return, ms=10)


def pastes_a_program_through_an_input_method(one: Person) -> None:
    one.rest(3_000)
    one.hand_over(one.foreign)


def pastes_into_the_field_of_find_and_replace(one: Person) -> None:
    one.write("HERE\n")
    bar = FindBar()
    bar.open(one.editor, replace=True)
    bar.needle.setText("HERE")
    QGuiApplication.clipboard().setText(";".join(one.foreign[-400:].split("\n")))
    one.rest(2_000)
    bar.by.paste()
    bar.replace_all()
    sip.delete(bar)


OTHERS = {
    pastes_a_program: {"outside_paste", "large_paste"},
    drops_a_piece: {"outside_paste", "large_paste"},
    has_lines_put_in_by_a_tool: {"fast_text"},
    pastes_a_program_through_an_input_method: {"outside_paste", "large_paste"},
    pastes_into_the_field_of_find_and_replace: {"outside_paste", "large_paste"},
}


@pytest.fixture
def person(qapp, tmp_path, request):
    QGuiApplication.clipboard().clear()
    one = Person(tmp_path, request.node.name)
    yield one
    one.leave()


@pytest.mark.parametrize("act", HONEST, ids=lambda act: act.__name__)
def test_honest_work_at_a_real_editor_raises_nothing(person, act):
    act(person)
    assert person.signals() == []
    assert person.editor.text() != person.starter


@pytest.mark.parametrize("act", OTHERS, ids=lambda act: act.__name__)
def test_text_from_outside_is_told_at_a_real_editor_too(person, act):
    act(person)
    assert set(person.signals()) == OTHERS[act]
