"""Fetching the exam's key from a hub: a large one, with the exam's packages, comes in pieces."""

from typing import Any, Protocol, TypeVar

import msgspec

from examdesk.staffapi.messages import GetKeyFile, GetKeyPart, KeyFileMade
from examdesk.staffapi.messages.base import Answer, Request
from shared.problems import PeerFault

A = TypeVar("A", bound=Answer)


class Asking(Protocol):
    """Whoever can ask a hub."""

    async def ask(self, request: Request[A]) -> A:
        """Ask, and wait for the answer."""


async def fetch_key_file(hub: Asking, request: GetKeyFile) -> KeyFileMade:
    """Return the answer with the whole file in `data`.

    Raises:
        PeerFault: the hub stopped giving it, because somebody else took the key at the same time.
    """
    made = await hub.ask(request)
    pieces, had = [made.data], len(made.data)
    while had < made.size:
        part = await hub.ask(GetKeyPart(ticket=made.ticket, at=had))
        if not part.data:
            raise PeerFault("The key file did not come whole; somebody else saved it as well. Save it again.")
        pieces.append(part.data)
        had += len(part.data)
    fields: dict[str, Any] = {"data": b"".join(pieces)}
    return msgspec.structs.replace(made, **fields)
