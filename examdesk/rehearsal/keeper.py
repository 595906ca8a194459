"""Ends what is left running when the program that started it is gone, however it ended.

Runs as a process of its own. Its input names process ids, one a line; when the input ends, all of them and what they
started are ended. A process is known by its id and its start, so that a number used again is never mistaken.
"""

import signal
import sys
from collections.abc import Iterable
from contextlib import suppress
from typing import TextIO

import psutil

GRACE_S = 5.0


def known(pid: int) -> psutil.Process | None:
    """Return a running process, or None."""
    with suppress(psutil.Error):
        return psutil.Process(pid)
    return None


def with_children(processes: Iterable[psutil.Process]) -> list[psutil.Process]:
    """Return processes and all that they started."""
    found: dict[int, psutil.Process] = {}
    for process in processes:
        with suppress(psutil.Error):
            for one in (process, *process.children(recursive=True)):
                found[one.pid] = one
    return list(found.values())


def end_all(processes: Iterable[psutil.Process], grace_s: float) -> None:
    """Ask processes and their children to end, and end those by force that have not after `grace_s` seconds."""
    everyone = with_children(processes)
    for process in everyone:
        with suppress(psutil.Error):
            process.terminate()
    _, left = psutil.wait_procs(everyone, timeout=grace_s)
    for process in left:
        with suppress(psutil.Error):
            process.kill()


def keep(lines: TextIO) -> None:
    """Read process ids to the end of the input, then end these processes."""
    kept: list[psutil.Process] = []
    for line in lines:
        process = known(int(line)) if line.strip().isdecimal() else None
        if process is not None:
            kept.append(process)
    end_all((process for process in kept if process.is_running()), GRACE_S)


def main() -> int:
    """Keep until the input ends; Ctrl-C at the terminal is for others."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    keep(sys.stdin)
    return 0


if __name__ == "__main__":
    sys.exit(main())
