"""What a run is started with, the same for every platform."""

import os
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from student_app.running.confinement import Means
from student_app.running.limits import RunLimits
from student_app.running.workdir import Program, WorkFolder

GUARD = Path(__file__).resolve().parent / "guard"
BOOT = (
    "import sys; sys.path.insert(0, sys.argv[1]); import guard.guardian as g; del sys.path[0]; "
    "g.main(*map(int, sys.argv[2:5]))"
)
NETWORK_MESSAGE = "This exam does not allow programs to use the network (tried {where})."
MARK = "EXAMDESK_RUN"


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python that runs student programs.

    Attributes:
        path: its executable.
        version: such as `3.11.7`.
        folders: what it reads of its own: standard library, and packages where it is an exam's environment.
        site_packages: whether packages installed into it are for the student.
    """

    path: Path
    version: str
    folders: tuple[Path, ...]
    site_packages: bool


@dataclass(frozen=True, slots=True)
class Launch:
    """One program about to be started, and how."""

    interpreter: Interpreter
    program: Program
    limits: RunLimits
    folder: WorkFolder
    means: frozenset[Means]
    allowed_imports: frozenset[str] | None
    mark: str = field(default_factory=lambda: secrets.token_hex(8))

    def python(self, guard_parent: str, handles: tuple[int, int, int]) -> list[str]:
        """Return the command that starts the guardian: isolated, unbuffered, UTF-8, writing no bytecode."""
        flags = ["-I", "-u", "-B", "-X", "utf8"] + ([] if self.interpreter.site_packages else ["-S"])
        return [str(self.interpreter.path), *flags, "-c", BOOT, guard_parent, *map(str, handles)]

    def environment(self, work: str, tmp: str) -> dict[str, str]:
        """Return the whole environment of the program: nothing of the desk's own."""
        values = {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "HOME": work,
            "TMPDIR": tmp,
            "LANG": "C.UTF-8",
            "TERM": "dumb",
            "PYTHONUTF8": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONUNBUFFERED": "1",
            "PYTHONNOUSERSITE": "1",
            MARK: self.mark,
        }
        values.update({name: os.environ[name] for name in ("TZ",) if name in os.environ})
        if sys.platform == "win32":
            values.update(TEMP=tmp, TMP=tmp, USERPROFILE=work)
            values.update({name: os.environ[name] for name in ("SYSTEMROOT", "PATH") if name in os.environ})
        return values

    def setup(self, work: str, rlimits: Mapping[str, int], **confinement: object) -> dict[str, object]:
        """Return what the guardian is told, in types that `marshal` takes."""
        allowed = self.allowed_imports
        return {
            "main": self.program.main,
            "arguments": list(self.program.arguments),
            "folder": work,
            "site_packages": self.interpreter.site_packages,
            "network": self.limits.network,
            "network_message": NETWORK_MESSAGE,
            "allowed_imports": None if allowed is None else sorted(allowed),
            "import_message": _import_message(allowed or frozenset()),
            "idle": False,
            "rlimits": dict(rlimits),
            "landlock": False,
            "seccomp": False,
            "sockets": True,
            "readable": [],
            "writable": [],
            "protected": [],
            "desk_namespace": "",
            **confinement,
        }


def _import_message(allowed: frozenset[str]) -> str:
    packages = f" and {', '.join(sorted(allowed))}" if allowed else ""
    return f"This exam allows only the standard library{packages}; {{name}} is not available."


def resource_limits(limits: RunLimits) -> dict[str, int]:
    """Return the resource limits of each of the program's processes."""
    memory = limits.memory_mb << 20
    return {
        "CPU": limits.seconds + 1,
        "DATA": memory,
        # room for what is only reserved: libraries, other threads' stacks, numerical packages
        "AS": memory + (1 << 30),
        "FSIZE": limits.file_mb << 20,
        "NOFILE": 256,
        "CORE": 0,
        "MEMLOCK": 1 << 20,
        "MSGQUEUE": 1 << 18,
    }
