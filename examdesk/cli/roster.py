"""`examdesk roster`: class lists, single students, personal codes, and whose work a session is."""

import argparse
import asyncio
import secrets
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from examdesk.cli._json_out import INDENT, add_json_argument, write_json
from examdesk.cli._reaching import add_hub_arguments, hub_of, who_am_i
from examdesk.rosters.preview import Outcome, Preview, PreviewRow, preview
from examdesk.staffapi import messages as api
from examdesk.staffapi.client import StaffClient, open_client
from shared.exam.whole_file import write_private
from shared.problems import InputProblem

FORMS = {".pdf": "pdf", ".csv": "csv"}
Job = Callable[[StaffClient, argparse.Namespace], Awaitable[int]]


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `roster` with its own commands."""
    parser = subparsers.add_parser("roster", help="class lists, students and personal codes", allow_abbrev=False)
    commands = parser.add_subparsers(dest="roster_command", required=True, metavar="COMMAND")
    does = "say line by line what importing a CSV or XLSX file would do; nothing is changed"
    command = commands.add_parser("preview", help=does, description=does, allow_abbrev=False)
    command.add_argument("path", type=Path, metavar="FILE", help="class list: CSV, XLSX or a OneRoster zip")
    command.add_argument("--json", action="store_true", help="print JSON")
    _add_at_hub(commands)


def _add_at_hub(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    def command(name: str, does: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=does, description=does[:1].upper() + does[1:] + ".", allow_abbrev=False)
        add_hub_arguments(made)
        return made

    add_json_argument(command("list", "list the roster of a running hub"))
    apply = command("apply", "import a class list at a running hub, after saying what it changes")
    apply.add_argument("path", type=Path, metavar="FILE")
    apply.add_argument("--with-doubtful", action="store_true", help="take doubtful rows too")
    add = command("add", "add a student, or change the one with this id")
    add.add_argument("student", metavar="ID")
    add.add_argument("name")
    add.add_argument("--section", default="", metavar="NAME")
    add.add_argument("--factor", type=float, default=1.0, help="time factor, such as 1.5")
    add.add_argument("--minutes", type=int, default=0, help="more minutes")
    codes = command("codes", "write the sheet of personal codes: slips to print (.pdf) or a table (.csv)")
    codes.add_argument("--to", type=Path, required=True, metavar="FILE")
    codes.add_argument("--student", action="append", default=[], metavar="ID", help="only this one; may be repeated")
    new = command("new-code", "give students new personal codes; the old ones stop at once")
    new.add_argument("student", nargs="+", metavar="ID")
    identify = command("identify", "say that who joined under one name is another entry of the roster")
    identify.add_argument("joined", metavar="JOINED-AS", help="the name or id under which the student joined")
    identify.add_argument("student", metavar="ID", help="whose work it is; the name of joining takes it back")


def run(args: argparse.Namespace) -> int:
    """Do it; for a preview 0 when every line can be taken, 1 when some are refused or doubtful."""
    if args.roster_command == "preview":
        found = preview(args.path)
        if args.json:
            write_json(as_json(found), indent=INDENT)
        else:
            sys.stdout.write(as_text(found) + "\n")
        return 1 if found.of(Outcome.REFUSED) or found.of(Outcome.DOUBTFUL) else 0
    return asyncio.run(_at_hub(args))


async def _at_hub(args: argparse.Namespace) -> int:
    client = await open_client(hub_of(args), who_am_i())
    try:
        return await _JOBS[args.roster_command](client, args)
    finally:
        await client.close()


async def _list(client: StaffClient, args: argparse.Namespace) -> int:
    entries = (await client.ask(api.GetRoster())).entries
    if args.json:
        write_json(entries, indent=INDENT)
        return 0
    for entry in entries:
        joined = "joined" if entry.joined else ""
        _say(f"{entry.student}\t{entry.name}\t{entry.section}\t{entry.room}\t{entry.seat}\t{joined}")
    return 0


async def _apply(client: StaffClient, args: argparse.Namespace) -> int:
    try:
        data = args.path.read_bytes()
    except OSError as error:
        raise InputProblem(f"{args.path} can't be read ({error.strerror}). Nothing was imported.") from error
    shown = await client.ask(api.PreviewRoster(file_name=args.path.name, data=data))
    for row in shown.rows:
        if row.outcome in ("refused", "doubtful"):
            _say(f"Line {row.line} is {row.outcome}: {row.sentence}")
    _say(", ".join(f"{count} {outcome}" for outcome, count in shown.counts.items()) + ".")
    done = await client.ask(api.ApplyRoster(command=_key(), preview=shown.preview, with_doubtful=args.with_doubtful))
    _say(done.sentence)
    return 1 if any(row.outcome in ("refused", "doubtful") for row in shown.rows) else 0


async def _add(client: StaffClient, args: argparse.Namespace) -> int:
    request = api.PutStudent(
        command=_key(),
        student=args.student,
        name=args.name,
        section=args.section,
        factor=args.factor,
        extra_minutes=args.minutes,
    )
    return _said(await client.ask(request))


async def _codes(client: StaffClient, args: argparse.Namespace) -> int:
    form = FORMS.get(args.to.suffix.lower())
    if form is None:
        raise InputProblem(f"{args.to.name} is neither a .pdf (slips to print) nor a .csv (a table). Nothing was made.")
    students = tuple(args.student)
    sheet = await client.ask(api.GetCodeSheet(form="pdf" if form == "pdf" else "csv", students=students))
    write_private(args.to, sheet.data)
    _say(f"{args.to}: personal codes of {sheet.people} students. Whoever has this file can join as any of them.")
    return 0


async def _new_code(client: StaffClient, args: argparse.Namespace) -> int:
    return _said(await client.ask(api.NewCodes(command=_key(), students=tuple(args.student))))


async def _identify(client: StaffClient, args: argparse.Namespace) -> int:
    rows = (await client.ask(api.GetLive())).rows
    found = [
        row for row in rows if row.session and args.joined.casefold() in (row.student.casefold(), row.name.casefold())
    ]
    if len(found) != 1:
        how = "Nobody" if not found else "More than one student"
        raise InputProblem(f"{how} joined as {args.joined}. Nothing was changed; see: examdesk watch.")
    return _said(await client.ask(api.SetIdentity(command=_key(), session=found[0].session, student=args.student)))


_JOBS: dict[str, Job] = {
    "list": _list,
    "apply": _apply,
    "add": _add,
    "codes": _codes,
    "new-code": _new_code,
    "identify": _identify,
}


def _key() -> str:
    return secrets.token_hex(16)


def _said(done: api.Done) -> int:
    _say(done.sentence)
    return 0


def _say(sentence: str) -> None:
    sys.stdout.write(sentence + "\n")


def as_json(found: Preview) -> dict[str, Any]:
    """Return the preview as plain values."""
    return {
        "format": found.format,
        "sheet": found.sheet,
        "columns": dict(found.columns),
        "counts": found.counts(),
        "warnings": list(found.warnings),
        "rows": [_row_json(row) for row in found.rows],
    }


def as_text(found: Preview) -> str:
    """Return the preview as lines for a person."""
    lines = ["Columns: " + ", ".join(f"{field} from “{heading}”" for field, heading in found.columns)]
    lines += [f"Note: {warning}" for warning in found.warnings]
    for outcome, title in ((Outcome.REFUSED, "Refused"), (Outcome.DOUBTFUL, "Doubtful, look at these")):
        rows = found.of(outcome)
        if rows:
            lines += ["", f"{title}:", *(f"  {row.sentence}" for row in rows)]
    counts = found.counts()
    lines += ["", ", ".join(f"{count} {outcome}" for outcome, count in counts.items()) + ". Nothing was changed."]
    return "\n".join(lines)


def _row_json(row: PreviewRow) -> dict[str, Any]:
    plain: dict[str, Any] = {"line": row.line, "outcome": row.outcome.value, "sentence": row.sentence}
    if row.row is not None:
        one = row.row
        plain |= {
            "student": one.student,
            "name": one.name,
            "section": one.section,
            "email": one.email,
            "extra_minutes": one.extra_minutes,
            "factor": one.factor,
            "room": one.room,
            "seat": one.seat,
            "tags": list(one.tags),
        }
    plain["changes"] = [{"field": change.field, "old": change.old, "new": change.new} for change in row.changes]
    return plain
