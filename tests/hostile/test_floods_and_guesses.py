"""Threats 3 and 16: floods of strangers and guesses from many addresses; nobody gets in, and honest desks go on."""

import asyncio
import contextlib
import itertools
import socket
from random import Random

import psutil
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage

from examdesk.hub.limits import Limits
from shared.admission.codes import new_personal_code
from shared.admission.pake import DeskProof, ProofContext
from shared.clock import SystemChance
from shared.crypto.certificate import read_certificate
from shared.ids import DeviceId, JournalId, StudentId
from shared.wire import messages as m
from shared.wire.codec import decode_from_hub, encode_frame
from tests.examdesk.hub.hub_fixtures import running_hub
from tests.examdesk.hub.light_desk import LightDesk, check_receipts, client_context
from tests.examdesk.hub.test_hub_under_attack import personal_row
from tests.support.patience import PATIENCE_S

CHANCE = SystemChance()
GONE = (OSError, ConnectionClosed, InvalidHandshake, InvalidMessage, TimeoutError, EOFError)
STRICT = Limits(loopback_exempt=False, handshake_seconds=3.0, stale_seconds=0.3)


class Flood:
    """Strangers from 127.0.1.1 on, each with an address of its own."""

    def __init__(self, hub):
        self.hub = hub
        self.dice = Random(16)
        self.addresses = (f"127.0.{n // 200 % 100 + 1}.{n % 200 + 1}" for n in itertools.count())
        self.context = client_context()
        self.joined = 0
        self.refused = 0
        self.over = asyncio.Event()

    async def half_open(self):
        """Open a connection and say nothing, or only the beginning of a TLS handshake."""
        loop = asyncio.get_running_loop()
        while not self.over.is_set():
            with socket.socket() as half, contextlib.suppress(OSError):
                half.setblocking(False)
                half.bind((next(self.addresses), 0))
                await loop.sock_connect(half, ("127.0.0.1", self.hub.ready.port))
                if self.dice.random() < 0.5:
                    await loop.sock_sendall(half, b"\x16\x03\x01\x02\x00\x01"[: self.dice.randint(1, 6)])
                await asyncio.sleep(self.dice.uniform(0, 1.0))

    async def slow_request(self):
        """Finish TLS, then send the opening request a byte at a time."""
        while not self.over.is_set():
            with contextlib.suppress(*GONE):
                _, writer = await asyncio.open_connection(
                    "127.0.0.1", self.hub.ready.port, ssl=self.context, local_addr=(next(self.addresses), 0)
                )
                for byte in b"GET /desk HTTP/1.1\r\nHost: x\r\n":
                    writer.write(bytes([byte]))
                    await writer.drain()
                    await asyncio.sleep(0.1)
                    if self.over.is_set():
                        break
                writer.close()

    async def guess(self):
        """Join with wrong room codes, ask whom names mean, resume with nothing to show."""
        while not self.over.is_set():
            with contextlib.suppress(*GONE):
                async with self.link(next(self.addresses)) as link:
                    for _ in range(8):
                        await link.send(encode_frame(self.bogus()))
                        answer = decode_from_hub(await link.recv())
                        self.joined += isinstance(answer, m.Endorsed | m.Found | m.Resumed | m.Held)
                        self.refused += isinstance(answer, m.Refusal)
                        await asyncio.sleep(0.02)

    @contextlib.asynccontextmanager
    async def link(self, address):
        async with connect(
            f"wss://127.0.0.1:{self.hub.ready.port}/desk", ssl=self.context, compression=None, proxy=None,
            local_addr=(address, 0), open_timeout=5, close_timeout=1, ping_interval=None,
        ) as link:  # fmt: skip
            self.welcome = decode_from_hub(await link.recv())
            yield link

    def bogus(self):
        code = f"{self.dice.randrange(10**8):08d}"
        code = f"{code[:4]}-{code[4:]}-{self.dice.randrange(10)}"
        journal = JournalId(CHANCE.bytes(16))
        return self.dice.choice((
            m.Lookup(code, "ada"),
            m.JoinByRoom(code, StudentId("ada"), "Ada", "", DeviceId(bytes(16)), "PC", journal, CHANCE.bytes(32)),
            m.Resume(journal, -1, bytes(32), bytes(64), 0, 0),
            m.PakeStart(self.dice.randrange(100), CHANCE.bytes(33)),
        ))  # fmt: skip


async def desk_of(hub, student):
    desk = LightDesk("127.0.0.1", hub.ready.port, student)
    desk.keep_frames = False
    await desk.connect()
    await desk.join(hub.ready.room_code)
    await desk.start()
    return desk


