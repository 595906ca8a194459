"""`examdesk control`: what staff do during an exam, at the terminal and over the same API as the window."""

import argparse
import asyncio
import secrets
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import get_args

from examdesk.cli import _draws, _editions, _joining, _without_network
from examdesk.cli import _room_lists as lists
from examdesk.cli._audit_log import add_audit_parser, audit
from examdesk.cli._comparing import COMPARING, add_comparing_parsers
from examdesk.cli._exporting import add_export_parser, export
from examdesk.cli._json_out import INDENT, add_json_argument, write_json
from examdesk.cli._reaching import add_hub_arguments, hub_of, who_am_i
from examdesk.cli._reviewing import add_review_parser, review
from examdesk.staffapi.client import StaffClient, open_client
from examdesk.staffapi.messages import (
    AddIncident,
    AnyTiming,
    Collect,
    Command,
    CreditTime,
    Decide,
    End,
    Extend,
    GetLedger,
    GetLive,
    GetSignals,
    HeldJoin,
    LiveRow,
    Lock,
    Open,
    Pause,
    RemoveStudent,
    Reopen,
    Say,
    SetDoor,
    TakeBackOpening,
    Target,
)
from shared.problems import InputProblem

Build = Callable[[argparse.Namespace, str, Target], Command]

ACTIONS: dict[str, tuple[str, Build]] = {
    "open": ("open the exam now", lambda _, key, to: Open(command=key, target=to)),
    "end": ("end the exam; the last keystrokes are kept", lambda _, key, to: End(command=key, target=to)),
    "extend": (
        "give more minutes (or less: -5)",
        lambda args, key, to: Extend(
            command=key, seconds=round(args.minutes * 60), target=to, keep_ratio=args.keep_ratio, reason=args.reason
        ),
    ),
    "pause": ("stop the clock", lambda _, key, to: Pause(command=key, paused=True, target=to)),
    "resume": ("let the clock run again", lambda _, key, to: Pause(command=key, paused=False, target=to)),
    "reopen": ("let students go on after they handed in", lambda _, key, to: Reopen(command=key, target=to)),
    "lock": ("keep students from working", lambda _, key, to: Lock(command=key, locked=True, target=to)),
    "unlock": ("let them work again", lambda _, key, to: Lock(command=key, locked=False, target=to)),
    "collect": ("end it and take every work as it stands", lambda _, key, to: Collect(command=key, target=to)),
    "say": (
        "write to students",
        lambda args, key, to: Say(
            command=key, text=args.text, target=to, kind=args.kind, question=args.question, prompt=_text_of(args.prompt)
        ),
    ),
}
_OWN: dict[str, Callable[[StaffClient, argparse.Namespace], Awaitable[Sequence[object]]]] = {
    "review": review,
    "audit": audit,
    "export": export,
    **COMPARING,
}
_LISTS: dict[str, tuple[str, Callable[[StaffClient, argparse.Namespace], Awaitable[Sequence[object]]]]] = {
    "times": (
        "when everybody's time begins and ends",
        lambda client, args: lists.times(client, as_json=args.json),
    ),
    "missing": (
        "from whom nothing is handed in",
        lambda client, args: lists.hand_ins(client, missing=not args.all, as_json=args.json),
    ),
    "said": (
        "what was written, and whom it reached",
        lambda client, args: lists.said(client, args.number, as_json=args.json),
    ),
    "signals": (
        "what was noticed in the class, by time, with how common it is",
        lambda client, args: lists.signals(client, _which(args), as_json=args.json),
    ),
    "preflights": (
        "how each PC is prepared, as its own check reported it",
        lambda client, args: lists.preflights(client, everything=args.all, as_json=args.json),
    ),
    "ledger": (
        "what students lost of their time, and what is proposed for it",
        lambda client, args: lists.ledger(client, as_json=args.json),
    ),
    "incidents": (
        "what was written down with `incident`",
        lambda client, args: lists.incidents(client, as_json=args.json),
    ),
}


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> argparse.ArgumentParser:
    """Add the command's own parser."""
    parser = subparsers.add_parser("control", description="Control a running exam: all students, sections or some.")
    add_hub_arguments(parser)
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, (text, _) in ACTIONS.items():
        action = actions.add_parser(name, help=text, description=text.capitalize() + ".")
        _add_arguments(action, name)
        action.add_argument("--section", action="append", default=[], help="only this section; may be repeated")
        action.add_argument(
            "--student", action="append", default=[], help="only the student with this id; may be repeated"
        )
    admit = actions.add_parser("admit", help="let somebody in who waits", description="Let somebody in who waits.")
    admit.add_argument("student", nargs="*", help="who; without a name the waiting ones are listed")
    admit.add_argument("--all", action="store_true", help="everybody who waits")
    admit.add_argument("--refuse", action="store_true", help="don't let them in")
    text = "write down what happened in the room; it can't be changed afterwards"
    incident = actions.add_parser("incident", help=text, description=text.capitalize() + ".")
    incident.add_argument("text", help="what happened, in quotes")
    incident.add_argument("--student", default="", help="the id of whom it is about; left out: the exam")
    text = "give a student time for what the ledger lists, or decide that nothing is given"
    credit = actions.add_parser("credit", help=text, description=text.capitalize() + ".")
    credit.add_argument("student", help="the student's id")
    amount = credit.add_mutually_exclusive_group()
    amount.add_argument("--minutes", type=float, help="other than what is proposed")
    amount.add_argument("--nothing", action="store_true", help="give nothing for it, and write that down")
    credit.add_argument("--reason", default="", help="why; the student reads it")
    text = "say who waits for you before being let in"
    door = actions.add_parser("door", help=text, description=text.capitalize() + ".")
    door.add_argument("who", choices=("all", "unlisted", "off", "exam"), help="exam: as the exam's file says")
    text = "take the newest opening by hand back, also one whose time has not come: students wait again"
    back = actions.add_parser("take-back-opening", help=text, description=text.capitalize() + ".")
    back.add_argument("--preview", action="store_true", help="show whom it would touch, and do nothing")
    text = "take somebody off the roster who has not joined"
    actions.add_parser("remove", help=text, description=text.capitalize() + ".").add_argument("student")
    add_review_parser(actions)
    add_audit_parser(actions)
    add_export_parser(actions)
    add_comparing_parsers(actions)
    _without_network.add_parsers(actions)
    _draws.add_parsers(actions)
    _editions.add_parsers(actions)
    _joining.add_parser(actions)
    _add_lists(actions)
    return parser


