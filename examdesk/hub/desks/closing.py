"""Sessions that nobody works on any more are closed by themselves, where the exam says so (`[desk] auto_close`).

Only a running session that was not handed in can be closed: not one that waits or is paused. What a desk wrote without
the hub's knowing, it hands in all the same when it comes back, and staff can reopen the session.
"""

import msgspec

from examdesk.hub.control.controls import Controls
from examdesk.hub.services import Services
from examdesk.hub.sessions.standings import EndAction, Whom
from examdesk.hub.view import View
from examdesk.readmodels import Answers
from examdesk.readmodels.status import unattended_since
from examdesk.store.audit import Deed
from shared.ids import SessionId

LOOK_SECONDS = 60.0


class Left(msgspec.Struct, frozen=True):
    """A session that nobody has worked on since `since_ms`."""

    session: SessionId
    since_ms: int


class AutoClose:
    """Looks now and then, and ends what is left alone for longer than the exam allows."""

    def __init__(self, services: Services, controls: Controls, view: View) -> None:
        self._s = services
        self._controls = controls
        self._view = view

    async def look(self) -> int:
        """Close what is due and return how many sessions that were."""
        rules = self._s.exam.desk
        if not rules.auto_close:
            return 0
        now = self._s.clock.wall_ms()
        until = now - rules.auto_close_minutes * 60_000
        left = await self._view.ask(_left, now, until)
        closed = 0
        for one in left:
            row = self._s.registry.sessions.get(one.session)
            if row is None:
                continue
            name = one.session.hex()
            deed = Deed(who="", role="hub", address="", what="closed a session by itself", detail=(
                f"{row.student}: no activity for {(now - one.since_ms) // 60_000} minutes, which is more than "
                f"auto_close_minutes = {rules.auto_close_minutes}"
            ))  # fmt: skip
            action = EndAction(whom=Whom(sessions=(name,)))
            applied = await self._controls.act(f"auto-close:{name}:{row.revision}", action, deed)
            closed += applied.sessions
        return closed


def _left(answers: Answers, now_ms: int, until_ms: int) -> list[Left]:
    live = answers.live
    live.refresh()
    found = [Left(name, unattended_since(row, live.facts[name], now_ms)) for name, row in live.sessions.items()]
    return [one for one in found if one.since_ms < until_ms]
