"""What an export shows and leaves out, beside what kinds of files it makes."""

from collections.abc import Mapping

import msgspec

from examdesk.exports.people import Person
from examdesk.exports.points import Points
from examdesk.exports.pseudonyms import Pseudonyms
from examdesk.staffapi.messages import Paper


class Chosen(msgspec.Struct, frozen=True):
    """Of whom: sections and students by their ids; everybody when both are empty."""

    sections: frozenset[str] = frozenset()
    students: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.sections or self.students)

    def has(self, student: str, section: str) -> bool:
        """Whether a student is meant."""
        return not self or student in self.students or section in self.sections

    def in_words(self) -> str:
        """Return whom it is of, for a person."""
        named = [f"section {name}" for name in sorted(self.sections)]
        one = len(self.students) == 1
        named += [f"{len(self.students)} chosen student{'' if one else 's'}"] if self.students else []
        return " and ".join(named) or "everybody"


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What is shown, and of whom.

    Attributes:
        names: makes pseudonyms.
        redact: what is erased (`redaction.ERASABLE`).
        outside_text: the ProgSnap2 dataset has text that was pasted from outside.
        people: names that count before the roster's.
        timeline: students' PDFs show the session over time, and its versions.
        paper: the size of the PDFs' pages.
        points: what a person gave, for the gradebooks.
    """

    names: Pseudonyms | None = None
    redact: frozenset[str] = frozenset()
    outside_text: bool = False
    chosen: Chosen = Chosen()
    people: Mapping[str, Person] = msgspec.field(default_factory=dict)
    timeline: bool = True
    paper: Paper = "a4"
    points: Points | None = None
