"""What staff change through the staff API: times, messages, joins, roster and sections."""

from collections import OrderedDict

import msgspec

from examdesk.evidence.words import in_minutes
from examdesk.hub.control.before_after import value_change, with_changes
from examdesk.hub.control.class_list import kept_rows, list_of
from examdesk.hub.control.controls import Applied, Controls, NoticeKind
from examdesk.hub.desks.door import DeskDoor
from examdesk.hub.services import Services
from examdesk.hub.sessions.standings import (
    AnyAction,
    EndAction,
    ExtendAction,
    OpenAction,
    PauseAction,
    ReopenAction,
    Whom,
)
from examdesk.hub.staff.door import Caller, Handlers, NotFound, NotPossible
from examdesk.hub.staff.importing import Brought
from examdesk.hub.workers import Worker
from examdesk.rosters.preview import Preview, apply, preview
from examdesk.rosters.roster import RosterRow as ListRow
from examdesk.staffapi import messages as api
from examdesk.store import Tx
from examdesk.store.rows import SectionRow
from shared.admission.endorsement import MAX_SHORT
from shared.ids import SectionName, SessionId, StudentId
from shared.text import safe_text

MAX_SECONDS = 7 * 24 * 3600
MAX_SAY = 10_000
_PREVIEWS = 8

MAX_PROMPT = 30_000


