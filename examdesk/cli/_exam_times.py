"""`examdesk exam times`: every student's start, end and time before it applies."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from examdesk.cli._json_out import INDENT, write_json
from examdesk.rosters.preview import Outcome, apply, preview
from shared.exam.document import Exam
from shared.exam.exam_folder import exam_or_problem
from shared.exam.packing import exam_folder
from shared.exam.sittings import Person, Sitting, people_named, sitting_for
from shared.problems import InputProblem
from shared.text import safe_text

_HEADINGS = ("student", "name", "section", "opens", "closes", "minutes", "ends", "why")


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `times` to the commands of `exam`."""
    does = "list every student's start, end and working time before it applies"
    command = commands.add_parser("times", help=does, description=does, allow_abbrev=False)
    command.add_argument("path", type=Path, metavar="PATH", help="exam folder or .exam file")
    command.add_argument("--roster", type=Path, metavar="FILE", help="class list; without it, whom the exam names")
    command.add_argument("--json", action="store_true", help="print JSON")


def run(args: argparse.Namespace) -> int:
    """Print the table; 0."""
    with exam_folder(args.path) as folder:
        exam, _ = exam_or_problem(folder, args.path)
    people = people_named(exam) if args.roster is None else _listed(args.roster)
    rows = [(name, person, sitting_for(exam, person)) for name, person in people]
    if args.json:
        write_json(_as_json(exam, rows), indent=INDENT)
    else:
        sys.stdout.write(_as_text(exam, rows) + "\n")
    return 0


_Row = tuple[str, Person, Sitting]


def _listed(file: Path) -> list[tuple[str, Person]]:
    shown = preview(file)
    bad = shown.of(Outcome.REFUSED)
    if bad:
        raise InputProblem(f"The class list {file} has lines that can't be taken, the first: {bad[0].sentence}")
    return [
        (
            row.name,
            Person(
                student=row.student,
                section=row.section,
                email=row.email,
                tags=row.tags,
                factor=row.factor,
                extra_minutes=row.extra_minutes,
            ),
        )
        for row in apply(shown, with_doubtful=True)
    ]


def _local(moment_ms: int | None) -> str:
    if moment_ms is None:
        return ""
    return datetime.fromtimestamp(moment_ms / 1000, tz=UTC).astimezone().isoformat(timespec="minutes")


def _why(sitting: Sitting) -> str:
    also = [f"{_short(each.opens_ms) or 'by hand'} to {_short(each.closes_ms) or 'no end'}" for each in sitting.also]
    return " ".join([sitting.reason, *([f"Also open: {', '.join(also)}."] if also else [])])


def _as_json(exam: Exam, rows: list[_Row]) -> dict[str, Any]:
    students: list[dict[str, Any]] = [
        {
            "student": person.student,
            "name": name,
            "section": person.section,
            "email": person.email,
            "tags": person.tags,
            "factor": person.factor,
            "extra_minutes": person.extra_minutes,
            "may_start": sitting.active,
            "rule": sitting.rule,
            "opens": _local(sitting.opens_ms) or None,
            "closes": _local(sitting.closes_ms) or None,
            "minutes": sitting.minutes,
            "ends": _local(sitting.ends_ms) or None,
            "also": [
                {"rule": each.rule, "opens": _local(each.opens_ms) or None, "closes": _local(each.closes_ms) or None}
                for each in sitting.also
            ],
            "why": sitting.reason,
        }
        for name, person, sitting in rows
    ]
    return {"exam": exam.long_name, "students": students}


def _short(moment_ms: int | None) -> str:
    return _local(moment_ms)[:16].replace("T", " ")


def _as_text(exam: Exam, rows: list[_Row]) -> str:
    cells = [_HEADINGS, *(_cells(row) for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(_HEADINGS) - 1)]
    lines = [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]]) for row in cells
    ]
    note = "Ends are those of students who start when it opens; who comes later ends later, at most when it closes."
    return "\n".join([exam.long_name, "", *(line.rstrip() for line in lines), "", note])


def _cells(row: _Row) -> tuple[str, ...]:
    name, person, sitting = row
    times = ("may not start", "", "", "")
    if sitting.active:
        minutes = "" if sitting.minutes is None else f"{sitting.minutes:g}"
        times = (_short(sitting.opens_ms) or "by hand", _short(sitting.closes_ms), minutes, _short(sitting.ends_ms))
    plain = (person.student, name, person.section, *times, _why(sitting))
    return tuple(safe_text(cell) for cell in plain)
