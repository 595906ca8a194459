"""`examdesk-student --preflight`: check this PC without a window."""

import asyncio
import json
import platform
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

import msgspec

from shared.admission.codes import parse_code
from shared.clock import SystemClock
from shared.discovery.joining import parse_destination
from shared.wire.messages import SeatCheck
from student_app.core.ports import HubAddress
from student_app.preflight.checks import worst
from student_app.preflight.probing import Outcome, Seat, preflight

_MARKS = {"ok": "ok      ", "warning": "warning ", "blocked": "BLOCKED ", "untested": "-       "}


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line said."""

    folder: Path
    hub: str = ""
    code: str = ""
    seat: str = ""
    as_json: bool = False
    device: bytes = bytes(16)


def run_preflight(options: Options) -> int:
    """Check, print, and return 0, or 1 when something is blocked.

    Raises:
        InputProblem: address or code are none.
    """
    hubs: tuple[HubAddress, ...] = ()
    if options.hub:
        found = parse_destination(options.hub)
        hubs = tuple(HubAddress(one.host, one.port, found.fingerprint) for one in found.addresses)
    seat = Seat(
        folder=options.folder,
        hubs=hubs,
        code=parse_code(options.code) if options.code else None,
        seat=options.seat,
        device=options.device,
        device_name=socket.gethostname(),
        platform=f"{platform.system()} {platform.release()}",
    )
    outcome = asyncio.run(preflight(seat, SystemClock()))
    sys.stdout.write(_as_json(outcome) if options.as_json else _as_text(outcome))
    return 1 if worst(outcome.checks) == "blocked" else 0


def _as_json(outcome: Outcome) -> str:
    shown = {
        "level": worst(outcome.checks),
        "checks": [msgspec.structs.asdict(check) for check in outcome.checks],
        "sent": outcome.sent,
        "sentence": outcome.sentence,
    }
    return json.dumps(shown, indent=2, ensure_ascii=False) + "\n"


def _as_text(outcome: Outcome) -> str:
    lines = [line for check in outcome.checks for line in _lines(check)]
    return "\n".join([*lines, *([outcome.sentence] if outcome.sentence else []), ""])


def _lines(check: SeatCheck) -> list[str]:
    lines = [f"{_MARKS[check.level]}{check.name:<10} {check.found}"]
    return [*lines, *([f"{'':<18} → {check.todo}"] if check.todo else [])]
