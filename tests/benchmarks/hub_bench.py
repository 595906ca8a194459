"""How fast the hub is: event to durable receipt under load, and many desks that join at once.

    python tests/benchmarks/hub_bench.py [--desks 1000] [--rate 5] [--seconds 20] [--watch] [--beside export]

The hub runs as `examdesk hub`; the desks run in this, a second process, on real TLS, WebSockets and signatures, with
journals in memory. Each desk types `rate` events a second and signs a batch every half second. The reference is taken
in the same run on the same disk: the plain commit of one row in a SQLite file with synchronous=FULL, and a time
question's round trip over a connection of its own.

With `--watch` a third process follows the class as a window does (see `proctor.py`): the rows that changed, up to four
times a second, and the charts. `--beside` has exports made or the class compared all the time as well.
"""

import argparse
import asyncio
import contextlib
import gc
import json
import os
import random
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from shared.wire import messages as m
from tests.benchmarks.fast_desk import FastDesk
from tests.examdesk.hub.hub_fixtures import make_exam
from tests.examdesk.hub.light_desk import client_context

BATCH_SECONDS = 0.5
JOIN_TRIES = 12


def start_hub(folder: Path) -> tuple[subprocess.Popen[bytes], dict[str, object]]:
    command = [sys.executable, "-m", "examdesk.cli.main", "hub", "--exam", str(folder / "exam")]
    command += ["--data", str(folder / "data"), "--host", "127.0.0.1", "--no-advertise", "--open"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert process.stdout is not None
    return process, json.loads(process.stdout.readline())


def commit_ms(folder: Path, count: int = 100) -> float:
    connection = sqlite3.connect(folder / "reference.sqlite", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE t (x BLOB)")
    took = []
    for _ in range(count):
        begun = time.perf_counter()
        connection.execute("INSERT INTO t VALUES (?)", (bytes(300),))
        took.append(time.perf_counter() - begun)
    connection.close()
    return statistics.median(took) * 1000


async def echo_ms(desk: FastDesk, count: int = 100) -> float:
    took = []
    for number in range(count):
        begun = time.perf_counter()
        await desk.ask(m.Ping(number))
        took.append(time.perf_counter() - begun)
    return statistics.median(took) * 1000


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


async def join_all(desks: list[FastDesk], code: str) -> tuple[float, float, int]:
    """Join at once; a desk whose connection gave way to others tries again, as a real one does."""
    context = client_context()
    took: list[float] = []
    again = 0
    begun = time.perf_counter()

    async def one(desk: FastDesk) -> None:
        nonlocal again
        for attempt in range(JOIN_TRIES):
            try:
                await desk.open(context)
                await desk.join_and_resume(code)
                break
            except (ConnectionError, OSError):
                if attempt == JOIN_TRIES - 1:
                    raise
                again += 1
                await asyncio.sleep(random.random() * min(5.0, 0.2 * 2**attempt))
        took.append(time.perf_counter() - begun)

    await asyncio.gather(*(one(desk) for desk in desks))
    return time.perf_counter() - begun, percentile(took, 0.5), again


async def type_on(desk: FastDesk, rate: float, until: float, latencies: list[float]) -> None:
    """Type and seal; the latency is from the batch's last event to the receipt that covers it."""
    loop = asyncio.get_running_loop()
    happened: list[tuple[int, float]] = []
    await asyncio.sleep(random.random() * BATCH_SECONDS)
    desk.begin_typing()
    due, debt = loop.time(), 0.0
    while loop.time() < until:
        debt += rate * BATCH_SECONDS
        count, debt = int(debt), debt - int(debt)
        at = loop.time()
        happened.append((desk.type_batch(count), at))
        due += BATCH_SECONDS
        await asyncio.sleep(max(0.0, due - loop.time()))
    await asyncio.wait_for(desk.all_safe(), 60)
    receipts = iter(desk.acknowledged)
    last, came = next(receipts)
    for sealed, at in happened:
        while last < sealed:
            last, came = next(receipts)
        latencies.append(came - at)


def start_proctor(folder: Path, beside: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.benchmarks.proctor", str(folder / "data/hub.json"), "--beside", beside]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def spent(hub: psutil.Process) -> dict[int, tuple[float, float]]:
    """Return seconds of processor and MB of memory by process, the hub's first."""
    found: dict[int, tuple[float, float]] = {}
    for process in (hub, *hub.children(recursive=True)):
        with contextlib.suppress(psutil.Error):
            times = process.cpu_times()
            found[process.pid] = (times.user + times.system, process.memory_info().rss / 1e6)
    return found


async def load(desks: list[FastDesk], rate: float, seconds: float, hub: psutil.Process) -> dict[str, float]:
    latencies: list[float] = []
    before, begun = spent(hub), time.perf_counter()
    until = asyncio.get_running_loop().time() + seconds
    typing = asyncio.gather(*(type_on(desk, rate, until, latencies) for desk in desks))
    await asyncio.sleep(seconds / 2)
    middle = spent(hub)
    await typing
    took, after = time.perf_counter() - begun, spent(hub)
    helpers = sum(after[pid][0] - before.get(pid, (0.0, 0.0))[0] for pid in after if pid != hub.pid)
    events = sum(len(desk.journal.entries) for desk in desks)
    return {
        "events": events,
        "events_per_second": events / took,
        "p50_ms": percentile(latencies, 0.5) * 1000,
        "p99_ms": percentile(latencies, 0.99) * 1000,
        "max_ms": max(latencies) * 1000,
        "hub_cpu_percent": (after[hub.pid][0] - before[hub.pid][0]) / took * 100,
        "hub_rss_mb": after[hub.pid][1],
        "hub_growth_mb": after[hub.pid][1] - middle[hub.pid][1],
        "helpers_cpu_percent": helpers / took * 100,
        "helpers_rss_mb": sum(mb for pid, (_, mb) in after.items() if pid != hub.pid),
        "helpers_growth_mb": sum(
            mb - middle[pid][1] for pid, (_, mb) in after.items() if pid in middle and pid != hub.pid
        ),
        "load_1_minute": os.getloadavg()[0],
    }


def stored_events(folder: Path) -> int:
    connection = sqlite3.connect(folder / "data/examdesk.sqlite")
    count = connection.execute("SELECT count(*) FROM events").fetchone()[0]
    connection.close()
    return int(count)


async def measure(args: argparse.Namespace, folder: Path) -> dict[str, float]:
    make_exam(folder / "exam")
    process, ready = start_hub(folder)
    port, code = int(str(ready["port"])), str(ready["room_code"])
    hub = psutil.Process(process.pid)
    result: dict[str, float] = {"commit_ms": commit_ms(folder)}
    try:
        joining = [FastDesk(port, f"j{number}") for number in range(args.joins)]
        result["joins"] = args.joins
        result["join_all_s"], result["join_p50_s"], result["join_retries"] = await join_all(joining, code)
        result["echo_ms"] = await echo_ms(joining[0])
        rest = [FastDesk(port, f"d{number}") for number in range(args.desks - args.joins)]
        for at in range(0, len(rest), 100):
            await join_all(rest[at : at + 100], code)
        desks = (joining + rest)[: args.desks]
        result["desks"] = len(desks)
        proctor = start_proctor(folder, args.beside) if args.watch or args.beside else None
        result |= await load(desks, args.rate, args.seconds, hub)
        if proctor is not None:
            watched, _ = await asyncio.to_thread(proctor.communicate, b"")
            result |= json.loads(watched)
        for desk in desks:
            desk.check(desk.identity.exam_key)
        await asyncio.gather(*(desk.shut() for desk in joining + rest))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
    result["lost"] = result["events"] - stored_events(folder)
    result["p50_over_reference"] = result["p50_ms"] / (result["commit_ms"] + result["echo_ms"])
    return result


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--desks", type=int, default=1000)
    parser.add_argument("--rate", type=float, default=5)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--joins", type=int, default=300)
    parser.add_argument("--watch", action="store_true")
    parser.add_argument("--beside", choices=("", "export", "similarity"), default="")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    gc.disable()  # the desks' garbage collection is not what is measured
    with tempfile.TemporaryDirectory(prefix="examdesk-bench-") as folder:
        result = asyncio.run(measure(args, Path(folder)))
    if args.json:
        print(json.dumps(result))
    else:
        for name, value in result.items():
            print(f"{name:20} {value:12.2f}")
    return 0 if result["lost"] == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
