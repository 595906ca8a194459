"""The sealed content of the exam: its newest edition is kept with the records and given out piece by piece."""

from functools import lru_cache
from pathlib import Path

import msgspec

from examdesk.hub.sessions.standings import EditionAction, newest_edition
from examdesk.store import Tx
from examdesk.store.rows import CommandRow
from shared.admission.edition import Edition, content_hash, read_edition, sign_edition
from shared.crypto.box import BoxPrivateKey
from shared.crypto.keys import SigningKey
from shared.exam.content import Content, QuestionContent, encode_content, open_content, student_content
from shared.exam.document import Exam
from shared.exam.front import front_of, sign_front
from shared.exam.sealing import Sealed, WrappedKey, open_sealed, seal, start_code_of, wrap_key
from shared.ids import ExamId
from shared.wire.messages import ContentOffer, Piece

PART_BYTES = 128 * 1024
AT_REST = "The exam's folder was changed while no hub served it."
_MANIFEST = -2
_SIGNATURE = -1
_packer = msgspec.msgpack.Encoder()
_withdrawn = msgspec.msgpack.Decoder(tuple[QuestionContent, ...])


class ContentKeys(msgspec.Struct, frozen=True):
    """What sealing needs of an exam's keys."""

    content: bytes
    box: BoxPrivateKey
    signing: SigningKey


class SealedContent(msgspec.Struct, frozen=True):
    """What desks are offered, opened as well.

    Attributes:
        front: the signed front page.
        envelope: what the exam's key signed of the edition; empty for the first content.
        edition: the same, read.
    """

    sealed: Sealed
    content: Content
    front: bytes = b""
    envelope: bytes = b""
    edition: Edition | None = None

    @property
    def number(self) -> int:
        """The number of the edition."""
        return 0 if self.edition is None else self.edition.number

    def offer(self) -> ContentOffer:
        """Return the frame that says what there is."""
        return ContentOffer(
            self.sealed.manifest, self.sealed.signature, len(self.sealed.pieces), self.front, edition=self.envelope
        )

    def parts(self, index: int) -> list[Piece]:
        """Return the frames that carry one piece, none for an index that does not exist."""
        if not 0 <= index < len(self.sealed.pieces):
            return []
        piece = self.sealed.pieces[index]
        cuts = [piece[at : at + PART_BYTES] for at in range(0, len(piece), PART_BYTES)] or [b""]
        return [Piece(index, data, part, len(cuts)) for part, data in enumerate(cuts, 1)]


class Former(msgspec.Struct, frozen=True, kw_only=True):
    """What comes before an edition: its document, and its content where these records have it."""

    envelope: bytes = b""
    edition: Edition | None = None
    sealed: Sealed | None = None
    content: Content | None = None

    @property
    def hash(self) -> str:
        """The hash by which the next edition names it; empty where there was none."""
        if self.sealed is not None:
            return content_hash(self.sealed.manifest)
        return "" if self.edition is None else self.edition.content


def former_of(content: SealedContent) -> Former:
    """What is served now, as what the next edition follows."""
    return Former(
        envelope=content.envelope,
        edition=content.edition,
        sealed=content.sealed,
        content=content.content,
    )


def take_content(tx: Tx, exam: Exam, folder: Path, keys: ContentKeys, now_ms: int) -> SealedContent:
    """Seal the exam folder's content and keep it; equal content gives the bytes that were kept before.

    Content that is different from what was kept becomes its next edition, as it does while a hub runs.

    Raises:
        InputProblem: the exam has mistakes, or is too large.
    """
    commands = tx.control.commands()
    former = _kept(tx, exam.id, keys, commands)
    content = following(
        former.content, student_content(folder), withdrawn=withdrawn_in(commands), begun=begun(tx, now_ms)
    )
    newest = max((notice.number for notice in tx.control.notices()), default=0)
    made = next_content(former, content, exam, keys, now_ms=now_ms, newest_notice=newest)
    if made.envelope != former.envelope:
        action = EditionAction(envelope=made.envelope.decode(), withdrawn=pack_withdrawn(content))
        tx.control.add_command(f"edition {made.number}", now_ms, AT_REST, msgspec.json.encode(action))
    keep_content(tx, made)
    return made


