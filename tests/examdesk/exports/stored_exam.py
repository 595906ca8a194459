"""An exam with a class in a database, made with the real parts: scripted sessions, signed, receipted and stored."""

from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import msgspec

from examdesk.store import Reader, Store, open_reader
from examdesk.store.audit import Deed
from examdesk.store.migrate import migrate
from examdesk.store.records import Head, Intake
from examdesk.store.reviews import ReviewStep
from examdesk.store.rows import (
    AnchorRow,
    EvidenceRow,
    ExamRow,
    JournalRow,
    KeysRow,
    NoticeRow,
    ReceiptRow,
    RosterRow,
    SessionRow,
)
from shared.crypto.box import BoxPrivateKey
from shared.events import kinds
from shared.exam.packing import pack
from shared.ids import DeviceId, SessionId, StudentId
from shared.log.anchor import Tree, sign_checkpoint
from shared.log.batch import unpack_batch
from shared.log.entry import start_link
from shared.log.receipt import unpack_receipt
from tests.support.journals import ExamInMemory, JournalInMemory

EXAM = """format = 1
uuid = "{uuid}"
title = "Coordinates & <Vectors>"
course = "CS 101"
set = "Quiz"
number = "2"
[[zones]]
[[zones.questions]]
id = "q1"
[[zones.questions]]
id = "q2"
"""
STARTER = "def area(points):\n    pass\n"


def state_of(text: str) -> kinds.FileState:
    from hashlib import sha256

    return kinds.FileState(sha256=sha256(text.encode()).hexdigest(), length=len(text))


class Sitting:
    """One student at work, in words of the recorder."""

    def __init__(self, exam: ExamInMemory, student: str, *, offset_ms: int = 0, session: bytes | None = None) -> None:
        self.exam = exam
        self.student = student
        self.journal = JournalInMemory(exam, student, session)
        self.texts = {"q1/main.py": STARTER, "q2/main.py": ""}
        self.runs = 0
        self.write(
            kinds.Started(how="new", app="0.1", platform="Linux 6.1", python="3.11.4", device=f"pc-{student}"),
            kinds.StandingApplied(revision=1, phase="active", offset_ms=offset_ms),
            kinds.Drawn(seed="00" * 16, questions=("q1", "q2")),
            kinds.FileCreated(file="q1/main.py", origin="starter", text=STARTER),
            kinds.FileCreated(file="q2/main.py", origin="starter", text=""),
        )
        self.seal()

    def write(self, *payloads: kinds.Payload) -> None:
        self.journal.write(*payloads)

    def seal(self) -> None:
        self.journal.seal()

    def wait(self, seconds: float) -> None:
        self.exam.clock.advance(seconds)

    def type(self, text: str, file: str = "q1/main.py", chars: int = 12) -> None:
        """Type at the end, in bursts at the speed of a person."""
        for start in range(0, len(text), chars):
            burst = text[start : start + chars]
            at = len(self.texts[file])
            changes = tuple(kinds.Change(160 * n, at + n, 0, letter) for n, letter in enumerate(burst))
            self.write(kinds.Edit(file=file, changes=changes))
            self.texts[file] += burst
            self.wait(len(burst) * 0.16)
        self.seal()

    def paste(self, text: str, file: str = "q1/main.py", clip: str = "outside") -> None:
        self.write(kinds.Paste(file=file, at=len(self.texts[file]), removed=0, text=text, clip=clip))
        self.texts[file] += text
        self.seal()

    def run(
        self,
        output: str = "42\n",
        exit_code: int = 0,
        error: str = "",
        file: str = "q1/main.py",
        *,
        checks: bool = False,
    ) -> None:
        self.runs += 1
        question = file.partition("/")[0]
        self.write(
            kinds.RunStarted(
                run=self.runs,
                question=question,
                file=file,
                files={file: state_of(self.texts[file])},
                grade="full",
                checks=checks,
            ),
            kinds.RunOutput(run=self.runs, stream="out", text=output),
            kinds.RunEnded(run=self.runs, reason="exit", seconds=0.21, exit_code=exit_code, error=error),
        )
        self.seal()

    def away(self, seconds: float) -> None:
        self.write(kinds.Focus(here=False))
        self.wait(seconds)
        self.write(kinds.Focus(here=True, away_ms=round(seconds * 1000)))
        self.seal()

    def hand_in(self) -> None:
        files = {file: state_of(text) for file, text in self.texts.items()}
        self.write(kinds.Submitted(files=files, why="student"))
        self.seal()


