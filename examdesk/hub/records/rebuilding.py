"""Deriving again what is derived: standings from the commands, journals' ends from their receipts."""

from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import sqlalchemy as sa

from examdesk.hub.sessions.registry import Registry, member_of
from examdesk.hub.sessions.standings import plan_of, times_of
from examdesk.store import Store, Tx
from examdesk.store import schema as s
from examdesk.store.rows import RosterRow, SessionRow
from shared.clock import Clock
from shared.exam.document import Exam
from shared.exam.exam_folder import exam_or_problem
from shared.exam.packing import unpack
from shared.ids import ExamId
from shared.log.receipt import unpack_receipt
from shared.problems import InputProblem


class Rebuilt(msgspec.Struct, frozen=True, kw_only=True):
    """What was read again, and how much of it had not been as its sources say."""

    name: str
    sessions: int
    journals: int
    changed: int


def rebuild(url: str, exam: ExamId, clock: Clock) -> Rebuilt:
    """Derive again everything that is derived, in one transaction; running it again changes nothing.

    Raises:
        InputProblem: these records hold no such exam.
    """
    store = Store(url, exam)
    try:
        with store.begin() as tx:
            row = tx.exam_row()
            if row is None:
                raise InputProblem("These records hold no such exam.")
            registry = Registry()
            registry.load(tx)
            tx.sql.execute(sa.delete(s.projections).where(s.projections.c.session.in_(registry.sessions)))
            standings = _standings(_document(row.packed), registry, clock.wall_ms())
            tx.people.put_sessions(standings)
            heads = _heads(tx, registry)
            return Rebuilt(
                name=row.short_name,
                sessions=len(registry.sessions),
                journals=len(registry.journals),
                changed=len(standings) + heads,
            )
    finally:
        store.close()


def _document(packed: bytes) -> Exam:
    with TemporaryDirectory(prefix="examdesk-") as scratch:
        folder = Path(scratch) / "exam"
        unpack(packed, folder)
        return exam_or_problem(folder)[0]


def _standings(exam: Exam, registry: Registry, now: int) -> list[SessionRow]:
    changed = []
    for session in registry.sessions.values():
        student = registry.roster.get(session.student)
        row = student or RosterRow(exam=session.exam, student=session.student, slot=0, name="")
        member = member_of(session.session, row, session.joined_ms)
        times = times_of(plan_of(exam, member, registry.sections.get(row.section)), member, registry.commands)
        fields = msgspec.structs.asdict(times)
        if any(getattr(session, name) != value for name, value in fields.items()):
            changed.append(msgspec.structs.replace(session, revision=session.revision + 1, issued_ms=now, **fields))
    return changed


def _heads(tx: Tx, registry: Registry) -> int:
    """Set each journal's end to what its newest receipt says; return how many were otherwise."""
    changed = 0
    for journal in registry.journals.values():
        receipt = tx.records.last_receipt(journal.row.journal)
        if receipt is None:
            continue
        said = unpack_receipt(receipt.body)
        if (journal.row.head_seq, journal.row.head_link) == (said.last, said.link):
            continue
        tx.sql.execute(
            sa.update(s.journals)
            .where(s.journals.c.journal == journal.row.journal)
            .values(head_seq=said.last, head_link=said.link, head_receipt=said.number, last_ms=said.hub_ms)
        )
        changed += 1
    return changed
