"""`examdesk export`: write an exam's records to files, while its hub runs or after it stopped."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec
import sqlalchemy as sa

from examdesk.cli._json_out import INDENT, as_data, write_json
from examdesk.cli._looking import look
from examdesk.cli._paper import add_paper_argument
from examdesk.exports.everything import export_all
from examdesk.exports.kinds import KINDS, REDACTABLE, check
from examdesk.exports.options import Chosen, Options
from examdesk.exports.pages import Pages
from examdesk.exports.people import read_people
from examdesk.exports.planning import Planned, plan
from examdesk.exports.points import Points, must_fit, read_points
from examdesk.exports.pseudonyms import USERS_SUFFIX, Pseudonyms, read_key, users_file, write_users
from examdesk.exports.redaction import ERASABLE
from examdesk.store import Reader, open_reader
from examdesk.store.audit import EXPORTED, export_in_words
from examdesk.store.engine import parse_url, sqlite_url
from examdesk.store.migrate import must_be_current
from examdesk.store.store import exams_at
from shared.clock import SystemChance, SystemClock
from shared.ids import ExamId
from shared.problems import EnvironmentProblem, InputProblem, Problem

DATABASE = "examdesk.sqlite"
NO_RECORDS = "These are no records of ExamDesk, or they are damaged ({error})."
NOT_OF_A_HUB = "This database holds no records of a hub. Name the folder that the hub was given as --data."
_WIDTH = 60


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "export",
        help="write an exam's records to files",
        description="Write an exam's records to files. The hub may go on running. Nothing half-written is left behind.",
        allow_abbrev=False,
    )
    add_records_arguments(parser)
    parser.add_argument("--what", metavar="LIST", help=f"some of {','.join(KINDS)} (all that the options allow)")
    parser.add_argument("--dry-run", action="store_true", help="list what would be written, and write nothing")
    parser.add_argument(
        "--redact",
        default="",
        metavar="LIST",
        help=f"erase payloads from events and bundle, so that it still verifies: some of {','.join(ERASABLE)}",
    )
    parser.add_argument(
        "--outside-text", action="store_true", help="leave text pasted from outside in the ProgSnap2 dataset"
    )
    parser.add_argument(
        "--points",
        type=Path,
        metavar="FILE",
        help="put points that you gave into the gradebooks: a CSV or XLSX with a column for the student (id, e-mail or "
        "name) and one called points",
    )
    parser.add_argument("--points-possible", metavar="N", default="", help="with --points: of how many")
    add_paper_argument(parser)


def add_records_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what every command that writes files from records takes."""
    parser.add_argument("--data", required=True, metavar="DIR", help="folder of the records, or an SQLAlchemy URL")
    parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="folder for the files, made if need be")
    parser.add_argument("--exam", metavar="ID", help="the exam's id, where the records hold several")
    parser.add_argument(
        "--pseudonyms",
        type=Path,
        metavar="KEYFILE",
        help="show students under pseudonyms made with this key, which is made if need be; who they are is written "
        f"beside it (KEYFILE{USERS_SUFFIX})",
    )
    parser.add_argument("--section", action="append", default=[], help="only of this section; may be given again")
    parser.add_argument("--student", action="append", default=[], metavar="ID", help="only of this student; may too")
    parser.add_argument(
        "--users-file",
        type=Path,
        metavar="FILE",
        help="names that count before the roster's: lines LOGIN NAME EMAIL, separated by white space, commas, "
        "semicolons or tabs; # begins a comment",
    )
    parser.add_argument("--quiet", action="store_true", help="say nothing on the way")
    parser.add_argument("--json", action="store_true", help="print the files as JSON, with their bytes")


def run(args: argparse.Namespace) -> int:
    """Write the files and name them; return 0."""
    options = Options(
        redact=frozenset(_words(args.redact)),
        outside_text=args.outside_text,
        chosen=chosen_of(args),
        paper=args.paper,
    )
    whole = not options.chosen
    what = _words(args.what) if args.what is not None else _default(options.redact, bundle=whole)
    if args.points is not None:
        must_fit(what, pseudonyms=args.pseudonyms is not None)
        options = msgspec.structs.replace(options, points=_points(args))
    elif args.points_possible:
        raise InputProblem("--points-possible says of how many the --points are: name their file as well.")
    return write(args, what, options, dry_run=args.dry_run)


