"""The ledger of lost time: what staff read of it, and what they give for it."""

import asyncio
from collections.abc import Callable, Iterable

from examdesk.evidence.lost_time import Stop
from examdesk.evidence.words import in_minutes
from examdesk.hub.control.before_after import value_change, with_changes
from examdesk.hub.control.controls import Controls
from examdesk.hub.services import Services
from examdesk.hub.sessions.registry import Registry, member_of
from examdesk.hub.sessions.standings import (
    ExtendAction,
    LockAction,
    PauseAction,
    ReopenAction,
    Whom,
    decode_action,
    late_opening_of,
    plan_of,
)
from examdesk.hub.staff.commands import MAX_SAY, MAX_SECONDS, extension_text, session_of
from examdesk.hub.staff.door import Caller, Handlers, NotPossible
from examdesk.hub.view import View
from examdesk.readmodels import Answers
from examdesk.staffapi import messages as api
from examdesk.store import Tx
from examdesk.store.credits import Decision, key_of, with_decision
from examdesk.store.rows import CommandRow
from shared.ids import SessionId, StudentId
from shared.text import safe_text

LISTED = 6
_Stopping = PauseAction | LockAction | ReopenAction


class LedgerCommands:
    """Handlers of these requests."""

    def __init__(self, services: Services, controls: Controls, view: View) -> None:
        self._s = services
        self._controls = controls
        self._view = view
        self._deciding = asyncio.Lock()

    def handlers(self) -> Handlers:
        """Return who answers which request."""
        return {api.GetLedger: self.get_ledger, api.CreditTime: self.credit}

    async def get_ledger(self, request: api.GetLedger, _caller: Caller) -> api.Answer:
        """Return what was lost."""
        return await self._read(request)

    async def credit(self, request: api.CreditTime, caller: Caller) -> api.Answer:
        """Give time for stretches of the ledger, or decide that nothing is given; of two people only one decides."""
        async with self._deciding:
            return await self._credit(request, caller)

    async def _credit(self, request: api.CreditTime, caller: Caller) -> api.Answer:
        session = session_of(self._s, request.session)
        row = (await self._read(api.GetLedger(session=request.session))).rows[0]
        chosen = self._chosen(request, row)
        seconds = [f"{item.kind} {item.seconds} s" for item in chosen][:LISTED]
        reason = safe_text(request.reason.strip())[:MAX_SAY]
        about = f"{row.student}, {row.proposed} s proposed for {', '.join(seconds)}"
        detail = ", because: ".join(part for part in (about, reason) if part)

        def note(tx: Tx, now: int) -> None:
            decision = Decision(
                at_ms=now,
                who=caller.name,
                seconds=request.seconds,
                proposed=row.proposed,
                items=request.items,
                reason=reason,
            )
            tx.put_meta(key_of(session), with_decision(tx.get_meta(key_of(session)), decision))

        if not request.seconds:
            return await self._decline(request, caller, detail, note)
        whom = Whom(sessions=(request.session,))
        action = ExtendAction(whom=whom, seconds=request.seconds, keep_ratio=False)
        deed = caller.deed(f"credited {request.seconds} s of lost time", detail)
        applied = await self._controls.act(request.command, action, deed, note)
        if applied.again:
            return api.Done(sentence="This was done before.")
        text = extension_text(request.seconds, reason)
        told = caller.deed("told the extension")
        await self._controls.say(f"{request.command}/told", whom, text, kind="extension", deed=told)
        self._s.changes.people(session)
        return api.Done(sentence=f"{row.name} got {in_minutes(request.seconds)} for the time that was lost.")

    async def _decline(
        self, request: api.CreditTime, caller: Caller, detail: str, note: Callable[[Tx, int], None]
    ) -> api.Answer:
        now = self._s.clock.wall_ms()
        deed = caller.deed("gave nothing for lost time", detail)
        deed = with_changes(deed, value_change("lost time", "open", "nothing given"))
        if not await self._s.writer.once(request.command, now, deed, lambda tx: note(tx, now)):
            return api.Done(sentence="This was done before.")
        self._s.changes.topic("audit")
        return api.Done(sentence="Noted: nothing is given for it.")

    async def _read(self, request: api.GetLedger) -> api.Ledger:
        stops = stops_of(self._s.registry, self._s.registry.commands)
        for session, late in self._late_openings():
            stops.setdefault(session, []).append(late)
        await self._s.writer.flush()
        return await self._view.ask(Answers.ledger, request, stops)

    def _late_openings(self) -> Iterable[tuple[SessionId, Stop]]:
        """Return what openings by hand cost, where they cost something."""
        registry, commands = self._s.registry, self._s.registry.commands
        if not any(b"OpenAction" in row.body for row in commands):
            return
        for session, standing in registry.sessions.items():
            person = registry.roster.get(StudentId(standing.student))
            if person is None:
                continue
            member = member_of(session, person, standing.joined_ms)
            plan = plan_of(self._s.exam, member, registry.sections.get(person.section))
            late = late_opening_of(plan, member, commands)
            if late is not None:
                began = late.opened_ms - late.lost_ms
                yield (
                    session,
                    Stop(kind="opened", start_ms=began, end_ms=late.opened_ms, who=late.who, given_ms=late.given_ms),
                )

    @staticmethod
    def _chosen(request: api.CreditTime, row: api.LedgerRow) -> list[api.LostItem]:
        items = {item.key: item for item in row.items}
        chosen = [items[key] for key in request.items if key in items]
        if not chosen or len(chosen) != len(set(request.items)):
            raise NotPossible("These stretches are not in the ledger (any more). Look at it again.")
        if any(item.state != "open" for item in chosen):
            raise NotPossible("Somebody decided about this before. Look at the ledger again; nothing was changed.")
        if not 0 <= request.seconds <= MAX_SECONDS:
            raise NotPossible("A credit is between no time and a week.")
        if request.seconds and row.over:
            raise NotPossible(f"{row.name}'s exam is over. Reopen it first; then give the time.")
        return chosen