def _add_arguments(action: argparse.ArgumentParser, name: str) -> None:
    if name == "extend":
        action.add_argument("minutes", type=float, help="such as 10; -5 takes five away")
        ratio = action.add_mutually_exclusive_group()
        ratio.add_argument(
            "--keep-ratio", action="store_true", default=None, help="multiply by each student's own factor"
        )
        ratio.add_argument(
            "--same-for-all", action="store_false", dest="keep_ratio", help="as it stands, whatever their factor"
        )
        action.add_argument("--reason", default="", help="why; the students read it")
    if name == "say":
        action.add_argument("text", help="what they read, in quotes")
        kinds = ("message", "announcement", "correction")
        action.add_argument("--kind", choices=kinds, default="", help="what it is (a message to some, else announced)")
        action.add_argument("--question", default="", metavar="ID", help="the question that it is about")
        action.add_argument(
            "--prompt",
            type=Path,
            metavar="FILE",
            help="of a correction: the question's new text; desks show what is different",
        )
    elif name != "collect":
        action.add_argument("--preview", action="store_true", help="show whom it would touch, and do nothing")


def _text_of(path: Path | None) -> str:
    if path is None:
        return ""
    try:
        return path.read_text("utf-8-sig")
    except OSError as error:
        raise InputProblem(f"{path} can't be read: {error.strerror}. Nothing was sent.") from error
    except UnicodeDecodeError as error:
        raise InputProblem(f"{path} is no text in UTF-8. Nothing was sent.") from error


