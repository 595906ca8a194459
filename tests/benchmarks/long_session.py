"""Sessions of three hours for the session view: one as hard as they come, on three PCs, and an ordinary one.

Real journals of real events in a store, so that the read models answer for it as they do for an exam.
"""

import random
from collections.abc import Callable
from hashlib import sha256

from shared.events import kinds, pieces
from tests.support.clocks import ManualClock
from tests.support.scripted import MAIN, Records, Student

HOURS = 3
WORDS = ("total", "value", "näme", "🙂", "for", "in range(10):", "(", "print(", "= ", "\n", "\n    ", "x", "'ω'")
SHORT_OUTPUT = "42\n" * 20
LONG_OUTPUT = "".join(f"line {n} of an output that goes on and on\n" for n in range(4_000))
SECOND, OTHER, LATER = "q1/helper.py", "q2/words.py", "q2/later_name.py"


class LongSession:
    """Writes one, PC after PC: long outputs, and a hand that changes the file and the place all the time.

    Attributes:
        students: the journals, one for each PC.
    """

    pcs = 3
    stays = 1
    """So many edits in a row are of one file."""
    every_fourth_output = LONG_OUTPUT

    def __init__(self, events: int, lines: int) -> None:
        self._chance = random.Random(4)
        self._step = HOURS * 3_600_000 // events
        self._lines = lines
        self._left = events
        self.clock = ManualClock()
        self.students: list[Student] = [Student("ada", self.clock)]
        self._place: dict[str, int] = {}
        self._runs = 0
        self._stays = 0
        self._at = MAIN
        self._begin(events)

    def _begin(self, events: int) -> None:
        self.now.begin("".join(f"def step_{n}(value):\n    return value * {n} + 1\n" for n in range(self._lines // 2)))
        self.now.create(SECOND, "import math\n\n\n", "starter")
        self.now.create(OTHER)
        for share in range(self.pcs):
            if share:
                self._move(f"ada-{share}")
            while sum(len(one.entries) for one in self.students) < events * (share + 1) // self.pcs:
                self._turn()
            if share == 0:
                self._rename()

    @property
    def now(self) -> Student:
        """The journal that is written."""
        return self.students[-1]

    def _move(self, name: str) -> None:
        before = self.now
        before.write(kinds.Stopped(why="moved"), self._step)
        self.students.append(Student(name, self.clock))
        self.now.session = before.session
        self.clock.advance(ms=200_000)
        self.now.write(kinds.Started(how="moved", app="0.1", platform="Windows", python="3.12", device=name))
        for file, text in before.files.texts.items():
            parts = list(pieces(text))
            for part, piece in enumerate(parts, 1):
                made = kinds.FileCreated(file=file, origin="restored", text=piece, part=part, parts=len(parts))
                self.now.files.create(made)
                self.now.write(made, 1)

    def _rename(self) -> None:
        files = self.now.files
        files.rename(OTHER, LATER)
        self.now.write(kinds.FileRenamed(file=OTHER, to=LATER), self._step)
        self._place[LATER] = self._place.pop(OTHER, 0)
        self._stays = 0

    def _turn(self) -> None:
        chance, acts = self._chance, self._rare()
        turn = chance.randrange(1_000)
        if turn < len(acts):
            acts[turn]()
        elif turn < 21:
            self._run()
        else:
            self._edit()

    def _rare(self) -> list[Callable[[], object]]:
        now, step = self.now, self._step
        chance = self._chance
        return [
            lambda: now.look_away(chance.randrange(1_000, 60_000)),
            lambda: now.look_away(5_000),
            self._offline,
            self._pause,
            lambda: now.write(kinds.HandRaised(up=True), step),
            lambda: now.write(kinds.MessageSent(text="May I leave the room? 🙂"), step),
            self._paste,
            self._paste,
            self._undo,
            lambda: now.write(kinds.Viewed(question="q1", file=SECOND), step),
        ]

    def _file(self) -> str:
        self._stays -= 1
        if self._stays < 0:
            turn = self._chance.randrange(20)
            other = LATER if LATER in self.now.files.texts else OTHER
            self._at = MAIN if turn < 14 else SECOND if turn < 17 else other
            self._stays = self.stays - 1
        return self._at

    def _edit(self) -> None:
        file, chance = self._file(), self._chance
        text = self.now.files.texts[file]
        at = min(self._place.get(file, len(text) // 2), len(text))
        if chance.randrange(25 * self.stays) == 0:
            at = chance.randrange(len(text) + 1)
        changes: list[kinds.Change] = []
        full = text.count("\n") > self._lines * 1.05 or len(text) > 60 * self._lines
        if full or chance.randrange(4) == 0:
            for n in range(min(chance.randrange(1, 14), at)):
                at -= 1
                changes.append(kinds.Change(n * 90, at, 1, ""))
        else:
            for n, letter in enumerate("".join(chance.choice(WORDS) for _ in range(chance.randrange(1, 4)))):
                changes.append(kinds.Change(n * 90, at, 0, letter))
                at += 1
        self._place[file] = at
        if changes:
            edit = kinds.Edit(file=file, changes=tuple(changes))
            self.now.files.edit(edit)
            self.now.write(edit, self._step)

    def _paste(self) -> None:
        text = self.now.files.texts[MAIN]
        at = self._chance.randrange(max(len(text) - 400, 1))
        part = text[at : at + 300]
        clip = "own" if self._chance.randrange(2) else "outside"
        self.now.paste(part, MAIN, min(self._place.get(MAIN, 0), len(text)), clip)

    def _undo(self) -> None:
        text = self.now.files.texts[MAIN]
        at = min(self._place.get(MAIN, 0), len(text))
        edit = kinds.Edit(file=MAIN, changes=(kinds.Change(0, at, min(200, len(text) - at), ""),), how="undo")
        self.now.files.edit(edit)
        self.now.write(edit, self._step)

    def _offline(self) -> None:
        self.now.write(kinds.Contact(online=False), self._step)
        for _ in range(20):
            self._edit()
        self.now.write(kinds.Contact(online=True, offline_ms=20 * self._step), self._step)

    def _pause(self) -> None:
        self.now.write(kinds.StandingApplied(revision=2, phase="paused", paused=True), self._step)
        self.now.write(kinds.StandingApplied(revision=3, phase="active"), 60_000)

    def _run(self) -> None:
        now, chance = self.now, self._chance
        self._runs += 1
        run, file = self._runs, MAIN if chance.randrange(3) else SECOND
        text = now.files.texts[file]
        state = kinds.FileState(sha256=sha256(text.encode()).hexdigest(), length=len(text))
        now.write(kinds.RunStarted(run=run, question="q1", file=file, files={file: state}), self._step)
        now.write(kinds.RunInput(run=run, text="Zoë 🙂\n"), 300)
        now.write(kinds.RunInput(run=run, text="press Left\nrelease Left\ndown 1 20 30\nup 1 20 30", how="window"), 300)
        text = self.every_fourth_output if run % 4 == 0 else SHORT_OUTPUT
        for piece in pieces(text):
            now.write(kinds.RunOutput(run=run, stream="out", text=piece), 10)
        figures = (kinds.FigureState(name="Figure 1", kind="png", sha256="ab" * 32, size=20_000),)
        end = kinds.RunEnded(run=run, reason="exit", seconds=0.4, exit_code=int(run % 3 == 0), figures=figures)
        now.write(end, 100)


class OrdinarySession(LongSession):
    """One on one PC: a hand that stays with a file and a place for a while, and outputs of 20 lines."""

    pcs = 1
    stays = 50
    every_fourth_output = SHORT_OUTPUT


def stored(session: LongSession, records: Records) -> str:
    """Put a session into records, PC after PC; return the session's id."""
    for place, student in enumerate(session.students):
        if not place:
            records.join(student)
        else:
            before = session.students[place - 1]
            records.join(student, before, len(before.entries) - 1)
        for start in range(0, len(student.entries), 500):
            records.hand_over(student, start, min(start + 500, len(student.entries)))
    return session.students[0].session.hex()
