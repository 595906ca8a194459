"""Is everything ready for the day? One line per thing that can keep an exam from going well, with what to do about it.

Pure: what is known goes in, the list comes out. What is not known is said as not known, never as ready.
"""

from collections.abc import Sequence
from typing import Literal

import msgspec

from shared.exam.document import Exam, schedule_of
from shared.exam.findings import Finding
from shared.exam.moments import moment_ms
from shared.exam.packages import WheelList

State = Literal["ready", "attention", "missing", "unknown"]
DAY_MS = 24 * 3_600_000
ENOUGH_BYTES = 2 * 1024**3
LEAST_BYTES = 512 * 1024**2
SEVERAL = 3
NEAR_MS = 15_000
OFF_MS = 30_000
_MEBIBYTE = 1024**2


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to have ready.

    Attributes:
        name: stays the same: exam, packages, schedule, roster, codes, pcs, rehearsal, key, clock, disk.
        said: how it stands.
        todo: what to do; empty where nothing is to be done.
    """

    name: str
    state: State
    said: str
    todo: str = ""


class RoomFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What a hub, or a class list, says of the people."""

    students: int
    with_code: int = 0
    sections: tuple[str, ...] = ()
    """Sections in which somebody is."""


class PcFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the lab PCs' own checks say: how many reported, at how many something is in the way or to be looked at."""

    reported: int
    blocked: int = 0
    look_at: int = 0


class ClockFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of this laptop's clock.

    Attributes:
        synchronised: whether the system says that it follows a time server; None where it can't say.
        source: the program that said so; empty where none could be asked.
        skews_ms: how far the clock of each PC that is connected is ahead of this one's.
    """

    synchronised: bool | None = None
    source: str = ""
    skews_ms: tuple[int, ...] = ()


class KeyFacts(msgspec.Struct, frozen=True, kw_only=True):
    """The exam's key as this window saved it.

    Attributes:
        age_ms: since it was written last; None where it was not saved.
        away: it is not at its place, as when a stick was taken out.
        problem: why it can't be written again.
    """

    age_ms: int | None = None
    away: bool = False
    problem: str = ""


class Rehearsed(msgspec.Struct, frozen=True, kw_only=True):
    """The last rehearsal of this exam; `changed` says in which files it differs by now, empty where in nothing."""

    at_ms: int
    desks: int
    holds: bool
    said: str = ""
    changed: str = ""


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known.

    Attributes:
        exam: None where it has mistakes.
        wheels: None where no packages were collected; `wheels_problem` says why they can't be read.
        newest_ms: when the newest file of the exam was written, by the file system.
        free_bytes: on the disk that holds the records; None where that can't be known.
        room: None where neither a hub nor a class list is there.
        pcs: None where no hub could be asked.
        key: None where the window has no say in it.
    """

    exam: Exam | None
    findings: Sequence[Finding]
    wheels: WheelList | None
    wheels_problem: str = ""
    now_ms: int
    newest_ms: int | None = None
    free_bytes: int | None = None
    room: RoomFacts | None = None
    pcs: PcFacts | None = None
    clock: ClockFacts = ClockFacts()
    rehearsed: Rehearsed | None = None
    key: KeyFacts | None = None


def checklist(facts: Facts) -> tuple[Item, ...]:
    """Everything to have ready, in the order of the work."""
    return (
        _exam(facts),
        _packages(facts),
        _schedule(facts),
        _roster(facts),
        _codes(facts),
        _pcs(facts),
        _rehearsal(facts),
        _key(facts),
        _clock(facts),
        _disk(facts),
    )


def is_ready(items: Sequence[Item]) -> bool:
    """Whether nothing is missing."""
    return all(item.state != "missing" for item in items)


def _exam(facts: Facts) -> Item:
    errors = sum(each.severity == "error" for each in facts.findings)
    if facts.exam is None or errors:
        count = max(1, errors)
        said = f"The exam has {count} mistake{'s' if count != 1 else ''} and can't be opened."
        return Item(name="exam", state="missing", said=said, todo="Correct them in the editor.")
    if facts.exam.draft:
        said = "The exam is a draft, so no student can see it."
        return Item(name="exam", state="missing", said=said, todo="Take off Draft under Exam when it is finished.")
    hints = len(facts.findings)
    if hints:
        said = f"The exam can run; there {'is' if hints == 1 else 'are'} {hints} hint{'s' if hints != 1 else ''}."
        return Item(name="exam", state="attention", said=said, todo="Look through the hints once.")
    return Item(name="exam", state="ready", said="The exam has no mistakes.")


def _packages(facts: Facts) -> Item:
    wanted = facts.exam.interpreter.packages if facts.exam is not None else ()
    if not wanted:
        return Item(name="packages", state="ready", said="Students' programs need no packages.")
    if facts.wheels_problem:
        return Item(name="packages", state="missing", said=facts.wheels_problem, todo="Collect the packages again.")
    if facts.wheels is None:
        said = f"{', '.join(wanted)}: not collected yet, so lab PCs would need the internet."
        return Item(
            name="packages", state="missing", said=said, todo="Collect the packages while you have the internet."
        )
    if facts.wheels.requirements != wanted:
        said = "The exam names other packages than those that were collected."
        return Item(name="packages", state="missing", said=said, todo="Collect the packages again.")
    kinds = ", ".join(f"{each.platform} with Python {each.python}" for each in facts.wheels.targets)
    return Item(name="packages", state="ready", said=f"Collected for {kinds}.", todo="")


