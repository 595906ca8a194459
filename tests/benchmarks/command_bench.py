"""A command to everybody: from the request of a proctor until the hub has answered and until the last desk has it.

    python tests/benchmarks/command_bench.py [--desks 1000] [--rounds 5] [--json]

The desks run in this process with real TLS and frames, the hub in its own. Beside each figure its ratio to the round
trip of a time question, measured in the same run.
"""

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

from examdesk.staffapi.client import StaffClient, open_client, read_hub_file
from examdesk.staffapi.messages import ApplyEdition, Extend, GetLedger, GetTimes, PreviewEdition, Say
from shared.wire import messages as m
from tests.benchmarks.fast_desk import FastDesk
from tests.benchmarks.hub_bench import echo_ms, join_all, start_hub
from tests.examdesk.hub.hub_fixtures import make_exam

PATIENCE_S = 120.0


class Listening(FastDesk):
    """A desk that notes when standings, notices and whole editions of the exam reach it."""

    def __init__(self, port: int, student: str) -> None:
        super().__init__(port, student)
        self.standings = self.notices = self.editions = 0
        self.came = asyncio.Event()

    def _take(self, frame: m.Frame) -> None:
        if isinstance(frame, m.SignedStanding):
            self.standings += 1
            self.came.set()
        elif isinstance(frame, m.SignedNotice):
            self.notices += 1
            self.came.set()
        elif isinstance(frame, m.ContentOffer) and frame.edition:
            for index in range(frame.pieces):
                self.wire.send(m.GetPiece(index))
        elif isinstance(frame, m.Piece) and frame.part == frame.parts:
            self.editions += 1
            self.came.set()
        else:
            super()._take(frame)


async def until(desks: list[Listening], reached: str, count: dict[Listening, int]) -> float:
    """Wait until every desk has one more of something; return when, on the monotonic clock."""

    async def one(desk: Listening) -> None:
        while getattr(desk, reached) <= count[desk]:
            desk.came.clear()
            await desk.came.wait()

    await asyncio.wait_for(asyncio.gather(*(one(desk) for desk in desks)), PATIENCE_S)
    return time.perf_counter()


async def rounds(client: StaffClient, desks: list[Listening], number: int, exam: Path) -> dict[str, float]:
    """Return the medians in ms over several rounds."""
    took: dict[str, list[float]] = {}

    def note(name: str, begun: float, ended: float) -> None:
        took.setdefault(name, []).append((ended - begun) * 1000)

    for turn in range(number):
        before = {desk: desk.standings for desk in desks}
        begun = time.perf_counter()
        preview = await client.ask(GetTimes(change=Extend(command="", seconds=60)))
        note("preview_ms", begun, time.perf_counter())
        assert preview.changed == len(desks), preview.changed
        begun = time.perf_counter()
        answer = asyncio.ensure_future(client.ask(Extend(command=f"e{turn}", seconds=60)))
        last = await until(desks, "standings", before)
        note("extension_at_the_last_desk_ms", begun, last)
        await answer
        note("extension_answered_ms", begun, time.perf_counter())
        words = {desk: desk.notices for desk in desks}
        begun = time.perf_counter()
        said = asyncio.ensure_future(client.ask(Say(command=f"s{turn}", text="Five minutes left")))
        note("announcement_at_the_last_desk_ms", begun, await until(desks, "notices", words))
        await said
        prompt = exam / "questions" / "q1" / "question.md"
        prompt.write_text(f"{prompt.read_text()}\nRound {turn}.\n")
        begun = time.perf_counter()
        seen = await client.ask(PreviewEdition())
        note("edition_preview_ms", begun, time.perf_counter())
        have = {desk: desk.editions for desk in desks}
        begun = time.perf_counter()
        applied = asyncio.ensure_future(client.ask(ApplyEdition(command=f"x{turn}", token=seen.token)))
        note("edition_at_the_last_desk_ms", begun, await until(desks, "editions", have))
        await applied
        begun = time.perf_counter()
        await client.ask(GetLedger())
        note("ledger_ms", begun, time.perf_counter())
    return {name: statistics.median(values) for name, values in took.items()}


async def measure(desks: int, number: int, folder: Path) -> dict[str, float]:
    """Start a hub, let the desks join, and command them."""
    make_exam(folder / "exam", "[schedule]\nduration = 90\n")
    begun = time.perf_counter()
    process, ready = await asyncio.to_thread(start_hub, folder)
    serves = (time.perf_counter() - begun) * 1000
    try:
        port, code = int(str(ready["port"])), str(ready["room_code"])
        room = [Listening(port, f"s{place}") for place in range(desks)]
        joined, _, _ = await join_all(room, code)  # type: ignore[arg-type]
        client = await open_client(read_hub_file(folder / "data" / "hub.json"), "bench")
        found = {"desks": float(desks), "hub_serves_ms": serves, "joined_s": joined}
        found["echo_ms"] = await echo_ms(room[0])
        found |= await rounds(client, room, number, folder / "exam")
        await client.close()
        for desk in room:
            desk.wire.close()
    finally:
        process.terminate()
        await asyncio.to_thread(process.wait, 60)
    ratios = {
        name.replace("_ms", "_in_echoes"): value / found["echo_ms"]
        for name, value in found.items()
        if name.endswith("_desk_ms") or name in ("preview_ms", "ledger_ms")
    }
    return found | ratios


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--desks", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="examdesk-bench-") as folder:
        found = asyncio.run(measure(args.desks, args.rounds, Path(folder)))
    if args.json:
        print(json.dumps(found))
    else:
        for name, value in found.items():
            print(f"{name:38} {value:10,.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
