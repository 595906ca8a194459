"""`examdesk-student --simulate N`: a class of real desks in one process, for rehearsals and loads."""

import heapq
import itertools
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from random import Random

import msgspec

from shared.clock import Clock
from shared.problems import InputProblem
from student_app.composition import DeskProgram, Engine, make_desk, make_engine
from student_app.core.ports import HubAddress
from student_app.core.runs import Deliver, RunHandle
from student_app.core.shelf import to_go_on_with
from student_app.core.sitting import Sitting
from student_app.headless.programs import programs_of, read_programs
from student_app.headless.report import Lines
from student_app.headless.run import hubs_of
from student_app.headless.typist import Habits, Typist
from student_app.net.browse import Browser
from student_app.net.knowing import RoomCodes
from student_app.running import Ended, Output, Program, RunEvent, RunLimits, Started

REAL_RUNS_UP_TO = 30
PROGRESS_S = 2.0
SETTLE_S = 60.0
JOINS_PER_S = 60.0
NAMES = (
    "Ada Okafor", "Bjarne Lund", "Chiara Rossi", "Dmitri Sokolov", "Elif Yilmaz", "Farid Haddad", "Grace Kim",
    "Hugo Martin", "Ines Pereira", "Jonas Weber", "Keiko Tanaka", "Liam Byrne", "Mei Chen", "Noor Rahman", "Olga Novak",
    "Pavel Horak", "Quinn Taylor", "Rosa Alvarez", "Sven Olsson", "Tara Singh", "Uma Iyer", "Viktor Nagy", "Wei Zhang",
    "Yusuf Demir",
)  # fmt: skip


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """How large the class is and what it does. `journal` None keeps the journals in memory."""

    desks: int
    join: str
    hub: str = ""
    events_per_second: float = 2.0
    seconds: float = 60.0
    programs: Path | None = None
    journal: Path | None = None
    seed: int = 1
    copying: float = 0.15
    offline: float = 0.1
    crashing: int = 1
    prefix: str = "sim"


class PretendRunner:
    """A program that ends at once, where real processes would only measure this PC."""

    def __call__(self, program: Program, limits: RunLimits, deliver: Deliver) -> RunHandle:
        """See `Runner`."""
        del limits
        deliver((Started("simulated"), Output("stdout", f"{len(program.files)} files\n")))
        deliver((Ended(0, None, "exit", "The program ended.", 0.05),))
        return self

    def write_stdin(self, text: str) -> None:
        """See `RunHandle`."""

    def happen(self, lines: str) -> None:
        """See `RunHandle`."""

    def close_stdin(self) -> None:
        """See `RunHandle`."""

    def stop(self) -> None:
        """See `RunHandle`."""


class Seat:
    """A watcher that counts what one desk's journals confirmed, and how long receipts took."""

    def __init__(self, student: str, clock: Clock, latencies: list[int]) -> None:
        self.student = student
        self.journals: dict[str, list[int]] = {}
        self.code = ""
        self.problems: list[str] = []
        self._clock = clock
        self._latencies = latencies
        self._sent: dict[int, int] = {}
        self._now: list[int] = [-1, -1]
        self._sitting: Sitting | None = None

    def joined(self, sitting: Sitting) -> None:
        """See `DeskWatcher.joined`."""
        self._sent.clear()
        self._sitting = sitting
        self._now = self.journals.setdefault(sitting.journal.identity.journal.hex(), [-1, -1])

    def durable(self, seq: int) -> None:
        """See `DeskWatcher.durable`."""
        self._now[0] = max(self._now[0], seq)

    def sealed(self, last: int) -> None:
        """See `DeskWatcher.sealed`; what waits for a connection says nothing of the hub."""
        if self._sitting is not None and self._sitting.online:
            self._sent[last] = self._clock.mono_us()

    def safe(self, last: int) -> None:
        """See `DeskWatcher.safe`."""
        self._now[1] = max(self._now[1], last)
        now = self._clock.mono_us()
        for sent in [sent for sent in list(self._sent) if sent <= last]:
            self._latencies.append(now - self._sent.pop(sent))

    def cut(self) -> None:
        """The cable was pulled: what waits from now on says nothing of the hub."""
        self._sent.clear()

    def changed(self) -> None:
        """See `DeskWatcher.changed`."""

    def submitted(self, code: str) -> None:
        """See `DeskWatcher.submitted`."""
        self.code = code

    def run_event(self, run: int, event: RunEvent) -> None:
        """See `DeskWatcher.run_event`."""

    def problem(self, sentence: str) -> None:
        """See `DeskWatcher.problem`."""
        self.problems.append(sentence)


