"""How the lab's PCs are prepared: the newest preflight of each."""

from typing import ClassVar, Literal

from examdesk.staffapi.messages.base import Answer, Request, Value
from examdesk.staffapi.permissions import Permission

Level = Literal["ok", "warning", "blocked", "untested"]


class SeatResult(Value, frozen=True, kw_only=True):
    """One thing that was checked on a PC: what was found, and what to do about it."""

    name: str
    level: Level
    found: str
    todo: str = ""


class SeatPreflight(Value, frozen=True, kw_only=True):
    """The newest preflight of one PC; `level` is the worst of its results, `student` who sits there now."""

    seat: str
    device_name: str
    device: str
    platform: str
    address: str
    at_ms: int
    level: Level
    student: str = ""
    results: tuple[SeatResult, ...] = ()


class PreflightList(Answer, frozen=True, kw_only=True):
    """All PCs that reported, by seat."""

    seats: tuple[SeatPreflight, ...]


class GetPreflights(Request[PreflightList], frozen=True, kw_only=True):
    """Ask how the lab's PCs are prepared."""

    NEEDS: ClassVar[Permission | None] = Permission.WATCH
