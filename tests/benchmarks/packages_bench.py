"""Desks fetch the exam's packages while others write: what that does to the time from an event to its receipt.

    python tests/benchmarks/packages_bench.py [--fetching 30] [--writing 20] [--seconds 10] [--megabytes 20] [--json]

A real hub process with a package of so many megabytes, and light desks over TLS in this process. First only the writers
work, then the others fetch at the same time, part after part, until the time is over. The reference is the time without
fetching, in the same run; a plain commit stands beside it. Lost: events that no receipt covers at the end.
"""

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from shared.exam.packages import Target, Wheel, WheelList, encode_list, file_digest
from shared.wire import messages as m
from tests.benchmarks.keystroke_bench import plain_commit
from tests.examdesk.hub.hub_fixtures import make_exam
from tests.examdesk.hub.light_desk import LightDesk

ROOT = Path(__file__).resolve().parents[2]
EVERY_S = 0.2


def make_package(exam: Path, megabytes: int) -> None:
    """Put a package of random bytes into the exam; only its size matters here."""
    folder = exam / "wheels"
    folder.mkdir()
    file = folder / "big-1.0-py3-none-any.whl"
    file.write_bytes(os.urandom(megabytes * 1_000_000))
    size, digest = file.stat().st_size, file_digest(file)
    wheel = Wheel(file=file.name, size=size, sha256=digest, name="big", version="1.0")
    target = Target(platform="linux-x86_64", python="3.11", wheels=(file.name,))
    listed = WheelList(format=1, requirements=("big",), targets=(target,), wheels=(wheel,))
    (folder / "packages.json").write_bytes(encode_list(listed))


async def seated(name: str, port: int, code: str) -> LightDesk:
    """Join one desk."""
    desk = LightDesk("127.0.0.1", port, name)
    await desk.connect()
    await desk.join(code)
    await desk.start()
    return desk


async def write(desk: LightDesk, end: float, took: list[float]) -> None:
    """Write five times a second and note how long each receipt took."""
    while time.perf_counter() < end:
        begun = time.perf_counter()
        await desk.type_text("x")
        await desk.safe(120)
        took.append((time.perf_counter() - begun) * 1000)
        await asyncio.sleep(max(0.0, EVERY_S - (time.perf_counter() - begun)))


async def fetch(desk: LightDesk, end: float, got: list[int]) -> None:
    """Fetch the package again and again until the time is over."""
    at = 0
    while time.perf_counter() < end:
        await desk.send(m.GetWheel(0, at))
        part = await desk.wait_for(m.WheelPart, 120)
        got.append(len(part.data))
        at = at + len(part.data) if part.data else 0
        desk.kept.clear()


async def measure(port: int, code: str, options: argparse.Namespace) -> dict[str, float]:
    """Return the figures."""
    writers = [await seated(f"w{number}", port, code) for number in range(options.writing)]
    fetchers = [await seated(f"f{number}", port, code) for number in range(options.fetching)]
    quiet: list[float] = []
    busy: list[float] = []
    got: list[int] = []
    end = time.perf_counter() + options.seconds
    await asyncio.gather(*(write(desk, end, quiet) for desk in writers))
    begun = time.perf_counter()
    end = begun + options.seconds
    await asyncio.gather(*(write(desk, end, busy) for desk in writers), *(fetch(desk, end, got) for desk in fetchers))
    took = time.perf_counter() - begun
    lost = sum(desk.journal.sealed - desk.machine.safe for desk in writers if desk.machine is not None)
    for desk in (*writers, *fetchers):
        await desk.leave()
    found = {"fetched_mb_per_s": sum(got) / 1e6 / took, "lost": float(lost)}
    for name, values in (("alone", quiet), ("while_fetching", busy)):
        ordered = sorted(values)
        found[f"receipt_{name}_p50_ms"] = statistics.median(ordered)
        found[f"receipt_{name}_p99_ms"] = ordered[len(ordered) * 99 // 100]
        found[f"receipt_{name}_most_ms"] = ordered[-1]
    found["receipt_p50_ratio"] = found["receipt_while_fetching_p50_ms"] / found["receipt_alone_p50_ms"]
    return found


def main() -> int:
    """Print the figures; 1 when something was lost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fetching", type=int, default=30)
    parser.add_argument("--writing", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--megabytes", type=int, default=20)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="examdesk-bench-") as name:
        place = Path(name)
        exam = make_exam(place / "exam", '[interpreter]\npackages = ["big"]\n')
        make_package(exam, options.megabytes)
        command = [sys.executable, "-m", "examdesk.cli.main", "hub", "--exam", str(exam), "--data", str(place / "data")]
        with subprocess.Popen(
            [*command, "--host", "127.0.0.1", "--no-advertise", "--open"],
            stdout=subprocess.PIPE, text=True, cwd=ROOT, env={**os.environ, "PYTHONUNBUFFERED": "1"},
        ) as hub:  # fmt: skip
            assert hub.stdout is not None
            ready = json.loads(next(line for line in hub.stdout if line.startswith("{")))
            try:
                found = asyncio.run(measure(ready["port"], ready["room_code"], options))
            finally:
                hub.terminate()
        found["plain_commit_ms"] = plain_commit(place)
    if options.json:
        print(json.dumps({name: round(value, 3) for name, value in found.items()}))
    else:
        for name, value in found.items():
            print(f"{name:32}{value:10.2f}")
    return 1 if found["lost"] else 0


if __name__ == "__main__":
    sys.exit(main())