class Student:
    """One simulated student: desk, habits and what will happen to it."""

    def __init__(self, room: "Room", number: int) -> None:
        plan, chance = room.plan, Random(f"{room.plan.seed} {number}")  # noqa: S311 - a class is reproducible
        self.seat = Seat(f"{plan.prefix}-{number + 1:03}", room.engine.machine.clock, room.latencies)
        self.name = NAMES[number % len(NAMES)]
        self._room = room
        self._folder = None if plan.journal is None else plan.journal / self.seat.student
        self.program = self._desk()
        others = [texts[(number + 1) % len(texts)] for texts in room.programs.values()]
        copies = tuple(text[:400] for text in others[:2]) if chance.random() < plan.copying else ()
        self.habits = Habits(rate=plan.events_per_second, copies=copies)
        self.texts = programs_of(number, room.programs)
        self.chance = chance
        self.crashes_at = plan.seconds * 0.4 if number < plan.crashing and self._folder is not None else None
        offline = chance.random() < plan.offline
        self.cut_at = plan.seconds * chance.uniform(0.2, 0.5) if offline else None
        self.back_at = None if self.cut_at is None else self.cut_at + plan.seconds * 0.25
        self.typist = Typist(self.program.desk, self.texts, self.habits, chance)

    def join(self) -> None:
        """Join as a student does who has just sat down."""
        room = self._room
        self.program.desk.join(room.plan.join, self.seat.student, self.name, "", room.hubs)

    def happen(self, at_s: float) -> bool:
        """Let happen what is due; True when the desk is a new one and the student begins to look at it again."""
        if self.cut_at is not None and at_s >= self.cut_at:
            self.cut_at = None
            self.seat.cut()
            self.program.client.pull_cable(True)
        if self.back_at is not None and at_s >= self.back_at and self.cut_at is None:
            self.back_at = None
            self.program.client.pull_cable(False)
        if self.crashes_at is not None and at_s >= self.crashes_at:
            self.crashes_at = None
            return self._crash()
        return False

    def reconnect(self) -> None:
        """Put the cable back, whatever was planned."""
        self.cut_at = self.back_at = None
        self.program.client.pull_cable(False)

    def _desk(self) -> DeskProgram:
        room = self._room
        runner = PretendRunner() if room.plan.desks > REAL_RUNS_UP_TO else None
        return make_desk(room.engine, self._folder, self.seat, runner=runner, codes=room.codes, browser=room.browser)

    def _crash(self) -> bool:
        """Lose power, and come back."""
        gone = threading.Event()
        self.program.desk.abandon(gone.set)
        gone.wait(5)
        self.program.client.close()
        path = to_go_on_with(self._folder) if self._folder is not None else None
        if path is None:
            return False
        self.program = self._desk()
        self.program.desk.go_on(path, self._room.hubs)
        self.typist = Typist(self.program.desk, self.texts, self.habits, self.chance)
        return True


