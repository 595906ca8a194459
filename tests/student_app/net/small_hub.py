"""A hub for tests of the desk's network: real TLS, real WebSockets, the shared sync machine, and a list for a disk."""

import asyncio
import contextlib
import ssl
import tempfile
from pathlib import Path

from websockets.asyncio.server import serve

from shared.admission.codes import PersonalCode, room_code
from shared.admission.endorsement import Endorsement, Parent, issue
from shared.admission.pake import DeskNotProven, HubProof, ProofContext
from shared.clock import SystemChance, SystemClock
from shared.crypto.certificate import make_certificate
from shared.crypto.keys import SigningKey, VerifyKey
from shared.exam.content import encode_content
from shared.exam.sealing import seal
from shared.log.entry import start_link
from shared.log.receipt import Receipt, sign_receipt
from shared.sync import hub as sync
from shared.wire import messages as m
from shared.wire.codec import decode_from_desk, encode_frame
from shared.wire.standing import Standing, sign_standing
from tests.student_app.kit import CONTENT_KEY, EXAM, EXAM_KEY, content

NONCE = b"n" * 16
SESSION = b"s" * 16


def context_of(certificate) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "hub.pem"
        path.write_bytes(certificate.key_pem + certificate.cert_pem)
        context.load_cert_chain(path)
    return context


