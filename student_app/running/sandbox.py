"""Finding out how strongly this PC can confine student programs, by trying it."""

import contextlib
import functools
import os
import secrets
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from student_app.running.confinement import Enforced, Grade, Means, Missing, SandboxReport
from student_app.running.events import Ended, Output, RunEvent
from student_app.running.interpreters import base_interpreter
from student_app.running.launch import Interpreter
from student_app.running.limits import RunLimits
from student_app.running.run import Run, RunSetup
from student_app.running.workdir import Program

PROBE_SECONDS = 10.0
ALL_MEANS = frozenset(Means)

# The library's functions are called directly: what the guard refuses in Python itself would prove nothing.
_PROBE = """
import ctypes, os, sys
canary, port, desk = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
try:
    open(canary).close()
except OSError:
    print("files")
if os.name == "posix":
    try:
        os.kill(desk, 0)
    except OSError:
        print("processes")
    libc = ctypes.CDLL(None)
    handle = libc.socket(2, 2, 0)
    address = (b"\\x10\\x02" if sys.platform == "darwin" else b"\\x02\\x00")
    address += port.to_bytes(2, "big") + bytes([127, 0, 0, 1]) + bytes(8)
    if handle >= 0:
        libc.sendto(handle, b"x", 1, 0, address, 16)
    print("sent")
print("tried")
"""


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What a trial showed: whether it ran at all, what held, and why not."""

    held: frozenset[str]
    failure: str


def probe_sandbox(interpreter: Interpreter | None = None, allow: frozenset[Means] = ALL_MEANS) -> SandboxReport:
    """Return the strongest confinement that works here; cached, some ten milliseconds the first time.

    Args:
        interpreter: the Python that runs student programs; None for this app's own base.
        allow: the means that may be used.

    Raises:
        EnvironmentProblem: this PC has no Python for student programs, or no room for temporary files.
    """
    return _probe(interpreter or base_interpreter(), allow)


@functools.lru_cache(maxsize=32)
def _probe(interpreter: Interpreter, allow: frozenset[Means]) -> SandboxReport:
    begun = time.monotonic()
    missing: list[Missing] = []
    common = {Means.RLIMITS} if sys.platform != "win32" else set()
    common |= {means for means in (Means.CONTROL_GROUP, Means.SECCOMP) if means in allow and _is_there(means, missing)}
    for grade, wanted in _ladder(common):
        absent = [means for means in wanted - common if means not in allow or not _is_there(means, missing)]
        if grade is not Grade.C and absent:
            missing += [Missing(str(means), "not to be used here") for means in absent if means not in allow]
            continue
        outcome = _try(interpreter, frozenset(wanted))
        if grade is Grade.C or (not outcome.failure and {"files", "network", "processes"} <= outcome.held):
            return _report(
                grade,
                means=frozenset(wanted),
                outcome=outcome,
                missing=missing,
                interpreter=interpreter,
                seconds=time.monotonic() - begun,
            )
        missing.append(Missing(f"grade {grade}", outcome.failure or _gaps(outcome)))
    raise AssertionError("the ladder ends with grade C")


def _ladder(common: set[Means]) -> Iterator[tuple[Grade, set[Means]]]:
    if sys.platform == "linux":
        yield Grade.A, common | {Means.BUBBLEWRAP}
        yield Grade.B, common | {Means.LANDLOCK, Means.SECCOMP}
    elif sys.platform == "darwin":
        yield Grade.B, common | {Means.SANDBOX_EXEC}
    elif sys.platform == "win32":
        yield Grade.C, common | {Means.JOB_OBJECT}
    yield Grade.C, common


def _is_there(means: Means, missing: list[Missing]) -> bool:
    why = _why_absent(means)
    if why and all(entry.what != means for entry in missing):
        missing.append(Missing(str(means), why))
    return not why


def _why_absent(means: Means) -> str:
    """Return why `means` cannot be had here, or nothing."""
    if sys.platform != "linux":
        there = {"darwin": Means.SANDBOX_EXEC, "win32": Means.JOB_OBJECT}.get(sys.platform)
        return "" if means in (there, Means.RLIMITS) else "not on this system"
    from student_app.running import linux  # noqa: PLC0415
    from student_app.running.cgroups import make_group  # noqa: PLC0415
    from student_app.running.guard import confine  # noqa: PLC0415

    if means is Means.BUBBLEWRAP:
        return "" if linux.bubblewrap() else "bubblewrap is not installed"
    if means is Means.LANDLOCK:
        try:
            confine.landlock_abi()
        except OSError as error:
            return f"this kernel has no Landlock ({error.strerror})"
    if means is Means.SECCOMP:
        known = os.uname().machine in confine.MACHINES and Path("/proc/sys/kernel/seccomp/actions_avail").exists()
        return "" if known else "this kernel or processor has no seccomp filter"
    if means is Means.CONTROL_GROUP:
        group = make_group(f"examdesk-probe-{secrets.token_hex(4)}")
        if group is None:
            return "this user may make no control group with limits on memory and processes"
        group.remove()
    return ""


def _try(interpreter: Interpreter, means: frozenset[Means]) -> _Outcome:
    """Run a program that tries to get out."""
    texts: list[str] = []

    def collect(events: tuple[RunEvent, ...]) -> None:
        texts.extend(event.text for event in events if isinstance(event, Output))

    trial = SandboxReport(Grade.C, means, (), (), str(interpreter.path), interpreter.version, 0.0)
    with contextlib.ExitStack() as stack:
        canary = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="examdesk-canary-"))) / "canary"
        canary.write_text("reached", "ascii")
        receiver = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        receiver.bind(("127.0.0.1", 0))
        receiver.setblocking(False)
        arguments = (str(canary), str(receiver.getsockname()[1]), str(os.getpid()))
        program = Program({"main.py": _PROBE}, {}, arguments=arguments)
        run = Run(program, RunLimits(seconds=5, memory_mb=256), collect, RunSetup(interpreter, trial))
        ended = run.wait(PROBE_SECONDS)
        if ended is None:
            run.stop()
        printed = "".join(texts).split()
        held = set(printed)
        if "sent" in held and _nothing_arrived(receiver):
            held.add("network")
    return _Outcome(frozenset(held), "" if "tried" in held else _failure(ended, "".join(texts)))


def _failure(ended: Ended | None, text: str) -> str:
    said = text.strip().splitlines()[-1][:200] if text.strip() else ""
    return said or (ended.sentence if ended else "the trial did not end")


def _nothing_arrived(receiver: socket.socket) -> bool:
    try:
        receiver.recv(16)
    except BlockingIOError:
        return True
    return False


_WORDS = {
    "files": "other files on this PC",
    "network": "the network",
    "processes": "other programs on this PC",
}


def _gaps(outcome: _Outcome) -> str:
    return "a trial program reached " + ", ".join(text for word, text in _WORDS.items() if word not in outcome.held)


def _report(
    grade: Grade,
    *,
    means: frozenset[Means],
    outcome: _Outcome,
    missing: list[Missing],
    interpreter: Interpreter,
    seconds: float,
) -> SandboxReport:
    enforced = [Enforced(text, _how(word, means)) for word, text in _WORDS.items() if word in outcome.held]
    lost = [
        Missing(text, "nothing here keeps a program from it")
        for word, text in _WORDS.items()
        if word not in outcome.held
    ]
    enforced += [
        Enforced("time", "the desk's own watch and limits on processor time"),
        Enforced("output", "caps at the desk"),
        Enforced("file size", "limits of each process, and the folder measured twice a second"),
    ]
    together = Means.CONTROL_GROUP in means or Means.JOB_OBJECT in means
    kept_by = str(Means.CONTROL_GROUP if Means.CONTROL_GROUP in means else Means.JOB_OBJECT)
    watched = "limits of each process; all together measured ten times a second"
    enforced += [Enforced("memory", kept_by if together else watched)]
    counted = "limits of this user" if sys.platform != "win32" and os.getuid() != 0 else "counted ten times a second"
    enforced += [Enforced("number of processes", kept_by if together else counted)]
    enforced += [Enforced("leftover processes", _tree_keeper(means))]
    return SandboxReport(
        grade,
        means,
        tuple(enforced),
        (*missing, *lost),
        str(interpreter.path),
        interpreter.version,
        round(seconds * 1000, 1),
    )


def _how(word: str, means: frozenset[Means]) -> str:
    if Means.BUBBLEWRAP in means:
        return {"files": "a file system view of its own", "network": "a network of its own, without a way out"}.get(
            word, "a process space of its own"
        )
    if Means.LANDLOCK in means:
        return {"files": "Landlock", "network": "seccomp"}.get(word, "Landlock or seccomp")
    return str(
        Means.SANDBOX_EXEC
        if Means.SANDBOX_EXEC in means
        else "seccomp"
        if Means.SECCOMP in means
        else "rights of this user"
    )


def _tree_keeper(means: frozenset[Means]) -> str:
    if Means.BUBBLEWRAP in means:
        return "a process space that ends with the run"
    if Means.CONTROL_GROUP in means:
        return "a control group that is emptied at the end"
    if Means.JOB_OBJECT in means:
        return "a job object that ends with the run"
    return "a guardian that adopts them and ends them"
