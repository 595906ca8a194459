"""The file with which a colleague on another laptop reaches this hub: the address from there, and one role's token."""

import os
from pathlib import Path

import msgspec

from instructor_app.words import tr
from shared.problems import EnvironmentProblem

ROLES = ("proctor", "teaching assistant", "integrity reviewer", "auditor")


class _HubFile(msgspec.Struct, frozen=True):
    """What of `hub.json` is needed."""

    port: int
    fingerprint: str
    tokens: dict[str, str] = {}


class _ColleagueFile(msgspec.Struct, frozen=True):
    """What a colleague gets: readable by `read_hub_file`."""

    host: str
    port: int
    fingerprint: str
    token: str


def colleague_file(hub_file: Path, role: str, host: str) -> bytes:
    """Return the file for a role.

    Raises:
        EnvironmentProblem: the hub's own file is not here, or has no tokens of other roles.
    """
    try:
        found = msgspec.json.decode(hub_file.read_bytes(), type=_HubFile)
    except (OSError, msgspec.DecodeError) as error:
        raise EnvironmentProblem(tr("The hub's own file can't be read here. Do this on the hub's laptop.")) from error
    token = found.tokens.get(role)
    if not token:
        raise EnvironmentProblem(tr("This laptop has no tokens for others. Do this on the hub's own laptop."))
    return msgspec.json.encode(_ColleagueFile(host, found.port, found.fingerprint, token))


def write_private(path: Path, data: bytes) -> None:
    """Write a file that only its owner can read.

    Raises:
        EnvironmentProblem: it can't be written; a former file is as it was.
    """
    scratch = path.with_name(path.name + ".part")
    try:
        scratch.unlink(missing_ok=True)
        with os.fdopen(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
        scratch.replace(path)
    except OSError as error:
        why = error.strerror or str(error)
        words = tr("{path} can't be written ({why}). Choose another place.", path=path, why=why)
        raise EnvironmentProblem(words) from error
