"""What staff command: each command once, in one transaction with its audit entry and every standing that it changes."""

import asyncio
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

import msgspec

from examdesk.hub.control.before_after import field_changes, new_thing, session_changes, value_change, with_changes
from examdesk.hub.control.signed import is_for
from examdesk.hub.services import Services
from examdesk.hub.sessions.desk import Desk
from examdesk.hub.sessions.registry import member_of
from examdesk.hub.sessions.standings import (
    AnyAction,
    FileTimes,
    RedrawAction,
    StartsAction,
    Times,
    Whom,
    draws_of,
    encode_action,
    plan_of,
    times_of,
)
from examdesk.store import Tx
from examdesk.store.audit import Deed
from examdesk.store.rows import CommandRow, NoticeRow, RosterRow, SectionRow, SessionRow
from shared.exam.document import Exam, schedule_of
from shared.exam.moments import moment_ms
from shared.ids import SessionId, StudentId

_AT_A_TIME = 50
_PERSON = ("name", "section", "email", "seat", "room", "factor", "extra_minutes")
_SECTION = ("room", "starts_ms", "ends_ms", "minutes")
NoticeKind = Literal["message", "announcement", "extension", "correction"]


class Applied(msgspec.Struct, frozen=True):
    """What a command did: how many sessions changed; `again` when it had been applied before."""

    sessions: int
    again: bool = False


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """A session with new times; `by_ms` is how far its end moved, 0 where it had none or has none now."""

    session: str
    by_ms: int


class _Given(NamedTuple):
    """What standings follow from, as it is or as it would be."""

    commands: Sequence[CommandRow]
    roster: Mapping[StudentId, RosterRow]
    sections: Mapping[str, SectionRow]


class _Effect(NamedTuple):
    """What changes beside standings: in the records, then in the registry, and what readers look at again."""

    at_ms: int
    write: Callable[[Tx], None]
    hold: Callable[[], None]
    topics: tuple[str, ...]


