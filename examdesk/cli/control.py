"""`examdesk control`: what staff do during an exam, at the terminal and over the same API as the window."""

import argparse
import asyncio
import secrets
import sys
from collections.abc import Callable

from examdesk.cli._reaching import add_hub_arguments, hub_of, who_am_i
from examdesk.staffapi.client import StaffClient, open_client
from examdesk.staffapi.messages import (
    Command,
    Decide,
    End,
    Extend,
    GetLive,
    HeldJoin,
    LiveRow,
    Open,
    Pause,
    Reopen,
    Say,
    Target,
)
from shared.problems import InputProblem

Build = Callable[[argparse.Namespace, str, Target], Command]

ACTIONS: dict[str, tuple[str, Build]] = {
    "open": ("open the exam now", lambda _, key, to: Open(command=key, target=to)),
    "end": ("end the exam; the last keystrokes are kept", lambda _, key, to: End(command=key, target=to)),
    "extend": (
        "give more minutes (or less: -5)",
        lambda args, key, to: Extend(command=key, seconds=round(args.minutes * 60), target=to),
    ),
    "pause": ("stop the clock", lambda _, key, to: Pause(command=key, paused=True, target=to)),
    "resume": ("let the clock run again", lambda _, key, to: Pause(command=key, paused=False, target=to)),
    "reopen": ("let students go on after they handed in", lambda _, key, to: Reopen(command=key, target=to)),
    "say": ("write to students", lambda args, key, to: Say(command=key, text=args.text, target=to)),
}


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> argparse.ArgumentParser:
    """Add the command's own parser."""
    parser = subparsers.add_parser("control", description="Control a running exam: all students, sections or some.")
    add_hub_arguments(parser)
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, (text, _) in ACTIONS.items():
        action = actions.add_parser(name, help=text, description=text.capitalize() + ".")
        if name == "extend":
            action.add_argument("minutes", type=float)
        if name == "say":
            action.add_argument("text")
        action.add_argument("--section", action="append", default=[], help="only this section; may be repeated")
        action.add_argument("--student", action="append", default=[], help="only this student; may be repeated")
    admit = actions.add_parser("admit", help="let somebody in who waits", description="Let somebody in who waits.")
    admit.add_argument("student", nargs="*", help="who; without a name the waiting ones are listed")
    admit.add_argument("--all", action="store_true", help="everybody who waits")
    admit.add_argument("--refuse", action="store_true", help="don't let them in")
    return parser


def run(args: argparse.Namespace) -> int:
    """Do it and say what the hub said."""
    return asyncio.run(_run(args))


async def _run(args: argparse.Namespace) -> int:
    client = await open_client(hub_of(args), who_am_i())
    try:
        if args.action == "admit":
            return await _admit(client, args)
        target = await _target(client, args)
        done = await client.ask(ACTIONS[args.action][1](args, secrets.token_hex(16), target))
        _say(done.sentence)
    finally:
        await client.close()
    return 0


async def _target(client: StaffClient, args: argparse.Namespace) -> Target:
    """Turn students into their sessions; a student without one is said."""
    if not args.student:
        return Target(sections=tuple(args.section))
    rows = {row.student: row for row in (await client.ask(GetLive())).rows}
    return Target(sections=tuple(args.section), sessions=tuple(_session(rows, name) for name in args.student))


def _session(rows: dict[str, LiveRow], student: str) -> str:
    row = rows.get(student)
    if row is None or not row.session:
        raise InputProblem(f"{student} has not joined this exam. Nothing was changed; see: examdesk watch.")
    return row.session


async def _admit(client: StaffClient, args: argparse.Namespace) -> int:
    held = (await client.ask(GetLive(sessions=()))).held
    chosen = [join for join in held if args.all or join.student in args.student]
    missing = set(args.student) - {join.student for join in held}
    for join in chosen:
        done = await client.ask(Decide(command=secrets.token_hex(16), ticket=join.ticket, admit=not args.refuse))
        _say(done.sentence)
    if missing:
        raise InputProblem(f"Nobody called {', '.join(sorted(missing))} waits to be let in.")
    if not chosen:
        _list(held)
    return 0


def _list(held: tuple[HeldJoin, ...]) -> None:
    for join in held:
        _say(f"{join.student}\t{join.name}\t{join.device}\t{join.address}\t{join.why}")
    if not held:
        _say("Nobody waits.")


def _say(sentence: str) -> None:
    sys.stdout.write(sentence + "\n")
