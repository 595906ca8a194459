"""What a command would do, said before it is done: whom it reaches, and what of it can be taken back."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from examdesk.staffapi.messages import (
    Collect,
    Command,
    End,
    Extend,
    LiveRow,
    Lock,
    Open,
    OpeningView,
    Pause,
    Redraw,
    Reopen,
    Say,
    TakeBackOpening,
    Target,
    Times,
)
from instructor_app.words import NOTHING, clock_time, counted, lasting, named, tr

EVERYBODY = Target()
Form = Literal["", "message", "extend", "open", "reason"]
_RUNNING = ("Working", "Idle", "Offline")
_IN_TIME = (*_RUNNING, "Paused")
MOST_ENDS = 4
MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True, slots=True)
class Plan:
    """A command with its consequences.

    Attributes:
        sentences: what will happen, for the person.
        undo: the command that takes it back; None where nothing does.
        form: what the person can still say about it.
        useless: it would reach nobody.
    """

    title: str
    sentences: tuple[str, ...]
    act: str
    request: Command
    undo: Command | None = None
    form: Form = ""
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


def plan_extend(rows: Iterable[LiveRow], target: Target, seconds: int, *, keep_ratio: bool | None = None) -> Plan:
    """More, or less, time; what ends come of it the hub says."""
    everyone = meant(rows, target)
    running = [row for row in everyone if row.ends_ms is not None and row.status not in ("Submitted", "Ended")]
    sentences = [tr("For {who}.", who=reached(running, target))]
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
        request=Extend(command="", seconds=seconds, target=target, keep_ratio=keep_ratio),
        form="extend",
        useless=not running,
        icon="clock",
    )


def plan_pause(rows: Iterable[LiveRow], target: Target, *, paused: bool) -> Plan:
    """Stop or restart clocks."""
    rows = list(rows)
    from_status = _RUNNING if paused else ("Paused",)
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
            undo=Pause(command="", paused=False, target=_only(who, rows, target, "Paused")),
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


def plan_lock(rows: Iterable[LiveRow], target: Target, *, locked: bool) -> Plan:
    """Keep students from working while their time runs on, or no longer."""
    rows = list(rows)
    who = [row for row in meant(rows, target) if row.status in (_RUNNING if locked else _IN_TIME)]
    words = (
        tr("They can't write any more until you unlock them. Their time runs on; pause them to stop it.")
        if locked
        else tr("Whoever was locked can write again.")
    )
    return Plan(
        title=tr("Lock") if locked else tr("Unlock"),
        sentences=(tr("For {who}.", who=reached(who, target)), words),
        act=tr("Lock now") if locked else tr("Unlock now"),
        request=Lock(command="", locked=locked, target=target),
        undo=Lock(command="", locked=not locked, target=_only(who, rows, target, "Paused") if locked else target),
        useless=not who,
        icon="lock",
    )


def plan_open(
    rows: Iterable[LiveRow], target: Target, now_ms: int, minutes: int | None, at_ms: int | None = None
) -> Plan:
    """Start the exam, now or at a time."""
    rows = list(rows)
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
    starts = (
        counted(waiting, "{n} student waits and starts at once.", "{n} students wait and start at once.")
        if at_ms is None
        else counted(
            waiting,
            "{n} student waits and sees the countdown; the desk starts by itself, also without the network.",
            "{n} students wait and see the countdown; the desks start by themselves, also without the network.",
        )
    )
    return Plan(
        title=tr("Open the exam") if at_ms is None else tr("Open the exam at a time"),
        sentences=(
            tr("For {who}.", who=reached(who, target)),
            *([starts] if waiting else []),
            *_left_at_work(meant(rows, target), target),
            tr("Those who join later see the questions as soon as they are in."),
            *([end] if at_ms is None else []),
        ),
        act=tr("Open now") if at_ms is None else tr("Open at this time"),
        request=Open(command="", target=target, at_ms=at_ms),
        form="" if at_ms is None else "open",
        icon="play",
    )


def _left_at_work(rows: Iterable[LiveRow], target: Target) -> list[str]:
    """Say what an opening does to those who are at work: nothing, unless they are named."""
    at_work = sum(row.status in _IN_TIME for row in rows)
    if not at_work:
        return []
    if target.sessions:
        return [
            counted(
                at_work,
                "{n} of them is at work: the time begins anew.",
                "{n} of them are at work: their time begins anew.",
            )
        ]
    return [counted(at_work, "{n} is at work and is left as is.", "{n} are at work and are left as they are.")]


def plan_take_back(opening: OpeningView) -> Plan:
    """Take an opening by hand back."""
    students = counted(opening.students, "{n} student", "{n} students") if opening.students else tr("everybody")
    who = tr("section {names}", names=", ".join(opening.sections)) if opening.sections else students
    at, by = clock_time(opening.opens_ms), opening.by
    words = (
        tr("{person} opened the exam for {who} at {time}.", person=by, who=who, time=at)
        if opening.opens_ms <= opening.done_ms
        else tr("{person} set the start for {who} to {time}.", person=by, who=who, time=at)
    )
    return Plan(
        title=tr("Take the opening back"),
        sentences=(
            words,
            tr("They wait again until you open it or its time in the exam's file comes, and then have all their time."),
            tr("Who has seen the questions has seen them; what was written is kept and shown again."),
            tr("A desk without a connection goes on until it hears of it."),
        ),
        act=tr("Take back"),
        request=TakeBackOpening(command="", opened=opening.command),
        icon="undo",
    )


def plan_end(rows: Iterable[LiveRow], target: Target) -> Plan:
    """End the exam."""
    who = [row for row in meant(rows, target) if row.status in (*_IN_TIME, "Waiting")]
    return Plan(
        title=tr("End the exam"),
        sentences=(
            tr("For {who}.", who=reached(who, target)),
            tr("Their last keystrokes are kept and count. They can't write any more."),
            *_hear_later(who),
        ),
        act=tr("End now"),
        request=End(command="", target=target),
        undo=_reopen(who),
        useless=not who,
        icon="stop",
    )


def plan_collect(rows: Iterable[LiveRow], target: Target) -> Plan:
    """End the exam and take every work."""
    who = [row for row in meant(rows, target) if row.session and row.status != "Submitted"]
    return Plan(
        title=tr("Collect all work"),
        sentences=(
            tr("For {who}.", who=reached(who, target)),
            tr("It ends for them. Desks that are connected hand in what they have."),
            tr("Of all others the work counts as the hub has it, until their PC hands in itself."),
            *_hear_later(who),
        ),
        act=tr("End and collect"),
        request=Collect(command="", target=target),
        undo=_reopen([row for row in who if row.status in _IN_TIME]),
        useless=not who,
        icon="submit",
    )


def plan_reopen(rows: Iterable[LiveRow], target: Target) -> Plan:
    """Let students go on after they handed in."""
    who = [row for row in meant(rows, target) if row.status in ("Submitted", "Ended")]
    over = sum(row.status == "Ended" for row in who)
    late = (
        counted(
            over,
            "The time of {n} of them is over: it has no end until you give minutes.",
            "The time of {n} of them is over: it has no end until you give minutes.",
        )
        if over
        else ""
    )
    sentences = (
        tr("For {who}.", who=reached(who, target)),
        tr("They can write again until their time is over. What they handed in stays in the record."),
        late,
    )
    sessions = Target(sessions=tuple(row.session for row in who))
    return Plan(
        title=tr("Reopen"),
        sentences=tuple(sentence for sentence in sentences if sentence),
        act=tr("Reopen"),
        request=Reopen(command="", target=sessions),
        undo=End(command="", target=sessions) if who else None,
        useless=not who,
        icon="undo",
    )


def plan_redraw(rows: Iterable[LiveRow], target: Target) -> Plan:
    """Draw one student's questions anew."""
    who = [row for row in meant(rows, target) if row.session and row.session in target.sessions]
    one = who[0] if len(who) == 1 else None
    if one is None:
        sentences: tuple[str, ...] = (
            tr("Choose one student who has joined: a draw is redone for one session at a time."),
        )
    else:
        sentences = (
            tr("For {name}.", name=one.name or one.student),
            tr("This student's questions change at once. What was written is kept, and the student is told."),
            tr("It can't be taken back; another draw can be made."),
        )
    return Plan(
        title=tr("Draw the questions anew"),
        sentences=sentences,
        act=tr("Draw anew"),
        request=Redraw(command="", session=one.session if one is not None else "", reason=""),
        form="" if one is None else "reason",
        useless=one is None,
        icon="restart",
    )


