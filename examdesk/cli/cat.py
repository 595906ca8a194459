"""`examdesk cat`: show an archive in the terminal, a line for each session, or all of one student's."""

import argparse
import shutil
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from examdesk.cli._json_out import write_json
from examdesk.cli._looking import OF_ALL, OF_ONE, look
from examdesk.cli._verifiable import refuse_unshown
from examdesk.cli.export import exam_in, open_records, records_url
from examdesk.exports.archive import DETAILS, FIELDS, RunLine, Session, SignalLine, of_file, of_records
from examdesk.exports.cells import safe
from examdesk.exports.pseudonyms import User, put_back, read_users
from examdesk.exports.times import Zone
from examdesk.exports.writing import file_name, plain
from examdesk.staffapi.whole import whole
from shared.clock import SystemClock
from shared.problems import InputProblem

DEFAULT = ("student", "name", "section", "status", "handed_in", "runs", "versions", "signals", "holds", "review")
SHOWN: dict[str, tuple[str, tuple[str, ...]]] = {
    "answers": (
        "who it is, when, and the code",
        ("student", "name", "section", "status", "joined", "last", "handed_in", "receipt_code", "files"),
    ),
    "files": ("the names of the files, with their lengths", ("student", "name", "file_list")),
    "runs": ("every run and how it ended", ("student", "name", "run_list")),
    "signals": ("every signal with its explanation", ("student", "name", "signal_list")),
    "errors": ("programs that failed, and what is wrong with a record", ("student", "name", "errors")),
}
"""What else can be asked for than fields by name."""
_NUMBERS = frozenset({"devices", "events", "runs", "failed_runs", "versions", "signals"})
_MOST = 32
_SIGNS = 4 * _MOST
"""With the signs that take no column of their own."""
_ENDS = {"exit": "ended", "": "goes on"}
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
    parser.add_argument("--fields", metavar="LIST", help=f"some of {','.join((*FIELDS, *DETAILS))}")
    for flag, (text, _) in SHOWN.items():
        parser.add_argument(f"--{flag}", action="store_true", help=text)
    parser.add_argument("--extract-files", type=Path, metavar="DIR", help="write every file to DIR/STUDENT/…")
    parser.add_argument("--json", action="store_true", help="print one JSON object for each session")
    parser.add_argument("--users", type=Path, metavar="FILE", help="put names in the place of pseudonyms")


def run(args: argparse.Namespace) -> int:
    """Show it; return 0, or 1 where no session is the one asked for."""
    fields = _asked(args) or _fields(args.fields, single=bool(args.student))
    users = read_users(args.users) if args.users is not None else {}
    found = [one for one in _sessions(args) if not args.student or _wanted(one, args.student, users)]
    if args.extract_files is not None:
        return _extract(found, args.extract_files, users)
    rows = [{name: _put_back(_value(one, name), users) for name in fields} for one in found]
    if args.json:
        for row in rows:
            write_json(row)
    elif args.student or _asked(args):
        sys.stdout.write("\n".join(_whole(row) for row in rows))
    elif rows:
        columns = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
        sys.stdout.write(table(fields, rows, columns))
    if not found:
        sys.stderr.write("There is no such session.\n" if args.student else "There are no sessions.\n")
    return 0 if found or not args.student else 1


def _asked(args: argparse.Namespace) -> Sequence[str]:
    """Return the fields of the flags that were given, each once."""
    wanted = [name for flag, (_, names) in SHOWN.items() if getattr(args, flag) for name in names]
    more = args.fields.split(",") if args.fields is not None and wanted else []
    return tuple(dict.fromkeys([*wanted, *_fields(",".join(more) if more else None, single=False)] if more else wanted))


def _value(one: Session, name: str) -> Any:
    if name == "file_list":
        return {file: len(text) for file, text in sorted(one.files.items())}
    return getattr(one, name)


def _extract(found: Sequence[Session], out: Path, users: dict[str, User]) -> int:
    """Write the files of these sessions, all of them or none, and name them."""
    written: list[Path] = []
    with whole(out) as scratch:
        for one in found:
            user = users.get(one.student)
            home = file_name(one.student if user is None else user.student)
            for file, text in sorted(one.files.items()):
                place = Path(home, *(part if plain(part) else file_name(part) for part in file.split("/")))
                (scratch / place).parent.mkdir(parents=True, exist_ok=True)
                (scratch / place).write_bytes(text.encode("utf-8", "surrogatepass"))
                written.append(out / place)
    for path in written:
        sys.stdout.write(f"{path}\n")
    return 0 if found else 1


def _fields(asked: str | None, *, single: bool) -> Sequence[str]:
    if asked is None:
        return FIELDS if single else DEFAULT
    fields = [word.strip() for word in asked.split(",") if word.strip()]
    unknown = [word for word in fields if word not in (*FIELDS, *DETAILS)]
    if unknown or not fields:
        said = f"There is no field {unknown[0]}" if unknown else "No field was named"
        raise InputProblem(f"{said}. There are: {', '.join((*FIELDS, *DETAILS))}.")
    return fields