def _add_lists(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    for name, (text, _) in _LISTS.items():
        listing = actions.add_parser(name, help=text, description="List " + text + ".")
        add_json_argument(listing)
        if name == "missing":
            listing.add_argument("--all", action="store_true", help="everybody, also who handed in")
        if name == "preflights":
            listing.add_argument("--all", action="store_true", help="also what is in order")
        if name == "said":
            listing.add_argument("number", type=int, nargs="?", help="one of them: whom did it reach?")
        if name == "signals":
            listing.add_argument("--kind", action="append", default=[], help="only this kind; may be repeated")
            listing.add_argument("--section", action="append", default=[], help="only this section; may be repeated")
            listing.add_argument("--question", default="", metavar="ID", help="only this question")


def _which(args: argparse.Namespace) -> GetSignals:
    return GetSignals(kinds=tuple(args.kind), sections=tuple(args.section), question=args.question)


def run(args: argparse.Namespace) -> int:
    """Do it and say what the hub said."""
    return asyncio.run(_run(args))


async def _run(args: argparse.Namespace) -> int:
    client = await open_client(hub_of(args), who_am_i())
    try:
        if args.action in _OTHERS:
            return await _OTHERS[args.action](client, args)
        if args.action in _OWN:
            return _say_all(await _OWN[args.action](client, args))
        for also in (_without_network, _joining, _draws, _editions):
            said = await also.do(client, args)
            if said is not None:
                return _say_all(said)
        if args.action in _LISTS:
            return _say_all(await _LISTS[args.action][1](client, args))
        request = await _request(client, args)
        if getattr(args, "preview", False) and isinstance(request, get_args(AnyTiming)):
            return _say_all(await lists.times(client, request))
        _say((await client.ask(request)).sentence)
    finally:
        await client.close()
    return 0


async def _request(client: StaffClient, args: argparse.Namespace) -> Command:
    key = secrets.token_hex(16)
    if args.action == "remove":
        return RemoveStudent(command=key, student=args.student)
    if args.action == "take-back-opening":
        return TakeBackOpening(command=key)
    if args.action == "door":
        return SetDoor(command=key, approval=None if args.who == "exam" else args.who)
    if args.action == "credit":
        return await _credit(client, args, key)
    if args.action == "incident":
        who = argparse.Namespace(section=[], student=[args.student] if args.student else [])
        about = (await _target(client, who)).sessions
        return AddIncident(command=key, text=args.text, session=about[0] if about else "")
    return ACTIONS[args.action][1](args, key, await _target(client, args))


async def _credit(client: StaffClient, args: argparse.Namespace, key: str) -> CreditTime:
    """Take what the ledger proposes, or what was said instead; every stretch that is open is decided by it."""
    who = argparse.Namespace(section=[], student=[args.student])
    (session,) = (await _target(client, who)).sessions
    (row,) = (await client.ask(GetLedger(session=session))).rows
    still = tuple(item for item in row.items if item.state == "open")
    items = tuple(item.key for item in still if args.minutes is not None or args.nothing or item.proposed)
    if not items:
        raise InputProblem(f"The ledger proposes nothing for {args.student}. Nothing was changed; see: control ledger.")
    seconds = row.proposed if args.minutes is None else round(args.minutes * 60)
    return CreditTime(
        command=key, session=session, seconds=0 if args.nothing else seconds, items=items, reason=args.reason
    )


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
        _say(lists.line_of(join.student, join.name, join.device, join.address, join.why))
    if not held:
        _say("Nobody waits.")


def _say(sentence: str) -> None:
    sys.stdout.write(sentence + "\n")


def _say_all(lines: Sequence[object]) -> int:
    """Say sentences and lines; all else is data, as the hub gave it, for other programs."""
    for line in lines:
        if isinstance(line, str):
            _say(line)
        else:
            write_json(line, indent=INDENT)
    return 0


_OTHERS: dict[str, Callable[[StaffClient, argparse.Namespace], Awaitable[int]]] = {
    "admit": _admit,
}
