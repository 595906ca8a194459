r"""What a desk needs of an exam, as one byte string that is the same on every machine.

The bytes are `EDCONTENT1\n` and then msgpack of `Content`. They are not compressed: nothing can swell when they are
opened, and equal content gives equal bytes whatever compressor a system has. Hidden checks, access rules,
accommodations, sections and the signals' thresholds never become part of it.
"""

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

import msgspec

from shared.exam.checking import INSTRUCTIONS_FILE, PROMPT_FILE, QUESTIONS
from shared.exam.document import Checks, Exam, Question, Zone, questions_of
from shared.exam.exam_folder import exam_or_problem
from shared.exam.folder import MAX_FILE_BYTES, MAX_FILES, MAX_TOTAL_BYTES, Scan, read_text
from shared.exam.paths import clashing, path_mistake
from shared.exam.recorded import honor_code_text
from shared.exam.rules import DeskRules, Interpreter, RecordingPolicy
from shared.ids import ExamId, QuestionId
from shared.problems import EnvironmentProblem, PeerFault

MAGIC = b"EDCONTENT1\n"
DEFAULT_MAIN = "main.py"
MAX_CONTENT_BYTES = MAX_TOTAL_BYTES + 8 * 1024 * 1024

_HEADING = re.compile(r"^#\s+(.+?)\s*#*\s*$", re.MULTILINE)


class ContentFile(msgspec.Struct, frozen=True):
    """A file by its path with `/`, as it is on the disk."""

    path: str
    data: bytes


class QuestionContent(msgspec.Struct, frozen=True, kw_only=True):
    """One question as a desk shows it.

    Attributes:
        prompt: question.md.
        main: the file that Run starts.
        starter: text files that the student edits, UTF-8.
        data: files that the programs read.
        checks: the checks that students see; hidden ones are never here.
        images: pictures of the prompt, by the path that the prompt uses.
    """

    id: QuestionId
    title: str
    prompt: str
    main: str
    starter: tuple[ContentFile, ...]
    data: tuple[ContentFile, ...]
    checks: tuple[ContentFile, ...]
    images: tuple[ContentFile, ...]


class Content(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Everything that a desk needs of an exam, and nothing that students must not see.

    Attributes:
        withdrawn: questions of an earlier edition that the exam has no more, for those who have them.
    """

    exam_id: ExamId
    course: str
    short_name: str
    long_name: str
    title: str
    languages: tuple[str, ...]
    practice: bool
    instructions: str
    honor_code: str
    attachments: tuple[ContentFile, ...]
    shuffle: bool
    zones: tuple[Zone, ...]
    questions: tuple[QuestionContent, ...]
    interpreter: Interpreter
    desk: DeskRules
    recording: RecordingPolicy
    checks: Checks
    withdrawn: tuple[QuestionContent, ...] = ()

    def question(self, question_id: str) -> QuestionContent | None:
        """The question with this id, withdrawn or not."""
        return next((question for question in self.every_question if question.id == question_id), None)

    @property
    def every_question(self) -> tuple[QuestionContent, ...]:
        """The exam's questions, then those that were withdrawn."""
        return self.questions + self.withdrawn


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Content)


def student_content(folder: Path) -> Content:
    """Collect the students' part of the exam in `folder`.

    Raises:
        InputProblem: the exam has mistakes.
        EnvironmentProblem: a file can't be read.
    """
    exam, files = exam_or_problem(folder)
    instructions = exam.instructions
    if INSTRUCTIONS_FILE in files.files:
        instructions = read_text(files.files[INSTRUCTIONS_FILE], INSTRUCTIONS_FILE)[0]
    return Content(
        exam_id=exam.id,
        course=exam.course,
        short_name=exam.short_name,
        long_name=exam.long_name,
        title=exam.title,
        languages=exam.languages,
        practice=exam.practice,
        instructions=instructions,
        honor_code=honor_code_text(exam),
        attachments=tuple(_file(files, path, path) for path in sorted(set(exam.attachments))),
        shuffle=exam.shuffle,
        zones=exam.zones,
        questions=_questions(exam, files),
        interpreter=exam.interpreter,
        desk=exam.desk,
        recording=exam.recording,
        checks=exam.checks,
    )


def heading_of(prompt: str) -> str:
    """The first heading of a question's text; empty where there is none."""
    found = _HEADING.search(prompt)
    return found[1] if found else ""


