"""`examdesk cat`: show an archive in the terminal, a line for each session, or all of one student's."""

import argparse
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from examdesk.cli.export import exam_in, records_url
from examdesk.exports.archive import FIELDS, Session, of_file, of_records
from examdesk.exports.cells import visible
from examdesk.exports.pseudonyms import User, put_back, read_users
from examdesk.exports.report.svg import FORMATTING
from examdesk.exports.times import Zone
from examdesk.store import open_reader
from shared.clock import SystemClock
from shared.problems import InputProblem

DEFAULT = ("student", "name", "section", "status", "handed_in", "runs", "versions", "signals", "holds", "review")
_NUMBERS = frozenset({"devices", "events", "runs", "failed_runs", "versions", "signals"})
_MOST = 32
_NOTHING = "\u2013"


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "cat",
        help="show an archive in the terminal",
        description="Show what an archive holds: a line for each session, or with --student all of one. A bundle is "
        "verified first.",
        allow_abbrev=False,
    )
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("file", nargs="?", type=Path, help="a bundle, a session's JSON, or a folder of these")
    where.add_argument("--data", metavar="DIR", help="folder of a hub's records, or an SQLAlchemy URL")
    parser.add_argument("--exam", metavar="ID", help="the exam's id, where the records hold several")
    parser.add_argument("--student", action="append", metavar="ID", help="only this student; may be given again")
    parser.add_argument("--fields", metavar="LIST", help=f"some of {','.join(FIELDS)}")
    parser.add_argument("--json", action="store_true", help="print one JSON object for each session")
    parser.add_argument("--users", type=Path, metavar="FILE", help="put names in the place of pseudonyms")


def run(args: argparse.Namespace) -> int:
    """Show it; return 0, or 1 where no session is the one asked for."""
    fields = _fields(args.fields, single=bool(args.student))
    users = read_users(args.users) if args.users is not None else {}
    found = [one for one in _sessions(args) if not args.student or _wanted(one, args.student, users)]
    rows = [{name: _put_back(getattr(one, name), users) for name in fields} for one in found]
    if args.json:
        for row in rows:
            sys.stdout.write(msgspec.json.encode(row).decode() + "\n")
    elif args.student:
        sys.stdout.write("\n".join(_whole(row) for row in rows))
    elif rows:
        sys.stdout.write(table(fields, rows))
    if not found:
        sys.stderr.write("There is no such session.\n" if args.student else "There are no sessions.\n")
    return 0 if found or not args.student else 1


def _fields(asked: str | None, *, single: bool) -> Sequence[str]:
    if asked is None:
        return FIELDS if single else DEFAULT
    fields = [word.strip() for word in asked.split(",") if word.strip()]
    unknown = [word for word in fields if word not in FIELDS]
    if unknown or not fields:
        said = f"There is no field {unknown[0]}" if unknown else "No field was named"
        raise InputProblem(f"{said}. There are: {', '.join(FIELDS)}.")
    return fields


def _sessions(args: argparse.Namespace) -> Iterable[Session]:
    if args.data is None:
        yield from of_file(args.file, Zone())
        return
    reader = open_reader(records_url(args.data))
    try:
        yield from of_records(reader, exam_in(reader, args.exam), SystemClock().wall_ms(), Zone())
    finally:
        reader.close()


def _wanted(one: Session, students: list[str], users: dict[str, User]) -> bool:
    user = users.get(one.student)
    return bool({one.student, one.name, *((user.student, user.name) if user else ())} & set(students))


def _put_back(value: Any, users: dict[str, User]) -> Any:
    return put_back(value, users) if isinstance(value, str) and users else value


# ---------------------------------------------------------------------------------------------- on a terminal


def table(fields: Sequence[str], rows: Sequence[dict[str, Any]]) -> str:
    """Return rows in columns; long cells are cut, what a terminal would obey is made visible."""
    cells = [[_short(_word(row[name])) for name in fields] for row in rows]
    heads = [name.replace("_", " ").upper() for name in fields]
    widths = [max(map(columns_of, column)) for column in zip(heads, *cells, strict=True)]
    lines = [
        "  ".join(
            _padded(cell, width, right=name in _NUMBERS) for cell, width, name in zip(row, widths, fields, strict=True)
        ).rstrip()
        for row in [heads, *cells]
    ]
    return "\n".join(lines) + "\n"


def _whole(row: dict[str, Any]) -> str:
    width = max(len(name) for name in row)
    said = []
    for name, value in row.items():
        if name == "files" and isinstance(value, dict):
            for file, text in sorted(value.items()):
                body = "".join(f"    {safe(line)}\n" for line in text.splitlines())
                said.append(f"{safe(file)}:\n{body or '    (empty)' + chr(10)}")
        else:
            said.append(f"{name.replace('_', ' '):{width}}  {_word(value)}\n")
    return "".join(said)


def _word(value: Any) -> str:
    if value is None or value == "":
        return _NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return ", ".join(safe(name) for name in sorted(value)) or _NOTHING
    return safe(str(value)).replace("\n", " ")


def safe(text: str) -> str:
    """Return a text that changes nothing about the terminal."""
    return FORMATTING.sub("\ufffd", visible(text).replace("_x005F_", "_"))


def columns_of(text: str) -> int:
    """Return how many columns a text takes on a terminal."""
    return sum(
        0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        for letter in text
    )


def _short(text: str) -> str:
    while columns_of(text) > _MOST:
        text = text[:-2] + "…"
    return text


def _padded(text: str, width: int, *, right: bool) -> str:
    space = " " * (width - columns_of(text))
    return space + text if right else text + space
