"""When one student sits the exam, and for how long: schedule, access rules and accommodations put together.

Pure: the document and the person in, times and the reason for them out. All times are ms since 1970 on the hub's clock.

T-1  An access rule is for a student whom it names by id, e-mail address, section or tag; one that names nobody is for
     everyone. Upper and lower case make no difference. No list of rules means one for everyone.
T-2  A rule takes what it does not say from the student's section, and that from the exam. It is in force from its
     opening to its closing; one with `active = false` and no times is always in force.
T-3  The first rule in force wins. It is looked for at the moment of joining; where none lets the student start then,
     at each later moment at which a rule opens or closes, so that who joins early waits for what comes first.
T-4  Who joins after everything has closed gets the sitting that closed last, which is over.
T-5  The working time is the rule's minutes, times the largest factor, plus all extra minutes. The closing time moves
     along, also with a later start of the student's own, unless an accommodation says `extend_end = false`. Where the
     exam opens by hand, a start counts as later from when the minutes do not fit before the closing time any more. A
     closing time with `clip = false` is but the last moment to start, and moves along with a later own start anyway.
T-6  Time runs from the opening, or from joining if that is later, to the end of the working time or to the closing
     time, whichever is first. With `clip = false` who joined before the closing time has the whole working time.
T-7  Before a student joins, the sitting is the first one listed that lets the student start, from when no rule before
     it refuses; others are `also`.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Literal

import msgspec

from shared.exam.access import AccessRule, Accommodation, Schedule
from shared.exam.document import Exam, schedule_of
from shared.exam.moments import moment_ms

MINUTE_MS = 60_000
_ALWAYS = 1 << 62

OwnTimes = Literal["", "section", "person"]


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """What the roster says of one student, as far as times go."""

    student: str
    section: str = ""
    email: str = ""
    tags: tuple[str, ...] = ()
    factor: float = 1.0
    extra_minutes: int = 0


class SectionTimes(msgspec.Struct, frozen=True, kw_only=True):
    """What staff changed of a section while the exam runs; it goes before the document."""

    opens_ms: int | None = None
    closes_ms: int | None = None
    minutes: int | None = None


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """A sitting that a student may take: `rule` counts from 1, None is the schedule itself."""

    rule: int | None
    opens_ms: int | None
    closes_ms: int | None


class Sitting(msgspec.Struct, frozen=True, kw_only=True):
    """One student's times.

    Attributes:
        rule: the access rule that holds, counted from 1; None: the schedule.
        active: False where the student may not start; there are no times then.
        opens_ms: None: opened by hand.
        closes_ms: with extra time; None: no closing time cuts the working time.
        working_ms: with extra time; None: until the closing time.
        starts_ms: opening or joining, whichever is later; for who has not joined, the opening.
        ends_ms: None: no end is set, or it is not known before the opening.
        own: whether the opening is meant for this `person` or this `section`, and not for everybody.
        also: other sittings that are open to the student.
        reason: a sentence that says where the times come from.
    """

    rule: int | None
    active: bool
    opens_ms: int | None
    closes_ms: int | None
    working_ms: int | None
    starts_ms: int | None
    ends_ms: int | None
    factor: float
    extra_minutes: int
    own: OwnTimes
    also: tuple[Window, ...]
    reason: str

    @property
    def minutes(self) -> float | None:
        """The working time in minutes."""
        return None if self.working_ms is None else self.working_ms / MINUTE_MS


class _Offer(msgspec.Struct, frozen=True, kw_only=True):
    """A rule with what it takes from section, exam and accommodations."""

    number: int | None
    rule: AccessRule
    opens_ms: int | None
    closes_ms: int | None
    minutes: int | None

    def holds(self, at_ms: int) -> bool:
        """Whether it is in force at this moment."""
        opens = -_ALWAYS if self.opens_ms is None else self.opens_ms
        return opens <= at_ms < (_ALWAYS if self.closes_ms is None else self.closes_ms)

    @property
    def always_refuses(self) -> bool:
        """Whether no rule after it can ever win."""
        return not self.rule.active and self.opens_ms is None and self.closes_ms is None


class _Help(msgspec.Struct, frozen=True, kw_only=True):
    """A student's accommodations, with what the roster says."""

    factor: float
    extra_minutes: int
    start_ms: int | None
    extends: bool


def sitting_for(
    exam: Exam, person: Person, joined_ms: int | None = None, section: SectionTimes | None = None
) -> Sitting:
    """When this student sits the exam; `joined_ms` None is before joining."""
    help_ = _help(exam.accommodations, person)
    given = (schedule_of(exam, _section_name(exam, person)), section or SectionTimes(), help_)
    offers = [_offer(number, rule, given) for number, rule in _rules_for(exam.access, person)]
    found = _planned(offers) if joined_ms is None else _at(offers, joined_ms)
    if found is None:
        return _refused(offers, help_)
    offer, opens_ms = found
    return _sitting(offer, opens_ms, joined_ms, help_, offers)


