"""The composition root of the student program: the one place where a desk is put together."""

import contextlib
import getpass
import os
import platform
import socket
import sys
import threading
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from shared.clock import Chance, Clock, SystemChance, SystemClock
from shared.ids import ID_BYTES, DeviceId
from student_app.core.committer import CommitterThread
from student_app.core.desk import Desk
from student_app.core.desk_watching import DeskWatcher
from student_app.core.machine import Machine, boot_number
from student_app.core.packages import Packages
from student_app.core.runs import Deliver, RunHandle, Runner
from student_app.core.surroundings import look_of
from student_app.net.browse import Browser
from student_app.net.client import HubClient
from student_app.net.handover import Handover
from student_app.net.knowing import RoomCodes
from student_app.net.loop import NetThread
from student_app.running import Run, RunSetup, base_interpreter, probe_sandbox
from student_app.running.limits import RunLimits
from student_app.running.workdir import Program

CLOSE_S = 10.0
LEAVE_S = 2.0
"""How long a desk that ends waits for the hub to give it what is to be kept here."""


@dataclass(frozen=True, slots=True)
class Engine:
    """The two threads that desks need; many desks may share them."""

    machine: Machine
    committer: CommitterThread
    network: NetThread

    def close(self) -> None:
        """End both threads, after what was asked of them."""
        self.network.close()
        self.committer.close()


class RealRunner:
    """Runs programs in the strongest confinement that this PC has; tried out at the first run."""

    def __init__(self) -> None:
        self._setup: RunSetup | None = None
        self._lock = threading.Lock()

    def __call__(self, program: Program, limits: RunLimits, deliver: Deliver) -> RunHandle:
        """See `Runner`."""
        return Run(program, limits, deliver, self.setup())

    def setup(self) -> RunSetup:
        """Return how programs are run here."""
        with self._lock:
            if self._setup is None:
                interpreter = base_interpreter()
                self._setup = RunSetup(interpreter, probe_sandbox(interpreter))
            return self._setup


def make_engine(folder: Path | None, clock: Clock | None = None, chance: Chance | None = None) -> Engine:
    """Start the threads of a program that keeps its journals in `folder`.

    Raises:
        EnvironmentProblem: the folder can't be written to.
    """
    clock, chance = clock or SystemClock(), chance or SystemChance()
    device = device_of(folder, chance)
    committer = CommitterThread(clock)
    machine = Machine(
        clock=clock,
        chance=chance,
        committer=committer,
        boot=boot_number(sys.platform, chance),
        device=device,
        device_name=socket.gethostname(),
        user=_user(),
        platform=f"{platform.system()} {platform.release()}",
        python=platform.python_version(),
        app=_version(),
        look=look_of(sys.platform),
    )
    return Engine(machine, committer, NetThread())


@dataclass(slots=True)
class DeskProgram:
    """A desk with its network, put together. `close` may be called once, from any thread but the engine's."""

    desk: Desk
    client: HubClient
    engine: Engine
    packages: Packages | None = None

    def close(self, send_s: float = 2.0) -> bool:
        """End in an orderly way: everything durable, and up to `send_s` seconds for what the hub does not have yet.

        With everything sent, the hub is left a moment (`LEAVE_S`) to give what it wants to be kept here; 0 hurries.

        Returns:
            Whether the hub has everything.
        """
        last = self.desk.stop()
        sitting = self.desk.sitting
        safe = sitting is None or self._all_sent(last, send_s)
        if safe and send_s > 0:
            self.client.leave(LEAVE_S)
        self.client.close()
        if self.packages is not None:
            self.packages.close()
        done = threading.Event()
        self.desk.close(done.set)
        done.wait(CLOSE_S)
        return safe

    def _all_sent(self, last: int, send_s: float) -> bool:
        waiting = threading.Event()
        end_us = self.engine.machine.clock.mono_us() + int(send_s * 1e6)
        while (state := self.desk.state()).safe < last:
            if not state.online or self.engine.machine.clock.mono_us() >= end_us:
                return False
            waiting.wait(0.01)
        return True


def make_desk(
    engine: Engine,
    folder: Path | None,
    watcher: DeskWatcher,
    *,
    runner: Runner | None = None,
    codes: RoomCodes | None = None,
    browser: Browser | None = None,
    with_packages: bool = False,
    pin: bytes | None = None,
) -> DeskProgram:
    """Put a desk together; `folder` None keeps its journal in memory. Desks of one engine share `codes`, `browser`.

    With `with_packages` it fetches the exam's packages into `folder`. `pin` is the fingerprint of the one hub that it
    may join, where an address brings none of its own.
    """
    packages = None
    if with_packages and folder is not None:
        packages = Packages(folder / "packages", base_interpreter, watcher.changed)
    desk = Desk(folder, engine.machine, runner or RealRunner(), watcher, packages)
    client = HubClient(desk, engine.machine, engine.network, codes, browser, packages=packages, pin=pin)
    if folder is not None:
        client.after_resume = Handover(folder, engine.machine).hand_over
    desk.connect(client)
    return DeskProgram(desk, client, engine, packages)


def device_of(folder: Path | None, chance: Chance) -> DeviceId:
    """Return this PC's random number, made once per folder of journals."""
    if folder is None:
        return DeviceId(chance.bytes(ID_BYTES))
    path = folder / "device.id"
    with contextlib.suppress(OSError, ValueError):
        known = bytes.fromhex(path.read_text("ascii").strip())
        if len(known) == ID_BYTES:
            return DeviceId(known)
    made = chance.bytes(ID_BYTES)
    with contextlib.suppress(OSError):  # a folder that can't be written to is reported when the journal is made
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(made.hex() + "\n", "ascii")
    return DeviceId(made)


def _user() -> str:
    with contextlib.suppress(OSError, KeyError):
        return getpass.getuser()
    return os.environ.get("USERNAME", "")


def _version() -> str:
    try:
        return version("examdesk")
    except PackageNotFoundError:
        return "0.1.0"
