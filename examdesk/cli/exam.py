"""`examdesk exam`: make, copy, check, change, import, show and pack an exam folder."""

import argparse
import re
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from examdesk.cli import _exam_copy, _exam_for_students, _exam_import, _exam_packages, _exam_ready, _exam_times
from examdesk.cli._json_out import INDENT, write_json
from shared.clock import Chance, Clock, SystemChance, SystemClock
from shared.exam.document import Exam
from shared.exam.editing import REMOVE, Change, Changed, apply, parse_path, parse_value, spec_of
from shared.exam.exam_folder import check_source, exam_or_problem, read_exam
from shared.exam.findings import Finding, has_errors
from shared.exam.folder import read_text
from shared.exam.moments import read_moment
from shared.exam.packing import SUFFIX, exam_folder, pack, unpack
from shared.exam.reading import EXAM_FILE, dotted, read_toml
from shared.exam.recorded import what_is_recorded
from shared.exam.reference import BEGIN, END, markdown_table, plain_table, written
from shared.exam.template import new_exam
from shared.exam.whole_file import write_whole
from shared.problems import EnvironmentProblem, InputProblem

_RELATIVE = re.compile(r"^[+-]\d+$")
_FLAGS: dict[str, tuple[str, str]] = {
    "title": ("title", "title of the exam"),
    "course": ("course", "course"),
    "number": ("number", "number within the set"),
    "start_after": ("schedule.start", "when it opens: 2026-10-05T09:00, 09:00 (today), or none (opened by hand)"),
    "end_before": ("schedule.end", "when it closes for everyone, in the same forms, or +10 to move it"),
    "duration": ("schedule.duration", "minutes, or +10, -5 to change it"),
    "early_join": ("schedule.early_join", "minutes before the start from which students may wait"),
    "paste": ("desk.paste", "allow, own or block"),
    "run_seconds": ("desk.run.seconds", "seconds that one run may take"),
    "codes": ("admission.codes", "room or personal"),
    "packages": ("interpreter.packages", "packages that students may import, with commas between"),
    "draft": ("draft", "true hides the exam from students"),
}


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `exam` with its own commands."""
    parser = subparsers.add_parser(
        "exam", help="make, check, change, import, pack and show an exam folder", allow_abbrev=False
    )
    commands = parser.add_subparsers(dest="exam_command", required=True, metavar="COMMAND")
    _add_new(commands)
    _add_set(commands)
    for name, does in (("check", "list every mistake in an exam"), ("show", "print what is in force in an exam")):
        command = commands.add_parser(name, help=does, description=f"{does[:1].upper()}{does[1:]}.", allow_abbrev=False)
        command.add_argument("path", type=Path, metavar="PATH", help="exam folder or .exam file")
        command.add_argument("--json", action="store_true", help="print JSON")
    command = commands.add_parser("pack", help="make one .exam file of an exam folder", allow_abbrev=False)
    command.add_argument("path", type=Path, metavar="PATH", help="exam folder")
    command.add_argument("-o", "--output", type=Path, metavar="FILE", help="default: the folder's name with .exam")
    command = commands.add_parser("unpack", help="make a folder of a .exam file", allow_abbrev=False)
    command.add_argument("path", type=Path, metavar="FILE", help=".exam file")
    command.add_argument("-o", "--output", type=Path, metavar="FOLDER", help="default: the file's name without .exam")
    _exam_times.add_parser(commands)
    _exam_import.add_parser(commands)
    _exam_packages.add_parser(commands)
    _exam_copy.add_parser(commands)
    _exam_for_students.add_parser(commands)
    _exam_ready.add_parser(commands)
    command = commands.add_parser("fields", help="list everything that exam.toml may hold", allow_abbrev=False)
    command.add_argument("--markdown", action="store_true", help="as the table of the documentation")


def _add_new(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    command = commands.add_parser("new", help="make a ready-to-run exam to start from", allow_abbrev=False)
    command.add_argument("path", type=Path, metavar="PATH", help="folder to make")
    command.add_argument("--title", default="New exam", help="title of the exam")
    command.add_argument("--course", default="", help="course, such as CS 101")
    command.add_argument("--questions", type=int, default=2, metavar="N", help="number of questions (default: 2)")


def _add_set(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    command = commands.add_parser(
        "set",
        help="change single fields of an exam",
        description="Change single fields of exam.toml; everything else, comments too, stays as it is.",
        allow_abbrev=False,
    )
    command.add_argument("path", type=Path, metavar="PATH", help="exam folder")
    for flag, (_, does) in _FLAGS.items():
        command.add_argument(f"--{flag.replace('_', '-')}", metavar="VALUE", help=does)
    command.add_argument(
        "--set", action="append", default=[], dest="assignments", metavar="FIELD=VALUE", help="any field, repeatable"
    )
    command.add_argument(
        "--unset", action="append", default=[], dest="removals", metavar="FIELD", help="back to the default, repeatable"
    )
    command.add_argument("--dry-run", action="store_true", help="say what would change and write nothing")


def run(args: argparse.Namespace) -> int:
    """Do it and return the exit code."""
    commands: dict[str, Callable[[], int]] = {
        "new": lambda: _new(args, SystemChance()),
        "check": lambda: _check(args),
        "set": lambda: change_exam(args, SystemClock()),
        "show": lambda: _show(args),
        "pack": lambda: _pack(args),
        "unpack": lambda: _unpack(args),
        "fields": lambda: _fields(args),
        "times": lambda: _exam_times.run(args),
        "import": lambda: _exam_import.run(args, SystemChance()),
        "packages": lambda: _exam_packages.run(args),
        "for-students": lambda: _exam_for_students.run(args),
        "copy": lambda: _exam_copy.run(args, SystemChance()),
        "ready": lambda: _exam_ready.run(args, SystemClock()),
    }
    return commands[args.exam_command]()


def _say(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))


def _new(args: argparse.Namespace, chance: Chance) -> int:
    folder: Path = args.path
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputProblem(f"{folder} already exists and is not empty; nothing was changed. Name a new folder.")
    uuid = UUID(bytes=chance.bytes(16), version=4)
    files = new_exam(uuid, title=args.title, course=args.course, questions=args.questions)
    mistakes = [finding for finding in read_toml(files[EXAM_FILE]).findings if finding.severity == "error"]
    if mistakes:
        raise InputProblem(f"{mistakes[0].sentence} Nothing was written.")
    try:
        for path, text in files.items():
            where = folder / path
            where.parent.mkdir(parents=True, exist_ok=True)
            where.write_text(text, encoding="utf-8", newline="\n")
    except OSError as problem:
        raise EnvironmentProblem(f"The exam can't be written to {folder}: {problem.strerror}.") from problem
    _say(
        f"Made the exam {args.title!r} with {args.questions} question{'s' if args.questions != 1 else ''} in {folder}.",
        f"Edit {folder / EXAM_FILE} and the folders under questions, then: examdesk exam check {folder}",
    )
    return 0


def _check(args: argparse.Namespace) -> int:
    exam, findings = _read(args.path)
    if args.json:
        write_json(findings, indent=INDENT)
        return 1 if has_errors(findings) else 0
    _say(*(str(finding) for finding in findings))
    errors = sum(finding.severity == "error" for finding in findings)
    warnings = len(findings) - errors
    if exam is not None:
        counts = f"{_count(len(exam.questions()), 'question')}, {_count(warnings, 'warning')}"
        _say(f"{exam.long_name}: ready to run ({counts}).")
        return 0
    _say(f"{_count(errors, 'error')}, {_count(warnings, 'warning')}.")
    return 1


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _read(path: Path) -> tuple[Exam | None, list[Finding]]:
    """Read a folder or a file; what is wrong with a file as a whole is a finding as well."""
    try:
        with exam_folder(path) as folder:
            return read_exam(folder)
    except InputProblem as problem:
        return None, [Finding(file=path.name, sentence=problem.sentence)]


def change_exam(args: argparse.Namespace, clock: Clock) -> int:
    """`exam set`: change, check, write at one moment, and say what changed."""
    where = args.path / EXAM_FILE
    if args.path.is_file():
        raise InputProblem(f"{args.path} is a packed exam. Unpack it first: examdesk exam unpack {args.path}")
    if not where.is_file():
        raise InputProblem(f"There is no {EXAM_FILE} in {args.path}; nothing was changed.")
    source, mistakes = read_text(where, EXAM_FILE)
    if mistakes:
        raise InputProblem(f"{mistakes[0].sentence} Nothing was changed.")
    text, changed = apply(source, _changes(args, source, clock))
    if not changed:
        _say("Nothing to change: the exam says so already.")
        return 0
    before, after = check_source(args.path, source), check_source(args.path, text)
    _refuse_new_errors(before, after)
    if not args.dry_run:
        write_whole(where, text.encode())
    _say(*(_changed_words(each) for each in changed))
    _say(*(str(finding) for finding in after if finding.sentence not in {each.sentence for each in before}))
    return 0


def _refuse_new_errors(before: list[Finding], after: list[Finding]) -> None:
    known = {(finding.field, finding.sentence) for finding in before}
    new = [each for each in after if each.severity == "error" and (each.field, each.sentence) not in known]
    if new:
        said = " ".join(finding.sentence for finding in new)
        raise InputProblem(f"This would not be a valid exam, so nothing was changed. {said}")


def _changed_words(changed: Changed) -> str:
    before = "default" if changed.before is None else written(changed.before)
    after = "default" if changed.after is None else written(changed.after)
    return f"{changed.field}: {before} → {after}"


def _changes(args: argparse.Namespace, source: str, clock: Clock) -> list[Change]:
    """What the command line asks for; a field named twice is refused."""
    wanted = [(field, getattr(args, flag)) for flag, (field, _) in _FLAGS.items() if getattr(args, flag) is not None]
    for assignment in args.assignments:
        field, equals, value = assignment.partition("=")
        if not equals:
            raise InputProblem(f'"{assignment}" is no change. Write it as FIELD=VALUE, such as desk.run.seconds=20.')
        wanted.append((field, value))
    changes = [_change(field, value, source, clock) for field, value in wanted]
    for field in args.removals:
        path = parse_path(field)
        if spec_of(path).required:
            raise InputProblem(f"{field} can't be taken out: an exam needs it.")
        changes.append(Change(path, REMOVE))
    if not changes:
        raise InputProblem("Say what to change, such as --duration 90 or --set desk.paste=block.")
    paths = [change.path for change in changes]
    twice = next((path for path in paths if paths.count(path) > 1), None)
    if twice is not None:
        raise InputProblem(f"{dotted(twice)} is named twice. Name it once; nothing was changed.")
    return changes


def _change(field: str, value: str, source: str, clock: Clock) -> Change:
    path = parse_path(field)
    if path == ("uuid",):
        raise InputProblem("The uuid is the exam's identity and never changes. For another exam: examdesk exam new")
    if path in (("schedule", "duration"), ("schedule", "end")) and _RELATIVE.match(value.strip()):
        return Change(path, _moved(path, int(value), source))
    return Change(path, parse_value(path, value, lambda text: read_moment(text, clock)))


def _moved(path: tuple[str | int, ...], minutes: int, source: str) -> int | datetime:
    """The present duration or end, changed by this many minutes."""
    exam = read_toml(source).partial
    present = getattr(exam.schedule, str(path[-1])) if exam is not None else None
    if present is None:
        raise InputProblem(f"{dotted(path)} is not set, so it can't be changed by {minutes:+d}. Give it whole first.")
    moved: int | datetime = present + (timedelta(minutes=minutes) if isinstance(present, datetime) else minutes)
    return moved


def _show(args: argparse.Namespace) -> int:
    with exam_folder(args.path) as folder:
        exam, _ = exam_or_problem(folder, args.path)
    shown: dict[str, Any] = msgspec.to_builtins(exam)
    if args.json:
        names = {"short_name": exam.short_name, "long_name": exam.long_name}
        write_json({**names, **shown, "what_is_recorded": what_is_recorded(exam.recording)}, indent=INDENT)
        return 0
    _say(exam.long_name, "")
    for field, value in _flat(shown, ""):
        _say(f"{field} = {'left out' if value is None else written(value)}")
    _say("", "What students read about recording:", *(f"- {line}" for line in what_is_recorded(exam.recording)))
    return 0


def _flat(value: Any, prefix: str) -> list[tuple[str, Any]]:
    """A nested document as dotted fields; the inner tag of questions is left out."""
    if isinstance(value, dict):
        inner = [(f"{prefix}.{key}" if prefix else key, each) for key, each in value.items() if key != "kind"]
        return [leaf for key, each in inner for leaf in _flat(each, key)]
    if isinstance(value, list | tuple) and any(isinstance(each, dict) for each in value):
        return [leaf for at, each in enumerate(value, 1) for leaf in _flat(each, f"{prefix}[{at}]")]
    return [(prefix, value)]


def _pack(args: argparse.Namespace) -> int:
    folder: Path = args.path
    output: Path = args.output or folder.resolve().with_suffix(SUFFIX)
    if output.resolve().is_relative_to(folder.resolve()):
        raise InputProblem(f"{output} lies in the exam folder itself. Name a file outside of it.")
    data = pack(folder)
    write_whole(output, data)
    _say(f"Packed {folder} into {output} ({len(data):,} bytes). It holds hidden checks too: it is for staff only.")
    return 0


def _unpack(args: argparse.Namespace) -> int:
    source: Path = args.path
    if not source.is_file():
        raise InputProblem(f"There is no file {source}.")
    target: Path = args.output or source.with_suffix("")
    if target == source:
        raise InputProblem(f"Say with -o which folder {source} is to be unpacked to.")
    try:
        data = source.read_bytes()
    except OSError as problem:
        raise EnvironmentProblem(f"{source} can't be read: {problem.strerror}.") from problem
    unpack(data, target)
    _say(f"Unpacked {source} into {target}.")
    return 0


def _fields(args: argparse.Namespace) -> int:
    _say(*((BEGIN, "", markdown_table(), "", END) if args.markdown else (plain_table(),)))
    return 0
