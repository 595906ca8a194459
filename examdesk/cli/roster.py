"""`examdesk roster`: preview what a class list would do."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from examdesk.rosters.preview import Outcome, Preview, PreviewRow, preview


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `roster` with its own commands."""
    parser = subparsers.add_parser("roster", help="preview a class list", allow_abbrev=False)
    commands = parser.add_subparsers(dest="roster_command", required=True, metavar="COMMAND")
    does = "say line by line what importing a CSV or XLSX file would do; nothing is changed"
    command = commands.add_parser("preview", help=does, description=does, allow_abbrev=False)
    command.add_argument("path", type=Path, metavar="FILE", help="class list (.csv, .tsv, .txt or .xlsx)")
    command.add_argument("--json", action="store_true", help="print JSON")


def run(args: argparse.Namespace) -> int:
    """Do it; 0 when every line can be taken, 1 when some are refused or doubtful."""
    found = preview(args.path)
    text = json.dumps(as_json(found), ensure_ascii=False, indent=2) if args.json else as_text(found)
    sys.stdout.write(text + "\n")
    return 1 if found.of(Outcome.REFUSED) or found.of(Outcome.DOUBTFUL) else 0


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
