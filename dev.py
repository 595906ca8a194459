#!/usr/bin/env python3
"""One command surface for ExamDesk: sets a machine up and runs the demo, the tests, the checks and the benchmarks.

Needs nothing but Python 3.11 or newer. Everything that it installs goes into `.venv` beside it, except Qt's system
libraries and a virtual display on Debian and Ubuntu, which come from apt where that is allowed.
"""

from __future__ import annotations

import argparse
import functools
import hashlib
import io
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "examdesk-stamp"
QT_STAMP = VENV / "examdesk-qt-stamp"
PIP_LOG = VENV / "pip.log"
OLDEST_PYTHON = (3, 11)
EXTRAS = ".[instructor,student,dev]"
COVERAGE_FLOOR = 80
"""Percent of branches and lines of the Qt-free code that the core lane must reach."""
MOST_WORKERS = 4
"""So many processes share the core lane at most, one more than there are cores: a third of its time is waiting for
real programs and real time."""

SETUP_FAILED = 3
INTERRUPTED = 130
NO_TESTS_COLLECTED = 5
HEARTBEAT_S = 20
APT_TRIES = 3

LIBRARY_PACKAGES = {
    "libEGL.so.1": ("libegl1",),
    "libGL.so.1": ("libgl1",),
    "libGLX.so.0": ("libglx0",),
    "libOpenGL.so.0": ("libopengl0",),
    "libICE.so.6": ("libice6",),
    "libSM.so.6": ("libsm6",),
    "libX11-xcb.so.1": ("libx11-xcb1",),
    "libX11.so.6": ("libx11-6",),
    "libdbus-1.so.3": ("libdbus-1-3",),
    "libfontconfig.so.1": ("libfontconfig1",),
    "libfreetype.so.6": ("libfreetype6",),
    "libglib-2.0.so.0": ("libglib2.0-0t64", "libglib2.0-0"),
    "libgthread-2.0.so.0": ("libglib2.0-0t64", "libglib2.0-0"),
    "libgssapi_krb5.so.2": ("libgssapi-krb5-2",),
    "libxcb-cursor.so.0": ("libxcb-cursor0",),
    "libxcb-glx.so.0": ("libxcb-glx0",),
    "libxcb-icccm.so.4": ("libxcb-icccm4",),
    "libxcb-image.so.0": ("libxcb-image0",),
    "libxcb-keysyms.so.1": ("libxcb-keysyms1",),
    "libxcb-randr.so.0": ("libxcb-randr0",),
    "libxcb-render-util.so.0": ("libxcb-render-util0",),
    "libxcb-render.so.0": ("libxcb-render0",),
    "libxcb-shape.so.0": ("libxcb-shape0",),
    "libxcb-shm.so.0": ("libxcb-shm0",),
    "libxcb-sync.so.1": ("libxcb-sync1",),
    "libxcb-util.so.1": ("libxcb-util1",),
    "libxcb-xfixes.so.0": ("libxcb-xfixes0",),
    "libxcb-xinerama.so.0": ("libxcb-xinerama0",),
    "libxcb-xkb.so.1": ("libxcb-xkb1",),
    "libxcb.so.1": ("libxcb1",),
    "libxkbcommon-x11.so.0": ("libxkbcommon-x11-0",),
    "libxkbcommon.so.0": ("libxkbcommon0",),
}
"""Which Debian or Ubuntu packages hold a library that Qt asks for; newer names first."""

QT_FILES = (
    "PyQt6/QtCore.abi3.so",
    "PyQt6/QtGui.abi3.so",
    "PyQt6/QtPrintSupport.abi3.so",
    "PyQt6/QtWidgets.abi3.so",
    "PyQt6/Qsci.abi3.so",
    "PyQt6/Qt6/plugins/platforms/libqoffscreen.so",
    "PyQt6/Qt6/plugins/platforms/libqxcb.so",
    "PySide6/QtCore.abi3.so",
    "PySide6/QtGui.abi3.so",
    "PySide6/QtWidgets.abi3.so",
    "PySide6/Qt/plugins/platforms/libqoffscreen.so",
    "PySide6/Qt/plugins/platforms/libqxcb.so",
)
"""What the linker is asked about, below site-packages: the modules that the two programs load, and two platforms."""

FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")