class Commands:
    """Handlers of requests that change something."""

    def __init__(
        self,
        services: Services,
        controls: Controls,
        door: DeskDoor,
        worker: Worker,
        brought: Brought,
    ) -> None:
        self._s = services
        self._brought = brought
        self._controls = controls
        self._door = door
        self._worker = worker
        self._previews: OrderedDict[str, Preview] = OrderedDict()

    def handlers(self) -> Handlers:
        """Return who answers which request."""
        return {
            api.Open: self.open,
            api.End: self.end,
            api.Extend: self.extend,
            api.Pause: self.pause,
            api.Reopen: self.reopen,
            api.Say: self.say,
            api.LowerHand: self.lower_hand,
            api.Decide: self.decide,
            api.PreviewRoster: self.preview_roster,
            api.ApplyRoster: self.apply_roster,
            api.PutStudent: self.put_student,
            api.RemoveStudent: self.remove_student,
            api.PutSection: self.put_section,
        }

    # -- times

    async def open(self, request: api.Open, caller: Caller) -> api.Answer:
        """Open now or at a time."""
        if self._s.exam.draft:
            raise NotPossible("This exam is a draft. Set `draft = false` in exam.toml and start the hub again.")
        at_ms = self._s.clock.wall_ms() if request.at_ms is None else request.at_ms
        return await self._act(
            request, OpenAction(whom=whom_of(self._s, request.target), at_ms=at_ms), caller, "opened"
        )

    async def end(self, request: api.End, caller: Caller) -> api.Answer:
        """End now."""
        return await self._act(request, EndAction(whom=whom_of(self._s, request.target)), caller, "ended")

    async def extend(self, request: api.Extend, caller: Caller) -> api.Answer:
        """Give or take time, and say so to the students."""
        if not 0 < abs(request.seconds) <= MAX_SECONDS:
            raise NotPossible("An extension is between one second and a week.")
        whom = whom_of(self._s, request.target)
        reason = safe_text(request.reason.strip())[:MAX_SAY]
        action = ExtendAction(whom=whom, seconds=request.seconds, keep_ratio=request.keep_ratio)
        answer = await self._act(request, action, caller, _extension(request.seconds), reason)
        deed = caller.deed("told the extension")
        text = extension_text(request.seconds, reason)
        await self._controls.say(f"{request.command}/told", whom, text, kind="extension", deed=deed)
        return answer

    async def pause(self, request: api.Pause, caller: Caller) -> api.Answer:
        """Stop or restart the clock."""
        action = PauseAction(whom=whom_of(self._s, request.target), paused=request.paused)
        return await self._act(request, action, caller, "paused" if request.paused else "went on")

    async def reopen(self, request: api.Reopen, caller: Caller) -> api.Answer:
        """Let students go on who handed in."""
        return await self._act(request, ReopenAction(whom=whom_of(self._s, request.target)), caller, "reopened")

    async def _act(
        self, request: api.Command, action: AnyAction, caller: Caller, what: str, reason: str = ""
    ) -> api.Answer:
        detail = ", because: ".join(part for part in (whom_text(action.whom), reason) if part)
        applied = await self._controls.act(request.command, action, caller.deed(what, detail))
        return api.Done(sentence=sentence_of(applied, what))

    # -- messages and hands

    async def say(self, request: api.Say, caller: Caller) -> api.Answer:
        """Write to students."""
        text = said(request.text)
        if request.question and all(each.id != request.question for each in self._s.exam.questions()):
            raise NotPossible(f"There is no question {request.question} in this exam. Nothing was sent.")
        whom = whom_of(self._s, request.target)
        kind: NoticeKind = request.kind or ("message" if whom.sessions else "announcement")
        prompt = _corrected(request, kind)
        about = f", question {request.question}" if request.question else ""
        about += " with its new text" if prompt else ""
        deed = caller.deed("wrote to students", f"{kind}, {whom_text(whom)}{about}")
        applied = await self._controls.say(
            request.command, whom, text, kind=kind, deed=deed, question=request.question, prompt=prompt
        )
        return api.Done(sentence=sentence_of(applied, "sent"))

    async def lower_hand(self, request: api.LowerHand, caller: Caller) -> api.Answer:
        """Take a raised hand off the queue."""
        session = session_of(self._s, request.session)
        now = self._s.clock.wall_ms()

        def work(tx: Tx) -> None:
            tx.control.lower_hand(session, now, caller.name)
            deed = caller.deed("lowered a hand", request.session)
            tx.control.audit(now, with_changes(deed, ["hand up → down"]))

        await self._s.writer.run(work)
        self._s.changes.people(session)
        return api.Done()

    # -- joins

    async def decide(self, request: api.Decide, caller: Caller) -> api.Answer:
        """Let somebody in who waits, or not; the same answer again does no harm."""
        join = self._s.registry.joins.get(request.ticket)
        if join is None:
            raise NotFound("This student does not wait any more.")
        wanted = "admitted" if request.admit else "refused"
        if join.state != "waiting":
            return api.Done(sentence=f"{join.name} was {join.state} by {join.decided_by} before.")
        now = self._s.clock.wall_ms()
        decided = msgspec.structs.replace(
            join, state=wanted, decided_by=caller.name, decided_ms=now, seat=request.seat or join.seat
        )
        changes = [*value_change("join", join.state, wanted), *value_change("seat", join.seat, decided.seat)]
        deed = with_changes(caller.deed(wanted, f"{join.student} at {join.device_name}"), changes)

        def work(tx: Tx) -> None:
            tx.people.put_join(decided)
            tx.control.audit(now, deed)

        await self._s.writer.run(work)
        self._s.registry.joins[request.ticket] = decided
        self._s.changes.people()
        self._s.changes.topic("held", "audit")
        waiting = self._door.waiting.pop(request.ticket, None)
        if waiting is not None:
            desk, applicant = waiting
            applicant = msgspec.structs.replace(applicant, seat=decided.seat)
            await desk.settle(applicant, await self._door.admission.admit(applicant))
        brought = self._brought.pop(request.ticket, None)
        if brought is not None and request.admit:
            return api.Done(sentence=f"{join.name} was {wanted}. From the stick: {await brought(caller)}")
        stated = self._door.stated.pop(request.ticket, None)
        if stated is not None:
            stated[0].resume_again(stated[1])
        return api.Done(sentence=f"{join.name} was {wanted}.")

    # -- roster and sections

    async def preview_roster(self, request: api.PreviewRoster, _caller: Caller) -> api.Answer:
        """Read a class list and say what it would change."""
        found = await self._worker.run(preview, request.data, list_of(self._s.registry.roster.values()))
        name = self._s.chance.bytes(8).hex()
        self._previews[name] = found
        while len(self._previews) > _PREVIEWS:
            self._previews.popitem(last=False)
        return api.RosterPreview(
            preview=name,
            rows=tuple(
                api.RosterRow(
                    line=each.line,
                    student=each.row.student if each.row else "",
                    name=each.row.name if each.row else "",
                    section=each.row.section if each.row else "",
                    outcome=each.outcome.value,
                    sentence=each.sentence,
                    email=each.row.email if each.row else "",
                )
                for each in found.rows
            ),
            columns=found.columns,
            warnings=found.warnings,
            counts=found.counts(),
        )

    async def apply_roster(self, request: api.ApplyRoster, caller: Caller) -> api.Answer:
        """Do what a preview showed."""
        found = self._previews.get(request.preview)
        if found is None:
            raise NotFound("This preview is too old. Choose the file again.")
        new = apply(found, with_doubtful=request.with_doubtful)
        before = list_of(self._s.registry.roster.values())
        changed = [row for row in new if before.find(row.student) != row]
        rows = kept_rows(self._s, changed)
        deed = caller.deed("imported a class list", f"{len(rows)} people")
        await self._controls.put_students(request.command, rows, deed)
        return api.Done(sentence=f"{len(rows)} people were added or changed.")

    async def put_student(self, request: api.PutStudent, caller: Caller) -> api.Answer:
        """Add or change one person."""
        if not request.student.strip() or not request.name.strip():
            raise NotPossible("A student needs an id and a name.")
        for word in ("student", "name", "section", "room", "seat"):
            _must_be_short(word, getattr(request, word) or "")
        found = self._s.registry.find(request.student)
        known = None if found is None or found.provisional else list_of([found]).find(found.student)
        row = ListRow(
            student=StudentId(request.student.strip()) if known is None else known.student,
            name=request.name.strip(),
            section=SectionName(request.section),
            factor=request.factor,
            extra_minutes=request.extra_minutes,
            email=_or_known(request.email, known.email if known else ""),
            room=_or_known(request.room, known.room if known else ""),
            seat=_or_known(request.seat, known.seat if known else ""),
            tags=request.tags if request.tags is not None else (known.tags if known else ()),
        )
        deed = caller.deed("changed the roster", row.student)
        await self._controls.put_students(request.command, kept_rows(self._s, [row]), deed)
        return api.Done(sentence=f"{row.name} is on the roster.")

    async def remove_student(self, request: api.RemoveStudent, caller: Caller) -> api.Answer:
        """Take somebody off the roster who has not joined."""
        row = self._s.registry.roster.get(StudentId(request.student))
        if row is None:
            raise NotFound(f"{request.student} is not on the roster.")
        removed = await self._controls.remove_student(
            request.command, row.student, caller.deed("took off the roster", row.student)
        )
        if not removed:
            raise NotPossible(f"{row.name} has joined the exam and stays on the roster with the work.")
        return api.Done(sentence=f"{row.name} is off the roster.")

    async def put_section(self, request: api.PutSection, caller: Caller) -> api.Answer:
        """Add or change a section."""
        if not request.name.strip():
            raise NotPossible("A section needs a name.")
        row = SectionRow(exam=self._s.identity.exam, name=request.name.strip(), room=request.room)
        await self._controls.put_section(request.command, row, caller.deed("changed a section", row.name))
        return api.Done(sentence=f"Section {row.name} is there.")


