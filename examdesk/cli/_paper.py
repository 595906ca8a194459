"""The size of the pages of PDFs, for every command that writes some."""

import argparse
from typing import get_args

from examdesk.staffapi.messages import Paper


def add_paper_argument(parser: argparse.ArgumentParser) -> None:
    """Add the size of the PDFs' pages."""
    parser.add_argument("--paper", choices=get_args(Paper), default="a4", help="size of the PDFs' pages (default: a4)")
