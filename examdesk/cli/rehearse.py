"""`examdesk rehearse`: load this laptop and network with simulated students and say what they held."""

import argparse
import asyncio
import math
import shutil
import signal
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from examdesk.cli._json_out import write_json
from examdesk.cli.main import installed_version
from examdesk.rehearsal.rehearse import Plan, Rehearsal
from examdesk.rehearsal.verdict import Report
from shared.clock import SystemChance, SystemClock
from shared.exam.rehearsal_note import Fingerprint, RehearsalNote, fingerprint, write_note
from shared.problems import EnvironmentProblem, InputProblem

MOST_DESKS = 2_000
MOST_RATE = 20.0


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "rehearse",
        help="load this laptop with simulated students and say what it held",
        description="Simulated students join, type and hand in. Exit code 0: it would do for an exam; 1: it would not.",
        allow_abbrev=False,
    )
    parser.add_argument("--desks", type=int, default=30, metavar="N", help="simulated students (30)")
    parser.add_argument("--events-per-second", type=float, default=2.0, metavar="E", help="events of each (2)")
    parser.add_argument("--seconds", type=float, default=30.0, metavar="S", help="how long they work (30)")
    parser.add_argument(
        "--exam", type=Path, metavar="PATH", help="rehearse this exam, and write down beside it that it was rehearsed"
    )
    parser.add_argument("--data", type=Path, metavar="DIR", help="keep the rehearsal's records in this new folder")
    parser.add_argument("--hub", default="", metavar="HOST:PORT", help="load this hub instead of one started here")
    parser.add_argument("--join", default="", metavar="CODE", help="with --hub: its room code")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Rehearse; 0 when it would do for an exam."""
    _check(args)
    folder = _folder(args.data)
    try:
        plan = Plan(
            desks=args.desks,
            events_per_second=args.events_per_second,
            seconds=args.seconds,
            folder=folder,
            exam=args.exam,
            hub=args.hub,
            join=args.join,
        )
        before = None if args.exam is None else fingerprint(args.exam)
        report = asyncio.run(_run(plan))
        if before is not None:
            _write_down(args.exam, before, report)
    finally:
        if args.data is None:
            shutil.rmtree(folder, ignore_errors=True)
    if args.json:
        write_json(report)
    else:
        sys.stdout.write(_told(report))
    return 0 if report.holds else 1


def _check(args: argparse.Namespace) -> None:
    if not 1 <= args.desks <= MOST_DESKS:
        raise InputProblem(f"--desks takes 1 to {MOST_DESKS}.")
    if not 0 < args.events_per_second <= MOST_RATE:
        raise InputProblem(f"--events-per-second takes more than 0 and at most {MOST_RATE:g}.")
    if not (math.isfinite(args.seconds) and args.seconds >= 1):
        raise InputProblem("--seconds takes 1 or more.")
    if args.exam is not None and args.hub:
        raise InputProblem("--exam rehearses with a hub of its own; with --hub the exam is what that hub serves.")
    if bool(args.hub) != bool(args.join):
        raise InputProblem("--hub and --join go together: the address of a hub that runs, and its room code.")


def _write_down(exam: Path, before: Fingerprint, report: Report) -> None:
    note = RehearsalNote(
        at_ms=SystemClock().wall_ms(),
        app=installed_version(),
        desks=report.desks,
        seconds=report.seconds,
        holds=report.holds,
        recommendation=report.recommendation,
        exam=before,
    )
    try:
        write_note(exam, note)
    except OSError as error:
        raise EnvironmentProblem(
            f"The rehearsal could not be written down beside the exam ({error.strerror}); it is not proven."
        ) from error


def _folder(wanted: Path | None) -> Path:
    if wanted is None:
        return Path(tempfile.mkdtemp(prefix="examdesk-rehearsal-"))
    try:
        wanted.mkdir(parents=True, exist_ok=True)
        if any(wanted.iterdir()):
            raise InputProblem(f"{wanted} is not empty. Name a new folder for the rehearsal's records.")
    except OSError as error:
        raise EnvironmentProblem(f"The folder {wanted} can't be made ({error.strerror}). Name another one.") from error
    return wanted.absolute()


async def _run(plan: Plan) -> Report:
    task = asyncio.current_task()
    assert task is not None
    for name in ("SIGTERM", "SIGHUP"):
        with suppress(AttributeError, NotImplementedError):  # Windows
            asyncio.get_running_loop().add_signal_handler(getattr(signal, name), task.cancel)
    return await Rehearsal(plan, SystemClock(), SystemChance()).run()


def _told(report: Report) -> str:
    delay = report.receipt_ms
    lines = [
        ("desks", f"{report.joined} of {report.desks} joined, {report.submitted} handed in"),
        ("events", f"{report.events:,} in {report.seconds:g} s, {report.events_per_second:,.0f} a second"),
        ("lost", f"{report.lost:,}"),
        (
            "to a receipt",
            f"{delay.p50:.0f} ms half of them, {delay.p99:.0f} ms 99 in 100, {delay.most:.0f} ms the most",
        ),
        ("disk", _figure(report.commit_ms, "ms for one durable write")),
        ("hub", _figure(report.hub_cpu_percent, "% of a core")),
        ("memory", _figure(report.hub_memory_mb, "MB at the hub")),
        ("computer", f"{report.computer_cpu_percent:.0f} % of all cores, simulated students included"),
    ]
    told = "".join(f"{name:14}{text}\n" for name, text in lines)
    told += "".join(f"{'a desk said':14}{sentence}\n" for sentence in report.problems)
    return f"{told}\n{report.recommendation}\n"


def _figure(value: float | None, unit: str) -> str:
    return "not measured from here" if value is None else f"{value:.1f} {unit}"
