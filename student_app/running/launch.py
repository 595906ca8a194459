"""What a run is started with, the same for every platform."""

import os
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from student_app.running.confinement import Means
from student_app.running.imports import Imports
from student_app.running.limits import RunLimits
from student_app.running.workdir import Program, WorkFolder

GUARD = Path(__file__).resolve().parent / "guard"
BOOT = (
    "import sys; sys.path.insert(0, sys.argv[1]); import guard.guardian as g; del sys.path[0]; "
    "g.main(*map(int, sys.argv[2:6]))"
)
NETWORK_MESSAGE = "This exam does not allow programs to use the network (tried {where})."
MARK = "EXAMDESK_RUN"
OF_WINDOWS = ("SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC", "PATHEXT", "PATH", "PROCESSOR_ARCHITECTURE")
"""What Python, its packages and `os.system` look for on Windows; nothing of it says anything about the user."""


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
    imports: Imports | None
    mark: str = field(default_factory=lambda: secrets.token_hex(8))

    @property
    def readable(self) -> tuple[Path, ...]:
        """The folders that the program reads besides the system's: its Python's own, and the exam's packages."""
        packages = self.imports.folder if self.imports is not None else None
        return (*self.interpreter.folders, *([packages] if packages is not None else []))

    def python(self, guard_parent: str, handles: tuple[int, int, int, int]) -> list[str]:
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
            "MPLBACKEND": "module://examdesk_figures",  # of the guard: figures go to the desk
            "XDG_CACHE_HOME": f"{tmp}/cache",
            "MPLCONFIGDIR": f"{tmp}/matplotlib",
            MARK: self.mark,
        }
        if self.imports is not None and self.imports.folder is not None:
            # threads of numerical packages count as processes, and would make results depend on the PC
            values.update({f"{name}_NUM_THREADS": "1" for name in ("OPENBLAS", "OMP", "MKL")})
        values.update({name: os.environ[name] for name in ("TZ",) if name in os.environ})
        if sys.platform == "win32":
            values.update(TEMP=tmp, TMP=tmp, USERPROFILE=work)
            values.update({name: os.environ[name] for name in OF_WINDOWS if name in os.environ})
        return values

    def setup(self, work: str, rlimits: Mapping[str, int], **confinement: object) -> dict[str, object]:
        """Return what the guardian is told, in types that `marshal` takes."""
        imports = self.imports
        return {
            "main": self.program.main,
            "arguments": list(self.program.arguments),
            "folder": work,
            "site_packages": self.interpreter.site_packages,
            "network": self.limits.network,
            "network_message": NETWORK_MESSAGE,
            "allowed_imports": None if imports is None else sorted(imports.allowed),
            "import_message": _import_message(imports),
            "missing_message": imports.missing if imports is not None else "",
            "packages": [str(imports.folder)] if imports is not None and imports.folder is not None else [],
            "idle": False,
            "watched": self.program.watched,
            "rlimits": dict(rlimits),
            "landlock": False,
            "seccomp": False,
            "sockets": "all",
            "readable": [],
            "writable": [],
            "protected": [],
            "desk_namespace": "",
            **confinement,
        }


def _import_message(imports: Imports | None) -> str:
    names = (imports.listed or sorted(imports.allowed)) if imports is not None else ()
    packages = f" and {', '.join(names)}" if names else ""
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
