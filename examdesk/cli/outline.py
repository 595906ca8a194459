"""`examdesk outline`: each student's PDF and the summary, for the files of an institution."""

import argparse

from examdesk.cli._paper import add_paper_argument
from examdesk.cli.export import add_records_arguments, chosen_of, write
from examdesk.exports.options import Options


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "outline",
        help="write a PDF for each student, and the summary",
        description="Write a PDF for each student (students/ID.pdf), the class's report (integrity-report.pdf) and the "
        "summary as a spreadsheet (summary.ods).",
        allow_abbrev=False,
    )
    add_records_arguments(parser)
    parser.add_argument(
        "--no-timeline", action="store_true", help="leave the session over time and its versions out of the PDFs"
    )
    add_paper_argument(parser)


def run(args: argparse.Namespace) -> int:
    """Write the files and name them; return 0."""
    options = Options(chosen=chosen_of(args), timeline=not args.no_timeline, paper=args.paper)
    return write(args, ["report-pdf", "student-pdfs", "summary"], options)
