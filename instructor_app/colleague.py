"""The file with which a colleague on another laptop reaches this hub: the address from there, and one role's token."""

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
