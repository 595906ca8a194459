"""The demonstration from its empty folder to the verified record, phase by phase."""

import asyncio
import sys
from contextlib import suppress
from pathlib import Path

import msgspec

from examdesk.demo import records, windows
from examdesk.demo.folder import PREFIX, DemoFolder, student_id, take_folder, write_class, write_exam
from examdesk.demo.questions import Question
from examdesk.demo.records import Confirmed, Verified
from examdesk.demo.script import script
from examdesk.demo.staff import Instructor
from examdesk.rehearsal.children import Child, Children, Line, python
from examdesk.rehearsal.hub_process import ClassPlan, Serving, start_class, start_hub
from examdesk.staffapi.client import open_client, read_hub_file
from examdesk.staffapi.messages import LiveTable
from shared.clock import Chance, Clock
from shared.problems import Problem

EVENTS_PER_SECOND = 4.8
JOIN_S = 60.0
FIND_S = 8.0
SETTLE_S = 90.0
POWER_CUT_S = 2.0
DRAWN_AT_ONCE = 2
LISTED = 0.5
"""As `similarity_percent` of the demonstration's exam says."""
DRAW_AT = 0.42
NEWS_AT, HELP_S, POWER_CUT_AT, MORE_TIME_AT = 0.12, 20.0, 0.4, 0.6
GUEST = "guest"
NAME = "the instructor of the demo"


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for: students, folder, windows for a person to look at, and how long the class works."""

    desks: int
    out: Path
    headless: bool
    seconds: float


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What `demo.json` holds. Events are counted over the journals of all simulated desks.

    Attributes:
        desks: simulated students, each with a desk.
        joined: how many of them joined.
        submitted: how many of them handed in.
        journals: journals of these desks.
        confirmed_by_journals: events that the journals called durable: the last one of each, plus one.
        at_hub: events of these journals that the hub has, in order without a gap.
        verified: events that `examdesk verify` holds good in the exported bundle.
        lost: events that a journal confirmed and the hub does not have.
        runs: programs that students ran.
        signals: signals of all sessions.
        pairs: pairs of students whose programs are at least half alike, as the exam's `similarity_percent` says.
        found_by_multicast: whether the desk that was told no address found the exam on the network.
        seconds: how long the demonstration took.
        exports: the exported files, relative to the folder.
        screenshots: the pictures, relative to the folder.
        problems: what did not go well, in sentences.
    """

    desks: int
    joined: int
    submitted: int
    journals: int
    confirmed_by_journals: int
    at_hub: int
    verified: int
    lost: int
    runs: int
    signals: int
    pairs: int
    found_by_multicast: bool
    seconds: float
    exports: tuple[str, ...]
    screenshots: tuple[str, ...]
    problems: tuple[str, ...]


