"""The session view: a session of 3 hours fetched, put on its tape, and dragged through.

    python tests/benchmarks/playback_bench.py [--events 30000] [--seeks 400] [--lines 500]

Prints one JSON line. Times are milliseconds of the window's thread: `drag` are steps of a hand that drags, `jump` are
jumps to any moment, each with the text of that moment, its origins, the run, the lists and all drawing;
`of_the_window_alone` is the processor time of all of these, without what other programs took meanwhile. The ratio
compares a jump with setting and drawing the same text in a plain QPlainTextEdit, in the same run.
"""

import argparse
import asyncio
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psutil

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

sys.path.insert(0, str(Path(__file__).parents[2]))
HOURS = 3
BUDGET_MS = 16
MAIN = "q1/main.py"


def timed(work: Callable[[], object]) -> float:
    """Return how long something took, in ms."""
    begin = time.perf_counter()
    work()
    return (time.perf_counter() - begin) * 1000


def summary(values: list[float]) -> dict[str, float]:
    """Return median, 99th percentile and the longest."""
    ordered = sorted(values)
    p99 = ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)]
    return {"p50": round(statistics.median(ordered), 2), "p99": round(p99, 2), "max": round(ordered[-1], 2)}


def session(events: int, lines: int) -> list:
    """Return a session's events: typing in bursts, removals, undo, pastes, runs, focus, over `HOURS` hours."""
    from examdesk.staffapi.messages import PlayedEvent
    from shared.events import encode, kinds

    chance = random.Random(1)
    made: list[PlayedEvent] = []
    text = "".join(f"def step_{n}(value):\n    return value * {n} + 1  # as given\n" for n in range(lines // 2))
    step = HOURS * 3_600_000 // events
    state = kinds.FileState(sha256="0" * 64, length=0)

    def write(payload: kinds.Payload) -> None:
        at_ms = 1_790_000_000_000 + len(made) * step
        made.append(PlayedEvent(0, len(made), payload.KIND, at_ms, encode(payload), "Something happened here."))

    write(kinds.Started(how="new", app="1", platform="Linux", python="3.12", device="pc"))
    write(kinds.StandingApplied(revision=1, phase="active", starts_ms=1_790_000_000_000, ends_ms=1_790_010_800_000))
    write(kinds.FileCreated(file=MAIN, origin="starter", text=text))
    write(kinds.FileCreated(file="q2/other.py", origin="starter", text="x = 1\n"))
    place, run = len(text) // 2, 0
    while len(made) < events:
        turn = chance.randrange(100) if text.count("\n") < lines * 1.05 else 95
        if turn < 70:
            if turn < 4:
                place = chance.randrange(len(text))
            part = "".join(chance.choice("abcdef (=)_+.x123\n") for _ in range(chance.randrange(2, 12)))
            changes = tuple(kinds.Change(n * 90, place + n, 0, letter) for n, letter in enumerate(part))
            write(kinds.Edit(file=MAIN, changes=changes))
            text, place = text[:place] + part + text[place:], place + len(part)
        elif turn < 94:
            count = min(chance.randrange(2, 14), place)
            changes = tuple(kinds.Change(n * 90, place - n - 1, 1, "") for n in range(count))
            write(kinds.Edit(file=MAIN, changes=changes or (kinds.Change(0, place, 0, ""),)))
            text, place = text[: place - count] + text[place:], place - count
        elif turn < 95:
            at = chance.randrange(max(len(text) - 300, 1))
            part = text[at : at + 200]
            own = chance.randrange(2) == 0
            write(kinds.Paste(file=MAIN, at=place, removed=0, text=part, clip="own" if own else "outside"))
            text = text[:place] + part + text[place:]
        elif turn < 96:
            count = min(200, len(text) - place)
            write(kinds.Edit(file=MAIN, changes=(kinds.Change(0, place, count, ""),), how="undo"))
            text = text[:place] + text[place + count :]
        elif turn < 98:
            run += 1
            write(kinds.RunStarted(run=run, question="q1", file=MAIN, files={MAIN: state}))
            write(kinds.RunOutput(run=run, stream="out", text="some lines of output\n" * 20))
            write(kinds.RunEnded(run=run, reason="exit", seconds=0.3, exit_code=int(run % 3 == 0)))
        else:
            write(kinds.Focus(here=turn == 98))
    return made[:events]


def over_the_wire(events: list) -> dict[str, float]:
    """Return what encoding and decoding all pieces takes, and how large they are."""
    from examdesk.staffapi.messages import Playback, Told, decode_from_hub, encode

    track = _track(events)
    size, encoding, decoding = 0, 0.0, 0.0
    for start in range(0, len(events), 1000):
        piece = Playback(
            session="00",
            start=start,
            events=tuple(events[start : start + 1000]),
            track=track,
            tracks=(track,),
            versions=(),
        )
        begin = time.perf_counter()
        data = encode(Told(1, piece))
        middle = time.perf_counter()
        decode_from_hub(data)
        decoding += time.perf_counter() - middle
        encoding += middle - begin
        size += len(data)
    return {
        "encode_ms": round(encoding * 1000, 1),
        "decode_ms": round(decoding * 1000, 1),
        "mib": round(size / (1 << 20), 2),
    }


def _track(events: list):
    from examdesk.staffapi.messages import PlayedJournal, Track

    return Track(
        name="",
        role="main",
        device="pc",
        events=len(events),
        journals=(PlayedJournal(journal="c41f9a" * 5 + "07", device="pc", stop=len(events)),),
        first_ms=events[0].at_ms,
        last_ms=events[-1].at_ms,
    )


def from_the_hub(events: list) -> dict[str, float]:
    """Return what a hub takes to answer for all pieces from its records, and for the longest of them."""
    from examdesk.evidence.rules import Rules
    from examdesk.readmodels.live import LiveModel
    from examdesk.readmodels.playback import playback
    from examdesk.staffapi.messages import GetPlayback
    from shared.events import decode
    from tests.support.scripted import EXAM, Records, Student

    with tempfile.TemporaryDirectory() as folder:
        records = Records(f"sqlite:///{folder}/records.sqlite")
        student = Student("ada")
        records.join(student)
        for event in events:
            student.write(decode(event.kind, event.payload), ms=300)
        records.hand_over(student)
        reader = records.reader()
        live = LiveModel(reader, EXAM, Rules())
        live.load()
        took = []
        for start in range(0, len(events), 1000):
            request = GetPlayback(session=student.session.hex(), start=start, limit=1000)
            took.append(timed(lambda request=request: playback(live, reader, request)))
        reader.close()
        records.close()
    return {"all_ms": round(sum(took), 1), "longest_ms": round(max(took), 1)}


def measure(events: int, seeks: int, lines: int) -> dict[str, object]:
    """Open the session in the real window and drag through it."""
    import msgspec
    from PySide6.QtWidgets import QApplication, QPlainTextEdit

    from examdesk.staffapi.messages import GetPlayback
    from instructor_app.app import Program
    from instructor_app.preferences import Preferences
    from instructor_app.sample import SampleHub

    made = session(events, lines)
    app = QApplication([])
    program = Program(app, preferences=Preferences(None), theme="light")
    hub = SampleHub(4)
    track = _track(made)
    whole = hub._answers[GetPlayback]  # the sample's own answer gives the frame

    def answer(ask):
        piece = whole(msgspec.structs.replace(ask, start=0, limit=1))
        found = tuple(made[ask.start : ask.start + ask.limit])
        return msgspec.structs.replace(piece, start=ask.start, events=found, track=track, tracks=(track,), versions=())

    hub._answers[GetPlayback] = answer

    async def opener() -> SampleHub:
        await asyncio.sleep(0)
        return hub

    program.bridge.connect_to(opener)
    program.window.resize(1600, 1000)
    program.window.show()
    while not any(row.session for row in program.state.rows.values()):
        app.processEvents()
    before = psutil.Process().memory_info().rss
    one = next(row for row in program.state.rows.values() if row.session)
    begin = time.perf_counter()
    longest = 0.0
    program.window.open_playback(one)
    page = program.window.playback
    while not page.loader.complete or page._goal is not None:
        longest = max(longest, timed(app.processEvents))
    prepared = time.perf_counter() - begin
    app.processEvents()
    memory = psutil.Process().memory_info().rss - before
    first, last = page.player.first_ms, page.player.last_ms
    chance = random.Random(3)

    own: list[float] = []

    def seek(at_ms: float) -> float:
        begin = time.thread_time()
        took = timed(lambda: (page.go_to_ms(round(at_ms)), app.processEvents()))
        own.append((time.thread_time() - begin) * 1000)
        return took

    for _ in range(20):
        seek(chance.uniform(first, last))
    own.clear()
    jumps = [seek(chance.uniform(first, last)) for _ in range(seeks)]
    drags = [seek(first + (last - first) * (0.2 + 0.6 * n / seeks)) for n in range(seeks)]
    back = [seek(first + (last - first) * (0.8 - 0.3 * n / seeks)) for n in range(seeks)]
    text = page.code.code.toPlainText()
    plain = QPlainTextEdit()
    plain.resize(page.code.code.size())
    plain.show()
    app.processEvents()
    reference = [timed(lambda: (plain.setPlainText(text), app.processEvents())) for _ in range(50)]
    result = {
        "events": events,
        "lines": text.count("\n") + 1,
        "hub": from_the_hub(made),
        "wire": over_the_wire(made),
        "fetch_and_prepare_s": round(prepared, 2),
        "longest_block_ms": round(longest, 1),
        "memory_mib": round(memory / (1 << 20), 1),
        "jump_ms": summary(jumps),
        "drag_ms": summary(drags),
        "drag_back_ms": summary(back),
        "of_the_window_alone_ms": summary(own),
        "budget_ms": BUDGET_MS,
        "reference_ms": summary(reference),
        "ratio": round(statistics.median(jumps) / statistics.median(reference), 2),
    }
    plain.close()
    program.close()
    return result


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=30_000)
    parser.add_argument("--seeks", type=int, default=400)
    parser.add_argument("--lines", type=int, default=500)
    args = parser.parse_args()
    print(json.dumps(measure(args.events, args.seeks, args.lines)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
