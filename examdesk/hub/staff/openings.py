"""Openings by hand: which of them stand, and taking one back."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from examdesk.hub.sessions.registry import Registry
from examdesk.hub.sessions.standings import OpenAction, TakeBackAction, Whom, decode_action
from examdesk.hub.staff.door import NotFound
from examdesk.staffapi import messages as api
from examdesk.store.rows import CommandRow

SHOWN = 8


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """An opening by hand that nobody took back."""

    row: CommandRow
    at_ms: int
    whom: Whom


def openings(commands: Iterable[CommandRow]) -> list[Opened]:
    """Return the openings by hand that stand, the oldest first."""
    found: dict[str, Opened] = {}
    for row in commands:
        if b"OpenAction" not in row.body and b"TakeBackAction" not in row.body:
            continue
        action = decode_action(row.body)
        if isinstance(action, OpenAction):
            found[row.command] = Opened(row=row, at_ms=action.at_ms, whom=action.whom)
        elif isinstance(action, TakeBackAction):
            found.pop(action.opened, None)
    return list(found.values())


def opening(commands: Iterable[CommandRow], name: str) -> Opened:
    """Return one opening by its command, the newest where none is named; raises `NotFound`."""
    standing = openings(commands)
    chosen = [each for each in standing if each.row.command == name] if name else standing[-1:]
    if not chosen:
        raise NotFound(
            "This opening was taken back before, or this hub never made it. Nothing was changed."
            if name
            else "Nobody opened this exam by hand here, so there is nothing to take back. Nothing was changed."
        )
    return chosen[0]


def take_back_action(commands: Iterable[CommandRow], request: api.TakeBackOpening) -> TakeBackAction:
    """Return the action of a request; raises `NotFound`."""
    return TakeBackAction(opened=opening(commands, request.opened).row.command)


def opening_views(registry: Registry) -> tuple[api.OpeningView, ...]:
    """Return the newest openings that stand, the newest first."""
    newest = openings(registry.commands)[-SHOWN:]
    return tuple(
        api.OpeningView(
            command=each.row.command,
            opens_ms=each.at_ms,
            by=each.row.who,
            done_ms=each.row.at_ms,
            sections=each.whom.sections,
            students=len(each.whom.sessions),
        )
        for each in reversed(newest)
    )


def whose(opened: Opened) -> str:
    """Return which opening it is, for the audit log and an answer."""
    at = datetime.fromtimestamp(opened.at_ms / 1000).astimezone()
    students = len(opened.whom.sessions)
    named = "1 student" if students == 1 else f"{students} students"
    sections = "sections" if len(opened.whom.sections) > 1 else "section"
    who = (
        named if students else f"{sections} {', '.join(opened.whom.sections)}" if opened.whom.sections else "everybody"
    )
    return f"the opening for {who} at {at:%H:%M} by {opened.row.who}"
