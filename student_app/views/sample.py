"""A desk that only plays one: for screenshots of every page, through the same views."""

from collections.abc import Callable
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Literal

import msgspec
from PyQt6.QtCore import QBuffer, QByteArray, QIODevice, QPointF, Qt
from PyQt6.QtGui import QColor, QImage, QPageSize, QPainter, QPdfWriter, QPen, QPolygonF, QTextDocument

from shared.bundle.desk_file import DeskFile
from shared.crypto.keys import SigningKey
from shared.events import kinds
from shared.exam.content import Content, ContentFile, QuestionContent
from shared.exam.document import Checks, Question, Zone
from shared.exam.front import FrontPage, front_of, sign_front
from shared.exam.recorded import DEFAULT_HONOR_CODE
from shared.exam.rules import DeskRules, Interpreter, RecordingPolicy
from shared.ids import ExamId, QuestionId
from shared.text import Edit, FileCreated, FileDeleted, FileEdited, FileRenamed, Origin, TextModel, Workspace
from shared.text.versions import Versions
from shared.wire.messages import Candidate, SeatCheck
from student_app.core.amending import CHANGED
from student_app.core.conditions import Conditions
from student_app.core.content import QuestionView
from student_app.core.keeping import FinalReceipt, HandedIn
from student_app.core.memory import Sent
from student_app.core.ports import FoundHub, HubAddress
from student_app.core.recorder import How
from student_app.core.session import Phase
from student_app.core.state import DeskState, NoticeView, RunView
from student_app.core.surroundings import Surroundings as Seen
from student_app.preflight.checks import results
from student_app.preflight.facts import Broadcast, Disk, Facts, Hub, Multicast, Neighbours, Python, Sandbox, Screen
from student_app.views.port import PasteHow, Shelved, Surroundings

NOW_MS = 1_790_066_520_000
NAME = "Ada Lovelace"


class SampleDesk:
    """A desk in memory whose state is set; it keeps texts, and otherwise does as it is told."""

    def __init__(self, state: DeskState, content: Content | None) -> None:
        self.now = state
        self.content = content
        self.page: FrontPage | None = None
        self.affirmed: Conditions | None = None
        self.workspace = Workspace()
        for question in content.questions if content is not None else ():
            for each in question.starter:
                name = f"{question.id}/{each.path}"
                self.workspace.apply(FileCreated(name, 0, WRITTEN.get(name, each.data.decode())))

    @property
    def front(self) -> FrontPage | None:
        """See `Desk`."""
        return self.page or (front_of(self.content) if self.content is not None else None)

    def state(self) -> DeskState:
        """See `Desk`."""
        return self.now

    def set(self, **fields: object) -> None:
        """Change the state."""
        self.now = msgspec.structs.replace(self.now, **fields)

    def look(self) -> None:
        """See `Desk`."""

    def join(self, code: str, student: str, name: str = "", seat: str = "", hubs: tuple[HubAddress, ...] = ()) -> None:
        """See `Desk`."""
        del code, seat, hubs
        self.set(phase=Phase.JOINING, student=student, name=name)

    def cancel(self) -> bool:
        """See `Desk`."""
        self.set(phase=Phase.FINDING)
        return True

    def question(self, question: str) -> QuestionContent:
        """See `Desk`."""
        assert self.content is not None
        found = self.content.question(QuestionId(question))
        assert found is not None
        return found

    def replace(self, file: str, at: int, removed: int, text: str, how: How = "type") -> None:
        """See `Desk`."""
        del how
        self.workspace.apply(FileEdited(file, Edit(at, removed, text, Origin.TYPED, 0)))

    def paste(self, file: str, at: int, removed: int, text: str, how: PasteHow = "paste") -> bool:
        """See `Desk`."""
        del how
        self.replace(file, at, removed, text)
        return True

    def copied(self, text: str) -> None:
        """See `Desk`."""

    def revert(self, file: str, text: str) -> None:
        """See `Desk`."""
        self.replace(file, 0, self.workspace.model(file).length, text)

    def new_file(self, file: str, text: str = "") -> None:
        """See `Desk`."""
        self.workspace.apply(FileCreated(file, 0, text))
        self._list_files()

    def rename_file(self, file: str, to: str) -> None:
        """See `Desk`."""
        self.workspace.apply(FileRenamed(file, 0, to))
        self._list_files()

    def remove_file(self, file: str) -> None:
        """See `Desk`."""
        self.workspace.apply(FileDeleted(file, 0))
        self._list_files()

    def text(self, file: str) -> str:
        """See `Desk`."""
        return self.workspace.text(file)

    def cursor(self, file: str) -> int:
        """See `Desk`."""
        return min(260, self.workspace.model(file).length)

    def view(self, question: str, file: str = "") -> None:
        """See `Desk`."""
        self.set(question=question, file=file)

    def focus(self, here: bool, away_ms: int = 0) -> None:
        """See `Desk`."""

    def save(self) -> None:
        """See `Desk`."""

    def keep_version(self) -> None:
        """See `Desk`."""

    def run(self, file: str) -> int:
        """See `Desk`."""
        del file
        return 1

    def run_checks(self, question: str) -> int:
        """See `Desk`."""
        del question
        return 1

    def type_in(self, text: str) -> None:
        """See `Desk`."""

    def act(self, line: str) -> None:
        """See `Desk`."""

    def stop_run(self) -> None:
        """See `Desk`."""

    def raise_hand(self, up: bool, text: str = "") -> None:
        """See `Desk`."""
        del text
        self.set(hand=up)

    def message(self, text: str, about: Literal["message", "problem"] = "message") -> None:
        """See `Desk`."""

    def write_notes(self, text: str) -> None:
        """See `Desk`."""

    def read_notice(self, number: int) -> None:
        """See `Desk`."""
        notices = tuple(msgspec.structs.replace(one, read=one.read or one.number == number) for one in self.now.notices)
        self.set(notices=notices, unread=sum(not one.read for one in notices))

    def accept_honor(self, honor_sha256: str, recorded_sha256: str) -> None:
        """See `Desk`."""
        del honor_sha256, recorded_sha256
        self.set(honor=True, affirms_anew=False)

    def submit(self) -> None:
        """See `Desk`."""
        self.set(phase=Phase.SUBMITTED, code="7K2M-9XQ4-T")

    def take_back(self) -> None:
        """See `Desk`."""
        self.set(phase=Phase.WORKING, code="")

    def _list_files(self) -> None:
        questions = tuple(
            msgspec.structs.replace(
                view, files=tuple(file for file in self.workspace.files if file.startswith(f"{view.id}/"))
            )
            for view in self.now.questions
        )
        self.set(questions=questions)


