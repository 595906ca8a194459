"""Which watchers look at which events."""

from examdesk.evidence.rules import Rules
from examdesk.evidence.signals.before import CarriedWatch
from examdesk.evidence.signals.machine import (
    ClockWatch,
    DeviceWatch,
    OutsideFileWatch,
    RefusedWatch,
    RestartWatch,
    SurroundingsWatch,
)
from examdesk.evidence.signals.model import Watch
from examdesk.evidence.signals.pastes import PasteWatch
from examdesk.evidence.signals.presence import FocusWatch, InactivityWatch, OfflineWatch
from examdesk.evidence.signals.record import RecordWatch
from examdesk.evidence.signals.speed import SpeedWatch

ALL: tuple[type[Watch], ...] = (
    CarriedWatch,
    PasteWatch,
    SpeedWatch,
    FocusWatch,
    InactivityWatch,
    OfflineWatch,
    RestartWatch,
    DeviceWatch,
    ClockWatch,
    SurroundingsWatch,
    OutsideFileWatch,
    RefusedWatch,
    RecordWatch,
)


def watches(rules: Rules) -> dict[type, tuple[Watch, ...]]:
    """Return fresh watchers by the payload that they look at; those whose kinds are all off are left out.

    Where the exam does not let pastes be recorded they come as typed text, so that its speed says nothing.
    """
    found: dict[type, tuple[Watch, ...]] = {}
    for kind in ALL:
        if set(kind.KINDS) <= set(rules.signals.off) or (kind is SpeedWatch and not rules.pastes):
            continue
        watch = kind()
        for payload in kind.SEES:
            found[payload] = (*found.get(payload, ()), watch)
    return found
