"""How a command finds the hub that it talks to: the data folder of this computer, or an address with a token."""

import argparse
import getpass
from pathlib import Path

from examdesk.hub.records.place import existing_place
from examdesk.staffapi.client import HubAddress, read_hub_file
from shared.problems import InputProblem


def add_hub_arguments(parser: argparse.ArgumentParser, *, required: bool = True) -> None:
    """Add `--data` and, for another computer's hub, `--hub-file`."""
    where = parser.add_mutually_exclusive_group(required=required)
    where.add_argument("--data", metavar="DIR", help="the hub's folder on this computer, or its SQLAlchemy URL")
    where.add_argument("--hub-file", type=Path, metavar="FILE", help="a hub.json that another computer's hub wrote")
    parser.add_argument("--hub", metavar="HOST[:PORT]", help="where that hub is reached from here")


def hub_of(args: argparse.Namespace) -> HubAddress:
    """Return the address that the arguments name.

    Raises:
        EnvironmentProblem: no hub serves there.
        InputProblem: the address is none.
    """
    hub = read_hub_file(args.hub_file or existing_place(args.data).hub_file)
    if not args.hub:
        return hub
    host, _, port = args.hub.partition(":")
    if port and not port.isdecimal():
        raise InputProblem(f"{args.hub} is no address. Write it like 192.168.1.20:23926.")
    return HubAddress(host=host, port=int(port or hub.port), fingerprint=hub.fingerprint, token=hub.token)


def who_am_i() -> str:
    """Return the name that the audit log shows."""
    return getpass.getuser()