def surroundings(desk: SampleDesk, *, shelf: tuple[Shelved, ...] = (), sent: tuple[Sent, ...] = ()) -> Surroundings:
    """Return what the window needs beside a sample desk."""
    ticks = iter(range(0, 1 << 60, 60_000))

    def lookup(
        _code: str, _text: str, _hubs: tuple[HubAddress, ...], then: Callable[[tuple[Candidate, ...], bool], None]
    ) -> None:
        then(CANDIDATES, False)

    def start_with(_code: str, then: Callable[[str], None]) -> None:
        then("This start code does not open the exam. Compare it symbol by symbol with what was read out.")

    def model(file: str) -> TextModel:
        return desk.workspace.model(file)

    return Surroundings(
        model=model, lookup=lookup, start_with=start_with,
        read_exam_file=lambda _path, _then, failed: failed(""), begin_alone=lambda _file, _who, then: then(""),
        versions=sample_versions, keeping=SampleKeeping(desk),
        prepared=lambda then: then(), shelf=lambda: list(shelf), sent=lambda: sent, picture=lambda _: None,
        content_here=lambda: True, mono_ms=lambda: next(ticks), wall_ms=lambda: NOW_MS, check_pc=sample_preflight,
    )  # fmt: skip


def sample_preflight(
    _told: Callable[[tuple[SeatCheck, ...]], None], finished: Callable[[tuple[SeatCheck, ...], str], None]
) -> None:
    """Tell what a PC with a firewall, an old clock and a network drive finds."""
    facts = Facts(
        multicast=Multicast("the firewall of this PC refuses it"),
        broadcast=Broadcast("", True),
        hub=Hub("192.168.1.5:23926", "reached", True, 4.0, -612_000.0, "Quiz 2: Coordinates and Vectors"),
        neighbours=Neighbours(3, 3),
        disk=Disk("/home/ada/.local/share/examdesk", "", 18_204, "nfs4", 9.0),
        python=Python("/usr/bin/python3", "3.12.4"),
        sandbox=Sandbox("A"),
        surroundings=Seen("real", "", "local", ""),
        screen=Screen(1920, 1080),
    )
    finished(results(facts), "The instructor has these results.")


