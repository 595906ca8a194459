"""`examdesk key`: save the exam's key as a file, so that another laptop can take over."""

import argparse
import asyncio
import sys
from pathlib import Path

from examdesk.cli._key_file import passphrase_of
from examdesk.cli._reaching import add_hub_arguments, hub_of, who_am_i
from examdesk.hub.records.keyfile import SUFFIX
from examdesk.staffapi.client import open_client
from examdesk.staffapi.key_files import fetch_key_file
from examdesk.staffapi.messages import GetKeyFile
from shared.exam.whole_file import write_private


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> argparse.ArgumentParser:
    """Add the command's own parser."""
    does = "Save the key of an exam whose hub runs. With it another laptop takes over: examdesk hub --key FILE."
    parser = subparsers.add_parser("key", description=does, allow_abbrev=False)
    add_hub_arguments(parser)
    parser.add_argument("--to", type=Path, required=True, metavar="FILE", help=f"the key file to write ({SUFFIX})")
    parser.add_argument(
        "--passphrase-file", type=Path, metavar="FILE", help="its first line is the passphrase (one is made for you)"
    )
    parser.add_argument(
        "--without-packages", action="store_true", help="leave the exam's packages out; the new laptop then has none"
    )
    return parser


def run(args: argparse.Namespace) -> int:
    """Save it and say the passphrase, once."""
    return asyncio.run(_run(args))


async def _run(args: argparse.Namespace) -> int:
    own = "" if args.passphrase_file is None else passphrase_of(args.passphrase_file, "")
    client = await open_client(hub_of(args), who_am_i())
    try:
        request = GetKeyFile(passphrase=own, packages=not args.without_packages)
        made = await fetch_key_file(client, request)
    finally:
        await client.close()
    write_private(args.to, made.data)
    sys.stdout.write(f"{args.to} holds the exam's key. Keep it apart from the laptop, and from its passphrase.\n")
    mib = 1024 * 1024
    if made.packages:
        sys.stdout.write(f"The exam's packages are in it ({made.packages / mib:.1f} MiB).\n")
    if made.left_out:
        sys.stdout.write(
            f"The exam's packages ({made.left_out / mib:.1f} MiB) are not in it: keep a copy of the exam's folder for "
            "the other laptop, and start the hub there with --exam FOLDER as well.\n"
        )
    if not own:
        sys.stdout.write(f"Passphrase: {made.passphrase}\nWrite it down now; it is kept nowhere.\n")
    sys.stdout.write(f"Another laptop takes over with: examdesk hub --key {args.to.name} --data FOLDER\n")
    return 0
