"""What staff ask about the lab's PCs."""

from examdesk.hub.records.preflights import Preflight
from examdesk.hub.services import Services
from examdesk.hub.staff.door import Caller, Handlers
from examdesk.staffapi import messages as api

_WORST_FIRST: tuple[api.Level, ...] = ("blocked", "warning", "ok")


class Seats:
    """Handlers of requests about seats."""

    def __init__(self, services: Services) -> None:
        self._s = services

    def handlers(self) -> Handlers:
        """Return who answers which request."""
        return {api.GetPreflights: self.get_preflights}

    async def get_preflights(self, _request: api.GetPreflights, _caller: Caller) -> api.Answer:
        """Return the newest preflight of each PC."""
        registry = self._s.registry
        sitting = {
            journal.row.device.hex(): registry.sessions[journal.row.session].student
            for journal in registry.journals.values()
            if registry.sessions[journal.row.session].journal == journal.row.journal
        }
        reports = self._s.preflights.all()
        return api.PreflightList(seats=tuple(_seat(each, sitting.get(each.device, "")) for each in reports))


def _seat(report: Preflight, student: str) -> api.SeatPreflight:
    levels = {check.level for check in report.checks}
    return api.SeatPreflight(
        seat=report.seat,
        device_name=report.device_name,
        device=report.device,
        platform=report.platform,
        address=report.address,
        at_ms=report.at_ms,
        level=next((level for level in _WORST_FIRST if level in levels), "untested"),
        student=student,
        results=tuple(
            api.SeatResult(name=check.name, level=check.level, found=check.found, todo=check.todo)
            for check in report.checks
        ),
    )