def _must_be_short(word: str, text: str) -> None:
    """Refuse what no signed endorsement takes: a student with it could not join."""
    if len(text) > MAX_SHORT:
        what = "id" if word == "student" else word
        raise NotPossible(f"The {what} has {len(text)} characters; at most {MAX_SHORT} fit. Nothing was changed.")


def _or_known(asked: str | None, known: str) -> str:
    return known if asked is None else asked.strip()


def said(text: str) -> str:
    """Return what a person wrote, as it is kept; raises `NotPossible` for nothing and for far too much."""
    clean = safe_text(text.strip())
    if not 0 < len(clean) <= MAX_SAY:
        raise NotPossible(f"A message has between 1 and {MAX_SAY} characters.")
    return clean


def session_of(services: Services, text: str) -> SessionId:
    """Return the session that a request names; raises `NotFound`."""
    try:
        session = SessionId(bytes.fromhex(text))
    except ValueError:
        session = SessionId(b"")
    if session not in services.registry.sessions:
        raise NotFound("This session does not exist.")
    return session


def whom_of(services: Services, target: api.Target) -> Whom:
    """Return whom a request is for; raises `NotFound` for a session or a section that does not exist."""
    for session in target.sessions:
        session_of(services, session)
    known = sections_of(services) if target.sections else set[str]()
    for section in target.sections:
        if section not in known:
            there = f"There are: {', '.join(sorted(known))}." if known else "This exam has no sections."
            raise NotFound(f"There is no section {section}. {there} Nothing was done.")
    return Whom(sections=target.sections, sessions=target.sessions)


def sections_of(services: Services) -> set[str]:
    """Return the sections that the exam's file, staff or the class list name."""
    registry = services.registry
    listed = {row.section for row in registry.roster.values() if row.section}
    return {section.name for section in services.exam.sections} | set(registry.sections) | listed


def sentence_of(applied: Applied, what: str) -> str:
    """Return what a command did, in words."""
    if applied.again:
        return "This was done before."
    people = "1 student" if applied.sessions == 1 else f"{applied.sessions} students"
    return f"{what[:1].upper()}{what[1:]}: {people}."


def whom_text(whom: Whom) -> str:
    """Return whom a command is for, for the audit log."""
    if whom.sessions:
        return "sessions " + ", ".join(whom.sessions)
    return "sections " + ", ".join(whom.sections) if whom.sections else "everybody"


def extension_text(seconds: int, reason: str = "") -> str:
    """Return what students read of an extension."""
    return f"Your time was {_extension(seconds)}. {reason}".strip()


def _extension(seconds: int) -> str:
    return f"{'extended' if seconds > 0 else 'shortened'} by {in_minutes(abs(seconds))}"


def _corrected(request: api.Say, kind: NoticeKind) -> str:
    """Return the corrected text of a question, checked; empty for none."""
    prompt = request.prompt.replace("\r\n", "\n").strip()
    if not prompt:
        return ""
    if kind != "correction" or not request.question:
        raise NotPossible("A new text belongs to a correction that names its question. Nothing was sent.")
    if len(prompt) > MAX_PROMPT:
        sentence = f"The new text has {len(prompt):,} characters, and a correction takes up to {MAX_PROMPT:,}."
        raise NotPossible(f"{sentence} Nothing was sent.")
    return prompt + "\n"
