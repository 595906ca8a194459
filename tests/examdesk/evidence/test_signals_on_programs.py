"""Whole programs of tests/data: typed honestly they raise nothing, pieces of another one's are pointed out."""

from pathlib import Path

import pytest

from examdesk.evidence.fold import JournalFacts
from examdesk.evidence.likeness import Source, likeness
from tests.support.scripted import Student

PROGRAMS = Path(__file__).parents[2] / "data" / "programs"
TASKS = sorted(folder.name for folder in PROGRAMS.iterdir() if folder.is_dir())
LINES = 6


def programs(task: str) -> list[str]:
    return [path.read_text() for path in sorted((PROGRAMS / task).glob("*.py")) if path.stem != "starter"]


def pieces(text: str) -> list[str]:
    lines = text.splitlines(keepends=True)
    return ["".join(lines[at : at + LINES]) for at in range(0, len(lines) - LINES, LINES)]


@pytest.mark.parametrize("task", TASKS)
def test_typing_a_program_and_moving_its_parts_raises_nothing(task):
    starter = (PROGRAMS / task / "starter.py").read_text()
    for number, program in enumerate(programs(task)):
        student = Student(f"{task} {number}").begin(starter)
        student.type(program, per_second=8)
        for piece in pieces(program):
            student.paste(piece, at=0, clip="own")
        assert JournalFacts(student.journal).take_all(student.entries).signals == []


@pytest.mark.parametrize("task", TASKS)
def test_pieces_of_somebody_elses_program_for_the_same_task_are_pointed_out(task):
    starter = (PROGRAMS / task / "starter.py").read_text()
    first, *others = programs(task)
    foreign = [piece for program in others for piece in pieces(program) if len(piece.strip()) >= 40]
    foreign = [piece for piece in foreign if likeness(piece, [Source("starter", starter)]).percent < 60]
    assert len(foreign) > 10
    for piece in foreign:
        student = Student("s").begin(starter)
        student.insert(first, how="tool")
        student.paste(piece)
        kinds = {signal.kind for signal in JournalFacts(student.journal).take_all(student.entries).signals}
        assert "outside_paste" in kinds


@pytest.mark.timeout(60)  # hours, if each character were compared with each
def test_a_megabyte_that_is_pasted_is_judged():
    own = "".join(programs(TASKS[0]))
    text = "".join(f"value_{number} = compute({number}, {number * 7})\n" for number in range(30_000))
    found = likeness(text, [Source("own text", own * 4), Source("prompt", own)])
    assert found.percent < 50
