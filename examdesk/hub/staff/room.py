"""What staff do beside opening and ending: look at times before they act, lock, collect, write down incidents."""

import msgspec

from examdesk.hub.control.before_after import value_change, with_changes
from examdesk.hub.control.controls import Applied, Controls
from examdesk.hub.services import Services
from examdesk.hub.sessions.registry import APPROVAL
from examdesk.hub.sessions.standings import (
    AnyAction,
    EndAction,
    ExtendAction,
    LockAction,
    OpenAction,
    PauseAction,
    ReopenAction,
    TakeBackAction,
    Whom,
)
from examdesk.hub.staff.commands import said, sentence_of, session_of, whom_of, whom_text
from examdesk.hub.staff.door import Caller, Handlers
from examdesk.hub.staff.openings import opening, take_back_action, whose
from examdesk.hub.view import View
from examdesk.readmodels import Answers
from examdesk.readmodels.audit import INCIDENT
from examdesk.readmodels.classroom import incident_detail
from examdesk.staffapi import messages as api
from examdesk.store import Tx
from examdesk.store.collected import Collected, key_of
from examdesk.store.rows import SessionRow
from shared.admission.receipt_code import receipt_code
from shared.ids import SessionId

_DOOR = {
    "off": "From now on everybody with the code is let in.",
    "unlisted": "From now on who is not on the list waits until you let them in.",
    "all": "From now on everybody waits until you let them in.",
}

_WAIT_AGAIN = "The start was taken back: it came too early for you. Please wait. What you wrote is kept."


