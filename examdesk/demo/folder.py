"""The folder of a demonstration: what lies where, and that nothing of anybody else's is ever replaced."""

import csv
import itertools
import shutil
from contextlib import suppress
from pathlib import Path
from string import Template
from uuid import UUID

import msgspec

from examdesk.demo.questions import ORDER, Question, material, program, read_question
from examdesk.rehearsal.keeper import known
from examdesk.staffapi.client import read_hub_file
from shared.clock import Chance
from shared.problems import EnvironmentProblem, InputProblem

MARK = "about-this-demo.txt"
MARK_TEXT = (
    "This folder was made by `examdesk demo`. The next demo with the same folder replaces what lies in it.\n"
    "exports/ holds the records, screenshots/ the windows, demo.json the figures, desks/ the students' journals,\n"
    "hub/ the hub's records, exam/ the exam and roster.csv the class.\n"
)
PREFIX = "s"
SECTIONS = ("A", "B")
_OURS = ("exam", "hub", "desks", "programs", "exports", "screenshots", "logs")
_OUR_FILES = ("roster.csv", "demo.json", MARK)


class DemoFolder(msgspec.Struct, frozen=True):
    """Where a demonstration keeps things."""

    root: Path

    @property
    def exam(self) -> Path:
        """The exam's folder."""
        return self.root / "exam"

    @property
    def hub(self) -> Path:
        """The hub's records."""
        return self.root / "hub"

    @property
    def desks(self) -> Path:
        """The students' journals."""
        return self.root / "desks"

    @property
    def programs(self) -> Path:
        """What the students will type."""
        return self.root / "programs"

    @property
    def roster(self) -> Path:
        """The class list."""
        return self.root / "roster.csv"

    @property
    def exports(self) -> Path:
        """The records in the end."""
        return self.root / "exports"

    @property
    def screenshots(self) -> Path:
        """The windows as pictures."""
        return self.root / "screenshots"

    @property
    def logs(self) -> Path:
        """What the programs said."""
        return self.root / "logs"

    @property
    def summary(self) -> Path:
        """The figures."""
        return self.root / "demo.json"


def take_folder(root: Path) -> DemoFolder:
    """Make the folder, or clear the one of a former demonstration.

    Raises:
        InputProblem: something else is there; nothing was changed.
        EnvironmentProblem: a demonstration still runs there, or the folder can't be written to.
    """
    folder = DemoFolder(root.absolute())
    try:
        if root.exists():
            _check_ours(folder)
            _clear(folder)
        root.mkdir(parents=True, exist_ok=True)
        (root / MARK).write_text(MARK_TEXT, "utf-8")
        for part in (folder.desks, folder.exports, folder.screenshots, folder.logs):
            part.mkdir()
    except OSError as error:
        raise EnvironmentProblem(
            f"The folder {root} can't be written to ({error.strerror}). Name another one with --out."
        ) from error
    return folder


def _check_ours(folder: DemoFolder) -> None:
    root = folder.root
    if not root.is_dir():
        raise InputProblem(f"{root} is a file. Name a folder with --out; nothing was changed.")
    if any(root.iterdir()) and not (root / MARK).is_file():
        raise InputProblem(
            f"{root} holds other things than a former demo, so it is left alone. Name another folder with --out."
        )
    with suppress(EnvironmentProblem):
        process = known(read_hub_file(folder.hub / "hub.json").pid)
        if process is not None and "hub" in process.cmdline():
            raise InputProblem(f"A demo still runs in {root}. Close it first, or name another folder with --out.")


def _clear(folder: DemoFolder) -> None:
    """Remove what a former demonstration made and nothing else."""
    for name in _OURS:
        path = folder.root / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
    for name in _OUR_FILES:
        (folder.root / name).unlink(missing_ok=True)


def student_id(number: int) -> str:
    """Return the id of student `number`, counted from 0."""
    return f"{PREFIX}-{number + 1:03}"


def class_names(count: int) -> list[str]:
    """Return as many names, all different; those after the list's end have one person's first and another's last."""
    names = [line for line in material("names.txt").splitlines() if line]
    firsts, lasts = zip(*((name.split()[0], name.split()[-1]) for name in names if " " in name), strict=True)
    size = len(firsts)
    mixed = (f"{firsts[n]} {lasts[(n + away) % size]}" for away in range(1, size) for n in range(size))
    return [*names, *itertools.islice(mixed, max(0, count - len(names)))][:count]


def write_exam(folder: DemoFolder, chance: Chance) -> list[Question]:
    """Write the exam's folder and return its questions."""
    questions = [read_question(name) for name in ORDER]
    uuid = UUID(bytes=chance.bytes(16), version=4)
    _write(folder.exam / "exam.toml", Template(material("exam.toml")).substitute(uuid=uuid))
    for question in questions:
        place = folder.exam / "questions" / question.id
        _write(place / "question.md", question.prompt)
        _write(place / "starter" / "main.py", question.starter)
    return questions


def write_class(folder: DemoFolder, questions: list[Question], desks: int) -> None:
    """Write the class list and what each student will type."""
    with folder.roster.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("Student ID", "Name", "Section", "Email"))
        for number, name in enumerate(class_names(desks)):
            student = student_id(number)
            rows.writerow((student, name, SECTIONS[number * len(SECTIONS) // desks], f"{student}@university.example"))
    for question in questions:
        for number in range(desks):
            _write(folder.programs / question.id / f"{student_id(number)}.py", program(question, number))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8", newline="\n")
