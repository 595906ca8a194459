"""`examdesk signals`: work out an exam's signals again, from records or from a bundle, and compare."""

import argparse
import sys
from pathlib import Path

import msgspec

from examdesk.cli._json_out import write_json
from examdesk.cli._looking import OF_ONE, SIGNALS, look
from examdesk.cli.export import DATABASE, exam_in, open_records, records_url
from examdesk.evidence.words import count
from examdesk.exports.recomputing import (
    Recomputed,
    SessionSignals,
    differences,
    inputs_that_differ,
    of_bundle,
    of_records,
    read_file,
)
from shared.problems import InputProblem

WORDS = "A signal is something that a person may want to look at. It says nothing about why."
MOST_SHOWN = 40
MIN_CLASS = 6


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "signals",
        help="work out an exam's signals again and compare them",
        description="Work out all signals from the events alone. With --against the result is compared with what "
        "somebody else got: exit code 0 says that both have the same, 1 names what differs. " + WORDS,
        allow_abbrev=False,
    )
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("file", nargs="?", type=Path, help="an evidence bundle (*.examrecord); it is verified first")
    where.add_argument("--data", metavar="DIR", help="folder of a hub's records, or an SQLAlchemy URL")
    parser.add_argument("--exam", metavar="ID", help="the exam's id, where the records hold several")
    parser.add_argument("--student", action="append", default=[], metavar="ID", help="only this student's signals")
    parser.add_argument("--json", action="store_true", help="print JSON, with the inputs of every session")
    parser.add_argument("--against", type=Path, metavar="FILE", help="what --json printed elsewhere")


def run(args: argparse.Namespace) -> int:
    """Do it; return 0, or 1 where the comparison fails."""
    if args.data is None and args.file.is_dir():
        raise InputProblem(_a_folder(args.file))
    found = of_bundle(args.file) if args.data is None else _of_data(args)
    if args.against is not None:
        return _compare(found, read_file(args.against))
    known = {each.student for each in found.sessions}
    unknown = [name for name in args.student if name not in known]
    if unknown:
        raise InputProblem(f"There is no session of {', '.join(unknown)}.")
    if args.student:
        sessions = tuple(each for each in found.sessions if each.student in args.student)
        found = msgspec.structs.replace(found, sessions=sessions)
    if args.json:
        write_json(found, indent=1, order="deterministic")
    else:
        sys.stdout.write("\n".join(_lines(found)) + "\n")
    return 0


def _a_folder(path: Path) -> str:
    """Return what to do with a folder where a bundle is asked for."""
    if (path / DATABASE).is_file():
        return f"{path} is a folder of a hub's records: say `examdesk signals --data {path}`."
    bundles = sorted(path.glob("*.examrecord"))
    if bundles:
        return f"{path} is a folder. Name the evidence bundle in it: {', '.join(str(each) for each in bundles)}."
    return (
        f"{path} is a folder, and there is no evidence bundle (*.examrecord) in it. For a hub's records say "
        "`--data FOLDER`."
    )


def _of_data(args: argparse.Namespace) -> Recomputed:
    reader = open_records(args.data)
    try:
        exam = exam_in(reader, args.exam)
        look(records_url(args.data), exam, OF_ONE if args.student else SIGNALS, ", ".join(args.student or ()))
        return of_records(reader, exam)
    finally:
        reader.close()


def _compare(found: Recomputed, other: Recomputed) -> int:
    inputs, signals = inputs_that_differ(found, other), differences(found, other)
    for sentence in inputs:
        sys.stdout.write(f"{sentence}\n")
    for each in signals[:MOST_SHOWN]:
        signal = each.signal
        place = f"event {signal.seq} of journal {signal.journal[:12]}"
        sys.stdout.write(f"{each.where}: {each.student}, {signal.kind}, {place}: {signal.explanation}\n")
    if len(signals) > MOST_SHOWN:
        sys.stdout.write(f"… and {len(signals) - MOST_SHOWN} more.\n")
    all_of_them = sum(len(each.signals) for each in found.sessions)
    said = f"{count(all_of_them, 'signal')} of {count(len(found.sessions), 'session')}"
    sys.stdout.write(f"{said}: {'the same' if not (inputs or signals) else 'not the same'} as in the file.\n")
    return 1 if inputs or signals else 0


def _lines(found: Recomputed) -> list[str]:
    lines = []
    for session in found.sessions:
        lines += _of_session(session)
    if not lines:
        lines = ["No signal of any kind.", ""]
    if found.kinds:
        lines.append("How common each kind is in this class:")
        width = max(len(kind.title) for kind in found.kinds)
        for kind in found.kinds:
            having = f"{kind.students_with_it} of {count(found.students, 'student')}"
            lines.append(f"  {kind.title:{width}}  {having}, {count(kind.signals, 'signal')}")
        if found.students < MIN_CLASS:
            lines.append("  So few students say little about how common something is.")
        lines.append("")
    return [*lines, f"{found.engine}; the exam's texts: SHA-256 {found.given_sha256}", WORDS]


def _of_session(session: SessionSignals) -> list[str]:
    if not session.signals:
        return []
    lines = [f"{session.student}  (session {session.session})"]
    for signal in session.signals:
        rests = ", ".join(f"{name} = {value}" for name, value in signal.parameters.items())
        lines.append(f"  event {signal.seq} of {signal.journal[:12]}  {signal.kind}  {signal.amount:g} {signal.unit}")
        lines.append(f"      {signal.explanation}{f' [{rests}]' if rests else ''}")
    read = "; ".join(f"{each.journal[:12]} up to event {each.seq}, link {each.link[:16]}" for each in session.inputs)
    return [*lines, f"      read: {read}", ""]