class RoomCommands:
    """Handlers of these requests."""

    def __init__(self, services: Services, controls: Controls, view: View) -> None:
        self._s = services
        self._controls = controls
        self._view = view

    def handlers(self) -> Handlers:
        """Return who answers which request."""
        return {
            api.GetTimes: self.get_times,
            api.Lock: self.lock,
            api.Collect: self.collect,
            api.AddIncident: self.add_incident,
            api.SetDoor: self.set_door,
            api.TakeBackOpening: self.take_back,
        }

    async def get_times(self, request: api.GetTimes, _caller: Caller) -> api.Answer:
        """Return everybody's times, and what a command would make of them."""
        action = None if request.change is None else self._action(request.change)
        rows = tuple(self._times(before, after) for before, after in self._controls.preview(action))
        changed = sum(row.changes for row in rows)
        return api.Times(rows=rows, changed=changed, hub_ms=self._s.clock.wall_ms())

    def _action(self, change: api.AnyTiming) -> AnyAction:
        if isinstance(change, api.TakeBackOpening):
            return take_back_action(self._s.registry.commands, change)
        return self._for_whom(change)

    def _for_whom(self, change: api.AnyTargeted) -> AnyAction:
        whom = whom_of(self._s, change.target)
        match change:
            case api.Open(at_ms=at_ms):
                return OpenAction(whom=whom, at_ms=self._s.clock.wall_ms() if at_ms is None else at_ms)
            case api.End():
                return EndAction(whom=whom)
            case api.Extend(seconds=seconds, keep_ratio=keep_ratio):
                return ExtendAction(whom=whom, seconds=seconds, keep_ratio=keep_ratio)
            case api.Pause(paused=paused):
                return PauseAction(whom=whom, paused=paused)
            case api.Lock(locked=locked):
                return LockAction(whom=whom, locked=locked)
            case api.Reopen():
                return ReopenAction(whom=whom)

    def _times(self, before: SessionRow, after: SessionRow) -> api.TimesRow:
        person = self._s.registry.roster.get(before.student)
        return api.TimesRow(
            session=before.session.hex(),
            student=before.student,
            name=before.student if person is None else person.name,
            section="" if person is None else person.section,
            starts_ms=before.starts_ms,
            ends_ms=before.ends_ms,
            paused=before.paused_ms is not None,
            ended=before.ended,
            new_starts_ms=after.starts_ms,
            new_ends_ms=after.ends_ms,
            new_paused=after.paused_ms is not None,
            new_ended=after.ended,
            changes=after is not before,
        )

    async def lock(self, request: api.Lock, caller: Caller) -> api.Answer:
        """Keep students from working, or no longer."""
        what = "locked" if request.locked else "unlocked"
        action = LockAction(whom=whom_of(self._s, request.target), locked=request.locked)
        applied = await self._controls.act(request.command, action, caller.deed(what, whom_text(action.whom)))
        return api.Done(sentence=sentence_of(applied, what))

    async def take_back(self, request: api.TakeBackOpening, caller: Caller) -> api.Answer:
        """Take an opening by hand back."""
        commands = self._s.registry.commands
        if any(row.command == request.command for row in commands):
            return api.Done(sentence="This was done before.")
        opened = opening(commands, request.opened)
        now = self._s.clock.wall_ms()
        begun = tuple(
            before.session.hex()
            for before, after in self._controls.preview(TakeBackAction(opened=opened.row.command))
            if after is not before and before.starts_ms is not None and before.starts_ms <= now
        )
        deed = caller.deed("took an opening back", whose(opened))
        applied = await self._controls.act(request.command, TakeBackAction(opened=opened.row.command), deed)
        if begun and not applied.again:
            told = caller.deed("told that the opening was taken back")
            whom = Whom(sessions=begun)
            await self._controls.say(f"{request.command}/told", whom, _WAIT_AGAIN, kind="message", deed=told)
        return api.Done(sentence=_taken_back(whose(opened), applied, len(begun)))

    async def collect(self, request: api.Collect, caller: Caller) -> api.Answer:
        """End it, and note of everybody who has not handed in which state of the work counts as it stands.

        A desk that is connected hands in by itself a moment later, and so does another one once it is; what it hands
        in then counts before what was noted here.
        """
        whom = whom_of(self._s, request.target)
        listed = await self._view.ask(Answers.hand_ins, api.GetHandIns())
        missing = [
            SessionId(bytes.fromhex(row.session))
            for row in listed.rows
            if row.session and row.state == "not handed in" and whom.includes(row.section, row.session)
        ]
        deed = caller.deed("ended to collect", whom_text(whom))
        await self._controls.act(request.command, EndAction(whom=whom), deed)
        if not await self._note(request.command, missing, caller):
            return api.Done(sentence="This was done before.")
        online = sum(self._view.online(session) for session in missing)
        return api.Done(sentence=_collected(len(missing), online))

    async def _note(self, command: str, missing: list[SessionId], caller: Caller) -> bool:
        await self._s.writer.flush()
        now = self._s.clock.wall_ms()
        marks = [(session, mark) for session in missing if (mark := self._mark(session, now, caller.name)) is not None]

        def work(tx: Tx) -> bool:
            if not tx.first_time(f"{command}/collected", f"{now} {caller.name}"):
                return False
            for session, mark in marks:
                tx.put_meta(key_of(session), msgspec.json.encode(mark).decode())
                student = self._s.registry.sessions[session].student
                where = f"up to event {mark.seq} of journal {mark.journal}, code {mark.code}"
                deed = caller.deed("took the work as it stands", f"{student}: {where}")
                tx.control.audit(now, with_changes(deed, [f"work not handed in → as it stands ({student})"]))
            return True

        noted = await self._s.writer.run(work)
        self._s.changes.people(*missing)
        self._s.changes.topic("audit")
        return noted

    def _mark(self, session: SessionId, now: int, who: str) -> Collected | None:
        """Return which state of a session's work the hub has; None where nothing of it came."""
        journal = self._s.registry.main_journal(session)
        if journal is None or journal.head_seq < 0:
            return None
        code = receipt_code(journal.head_link)
        return Collected(at_ms=now, who=who, journal=journal.row.journal.hex(), seq=journal.head_seq, code=code)

    async def set_door(self, request: api.SetDoor, caller: Caller) -> api.Answer:
        """Say who waits for a person from now on; a restarted hub remembers it."""
        now, approval = self._s.clock.wall_ms(), request.approval or ""
        file = self._s.exam.admission.approval
        changes = value_change("who waits", self._s.registry.approval or file, approval or file)
        deed = with_changes(caller.deed("set the door", approval or "as the exam's file says"), changes)
        if not await self._s.writer.once(request.command, now, deed, lambda tx: tx.put_meta(APPROVAL, approval)):
            return api.Done(sentence="This was done before.")
        self._s.registry.approval = approval
        self._s.changes.topic("exam", "audit")
        return api.Done(sentence=_DOOR[approval or self._s.exam.admission.approval])

    async def add_incident(self, request: api.AddIncident, caller: Caller) -> api.Answer:
        """Write down what happened; the audit log keeps it."""
        text = said(request.text)
        session = session_of(self._s, request.session) if request.session else None
        now = self._s.clock.wall_ms()
        deed = caller.deed(INCIDENT, incident_detail("" if session is None else session.hex(), text))
        if not await self._s.writer.once(request.command, now, deed):
            return api.Done(sentence="This was done before.")
        self._s.changes.topic("audit")
        return api.Done(sentence="Written down, in the audit log.")


def _taken_back(which: str, applied: Applied, begun: int) -> str:
    if applied.again:
        return "This was done before."
    waiting = "1 student waits" if applied.sessions == 1 else f"{applied.sessions} students wait"
    sentence = f"Taken back: {which}. {waiting} again."
    if not begun:
        return sentence
    seen = "1 of them has" if begun == 1 else f"{begun} of them have"
    return (
        f"{sentence} {seen} seen the questions; what was written is kept. Desks without a connection hear of it later."
    )


def _collected(missing: int, online: int) -> str:
    if not missing:
        return "Everybody had handed in already; the exam is over for them."
    people = "1 student" if missing == 1 else f"{missing} students"
    connected = f"Of {people} who had not handed in, {online} are connected and hand in now."
    if online == missing:
        return connected
    return f"{connected} The work of the other {missing - online} counts as it stands here until their PCs hand it in."
