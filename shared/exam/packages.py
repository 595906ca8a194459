"""The packages of an exam as wheels: the folder `wheels/` with its list, and the list as a hub signs it for desks.

`wheels/packages.json` names for each kind of lab PC (system, processor, Python) the wheels that it needs, and for each
wheel its size, SHA-256 and what a program imports of it. `examdesk exam packages` writes it; a hub checks every file
against it, signs it with the exam's key (DSSE) and gives the files out piecewise; a desk checks each file again.
"""

import hashlib
import re
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from shared.crypto import dsse
from shared.crypto.keys import SigningKey, VerifyKey
from shared.exam.paths import path_mistake
from shared.ids import ExamId
from shared.problems import EnvironmentProblem, InputProblem, PeerFault

WHEELS = "wheels"
LIST_NAME = "packages.json"
PAYLOAD_TYPE = "application/vnd.examdesk.packages+json"
LAB_PLATFORMS = (
    "windows-x86_64",
    "windows-arm64",
    "linux-x86_64",
    "linux-aarch64",
    "macos-arm64",
    "macos-x86_64",
)
"""Kinds of lab PCs, as a list of wheels names them."""

MAX_WHEELS = 200
MAX_WHEEL_BYTES = 256 * 1024 * 1024
MAX_WHEELS_BYTES = 512 * 1024 * 1024
MAX_LIST_BYTES = 56 * 1024
"""It travels in one frame with the exam's front page."""

_SEPARATORS = re.compile(r"[-_.]+")
_NAME = re.compile(r"^\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)")

WheelName = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_.!+-]+\.whl$", max_length=200)]


class Wheel(msgspec.Struct, frozen=True, kw_only=True):
    """One file of `wheels/`.

    Attributes:
        name: of the package, as `normal_name` writes it.
        modules: the top-level names that a program imports of it.
    """

    file: WheelName
    size: Annotated[int, Meta(ge=1, le=MAX_WHEEL_BYTES)]
    sha256: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
    name: Annotated[str, Meta(max_length=200)]
    version: Annotated[str, Meta(max_length=100)]
    modules: Annotated[tuple[Annotated[str, Meta(max_length=200)], ...], Meta(max_length=500)] = ()


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of lab PC, such as `windows-x86_64` with Python `3.12`, and the wheels that it needs, by file name."""

    platform: Annotated[str, Meta(max_length=50)]
    python: Annotated[str, Meta(pattern=r"^3\.[0-9]{1,2}$")]
    wheels: Annotated[tuple[WheelName, ...], Meta(max_length=MAX_WHEELS)]


class WheelList(msgspec.Struct, frozen=True, kw_only=True):
    """What `packages.json` says, and with `exam` what a hub signs."""

    format: Literal[1]
    requirements: Annotated[tuple[Annotated[str, Meta(max_length=200)], ...], Meta(max_length=200)]
    targets: Annotated[tuple[Target, ...], Meta(max_length=50)]
    wheels: Annotated[tuple[Wheel, ...], Meta(max_length=MAX_WHEELS)]
    exam: Annotated[str, Meta(pattern="^([0-9a-f]{32})?$")] = ""

    def wheels_of(self, target: Target) -> tuple[Wheel, ...]:
        """The wheels of one kind of lab PC, in the order of the list."""
        return tuple(wheel for wheel in self.wheels if wheel.file in target.wheels)


def normal_name(requirement: str) -> str:
    """The package that a requirement or a name means, in the one spelling that package indexes compare (PEP 503)."""
    found = _NAME.match(requirement)
    return _SEPARATORS.sub("-", found[1] if found else requirement.strip()).lower()


def decode_list(data: bytes) -> WheelList:
    """Read a list of wheels.

    Checks: K1 size and shape, K2 each wheel named once, K3 targets name wheels of the list, K4 sizes together.

    Raises:
        PeerFault: a check does not hold.
    """
    if len(data) > MAX_LIST_BYTES:
        raise PeerFault(f"The list of the exam's packages has {len(data)} bytes; at most {MAX_LIST_BYTES} are taken.")
    try:
        read = msgspec.json.decode(data, type=WheelList)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as problem:
        raise PeerFault(f"The list of the exam's packages can't be read: {problem}.") from problem  # K1
    files = [wheel.file for wheel in read.wheels]
    if len({file.lower() for file in files}) != len(files) or any(path_mistake(file) for file in files):
        raise PeerFault("The list of the exam's packages names a file twice, or one that can't be on a disk.")  # K2
    missing = {file for target in read.targets for file in target.wheels} - set(files)
    if missing:
        raise PeerFault(f"The list of the exam's packages does not describe {min(missing)}.")  # K3
    if sum(wheel.size for wheel in read.wheels) > MAX_WHEELS_BYTES:
        raise PeerFault(f"The exam's packages have more than {MAX_WHEELS_BYTES // 1024**2} MiB together.")  # K4
    return read


def encode_list(wheels: WheelList) -> bytes:
    """A list of wheels as people can read it."""
    return msgspec.json.format(msgspec.json.encode(wheels), indent=1) + b"\n"


def read_wheels(folder: Path) -> WheelList | None:
    """The list in an exam folder, None where no packages were collected.

    Raises:
        InputProblem: the list is damaged.
        EnvironmentProblem: it can't be read.
    """
    where = folder / WHEELS / LIST_NAME
    if not where.is_file():
        return None
    try:
        return decode_list(where.read_bytes())
    except OSError as problem:
        raise EnvironmentProblem(f"{where} can't be read: {problem.strerror}.") from problem
    except PeerFault as fault:
        raise InputProblem(f"{fault.sentence} Collect them again: examdesk exam packages {folder}") from fault


def check_wheels(folder: Path, wheels: WheelList) -> None:
    """Compare every listed file with its size and hash; takes about a second for 500 MiB.

    Raises:
        InputProblem: a file is missing or another one than was collected.
    """
    for wheel in wheels.wheels:
        where = folder / WHEELS / wheel.file
        again = f"Collect them again: examdesk exam packages {folder}"
        try:
            same = where.stat().st_size == wheel.size and file_digest(where) == wheel.sha256
        except OSError as problem:
            said = problem.strerror or "it can't be read"
            raise InputProblem(f"{WHEELS}/{wheel.file} of the exam: {said}. {again}") from problem
        if not same:
            raise InputProblem(f"{WHEELS}/{wheel.file} is not the file that was collected. {again}")


def file_digest(where: Path) -> str:
    """SHA-256 of a file in hexadecimal."""
    with where.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def sign_list(wheels: WheelList, exam: ExamId, key: SigningKey) -> bytes:
    """The envelope that a hub offers to desks."""
    return dsse.seal(PAYLOAD_TYPE, msgspec.json.encode(msgspec.structs.replace(wheels, exam=exam.hex())), key)


def open_list(envelope: bytes, exam: ExamId, key: VerifyKey) -> WheelList:
    """The list that the exam's key signed for this exam.

    Raises:
        PeerFault: it did not, or the list does not hold.
    """
    read = decode_list(dsse.open_envelope(envelope, PAYLOAD_TYPE, [key]))
    if read.exam != exam.hex():
        raise PeerFault("This list of packages belongs to another exam.")
    return read
