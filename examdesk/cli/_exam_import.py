"""`examdesk exam import`: make an exam folder of a PrairieLearn assessment, and say what became of each field."""

import argparse
import sys
from pathlib import Path

from examdesk.cli._json_out import INDENT, write_json
from examdesk.importing.prairielearn.importing import import_assessment, write_exam
from shared.clock import Chance
from shared.exam.findings import has_errors
from shared.text import safe_text


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `import` to the commands of `exam`."""
    does = "make an exam folder of a PrairieLearn assessment; what has no place in it is listed by field name"
    command = commands.add_parser("import", help=does, description=does, allow_abbrev=False)
    command.add_argument("path", type=Path, metavar="PATH", help="infoAssessment.json or its folder, inside its course")
    command.add_argument("-o", "--output", type=Path, required=True, metavar="FOLDER", help="new folder for the exam")
    command.add_argument("--json", action="store_true", help="print JSON")


def run(args: argparse.Namespace, chance: Chance) -> int:
    """Do it; 0, or 1 where the exam has a mistake that has to be corrected first."""
    imported = import_assessment(args.path, chance)
    findings = write_exam(imported, args.output)
    report = imported.report
    if args.json:
        said = {
            "folder": str(args.output),
            "mapped": report.taken,
            "not_mapped": report.not_mapped,
            "findings": findings,
            "files": sorted(imported.files),
        }
        write_json(said, indent=INDENT)
    else:
        lines = [f"Imported into {args.output}: {len(report.taken)} fields were taken over."]
        if report.not_mapped:
            lines += ["", f"Not taken over, or not in full ({len(report.not_mapped)}):"]
            lines += [f"  {safe_text(str(each))}" for each in report.not_mapped]
        if findings:
            lines += ["", "What checking the exam found:", *(f"  {safe_text(str(each))}" for each in findings)]
        sys.stdout.write("\n".join([*lines, "", f"Look it over: examdesk exam check {args.output}", ""]))
    return 1 if has_errors(findings) else 0