def stops_of(registry: Registry, commands: Iterable[CommandRow]) -> dict[SessionId, list[Stop]]:
    """Return what staff did with each session's clock, oldest first."""
    actions = [(row, decode_action(row.body)) for row in commands]
    stopping = [(row, action) for row, action in actions if isinstance(action, PauseAction | LockAction | ReopenAction)]
    found: dict[SessionId, list[Stop]] = {}
    if not stopping:
        return found
    for session in registry.sessions:
        section, name = registry.section_of(session), session.hex()
        mine = [(row, action) for row, action in stopping if action.whom.includes(section, name)]
        if mine:
            found[session] = [*_stretches(mine, PauseAction), *_stretches(mine, LockAction)]
    return found


def _stretches(mine: list[tuple[CommandRow, _Stopping]], kind: type[PauseAction | LockAction]) -> list[Stop]:
    stops: list[Stop] = []
    begun: tuple[CommandRow, _Stopping] | None = None
    for row, action in mine:
        if isinstance(action, ReopenAction):
            on = False  # reopening unlocks; a pause goes on (S-5)
            if kind is PauseAction:
                continue
        elif not isinstance(action, kind):
            continue
        else:
            on = action.paused if isinstance(action, PauseAction) else action.locked
        if on and begun is None:
            begun = (row, action)
        elif not on and begun is not None:
            stops.append(_stop(begun, row.at_ms))
            begun = None
    return stops if begun is None else [*stops, _stop(begun, None)]


def _stop(begun: tuple[CommandRow, _Stopping], end_ms: int | None) -> Stop:
    row, action = begun
    everybody = not action.whom.sections and not action.whom.sessions
    kind = "lock" if isinstance(action, LockAction) else "alarm" if everybody else "pause"
    return Stop(kind=kind, start_ms=row.at_ms, end_ms=end_ms, who=row.who)  # type: ignore[arg-type] # one of these three