class Room:
    """The class: one engine, one scheduler, all students."""

    def __init__(self, plan: Plan, engine: Engine, hubs: tuple[HubAddress, ...]) -> None:
        self.plan = plan
        self.engine = engine
        self.hubs = hubs
        self.programs = read_programs(plan.programs)
        self.latencies: list[int] = []
        self.codes = RoomCodes()
        self.browser = Browser(lambda _: None)
        self.students = [Student(self, number) for number in range(plan.desks)]
        self._stop = threading.Event()
        self._lines = Lines()
        self._begun_us = engine.machine.clock.mono_us()

    def stop(self) -> None:
        """End before the time."""
        self._stop.set()

    def live(self) -> None:
        """Let everyone join, work and hand in."""
        self._join_all()
        self._wait_for_opening()
        self._begun_us = self.engine.machine.clock.mono_us()
        self._work()
        for student in self.students:
            student.reconnect()
        self._wait(lambda: self._missing() == 0, SETTLE_S)

    def close(self) -> dict[str, object]:
        """End all desks and return the summary."""
        for student in self.students:
            student.program.desk.stop()
        self._wait(lambda: self._missing() == 0, SETTLE_S / 4, even_if_stopped=True)
        for student in self.students:
            student.program.close(0.0)
        self.engine.network.run(self.browser.close()).result(5)
        return self.summary()

    def summary(self) -> dict[str, object]:
        """Return what the journals confirmed, what the hub receipted, and how long that took."""
        journals = {
            journal: {"student": student.seat.student, "confirmed": confirmed, "receipted": receipted}
            for student in self.students
            for journal, (confirmed, receipted) in student.seat.journals.items()
        }
        confirmed = sum(counts["confirmed"] + 1 for counts in journals.values() if isinstance(counts["confirmed"], int))
        receipted = sum(counts["receipted"] + 1 for counts in journals.values() if isinstance(counts["receipted"], int))
        ordered = sorted(self.latencies)
        return {
            "desks": len(self.students),
            "joined": sum(bool(student.seat.journals) for student in self.students),
            "submitted": sum(bool(student.seat.code) for student in self.students),
            "seconds": round(self._seconds(), 1),
            "confirmed": confirmed,
            "receipted": receipted,
            "missing": confirmed - receipted,
            "receipt_ms": {"p50": _percent(ordered, 50), "p99": _percent(ordered, 99), "most": _percent(ordered, 100)},
            "problems": sorted({one for student in self.students for one in student.seat.problems})[:20],
            "journals": journals,
        }

    def _join_all(self) -> None:
        for number, student in enumerate(self.students):
            if self._stop.is_set():
                return
            student.join()
            if number % 10 == 9:
                self._stop.wait(10 / JOINS_PER_S)

    def _wait_for_opening(self) -> None:
        self._wait(lambda: any(student.program.desk.state().questions for student in self.students), None)

    def _work(self) -> None:
        counter = itertools.count()
        due = [(0.0, next(counter), student, student.typist.life()) for student in self.students]
        heapq.heapify(due)
        next_progress = PROGRESS_S
        while due and not self._stop.is_set():
            now = self._seconds()
            if now >= next_progress:
                next_progress += PROGRESS_S
                self._progress()
            at, _, student, life = due[0]
            if at > now:
                self._stop.wait(min(at - now, 0.05))
                continue
            if student.happen(now):
                life = student.typist.life()
            student.typist.tick(now)
            student.typist.over = now >= self.plan.seconds
            pause = next(life, None)
            if pause is None:
                heapq.heappop(due)
            else:
                heapq.heapreplace(due, (now + pause, next(counter), student, life))

    def _missing(self) -> int:
        states = [student.program.desk.state() for student in self.students]
        return sum(max(0, state.last - state.safe) for state in states)

    def _progress(self) -> None:
        facts = self.summary()
        kept = {name: facts[name] for name in ("desks", "joined", "seconds", "confirmed", "receipted", "receipt_ms")}
        self._lines.say(progress=kept)

    def _wait(self, ready: Callable[[], bool], seconds: float | None, *, even_if_stopped: bool = False) -> None:
        end = None if seconds is None else self._seconds() + seconds
        pause = threading.Event()
        while not ready() and (even_if_stopped or not self._stop.is_set()):
            if end is not None and self._seconds() >= end:
                return
            pause.wait(0.05)

    def _seconds(self) -> float:
        return (self.engine.machine.clock.mono_us() - self._begun_us) / 1e6


def simulate(plan: Plan) -> int:
    """Run the class; the exit code is 0 when the hub has everything that the journals confirmed.

    Raises:
        InputProblem: something needed was not given.
    """
    if not plan.join or plan.desks < 1:
        raise InputProblem("Give --join CODE, and how many desks to simulate.")
    engine = make_engine(plan.journal)
    try:
        room = Room(plan, engine, hubs_of(plan.hub))
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: room.stop())
        try:
            room.live()
        finally:
            summary = room.close()
        Lines().say(summary=summary)
        return 0 if summary["missing"] == 0 else 1
    finally:
        engine.close()


def _percent(ordered: list[int], percent: int) -> float:
    """Return a percentile of microseconds in ms; 0 for none."""
    if not ordered:
        return 0.0
    return round(ordered[min(len(ordered) - 1, len(ordered) * percent // 100)] / 1000, 1)
