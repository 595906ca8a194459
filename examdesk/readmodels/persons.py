"""Whose a program is: one person behind several ids, addresses and names of files.

Nobody is to be compared with their own work. Only what is exactly one person's counts: a name that two students have
says nothing of whose a file is.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from examdesk.rosters.matching import name_key
from examdesk.rosters.roster import same_id
from examdesk.store.rows import RosterRow

_HANDED_IN: Final = re.compile(r"_\d+_assignsubmission_.*$|_(?:late_)?\d+_\d+_.*$", re.IGNORECASE)
"""What Moodle and Canvas put behind a name in the names of handed-in files and folders."""
_LOCAL_LEAST: Final = 4


def persons(roster: Iterable[RosterRow]) -> dict[str, str]:
    """Return the person behind each id, address and name of a roster, as `person_called` looks them up.

    Two entries with the same address are one person, who is called by the first of their ids.
    """
    rows = sorted(roster, key=lambda row: row.student)
    by_address: dict[str, str] = {}
    found: dict[str, set[str]] = {}
    for row in rows:
        address = row.email.strip().casefold()
        person = by_address.setdefault(address, str(row.student)) if address else str(row.student)
        for key in _keys(row, address):
            found.setdefault(key, set()).add(person)
    return {key: next(iter(of)) for key, of in found.items() if len(of) == 1}


def person_called(known: Mapping[str, str], label: str) -> str:
    """Return the person whom an id or the name of a file or folder means, and the label itself where it is nobody."""
    for form in (label, _HANDED_IN.sub("", label)):
        for key in (f"id {same_id(form)}", f"at {form.strip().casefold()}", f"is {name_key(form)}", f"is {_run(form)}"):
            if key in known:
                return known[key]
    return label


def _keys(row: RosterRow, address: str) -> Iterator[str]:
    yield f"id {same_id(row.student)}"
    if address:
        yield f"at {address}"
        local = address.partition("@")[0]
        if len(local) >= _LOCAL_LEAST:
            yield f"at {local}"
    if row.name.strip():
        yield f"is {name_key(row.name)}"
        words = row.name.replace(",", " ").split()
        yield from {f"is {_run(''.join(words))}", f"is {_run(''.join([*words[-1:], *words[:-1]]))}"}


def _run(name: str) -> str:
    """Return a name as the one word that some systems make of it."""
    folded = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in folded if letter.isalnum())
