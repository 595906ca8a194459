"""A whole exam in memory: keys, endorsement, events, batches and receipts, made with the real parts."""

import io
from pathlib import Path

from msgspec import structs

from shared.admission.endorsement import Endorsement, Parent, issue
from shared.admission.statement import Statement, own_session, state
from shared.bundle.evidence import Manifest, write_bundle
from shared.crypto.keys import SigningKey
from shared.events.kinds import Change, Edit, FileCreated, Focus, Paste, Payload, RunOutput, Started
from shared.ids import ExamId, JournalId
from shared.log.batch import Batch, SignedBatch, receipt_hash, sign_batch
from shared.log.entry import Entry, start_link
from shared.log.receipt import Receipt, SignedReceipt, sign_receipt
from shared.log.record import Opening, journal_lines
from shared.log.writer import ChainWriter
from tests.support.clocks import ManualClock, SeededChance


class ExamInMemory:
    """An exam's key and the numbered chain of its receipts."""

    def __init__(self, seed: int = 0) -> None:
        self.chance = SeededChance(seed)
        self.clock = ManualClock()
        self.id = ExamId(self.chance.bytes(16))
        self.key = SigningKey.generate(self.chance)
        self._number = 0
        self._previous = bytes(32)

    def receipt(self, journal: JournalId, last: int, link: bytes) -> SignedReceipt:
        """Sign the next receipt."""
        receipt = Receipt(self.id, journal, last, link, self.clock.wall_ms(), self._number, self._previous)
        signed = sign_receipt(receipt, self.key)
        self._number += 1
        self._previous = receipt_hash(signed.body)
        return signed


class JournalInMemory:
    """One student's journal, growing batch by batch."""

    def __init__(
        self,
        exam: ExamInMemory,
        student: str = "s1",
        session: bytes | None = None,
        parent: Parent | None = None,
        *,
        alone: bool = False,
    ) -> None:
        """`alone`: begun without a network, on the desk's own statement, and adopted afterwards."""
        self.exam = exam
        self.id = JournalId(exam.chance.bytes(16))
        self.key = SigningKey.generate(exam.chance)
        public = self.key.public.to_bytes()
        if alone:
            session = own_session(exam.id, self.id, public)
        word = Endorsement(
            exam=exam.id.hex(),
            student=student,
            name=f"Student {student}",
            section="A",
            session=(session or exam.chance.bytes(16)).hex(),
            journal=self.id.hex(),
            device=exam.chance.bytes(16).hex(),
            journal_key=public.hex(),
            parent=parent,
            by="proctor" if alone else "code",
            hub_ms=exam.clock.wall_ms(),
            not_after_ms=exam.clock.wall_ms() + 36_000_000,
        )
        self.statement = state(_statement(word), self.key) if alone else b""
        self.word = structs.replace(word, statement=self.statement.decode()) if alone else word
        self.endorsement = issue(self.word, exam.key)
        self._writer = ChainWriter(self.id, 7, (0, start_link(self.endorsement)), exam.clock, exam.chance)
        self.entries: list[Entry] = []
        self.batches: list[SignedBatch] = []
        self.receipts: list[SignedReceipt] = []
        self._sealed = 0

    def write(self, *payloads: Payload) -> None:
        """Append events."""
        for payload in payloads:
            self.exam.clock.advance(ms=120)
            self.entries.append(self._writer.append(payload))

    def seal(self, *, receipted: bool = True) -> SignedBatch:
        """Sign what is not signed yet, and let the hub receipt it."""
        last = receipt_hash(self.receipts[-1].body) if self.receipts else bytes(32)
        end = len(self.entries) - 1
        batch = Batch(self.exam.id, self.id, self._sealed, end, self._writer.link, last)
        signed = sign_batch(batch, self.key)
        self.batches.append(signed)
        self._sealed = len(self.entries)
        if receipted:
            self.receipts.append(self.exam.receipt(self.id, end, self._writer.link))
        return signed

    def lines(self) -> list[bytes]:
        """Return the journal's record."""
        opening = Opening(
            self.exam.id.hex(), self.exam.key.public.to_bytes().hex(), self.id.hex(), self.endorsement.decode()
        )
        return list(journal_lines(opening, self.entries, self.batches, self.receipts))


def _statement(word: Endorsement) -> Statement:
    """Return what the desk stated that this endorsement adopts."""
    return Statement(
        exam=word.exam,
        student=word.student,
        name=word.name,
        session=word.session,
        journal=word.journal,
        device=word.device,
        device_name="pc-1",
        journal_key=word.journal_key,
        made_ms=word.hub_ms,
    )


def typed_journal(exam: ExamInMemory, student: str = "s1", batches: int = 3, *, alone: bool = False) -> JournalInMemory:
    """Make a journal in which somebody typed, pasted, ran and looked away, with texts that are hard to carry."""
    journal = JournalInMemory(exam, student, alone=alone)
    journal.write(
        Started(how="new", app="0.1", platform="test", python="3.11", device="pc-1"),
        FileCreated(file="q1/main.py", origin="starter", text="# start\n"),
    )
    for n in range(batches):
        journal.write(
            Edit(
                file="q1/main.py",
                changes=(Change(0, 8, 0, f"print({n})\n"), Change(90, 8, 1, "\u00e4\u2713\U0001f40d")),
            ),
            Paste(file="q1/main.py", at=0, removed=0, text="a\tb\r\n\u0001\u007f\u2028'\"\\", clip="outside"),
            RunOutput(run=n, stream="out", text="caf\u00e9\u0301\u0000\u001f\n"),
            Focus(here=False),
        )
        journal.seal()
    return journal


def bundle_of(exam: ExamInMemory, journals: list[JournalInMemory], folder: Path) -> bytes:
    """Return an evidence bundle of these journals, with one more file in it."""
    files = []
    for journal in journals:
        path = folder / f"{journal.id.hex()}.jsonl"
        path.write_bytes(b"".join(journal.lines()))
        files.append((f"journals/{path.name}", path))
    note = folder / "README.txt"
    note.write_text("What this is.\n")
    out = io.BytesIO()
    manifest = Manifest(
        exam=exam.id.hex(), title="Quiz 2: Vectors", exam_key="", created_ms=exam.clock.wall_ms(), members=()
    )
    write_bundle(out, [*files, ("README.txt", note)], manifest, exam.key)
    return out.getvalue()
