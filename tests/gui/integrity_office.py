"""The exam that an integrity office has to look at: `python -m tests.gui.integrity_office FOLDER [--students 300]`.

Stores real, signed sessions in FOLDER: independent programs, five rings of copies (16, 5, 5, 3 and 2, typed or pasted,
some disguised), one that doesn't parse, very short ones, a long name. `--serve` then serves them until interrupted, so
that a window can be pointed at FOLDER.
"""

import argparse
import contextlib
import os
import random
import sqlite3
import sys
from pathlib import Path

from instructor_app.sample.people import student_name
from shared.crypto.certificate import make_certificate
from tests.benchmarks.similarity.class_of_programs import program, tasks
from tests.benchmarks.similarity.disguises import disguised
from tests.examdesk.exports.stored_exam import Sitting, StoredExam, store
from tests.support.clocks import ManualClock
from tests.support.journals import ExamInMemory

RINGS = (16, 5, 5, 3, 2)
START_MS = 1_750_000_000_000
BURST, BATCH = 40, 600
LONG_NAME = "Maria-Antonia Wolfeschlegelsteinhausenbergerdorff-Papadopoulou de los Ángeles"


def write(student: Sitting, text: str, chance: random.Random, *, paste: bool) -> None:
    """Let a student write a program: begun by hand, then typed on or pasted at once, looked away from, and run."""
    cut = text.find("\n\n", len(text) // 3) if paste else len(text)
    for start in range(0, cut, BATCH):
        student.type(text[start : min(start + BATCH, cut)], chars=BURST)
    student.run("Traceback\n", exit_code=1, error="NameError: name 'x' is not defined")
    if paste:
        student.away(chance.randrange(20, 90))
        student.paste(text[cut:])
    if chance.random() < 0.2:
        student.away(chance.randrange(30, 300))
    student.run("1 2 3\n")


def programs(students: int, chance: random.Random) -> list[tuple[str, bool]]:
    """Return each student's program, and whether most of it is pasted: rings first, then an odd one of each kind."""
    material = tasks()
    made: list[tuple[str, bool]] = []
    for number, size in enumerate(RINGS):
        source = program(random.Random(number + 1), material, 0.1)
        made.append((source, False))
        for place in range(1, size):
            copy = source
            if place % 2 and number < 3:
                with contextlib.suppress(SyntaxError):
                    copy = disguised(source, "", chance, often=0.3 * number, idle=0.1 * number)
            made.append((copy, place % 3 == 1))
    while len(made) < students - 3:
        made.append((program(chance, material), chance.random() < 0.1))
    return [*made[: students - 3], ("", False), ("print(1)\n", False), ("def f(:\n    return (\n" * 12, False)]


def build(folder: Path, students: int, seed: int = 8) -> StoredExam:
    """Store the exam in a folder, served by nobody yet."""
    chance = random.Random(seed)
    exam = ExamInMemory(seed)
    names: dict[str, str] = {}
    sittings = []
    for number, (text, paste) in enumerate(programs(students, chance)):
        exam.clock = ManualClock(wall_ms=START_MS + chance.randrange(0, 900_000))
        student = Sitting(exam, f"s{number:04}")
        names[student.student] = LONG_NAME if number == 1 else student_name(number)
        write(student, text, chance, paste=paste)
        if chance.random() < 0.9:
            student.hand_in()
        sittings.append(student)
    stored = store(folder, exam, [each.journal for each in sittings], names=names, absent=6)
    certificate = make_certificate(exam.id, exam.key, exam.chance, ManualClock(wall_ms=START_MS), ["localhost"])
    real = {"certificate": certificate.der, "tls_key": certificate.key_pem}
    with contextlib.closing(sqlite3.connect(folder / "examdesk.sqlite")) as connection, connection:
        connection.execute("UPDATE exam_keys SET certificate = :certificate, tls_key = :tls_key", real)
    return stored


def serve(folder: Path) -> None:
    """Become the hub that serves the records."""
    command = [sys.executable, "-m", "examdesk.cli.main", "hub", "--exam", str(folder / "exam"), "--data", str(folder)]
    os.execv(sys.executable, [*command, "--host", "127.0.0.1", "--no-advertise"])


def main() -> int:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--students", type=int, default=300)
    parser.add_argument("--serve", action="store_true", help="serve the records, made first where there are none")
    args = parser.parse_args()
    if not (args.folder / "examdesk.sqlite").exists():
        build(args.folder, args.students)
    if args.serve:
        serve(args.folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
