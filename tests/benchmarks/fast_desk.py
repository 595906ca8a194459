"""A desk for loads: framing without tasks, and receipts that are checked after the measurement."""

import asyncio
import ssl

from websockets.client import ClientProtocol
from websockets.protocol import OPEN
from websockets.uri import parse_uri

from shared.crypto.certificate import read_certificate
from shared.crypto.keys import VerifyKey
from shared.events.kinds import Change, Edit, FileCreated, Started
from shared.log.receipt import SignedReceipt, receipt_holds, unpack_receipt
from shared.wire import messages as m
from shared.wire.codec import decode_from_hub, encode_frame
from tests.examdesk.hub.light_desk import Journal, LightDesk

EDIT = Edit(file="q1/main.py", changes=(Change(0, 0, 0, "x = 1\n"),))


class Wire(asyncio.Protocol):
    """A WebSocket client on one TLS connection; frames of the hub go to `taker`."""

    def __init__(self, port: int, taker) -> None:
        self._ws = ClientProtocol(parse_uri(f"wss://127.0.0.1:{port}/desk"), max_size=256 * 1024)
        self._taker = taker
        self.gone = asyncio.get_running_loop().create_future()

    def connection_made(self, transport) -> None:
        self.transport = transport
        self._ws.send_request(self._ws.connect())
        self._flush()

    def data_received(self, data: bytes) -> None:
        self._ws.receive_data(data)
        for event in self._ws.events_received():
            if hasattr(event, "opcode") and event.opcode == 2:
                self._taker(decode_from_hub(bytes(event.data)))
        self._flush()

    def connection_lost(self, error) -> None:
        if not self.gone.done():
            self.gone.set_result(None)

    def send(self, frame: m.Frame) -> None:
        if self._ws.state is OPEN:
            self._ws.send_binary(encode_frame(frame))
            self._flush()

    def close(self) -> None:
        self._ws.send_close(1000)
        self._flush()

    def _flush(self) -> None:
        for data in self._ws.data_to_send():
            if data:
                self.transport.write(data)
            else:
                self.transport.close()


class FastDesk(LightDesk):
    """Joined with a wire of its own; `acknowledged` holds (last event, when) of each receipt."""

    def __init__(self, port: int, student: str) -> None:
        super().__init__("127.0.0.1", port, student, Journal())
        self.acknowledged: list[tuple[int, float]] = []
        self.signed: list[SignedReceipt] = []
        self._reply: asyncio.Future[m.Frame] | None = None
        self._done = asyncio.Event()
        self.safe_to = -1

    async def open(self, context: ssl.SSLContext) -> None:
        loop = asyncio.get_running_loop()
        self._reply = loop.create_future()
        _, self.wire = await loop.create_connection(
            lambda: Wire(self.port, self._take), "127.0.0.1", self.port, ssl=context, ssl_handshake_timeout=60
        )
        welcome = await self._answer()
        der = self.wire.transport.get_extra_info("ssl_object").getpeercert(binary_form=True)
        self.identity = read_certificate(der)
        self.welcome = welcome

    async def join_and_resume(self, code: str) -> None:
        endorsed = await self.ask(self.join_frame(code))
        assert isinstance(endorsed, m.Endorsed), endorsed
        self.journal.begin(self.identity.exam_id, endorsed.endorsement)
        resumed = await self.ask(self.resume_frame())
        assert isinstance(resumed, m.Resumed), resumed

    async def ask(self, frame: m.Frame) -> m.Frame:
        self._reply = asyncio.get_running_loop().create_future()
        self.wire.send(frame)
        return await self._answer()

    async def _answer(self) -> m.Frame:
        """Wait for the hub's next frame; ConnectionError when the hub closed the connection instead."""
        assert self._reply is not None
        await asyncio.wait({self._reply, self.wire.gone}, return_when=asyncio.FIRST_COMPLETED)
        if not self._reply.done():
            raise ConnectionError("the hub closed the connection")
        return self._reply.result()

    def _take(self, frame: m.Frame) -> None:
        if isinstance(frame, m.Acknowledged):
            last = int.from_bytes(frame.receipt.body[42:50], "big")
            self.signed.append(frame.receipt)
            self.acknowledged.append((last, asyncio.get_running_loop().time()))
            self.safe_to = max(self.safe_to, last)
            self._done.set()
        elif self._reply is not None and not self._reply.done():
            self._reply.set_result(frame)

    def begin_typing(self) -> None:
        self.journal.add(Started(how="new", app="bench", platform="bench", python="3", device="PC"))
        self.journal.add(FileCreated(file="q1/main.py", origin="starter"))

    def type_batch(self, count: int) -> int:
        for _ in range(count):
            self.journal.add(EDIT)
        self.journal.seal()
        self.wire.send(m.Push(*self.journal.batches[-1]))
        return self.journal.sealed

    async def all_safe(self) -> None:
        while self.safe_to < self.journal.sealed:
            self._done.clear()
            await self._done.wait()

    def check(self, key: VerifyKey) -> None:
        for signed in self.signed:
            assert unpack_receipt(signed.body).journal == self.journal.journal
            assert receipt_holds(signed, key)

    async def shut(self) -> None:
        self.wire.close()
        await asyncio.wait({self.wire.gone}, timeout=5)
