"""A desk made of shared code alone: a journal in memory, real TLS, real signatures. For tests and benchmarks."""

import asyncio
import hashlib
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field

from websockets.asyncio.client import ClientConnection, connect

from shared.admission.endorsement import read as read_endorsement
from shared.clock import SystemChance, SystemClock
from shared.crypto.certificate import HubIdentity, read_certificate
from shared.crypto.keys import SigningKey, VerifyKey
from shared.events.kinds import Change, Edit, FileCreated, Payload, Started
from shared.ids import DeviceId, JournalId, StudentId
from shared.log.batch import NO_RECEIPT, Batch, SignedBatch, sign_batch, unpack_batch
from shared.log.entry import Entry, start_link
from shared.log.receipt import SignedReceipt, receipt_holds, unpack_receipt
from shared.log.writer import ChainWriter
from shared.sync import desk as sync
from shared.wire import messages as m
from shared.wire.codec import decode_from_hub, encode_frame
from shared.wire.parcel import read_parcel
from shared.wire.standing import Standing, read_standing
from tests.support.patience import PATIENCE_S

CHANCE = SystemChance()
CLOCK = SystemClock()


def client_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    return context


@dataclass
class Journal:
    """A journal in memory: events, and the batches that were sealed."""

    key: SigningKey = field(default_factory=lambda: SigningKey.generate(CHANCE))
    journal: JournalId = field(default_factory=lambda: JournalId(CHANCE.bytes(16)))
    endorsement: bytes = b""
    entries: list[Entry] = field(default_factory=list)
    batches: list[tuple[SignedBatch, tuple[Entry, ...]]] = field(default_factory=list)
    firsts: list[int] = field(default_factory=list)
    writer: ChainWriter | None = None
    sealed: int = -1
    link: bytes = b""
    exam: bytes = b""

    def begin(self, exam: bytes, endorsement: bytes) -> None:
        self.exam, self.endorsement = exam, endorsement
        self.link = start_link(endorsement)
        self.writer = ChainWriter(self.journal, 1, (0, self.link), CLOCK, CHANCE)

    def add(self, payload: Payload) -> None:
        assert self.writer is not None
        self.entries.append(self.writer.append(payload))

    def seal(self) -> bool:
        assert self.writer is not None
        first, last = self.sealed + 1, len(self.entries) - 1
        if last < first:
            return False
        batch = Batch(self.exam, self.journal, first, last, self.writer.link, NO_RECEIPT)
        self.batches.append((sign_batch(batch, self.key), tuple(self.entries[first:])))
        self.firsts.append(first)
        self.sealed, self.link = last, self.writer.link
        return True

    def load(self, after: int, limit: int) -> tuple[tuple[SignedBatch, tuple[Entry, ...]], ...]:
        at = next((n for n, first in enumerate(self.firsts) if first > after), len(self.firsts))
        return tuple(self.batches[at : at + limit])


