"""A classroom on one machine: each host is a network namespace on a common bridge, with real sockets and multicast.

The bridge stands in a namespace of its own, so that no other program here sees interfaces come and go. Needs root and
iproute2. Everything that was made is taken down again, also after a failure.
"""

import contextlib
import itertools
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.support.patience import PATIENCE_S

ROOT = Path(__file__).parents[2]
_numbers = itertools.count(1)


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True, text=True)


class Host:
    """One PC of the room, with its own network and its own address."""

    def __init__(self, name: str, namespace: str, address: str, port: tuple[str, str]) -> None:
        self.name = name
        self.namespace = namespace
        self.address = address
        self._switch, self._port = port
        self._programs: list[Program] = []

    def run(self, *command: str, timeout: float = 30, **options: Any) -> subprocess.CompletedProcess[str]:
        """Run a command on this host to its end."""
        return subprocess.run(
            ["ip", "netns", "exec", self.namespace, *command],
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
            **options,
        )

    def start(self, *command: str, log: Path, env: dict[str, str] | None = None) -> "Program":
        """Start a program on this host; its standard output is read line by line."""
        program = Program(["ip", "netns", "exec", self.namespace, *command], log, {**os.environ, **(env or {})})
        self._programs.append(program)
        return program

    def python(self, module: str, *arguments: str, log: Path) -> "Program":
        """Start one of our programs."""
        return self.start(sys.executable, "-m", module, *arguments, log=log)

    def pull_cable(self) -> None:
        """Take the network away, as a pulled cable does."""
        _ip("-n", self._switch, "link", "set", self._port, "down")

    def plug_cable(self) -> None:
        """Give the network back."""
        _ip("-n", self._switch, "link", "set", self._port, "up")

    def stop(self) -> None:
        """End whatever still runs here."""
        for program in self._programs:
            program.kill()


class Program:
    """A running program whose lines of output are JSON where they can be."""

    def __init__(self, command: list[str], log: Path, env: dict[str, str]) -> None:
        self._log = log
        self.lines: list[dict[str, Any]] = []
        self._arrived: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._errors = log.open("ab")
        self.process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            stdin=subprocess.DEVNULL,
            text=True,
            cwd=ROOT,
            env=env,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, name=f"reads {log.name}", daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with contextlib.suppress(json.JSONDecodeError):
                self._arrived.put(json.loads(line))
        self._arrived.put(None)

    def wait_for(self, wanted: Callable[[dict[str, Any]], Any], seconds: float = PATIENCE_S) -> dict[str, Any]:
        """Return the first line, old or new, for which `wanted` is true."""
        for line in self.lines:
            if wanted(line):
                return line
        end = time.monotonic() + seconds
        while True:
            left = end - time.monotonic()
            try:
                line = self._arrived.get(timeout=max(left, 0.001))
            except queue.Empty:
                raise AssertionError(f"not within {seconds} s; last lines {self.lines[-3:]}; {self.errors()}") from None
            if line is None:
                self._arrived.put(None)
                raise AssertionError(f"the program ended before; last lines {self.lines[-3:]}; {self.errors()}")
            self.lines.append(line)
            if wanted(line):
                return line

    def drain(self) -> list[dict[str, Any]]:
        """Return all lines so far; at the end of the program these are all."""
        while True:
            try:
                line = self._arrived.get(timeout=0.05)
            except queue.Empty:
                return self.lines
            if line is None:
                self._arrived.put(None)
                return self.lines
            self.lines.append(line)

    def finish(self, seconds: float = 120) -> int:
        """Wait for the program's own end and return its exit code."""
        code = self.process.wait(timeout=seconds)
        self._reader.join(timeout=PATIENCE_S)
        return code

    def terminate(self, seconds: float = PATIENCE_S) -> int:
        """Ask it to end, and return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.finish(seconds)

    def kill(self) -> None:
        """End it as a power cut would: kill -9, with everything that it started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=PATIENCE_S)
        self._reader.join(timeout=PATIENCE_S)
        if self.process.stdout is not None:
            self.process.stdout.close()
        self._errors.close()

    def errors(self) -> str:
        """Return the end of what it wrote to standard error."""
        return self._log.read_text(errors="replace")[-1500:] if self._log.exists() else ""


class Classroom:
    """Hosts on one bridge."""

    def __init__(self) -> None:
        self._number = next(_numbers)
        self._tag = f"{os.getpid() % 100_000}n{self._number}"
        self._switch = f"ed{self._tag}s"
        self._hosts: list[Host] = []

    def host(self, name: str, *, connected: bool = True) -> Host:
        """Add a PC; without `connected` its cable is out from the start."""
        number = len(self._hosts) + 1
        namespace, port = f"ed{self._tag}h{number}", f"port{number}"
        address = f"10.{77 + self._number % 100}.0.{number}"
        _ip("netns", "add", namespace)
        _ip("-n", self._switch, "link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", namespace)
        _ip("-n", self._switch, "link", "set", port, "master", "bridge")
        host = Host(name, namespace, address, (self._switch, port))
        self._hosts.append(host)
        for words in (
            ("addr", "add", f"{address}/24", "dev", "eth0"),
            ("link", "set", "eth0", "up"),
            ("link", "set", "lo", "up"),
            ("route", "add", "224.0.0.0/4", "dev", "eth0"),
        ):
            _ip("-n", namespace, *words)
        if connected:
            host.plug_cable()
        return host

    def open(self) -> None:
        """Make the bridge."""
        _ip("netns", "add", self._switch)
        bridge = ("type", "bridge", "forward_delay", "0", "mcast_snooping", "0")
        _ip("-n", self._switch, "link", "add", "bridge", *bridge)
        _ip("-n", self._switch, "link", "set", "bridge", "up")

    def close(self) -> None:
        """Take everything down."""
        for host in self._hosts:
            host.stop()
            with contextlib.suppress(subprocess.CalledProcessError):
                _ip("netns", "del", host.namespace)
        with contextlib.suppress(subprocess.CalledProcessError):
            _ip("netns", "del", self._switch)


@contextlib.contextmanager
def classroom() -> Iterator[Classroom]:
    """Open a classroom and take it down at the end."""
    room = Classroom()
    try:
        room.open()
        yield room
    finally:
        room.close()
