"""The front page of an exam: what a student may read before the start. Signed by the exam's key, not sealed.

It carries honor code, instructions, rules of the desk and recording policy, so that they can be read and accepted in
the waiting room, and the means of a desk without a network: the content key wrapped with the start code, and the key
to which work is sealed. Nothing in it says anything of the questions.
"""

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from shared.crypto.dsse import open_envelope, seal
from shared.crypto.keys import SigningKey, VerifyKey
from shared.exam.content import Content
from shared.exam.rules import DeskRules, Interpreter, RecordingPolicy
from shared.exam.sealing import WrappedKey
from shared.ids import ExamId
from shared.problems import PeerFault

PAYLOAD_TYPE: Final = "application/vnd.examdesk.frontpage+json"
MAX_PAYLOAD_BYTES: Final = 96 * 1024
"""As an envelope it travels in one frame with the manifest."""
_MAX_ENVELOPE_BYTES: Final = 2 * MAX_PAYLOAD_BYTES


class NotAFrontPage(PeerFault):
    """F1: this signed document is not a front page of an exam; it was refused."""


class FrontPageOfAnotherExam(PeerFault):
    """F2: this front page belongs to another exam; it was refused."""


class FrontPage(msgspec.Struct, frozen=True, kw_only=True):
    """What may be read before the start.

    Attributes:
        exam: the exam's id, hexadecimal.
        minutes: the working time of a student without an accommodation; None where no duration is set.
        cut: the instructions were too long to be here; they come with the content.
        box: the exam's X25519 key (hexadecimal), to which a desk seals its work for a stick.
        start: the content key, wrapped with the start code; None where the exam has none.
    """

    format: Literal[1] = 1
    exam: Annotated[str, Meta(pattern=r"\A[0-9a-f]{32}\Z")]
    course: str = ""
    short_name: str = ""
    long_name: str = ""
    instructor: str = ""
    practice: bool = False
    instructions: str = ""
    cut: bool = False
    honor_code: str = ""
    interpreter: Interpreter = Interpreter()
    desk: DeskRules = DeskRules()
    recording: RecordingPolicy = RecordingPolicy()
    minutes: int | None = None
    box: Annotated[str, Meta(pattern=r"\A([0-9a-f]{64})?\Z")] = ""
    start: WrappedKey | None = None


_decoder = msgspec.json.Decoder(FrontPage)


def front_of(content: Content) -> FrontPage:
    """The front page that goes with a content, without what belongs to the hub."""
    return FrontPage(
        exam=content.exam_id.hex(),
        course=content.course,
        short_name=content.short_name,
        long_name=content.long_name,
        practice=content.practice,
        instructions=content.instructions,
        honor_code=content.honor_code,
        interpreter=content.interpreter,
        desk=content.desk,
        recording=content.recording,
    )


def sign_front(page: FrontPage, key: SigningKey) -> bytes:
    """Return the signed envelope; instructions that are too long for it are left out, and it says so."""
    payload = msgspec.json.encode(page)
    if len(payload) > MAX_PAYLOAD_BYTES:
        payload = msgspec.json.encode(msgspec.structs.replace(page, instructions="", cut=True))
    return seal(PAYLOAD_TYPE, payload, key)


def read_front(envelope: bytes, key: VerifyKey, exam: ExamId) -> FrontPage:
    """Return a front page that came from elsewhere.

    Checks, each with its own error:
        D1…D4 as `shared.crypto.dsse.open_envelope`;
        F1 it is a front page of a size and form that we read (`NotAFrontPage`);
        F2 it is of this exam (`FrontPageOfAnotherExam`).
    """
    if len(envelope) > _MAX_ENVELOPE_BYTES:
        raise NotAFrontPage("F1: this document is far too large for an exam's front page; it was refused.")
    payload = open_envelope(envelope, PAYLOAD_TYPE, [key])
    try:
        page = _decoder.decode(payload)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise NotAFrontPage(f"F1: the exam's front page can't be read: {error}.") from error
    if page.exam != exam.hex():
        raise FrontPageOfAnotherExam("F2: this front page belongs to another exam; it was refused.")
    return page
