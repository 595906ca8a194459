"""`examdesk control audit`: who did what, when and from where, and who looked at whose evidence."""

import argparse
import time
from collections.abc import Sequence

from examdesk.cli._json_out import add_json_argument
from examdesk.cli._room_lists import line_of
from examdesk.staffapi.client import StaffClient
from examdesk.staffapi.messages import AuditEntry, GetAudit, GetLive
from shared.problems import InputProblem

MOST = 5_000


def add_audit_parser(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the action and what it takes."""
    text = "the audit log, newest first: who did what, when, from where, and what was before and after"
    audit = actions.add_parser("audit", help=text, description=text.capitalize() + ".")
    audit.add_argument("words", nargs="*", help="only entries in which all of these occur")
    audit.add_argument("--about", default="", metavar="STUDENT", help="only about this student's session")
    kinds = audit.add_mutually_exclusive_group()
    kinds.add_argument("--looked", action="store_true", help="only who looked at evidence or took it out")
    kinds.add_argument("--done", action="store_true", help="only what was done, without signing in and looking")
    audit.add_argument("--limit", type=int, default=200, metavar="N", help="so many at most (default: 200)")
    add_json_argument(audit)


async def audit(client: StaffClient, args: argparse.Namespace) -> Sequence[object]:
    """Read it and return a line for each entry, its changes below it."""
    if not 0 < args.limit <= MOST:
        raise InputProblem(f"--limit is between 1 and {MOST}, not {args.limit}.")
    request = GetAudit(
        limit=args.limit,
        text=" ".join(args.words),
        kind="looked" if args.looked else "done" if args.done else "",
        session=await _session(client, args.about) if args.about else "",
    )
    found = await client.ask(request)
    if args.json:
        return [found.entries]
    return [line for entry in found.entries for line in _lines(entry)] or ["Nothing like this stands in the audit log."]


async def _session(client: StaffClient, student: str) -> str:
    rows = {row.student: row.session for row in (await client.ask(GetLive())).rows}
    if not rows.get(student):
        raise InputProblem(
            f"{student} has no session in this exam. Search for words instead: examdesk control audit WORD."
        )
    return rows[student]


def _lines(entry: AuditEntry) -> list[str]:
    at = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(entry.at_ms / 1000))
    head = line_of(entry.number, at, entry.who, entry.role, entry.address, entry.what, entry.detail)
    return [head, *(line_of("", "", "", "", "", "", change) for change in entry.changes)]
