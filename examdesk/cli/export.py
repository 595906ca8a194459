"""`examdesk export`: write an exam's records to files, while its hub runs or after it stopped."""

import argparse
import sys
from pathlib import Path

import sqlalchemy as sa

from examdesk.exports.everything import KINDS, export_all
from examdesk.store import Reader, open_reader
from examdesk.store.engine import parse_url
from examdesk.store.store import exams_at
from shared.clock import SystemClock
from shared.ids import ExamId
from shared.problems import EnvironmentProblem, InputProblem

DATABASE = "examdesk.sqlite"
_WIDTH = 60


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "export",
        help="write an exam's records to files",
        description="Write an exam's records to files. The hub may go on running. Nothing half-written is left behind.",
        allow_abbrev=False,
    )
    parser.add_argument("--data", required=True, metavar="DIR", help="folder of the records, or an SQLAlchemy URL")
    parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="folder for the files, made if need be")
    parser.add_argument(
        "--what", default=",".join(KINDS), metavar="LIST", help=f"some of {','.join(KINDS)} (all of them)"
    )
    parser.add_argument("--exam", metavar="ID", help="the exam's id, where the records hold several")
    parser.add_argument("--quiet", action="store_true", help="say nothing on the way")


def run(args: argparse.Namespace) -> int:
    """Write the files and name them; return 0."""
    what = [word.strip() for word in args.what.split(",") if word.strip()]
    reader = open_reader(_url(args.data))
    try:
        exam = _exam(reader, args.exam)
        progress = _Progress(quiet=args.quiet)
        try:
            made = export_all(reader, exam, args.out, what, progress.tell, lambda: False, clock=SystemClock())
        finally:
            progress.end()
    finally:
        reader.close()
    for path in made:
        sys.stdout.write(f"{path}\n")
    return 0


def _url(data: str) -> str:
    """Return the database's URL, without making anything."""
    if "://" in data:
        parsed = parse_url(data)
        if parsed.get_backend_name() == "sqlite":
            _must_exist(Path(parsed.database or ""), data)
        return data
    path = Path(data).absolute()
    file = path / DATABASE if path.is_dir() else path
    _must_exist(file, data)
    return sa.URL.create("sqlite", database=str(file)).render_as_string()


def _must_exist(file: Path, data: str) -> None:
    if not file.is_file():
        raise InputProblem(
            f"There are no records at {data}: {file.name} is missing. Name the folder that the hub was given as --data."
        )


def _exam(reader: Reader, wanted: str | None) -> ExamId:
    try:
        with reader.connect() as sql:
            found = list(exams_at(sql))
    except sa.exc.DatabaseError as error:
        raise EnvironmentProblem(f"These are no records of ExamDesk, or they are damaged ({error.orig}).") from error
    if wanted is not None:
        for exam in found:
            if exam.hex() == wanted.lower().replace("-", ""):
                return exam
        raise InputProblem(f"The records hold no exam {wanted}; they hold: {_names(found)}.")
    if len(found) != 1:
        said = "hold no exam yet" if not found else f"hold several exams; say which with --exam: {_names(found)}"
        raise InputProblem(f"The records {said}.")
    return found[0]


def _names(found: list[ExamId]) -> str:
    return ", ".join(exam.hex() for exam in found) or "none"


class _Progress:
    """Says on stderr how far it is: one line that is redrawn on a terminal, one line a tenth elsewhere."""

    def __init__(self, *, quiet: bool) -> None:
        self._on = not quiet
        self._redraw = sys.stderr.isatty()
        self._last = ""

    def tell(self, share: float, what: str) -> None:
        """Show the share done and what is being made."""
        percent = int(share * 100) if self._redraw else int(share * 10) * 10
        line = f"{percent:3} %  {what}"[:_WIDTH]
        if not self._on or (line[:6] == self._last[:6] and (not self._redraw or line == self._last)):
            return
        self._last = line
        sys.stderr.write(f"\r{line:{_WIDTH}}" if self._redraw else f"{line}\n")
        sys.stderr.flush()

    def end(self) -> None:
        """Leave the line."""
        if self._on and self._redraw and self._last:
            sys.stderr.write("\n")
