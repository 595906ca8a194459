"""The exam's content on its way to the student: sealed parts, then the key, then questions, starter files and rules."""

from collections.abc import Callable
from hashlib import sha256

import msgspec

from shared.crypto.keys import VerifyKey
from shared.exam.content import Content, ContentFile, QuestionContent, open_content
from shared.exam.drawing import Draw, draw, session_seed
from shared.exam.front import FrontPage, front_of, read_front
from shared.exam.sealing import Manifest, Sealed, check_manifest, open_sealed
from shared.ids import ExamId, SessionId
from shared.problems import PeerFault
from student_app.core.journal_file import JournalFile, Write, put_meta, put_piece

MAX_FRAME_PARTS = 64
_MANIFEST, _SIGNATURE, KEY = "content-manifest", "content-signature", "content-key"
_FRONT = "content-front"


class ContentBox:
    """Collects the sealed pieces and opens them with the key. `keep` makes each step durable in the journal.

    Attributes:
        content: the open content, None until pieces and key are here.
        front: what may be read before the start; None until it is here.
    """

    def __init__(self, exam: ExamId, exam_key: VerifyKey, keep: Callable[..., None]) -> None:
        self.content: Content | None = None
        self.front: FrontPage | None = None
        self._envelope = b""
        self._exam = exam
        self._exam_key = exam_key
        self._keep = keep
        self._manifest: Manifest | None = None
        self._offer = (b"", b"")
        self._pieces: dict[int, bytes] = {}
        self._coming: dict[int, list[bytes]] = {}
        self._key: bytes | None = None

    def recall(self, file: JournalFile) -> None:
        """Take what an earlier start kept; what is damaged is fetched again."""
        manifest, signature = file.meta(_MANIFEST), file.meta(_SIGNATURE)
        if manifest is None or signature is None:
            return
        try:
            self._take_offer(manifest, signature, file.meta(_FRONT) or b"")
            self._pieces = {index: data for index, data in file.pieces().items() if self._fits(index, data)}
            self._key = file.meta(KEY)
            self._open()
        except PeerFault:
            self._pieces = {}

    def copied(self) -> list[Write]:
        """Return the writes that bring all of this into another journal of the same session."""
        writes = self._offer_writes() if self._manifest is not None else []
        writes.extend(put_piece(index, data) for index, data in self._pieces.items())
        if self._key is not None:
            writes.append(put_meta(KEY, self._key))
        return writes

    @property
    def here(self) -> bool:
        """Whether the whole exam, sealed or open, is on this PC."""
        return self._manifest is not None and len(self._pieces) == self._total

    def rebind(self, keep: Callable[..., None]) -> None:
        """Make further steps durable in another journal of this session."""
        self._keep = keep

    def offered(self, manifest: bytes, signature: bytes, front: bytes = b"") -> list[int]:
        """Take the hub's offer, with the signed front page, and return the pieces to ask for.

        Raises:
            PeerFault: the exam's key did not sign it.
        """
        if (manifest, signature) != self._offer:
            self._take_offer(manifest, signature, front)
            self._pieces.clear()
            self._keep(("DELETE FROM content", ()), *self._offer_writes())
        elif front and front != self._envelope:
            self._take_offer(manifest, signature, front)
            self._keep(put_meta(_FRONT, front))
        self._coming.clear()
        return [index for index in range(self._total) if index not in self._pieces]

    def part(self, index: int, data: bytes, part: int, parts: int) -> bool:
        """Take a part of a piece (counted from 1, in order); True when the content is open now.

        Raises:
            PeerFault: the piece is not the one that the manifest names.
        """
        if not 0 <= index < self._total or index in self._pieces or not 1 <= part <= parts <= MAX_FRAME_PARTS:
            return False
        coming = self._coming.setdefault(index, [])
        if part != len(coming) + 1:
            return False
        coming.append(data)
        if part < parts:
            return False
        piece = b"".join(self._coming.pop(index))
        if not self._fits(index, piece):
            raise PeerFault(f"Piece {index + 1} of the exam's content is not the one that was announced.")
        self._pieces[index] = piece
        self._keep(put_piece(index, piece))
        return self._open()

    def unlock(self, key: bytes) -> bool:
        """Take the key; True when the content is open now."""
        if self._key == key and self.content is not None:
            return False
        self._key = key
        self._keep(put_meta(KEY, key))
        return self._open()

    @property
    def _total(self) -> int:
        return len(self._manifest.pieces) if self._manifest is not None else 0

    def _fits(self, index: int, piece: bytes) -> bool:
        wanted = self._manifest.pieces[index] if self._manifest is not None and 0 <= index < self._total else ""
        return sha256(piece).hexdigest() == wanted

    def _take_offer(self, manifest: bytes, signature: bytes, front: bytes) -> None:
        page = read_front(front, self._exam_key, self._exam) if front else None
        self._manifest = check_manifest(manifest, signature, self._exam, self._exam_key_verifies)
        self._offer = (manifest, signature)
        self.front, self._envelope = page, front

    def _exam_key_verifies(self, signature: bytes, message: bytes) -> bool:
        return self._exam_key.verify(signature, message)

    def _offer_writes(self) -> list[Write]:
        manifest, signature = self._offer
        return [put_meta(_MANIFEST, manifest), put_meta(_SIGNATURE, signature), put_meta(_FRONT, self._envelope)]

    def _open(self) -> bool:
        if self._key is None or self._manifest is None or len(self._pieces) < self._total:
            return False
        pieces = tuple(self._pieces[index] for index in range(self._total))
        plain = open_sealed(Sealed(*self._offer, pieces), self._exam, self._key, self._exam_key_verifies)
        self.content = open_content(plain)
        if self.front is None or self.front.cut:
            own = front_of(self.content) if self.front is None else self.front
            self.front = msgspec.structs.replace(own, instructions=self.content.instructions, cut=False)
        return True


def drawn_for(content: Content, session: SessionId, draws: int = 0) -> Draw:
    """Return this session's questions: the seed is bound to the session, so every device draws the same."""
    return draw(content, session_seed(session, draws))


def starter_files(question: QuestionContent) -> list[tuple[str, str]]:
    """Return the question's editable files as `question/name` with their text; the main file is always there."""
    files = [(f"{question.id}/{file.path}", text_of(file)) for file in question.starter]
    main = f"{question.id}/{question.main}"
    if main not in dict(files):
        files.append((main, ""))
    return files


def may_check(content: Content) -> bool:
    """Tell whether students may run the checks that they see: not where the exam keeps results to itself."""
    return not content.checks.enabled or content.checks.show_results


def text_of(file: ContentFile) -> str:
    """Return a file's text; bytes that are no UTF-8 become replacement characters."""
    return file.data.decode("utf-8-sig", "replace")


def readable(file: ContentFile) -> str:
    """Return the text of a file that is text; nothing for pictures, PDFs and the like."""
    if b"\0" in file.data or file.data.startswith(b"%PDF"):
        return ""
    try:
        return file.data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return ""


class QuestionView(msgspec.Struct, frozen=True):
    """A question in the student's own order, with the workspace's files of it.

    Attributes:
        runs: how often its programs were run; `last_run` is `ran` or `failed`, empty before the first.
        changed_ms: when the student last changed one of its files, by this PC's clock; None for never.
    """

    id: str
    title: str
    main: str
    files: tuple[str, ...]
    runs: int = 0
    last_run: str = ""
    changed_ms: int | None = None
