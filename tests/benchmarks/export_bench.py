"""How long exports take and what memory they need: `python -m tests.benchmarks.export_bench [--full]`.

Stores an exam of many sessions, then makes each kind of export, and all in one go, in a process of its own. Prints one
JSON object: seconds, the most memory (MiB) of each, and the memory of the same export for a tenth of the events in each
session, which is nearly the same where memory is flat in the events. `--full` is 1,000 sessions of 5,000 events.
"""

import argparse
import hashlib
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from examdesk.exports.everything import export_all
from examdesk.exports.kinds import KINDS
from examdesk.store import Store, open_reader
from examdesk.store.records import Head, Intake
from examdesk.store.rows import ReceiptRow
from examdesk.store.store import exams_at
from shared.clock import SystemClock
from shared.events import kinds
from shared.log.batch import unpack_batch
from shared.log.receipt import unpack_receipt
from tests.benchmarks.verify_bench import rss_mib
from tests.examdesk.exports.stored_exam import Sitting, endorsed, put_journal, roster_row, store
from tests.support.clocks import ManualClock
from tests.support.journals import ExamInMemory

PROGRAMS = Path(__file__).parents[1] / "data" / "programs"
START_MS = 1_750_000_000_000
A_BATCH = 40
A_BURST = 2
"""Characters that one event brings: what somebody types within 250 ms."""
SMALL = (100, 1_000)
FULL = (1_000, 5_000)
ALL = "all"


def at_work(exam: ExamInMemory, number: int, events: int) -> Sitting:
    """Return a student's session of so many events: programs typed, erased and typed again, run, sometimes pasted."""
    chance = random.Random(number)
    exam.clock = ManualClock(wall_ms=START_MS + number * 500)
    student = Sitting(exam, f"s{number:04}")
    sources = sorted(path for path in PROGRAMS.glob("*/*.py") if path.stem != "starter")
    text = sources[number % len(sources)].read_text(encoding="utf-8")
    at = 0
    while len(student.journal.entries) < events - 1:
        burst = text[at : at + A_BURST] or "\n"
        have = len(student.texts["q1/main.py"])
        changes = tuple(kinds.Change(150 * place, have + place, 0, letter) for place, letter in enumerate(burst))
        student.write(kinds.Edit(file="q1/main.py", changes=changes))
        student.texts["q1/main.py"] += burst
        exam.clock.advance(chance.uniform(0.1, 0.9))
        at = (at + A_BURST) % len(text)
        if at < A_BURST and have > 0:
            student.write(
                kinds.Edit(file="q1/main.py", changes=(kinds.Change(0, 0, len(student.texts["q1/main.py"]), ""),))
            )
            student.texts["q1/main.py"] = ""
        if len(student.journal.entries) % 150 == 0:
            student.run("1 2 3\n")
        elif len(student.journal.entries) % A_BATCH == 0:
            student.seal()
    student.hand_in()
    return student


def make(folder: Path, sessions: int, events: int) -> str:
    """Store the exam session by session, so that not even making it takes memory; return the database's URL."""
    exam = ExamInMemory(5)
    stored = store(folder, exam, [], absent=0)
    database = Store(stored.url, exam.id)
    for number in range(sessions):
        student = at_work(exam, number, events)
        journal = student.journal
        who = endorsed(journal)
        with database.begin() as tx:
            tx.people.put_students([roster_row(exam, number + 1, student.student, None)])
            put_journal(tx, exam, journal, {who.student: who.session_id})
            for signed, receipt in zip(journal.batches, journal.receipts, strict=True):
                batch = unpack_batch(signed.body)
                entries = tuple(journal.entries[batch.first : batch.last + 1])
                row = ReceiptRow(
                    exam=exam.id,
                    number=unpack_receipt(receipt.body).number,
                    journal=journal.id,
                    last=batch.last,
                    body=receipt.body,
                    signature=receipt.signature,
                )
                head = Head(journal.id, batch.last, batch.link, unpack_receipt(receipt.body).hub_ms, row)
                tx.records.append([Intake(journal.id, batch.first, batch.last, batch.link, signed, entries)], [head])
    database.close()
    return stored.url


def export_one(url: str, kind: str, out: Path) -> dict[str, float]:
    """Make one export in this process; return seconds and the most memory."""
    reader = open_reader(url)
    with reader.connect() as sql:
        exam = next(iter(exams_at(sql)))
    start = time.perf_counter()
    what = set(KINDS) if kind == ALL else {kind}
    made = export_all(reader, exam, out, what, lambda *_: None, lambda: False, clock=SystemClock())
    seconds = time.perf_counter() - start
    reader.close()
    size = sum(path.stat().st_size for path in made)
    return {
        "seconds": round(seconds, 1),
        "rss_mib": round(rss_mib(), 1),
        "files": len(made),
        "mib": round(size / 2**20),
    }


def measured(url: str, kind: str, folder: Path) -> dict[str, float]:
    """Make one export in a process of its own."""
    out = folder / f"out-{hashlib.sha256(url.encode()).hexdigest()[:6]}-{kind}"
    command = [sys.executable, "-m", "tests.benchmarks.export_bench", "--one", kind, "--url", url, "--out", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    shutil.rmtree(out)
    return json.loads(done.stdout)


def main() -> None:
    """Make the exam, export, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="1,000 sessions of 5,000 events")
    parser.add_argument("--sessions", type=int)
    parser.add_argument("--events", type=int, help="of each session")
    parser.add_argument("--what", default=f"{','.join(KINDS)},{ALL}", help="which exports, `all` for all in one go")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        sys.stdout.write(json.dumps(export_one(args.url, args.one, args.out)))
        return
    sessions, events = FULL if args.full else SMALL
    sessions, events = args.sessions or sessions, args.events or events
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        start = time.perf_counter()
        url, tenth = make(folder / "whole", sessions, events), make(folder / "tenth", sessions, events // 10)
        found: dict[str, object] = {"sessions": sessions, "events_each": events, "made_in": time.perf_counter() - start}
        for kind in args.what.split(","):
            figures = measured(url, kind, folder)
            found[kind] = {**figures, "rss_mib_for_a_tenth": measured(tenth, kind, folder)["rss_mib"]}
            sys.stderr.write(f"{kind}: {found[kind]}\n")
    sys.stdout.write(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
