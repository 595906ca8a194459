"""Students' starts, ends and minutes, worked out by hand: what the preview shows, what the hub gives, when it is over.

Times are written as day and time of UTC. Each case says in its reason how a person comes to its times.
"""

import time
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

import pytest

from examdesk.hub.sessions.standings import (
    Action,
    ExtendAction,
    Member,
    OpenAction,
    PauseAction,
    Whom,
    encode_action,
    plan_of,
    times_of,
)
from examdesk.store.rows import CommandRow
from shared.exam.reading import read_toml
from shared.exam.sittings import Person, sitting_for
from shared.wire.standing import Standing

MINUTE_MS = 60_000
ME, OTHER = "ab" * 16, "cd" * 16
HEAD = f'format = 1\nuuid = "{UUID(int=5)}"\ntitle = "T"\n'
TAIL = '\n[[zones]]\n[[zones.questions]]\nid = "q1"\n'

SYNCHRONOUS = """
[[access]]
students = ["student1@example.com"]
opens = 2020-04-20T11:00:00Z
closes = 2020-04-20T12:40:00Z
minutes = 90
[[access]]
students = ["student3@example.com"]
opens = 2020-04-20T23:00:00Z
closes = 2020-04-21T00:05:00Z
minutes = 60
[[access]]
opens = 2020-04-20T11:00:00Z
closes = 2020-04-20T12:05:00Z
minutes = 60
[[access]]
active = false
"""
ASYNCHRONOUS = """
[[access]]
students = ["student1@example.com"]
opens = 2020-04-20T06:00:00Z
closes = 2020-04-21T06:00:00Z
minutes = 90
[[access]]
opens = 2020-04-20T06:00:00Z
closes = 2020-04-21T06:00:00Z
minutes = 60
[[access]]
active = false
"""
POST_GRADED = """
[[access]]
students = ["student1@example.com"]
opens = 2020-04-20T11:00:00Z
closes = 2020-04-20T12:40:00Z
minutes = 90
[[access]]
opens = 2020-04-20T11:00:00Z
closes = 2020-04-20T12:10:00Z
minutes = 60
[[access]]
students = ["student3@example.com"]
opens = 2020-04-20T23:00:00Z
closes = 2020-04-21T00:10:00Z
minutes = 60
[[access]]
active = false
"""
HOUR = "[schedule]\nstart = 2020-04-20T09:00:00Z\nend = 2020-04-20T11:00:00Z\nduration = 60\n"
CONFLICT_WITH_FACTOR = """
[schedule]
start = 2020-04-20T11:00:00Z
end = 2020-04-20T12:05:00Z
duration = 60
[[access]]
tags = ["Conflict"]
opens = 2020-04-20T23:00:00Z
closes = 2020-04-21T00:05:00Z
[[access]]
[[accommodations]]
students = ["s1"]
factor = 1.5
"""
OWN_AFTER_SECTION = """
[schedule]
start = 2020-04-20T08:00:00Z
end = 2020-04-20T18:00:00Z
duration = 60
[[sections]]
name = "A"
[sections.schedule]
start = 2020-04-20T09:00:00Z
end = 2020-04-20T12:00:00Z
[[access]]
clip = {clip}
[[accommodations]]
students = ["s1"]
start = 2020-04-20T14:00:00Z
extend_end = {extend}
"""
STACK = (
    HOUR
    + """
[[accommodations]]
students = ["s1"]
factor = 1.25
minutes = 10
[[accommodations]]
tags = ["time"]
factor = 1.5
"""
)
BY_HAND_OWN = """
[schedule]
end = 2020-04-20T12:00:00Z
duration = 60
[[accommodations]]
students = ["s1"]
start = 2020-04-20T14:00:00Z
"""
ORDER = (
    HOUR
    + """
[[access]]
tags = ["night"]
minutes = 30
[[access]]
sections = ["A"]
minutes = 40
[[access]]
minutes = 50
[[access]]
students = ["s1"]
minutes = 500
"""
)
REFUSED_FIRST = """
[[access]]
sections = ["A"]
active = false
opens = 2020-04-20T11:00:00Z
closes = 2020-04-20T11:30:00Z
[[access]]
opens = 2020-04-20T11:00:00Z
closes = 2020-04-20T12:05:00Z
minutes = 60
"""
SPRING = "[schedule]\nstart = 2026-03-29T01:30:00\nend = 2026-03-29T05:00:00\nduration = 120\n"
SPRING_CUT = "[schedule]\nstart = 2026-03-29T01:30:00\nend = 2026-03-29T03:30:00\nduration = 120\n"
AUTUMN = "[schedule]\nstart = 2026-10-25T01:30:00\nend = 2026-10-25T03:30:00\nduration = 150\n"
AUTUMN_WINDOW = "[schedule]\nstart = 2026-10-25T01:30:00\nend = 2026-10-25T03:30:00\n"
TWICE = "[schedule]\nstart = 2026-10-25T02:30:00\nduration = 60\n"
SKIPPED = "[schedule]\nstart = 2026-03-29T02:30:00\nduration = 60\n"


