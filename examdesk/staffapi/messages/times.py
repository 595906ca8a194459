"""Commands that change when and how long students work, and what a change would do."""

from typing import ClassVar

from examdesk.staffapi.messages.base import Answer, Command, Request, Target, Value
from examdesk.staffapi.permissions import Permission


class Open(Command, frozen=True, kw_only=True):
    """Open the exam for these students, now or at a time."""

    target: Target = Target()
    at_ms: int | None = None


class TakeBackOpening(Command, frozen=True, kw_only=True):
    """Take an opening by hand back, now or before its time: whom it opened waits again, as before it.

    What students saw and wrote meanwhile stays in the record. `opened` is the command of the opening, the newest one
    that stands where it is empty.
    """

    opened: str = ""


class End(Command, frozen=True, kw_only=True):
    """End it for these students; their last keystrokes are kept."""

    target: Target = Target()


class Extend(Command, frozen=True, kw_only=True):
    """Give more (or, negative, less) time; extensions add up."""

    seconds: int
    target: Target = Target()
    keep_ratio: bool | None = None
    """Whether a student's time factor multiplies it; left out: yes for everybody and sections, no for named ones."""
    reason: str = ""
    """Why; the students read it with the notice, and it stands in the audit log."""


class Pause(Command, frozen=True, kw_only=True):
    """Stop or restart the clock of these students; the time of the pause is given back."""

    paused: bool
    target: Target = Target()


class Reopen(Command, frozen=True, kw_only=True):
    """Let these students go on after they handed in."""

    target: Target


class Lock(Command, frozen=True, kw_only=True):
    """Keep these students from working, or no longer; their time runs on."""

    locked: bool
    target: Target


class Collect(Command, frozen=True, kw_only=True):
    """End it for these students and take every work: desks hand in what they have, others' count as they stand."""

    target: Target = Target()


AnyTargeted = Open | End | Extend | Pause | Reopen | Lock
AnyTiming = AnyTargeted | TakeBackOpening


class TimesRow(Value, frozen=True, kw_only=True):
    """A student's times now and after a change; the same where the change is not for this student."""

    session: str
    student: str
    name: str
    section: str
    starts_ms: int | None
    ends_ms: int | None
    paused: bool
    ended: bool
    new_starts_ms: int | None
    new_ends_ms: int | None
    new_paused: bool
    new_ended: bool
    changes: bool


class Times(Answer, frozen=True, kw_only=True):
    """Everybody's times, in the order of joining; `changed` is how many a change would touch."""

    rows: tuple[TimesRow, ...]
    changed: int
    hub_ms: int


class GetTimes(Request[Times], frozen=True, kw_only=True):
    """Ask for everybody's times, and what a command would make of them; nothing is done. Its id is not looked at."""

    NEEDS: ClassVar[Permission | None] = Permission.WATCH
    change: AnyTiming | None = None