class SampleKeeping:
    """Gives the receipt of a sample desk, and writes nothing."""

    def __init__(self, desk: SampleDesk) -> None:
        self._desk = desk

    def receipt(self, then: Callable[[FinalReceipt | None], None]) -> None:
        """See `Keeping`."""
        state = self._desk.state()
        confirmed = state.unsent <= 0
        files = tuple(
            HandedIn(file, sha256(self._desk.text(file).encode()).hexdigest(), len(self._desk.text(file)))
            for view in state.questions
            for file in view.files
        )
        then(
            FinalReceipt(
                title=state.title, student=state.student, name=state.name, exam="e0" * 16, session=state.session,
                journal="a1" * 16, code=state.code, why="time" if state.phase is Phase.ENDED else "student",
                wall_ms=NOW_MS, hub_ms=NOW_MS + 400 if confirmed else None, seq=state.last, link="7c" * 32,
                files=files, batch="45" * 123, signature="b7" * 64, key="c3" * 32,
                receipt="52" * 130 if confirmed else "", exam_signature="d9" * 64 if confirmed else "",
                exam_key="f1" * 32,
            )
        )  # fmt: skip

    def record(self, target: Path, then: Callable[[str, tuple[Path, ...]], None]) -> None:
        """See `Keeping`."""
        then("", (target,))

    def bundle(self, target: Path, then: Callable[[str], None]) -> None:
        """See `Keeping`."""
        del target
        then("")


def sample_versions() -> Versions:
    """Return versions of the first question's files, with a run that failed."""
    made, file, start = Versions(), "q1/main.py", NOW_MS - 1_500_000
    first = WRITTEN[file].replace("dx ** 2 + dy ** 2", "dx * 2 + dy * 2").replace("  # two decimals are enough", "")
    steps: tuple[tuple[str, kinds.Payload], ...] = (
        ("import math\n\n\ndef distance(p, q):\n    ...\n", kinds.FileCreated(file=file, origin="starter")),
        (first.replace("print(", "prin("), kinds.RunStarted(run=1, question="q1", file=file, files={})),
        ("", kinds.RunEnded(run=1, reason="exit", seconds=0.1, exit_code=1, error="NameError: prin")),
        (first, kinds.RunStarted(run=2, question="q1", file=file, files={})),
        (first.replace("second = ", "other = "), kinds.Checkpoint(files={}, why="save")),
        (WRITTEN[file], kinds.RunStarted(run=7, question="q1", file=file, files={})),
    )
    for number, (text, payload) in enumerate(steps):
        if isinstance(payload, kinds.RunStarted | kinds.Checkpoint):
            state = kinds.FileState(sha256=str(number), length=len(text))
            payload = msgspec.structs.replace(payload, files={file: state})  # noqa: PLW2901
        made.apply(payload, start + number * 270_000, partial(_same, text))
    return made


def moved_versions() -> Versions:
    """Return the same versions as another PC's, and one that was made here since."""
    made, file, kept = Versions(), "q1/main.py", sample_versions().kept()
    elsewhere = {
        name: tuple(msgspec.structs.replace(each, elsewhere=True) for each in versions)
        for name, versions in kept.files.items()
    }
    made.earlier = (msgspec.structs.replace(kept, files=elsewhere),)
    made.apply(kinds.FileCreated(file=file, origin="restored"), NOW_MS - 120_000, partial(_same, WRITTEN[file]))
    state = kinds.FileState(sha256="9", length=5)
    newest = f"{WRITTEN[file]}\n# on the other PC by now\n"
    made.apply(kinds.Checkpoint(files={file: state}, why="save"), NOW_MS - 60_000, partial(_same, newest))
    return made


def _same(text: str, _file: str) -> str:
    return text


def sample_exam_file() -> DeskFile:
    """Return an exam as it comes on a stick."""
    content, key = sample_content(), SigningKey(b"sample exam key " * 2)
    page = msgspec.structs.replace(front_of(content), instructor="Dr. Grace Hopper", minutes=90)
    return DeskFile(
        format=1, exam=content.exam_id, exam_key=key.public.raw, fingerprint=bytes(32), title=content.long_name,
        front=sign_front(page, key), manifest=b"", signature=b"", pieces=(),
    )  # fmt: skip