class Case(NamedTuple):
    """One student: who, joined when, what staff did; the times, and why."""

    why: str
    exam: str
    who: dict[str, object]
    joined: str
    start: str
    end: str
    minutes: float | None
    staff: tuple[tuple[str, Action], ...] = ()


def one(student: str = "s1", **more: object) -> dict[str, object]:
    return {"student": student, **more}


ANY = one("anybody")
FIRST, THIRD = one("student1@example.com"), one("student3@example.com")
TWO = {"factor": 1.2, "extra_minutes": 5, "tags": ("Time",), "section": "A"}
ALL_TEN = ("04-20 09:50", ExtendAction(seconds=600))
PAUSE = (("04-20 10:02", PauseAction(paused=True)), ("04-20 10:07", PauseAction(paused=False)))

CASES = [
    Case("synchronous, in time: 11:00 + 60", SYNCHRONOUS, ANY, "", "04-20 11:00", "04-20 12:00", 60),
    Case("synchronous, 5 min late: all of the 60", SYNCHRONOUS, ANY, "04-20 11:05", "04-20 11:05", "04-20 12:05", 60),
    Case("synchronous, 20 min late: cut at 12:05", SYNCHRONOUS, ANY, "04-20 11:20", "04-20 11:20", "04-20 12:05", 60),
    Case("synchronous, extra time: 11:00 + 90", SYNCHRONOUS, FIRST, "", "04-20 11:00", "04-20 12:30", 90),
    Case("synchronous, extra, late: cut 12:40", SYNCHRONOUS, FIRST, "04-20 11:20", "04-20 11:20", "04-20 12:40", 90),
    Case("synchronous, conflict: 23:00 + 60", SYNCHRONOUS, THIRD, "04-20 22:50", "04-20 23:00", "04-21 00:00", 60),
    Case("synchronous, conflict, late: cut", SYNCHRONOUS, THIRD, "04-20 23:30", "04-20 23:30", "04-21 00:05", 60),
    Case("synchronous, conflict at 11:00", SYNCHRONOUS, THIRD, "04-20 11:00", "04-20 11:00", "04-20 12:00", 60),
    Case("asynchronous: own start + 60", ASYNCHRONOUS, ANY, "04-20 15:10", "04-20 15:10", "04-20 16:10", 60),
    Case("asynchronous, extra: own start + 90", ASYNCHRONOUS, FIRST, "04-20 15:10", "04-20 15:10", "04-20 16:40", 90),
    Case("asynchronous: cut by the day's end", ASYNCHRONOUS, FIRST, "04-21 05:00", "04-21 05:00", "04-21 06:00", 90),
    Case("post-graded: 10 min to come late", POST_GRADED, ANY, "04-20 11:15", "04-20 11:15", "04-20 12:10", 60),
    Case("post-graded, conflict listed last", POST_GRADED, THIRD, "04-20 13:00", "04-20 23:00", "04-21 00:00", 60),
    Case(
        "conflict by tag, and 1.5: 23:00 + 90; closes 30 min later", CONFLICT_WITH_FACTOR,
        one(tags=("conflict",)), "04-20 23:10", "04-20 23:10", "04-21 00:35", 90,
    ),
    Case("spring: 00:30Z + 120 real minutes", SPRING, ANY, "", "03-29 00:30", "03-29 02:30", 120),
    Case("spring: 1:30 to 3:30 is one hour", SPRING_CUT, ANY, "", "03-29 00:30", "03-29 01:30", 120),
    Case("spring, 1.5: 180; closes +60", SPRING_CUT, one(factor=1.5), "", "03-29 00:30", "03-29 02:30", 180),
    Case("autumn: 1:30 to 3:30 is three hours", AUTUMN, ANY, "", "10-24 23:30", "10-25 02:00", 150),
    Case("autumn, 1.5 of three hours", AUTUMN_WINDOW, one(factor=1.5), "", "10-24 23:30", "10-25 04:00", None),
    Case("autumn: of two 2:30 the first", TWICE, ANY, "", "10-25 00:30", "10-25 01:30", 60),
    Case("spring: no 2:30, so an hour after 1:30", SKIPPED, ANY, "", "03-29 01:30", "03-29 02:30", 60),
    Case("largest factor 1.5, minutes 10 + 5", STACK, one(**TWO), "", "04-20 09:00", "04-20 10:45", 105),
    Case("closes 30 + 15 min later", STACK, one(**TWO), "04-20 10:30", "04-20 10:30", "04-20 11:45", 105),
    Case("10 for all is 15 at 1.5", STACK, one(**TWO), "", "04-20 09:00", "04-20 11:00", 105, (ALL_TEN,)),
    Case(
        "also past the closing time", STACK, one(**TWO), "04-20 10:30", "04-20 10:30", "04-20 12:00", 105, (ALL_TEN,)
    ),
    Case(
        "10 for a section as it is", STACK, one(**TWO), "", "04-20 09:00", "04-20 10:55", 105,
        (("04-20 09:50", ExtendAction(seconds=600, keep_ratio=False, whom=Whom(sections=("A",)))),),
    ),
    Case(
        "10 for one is 10; for another nothing", STACK, one(**TWO), "", "04-20 09:00", "04-20 10:55", 105,
        (
            ("04-20 09:50", ExtendAction(seconds=600, whom=Whom(sessions=(ME,)))),
            ("04-20 09:51", ExtendAction(seconds=600, whom=Whom(sessions=(OTHER,)))),
        ),
    ),
    Case(
        "10 for one with the ratio, 10 off for all: nothing", STACK, one(**TWO), "", "04-20 09:00", "04-20 10:45", 105,
        (
            ("04-20 09:50", ExtendAction(seconds=600, keep_ratio=True, whom=Whom(sessions=(ME,)))),
            ("04-20 09:55", ExtendAction(seconds=-600)),
        ),
    ),
    Case("60 + 10 + 5 of pause in the extension", HOUR, ANY, "", "04-20 09:00", "04-20 10:15", 60, (ALL_TEN, *PAUSE)),
    Case(
        "90 + 15 + 5: a pause is not multiplied", HOUR, one(factor=1.5), "", "04-20 09:00", "04-20 10:50", 90,
        (ALL_TEN, *PAUSE),
    ),
    Case(
        "paused 9:55 to 10:10, 10 more meanwhile: 15 left at 10:10", HOUR, ANY, "", "04-20 09:00", "04-20 10:25", 60,
        (
            ("04-20 09:55", PauseAction(paused=True)),
            ("04-20 10:05", ExtendAction(seconds=600)),
            ("04-20 10:10", PauseAction(paused=False)),
        ),
    ),
    Case(
        "own start 14:00, 5 h after the section's: closes 17:00",
        OWN_AFTER_SECTION.format(clip="true", extend="true"),
        one(section="a"), "04-20 16:30", "04-20 16:30", "04-20 17:00", 60,
    ),
    Case(
        "clipped at the section's end, which is over",
        OWN_AFTER_SECTION.format(clip="true", extend="false"),
        one(section="A"), "04-20 13:50", "04-20 14:00", "04-20 12:00", 60,
    ),
    Case(
        "not clipped: 14:00 + 60, planned",
        OWN_AFTER_SECTION.format(clip="false", extend="false"),
        one(section="A"), "", "04-20 14:00", "04-20 15:00", 60,
    ),
    Case(
        "not clipped: 14:00 + 60, who waits for it after the section's end",
        OWN_AFTER_SECTION.format(clip="false", extend="false"),
        one(section="A"), "04-20 13:50", "04-20 14:00", "04-20 15:00", 60,
    ),
    Case("by hand, closes 12:00; own start 14:00 + 60", BY_HAND_OWN, one(), "", "04-20 14:00", "04-20 15:00", 60),
    Case(
        "by hand at 10:00: everybody else", BY_HAND_OWN, ANY, "04-20 09:50", "04-20 10:00", "04-20 11:00", 60,
        (("04-20 10:00", OpenAction(at_ms=round(datetime(2020, 4, 20, 10, tzinfo=UTC).timestamp() * 1000))),),
    ),
    Case("first match: the tag", ORDER, one(tags=("Night",), section="A"), "", "04-20 09:00", "04-20 09:30", 30),
    Case("first match: the section", ORDER, one(section="a"), "", "04-20 09:00", "04-20 09:40", 40),
    Case("first match: everybody's, before the one by name", ORDER, one(), "", "04-20 09:00", "04-20 09:50", 50),
    Case("refused to 11:30, planned", REFUSED_FIRST, one(section="A"), "", "04-20 11:30", "04-20 12:05", 60),
    Case("refused to 11:30, waits", REFUSED_FIRST, one(section="A"), "04-20 10:50", "04-20 11:30", "04-20 12:05", 60),
    Case("the other section", REFUSED_FIRST, one(section="B"), "", "04-20 11:00", "04-20 12:00", 60),
]  # fmt: skip


