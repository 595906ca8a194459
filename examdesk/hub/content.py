"""The sealed content of the exam: sealed once, kept with the records, given out piece by piece."""

from pathlib import Path

import msgspec

from examdesk.store import Tx
from shared.crypto.keys import SigningKey
from shared.exam.content import encode_content, student_content
from shared.exam.sealing import Sealed, seal
from shared.ids import ExamId
from shared.wire.messages import ContentOffer, Piece

PART_BYTES = 128 * 1024
_MANIFEST = -2
_SIGNATURE = -1


class SealedContent(msgspec.Struct, frozen=True):
    """What desks are offered before the start."""

    sealed: Sealed

    def offer(self) -> ContentOffer:
        """Return the frame that says what there is."""
        return ContentOffer(self.sealed.manifest, self.sealed.signature, len(self.sealed.pieces))

    def parts(self, index: int) -> list[Piece]:
        """Return the frames that carry one piece, none for an index that does not exist."""
        if not 0 <= index < len(self.sealed.pieces):
            return []
        piece = self.sealed.pieces[index]
        cuts = [piece[at : at + PART_BYTES] for at in range(0, len(piece), PART_BYTES)] or [b""]
        return [Piece(index, data, part, len(cuts)) for part, data in enumerate(cuts, 1)]


def take_content(tx: Tx, exam: ExamId, folder: Path, key: bytes, signing: SigningKey) -> SealedContent:
    """Seal the exam folder's content and keep it; equal content gives the bytes that were kept before.

    Raises:
        InputProblem: the exam has mistakes, or is too large.
    """
    sealed = seal(encode_content(student_content(folder)), exam, key, signing.sign)
    parts = {_MANIFEST: sealed.manifest, _SIGNATURE: sealed.signature, **dict(enumerate(sealed.pieces))}
    if tx.sealed() != parts:
        tx.put_sealed(parts)
    return SealedContent(sealed)
