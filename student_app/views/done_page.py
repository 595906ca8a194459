"""After handing in: what was handed in, that it is safe, the code that proves it, and what to keep."""

from collections.abc import Callable

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QWidget

from student_app.core.keeping import FinalReceipt
from student_app.core.session import Phase
from student_app.core.state import DeskState
from student_app.views import words
from student_app.views.carrying import Carrying
from student_app.views.look import Look
from student_app.views.pieces import (
    Banner,
    ElidedLabel,
    button,
    centred,
    column,
    empty,
    frame,
    label,
    row,
    set_property,
)
from student_app.views.port import Surroundings

RECEIPT_MS = 1_000
"""How often the receipt is read anew while the instructor's signature is missing."""


class FileTable(QWidget):
    """Question, file, length and fingerprint of everything that was handed in."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(20)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(0, 3)
        self._grid.setColumnStretch(1, 2)

    def show_receipt(self, state: DeskState, receipt: FinalReceipt) -> None:
        """Show the files of a receipt."""
        empty(self._grid)
        heads = (self.tr("Question"), self.tr("File"), self.tr("Characters"), self.tr("Fingerprint (SHA-256)"))
        for at, text in enumerate(heads):
            self._grid.addWidget(label(text, "small"), 0, at)
        titles = {view.id: f"{number}  {view.title}" for number, view in enumerate(state.questions, 1)}
        order = {question: at for at, question in enumerate(titles)}
        before = ""
        for line, one in enumerate(sorted(receipt.files, key=lambda one: order.get(one.file.partition("/")[0], 99)), 1):
            question, _, name = one.file.partition("/")
            self._grid.addWidget(ElidedLabel(titles.get(question, question) if question != before else ""), line, 0)
            before = question
            self._grid.addWidget(ElidedLabel(name), line, 1)
            length = label(words.number(one.length) if one.length else self.tr("empty"), "" if one.length else "muted")
            self._grid.addWidget(length, line, 2)
            fingerprint = label(f"{one.sha256[:8]} {one.sha256[8:16]} …", "code")
            fingerprint.setToolTip(one.sha256)
            fingerprint.setAccessibleName(one.sha256)
            fingerprint.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._grid.addWidget(fingerprint, line, 3)


class Signatures(QWidget):
    """Who has signed: this PC, and the instructor's computer."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._pictures = (QLabel(), QLabel())
        self._words = (label(wrap=True), label(wrap=True))
        lines = [row(picture, said, spacing=10) for picture, said in zip(self._pictures, self._words, strict=True)]
        for line in lines:
            line.setStretch(1, 1)
        self.setLayout(column(*lines, spacing=8))

    def show_receipt(self, receipt: FinalReceipt) -> None:
        """Say which signatures there are."""
        self._say(0, True, self.tr("Signed by this PC. Nobody can change it unnoticed."))
        there = bool(receipt.receipt)
        self._say(1, there, (
            self.tr("Signed by the instructor's computer, which has everything on its disk.")
            if there
            else self.tr("The signature of the instructor's computer comes as soon as your work has arrived.")
        ))  # fmt: skip

    def _say(self, at: int, there: bool, text: str) -> None:
        self._look.dress(self._pictures[at], "check" if there else "clock", "positive" if there else "muted", 18)
        self._words[at].setText(text)


