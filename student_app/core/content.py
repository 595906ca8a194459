"""The exam's content on its way to the student: sealed parts, then the key, then questions, starter files and rules."""

from collections.abc import Callable
from hashlib import sha256

import msgspec

from shared.admission.edition import Edition, content_hash, read_edition
from shared.crypto.keys import VerifyKey
from shared.exam.content import Content, ContentFile, QuestionContent, encode_content, open_content
from shared.exam.drawing import Draw, draw, session_seed
from shared.exam.front import FrontPage, front_of, read_front
from shared.exam.sealing import Manifest, Sealed, check_manifest, open_sealed
from shared.ids import ExamId, SessionId
from shared.problems import PeerFault
from student_app.core.journal_file import JournalFile, Write, put_meta, put_piece

MAX_FRAME_PARTS = 64
_MANIFEST, _SIGNATURE, KEY = "content-manifest", "content-signature", "content-key"
_FRONT, _EDITION, _FORMER = "content-front", "content-edition", "content-former"


class Copy:
    """One sealed content on its way: what the hub offered, and the pieces that are here."""

    def __init__(
        self, signed: tuple[bytes, bytes], read: Manifest, envelope: bytes = b"", edition: Edition | None = None
    ) -> None:
        """`signed` is the manifest with its signature, `envelope` what the exam's key signed of the edition."""
        self.manifest, self.signature = signed
        self.envelope = envelope
        self.read = read
        self.edition = edition
        self.pieces: dict[int, bytes] = {}
        self._coming: dict[int, list[bytes]] = {}

    @property
    def number(self) -> int:
        """The number of its edition."""
        return 0 if self.edition is None else self.edition.number

    @property
    def whole(self) -> bool:
        """Whether all pieces are here."""
        return len(self.pieces) == len(self.read.pieces)

    def missing(self) -> list[int]:
        """Return the pieces to ask for, and forget the halves of pieces that came."""
        self._coming.clear()
        return [index for index in range(len(self.read.pieces)) if index not in self.pieces]

    def fits(self, index: int, piece: bytes) -> bool:
        """Whether this is the piece that the manifest names."""
        return 0 <= index < len(self.read.pieces) and sha256(piece).hexdigest() == self.read.pieces[index]

    def part(self, index: int, data: bytes, part: int, parts: int) -> bytes | None:
        """Take a part of a piece (counted from 1, in order) and return the piece once it is whole.

        Raises:
            PeerFault: the piece is not the one that the manifest names.
        """
        known = 0 <= index < len(self.read.pieces) and index not in self.pieces
        if not known or not 1 <= part <= parts <= MAX_FRAME_PARTS:
            return None
        coming = self._coming.setdefault(index, [])
        if part != len(coming) + 1:
            return None
        coming.append(data)
        if part < parts:
            return None
        piece = b"".join(self._coming.pop(index))
        if not self.fits(index, piece):
            raise PeerFault(f"Piece {index + 1} of the exam's content is not the one that was announced.")
        self.pieces[index] = piece
        return piece

    def opened(self, exam: ExamId, key: bytes, exam_key: VerifyKey) -> Content:
        """Return what is in it; raises `PeerFault` when it does not open."""
        pieces = tuple(self.pieces[index] for index in range(len(self.read.pieces)))
        sealed = Sealed(self.manifest, self.signature, pieces)
        return open_content(open_sealed(sealed, exam, key, exam_key.verify))

    def writes(self) -> list[Write]:
        """Return the writes that keep all of it, in place of what was kept before."""
        kept: list[Write] = [("DELETE FROM content", ())]
        kept.extend(put_piece(index, data) for index, data in self.pieces.items())
        kept += [put_meta(_MANIFEST, self.manifest), put_meta(_SIGNATURE, self.signature)]
        return [*kept, put_meta(_EDITION, self.envelope)]