@pytest.fixture(autouse=True)
def berlin(monkeypatch):
    if not hasattr(time, "tzset"):
        pytest.skip("this system has no way to set the local time zone of one process")
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def at_ms(words: str, year: int) -> int:
    return round(datetime.fromisoformat(f"{year}-{words.replace(' ', 'T')}+00:00").timestamp() * 1000)


def words(ms: int | None) -> str:
    return "" if ms is None else datetime.fromtimestamp(ms / 1000, tz=UTC).strftime("%m-%d %H:%M")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.why)
def test_the_times_are_those_worked_out_by_hand(case):
    year = 2020 if case.start.startswith("04") else 2026
    document = read_toml(HEAD + case.exam + TAIL).exam
    assert document is not None
    joined = at_ms(case.joined, year) if case.joined else None
    planned = sitting_for(document, Person(**case.who), joined)  # what the previews show
    assert planned.minutes == case.minutes
    if not case.staff:
        assert (words(planned.starts_ms), words(planned.ends_ms)) == (case.start, case.end)
    early = at_ms(case.start, year) - 10 * MINUTE_MS
    member = Member(**{"session": ME, "section": "", "joined_ms": early if joined is None else joined, **case.who})
    rows = [
        CommandRow(exam=b"", number=n, command=str(n), at_ms=at_ms(at, year), who="", body=encode_action(action))
        for n, (at, action) in enumerate(case.staff)
    ]
    found = times_of(plan_of(document, member), member, rows)  # what the hub gives to who has joined
    assert (words(found.starts_ms), words(found.ends_ms)) == (case.start, case.end)
    standing = Standing(exam="", session="", revision=1, issued_ms=0, starts_ms=found.starts_ms, ends_ms=found.ends_ms)
    start, end = at_ms(case.start, year), at_ms(case.end, year)
    if start < end:  # late is who is late for the own end, with all that was given
        phases = [standing.phase(moment) for moment in (start - 1, start, end - 1, end)]
        assert phases == ["waiting", "active", "active", "ended"]