def sample_content() -> Content:
    """Return an exam of three questions with a table, a picture and several files."""
    questions = tuple(
        QuestionContent(
            id=QuestionId(name), title=title, prompt=prompt, main="main.py", starter=starter, data=(),
            checks=(ContentFile("test_distance.py", CHECK),) if name == "q1" else (),
            images=(ContentFile("images/walk.png", walk_picture()),) if name == "q2" else (),
        )
        for name, title, prompt, starter in QUESTIONS
    )  # fmt: skip
    return Content(
        exam_id=ExamId(b"sample exam id 1"), course="CS 101", short_name="Quiz 2",
        long_name="Quiz 2: Coordinates and Vectors", title="Coordinates and Vectors", languages=("en",), practice=False,
        instructions=INSTRUCTIONS, honor_code=DEFAULT_HONOR_CODE,
        attachments=(ContentFile("formulas.pdf", _sheet()), ContentFile("units.txt", UNITS)), shuffle=False,
        zones=(Zone(questions=tuple(Question(id=name) for name, *_ in QUESTIONS)),), questions=questions,
        interpreter=Interpreter(), desk=DeskRules(), recording=RecordingPolicy(), checks=Checks(),
    )  # fmt: skip


def _sheet() -> bytes:
    """Draw a formula sheet as a PDF."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A5))
    painter = QPainter(writer)
    text = QTextDocument()
    text.setHtml(
        "<body style='color: #1b1f24'><h2>Formula sheet</h2>"
        "<p>Distance of two points: &radic;((x&#8322; - x&#8321;)&sup2; + (y&#8322; - "
        "y&#8321;)&sup2;)</p><p>Length of a vector: |v| = &radic;(x&sup2; + y&sup2;)</p>"
        "<p>Dot product: v &middot; w = v&#8321;w&#8321; + v&#8322;w&#8322;</p>"
    )
    scale = writer.resolution() / 96
    painter.scale(scale, scale)
    text.setTextWidth(writer.width() / scale)
    text.drawContents(painter)
    painter.end()
    buffer.close()
    return bytes(data.data())


def walk_picture() -> bytes:
    """Draw a path of a robot over a grid."""
    image = QImage(420, 220, QImage.Format.Format_ARGB32)
    image.fill(QColor("#ffffff"))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor("#d5dae1"), 1))
    for at in range(20, 420, 40):
        painter.drawLine(at, 10, at, 210)
    for at in range(10, 220, 40):
        painter.drawLine(20, at, 400, at)
    corners = [(60, 170), (180, 170), (180, 90), (300, 90), (300, 50)]
    painter.setPen(QPen(QColor("#1d5fb8"), 4))
    painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in corners]))
    painter.setBrush(QColor("#c25a00"))
    painter.setPen(Qt.PenStyle.NoPen)
    for x, y in (corners[0], corners[-1]):
        painter.drawEllipse(QPointF(x, y), 8, 8)
    painter.end()
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return bytes(data.data())


HUBS = (
    FoundHub("a", "Quiz 2: Coordinates and Vectors", "Room B 204", "lobby", (HubAddress("127.0.0.1", 9),), b"",
             "Dr. Grace Hopper", "Section A, Section B"),
    FoundHub("b", "Introduction to Programming with a Remarkably Long Course Title, Resit for Part-time Students",
             "Lecture hall 1", "run", (HubAddress("127.0.0.1", 9),), b"", "Prof. Dr. Maximilian von Hohenstein-Berg"),
    FoundHub("c", "Exam 1: Functions", "Room C 011", "run", ()),
)  # fmt: skip
CANDIDATES = (Candidate("s4711042", "Ada Lovelace", "Section A"), Candidate("s4711402", "Adam Lovell", "Section B"))  # type: ignore[arg-type]
QUESTIONS = (
    ("q1", "Distance of two points", """# Distance of two points

Write a function `distance(p, q)` that returns the **Euclidean distance** of two points in the plane, each given as a
tuple of two numbers.

| p | q | result |
|---|---|---|
| `(0, 0)` | `(3, 4)` | `5.0` |
| `(1, 1)` | `(1, 1)` | `0.0` |
| `(-2, 0)` | `(2, 3)` | `5.0` |

Then read two points from the keyboard, one per line, and print the distance rounded to two decimals:

```
Point 1: 0 0
Point 2: 3 4
5.0
```

- Use `math.sqrt` or the power operator.
- Your function must not print anything.
""", (ContentFile("main.py", b"import math\n\n\ndef distance(p, q):\n    ...\n"),
      ContentFile("helpers.py", b"def read_point(prompt):\n    ...\n"))),
    ("q2", "The robot's walk", """# The robot's walk

A robot starts at `(0, 0)` and follows a string of commands: `R` and `L` turn it by 90°, `F` moves one step.

![The path of a robot](images/walk.png)

