"""Work in another process: what happens when the process dies, and that it gives way."""

import contextlib
import os
import signal

import pytest

from examdesk.hub.jobs import SCRATCH
from examdesk.hub.workers import GIVE_WAY, Worker, WorkerDied
from examdesk.staffapi import messages as api
from examdesk.staffapi.client import Refused
from tests.examdesk.hub.hub_fixtures import joined, running_hub, staff

NO_KILL = pytest.mark.skipif(os.name == "nt", reason="Windows knows neither signals nor niceness")


@contextlib.contextmanager
def a_worker():
    worker = Worker()
    try:
        yield worker
    finally:
        worker.close()


@NO_KILL
async def test_a_process_that_was_killed_is_replaced_with_the_next_work():
    with a_worker() as worker:
        first = await worker.run(os.getpid)
        with pytest.raises(WorkerDied, match="try again"):
            await worker.run(signal.raise_signal, signal.SIGKILL)
        assert await worker.run(os.getpid) not in {first, os.getpid()}


@NO_KILL
async def test_heavy_work_gives_way_to_the_hub():
    with a_worker() as worker:
        assert await worker.run(os.nice, 0) == min(os.nice(0) + GIVE_WAY, 19)


@pytest.mark.parametrize("ask", [api.GetSimilarity(), "pair"])
@NO_KILL
async def test_staff_read_a_sentence_when_a_comparison_was_killed_and_the_next_one_works(tmp_path, ask):
    async with running_hub(tmp_path) as hub, staff(hub) as client:
        desks = [await joined(hub, name) for name in ("s1", "s2")]
        for desk in desks:
            await desk.type_text("total = 0\nfor value in range(10):\n    total += value * value\nprint(total)\n" * 3)
            await desk.safe()
        if ask == "pair":
            ask = api.GetSideBySide(a=desks[0].session.hex(), b=desks[1].session.hex())
        with pytest.raises(WorkerDied):
            await hub.view.worker.run(signal.raise_signal, signal.SIGKILL)
        answer = await client.ask(ask)
        assert (answer.jaccard if isinstance(answer, api.SideBySide) else answer.pairs[0].jaccard) == 1.0
        with pytest.raises(Refused) as refused:
            await client.ask(api.GetSideBySide(a=desks[0].session.hex(), b="00"))
        assert refused.value.code == "not-found"
        for desk in desks:
            await desk.leave()


async def test_what_a_killed_hub_left_of_its_exports_is_gone_at_the_next_start(tmp_path):
    left = tmp_path / "data" / SCRATCH / "0123" / "files"
    left.mkdir(parents=True)
    (left / "events.csv").write_text("half")
    async with running_hub(tmp_path):
        assert not (tmp_path / "data" / SCRATCH).exists()
