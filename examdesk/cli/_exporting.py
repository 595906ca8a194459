"""`examdesk control export`: the hub's exports fetched into a folder, from this computer or another one."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

from examdesk.cli._json_out import add_json_argument, as_data
from examdesk.cli._paper import add_paper_argument
from examdesk.staffapi.client import StaffClient
from examdesk.staffapi.fetching import fetch_export
from examdesk.staffapi.messages import (
    ExportKind,
    ExportOptions,
    GetLive,
    PlanExport,
    PlannedKind,
    RedactWord,
)
from shared.problems import InputProblem

KINDS: tuple[ExportKind, ...] = get_args(ExportKind)
WORDS: tuple[RedactWord, ...] = get_args(RedactWord)
_TENTH = 0.1


def add_export_parser(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the action and what it takes."""
    text = "make exports at the hub and fetch them; `examdesk export` reads records on this computer instead"
    export = actions.add_parser("export", help=text, description=text.capitalize() + ".")
    export.add_argument("--out", type=Path, metavar="DIR", help="folder for the files; left out: say what there is")
    export.add_argument("--what", action="append", default=[], choices=KINDS, help="may be repeated; left out: all")
    export.add_argument("--section", action="append", default=[], help="only of this section; may be repeated")
    export.add_argument("--student", action="append", default=[], help="only of this student; may be repeated")
    export.add_argument("--pseudonyms", action="store_true", help="the hub's own, the ones of where names are hidden")
    export.add_argument("--redact", action="append", default=[], choices=WORDS, help="erase it from events and bundle")
    export.add_argument("--outside-text", action="store_true", help="leave text from outside in the ProgSnap2 dataset")
    add_paper_argument(export)
    add_json_argument(export)


async def export(client: StaffClient, args: argparse.Namespace) -> Sequence[object]:
    """Say what the exports would hold, or fetch them and return their names."""
    options = await _options(client, args)
    planned = {each.kind: each for each in (await client.ask(PlanExport(options=options))).kinds}
    wanted = tuple(args.what) or tuple(kind for kind in KINDS if not planned[kind].refused)
    if args.out is None:
        return [[planned[kind] for kind in wanted]] if args.json else [_line(planned[kind]) for kind in wanted]
    for kind in wanted:
        if planned[kind].refused:
            raise InputProblem(f"{kind}: {planned[kind].refused} Leave it out with --what; nothing was written.")
    files = await fetch_export(client, wanted, args.out, options, _Progress().tell)
    return [as_data(files)] if args.json else [str(file) for file in files]


async def _options(client: StaffClient, args: argparse.Namespace) -> ExportOptions:
    rows = {row.student: row.session for row in (await client.ask(GetLive())).rows} if args.student else {}
    missing = [student for student in args.student if not rows.get(student)]
    if missing:
        raise InputProblem(f"{missing[0]} has not joined this exam. Nothing was written; see: examdesk watch.")
    return ExportOptions(
        pseudonyms=args.pseudonyms,
        redact=tuple(args.redact),
        outside_text=args.outside_text,
        sections=tuple(args.section),
        sessions=tuple(rows[student] for student in args.student),
        paper=args.paper,
    )


def _line(each: PlannedKind) -> str:
    if each.refused:
        return f"{each.kind}\t-\t{each.refused}"
    files = "1 file" if each.files == 1 else f"{each.files} files"
    return f"{each.kind}\t{files}, about {each.bytes:,} bytes\t{each.about}"


class _Progress:
    """Says on stderr how far it is, a line a tenth."""

    def __init__(self) -> None:
        self._said = -_TENTH

    def tell(self, share: float, sentence: str) -> None:
        if share - self._said >= _TENTH:
            self._said = share
            sys.stderr.write(f"{share:4.0%}  {sentence}\n")
            sys.stderr.flush()