class ContentBox:
    """Collects the sealed pieces and opens them with the key. `keep` makes each step durable in the journal.

    A later edition is collected beside the content that is here, and takes its place once it is whole: a desk that
    loses its network or its power in between has the former one.

    Attributes:
        content: the open content, None until pieces and key are here.
        former: what was open before an edition came; None where nothing was.
        front: what may be read before the start; None until it is here.
    """

    def __init__(self, exam: ExamId, exam_key: VerifyKey, keep: Callable[..., None]) -> None:
        self.content: Content | None = None
        self.former: Content | None = None
        self.front: FrontPage | None = None
        self._front = b""
        self._exam = exam
        self._exam_key = exam_key
        self._keep = keep
        self._held: Copy | None = None
        self._next: tuple[Copy, FrontPage | None, bytes] | None = None
        self._key: bytes | None = None

    def recall(self, file: JournalFile) -> None:
        """Take what an earlier start kept; what is damaged is fetched again."""
        manifest, signature = file.meta(_MANIFEST), file.meta(_SIGNATURE)
        if manifest is None or signature is None:
            return
        try:
            self._held = self._copy(manifest, signature, file.meta(_EDITION) or b"")
            self._take_front(file.meta(_FRONT) or b"")
            self._held.pieces = {at: data for at, data in file.pieces().items() if self._held.fits(at, data)}
            self._key = file.meta(KEY)
            former = file.meta(_FORMER)
            self._open()
            self.former = open_content(former) if former else None
        except PeerFault:
            if self._held is not None:
                self._held.pieces = {}

    def copied(self) -> list[Write]:
        """Return the writes that bring all of this into another journal of the same session."""
        writes = [] if self._held is None else [*self._held.writes(), put_meta(_FRONT, self._front)]
        if self._key is not None:
            writes.append(put_meta(KEY, self._key))
        return writes

    @property
    def here(self) -> bool:
        """Whether the whole exam, sealed or open, is on this PC."""
        return self._held is not None and self._held.whole

    @property
    def edition(self) -> Edition | None:
        """The edition that is here; None for the first content."""
        return None if self._held is None else self._held.edition

    @property
    def envelope(self) -> bytes:
        """What the exam's key signed of this edition; empty for the first content."""
        return b"" if self._held is None else self._held.envelope

    def rebind(self, keep: Callable[..., None]) -> None:
        """Make further steps durable in another journal of this session."""
        self._keep = keep

    def offered(self, manifest: bytes, signature: bytes, front: bytes = b"", edition: bytes = b"") -> list[int]:
        """Take the hub's offer, with the signed front page, and return the pieces to ask for.

        An edition that comes before the one that is here changes nothing: it is from a hub that lost its records.

        Raises:
            PeerFault: the exam's key did not sign it.
        """
        held = self._held
        if held is not None and (manifest, edition) == (held.manifest, held.envelope):
            self._next = None
            if front and front != self._front:
                self._take_front(front)
                self._keep(put_meta(_FRONT, front))
            return held.missing()
        copy = self._copy(manifest, signature, edition)
        page = read_front(front, self._exam_key, self._exam) if front else None
        if held is not None and copy.number < held.number:
            return []
        if held is not None and held.whole:
            self._next = (copy, page, front)
            if held.read.pieces == copy.read.pieces:  # the same content under another number
                copy.pieces = dict(held.pieces)
                self._take_next()
        else:
            self._held, self.front, self._front = copy, page, front
            self._keep(*copy.writes(), put_meta(_FRONT, front))
        return copy.missing()

    def part(self, index: int, data: bytes, part: int, parts: int) -> bool:
        """Take a part of a piece (counted from 1, in order); True when the content is open now, or another one.

        Raises:
            PeerFault: the piece is not the one that the manifest names.
        """
        copy = self._held if self._next is None else self._next[0]
        piece = None if copy is None else copy.part(index, data, part, parts)
        if copy is None or piece is None:
            return False
        if self._next is not None:
            return copy.whole and self._take_next()
        self._keep(put_piece(index, piece))
        return self._open()

    def unlock(self, key: bytes) -> bool:
        """Take the key; True when the content is open now."""
        if self._key == key and self.content is not None:
            return False
        self._key = key
        self._keep(put_meta(KEY, key))
        return self._open()

    def settled(self) -> None:
        """What the edition changed was worked out: the content before it is not needed any more."""
        if self.former is not None:
            self.former = None
            self._keep(put_meta(_FORMER, b""))

    def _copy(self, manifest: bytes, signature: bytes, envelope: bytes) -> Copy:
        read = check_manifest(manifest, signature, self._exam, self._exam_key.verify)
        edition = read_edition(envelope, self._exam_key, self._exam) if envelope else None
        if edition is not None and edition.content != content_hash(manifest):
            raise PeerFault("The hub offered another content than the one that its edition names.")
        return Copy((manifest, signature), read, envelope, edition)

    def _take_front(self, front: bytes) -> None:
        self.front = read_front(front, self._exam_key, self._exam) if front else None
        self._front = front

    def _take_next(self) -> bool:
        """Let the edition that is whole now take the place of what was here, in one transaction."""
        assert self._next is not None
        copy, page, front = self._next
        self._next = None
        content = None if self._key is None else copy.opened(self._exam, self._key, self._exam_key)
        writes = [*copy.writes(), put_meta(_FRONT, front)]
        if self.former is None and self.content is not None:
            self.former = self.content
            writes.append(put_meta(_FORMER, encode_content(self.content)))
        self._held, self.front, self._front = copy, page, front
        self._keep(*writes)
        return self._show(content)

    def _open(self) -> bool:
        if self._key is None or self._held is None or not self._held.whole:
            return False
        return self._show(self._held.opened(self._exam, self._key, self._exam_key))

    def _show(self, content: Content | None) -> bool:
        self.content = content
        if content is not None and (self.front is None or self.front.cut):
            own = front_of(content) if self.front is None else self.front
            self.front = msgspec.structs.replace(own, instructions=content.instructions, cut=False)
        return content is not None


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
        added: staff added it while the exam ran, and the student has not written in it yet.
        withdrawn: staff took it out of the exam; the work is kept.
    """

    id: str
    title: str
    main: str
    files: tuple[str, ...]
    runs: int = 0
    last_run: str = ""
    changed_ms: int | None = None
    added: bool = False
    withdrawn: bool = False