def plan_message(rows: Iterable[LiveRow], target: Target, text: str = "") -> Plan:
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
        title=tr("Write to students"),
        sentences=tuple(sentences),
        act=tr("Send"),
        request=Say(command="", text=text, target=target),
        form="message",
        useless=not who,
        icon="message",
    )


def undo_of(plan: Plan, request: Command) -> Command | None:
    """Return what takes back a request that was sent for a plan; None where nothing does."""
    if isinstance(request, Extend):
        return Extend(command="", seconds=-request.seconds, target=request.target, keep_ratio=request.keep_ratio)
    if isinstance(request, Open) and request.command:
        return TakeBackOpening(command="", opened=request.command)
    return plan.undo


def times_sentences(times: Times) -> list[str]:
    """Say which ends come of a change, the ones of most students first."""
    changed = [row for row in times.rows if row.changes]
    waiting = [row for row in changed if row.starts_ms is not None and row.new_starts_ms is None]
    changed = [row for row in changed if row not in waiting]
    ends = Counter((row.ends_ms, row.new_ends_ms) for row in changed if row.ends_ms != row.new_ends_ms)
    sentences = []
    if waiting:
        sentences.append(counted(len(waiting), "{n} student waits for the start", "{n} students wait for the start"))
    for (old, new), students in ends.most_common(MOST_ENDS):
        how_many = counted(students, "{n} student", "{n} students")
        sentences.append(tr("{who}: ends {old} → {new}", who=how_many, old=_end(old), new=_end(new)))
    if len(ends) > MOST_ENDS:
        rest = len(ends) - MOST_ENDS
        sentences.append(counted(rest, "and {n} more end time", "and {n} more end times"))
    late = sum(row.new_ends_ms is not None and row.new_ends_ms <= times.hub_ms and not row.new_ended for row in changed)
    if late:
        sentences.append(
            counted(late, "For {n} student the time is over at once.", "For {n} students the time is over at once.")
        )
    return sentences