def people_named(exam: Exam) -> list[tuple[str, Person]]:
    """Without a roster: somebody of no section, somebody of each, and everybody whom the exam names."""
    entries: list[AccessRule | Accommodation] = [*exam.access, *exam.accommodations]
    students = [each for entry in entries for each in entry.students]
    tags = [each for entry in entries for each in entry.tags]
    return [
        ("(any student)", Person(student="")),
        *((f"(section {each.name})", Person(student="", section=each.name)) for each in exam.sections),
        *((f"(tag {tag})", Person(student="", tags=(tag,))) for tag in dict.fromkeys(tags)),
        *(("", Person(student=student)) for student in dict.fromkeys(students)),
    ]


def _is_named(names: tuple[str, ...], *called: str) -> bool:
    return bool(names) and not _folded(names).isdisjoint(name.strip().casefold() for name in called if name.strip())


@lru_cache(maxsize=4096)
def _folded(names: tuple[str, ...]) -> frozenset[str]:
    """Names as they are compared; a class is asked about the same lists again and again."""
    return frozenset(name.strip().casefold() for name in names)


def _names(entry: AccessRule | Accommodation, person: Person) -> bool:
    return _is_named(entry.students, person.student, person.email) or _is_named(entry.tags, *person.tags)


def _rules_for(rules: Sequence[AccessRule], person: Person) -> list[tuple[int | None, AccessRule]]:  # T-1
    found: list[tuple[int | None, AccessRule]] = [
        (number, rule)
        for number, rule in enumerate(rules, 1)
        if not (rule.students or rule.sections or rule.tags)
        or _names(rule, person)
        or _is_named(rule.sections, person.section)
    ]
    return found or [(None, AccessRule())]


def _help(accommodations: Iterable[Accommodation], person: Person) -> _Help:
    mine = [each for each in accommodations if _names(each, person)]
    start = next((each.start for each in mine if each.start is not None), None)
    return _Help(
        factor=max([person.factor, *(each.factor for each in mine)]),
        extra_minutes=person.extra_minutes + sum(each.minutes for each in mine),
        start_ms=_ms(start),
        extends=all(each.extend_end for each in mine),
    )


def _offer(number: int | None, rule: AccessRule, given: tuple[Schedule, SectionTimes, _Help]) -> _Offer:  # T-2
    schedule, changed, help_ = given
    if not rule.active:
        return _Offer(number=number, rule=rule, opens_ms=_ms(rule.opens), closes_ms=_ms(rule.closes), minutes=None)
    opens = changed.opens_ms if changed.opens_ms is not None else _ms(rule.opens or schedule.start)
    closes = changed.closes_ms if changed.closes_ms is not None else _ms(rule.closes or schedule.end)
    minutes = rule.minutes or changed.minutes or schedule.duration
    own = help_.start_ms if help_.start_ms is not None and changed.opens_ms is None else opens
    if closes is not None and help_.extends:
        closes += _moved(opens, closes, minutes, own, help_)
    elif closes is not None and not rule.clip and own is not None:
        closes += _later(opens, closes, minutes, own)
    return _Offer(number=number, rule=rule, opens_ms=own, closes_ms=closes, minutes=minutes)


def _ms(moment: datetime | None) -> int | None:
    return None if moment is None else moment_ms(moment)


def _section_name(exam: Exam, person: Person) -> str:
    """The section as the exam spells it."""
    folded = person.section.strip().casefold()
    return next((each.name for each in exam.sections if each.name.strip().casefold() == folded), person.section)


def _moved(opens: int | None, closes: int, minutes: int | None, own: int | None, help_: _Help) -> int:  # T-5
    """By how much the closing time moves along."""
    usual = minutes * MINUTE_MS if minutes is not None else closes - (closes if opens is None else opens)
    later = 0 if own is None else _later(opens, closes, minutes, own)
    return round(max(0, usual) * (help_.factor - 1)) + help_.extra_minutes * MINUTE_MS + later


def _later(opens: int | None, closes: int, minutes: int | None, own: int) -> int:
    """By how much an own start is later than everybody's, which is in time for all minutes where it is by hand."""
    return max(0, own - (opens if opens is not None else closes - (minutes or 0) * MINUTE_MS))


def _planned(offers: Sequence[_Offer]) -> tuple[_Offer, int | None] | None:  # T-7
    for offer in _reachable(offers):
        if offer.opens_ms is None:
            return offer, None
        refusing = [each for each in offers[: offers.index(offer)] if not each.rule.active]
        ends = sorted(each.closes_ms for each in refusing if each.closes_ms is not None)
        for moment in [offer.opens_ms, *(end for end in ends if end > offer.opens_ms and offer.holds(end))]:
            if not any(each.holds(moment) for each in refusing):
                return offer, moment
    return None


