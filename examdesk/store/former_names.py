"""Names that people of an exam had before, read from the audit log: they may be left there when nobody has them now.

Whoever is taken off the roster, or is given another name, still stands in what staff did earlier.
"""

import re
from collections.abc import Iterator

from examdesk.store.audit import CHANGE

_NEXT = r"(?:, (?:section|email|seat|room|factor|extra_minutes) |$)"
_NAMES = re.compile(rf"^(?:new: )?name (?P<first>.+?)(?: → (?P<second>.+?))?{_NEXT}")
_EMAILS = re.compile(r"(?:^|: |, )email (?P<first>\S+?)(?: → (?P<second>\S+?))?(?:, |$)")
_WHOSE = re.compile(r"^whose work (?P<first>.+) → (?P<second>.+)$")
_OFF = "on the roster yes → no"
_NOTHING = "none"


def former_names(detail: str) -> Iterator[tuple[str, str]]:
    """Yield (student, word) for each id, name and e-mail address that an entry's detail gives or takes."""
    about, *changes = detail.split(f"\n{CHANGE}")
    for change in changes:
        whose = _WHOSE.match(change)
        if change == _OFF:
            yield about, about
        elif whose is not None:
            yield from ((student, student) for student in whose.groups())
        else:
            yield from _of_a_person(change)


def _of_a_person(change: str) -> Iterator[tuple[str, str]]:
    text, parted, end = change.rpartition(" (")
    names = _NAMES.match(text)
    emails = _EMAILS.search(text)
    if not parted or not end.endswith(")") or (names is None and emails is None):
        return
    student = end[:-1]
    yield student, student
    for found in (names, emails):
        words = () if found is None else found.groups()
        yield from ((student, word) for word in words if word and word != _NOTHING)
