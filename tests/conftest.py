"""What every test gets: lanes by Qt binding, tools it needs, a manual clock, and a check for leaked threads."""

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from importlib.abc import MetaPathFinder
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.support.clocks import ManualClock, SeededChance

IN_CI = os.environ.get("CI", "").lower() in ("1", "true", "yes")
THREAD_GRACE_S = 5.0
BINDINGS = {"student": "pyqt6", "instructor": "pyside6"}
GUI = Path(__file__).parent / "gui"

# A busy machine is no fault of a test: no deadlines, and no complaint that examples were slow to make.
BUSY = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("ci", derandomize=True, database=None, print_blob=True, **BUSY)
settings.register_profile("dev", **BUSY)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if IN_CI else "dev"))


# Lanes: the two Qt bindings can't be in one process, so a run has one of them or none


class NoQt(MetaPathFinder):
    """Refuses Qt in the core lane, where a test that needs it would hide a dependency."""

    def find_spec(self, fullname, path=None, target=None):
        """Refuse both bindings; leave everything else to the others."""
        if fullname.partition(".")[0] in ("PyQt6", "PySide6"):
            raise ImportError(f"the core lane runs without Qt, and something imports {fullname}")


def hear_signals() -> None:
    """Let Ctrl-C and a closed terminal be heard: a run in a shell's background begins deaf, and so do its children."""
    for name, heard in (("SIGINT", signal.default_int_handler), ("SIGHUP", signal.SIG_DFL)):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, heard)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config):
    """Choose the binding by the lane, or by the folder on the command line."""
    hear_signals()
    if os.environ.get("EXAMDESK_LANE") == "core":
        sys.meta_path.insert(0, NoQt())
    if "PYTEST_QT_API" not in os.environ:
        asked = [binding for lane, binding in BINDINGS.items() if any(f"gui/{lane}" in arg for arg in config.args)]
        if len(asked) == 1:
            os.environ["PYTEST_QT_API"] = asked[0]


def pytest_ignore_collect(collection_path, config):
    """Leave out the windows of the other binding, and all windows where no binding was asked for."""
    del config
    for lane, binding in BINDINGS.items():
        if collection_path == GUI / lane and os.environ.get("PYTEST_QT_API", "").lower() != binding:
            return True
    return None


# Tools: absent on a developer's machine a test is skipped with the reason, absent in CI it fails


def lacks_postgres() -> str | None:
    """Say what is missing for a PostgreSQL server of the test's own."""
    if shutil.which("postgres") or list(Path("/usr/lib/postgresql").glob("*/bin/postgres")):
        return None
    return "needs a PostgreSQL server (apt: postgresql)"


def lacks_libreoffice() -> str | None:
    """Say what is missing for opening our spreadsheets in LibreOffice."""
    return None if shutil.which("soffice") or shutil.which("libreoffice") else "needs LibreOffice (libreoffice-calc)"


def lacks_classroom() -> str | None:
    """Say what is missing for several hosts on this one."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        return "needs Linux and root, for network namespaces"
    for tool, package in (("ip", "iproute2"), ("nft", "nftables")):
        if not shutil.which(tool, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"):
            return f"needs {tool} (apt: {package})"
    tried = subprocess.run(["unshare", "--net", "true"], capture_output=True, check=False)
    return None if tried.returncode == 0 else "may not make network namespaces here"


NEEDS: dict[str, Callable[[], str | None]] = {
    "postgres": lacks_postgres,
    "libreoffice": lacks_libreoffice,
    "classroom": lacks_classroom,
}


MISSING = pytest.StashKey[dict[str, str | None]]()


def pytest_collection_modifyitems(config, items):
    """Leave the soak tests out unless `-m soak` asks for them."""
    if "soak" in config.option.markexpr:
        return
    soak = [item for item in items if item.get_closest_marker("soak")]
    if soak:
        items[:] = [item for item in items if not item.get_closest_marker("soak")]
        config.hook.pytest_deselected(items=soak)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """Skip or fail a test whose tool is absent."""
    for name, lacks in NEEDS.items():
        if item.get_closest_marker(name) is None:
            continue
        missing = item.config.stash.setdefault(MISSING, {})
        if name not in missing:
            missing[name] = lacks()
        if missing[name] and IN_CI:
            pytest.fail(f"{missing[name]}; in CI this may not be absent", pytrace=False)
        if missing[name]:
            pytest.skip(missing[name])


# Fixtures


@pytest.fixture
def clock() -> ManualClock:
    """Time that stands still until the test moves it."""
    return ManualClock()


@pytest.fixture
def chance() -> SeededChance:
    """Chance that is the same in every run."""
    return SeededChance("a test")


@pytest.fixture(autouse=True)
def no_leaked_threads() -> Iterator[None]:
    """Fail a test that leaves a non-daemon thread running: a program built so would not end."""
    before = set(threading.enumerate())
    yield
    left = [thread for thread in threading.enumerate() if thread not in before and not thread.daemon]
    for thread in left:
        thread.join(THREAD_GRACE_S)
    alive = [thread.name for thread in left if thread.is_alive()]
    if alive:
        pytest.fail(f"the test left threads running: {', '.join(alive)}", pytrace=False)
