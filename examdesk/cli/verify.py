"""`examdesk verify FILE`: check an evidence bundle or a journal's record, and name the first thing that fails."""

import argparse
import sys
from pathlib import Path

import msgspec

from shared.bundle.evidence import open_bundle, verify_bundle
from shared.crypto.keys import VerifyKey
from shared.log.verify import Broken, ReceiptChain, Verified, verify_journal
from shared.problems import InputProblem, PeerFault


class Verdict(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What `--json` prints."""

    holds: bool
    file: str
    exam_key: str = ""
    title: str = ""
    journals: int = 0
    events: int = 0
    receipts: int = 0
    erased: int = 0
    check: str = ""
    journal: str = ""
    seq: int | None = None
    sentence: str = ""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "verify",
        help="check a bundle or a journal's record",
        description="Exit code 0: everything holds; 1: the first thing that does not is named.",
    )
    parser.add_argument("file", type=Path, help="a bundle (*.examrecord) or a journal's record (*.jsonl)")
    parser.add_argument(
        "--key", metavar="HEX", help="the exam's public key to trust; without it the file's own is shown"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Check, say it, return the exit code."""
    verdict = verify_file(args.file, _key(args.key))
    if args.json:
        sys.stdout.write(msgspec.json.encode(verdict).decode() + "\n")
    elif verdict.holds:
        sys.stdout.write(
            f"Holds: {verdict.journals} journals, {verdict.events:,} events, {verdict.receipts:,} receipts"
            + (f", {verdict.erased} erased payloads" if verdict.erased else "")
            + f".\nSigned by exam key {verdict.exam_key}"
            + ("" if args.key else "; compare it with the one that the institution published")
            + ".\n"
        )
    else:
        sys.stdout.write(f"Does not hold: {verdict.sentence}\n")
    return 0 if verdict.holds else 1


def verify_file(path: Path, key: VerifyKey | None = None) -> Verdict:
    """Check a bundle or a journal's record.

    Raises:
        InputProblem: the file can't be read at all.
    """
    name = str(path)
    try:
        with open_bundle(path) as file:
            zipped = file.read(2) == b"PK"
            file.seek(0)
            if zipped:
                checked = verify_bundle(file, key)
                journals, title, receipts = checked.journals, checked.manifest.title, checked.receipts
            else:
                chain = ReceiptChain()
                journals, title = (verify_journal(file, key, chain),), ""
                receipts = chain.finish()
    except Broken as broken:
        return Verdict(
            holds=False, file=name, check=broken.check, journal=broken.journal, seq=broken.seq, sentence=broken.sentence
        )
    except PeerFault as fault:
        return Verdict(holds=False, file=name, sentence=fault.sentence)
    except OSError as error:
        raise InputProblem(f"{path} can't be read to its end: {error.strerror}.") from error
    return _holds(name, title, journals, receipts)


def _holds(name: str, title: str, journals: tuple[Verified, ...], receipts: int) -> Verdict:
    return Verdict(
        holds=True,
        file=name,
        title=title,
        exam_key=journals[0].exam_key.to_bytes().hex() if journals else "",
        journals=len(journals),
        events=sum(journal.events for journal in journals),
        erased=sum(journal.erased for journal in journals),
        receipts=receipts,
    )


def _key(text: str | None) -> VerifyKey | None:
    if text is None:
        return None
    try:
        return VerifyKey(bytes.fromhex(text))
    except (ValueError, PeerFault) as error:
        raise InputProblem("--key takes the exam's public key: 64 hexadecimal digits.") from error
