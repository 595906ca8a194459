"""`examdesk demo`: a whole exam with simulated students, from the empty folder to the verified record."""

import argparse
import asyncio
import signal
from contextlib import suppress
from pathlib import Path

from examdesk.demo.show import Figures, Plan, Show
from examdesk.demo.windows import has_display
from shared.clock import SystemChance, SystemClock
from shared.problems import InputProblem

MOST_DESKS = 300
SHORTEST_S = 5.0
SECONDS = 68.0


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "demo",
        help="run a whole exam with simulated students",
        description="Run a whole exam on this computer: a hub, simulated students, windows, exports, verification.",
        allow_abbrev=False,
    )
    parser.add_argument("--headless", action="store_true", help="draw the windows into files even where a display is")
    parser.add_argument("--desks", type=int, default=24, metavar="N", help="simulated students (24)")
    parser.add_argument("--out", type=Path, default=Path("demo-out"), metavar="DIR", help="folder to fill (demo-out)")
    parser.add_argument("--seconds", type=float, default=SECONDS, metavar="S", help=f"how long they work ({SECONDS:g})")


def run(args: argparse.Namespace) -> int:
    """Run it; 0 when nothing was lost and everything was made, else 1."""
    if not 1 <= args.desks <= MOST_DESKS:
        raise InputProblem(f"--desks takes 1 to {MOST_DESKS}.")
    if not args.seconds >= SHORTEST_S:
        raise InputProblem(f"--seconds takes {SHORTEST_S:g} or more.")
    plan = Plan(desks=args.desks, out=args.out, headless=args.headless or not has_display(), seconds=args.seconds)
    figures = asyncio.run(_run(plan))
    return 0 if figures.lost == 0 and not figures.problems else 1


async def _run(plan: Plan) -> Figures:
    _end_like_ctrl_c()
    return await Show(plan, SystemClock(), SystemChance()).run()


def _end_like_ctrl_c() -> None:
    """A closed terminal and SIGTERM end the demo as Ctrl-C does: with everything that it started."""
    task = asyncio.current_task()
    assert task is not None
    for name in ("SIGTERM", "SIGHUP"):
        with suppress(AttributeError, NotImplementedError):  # Windows
            asyncio.get_running_loop().add_signal_handler(getattr(signal, name), task.cancel)
