"""Collect the wheels of an exam's packages for the lab's PCs, by pip in a process of its own.

pip resolves: that is what it is there for. It is asked once for each kind of lab PC, takes ready-made wheels only (no
code of a package runs on this computer), and its download folder becomes `wheels/` of the exam at one moment, so that
an interrupted collection leaves what was there.
"""

import platform
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from shared.exam.packages import (
    LIST_NAME,
    MAX_LIST_BYTES,
    MAX_WHEELS,
    MAX_WHEELS_BYTES,
    WHEELS,
    Target,
    Wheel,
    WheelList,
    encode_list,
    file_digest,
    normal_name,
)
from shared.problems import EnvironmentProblem, InputProblem

PLATFORMS: dict[str, tuple[str, ...]] = {
    "windows-x86_64": ("win_amd64",),
    "windows-arm64": ("win_arm64",),
    "linux-x86_64": (
        "manylinux_2_28_x86_64",
        "manylinux_2_27_x86_64",
        "manylinux_2_17_x86_64",
        "manylinux2014_x86_64",
        "manylinux2010_x86_64",
        "manylinux1_x86_64",
    ),
    "linux-aarch64": ("manylinux_2_28_aarch64", "manylinux_2_17_aarch64", "manylinux2014_aarch64"),
    "macos-arm64": ("macosx_14_0_arm64", "macosx_12_0_arm64", "macosx_11_0_arm64"),
    "macos-x86_64": ("macosx_12_0_x86_64", "macosx_11_0_x86_64", "macosx_10_13_x86_64"),
}
"""The kinds of lab PCs, and the tags of wheels that run on each of them that is in use today."""

PIP_SECONDS = 1800
_PYTHON = re.compile(r"^3\.(1[0-9]|[2-9][0-9])$")
_SYSTEMS = {"win32": "windows", "darwin": "macos"}
_MACHINES = {"amd64": "x86_64", "x86_64": "x86_64", "arm64": "arm64", "aarch64": "aarch64"}
_NO_NETWORK = ("NewConnectionError", "Name or service not known", "Temporary failure", "Timeout")
_COULD_NOT = re.compile(r"No matching distribution found for (\S+)")

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Collecting:
    """What is collected, and where from.

    Attributes:
        requirements: as the exam names them.
        targets: kind of lab PC and Python version.
        pip: the command that starts pip.
        sources: further words for pip: `--index-url URL`, `--find-links FOLDER`, `--no-index`.
    """

    requirements: tuple[str, ...]
    targets: tuple[tuple[str, str], ...]
    pip: tuple[str, ...]
    sources: tuple[str, ...] = ()


def this_platform() -> str:
    """The kind of PC that this computer is, empty for one that is not in `PLATFORMS`."""
    system = _SYSTEMS.get(sys.platform, "linux")
    name = f"{system}-{_MACHINES.get(platform.machine().lower(), '')}"
    return name if name in PLATFORMS else ""


