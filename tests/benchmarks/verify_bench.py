"""How long a large record takes to verify: `python -m tests.benchmarks.verify_bench [--events N]`.

Generates a journal's record as a stream, verifies it as a stream, and compares with a plain SHA-256 of the same file
in the same run. Prints one JSON object.
"""

import argparse
import hashlib
import json
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

from shared.events.kinds import Change, Edit
from shared.log.batch import Batch, sign_batch
from shared.log.entry import start_link
from shared.log.record import BatchLine, Opening, ReceiptLine, event_line, opening_line
from shared.log.verify import verify_journal
from shared.log.writer import ChainWriter
from tests.support.journals import ExamInMemory, JournalInMemory

A_BATCH = 50
PIECE = 1 << 20


def record(events: int) -> Iterator[bytes]:
    """Yield the lines of a journal with so many edits, batches of `A_BATCH` and a receipt for each."""
    exam = ExamInMemory(9)
    journal = JournalInMemory(exam)
    yield (
        opening_line(
            Opening(exam.id.hex(), exam.key.public.to_bytes().hex(), journal.id.hex(), journal.endorsement.decode())
        )
        + b"\n"
    )
    writer = ChainWriter(journal.id, 1, (0, start_link(journal.endorsement)), exam.clock, exam.chance)
    first = 0
    for number in range(events):
        exam.clock.advance(ms=90)
        changes = tuple(Change(n * 120, n, 0, letter) for n, letter in enumerate("value = 1"))
        entry = writer.append(Edit(file="q1/main.py", changes=changes))
        yield event_line(entry, writer.link) + b"\n"
        if (number + 1) % A_BATCH == 0 or number + 1 == events:
            signed = sign_batch(Batch(exam.id, journal.id, first, number, writer.link), journal.key)
            yield msgspec.json.encode(BatchLine(signed.body.hex(), signed.signature.hex())) + b"\n"
            receipt = exam.receipt(journal.id, number, writer.link)
            yield msgspec.json.encode(ReceiptLine(receipt.body.hex(), receipt.signature.hex())) + b"\n"
            first = number + 1


def rss_mib() -> float:
    """Return the most memory that this process has had so far."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def plain_hash(path: Path) -> float:
    """Return the seconds that SHA-256 of the file takes."""
    start = time.perf_counter()
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for piece in iter(lambda: file.read(PIECE), b""):
            digest.update(piece)
    return time.perf_counter() - start


def main() -> None:
    """Generate, verify, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    events = parser.parse_args().events
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "journal.jsonl"
        with path.open("wb") as out:
            out.writelines(record(events))
        before = rss_mib()
        start = time.perf_counter()
        with path.open("rb") as file:
            verified = verify_journal(file)
        seconds = time.perf_counter() - start
        hashed = plain_hash(path)
        figures = {
            "events": verified.events,
            "bytes": path.stat().st_size,
            "seconds": round(seconds, 2),
            "events_per_second": round(events / seconds),
            "sha256_seconds": round(hashed, 3),
            "times_sha256": round(seconds / hashed, 1),
            "peak_rss_mib_before": round(before, 1),
            "peak_rss_mib_after": round(rss_mib(), 1),
        }
    sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    main()
