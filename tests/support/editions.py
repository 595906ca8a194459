"""The editions of an exam in memory, and a bundle whose members can be changed and signed anew."""

import hashlib
import io
from pathlib import Path

from shared.admission.edition import Edition, content_hash, sign_edition
from shared.bundle.editions import LINES, PARTS, Head, Line, cut, write_lines
from shared.bundle.evidence import Manifest, write_bundle
from shared.crypto.keys import SigningKey
from shared.events.kinds import EditionTaken
from shared.exam.content import Content, ContentFile, QuestionContent, encode_content
from shared.exam.document import Checks, Question, Zone
from shared.exam.rules import DeskRules, Interpreter, RecordingPolicy
from shared.exam.sealing import Sealed, seal
from shared.ids import QuestionId
from tests.support.journals import ExamInMemory, JournalInMemory

FORMULAS = bytes(range(256)) * 40


def content_of(exam: ExamInMemory, prompt: str, starter: str = "# start\n", prompt_file: bytes = FORMULAS) -> Content:
    """Return a content with one question, and a formula sheet that is the same in all of them."""
    question = QuestionContent(
        id=QuestionId("q1"), title="Sum", prompt=prompt, main="main.py",
        starter=(ContentFile("main.py", starter.encode()),), data=(), checks=(), images=(),
    )  # fmt: skip
    return Content(
        exam_id=exam.id, course="CS", short_name="Quiz 2", long_name="Quiz 2: Vectors", title="Vectors",
        languages=("en",), practice=False, instructions="", honor_code="",
        attachments=(ContentFile("formulas.bin", prompt_file),), shuffle=False,
        zones=(Zone(questions=(Question(id="q1"),)),), questions=(question,), interpreter=Interpreter(),
        desk=DeskRules(), recording=RecordingPolicy(), checks=Checks(),
    )  # fmt: skip


class EditionsInMemory:
    """An exam's contents, one after the other, each sealed and signed as a hub does it."""

    def __init__(self, exam: ExamInMemory, *prompts: str) -> None:
        self.exam = exam
        self.content_key = exam.chance.bytes(32)
        self.contents: list[Content] = []
        self.sealed: list[Sealed] = []
        self.documents: list[bytes] = []
        for prompt in prompts:
            self.add(content_of(exam, prompt))

    def add(self, content: Content) -> None:
        """Make the next edition."""
        exam = self.exam
        sealed = seal(encode_content(content), exam.id, self.content_key, exam.key.sign)
        document = b""
        if self.sealed:
            edition = Edition(
                exam=exam.id.hex(),
                number=len(self.sealed),
                issued_ms=exam.clock.wall_ms(),
                former=content_hash(self.sealed[-1].manifest),
                content=content_hash(sealed.manifest),
            )
            document = sign_edition(edition, exam.key)
        self.contents.append(content)
        self.sealed.append(sealed)
        self.documents.append(document)

    def taken(self, number: int) -> EditionTaken:
        """Return the event by which a desk takes an edition."""
        return EditionTaken(number=number, envelope=self.documents[number].decode())

    def lines(self) -> list[Line]:
        """Return the lines of the list, as a bundle has them."""
        return [
            Line(
                number,
                document.decode() or None,
                sealed.manifest.decode(),
                sealed.signature.hex(),
                tuple(hashlib.sha256(part).hexdigest() for part in cut(content, encode_content(content))),
            )
            for number, (content, sealed, document) in enumerate(
                zip(self.contents, self.sealed, self.documents, strict=True)
            )
        ]

    def parts(self) -> dict[str, bytes]:
        """Return the members with the parts of all contents."""
        found = {}
        for content in self.contents:
            for part in cut(content, encode_content(content)):
                found[PARTS + hashlib.sha256(part).hexdigest()] = part
        return dict(sorted(found.items()))

    def head(self) -> Head:
        """Return the first line of the list."""
        return Head(self.exam.id.hex(), self.content_key.hex())

    def members(self) -> dict[str, bytes]:
        """Return what a bundle has of editions."""
        return {LINES: write_lines(self.head(), self.lines()), **self.parts()}


def signed_bundle(
    exam: ExamInMemory,
    journals: list[JournalInMemory],
    members: dict[str, bytes],
    folder: Path,
    key: SigningKey | None = None,
) -> bytes:
    """Return a bundle of journals and other members, signed by the exam's key whatever is in it."""
    files = {f"journals/{journal.id.hex()}.jsonl": b"".join(journal.lines()) for journal in journals} | members
    paths = []
    for number, (name, data) in enumerate(files.items()):
        path = folder / f"{number}"
        path.write_bytes(data)
        paths.append((name, path))
    out = io.BytesIO()
    manifest = Manifest(
        exam=exam.id.hex(), title="Quiz 2: Vectors", exam_key="", created_ms=exam.clock.wall_ms(), members=()
    )
    write_bundle(out, paths, manifest, key or exam.key)
    return out.getvalue()
