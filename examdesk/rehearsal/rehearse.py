"""A rehearsal: simulated desks against a throw-away hub of this computer, or against a hub that runs somewhere."""

import asyncio
import shutil
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from examdesk.hub.records.place import place_of
from examdesk.rehearsal.children import Child, Children, python
from examdesk.rehearsal.hub_process import ClassPlan, start_class, start_hub
from examdesk.rehearsal.measuring import Gauge, commit_ms
from examdesk.rehearsal.verdict import Delay, Report, judge
from examdesk.staffapi.client import StaffClient, open_client, read_hub_file
from examdesk.staffapi.messages import GetLive, Open
from examdesk.store import open_reader
from examdesk.store.records import entries_of
from shared.clock import Chance, Clock
from shared.exam.editing import REMOVE, Change, apply
from shared.exam.exam_folder import exam_or_problem
from shared.exam.packing import exam_folder
from shared.exam.reading import EXAM_FILE
from shared.ids import JournalId
from shared.problems import EnvironmentProblem

EXAM_S = 30.0
JOIN_S = 120.0
SETTLE_S = 120.0
LOOK_S = 0.2
NAME = "examdesk rehearse"
_WHO_AND_WHEN = ("draft", "schedule", "admission", "access", "accommodations")


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for. With `hub` and `join` a hub that runs is loaded, else one is started in `folder`."""

    desks: int
    events_per_second: float
    seconds: float
    folder: Path
    exam: Path | None = None
    hub: str = ""
    join: str = ""


def open_copy(exam: Path, to: Path) -> None:
    """Copy an exam so that simulated students get in at any time; what students get stays the same, byte by byte.

    Raises:
        InputProblem: the exam has mistakes.
        EnvironmentProblem: it can't be copied.
    """
    with exam_folder(exam) as given:
        try:
            shutil.copytree(given, to)
        except OSError as error:
            raise EnvironmentProblem(f"The exam {exam} can't be copied ({error.strerror or error}).") from error
    exam_or_problem(to, exam)
    file = to / EXAM_FILE
    text, _ = apply(file.read_text(encoding="utf-8"), [Change((name,), REMOVE) for name in _WHO_AND_WHEN])
    file.write_text(text, encoding="utf-8")


class Rehearsal:
    """One rehearsal; tells on stderr what goes on."""

    def __init__(self, plan: Plan, clock: Clock, chance: Chance) -> None:
        self._plan = plan
        self._clock = clock
        self._chance = chance

    async def run(self) -> Report:
        """Load the hub and report.

        Raises:
            EnvironmentProblem: the hub or the class can't be started.
        """
        async with Children(self._plan.folder / "logs") as children:
            if self._plan.hub:
                return await self._against(children, self._plan.hub, self._plan.join)
            return await self._at_home(children)

    async def _at_home(self, children: Children) -> Report:
        """Load a hub of our own, which can be measured from all sides."""
        plan = self._plan
        exam, data = plan.folder / "exam", plan.folder / "hub"
        if plan.exam is not None:
            await asyncio.to_thread(open_copy, plan.exam, exam)
        else:
            await self._sample(children, exam)
        hub = await start_hub(children, exam, data, "--no-advertise")
        disk = await asyncio.to_thread(commit_ms, data, self._clock)
        client = await open_client(read_hub_file(data / "hub.json"), NAME)
        try:
            report, journals = await self._load(children, hub.here, hub.room_code, hub.child.pid, client)
        finally:
            await client.close()
        kept = await asyncio.to_thread(_kept, data, journals)
        lost = sum(max(0, last + 1 - kept[journal]) for journal, last in journals.items())
        return _judged(msgspec.structs.replace(report, commit_ms=round(disk, 2), lost=lost))

    async def _sample(self, children: Children, exam: Path) -> None:
        made = await children.start("The exam", python("examdesk.cli.main", "exam", "new", str(exam)), log="exam")
        if await made.ended(EXAM_S) != 0:
            raise EnvironmentProblem(f"The exam for the rehearsal could not be made. {made.quoted()}")

    async def _against(self, children: Children, hub: str, join: str) -> Report:
        """Load a hub that runs; what it has is known by its receipts."""
        report, _ = await self._load(children, hub, join, None, None)
        return _judged(report)

    async def _load(
        self, children: Children, hub: str, join: str, pid: int | None, client: StaffClient | None
    ) -> tuple[Report, dict[str, int]]:
        plan = self._plan
        begun = self._clock.mono_us()
        room = await start_class(
            children,
            ClassPlan(
                desks=plan.desks,
                join=join,
                hub=hub,
                events_per_second=plan.events_per_second,
                seconds=plan.seconds,
                prefix="rehearsal",
            ),
        )
        joined_s = 0.0
        if client is not None:
            await self._wait_for_class(client, room)
            joined_s = (self._clock.mono_us() - begun) / 1e6
            _say(f"{plan.desks} desks joined in {joined_s:.1f} s; now they work for {plan.seconds:g} s")
            await client.ask(Open(command=self._chance.bytes(16).hex()))
        else:
            _say(f"{plan.desks} desks join and work for {plan.seconds:g} s from the opening on")
        async with Gauge(pid, self._clock) as gauge:
            summary = await self._summary(room)
        return _report(plan, summary, gauge, joined_s), {
            journal: int(counts["confirmed"]) for journal, counts in summary["journals"].items()
        }

    async def _wait_for_class(self, client: StaffClient, room: Child) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(JOIN_S):
                while room.running:
                    table = await client.ask(GetLive())
                    if sum(1 for row in table.rows if row.session) >= self._plan.desks:
                        return
                    await asyncio.sleep(LOOK_S)

    async def _summary(self, room: Child) -> dict[str, Any]:
        wait = JOIN_S + self._plan.seconds + SETTLE_S
        line = await room.line("summary", wait)
        await room.ended(SETTLE_S)
        summary: dict[str, Any] = line["summary"]
        return summary


def _report(plan: Plan, summary: dict[str, Any], gauge: Gauge, joined_s: float) -> Report:
    delay = summary["receipt_ms"]
    return Report(
        desks=plan.desks,
        joined=summary["joined"],
        submitted=summary["submitted"],
        seconds=plan.seconds,
        events=summary["confirmed"],
        events_per_second=round(summary["confirmed"] / plan.seconds, 1),
        lost=summary["missing"],
        receipt_ms=Delay(p50=delay["p50"], p99=delay["p99"], most=delay["most"]),
        join_seconds=round(joined_s, 1),
        commit_ms=None,
        hub_cpu_percent=gauge.hub_cpu_percent,
        hub_memory_mb=gauge.hub_memory_mb,
        computer_cpu_percent=gauge.computer_cpu_percent,
        problems=tuple(summary["problems"]),
        holds=False,
        recommendation="",
    )


def _judged(report: Report) -> Report:
    holds, recommendation = judge(report)
    return msgspec.structs.replace(report, holds=holds, recommendation=recommendation)


def _kept(data: Path, journals: dict[str, int]) -> dict[str, int]:
    """Count these journals' events in the hub's records."""
    reader = open_reader(place_of(str(data)).url)
    try:
        with reader.connect() as sql:
            return {name: sum(1 for _ in entries_of(sql, JournalId(bytes.fromhex(name)))) for name in journals}
    finally:
        reader.close()


def _say(sentence: str) -> None:
    sys.stderr.write(sentence + "\n")
    sys.stderr.flush()
