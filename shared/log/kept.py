"""What students keep of an exam: receipts in copies of their own records, with which a record of it has to go (V17).

Whoever has the exam's key could write an exam anew, sign it and chain it well. It would not go with what the hub
receipted to a student when it was so.
"""

from collections.abc import Mapping

from shared.ids import JournalId

__all__ = ["Kept"]


class Kept:
    """The links that were receipted to students, by journal.

    Attributes:
        journals: of how many journals somebody keeps a receipt.
    """

    def __init__(self) -> None:
        self._links: dict[str, dict[int, bytes]] = {}
        self._met: set[str] = set()

    @property
    def journals(self) -> int:  # noqa: D102 - see the class
        return len(self._links)

    def add(self, journal: JournalId, last: int, link: bytes) -> None:
        """Take in that events 0 to `last` of a journal, which end in `link`, were receipted."""
        self._links.setdefault(journal.hex(), {})[last] = link

    def of(self, journal: str) -> Mapping[int, bytes]:
        """The links by event that a journal, named in hexadecimal, must have."""
        self._met.add(journal)
        return self._links.get(journal, {})

    def missing(self) -> str | None:
        """A journal of which somebody keeps a receipt, and which nobody asked for; None when there is none."""
        return min(self._links.keys() - self._met, default=None)
