"""What the hub says of a session, signed with the exam key: it is declarative, so the newest revision is all one needs.

A `Standing` says everything that holds for one session now; a `Notice` is one numbered message. Both are DSSE
envelopes with a JSON payload, kept by the desk as they came.
"""

from typing import Literal, TypeVar

import msgspec

from shared.crypto.dsse import open_envelope, seal
from shared.crypto.keys import SigningKey, VerifyKey
from shared.problems import PeerFault

STANDING_TYPE = "application/vnd.examdesk.standing+json"
NOTICE_TYPE = "application/vnd.examdesk.notice+json"

Phase = Literal["waiting", "active", "paused", "ended"]
Document = TypeVar("Document")


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for one session; ids in hexadecimal, times in ms of the hub's wall clock.

    `starts_ms` None: not opened yet. `ends_ms` None: no end set. While `paused_ms` is set the clock of the session
    stands since then. `submitted` and `reopened` count, so that a later one wins over an earlier hand-in.
    `draws` counts how often staff had the questions drawn anew.
    `box` is the exam's X25519 key (hexadecimal), to which a desk without a network seals its work. `working_ms` is the
    student's own working time, for a desk that begins by the start code; None where none is set. `review`: after the
    end the student may read the own work at the desk. `added` are questions that staff gave this session beside its
    draw, in that order.
    """

    exam: str
    session: str
    revision: int
    issued_ms: int
    starts_ms: int | None = None
    ends_ms: int | None = None
    paused_ms: int | None = None
    ended: bool = False
    reopened: int = 0
    locked: bool = False
    note: str = ""
    box: str = ""
    working_ms: int | None = None
    draws: int = 0
    review: bool = False
    added: tuple[str, ...] = ()

    def phase(self, hub_ms: int) -> Phase:
        """Return the phase at a moment of the hub's clock."""
        if self.ended:
            return "ended"
        if self.starts_ms is None or hub_ms < self.starts_ms:
            return "waiting"
        if self.paused_ms is not None:
            return "paused"
        if self.ends_ms is not None and hub_ms >= self.ends_ms:
            return "ended"
        return "active"

    def left_ms(self, hub_ms: int) -> int | None:
        """Return the time left, None where no end is set; a pause holds it still."""
        if self.ends_ms is None:
            return None
        at = self.paused_ms if self.paused_ms is not None else hub_ms
        return max(0, self.ends_ms - max(at, self.starts_ms or at))


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """One message of the staff to one, a section or all; `number` counts up within the exam.

    A correction may say with `prompt` how the text of its `question` reads from now on (Markdown).
    """

    exam: str
    session: str
    number: int
    issued_ms: int
    kind: Literal["message", "announcement", "extension", "correction"]
    text: str
    sender: str = ""
    question: str = ""
    prompt: str = ""


def sign_standing(standing: Standing, key: SigningKey) -> bytes:
    """Return the signed envelope."""
    return seal(STANDING_TYPE, msgspec.json.encode(standing), key)


def read_standing(envelope: bytes, key: VerifyKey) -> Standing:
    """Open an envelope.

    Raises:
        PeerFault: the exam key did not sign it, or it is not a standing.
    """
    return _read(envelope, STANDING_TYPE, key, Standing)


def sign_notice(notice: Notice, key: SigningKey) -> bytes:
    """Return the signed envelope."""
    return seal(NOTICE_TYPE, msgspec.json.encode(notice), key)


def read_notice(envelope: bytes, key: VerifyKey) -> Notice:
    """Open an envelope.

    Raises:
        PeerFault: the exam key did not sign it, or it is not a notice.
    """
    return _read(envelope, NOTICE_TYPE, key, Notice)


def _read(envelope: bytes, payload_type: str, key: VerifyKey, kind: type[Document]) -> Document:
    try:
        return msgspec.json.decode(open_envelope(envelope, payload_type, [key]), type=kind)
    except msgspec.DecodeError as error:
        raise PeerFault(f"A signed document of the hub can't be read: {error}.") from error
