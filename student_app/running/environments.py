"""An exam's packages on this PC: wheels unpacked into a folder of their own, ready for the student programs' Python.

A wheel is a zip archive whose files lie as they are imported (https://packaging.python.org/specifications/
binary-distribution-format), so nothing of a package is run to install it. The folder gets its name at the very end: a
power cut leaves a scratch folder, which the next try removes, and never half an environment.
"""

import contextlib
import hashlib
import os
import secrets
import shutil
import subprocess
import time
import zipfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path, PurePosixPath

import msgspec
from packaging.tags import Tag, compatible_tags, cpython_tags
from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from shared.exam.packages import Target, Wheel, WheelList
from shared.exam.paths import path_mistake
from shared.problems import EnvironmentProblem, PeerFault
from student_app.running.launch import Interpreter

SITE = "site"
_RECORD = "environment.json"
_SCRATCH = ".new-"
MAX_UNPACKED_BYTES = 3 << 30
MAX_FILES = 60_000
UNPACKED_RATIO = 5
"""A package on the disk, with its compiled files, takes about so many times the size of its wheel."""
FORGET_DAYS = 60
COMPILE_SECONDS = 600
_CHUNK = 1 << 20

Told = Callable[[float], None]
"""How far it is, from 0 to 1."""


class Record(msgspec.Struct, frozen=True):
    """What an environment holds: each unpacked file with its SHA-256."""

    python: str
    files: dict[str, str]


def supported_tags(version: str) -> frozenset[Tag]:
    """The tags of wheels that the CPython of this `version` (`3.11.7`) runs on this PC."""
    major, minor = (int(part) for part in version.split(".")[:2])
    own = f"cp{major}{minor}"
    tags = [*cpython_tags((major, minor), abis=[own]), *compatible_tags((major, minor), interpreter=own)]
    return frozenset(tags)


def target_for(wheels: WheelList, version: str, tags: frozenset[Tag]) -> Target | None:
    """The kind of lab PC that this one is: same Python, and every wheel runs here; None where there is none."""
    python = ".".join(version.split(".")[:2])
    fitting = (one for one in wheels.targets if one.python == python)
    return next((one for one in fitting if all(_runs_here(file, tags) for file in one.wheels)), None)


def _runs_here(file: str, tags: frozenset[Tag]) -> bool:
    try:
        return not parse_wheel_filename(file)[3].isdisjoint(tags)
    except InvalidWheelFilename:
        return False


def environment_name(wheels: Sequence[Wheel], version: str) -> str:
    """The name of the environment that holds exactly these wheels for this Python."""
    text = "\n".join([version, *sorted(wheel.sha256 for wheel in wheels)])
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def ready_environment(folder: Path, name: str) -> Path | None:
    """The folder that programs import from, where it is whole: every file is there with its hash."""
    where = folder / name
    try:
        record = msgspec.json.decode((where / _RECORD).read_bytes(), type=Record)
        for path, digest in record.files.items():
            with (where / SITE / path).open("rb") as source:
                if hashlib.file_digest(source, "sha256").hexdigest() != digest:
                    return None
        os.utime(where / _RECORD)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return None
    return where / SITE


def tidy(folder: Path, now_s: float | None = None) -> None:
    """Remove what interrupted installations left, and environments that no exam has used for two months."""
    with contextlib.suppress(OSError):
        for entry in list(folder.iterdir()):
            used = entry / _RECORD
            old = used.is_file() and (now_s or time.time()) - used.stat().st_mtime > FORGET_DAYS * 86_400  # noqa: TID251
            if entry.name.startswith(_SCRATCH) or old:
                shutil.rmtree(entry, ignore_errors=True)


def install(wheels: Sequence[Path], folder: Path, name: str, interpreter: Interpreter, told: Told) -> Path:
    """Unpack wheels whose hashes were checked into the environment `name`, and return what programs import from.

    Raises:
        PeerFault: a wheel is not one.
        EnvironmentProblem: the disk refused.
    """
    scratch = folder / f"{_SCRATCH}{secrets.token_hex(4)}"
    try:
        files: dict[str, str] = {}
        for number, wheel in enumerate(wheels):
            told(0.7 * number / len(wheels))
            files |= _unpack(wheel, scratch / SITE, files)
        told(0.7)
        _compile(scratch / SITE, interpreter)
        (scratch / _RECORD).write_bytes(msgspec.json.encode(Record(interpreter.version, files)))
        shutil.rmtree(folder / name, ignore_errors=True)
        scratch.rename(folder / name)
    except OSError as problem:
        raise no_room(problem) from problem
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    told(1.0)
    return folder / name / SITE


def no_room(problem: OSError) -> EnvironmentProblem:
    """What the student reads when the disk refuses a package."""
    return EnvironmentProblem(
        f"The exam's packages can't be written to this PC's disk ({problem.strerror or problem}). Your work is safe. "
        "Tell the proctor: make room on the disk, or take another PC."
    )


def _unpack(wheel: Path, site: Path, before: dict[str, str]) -> dict[str, str]:
    """Unpack one wheel and return its files with their hashes; a file that came before stays."""
    site.mkdir(parents=True, exist_ok=True)
    files: dict[str, str] = {}
    try:
        with zipfile.ZipFile(wheel) as archive:
            for info in _members(archive, wheel.name):
                path = _place(info.filename)
                if path and path not in before:
                    files[path] = _write(archive, info, site / path)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError, RuntimeError) as problem:
        raise PeerFault(f"The package {wheel.name} is damaged: {problem}. Tell the proctor.") from problem
    return files


def _members(archive: zipfile.ZipFile, name: str) -> list[zipfile.ZipInfo]:
    infos = [info for info in archive.infolist() if not info.is_dir()]
    if len(infos) > MAX_FILES or sum(info.file_size for info in infos) > MAX_UNPACKED_BYTES:
        raise PeerFault(f"The package {name} unpacks to more than a package may be. Tell the proctor.")
    wrong = next((info.filename for info in infos if path_mistake(info.filename)), None)
    if wrong is not None:
        raise PeerFault(f"The package {name} holds a file that can't be unpacked here: {wrong!r}. Tell the proctor.")
    return infos


def _place(name: str) -> str:
    """Where a file of a wheel belongs, empty for scripts and headers, which programs don't import."""
    parts = PurePosixPath(name).parts
    if not parts[0].endswith(".data"):
        return name
    return "/".join(parts[2:]) if len(parts) > 2 and parts[1] in ("purelib", "platlib") else ""


def _write(archive: zipfile.ZipFile, info: zipfile.ZipInfo, where: Path) -> str:
    where.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with archive.open(info) as source, where.open("wb") as out:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
            out.write(chunk)
    return digest.hexdigest()


def _compile(site: Path, interpreter: Interpreter) -> None:
    """Compile once what every run would compile again, since programs may not write there; not vital."""
    command = [str(interpreter.path), "-I", "-S", "-m", "compileall", "-q", "-q", "--invalidation-mode"]
    with contextlib.suppress(subprocess.SubprocessError):
        subprocess.run(  # noqa: S603  (the Python that runs student programs, over the packages)
            [*command, "unchecked-hash", str(site)],
            check=False,
            timeout=COMPILE_SECONDS,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )


def modules_of(wheels: Iterable[Wheel]) -> frozenset[str]:
    """The top-level names that programs import of these wheels."""
    return frozenset(module for wheel in wheels for module in wheel.modules)
