"""How a simulated student behaves: types programs key by key, thinks, corrects, runs, looks away, sometimes copies."""

import re
from collections.abc import Iterator, Sequence
from random import Random

import msgspec

from shared.problems import Problem
from student_app.core.desk import Desk
from student_app.core.session import Phase

KEY_S = 0.09
SHORTEST_S = 0.205
"""A little more than a burst lasts, so that each pair of keys is an event of its own."""


class Habits(msgspec.Struct, frozen=True, kw_only=True):
    """What kind of student this is; `rate` is events per second, `copies` texts of others that are pasted."""

    rate: float
    runs: bool = True
    copies: tuple[str, ...] = ()


class Typist:
    """One student at one desk. `life` yields the seconds until it wants to be asked again, until `over` is set.

    Attributes:
        over: set to make the student hand in and stop.
    """

    def __init__(self, desk: Desk, programs: dict[str, str], habits: Habits, chance: Random) -> None:
        """`programs` has a text for each question id, and under the empty id one for any other."""
        self.over = False
        self._desk = desk
        self._programs = programs
        self._habits = habits
        self._chance = chance
        self._events = 0
        self._clock_s = 0.0
        self._copies = list(habits.copies)

    def life(self) -> Iterator[float]:
        """Live through the exam: wait for the start, work on each question again and again, hand in."""
        while not self._working():
            if self.over or self._desk.state().phase is Phase.ENDED:
                return
            yield 0.2
        while not self._is_over():
            for view in self._desk.state().questions:
                yield from self._quietly(self._work_on(view.id, view.main))
                if self._is_over():
                    break
        if self._working():
            yield from self._quietly(self._hand_in())

    def _quietly(self, doing: Iterator[float]) -> Iterator[float]:
        """Let the student shrug at a refusal: the exam is paused, or over."""
        try:
            yield from doing
        except Problem:
            while not self.over and not self._working():
                yield 0.5

    def _work_on(self, question: str, file: str) -> Iterator[float]:
        desk = self._desk
        desk.view(question, file)
        wanted = self._programs.get(question) or self._programs[""]
        have = desk.text(file)
        start = desk.cursor(file) if wanted.startswith(have[: desk.cursor(file)]) else 0
        if have[start:].strip() and not wanted.startswith(have):
            desk.delete(file, start, len(have) - start)
        elif have == wanted:
            yield from self._correct(file)
            return
        for chunk in _chunks(wanted[len(desk.text(file)) :]):
            if self.over:
                return
            if self._copies and self._chance.random() < 0.05:
                yield from self._copy(file)
            yield from self._type(file, chunk)
            if "\n" in chunk and self._chance.random() < 0.15:
                yield from self._between(file)
        yield from self._run(file)

    def _type(self, file: str, text: str) -> Iterator[float]:
        """Type a word in pairs of keys, each pair one event; sometimes slip and correct it."""
        for at in range(0, len(text), 2):
            if self.over:
                return
            for key in text[at : at + 2]:
                self._desk.insert(file, len(self._desk.text(file)), key)
                yield KEY_S
            yield self._pause(KEY_S * len(text[at : at + 2]))
        if self._chance.random() < 0.03:
            end = len(self._desk.text(file))
            self._desk.insert(file, end, "x")
            yield self._pause(0)
            self._desk.delete(file, end, 1)
            yield self._pause(0)

    def _correct(self, file: str) -> Iterator[float]:
        """Take back the last part of a finished program, to write it again."""
        text = self._desk.text(file)
        gone = min(len(text), self._chance.randint(20, 120))
        self._desk.delete(file, len(text) - gone, gone)
        yield self._pause(0)

    def _copy(self, file: str) -> Iterator[float]:
        text = self._copies.pop()
        self._desk.focus(False)
        yield self._pause(0)
        self._desk.focus(True, self._chance.randint(4_000, 30_000))
        before = len(self._desk.text(file))
        if self._desk.paste(file, before, 0, text):
            yield self._pause(0)
            self._desk.delete(file, before, len(text))
        yield self._pause(0)

    def _between(self, file: str) -> Iterator[float]:
        what = self._chance.random()
        if what < 0.3:
            yield from self._run(file)
        elif what < 0.4:
            self._desk.focus(False)
            yield self._pause(0)
            self._desk.focus(True, self._chance.randint(500, 8_000))
        elif what < 0.43:
            self._desk.raise_hand(not self._desk.state().hand)
        else:
            yield min(2.0, self._chance.expovariate(2.0))

    def _run(self, file: str) -> Iterator[float]:
        if self._habits.runs and not self._desk.state().running:
            self._desk.run(file)
            self._events += 3
            yield self._pause(0)

    def _hand_in(self) -> Iterator[float]:
        self._desk.submit()
        yield 0.0

    def _pause(self, spent: float) -> float:
        """Return how long to wait so that events come at the wanted rate on average."""
        self._events += 1
        behind = self._events < self._now_s() * self._habits.rate
        period = SHORTEST_S if behind else self._chance.uniform(0.7, 1.3) / self._habits.rate
        return max(0.0, max(SHORTEST_S, period) - spent)

    def _now_s(self) -> float:
        return self._clock_s

    def tick(self, seconds: float) -> None:
        """Say how long the student has been at it."""
        self._clock_s = seconds

    def _is_over(self) -> bool:
        return self.over

    def _working(self) -> bool:
        state = self._desk.state()
        return state.phase is Phase.WORKING and bool(state.questions)


def _chunks(text: str) -> Sequence[str]:
    return re.findall(r"\s*\S+|\s+$", text)
