"""Signals of a session and of the class."""

from typing import ClassVar

import msgspec

from examdesk.staffapi.messages.base import Answer, Request, Value
from examdesk.staffapi.permissions import Permission


class SignalBasis(Value, frozen=True, kw_only=True):
    """What signals follow from besides the events: whoever has the same comes to the same signals.

    `given_sha256` is the digest of the exam's texts; `inputs` are the journals read, each with the number and the link
    of its newest event, where this is about one session. `examdesk signals` works all of it out again.
    """

    engine: str
    given_sha256: str
    inputs: tuple[tuple[str, int, str], ...] = ()


class SignalView(Value, frozen=True, kw_only=True):
    """Something that a person may want to look at, with its explanation; never a verdict.

    `parameters` are the exam's thresholds that a signal of this kind depends on; `meaning` says what the kind is and
    what ordinary reasons it has.
    """

    kind: str
    title: str
    explanation: str
    journal: str
    seq: int
    at_ms: int
    amount: float
    unit: str
    file: str = ""
    students_with_it: int = 0
    students: int = 0
    parameters: dict[str, int] = msgspec.field(default_factory=dict)
    meaning: str = ""


class ClassSignal(Value, frozen=True, kw_only=True):
    """A signal, and in whose session it is."""

    session: str
    student: str
    name: str
    section: str
    question: str
    """The question of the signal's file, empty where it has none."""
    signal: SignalView


class KindView(Value, frozen=True, kw_only=True):
    """A kind of signal and how common it is: in how many sessions of the class, how often in all."""

    kind: str
    title: str
    students_with_it: int
    signals: int


class SignalList(Answer, frozen=True, kw_only=True):
    """A page of the class's signals by time, never by person; `total` counts all that the filter lets through.

    `kinds` counts over the whole class, whatever the filter says; `students` is how many sessions there are.
    """

    signals: tuple[ClassSignal, ...]
    total: int
    kinds: tuple[KindView, ...]
    students: int
    basis: SignalBasis | None = None


class GetSignals(Request[SignalList], frozen=True, kw_only=True):
    """Ask for the signals of the class; what is empty filters nothing."""

    NEEDS: ClassVar[Permission | None] = Permission.READ_EVIDENCE
    kinds: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    question: str = ""
    start: int = 0
    limit: int = 500
