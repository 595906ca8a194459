"""Pythons that can run student programs."""

import contextlib
import functools
import os
import subprocess
import sys
from pathlib import Path

from shared.problems import EnvironmentProblem
from student_app.running.launch import Interpreter

_QUESTION = (
    "import sys; print('.'.join(map(str, sys.version_info[:3])));"
    "print(*{sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix, *sys.path} - {''}, sep='\\n')"
)
OLDEST = (3, 10)


_OURS_ALONE = frozenset({"LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FRAMEWORK_PATH"})
"""Where an installed app finds its own libraries, which are not those of another Python."""


def base_interpreter() -> Interpreter:
    """Return the Python for student programs, without any package installed into it.

    From source it is the one that this app is built on; an installed app looks for one, see `installed_pythons`.
    """
    if not getattr(sys, "frozen", False):
        return find_interpreter(Path(getattr(sys, "_base_executable", sys.executable)), site_packages=False)
    for path in installed_pythons(Path(sys.executable).parent, sys.platform):
        with contextlib.suppress(EnvironmentProblem):
            return find_interpreter(path, site_packages=False)
    raise EnvironmentProblem(
        "This PC has no Python 3.10 or newer for student programs. Install Python, or ask the proctor for another PC."
    )


def installed_pythons(folder: Path, platform: str) -> tuple[Path, ...]:
    """Return where an app installed in `folder` looks for a Python, best first: its own, then the system's.

    Fixed places, and not PATH: every PC of a room runs programs with the same Python, whatever its user has set.
    """
    if platform == "win32":
        return (folder / "python" / "python.exe",)
    own = folder / "python" / "bin" / "python3"
    if platform == "darwin":
        framework = Path("/Library/Frameworks/Python.framework/Versions/Current/bin/python3")
        return (own, framework, Path("/opt/homebrew/bin/python3"), Path("/usr/local/bin/python3"))
    return (own, Path("/usr/bin/python3"), Path("/usr/local/bin/python3"))


@functools.lru_cache(maxsize=16)
def find_interpreter(path: Path, *, site_packages: bool = True) -> Interpreter:
    """Ask the Python at `path` what it is; EnvironmentProblem when it cannot run student programs.

    Args:
        path: the executable, of an exam's environment for example.
        site_packages: whether packages installed into it are for the student.
    """
    flags = ["-I"] if site_packages else ["-I", "-S"]
    try:
        answer = subprocess.run(  # noqa: S603  (a Python that the configuration names)
            [str(path), *flags, "-c", _QUESTION],
            capture_output=True,
            timeout=20,
            check=True,
            text=True,
            env={name: value for name, value in os.environ.items() if name not in _OURS_ALONE},
        ).stdout.splitlines()
        version = tuple(map(int, answer[0].split(".")))
    except (OSError, subprocess.SubprocessError, ValueError, IndexError) as error:
        raise EnvironmentProblem(
            f"The Python at {path} does not run. Install Python again, or choose another one in the settings."
        ) from error
    if version < OLDEST:
        raise EnvironmentProblem(f"The Python at {path} is {answer[0]}; student programs need 3.10 or newer.")
    folders = tuple(sorted({folder for folder in map(Path, answer[1:]) if folder.exists() and len(folder.parts) > 1}))
    outer = tuple(f for f in folders if not any(f != other and f.is_relative_to(other) for other in folders))
    return Interpreter(path, answer[0], outer, site_packages)
