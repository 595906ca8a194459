"""The exam behind the records: its document, its questions, and what decides how events are read."""

import tempfile
from pathlib import Path

import msgspec
import sqlalchemy as sa

from examdesk.evidence.fold import Rules
from examdesk.evidence.signals import Given
from examdesk.staffapi.messages import QuestionView
from examdesk.store import Reader, schema
from shared.exam.content import Content, ContentFile, student_content
from shared.exam.document import Exam
from shared.exam.exam_folder import exam_or_problem
from shared.exam.packing import unpack
from shared.ids import ExamId
from shared.problems import InputProblem


class OpenedExam(msgspec.Struct, frozen=True):
    """The exam as it was last served."""

    exam: Exam
    content: Content


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
        return OpenedExam(document, student_content(folder))


def given_of(content: Content) -> Given:
    """Return what the exam gave to every student, as texts."""
    prompts = [content.instructions, *(question.prompt for question in content.questions)]
    starters = [text for question in content.questions for _, text in starter_texts(question.starter)]
    prompts += [text for _, text in starter_texts(content.attachments)]
    return Given(prompts=tuple(text for text in prompts if text), starters=tuple(starters))


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
        for question in content.questions
    )
