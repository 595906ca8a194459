"""Redacted evidence: payloads of chosen kinds are erased, and the record still verifies.

An erased payload leaves its digest, SHA-256(salt ‖ payload), which the chain holds on to. The salt goes with the
payload: with it a short text could be found again by trying.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator

import msgspec

from examdesk.evidence.summaries import name_of
from shared.events import kinds
from shared.log.entry import SALT_BYTES, Entry
from shared.problems import InputProblem

ERASABLE: dict[str, tuple[type[kinds.Payload], ...]] = {
    "paste-text": (kinds.Paste,),
    "output": (kinds.RunOutput,),
    "input": (kinds.RunInput,),
    "notes": (kinds.NoteWritten,),
    "messages": (kinds.MessageSent, kinds.HandRaised),
    "device": (kinds.Started, kinds.DeviceChanged),
    "code": (kinds.Edit, kinds.Paste, kinds.FileCreated),
}
"""What can be erased, by the word that asks for it."""


class ErasedPart(msgspec.Struct, frozen=True):
    """What was erased by one word: the kinds of events, and how many."""

    what: str
    kinds: dict[str, int]


class Redaction:
    """Erases payloads, and counts what it erased; one for each file that is written."""

    def __init__(self, what: Collection[str]) -> None:
        unknown = sorted(set(what) - set(ERASABLE))
        if unknown:
            raise InputProblem(f"There is nothing called {unknown[0]} to redact. There are: {', '.join(ERASABLE)}.")
        self._what = [word for word in ERASABLE if word in what]
        self._kinds = frozenset(kind.KIND for word in self._what for kind in ERASABLE[word])
        self._counts: Counter[int] = Counter()

    @property
    def erases(self) -> bool:
        """Whether anything is to be erased."""
        return bool(self._kinds)

    def of(self, entry: Entry) -> Entry:
        """Return an event as the redacted record has it."""
        if entry.payload is None or entry.header[1] not in self._kinds:
            return entry
        self._counts[entry.header[1]] += 1
        return Entry(entry.header, bytes(SALT_BYTES), None, entry.payload_digest())

    def along(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        """Yield events as the redacted record has them."""
        return map(self.of, entries) if self.erases else iter(entries)

    def report(self) -> list[ErasedPart]:
        """Return what was erased so far."""
        return [
            ErasedPart(word, {name_of(kind.KIND): self._counts[kind.KIND] for kind in ERASABLE[word]})
            for word in self._what
        ]
