"""The editions of an exam's content for its bundle: contents from the records, documents from commands and journals."""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from examdesk.exports.pages import Pages
from examdesk.readmodels.exam import edition_documents
from examdesk.store.edition_rows import KeptPlain, kept_plain
from shared.admission.edition import Edition, content_hash, read_edition
from shared.bundle.editions import LINES, PARTS, Head, Line, cut, write_lines
from shared.crypto.keys import SigningKey
from shared.events import decode, kinds
from shared.exam.content import open_content
from shared.log.entry import Entry
from shared.problems import PeerFault


class Documents:
    """What the exam's key signed of editions: what the hub made, and what desks took, if it lost its records.

    Attributes:
        served_first: the hub never served another content than its first.
    """

    def __init__(self, pages: Pages) -> None:
        self._key = SigningKey.from_bytes(pages.keys.signing).public
        self._exam = pages.exam_id
        self._found: dict[bytes, Edition] = {}
        for _, envelope in edition_documents(pages.reader, pages.exam_id):
            self._add(envelope)
        self.served_first = not self._found

    def along(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        """Yield events as they come, and take the documents from them."""
        for entry in entries:
            if entry.header[1] == kinds.EditionTaken.KIND and entry.payload is not None:
                try:
                    event = decode(kinds.EditionTaken.KIND, entry.payload)
                except PeerFault:  # what can't be read is the desk's own word (V11)
                    event = None
                if isinstance(event, kinds.EditionTaken):
                    self._add(event.envelope.encode())
            yield entry

    def _add(self, envelope: bytes) -> None:
        if envelope in self._found:
            return
        try:
            self._found[envelope] = read_edition(envelope, self._key, self._exam)
        except PeerFault:  # the same: nobody has to believe it
            return

    def in_order(self) -> list[tuple[Edition, str]]:
        """Return them by number, read and as signed."""
        found = sorted(self._found.items(), key=lambda each: (each[1].number, each[1].issued_ms, each[0]))
        return [(edition, envelope.decode()) for envelope, edition in found]


class _Kept(msgspec.Struct, frozen=True):
    manifest: str
    signature: str
    parts: tuple[str, ...]


def edition_files(pages: Pages, documents: Documents, parts: Path) -> Iterator[tuple[str, Path]]:
    """Write the members of a bundle that are about editions (B-7), and yield each with its path; none without any."""
    kept: dict[str, _Kept] = {}
    written: dict[str, Path] = {}
    with pages.reader.connect() as connection:
        for each in kept_plain(connection, pages.exam_id):
            kept[content_hash(each.manifest)] = _write(each, parts, written)
    if not kept:
        return
    head = Head(pages.exam_id.hex(), pages.keys.content.hex())
    lines = list(_lines(kept, documents))
    path = parts / LINES
    path.write_bytes(write_lines(head, lines))
    yield LINES, path
    used = {PARTS + part for line in lines for part in line.parts}
    for name, part in sorted(written.items()):
        if name in used:
            yield name, part
        else:  # of a content from before editions had numbers
            part.unlink()


def _write(each: KeptPlain, parts: Path, written: dict[str, Path]) -> _Kept:
    names = []
    for part in cut(open_content(each.plain), each.plain):
        name = hashlib.sha256(part).hexdigest()
        names.append(name)
        path = parts / PARTS / name
        if PARTS + name not in written:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(part)
            written[PARTS + name] = path
    return _Kept(each.manifest.decode(), each.signature.hex(), tuple(names))


def _lines(kept: dict[str, _Kept], documents: Documents) -> Iterator[Line]:
    """Yield a line for each edition from 0 on; one of which nothing is known has an empty one."""
    by_number: dict[int, list[tuple[str, str | None]]] = {}
    for edition, document in documents.in_order():
        by_number.setdefault(edition.number, []).append((edition.content, document))
    if documents.served_first:
        by_number[0] = [(next(reversed(kept)), None)]
    for edition, _ in documents.in_order():
        before = by_number.setdefault(edition.number - 1, [])
        if edition.former not in {content for content, _ in before}:
            before.append((edition.former, None))
    for number in range(max(by_number) + 1):
        for content, envelope in by_number.get(number) or [("", None)]:
            held = kept.get(content)
            if held is None:
                yield Line(number, envelope, None, None, ())
            else:
                yield Line(number, envelope, held.manifest, held.signature, held.parts)
