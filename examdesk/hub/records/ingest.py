"""What happens on the loop after the writer's thread committed, dropped something, or has trouble with the disk."""

from collections.abc import Callable, Sequence

from examdesk.hub.changes import Changes
from examdesk.hub.records.writer import Trouble
from examdesk.hub.sessions.registry import Registry
from examdesk.store.records import Head, Intake
from shared.log.receipt import SignedReceipt


class Ingest:
    """The writer's audience."""

    def __init__(
        self,
        registry: Registry,
        changes: Changes,
        on_events: Callable[[Sequence[Intake]], None],
        on_trouble: Callable[[Trouble], None],
    ) -> None:
        self._registry = registry
        self._changes = changes
        self._on_events = on_events
        self._on_trouble = on_trouble

    def committed(self, heads: Sequence[Head], intakes: Sequence[Intake]) -> None:
        """See `writer.Audience`."""
        for head in heads:
            journal = self._registry.journals[head.journal]
            receipt = SignedReceipt(head.receipt.body, head.receipt.signature)
            journal.head_seq, journal.head_link, journal.receipt = head.last, head.link, receipt
            journal.last_ms = head.at_ms
            if journal.desk is not None:
                journal.desk.committed(head, receipt)
            self._changes.touch(journal.row.session)
        self._on_events(intakes)

    def dropped(self, intakes: Sequence[Intake]) -> None:
        """See `writer.Audience`."""
        for journal in {intake.journal for intake in intakes}:
            desk = self._registry.journals[journal].desk
            if desk is not None:
                desk.dropped()

    def trouble(self, state: Trouble) -> None:
        """See `writer.Audience`."""
        self._on_trouble(state)
        self._changes.topic("exam")
