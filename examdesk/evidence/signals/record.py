"""The record itself: damage that the desk found, and statements that the replay does not bear out."""

from examdesk.evidence.facts import Signal
from examdesk.evidence.signals.model import Seen, Watch
from examdesk.evidence.so_far import SoFar
from examdesk.evidence.words import count
from shared.events import kinds


class RecordWatch(Watch):
    """Raises a break where the desk salvaged its journal or states other files than its events make."""

    KINDS = ("log_break",)
    SEES = (kinds.Salvaged, kinds.Checkpoint, kinds.RunStarted, kinds.Submitted)

    def __init__(self) -> None:
        self._differing: frozenset[str] = frozenset()

    def take(self, seen: Seen, facts: SoFar) -> None:
        """Compare what is stated with the replay; a file that goes on to differ is told once."""
        payload = seen.payload
        if isinstance(payload, kinds.Salvaged):
            kept = "nothing" if payload.kept_up_to < 0 else f"everything up to event {payload.kept_up_to}"
            said = f"The journal on the PC was found damaged: {kept} was kept. {payload.detail}".rstrip()
            self._raise(seen, facts, 1, said, "")
            return
        assert isinstance(payload, kinds.Checkpoint | kinds.RunStarted | kinds.Submitted)
        differing = frozenset(facts.files.differing(payload.files))
        for file in sorted(differing - self._differing):
            stated = payload.files[file]
            have = facts.files.texts.get(file)
            replayed = "no such file" if have is None else count(len(have), "character")
            said = (
                f"The desk states {file} with {count(stated.length, 'character')}, "
                f"the events before it make {replayed}{'' if have is None else ' or other text'}."
            )
            self._raise(seen, facts, 1, said, file)
        self._differing = differing | (self._differing - payload.files.keys())

    def _raise(self, seen: Seen, facts: SoFar, amount: float, explanation: str, file: str) -> None:
        facts.raise_(
            Signal(
                kind="log_break",
                journal=facts.journal.hex(),
                seq=seen.seq,
                at_ms=seen.at_ms,
                amount=amount,
                unit="events",
                explanation=explanation,
                file=file,
            )
        )
