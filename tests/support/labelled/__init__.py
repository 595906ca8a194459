"""Simulated sessions that say of themselves what happened in them: to measure signals by, honest ones and others.

Each is a real journal of real events, written as the desk would write them. The `truth` of a session is the kinds of
signal that what happened deserves, no more and no fewer; it is written down from what the student does, not from what
the signals find. People are more inventive than this.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from examdesk.evidence.session import SessionFacts
from examdesk.evidence.signals import Signal
from examdesk.store.rows import JournalRow
from tests.support.labelled.honest import HONEST
from tests.support.labelled.not_honest import NOT_HONEST
from tests.support.labelled.play import Act, Play, Task, tasks
from tests.support.labelled.unseen import UNSEEN
from tests.support.scripted import EXAM, Student

__all__ = ["HONEST", "NOT_HONEST", "UNSEEN", "Act", "Labelled", "labelled"]


@dataclass
class Labelled:
    """A session, whether the student was honest, and which kinds of signal it deserves."""

    name: str
    honest: bool
    truth: frozenset[str]
    facts: SessionFacts
    longest_paste: int = 0

    @property
    def raised(self) -> frozenset[str]:
        """Return the kinds of signal that were raised."""
        return frozenset(signal.kind for signal in self.signals)

    @property
    def signals(self) -> list[Signal]:
        """Return the signals."""
        return list(self.facts.signals())


def labelled(acts: tuple[Act, ...], variants: int, seed: str = "1") -> Iterator[Labelled]:
    """Yield so many sessions of each kind, each of another student, task and hand."""
    material = tasks()
    for act in acts:
        for number in range(variants):
            yield _acted(act, material[number % len(material)], f"{act.__name__} {number} {seed}")


def _acted(act: Act, task: Task, name: str) -> Labelled:
    chance = random.Random(name)
    own, foreign = chance.sample(task.programs, 2)
    play = Play(task, chance, Student(name), own, foreign)
    play.student.begin(task.starter)
    act(play)
    if play.second is None:
        play.student.submit()
    return Labelled(name, act in HONEST, frozenset(play.truth), _facts(play), play.longest_paste)


def _facts(play: Play) -> SessionFacts:
    facts = SessionFacts(play.task.rules)
    rows = [_row(play.student, play)]
    students = [play.student]
    if play.second is not None:
        rows.append(_row(play.second, play))
        students.append(play.second)
    goes_on = play.left_at is not None
    facts.put_journals(rows, rows[-1].journal if goes_on else rows[0].journal)
    facts.keep(play.kept)
    for student in students:
        for entry in student.entries:
            facts.take(student.journal, entry.header, entry.payload)
    return facts


def _row(student: Student, play: Play) -> JournalRow:
    child = student is play.second and play.left_at is not None
    return JournalRow(
        journal=student.journal,
        session=play.student.session,
        exam=EXAM,
        endorsement=student.endorsement,
        key=student.key.public.to_bytes(),
        parent=play.student.journal if child else None,
        parent_seq=play.left_at if child and play.left_at is not None else -1,
        device=student.device,
        device_name="pc-2" if student is play.second else "pc-1",
        seat="",
        address="10.0.0.1",
        opened_ms=play.second_opened_ms if student is play.second else 0,
        head_link=bytes(32),
    )