class DonePage(QWidget):
    """The receipt, and what to do with it."""

    take_back = pyqtSignal()
    read_work = pyqtSignal()

    def __init__(self, around: Surroundings, look: Look) -> None:
        super().__init__()
        self._around = around
        self._look = look
        self._state: DeskState | None = None
        self._receipt: FinalReceipt | None = None
        self._asked_for, self._asked_ms = "", 0
        self._picture = QLabel()
        self._title = label(role="title", wrap=True)
        self._text = label(wrap=True)
        self._code = label(role="figure")
        self._code.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._signatures = Signatures(look)
        self._safe = Banner(look, "", "positive", icon="save-hub")
        self._waiting = Banner(look, "", "attention", icon="save-local")
        self._told = Banner(look, "", "positive", icon="check")
        self._told.hide()
        self._files = FileTable()
        self.carrying = Carrying(self, around.keeping, self._say)
        self._make_buttons()
        self._lay_out()

    def _make_buttons(self) -> None:
        self.back = button(self.tr("Take back and work on"), self.take_back.emit)
        self.read = button(self.tr("Read my work"), self.read_work.emit)
        self.save = button(self.tr("Save receipt…"), lambda: self._with_receipt(self.carrying.ask_receipt), "primary")
        self.paper = button(self.tr("Print…"), lambda: self._with_receipt(self.carrying.print_receipt))
        self.record = button(self.tr("Keep a copy of my record…"), lambda: self._with_state(self.carrying.ask_record))
        self.stick = button(self.tr("Save to a stick…"), lambda: self._with_state(self.carrying.ask_bundle))
        self.record.setToolTip(
            self.tr("Everything that was recorded of you in this exam, as a file that can be verified")
        )
        self.stick.setToolTip(self.tr("A sealed file with all of your work, to carry to your instructor by hand"))

    def _lay_out(self) -> None:
        said = label(
            self.tr("Your receipt code. Write it down: it proves what you handed in."), "muted", wrap=True
        )  # fmt: skip
        code = column(said, self._code, spacing=4)
        top = row(spacing=24)
        top.addLayout(code, 2)
        top.addWidget(self._signatures, 3)
        card = frame("card", top, 20)
        head = row(self._picture, self._title, spacing=12)
        head.setStretch(1, 1)
        content = QWidget()
        content.setLayout(
            column(
                head,
                self._text,
                card,
                self._safe,
                self._waiting,
                self._told,
                row(self.save, self.paper, self.record, self.stick, 1),
                frame("card", column(self._files), 20),
                row(self.back, self.read, 1),
                spacing=14,
            )
        )
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(centred(content, 820))

    def refresh(self, state: DeskState) -> None:
        """Show the desk as it is now."""
        self._state = state
        ended = state.phase is Phase.ENDED
        safe = state.unsent <= 0
        icon, tone = ("status-submitted", "positive") if safe else ("save-local", "attention")
        self._look.dress(self._picture, icon, tone, 32)
        self._title.setText(self._heading(state, ended=ended, safe=safe))
        self._text.setText(self._sentence(state, ended=ended))
        self._code.setText(state.code or "…")
        self._safe.setVisible(safe)
        self._safe.say(self.tr("Your instructor has everything. You may close this window."))
        self._waiting.setVisible(not safe)
        self._waiting.say(self._still_here(state))
        set_property(self.stick, "kind", "primary" if state.alone else "")
        set_property(self.save, "kind", "" if state.alone else "primary")
        self.back.setVisible(not ended and state.may_take_back)
        self.read.setVisible(state.review)
        self._ask_receipt(state)

    def _still_here(self, state: DeskState) -> str:
        if state.alone and state.trouble is None:
            return self.tr(
                "Your work is saved on this PC, which has no network. Save it to a stick now and give that to your "
                "instructor: only they can open the file."
            )
        return (
            self.tr("{trouble} {n}. Leave this window open and tell your proctor now.").format(
                trouble=state.trouble, n=words.not_sent(state.unsent)
            )
            if state.trouble is not None
            else self.tr(
                "Saved on this PC; {n}. Please leave this window open: it is sent by itself as soon as there is a "
                "connection. If it stays like this, tell your proctor, or save it to a stick."
            ).format(n=words.not_sent(state.unsent))
        )

    def _ask_receipt(self, state: DeskState) -> None:
        """Read the receipt once it is there, and again until both signatures are."""
        now = self._around.mono_ms()
        new = state.code != self._asked_for
        if new:
            self._receipt = None
        complete = self._receipt is not None and bool(self._receipt.receipt)
        if not state.code or complete or (not new and now < self._asked_ms + RECEIPT_MS):
            self._offer(state)
            return
        self._asked_for, self._asked_ms = state.code, now
        self._around.keeping.receipt(self._take)
        self._offer(state)

    def _take(self, receipt: FinalReceipt | None) -> None:
        if receipt is None or self._state is None or receipt.code != self._asked_for:
            return
        if receipt != self._receipt:
            self._receipt = receipt
            self._files.show_receipt(self._state, receipt)
            self._signatures.show_receipt(receipt)
        self._offer(self._state)

    def _offer(self, state: DeskState) -> None:
        there = self._receipt is not None
        self._signatures.setVisible(there)
        self.save.setEnabled(there)
        self.paper.setEnabled(there)
        self.record.setEnabled(bool(state.session))
        self.stick.setEnabled(bool(state.session))

    def _with_receipt(self, action: Callable[[FinalReceipt], None]) -> None:
        if self._receipt is not None:
            action(self._receipt)

    def _with_state(self, action: Callable[[DeskState], None]) -> None:
        if self._state is not None:
            action(self._state)

    def _say(self, sentence: str, level: str) -> None:
        self._told.level(level)
        self._told.say(sentence)
        self._told.show()

    def _heading(self, state: DeskState, *, ended: bool, safe: bool) -> str:
        """Return what happened; handed in is not yet received, and the words keep the two apart."""
        if ended and state.trouble is not None and not safe:
            return self.tr("The exam is over. Your work has not arrived yet.")
        if ended:
            return (
                self.tr("The exam is over. Your work has arrived.")
                if safe
                else self.tr("The exam is over. Your work is sealed on this PC.")
            )
        return self.tr("Handed in, and arrived") if safe else self.tr("Handed in, not yet arrived")

    def _sentence(self, state: DeskState, *, ended: bool) -> str:
        if ended:
            return self.tr("What you had written at the end was handed in by itself. Nothing more can be changed.")
        if not state.may_take_back:
            return self.tr("In this exam a hand-in can't be taken back. If something is wrong, tell your proctor.")
        if state.left_ms is None:
            return self.tr("You can take it back while the exam is open.")
        return self.tr("You can take it back and work on for another {time}.").format(time=words.spoken(state.left_ms))
