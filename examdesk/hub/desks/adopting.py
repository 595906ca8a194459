"""Journals that a desk began alone (A-9): a person decides about each, as about any other join that is doubtful."""

from typing import Literal

import msgspec

from examdesk.hub.recovery.restoring import Stated
from examdesk.hub.services import Services
from examdesk.store.rows import JoinRow
from shared.ids import StudentId

NO_NETWORK = "began without a network"
ADOPTED = "took in work begun without a network"
MOST_OF_AN_ADDRESS = 4
MOST_WAITING = 500
"""Nothing proves who states something, so this many wait at most: nobody can bury the others' tickets."""

Decision = Literal["waiting", "admitted", "refused", "too many"]


class Adopting:
    """Keeps the tickets."""

    def __init__(self, services: Services) -> None:
        self._s = services

    async def decision(self, stated: Stated, address: str) -> Decision:
        """Return what a person decided about a journal; one that nobody knows yet begins to wait.

        `address` is empty for a journal that staff bring on a stick.
        """
        registry, statement = self._s.registry, stated.statement
        ticket = statement.journal
        known = registry.joins.get(ticket)
        if known is not None:
            states: dict[str, Decision] = {"admitted": "admitted", "refused": "refused"}
            return states.get(known.state, "waiting")
        if address and self._crowded(address):
            return "too many"
        row = registry.find(statement.student)
        join = JoinRow(
            ticket=ticket,
            exam=self._s.identity.exam,
            student=StudentId(statement.student),
            name=row.name if row is not None else statement.name or statement.student,
            section=row.section if row is not None else "",
            seat=statement.seat,
            device_name=statement.device_name,
            address=address,
            since_ms=self._s.clock.wall_ms(),
            why=_why(stated, again=row is not None and row.student in registry.session_of),
        )
        await self._s.writer.run(lambda tx: tx.people.put_join(join))
        registry.joins[ticket] = join
        self._s.changes.people()
        self._s.changes.topic("held")
        return "waiting"

    async def let_in(self, stated: Stated, who: str) -> None:
        """Close the ticket of a journal that somebody let in at once, if it waited."""
        known = self._s.registry.joins.get(stated.statement.journal)
        if known is None or known.state == "admitted":
            return
        decided = msgspec.structs.replace(known, state="admitted", decided_by=who, decided_ms=self._s.clock.wall_ms())
        await self._s.writer.run(lambda tx: tx.people.put_join(decided))
        self._s.registry.joins[decided.ticket] = decided
        self._s.changes.topic("held")

    def _crowded(self, address: str) -> bool:
        waiting = [
            join
            for join in self._s.registry.joins.values()
            if join.state == "waiting" and join.why.startswith(NO_NETWORK) and join.address
        ]
        return len(waiting) >= MOST_WAITING or sum(join.address == address for join in waiting) >= MOST_OF_AN_ADDRESS


def _why(stated: Stated, *, again: bool) -> str:
    extra = stated.statement.extra_minutes
    said = f"; says to have {extra} minutes more" if extra else ""
    beside = "; has joined over the network as well, and gets a second place" if again else ""
    return f"{NO_NETWORK}{said}{beside}"
