"""The session view: a session of 3 hours fetched, put on its tape, and dragged through.

    python tests/benchmarks/playback_bench.py [--events 30000] [--seeks 400] [--lines 2000] [--ordinary]

The session is as hard as they come; with --ordinary it is one on one PC, of three files with 200 lines at most.

Prints one JSON line. Times are milliseconds of the window's thread: `drag` are steps of a hand that drags, `jump` are
jumps to any moment, each with the text of that moment, its origins, the run, the lists and all drawing;
`of_the_window_alone` is the processor time of each of these, without what other programs took meanwhile. The ratio
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
BUDGET_MS = 16


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


class RealHub:
    """Answers from the records of a session, as a hub does; `took` is how long each piece took."""

    def __init__(self, folder: str, events: int, lines: int, *, ordinary: bool) -> None:
        from examdesk.evidence.fold import Rules
        from examdesk.readmodels.live import LiveModel
        from tests.benchmarks.long_session import LongSession, OrdinarySession, stored
        from tests.support.scripted import EXAM, Records

        self.records = Records(f"sqlite:///{folder}/records.sqlite")
        kind = OrdinarySession if ordinary else LongSession
        self.session = stored(kind(events, lines), self.records)
        self._reader = self.records.reader()
        self._live = LiveModel(self._reader, EXAM, Rules())
        self._live.load()
        self.took: list[float] = []

    def piece(self, ask):
        """Return a piece."""
        import msgspec

        from examdesk.readmodels.playback import playback

        begin = time.perf_counter()
        found = playback(self._live, self._reader, msgspec.structs.replace(ask, session=self.session))
        self.took.append((time.perf_counter() - begin) * 1000)
        return msgspec.structs.replace(found, session=ask.session)

    def close(self) -> None:
        """Let go."""
        self._reader.close()
        self.records.close()


def from_the_hub(hub: RealHub) -> tuple[dict[str, float], dict[str, float]]:
    """Return what a hub takes to answer for all pieces, and what encoding and decoding them takes."""
    from examdesk.staffapi.messages import GetPlayback, Told, decode_from_hub, encode

    size, encoding, decoding, start = 0, 0.0, 0.0, 0
    while True:
        piece = hub.piece(GetPlayback(session="00", start=start, limit=1000))
        begin = time.perf_counter()
        data = encode(Told(1, piece))
        middle = time.perf_counter()
        decode_from_hub(data)
        decoding += time.perf_counter() - middle
        encoding += middle - begin
        size += len(data)
        start += len(piece.events)
        if start >= piece.track.events:
            break
    wire = {
        "encode_ms": round(encoding * 1000, 1),
        "decode_ms": round(decoding * 1000, 1),
        "mib": round(size / (1 << 20), 2),
    }
    return {"all_ms": round(sum(hub.took), 1), "longest_ms": round(max(hub.took), 1)}, wire


def measure(hub: RealHub, seeks: int) -> dict[str, object]:
    """Open the session in the real window, drag through it, compare, and look for a text."""
    from PySide6.QtWidgets import QApplication, QPlainTextEdit

    from examdesk.staffapi.messages import GetPlayback
    from instructor_app.app import Program
    from instructor_app.preferences import Preferences
    from instructor_app.sample import SampleHub
    from instructor_app.tuning import keep_smooth

    answered, wire = from_the_hub(hub)
    app = QApplication([])
    program = Program(app, preferences=Preferences(None), theme="light")
    sample = SampleHub(4)
    sample._answers[GetPlayback] = hub.piece

    async def opener() -> SampleHub:
        await asyncio.sleep(0)
        return sample

    program.bridge.connect_to(opener)
    program.window.resize(1600, 1000)
    program.window.show()
    keep_smooth(program.window)
    while not any(row.session for row in program.state.rows.values()):
        app.processEvents()
    before = psutil.Process().memory_info().rss
    one = next(row for row in program.state.rows.values() if row.session)
    begin, worked, longest = time.perf_counter(), time.thread_time(), 0.0
    program.window.open_playback(one)
    page = program.window.playback
    while not page.loader.complete or page._goal is not None:
        longest = max(longest, timed(app.processEvents))
    prepared, worked = time.perf_counter() - begin, time.thread_time() - worked
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

    def through(many: int, start: float, share: float) -> list[float]:
        return [seek(first + (last - first) * (start + share * n / many)) for n in range(many)]

    for _ in range(20):
        seek(chance.uniform(first, last))
    own.clear()
    jumps = [seek(chance.uniform(first, last)) for _ in range(seeks)]
    drags, back = through(seeks, 0.2, 0.6), through(seeks, 0.8, -0.3)
    seek(first + (last - first) * 0.5)
    page.comparing.toggle()
    app.processEvents()
    compared = through(seeks, 0.5, 0.05)
    page.comparing.stop()
    alone = {
        "jump": summary(own[:seeks]),
        "drag": summary(own[seeks : 2 * seeks]),
        "drag_back": summary(own[2 * seeks : 3 * seeks]),
        "drag_comparing": summary(own[-seeks:]),
    }
    looked = time.thread_time()
    page.side.trace.text.setText("total")
    page.side.trace.search()
    while page.side.trace._work.isActive():
        app.processEvents()
    looked = time.thread_time() - looked
    text = page.code.code.toPlainText()
    plain = QPlainTextEdit()
    plain.resize(page.code.code.size())
    plain.show()
    app.processEvents()
    reference = [timed(lambda: (plain.setPlainText(text), app.processEvents())) for _ in range(50)]
    result = {
        "events": len(page.loader.tape),
        "runs": len(page.loader.marks.runs),
        "lines": text.count("\n") + 1,
        "hub": answered,
        "wire": wire,
        "fetch_and_prepare_s": round(prepared, 2),
        "of_the_window_s": round(worked, 2),
        "longest_block_ms": round(longest, 1),
        "memory_mib": round(memory / (1 << 20), 1),
        "jump_ms": summary(jumps),
        "drag_ms": summary(drags),
        "drag_back_ms": summary(back),
        "of_the_window_alone_ms": alone,
        "drag_comparing_ms": summary(compared),
        "search_s": round(looked, 2),
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
    parser.add_argument("--lines", type=int, help="of the longest file; 2,000, of an ordinary session 200")
    parser.add_argument("--ordinary", action="store_true", help="one PC, three files, short outputs")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        lines = args.lines or (200 if args.ordinary else 2000)
        hub = RealHub(folder, args.events, lines, ordinary=args.ordinary)
        print(json.dumps(measure(hub, args.seeks)))
        hub.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
