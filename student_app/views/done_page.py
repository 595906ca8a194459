"""Before and after handing in: the summary, and the receipt."""

from hashlib import sha256
from pathlib import Path

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QFileDialog, QGridLayout, QHBoxLayout, QLabel, QWidget

from student_app.core.session import Phase
from student_app.core.state import DeskState
from student_app.views import words
from student_app.views.look import Look
from student_app.views.pieces import Banner, ElidedLabel, button, centred, column, empty, frame, label, row
from student_app.views.port import DeskPort, starter_texts


class FileTable(QWidget):
    """Question, file, size and fingerprint of everything that is, or was, handed in."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(20)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(0, 3)
        self._grid.setColumnStretch(1, 2)

    def show_files(self, desk: DeskPort, state: DeskState, *, hashes: bool) -> None:
        """Show the files as they stand now."""
        empty(self._grid)
        heads = [
            self.tr("Question"),
            self.tr("File"),
            self.tr("Lines"),
            self.tr("Fingerprint (SHA-256)") if hashes else "",
        ]
        for at, text in enumerate(heads):
            self._grid.addWidget(label(text, "small"), 0, at)
        line = 1
        for number, view in enumerate(state.questions, 1):
            for place, file in enumerate(view.files):
                text = desk.text(file)
                title = f"{number}  {view.title}" if place == 0 else ""
                lines = len(text.splitlines())
                self._grid.addWidget(ElidedLabel(title), line, 0)
                self._grid.addWidget(ElidedLabel(words.file_name(file)), line, 1)
                count = label(
                    words.number(lines) if text.strip() else self.tr("empty"), "" if text.strip() else "muted"
                )
                self._grid.addWidget(count, line, 2)
                if hashes:
                    digest = sha256(text.encode()).hexdigest()
                    fingerprint = label(f"{digest[:8]} {digest[8:16]} …", "code")
                    fingerprint.setToolTip(digest)
                    fingerprint.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
                    self._grid.addWidget(fingerprint, line, 3)
                line += 1


class SubmitPage(QWidget):
    """What will be handed in, and the one button that does it."""

    submit = pyqtSignal()
    back = pyqtSignal()

    def __init__(self, desk: DeskPort, look: Look) -> None:
        super().__init__()
        self._desk = desk
        self._left = label(role="muted", wrap=True)
        self._files = FileTable()
        self._empty = Banner(look, "", "attention", icon="info")
        self._offline = Banner(look, "", icon="offline")
        self._offline.say(
            self.tr(
                "There is no connection to the instructor's computer. You can hand in all the same: it is sealed on "
                "this PC now and goes to the instructor by itself."
            )
        )
        self.go = button(self.tr("Hand in now"), self.submit.emit, "primary")
        self.go.setMinimumHeight(40)
        back = button(self.tr("Go back and work on"), self.back.emit)
        back.setMinimumHeight(40)
        content = QWidget()
        content.setLayout(
            column(
                label(self.tr("Hand in your work?"), "title"),
                self._left,
                self._empty,
                self._offline,
                frame("card", column(self._files), 20),
                row(1, back, self.go),
                spacing=16,
            )
        )
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(centred(content, 720))

    def open(self, state: DeskState) -> None:
        """Show the work as it stands now."""
        self._files.show_files(self._desk, state, hashes=False)
        starters = starter_texts(self._desk.content)
        without = [view.title for view in state.questions if not self._touched(view.files, starters)]
        self._empty.setVisible(bool(without))
        self._empty.say(self.tr("Nothing written yet in: {which}.").format(which=", ".join(without)))
        self.refresh(state)
        self.go.setFocus()

    def refresh(self, state: DeskState) -> None:
        """Keep the time up to date."""
        self._offline.setVisible(not state.online)
        left = words.spoken(state.left_ms) if state.left_ms is not None else ""
        text = self.tr("Everything below is handed in as it stands.")
        if left:
            text += " " + self.tr("You still have {time}; you can take it back until the time is over.").format(
                time=left
            )
        self._left.setText(text)

    def _touched(self, files: tuple[str, ...], starters: dict[str, str]) -> bool:
        return any(self._desk.text(file).strip() != starters.get(file, "").strip() for file in files)


class DonePage(QWidget):
    """The receipt: what was handed in, that it is safe, and the code that proves it."""

    take_back = pyqtSignal()

    def __init__(self, desk: DeskPort, look: Look) -> None:
        super().__init__()
        self._desk = desk
        self._look = look
        self._state: DeskState | None = None
        self._shown = ""
        self._picture = QLabel()
        self._title = label(role="title", wrap=True)
        self._text = label(wrap=True)
        self._code_words = label(
            self.tr("Your receipt code. Write it down: it proves what you handed in."), "muted", wrap=True
        )
        self._code = label(role="figure")
        self._code.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._safe = Banner(look, "", "positive", icon="save-hub")
        self._waiting = Banner(look, "", "attention", icon="save-local")
        self._files = FileTable()
        self._back = button(self.tr("Take back and work on"), self.take_back.emit)
        self._save = button(self.tr("Save receipt…"), self._save_receipt)
        look.dress(self._save, "export", "text")
        receipt = frame("card", column(self._code_words, self._code, spacing=4), 20)
        head = row(self._picture, self._title, spacing=12)
        head.setStretch(1, 1)
        content = QWidget()
        content.setLayout(
            column(
                head, self._text, receipt, self._safe, self._waiting, frame("card", column(self._files), 20),
                row(self._back, 1, self._save), spacing=16,
            )
        )  # fmt: skip
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(centred(content, 760))

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
        self._waiting.say(
            self.tr("{trouble} {n}. Leave this window open and tell your proctor now.").format(
                trouble=state.trouble, n=words.not_sent(state.unsent)
            )
            if state.trouble is not None
            else self.tr(
                "Saved on this PC; {n}. Please leave this window open: it is sent by itself as soon as there is a "
                "connection. If it stays like this, tell your proctor."
            ).format(n=words.not_sent(state.unsent))
        )
        self._back.setVisible(not ended)
        key = f"{state.code}{state.session}{state.phase}"
        if key != self._shown:
            self._shown = key
            self._files.show_files(self._desk, state, hashes=True)

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
        if state.left_ms is None:
            return self.tr("You can take it back while the exam is open.")
        return self.tr("You can take it back and work on for another {time}.").format(time=words.spoken(state.left_ms))

    def _save_receipt(self) -> None:
        dialog = QFileDialog(self, self.tr("Save receipt"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("txt")
        dialog.setNameFilter(self.tr("Text (*.txt)"))
        dialog.selectFile(self.tr("receipt") + ".txt")
        dialog.fileSelected.connect(lambda path: self.write_receipt(Path(path)))
        dialog.open()

    def write_receipt(self, path: Path) -> None:
        """Write code and fingerprints into a text file."""
        state = self._state
        if state is None:
            return
        lines = [
            state.title,
            f"{state.name} {state.student}".strip(),
            self.tr("Receipt code: {code}").format(code=state.code),
            self.tr("Session: {id}").format(id=state.session),
            "",
        ]
        for view in state.questions:
            lines += [f"{sha256(self._desk.text(file).encode()).hexdigest()}  {file}" for file in view.files]
        try:
            path.write_text("\n".join(lines) + "\n", "utf-8")
        except OSError as problem:
            self._text.setText(
                self.tr("The receipt could not be written there ({why}). Choose another folder.").format(
                    why=problem.strerror
                )
            )
