"""What a student does in an open exam: writes in files, looks around, talks to the staff. Each of it is an event."""

from typing import Literal

from shared.events import kinds, pieces
from shared.exam.content import Content, QuestionContent
from shared.exam.front import FrontPage
from shared.exam.paths import path_mistake
from shared.problems import InputProblem
from shared.text import safe_text
from student_app.core.conditions import Conditions
from student_app.core.desk_watching import DeskWatcher
from student_app.core.recorder import How
from student_app.core.sitting import Sitting


class AtWork:
    """The part of a desk that needs its open journal and nothing else. Any thread may call any method.

    Attributes:
        sitting: the open journal, None before joining.
    """

    def __init__(self, watcher: DeskWatcher) -> None:
        self.sitting: Sitting | None = None
        self._watcher = watcher

    # Files

    def insert(self, file: str, at: int, text: str, how: How = "type") -> None:
        """Text was typed at `at` (code points); raises `InputProblem` when the exam is not open."""
        self._sitting().working().replace(file, at, 0, text, how)

    def delete(self, file: str, at: int, count: int, how: How = "type") -> None:
        """`count` characters at `at` were removed; raises as `insert` does."""
        self._sitting().working().replace(file, at, count, "", how)

    def replace(self, file: str, at: int, removed: int, text: str, how: How = "type") -> None:
        """`removed` characters at `at` became `text`; raises as `insert` does."""
        self._sitting().working().replace(file, at, removed, text, how)

    def paste(
        self, file: str, at: int, removed: int, text: str, how: Literal["paste", "drop", "selection"] = "paste"
    ) -> bool:
        """Text was pasted, if the exam's rule lets it; False: it must not be inserted, and the refusal is recorded."""
        recorder = self._sitting().working()
        rule = self._rule("paste")
        if rule == "block" or (rule == "own" and recorder.whose(text) != "own"):
            what: Literal["paste", "drop"] = "drop" if how == "drop" else "paste"
            recorder.record(kinds.Refused(what=what, detail=f"{len(text)} characters into {file}"))
            return False
        recorder.paste(file, at, removed, text, how)
        self._watcher.changed()
        return True

    def copied(self, text: str) -> None:
        """The student copied or cut this in the editor or the console."""
        self._sitting().recorder.copied(text)

    def revert(self, file: str, text: str) -> None:
        """The file stands like this now; raises as `insert` does."""
        self._sitting().working().revert(file, text)

    def new_file(self, file: str, text: str = "") -> None:
        """A new file (`question/name`); raises `InputProblem` for a name that can't be."""
        self._check_name(file)
        self._sitting().working().create(file, text)
        self._watcher.changed()

    def rename_file(self, file: str, to: str) -> None:
        """A file gets another name; raises `InputProblem` for one that can't be, and for the file that Run starts."""
        self._check_not_main(file)
        self._check_name(to)
        self._sitting().working().rename(file, to)
        self._watcher.changed()

    def remove_file(self, file: str) -> None:
        """A file is removed, and a version of it kept; raises `InputProblem` for the file that Run starts."""
        self._check_not_main(file)
        self.keep_version()
        self._sitting().working().remove(file)
        self._watcher.changed()

    def text(self, file: str) -> str:
        """Return a file's text; raises `PeerFault` when there is none."""
        return self._sitting().memory.workspace.text(file)

    def cursor(self, file: str) -> int:
        """Return where the last change of a file was."""
        return self._sitting().memory.cursor.get(file, 0)

    def view(self, question: str, file: str = "") -> None:
        """The student turned to a question or a file."""
        memory = self._sitting().memory
        if (memory.question, memory.file) != (question, file):
            self._sitting().recorder.record(kinds.Viewed(question=question, file=file))
            self._watcher.changed()

    def focus(self, here: bool, away_ms: int = 0) -> None:
        """The window lost or regained the keyboard."""
        self._sitting().recorder.record(kinds.Focus(here=here, away_ms=away_ms))

    def save(self) -> None:
        """Write everything down now; the student pressed Save."""
        recorder = self._sitting().working()
        recorder.record(kinds.Checkpoint(files=recorder.files(), why="save"))
        self._sitting().journal.flush()

    def keep_version(self) -> None:
        """Have a version of the files as they stand, before they are replaced; raises as `insert` does."""
        recorder = self._sitting().working()
        recorder.record(kinds.Checkpoint(files=recorder.files(), why="regular"))

    # People

    def raise_hand(self, up: bool, text: str = "") -> None:
        """Ask for somebody to come, or no longer."""
        self._sitting().recorder.record(kinds.HandRaised(up=up, text=safe_text(text)[:2000]))
        self._watcher.changed()

    def message(self, text: str, about: Literal["message", "problem"] = "message") -> None:
        """Write to the staff; raises `InputProblem` for a report of a problem where the exam takes none."""
        content = self.content
        if about == "problem" and content is not None and not content.desk.issue_reporting:
            raise InputProblem("This exam takes no reports of problems. Raise your hand instead.")
        for piece in pieces(safe_text(text)):
            self._sitting().recorder.record(kinds.MessageSent(text=piece, about=about))
        self._watcher.changed()

    def write_notes(self, text: str) -> None:
        """The student's own notes as they stand now."""
        self._sitting().recorder.record(kinds.NoteWritten(text=safe_text(text)[:10_000]))

    def read_notice(self, number: int) -> None:
        """The student read a message of the staff."""
        self._sitting().read_notice(number)

    def accept_honor(self, honor_sha256: str, recorded_sha256: str) -> None:
        """The student accepted the honor code and read what is recorded, as both were shown."""
        self._sitting().affirm(honor_sha256, recorded_sha256)

    # The exam

    def question(self, question: str) -> QuestionContent:
        """Return what the exam says about a question of this student; raises `InputProblem` for another one."""
        found = self._content().question(question)
        if found is None or question not in self._sitting().memory.drawn:
            raise InputProblem(f"There is no question {question!r} in this exam.")
        return found

    @property
    def content(self) -> Content | None:
        """The exam, once it is open."""
        return self.sitting.content.content if self.sitting is not None else None

    @property
    def front(self) -> FrontPage | None:
        """What may be read of the exam before the start."""
        return self.sitting.content.front if self.sitting is not None else None

    @property
    def affirmed(self) -> Conditions | None:
        """What the student affirmed last, to show what is different by now."""
        return self.sitting.affirmation.texts if self.sitting is not None else None

    def _sitting(self) -> Sitting:
        if self.sitting is None:
            raise InputProblem("Join the exam first.")
        return self.sitting

    def _content(self) -> Content:
        content = self.content
        if content is None:
            raise InputProblem("The exam isn't open yet. Wait for the start.")
        return content

    def _rule(self, name: Literal["paste"]) -> str:
        content = self.content
        return "allow" if content is None else str(getattr(content.desk, name))

    def _check_not_main(self, file: str) -> None:
        question, _, name = file.partition("/")
        if name == self.question(question).main:
            raise InputProblem(f"{name} is the file that Run starts; it keeps its name and its place.")

    def _check_name(self, file: str) -> None:
        question, _, name = file.partition("/")
        self.question(question)
        if path_mistake(name):
            raise InputProblem(f"A file can't be called {name!r}: the name {path_mistake(name)}.")
        if file in self._sitting().memory.workspace.files:
            raise InputProblem(f"There is a file named {name} in this question already.")