async def latencies(desk, seconds):
    """Type steadily and return how long each receipt took."""
    loop = asyncio.get_running_loop()
    taken, end = [], loop.time() + seconds
    while loop.time() < end:
        begun = loop.time()
        await desk.type_text("x")
        await desk.safe()
        taken.append(loop.time() - begun)
        await asyncio.sleep(0.03)
    return sorted(taken)


async def flood(tmp_path, seconds):
    async with running_hub(tmp_path, limits=STRICT) as hub:
        honest = await desk_of(hub, "honest")
        process = psutil.Process()
        sockets, memory = len(process.net_connections("tcp")), process.memory_info().rss
        strangers = Flood(hub)
        kinds = [strangers.half_open] * 60 + [strangers.slow_request] * 10 + [strangers.guess] * 10
        tasks = [asyncio.ensure_future(kind()) for kind in kinds]
        taken = await latencies(honest, seconds)
        late = await desk_of(hub, "late")
        await late.type_text("here\n")
        await late.safe()
        strangers.over.set()
        await asyncio.gather(*tasks)
        assert taken[-1] < 10, taken[-5:]  # a flood that gets in the way would hold receipts up until it is over
        assert (strangers.joined, sorted(hub.services.registry.roster)) == (0, ["honest", "late"])
        assert strangers.refused > 20
        assert process.memory_info().rss - memory < 200_000_000
        await late.leave()
        async with asyncio.timeout(PATIENCE_S):
            while len(process.net_connections("tcp")) > sockets:  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.1)
        check_receipts(honest, hub.services.identity.signing.public)
        await honest.leave()


async def test_a_flood_of_strangers_stops_nobody_and_lets_nobody_in(tmp_path):
    await flood(tmp_path, 5)


@pytest.mark.soak
@pytest.mark.timeout(900)
async def test_a_long_flood_of_strangers_stops_nobody_and_lets_nobody_in(tmp_path):
    await flood(tmp_path, 300)


async def test_guesses_slow_down_their_own_address_and_are_noted_without_the_code(tmp_path):
    async with running_hub(tmp_path) as hub:
        guesser = Flood(hub)
        guess = m.Lookup("7777-7777-7", "ada")
        for address in ("127.0.3.1", "127.0.3.2"):
            codes = []
            async with guesser.link(address) as link:
                for _ in range(20):
                    await link.send(encode_frame(guess))
                    codes.append(decode_from_hub(await link.recv()).code)
            assert codes == ["wrong-code"] * 4 + ["slow-down"] * 16
        assert hub.admission.slowdown.total == 8
        async with guesser.link("127.0.3.3") as link:
            await link.send(encode_frame(m.Lookup(hub.ready.room_code, "nobody")))
            assert isinstance(decode_from_hub(await link.recv()), m.Found)
        log = await hub.services.writer.run(lambda tx: tx.control.audit_log())
        wrong = [row for row in log if row.what == "wrong code"]
        assert [row.address for row in wrong] == ["127.0.3.1", "127.0.3.2"]
        assert "7777" not in repr(log)


async def test_no_guess_at_a_personal_code_from_twenty_addresses_joins_and_the_student_still_can(tmp_path):
    async with running_hub(tmp_path, '[admission]\ncodes = "personal"\n') as hub:
        code = new_personal_code(7, CHANCE)
        row = personal_row(hub, code)
        await hub.services.writer.run(lambda tx: tx.people.put_students([row]))
        hub.services.registry.take_roster([row])
        guesser, said = Flood(hub), []
        for number in range(60):
            with contextlib.suppress(*GONE):
                async with guesser.link(f"127.0.4.{number % 20 + 1}") as link:
                    said.append(await one_guess(link, guesser.welcome))
        assert m.Endorsed not in {type(answer) for answer in said}
        assert hub.services.registry.roster["p1"].failures <= STRICT.slot_failures
        desk = LightDesk("127.0.0.1", hub.ready.port, "p1")
        await desk.connect()
        await desk.send(desk.join_frame(hub.ready.room_code))
        assert isinstance(await desk.receive(), m.Held)  # a person lets the student in
        await desk.leave()


async def one_guess(link, welcome):
    der = link.transport.get_extra_info("ssl_object").getpeercert(binary_form=True)
    identity = read_certificate(der)
    context = ProofContext(identity.exam_id, welcome.nonce, identity.fingerprint)
    proof = DeskProof(new_personal_code(7, CHANCE), context, CHANCE)
    await link.send(encode_frame(m.PakeStart(7, proof.hello)))
    reply = decode_from_hub(await link.recv())
    if not isinstance(reply, m.PakeReply):
        return reply
    confirmation = proof.confirm(reply.message)
    key = CHANCE.bytes(32)
    await link.send(encode_frame(m.PakeConfirm(confirmation, DeviceId(bytes(16)), "PC", "", JournalId(bytes(16)), key)))
    return decode_from_hub(await link.recv())
