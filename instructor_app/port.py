"""What the window needs of a hub: the staff API's client fulfils it, and so does the sample class."""

from typing import Protocol, TypeVar

from examdesk.staffapi.messages import Answer, Changed, Request, SignedIn

A = TypeVar("A", bound=Answer)


class Hub(Protocol):
    """A signed-in connection to a hub."""

    @property
    def person(self) -> str:
        """Whom the hub knows this person as."""
        ...

    @property
    def me(self) -> SignedIn | None:
        """What the hub said at sign-in: who this is, and what this person may do."""
        ...

    async def ask(self, request: Request[A]) -> A:
        """Ask and wait; raises `Problem` with a sentence for the person."""
        ...

    async def next_change(self) -> Changed | None:
        """Wait for the next push; None when the connection is gone."""
        ...

    async def close(self) -> None:
        """Leave."""
        ...