@dataclass
class StoredExam:
    """An exam's records on the disk."""

    url: str
    exam: ExamInMemory
    journals: list[JournalInMemory]
    sessions: dict[str, SessionId] = field(default_factory=dict)

    def reader(self) -> Reader:
        return open_reader(self.url)

    @property
    def events(self) -> int:
        return sum(len(journal.entries) for journal in self.journals)


def exam_folder(folder: Path, exam: ExamInMemory) -> Path:
    for question, starter in (("q1", STARTER), ("q2", "")):
        (folder / f"questions/{question}/starter").mkdir(parents=True)
        (folder / f"questions/{question}/hidden-checks").mkdir()
        (folder / f"questions/{question}/question.md").write_text(f"# Question {question}\n\nWrite `area`.\n")
        (folder / f"questions/{question}/starter/main.py").write_text(starter)
        (folder / f"questions/{question}/hidden-checks/test_it.py").write_text("SECRET = 1\n")
    (folder / "exam.toml").write_text(EXAM.format(uuid=UUID(bytes=exam.id)))
    return folder


def store(
    folder: Path,
    exam: ExamInMemory,
    journals: list[JournalInMemory],
    *,
    names: dict[str, str] | None = None,
    absent: int = 1,
    url: str = "",
    parents: dict[bytes, tuple[JournalInMemory, int]] | None = None,
) -> StoredExam:
    """Put the exam and its journals into a database in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    url = url or f"sqlite:///{folder}/examdesk.sqlite"
    migrate(url)
    target = Store(url, exam.id)
    packed = pack(exam_folder(folder / "exam", exam))
    students = list(dict.fromkeys(endorsed(journal).student for journal in journals))
    sessions = {endorsed(journal).student: endorsed(journal).session_id for journal in journals}
    with target.begin() as tx:
        tx.put_exam(
            ExamRow(
                exam=exam.id,
                short_name="Quiz 2",
                long_name="Quiz 2: Coordinates & <Vectors>",
                course="CS 101",
                packed=packed,
                source=str(folder / "exam"),
                room_code="ABCD1234",
                created_ms=exam.clock.wall_ms(),
            )
        )
        tx.add_keys(keys_of(exam))
        rows = [roster_row(exam, n, student, names) for n, student in enumerate(students, 1)]
        rows += [roster_row(exam, len(rows) + n, f"absent{n}", names) for n in range(1, absent + 1)]
        tx.people.put_students(rows)
        for journal in journals:
            put_journal(tx, exam, journal, sessions, (parents or {}).get(journal.id))
        tx.control.add_notice(
            NoticeRow(
                exam=exam.id, number=0, at_ms=1_750_000_100_000, kind="announcement", text="Use metres.", sender="Lin"
            )
        )
        first = sessions[students[0]] if students else None
        if first is not None:
            tx.control.add_reviews(
                [
                    ReviewStep(
                        session=first,
                        at_ms=exam.clock.wall_ms(),
                        who="Lin",
                        status="Reviewed",
                        note="=SUM(A1) looked at it",
                    )
                ]
            )
            tx.control.audit(exam.clock.wall_ms(), Deed(who="Lin", role="instructor", address="::1", what="opened"))
    put_receipts(target, exam, journals)
    target.close()
    return StoredExam(url, exam, journals, sessions)


def keys_of(exam: ExamInMemory) -> KeysRow:
    return KeysRow(
        exam=exam.id,
        signing=exam.key.to_bytes(),
        box=BoxPrivateKey.generate(exam.chance).to_bytes(),
        content=exam.chance.bytes(32),
        certificate=b"certificate",
        tls_key=b"key",
        owner_token="token",
    )


def roster_row(exam, slot, student, names):
    name = (names or {}).get(student, f"Student {student}")
    return RosterRow(exam=exam.id, student=StudentId(student), slot=slot, name=name, section="A" if slot % 2 else "B")


def endorsed(journal):
    from shared.admission.endorsement import read

    return read(journal.endorsement, journal.exam.key.public)


def put_journal(tx, exam, journal, sessions, parent=None):
    who = endorsed(journal)
    if tx.people.session(sessions[who.student]) is None:
        tx.people.add_session(
            SessionRow(
                session=who.session_id,
                exam=exam.id,
                student=StudentId(who.student),
                joined_ms=who.hub_ms,
                joined_by="code",
                starts_ms=who.hub_ms,
                ends_ms=who.hub_ms + 3_600_000,
            )
        )
    tx.people.add_journal(
        JournalRow(
            journal=journal.id,
            session=sessions[who.student],
            exam=exam.id,
            endorsement=journal.endorsement,
            key=journal.key.public.to_bytes(),
            parent=None if parent is None else parent[0].id,
            parent_seq=-1 if parent is None else parent[1],
            device=DeviceId(who.device_id),
            device_name=f"pc-{who.student}",
            seat="12",
            address="10.0.0.7",
            opened_ms=who.hub_ms,
            head_link=start_link(journal.endorsement),
        )
    )


def put_receipts(target, exam, journals):
    """Store batches and receipts in the order of the receipts' numbers."""
    steps = []
    for journal in journals:
        for signed in journal.batches:
            batch = unpack_batch(signed.body)
            receipt = next((r for r in journal.receipts if unpack_receipt(r.body).last == batch.last), None)
            steps.append((unpack_receipt(receipt.body).number if receipt else 1 << 40, journal, signed, batch, receipt))
    tree = Tree()
    for number, journal, signed, batch, receipt in sorted(steps, key=lambda step: step[0]):
        entries = tuple(journal.entries[batch.first : batch.last + 1])
        intake = Intake(journal.id, batch.first, batch.last, batch.link, signed, entries)
        row = ReceiptRow(
            exam=exam.id,
            number=number,
            journal=journal.id,
            last=batch.last,
            body=receipt.body,
            signature=receipt.signature,
        )
        tree.append(receipt.body)
        with target.begin() as tx:
            head = Head(journal.id, batch.last, batch.link, unpack_receipt(receipt.body).hub_ms, row)
            tx.records.append([intake], [head])
    note = sign_checkpoint(exam.id, tree, exam.key)
    with target.begin() as tx:
        tx.records.add_anchor(
            AnchorRow(exam=exam.id, size=tree.size, at_ms=exam.clock.wall_ms(), note=note, frontier=tree.frontier)
        )


