"""What holds for a session, worked out from the exam document, the roster and every command so far.

A pure fold, so that a session that joins late, a restarted hub and a rebuilt database all come to the same result.

S-1  The exam opens at the time of the access rule that holds (T-1 to T-4 of shared/exam/sittings.py), the section's,
     the accommodation's own start, or by hand. A student's time begins then, or on joining if that is later. Opening
     by hand for everybody leaves out who has an own opening and who may not start; for a section, those to whom a rule
     or an accommodation gives it in person; both leave out who is at work by then. For named sessions it leaves out
     nobody: their time begins anew.
S-2  The working time is the rule's, the section's or the exam's minutes, times the largest factor that applies, plus
     all extra minutes that apply. The closing time moves along unless the accommodation says not (T-5, T-6).
S-3  Extensions add up. One for everybody or a section is multiplied by the student's factor, one for named
     sessions is given as it is, unless the extension itself says which of the two.
S-4  A pause gives back its time, from the student's start on.
S-5  A session that is reopened after its end has no end until an extension or an end is commanded.
S-6  A new start in the exam's file begins the run anew for those whom it opens: what was opened, ended, paused, given
     or taken before is void for them. A start that is past by then means now.
S-7  An end by hand is the end from its moment on: what stands as the end is never later. The first one counts until
     the session is opened or reopened.
S-8  A session that another hub of this exam had before (P-16) stands as that hub last signed it: start, end, pause,
     reopenings, draws. Commands after that count from there. A lock is not taken over: it may have been for one device.
S-9  An opening by hand, now or at a time, can be taken back: for those whom it opened, what held before it holds again,
     with the extensions and pauses since. Who had begun waits again; what was seen and written stays seen and written.
"""

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from examdesk.store.rows import CommandRow, SectionRow
from shared.exam.access import AccessRule, Accommodation, Schedule, Section
from shared.exam.document import Exam
from shared.exam.sittings import OwnTimes, Person, SectionTimes, end_of, sitting_for

_RANK: dict[OwnTimes, int] = {"": 0, "section": 1, "person": 2}


