"""The exam behind the records: its document, its questions, and what decides how events are read."""

import contextlib
import tempfile
from collections.abc import Iterable
from pathlib import Path

import msgspec
import sqlalchemy as sa

from examdesk.evidence.rules import EditionTexts, Given, Rules
from examdesk.staffapi.messages import GivenQuestion, GivenTexts, QuestionView
from examdesk.store import Reader, schema
from examdesk.store.edition_rows import kept_plain
from shared.admission.edition import Edition, content_hash, read_edition
from shared.crypto.keys import SigningKey
from shared.exam.content import Content, ContentFile, open_content, student_content
from shared.exam.document import Exam
from shared.exam.exam_folder import exam_or_problem
from shared.exam.packing import unpack
from shared.ids import ExamId
from shared.problems import InputProblem, PeerFault


class OpenedExam(msgspec.Struct, frozen=True):
    """The exam as it was last served; `given` is what all of its editions gave to students."""

    exam: Exam
    content: Content
    given: Given


def open_exam(reader: Reader, exam: ExamId | None = None) -> OpenedExam:
    """Read the exam that is kept with the records, the only one if none is named.

    Raises:
        InputProblem: the records hold no exam, or several and none was named.
    """
    with reader.connect() as connection:
        query = sa.select(schema.exams.c.exam, schema.exams.c.packed)
        if exam is not None:
            query = query.where(schema.exams.c.exam == exam)
        found = connection.execute(query).all()
    if len(found) != 1:
        said = "no exam" if not found else f"{len(found)} exams; say which one is meant"
        raise InputProblem(f"The records hold {said}. Start a hub with this data once, or give another folder.")
    with tempfile.TemporaryDirectory(prefix="examdesk-") as scratch:
        folder = Path(scratch) / "exam"
        unpack(found[0].packed, folder)
        document, _ = exam_or_problem(folder)
        content = student_content(folder)
    kept = kept_editions(reader, document.id)
    withdrawn = kept[-1][1].withdrawn if kept else ()
    still = {question.id for question in content.questions}
    left = tuple(question for question in withdrawn if question.id not in still)
    whole = msgspec.structs.replace(content, withdrawn=left)
    numbered = _numbered(kept, edition_documents(reader, document.id)) or [(0, whole)]
    return OpenedExam(document, whole, given_of(numbered))


def _numbered(kept: list[tuple[str, Content]], documents: list[tuple[Edition, bytes]]) -> list[tuple[int, Content]]:
    """Return the contents that were an edition, with the number that each had first."""
    numbers = _numbers(kept, documents)
    return [(numbers[name], content) for name, content in kept if name in numbers]


def _numbers(kept: list[tuple[str, Content]], documents: list[tuple[Edition, bytes]]) -> dict[str, int]:
    if not documents:
        return dict.fromkeys([name for name, _ in kept[-1:]], 0)
    numbers: dict[str, int] = {}
    for edition, _ in documents:
        for name, number in ((edition.former, edition.number - 1), (edition.content, edition.number)):
            numbers[name] = min(number, numbers.get(name, number))
    return numbers


def kept_editions(reader: Reader, exam: ExamId) -> list[tuple[str, Content]]:
    """Return every content that is kept with the records, oldest first, with the hash by which editions name it."""
    found = []
    with reader.connect() as connection:
        for kept in kept_plain(connection, exam):
            with contextlib.suppress(PeerFault):
                found.append((content_hash(kept.manifest), open_content(kept.plain)))
    return found


class _Command(msgspec.Struct, frozen=True):
    """What is read of a command to find out whether it is an edition."""

    type: str = ""
    envelope: str = ""


def edition_documents(reader: Reader, exam: ExamId) -> list[tuple[Edition, bytes]]:
    """Return each edition that this hub made or knows, as signed, oldest first; without keys none."""
    columns, keys = schema.commands.c, schema.exam_keys.c
    query = sa.select(columns.body).where(columns.exam == exam).order_by(columns.number)
    with reader.connect() as connection:
        bodies = connection.execute(query).scalars().all()
        seed = connection.execute(sa.select(keys.signing).where(keys.exam == exam)).scalar_one_or_none()
    if seed is None:
        return []
    commands = [msgspec.json.decode(body, type=_Command) for body in bodies]
    envelopes = [each.envelope.encode() for each in commands if each.type == "EditionAction" and each.envelope]
    key = SigningKey.from_bytes(seed).public
    return [(read_edition(envelope, key, exam), envelope) for envelope in envelopes]


def given_texts(reader: Reader, exam: ExamId, content: str) -> GivenTexts:
    """Return what a content of the exam, by its hash, gave to read; empty for the first one."""
    kept = kept_editions(reader, exam)
    if not content:
        numbers = _numbers(kept, edition_documents(reader, exam))
        content = next((name for name, _ in kept if numbers.get(name) == 0), "")
    found = next((each for each in kept if each[0] == content), None)
    if found is None:
        return GivenTexts(content=content, known=False)
    name, texts = found
    left = {question.id for question in texts.withdrawn}
    return GivenTexts(
        content=name,
        known=True,
        instructions=texts.instructions,
        questions=tuple(
            GivenQuestion(question=each.id, title=each.title, prompt=each.prompt, withdrawn=each.id in left)
            for each in texts.every_question
        ),
    )


def given_of(editions: Iterable[tuple[int, Content]]) -> Given:
    """Return what contents gave to students as texts, each with the edition that gave it first."""
    read: set[str] = set()
    code: set[str] = set()
    found = []
    for number, content in sorted(editions, key=lambda each: each[0]):
        prompts, starters = (dict.fromkeys(texts) for texts in _texts_of(content))
        new = EditionTexts(
            number=number,
            prompts=tuple(text for text in prompts if text not in read),
            starters=tuple(text for text in starters if text not in code),
        )
        read.update(prompts)
        code.update(starters)
        if new.prompts or new.starters:
            found.append(new)
    return Given(editions=tuple(found))


def given_in(reader: Reader, exam: ExamId, content: Content) -> Given:
    """Return what every edition that is kept with the records gave; `content` where none is kept."""
    return given_of(_numbered(kept_editions(reader, exam), edition_documents(reader, exam)) or [(0, content)])


def _texts_of(content: Content) -> tuple[list[str], list[str]]:
    """Return what students read, and the starter code."""
    prompts = [content.instructions, *(question.prompt for question in content.every_question)]
    prompts += [text for _, text in starter_texts(content.attachments)]
    starters = [text for question in content.every_question for _, text in starter_texts(question.starter)]
    return [text for text in prompts if text], starters


def rules_of(exam: Exam, given: Given) -> Rules:
    """Return how this exam's events are read."""
    return Rules(
        signals=exam.signals,
        given=given,
        idle_ms=exam.desk.idle_minutes * 60_000,
        pastes=exam.recording.pastes,
    )


def starter_texts(files: tuple[ContentFile, ...]) -> list[tuple[str, str]]:
    """Return the files that are text, by name, with line ends as an editor shows them."""
    texts = []
    for file in files:
        try:
            text = file.data.decode("utf-8-sig")
        except UnicodeDecodeError:
            continue
        texts.append((file.path, text.replace("\r\n", "\n")))
    return texts


def question_views(content: Content) -> tuple[QuestionView, ...]:
    """Return the questions as staff read them."""
    return tuple(
        QuestionView(
            id=question.id,
            title=question.title,
            prompt=question.prompt,
            starters=tuple(starter_texts(question.starter)),
        )
        for question in content.every_question
    )
