"""Which content of the exam a student had at each moment of a tape, and which questions."""

from typing import NamedTuple

import msgspec

from shared.admission.edition import PAYLOAD_TYPE, Edition
from shared.crypto.dsse import claimed
from shared.events import kinds


class Shown(NamedTuple):
    """From a moment on: the number of the edition, and its content's hash; empty for the first one or one not known."""

    number: int
    edition: int
    content: str
    known: bool = True
    changed: tuple[str, ...] = ()


class Contents:
    """Follows the editions and draws of a tape."""

    def __init__(self) -> None:
        self._shown: list[Shown] = []
        self._first = 0
        self._before = ""
        self._drawn: list[tuple[int, tuple[str, ...]]] = []
        self._read: list[tuple[int, int, kinds.EditionRead]] = []

    def taken(self, number: int, event: kinds.EditionTaken) -> None:
        """Another edition holds."""
        edition = _read(event.envelope)
        if not self._shown and edition is not None:
            late = self._first == event.number  # its questions were drawn from this content, and shown only now
            self._before = edition.content if late else edition.former
        content = "" if edition is None else edition.content
        self._shown.append(Shown(number, event.number, content, edition is not None, event.changed))

    def read(self, number: int, at_ms: int, event: kinds.EditionRead) -> None:
        """The student read what an edition changed."""
        self._read.append((number, at_ms, event))

    def read_ms(self, question: str, edition: int, number: int) -> int | None:
        """Return when the student had read what an edition changed of a question; None where not by that moment."""
        for at, at_ms, event in self._read:
            if at <= number and event.question == question and event.number >= edition:
                return at_ms
        return None

    def drawn(self, number: int, event: kinds.Drawn) -> str:
        """The student got these questions; return what that changes, in words, empty the first time."""
        if not self._drawn:
            self._first = event.edition
        before = self._drawn[-1][1] if self._drawn else event.questions
        self._drawn.append((number, event.questions))
        given = [each for each in event.questions if each not in before]
        taken = [each for each in before if each not in event.questions]
        parts = [f"{', '.join(given)} given"] if given else []
        parts += [f"{', '.join(taken)} no longer among them"] if taken else []
        return f"Other questions from here on: {'; '.join(parts)}. Now {', '.join(event.questions)}." if parts else ""

    def at(self, number: int) -> Shown:
        """Return what the student had at a moment."""
        for each in reversed(self._shown):
            if each.number <= number:
                return each
        known = not self._first or bool(self._before)
        return Shown(0, self._first, self._before, known=known)

    def questions_at(self, number: int) -> tuple[str, ...]:
        """Return the student's questions at a moment; none before the draw."""
        return next((questions for at, questions in reversed(self._drawn) if at <= number), ())


def _read(envelope: str) -> Edition | None:
    """Read which content an edition is; whether the exam's key signed it is for the verifier (V11)."""
    try:
        return msgspec.json.decode(claimed(envelope.encode(), PAYLOAD_TYPE) or b"", type=Edition)
    except msgspec.DecodeError:
        return None
