"""Taking staff records of a former hub into the records of the one that took over, without losing what is newer here.

M-1  What only grows (audit log, commands, notices, reviews) is joined: rows that are missing here come in.
M-2  Commands of the former hub stand before those of this one, in its order: it was gone when this one began.
M-3  What can be changed (roster, sections, joins, hands, notes) is merged in three ways: where this hub still has what
     it took in before, it gets what came; where its own staff changed it, that stays.
M-4  Decisions about lost time and contacts of both are kept.
M-5  A row about a session that is not here waits; taking in again, later, brings it in.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import sqlalchemy as sa

from examdesk.store import schema as s
from examdesk.store.reviews import ReviewStep, state_after
from examdesk.store.staff_rows import META, Key, of_table, pack, read_staff_rows, unpack
from examdesk.store.store import Tx

_JOINED_NOTES = ("credits:", "contacts:")
_NOT_COMPARED = ("failures", "slot")


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """What came in: how many rows, entries of the audit log among them; `beside` are entries whose number was taken."""

    rows: int = 0
    audit: int = 0
    beside: int = 0
    waiting: int = 0


class _Taking:
    def __init__(self, tx: Tx, before: Mapping[Key, bytes], after: Mapping[Key, bytes]) -> None:
        self._sql = tx.sql
        self._exam = tx.exam
        self._tx = tx
        self._before = before
        self._after = after
        self._here = read_staff_rows(tx.sql, tx.exam)
        self._sessions = {bytes.fromhex(key) for key, _ in of_table(self._here, "sessions")}
        self.rows = self.audit = self.beside = self.waiting = 0

    def run(self) -> Taken:
        steps: dict[str, Callable[[], None]] = {
            "sections": lambda: self._merged("sections", s.sections, self._same),
            "roster": self._roster,
            "commands": self._commands,
            "notices": self._notices,
            "joins": lambda: self._merged("joins", s.joins, self._same),
            "audit": self._audit,
            "sessions": self._who_sits,
            "journals": self._places,
            "reviews": self._reviews,
            "hands": lambda: self._merged("hands", s.hands, self._of_session),
            META: self._notes,
        }
        for step in steps.values():
            step()
        return Taken(rows=self.rows, audit=self.audit, beside=self.beside, waiting=self.waiting)

    # -- what can be changed

    def _free_to_change(self, key: Key, *leave_out: str) -> bool:
        """Tell whether the row here is what came before (M-3), or there is none and none came."""
        return _plain(self._here.get(key), leave_out) == _plain(self._before.get(key), leave_out)

    def _merged(self, name: str, table: sa.Table, prepare: "Callable[[dict[str, Any]], dict[str, Any] | None]") -> None:
        for key, columns in of_table(self._after, name):
            here = self._here.get((name, key))
            if here == self._after[name, key] or not self._free_to_change((name, key)):
                continue
            row = prepare(columns)
            if row is None:
                self.waiting += 1
                continue
            first = next(iter(columns))
            self._sql.execute(sa.delete(table).where(self._mine(table), table.c[first] == columns[first]))
            self._sql.execute(sa.insert(table), row)
            self.rows += 1

    def _mine(self, table: sa.Table) -> "sa.ColumnElement[bool]":
        return table.c.exam == self._exam if "exam" in table.c else sa.true()

    def _same(self, columns: dict[str, Any]) -> dict[str, Any]:
        return {"exam": self._exam, **columns}

    def _of_session(self, columns: dict[str, Any]) -> dict[str, Any] | None:
        return columns if columns["session"] in self._sessions else None

    def _roster(self) -> None:
        slots = {row["slot"]: key for key, row in of_table(self._here, "roster")}
        for student, row in of_table(self._after, "roster"):
            key = ("roster", student)
            here = unpack(self._here[key]) if key in self._here else None
            stand_in = here is not None and here["provisional"] and not row["provisional"]
            if here == row or not (stand_in or self._free_to_change(key, *_NOT_COMPARED)):
                continue
            slot = here["slot"] if here is not None and not stand_in else row["slot"]
            if slots.get(slot, student) != student:
                slot = max(slots) + 1
            slots[slot] = student
            if here == {**row, "slot": slot}:
                continue
            of = s.roster.c
            self._sql.execute(sa.delete(s.roster).where(of.exam == self._exam, of.student == student))
            self._sql.execute(sa.insert(s.roster), {**row, "exam": self._exam, "slot": slot})
            self.rows += 1
        self._leave_roster()

    def _leave_roster(self) -> None:
        """Take off the roster whom the former hub took off, unless it was changed here or the student sits here."""
        sitting = {row["student"] for _, row in of_table(self._here, "sessions")}
        for name, student in [key for key in self._before if key[0] == "roster" and key not in self._after]:
            if student not in sitting and self._free_to_change((name, student), *_NOT_COMPARED):
                self._tx.people.remove_students([student])  # type: ignore[list-item]
                self.rows += 1

    def _notes(self) -> None:
        for key, row in of_table(self._after, META):
            here = self._tx.get_meta(key)
            value = row["value"]
            if key.startswith(_JOINED_NOTES) and here is not None:
                value = _joined(here, value)
            elif not self._free_to_change((META, key)):
                continue
            if value != here:
                self._tx.put_meta(key, value)
                self.rows += 1

    # -- what only grows

    def _commands(self) -> None:  # M-2
        own = [row for row in self._tx.control.commands() if ("commands", row.command) not in self._after]
        came = [row for _, row in of_table(self._after, "commands")]
        wanted = [*came, *({"command": r.command, "at_ms": r.at_ms, "who": r.who, "body": r.body} for r in own)]
        if [row["command"] for row in wanted] == [row.command for row in self._tx.control.commands()]:
            return
        self.rows += sum(("commands", row["command"]) not in self._here for row in came)
        self._sql.execute(sa.delete(s.commands).where(s.commands.c.exam == self._exam))
        numbered = [{"exam": self._exam, "number": number, **row} for number, row in enumerate(wanted)]
        self._sql.execute(sa.insert(s.commands), numbered)

    def _notices(self) -> None:
        for key, row in of_table(self._after, "notices"):
            here = unpack(self._here["notices", key]) if ("notices", key) in self._here else None
            if here is not None and (here == row or (here["at_ms"], here["text"]) != (row["at_ms"], row["text"])):
                continue  # a desk brings a notice as its own only: the whole one comes in its place
            of = s.notices.c
            self._sql.execute(sa.delete(s.notices).where(of.exam == self._exam, of.number == row["number"]))
            self._sql.execute(sa.insert(s.notices), self._same(row))
            self.rows += 1

    def _audit(self) -> None:
        for key, row in of_table(self._after, "audit"):
            here = self._here.get(("audit", key))
            if here is None:
                self._sql.execute(sa.insert(s.audit), self._same(row))
                self.audit += 1
            elif unpack(here) != row:
                self.beside += 1

    def _reviews(self) -> None:
        touched: set[bytes] = set()
        for key, row in of_table(self._after, "reviews"):
            if ("reviews", key) in self._here:
                continue
            if row["session"] not in self._sessions:
                self.waiting += 1
                continue
            self._sql.execute(sa.insert(s.reviews), row)
            touched.add(row["session"])
            self.rows += 1
        for session in touched:
            steps: list[ReviewStep] = self._tx.control.reviews(session)  # type: ignore[arg-type]
            status = sa.update(s.sessions).where(s.sessions.c.session == session)
            self._sql.execute(status.values(review=state_after(steps).status))

    # -- what the desks bring back without it

    def _who_sits(self) -> None:
        """Take over whose work a session is, where the former hub's staff had said so."""
        taken = {row["student"] for _, row in of_table(self._here, "sessions")}
        for key, row in of_table(self._after, "sessions"):
            here = self._here.get(("sessions", key))
            if here is None:
                self.waiting += 1
            elif unpack(here)["student"] != row["student"] and row["student"] not in taken:
                of = s.sessions.c
                self._sql.execute(
                    sa.update(s.sessions).where(of.session == row["session"]).values(student=row["student"])
                )
                self._drop_stand_in(unpack(here)["student"])
                self.rows += 1

    def _drop_stand_in(self, student: str) -> None:
        of = s.roster.c
        self._sql.execute(
            sa.delete(s.roster).where(of.exam == self._exam, of.student == student, of.provisional.is_(sa.true()))
        )

    def _places(self) -> None:
        for key, row in of_table(self._after, "journals"):
            here = unpack(self._here["journals", key]) if ("journals", key) in self._here else None
            if here is None or here["device_name"] or not row["device_name"]:
                continue
            place = {name: row[name] for name in ("device_name", "seat")}
            self._sql.execute(sa.update(s.journals).where(s.journals.c.journal == row["journal"]).values(**place))
            self.rows += 1


def take_in(tx: Tx, before: Mapping[Key, bytes], after: Mapping[Key, bytes]) -> Taken:
    """Take rows of the former hub in: `before` is what was taken in earlier, `after` all that there is now."""
    return _Taking(tx, before, after).run()


def _plain(value: bytes | None, leave_out: tuple[str, ...]) -> bytes | None:
    if value is None or not leave_out:
        return value
    return pack({name: each for name, each in unpack(value).items() if name not in leave_out})


def _joined(here: str, came: str) -> str:
    """Return two JSON lists as one, without what both have."""
    mine = json.loads(here)
    new = [each for each in json.loads(came) if each not in mine]
    return json.dumps([*new, *mine], separators=(",", ":"), ensure_ascii=False) if new else here