def _schedule(facts: Facts) -> Item:
    exam = facts.exam
    if exam is None:
        return Item(name="schedule", state="unknown", said="Not known while the exam has mistakes.")
    starts = [schedule_of(exam, section.name).start for section in exam.sections] or [exam.schedule.start]
    set_ = [moment_ms(each) for each in starts if each is not None]
    if not set_:
        return Item(name="schedule", state="ready", said="No start is set: the exam is opened by hand.")
    if min(set_) < facts.now_ms - DAY_MS:
        said = "The start lies in the past: the exam would open at once."
        return Item(
            name="schedule", state="attention", said=said, todo="Set the start of this sitting, or take it out."
        )
    if exam.schedule.duration is None and exam.schedule.end is None:
        said = "Neither a duration nor an end is set: the exam runs until it is ended by hand."
        return Item(name="schedule", state="attention", said=said, todo="Set a duration under Schedule and sections.")
    return Item(name="schedule", state="ready", said="Start and length are set.")


def _roster(facts: Facts) -> Item:
    room, exam = facts.room, facts.exam
    if room is None:
        said = "Not known before the exam's hub runs."
        return Item(name="roster", state="unknown", said=said, todo="Open the exam and import the class list.")
    if room.students == 0:
        strict = exam is not None and exam.admission.unlisted == "refuse"
        said = "Nobody is on the roster" + (", and unlisted students are refused." if strict else ".")
        state: State = "missing" if strict or (exam is not None and exam.admission.codes == "personal") else "attention"
        return Item(name="roster", state=state, said=said, todo="Import the class list under Rosters.")
    unknown = sorted(set(room.sections) - {each.name for each in exam.sections} - {""}) if exam is not None else []
    if unknown and exam is not None and exam.sections:
        said = f"{room.students} students; the exam has no section {', '.join(unknown)}."
        return Item(name="roster", state="attention", said=said, todo="Add the section, or correct the class list.")
    return Item(name="roster", state="ready", said=f"{room.students} student{'s' if room.students != 1 else ''}.")


def _codes(facts: Facts) -> Item:
    exam, room = facts.exam, facts.room
    if exam is None:
        return Item(name="codes", state="unknown", said="Not known while the exam has mistakes.")
    if exam.admission.codes == "room":
        said = "One room code; it stands on the projector page."
        return Item(name="codes", state="ready", said=said)
    if room is None or room.students == 0:
        said = "Personal codes are made for the students of the roster."
        return Item(name="codes", state="unknown", said=said, todo="Open the exam and import the class list.")
    without = room.students - room.with_code
    if without > 0:
        said = f"{without} of {room.students} students have no personal code."
        return Item(name="codes", state="missing", said=said, todo="Make the codes and print the slips under Rosters.")
    return Item(
        name="codes", state="ready", said="Every student has a personal code.", todo="Print the slips if not done."
    )


def _pcs(facts: Facts) -> Item:
    pcs = facts.pcs
    todo = "Check each lab PC: in ExamDesk there under Help, or by IT with examdesk-student --preflight."
    if pcs is None:
        return Item(name="pcs", state="unknown", said="Not known before the exam's hub runs.", todo=todo)
    if not pcs.reported:
        return Item(name="pcs", state="attention", said="No lab PC has reported a check.", todo=todo)
    reported = _count(pcs.reported, "PC")
    if pcs.blocked:
        said = f"Of {reported}, {pcs.blocked} {'has' if pcs.blocked == 1 else 'have'} something in the way."
        return Item(name="pcs", state="missing", said=said, todo="Each says what to do, on the page Live under Room.")
    wanted = facts.room.students if facts.room is not None else 0
    if pcs.reported < wanted:
        said = f"{reported} reported a check; the roster has {_count(wanted, 'student')}."
        return Item(name="pcs", state="attention", said=said, todo=todo)
    if pcs.look_at:
        said = f"Of {reported}, {pcs.look_at} {'is' if pcs.look_at == 1 else 'are'} to be looked at."
        return Item(name="pcs", state="attention", said=said, todo="Each says what to do, on the page Live under Room.")
    return Item(name="pcs", state="ready", said=f"{reported} reported, and nothing is in the way.")


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'s' if number != 1 else ''}"