def _reachable(offers: Sequence[_Offer]) -> list[_Offer]:
    """The sittings that no rule before them refuses for good."""
    cut = next((position for position, offer in enumerate(offers) if offer.always_refuses), len(offers))
    return [offer for offer in offers[:cut] if offer.rule.active]


def _at(offers: Sequence[_Offer], joined_ms: int) -> tuple[_Offer, int | None] | None:  # T-3
    changes = {moment for offer in offers for moment in (offer.opens_ms, offer.closes_ms) if moment is not None}
    for moment in [joined_ms, *sorted(each for each in changes if each > joined_ms)]:
        offer = next((each for each in offers if each.holds(moment)), None)
        if offer is not None and offer.rule.active:
            held_back = moment > joined_ms and offer.opens_ms is not None
            return offer, max(offer.opens_ms or 0, moment) if held_back else offer.opens_ms
    over = [offer for offer in _reachable(offers) if offer.closes_ms is not None]
    last = max(over, key=lambda offer: offer.closes_ms or 0, default=None)
    return None if last is None else (last, last.opens_ms)  # T-4


def _sitting(
    offer: _Offer, opens_ms: int | None, joined_ms: int | None, help_: _Help, offers: Sequence[_Offer]
) -> Sitting:
    working = None
    if offer.minutes is not None:
        working = round(offer.minutes * MINUTE_MS * help_.factor) + help_.extra_minutes * MINUTE_MS
    in_time = joined_ms is None or offer.closes_ms is None or joined_ms < offer.closes_ms
    closes = None if not offer.rule.clip and working is not None and in_time else offer.closes_ms
    starts = opens_ms if joined_ms is None or opens_ms is None else max(opens_ms, joined_ms)
    return Sitting(
        rule=offer.number,
        active=True,
        opens_ms=opens_ms,
        closes_ms=closes,
        working_ms=working,
        starts_ms=starts,
        ends_ms=end_of(starts, working, closes),
        factor=help_.factor,
        extra_minutes=help_.extra_minutes,
        own=_own(offer.rule, help_),
        also=tuple(
            Window(rule=each.number, opens_ms=each.opens_ms, closes_ms=each.closes_ms)
            for each in _reachable(offers)
            if each is not offer and (each.opens_ms, each.closes_ms) != (offer.opens_ms, offer.closes_ms)
        ),
        reason=" ".join(_reasons(offer, help_, starts, working, closes)),
    )


def end_of(starts_ms: int | None, working_ms: int | None, closes_ms: int | None) -> int | None:  # T-6
    """When a sitting that starts then is over; None without a start or without anything that ends it."""
    if starts_ms is None:
        return None
    ends = [] if working_ms is None else [starts_ms + working_ms]
    return min([*ends, *([] if closes_ms is None else [closes_ms])], default=None)


def _own(rule: AccessRule, help_: _Help) -> OwnTimes:
    if help_.start_ms is not None:
        return "person"
    if rule.opens is None:
        return ""
    return "person" if rule.students or rule.tags else "section" if rule.sections else ""


def _refused(offers: Sequence[_Offer], help_: _Help) -> Sitting:
    rule = next((offer.number for offer in offers if not offer.rule.active), None)
    return Sitting(
        rule=rule,
        active=False,
        opens_ms=None,
        closes_ms=None,
        working_ms=None,
        starts_ms=None,
        ends_ms=None,
        factor=help_.factor,
        extra_minutes=help_.extra_minutes,
        own="person",
        also=(),
        reason=f"Access rule {rule} lets this student not start the exam.",
    )


def _reasons(offer: _Offer, help_: _Help, starts: int | None, working: int | None, closes: int | None) -> Iterable[str]:
    called = f" ({offer.rule.name})" if offer.rule.name else ""
    yield (
        "The schedule holds."
        if offer.number is None
        else f"Access rule {offer.number}{called} is the first that holds."
    )
    if help_.start_ms is not None:
        yield "An accommodation gives an own start."
    if offer.minutes is not None and (help_.factor != 1 or help_.extra_minutes):
        factor = f" times {help_.factor:g}" if help_.factor != 1 else ""
        extra = f" plus {help_.extra_minutes} min" if help_.extra_minutes else ""
        yield f"{offer.minutes} min{factor}{extra} = {(working or 0) / MINUTE_MS:g} min."
    if starts is not None and closes is not None and closes <= starts:
        yield "It closes before this student can start."
    elif starts is not None and closes is not None and working is not None and starts + working > closes:
        yield "It closes before the working time is over."
    if offer.opens_ms is None:
        yield "It opens by hand."
