"""Joining over an open link: the code or the proof goes out, an endorsement comes back."""

import msgspec

from shared.admission.codes import AccessCode, PersonalCode, RoomCode, StartCode, parse_code
from shared.admission.endorsement import Endorsement, read
from shared.admission.pake import DeskProof, ProofContext
from shared.clock import Chance
from shared.crypto.keys import SigningKey
from shared.events import kinds
from shared.exam.drawing import session_seed
from shared.ids import JournalId, StudentId
from shared.problems import EnvironmentProblem, InputProblem, PeerFault
from shared.wire import messages as m
from shared.wire.messages import FromHub, Welcome
from student_app.core.ports import JoinRequest
from student_app.core.sitting import RestoredFile
from student_app.net.secure import Link


class Refused(InputProblem):
    """The hub will not let this student in like this; its sentence says why.

    Attributes:
        retry_after_ms: when the same may be tried again by itself, 0 where something else has to be typed.
    """

    def __init__(self, refusal: m.Refusal) -> None:
        super().__init__(refusal.sentence)
        self.code = refusal.code
        self.retry_after_ms = refusal.retry_after_ms


class Joined(msgspec.Struct, frozen=True):
    """What the hub vouched for, and the files and questions of the session so far; None: nothing is drawn yet."""

    endorsement: Endorsement
    envelope: bytes
    files: tuple[RestoredFile, ...]
    drawn: kinds.Drawn | None = None


class Held(msgspec.Struct, frozen=True):
    """The join waits for a person."""

    sentence: str


async def welcome(link: Link) -> Welcome:
    """Return the hub's first frame; raises `PeerFault` when it is not about the exam of the certificate."""
    frame = await link.receive()
    if isinstance(frame, m.Refusal):
        raise Refused(frame)
    if not isinstance(frame, Welcome) or frame.exam != link.identity.exam_id:
        raise PeerFault("The computer at this address doesn't speak like a hub of this exam; nothing was sent to it.")
    if frame.protocol != m.PROTOCOL:
        raise EnvironmentProblem(
            f"The instructor's computer speaks version {frame.protocol} of the protocol, this PC version {m.PROTOCOL}. "
            "Install the same version of ExamDesk on both."
        )
    return frame


async def ask(link: Link, greeting: Welcome, request: JoinRequest, chance: Chance) -> None:
    """Send what the code asks for. After this, `answer` waits for the endorsement.

    Raises:
        Refused: the hub refuses.
        HubNotProven: the hub does not know the personal code.
    """
    code = parse_code(request.code)
    match code:
        case RoomCode():
            await link.send(
                m.JoinByRoom(
                    str(code),
                    StudentId(request.student),
                    request.name,
                    request.seat,
                    request.device,
                    request.device_name,
                    request.journal,
                    request.key.public.raw,
                )
            )
        case PersonalCode():
            await _prove(link, request, DeskProof(code, _context(link, greeting), chance), code.slot)
        case StartCode():
            raise InputProblem("This is a start code: it opens the exam without a network. Join with the access code.")


async def ask_again(link: Link, greeting: Welcome, old: JournalId, key: SigningKey, request: JoinRequest) -> None:
    """Ask for a new journal after `old`, proven with its key."""
    fingerprint = link.identity.fingerprint
    proof = m.rejoin_proof(greeting.nonce, fingerprint, old, request.journal, request.key.public.raw)
    await link.send(
        m.Rejoin(
            old,
            key.sign(proof),
            request.device,
            request.device_name,
            request.journal,
            request.key.public.raw,
        )
    )


async def answer(link: Link, request: JoinRequest, texts: "dict[str, list[str]]") -> Held | Joined | None:
    """Take the next frame of a join: None means that more files follow; they are gathered in `texts`.

    Raises:
        Refused: the hub refuses.
        PeerFault: what it sent is not an endorsement of this journal by this exam.
    """
    frame = await link.receive()
    match frame:
        case m.Held(sentence):
            return Held(sentence)
        case m.Endorsed(session, envelope, files, complete, drawn, draws):
            for file in files:
                texts.setdefault(file.file, []).append(file.text)
            if not complete:
                return None
            endorsement = read(envelope, link.identity.exam_key, link.identity.exam_id)
            fits = endorsement.session_id == session and endorsement.journal_id == request.journal
            if not fits or endorsement.verify_key().raw != request.key.public.raw:
                raise PeerFault("The hub endorsed another journal than the one that asked.")
            restored = tuple(RestoredFile(name, "".join(t)) for name, t in texts.items())
            seed = session_seed(session, draws)
            earlier = kinds.Drawn(seed=seed.hex(), questions=drawn, draws=draws) if drawn else None
            return Joined(endorsement, envelope, restored, earlier)
        case m.Refusal():
            raise Refused(frame)
        case _:
            _pass_over(frame)
            return None


async def lookup(link: Link, code: AccessCode, text: str) -> m.Found:
    """Return which students of the roster a text may mean; raises `Refused`."""
    if not isinstance(code, RoomCode):
        raise InputProblem("A personal code says by itself who you are.")
    await link.send(m.Lookup(str(code), text))
    frame = await link.receive()
    if isinstance(frame, m.Refusal):
        raise Refused(frame)
    if not isinstance(frame, m.Found):
        raise PeerFault("The hub answered another question than the one that was asked.")
    return frame


async def _prove(link: Link, request: JoinRequest, proof: DeskProof, slot: int) -> None:
    await link.send(m.PakeStart(slot, proof.hello))
    reply = await _pake_reply(link)
    confirmation = proof.confirm(reply.message)
    await link.send(
        m.PakeConfirm(
            confirmation, request.device, request.device_name, request.seat, request.journal, request.key.public.raw
        )
    )
    proof.finish((await _pake_reply(link)).confirmation)


async def _pake_reply(link: Link) -> m.PakeReply:
    frame = await link.receive()
    if isinstance(frame, m.Refusal):
        raise Refused(frame)
    if not isinstance(frame, m.PakeReply):
        raise PeerFault("The hub answered the proof with something else.")
    return frame


def _context(link: Link, greeting: Welcome) -> ProofContext:
    return ProofContext(link.identity.exam_id, greeting.nonce, link.identity.fingerprint)


def _pass_over(frame: FromHub) -> None:
    """Frames that may come at any time are passed over; anything else is a fault."""
    if not isinstance(frame, m.Pong | m.Anchor):
        raise PeerFault(f"The hub sent {type(frame).__name__} in the middle of a join.")
