"""Does this computer's clock follow a time server? Asked of the system, by the program that knows it there."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable

from shared.exam.readiness import ClockFacts

_PATIENCE_S = 5
Answer = Callable[[list[str]], str | None]
"""Runs a program and returns what it wrote; None where there is none, or it fails."""


def clock_source(system: str = sys.platform, ask: Answer | None = None) -> ClockFacts:
    """Return whether the clock is synchronised, and who says so."""
    ask = _run if ask is None else ask
    for names, command, read in _WAYS:
        if not system.startswith(names):
            continue
        said = ask(command)
        if said is None:
            continue
        return ClockFacts(synchronised=read(said), source=command[0])
    return ClockFacts()


def _timedatectl(said: str) -> bool | None:
    found = dict(line.split("=", 1) for line in said.splitlines() if "=" in line)
    return {"yes": True, "no": False}.get(found.get("NTPSynchronized", ""))


def _chronyc(said: str) -> bool | None:
    found = re.search(r"Leap status\s*:\s*(.+)", said)
    return None if found is None else found[1].strip() != "Not synchronised"


def _w32tm(said: str) -> bool | None:
    """The first line ends alike in every language: `(0 …)` to `(3 …)` of the leap indicator; 3 is not synchronised."""
    found = re.search(r":\s*([0-3])\s*\(", said)
    return None if found is None else found[1] != "3"


def _sntp(said: str) -> bool | None:
    """`+0.012 +/- 0.005 time.apple.com`: within five seconds of it."""
    found = re.search(r"([+-]\d+\.\d+)\s+\+/-", said)
    return None if found is None else abs(float(found[1])) < 5


_WAYS: tuple[tuple[tuple[str, ...], list[str], Callable[[str], bool | None]], ...] = (
    (("linux",), ["timedatectl", "show", "-p", "NTPSynchronized"], _timedatectl),
    (("linux", "freebsd"), ["chronyc", "-n", "tracking"], _chronyc),
    (("win",), ["w32tm", "/query", "/status"], _w32tm),
    (("darwin",), ["sntp", "-t", "3", "time.apple.com"], _sntp),
)


def _run(command: list[str]) -> str | None:
    program = shutil.which(command[0])
    if program is None:
        return None
    try:
        done = subprocess.run(  # noqa: S603 - one of the programs above, nothing of it comes from outside
            [program, *command[1:]], capture_output=True, text=True, timeout=_PATIENCE_S, check=False, errors="replace"
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
