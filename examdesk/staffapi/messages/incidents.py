"""What staff wrote down about the room."""

from typing import ClassVar

from examdesk.staffapi.messages.base import Answer, Command, Request, Value
from examdesk.staffapi.permissions import Permission


class AddIncident(Command, frozen=True, kw_only=True):
    """Write down what happened in the room, of one session or of the exam; it can't be changed afterwards."""

    text: str
    session: str = ""


class IncidentView(Value, frozen=True, kw_only=True):
    """What somebody wrote down; `session` is empty where it is about the exam."""

    number: int
    at_ms: int
    who: str
    session: str
    text: str


class IncidentList(Answer, frozen=True, kw_only=True):
    """Incidents, oldest first."""

    incidents: tuple[IncidentView, ...]


class GetIncidents(Request[IncidentList], frozen=True, kw_only=True):
    """Ask what was written down, of one session or of everything."""

    NEEDS: ClassVar[Permission | None] = Permission.CONTROL
    session: str = ""