def _rehearsal(facts: Facts) -> Item:
    done = facts.rehearsed
    wanted = facts.room.students if facts.room is not None else 0
    if done is None:
        said = "This exam has not been rehearsed."
        return Item(name="rehearsal", state="attention", said=said, todo="Rehearse with as many desks as students.")
    if not done.holds:
        return Item(name="rehearsal", state="missing", said=done.said or "The last rehearsal did not hold.",
                    todo="Close other programs, plug in power and network, and rehearse again.")  # fmt: skip
    if done.desks < wanted:
        said = f"Rehearsed with {done.desks} desks; the roster has {wanted} students."
        return Item(name="rehearsal", state="attention", said=said, todo="Rehearse with as many desks as students.")
    if done.changed:
        return Item(name="rehearsal", state="attention", said=done.changed, todo="Rehearse again.")
    if facts.now_ms - done.at_ms > 30 * DAY_MS:
        said = f"{done.desks} desks held, more than a month ago."
        return Item(name="rehearsal", state="attention", said=said, todo="Rehearse again.")
    return Item(name="rehearsal", state="ready", said=f"{done.desks} desks held.")


def _key(facts: Facts) -> Item:
    key = facts.key
    save = "Save it on a stick, on the page Exams or with examdesk key: with it another laptop can take over."
    if key is None:
        said = "Whether the exam's key is on a stick is not known."
        return Item(name="key", state="unknown", said=said, todo=save)
    if key.age_ms is None:
        said = "The exam's key was not saved since this window was opened."
        return Item(name="key", state="attention", said=said, todo=save)
    minutes = key.age_ms // 60_000
    old = f"{_count(minutes, 'minute')} old" if minutes else "new"
    if key.away:
        said = f"The stick with the exam's key is not there; the key on it is {old}."
        return Item(name="key", state="attention", said=said, todo="Put it in again: it is written anew by itself.")
    if key.problem:
        said = f"The key on the stick is {old} and can't be written again: {key.problem}"
        return Item(name="key", state="attention", said=said, todo="Save it once more, on the page Exams.")
    return Item(name="key", state="ready", said=f"The key on the stick is {old}.")


def _clock(facts: Facts) -> Item:
    ahead = 0 if facts.newest_ms is None else facts.newest_ms - facts.now_ms
    if ahead > 60_000:
        said = "The exam's newest file is from the future by this laptop's clock: the clock is behind."
        return Item(name="clock", state="missing", said=said, todo="Set the laptop's date, time and time zone.")
    skews, (off_ms, agree) = facts.clock.skews_ms, _agreed(facts.clock.skews_ms)
    if agree and abs(off_ms) > OFF_MS:
        way = "behind" if off_ms > 0 else "ahead of"
        said = (
            f"{agree} of {_count(len(skews), 'PC')} agree that this laptop's clock is {_lasting(off_ms)} {way} theirs."
        )
        return Item(
            name="clock", state="missing", said=said, todo="Set the laptop's clock, at best before it is opened."
        )
    return _followed(facts.clock, _beside(len(skews), agree))


def _beside(pcs: int, agree: int) -> str:
    """What the PCs' clocks say, or that there are too few to ask."""
    if agree:
        return f" {agree} of {_count(pcs, 'PC')} agree with it."
    if pcs >= SEVERAL:
        return f" The clocks of {pcs} PCs don't agree with each other, so they say nothing about it."
    return f" Fewer than {SEVERAL} PCs are connected, so it was compared with none."


def _followed(clock: ClockFacts, beside: str) -> Item:
    compare = "Compare it with another clock: it is the exam's clock."
    if clock.synchronised:
        said = f"This laptop's clock follows a time server, says {clock.source}.{beside}"
        return Item(name="clock", state="ready", said=said)
    if clock.synchronised is False:
        said = f"This laptop's clock does not follow a time server, says {clock.source}.{beside}"
        return Item(name="clock", state="attention", said=said, todo=f"Connect it to the internet once. {compare}")
    asked = f"{clock.source} does not say" if clock.source else "no program here could say"
    said = f"Whether this laptop's clock follows a time server is not known: {asked}.{beside}"
    return Item(name="clock", state="unknown", said=said, todo=compare)


def _agreed(skews_ms: Sequence[int]) -> tuple[int, int]:
    """The middle of the PCs' clocks, and how many are near it; none where under two thirds are, or few are there."""
    if len(skews_ms) < SEVERAL:
        return 0, 0
    middle = sorted(skews_ms)[len(skews_ms) // 2]
    near = sum(abs(each - middle) <= NEAR_MS for each in skews_ms)
    return (middle, near) if near * 3 >= len(skews_ms) * 2 else (0, 0)


def _lasting(ms: int) -> str:
    seconds = round(abs(ms) / 1000)
    return f"{seconds} s" if seconds < 120 else f"{round(seconds / 60)} min"


def _disk(facts: Facts) -> Item:
    free = facts.free_bytes
    if free is None:
        return Item(name="disk", state="unknown", said="How much room the disk has is not known.")
    said = f"{free // _MEBIBYTE:,} MiB are free for the records."
    if free < LEAST_BYTES:
        return Item(name="disk", state="missing", said=said, todo="Make room: a large class needs about 2 GiB.")
    if free < ENOUGH_BYTES:
        return Item(name="disk", state="attention", said=said, todo="Make room: a large class needs about 2 GiB.")
    return Item(name="disk", state="ready", said=said)
