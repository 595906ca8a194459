"""Every edition of an exam's content in an evidence bundle, each as the exam's key signed it (B-7).

    editions.jsonl       {"exam":…,"key":…}: the exam and its content key, then a line for each edition:
                         {"number":…,"document":…,"manifest":…,"signature":…,"parts":[…]}
    editions/<sha256>    a part of contents: the parts of an edition, one after the other, are its content as it was
                         sealed; what editions have in common is there once

The manifest of a sealed content has a keyed digest of the content (shared/exam/sealing.py), so it proves content and
key without the sealed pieces, which follow from both. What a hub had lost when it made the bundle is null, and said.

Checks, each with its number in the code, the message and a test:
    V12 each line is in its one spelling, of this exam; numbers begin with 0, none is left out, and none is beyond the
        last edition of which something is there;
    V13 each document is signed by the exam key, of this exam and with its line's number, names the content of its line
        and follows an edition with the number before, unless of one of those nothing is there;
    V14 the manifest of each content is signed by the exam key for this exam, and the parts come to it;
    V15 each part belongs to an edition;
    V16 each edition that a journal says to have taken (V11) is there with the same content.
"""

import hashlib
import hmac
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from shared.admission.edition import MAX_EDITION, Edition, content_hash, read_edition
from shared.bundle.container import BundleReader, Member, NotABundle
from shared.crypto.keys import VerifyKey
from shared.exam.content import MAX_CONTENT_BYTES, Content, ContentFile, open_content
from shared.exam.sealing import Manifest, check_manifest, digest_of
from shared.ids import ExamId
from shared.log.verify import Broken, Verified
from shared.problems import PeerFault

LINES: Final = "editions.jsonl"
PARTS: Final = "editions/"
MAX_LINES: Final = 16 * 1024 * 1024
LEAST_PART: Final = 4096
"""A file of an exam of fewer bytes is no part of its own."""
_Hex32 = Annotated[str, Meta(pattern=r"\A[0-9a-f]{64}\Z")]


class Head(msgspec.Struct, frozen=True):
    """The first line: the exam's id and its content key, hexadecimal."""

    exam: Annotated[str, Meta(pattern=r"\A[0-9a-f]{32}\Z")]
    key: _Hex32


class Line(msgspec.Struct, frozen=True):
    """One edition: what the exam's key signed of it and of its content, and the content's parts; null: it was lost."""

    number: Annotated[int, Meta(ge=0, le=MAX_EDITION)]
    document: str | None
    manifest: str | None
    signature: Annotated[str, Meta(pattern=r"\A[0-9a-f]{128}\Z")] | None
    parts: tuple[_Hex32, ...]

    @property
    def content(self) -> str:
        """The hash by which documents name its content; empty where that is not there."""
        return "" if self.manifest is None else content_hash(self.manifest.encode())


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """The editions of a bundle that hold: the newest number, how many contents are there, and which were lost."""

    newest: int
    there: int
    lost: tuple[int, ...]


class Contents(msgspec.Struct, frozen=True):
    """The two forms of `editions.jsonl` as it is read."""

    head: Head
    lines: tuple[Line, ...]


def cut(content: Content, encoded: bytes) -> list[bytes]:
    """Return encoded content in parts, so that a large file is one of its own and the same in every edition."""
    parts, at = [], 0
    for file in _files(content):
        found = encoded.find(file.data, at) if len(file.data) >= LEAST_PART else -1
        if found >= 0:
            parts += [encoded[at:found], file.data]
            at = found + len(file.data)
    return [part for part in (*parts, encoded[at:]) if part]


def _files(content: Content) -> Iterator[ContentFile]:
    """Yield the files in the order in which they are encoded."""
    yield from content.attachments
    for question in content.every_question:
        for files in (question.starter, question.data, question.checks, question.images):
            yield from files


def write_lines(head: Head, lines: Iterable[Line]) -> bytes:
    """Return `editions.jsonl`."""
    return b"".join(msgspec.json.encode(each) + b"\n" for each in (head, *lines))


def read_lines(data: bytes) -> Contents:
    """Read `editions.jsonl`; raises Broken (V12)."""
    try:
        first, *others = data.removesuffix(b"\n").split(b"\n")
        read = Contents(
            msgspec.json.decode(first, type=Head), tuple(msgspec.json.decode(each, type=Line) for each in others)
        )
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Broken("V12", "The list of the exam's editions can't be read.") from error
    if write_lines(read.head, read.lines) != data:
        raise Broken("V12", "The list of the exam's editions is not in its one canonical spelling.")
    return read


def verify_editions(
    reader: BundleReader, members: Mapping[str, Member], exam: ExamId, key: VerifyKey, journals: Iterable[Verified]
) -> Held | None:
    """Check the editions of a bundle, None where it carries none as bundles of before did.

    Args:
        reader: the bundle; its form and its manifest hold.
        members: its members by name.
        exam: the exam that its manifest names.
        key: the exam's key.
        journals: its journals, verified.

    Raises:
        Broken: with the number of the first check that does not hold, and the edition or the event.
    """
    parts = {name.removeprefix(PARTS): member for name, member in members.items() if name.startswith(PARTS)}
    listed = members.get(LINES)
    if listed is None:
        if parts:
            raise Broken("V15", "There are parts of editions, and no list of editions.")
        return None
    read = read_lines(reader.read(listed, MAX_LINES))
    _check_numbers(read, exam)
    by_number = _check_documents(read.lines, [_document(line, exam, key) for line in read.lines])
    for line in read.lines:
        _check_content(line, read.head, (reader, parts), (exam, key))
    extra = sorted(parts.keys() - {part for line in read.lines for part in line.parts})
    if extra:
        raise Broken("V15", f"The part {extra[0][:16]} belongs to no edition of the exam.")
    _check_taken(journals, by_number)
    lost = [line.number for line in read.lines if line.manifest is None]
    return Held(newest=read.lines[-1].number, there=len(read.lines) - len(lost), lost=tuple(lost))