class Whom(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a command is for: everybody by default, or sections, or sessions (hexadecimal)."""

    sections: tuple[str, ...] = ()
    sessions: tuple[str, ...] = ()

    def includes(self, section: str, session: str) -> bool:
        """Tell whether it is for this session."""
        if not self.sections and not self.sessions:
            return True
        return section in self.sections or session in self.sessions

    def rank(self, session: str) -> int:
        """Tell how closely it names this session: 2 itself, 1 its section, 0 everybody."""
        return 2 if session in self.sessions else 1 if self.sections else 0


class Action(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Something that changes standings."""

    whom: Whom = Whom()


class OpenAction(Action, frozen=True, kw_only=True):
    """Open at a time of the hub's clock."""

    at_ms: int


class TakeBackAction(Action, frozen=True, kw_only=True):
    """Take an opening by hand back, named by its command (S-9)."""

    opened: str


class EndAction(Action, frozen=True, kw_only=True):
    """End now."""


class ExtendAction(Action, frozen=True, kw_only=True):
    """Give seconds, or take them; `keep_ratio` says whether a student's factor multiplies them (S-3)."""

    seconds: int
    keep_ratio: bool | None = None


class PauseAction(Action, frozen=True, kw_only=True):
    """Stop the clock or let it go on."""

    paused: bool


class ReopenAction(Action, frozen=True, kw_only=True):
    """Let a session go on after its hand-in or its end."""


class LockAction(Action, frozen=True, kw_only=True):
    """Keep the student from working, or no longer."""

    locked: bool


class RedrawAction(Action, frozen=True, kw_only=True):
    """Draw one session's questions anew; times stay as they are."""


class FileTimes(msgspec.Struct, frozen=True, kw_only=True):
    """What exam.toml says of times and of who may sit when."""

    schedule: Schedule
    sections: tuple[Section, ...]
    access: tuple[AccessRule, ...]
    accommodations: tuple[Accommodation, ...]
    draft: bool

    @classmethod
    def of(cls, exam: Exam) -> "FileTimes":
        """The times of an exam."""
        return cls(**{name: getattr(exam, name) for name in cls.__struct_fields__})

    def put_into(self, exam: Exam) -> Exam:
        """The exam with these times."""
        return msgspec.structs.replace(exam, **{name: getattr(self, name) for name in self.__struct_fields__})


class StartsAction(Action, frozen=True, kw_only=True):
    """The exam's file has these starts since now, None by hand; `times` is all that it says of times."""

    starts_ms: tuple[int | None, ...]
    times: FileTimes | None = None


class AsItStoodAction(Action, frozen=True, kw_only=True):
    """A session comes from another hub of the exam, with what that hub signed last."""

    starts_ms: int | None
    ends_ms: int | None
    paused_ms: int | None
    ended: bool
    reopened: int
    draws: int = 0
    added: tuple[str, ...] = ()


class Gift(msgspec.Struct, frozen=True, kw_only=True):
    """A question that some get beside what they have drawn, at the end."""

    question: str
    whom: Whom = Whom()


class EditionAction(Action, frozen=True, kw_only=True):
    """A further content of the exam: what the exam's key signed of it, who gets a question, and what it has no more.

    Times stay as they are. `withdrawn` are the withdrawn questions (msgpack), as only this says them to another hub.
    """

    envelope: str = ""
    gifts: tuple[Gift, ...] = ()
    withdrawn: bytes = b""


AnyAction = (
    OpenAction
    | EndAction
    | ExtendAction
    | PauseAction
    | ReopenAction
    | LockAction
    | StartsAction
    | RedrawAction
    | AsItStoodAction
    | TakeBackAction
    | EditionAction
)
_EDITION = b'"type":"EditionAction"'
_decoder: msgspec.json.Decoder[AnyAction] = msgspec.json.Decoder(AnyAction)


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """What decides about one student's times."""

    session: str
    student: str
    section: str
    email: str = ""
    tags: tuple[str, ...] = ()
    factor: float = 1.0
    extra_minutes: int = 0
    joined_ms: int


class Times(msgspec.Struct, frozen=True, kw_only=True):
    """The fields of a standing that are worked out."""

    starts_ms: int | None = None
    ends_ms: int | None = None
    paused_ms: int | None = None
    ended: bool = False
    reopened: int = 0
    locked: bool = False
    note: str = ""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What the exam document says for one student, before any command."""

    opens_ms: int | None
    closes_ms: int | None
    working_ms: int | None
    factor: float
    active: bool = True
    own: OwnTimes = ""
    review: bool = False


def plan_of(exam: Exam, member: Member, section: SectionRow | None = None) -> Plan:
    """Return S-1 and S-2 for one student; `section` is what staff changed of the section."""
    person = Person(
        student=member.student,
        section=member.section,
        email=member.email,
        tags=member.tags,
        factor=member.factor,
        extra_minutes=member.extra_minutes,
    )
    changed = None
    if section is not None:
        changed = SectionTimes(opens_ms=section.starts_ms, closes_ms=section.ends_ms, minutes=section.minutes)
    sitting = sitting_for(exam, person, member.joined_ms, changed)
    return Plan(
        opens_ms=sitting.opens_ms,
        closes_ms=sitting.closes_ms,
        working_ms=sitting.working_ms,
        factor=sitting.factor,
        active=sitting.active,
        own=sitting.own,
        review=sitting.rule is not None and exam.access[sitting.rule - 1].show_after_end,
    )


def times_of(plan: Plan, member: Member, commands: Iterable[CommandRow]) -> Times:
    """Return what holds for a session after all commands."""
    fold = _Fold(plan, member)
    for row in commands:
        if _EDITION in row.body:
            continue
        action = decode_action(row.body)
        if action.whom.includes(member.section, member.session):
            fold.apply(action, row)
    return fold.times()


class LateOpening(msgspec.Struct, frozen=True, kw_only=True):
    """An opening by hand after which the closing time cuts a student's time: how much, and what was given since."""

    opened_ms: int
    who: str
    lost_ms: int
    given_ms: int


def late_opening_of(plan: Plan, member: Member, commands: Iterable[CommandRow]) -> LateOpening | None:
    """Return how much time an opening by hand costs a student who was there; None where it costs nothing.

    What counts is the difference to an opening in time: at the time of the plan, or, where it is opened by hand only,
    so early that the whole working time fits before the closing time.
    """
    if plan.closes_ms is None:
        return None
    fold = _Fold(plan, member)
    given = opened = None
    for row in commands:
        action = decode_action(row.body)
        if not action.whom.includes(member.section, member.session):
            continue
        fold.apply(action, row)
        if isinstance(action, OpenAction) and fold.opened_by(row.command):
            opened, given = row, 0
        elif isinstance(action, ExtendAction) and given is not None:
            given += fold.share_of(action)
    if opened is None or given is None or not fold.opened_by(opened.command):
        return None
    lost_ms = fold.cut_by_opening()
    if not lost_ms:
        return None
    return LateOpening(opened_ms=fold.opens_ms or 0, who=opened.who, lost_ms=lost_ms, given_ms=given)


def draws_of(session: str, commands: Iterable[CommandRow]) -> int:
    """Return how often this session's questions (hexadecimal id) were drawn anew."""
    mine = session.encode()
    draws = 0
    for row in commands:
        if mine in row.body and any(name in row.body for name in (b"RedrawAction", b"AsItStoodAction")):
            action = decode_action(row.body)
            if isinstance(action, RedrawAction) and session in action.whom.sessions:
                draws += 1
            if isinstance(action, AsItStoodAction) and session in action.whom.sessions:
                draws = action.draws  # S-8
    return draws


def added_of(section: str, session: str, commands: Iterable[CommandRow]) -> tuple[str, ...]:
    """Return the questions that staff gave this session (hexadecimal id) beside its draw, in order."""
    added: list[str] = []
    for row in commands:
        if _EDITION not in row.body and b"AsItStoodAction" not in row.body:
            continue
        action = decode_action(row.body)
        if isinstance(action, AsItStoodAction) and session in action.whom.sessions:
            added += action.added  # S-8
        if isinstance(action, EditionAction):
            added += [gift.question for gift in action.gifts if gift.whom.includes(section, session)]
    return tuple(dict.fromkeys(added))


def newest_edition(commands: Iterable[CommandRow]) -> EditionAction | None:
    """Return the command of the newest edition of the exam's content; None while there is the first content only."""
    found = None
    for row in commands:
        if _EDITION in row.body:
            action = decode_action(row.body)
            found = action if isinstance(action, EditionAction) and action.envelope else found
    return found


def encode_action(action: AnyAction) -> bytes:
    """Return an action as it is kept."""
    return msgspec.json.encode(action)


def decode_action(body: bytes) -> AnyAction:
    """Read an action that was kept."""
    return _decoder.decode(body)


class _Opening(NamedTuple):
    """An opening by hand, and what held before it."""

    command: str
    opens: int | None
    ended_ms: int | None

    def after(self, other: "_Opening") -> "_Opening":
        """This one as if it had come where another one stood."""
        return _Opening(self.command, other.opens, other.ended_ms)


class _Fold:
    def __init__(self, plan: Plan, member: Member) -> None:
        self._plan = plan
        self._member = member
        self._locked = False
        self._reopened = 0
        self._begin(plan.opens_ms)

    def _begin(self, opens_ms: int | None) -> None:
        self._opens = opens_ms
        self._openings: list[_Opening] = []
        self._given = 0
        self._paused: int | None = None
        self._ended_ms: int | None = None
        self._no_end_since: int | None = None
        self._set_end: int | None = None

    def apply(self, action: AnyAction, row: CommandRow) -> None:
        at_ms = row.at_ms
        match action:
            case OpenAction() | TakeBackAction():
                self._open(action, row)
            case StartsAction(starts_ms=starts):
                if self._plan.active and self._plan.opens_ms in starts:  # S-6
                    self._begin(None if self._plan.opens_ms is None else max(self._plan.opens_ms, at_ms))
            case EndAction():
                self._ended_ms = at_ms if self._ended_ms is None else self._ended_ms  # S-7
            case ExtendAction():
                self._extend(action, at_ms)
            case PauseAction(paused=paused):
                self._pause(at_ms) if paused else self._go_on(at_ms)
            case ReopenAction():
                self._reopen(at_ms)
            case LockAction(locked=locked):
                self._locked = locked
            case AsItStoodAction():
                self._stand(action, at_ms)

    def _open(self, action: OpenAction | TakeBackAction, row: CommandRow) -> None:  # S-1
        if isinstance(action, TakeBackAction):
            self._take_back(action.opened)
            return
        rank = action.whom.rank(self._member.session)
        if rank >= _RANK[self._plan.own] and (rank > 1 or not self._at_work(row.at_ms)):
            self._openings.append(_Opening(row.command, self._opens, self._ended_ms))
            self._opens, self._ended_ms = action.at_ms, None

    def _at_work(self, at_ms: int) -> bool:
        start, end = self._start(), self._end()
        return self._ended_ms is None and start is not None and start < at_ms and (end is None or end > at_ms)

    def _take_back(self, command: str) -> None:  # S-9
        for place, opening in enumerate(self._openings):
            if opening.command != command:
                continue
            del self._openings[place]
            if place == len(self._openings):
                self._opens, self._ended_ms = opening.opens, opening.ended_ms
            else:
                self._openings[place] = self._openings[place].after(opening)
            return

    @property
    def opens_ms(self) -> int | None:
        return self._opens

    def opened_by(self, command: str) -> bool:
        """Whether this opening by hand is the one that counts."""
        return bool(self._openings) and self._openings[-1].command == command

    def cut_by_opening(self) -> int:
        """How much less time there is up to the closing time than if it had been opened in time."""
        plan, closes = self._plan, self._plan.closes_ms
        counts_on = self._set_end is not None or self._no_end_since is not None
        if closes is None or self._opens is None or counts_on:
            return 0
        in_time = plan.opens_ms
        if in_time is None and plan.working_ms is not None:
            in_time = closes - plan.working_ms
        if in_time is None or in_time >= self._opens:
            return 0
        return max(0, self._left_from(in_time, closes) - self._left_from(self._opens, closes))

    def _left_from(self, opens: int, closes: int) -> int:
        start = max(opens, self._member.joined_ms)
        return max(0, (end_of(start, self._plan.working_ms, closes) or start) - start)

    def _start(self) -> int | None:
        return None if self._opens is None else max(self._opens, self._member.joined_ms)

    def _end(self) -> int | None:
        if self._set_end is not None:
            return self._set_end + self._given
        start = self._start()
        if self._no_end_since is not None or start is None:
            return None
        end = end_of(start, self._plan.working_ms, self._plan.closes_ms)
        return None if end is None else end + self._given

    def _extend(self, action: ExtendAction, at_ms: int) -> None:  # S-3
        given = self.share_of(action)
        if self._no_end_since is not None:
            self._set_end, self._given, self._no_end_since = at_ms, 0, None
        self._given += given

    def share_of(self, action: ExtendAction) -> int:
        """What an extension is for this student, in ms."""
        keep = self._member.session not in action.whom.sessions if action.keep_ratio is None else action.keep_ratio
        return round(action.seconds * 1000 * (self._plan.factor if keep else 1.0))

    def _pause(self, at_ms: int) -> None:
        if self._paused is None:
            self._paused = at_ms

    def _go_on(self, at_ms: int) -> None:  # S-4
        if self._paused is None:
            return
        start = self._start()
        if start is not None:
            self._given += max(0, at_ms - max(self._paused, start))
        self._paused = None

    def _reopen(self, at_ms: int) -> None:  # S-5
        end = self._end()
        if end is not None and end <= at_ms:
            self._no_end_since, self._set_end = at_ms, None
        self._ended_ms = None
        self._locked = False
        self._reopened += 1

    def _stand(self, as_it: AsItStoodAction, at_ms: int) -> None:  # S-8
        if as_it.starts_ms is None:
            return
        self._begin(as_it.starts_ms)
        self._set_end = as_it.ends_ms
        self._no_end_since = at_ms if as_it.ends_ms is None else None
        self._paused, self._reopened = as_it.paused_ms, as_it.reopened
        self._ended_ms = as_it.ends_ms if as_it.ended else None

    def times(self) -> Times:
        return Times(
            starts_ms=self._start(),
            ends_ms=min((end for end in (self._end(), self._ended_ms) if end is not None), default=None),  # S-7
            paused_ms=self._paused,
            ended=self._ended_ms is not None,
            reopened=self._reopened,
            locked=self._locked,
            note="" if self._plan.active else "You can't take this exam at this time. Ask the staff.",
        )
