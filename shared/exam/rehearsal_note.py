"""What was rehearsed, written down beside the exam, so that the exam that runs can be compared with it.

`.rehearsal.json` in the exam's folder, or `NAME.exam.rehearsal.json` beside a packed exam; neither is ever packed.
It names the SHA-256 of the content that students got (`shared.exam.content`) and of every file of the exam.
"""

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from shared.exam.content import content_digest, encode_content, student_content
from shared.exam.exam_folder import exam_or_problem
from shared.exam.packing import exam_folder
from shared.exam.readiness import Rehearsed
from shared.exam.reading import EXAM_FILE
from shared.exam.whole_file import write_whole
from shared.problems import Problem

_NAME: Final = ".rehearsal.json"
_MAX_BYTES: Final = 4 * 1024 * 1024
_NAMED: Final = 3
Digest = Annotated[str, Meta(pattern=r"\A[0-9a-f]{64}\Z")]


class Fingerprint(msgspec.Struct, frozen=True, kw_only=True):
    """An exam as it stands: the digest of what students get, and of each file by its path."""

    content: Digest
    files: dict[str, Digest]


class RehearsalNote(msgspec.Struct, frozen=True, kw_only=True):
    """A rehearsal of one exam. `at_ms` is by the laptop's clock; `holds` whether it would do for an exam."""

    format: Literal[1] = 1
    at_ms: int
    app: str
    desks: int
    seconds: float
    holds: bool
    recommendation: str = ""
    exam: Fingerprint


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """How what runs stands to what was rehearsed; `same` is about what students get."""

    same: bool
    sentence: str
    note: RehearsalNote


def fingerprint(exam: Path) -> Fingerprint:
    """Return the digests of an exam folder or a packed exam; raises `InputProblem` for one with mistakes."""
    with exam_folder(exam) as folder:
        _, files = exam_or_problem(folder)
        digests = {path: hashlib.sha256(where.read_bytes()).hexdigest() for path, where in sorted(files.files.items())}
        return Fingerprint(content=content_digest(encode_content(student_content(folder))).hex(), files=digests)


def note_path(exam: Path) -> Path:
    """Return where the note of an exam lies."""
    return exam / _NAME if exam.is_dir() else exam.with_name(f"{exam.name}{_NAME}")


def write_note(exam: Path, note: RehearsalNote) -> Path:
    """Write the note beside the exam, in the place of an earlier one."""
    path = note_path(exam)
    write_whole(path, msgspec.json.format(msgspec.json.encode(note), indent=1) + b"\n")
    return path


def read_note(exam: Path) -> RehearsalNote | None:
    """Return the note of the last rehearsal; None where there is none that can be read."""
    try:
        with note_path(exam).open("rb") as file:
            return msgspec.json.decode(file.read(_MAX_BYTES), type=RehearsalNote)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return None


def compare(note: RehearsalNote, now: Fingerprint) -> Compared:
    """Say whether the exam is the one that was rehearsed, or in which files it differs."""
    when = datetime.fromtimestamp(note.at_ms / 1000, UTC).astimezone().strftime("%Y-%m-%d %H:%M")
    desks = f"{note.desks} desks" if note.desks != 1 else "1 desk"
    rehearsed = f"rehearsed on {when} with {desks}{'' if note.holds else ', which this laptop did not hold'}"
    before = note.exam.files
    differ = sorted(path for path in {*before, *now.files} if before.get(path) != now.files.get(path))
    same = note.exam.content == now.content
    if not same:
        sentence = f"This exam is not the one {rehearsed}; it differs in {_named(differ) or 'what students get'}."
    elif not differ:
        sentence = f"This exam is the one {rehearsed}, file by file."
    elif differ == [EXAM_FILE]:
        changed = f"since then {EXAM_FILE} changed in what stays at the hub, such as times and accommodations"
        sentence = f"Students get what was {rehearsed}; {changed}."
    else:
        sentence = f"Students get what was {rehearsed}; what changed since then stays at the hub: {_named(differ)}."
    return Compared(same=same, sentence=sentence, note=note)


def last_rehearsal(exam: Path) -> Rehearsed | None:
    """Return the rehearsal that is written down beside an exam, None where none is."""
    note = read_note(exam)
    if note is None:
        return None
    try:
        compared = compare(note, fingerprint(exam))
        changed = "" if compared.same else compared.sentence
    except Problem:
        changed = ""  # an exam with mistakes: that is told on a line of its own
    return Rehearsed(at_ms=note.at_ms, desks=note.desks, holds=note.holds, said=note.recommendation, changed=changed)


def _named(paths: list[str]) -> str:
    more = len(paths) - _NAMED
    return ", ".join(paths[:_NAMED]) + (f" and {more} more" if more > 0 else "")
