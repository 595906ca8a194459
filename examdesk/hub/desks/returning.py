"""A desk that comes back with its journal: it proves the journal's key, and shows what it has of a hub that lost it."""

from collections.abc import Callable

from examdesk.hub.desks.admission import Denied
from examdesk.hub.desks.adopting import ADOPTED
from examdesk.hub.desks.door import DeskDoor
from examdesk.hub.desks.line import Line
from examdesk.hub.recovery.restoring import Presented, Stated
from examdesk.hub.sessions.registry import Journal
from examdesk.store.audit import Deed
from shared.ids import JournalId
from shared.wire import messages as m


class Returning:
    """What one connection showed of its past."""

    def __init__(self, door: DeskDoor, line: Line, ask: Callable[[m.Frame], None]) -> None:
        self._door = door
        self._s = door.services
        self._line = line
        self._ask = ask
        self._shown: Presented | Stated | None = None

    def gone(self) -> None:
        """The connection ended: nobody has to decide about it any more."""
        for ticket in [ticket for ticket, (returning, _) in self._door.stated.items() if returning is self]:
            del self._door.stated[ticket]

    async def present(self, frame: m.Present) -> None:
        """Take what a desk shows of a journal that these records may have lost."""
        self._shown = self._door.restoring.check(frame)

    async def proven(
        self, name: JournalId, signature: bytes, proof: bytes, resume: m.Resume | None = None
    ) -> Journal | None:
        """Return the journal whose key signed the proof, taken back if these records lost it; None: refused or waits.

        `resume` is done again once a person has let in a journal that its desk began alone.
        """
        journal = self._s.registry.journals.get(name)
        shown = self._shown
        word = shown.statement if isinstance(shown, Stated) else None if shown is None else shown.endorsement
        if journal is not None:
            key = journal.key
        elif word is not None and word.journal_id == name:
            key = word.verify_key()
        else:
            why = "This hub does not know your journal. Join with the code."
            self._line.refuse(Denied("unknown-journal", why))
            return None
        if not key.verify(signature, proof):
            self._line.refuse(Denied("wrong-proof", "Your journal could not be proven. Join with the code."))
            return None
        if journal is not None or shown is None or word is None:
            return journal
        if isinstance(shown, Stated) and not await self._let_in(shown, resume):
            return None
        what = ADOPTED if isinstance(shown, Stated) else "came back"
        address, detail = self._line.address, f"journal {name.hex()[:8]}"
        deed = Deed(who=word.student, role="student", address=address, what=what, detail=detail)
        return await self._door.restoring.take_back(shown, deed)

    async def _let_in(self, shown: Stated, resume: m.Resume | None) -> bool:
        """Tell whether a person has let in a journal that its desk began alone; says so to the desk if not."""
        line = self._line
        decision = await self._door.adopting.decision(shown, line.address)
        if decision == "admitted":
            return True
        if decision == "refused":
            line.refuse(Denied("not-now", "The staff did not take your work in over the network. Ask them.", 5000))
        elif decision == "too many":
            line.refuse(Denied("slow-down", "Too many wait to be let in from here. Ask the staff.", 5000))
        else:
            if resume is not None:
                self._door.stated[shown.statement.journal] = (self, resume)
            line.send(m.Held("You began without a network: the staff lets your work in. Go on; it is saved here."))
        return False

    def resume_again(self, frame: m.Resume) -> None:
        """A person decided about a journal that its desk began alone: do what it asked for then."""
        self._ask(frame)
