"""An exam folder to show the editor with, and what each picture of it shows."""

import atexit
import re
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import msgspec

from instructor_app.pages.authoring.page import AuthoringPage
from instructor_app.pages.authoring.question import QuestionPage
from instructor_app.window import MainWindow
from shared.exam import arranging, question_edits
from shared.exam.editing import Change, apply
from shared.exam.reading import EXAM_FILE
from shared.exam.template import new_exam

_UUID = UUID("0b2c7d3e-7a53-4a5e-9f0b-2f6d5c1f0042")
_MORE = """
[[access]]
name = "Conflict sitting"
students = ["s1017", "s1023"]
opens = "2026-10-05T17:00"
closes = "2026-10-05T18:05"
minutes = 60

[[access]]
name = "Everybody"

[[accommodations]]
tags = ["extra time"]
factor = 1.5

[[accommodations]]
students = ["s1004"]
minutes = 15
extend_end = false
"""
_RULES = (
    ("honorBadge", "gold", "ExamDesk has no such field"),
    ("zones[1].questions[2].triesPerVariant", "3", "attempts come with checks"),
    ("allowAccess[2].reservation", "r-17", "there are no reservations; use an access rule with times"),
)
IMPORT_REPORT = msgspec.json.encode(
    {
        "mapped": [{"file": "infoAssessment.json", "field": f"f{n}", "to": "t"} for n in range(23)],
        "not_mapped": [
            {"file": "infoAssessment.json", "field": field, "value": value, "reason": reason}
            for field, value, reason in _RULES
        ],
        "findings": [],
    }
)


def sample_exam(questions: int = 5) -> Path:
    """Make an exam folder that goes when the program ends."""
    home = Path(tempfile.mkdtemp(prefix="examdesk-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    folder = home / "cs101-quiz-2"
    files = new_exam(_UUID, title="Coordinates and Vectors", course="CS 101", questions=questions)
    text = apply(
        files[EXAM_FILE],
        [
            Change(("set",), "Quiz"),
            Change(("number",), "2"),
            Change(("schedule", "start"), "2026-10-05T09:00"),
            Change(("schedule", "end"), "2026-10-05T11:00"),
            Change(("interpreter", "packages"), ["numpy>=2"]),
            Change(("sections", 0, "room"), "Room 2.14"),
        ],
    )[0]
    if questions >= 5:
        text = question_edits.grouped(text, ("zones", 0, "questions", 2), 1)
        text = arranging.insert(text, ("zones",), 1, {"title": "Vectors", "shuffle": False, "questions": []})
        last = ("zones", 0, "questions", questions - 2)
        text = question_edits.moved(text, last, ("zones", 1, "questions"), 0)
    files[EXAM_FILE] = text.rstrip() + "\n" + _MORE
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(data, encoding="utf-8")
    return folder


def author_steps(window: MainWindow, what: str) -> list[Callable[[], None]]:
    """Return the steps to a picture of the editor."""
    pages: list[AuthoringPage] = []

    def page() -> AuthoringPage:
        return pages[0]

    def begin() -> None:
        folder = sample_exam(40 if what == "40" else 5)
        where = folder / EXAM_FILE
        if what == "findings":
            _spoil(folder)
        elif what == "edition":
            _let_run(window, where)
        elif what == "empty":
            text = where.read_text(encoding="utf-8")
            for _ in range(2):
                text = arranging.remove(text, ("zones", 0))
            where.write_text(text, encoding="utf-8")
            shutil.rmtree(folder / "questions")
        pages.append(window.edit_exam(folder))

    def starter() -> None:
        page().outline.choose("question:parking-meter")
        leaf = page().leaf()
        if isinstance(leaf, QuestionPage):
            leaf.tabs.setCurrentWidget(leaf.starter)

    then: dict[str, list[Callable[[], object]]] = {
        "question": [lambda: page().outline.choose("question:weather-station")],
        "starter": [starter],
        "desk": [lambda: page().outline.choose("desk:()")],
        "access": [lambda: page().outline.choose("access:()")],
        "packages": [lambda: page().outline.choose("interpreter:()")],
        "findings": [lambda: page().go_to(page().author.now.findings[0])],
        "empty": [lambda: page().outline.choose("questions:()")],
        "40": [lambda: page().outline.choose("questions:()")],
        "preview": [lambda: page().show_preview(), lambda: _second_question(page())],
        "ready": [lambda: page().show_ready()],
        "edition": [lambda: page().show_edition(), lambda: None],
    }
    return [begin, *(_step(each) for each in then.get(what, []))]


def _step(work: Callable[[], object]) -> Callable[[], None]:
    def step() -> None:
        work()

    return step


def _second_question(page: AuthoringPage) -> None:
    if page.preview_page is not None:
        page.preview_page.list.setCurrentRow(3)


def _let_run(window: MainWindow, where: Path) -> None:
    """Make it the exam that the sample hub serves."""
    served = window.kit.state.exam
    if served is not None:
        text = re.sub(r'(?m)^uuid = "[^"]*"', f'uuid = "{UUID(hex=served.exam)}"', where.read_text(encoding="utf-8"))
        where.write_text(text, encoding="utf-8")


def _spoil(folder: Path) -> None:
    where = folder / EXAM_FILE
    text = where.read_text(encoding="utf-8")
    text = text.replace('paste = "allow"', 'paste = "sometimes"').replace("duration = 60", "duration = 6000000")
    where.write_text(text, encoding="utf-8")
    (folder / "questions/parking-meter/question.md").write_text("", encoding="utf-8")