Write `walk(commands)` that returns the final position.
""", (ContentFile("main.py", b"def walk(commands):\n    ...\n"),)),
    ("q3", "Vectors as a class", "Write a class `Vector` with addition, scaling and a readable `repr`.\n",
     (ContentFile("main.py", b""),)),
)  # fmt: skip
INSTRUCTIONS = "Answer **all** questions. You may use the formula sheet on your desk."
CHECK = b"from main import distance\n\n\ndef test_same_point():\n    assert distance((1, 1), (1, 1)) == 0\n"
STAR = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-220 -220 440 440" width="440" height="440">\n'
    b'<rect x="-220" y="-220" width="440" height="440" fill="#ffffff"/>\n'
    b'<polygon points="0,-200 118,162 -190,-62 190,-62 -118,162" fill="#ffd700" stroke="#c25a00" stroke-width="6"/>\n'
    b'<text x="0" y="205" fill="#1d5fb8" font-family="Arial" font-size="22" text-anchor="middle">star</text>\n</svg>\n'
)
UNITS = b"1 inch = 2.54 cm\n1 mile = 1.609344 km\n1 degree = pi / 180 rad\n"
WRITTEN = {
    "q1/main.py": '''import math

from helpers import read_point


def distance(p, q):
    """Return the Euclidean distance of p and q."""
    dx = q[0] - p[0]
    dy = q[1] - p[1]
    return math.sqrt(dx ** 2 + dy ** 2)


first = read_point("Point 1: ")
second = read_point("Point 2: ")
print(round(distance(first, second), 2))  # two decimals are enough
''',
    "q1/helpers.py": '''def read_point(prompt):
    """Ask for two numbers and return them as a tuple."""
    x, y = input(prompt).split()
    return float(x), float(y)
''',
}
ERROR = """Point 1: 0 0
Point 2: 3
Traceback (most recent call last):
  File "main.py", line 14, in <module>
    second = read_point("Point 2: ")
             ^^^^^^^^^^^^^^^^^^^^^^^
  File "helpers.py", line 3, in read_point
    x, y = input(prompt).split()
    ^^^^
ValueError: not enough values to unpack (expected 2, got 1)
"""
DONE = ((7, "ran", NOW_MS - 240_000), (2, "failed", NOW_MS - 1_900_000), (0, "", None))
VIEWS = tuple(
    QuestionView(name, title, f"{name}/main.py", tuple(f"{name}/{each.path}" for each in starter), *done)
    for (name, title, _, starter), done in zip(QUESTIONS, DONE, strict=True)
)
NOTICES = (
    NoticeView(1, "announcement", "In question 1, both points are entered with a space between the numbers.",
               "Dr. Hopper", NOW_MS - 900_000, True),
    NoticeView(2, "extension", "Everybody has 10 minutes more. Your exam ends at 11:40.", "Dr. Hopper",
               NOW_MS - 60_000, False),
)  # fmt: skip
_NEW = """- Use `math.hypot`, `math.sqrt` or the power operator.
- Your function must not print anything.

Points with more than two numbers are not needed.
"""
_OLD = QUESTIONS[0][2].partition("- Use")[0]
CORRECTION = NoticeView(
    3, "correction", "The third example was wrong, and math.hypot is allowed.", "Dr. Hopper", NOW_MS - 40_000, False,
    "q1", _OLD.replace("(2, 3)", "(1, 4)").replace("rounded to two", "rounded to three") + _NEW,
)  # fmt: skip
EDITED = NoticeView(
    -2001, "correction", CHANGED.format(title=QUESTIONS[0][1]), "", NOW_MS - 40_000, False, "q1", QUESTIONS[0][2],
    QUESTIONS[0][2].replace("(2, 3)", "(1, 4)").replace("rounded to two", "rounded to three"),
)  # fmt: skip
RULES = NoticeView(
    -2000, "announcement", "Seconds that a run may take: 20 instead of 10. Pasting: own text only instead of allowed.",
    "", NOW_MS - 40_000, False,
)  # fmt: skip
SENT = (
    Sent(700, NOW_MS - 1_300_000, "May I use numpy here?"),
    Sent(1_210, NOW_MS - 20_000, "The second row of the table looks wrong.", problem=True),
)
WORKING = DeskState(
    phase=Phase.WORKING, title="Quiz 2: Coordinates and Vectors", student="s4711042", name=NAME, session="5e" * 16,
    left_ms=2_527_000, last=1_214, saved=1_214, safe=1_214, online=True, questions=VIEWS, question="q1",
    file="q1/main.py", honor=True,
    run=RunView(run=7, file="q1/main.py", output="Point 1: 0 0\nPoint 2: 3 4\n5.0\n", reason="exit", seconds=0.2,
                error="", line=None),
)  # fmt: skip
