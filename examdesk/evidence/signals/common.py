"""How common signals are in a class."""

from collections import Counter
from collections.abc import Iterable

import msgspec


class HowCommon(msgspec.Struct, frozen=True):
    """How many of so many students have each kind of signal."""

    students: int
    having: Counter[str]


def how_common(sessions: Iterable[tuple[str, Iterable[str]]]) -> HowCommon:
    """Return how common each kind is, from (student, kinds of signals) of sessions.

    Students are counted, not sessions: who sat a practice exam several times is one.
    """
    of: dict[str, set[str]] = {}
    for student, kinds in sessions:
        of.setdefault(student, set()).update(kinds)
    return HowCommon(len(of), Counter(kind for kinds in of.values() for kind in kinds))
