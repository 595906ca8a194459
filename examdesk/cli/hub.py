"""`examdesk hub`: serve an exam on this network without a screen."""

import argparse
import asyncio
import logging
import sys
from hashlib import sha256
from logging.handlers import RotatingFileHandler
from pathlib import Path

import msgspec

from examdesk.cli._key_file import take_over
from examdesk.cli._stopping import stop_on_signals
from examdesk.hub.control.class_list import kept_rows, list_of
from examdesk.hub.hub import Hub, Ready, Settings
from examdesk.hub.limits import Limits
from examdesk.hub.records.place import Place, place_of
from examdesk.hub.sessions.standings import OpenAction
from examdesk.hub.tuning import keep_quick
from examdesk.rosters.preview import Outcome, apply, preview
from examdesk.store.audit import Deed
from shared.clock import SystemChance, SystemClock
from shared.exam.document import Exam
from shared.exam.whole_file import write_private
from shared.problems import EnvironmentProblem, InputProblem

MAX_PORT = 65_535
_LOG_BYTES = 2 * 1024 * 1024


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> argparse.ArgumentParser:
    """Add the command's own parser."""
    parser = subparsers.add_parser("hub", description="Serve an exam on this network until SIGTERM or Ctrl-C.")
    parser.add_argument("--exam", type=Path, metavar="PATH", help="an exam folder or a .exam file")
    parser.add_argument("--data", required=True, metavar="DIR", help="folder for the records, or an SQLAlchemy URL")
    parser.add_argument("--port", type=int, default=0, metavar="N", help="port to listen on (as last time, or 23926)")
    parser.add_argument("--host", default="", metavar="ADDR", help="address to listen on (all addresses)")
    parser.add_argument("--no-advertise", action="store_true", help="don't make the exam appear by itself")
    parser.add_argument("--ready-file", type=Path, metavar="FILE", help="write how the hub is reached once it serves")
    parser.add_argument("--key", type=Path, metavar="FILE", help="take over an exam with its key file (.examkey)")
    parser.add_argument(
        "--passphrase-file", type=Path, metavar="FILE", help="its first line opens the key file (you are asked)"
    )
    opening = parser.add_mutually_exclusive_group()
    opening.add_argument("--open", action="store_true", help="open the exam at once, whatever its schedule says")
    opening.add_argument(
        "--hold",
        action="store_true",
        help="an exam without a start time waits until staff open it (it is open at once)",
    )
    parser.add_argument("--roster", type=Path, metavar="FILE", help="import this class list before serving")
    return parser


def run(args: argparse.Namespace) -> int:
    """Serve; return 0 after a clean end."""
    if not 0 <= args.port <= MAX_PORT:
        raise InputProblem(f"--port takes a number from 1 to {MAX_PORT}; {args.port} is none.")
    place = place_of(args.data)
    exam = _exam(args, place)
    _log_to(place)
    settings = Settings(
        exam=exam,
        place=place,
        port=args.port,
        host=args.host,
        advertise=not args.no_advertise,
        limits=Limits(),
    )
    if args.ready_file is not None:
        _forget(args.ready_file)
    try:
        with asyncio.Runner() as runner:
            runner.run(_serve(settings, args))
    finally:
        if args.ready_file is not None:
            _forget(args.ready_file)
    return 0


def _exam(args: argparse.Namespace, place: Place) -> Path:
    """Return which exam is to be served, after taking it over if a key file was given."""
    taken = None if args.key is None else take_over(args.key, args.passphrase_file, place)
    exam: Path | None = args.exam or taken
    if exam is None:
        raise InputProblem("Name the exam with --exam PATH, or take one over with --key FILE.")
    return exam


async def _serve(settings: Settings, args: argparse.Namespace) -> None:
    stop = asyncio.Event()
    stop_on_signals(stop)
    hub = await Hub.start(settings, SystemClock(), SystemChance())
    try:
        if args.roster is not None:
            await _import(hub, args.roster)
        hub.exam_file.tell = _to_terminal
        if args.open or not (args.hold or has_start(hub.services.exam)):
            await _open(hub, asked=args.open)
        _say_ready(hub.ready, args.ready_file)
        quick = asyncio.create_task(keep_quick(hub.listener))
        await stop.wait()
        quick.cancel()
    finally:
        await hub.stop()


def has_start(exam: Exam) -> bool:
    """Tell whether the exam file says when it starts, for everybody, a section, or by an access rule."""
    starts = [exam.schedule.start, *(section.schedule.start for section in exam.sections)]
    return any(start is not None for start in (*starts, *(rule.opens for rule in exam.access)))


def _to_terminal(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")


async def _open(hub: Hub, *, asked: bool) -> None:
    """Open for everybody, once per data folder; an end that staff set later stays."""
    deed = Deed(
        who="command line", role="hub", address="", what="opened", detail="--open" if asked else "no start time"
    )
    await hub.controls.act("hub --open", OpenAction(at_ms=hub.services.clock.wall_ms()), deed)
    if not asked:
        sys.stderr.write("The exam has no start time, so it is open now. With --hold it waits until you open it.\n")


async def _import(hub: Hub, file: Path) -> None:
    """Import a class list: lines that are certain are taken, others are refused aloud."""
    shown = preview(file, list_of(hub.services.registry.roster.values()))
    bad = [row for row in shown.rows if row.outcome in (Outcome.REFUSED, Outcome.DOUBTFUL)]
    if bad:
        raise InputProblem(
            f"The class list {file} has {len(bad)} doubtful lines, the first: {bad[0].sentence} "
            "Nothing was imported and the hub does not start. See all lines with `examdesk roster preview`, or start "
            "without --roster and take them with `examdesk roster apply --with-doubtful`."
        )
    rows = kept_rows(hub.services, apply(shown))
    deed = Deed(who="command line", role="hub", address="", what="imported a class list", detail=f"{len(rows)} people")
    digest = sha256(repr(shown.rows).encode()).hexdigest()
    command = f"hub --roster {digest}"
    await hub.controls.put_students(command, rows, deed)


def _forget(file: Path) -> None:
    """Take away what an earlier hub said, so that nobody reads it as this one's word."""
    try:
        file.unlink(missing_ok=True)
    except OSError as error:
        raise EnvironmentProblem(f"{file} can't be replaced ({error.strerror}).") from error


def _say_ready(ready: Ready, file: Path | None) -> None:
    line = msgspec.json.encode(ready) + b"\n"
    if file is not None:
        write_private(file, line)
    sys.stdout.buffer.write(line)
    sys.stdout.buffer.flush()


def _log_to(place: Place) -> None:
    folder = place.folder / "log"
    folder.mkdir(exist_ok=True)
    handler = RotatingFileHandler(folder / "hub.log", maxBytes=_LOG_BYTES, backupCount=3, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
