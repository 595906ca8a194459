"""The exam behind the records: its document, its questions, and what decides how events are read."""

import contextlib
import tempfile
from collections.abc import Iterable, Iterator
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
    newest: list[Content] = []
    given = given_of(_numbered(_noting(kept_editions(reader, document.id), newest), reader, document.id))
    still = {question.id for question in content.questions}
    left = tuple(question for last in newest for question in last.withdrawn if question.id not in still)
    whole = msgspec.structs.replace(content, withdrawn=left)
    return OpenedExam(document, whole, given if newest else given_of([(0, whole)]))


def _noting(kept: Iterable[tuple[str, Content]], newest: list[Content]) -> Iterator[tuple[str, Content]]:
    for name, content in kept:
        newest[:] = [content]
        yield name, content


def _numbered(kept: Iterable[tuple[str, Content]], reader: Reader, exam: ExamId) -> Iterator[tuple[int, Content]]:
    """Yield the contents that were an edition, with the number that each had first."""
    numbers, last = _numbers(reader, exam), None
    for name, content in kept:
        last = content
        if name in numbers:
            yield numbers[name], content
    if not numbers and last is not None:
        yield 0, last


def _numbers(reader: Reader, exam: ExamId) -> dict[str, int]:
    """Return the first number of each content that a document names; empty while there is only one content."""
    numbers: dict[str, int] = {}
    for edition, _ in edition_documents(reader, exam):
        for name, number in ((edition.former, edition.number - 1), (edition.content, edition.number)):
            numbers[name] = min(number, numbers.get(name, number))
    return numbers


def kept_editions(reader: Reader, exam: ExamId) -> Iterator[tuple[str, Content]]:
    """Yield every content that is kept with the records, oldest first, with the hash by which editions name it.

    One at a time: each may have as many bytes of attachments as an exam may.
    """
    with reader.connect() as connection:
        for kept in kept_plain(connection, exam):
            with contextlib.suppress(PeerFault):
                yield content_hash(kept.manifest), open_content(kept.plain)


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
    key, found = SigningKey.from_bytes(seed).public, []
    for envelope in envelopes:
        with contextlib.suppress(PeerFault):  # what the exam's key did not sign is none
            found.append((read_edition(envelope, key, exam), envelope))
    return found


def given_texts(reader: Reader, exam: ExamId, content: str) -> GivenTexts:
    """Return what a content of the exam, by its hash, gave to read; empty for the first one."""
    name, texts = _content_named(content, reader, exam)
    if texts is None:
        return GivenTexts(content=content, known=False)
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


def _content_named(content: str, reader: Reader, exam: ExamId) -> tuple[str, Content | None]:
    numbers = _numbers(reader, exam)
    last: tuple[str, Content | None] = ("", None)
    for name, found in kept_editions(reader, exam):
        if name == content or (not content and numbers.get(name) == 0):
            return name, found
        last = (name, found)
    return last if not content and not numbers else (content, None)


def given_of(editions: Iterable[tuple[int, Content]]) -> Given:
    """Return what contents gave to students as texts, each with the edition that gave it first."""
    read: set[str] = set()
    code: set[str] = set()
    found = []
    texts = [(number, *_texts_of(content)) for number, content in editions]
    for number, own_prompts, own_starters in sorted(texts, key=lambda each: each[0]):
        prompts, starters = dict.fromkeys(own_prompts), dict.fromkeys(own_starters)
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
    kept = given_of(_numbered(kept_editions(reader, exam), reader, exam))
    return kept if kept.editions else given_of([(0, content)])


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
