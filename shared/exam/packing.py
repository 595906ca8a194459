"""One `.exam` file from an exam folder and back.

A `.exam` file is a zip archive of the folder with a first entry `exam-manifest.json`: format, exam id, and size and
SHA-256 of each file. Entries are stored, in order of their names, with one fixed date, so that equal folders give equal
files on every system. It holds hidden checks as well: it is for staff.
"""

import hashlib
import io
import lzma
import stat
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from shared.exam.exam_folder import exam_or_problem
from shared.exam.folder import MAX_DEPTH, MAX_FILE_BYTES, MAX_FILES, MAX_TOTAL_BYTES
from shared.exam.packages import MAX_WHEEL_BYTES, MAX_WHEELS, MAX_WHEELS_BYTES, WHEELS
from shared.exam.paths import clashing, path_mistake
from shared.problems import EnvironmentProblem, InputProblem

SUFFIX = ".exam"
MANIFEST_NAME = "exam-manifest.json"
MAX_RATIO = 200
MAX_MANIFEST_BYTES = 1024 * 1024

_FIXED_DATE = (1980, 1, 1, 0, 0, 0)
_CHUNK = 256 * 1024
_MOST_FILES = MAX_FILES + MAX_WHEELS + 1
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    NotImplementedError,
    RuntimeError,
    EOFError,
    ValueError,
    OSError,
    struct.error,
    IndexError,
)
"""What the zip module raises on damaged archives."""


class PackedFile(msgspec.Struct, frozen=True, kw_only=True):
    """One file of a packed exam."""

    path: str
    size: Annotated[int, Meta(ge=0, le=max(MAX_FILE_BYTES, MAX_WHEEL_BYTES))]
    sha256: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


class PackManifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a `.exam` file says about itself."""

    format: Literal[1]
    exam: Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
    name: str
    files: Annotated[tuple[PackedFile, ...], Meta(max_length=_MOST_FILES)]


class BadExamFile(InputProblem):
    """A `.exam` file that was not taken; nothing was unpacked."""


def pack(folder: Path, *, wheels: bool = True) -> bytes:
    """The exam in `folder` as the bytes of a `.exam` file; an `InputProblem` if the exam has mistakes.

    Without `wheels` it is the exam alone, as a hub keeps it with the records.
    """
    exam, files = exam_or_problem(folder)
    wanted = files.files | (files.wheels if wheels else {})
    contents = {path: _read(wanted[path], path) for path in sorted(wanted)}
    manifest = PackManifest(
        format=1,
        exam=exam.id.hex(),
        name=exam.long_name,
        files=tuple(
            PackedFile(path=path, size=len(data), sha256=hashlib.sha256(data).hexdigest())
            for path, data in contents.items()
        ),
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        _add(archive, MANIFEST_NAME, msgspec.json.format(msgspec.json.encode(manifest), indent=1))
        for path, data in contents.items():
            _add(archive, path, data)
    return out.getvalue()


def unpack(data: bytes, target: Path) -> None:
    """Unpack a `.exam` file into the new or empty folder `target`, all of it or nothing.

    Checks: U1 it is a zip archive, U2 number of entries, U3 names, U4 kinds of entries, U5 sizes and ratio,
    U6 manifest, U7 exactly the files of the manifest, U8 each with its hash.

    Raises:
        BadExamFile: a check does not hold; the sentence names the entry.
        EnvironmentProblem: the folder can't be written.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise InputProblem(f"{target} already exists and is not empty. Name a new folder.")
    contents = read_packed(data)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".unpacking-") as scratch:
            fresh = Path(scratch) / "exam"
            for path, content in contents.items():
                (fresh / path).parent.mkdir(parents=True, exist_ok=True)
                (fresh / path).write_bytes(content)
            if target.exists():
                target.rmdir()
            fresh.rename(target)
    except OSError as problem:
        raise EnvironmentProblem(f"The exam can't be unpacked to {target}: {problem.strerror}.") from problem


