"""The columns of the live table."""

from collections.abc import Callable
from functools import partial

from examdesk.staffapi.messages import LiveRow
from instructor_app.indicators import Indicator
from instructor_app.state import ClassState
from instructor_app.tables.delegate import status_cell
from instructor_app.tables.model import Cell, Column
from instructor_app.words import NOTHING, ago, clock_time, countdown, counted, lasting, tr

SOON_MS = 5 * 60_000
STALE_MS = 90_000
REVIEW_LOOK = {
    "Not reviewed": ("", "muted"),
    "Reviewed": ("check", "positive"),
    "Needs follow-up": ("flag", "attention"),
    "Escalated": ("flag", "info"),
    "Cleared": ("check", "muted"),
}
STATUS_ORDER = ("Working", "Idle", "Offline", "Paused", "Waiting", "Not joined", "Submitted", "Ended")


Marks = Callable[[LiveRow], list[Indicator]]


def live_columns(state: ClassState, marks: Marks) -> list[Column[LiveRow]]:
    """Return Student · Section · Status · Time left · Last saved · Runs · Code versions · Signals · Review and more."""
    return [*_who_and_when(state), *_figures(), _look(marks), *_more()]


def _who_and_when(state: ClassState) -> list[Column[LiveRow]]:
    def time_left(row: LiveRow) -> Cell:
        left = state.left_ms(row)
        if row.status in ("Submitted", "Ended", "Not joined"):
            return Cell(NOTHING, tone="muted")
        if left is None:
            return Cell(NOTHING, tone="muted")
        soon = left < SOON_MS and row.status != "Waiting"
        return Cell(countdown(left), tone="attention" if soon else "", bold=soon)

    def saved(row: LiveRow) -> Cell:
        if row.last_saved_ms is None:
            return Cell(NOTHING, tone="muted")
        age = state.now_ms() - row.last_saved_ms
        stale = row.status in ("Working", "Offline") and age > STALE_MS
        return Cell(ago(row.last_saved_ms, state.now_ms()), tone="attention" if stale else "muted")

    return [
        Column(
            "student",
            tr("Student"),
            student_cell,
            lambda r: r.name.casefold(),
            190,
            stretch=True,
            tip=partial(_student_tip, state),
        ),
        Column("section", tr("Section"), lambda r: r.section or NOTHING, width=76),
        Column(
            "status",
            tr("Status"),
            lambda r: status_cell(r.status),
            lambda r: STATUS_ORDER.index(r.status),
            width=116,
            tip=lambda r: tr("{status}; {events} events so far", status=r.status, events=r.events),
        ),
        Column(
            "left",
            tr("Time left"),
            time_left,
            lambda r: r.ends_ms or 0,
            width=86,
            number=True,
            live=True,
            tip=lambda r: tr("Ends at {time}", time=clock_time(r.ends_ms)),
        ),
        Column(
            "saved",
            tr("Last saved"),
            saved,
            lambda r: r.last_saved_ms or 0,
            width=98,
            number=True,
            live=True,
            tip=lambda r: tr("Safe with the hub up to {time}", time=clock_time(r.last_saved_ms, seconds=True)),
        ),
    ]


def _look(marks: Marks) -> Column[LiveRow]:
    def cell(row: LiveRow) -> Cell:
        found = marks(row)
        if not found:
            return Cell("")
        more = tr("+{n}", n=len(found) - 1) if len(found) > 1 else ""
        return Cell(found[0].short, icon=found[0].icon, tone="attention", note=more)

    return Column(
        "look",
        tr("To look at"),
        cell,
        lambda row: -len(marks(row)),
        width=112,
        live=True,
        tip=lambda row: "\n".join(mark.words for mark in marks(row)),
    )


def _figures() -> list[Column[LiveRow]]:
    return [
        Column(
            "runs",
            tr("Runs"),
            lambda r: _number(r.runs),
            lambda r: r.runs,
            width=66,
            number=True,
            tip=lambda r: tr("{runs} runs, {failed} of them ended with an error", runs=r.runs, failed=r.failed_runs),
        ),
        Column(
            "versions", tr("Code versions"), lambda r: _number(r.versions), lambda r: r.versions, width=118, number=True
        ),
        Column(
            "signals",
            tr("Signals"),
            lambda r: Cell(str(r.signals), icon="flag") if r.signals else Cell(NOTHING, tone="muted"),
            lambda r: r.signals,
            width=80,
            number=True,
            tip=lambda r: counted(r.signals, "{n} signal to look at", "{n} signals to look at"),
        ),
        Column("review", tr("Review"), review_cell, lambda r: r.review or "", width=116),
    ]


def _more() -> list[Column[LiveRow]]:
    return [
        Column("question", tr("Question"), lambda r: r.question or NOTHING, width=84, hidden=True),
        Column("seat", tr("Seat"), lambda r: r.seat or NOTHING, width=60, hidden=True),
        Column("device", tr("PC"), lambda r: r.device or NOTHING, width=110, hidden=True),
        Column("ends", tr("Ends at"), lambda r: clock_time(r.ends_ms), lambda r: r.ends_ms or 0, 84, hidden=True),
        Column("events", tr("Events"), lambda r: _number(r.events), lambda r: r.events, 76, number=True, hidden=True),
    ]


def review_cell(row: LiveRow) -> Cell:
    """Return a review status with its icon; neutral as long as nobody looked, and where the hub does not tell it."""
    if row.review is None:
        return Cell(NOTHING, tone="muted")
    icon, tone = REVIEW_LOOK[row.review]
    return Cell(row.review, icon=icon, tone=tone)


def student_cell(row: LiveRow) -> Cell:
    """Return the name, with a raised hand before it, or a sign that this row is not complete."""
    if row.problem:
        return Cell(row.name, icon="warning", note=tr("{id}, not complete", id=row.student), tone="attention")
    if row.hand:
        return Cell(row.name, icon="hand", note=row.student, bold=True)
    note = tr("{id}, not on the roster", id=row.student) if row.provisional else row.student
    if not row.session:
        return Cell(row.name, note=note, tone="disabled")  # grey: never connected
    return Cell(row.name, note=note, bold=bool(row.unread))


def _student_tip(state: ClassState, row: LiveRow) -> str:
    lines = [row.name, tr("Student {id}", id=row.student), row.problem]
    if row.hand and row.hand_ms is not None:
        lines.append(tr("Hand up for {time}", time=lasting(state.now_ms() - row.hand_ms)))
    if row.unread:
        lines.append(counted(row.unread, "{n} message waits for an answer", "{n} messages wait for an answer"))
    if row.provisional:
        lines.append(tr("Was not on the roster and was let in provisionally"))
    return "\n".join(line for line in lines if line)


def _number(value: int) -> Cell:
    return Cell(str(value)) if value else Cell(NOTHING, tone="muted")
