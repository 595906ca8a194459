"""What `examdesk control` lists: times, hand-ins, what was said, signals, incidents. One line each, tabs between."""

import time
from collections.abc import Sequence

import msgspec

from examdesk.staffapi.client import StaffClient
from examdesk.staffapi.messages import (
    AnyTiming,
    ClassSignal,
    GetDelivery,
    GetHandIns,
    GetIncidents,
    GetLedger,
    GetNotices,
    GetPreflights,
    GetSignals,
    GetTimes,
    NoticeView,
    TimesRow,
)

PAGE = 500
_NONE = "-"


def line_of(*cells: object) -> str:
    """Return a line of a list; nothing in it can move the cursor or begin another line."""
    return "\t".join("".join(c if c.isprintable() else " " for c in str(cell)) for cell in cells)


def clock_of(at_ms: int | None) -> str:
    """Return a moment as this computer's time of day."""
    return _NONE if at_ms is None else time.strftime("%H:%M:%S", time.localtime(at_ms / 1000))


async def times(client: StaffClient, change: AnyTiming | None = None, *, as_json: bool = False) -> Sequence[object]:
    """List everybody's times; with a command, only whom it would touch and what their times would be."""
    found = await client.ask(GetTimes(change=change))
    if as_json:
        return [found.rows]
    if change is None:
        rows = [_times(row, (row.starts_ms, row.ends_ms), _state(row.paused, row.ended)) for row in found.rows]
        return rows or ["Nobody has joined yet."]
    lines = [
        _times(row, (row.new_starts_ms, row.new_ends_ms), _state(row.new_paused, row.new_ended), row.ends_ms)
        for row in found.rows
        if row.changes
    ]
    people = "1 student" if found.changed == 1 else f"{found.changed} students"
    return [*lines, f"This would change {people}. Nothing was done."]


def _times(row: TimesRow, at: tuple[int | None, int | None], state: str, before_ms: int | None = None) -> str:
    ends = clock_of(at[1])
    if before_ms is not None and before_ms != at[1]:
        ends = f"{clock_of(before_ms)} → {ends}"
    return line_of(row.student, row.name, row.section, clock_of(at[0]), ends, state)


def _state(paused: bool, ended: bool) -> str:
    return "ended" if ended else "paused" if paused else ""


async def hand_ins(client: StaffClient, *, missing: bool, as_json: bool) -> Sequence[object]:
    """List who handed in, or only from whom nothing is handed in."""
    found = await client.ask(GetHandIns(missing=missing))
    if as_json:
        return [found.rows]
    lines = [
        line_of(row.student, row.name, row.section, row.state, clock_of(row.at_ms), row.code or _NONE)
        for row in found.rows
    ]
    return lines or ["Everybody handed in."]


async def said(client: StaffClient, number: int | None, *, as_json: bool) -> Sequence[object]:
    """List what staff wrote, or whom one of these reached."""
    if number is None:
        notices = (await client.ask(GetNotices())).notices
        if as_json:
            return [notices]
        return [_notice(each) for each in notices] or ["Nothing was written yet."]
    found = await client.ask(GetDelivery(number=number))
    if as_json:
        return [found]
    rows = (
        line_of(row.student, row.name, row.section, clock_of(row.delivered_ms), clock_of(row.read_ms))
        for row in found.rows
    )
    return [_notice(found.notice), *rows]


def _notice(notice: NoticeView) -> str:
    reached = f"shown to {notice.delivered} of {notice.students}, read by {notice.read}"
    return line_of(notice.number, clock_of(notice.at_ms), notice.kind, reached, notice.text)


async def signals(client: StaffClient, which: GetSignals, *, as_json: bool) -> Sequence[object]:
    """List the signals of the class by time, each with how common its kind is."""
    found: list[ClassSignal] = []
    while True:
        page = await client.ask(msgspec.structs.replace(which, start=len(found), limit=PAGE))
        found += page.signals
        if len(found) >= page.total or not page.signals:
            break
    return [found] if as_json else [*map(_signal, found)] or ["There are no such signals."]


def _signal(each: ClassSignal) -> str:
    common = f"{each.signal.students_with_it} of {each.signal.students} have it"
    return line_of(clock_of(each.signal.at_ms), each.student, each.signal.kind, common, each.signal.explanation)


async def ledger(client: StaffClient, *, as_json: bool) -> Sequence[object]:
    """List what students lost of their time, each stretch with what became of it, and the credit that is proposed."""
    rows = (await client.ask(GetLedger())).rows
    if as_json:
        return [rows]
    lines = []
    for row in rows:
        for item in row.items:
            lasted = (clock_of(item.start_ms), clock_of(item.end_ms), f"{item.seconds} s")
            lines.append(line_of(row.student, row.name, item.kind, *lasted, item.state, item.explanation))
        lines += [
            line_of(row.student, row.name, "decided", clock_of(each.at_ms), each.who, f"{each.seconds} s", each.reason)
            for each in row.credits
        ]
        if row.proposed:
            lines.append(line_of(row.student, row.name, "proposed", f"{row.proposed // 60} min"))
    return lines or ["Nobody lost time."]


async def incidents(client: StaffClient, *, as_json: bool) -> Sequence[object]:
    """List what was written down."""
    found = (await client.ask(GetIncidents())).incidents
    if as_json:
        return [found]
    return [
        line_of(each.number, clock_of(each.at_ms), each.who, each.session or "exam", each.text) for each in found
    ] or ["Nothing was written down."]


async def preflights(client: StaffClient, *, everything: bool, as_json: bool) -> Sequence[object]:
    """List what each PC's own check found: what is in the way, or with `everything` all of it."""
    seats = (await client.ask(GetPreflights())).seats
    if as_json:
        return [seats]
    lines: list[str] = []
    for seat in seats:
        name = seat.seat or seat.device_name
        lines.append(line_of(name, seat.device_name, seat.student or _NONE, clock_of(seat.at_ms), seat.level))
        shown = [each for each in seat.results if everything or each.level in ("blocked", "warning")]
        lines += [line_of("", each.level, each.name, each.found, each.todo) for each in shown]
    return lines or ["No PC has reported yet: examdesk-student --preflight --hub ADDRESS --join CODE --seat SEAT"]
