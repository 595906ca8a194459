"""`examdesk-student --headless`: the real desk, driven by a script."""

import signal
import sys
import threading
from pathlib import Path

import msgspec

from shared.discovery.joining import parse_destination
from shared.problems import InputProblem
from student_app.composition import DeskProgram, make_desk, make_engine
from student_app.core.alone import Myself, open_desk_file, wheels_beside
from student_app.core.ports import HubAddress
from student_app.core.session import Phase
from student_app.core.shelf import to_go_on_with
from student_app.headless.player import Player, Stopped
from student_app.headless.report import Lines, Reporter
from student_app.headless.script import AnyStep, read_script

OK, NOT_SAFE, REFUSED = 0, 1, 2


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What the command line said. `timeout_s` limits the waiting to be let in, and for receipts at the end.

    `settings` are the mistakes in this PC's settings, `pin` the fingerprint that they set. `exam_file` is the exam on a
    stick; `start_code` is typed as soon as only that opens the exam.
    """

    journal: Path
    join: str = ""
    hub: str = ""
    student: str = ""
    name: str = ""
    seat: str = ""
    script: Path | None = None
    timeout_s: float | None = None
    settings: tuple[str, ...] = ()
    pin: bytes | None = None
    exam_file: Path | None = None
    start_code: str = ""
    extra_minutes: int = 0


def hubs_of(text: str) -> tuple[HubAddress, ...]:
    """Return the addresses that a person typed as `host[:port]`, a join code or a link; none for an empty text."""
    if not text:
        return ()
    destination = parse_destination(text)
    return tuple(HubAddress(one.host, one.port, destination.fingerprint) for one in destination.addresses)


def run_headless(options: Options) -> int:
    """Join or go on, follow the script, wait until everything is safe, and return the exit code.

    Raises:
        InputProblem, EnvironmentProblem: nothing could be begun.
    """
    problems = Lines(sys.stderr)
    steps = read_script(options.script, lambda text: problems.say(problem=text)) if options.script is not None else []
    for mistake in options.settings:
        problems.say(problem=mistake)
    hubs = hubs_of(options.hub)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    engine = make_engine(options.journal)
    lines = Lines()
    reporter = Reporter(lines, problems)
    program = make_desk(engine, options.journal, reporter, with_packages=True, pin=options.pin)
    try:
        _begin(program, options, hubs)
        return _follow(program, reporter, Player(program, reporter, engine.machine.clock, stop), steps, options)
    finally:
        engine.close()


def _begin(program: DeskProgram, options: Options, hubs: tuple[HubAddress, ...]) -> None:
    path = to_go_on_with(options.journal, options.student or None)
    if path is not None:
        program.desk.go_on(path, hubs)
        return
    if options.exam_file is not None:
        who = Myself(
            student=options.student,
            name=options.name,
            seat=options.seat,
            room_code=options.join,
            extra_minutes=options.extra_minutes,
        )
        program.desk.begin_alone(open_desk_file(options.exam_file), who, wheels_beside(options.exam_file))
        return
    if not options.join or not options.student:
        raise InputProblem("Give --join CODE and --student ID to join; there is no exam in the journal folder yet.")
    program.desk.join(options.join, options.student, options.name, options.seat, hubs)


def _start(program: DeskProgram, reporter: Reporter, player: Player, options: Options) -> None:
    """Type the start code, if one was given, as soon as nothing else opens the exam."""
    if not options.start_code:
        return
    player.wait(lambda: program.desk.state().needs_code or program.desk.content is not None)
    try:
        program.desk.start_with(options.start_code)
    except InputProblem as problem:
        reporter.problem(problem.sentence)


def _follow(program: DeskProgram, reporter: Reporter, player: Player, steps: list[AnyStep], options: Options) -> int:
    lines = reporter.lines
    stopped = refused = False
    try:
        decided = player.wait(
            lambda: program.desk.sitting is not None or program.desk.state().phase is Phase.FINDING, options.timeout_s
        )
        if not decided:
            reporter.problem(f"Nobody let this desk in within {options.timeout_s:g} s. Nothing was written yet.")
            program.desk.cancel()
        if program.desk.sitting is None:
            refused = True
        else:
            _start(program, reporter, player, options)
            player.play(steps)
            player.wait_safe(options.timeout_s)
    except Stopped:
        stopped = True
    safe = program.close()
    state = program.desk.state()
    lines.say(confirmed="done", session=state.session, last=state.last, saved=state.saved, receipted=state.safe)
    if refused:
        return REFUSED
    return OK if safe or stopped else NOT_SAFE