class SmallHub:
    def __init__(self, exam=EXAM, key=EXAM_KEY) -> None:
        self.exam = exam
        self.key = key
        self.certificate = make_certificate(exam, key, SystemChance(), SystemClock())
        self.journals: dict[bytes, tuple[VerifyKey, bytes]] = {}
        self.disk: dict[bytes, list[sync.Store]] = {}
        self.receipts: dict[bytes, object] = {}
        self.frames: list[object] = []
        self.broken: set[bytes] = set()
        self.refuse: m.Refusal | None = None
        self.personal: dict[int, PersonalCode] = {}
        self.bluffs = False
        self.tries = 0
        self.port = 0
        self._server = None
        self._sealed = seal(encode_content(content()), exam, CONTENT_KEY, key.sign)

    @property
    def code(self) -> str:
        return room_code(self.key.public, self.certificate.fingerprint, self.exam)

    async def start(self) -> "SmallHub":
        self._server = await serve(
            self._serve, "127.0.0.1", self.port, ssl=context_of(self.certificate), compression=None
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def stop(self) -> None:
        self._server.close()
        await self._server.wait_closed()

    def events(self, journal: bytes) -> int:
        return sum(len(stored.entries) for stored in self.disk.get(journal, []))

    async def _serve(self, socket) -> None:
        state = {"sync": None, "journal": None}

        async def send(frame):
            await socket.send(encode_frame(frame))

        await send(m.Welcome(1, self.exam, NONCE, SystemClock().wall_ms(), "Loops", "B2", "room"))
        with contextlib.suppress(Exception):
            async for data in socket:
                frame = decode_from_desk(data)
                self.frames.append(frame)
                if isinstance(frame, m.Bye):
                    return
                await self._take(frame, send, state)

    async def _take(self, frame, send, state) -> None:
        match frame:
            case m.JoinByRoom():
                if self.refuse is not None:
                    await send(self.refuse)
                    return
                await self._endorse(send, frame, frame.student, None)
            case m.PakeStart(slot, message):
                self.tries += 1
                context = ProofContext(self.exam, NONCE, self.certificate.fingerprint)
                state["proof"] = HubProof(self.personal[slot], context, SystemChance())
                await send(m.PakeReply(state["proof"].answer(message), b""))
            case m.PakeConfirm():
                await self._confirm(frame, send, state)
            case m.Rejoin():
                parent = Parent(journal=frame.old.hex(), seq=0, link="00" * 32)
                await self._endorse(send, frame, "s1", parent)
            case m.Resume():
                await self._resume(frame, send, state)
            case m.Push(batch, entries):
                for output in state["sync"].step(sync.PushCame(batch, entries)):
                    await self._do(output, send, state)
            case m.Ping(desk_us):
                now = SystemClock().wall_ms()
                await send(m.Pong(desk_us, now, now))
            case m.GetPiece(index):
                piece = self._sealed.pieces[index]
                half = len(piece) // 2
                await send(m.Piece(index, piece[:half], 1, 2))
                await send(m.Piece(index, piece[half:], 2, 2))

    async def _confirm(self, frame, send, state) -> None:
        if self.bluffs:
            await send(m.PakeReply(b"", bytes(32)))
            return
        try:
            await send(m.PakeReply(b"", state["proof"].check(frame.confirmation)))
        except DeskNotProven as fault:
            await send(m.Refusal("wrong-code", fault.sentence))
            return
        await self._endorse(send, frame, "s17", None)

    async def _endorse(self, send, frame, student, parent) -> None:
        endorsement = issue(
            Endorsement(
                exam=self.exam.hex(), student=student, name="Ada", section="", session=SESSION.hex(),
                journal=frame.journal.hex(), device=frame.device.hex(), journal_key=frame.key.hex(), parent=parent,
                by="code", hub_ms=0, not_after_ms=2**50,
            ),
            self.key,
        )  # fmt: skip
        self.journals[frame.journal] = (VerifyKey(frame.key), start_link(endorsement))
        self.disk.setdefault(frame.journal, [])
        await send(m.Endorsed(SESSION, endorsement))

    async def _resume(self, frame, send, state) -> None:
        key, start = self.journals[frame.journal]
        proof = m.resume_proof(NONCE, self.certificate.fingerprint, frame.journal, frame.last, frame.link)
        assert key.verify(frame.proof, proof)
        if frame.journal in self.broken:
            await send(m.NewJournal("rollback"))
            return
        stored = self.disk[frame.journal]
        head = (stored[-1].batch.last, stored[-1].batch.link) if stored else (-1, start)
        state["journal"] = frame.journal
        state["sync"] = sync.HubSync(self.exam, frame.journal, key, self, (*head, self.receipts.get(frame.journal)))
        for output in state["sync"].step(sync.ResumeCame(frame.last, frame.link)):
            await self._do(output, send, state)
        now = SystemClock().wall_ms()
        standing = Standing(
            exam=self.exam.hex(), session=SESSION.hex(), revision=1, issued_ms=now, starts_ms=now - 1_000,
            ends_ms=now + 3_600_000,
        )  # fmt: skip
        await send(m.SignedStanding(sign_standing(standing, self.key)))
        await send(m.ContentOffer(self._sealed.manifest, self._sealed.signature, len(self._sealed.pieces)))
        await send(m.ContentKey(CONTENT_KEY))

    async def _do(self, output, send, state) -> None:
        match output:
            case sync.SayResumed(last, link, receipt):
                await send(m.Resumed(last, link, receipt))
            case sync.Store(batch):
                self.disk[batch.journal].append(output)
                receipt = sign_receipt(
                    Receipt(self.exam, batch.journal, batch.last, batch.link, 0, 0, bytes(32)), self.key
                )
                self.receipts[batch.journal] = receipt
                for following in state["sync"].step(sync.Committed(batch.last, batch.link, receipt)):
                    await self._do(following, send, state)
            case sync.Acknowledge(receipt):
                await send(m.Acknowledged(receipt))
            case sync.AskAgain(last):
                await send(m.Resend(last))
            case sync.Break(why):
                self.broken.add(state["journal"])
                await send(m.NewJournal(why))

    def link_at(self, seq):
        return next((s.batch.link for stored in self.disk.values() for s in stored if s.batch.last == seq), None)


class Eavesdropper:
    """A TLS server that keeps every application byte it gets."""

    def __init__(self, certificate) -> None:
        self.got = b""
        self.handshakes = 0
        self.port = 0
        self._certificate = certificate

    async def start(self) -> "Eavesdropper":
        self._server = await asyncio.start_server(self._take, "127.0.0.1", 0, ssl=context_of(self._certificate))
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def stop(self) -> None:
        self._server.close()
        await self._server.wait_closed()

    async def _take(self, reader, writer) -> None:
        self.handshakes += 1
        with contextlib.suppress(Exception):
            while data := await reader.read(4096):
                self.got += data
        writer.close()


OTHER_KEY = SigningKey(b"o" * 32)
