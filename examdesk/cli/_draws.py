"""`examdesk control draw` and `redraw`: which questions a student got, and having them drawn anew on purpose."""

import argparse
import secrets
from collections.abc import Sequence

from examdesk.cli._json_out import add_json_argument
from examdesk.staffapi.client import StaffClient
from examdesk.staffapi.messages import GetDraw, GetLive, Redraw
from shared.problems import InputProblem

DRAW, REDRAW = "draw", "redraw"


def add_parsers(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add both commands."""
    text = "show which questions a student got, in their order"
    draw = actions.add_parser(DRAW, help=text, description=text.capitalize() + ".")
    draw.add_argument("student")
    add_json_argument(draw)
    text = "draw one student's questions anew; what was written is kept"
    redraw = actions.add_parser(REDRAW, help=text, description=text.capitalize() + ".")
    redraw.add_argument("--student", required=True, help="whose questions")
    redraw.add_argument("--because", required=True, metavar="REASON", help="why; it goes into the audit log")


async def do(client: StaffClient, args: argparse.Namespace) -> Sequence[object] | None:
    """Do one of these actions and return what to say; None for any other action."""
    if args.action == DRAW:
        return await _show(client, args.student, as_json=args.json)
    if args.action == REDRAW:
        session = await _session(client, args.student)
        request = Redraw(command=secrets.token_hex(16), session=session, reason=args.because)
        return [(await client.ask(request)).sentence]
    return None


async def _show(client: StaffClient, student: str, *, as_json: bool) -> Sequence[object]:
    view = await client.ask(GetDraw(session=await _session(client, student)))
    if as_json:
        return [view]
    if not view.questions:
        return [f"{student} has not begun, so nothing is drawn yet."]
    lines = [f"{number}\t{question}" for number, question in enumerate(view.questions, 1)]
    again = f", drawn anew {view.draws} time{'s' if view.draws != 1 else ''}" if view.draws else ""
    return [*lines, f"From the seed {view.seed}{again}."]


async def _session(client: StaffClient, student: str) -> str:
    rows = (await client.ask(GetLive())).rows
    found = next((row.session for row in rows if row.student == student), "")
    if not found:
        raise InputProblem(f"{student} has not joined this exam. Nothing was changed; see: examdesk watch.")
    return found
