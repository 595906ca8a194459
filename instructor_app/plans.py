"""What a command would do, said before it is done: whom it reaches and which end times come of it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec

from examdesk.staffapi.messages import Command, End, Extend, LiveRow, Open, Pause, Reopen, Say, Target
from instructor_app.words import clock_time, counted, named, tr

EVERYBODY = Target()


@dataclass(frozen=True, slots=True)
class Plan:
    """A command with its consequences.

    Attributes:
        sentences: what will happen, for the person.
        undo: the command that takes it back; None where nothing does.
        wants_text: the person still writes a message.
    """

    title: str
    sentences: tuple[str, ...]
    act: str
    request: Command
    undo: Command | None = None
    wants_text: bool = False
    useless: bool = False
    icon: str = "check"


def meant(rows: Iterable[LiveRow], target: Target) -> list[LiveRow]:
    """Return the rows that a target reaches; without sections and sessions it reaches everybody."""
    everybody = not target.sections and not target.sessions
    return [
        row
        for row in rows
        if everybody or row.section in target.sections or (row.session and row.session in target.sessions)
    ]


def reached(rows: Sequence[LiveRow], target: Target) -> str:
    """Say whom a target reaches."""
    if target.sessions and len(rows) <= 4:
        return named([row.name for row in rows], 4)
    students = counted(len(rows), "{n} student", "{n} students")
    if target.sections:
        return tr("section {names}: {students}", names=", ".join(target.sections), students=students)
    return students if target.sessions else tr("everybody: {students}", students=students)


def plan_extend(rows: Iterable[LiveRow], target: Target, seconds: int) -> Plan:
    """More, or less, time: every resulting end time is named."""
    everyone = meant(rows, target)
    running = [row for row in everyone if row.ends_ms is not None and row.status not in ("Submitted", "Ended")]
    ends = Counter(row.ends_ms or 0 for row in running)
    sentences = [tr("For {who}.", who=reached(running, target))]
    for end, students in sorted(ends.items(), key=lambda pair: -pair[1])[:4]:
        how_many = counted(students, "{n} student", "{n} students")
        sentences.append(
            tr("{who}: ends {old} → {new}", who=how_many, old=clock_time(end), new=clock_time(end + seconds * 1000))
        )
    if len(ends) > 4:
        sentences.append(counted(len(ends) - 4, "and {n} more end time", "and {n} more end times"))
    finished = len(everyone) - len(running)
    if finished:
        sentences.append(
            counted(
                finished,
                "{n} student has no running time and is left as is.",
                "{n} students have no running time and are left as they are.",
            )
        )
    minutes = counted(abs(seconds) // 60, "{n} minute", "{n} minutes")
    more = seconds > 0
    return Plan(
        title=tr("Give {minutes} more", minutes=minutes) if more else tr("Take {minutes} away", minutes=minutes),
        sentences=tuple(sentences),
        act=tr("Give {minutes}", minutes=minutes) if more else tr("Take {minutes} away", minutes=minutes),
        request=Extend(command="", seconds=seconds, target=target),
        undo=Extend(command="", seconds=-seconds, target=target),
        useless=not running,
        icon="clock",
    )


def plan_pause(rows: Iterable[LiveRow], target: Target, *, paused: bool) -> Plan:
    """Stop or restart clocks."""
    from_status = ("Working", "Idle", "Offline") if paused else ("Paused",)
    who = [row for row in meant(rows, target) if row.status in from_status]
    first = tr("For {who}.", who=reached(who, target))
    if paused:
        return Plan(
            title=tr("Pause"),
            sentences=(
                first,
                tr("Their editors are locked and their clocks stop. The time of the pause is given back."),
            ),
            act=tr("Pause now"),
            request=Pause(command="", paused=True, target=target),
            undo=Pause(command="", paused=False, target=target),
            useless=not who,
            icon="pause",
        )
    return Plan(
        title=tr("Go on"),
        sentences=(first, tr("Their clocks run on; every end moves back by the length of the pause.")),
        act=tr("Go on now"),
        request=Pause(command="", paused=False, target=target),
        undo=Pause(command="", paused=True, target=target),
        useless=not who,
        icon="play",
    )


def plan_open(rows: Iterable[LiveRow], target: Target, now_ms: int, minutes: int | None) -> Plan:
    """Start the exam."""
    who = [row for row in meant(rows, target) if row.status in ("Waiting", "Not joined")]
    waiting = sum(row.status == "Waiting" for row in who)
    if minutes is None:
        end = tr("It has no fixed length: it runs until you end it.")
    else:
        end = tr(
            "{minutes} minutes: most end at {end}; longer times of single students are kept.",
            minutes=minutes,
            end=clock_time(now_ms + minutes * 60_000),
        )
    return Plan(
        title=tr("Open the exam"),
        sentences=(
            tr("For {who}.", who=reached(who, target)),
            counted(waiting, "{n} student waits and starts at once.", "{n} students wait and start at once."),
            tr("Those who join later see the questions as soon as they are in."),
            end,
        ),
        act=tr("Open now"),
        request=Open(command="", target=target),
        icon="play",
    )


def plan_end(rows: Iterable[LiveRow], target: Target) -> Plan:
    """End the exam."""
    who = [row for row in meant(rows, target) if row.status in ("Working", "Idle", "Offline", "Paused", "Waiting")]
    offline = sum(row.status == "Offline" for row in who)
    sentences = [
        tr("For {who}.", who=reached(who, target)),
        tr("Their last keystrokes are kept and count. They can't write any more."),
    ]
    if offline:
        sentences.append(
            counted(
                offline,
                "{n} student is offline: the desk hears of it when it is connected again.",
                "{n} students are offline: their desks hear of it when they are connected again.",
            )
        )
    return Plan(
        title=tr("End the exam"),
        sentences=tuple(sentences),
        act=tr("End now"),
        request=End(command="", target=target),
        useless=not who,
        icon="stop",
    )


def plan_reopen(rows: Iterable[LiveRow], target: Target) -> Plan:
    """Let students go on after they handed in."""
    who = [row for row in meant(rows, target) if row.status in ("Submitted", "Ended")]
    return Plan(
        title=tr("Reopen"),
        sentences=(
            tr("For {who}.", who=reached(who, target)),
            tr("They can write again until their time is over. What they handed in stays in the record."),
        ),
        act=tr("Reopen"),
        request=Reopen(command="", target=target),
        useless=not who,
        icon="undo",
    )


def plan_message(rows: Iterable[LiveRow], target: Target) -> Plan:
    """Write to students."""
    who = [row for row in meant(rows, target) if row.session]
    away = sum(not row.online for row in who)
    sentences = [tr("To {who}.", who=reached(who, target))]
    if away:
        sentences.append(
            counted(
                away,
                "{n} student is not connected and gets it later.",
                "{n} students are not connected and get it later.",
            )
        )
    return Plan(
        title=tr("Message"),
        sentences=tuple(sentences),
        act=tr("Send"),
        request=Say(command="", text="", target=target),
        wants_text=True,
        useless=not who,
        icon="message",
    )


def with_text(plan: Plan, text: str) -> Command:
    """Return the plan's command with what the person wrote."""
    return msgspec.structs.replace(plan.request, text=text) if plan.wants_text else plan.request
