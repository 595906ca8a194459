"""How long a class list takes: `python tests/benchmarks/roster_bench.py [--students 5000] [--json]`.

A hub runs as a process; a CSV file is previewed and imported over the staff API, previewed again, and the sheet of
personal codes is made. The reference is reading the same file with the csv module in this process.
"""

import argparse
import asyncio
import csv
import io
import json
import random
import sys
import tempfile
import time
from pathlib import Path

from examdesk.staffapi.client import open_client, read_hub_file
from examdesk.staffapi.messages import ApplyRoster, GetCodeSheet, GetRoster, PreviewRoster
from tests.benchmarks.hub_bench import start_hub
from tests.examdesk.hub.hub_fixtures import make_exam

FIRST = (
    "Ada",
    "Ben",
    "Chen",
    "Dana",
    "Elif",
    "Farid",
    "Grace",
    "Hiroshi",
    "Ingrid",
    "Jamal",
    "Kim",
    "Li",
    "Mei",
    "Noor",
)
LAST = (
    "Okafor",
    "Lindqvist",
    "Wei",
    "Petrova",
    "Yilmaz",
    "Haddad",
    "Kim",
    "Novak",
    "Silva",
    "Williams",
    "Tanaka",
    "Eze",
)


def class_list(students: int) -> bytes:
    chance = random.Random(7)
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(["Student ID", "Name", "Section", "Email", "Seat"])
    for number in range(students):
        name = f"{chance.choice(FIRST)} {chance.choice(LAST)} {chance.choice(LAST)}"
        table.writerow([f"s{100_000 + number}", name, "ABCDEF"[number % 6], f"s{number}@uni.example", f"{number % 40}"])
    return out.getvalue().encode()


async def measure(folder: Path, students: int) -> dict[str, float]:
    make_exam(folder / "exam", '[admission]\ncodes = "personal"\n')
    process, _ = start_hub(folder)
    data = class_list(students)
    begun = time.perf_counter()
    rows = list(csv.reader(io.StringIO(data.decode())))
    result = {"students": len(rows) - 1, "reference_s": time.perf_counter() - begun}
    client = await open_client(read_hub_file(folder / "data/hub.json"), "bench")
    try:
        begun = time.perf_counter()
        shown = await client.ask(PreviewRoster(file_name="class.csv", data=data))
        result["preview_s"] = time.perf_counter() - begun
        begun = time.perf_counter()
        await client.ask(ApplyRoster(command="a", preview=shown.preview, with_doubtful=True))
        result["import_s"] = time.perf_counter() - begun
        begun = time.perf_counter()
        again = await client.ask(PreviewRoster(file_name="class.csv", data=data))
        result["again_s"] = time.perf_counter() - begun
        begun = time.perf_counter()
        await client.ask(GetCodeSheet(students=tuple(f"s{100_000 + number}" for number in range(min(300, students)))))
        result["slips_of_300_s"] = time.perf_counter() - begun
        result["missing"] = students - len((await client.ask(GetRoster())).entries)
        result["changed_again"] = again.counts["added"] + again.counts["changed"]
    finally:
        await client.close()
        process.terminate()
        process.wait(30)
    result["preview_over_reference"] = result["preview_s"] / result["reference_s"]
    return result


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--students", type=int, default=5000)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="examdesk-bench-") as folder:
        result = asyncio.run(measure(Path(folder), args.students))
    if args.json:
        print(json.dumps(result))
    else:
        for name, value in result.items():
            print(f"{name:24} {value:12.2f}")
    return 1 if result["missing"] or result["changed_again"] else 0


if __name__ == "__main__":
    sys.exit(main())