OPTIONAL_TEST_TOOLS = {
    "postgresql": ("postgres", "initdb"),
    "libreoffice-calc": ("soffice", "libreoffice"),
    "iproute2": ("ip",),
    "nftables": ("nft",),
    "avahi-daemon": ("avahi-daemon",),
    "avahi-utils": ("avahi-browse",),
    "dbus": ("dbus-daemon",),
    "xdotool": ("xdotool",),
    "bubblewrap": ("bwrap",),
}
"""Packages without which some tests are skipped, and a program by which each is recognised."""


class SetupProblem(Exception):
    """Setting up can't go on; the text tells the person what to do."""


def say(text: str) -> None:
    """Tell the person what is being done, at once even through a pipe."""
    print(text, flush=True)


# Python and the virtual environment


def newer_python() -> str | None:
    """Return the path of a new enough Python on this machine, or None."""
    for minor in range(20, OLDEST_PYTHON[1] - 1, -1):
        found = shutil.which(f"python3.{minor}")
        if found:
            return found
    return None


def check_python() -> int | None:
    """Return None where this Python is new enough; else run again with a newer one and return its exit code."""
    if sys.version_info[:2] >= OLDEST_PYTHON:
        return None
    wanted = ".".join(map(str, OLDEST_PYTHON))
    newer = newer_python()
    if newer is None:
        raise SetupProblem(
            f"ExamDesk needs Python {wanted} or newer and this is {platform.python_version()} ({sys.executable}). "
            f"Install a newer one (https://www.python.org/downloads/) and run this again with it."
        )
    say(f"This is Python {platform.python_version()}; going on with {newer}.")
    return subprocess.call([newer, str(ROOT / "dev.py"), *sys.argv[1:]])


def venv_program(name: str) -> Path:
    """Return where the virtual environment keeps a program."""
    if os.name == "nt":
        return VENV / "Scripts" / f"{name}.exe"
    return VENV / "bin" / name


def venv_python() -> str:
    """Return the virtual environment's Python."""
    return str(venv_program("python"))


def succeeds(*command: str) -> bool:
    """Tell whether a command can be run and ends with 0; its output is dropped."""
    try:
        ended = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    except OSError:
        return False
    return ended.returncode == 0