def wanted_targets(platforms: Iterable[str], pythons: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Every platform with every Python; an `InputProblem` for one that there is not."""
    pairs = [(kind, version) for kind in dict.fromkeys(platforms) for version in dict.fromkeys(pythons)]
    for kind, version in pairs:
        if kind not in PLATFORMS:
            raise InputProblem(f'"{kind}" is no kind of lab PC. Possible: {", ".join(PLATFORMS)}.')
        if not _PYTHON.match(version):
            raise InputProblem(f'"{version}" is no Python version of a lab PC. Write it as 3.12.')
    return tuple(pairs)


def pip_command(python: Path | None) -> tuple[str, ...]:
    """How pip is started: by the Python that is named, or by the one that runs this program.

    Raises:
        EnvironmentProblem: it has no pip.
    """
    if python is None and getattr(sys, "frozen", False):
        raise EnvironmentProblem(
            "The installed app has no pip. Name a Python that has: examdesk exam packages FOLDER --with python3"
        )
    command = (str(python or sys.executable), "-m", "pip")
    try:
        subprocess.run([*command, "--version"], capture_output=True, check=True, timeout=60)  # noqa: S603
    except (OSError, subprocess.SubprocessError) as problem:
        raise EnvironmentProblem(
            f"{command[0]} can't start pip, which collects packages. Install it (Debian: apt install python3-pip), "
            "or name another Python with --with."
        ) from problem
    return command


def collect(folder: Path, wanted: Collecting, say: Say) -> WheelList:
    """Collect into `folder/wheels`, replacing what was there once everything is here; return the list.

    Raises:
        InputProblem: a package has no wheel for a kind of lab PC, or they are too large together.
        EnvironmentProblem: pip found no network, or the disk refused.
    """
    try:
        with tempfile.TemporaryDirectory(dir=folder, prefix=".collecting-") as scratch:
            fresh = Path(scratch) / WHEELS
            fresh.mkdir()
            targets = tuple(_one_target(fresh, Path(scratch), wanted, target, say) for target in wanted.targets)
            found = _listed(fresh, wanted.requirements, targets)
            data = encode_list(found)
            if len(data) > MAX_LIST_BYTES:
                raise InputProblem("The packages are too many to be listed. Collect for fewer kinds of lab PCs.")
            (fresh / LIST_NAME).write_bytes(data)
            _replace(folder / WHEELS, fresh, Path(scratch) / "before")
    except OSError as problem:
        raise EnvironmentProblem(
            f"The packages can't be written to {folder}: {problem.strerror or problem}. What was there is as it was."
        ) from problem
    return found


def _replace(where: Path, fresh: Path, before: Path) -> None:
    if where.exists():
        where.rename(before)
    fresh.rename(where)


def _one_target(fresh: Path, scratch: Path, wanted: Collecting, target: tuple[str, str], say: Say) -> Target:
    kind, version = target
    say(f"Collecting for {kind}, Python {version} …")
    into = Path(tempfile.mkdtemp(dir=scratch))
    tags = [word for tag in PLATFORMS[kind] for word in ("--platform", tag)]
    command = [
        *wanted.pip, "download", "--no-input", "--disable-pip-version-check", "--progress-bar", "off", "--quiet",
        "--only-binary", ":all:", "--dest", str(into), "--implementation", "cp", "--python-version", version,
        *tags, *wanted.sources, "--", *wanted.requirements,
    ]  # fmt: skip
    try:
        done = subprocess.run(  # noqa: S603  (pip, with what the exam names)
            command, capture_output=True, text=True, errors="replace", timeout=PIP_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as problem:
        raise EnvironmentProblem(f"pip took longer than {PIP_SECONDS // 60} minutes and was stopped.") from problem
    if done.returncode != 0:
        raise _why_not(done.stderr, kind, version)
    files = sorted(into.iterdir())
    for file in files:
        if not (fresh / file.name).exists():
            shutil.move(file, fresh / file.name)
    say(f"  {len(files)} wheels")
    return Target(platform=kind, python=version, wheels=tuple(file.name for file in files))


def _why_not(said: str, kind: str, version: str) -> InputProblem | EnvironmentProblem:
    """What pip's words mean for the person."""
    missing = _COULD_NOT.search(said)
    if any(word in said for word in _NO_NETWORK):
        return EnvironmentProblem(
            "pip can't reach the package index. Connect this computer to the internet once, or give a folder of wheels "
            "with --find-links FOLDER --no-index. Nothing was changed."
        )
    if missing:
        return InputProblem(
            f"There is no ready-made wheel of {missing[1]} for {kind} with Python {version}. "
            "Choose another version of it, another Python, or leave the package out. Nothing was changed."
        )
    lines = [line for line in said.splitlines() if line.strip() and not line.startswith("WARNING")]
    last = next((line for line in lines if line.startswith("ERROR")), lines[-1] if lines else "no reason was given")
    return InputProblem(f"pip could not collect the packages for {kind}, Python {version}: {last[:300]}")


def _listed(fresh: Path, requirements: tuple[str, ...], targets: tuple[Target, ...]) -> WheelList:
    files = sorted(fresh.iterdir())
    total = sum(file.stat().st_size for file in files)
    if len(files) > MAX_WHEELS or total > MAX_WHEELS_BYTES:
        raise InputProblem(
            f"The packages are {len(files)} wheels with {total // 1024**2} MiB; an exam takes {MAX_WHEELS} with "
            f"{MAX_WHEELS_BYTES // 1024**2} MiB. Collect for fewer kinds of lab PCs. Nothing was changed."
        )
    return WheelList(
        format=1, requirements=requirements, targets=targets, wheels=tuple(_described(file) for file in files)
    )


def _described(file: Path) -> Wheel:
    name, version, *_ = file.name.split("-")
    return Wheel(
        file=file.name,
        size=file.stat().st_size,
        sha256=file_digest(file),
        name=normal_name(name),
        version=version,
        modules=top_modules(file),
    )


def top_modules(wheel: Path) -> tuple[str, ...]:
    """The names that a program can import of a wheel; an `InputProblem` where it is none."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError) as problem:
        raise InputProblem(f"{wheel.name} is no wheel, or it is damaged. Collect the packages again.") from problem
    found = {_top(PurePosixPath(name).parts) for name in names}
    return tuple(sorted(name for name in found if name.isidentifier() and name != "__pycache__"))


def _top(parts: tuple[str, ...]) -> str:
    if parts and parts[0].endswith(".data"):
        parts = parts[2:] if len(parts) > 2 and parts[1] in ("purelib", "platlib") else ()
    if not parts:
        return ""
    if len(parts) > 1:
        return parts[0]
    stem, dot, ending = parts[0].partition(".")
    return stem if dot and ending.endswith(("py", "so", "pyd")) else ""
