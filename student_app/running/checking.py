"""The program that runs an exam's shown checks over the student's files."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from shared.exam.content import ContentFile
from student_app.running.workdir import Program

_SPEC = Path(__file__).parent / "guard" / "checks.py"
MAIN = "examdesk_checks.py"
FOLDER = "checks"


def checking(files: Mapping[str, str], data: Mapping[str, bytes], checks: Sequence[ContentFile]) -> Program:
    """Return the program: the student's files as they are, the checks in a folder of their own, our main file."""
    given = {f"{FOLDER}/{each.path}": each.data for each in checks}
    texts = {**files, MAIN: _SPEC.read_text("utf-8")}
    return Program(files=texts, data={**data, **given}, main=MAIN, watched=False)