def write(
    args: argparse.Namespace, what: Sequence[str], options: Options | None = None, *, dry_run: bool = False
) -> int:
    """Write these exports as the arguments of `add_records_arguments` say; return 0."""
    options = options or Options(chosen=chosen_of(args))
    if args.users_file is not None:
        options = msgspec.structs.replace(options, people=read_people(args.users_file))
    check(what, options)
    if args.pseudonyms is not None and args.pseudonyms.resolve().is_relative_to(args.out.resolve()):
        raise InputProblem(
            f"{args.pseudonyms} is among the exports: whoever gets them would get the names as well. "
            "Keep the key in another folder; nothing was written."
        )
    reader = open_records(args.data)
    try:
        exam = exam_in(reader, args.exam)
        names = _names(args.pseudonyms, dry_run=dry_run)
        options = msgspec.structs.replace(options, names=names)
        if dry_run:
            _say_planned(args, plan(reader, exam, what, options))
            return 0
        made = _make(args, reader, exam, what, options)
    finally:
        reader.close()
    if args.json:
        write_json(as_data(made), indent=INDENT)
        return 0
    for path in made:
        sys.stdout.write(f"{path}\n")
    return 0


def _points(args: argparse.Namespace) -> Points:
    reader = open_records(args.data)
    try:
        return read_points(args.points, args.points_possible, Pages(reader, exam_in(reader, args.exam)).roster)
    finally:
        reader.close()


def _say_planned(args: argparse.Namespace, files: Sequence[Planned]) -> None:
    if args.json:
        rows = [{"kind": each.kind, "path": str(args.out / each.path), "about": each.about} for each in files]
        write_json(rows, indent=INDENT)
        return
    for each in files:
        sys.stdout.write(f"{args.out / each.path}  ({each.about})\n")


def _make(args: argparse.Namespace, reader: Reader, exam: ExamId, what: Sequence[str], options: Options) -> list[Path]:
    progress = _Progress(quiet=args.quiet)
    taken = export_in_words(
        what,
        sections=sorted(options.chosen.sections),
        students=sorted(options.chosen.students),
        pseudonyms=options.names is not None,
        redact=sorted(options.redact),
    )
    look(records_url(args.data), exam, EXPORTED, taken)
    try:
        made = export_all(
            reader, exam, args.out, what, progress.tell, lambda: False, clock=SystemClock(), options=options
        )
    finally:
        progress.end()
    if options.names is not None:
        users = users_file(args.pseudonyms)
        write_users(users, options.names.users)
        sys.stderr.write(f"Who the pseudonyms stand for is in {users}. Keep it apart from the exports.\n")
    return made


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def chosen_of(args: argparse.Namespace) -> Chosen:
    """Return of whom the arguments want files."""
    return Chosen(frozenset(args.section), frozenset(args.student))


def _default(redact: frozenset[str], *, bundle: bool) -> list[str]:
    """Return everything that goes with the options."""
    return [kind for kind in KINDS if not (redact and kind not in REDACTABLE) and (bundle or kind != "bundle")]


def _names(key_file: Path | None, *, dry_run: bool) -> Pseudonyms | None:
    if key_file is None:
        return None
    if dry_run and not key_file.exists():
        return Pseudonyms(b"")
    key, new = read_key(key_file, SystemChance())
    if new:
        sys.stderr.write(f"A key for pseudonyms was made: {key_file}. With it later exports have the same names.\n")
    return Pseudonyms(key)


def records_url(data: str) -> str:
    """Return the database's URL, without making anything."""
    if "://" in data:
        parsed = parse_url(data)
        if parsed.get_backend_name() == "sqlite":
            _must_exist(Path(parsed.database or ""), data)
        return data
    path = Path(data).absolute()
    file = path / DATABASE if path.is_dir() else path
    _must_exist(file, data)
    return sqlite_url(file)


def _must_exist(file: Path, data: str) -> None:
    if not file.is_file():
        raise InputProblem(
            f"There are no records at {data}: {file.name} is missing. Name the folder that the hub was given as --data."
        )


def open_records(data: str) -> Reader:
    """Open the records that `--data` names for reading.

    Raises:
        InputProblem: there are none.
        EnvironmentProblem: another version of ExamDesk made them.
    """
    reader = open_reader(records_url(data))
    try:
        must_be_current(reader, data)
    except Problem:
        reader.close()
        raise
    except sa.exc.DatabaseError as error:
        reader.close()
        raise EnvironmentProblem(NO_RECORDS.format(error=error.orig)) from error
    return reader


def exam_in(reader: Reader, wanted: str | None) -> ExamId:
    """Return the exam that is meant: the only one, or the one named."""
    try:
        with reader.connect() as sql:
            if not sa.inspect(sql).has_table("exams"):
                raise InputProblem(NOT_OF_A_HUB)
            found = list(exams_at(sql))
    except sa.exc.DatabaseError as error:
        raise EnvironmentProblem(NO_RECORDS.format(error=error.orig)) from error
    if wanted is not None:
        for exam in found:
            if exam.hex() == wanted.lower().replace("-", ""):
                return exam
        raise InputProblem(f"The records hold no exam {wanted}; they hold: {_ids(found)}.")
    if len(found) != 1:
        said = "hold no exam yet" if not found else f"hold several exams; say which with --exam: {_ids(found)}"
        raise InputProblem(f"The records {said}.")
    return found[0]


def _ids(found: list[ExamId]) -> str:
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
