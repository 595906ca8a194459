"""Who sits the exam when, for how long, in which group: sections, access rules, accommodations, groups."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta

from shared.exam.table import ShortText, Table

Ids = Annotated[tuple[ShortText, ...], Meta(max_length=10_000)]


class Schedule(Table, frozen=True, kw_only=True):
    """`[schedule]`: when the exam opens and closes. A time without a zone is the hub's local time."""

    start: Annotated[
        datetime | None, Meta(description="When it opens, such as `2026-10-05T09:00`; left out: opened by hand.")
    ] = None
    end: Annotated[datetime | None, Meta(description="When it closes for everyone, whoever started late.")] = None
    duration: (
        Annotated[
            int,
            Meta(
                ge=1, le=10_080, description="Minutes from a student's start; left out: until `end` or closed by hand."
            ),
        ]
        | None
    ) = None
    early_join: Annotated[
        int, Meta(ge=0, le=1440, description="Minutes before the start from which students may join and wait.")
    ] = 30


class SectionSchedule(Table, frozen=True, kw_only=True):
    """`[sections.schedule]`: what differs from the exam's schedule in this section."""

    start: Annotated[datetime | None, Meta(description="As in `[schedule]`.")] = None
    end: Annotated[datetime | None, Meta(description="As in `[schedule]`.")] = None
    duration: Annotated[int, Meta(ge=1, le=10_080, description="As in `[schedule]`.")] | None = None
    early_join: Annotated[int, Meta(ge=0, le=1440, description="As in `[schedule]`.")] | None = None


class Section(Table, frozen=True, kw_only=True):
    """`[[sections]]`: a group of students with its own room, code and schedule."""

    name: Annotated[str, Meta(min_length=1, max_length=100, description="What the section is called.")]
    room: Annotated[ShortText, Meta(description="Where it sits.")] = ""
    schedule: SectionSchedule = SectionSchedule()


class AccessRule(Table, frozen=True, kw_only=True):
    """`[[access]]`: rules in order, the first that matches a student wins; no list means everyone."""

    name: Annotated[ShortText, Meta(description="A name for people, such as `Conflict sitting`.")] = ""
    students: Annotated[Ids, Meta(description="Student ids or e-mail addresses that it is for.")] = ()
    sections: Annotated[Ids, Meta(description="Sections that it is for.")] = ()
    tags: Annotated[Ids, Meta(description="Roster tags that it is for.")] = ()
    opens: Annotated[datetime | None, Meta(description="When the exam opens for them.")] = None
    closes: Annotated[datetime | None, Meta(description="When it closes for them.")] = None
    minutes: Annotated[int, Meta(ge=1, le=10_080, description="Minutes from the student's start.")] | None = None
    active: Annotated[bool, Meta(description="`false`: they may not start the exam.")] = True
    clip: Annotated[bool, Meta(description="A late start ends at `closes` all the same.")] = True
    show_after_end: Annotated[bool, Meta(description="They may read their work after the end.")] = False


class Accommodation(Table, frozen=True, kw_only=True):
    """`[[accommodations]]`: extra time, as a factor, as minutes, or both."""

    students: Annotated[Ids, Meta(description="Student ids or e-mail addresses that it is for.")] = ()
    tags: Annotated[Ids, Meta(description="Roster tags that it is for.")] = ()
    factor: Annotated[float, Meta(ge=1, le=10, description="The working time is multiplied by it.")] = 1.0
    minutes: Annotated[int, Meta(ge=0, le=1440, description="Minutes that are added after that.")] = 0
    start: Annotated[datetime | None, Meta(description="An own start.")] = None
    extend_end: Annotated[bool, Meta(description="Their end moves along; `false`: it ends with the exam.")] = True


class GroupRole(Table, frozen=True, kw_only=True):
    """`[[groups.roles]]`: a role in a group of students."""

    name: Annotated[str, Meta(min_length=1, max_length=100, description="What the role is called.")]
    minimum: Annotated[int, Meta(ge=0, le=100, description="Students who must hold it.")] = 0
    maximum: Annotated[int, Meta(ge=1, le=100, description="Students who may hold it.")] | None = None
    can_assign_roles: Annotated[bool, Meta(description="May give roles to others.")] = False


class Groups(Table, frozen=True, kw_only=True):
    """`[groups]`: several students sit one session together."""

    enabled: Annotated[bool, Meta(description="Students work in groups.")] = False
    min_size: Annotated[int, Meta(ge=1, le=100, description="Smallest group.")] = 1
    max_size: Annotated[int, Meta(ge=1, le=100, description="Largest group.")] | None = None
    student_create: Annotated[bool, Meta(description="Students may form groups.")] = False
    student_join: Annotated[bool, Meta(description="Students may join a group.")] = False
    student_leave: Annotated[bool, Meta(description="Students may leave a group.")] = False
    roles: tuple[GroupRole, ...] = ()
