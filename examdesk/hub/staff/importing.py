"""Work that comes on a stick: every batch goes the way of one that came over the network, so once more does no harm."""

import asyncio
from collections.abc import Awaitable, Callable

from examdesk.hub.control.before_after import new_thing, with_changes
from examdesk.hub.desks.adopting import ADOPTED, Adopting
from examdesk.hub.recovery.feeding import Feeding
from examdesk.hub.recovery.restoring import Presented, Restoring, Stated
from examdesk.hub.services import Services
from examdesk.hub.sessions.registry import Journal
from examdesk.hub.staff.door import Caller, Handlers, NotPossible
from examdesk.staffapi import messages as api
from examdesk.staffapi.permissions import Permission, allows
from shared.admission.endorsement import Endorsement
from shared.admission.statement import Statement
from shared.bundle.handover import MAX_BYTES, JournalCopy, open_handover
from shared.problems import PeerFault

Brought = dict[str, Callable[[Caller], Awaitable[str]]]
"""Work from a stick that waits for a person, by ticket: lets it in and returns the sentence on what came."""
MOST_UPLOADS = 4
MOST_BROUGHT_BYTES = 256 * 1024 * 1024
"""Work that waits for a person is kept in memory up to this; beyond it, the file is imported again."""
_PER_EVENT = 200


class Imports:
    """Handler of bundles."""

    def __init__(self, services: Services, brought: Brought | None = None) -> None:
        """`brought` is where work waits that a person has to let in first."""
        self._s = services
        self._brought: Brought = {} if brought is None else brought
        self._brought_bytes: dict[str, int] = {}
        self._restoring = Restoring(services)
        self._adopting = Adopting(services)
        self._uploads: dict[str, bytearray] = {}

    def handlers(self) -> Handlers:
        """Return who answers which request."""
        return {api.ImportBundle: self.take}

    async def take(self, request: api.ImportBundle, caller: Caller) -> api.Answer:
        """Take a piece of a file; with the last one, import it."""
        if request.upload not in self._uploads and len(self._uploads) >= MOST_UPLOADS:
            self._uploads.pop(next(iter(self._uploads)))
        data = self._uploads.setdefault(request.upload, bytearray())
        if len(data) + len(request.data) > MAX_BYTES:
            del self._uploads[request.upload]
            raise NotPossible("This file is far too large for a student's work; nothing was imported.")
        data += request.data
        if not request.last:
            return api.Imported(sentences=(), new_events=0)
        del self._uploads[request.upload]
        if request.adopt and not allows(caller.role, Permission.ADMIT):
            raise NotPossible("Your role may not let students in. Import without it; the work waits for a proctor.")
        return await self._import(bytes(data), caller, adopt=request.adopt)

    async def _import(self, data: bytes, caller: Caller, *, adopt: bool) -> api.Imported:
        identity = self._s.identity
        opened = await asyncio.to_thread(open_handover, data, identity.exam, identity.box, identity.signing.public)
        sentences, new = [], 0
        for endorsement, copy in opened.journals:
            came, sentence = await self._journal(endorsement, copy, caller, adopt=adopt)
            new += came
            sentences.append(f"{endorsement.name or endorsement.student}: {sentence}")
        now, deed = self._s.clock.wall_ms(), caller.deed("imported a bundle", f"{new} new events")
        deed = with_changes(deed, new_thing(f"{new} events") if new else [])
        await self._s.writer.run(lambda tx: tx.control.audit(now, deed))
        self._s.changes.topic("audit")
        return api.Imported(sentences=tuple(sentences), new_events=new)

    async def _journal(
        self, word: Endorsement | Statement, copy: JournalCopy, caller: Caller, *, adopt: bool
    ) -> tuple[int, str]:
        """Take one journal; return how many events came and the sentence. Whatever is wrong in it stops no other."""
        if isinstance(word, Statement):
            stated = Stated(word, copy.endorsement)
            journal = await self._stated(stated, caller, adopt=adopt)
            if isinstance(journal, str):
                return 0, journal + self._keep_waiting(stated, copy)
        else:
            deed = caller.deed("took a journal back from a file", word.student)
            journal = await self._restoring.take_back(Presented(word, copy.endorsement), deed)
        feeding = Feeding(self._s, journal)
        fault = ""
        try:
            await feeding.take(copy)
        except PeerFault as problem:
            fault = f" The rest of this PC's work was refused: {problem.sentence}"
        self._s.changes.people(journal.row.session)
        return feeding.came, f"{_what(feeding)}{fault}{self._place(word, journal)}"

    async def _stated(self, stated: Stated, caller: Caller, *, adopt: bool) -> Journal | str:
        """Return the journal that a desk began alone, once a person let it in; a sentence while nobody has (A-9)."""
        known = self._s.registry.journals.get(stated.statement.journal_id)
        if known is not None:
            return known
        if not adopt:
            decision = await self._adopting.decision(stated, "")
            if decision == "refused":
                return "begun without a network, and the staff did not let it in; nothing was imported"
            if decision != "admitted":
                return (
                    "begun without a network, so nobody has seen yet whose work it is. It waits to be let in like a "
                    "student at the door"
                )
        else:
            await self._adopting.let_in(stated, caller.name)
        deed = caller.deed(ADOPTED, f"{stated.statement.student} at {stated.statement.device_name}")
        return await self._restoring.take_back(stated, deed)

    def _keep_waiting(self, stated: Stated, copy: JournalCopy) -> str:
        """Keep a copy until a person has decided, as far as there is room, and say how it comes in."""
        ticket = stated.statement.journal
        known = self._s.registry.joins.get(ticket)
        if known is None or known.state != "waiting":
            return "."
        self._brought_bytes = {each: size for each, size in self._brought_bytes.items() if each in self._brought}
        size = sum(len(entry.payload or b"") + _PER_EVENT for _, entries in copy.batches for entry in entries)
        others = sum(taken for each, taken in self._brought_bytes.items() if each != ticket)
        if others + size > MOST_BROUGHT_BYTES:
            return "; import it again after that."
        self._brought_bytes[ticket] = size

        async def come_in(caller: Caller) -> str:
            _, sentence = await self._journal(stated.statement, copy, caller, adopt=False)
            return sentence

        self._brought[ticket] = come_in
        return ", and comes in then."

    def _place(self, word: Endorsement | Statement, journal: Journal) -> str:
        """Say under which name the work stands, where that is not the one that it came with."""
        student = self._s.registry.sessions[journal.row.session].student
        if not isinstance(word, Statement) or student.casefold() == word.student.strip().casefold():
            return ""
        return f" {word.student} has another session here, so this one stands beside it as {student}."


def _what(feeding: Feeding) -> str:
    events = "1 new event" if feeding.came == 1 else f"{feeding.came} new events"
    what = events if feeding.came else "nothing new"
    if feeding.kept:
        return f"{what}; something in it does not fit what the hub has, and was kept beside it."
    if feeding.beside:
        return f"{what}; what does not fit what the hub has was kept beside it before."
    return f"{what}."
