"""`examdesk control start-code` and `desk-file`: what PCs without a network need."""

import argparse
from pathlib import Path

from examdesk.staffapi.client import StaffClient
from examdesk.staffapi.fetching import fetch_desk_file
from examdesk.staffapi.messages import ShowStartCode
from shared.bundle.desk_file import SUFFIX, WHEELS_SUFFIX

START_CODE, DESK_FILE = "start-code", "desk-file"


def add_parsers(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add both commands."""
    text = "show the start code, which opens the exam on PCs without a network"
    actions.add_parser(START_CODE, help=text, description=text.capitalize() + ".")
    text = "write the sealed exam to a file for PCs that never have a network"
    desk = actions.add_parser(
        DESK_FILE,
        help=text,
        description=f"{text[:1].upper()}{text[1:]} (*{SUFFIX}). The start code opens it, nothing else.",
    )
    desk.add_argument("out", type=Path, metavar="FILE", help=f"where to write it, such as quiz{SUFFIX}")


async def do(client: StaffClient, args: argparse.Namespace) -> list[str] | None:
    """Do one of these actions and return what to say; None for any other action."""
    if args.action == START_CODE:
        shown = await client.ask(ShowStartCode())
        return [shown.code, shown.sentence]
    if args.action == DESK_FILE:
        return await _write(client, args.out)
    return None


async def _write(client: StaffClient, out: Path) -> list[str]:
    size, packages = await fetch_desk_file(client, out)
    said = [f"{out}: {size:,} bytes. Students open it in ExamDesk, and begin with the start code that you read out."]
    if packages:
        said.append(f"{out.with_suffix(WHEELS_SUFFIX)}: its {packages} packages. Keep the folder beside the file.")
    return said