class Teller:
    """Tells the person what happens, one line per phase, with the seconds since the start."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._begun_us = clock.mono_us()

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return (self._clock.mono_us() - self._begun_us) / 1e6

    def tell(self, phase: str, text: str) -> None:
        """Write one line."""
        sys.stdout.write(f"{self.seconds:5.1f} s  {phase:<12}{text}\n")
        sys.stdout.flush()


class Show:
    """One demonstration."""

    def __init__(self, plan: Plan, clock: Clock, chance: Chance) -> None:
        self._plan = plan
        self._chance = chance
        self._teller = Teller(clock)
        self._confirmed = Confirmed()
        self._submitted = 0
        self._alone_joined = asyncio.Event()
        self._alone_safe = asyncio.Event()
        self._multicast = False
        self._problems: list[str] = []
        self._windows: list[Child] = []

    async def run(self) -> Figures:
        """Run it to its end; returns when the windows, if there are any, are closed.

        Raises:
            InputProblem, EnvironmentProblem: it could not be begun, or broke off.
        """
        plan, tell = self._plan, self._teller.tell
        folder = take_folder(plan.out)
        questions = write_exam(folder, self._chance)
        write_class(folder, questions, plan.desks)
        tell("Exam", f"three questions, {plan.desks} students in two sections, in {folder.root}")
        async with Children(folder.logs) as children:
            hub = await start_hub(children, folder.exam, folder.hub, "--roster", str(folder.roster))
            where = ", ".join(f"{address}:{hub.port}" for address in hub.addresses) or hub.here
            tell("Hub", f"serves at {where}; room code {hub.room_code}")
            client = await open_client(read_hub_file(folder.hub / "hub.json"), NAME)
            try:
                figures = await self._exam(children, folder, hub, questions, Instructor(client, self._chance))
            finally:
                await client.close()
            folder.summary.write_bytes(msgspec.json.format(msgspec.json.encode(figures), indent=2) + b"\n")
            sys.stdout.write(told(figures, plan.out))
            await self._until_closed()
        return figures

    async def _exam(
        self, children: Children, folder: DemoFolder, hub: Serving, questions: list[Question], staff: Instructor
    ) -> Figures:
        plan, tell = self._plan, self._teller.tell
        room, alone = await self._sit_down(children, folder, hub, questions)
        self._windows = await self._open_windows(children, folder, hub)
        await staff.wait_for_class(plan.desks, JOIN_S)
        tell("Joined", f"all {plan.desks} desks wait for the start")
        tell("Opened", await staff.open_exam())
        async with asyncio.TaskGroup() as group:
            group.create_task(self._draw(children, folder, windows.DURING, after_s=plan.seconds * DRAW_AT))
            alone = await self._lesson(children, folder, hub, alone, staff)
            await self._hand_in(room, alone)
        table = await staff.live()
        tell("Ended", await staff.end())
        pairs = await self._pairs(staff)
        _, verified = await asyncio.gather(
            self._draw(children, folder, windows.AFTERWARDS), self._export(children, folder)
        )
        return self._figures(folder, table, pairs, verified)

    # -- the class

    async def _sit_down(
        self, children: Children, folder: DemoFolder, hub: Serving, questions: list[Question]
    ) -> tuple[Child | None, Child]:
        """Start the simulated class, and one desk as a process of its own that has to find the hub by itself."""
        plan = self._plan
        number = plan.desks - 1
        (folder.logs / "script.jsonl").write_bytes(script(questions, number, plan.seconds))
        room = None
        if number:
            simulated = ClassPlan(
                desks=number,
                join=hub.room_code,
                hub=hub.here,
                events_per_second=EVENTS_PER_SECOND,
                seconds=plan.seconds,
                programs=folder.programs,
                journals=folder.desks,
                prefix=PREFIX,
            )
            room = await start_class(children, simulated, self._heard)
        alone = await self._start_alone(children, folder, hub, told="")
        try:
            async with asyncio.timeout(FIND_S):
                await self._alone_joined.wait()
            self._multicast = True
            self._teller.tell("Discovery", f"{student_id(number)} found the exam on the network by itself")
        except TimeoutError:
            await alone.end()
            self._teller.tell("Discovery", "no multicast on this network: desks are told the hub's address")
            alone = await self._start_alone(children, folder, hub, told=hub.here)
        return room, alone

    async def _start_alone(self, children: Children, folder: DemoFolder, hub: Serving, told: str) -> Child:
        student = student_id(self._plan.desks - 1)
        command = python(
            "student_app.main", "--headless", "--journal", str(folder.desks / student), "--join", hub.room_code,
            "--student", student, "--script", str(folder.logs / "script.jsonl"),
        )  # fmt: skip
        command += ["--hub", told] if told else []
        return await children.start(f"The desk of {student}", command, log=student, heard=self._heard)

    def _heard(self, line: Line) -> None:
        self._confirmed.heard(line)
        if line.get("confirmed") == "joined":
            self._alone_joined.set()
        if line.get("confirmed") == "receipt":
            self._alone_safe.set()
        if line.get("confirmed") == "submitted":
            self._submitted += 1

    async def _lesson(
        self, children: Children, folder: DemoFolder, hub: Serving, alone: Child, staff: Instructor
    ) -> Child:
        """Let everything happen that happens in an exam; returns the desk that came back."""
        seconds, tell = self._plan.seconds, self._teller.tell
        tell("Working", f"students type and run real programs for {seconds:.0f} seconds")
        begun = self._teller.seconds

        async def until(share: float) -> None:
            await asyncio.sleep(max(0.0, begun + share * seconds - self._teller.seconds))

        await until(NEWS_AT)
        tell("Announced", await staff.announce())
        who = await staff.help_first_hand(min(HELP_S, seconds / 4))
        tell("Helped", f"{who} had raised a hand" if who else "nobody raised a hand")
        await until(POWER_CUT_AT)
        alone.kill()
        await alone.ended()
        tell("Power cut", f"the desk of {student_id(self._plan.desks - 1)} was killed while it worked")
        await asyncio.sleep(POWER_CUT_S)
        alone = await self._start_alone(children, folder, hub, told="" if self._multicast else hub.here)
        tell("Back", "the same desk goes on where its journal ends")
        await until(MORE_TIME_AT)
        tell("More time", await staff.extend())
        return alone

    async def _hand_in(self, room: Child | None, alone: Child) -> None:
        """Wait until everybody has handed in and the hub has everything."""
        seconds = self._plan.seconds + SETTLE_S
        for child in (room, alone):
            code = None if child is None else await child.ended(seconds)
            if child is not None and code != 0:
                self._trouble(f"{child.name} ended with {code}. {child.quoted()}")
        if room is not None:
            summary = room.last.get("summary", {}).get("summary", {})
            self._submitted += int(summary.get("submitted", 0))
        self._teller.tell("Handed in", f"{self._submitted} of {self._plan.desks} students have their receipts")

    # -- windows

    async def _open_windows(self, children: Children, folder: DemoFolder, hub: Serving) -> list[Child]:
        if self._plan.headless:
            return []
        opened = await windows.open_windows(children, folder, hub.room_code, GUEST)
        if opened:
            self._teller.tell("Windows", "the instructor's, and a student's that finds the exam by itself")
        return opened

    async def _until_closed(self) -> None:
        """Wait until the person closes the windows; Ctrl-C is the other way to say that it is enough."""
        if not self._windows:
            return
        self._teller.tell("Look around", "close the windows or press Ctrl-C to end the demo")
        try:
            for window in self._windows:
                await window.ended()
        except asyncio.CancelledError:
            task = asyncio.current_task()
            assert task is not None
            task.uncancel()

    async def _draw(
        self, children: Children, folder: DemoFolder, shots: tuple[windows.Shot, ...], after_s: float = 0.0
    ) -> None:
        """Draw pages after so many seconds, a few at a time; what can't be drawn is told."""
        await asyncio.sleep(after_s)
        at_once = asyncio.Semaphore(DRAWN_AT_ONCE)

        async def one(shot: windows.Shot) -> bool:
            async with at_once:
                trouble = await windows.draw(children, folder, shot)
            if trouble:
                self._trouble(f"Screenshot {trouble}")
            return not trouble

        drawn = await asyncio.gather(*map(one, shots))
        said = "; the student's show sample content" if any(shot.program == windows.STUDENT for shot in shots) else ""
        self._teller.tell("Pictures", f"{sum(drawn)} of {len(shots)} windows drawn into screenshots/{said}")

    # -- records

    async def _pairs(self, staff: Instructor) -> int:
        with suppress(Problem):
            view = await staff.similarity()
            listed = sum(1 for pair in view.pairs if pair.jaccard >= LISTED)
            self._teller.tell("Similarity", f"{view.programs} programs; pairs at least {LISTED:.0%} alike: {listed}")
            return listed
        self._trouble("The hub could not compare the programs.")
        return 0

    async def _export(self, children: Children, folder: DemoFolder) -> Verified:
        for sentence in await records.export(children, folder):
            self._trouble(sentence)
        self._teller.tell("Exported", f"{len(_files(folder.root, folder.exports))} files in exports/")
        verified = await records.verify(children, folder)
        for sentence in verified.problems:
            self._trouble(sentence)
        said = "both verifiers hold it good" if not verified.problems else "the bundle could not be held good"
        self._teller.tell("Verified", f"{verified.events:,} events; {said}")
        return verified

    def _figures(self, folder: DemoFolder, table: LiveTable, pairs: int, verified: Verified) -> Figures:
        kept = records.count_kept(folder, self._confirmed)
        ours = [row for row in table.rows if not row.provisional]
        return Figures(
            desks=self._plan.desks,
            joined=sum(1 for row in ours if row.session),
            submitted=self._submitted,
            journals=len(self._confirmed.last),
            confirmed_by_journals=self._confirmed.events,
            at_hub=kept.events,
            verified=verified.events,
            lost=kept.lacks_of(self._confirmed),
            runs=sum(row.runs for row in ours),
            signals=sum(row.signals for row in ours),
            pairs=pairs,
            found_by_multicast=self._multicast,
            seconds=round(self._teller.seconds, 1),
            exports=_files(folder.root, folder.exports),
            screenshots=_files(folder.root, folder.screenshots, "*.png"),
            problems=tuple(self._problems),
        )

    def _trouble(self, sentence: str) -> None:
        self._problems.append(sentence)
        self._teller.tell("Problem", sentence)


def told(figures: Figures, out: Path) -> str:
    """Return what the person reads at the end."""
    lost = "Nothing was lost." if figures.lost == 0 else f"LOST: {figures.lost:,} confirmed events are not at the hub."
    text = (
        f"\n{lost} {figures.journals} journals confirmed {figures.confirmed_by_journals:,} events; the hub has "
        f"{figures.at_hub:,} of them; {figures.verified:,} events of the exported bundle were verified.\n"
        f"The records are in {out / 'exports'}, the pictures in {out / 'screenshots'}, the figures in "
        f"{out / 'demo.json'}.\n"
    )
    if figures.problems:
        text += "\nWhat did not go well:\n" + "".join(f"  {sentence}\n" for sentence in figures.problems)
    return text


def _files(root: Path, folder: Path, pattern: str = "*") -> tuple[str, ...]:
    """Return the files below a folder, relative to the demonstration's."""
    return tuple(sorted(path.relative_to(root).as_posix() for path in folder.rglob(pattern) if path.is_file()))