def _check_numbers(read: Contents, exam: ExamId) -> None:  # V12
    if read.head.exam != exam.hex():
        raise Broken("V12", "The editions are those of another exam.")
    expected = 0
    for line in read.lines:
        if line.number > expected:
            raise Broken("V12", f"Edition {expected} of the exam is missing from the list.")
        if line.number not in {expected, expected - 1}:
            raise Broken("V12", f"Edition {line.number} of the exam stands where edition {expected} belongs.")
        expected = line.number + 1
    if not read.lines or (read.lines[-1].document is None and read.lines[-1].manifest is None):
        raise Broken("V12", "The list of the exam's editions ends with one of which nothing is there.")


def _document(line: Line, exam: ExamId, key: VerifyKey) -> Edition | None:  # V13
    if line.document is None:
        return None
    try:
        return read_edition(line.document.encode(), key, exam)
    except PeerFault as fault:
        raise Broken("V13", f"The document of edition {line.number} does not hold: {fault.sentence}") from fault


def _check_documents(lines: Sequence[Line], documents: Sequence[Edition | None]) -> dict[int, set[str]]:  # V13
    """Return the contents by number, as their documents name them."""
    contents: dict[int, set[str]] = defaultdict(set)
    formers: dict[int, set[str]] = defaultdict(set)
    for line, edition in zip(lines, documents, strict=True):
        contents[line.number] |= {line.content} - {""}
        if edition is None:
            continue
        if edition.number != line.number:
            raise Broken("V13", f"The document of edition {line.number} is that of edition {edition.number}.")
        if line.content not in ("", edition.content):
            raise Broken("V13", f"Edition {line.number} of the exam has another content than its document names.")
        contents[line.number].add(edition.content)
        formers[line.number - 1].add(edition.former)
    unknown = {line.number for line in lines if line.document is None and line.manifest is None}
    for line, edition in zip(lines, documents, strict=True):
        before = contents[line.number - 1]
        if edition is not None and edition.former not in before and line.number - 1 not in unknown:
            raise Broken("V13", f"Edition {line.number} of the exam does not follow edition {line.number - 1}.")
        if edition is None and line.number and line.content not in {"", *formers[line.number]}:
            raise Broken("V13", f"No document names the content of edition {line.number}.")
    return contents


def _check_content(
    line: Line, head: Head, where: tuple[BundleReader, Mapping[str, Member]], of: tuple[ExamId, VerifyKey]
) -> None:  # V14
    if line.manifest is None or line.signature is None:
        if line.parts or line.manifest is not None or line.signature is not None:
            raise Broken("V14", f"The content of edition {line.number} is there in part only.")
        return
    exam, key = of
    try:
        manifest = check_manifest(line.manifest.encode(), bytes.fromhex(line.signature), exam, key.verify)
    except PeerFault as fault:
        raise Broken("V14", f"The content of edition {line.number} does not hold: {fault.sentence}") from fault
    _check_parts(line, manifest, head, where)


def _check_parts(
    line: Line, manifest: Manifest, head: Head, where: tuple[BundleReader, Mapping[str, Member]]
) -> None:  # V14
    reader, parts = where
    whole, size = digest_of(bytes.fromhex(head.exam), bytes.fromhex(head.key)), 0
    for name in line.parts:
        if name not in parts:
            raise Broken("V14", f"The part {name[:16]} of edition {line.number} is missing.")
        size += parts[name].size
        if size > manifest.size:
            break
        own = hashlib.sha256()
        for piece in reader.pieces(parts[name]):
            own.update(piece)
            whole.update(piece)
        if own.hexdigest() != name:
            raise Broken("V14", f"The part {name[:16]} of edition {line.number} was changed.")
    if size != manifest.size or not hmac.compare_digest(whole.hexdigest(), manifest.check):
        raise Broken("V14", f"The content of edition {line.number} is not the one that the exam's key signed.")


def _check_taken(journals: Iterable[Verified], by_number: Mapping[int, set[str]]) -> None:  # V16
    for journal in journals:
        for seq, number, content in journal.taken:
            named = journal.endorsement.journal
            if not by_number.get(number):
                raise Broken("V16", f"the desk took edition {number} of the exam, which is not there.", named, seq)
            if content not in by_number[number]:
                raise Broken("V16", f"the desk took another edition {number} of the exam.", named, seq)


class Given(msgspec.Struct, frozen=True):
    """An edition as a bundle has it; `content` is None where it was lost."""

    number: int
    content: Content | None


def read_editions(reader: BundleReader, members: Mapping[str, Member]) -> Iterator[Given]:
    """Yield the editions of a verified bundle one at a time, none where it carries none."""
    listed = members.get(LINES)
    lines = () if listed is None else read_lines(reader.read(listed, MAX_LINES)).lines
    for line in lines:
        yield Given(line.number, _open(reader, members, line))


def _open(reader: BundleReader, members: Mapping[str, Member], line: Line) -> Content | None:
    if line.manifest is None:
        return None
    joined = b"".join(reader.read(members[PARTS + part], MAX_CONTENT_BYTES) for part in line.parts)
    try:
        return open_content(joined)
    except PeerFault as fault:
        raise NotABundle(f"The content of edition {line.number} can't be read: {fault.sentence}") from fault
