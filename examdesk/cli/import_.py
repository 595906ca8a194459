"""`examdesk import`: hand in the work that students bring on a stick, over the same API as the window."""

import argparse
import asyncio
import secrets
import sys
from pathlib import Path

from examdesk.cli._reaching import add_hub_arguments, hub_of, who_am_i
from examdesk.exports.cells import safe
from examdesk.staffapi.client import Refused, StaffClient, open_client
from examdesk.staffapi.messages import ImportBundle, Imported
from shared.bundle.evidence import MANIFEST
from shared.bundle.handover import MAGIC
from shared.problems import InputProblem

SUFFIX = ".examwork"
PIECE_BYTES = 4 * 1024 * 1024
SOME_REFUSED = 1
_LOOKED = 64


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> argparse.ArgumentParser:
    """Add the command's own parser."""
    parser = subparsers.add_parser(
        "import",
        description=f"Hand in students' work from a stick to the running hub: {SUFFIX} files, or folders with such "
        "files. A file may come any number of times, before or after the same work came over the network.",
    )
    add_hub_arguments(parser)
    parser.add_argument(
        "--adopt",
        action="store_true",
        help="let in at once what was begun without a network; without it, such work waits for a person's click",
    )
    parser.add_argument("file", nargs="+", type=Path, metavar="FILE", help="a file from a student's PC, or a folder")
    return parser


def run(args: argparse.Namespace) -> int:
    """Hand in every file and say what each brought; 1 when one of them was refused."""
    files = [file for path in args.file for file in _files(path)]
    return asyncio.run(_run(args, files))


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    found = sorted(path.glob(f"*{SUFFIX}"))
    if not found:
        raise InputProblem(f"There is no {SUFFIX} file in {path}. Name the student's file itself.")
    return found


async def _run(args: argparse.Namespace, files: list[Path]) -> int:
    client = await open_client(hub_of(args), who_am_i())
    refused = 0
    try:
        for file in files:
            refused += not await _hand_in(client, file, adopt=args.adopt)
    finally:
        await client.close()
    return SOME_REFUSED if refused else 0


async def _hand_in(client: StaffClient, file: Path, *, adopt: bool) -> bool:
    """Hand one file in and say per student what it brought; False when it was refused, and the others go on."""
    try:
        _must_be_work(file)
        imported = await _send(client, file, adopt=adopt)
    except OSError as error:
        return _complain(f"{file} can't be read ({error.strerror}). Nothing of it was imported.")
    except InputProblem as problem:
        return _complain(problem.sentence)
    except Refused as problem:
        return _complain(f"{file}: {problem.sentence}")
    for sentence in imported.sentences:
        sys.stdout.write(f"{sentence}\n")
    if not imported.sentences:
        sys.stdout.write(f"{file}: there is no work in this file.\n")
    return True


def _must_be_work(file: Path) -> None:
    """Refuse what is no work from a student's PC before anything is sent; raises InputProblem."""
    if file.exists() and not file.is_file():
        raise InputProblem(f"{file} is no file but a pipe or a device. Nothing of it was imported.")
    with file.open("rb") as source:
        head = source.read(_LOOKED)
    if head.startswith(MAGIC):
        return
    instead = ""
    if MANIFEST.encode() in head and head.startswith(b"PK"):
        instead = " It is the evidence bundle of an exam: `examdesk verify` checks it, `examdesk cat` shows it."
    raise InputProblem(
        f"{file} isn't the file of a student's work (*{SUFFIX}), or it is damaged at its beginning. Nothing of it was "
        f"imported.{instead}"
    )


async def _send(client: StaffClient, file: Path, *, adopt: bool) -> Imported:
    upload = secrets.token_hex(16)
    with file.open("rb") as source:
        piece = await asyncio.to_thread(source.read, PIECE_BYTES)
        while True:
            following = await asyncio.to_thread(source.read, PIECE_BYTES)
            answer = await client.ask(ImportBundle(upload=upload, data=piece, last=not following, adopt=adopt))
            if not following:
                return answer
            piece = following


def _complain(sentence: str) -> bool:
    sys.stderr.write(f"examdesk: {safe(sentence)}\n")
    return False