def difference(old_ms: int | None, new_ms: int | None) -> str:
    """Say by how much an end moves."""
    if old_ms is None or new_ms is None or old_ms == new_ms:
        return NOTHING
    return ("+" if new_ms > old_ms else MINUS) + lasting(new_ms - old_ms)


def _end(at_ms: int | None) -> str:
    return tr("open") if at_ms is None else clock_time(at_ms)


def _only(who: Sequence[LiveRow], rows: Iterable[LiveRow], target: Target, already: str) -> Target:
    """Return whom taking a command back is for: nobody who was so before it."""
    if not any(row.status == already for row in meant(rows, target)):
        return target
    return Target(sessions=tuple(row.session for row in who if row.session))


def _reopen(rows: Sequence[LiveRow]) -> Command | None:
    sessions = tuple(row.session for row in rows if row.session and row.status != "Waiting")
    return Reopen(command="", target=Target(sessions=sessions)) if sessions else None


def _hear_later(rows: Sequence[LiveRow]) -> list[str]:
    offline = sum(row.status == "Offline" for row in rows)
    if not offline:
        return []
    return [
        counted(
            offline,
            "{n} student is offline: the desk hears of it when it is connected again.",
            "{n} students are offline: their desks hear of it when they are connected again.",
        )
    ]
