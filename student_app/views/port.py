"""What the window needs of a desk. `Desk` fits by itself; `Surroundings` adds what is beside it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from shared.bundle.desk_file import DeskFile
from shared.exam.content import Content, QuestionContent
from shared.exam.front import FrontPage
from shared.text import TextModel
from shared.text.versions import Versions
from shared.wire.messages import Candidate, SeatCheck
from student_app.core.alone import Myself
from student_app.core.conditions import Conditions
from student_app.core.content import starter_files
from student_app.core.keeping import FinalReceipt
from student_app.core.memory import Sent
from student_app.core.ports import HubAddress
from student_app.core.recorder import How
from student_app.core.state import DeskState

CheckPc = Callable[[Callable[[tuple[SeatCheck, ...]], None], Callable[[tuple[SeatCheck, ...], str], None]], None]
"""Begins a preflight; the first hears what is known so far, the second all of it and whether the instructor has it."""
PasteHow = Literal["paste", "drop", "selection"]


class DeskPort(Protocol):
    """The methods of `student_app.core.desk.Desk` that the window calls; see there."""

    @property
    def content(self) -> Content | None:
        """See `Desk`."""
        ...

    @property
    def front(self) -> FrontPage | None:
        """See `Desk`."""
        ...

    def state(self) -> DeskState:
        """See `Desk`."""
        ...

    def look(self) -> None:
        """See `Desk`."""
        ...

    def join(self, code: str, student: str, name: str = "", seat: str = "", hubs: tuple[HubAddress, ...] = ()) -> None:
        """See `Desk`."""
        ...

    def cancel(self) -> bool:
        """See `Desk`."""
        ...

    def question(self, question: str) -> QuestionContent:
        """See `Desk`."""
        ...

    def replace(self, file: str, at: int, removed: int, text: str, how: How = "type") -> None:
        """See `Desk`."""
        ...

    def paste(self, file: str, at: int, removed: int, text: str, how: PasteHow = "paste") -> bool:
        """See `Desk`."""
        ...

    def copied(self, text: str) -> None:
        """See `Desk`."""
        ...

    def revert(self, file: str, text: str) -> None:
        """See `Desk`."""
        ...

    def new_file(self, file: str, text: str = "") -> None:
        """See `Desk`."""
        ...

    def rename_file(self, file: str, to: str) -> None:
        """See `Desk`."""
        ...

    def remove_file(self, file: str) -> None:
        """See `Desk`."""
        ...

    def text(self, file: str) -> str:
        """See `Desk`."""
        ...

    def cursor(self, file: str) -> int:
        """See `Desk`."""
        ...

    def view(self, question: str, file: str = "") -> None:
        """See `Desk`."""
        ...

    def focus(self, here: bool, away_ms: int = 0) -> None:
        """See `Desk`."""
        ...

    def save(self) -> None:
        """See `Desk`."""
        ...

    def keep_version(self) -> None:
        """See `Desk`."""
        ...

    def run(self, file: str) -> int:
        """See `Desk`."""
        ...

    def run_checks(self, question: str) -> int:
        """See `Desk`."""
        ...

    def type_in(self, text: str) -> None:
        """See `Desk`."""
        ...

    def act(self, line: str) -> None:
        """See `Desk`."""
        ...

    def stop_run(self) -> None:
        """See `Desk`."""
        ...

    def raise_hand(self, up: bool, text: str = "") -> None:
        """See `Desk`."""
        ...

    def message(self, text: str, about: Literal["message", "problem"] = "message") -> None:
        """See `Desk`."""
        ...

    def write_notes(self, text: str) -> None:
        """See `Desk`."""
        ...

    def read_notice(self, number: int) -> None:
        """See `Desk`."""
        ...

    @property
    def affirmed(self) -> Conditions | None:
        """See `Desk`."""
        ...

    def accept_honor(self, honor_sha256: str, recorded_sha256: str) -> None:
        """See `Desk`."""
        ...

    def submit(self) -> None:
        """See `Desk`."""
        ...

    def take_back(self) -> None:
        """See `Desk`."""
        ...


def starter_texts(content: Content | None) -> dict[str, str]:
    """Return the starter files of all questions, by `question/name`."""
    questions = content.questions if content is not None else ()
    return dict(pair for question in questions for pair in starter_files(question))


Lookup = Callable[[str, str, tuple[HubAddress, ...], Callable[[tuple[Candidate, ...], bool], None]], None]


@dataclass(frozen=True, slots=True)
class Shelved:
    """An exam on this PC that can be gone on with."""

    title: str
    student: str
    name: str
    created_ms: int
    go_on: Callable[[], None]


class Keeping(Protocol):
    """What the student may carry away. Files are written off the window's thread; answers come in it."""

    def receipt(self, then: Callable[[FinalReceipt | None], None]) -> None:
        """Read the receipt of the newest hand-in."""
        ...

    def record(self, target: Path, then: Callable[[str, tuple[Path, ...]], None]) -> None:
        """Write the own record; `then` gets what went wrong (or nothing) and what was written."""
        ...

    def bundle(self, target: Path, then: Callable[[str], None]) -> None:
        """Write the sealed file for the stick; `then` gets what went wrong, or nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the window needs beside the desk.

    Attributes:
        model: the recorded text of a file.
        read_exam_file: read an exam file and call back, in the window's thread, with it or with what is wrong.
        begin_alone: begin from an exam file; calls back as `start_with` does.
        start_with: open the exam with a start code; calls back in the window's thread, with what was wrong or an empty
            text.
        lookup: ask the hub which students a text may mean; the answer comes in the window's thread.
        prepared: call back, in the window's thread, as soon as programs can be run.
        shelf: exams on this PC that can be gone on with, newest first.
        content_here: whether the whole exam, still sealed, is on this PC.
        keeping: what may be carried away: receipt, record, file for the stick.
        versions: the student's own versions of all files.
        picture: a picture of an earlier run by its hash, None where it is not here any more.
        sent: what the student has written to the staff, oldest first.
        mono_ms: a clock for durations.
        wall_ms: the PC's clock, to show times of day.
        check_pc: begin a preflight of this PC; None where there is nothing to check.
    """

    model: Callable[[str], TextModel]
    lookup: Lookup
    read_exam_file: Callable[[Path, Callable[[DeskFile], None], Callable[[str], None]], None]
    begin_alone: Callable[[DeskFile, Myself, Callable[[str], None]], None]
    start_with: Callable[[str, Callable[[str], None]], None]
    prepared: Callable[[Callable[[], None]], None]
    shelf: Callable[[], list[Shelved]]
    keeping: Keeping
    versions: Callable[[], Versions]
    picture: Callable[[str], bytes | None]
    sent: Callable[[], tuple[Sent, ...]]
    content_here: Callable[[], bool]
    mono_ms: Callable[[], int]
    wall_ms: Callable[[], int]
    check_pc: CheckPc | None = None