def _sessions(args: argparse.Namespace) -> Iterable[Session]:
    if args.data is None:
        refuse_unshown(args.file)
        yield from of_file(args.file, Zone())
        return
    reader = open_records(args.data)
    try:
        exam = exam_in(reader, args.exam)
        look(records_url(args.data), exam, OF_ONE if args.student else OF_ALL, ", ".join(args.student or ()))
        yield from of_records(reader, exam, SystemClock().wall_ms(), Zone())
    finally:
        reader.close()


def _wanted(one: Session, students: list[str], users: dict[str, User]) -> bool:
    user = users.get(one.student)
    return bool({one.student, one.name, *((user.student, user.name) if user else ())} & set(students))


def _put_back(value: Any, users: dict[str, User]) -> Any:
    return put_back(value, users) if isinstance(value, str) and users else value


# ---------------------------------------------------------------------------------------------- on a terminal


def table(fields: Sequence[str], rows: Sequence[dict[str, Any]], columns: int | None = None) -> str:
    """Return rows in columns; long cells are cut, what a terminal would obey is made visible.

    Where a terminal has too few `columns`, the last fields are left out, and a line says which.
    """
    cells = [[_short(_word(row[name])) for name in fields] for row in rows]
    heads = [name.replace("_", " ").upper() for name in fields]
    widths = [max(map(columns_of, column)) for column in zip(heads, *cells, strict=True)]
    shown = len(fields) if columns is None else _fitting(widths, columns)
    lines = [
        "  ".join(
            _padded(cell, width, right=name in _NUMBERS)
            for cell, width, name in zip(row[:shown], widths[:shown], fields[:shown], strict=True)
        ).rstrip()
        for row in [heads, *cells]
    ]
    if shown < len(fields):
        lines += ["", f"Not shown, for lack of width: {', '.join(fields[shown:])}. Name fields with --fields."]
    return "\n".join(lines) + "\n"


def _fitting(widths: Sequence[int], columns: int) -> int:
    """Return how many columns of a table go side by side, at least one."""
    shown, used = 1, widths[0]
    while shown < len(widths) and used + 2 + widths[shown] <= columns:
        used += 2 + widths[shown]
        shown += 1
    return shown


def _whole(row: dict[str, Any]) -> str:
    width = max(len(name) for name in row)
    said = []
    for name, value in row.items():
        if name == "files" and isinstance(value, dict):
            for file, text in sorted(value.items()):
                body = "".join(f"    {safe(line)}\n" for line in text.splitlines())
                said.append(f"{safe(file)}:\n{body or '    (empty)' + chr(10)}")
        elif name in _LISTS:
            said.append(f"{name.replace('_', ' ')}:\n" + "".join(f"    {line}\n" for line in _LISTS[name](value)))
        else:
            said.append(f"{name.replace('_', ' '):{width}}  {_word(value)}\n")
    return "".join(said)


def _what(one: RunLine) -> str:
    return f"checks of {one.file.partition('/')[0]}" if one.checks else one.file


def _run_lines(runs: list[RunLine]) -> Iterator[str]:
    for one in runs:
        ended = safe(one.error or _ENDS.get(one.reason, one.reason)).replace("\n", " ")
        took = "" if one.seconds is None else f"  {one.seconds:.1f} s"
        yield f"{one.run:>3}  {one.at}  {safe(_what(one))}  version {one.version}{took}  {ended}"
    if not runs:
        yield _NOTHING


def _signal_lines(signals: list[SignalLine] | None) -> Iterator[str]:
    for one in signals or ():
        yield f"{one.at}  {one.title}: {safe(one.explanation)}"
    if not signals:
        yield (
            _NOTHING
            if signals is not None
            else f"{_NOTHING} (the exam's rules, which say what to notice, are not here)"
        )


def _file_lines(files: dict[str, int]) -> Iterator[str]:
    for file, length in files.items():
        yield f"{length:>9,}  {safe(file)}"
    if not files:
        yield _NOTHING


def _error_lines(errors: list[str]) -> Iterator[str]:
    yield from (safe(error).replace("\n", " ") for error in errors)
    if not errors:
        yield _NOTHING


_LISTS: dict[str, Callable[[Any], Iterator[str]]] = {
    "run_list": _run_lines,
    "signal_list": _signal_lines,
    "file_list": _file_lines,
    "errors": _error_lines,
}


def _word(value: Any) -> str:
    if value is None or value == "":
        return _NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return ", ".join(safe(name) for name in sorted(value)) or _NOTHING
    return safe(str(value)).replace("\n", " ")


def columns_of(text: str) -> int:
    """Return how many columns a text takes on a terminal."""
    return sum(
        0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        for letter in text
    )


def _short(text: str) -> str:
    if len(text) > _SIGNS:
        text = text[:_SIGNS] + "…"
    while columns_of(text) > _MOST:
        text = text[:-2] + "…"
    return text


def _padded(text: str, width: int, *, right: bool) -> str:
    space = " " * (width - columns_of(text))
    return space + text if right else text + space
