"""A desk that joins: by the room's code, by a personal code, or with a new journal after one that can't go on."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from examdesk.hub.desks.admission import Admitted, Applicant, Denied, Outcome, Waits
from examdesk.hub.desks.door import DeskDoor
from examdesk.hub.desks.handover import Saved, saved_of
from examdesk.hub.desks.line import Line
from examdesk.hub.desks.proving import Try
from examdesk.hub.desks.returning import Returning
from examdesk.hub.sessions.registry import Journal
from shared.wire import messages as m

Answers = dict[type, Callable[[Any], Awaitable[None]]]
"""Who answers which frame, one after the other."""


class Joining:
    """What one connection does to be let in."""

    def __init__(self, door: DeskDoor, line: Line, returning: Returning) -> None:
        self._door = door
        self._s = door.services
        self._line = line
        self._returning = returning
        self._try: Try | None = None

    def answers(self) -> Answers:
        """Return who answers which frame."""
        return {
            m.Lookup: self._lookup,
            m.JoinByRoom: self._join_by_room,
            m.PakeStart: self._pake_start,
            m.PakeConfirm: self._pake_confirm,
            m.Rejoin: self._rejoin,
        }

    def gone(self) -> None:
        """The connection ended: nobody has to decide about it any more."""
        for ticket in [ticket for ticket, (joining, _) in self._door.waiting.items() if joining is self]:
            del self._door.waiting[ticket]

    async def settle(self, applicant: Applicant, outcome: Outcome) -> None:
        """Tell the desk what came of its join; also called once a person decided."""
        match outcome:
            case Denied():
                self._line.refuse(outcome)
            case Waits(ticket, sentence):
                self._door.waiting[ticket] = (self, applicant)
                self._line.send(m.Held(sentence))
            case Admitted(journal, moved_from):
                self._door.waiting.pop(applicant.journal.hex(), None)
                self._line.peer.prove()
                await self._door.joined(journal.row.session)
                await self._hand_over(journal, moved_from)

    async def _hand_over(self, journal: Journal, moved_from: Journal | None) -> None:
        session = self._s.registry.sessions[journal.row.session]
        saved = Saved([]) if moved_from is None else await saved_of(self._s, moved_from)
        for group in saved.groups:
            self._line.send(m.Endorsed(session.session, journal.row.endorsement, group, complete=False))
            await self._line.peer.drained()
        drawn, draws = saved.drawn, saved.draws
        self._line.send(m.Endorsed(session.session, journal.row.endorsement, drawn=drawn, draws=draws))
        for desk in self._s.registry.desks_of(session.session):
            if not desk.is_on(self._line):
                desk.push_standing(session)

    async def _lookup(self, frame: m.Lookup) -> None:
        admission, address = self._door.admission, self._line.address
        denied = await admission.check_room_code(frame.code, address) or admission.lookup_wait(address)
        if denied is not None:
            self._line.refuse(denied)
        else:
            self._line.send(self._door.admission.lookup(frame.text))

    async def _join_by_room(self, frame: m.JoinByRoom) -> None:
        denied = await self._door.admission.check_room_code(frame.code, self._line.address)
        if denied is not None:
            self._line.refuse(denied)
            return
        personal = self._s.exam.admission.codes == "personal"
        doubtful = "has no personal code at hand" if personal else ""
        who = self._applicant(frame, frame.student, frame.seat)
        await self._finish(msgspec.structs.replace(who, name=frame.name, doubtful=doubtful))

    async def _pake_start(self, frame: m.PakeStart) -> None:
        line = self._line
        started = await self._door.proofs.start(frame.slot, frame.message, line.nonce, line.address)
        if isinstance(started, Denied):
            line.refuse(started)
            return
        self._try = started
        line.send(m.PakeReply(started.message, b""))

    async def _pake_confirm(self, frame: m.PakeConfirm) -> None:
        begun, self._try = self._try, None
        if begun is None:
            self._line.refuse(Denied("wrong-proof", "A proof was confirmed that never began."))
            return
        proven = await self._door.proofs.finish(begun, frame.confirmation, self._line.address)
        if isinstance(proven, Denied):
            self._line.refuse(proven)
            return
        self._line.send(m.PakeReply(b"", proven.confirmation))
        who = self._applicant(frame, proven.student, frame.seat)
        await self._finish(msgspec.structs.replace(who, by="personal"))

    async def _rejoin(self, frame: m.Rejoin) -> None:
        fingerprint = self._s.identity.fingerprint
        proof = m.rejoin_proof(self._line.nonce, fingerprint, frame.old, frame.journal, frame.key)
        old = await self._returning.proven(frame.old, frame.proof, proof)
        if old is None:
            return
        session = self._s.registry.sessions[old.row.session]
        who = self._applicant(frame, session.student, old.row.seat)
        await self._finish(msgspec.structs.replace(who, old=frame.old))

    def _applicant(self, frame: m.JoinByRoom | m.PakeConfirm | m.Rejoin, student: str, seat: str) -> Applicant:
        return Applicant(
            student=student,
            name="",
            seat=seat,
            device=frame.device,
            device_name=frame.device_name,
            journal=frame.journal,
            key=frame.key,
            address=self._line.address,
            by="code",
        )

    async def _finish(self, applicant: Applicant) -> None:
        await self.settle(applicant, await self._door.admission.admit(applicant))
