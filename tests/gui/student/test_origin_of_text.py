"""Where text came from survives whatever a student does with it, in the real editor, read from the real desk's log.

Each source has letters of its own, so that every character says itself where it must be said to come from.
"""

import random
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PyQt6 import sip
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtTest import QTest

from examdesk.evidence.workspace import workspace_along
from shared.exam.content import ContentFile
from shared.exam.rules import EditorAids
from shared.problems import Problem
from shared.text import Origin
from shared.text.replay import KNOWN_LEAST
from student_app.core.sitting import RestoredFile
from student_app.editor.code_editor import CodeEditor
from tests.gui.student.editor_desk import DeskSink
from tests.student_app.kit import Bench, changed, content

MAIN = "q1/main.py"
TYPED, OUTSIDE, GIVEN = "abcdefgh", "ЖЩЮЯЭЫ😀漢", "αβγδεζ"
STARTER = "αβγ δεζ\n    βγδ αζ\nεε\n"
FITS = {
    **dict.fromkeys(TYPED, (Origin.TYPED, Origin.MOVED, Origin.PROGRAM)),
    **dict.fromkeys(OUTSIDE, (Origin.OUTSIDE,)),
    **dict.fromkeys(GIVEN, (Origin.STARTER,)),
}


class Seat:
    """One student at one PC after the other; every act is a key, a menu entry or a drop."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        self.folder = folder
        self.chance = chance
        self.line = []
        self.pcs = [self._pc()]
        self.bench.open_exam(self._exam())
        QGuiApplication.clipboard().clear()
        self.editors = {}
        self.file = MAIN
        self.versions = [STARTER]

    @property
    def bench(self) -> Bench:
        return self.pcs[-1]

    @property
    def desk(self):
        return self.bench.desk

    @property
    def editor(self) -> CodeEditor:
        if self.file not in self.editors:
            editor = CodeEditor(DeskSink(self.desk), self.file, EditorAids())
            editor.resize(500, 300)
            self.editors[self.file] = editor
        return self.editors[self.file]

    def _exam(self):
        starter = (ContentFile("main.py", STARTER.encode()),)
        return changed(changed(content(), "q1", starter=starter), "q2", starter=starter)

    def _pc(self) -> Bench:
        number = len(self.line) + 1
        folder = self.folder / f"pc{number}"
        folder.mkdir()
        return Bench(folder, seed=str(number))

    # what a student does

    def act(self, what: str) -> None:
        getattr(self, what)()
        self.bench.committer.step(self.chance.choice((0, 30, 260)))

    def types(self) -> None:
        self._click()
        QTest.keyClicks(self.editor, "".join(self.chance.choices(TYPED, k=self.chance.randint(1, 6))))
        if self.chance.random() < 0.3:
            QTest.keyClick(self.editor, Qt.Key.Key_Return)

    def pastes_from_outside(self) -> None:
        self._click()
        words = ["".join(self.chance.choices(OUTSIDE, k=self.chance.randint(2, 9))) for _ in range(4)]
        QGuiApplication.clipboard().setText(self.chance.choice((" ", "\n", "\r\n")).join(words))
        self.editor.paste()

    def selects(self) -> None:
        spots = sorted(self._spot() for _ in range(2))
        self.editor.SendScintilla(self.editor.SCI_SETSEL, *spots)

    def copies(self) -> None:
        self.selects()
        self.editor.copy()

    def cuts(self) -> None:
        self.selects()
        self.editor.cut()

    def pastes(self) -> None:
        self._click()
        self.editor.paste()

    def a_clipboard_manager_hands_back(self) -> None:
        clipboard = QGuiApplication.clipboard()
        lines = clipboard.text().replace("\r\n", "\n").rstrip("\n").split("\n")
        clipboard.setText("\r\n".join(lines) + "\n")
        self.pastes()

    def erases(self) -> None:
        self._click()
        for _ in range(self.chance.randint(1, 8)):
            QTest.keyClick(self.editor, self.chance.choice((Qt.Key.Key_Backspace, Qt.Key.Key_Delete)))

    def undoes(self) -> None:
        for _ in range(self.chance.randint(1, 6)):
            self.editor.undo()

    def redoes(self) -> None:
        for _ in range(self.chance.randint(1, 6)):
            self.editor.redo()

    def drags(self) -> None:
        self.selects()
        self.editor._move_selection(self._spot())

    def indents(self) -> None:
        self.selects()
        QTest.keyClick(self.editor, Qt.Key.Key_Tab)

    def comments(self) -> None:
        self.selects()
        self.editor.toggle_comment()

    def replaces_everywhere(self) -> None:
        text = self.editor.text()
        if text.strip():
            found = self.chance.choice(text.split())
            by = self.chance.choice((*text.split(), "hgfe"))
            self.editor.replace_all(found, by, case=True)

    def keeps_a_version(self) -> None:
        self.versions.append(self.editor.text())

    def brings_a_version_back(self) -> None:
        self.editor.replace_text(self.chance.choice(self.versions))

    def turns_to_a_file(self) -> None:
        files = [name for name in self.desk.sitting.memory.workspace.files if name.startswith("q1/")]
        self.file = self.chance.choice(files)

    def makes_a_file(self) -> None:
        name = f"q1/f{self.chance.randint(1, 4)}.py"
        if name not in self.desk.sitting.memory.workspace.files:
            self.desk.new_file(name)
            self.file = name

    def renames_the_file(self) -> None:
        if self.file != MAIN:
            try:
                to = f"q1/r{self.chance.randint(1, 9)}.py"
                self.desk.rename_file(self.file, to)
            except Problem:
                return
            self._forget(self.file)
            self.file = to

    def removes_the_file(self) -> None:
        if self.file != MAIN:
            self.desk.remove_file(self.file)
            self._forget(self.file)
            self.file = MAIN

    def erases_hundreds_of_letters(self) -> None:
        self._click()
        for letter in self.chance.choices(TYPED, k=270):
            self.editor.replace_selected(letter)
            QTest.keyClick(self.editor, Qt.Key.Key_Backspace)

    def starts_again(self) -> None:
        self.bench.committer.step(300)
        self._leave()
        self.bench.crash()
        self.bench.come_back()

    def goes_to_another_pc(self) -> None:
        self.bench.committer.step(300)
        sitting = self.desk.sitting
        self.line.append((sitting.journal.identity.journal, sitting.journal.last, self._entries()))
        texts = sitting.recorder.texts()
        self._leave()
        self.desk.close()
        self.bench.committer.step(1)
        if len(QGuiApplication.clipboard().text().strip()) < KNOWN_LEAST:
            QGuiApplication.clipboard().clear()  # the new PC can't know whose a few letters are
        self.pcs.append(self._pc())
        self.desk.join("code", "s1")
        self.bench.admit(restored=tuple(RestoredFile(*each) for each in texts.items()))
        self.desk.sitting.standing(self.bench.standing())
        self.bench.deliver_content(self._exam())
        self.bench.committer.step(10)

    def _click(self) -> None:
        self.editor.SendScintilla(self.editor.SCI_SETEMPTYSELECTION, self._spot())

    def _spot(self) -> int:
        index = self.editor.capture.index
        return index.byte_of_offset(self.chance.randint(0, len(self.editor.capture.text)))

    def _forget(self, file: str) -> None:
        if file in self.editors:
            sip.delete(self.editors.pop(file))

    def _leave(self) -> None:
        for file in tuple(self.editors):
            self._forget(file)

    def close(self) -> None:
        self._leave()
        self.desk.close()
        self.bench.committer.step(1)

    # what the record says

    def _entries(self):
        return [entry for _, entry in self.desk.sitting.journal._file.readable_events(-1)]

    def misread(self) -> list[tuple[str, str, Origin]]:
        """Return the characters that the record says came from where they did not."""
        self.bench.committer.step(300)
        journal = self.desk.sitting.journal
        line = [*self.line, (journal.identity.journal, journal.last, self._entries())]
        entries = {name: events for name, _, events in line}
        goes_on_at = [-1, *(last for _, last, _ in line)]
        workspace = workspace_along(
            [(name, at) for (name, _, _), at in zip(line, goes_on_at, strict=False)],
            journal.last,
            lambda name, stop: entries[name][:stop],
        )
        assert workspace.texts() == self.desk.sitting.recorder.texts()
        return [
            (name, char, span.origin)
            for name in workspace.files
            for span in workspace.model(name).provenance()
            for char in workspace.text(name)[span.start : span.end]
            if span.origin not in FITS.get(char, (span.origin,))
        ]


ACTS = [
    "types", "types", "pastes_from_outside", "pastes_from_outside", "copies", "cuts", "cuts", "pastes", "pastes",
    "a_clipboard_manager_hands_back", "erases", "undoes", "undoes", "redoes", "drags", "indents", "comments",
    "replaces_everywhere", "keeps_a_version", "brings_a_version_back", "turns_to_a_file", "makes_a_file",
    "renames_the_file", "removes_the_file", "erases_hundreds_of_letters", "starts_again", "goes_to_another_pc",
]  # fmt: skip


def played(acts: list[str], seed: int) -> list[tuple[str, str, Origin]]:
    folder = Path(tempfile.mkdtemp(prefix="origin-"))
    seat = Seat(folder, random.Random(seed))
    try:
        for act in acts:
            seat.act(act)
        return seat.misread()
    finally:
        seat.close()
        shutil.rmtree(folder)


@settings(max_examples=40)
@given(st.lists(st.sampled_from(ACTS), min_size=4, max_size=30), st.integers(0, 1 << 30))
def test_text_from_outside_stays_so_and_own_text_stays_own_whatever_is_done_with_it(qapp, acts, seed):
    assert played(acts, seed) == []


@pytest.mark.parametrize(
    "acts",
    [
        ["pastes_from_outside", "erases", "types", "erases", "undoes", "undoes", "undoes"],
        ["pastes_from_outside", "cuts", "erases_hundreds_of_letters", "pastes"],
        ["pastes_from_outside", "keeps_a_version", "cuts", "cuts", "brings_a_version_back"],
        ["pastes_from_outside", "copies", "a_clipboard_manager_hands_back", "goes_to_another_pc", "pastes"],
        ["pastes_from_outside", "replaces_everywhere", "replaces_everywhere"],
        ["pastes_from_outside", "cuts", "starts_again", "pastes"],
    ],
    ids=" ".join,
)
def test_ways_that_made_text_from_outside_look_like_own(qapp, acts):
    for seed in range(6):
        assert played(acts, seed) == []
