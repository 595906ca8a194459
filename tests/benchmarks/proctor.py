"""A window that follows a class, without the window: asks for the rows that changed and for the charts, as it does.

    python -m tests.benchmarks.proctor HUB_JSON [--beside export|similarity]

Follows until its standard input ends, then prints how many answers came and how long they took, as JSON. Beside that
it may have exports made, or the class compared, one after the other.
"""

import argparse
import asyncio
import json
import sys
import time
from pathlib import Path

from examdesk.staffapi import messages as api
from examdesk.staffapi.client import Refused, StaffClient, open_client, read_hub_file

CHARTS_SECONDS = 5.0
JOB_SECONDS = 1.0


class Proctor:
    def __init__(self, client: StaffClient) -> None:
        self.client = client
        self.took: list[float] = []
        self.rows = 0
        self.done_beside = 0
        self.refused = 0

    async def follow(self) -> None:
        await self._live(api.GetLive())
        while (change := await self.client.next_change()) is not None:
            if change.sessions:
                await self._live(api.GetLive(sessions=change.sessions))

    async def _live(self, request: api.GetLive) -> None:
        begun = time.perf_counter()
        self.rows += len((await self.client.ask(request)).rows)
        self.took.append(time.perf_counter() - begun)

    async def charts(self) -> None:
        while True:
            await self.client.ask(api.GetSeries())
            await asyncio.sleep(CHARTS_SECONDS)

    async def beside(self, what: str) -> None:
        while what:
            try:
                await (self._export() if what == "export" else self.client.ask(api.GetSimilarity()))
                self.done_beside += 1
            except Refused:
                self.refused += 1
                await asyncio.sleep(JOB_SECONDS)

    async def _export(self) -> None:
        job = await self.client.ask(api.StartExport(what=("workbook", "events")))
        while not job.done:
            await asyncio.sleep(JOB_SECONDS)
            job = await self.client.ask(api.GetJob(job=job.job))


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] if values else float("nan")


async def watch(hub_file: Path, beside: str) -> dict[str, float]:
    proctor = Proctor(await open_client(read_hub_file(hub_file), "bench"))
    tasks = [asyncio.create_task(work) for work in (proctor.follow(), proctor.charts(), proctor.beside(beside))]
    await asyncio.to_thread(sys.stdin.read)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await proctor.client.close()
    return {
        "watch_answers": len(proctor.took),
        "watch_rows": proctor.rows,
        "watch_p50_ms": percentile(proctor.took, 0.5) * 1000,
        "watch_p99_ms": percentile(proctor.took, 0.99) * 1000,
        "beside_done": proctor.done_beside,
        "beside_refused": proctor.refused,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("hub", type=Path)
    parser.add_argument("--beside", choices=("", "export", "similarity"), default="")
    args = parser.parse_args()
    print(json.dumps(asyncio.run(watch(args.hub, args.beside))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
