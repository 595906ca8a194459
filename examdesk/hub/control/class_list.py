"""Between the roster as it is kept and the class lists that people import."""

import json
from collections.abc import Iterable

from examdesk.hub.services import Services
from examdesk.rosters.roster import Roster, same_id
from examdesk.rosters.roster import RosterRow as ListRow
from examdesk.store.rows import RosterRow
from shared.admission.codes import new_personal_code
from shared.ids import SectionName, StudentId


def list_of(rows: Iterable[RosterRow]) -> Roster:
    """Return the kept roster as a class list; provisional places are not part of it."""
    return Roster(tuple(_list_row(row) for row in rows if not row.provisional))


def kept_rows(services: Services, listed: Iterable[ListRow]) -> list[RosterRow]:
    """Return what is to be kept of these people: slot and code stay with who has them, others get new ones.

    A provisional place with the same id becomes this person's.
    """
    known = {same_id(row.student): row for row in services.registry.roster.values()}
    rows = []
    for person in listed:
        old = known.get(same_id(person.student))
        mine = services.registry.next_slot() if old is None else old.slot
        rows.append(
            RosterRow(
                exam=services.identity.exam,
                student=StudentId(person.student) if old is None else old.student,
                slot=mine,
                name=person.name,
                section=person.section,
                email=person.email,
                seat=person.seat,
                room=person.room,
                tags=json.dumps(person.tags, ensure_ascii=False),
                factor=person.factor,
                extra_minutes=person.extra_minutes,
                personal_code=_code(services, mine) if old is None or not old.personal_code else old.personal_code,
                failures=0 if old is None else old.failures,
            )
        )
    return rows


def _code(services: Services, slot: int) -> str:
    if services.exam.admission.codes != "personal":
        return ""
    return str(new_personal_code(slot, services.chance))


def _list_row(row: RosterRow) -> ListRow:
    return ListRow(
        student=row.student,
        name=row.name,
        section=SectionName(row.section),
        email=row.email,
        extra_minutes=row.extra_minutes,
        factor=row.factor,
        room=row.room,
        seat=row.seat,
        tags=tuple(json.loads(row.tags)),
    )