def keep_evidence(stored: StoredExam, journal: JournalInMemory) -> None:
    """Keep beside a journal what a desk showed after it was set back."""
    target = Store(stored.url, stored.exam.id)
    with target.begin() as tx:
        tx.records.keep(
            EvidenceRow(
                exam=stored.exam.id,
                journal=journal.id,
                at_ms=stored.exam.clock.wall_ms(),
                why="fork",
                hub_last=5,
                desk_last=5,
                body=journal.batches[0].body,
                signature=journal.batches[0].signature,
                entries=msgspec.msgpack.encode(journal.entries[:2]),
            )
        )
    target.close()


def small_class(exam: ExamInMemory) -> list[JournalInMemory]:
    """Three students: one types, one pastes and looks away, one has an id and texts that are hard to carry."""
    ada = Sitting(exam, "s1", offset_ms=1500)
    ada.type("    return 0\n")
    ada.run("0\n")
    ada.hand_in()
    bob = Sitting(exam, "s2")
    bob.type("# hm\n")
    bob.away(40)
    bob.paste("def solve(a, b):\n    total = 0\n    for each in a:\n        total += each * b\n    return total\n" * 3)
    bob.run("boom\n", exit_code=1, error="NameError: name 'x' is not defined")
    odd = Sitting(exam, "=cmd|' /C calc'!A0")
    odd.type("=1+1\n</script><b>\u0001\u2028_x0041_\n", file="q2/main.py")
    odd.run("\x07\x1b[31mred\n", file="q2/main.py")
    return [ada.journal, bob.journal, odd.journal]
