"""The sealed content of the exam: sealed once, kept with the records, given out piece by piece."""

from pathlib import Path

import msgspec

from examdesk.store import Tx
from shared.crypto.box import BoxPrivateKey
from shared.crypto.keys import SigningKey
from shared.exam.content import Content, encode_content, student_content
from shared.exam.document import Exam
from shared.exam.front import front_of, sign_front
from shared.exam.sealing import Sealed, seal, start_code_of, wrap_key
from shared.wire.messages import ContentOffer, Piece

PART_BYTES = 128 * 1024
_MANIFEST = -2
_SIGNATURE = -1


class ContentKeys(msgspec.Struct, frozen=True):
    """What sealing needs of an exam's keys."""

    content: bytes
    box: BoxPrivateKey
    signing: SigningKey


class SealedContent(msgspec.Struct, frozen=True):
    """What desks are offered before the start; `front` is the signed front page."""

    sealed: Sealed
    front: bytes = b""

    def offer(self) -> ContentOffer:
        """Return the frame that says what there is."""
        return ContentOffer(self.sealed.manifest, self.sealed.signature, len(self.sealed.pieces), self.front)

    def parts(self, index: int) -> list[Piece]:
        """Return the frames that carry one piece, none for an index that does not exist."""
        if not 0 <= index < len(self.sealed.pieces):
            return []
        piece = self.sealed.pieces[index]
        cuts = [piece[at : at + PART_BYTES] for at in range(0, len(piece), PART_BYTES)] or [b""]
        return [Piece(index, data, part, len(cuts)) for part, data in enumerate(cuts, 1)]


def take_content(tx: Tx, exam: Exam, folder: Path, keys: ContentKeys) -> SealedContent:
    """Seal the exam folder's content and keep it; equal content gives the bytes that were kept before.

    Raises:
        InputProblem: the exam has mistakes, or is too large.
    """
    content = student_content(folder)
    sealed = seal(encode_content(content), exam.id, keys.content, keys.signing.sign)
    parts = {_MANIFEST: sealed.manifest, _SIGNATURE: sealed.signature, **dict(enumerate(sealed.pieces))}
    if tx.sealed() != parts:
        tx.put_sealed(parts)
    return SealedContent(sealed, _front(exam, content, keys))


def _front(exam: Exam, content: Content, keys: ContentKeys) -> bytes:
    code, salt = start_code_of(keys.content, exam.id)
    page = msgspec.structs.replace(
        front_of(content),
        instructor=exam.instructor,
        minutes=exam.schedule.duration,
        box=keys.box.public.raw.hex(),
        start=wrap_key(code, keys.content, exam.id, salt),
    )
    return sign_front(page, keys.signing)
