"""The evidence bundle, `*.examrecord`: everything that an outsider needs to verify an exam's record.

B-3  `manifest.json` is the first member: a DSSE envelope by the exam key with the exam and each further member's
     name, size and SHA-256, in order.
B-4  `journals/<id>.jsonl` are records as in shared.log.record; `verify_record.py` is the stand-alone verifier;
     other members are covered by the manifest alone, but those of the exam's editions (shared.bundle.editions, B-7).
"""

import hashlib
import io
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec

from shared.bundle.container import BundleReader, BundleWriter, Member, NotABundle
from shared.bundle.editions import Held, verify_editions
from shared.crypto.dsse import claimed, is_canonical, open_envelope, seal
from shared.crypto.keys import SigningKey, VerifyKey
from shared.ids import ExamId
from shared.log.kept import Kept
from shared.log.verify import Broken, JournalVerifier, ReceiptChain, Verified, none_missing
from shared.problems import InputProblem, PeerFault

MANIFEST = "manifest.json"
MANIFEST_TYPE = "application/vnd.examdesk.manifest+json"
MAX_MANIFEST = 16 * 1024 * 1024
_PIECE = 1 << 20


class Part(msgspec.Struct, frozen=True):
    """A member as the manifest lists it."""

    name: str
    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a bundle is of; `exam_key` is the exam's Ed25519 public key in hexadecimal."""

    format: int = 1
    exam: str
    title: str
    exam_key: str
    created_ms: int
    members: tuple[Part, ...]


class Checked(msgspec.Struct, frozen=True):
    """A bundle that holds; `editions` are those of the exam's content, None where it carries none (B-7)."""

    manifest: Manifest
    journals: tuple[Verified, ...]
    receipts: int
    editions: Held | None = None

    @property
    def events(self) -> int:
        """How many events all journals have."""
        return sum(journal.events for journal in self.journals)


def write_bundle(file: BinaryIO, files: Iterable[tuple[str, Path]], manifest: Manifest, key: SigningKey) -> Manifest:
    """Write a bundle of files on disk; `manifest.members` is filled in here and the manifest returned."""
    listed = [(name, path, *_measure(path)) for name, path in files]
    parts = tuple(Part(name, size, digest) for name, _, size, digest, _ in listed)
    whole = msgspec.structs.replace(manifest, members=parts, exam_key=key.public.to_bytes().hex())
    envelope = seal(MANIFEST_TYPE, msgspec.json.encode(whole), key)
    writer = BundleWriter(file)
    _add_bytes(writer, MANIFEST, envelope)
    for name, path, size, _, crc in listed:
        with path.open("rb") as source:
            writer.add(name, source, size, crc)
    writer.close()
    return whole


def verify_bundle(file: BinaryIO, exam_key: VerifyKey | None = None, kept: Kept | None = None) -> Checked:
    """Check a bundle whole: form, manifest, every journal, every member.

    Args:
        file: the bundle, seekable.
        exam_key: the key to trust; without it the bundle's own is taken, and the caller shows its fingerprint.
        kept: what students keep, and the journals have to go with.

    Raises:
        Broken: a journal or an edition does not hold; says the check, the journal and the event.
        NotABundle: the form or the manifest does not hold.
    """
    reader = BundleReader(file)
    walk = reader.members()
    manifest, key = _manifest(reader, next(walk, None), exam_key)
    receipts = ReceiptChain()
    journals: list[Verified] = []
    members: dict[str, Member] = {}
    expected = iter(manifest.members)
    for member in walk:
        part = next(expected, None)
        if part is None or (part.name, part.size) != (member.name, member.size):
            raise NotABundle(f"{member.name} is not what the manifest lists at this place.")
        if member.name.startswith("journals/"):
            journals.append(_journal(reader, member, JournalVerifier(key, receipts, kept)))
        if _digest(reader.pieces(member)) != part.sha256:
            raise NotABundle(f"{member.name} is not what the manifest was signed for.")
        members[member.name] = member
    missing = next(expected, None)
    if missing is not None:
        raise NotABundle(f"{missing.name} is missing from the bundle.")
    none_missing(kept)
    editions = verify_editions(reader, members, _exam_of(manifest), key, journals)
    return Checked(manifest, tuple(journals), receipts.finish(), editions)


def _exam_of(manifest: Manifest) -> ExamId:
    try:
        return ExamId(bytes.fromhex(manifest.exam))
    except ValueError as error:
        raise NotABundle("The manifest of the bundle names no exam.") from error


def open_bundle(path: Path) -> BinaryIO:
    """Open a bundle's file for reading; raises InputProblem with a sentence."""
    try:
        if not path.is_dir() and path.exists() and not path.is_file():
            raise InputProblem(f"{path} is no file but a pipe or a device. Save what comes from it as a file first.")
        return path.open("rb")
    except OSError as error:
        raise InputProblem(f"{path} can't be opened: {error.strerror}.") from error


def _manifest(reader: BundleReader, member: Member | None, trusted: VerifyKey | None) -> tuple[Manifest, VerifyKey]:
    if member is None or member.name != MANIFEST:
        raise NotABundle("This file is not an ExamDesk bundle: it does not begin with a manifest.")
    envelope = reader.read(member, MAX_MANIFEST)
    try:
        key = trusted or _own_key(envelope)
        manifest = msgspec.json.decode(open_envelope(envelope, MANIFEST_TYPE, [key]), type=Manifest)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise NotABundle("The manifest of the bundle can't be read.") from error
    except PeerFault as fault:
        raise NotABundle(f"The manifest of the bundle does not hold: {fault.sentence}") from fault
    if not is_canonical(envelope) or manifest.format != 1 or manifest.exam_key != key.to_bytes().hex():
        raise NotABundle("The manifest of the bundle is not in its canonical form.")
    return manifest, key


def _own_key(envelope: bytes) -> VerifyKey:
    """Return the key that a manifest names, of which nothing is known yet."""
    says = msgspec.json.decode(claimed(envelope, MANIFEST_TYPE) or b"", type=Manifest)
    return VerifyKey(bytes.fromhex(says.exam_key))


def _journal(reader: BundleReader, member: Member, verifier: JournalVerifier) -> Verified:
    for line in reader.lines(member):
        verifier.feed(line)
    verified = verifier.finish()
    if member.name != f"journals/{verified.endorsement.journal}.jsonl":
        raise Broken("V2", f"{member.name} holds another journal than its name says.")
    return verified


def _measure(path: Path) -> tuple[int, str, int]:
    digest, crc, size = hashlib.sha256(), 0, 0
    with path.open("rb") as file:
        for piece in iter(lambda: file.read(_PIECE), b""):
            digest.update(piece)
            crc = zlib.crc32(piece, crc)
            size += len(piece)
    return size, digest.hexdigest(), crc


def _digest(pieces: Iterator[bytes]) -> str:
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    return digest.hexdigest()


def _add_bytes(writer: BundleWriter, name: str, data: bytes) -> None:
    writer.add(name, io.BytesIO(data), len(data), zlib.crc32(data))
