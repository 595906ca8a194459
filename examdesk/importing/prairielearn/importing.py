"""A PrairieLearn assessment to an exam folder, with a report of every field."""

import re
import shutil
import tempfile
from pathlib import Path
from uuid import UUID

import msgspec

from examdesk.importing.prairielearn.access import AccessReader, Zones
from examdesk.importing.prairielearn.assessment import AssessmentReader
from examdesk.importing.prairielearn.course import (
    ASSESSMENT_FILE,
    COURSE_FILE,
    INSTANCE_FILE,
    Course,
    find_course,
    read_assessment,
)
from examdesk.importing.prairielearn.draft import Draft, toml_of
from examdesk.importing.prairielearn.markdown import to_markdown
from examdesk.importing.prairielearn.questions import QuestionReader
from examdesk.importing.prairielearn.report import Report
from examdesk.importing.prairielearn.source import Fields, read_json
from shared.clock import Chance
from shared.exam.exam_folder import read_exam
from shared.exam.findings import Finding
from shared.exam.paths import path_mistake
from shared.exam.reading import EXAM_FILE
from shared.problems import EnvironmentProblem, InputProblem

_CLIENT_FILES = re.compile(
    r"^\s*\{\{\s*(clientFiles|client_files_)(Course|CourseInstance|Assessment|course|course_instance|assessment)\s*\}\}/(.+)$"
)
_AWAY = re.compile(r"^([a-z][a-z0-9+.-]*:|//|#)", re.IGNORECASE)


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """The exam's files by their path with `/`, and what became of every field."""

    files: dict[str, bytes]
    report: Report


def import_assessment(path: Path, chance: Chance) -> Imported:
    """Read the assessment at `path` (its folder or its file) and everything of its course that it uses.

    Raises:
        InputProblem: there is none, or it is not JSON.
        EnvironmentProblem: it can't be read.
    """
    course, report, draft = find_course(path), Report(), Draft()
    called = course.called(course.assessment / ASSESSMENT_FILE)
    fields = Fields(read_json(read_assessment(course), called, report), called, "", report)
    name, zone = _around(course, report)
    draft.comments = [f"{called}"]
    AccessReader(draft, report, zone).read(fields)
    _text(course, fields, draft)
    reader = AssessmentReader(fields, draft)
    reader.read(lambda: UUID(bytes=chance.bytes(16), version=4))
    draft.put("course", name or None)
    questions = QuestionReader(course, draft.files, report)
    for wanted in reader.wanted:
        questions.read(wanted)
    return Imported(files={EXAM_FILE: toml_of(draft).encode(), **draft.files}, report=report)


def write_exam(imported: Imported, folder: Path) -> list[Finding]:
    """Write the exam to a new folder, all of it or nothing, and return what checking it finds.

    Raises:
        InputProblem: the folder has something in it.
        EnvironmentProblem: it can't be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputProblem(f"{folder} already exists and is not empty; nothing was changed. Name a new folder.")
    scratch: Path | None = None
    try:
        folder.absolute().parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.absolute().parent))
        made = scratch / "exam"
        for path, data in imported.files.items():
            where = made / path
            where.parent.mkdir(parents=True, exist_ok=True)
            where.write_bytes(data)
        _, findings = read_exam(made)
        if folder.exists():
            folder.rmdir()
        made.rename(folder)
    except OSError as problem:
        raise EnvironmentProblem(f"The exam can't be written to {folder}: {problem.strerror}.") from problem
    finally:
        if scratch is not None:
            shutil.rmtree(scratch, ignore_errors=True)
    return findings


def _around(course: Course, report: Report) -> tuple[str, Zones]:
    """The course's name and time zone; the instance's zone goes before the course's."""
    name, zone = "", ""
    for folder, file in ((course.root, COURSE_FILE), (course.instance, INSTANCE_FILE)):
        data = None if folder is None else course.read(folder / file)
        if folder is None or data is None:
            continue
        called = course.called(folder / file)
        try:
            raw = read_json(data, called, report)
        except InputProblem as problem:
            report.left(called, file, problem.sentence)
            continue
        fields = Fields(raw, called, "", report)
        if file == COURSE_FILE:
            name = fields.text("name", "course", 200)
        zone = fields.text("timezone", "the zone of all times", 100) or zone
    return name, Zones(name=zone)


def _text(course: Course, fields: Fields, draft: Draft) -> None:
    """The assessment's text to instructions.md, with the files that it links as attachments."""
    value = fields.raw("text")
    if value is None:
        return
    if not isinstance(value, str):
        fields.left("text", "It is not a text.", value)
        return
    attachments: list[str] = []

    def link(target: str) -> str:
        match = _CLIENT_FILES.match(target)
        if match is None:
            if not _AWAY.match(target):
                fields.left("text", "The link leads to PrairieLearn's pages.", target)
            return target
        kind = match[2].lower().replace("_", "")
        base = {"course": course.root, "courseinstance": course.instance, "assessment": course.assessment}[kind]
        kinds = {"course": "Course", "courseinstance": "CourseInstance", "assessment": "Assessment"}
        name, place = match[3].strip(), f"clientFiles{kinds[kind]}"
        attached = f"attachments/{name}"
        data = None if base is None or path_mistake(attached) else course.read(base / place / name)
        if data is None:
            fields.left("text", f"The linked file {place}/{name} is not there; add it as an attachment.", target)
            return name
        if attached.casefold() not in {each.casefold() for each in attachments}:
            attachments.append(attached)
            draft.files[attached] = data
            fields.took("text", attached)
        return attached

    found = to_markdown(value, link, panels=False)
    for name, reason, shown in found.left:
        fields.left("text", f"{name}: {reason}", shown or None)
    if found.text:
        draft.files["instructions.md"] = found.text.encode()
        fields.took("text", "instructions.md")
    draft.put("attachments", attachments or None)