def following(
    former: Content | None, content: Content, *, withdrawn: tuple[QuestionContent, ...] = (), begun: bool
) -> Content:
    """Return a folder's content with the questions that it has no more, for those who have them.

    Before anybody has begun, nobody has a question: then what is gone is gone.
    """
    gone = {question.id: question for question in withdrawn}
    if begun and former is not None:
        gone.update({question.id: question for question in former.every_question})
    still = {question.id for question in content.questions}
    left = tuple(question for name, question in sorted(gone.items()) if name not in still)
    return msgspec.structs.replace(content, withdrawn=left)


def next_content(
    former: Former, content: Content, exam: Exam, keys: ContentKeys, *, now_ms: int, newest_notice: int
) -> SealedContent:
    """Seal content; it is the next edition where it is different from the former one."""
    sealed = seal(encode_content(content), exam.id, keys.content, keys.signing.sign)
    front, own = _front(exam, content, keys), content_hash(sealed.manifest)
    if former.hash in {"", own}:
        return SealedContent(sealed, content, front, former.envelope, former.edition)
    edition = Edition(
        exam=exam.id.hex(),
        number=1 if former.edition is None else former.edition.number + 1,
        issued_ms=now_ms,
        former=former.hash,
        content=own,
        prompts=_prompts(former, content, newest_notice),
    )
    return SealedContent(sealed, content, front, sign_edition(edition, keys.signing), edition)


def keep_content(tx: Tx, made: SealedContent) -> None:
    """Keep the newest edition with the records, where it is not there yet."""
    parts = {
        _MANIFEST: made.sealed.manifest,
        _SIGNATURE: made.sealed.signature,
        **dict(enumerate(made.sealed.pieces)),
    }
    if tx.sealed() != parts:
        tx.put_sealed(parts)


def begun(tx: Tx, now_ms: int) -> bool:
    """Whether somebody's time has begun."""
    return any(row.starts_ms is not None and row.starts_ms <= now_ms for row in tx.people.sessions())


def pack_withdrawn(content: Content) -> bytes:
    """The withdrawn questions of a content, as a command keeps them."""
    return _packer.encode(content.withdrawn) if content.withdrawn else b""


def withdrawn_in(commands: list[CommandRow]) -> tuple[QuestionContent, ...]:
    """Return the questions that were withdrawn by the newest edition."""
    action = newest_edition(commands)
    return () if action is None or not action.withdrawn else _withdrawn.decode(action.withdrawn)


def _kept(tx: Tx, exam: ExamId, keys: ContentKeys, commands: list[CommandRow]) -> Former:
    action = newest_edition(commands)
    envelope = b"" if action is None else action.envelope.encode()
    edition = read_edition(envelope, keys.signing.public, exam) if envelope else None
    parts = tx.sealed()
    if _MANIFEST not in parts:
        return Former(envelope=envelope, edition=edition)
    pieces = tuple(parts[index] for index in range(len(parts) - 2))
    sealed = Sealed(parts[_MANIFEST], parts[_SIGNATURE], pieces)
    content = open_content(open_sealed(sealed, exam, keys.content, keys.signing.public.verify))
    return Former(envelope=envelope, edition=edition, sealed=sealed, content=content)


def _prompts(former: Former, content: Content, newest_notice: int) -> dict[str, int]:
    """Say for each question up to which notice its corrections are in the text now."""
    prompts = {} if former.edition is None else dict(former.edition.prompts)
    for question in content.questions if newest_notice and former.content is not None else ():
        before = former.content.question(question.id) if former.content is not None else None
        if before is not None and before.prompt != question.prompt:
            prompts[question.id] = newest_notice
    return prompts


def _front(exam: Exam, content: Content, keys: ContentKeys) -> bytes:
    page = msgspec.structs.replace(
        front_of(content),
        instructor=exam.instructor,
        minutes=exam.schedule.duration,
        box=keys.box.public.raw.hex(),
        start=_under_the_start_code(keys.content, exam.id),
    )
    return sign_front(page, keys.signing)


@lru_cache(maxsize=8)
def _under_the_start_code(key: bytes, exam: ExamId) -> WrappedKey:
    """Return an exam's content key under its start code, the same for every edition; takes a fifth of a second once."""
    code, salt = start_code_of(key, exam)
    return wrap_key(code, key, exam, salt)
