"""The exam as rows that travel: which files it has, and what is in them, so that a small change travels as a small one.

Files are named by their hash and cut into chunks. Large files stay out: whoever takes over has them in the key file,
and what was changed while an exam ran is text.
"""

from collections.abc import Mapping

import msgspec
import sqlalchemy as sa

from examdesk.store import schema as s
from shared.crypto.keys import sha256
from shared.exam.packing import read_packed
from shared.ids import ExamId
from shared.problems import InputProblem

EXAM = "exams"
FILES = "files"
MOST_PACKED = 32 * 1024 * 1024
MOST_FILE = 512 * 1024
MOST_TOGETHER = 1024 * 1024
CHUNK = 64 * 1024


class ExamFiles(msgspec.Struct, frozen=True):
    """The row that names the others: the packed exam's hash, and the hash of each file by path."""

    packed: bytes
    files: dict[str, str]


def read_exam_rows(
    connection: sa.Connection, exam: ExamId, known: Mapping[tuple[str, str], bytes]
) -> dict[tuple[str, str], bytes]:
    """Return the rows of the exam as it is served; those that are `known` where it is the same exam."""
    of = s.exams.c
    query = sa.select(of.packed).where(of.exam == exam, sa.func.length(of.packed) <= MOST_PACKED)
    packed = connection.execute(query).scalar_one_or_none()
    if packed is None:
        return {}
    had = files_of(known)
    if had is not None and had.packed == sha256(packed):
        return {key: value for key, value in known.items() if key[0] == EXAM}
    try:
        return rows_of_exam(packed)
    except InputProblem:  # records of before packed exams were kept
        return {}


def rows_of_exam(packed: bytes) -> dict[tuple[str, str], bytes]:
    """Return the rows of a packed exam; raises InputProblem."""
    contents = read_packed(packed)
    names = {path: sha256(data).hex() for path, data in contents.items()}
    rows = {(EXAM, FILES): msgspec.msgpack.encode(ExamFiles(sha256(packed), names))}
    room = MOST_TOGETHER
    for path, data in sorted(contents.items(), key=lambda each: (len(each[1]), each[0])):
        if len(data) > min(room, MOST_FILE):
            break
        room -= len(data)
        for at in range(0, len(data), CHUNK):
            rows[EXAM, f"{names[path]}/{at // CHUNK:02}"] = data[at : at + CHUNK]
    return rows


def files_of(rows: Mapping[tuple[str, str], bytes]) -> ExamFiles | None:
    """Return which files the exam in the rows has; None where no exam is in them."""
    value = rows.get((EXAM, FILES))
    try:
        return None if value is None else msgspec.msgpack.decode(value, type=ExamFiles)
    except msgspec.MsgspecError:
        return None


def exam_in(rows: Mapping[tuple[str, str], bytes], packed: bytes) -> dict[str, bytes] | None:
    """Return the exam's files by path, from the rows and what is in `packed`; None while something is missing."""
    wanted = files_of(rows)
    if wanted is None:
        return None
    here = {sha256(data).hex(): data for data in read_packed(packed).values()}
    here[sha256(b"").hex()] = b""
    chunks: dict[str, list[tuple[str, bytes]]] = {}
    for (table, key), value in rows.items():
        name, cut, number = key.partition("/")
        if table == EXAM and cut:
            chunks.setdefault(name, []).append((number, value))
    for name, parts in chunks.items():
        whole = b"".join(value for _, value in sorted(parts))
        if sha256(whole).hex() == name:
            here[name] = whole
    if any(name not in here for name in wanted.files.values()):
        return None
    return {path: here[name] for path, name in wanted.files.items()}
