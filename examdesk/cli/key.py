"""`examdesk key`: save the exam's key as a file, so that another laptop can take over."""

import argparse
import asyncio
import sys
from pathlib import Path

from examdesk.cli._key_file import passphrase_of
from examdesk.cli._reaching import add_hub_arguments, hub_of, who_am_i
from examdesk.hub.records.keyfile import SUFFIX
from examdesk.hub.records.place import write_private
from examdesk.staffapi.client import open_client
from examdesk.staffapi.messages import GetKeyFile
from shared.problems import EnvironmentProblem


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> argparse.ArgumentParser:
    """Add the command's own parser."""
    does = "Save the key of an exam whose hub runs. With it another laptop takes over: examdesk hub --key FILE."
    parser = subparsers.add_parser("key", description=does, allow_abbrev=False)
    add_hub_arguments(parser)
    parser.add_argument("--to", type=Path, required=True, metavar="FILE", help=f"the key file to write ({SUFFIX})")
    parser.add_argument(
        "--passphrase-file", type=Path, metavar="FILE", help="its first line is the passphrase (one is made for you)"
    )
    return parser


def run(args: argparse.Namespace) -> int:
    """Save it and say the passphrase, once."""
    return asyncio.run(_run(args))


async def _run(args: argparse.Namespace) -> int:
    own = "" if args.passphrase_file is None else passphrase_of(args.passphrase_file, "")
    client = await open_client(hub_of(args), who_am_i())
    try:
        made = await client.ask(GetKeyFile(passphrase=own))
    finally:
        await client.close()
    try:
        write_private(args.to, made.data)
    except OSError as error:
        raise EnvironmentProblem(f"{args.to} can't be written ({error.strerror}). Name another place.") from error
    sys.stdout.write(f"{args.to} holds the exam's key. Keep it apart from the laptop, and from its passphrase.\n")
    if not own:
        sys.stdout.write(f"Passphrase: {made.passphrase}\nWrite it down now; it is kept nowhere.\n")
    sys.stdout.write(f"Another laptop takes over with: examdesk hub --key {args.to.name} --data FOLDER\n")
    return 0