class Controls:
    """Applies commands and tells the desks."""

    def __init__(self, services: Services) -> None:
        self._s = services

    async def act(
        self, command: str, action: AnyAction, deed: Deed, also: Callable[[Tx, int], None] | None = None
    ) -> Applied:
        """Apply a command that changes standings; `also` (transaction, now) is written with it or not at all."""
        async with self._s.standings:
            row = self._next_command(command, action, deed.who)
            changed = self._changed(self._given(row), row.at_ms)
            told = with_changes(deed, self._said(changed))
            if not await self._obey(row, changed, told, also):
                return Applied(0, again=True)
            self._s.changes.topic("exam", "audit")
            return Applied(len(changed))

    def preview(self, action: AnyAction | None) -> list[tuple[SessionRow, SessionRow]]:
        """Return every session as it stands and as it would stand after a command; nothing is done."""
        given = self._given() if action is None else self._given(self._next_command("", action, ""))
        changed = {row.session: row for row in self._changed(given, self._s.clock.wall_ms())}
        return [(row, changed.get(row.session, row)) for row in self._s.registry.sessions.values()]

    async def redraw(self, command: str, session: SessionId, deed: Deed) -> bool:
        """Have one session's questions drawn anew: its next standing says so; False when that was done before."""
        async with self._s.standings:
            registry = self._s.registry
            row = self._next_command(command, RedrawAction(whom=Whom(sessions=(session.hex(),))), deed.who)
            before = registry.sessions[session]
            after = msgspec.structs.replace(before, revision=before.revision + 1, issued_ms=row.at_ms)
            draws = draws_of(session.hex(), registry.commands) + 1
            told = with_changes(deed, [f"draw {draws} → {draws + 1} ({before.student})"])
            if not await self._obey(row, [after], told):
                return False
            self._s.changes.topic("audit")
            return True

    async def remove_student(self, command: str, student: StudentId, deed: Deed) -> bool:
        """Take somebody off the roster; False for somebody who has a session."""
        async with self._s.standings:
            now = self._s.clock.wall_ms()

            def work(tx: Tx) -> bool:
                if any(session.student == student for session in tx.people.sessions()):
                    return False
                if tx.first_time(command, f"{now} {deed.who}"):
                    tx.people.remove_students([student])
                    tx.control.audit(now, with_changes(deed, ["on the roster yes → no"]))
                return True

            removed = await self._s.writer.run(work)
            if removed:
                self._s.registry.roster.pop(student, None)
                self._s.changes.people()
                self._s.changes.topic("roster", "audit")
            return removed

    async def say(
        self, command: str, whom: Whom, text: str, *, kind: NoticeKind, deed: Deed, question: str = "", prompt: str = ""
    ) -> Applied:
        """Send a notice; `prompt` is how its question reads from now on, empty for as before."""
        async with self._s.standings:
            now = self._s.clock.wall_ms()
            registry = self._s.registry
            notice = NoticeRow(
                exam=self._s.identity.exam,
                number=registry.next_notice(),
                at_ms=now,
                kind=kind,
                text=text,
                sender=deed.who,
                question=question,
                sections=json.dumps(whom.sections),
                sessions=json.dumps(whom.sessions),
                prompt=prompt,
            )
            told = with_changes(deed, new_thing(f"{kind} {notice.number}"))
            if not await self._s.writer.once(command, now, told, lambda tx: tx.control.add_notice(notice)):
                return Applied(0, again=True)
            registry.notices.append(notice)
            reached = [session for session in registry.sessions if is_for(notice, registry, session)]
            await self._tell(reached, lambda desk: desk.push_notice(notice))
            self._s.changes.people(*reached)
            self._s.changes.topic("audit")
            return Applied(len(reached))

    async def put_students(self, command: str, rows: Iterable[RosterRow], deed: Deed) -> Applied:
        """Add or change people of the roster; times follow at once."""
        new = list(rows)
        async with self._s.standings:
            now = self._s.clock.wall_ms()
            before = self._s.registry.roster
            given = self._given()._replace(roster={**before, **{row.student: row for row in new}})
            changed = self._changed(given, now)
            people = [line for row in new for line in _person_changes(before.get(row.student), row)]
            told = with_changes(deed, [*people, *self._said(changed)])

            def hold() -> None:
                self._s.registry.roster.update({row.student: row for row in new})
                self._s.changes.people()

            def write(tx: Tx) -> None:
                tx.people.put_students(new)

            return await self._once(command, told, changed, _Effect(now, write, hold, ("roster",)))

    async def identify(self, command: str, session: SessionRow, to: RosterRow, deed: Deed) -> Applied:
        """Say whose work a session is: its times become that person's, an empty provisional place goes."""
        async with self._s.standings:
            now, registry = self._s.clock.wall_ms(), self._s.registry
            session = registry.sessions[session.session]
            place = registry.roster.get(StudentId(session.student))
            gone = [place.student] if place is not None and place.provisional and place.student != to.student else []
            new_place = to.student not in registry.roster
            fields = msgspec.structs.asdict(self._times(session, to, self._given()))
            after = msgspec.structs.replace(
                session, student=to.student, revision=session.revision + 1, issued_ms=now, **fields
            )
            whose = value_change("whose work", session.student, to.student)
            told = with_changes(deed, [*whose, *self._said([after])])

            def write(tx: Tx) -> None:
                if new_place:
                    tx.people.put_students([to])
                tx.people.remove_students(gone)

            def hold() -> None:
                registry.session_of.pop(StudentId(session.student), None)
                for student in gone:
                    registry.roster.pop(student, None)
                registry.roster[to.student] = to

            return await self._once(command, told, [after], _Effect(now, write, hold, ("roster",)))

    async def put_section(self, command: str, row: SectionRow, deed: Deed) -> Applied:
        """Add or change a section; times follow at once."""
        async with self._s.standings:
            now = self._s.clock.wall_ms()
            before = self._s.registry.sections
            changed = self._changed(self._given()._replace(sections={**before, row.name: row}), now)
            fields = field_changes(row.name, before.get(row.name), row, _SECTION)
            told = with_changes(deed, [*fields, *self._said(changed)])

            def write(tx: Tx) -> None:
                tx.people.put_section(row)

            def hold() -> None:
                self._s.registry.sections[row.name] = row

            return await self._once(command, told, changed, _Effect(now, write, hold, ("exam", "roster")))

    async def take_times(self, times: FileTimes, deed: Deed) -> list[Moved]:
        """Take the times of the exam's file (S-6) and return the sessions that they change."""
        async with self._s.standings:
            registry, before = self._s.registry, self._s.exam
            exam = times.put_into(before)
            starts = sorted(_starts(exam) - _starts(before), key=lambda start: start or 0)
            action = StartsAction(starts_ms=tuple(starts), times=times)
            row = self._next_command(f"exam.toml {self._s.chance.bytes(8).hex()}", action, deed.who)
            self._s.document.exam = exam
            changed = self._changed(self._given(row), row.at_ms)
            looking_back = self._other_reviews(before, changed, row.at_ms)
            moved = [_moved(registry.sessions[each.session], each) for each in changed]
            try:
                await self._obey(row, [*changed, *looking_back], with_changes(deed, self._said(changed)))
            except BaseException:
                self._s.document.exam = before
                raise
            self._s.changes.topic("exam", "audit")
            return moved

    async def reconcile(self, session: SessionId) -> None:
        """Bring one session up to date: it joined while a command was being applied."""
        async with self._s.standings:
            now = self._s.clock.wall_ms()
            changed = self._changed(self._given(), now, [self._s.registry.sessions[session]])
            if changed:
                await self._s.writer.run(lambda tx: tx.people.put_sessions(changed))
                await self.take(changed)

    def _next_command(self, command: str, action: AnyAction, who: str) -> CommandRow:
        """Return what the next command will be, given now; the body is encoded once, as it is stored."""
        return CommandRow(
            exam=self._s.identity.exam,
            number=len(self._s.registry.commands),
            command=command,
            at_ms=self._s.clock.wall_ms(),
            who=who,
            body=encode_action(action),
        )

    async def _obey(
        self, row: CommandRow, changed: list[SessionRow], told: Deed, also: Callable[[Tx, int], None] | None = None
    ) -> bool:
        """Write a command down with all that it changes, then hold it; False when that was done before."""

        def work(tx: Tx) -> bool:
            if tx.control.has_command(row.command):
                return False
            tx.control.add_command(row.command, row.at_ms, row.who, row.body)
            tx.people.put_sessions(changed)
            if also is not None:
                also(tx, row.at_ms)
            tx.control.audit(row.at_ms, told)
            return True

        if not await self._s.writer.run(work):
            return False
        self._s.registry.commands.append(row)
        await self.take(changed)
        return True

    async def _once(self, command: str, told: Deed, changed: list[SessionRow], effect: _Effect) -> Applied:
        """Write down what changes people or sections, with the standings that follow, then hold it."""

        def write(tx: Tx) -> None:
            effect.write(tx)
            tx.people.put_sessions(changed)

        if not await self._s.writer.once(command, effect.at_ms, told, write):
            return Applied(0, again=True)
        effect.hold()
        await self.take(changed)
        self._s.changes.topic(*effect.topics, "audit")
        return Applied(len(changed))

    def _given(self, *more: CommandRow) -> _Given:
        """Return what standings follow from now, and after more commands."""
        registry = self._s.registry
        return _Given([*registry.commands, *more], registry.roster, registry.sections)

    def _changed(self, given: _Given, now: int, sessions: Iterable[SessionRow] | None = None) -> list[SessionRow]:
        """Return the sessions whose times are not what they follow from, with their next revision."""
        changed = []
        for session in self._s.registry.sessions.values() if sessions is None else sessions:
            row = given.roster.get(StudentId(session.student))
            if row is None:
                row = RosterRow(exam=session.exam, student=StudentId(session.student), slot=0, name="")
            fields = msgspec.structs.asdict(self._times(session, row, given))
            if any(getattr(session, name) != value for name, value in fields.items()):
                changed.append(msgspec.structs.replace(session, revision=session.revision + 1, issued_ms=now, **fields))
        return changed

    def _other_reviews(self, before: Exam, changed: list[SessionRow], now: int) -> list[SessionRow]:
        """Return sessions besides `changed`, for their next standing, whose students may or may no longer look back."""
        told = {row.session for row in changed}
        return [
            msgspec.structs.replace(session, revision=session.revision + 1, issued_ms=now)
            for session in self._s.registry.sessions.values()
            if session.session not in told and self._review(session, before) != self._review(session, self._s.exam)
        ]

    def _review(self, session: SessionRow, exam: Exam) -> bool:
        row = self._s.registry.roster.get(StudentId(session.student))
        if row is None:
            return False
        member = member_of(session.session, row, session.joined_ms)
        return plan_of(exam, member, self._s.registry.sections.get(row.section)).review

    def _said(self, changed: Iterable[SessionRow]) -> list[str]:
        """Return what was before and is after of sessions, for the audit log."""
        return session_changes((self._s.registry.sessions[row.session], row) for row in changed)

    def _times(self, session: SessionRow, row: RosterRow, given: _Given) -> Times:
        member = member_of(session.session, row, session.joined_ms)
        return times_of(plan_of(self._s.exam, member, given.sections.get(row.section)), member, given.commands)

    async def take(self, changed: list[SessionRow]) -> None:
        """Let sessions hold that are written down, and tell their desks."""
        for row in changed:
            self._s.registry.put_session(row)
        self._s.changes.people(*(row.session for row in changed))
        await self._tell(
            [row.session for row in changed],
            lambda desk: desk.push_standing(self._s.registry.sessions[desk.session]),
        )

    async def _tell(self, sessions: Iterable[SessionId], what: Callable[[Desk], None]) -> None:
        """Tell the desks of these sessions, a few at a time so that receipts do not wait for signatures."""
        for number, session in enumerate(sessions, 1):
            for desk in list(self._s.registry.desks_of(session)):
                what(desk)
            if number % _AT_A_TIME == 0:
                await asyncio.sleep(0)


def _person_changes(before: RosterRow | None, after: RosterRow) -> list[str]:
    """Return what changed of a person; a code itself never stands in the audit log."""
    lines = field_changes(after.student, before, after, _PERSON)
    if before is not None and before.personal_code != after.personal_code:
        lines.append(f"personal code {'old' if before.personal_code else 'none'} → new ({after.student})")
    return lines


def _starts(exam: Exam) -> set[int | None]:
    """Every time at which the exam's file opens something; None where it is opened by hand."""
    moments = [
        exam.schedule.start,
        *(schedule_of(exam, section.name).start for section in exam.sections),
        *(rule.opens for rule in exam.access if rule.opens is not None),
        *(each.start for each in exam.accommodations if each.start is not None),
    ]
    return {None if moment is None else moment_ms(moment) for moment in moments}


def _moved(before: SessionRow, after: SessionRow) -> Moved:
    both = before.ends_ms is not None and after.ends_ms is not None
    by_ms = (after.ends_ms or 0) - (before.ends_ms or 0) if both else 0
    return Moved(session=after.session.hex(), by_ms=by_ms)
