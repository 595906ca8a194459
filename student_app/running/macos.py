"""How macOS starts a confined program: sandbox-exec around the guardian, and resource limits."""

from pathlib import Path

from student_app.running.confinement import Means
from student_app.running.launch import GUARD, Launch, resource_limits
from student_app.running.posix import PosixPlan

SANDBOX_EXEC = "/usr/bin/sandbox-exec"
_SYSTEM = (
    *("/usr", "/bin", "/System", "/Library/Frameworks", "/private/etc/localtime", "/private/var/db/timezone"),
    *("/private/var/select", "/opt/homebrew", "/opt/local"),  # /bin/sh, and libraries that Python was linked with
)


def plan(launch: Launch) -> PosixPlan:
    """Return how the program is started here."""
    work, tmp = str(launch.folder.work), str(launch.folder.tmp)
    wrapped = Means.SANDBOX_EXEC in launch.means

    def command(handles: tuple[int, int, int, int]) -> list[str]:
        python = launch.python(str(GUARD.parent), handles)
        return [SANDBOX_EXEC, "-p", profile(launch), *python] if wrapped else python

    limits = resource_limits(launch.limits)
    limits["NPROC"] = launch.limits.processes + 512  # counts all that the user runs
    return PosixPlan(
        command=command,
        environment=launch.environment(work, tmp),
        folder=work,
        setup=launch.setup(work, limits),
        mark=launch.mark,
        group=None,
        own_processes=0,
    )


def profile(launch: Launch) -> str:
    """Return the sandbox profile: the run's folder to write, the system and the interpreter to read."""
    readable = [*_SYSTEM, str(GUARD.parent), *map(str, launch.readable)]
    writable = [launch.folder.root]
    rules = [
        "(version 1)",
        "(deny default)",
        "(allow process-fork)",
        "(allow process-exec)",
        "(allow sysctl-read)",
        "(allow file-read-metadata)",
        "(allow signal (target same-sandbox))",
        "(allow process-info* (target same-sandbox))",
        "(allow ipc-posix-sem)",
        # the user's own entry, which `os.path.expanduser` and `getpass` ask for
        '(allow mach-lookup (global-name "com.apple.system.opendirectoryd.libinfo"))',
        '(allow file-read* file-write-data (literal "/dev/null"))',
        '(allow file-read* (literal "/dev/urandom") (literal "/dev/random") (literal "/"))',
    ]
    rules += [f"(allow file-read* (subpath {_quoted(Path(path))}))" for path in readable]
    rules += [f"(allow file-read* file-write* (subpath {_quoted(path)}))" for path in writable]
    if launch.limits.network:
        rules += ["(allow network*)", "(allow system-socket)", "(allow mach-lookup)"]
    return "\n".join(rules)


def _quoted(path: Path) -> str:
    text = str(path.resolve()).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'