def read_packed(data: bytes) -> dict[str, bytes]:
    """The files of a `.exam` file by path, after every check of `unpack`."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = _checked_entries(archive)
            manifest = _manifest(archive, entries)
            return _contents(archive, entries, manifest)
    except _DAMAGED as problem:
        raise BadExamFile(f"This is no .exam file, or it is damaged: {problem}.") from problem  # U1


@contextmanager
def exam_folder(path: Path) -> Iterator[Path]:
    """The folder of an exam that may be given as a folder or as a `.exam` file; a temporary one for a file.

    Raises:
        InputProblem: there is nothing at `path`, or the file is not an exam.
    """
    if not path.exists():
        raise InputProblem(f"There is no exam at {path}. Was it moved, or is the stick missing?")
    if not path.is_file():
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="examdesk-") as scratch:
        folder = Path(scratch) / "exam"
        unpack(_read(path, str(path)), folder)
        yield folder


def _read(where: Path, path: str) -> bytes:
    try:
        if where.stat().st_size > 2 * MAX_TOTAL_BYTES + MAX_WHEELS_BYTES:
            raise BadExamFile(f"{path} is far larger than an exam may be.")
        return where.read_bytes()
    except OSError as problem:
        raise EnvironmentProblem(f"{path} can't be read: {problem.strerror}.") from problem


def _add(archive: zipfile.ZipFile, path: str, data: bytes) -> None:
    entry = zipfile.ZipInfo(path, _FIXED_DATE)
    entry.create_system = 3
    entry.external_attr = (stat.S_IFREG | 0o644) << 16
    archive.writestr(entry, data)


def _checked_entries(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    infos = [info for info in archive.infolist() if not info.is_dir()]
    given = sum(not _is_wheel(info) for info in infos)
    if len(archive.infolist()) > 2 * MAX_FILES or len(infos) > _MOST_FILES + 1 or given > MAX_FILES + 1:
        raise BadExamFile(f"This .exam file has {given} files; at most {MAX_FILES} are possible.")  # U2
    entries: dict[str, zipfile.ZipInfo] = {}
    for info in infos:
        _check_entry(info)
        if info.filename in entries:
            raise BadExamFile(f"This .exam file has {info.filename} twice.")  # U3
        entries[info.filename] = info
    clash = clashing(list(entries))
    if clash:
        raise BadExamFile(f"{clash[0][0]} and {clash[0][1]} in this .exam file differ only in case.")  # U3
    _check_sizes(infos)
    return entries


def _check_sizes(infos: list[zipfile.ZipInfo]) -> None:
    total = sum(info.file_size for info in infos if not _is_wheel(info))
    if total > MAX_TOTAL_BYTES + MAX_MANIFEST_BYTES:
        raise BadExamFile(f"This .exam file would unpack to {total} bytes; at most {MAX_TOTAL_BYTES} are taken.")  # U5
    wheels = sum(info.file_size for info in infos if _is_wheel(info))
    if wheels > MAX_WHEELS_BYTES:
        raise BadExamFile(f"The packages in this .exam file have {wheels} bytes; {MAX_WHEELS_BYTES} are taken.")  # U5


def _is_wheel(info: zipfile.ZipInfo) -> bool:
    return info.filename.startswith(f"{WHEELS}/")


def _check_entry(info: zipfile.ZipInfo) -> None:
    mistake = path_mistake(info.orig_filename) or path_mistake(info.filename)
    if mistake or info.filename.count("/") > MAX_DEPTH:
        raise BadExamFile(f"The name {info.orig_filename!r} in this .exam file {mistake or 'lies too deep'}.")  # U3
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        raise BadExamFile(f"{info.filename} in this .exam file is a link or a device, not a file.")  # U4
    if info.flag_bits & 1:
        raise BadExamFile(f"{info.filename} in this .exam file is encrypted.")  # U4
    if info.file_size > (MAX_WHEEL_BYTES if _is_wheel(info) else MAX_FILE_BYTES):
        raise BadExamFile(f"{info.filename} in this .exam file is larger than an exam's file may be.")  # U5
    if info.file_size > MAX_RATIO * max(info.compress_size, 1024):
        raise BadExamFile(f"{info.filename} in this .exam file unpacks to far more than it is: it was refused.")  # U5


def _take(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """The entry's bytes; stops where there are more than it claims."""
    taken = bytearray()
    with archive.open(info) as source:
        while chunk := source.read(_CHUNK):
            taken += chunk
            if len(taken) > info.file_size:
                raise BadExamFile(f"{info.filename} in this .exam file is larger than it claims.")  # U5
    return bytes(taken)


def _manifest(archive: zipfile.ZipFile, entries: dict[str, zipfile.ZipInfo]) -> PackManifest:
    info = entries.get(MANIFEST_NAME)
    if info is None or info.file_size > MAX_MANIFEST_BYTES:
        raise BadExamFile(f"This .exam file has no {MANIFEST_NAME}: it was not made by `examdesk exam pack`.")  # U6
    try:
        return msgspec.json.decode(_take(archive, info), type=PackManifest)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as problem:
        raise BadExamFile(f"{MANIFEST_NAME} of this .exam file can't be read: {problem}.") from problem  # U6


def _contents(
    archive: zipfile.ZipFile, entries: dict[str, zipfile.ZipInfo], manifest: PackManifest
) -> dict[str, bytes]:
    listed = {file.path for file in manifest.files}
    for path in sorted(listed ^ (set(entries) - {MANIFEST_NAME})):
        what = "is missing" if path in listed else "does not belong to it"
        raise BadExamFile(f"{path} {what} in this .exam file: it was changed after packing.")  # U7
    contents = {}
    for file in manifest.files:
        data = _take(archive, entries[file.path])
        if len(data) != file.size or hashlib.sha256(data).hexdigest() != file.sha256:
            raise BadExamFile(f"{file.path} in this .exam file was changed after packing.")  # U8
        contents[file.path] = data
    return contents