class _Own:
    """What the journal knows of itself, for `DeskSync`."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    @property
    def sealed(self) -> tuple[int, bytes]:
        return self._journal.sealed, self._journal.link

    def link_at(self, last: int) -> bytes | None:
        return next((b.link for b in map(_batch, self._journal.batches) if b.last == last), None)


def _batch(sealed: tuple[SignedBatch, tuple[Entry, ...]]) -> Batch:
    return unpack_batch(sealed[0].body)


class LightDesk:
    """One desk. `on_frame` sees every frame of the hub before it is handled."""

    def __init__(self, host: str, port: int, student: str, journal: Journal | None = None) -> None:
        self.host, self.port, self.student = host, port, student
        self.journal = journal or Journal()
        self.connection: ClientConnection | None = None
        self.identity: HubIdentity | None = None
        self.machine: sync.DeskSync | None = None
        self.frames: asyncio.Queue[m.Frame] = asyncio.Queue()
        self.kept: list[m.Frame] = []
        self.receipts: dict[int, SignedReceipt] = {}
        self.received_at: list[tuple[int, float]] = []
        self.safe_event = asyncio.Event()
        self.keep_frames = True
        self.reader: asyncio.Task[None] | None = None
        self.new_journal = ""
        self.parcels: dict[bytes, None] = {}

    async def connect(self, context: ssl.SSLContext | None = None) -> m.Welcome:
        self.connection = await connect(
            f"wss://{self.host}:{self.port}/desk",
            ssl=context or client_context(),
            compression=None,
            proxy=None,
            max_size=256 * 1024,
            ping_interval=None,
            open_timeout=60,
        )
        der = self.connection.transport.get_extra_info("ssl_object").getpeercert(binary_form=True)
        self.identity = read_certificate(der)
        welcome = decode_from_hub(await self.connection.recv())
        assert isinstance(welcome, m.Welcome)
        self.welcome = welcome
        return welcome

    async def send(self, frame: m.Frame) -> None:
        assert self.connection is not None
        await self.connection.send(encode_frame(frame))

    async def receive(self) -> m.Frame:
        assert self.connection is not None
        return decode_from_hub(await self.connection.recv())

    def join_frame(self, code: str, name: str = "", seat: str = "") -> m.JoinByRoom:
        return m.JoinByRoom(
            code,
            StudentId(self.student),
            name or self.student,
            seat,
            DeviceId(hashlib.sha256(self.student.encode()).digest()[:16]),
            f"PC of {self.student}",
            self.journal.journal,
            self.journal.key.public.raw,
        )

    async def join(self, code: str) -> list[m.SavedFile]:
        await self.send(self.join_frame(code))
        return await self.endorsed()

    async def endorsed(self) -> list[m.SavedFile]:
        files: list[m.SavedFile] = []
        while True:
            frame = await self.receive()
            assert isinstance(frame, m.Endorsed), frame
            files += frame.files
            if frame.complete:
                break
        assert self.identity is not None
        read_endorsement(frame.endorsement, self.identity.exam_key, self.identity.exam_id)
        self.session = frame.session
        self.journal.begin(self.identity.exam_id, frame.endorsement)
        return files

    def resume_frame(self, revision: int = 0, notice: int = 0, edition: bytes = b"") -> m.Resume:
        assert self.identity is not None
        journal = self.journal
        proof = m.resume_proof(
            self.welcome.nonce, self.identity.fingerprint, journal.journal, journal.sealed, journal.link
        )
        return m.Resume(
            journal.journal, journal.sealed, journal.link, journal.key.sign(proof), revision, notice, edition
        )

    async def start(self, revision: int = 0, notice: int = 0, edition: bytes = b"") -> None:
        """Resume and flow; from now on frames are read by a task."""
        assert self.identity is not None
        safe = max(self.receipts, default=-1)
        self.machine = sync.DeskSync(
            self.identity.exam_id,
            self.journal.journal,
            self.identity.exam_key,
            _Own(self.journal),
            safe,
        )
        for output in self.machine.step(sync.Connected()):
            assert isinstance(output, sync.SendResume)
            await self.send(self.resume_frame(revision, notice, edition))
        self.reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self.connection is not None
        async for data in self.connection:
            frame = decode_from_hub(data)
            if self.keep_frames:
                self.kept.append(frame)
                self.frames.put_nowait(frame)
            await self._frame(frame)

    async def _frame(self, frame: m.Frame) -> None:
        assert self.machine is not None
        match frame:
            case m.Resumed(last, link, receipt):
                await self.step(sync.ResumedCame(last, link, receipt))
            case m.Acknowledged(receipt):
                await self.step(sync.ReceiptCame(receipt))
            case m.Resend(last):
                await self.step(sync.ResendCame(last))
            case m.NewJournal(why):
                self.new_journal = why
                await self.step(sync.NewJournalCame(why))
            case m.Parcel(data):
                self.parcels[data] = None
            case m.WantParcels(hub, have):
                assert self.identity is not None
                heads = {
                    data: read_parcel(data, self.identity.exam_id, self.identity.exam_key) for data in self.parcels
                }
                for data, head in heads.items():
                    if head.id.hub != hub and head.id not in have:
                        await self.send(m.Parcel(data))

    async def step(self, event: sync.Input) -> None:
        assert self.machine is not None
        todo = self.machine.step(event)
        while todo:
            output = todo.pop(0)
            match output:
                case sync.Load(after, limit):
                    todo += self.machine.step(sync.Loaded(self.journal.load(after, limit)))
                case sync.SendPush(batch, entries):
                    await self.send(m.Push(batch, entries))
                case sync.KeepReceipt(receipt, last):
                    self.receipts[last] = receipt
                    self.received_at.append((last, asyncio.get_running_loop().time()))
                    self.safe_event.set()

    async def type_text(self, text: str, file: str = "q1/main.py", at: int = 0) -> None:
        if not self.journal.entries:
            self.journal.add(Started(how="new", app="light", platform="test", python="3", device="PC"))
            self.journal.add(FileCreated(file=file, origin="starter"))
        self.journal.add(Edit(file=file, changes=(Change(0, at, 0, text),)))
        await self.flush()

    async def flush(self) -> None:
        if self.journal.seal() and self.machine is not None:
            await self.step(sync.Sealed(self.journal.sealed, self.journal.link))

    async def safe(self, seconds: float = PATIENCE_S) -> None:
        """Wait until everything sealed is covered by a receipt."""
        async with asyncio.timeout(seconds):
            while self.machine is None or self.machine.safe < self.journal.sealed:
                self.safe_event.clear()
                await self.safe_event.wait()

    async def wait_for(self, kind: type[m.Frame], seconds: float = PATIENCE_S) -> m.Frame:
        async with asyncio.timeout(seconds):
            while True:
                frame = await self.frames.get()
                if isinstance(frame, kind):
                    return frame

    async def leave(self) -> None:
        if self.connection is not None:
            await self.connection.close()
        if self.reader is not None:
            await asyncio.gather(self.reader, return_exceptions=True)


def check_receipts(desk: LightDesk, key: VerifyKey) -> None:
    """Every receipt that a desk holds is signed by the exam key and names its own journal."""
    for last, signed in desk.receipts.items():
        receipt = unpack_receipt(signed.body)
        assert receipt.last == last
        assert receipt.journal == desk.journal.journal
        assert receipt_holds(signed, key)


async def standing(desk: LightDesk, wanted: Callable[[Standing], object]) -> Standing:
    """Wait for a standing of this desk's session that is so."""
    while True:
        frame = await desk.wait_for(m.SignedStanding)
        found = read_standing(frame.envelope, desk.identity.exam_key)
        if wanted(found):
            return found