def ensure_venv() -> None:
    """Make `.venv` unless there is one that works."""
    works = f"import sys; sys.exit(sys.version_info < {OLDEST_PYTHON})"
    if succeeds(venv_python(), "-c", works) and succeeds(venv_python(), "-m", "pip", "--version"):
        return
    if (VENV / "pyvenv.cfg").exists():
        say("The environment in .venv does not work any more (moved, or its Python is gone); making a new one.")
        shutil.rmtree(VENV)
    elif VENV.exists() and any(VENV.iterdir()):
        raise SetupProblem(f"{VENV} exists and is no virtual environment. Move it away and run this again.")
    if not succeeds(sys.executable, "-c", "import venv, ensurepip"):
        install_venv_module()
    say("Making a virtual environment in .venv ...")
    made = subprocess.run(
        [sys.executable, "-m", "venv", str(VENV)], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if made.returncode != 0:
        raise SetupProblem(f"The virtual environment could not be made:\n{(made.stdout + made.stderr).strip()}")


def install_venv_module() -> None:
    """Get Debian's separate package with `venv`, or say how."""
    package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    if shutil.which("apt-get") is None:
        raise SetupProblem(f"{sys.executable} comes without the module venv or ensurepip. Install a complete Python.")
    if not apt_install([package], "Python's venv module"):
        raise SetupProblem(f"Python's venv module is missing. Type this and run again:\n  {apt_command([package])}")


def stamp_text(root: Path = ROOT) -> str:
    """Say for what the packages were installed; another text means that they have to be installed again."""
    project = hashlib.sha256((root / "pyproject.toml").read_bytes()).hexdigest()
    return f"{project} {root}\n"


def stamped(stamp: Path) -> bool:
    """Tell whether a stamp was set for this pyproject.toml."""
    return stamp.exists() and stamp.read_text(encoding="utf-8") == stamp_text()


def ensure_packages() -> None:
    """Install ExamDesk with all extras into `.venv`, unless this was done for this pyproject.toml."""
    if stamped(STAMP):
        return
    say("Installing packages into .venv (the first time this takes some minutes; details in .venv/pip.log) ...")
    command = [venv_python(), "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "-e", EXTRAS]
    code = run_with_heartbeat(command, PIP_LOG)
    if code != 0:
        raise SetupProblem(pip_sentence(PIP_LOG.read_text(encoding="utf-8", errors="replace")))
    STAMP.write_text(stamp_text(), encoding="utf-8")


def run_with_heartbeat(command: list[str], log: Path) -> int:
    """Run a command with its output in a file, and say now and then that it goes on."""
    began = time.monotonic()
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)
        while True:
            try:
                return process.wait(timeout=HEARTBEAT_S)
            except subprocess.TimeoutExpired:
                say(f"  still installing, {time.monotonic() - began:.0f} s")
            except BaseException:
                process.kill()
                process.wait()
                raise


def pip_sentence(log: str) -> str:
    """Turn pip's output into what happened and what to do."""
    if "CERTIFICATE_VERIFY_FAILED" in log:
        cause = (
            "The package index's certificate is not trusted here, as behind a proxy that inspects connections. "
            "Set PIP_CERT to the file with your network's certificates, then run this again."
        )
    elif re.search(r"name resolution|Connection|Network is unreachable|timed out|ProxyError|getaddrinfo", log):
        cause = "The package index could not be reached. Look at the network (or the proxy), then run this again."
    elif "No space left" in log:
        cause = "The disk is full. Free about 2 GB, then run this again."
    elif "No matching distribution" in log:
        cause = f"A package does not exist for this system ({platform.platform()}, Python {platform.python_version()})."
    else:
        cause = "pip could not install the packages."
    return f"{cause}\npip's last lines (all of them: {PIP_LOG}):\n" + "\n".join(log.strip().splitlines()[-12:])


# System packages


def apt_prefix() -> list[str] | None:
    """Return how apt-get may be called here without asking anybody: as root, with sudo, or (None) not at all."""
    if shutil.which("apt-get") is None or os.environ.get("EXAMDESK_NO_APT"):
        return None
    if os.geteuid() == 0:
        return []
    return ["sudo", "-n"] if succeeds("sudo", "-n", "true") else None


def apt_command(packages: list[str]) -> str:
    """Return what a person would type."""
    return f"sudo apt-get install --no-install-recommends {' '.join(packages)}"


def apt_install(packages: list[str], purpose: str) -> bool:
    """Install packages where that is allowed, trying again after a failure; False means not allowed or not possible."""
    prefix = apt_prefix()
    if prefix is None:
        return False
    say(f"Installing {purpose} with apt-get: {' '.join(packages)} ...")
    environment = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive"]
    install = ["apt-get", "install", "-y", "-q", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=120"]
    for attempt in range(1, APT_TRIES + 1):
        apt_update(attempt)
        ended = subprocess.run(
            [*environment, *install, *packages], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        if ended.returncode == 0:
            return True
        say(f"  attempt {attempt} of {APT_TRIES} failed: {(ended.stderr or ended.stdout).strip()[-400:]}")
    return False


@functools.lru_cache(maxsize=None)  # noqa: UP033 - Python 3.8 must get as far as the sentence about its age
def apt_update(attempt: int = 1) -> bool:
    """Fetch the lists of packages, once per attempt, where that is allowed."""
    del attempt  # only tells a second attempt from the first
    prefix = apt_prefix()
    return prefix is not None and succeeds(*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "update", "-q")


def package_of(names: tuple[str, ...]) -> str:
    """Return the first of several package names that this release of Debian or Ubuntu knows."""
    for name in names:
        if succeeds("apt-cache", "show", "--quiet=2", name):
            return name
    return names[-1]


def site_packages() -> Path:
    """Return the virtual environment's folder of packages."""
    found = sorted(VENV.glob("lib/python3*/site-packages"))
    if not found:
        raise SetupProblem("The environment in .venv is not complete. Delete the folder and run this again.")
    return found[-1]


def missing_libraries() -> list[str]:
    """Ask the linker which system libraries the two Qt bindings do not find here."""
    if not sys.platform.startswith("linux") or shutil.which("ldd") is None:
        return []
    files = [str(path) for path in (site_packages() / name for name in QT_FILES) if path.exists()]
    answer = subprocess.run(
        ["ldd", *files], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    ).stdout
    return sorted(set(re.findall(r"^\s*(\S+) => not found", answer, flags=re.MULTILINE)))


def fonts_missing() -> bool:
    """Tell whether there is no scalable font at all, so that Qt could draw no letter."""
    if not sys.platform.startswith("linux"):
        return False
    folders = [Path(folder).expanduser() for folder in FONT_FOLDERS]
    return not any(next(folder.rglob(f"*.{kind}"), None) for folder in folders for kind in ("ttf", "otf", "pfb"))


def ensure_qt_libraries() -> None:
    """Install the system libraries that Qt misses, or stop and name them with the command to type."""
    libraries = missing_libraries()
    if libraries:
        apt_update()
    packages = [package_of(LIBRARY_PACKAGES[name]) for name in libraries if name in LIBRARY_PACKAGES]
    packages += ["fonts-dejavu-core"] if fonts_missing() else []
    packages = sorted(set(packages))
    if packages and apt_install(packages, "the system libraries that Qt needs"):
        libraries = missing_libraries()
        packages = []
    if not libraries and not packages:
        return
    if shutil.which("apt-get") is None or not packages:
        raise SetupProblem(
            "Qt does not find these system libraries: " + (", ".join(libraries) or "any font") + "\n"
            "Install the packages of your system that hold them, then run this again."
        )
    raise SetupProblem(f"Qt needs some system packages. Type this and run again:\n  {apt_command(packages)}")


def check_qt_starts() -> None:
    """Start both bindings once, each in a process of its own, without a screen."""
    if stamped(QT_STAMP):
        return
    for module in ("PyQt6", "PySide6"):
        program = f"from {module}.QtWidgets import QApplication; QApplication([])"
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
        tried = subprocess.run(
            [venv_python(), "-c", program],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if tried.returncode != 0:
            raise SetupProblem(f"{module} does not start on this machine:\n{tried.stderr.strip()[-800:]}")
    QT_STAMP.write_text(stamp_text(), encoding="utf-8")


def ensure_virtual_display() -> None:
    """Have xvfb where a lane of tests will need it; without it the lane runs offscreen."""
    if sys.platform.startswith("linux") and not has_display() and shutil.which("xvfb-run") is None:
        apt_install(["xvfb", "xauth"], "a virtual display for the tests")


def has_display() -> bool:
    """Tell whether windows can be shown."""
    if not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def ensure_sandbox() -> None:
    """Have bubblewrap, which keeps student programs apart best; without it a weaker means is used and recorded."""
    if sys.platform.startswith("linux") and shutil.which("bwrap") is None:
        apt_install(["bubblewrap"], "the sandbox for student programs")


def set_up(*, windows: bool) -> None:
    """Make the machine ready: environment, packages and, for windows, what Qt needs from the system."""
    ensure_venv()
    ensure_packages()
    if windows:
        if sys.platform.startswith("linux"):
            ensure_qt_libraries()
            ensure_sandbox()
        check_qt_starts()


# The jobs


def job_setup(_: argparse.Namespace, rest: list[str]) -> int:
    """Set up and stop there."""
    refuse_rest(rest)
    set_up(windows=True)
    ensure_virtual_display()
    say("Everything is set up in .venv.")
    return 0


def job_demo(_: argparse.Namespace, rest: list[str]) -> int:
    """Run the demonstration."""
    set_up(windows=True)
    return in_venv("-m", "examdesk.cli.main", "demo", *rest)


def job_bench(_: argparse.Namespace, rest: list[str]) -> int:
    """Run the benchmarks."""
    set_up(windows=True)
    return script_in_venv("tests/benchmarks/run.py", rest)


def job_screenshots(_: argparse.Namespace, rest: list[str]) -> int:
    """Draw every window into a file."""
    set_up(windows=True)
    return script_in_venv("tests/gui/screenshots.py", rest)


def in_venv(*arguments: str) -> int:
    """Run the virtual environment's Python where the person stands and return its exit code."""
    return patiently([venv_python(), *arguments])


def script_in_venv(script: str, rest: list[str]) -> int:
    """Run one of the project's scripts, which may import what lies beside the packages (`tests.support`)."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    return patiently([venv_python(), str(ROOT / script), *rest], env={**os.environ, "PYTHONPATH": path})


def patiently(command: list[str], env: dict[str, str] | None = None) -> int:
    """Run a job to its end; at Ctrl-C it ends by itself what it started, and is not killed before it has."""
    with subprocess.Popen(command, env=env) as process:
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                continue


def refuse_rest(rest: list[str]) -> None:
    """Stop at arguments that this job would ignore."""
    if rest:
        raise SetupProblem(f"Unknown arguments: {' '.join(rest)}. `python3 dev.py --help` lists what there is.")


def job_lint(options: argparse.Namespace, rest: list[str]) -> int:
    """Run every static check, also after one failed, and sum up."""
    refuse_rest(rest)
    set_up(windows=False)
    ruff, mypy = str(venv_program("ruff")), [venv_python(), "-m", "mypy"]
    fix = ["--fix"] if options.fix else []
    checks = {
        "ruff check": [ruff, "check", *fix, "."],
        "ruff format": [ruff, "format", *([] if options.fix else ["--check"]), "."],
        "mypy, instructor's side": [*mypy, "dev.py", "shared", "examdesk", "instructor_app"],
        "mypy, student's side": [*mypy, "shared", "student_app"],
        "import contracts": [str(venv_program("lint-imports"))],
    }
    failed = []
    for name, command in checks.items():
        header(name)
        if subprocess.call(command, cwd=ROOT, stdin=subprocess.DEVNULL) != 0:
            failed.append(name)
    header("lint, summed up")
    for name in checks:
        say(f"  {'FAILED' if name in failed else 'ok':6}  {name}")
    return 1 if failed else 0


def header(title: str) -> None:
    """Print a line that the eye finds."""
    say(f"\n===== {title} {'=' * max(3, 72 - len(title))}")


class Lane(NamedTuple):
    """One pytest process."""

    name: str
    what: str
    arguments: tuple[str, ...]
    binding: str | None


LANES = (
    Lane("core", "everything without Qt in its process", ("tests", "-p", "no:pytest-qt"), None),
    Lane("student", "the student's window, PyQt6", ("tests/gui/student",), "pyqt6"),
    Lane("instructor", "the instructor's window, PySide6", ("tests/gui/instructor",), "pyside6"),
)


class Result(NamedTuple):
    """What one lane counted; `trouble` is empty where the lane is good."""

    lane: str
    passed: int
    failed: int
    skipped: int
    seconds: float
    trouble: str


def job_test(options: argparse.Namespace, rest: list[str]) -> int:
    """Run the lanes one after the other and sum up."""
    lanes = [lane for lane in LANES if options.lane in (None, lane.name)]
    windows = any(lane.binding for lane in lanes)
    set_up(windows=windows)
    if windows:
        ensure_virtual_display()
    name_optional_tools()
    rest = rest[1:] if rest[:1] == ["--"] else rest
    results = [run_lane(lane, rest) for lane in lanes]
    return sum_up(results)


def name_optional_tools() -> None:
    """Say which tools are absent, whose tests will be skipped."""
    if not sys.platform.startswith("linux") or shutil.which("apt-get") is None:
        return
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])
    servers = list(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    absent = [
        package
        for package, programs in OPTIONAL_TEST_TOOLS.items()
        if not any(shutil.which(program, path=path) for program in programs)
        and not (package == "postgresql" and servers)
    ]
    if absent:
        say(f"Some tests need tools that are not here and will be skipped. To have them:\n  {apt_command(absent)}")


def run_lane(lane: Lane, rest: list[str]) -> Result:
    """Run one lane in a pytest process of its own."""
    header(f"{lane.name} lane: {lane.what}")
    folder = ROOT / lane.arguments[0]
    if not folder.is_dir():
        say("no tests yet")
        return Result(lane.name, 0, 0, 0, 0.0, "")
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="examdesk-test-") as scratch:
        report = Path(scratch) / "report.xml"
        command = [venv_python(), "-m", "pytest", *lane.arguments, "-rs", f"--junit-xml={report}"]
        command += whole_lane_arguments(lane, rest)
        command += rest
        environment = {**os.environ, "EXAMDESK_LANE": lane.name}
        environment.pop("PYTEST_QT_API", None)
        if lane.binding:
            environment["PYTEST_QT_API"] = lane.binding
            command = on_some_display(command, environment)
        code = subprocess.call(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL)
        counted = read_report(report)
    return judge(lane, code, counted, time.monotonic() - began)


def whole_lane_arguments(lane: Lane, rest: list[str]) -> list[str]:
    """Where the whole core lane runs: use the cores, measure the coverage and hold its floor."""
    if lane.binding or rest:
        return []
    workers = min((os.cpu_count() or 1) + 1, MOST_WORKERS)
    coverage = ["--cov", "--cov-branch", "--cov-report=term:skip-covered", f"--cov-fail-under={COVERAGE_FLOOR}"]
    return [f"--numprocesses={workers}", "--dist=worksteal", *coverage]


def on_some_display(command: list[str], environment: dict[str, str]) -> list[str]:
    """Give a lane with windows a display: the real one, a virtual one, or Qt's own without any."""
    if has_display() or "QT_QPA_PLATFORM" in environment:
        return command
    if shutil.which("xvfb-run"):
        return ["xvfb-run", "-a", "-s", "-screen 0 1920x1200x24 -nolisten tcp", *command]
    environment["QT_QPA_PLATFORM"] = "offscreen"
    say("There is no display and no xvfb-run (package xvfb), so this lane runs on Qt's offscreen platform.")
    return command


def read_report(report: Path) -> tuple[int, int, int] | None:
    """Return how many passed, failed and were skipped, or None where pytest left no report."""
    if not report.exists():
        return None
    suites = ET.parse(report).getroot().iter("testsuite")  # noqa: S314 - pytest wrote it a moment ago
    total = failed = skipped = 0
    for suite in suites:
        total += int(suite.get("tests", "0"))
        failed += int(suite.get("failures", "0")) + int(suite.get("errors", "0"))
        skipped += int(suite.get("skipped", "0"))
    return max(0, total - failed - skipped), failed, skipped


def judge(lane: Lane, code: int, counted: tuple[int, int, int] | None, seconds: float) -> Result:
    """Turn a lane's exit code and report into its result."""
    if counted is None:
        return Result(lane.name, 0, 1, 0, seconds, f"pytest ended without a report (exit code {code})")
    passed, failed, skipped = counted
    trouble = ""
    nothing_ran = sum(counted) == 0
    if failed:
        trouble = f"{failed} failed"
    elif code not in (0, NO_TESTS_COLLECTED) and not nothing_ran:
        trouble = f"every test passed, but pytest ended with {code} (see above: coverage below the floor, or a warning)"
    elif code not in (0, 1, NO_TESTS_COLLECTED):
        trouble = f"pytest ended with {code}"
    return Result(lane.name, passed, failed, skipped, seconds, trouble)


def sum_up(results: list[Result]) -> int:
    """Print a line per lane and the total, and return the exit code."""
    header("tests, summed up")
    for result in results:
        counts = f"{result.passed} passed, {result.failed} failed, {result.skipped} skipped"
        say(f"  {result.lane:10} {counts} in {result.seconds:.0f} s{': ' + result.trouble if result.trouble else ''}")
    passed, failed, skipped = (sum(column) for column in zip(*(result[1:4] for result in results), strict=True))
    say(f"\n{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if any(result.trouble for result in results) else 0


# The command line

DESCRIPTION = """\
Sets this machine up, then does the job. The first run takes some minutes, later ones start at once.

  python3 dev.py demo          a whole exam with simulated students, windows included
  python3 dev.py test          all tests: core, student window, instructor window
"""

EPILOG = """\
Further arguments go to the job:
  python3 dev.py demo --headless --desks 24 --out demo-out
  python3 dev.py test -k receipt
  python3 dev.py test --lane core -x
  python3 dev.py bench --help

Everything is installed into .venv beside this file. On Debian and Ubuntu missing system libraries are installed with
apt-get where this user may (root, or sudo without a password); EXAMDESK_NO_APT=1 forbids that, and they are named.
"""


def command_line() -> argparse.ArgumentParser:
    """Return the parser of this program's own arguments."""
    parser = argparse.ArgumentParser(
        prog="dev.py", description=DESCRIPTION, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    jobs = parser.add_subparsers(dest="job", required=True, metavar="JOB", title="jobs")
    jobs.add_parser("demo", help="run a whole exam with simulated students", add_help=False)
    test = jobs.add_parser(
        "test", help="run the tests in three lanes; further arguments go to pytest", allow_abbrev=False
    )
    test.add_argument("--lane", choices=[lane.name for lane in LANES], help="only this lane")
    lint = jobs.add_parser("lint", help="ruff, mypy (two runs) and the import contracts")
    lint.add_argument("--fix", action="store_true", help="let ruff mend and format what it can")
    jobs.add_parser("bench", help="run the benchmarks and print their figures", add_help=False)
    jobs.add_parser("screenshots", help="draw every window into PNG files", add_help=False)
    jobs.add_parser("setup", help="only set this machine up")
    return parser


JOBS = {
    "demo": job_demo,
    "test": job_test,
    "lint": job_lint,
    "bench": job_bench,
    "screenshots": job_screenshots,
    "setup": job_setup,
}


def main() -> int:
    """Do what the command line says and return the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # pip quotes letters that not every console has
    try:
        code = check_python()
        if code is not None:
            return code
        options, rest = command_line().parse_known_args()
        return JOBS[options.job](options, rest)
    except SetupProblem as problem:
        print(f"\n{problem}", file=sys.stderr)
        return SETUP_FAILED
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
