"""`examdesk control review`: the review queue at the terminal, over the same API as the window."""

import argparse
import secrets
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import get_args

import msgspec

from examdesk.cli._json_out import add_json_argument
from examdesk.cli._room_lists import line_of
from examdesk.staffapi.client import StaffClient
from examdesk.staffapi.messages import (
    AddNote,
    Assign,
    GetLive,
    GetReviewHistory,
    GetReviews,
    HideNames,
    LiveRow,
    ReviewStatus,
    ReviewView,
    SetReview,
    SetReviewRules,
)
from shared.problems import InputProblem

STATUSES: tuple[ReviewStatus, ...] = get_args(ReviewStatus)
NOBODY = "nobody"


def add_review_parser(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the action and what it takes."""
    text = "the review queue: list it, set a status, add a note, assign, show a history"
    review = actions.add_parser("review", help=text, description=text.capitalize() + ".")
    doing = review.add_subparsers(dest="doing", required=True, metavar="WHAT")
    _add_list(doing)
    put = doing.add_parser("set", help="set a status", description="Set the status of one or several sessions.")
    put.add_argument("student", nargs="+")
    put.add_argument("status", choices=STATUSES)
    put.add_argument("--note", default="", help="kept with your name and the time")
    note = doing.add_parser("note", help="add a note", description="Add a note; the status stays.")
    note.add_argument("student", nargs="+")
    note.add_argument("text")
    assign = doing.add_parser("assign", help="say who is to review", description="Say who is to review.")
    assign.add_argument("to", help=f"a name; {NOBODY}: take it back")
    assign.add_argument("student", nargs="+")
    history = doing.add_parser("history", help="everything about one", description="Show a review from its beginning.")
    history.add_argument("student")
    add_json_argument(history)
    text = "say who stands behind pseudonyms of this hub; the audit log notes it"
    who = doing.add_parser("who", help=text, description=text.capitalize() + ".")
    who.add_argument("pseudonym", nargs="*", help="left out: everybody")
    text = "say whether “Escalated” takes two people"
    second = doing.add_parser("second-person", help=text, description=text.capitalize() + ".")
    second.add_argument("rule", choices=("on", "off"))


def _add_list(doing: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    listing = doing.add_parser("list", help="the queue", description="List sessions and how their reviews stand.")
    listing.add_argument("--status", action="append", default=[], choices=STATUSES, help="only these")
    listing.add_argument("--section", action="append", default=[], help="only this section; may be repeated")
    listing.add_argument("--assignee", default=None, help=f"only this person's; {NOBODY}: nobody's")
    listing.add_argument("--signals", action="store_true", help="only sessions with signals")
    listing.add_argument("--asked", action="store_true", help="only those for which a second person is asked")
    listing.add_argument("--hide-names", action="store_true", help="show students under pseudonyms")
    add_json_argument(listing)


async def review(client: StaffClient, args: argparse.Namespace) -> Sequence[object]:
    """Do it and return what to say."""
    ways: dict[str, Callable[[StaffClient, argparse.Namespace], Awaitable[Sequence[object]]]] = {
        "list": _list,
        "set": _set,
        "note": _note,
        "assign": _assign,
        "history": _history,
        "who": _who,
        "second-person": _second_person,
    }
    return await ways[args.doing](client, args)


async def _list(client: StaffClient, args: argparse.Namespace) -> Sequence[object]:
    if args.hide_names:
        await client.ask(HideNames(hidden=True))
    rows = {row.session: row for row in (await client.ask(GetLive())).rows if row.session}
    found = await client.ask(GetReviews())
    wanted = [(rows[one.session], one) for one in found.rows if _wanted(rows.get(one.session), one, args)]
    if args.json:
        return [[{"student": row.student, "name": row.name, **msgspec.to_builtins(one)} for row, one in wanted]]
    return [_line(row, one) for row, one in wanted] or ["There are no such sessions."]


def _wanted(row: LiveRow | None, one: ReviewView, args: argparse.Namespace) -> bool:
    if row is None:
        return False
    assignee = "" if args.assignee == NOBODY else args.assignee
    return (
        (not args.status or one.status in args.status)
        and (not args.section or row.section in args.section)
        and (args.assignee is None or one.assignee == assignee)
        and (not args.signals or bool(row.signals))
        and (not args.asked or bool(one.asked_by))
    )


def _line(row: LiveRow, one: ReviewView) -> str:
    asked = f"{one.asked_by} asks for Escalated" if one.asked_by else ""
    signals = "1 signal" if row.signals == 1 else f"{row.signals} signals"
    return line_of(row.student, row.name, row.section, one.status, one.assignee or NOBODY, signals, asked)


async def _set(client: StaffClient, args: argparse.Namespace) -> list[str]:
    sessions = tuple(await _sessions(client, args.student))
    request = SetReview(command=_key(), sessions=sessions, status=args.status, note=args.note)
    return [(await client.ask(request)).sentence]


async def _note(client: StaffClient, args: argparse.Namespace) -> list[str]:
    sessions = tuple(await _sessions(client, args.student))
    return [(await client.ask(AddNote(command=_key(), sessions=sessions, note=args.text))).sentence]


async def _assign(client: StaffClient, args: argparse.Namespace) -> list[str]:
    sessions = await _sessions(client, args.student)
    to = "" if args.to == NOBODY else args.to
    return [(await client.ask(Assign(command=_key(), sessions=tuple(sessions), to=to))).sentence]


async def _history(client: StaffClient, args: argparse.Namespace) -> Sequence[object]:
    (session,) = await _sessions(client, [args.student])
    found = await client.ask(GetReviewHistory(session=session))
    if args.json:
        return [found]
    lines = [line_of(_day(step.at_ms), step.who, step.words, step.note) for step in found.steps]
    looking = [line_of(_day(each.at_ms), each.who, "looks at this session too") for each in found.lookers]
    return [*(lines or ["Nobody has reviewed this session yet."]), *looking]


async def _who(client: StaffClient, args: argparse.Namespace) -> list[str]:
    await client.ask(HideNames(hidden=True))
    hidden = (await client.ask(GetLive())).rows
    await client.ask(HideNames(hidden=False))
    shown = (await client.ask(GetLive())).rows
    found = {before.student: after for before, after in zip(hidden, shown, strict=True)}
    unknown = [name for name in args.pseudonym if name not in found]
    if unknown:
        raise InputProblem(f"Nobody of this exam is called {unknown[0]} where names are hidden.")
    return [line_of(name, found[name].student, found[name].name) for name in args.pseudonym or sorted(found)]


async def _second_person(client: StaffClient, args: argparse.Namespace) -> list[str]:
    return [(await client.ask(SetReviewRules(command=_key(), second_person=args.rule == "on"))).sentence]


async def _sessions(client: StaffClient, students: list[str]) -> list[str]:
    rows = {row.student: row.session for row in (await client.ask(GetLive())).rows}
    missing = [student for student in students if not rows.get(student)]
    if missing:
        raise InputProblem(f"{missing[0]} has not joined this exam. Nothing was changed; see: examdesk watch.")
    return [rows[student] for student in students]


def _key() -> str:
    return secrets.token_hex(16)


def _day(at_ms: int) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(at_ms / 1000))
