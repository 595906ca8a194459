"""Did you mean …? Finding students by an id or a name that was typed with a slip."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from examdesk.rosters.roster import Roster, RosterRow, same_id

_NAME_LIKENESS: Final = 75
_ID_SLIPS: Final = 1
_LONG_ID: Final = 6
_MIN_TYPED: Final = 2


@dataclass(frozen=True, slots=True)
class Match:
    """A student who may be meant; `exact` when the id, the address or the whole name is the one typed."""

    row: RosterRow
    exact: bool


def name_key(name: str) -> str:
    """Return a name without case, accents, signs and order: the form in which two spellings are compared."""
    folded = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(character for character in folded if unicodedata.category(character) != "Mn")
    words = "".join(character if character.isalnum() else " " for character in plain).split()
    return " ".join(sorted(words))


def did_you_mean(typed: str, roster: Roster, limit: int = 5) -> list[Match]:
    """Return the students whom `typed` (an id, an e-mail address or a name) may mean, the likeliest first.

    An exact match comes alone, unless several students have that name.
    """
    wanted = typed.strip()
    exact = [row for row in roster if _is_exactly(wanted, row)]
    if exact:
        return [Match(row, exact=True) for row in exact[:limit]]
    if len(wanted) < _MIN_TYPED:
        return []
    rows = roster.rows
    near = {index: 100 - slips for index, slips in _near_ids(wanted, rows)}
    names = [name_key(row.name) for row in rows]
    for _, score, index in process.extract(
        name_key(wanted), names, scorer=fuzz.token_set_ratio, score_cutoff=_NAME_LIKENESS, limit=limit
    ):
        near[index] = max(int(score), near.get(index, 0))
    ranked = sorted(near, key=lambda index: (-near[index], index))
    return [Match(rows[index], exact=False) for index in ranked[:limit]]


def _is_exactly(wanted: str, row: RosterRow) -> bool:
    email = row.email.casefold()
    forms = {same_id(row.student), email, email.partition("@")[0]} - {""}
    key = name_key(wanted)
    return same_id(wanted) in forms or (key != "" and key == name_key(row.name))


def _near_ids(wanted: str, rows: Sequence[RosterRow]) -> list[tuple[int, int]]:
    """Return (index, slips) of the ids that differ by one slip, or by two in a long one."""
    allowed = _ID_SLIPS + (len(wanted) > _LONG_ID)
    ids = [same_id(row.student) for row in rows]
    found = process.extract(same_id(wanted), ids, scorer=OSA.distance, score_cutoff=allowed, limit=None)
    return [(index, int(slips)) for _, slips, index in found]
