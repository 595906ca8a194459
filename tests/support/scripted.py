"""Students of whom a test says what they do: real journals of real events, in memory or in a store."""

import re
from collections.abc import Iterable
from hashlib import sha256

import sqlalchemy as sa

from examdesk.evidence.files import PlainFiles
from examdesk.store import Reader, Store, open_reader, schema
from examdesk.store.engine import open_exclusive
from examdesk.store.migrate import migrate
from examdesk.store.records import Head, Intake
from examdesk.store.rows import ExamRow, JournalRow, NoticeRow, ReceiptRow, RosterRow, SessionRow
from shared.crypto.keys import SigningKey
from shared.events import Payload, kinds
from shared.ids import DeviceId, ExamId, JournalId, SessionId, StudentId
from shared.log.batch import Batch, sign_batch
from shared.log.entry import Entry, advance, start_link
from shared.log.receipt import Receipt, sign_receipt
from shared.log.writer import ChainWriter
from tests.support.clocks import ManualClock, SeededChance

EXAM = ExamId(bytes(range(16)))
MAIN = "q1/main.py"


class Student:
    """One journal. Every method records what the desk would; times pass as they would for a person."""

    def __init__(self, name: str = "ada", clock: ManualClock | None = None, *, boot: int = 7) -> None:
        chance = SeededChance(name)
        self.name = name
        self.clock = clock or ManualClock()
        self.journal = JournalId(chance.bytes(16))
        self.session = SessionId(chance.bytes(16))
        self.device = DeviceId(chance.bytes(16))
        self.key = SigningKey.generate(chance)
        self.endorsement = f"endorsement of {name}".encode()
        self.writer = ChainWriter(self.journal, boot, (0, start_link(self.endorsement)), self.clock, chance)
        self.files = PlainFiles()
        self.entries: list[Entry] = []
        self.runs = 0
        self.notes = ""

    def write(self, payload: Payload, ms: int = 100) -> int:
        """Record an event after a while; return its number."""
        self.clock.advance(ms=ms)
        self.entries.append(self.writer.append(payload))
        return len(self.entries) - 1

    def begin(self, starter: str = "", file: str = MAIN, **started) -> "Student":
        """Join, wait, open, get the starter code."""
        said = {"how": "new", "app": "0.1", "platform": "Linux", "python": "3.11", "device": self.device.hex()}
        self.write(kinds.Started(**{**said, **started}))
        self.write(kinds.Contact(online=True, hub="hub"))
        self.write(kinds.StandingApplied(revision=1, phase="active"))
        self.create(file, starter, "starter")
        self.write(kinds.Drawn(seed="00", questions=(file.partition("/")[0],)))
        return self

    def create(self, file: str, text: str = "", origin: str = "student") -> None:
        """Make a file."""
        payload = kinds.FileCreated(file=file, origin=origin, text=text)
        self.files.create(payload)
        self.write(payload)

    def type(self, text: str, file: str = MAIN, at: int | None = None, per_second: float = 6.0) -> None:
        """Type letter by letter, in bursts as the recorder makes them."""
        at = len(self.files.texts[file]) if at is None else at
        step = 1000 / per_second
        for start in range(0, len(text), max(int(200 / step), 1)):
            part = text[start : start + max(int(200 / step), 1)]
            changes = tuple(kinds.Change(round(n * step), at + start + n, 0, char) for n, char in enumerate(part))
            self._edit(kinds.Edit(file=file, changes=changes))
            self.clock.advance(ms=max(round(len(part) * step) - 1, 0))

    def insert(self, text: str, file: str = MAIN, at: int | None = None, how: str = "type") -> None:
        """Put a text in at once, without a paste."""
        at = len(self.files.texts[file]) if at is None else at
        self._edit(kinds.Edit(file=file, changes=(kinds.Change(0, at, 0, text),), how=how))

    def replace_all(self, needle: str, by: str, file: str = MAIN) -> None:
        """Find and replace everywhere, from the end to the beginning as the editor does."""
        text = self.files.texts[file]
        places = [found.start() for found in re.finditer(re.escape(needle), text)]
        changes = tuple(kinds.Change(n // 50, at, len(needle), by) for n, at in enumerate(reversed(places)))
        if changes:
            self._edit(kinds.Edit(file=file, changes=changes, how="tool"))

    def erase(self, at: int, count: int, file: str = MAIN, *, letter_by_letter: bool = False) -> None:
        """Remove text, with one key or with many."""
        if not letter_by_letter:
            self._edit(kinds.Edit(file=file, changes=(kinds.Change(0, at, count, ""),)))
            return
        for place in reversed(range(at, at + count)):
            self._edit(kinds.Edit(file=file, changes=(kinds.Change(0, place, 1, ""),)))

    def paste(self, text: str, file: str = MAIN, at: int | None = None, clip: str = "outside") -> int:
        """Paste, in one event."""
        at = len(self.files.texts[file]) if at is None else at
        self.files.replace(file, at, 0, text)
        return self.write(kinds.Paste(file=file, at=at, removed=0, text=text, clip=clip), ms=400)

    def run(self, output: str = "", question: str = "q1", exit_code: int = 0, *, checks: bool = False) -> None:
        """Run the question's main file, or its shown checks."""
        self.runs += 1
        states = {file: state for file, state in self.states().items() if file.startswith(f"{question}/")}
        file = f"{question}/main.py"
        self.write(kinds.RunStarted(run=self.runs, question=question, file=file, files=states, checks=checks))
        if output:
            self.write(kinds.RunOutput(run=self.runs, stream="out", text=output))
        self.write(kinds.RunEnded(run=self.runs, reason="exit", seconds=0.2, exit_code=exit_code))

    def look_away(self, ms: int) -> None:
        """Go to another window and come back."""
        self.write(kinds.Focus(here=False))
        self.write(kinds.Focus(here=True, away_ms=ms), ms=ms)

    def submit(self, why: str = "student") -> int:
        """Hand in."""
        return self.write(kinds.Submitted(files=self.states(), why=why))

    def states(self) -> dict[str, kinds.FileState]:
        """Return the files as a checkpoint states them."""
        return {
            file: kinds.FileState(sha256=sha256(text.encode()).hexdigest(), length=len(text))
            for file, text in self.files.texts.items()
        }

    def _edit(self, payload: kinds.Edit) -> None:
        self.files.edit(payload)
        self.write(payload, ms=1)


class Records:
    """A store with an exam, its people and what their desks sent.

    Without `packed` the tables are just made, which is fast; with an exam they come from the migrations.
    """

    def __init__(self, url: str, exam: ExamId = EXAM, packed: bytes = b"") -> None:
        self.url = url
        self.exam = exam
        if packed:
            migrate(url)
        else:
            engine = open_exclusive(url)
            schema.metadata.create_all(engine)
            engine.dispose()
        self.store = Store(url, exam)
        self.key = SigningKey.generate(SeededChance("exam"))
        self._receipts = 0
        with self.store.begin() as tx:
            tx.put_exam(
                ExamRow(
                    exam=exam,
                    short_name="Quiz 2",
                    long_name="Quiz 2: Loops",
                    course="CS 1",
                    packed=packed,
                    source="",
                    room_code="",
                    created_ms=0,
                )
            )

    def reader(self) -> Reader:
        """Return read-only access."""
        return open_reader(self.url)

    def close(self) -> None:
        """Let go."""
        self.store.close()

    def roster(self, *names: str, section: str = "A") -> None:
        """Put people on the roster."""
        rows = [
            RosterRow(exam=self.exam, student=StudentId(name), slot=slot, name=name.title(), section=section)
            for slot, name in enumerate(names, 1)
        ]
        with self.store.begin() as tx:
            tx.people.put_students(rows)

    def join(self, student: Student, parent: Student | None = None, parent_seq: int = -1, **changes) -> None:
        """Let a student in, or let the session of `parent` go on in this journal."""
        session = student.session if parent is None else parent.session
        now = student.clock.wall_ms()
        with self.store.begin() as tx:
            if parent is None:
                tx.people.add_session(
                    SessionRow(
                        session=session,
                        exam=self.exam,
                        student=StudentId(student.name),
                        joined_ms=now,
                        joined_by="code",
                        starts_ms=now,
                    )
                )
            row = JournalRow(
                journal=student.journal,
                session=session,
                exam=self.exam,
                endorsement=student.endorsement,
                key=student.key.public.to_bytes(),
                parent=None if parent is None else parent.journal,
                parent_seq=parent_seq,
                device=student.device,
                device_name=f"pc-{student.name}",
                seat="",
                address="10.0.0.1",
                opened_ms=now,
                head_link=bytes(32),
            )
            tx.people.add_journal(row if not changes else JournalRow(**{**_fields(row), **changes}))

    def session(self, student: Student, **changes) -> None:
        """Change a session's standing."""
        with self.store.begin() as tx:
            row = tx.people.session(student.session)
            assert row is not None
            tx.people.put_sessions([SessionRow(**{**_fields(row), **changes})])

    def hand_over(self, student: Student, start: int = 0, stop: int | None = None) -> None:
        """Store a student's events as one batch with its receipt."""
        entries = tuple(student.entries[start:stop])
        if not entries:
            return
        last = start + len(entries) - 1
        link = link_at(student, last)
        signed = sign_batch(Batch(self.exam, student.journal, start, last, link, bytes(32)), student.key)
        intake = Intake(student.journal, start, last, link, signed, entries)
        now = student.clock.wall_ms()
        signed_receipt = sign_receipt(
            Receipt(self.exam, student.journal, last, link, now, self._receipts, bytes(32)), self.key
        )
        receipt = ReceiptRow(
            exam=self.exam,
            number=self._receipts,
            journal=student.journal,
            last=last,
            body=signed_receipt.body,
            signature=signed_receipt.signature,
        )
        self._receipts += 1
        with self.store.begin() as tx:
            tx.records.append([intake], [Head(student.journal, last, link, now, receipt)])

    def say(self, number: int, text: str, at_ms: int, sessions: Iterable[SessionId] = ()) -> None:
        """Write to students."""
        names = ",".join(f'"{session.hex()}"' for session in sessions)
        with self.store.begin() as tx:
            tx.control.add_notice(
                NoticeRow(
                    exam=self.exam,
                    number=number,
                    at_ms=at_ms,
                    kind="message",
                    text=text,
                    sender="Prof",
                    sessions=f"[{names}]",
                )
            )

    def sql(self, statement: sa.Executable) -> None:
        """Run a statement of the test's own."""
        with self.store.begin() as tx:
            tx.sql.execute(statement)


def _fields(row) -> dict:
    return {name: getattr(row, name) for name in row.__struct_fields__}


def link_at(student: Student, last: int) -> bytes:
    """Return the chain's link after an event."""
    link = start_link(student.endorsement)
    for entry in student.entries[: last + 1]:
        link = advance(link, entry)
    return link


def moved(records: Records) -> tuple[Student, Student, Student]:
    """Ada writes on one PC, goes on at another, and the first one writes a late tail; a third is never gone on in."""
    clock = ManualClock()
    first, second, third = (Student(name, clock) for name in ("ada", "ada-2", "ada-3"))
    records.roster("ada")
    records.join(first)
    first.begin("# start\n")
    first.type("x = 1\n")
    first.run("1\n")
    seen = len(first.entries) - 1
    records.hand_over(first)
    records.join(third, first, seen)
    records.join(second, first, seen)
    second.begin(file="q1/none.py", how="moved")
    second.create(MAIN, first.files.texts[MAIN], "restored")
    second.type("y = 2\n")
    second.run("2\n")
    records.hand_over(second)
    first.type("z = 3\n")
    records.hand_over(first, seen + 1)
    third.begin()
    records.hand_over(third)
    return first, second, third
