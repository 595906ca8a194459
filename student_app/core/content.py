"""The exam's content on its way to the student: sealed parts, then the key, then questions, starter files and rules."""

from collections.abc import Callable
from hashlib import sha256

import msgspec

from shared.crypto.keys import VerifyKey
from shared.exam.content import Content, ContentFile, QuestionContent, open_content
from shared.exam.drawing import Draw, draw
from shared.exam.sealing import PIECE_BYTES, TAG_BYTES, Manifest, Sealed, check_manifest, open_sealed
from shared.ids import ExamId, SessionId
from shared.problems import PeerFault
from student_app.core.journal_file import JournalFile, Write, put_meta, put_piece

MAX_PARTS = 4096
_MANIFEST, _SIGNATURE, _PARTS, KEY = "content-manifest", "content-signature", "content-parts", "content-key"


class ContentBox:
    """Collects what is sealed and opens it with the key. `keep` makes each step durable in the journal.

    The hub sends the sealed pieces, one after the other, cut into parts that fit a frame.
    """

    def __init__(self, exam: ExamId, exam_key: VerifyKey, keep: Callable[..., None]) -> None:
        self._exam = exam
        self._exam_key = exam_key
        self._keep = keep
        self._manifest: Manifest | None = None
        self._offer = (b"", b"")
        self._total = 0
        self._parts: dict[int, bytes] = {}
        self._key: bytes | None = None
        self.content: Content | None = None

    def recall(self, file: JournalFile) -> None:
        """Take what an earlier start kept; what is damaged is fetched again."""
        manifest, signature, total = file.meta(_MANIFEST), file.meta(_SIGNATURE), file.meta(_PARTS)
        if manifest is None or signature is None or total is None:
            return
        try:
            self._take_offer(manifest, signature, int(total))
            self._parts = file.pieces()
            self._key = file.meta(KEY)
            self._open()
        except PeerFault:
            self._parts, self._total = {}, 0

    def copied(self) -> list[Write]:
        """Return the writes that bring all of this into another journal of the same session."""
        if self._manifest is None:
            return []
        writes = self._offer_writes()
        writes.extend(put_piece(index, data) for index, data in self._parts.items())
        if self._key is not None:
            writes.append(put_meta(KEY, self._key))
        return writes

    def rebind(self, keep: Callable[..., None]) -> None:
        """Make further steps durable in another journal of this session."""
        self._keep = keep

    def offered(self, manifest: bytes, signature: bytes, parts: int) -> list[int]:
        """Take the hub's offer and return the parts to ask for.

        Raises:
            PeerFault: the exam's key did not sign it, or it can't be.
        """
        if (manifest, signature) != self._offer:
            self._take_offer(manifest, signature, parts)
            self._parts.clear()
            self._keep(("DELETE FROM content", ()), *self._offer_writes())
        return [index for index in range(self._total) if index not in self._parts]

    def part(self, index: int, data: bytes) -> bool:
        """Take a part; True when this was the last one missing and the content is open now."""
        if not 0 <= index < self._total or index in self._parts:
            return False
        self._parts[index] = data
        self._keep(put_piece(index, data))
        return self._open()

    def unlock(self, key: bytes) -> bool:
        """Take the key; True when the content is open now."""
        if self._key == key and self.content is not None:
            return False
        self._key = key
        self._keep(put_meta(KEY, key))
        return self._open()

    def _take_offer(self, manifest: bytes, signature: bytes, parts: int) -> None:
        if not 0 < parts <= MAX_PARTS:
            raise PeerFault(f"The hub offers the exam in {parts} parts; at most {MAX_PARTS} are taken.")
        self._manifest = check_manifest(manifest, signature, self._exam, _verify_with(self._exam_key))
        self._offer, self._total = (manifest, signature), parts

    def _offer_writes(self) -> list[Write]:
        manifest, signature = self._offer
        total = str(self._total).encode()
        return [put_meta(_MANIFEST, manifest), put_meta(_SIGNATURE, signature), put_meta(_PARTS, total)]

    def _open(self) -> bool:
        if self._key is None or self._manifest is None or len(self._parts) < self._total:
            return False
        whole = b"".join(self._parts[index] for index in range(self._total))
        step = PIECE_BYTES + TAG_BYTES
        pieces = tuple(whole[start : start + step] for start in range(0, len(whole), step))
        try:
            plain = open_sealed(Sealed(*self._offer, pieces), self._exam, self._key, _verify_with(self._exam_key))
            self.content = open_content(plain)
        except PeerFault:
            self._parts.clear()  # asked for again with the next offer
            raise
        return True


def _verify_with(key: VerifyKey) -> Callable[[bytes, bytes], bool]:
    return key.verify


def drawn_for(content: Content, session: SessionId) -> Draw:
    """Return this session's questions: the seed is bound to the session, so every device draws the same."""
    return draw(content, draw_seed(session))


def draw_seed(session: SessionId) -> bytes:
    """Return the first 16 bytes of SHA-256("EDP1 draw" ‖ session id)."""
    return sha256(b"EDP1 draw" + session).digest()[:16]


def starter_files(question: QuestionContent) -> list[tuple[str, str]]:
    """Return the question's editable files as `question/name` with their text; the main file is always there."""
    files = [(f"{question.id}/{file.path}", text_of(file)) for file in question.starter]
    main = f"{question.id}/{question.main}"
    if main not in dict(files):
        files.append((main, ""))
    return files


def text_of(file: ContentFile) -> str:
    """Return a file's text; bytes that are no UTF-8 become replacement characters."""
    return file.data.decode("utf-8-sig", "replace")


class QuestionView(msgspec.Struct, frozen=True):
    """A question in the student's own order, with the workspace's files of it."""

    id: str
    title: str
    main: str
    files: tuple[str, ...]
