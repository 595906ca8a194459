"""What an export shows and leaves out, beside what kinds of files it makes."""

import msgspec

from examdesk.exports.pseudonyms import Pseudonyms


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
    """`names`: makes pseudonyms; `redact`: what is erased (`redaction.ERASABLE`); `outside_text`: ProgSnap2 has it."""

    names: Pseudonyms | None = None
    redact: frozenset[str] = frozenset()
    outside_text: bool = False
    chosen: Chosen = Chosen()
