"""`examdesk-student`: the window, a desk without a screen, or a simulated class."""

import argparse
import os
import socket
import sys
from pathlib import Path

from platformdirs import user_data_path

from shared.problems import Problem
from student_app.core.lab import Lab, find_lab


def main(argv: list[str] | None = None) -> int:
    """Run the program and return its exit code."""
    options = _parser().parse_args(argv)
    options.lab = Lab() if options.simulate else find_lab(options.config, os.environ, socket.gethostname())
    _preset(options)
    try:
        if options.headless:
            return _headless(options)
        if options.preflight:
            return _preflight(options)
        if options.simulate:
            return _simulate(options)
        from student_app.views.window import run_window  # noqa: PLC0415 - Qt only where there is a window

        return run_window(options)
    except Problem as problem:
        print(problem.sentence, file=sys.stderr)  # noqa: T201
        return 2


def _preset(options: argparse.Namespace) -> None:
    """Take from this PC's settings what the command line leaves open."""
    lab: Lab = options.lab
    options.by_lab = bool(lab.link) and not options.hub
    options.typed_hub = options.hub
    options.hub = options.hub or lab.link
    options.seat = options.seat or lab.seat
    options.journal = options.journal or lab.journal


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="examdesk-student", description="Sit a programming exam.")
    parser.add_argument("--journal", type=Path, metavar="DIR", help="where your work is kept on this PC")
    parser.add_argument("--join", default="", metavar="CODE", help="the access code")
    parser.add_argument("--hub", default="", metavar="HOST:PORT", help="address of the instructor's computer")
    parser.add_argument("--student", default="", metavar="ID", help="your student number or login")
    parser.add_argument("--name", default="", help="your name, where you are not on the list")
    parser.add_argument("--seat", default="", help="your seat")
    parser.add_argument("--section", default="", help="your section, where the exam has several")
    parser.add_argument("--config", type=Path, metavar="FILE", help="this PC's settings, instead of the usual place")
    window = parser.add_argument_group("window")
    window.add_argument("--screenshot", type=Path, metavar="FILE", help="render a page to a PNG file and end")
    window.add_argument("--page", default="", metavar="NAME", help="the page to render")
    window.add_argument(
        "--theme", default="", choices=["", "light", "dark", "contrast"], help="instead of the system's"
    )
    window.add_argument("--size", default="", metavar="WxH", help="size of the rendered page")
    parser.add_argument("--exam-file", type=Path, metavar="FILE", help="the exam on a stick, where there is no network")
    parser.add_argument("--start-code", default="", metavar="CODE", help="opens the exam without a network")
    parser.add_argument(
        "--extra-minutes", type=int, default=0, metavar="N", help="extra time that you were granted, without a network"
    )
    without = parser.add_argument_group("without a window")
    without.add_argument("--headless", action="store_true", help="follow a script without a window")
    without.add_argument("--preflight", action="store_true", help="check this PC and its network, and end")
    without.add_argument("--json", action="store_true", help="print the results of --preflight as JSON")
    without.add_argument("--script", type=Path, metavar="FILE.jsonl", help="what to do, one JSON object a line")
    without.add_argument(
        "--timeout", type=float, metavar="S", help="seconds to wait to be let in, and for receipts at the end"
    )
    without.add_argument("--simulate", type=int, metavar="N", help="simulate N students in one process")
    without.add_argument("--events-per-second", type=float, default=2.0, metavar="E", help="events of each student")
    without.add_argument("--seconds", type=float, default=60.0, metavar="S", help="how long they work")
    without.add_argument("--programs", type=Path, metavar="DIR", help="programs that they type, one folder a question")
    without.add_argument("--memory", action="store_true", help="keep the simulated journals in memory")
    without.add_argument("--prefix", default="sim", metavar="TEXT", help="how the simulated students' ids begin")
    without.add_argument("--seed", type=int, default=1, help="another seed, another class")
    return parser


def _headless(options: argparse.Namespace) -> int:
    from student_app.headless.run import Options, run_headless  # noqa: PLC0415 - quick --help

    return run_headless(
        Options(
            journal=options.journal or user_data_path("examdesk") / "journals",
            join=options.join,
            hub=options.hub,
            student=options.student,
            name=options.name,
            seat=options.seat or options.section,
            script=options.script,
            timeout_s=options.timeout,
            settings=options.lab.mistakes,
            pin=options.lab.fingerprint,
            exam_file=options.exam_file,
            start_code=options.start_code,
            extra_minutes=options.extra_minutes,
        )
    )


def _preflight(options: argparse.Namespace) -> int:
    from shared.clock import SystemChance  # noqa: PLC0415 - quick --help
    from student_app.composition import device_of  # noqa: PLC0415
    from student_app.preflight.program import Options, run_preflight  # noqa: PLC0415

    folder = options.journal or user_data_path("examdesk") / "journals"
    seat = options.seat or options.section
    return run_preflight(
        Options(folder, options.hub, options.join, seat, options.json, device_of(folder, SystemChance()))
    )


def _simulate(options: argparse.Namespace) -> int:
    from student_app.headless.simulate import Plan, simulate  # noqa: PLC0415 - quick --help

    return simulate(
        Plan(
            desks=options.simulate,
            join=options.join,
            hub=options.hub,
            events_per_second=options.events_per_second,
            seconds=options.seconds,
            programs=options.programs,
            journal=None if options.memory else options.journal,
            seed=options.seed,
            prefix=options.prefix,
        )
    )


if __name__ == "__main__":
    sys.exit(main())
