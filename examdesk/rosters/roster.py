"""The roster as a value: who may sit the exam."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from shared.ids import SectionName, StudentId

NORMAL_FACTOR = 1.0
NO_SECTION = SectionName("")


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterRow:
    """One student. Working time is multiplied by `factor` and then lengthened by `extra_minutes`."""

    student: StudentId
    name: str
    section: SectionName = NO_SECTION
    email: str = ""
    extra_minutes: int = 0
    factor: float = NORMAL_FACTOR
    room: str = ""
    seat: str = ""
    tags: tuple[str, ...] = ()


def same_id(student: str) -> str:
    """Return the form under which two spellings of an id are one: logins differ by case only by accident."""
    return student.casefold()


@dataclass(frozen=True, slots=True)
class Roster:
    """Students in the order in which they came, each id once."""

    rows: tuple[RosterRow, ...] = ()
    _by_id: dict[str, RosterRow] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_id", {same_id(row.student): row for row in self.rows})

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[RosterRow]:
        return iter(self.rows)

    def find(self, student: str) -> RosterRow | None:
        """Return the student with this id, whatever its case, or None."""
        return self._by_id.get(same_id(student))

    def with_rows(self, rows: Iterable[RosterRow]) -> "Roster":
        """Return the roster with these students added, or put in place of those with the same id."""
        merged = {same_id(row.student): row for row in self.rows}
        merged.update((same_id(row.student), row) for row in rows)
        return Roster(tuple(merged.values()))
