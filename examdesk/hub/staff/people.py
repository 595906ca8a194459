"""Who students are: new personal codes at any time, the sheet with all of them, and whose work a session is."""

from collections.abc import Callable

import msgspec

from examdesk.exports.slips import Sheet, Slip, slips_csv
from examdesk.hub.control.controls import Controls
from examdesk.hub.services import Services
from examdesk.hub.staff.commands import session_of
from examdesk.hub.staff.door import Caller, Handlers, NotFound, NotPossible
from examdesk.hub.staff.reads import Reach
from examdesk.hub.workers import Worker
from examdesk.staffapi import messages as api
from examdesk.store.rows import RosterRow
from shared.admission.codes import new_personal_code
from shared.admission.endorsement import read
from shared.discovery.joining import Address, Destination, make_link
from shared.ids import SessionId, StudentId

_NAMED = 5


class PeopleCommands:
    """Handlers of codes and identities. A code never stands in the audit log."""

    def __init__(self, services: Services, controls: Controls, worker: Worker, reach: Callable[[], Reach]) -> None:
        self._s = services
        self._controls = controls
        self._worker = worker
        self._reach = reach

    def handlers(self) -> Handlers:
        """Return who answers which request."""
        return {
            api.NewCodes: self.new_codes,
            api.GetCodeSheet: self.sheet,
            api.SetIdentity: self.identify,
        }

    async def new_codes(self, request: api.NewCodes, caller: Caller) -> api.Answer:
        """Draw new secrets; the slots stay."""
        self._personal()
        rows = self._rows(request.students)
        new = [
            msgspec.structs.replace(row, personal_code=str(new_personal_code(row.slot, self._s.chance)), failures=0)
            for row in rows
        ]
        people = f"{len(new)} students" if len(new) > _NAMED else ", ".join(row.student for row in new)
        await self._controls.put_students(request.command, new, caller.deed("gave new personal codes", people))
        return api.Done(sentence=f"New personal codes: {people}. The old ones don't work any more.")

    async def sheet(self, request: api.GetCodeSheet, caller: Caller) -> api.Answer:
        """Make the sheet, in another process; who took it is in the audit log."""
        self._personal()
        rows = self._rows(request.students or tuple(self._s.registry.roster))
        slips = tuple(_slip(row, self._room(row)) for row in rows if row.personal_code)
        if not slips:
            raise NotPossible("Nobody on the roster has a personal code yet. Import a class list first.")
        reach, identity = self._reach(), self._s.identity
        addresses = tuple(Address(host, reach.port) for host in reach.addresses)
        link = make_link(Destination(addresses, "", identity.exam, identity.fingerprint))
        sheet = Sheet(exam=self._s.exam.long_name, slips=slips, link=link, address=str(addresses[0]))
        data = await self._worker.run(_slips_pdf if request.form == "pdf" else slips_csv, sheet)
        now, deed = self._s.clock.wall_ms(), caller.deed("took personal codes", f"{len(slips)} students")
        await self._s.writer.run(lambda tx: tx.control.audit(now, deed))
        self._s.changes.topic("audit")
        return api.CodeSheet(name=f"personal-codes.{request.form}", data=data, people=len(slips))

    async def identify(self, request: api.SetIdentity, caller: Caller) -> api.Answer:
        """Say whose work a session is; the name under which it joined takes that back."""
        session = self._s.registry.sessions[session_of(self._s, request.session)]
        before = self._s.registry.roster.get(StudentId(session.student))
        to = self._s.registry.find(request.student) or self._joined_as(session.session, request.student)
        if to is None:
            raise NotFound(f"{request.student} is not on the roster. Add this student first; nothing was changed.")
        if to.student == session.student:
            return api.Done(sentence=f"This is the work of {to.name} already.")
        if to.student in self._s.registry.session_of:
            raise NotPossible(
                f"{to.name} has a session already. Both stay as they are; look at the two side by side and note in the "
                "review which of them counts."
            )
        was = before.name if before is not None else session.student
        deed = caller.deed("said whose work it is", f"{session.student} → {to.student}, session {request.session}")
        await self._controls.identify(request.command, session, to, deed)
        return api.Done(
            sentence=f"The work of {was} is that of {to.name} now. Signed records keep the name of joining."
        )

    def _joined_as(self, session: SessionId, student: str) -> RosterRow | None:
        """Return the provisional place of whoever joined under this name, as it was."""
        for journal in self._s.registry.journals_of(session):
            endorsement = read(journal.row.endorsement, self._s.identity.signing.public, self._s.identity.exam)
            if endorsement.student == student:
                return RosterRow(
                    exam=self._s.identity.exam,
                    student=StudentId(student),
                    slot=self._s.registry.next_slot(),
                    name=endorsement.name,
                    section=endorsement.section,
                    provisional=True,
                )
        return None

    def _personal(self) -> None:
        if self._s.exam.admission.codes != "personal":
            raise NotPossible(
                "In this exam everybody joins with the room's code. For a code per student set "
                '`codes = "personal"` under [admission] in exam.toml and start the hub again.'
            )

    def _rows(self, students: tuple[str, ...]) -> list[RosterRow]:
        roster = self._s.registry.roster
        unknown = [student for student in students if StudentId(student) not in roster]
        if unknown:
            raise NotFound(f"{unknown[0]} is not on the roster. Nothing was changed.")
        return [roster[StudentId(student)] for student in students]

    def _room(self, row: RosterRow) -> str:
        section = self._s.registry.sections.get(row.section)
        if row.room or section is None:
            of_file = {each.name: each.room for each in self._s.exam.sections}
            return row.room or of_file.get(row.section, "")
        return section.room


def _slips_pdf(sheet: Sheet) -> bytes:
    from examdesk.exports.pdf.slips import slips_pdf  # noqa: PLC0415 - in the helper only: its library is large

    return slips_pdf(sheet)


def _slip(row: RosterRow, room: str) -> Slip:
    return Slip(
        student=row.student,
        name=row.name,
        code=row.personal_code,
        section=row.section,
        room=room,
        seat=row.seat,
        email=row.email,
    )