def _questions(exam: Exam, files: Scan) -> tuple[QuestionContent, ...]:
    return tuple(_question(files, question) for question in sorted(exam.questions(), key=lambda each: each.id))


def _question(files: Scan, question: Question) -> QuestionContent:
    folder = f"{QUESTIONS}/{question.id}"
    prompt = read_text(files.files[f"{folder}/{PROMPT_FILE}"], PROMPT_FILE)[0]
    starter = _files(files, folder, "starter")
    return QuestionContent(
        id=QuestionId(question.id),
        title=question.title or heading_of(prompt) or question.id,
        prompt=prompt,
        main=question.main or main_of([each.path for each in starter]),
        starter=starter,
        data=_files(files, folder, "data"),
        checks=_files(files, folder, "checks"),
        images=tuple(ContentFile(f"images/{each.path}", each.data) for each in _files(files, folder, "images")),
    )


def main_of(starter: Sequence[str]) -> str:
    """The file that Run starts where the question names none: the only starter program, or main.py."""
    programs = [path for path in starter if path.endswith(".py")]
    return programs[0] if len(programs) == 1 else DEFAULT_MAIN


def _files(files: Scan, folder: str, part: str) -> tuple[ContentFile, ...]:
    return tuple(_file(files, f"{folder}/{part}/{name}", name) for name in files.below(f"{folder}/{part}"))


def _file(files: Scan, path: str, name: str) -> ContentFile:
    try:
        return ContentFile(name, files.files[path].read_bytes())
    except OSError as problem:
        raise EnvironmentProblem(f"{path} of the exam can't be read: {problem.strerror}.") from problem


def encode_content(content: Content) -> bytes:
    """The content as bytes; equal content gives equal bytes."""
    return MAGIC + _ENCODER.encode(content)


def content_digest(data: bytes) -> bytes:
    """SHA-256 of encoded content: what was rehearsed, delivered and sat."""
    return hashlib.sha256(data).digest()


def open_content(data: bytes) -> Content:
    """Decode content from another machine.

    Checks, each with its sentence: V1 size, V2 beginning, V3 shape, V4 number of files, V5 their sizes, V6 their paths,
    V7 that every question of the zones is there once, and no withdrawn one is among them.

    Raises:
        PeerFault: a check does not hold.
    """
    if len(data) > MAX_CONTENT_BYTES:
        raise PeerFault(f"The exam content has {len(data)} bytes; at most {MAX_CONTENT_BYTES} are taken.")  # V1
    if not data.startswith(MAGIC):
        raise PeerFault("This is no exam content of a version that this ExamDesk reads.")  # V2
    try:
        content = _DECODER.decode(memoryview(data)[len(MAGIC) :])
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as problem:
        raise PeerFault(f"The exam content is damaged or made by another version: {problem}.") from problem  # V3
    _check_files(content)
    wanted = sorted(question.id for question in _zone_questions(content.zones))
    if wanted != sorted(question.id for question in content.questions) or len(set(wanted)) != len(wanted):
        raise PeerFault("The exam content does not hold exactly the questions that its zones name.")  # V7
    ids = [question.id for question in content.every_question]
    if len(set(ids)) != len(ids):
        raise PeerFault("The exam content has a question that is withdrawn and is not.")  # V7
    return content


def _check_files(content: Content) -> None:
    groups = [("attachments", content.attachments)]
    for question in content.every_question:
        groups.append((question.id, (*question.starter, *question.data, ContentFile(question.main, b""))))
        groups.append((question.id, (*question.checks, *question.images)))
    total = sum(len(files) for _, files in groups)
    if total > MAX_FILES * 2:
        raise PeerFault(f"The exam content has {total} files, too many to be taken.")  # V4
    for owner, files in groups:
        for each in files:
            if len(each.data) > MAX_FILE_BYTES:
                raise PeerFault(f"The file {each.path!r} of {owner} is larger than an exam's file may be.")  # V5
            mistake = path_mistake(each.path)
            if mistake:
                raise PeerFault(f"The file {each.path!r} of {owner} {mistake}.")  # V6
        names = sorted({each.path for each in files})
        if clashing(names):
            raise PeerFault(f"Two files of {owner} have the same name but for upper and lower case.")  # V6


def _zone_questions(zones: tuple[Zone, ...]) -> list[Question]:
    return [question for zone in zones for entry in zone.questions for question in questions_of(entry)]
