"""Redacted evidence: payloads of chosen kinds are erased, and the record still verifies.

An erased payload leaves its digest, SHA-256(salt ‖ payload), which the chain holds on to. The salt goes with the
payload: with it a short text could be found again by trying.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator

import msgspec

from examdesk.evidence.summaries import name_of
from examdesk.exports.pseudonyms import Pseudonyms
from shared.events import decode, kinds
from shared.log.entry import SALT_BYTES, Entry
from shared.problems import InputProblem, PeerFault

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
NAMES = "names"
"""In the report: what pseudonyms would have stood in."""
_BRING_BACK = frozenset({"undo", "redo", "revert"})


class ErasedPart(msgspec.Struct, frozen=True):
    """What was erased by one word: the kinds of events, and how many."""

    what: str
    kinds: dict[str, int]


class Redaction:
    """Erases payloads, and counts what it erased; one for each file that is written.

    With `names` those go too that say who somebody is: in signed events a name can be erased, but not replaced.
    """

    def __init__(self, what: Collection[str], names: Pseudonyms | None = None) -> None:
        unknown = sorted(set(what) - set(ERASABLE))
        if unknown:
            raise InputProblem(f"There is nothing called {unknown[0]} to redact. There are: {', '.join(ERASABLE)}.")
        self._what = [word for word in ERASABLE if word in what]
        self._names = names
        self._counts: dict[str, Counter[str]] = {word: Counter() for word in self._what}
        if names is not None:
            self._counts[NAMES] = Counter()

    @property
    def erases(self) -> bool:
        """Whether anything is to be erased."""
        return bool(self._counts)

    def of(self, entry: Entry) -> Entry:
        """Return an event as the redacted record has it."""
        if entry.payload is None:
            return entry
        kind, payload = entry.header[1], entry.payload
        words = [word for word in self._what if _asked(word, kind, payload)]
        if self._names is not None and self._names.payload(kind, payload) != payload:
            words.append(NAMES)
        for word in words:
            self._counts[word][name_of(entry.header[1])] += 1
        if not words:
            return entry
        return Entry(entry.header, bytes(SALT_BYTES), None, entry.payload_digest())

    def along(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        """Yield events as the redacted record has them."""
        return map(self.of, entries) if self.erases else iter(entries)

    def report(self) -> list[ErasedPart]:
        """Return what was erased so far."""
        return [ErasedPart(word, dict(sorted(counts.items()))) for word, counts in self._counts.items()]


def _asked(word: str, kind: int, payload: bytes) -> bool:
    """Whether a word asks for an event to be erased; pasted text goes also where it was brought back."""
    if any(kind == each.KIND for each in ERASABLE[word]):
        return True
    if word != "paste-text" or kind not in {kinds.Edit.KIND, kinds.FileCreated.KIND}:
        return False
    try:
        match decode(kind, payload):
            case kinds.Edit(how=how):
                return how in _BRING_BACK
            case kinds.FileCreated(origin=origin):
                return origin == "restored"
    except PeerFault:
        return True
    return False
