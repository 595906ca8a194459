"""Threats 3, 6, 9, 10, 16, 17: what strangers and altered desks try; the honest desk beside them goes on."""

import asyncio
import os
import random
import signal
from asyncio import sslproto

import pytest
from websockets.exceptions import ConnectionClosed

from examdesk.hub.limits import Limits
from examdesk.hub.transport import TLS_BUFFER_BYTES
from examdesk.hub.workers import WorkerDied
from examdesk.store.rows import RosterRow
from shared.admission.codes import new_personal_code, parse_code
from shared.admission.pake import DeskProof, HubNotProven, ProofContext
from shared.clock import SystemChance
from shared.events.kinds import Focus
from shared.ids import DeviceId
from shared.log.batch import Batch, sign_batch
from shared.log.entry import advance, start_link
from shared.wire import messages as m
from shared.wire.codec import encode_frame
from tests.examdesk.hub.hub_fixtures import running_hub
from tests.examdesk.hub.light_desk import Journal, LightDesk, client_context
from tests.support.patience import PATIENCE_S

CHANCE = SystemChance()


async def joined(hub, student="s1", journal=None):
    desk = LightDesk("127.0.0.1", hub.ready.port, student, journal)
    await desk.connect()
    await desk.join(hub.ready.room_code)
    await desk.start()
    return desk


async def stranger(hub):
    desk = LightDesk("127.0.0.1", hub.ready.port, "eve")
    await desk.connect()
    return desk


def stored(hub, journal):
    from examdesk.store.records import entries_of

    with hub.services.reader.connect() as connection:
        return list(entries_of(connection, journal))


async def test_a_tls_connection_takes_the_small_buffer():
    loop = asyncio.get_running_loop()
    protocol = sslproto.SSLProtocol(
        loop,
        asyncio.Protocol(),
        client_context(),
        None,
        server_side=False,
        server_hostname="",
        call_connection_made=False,
    )
    assert len(protocol._ssl_buffer) == TLS_BUFFER_BYTES
    assert protocol.max_size == TLS_BUFFER_BYTES
    protocol._get_app_transport().abort()


async def test_altered_frames_close_their_own_connection_and_no_other(tmp_path, caplog):
    dice = random.Random(17)
    async with running_hub(tmp_path) as hub:
        honest = await joined(hub)
        eve = await stranger(hub)
        good = encode_frame(eve.join_frame(hub.ready.room_code))
        closed = 0
        for _ in range(60):
            data = bytearray(good)
            for _ in range(dice.randint(1, 4)):
                data[dice.randrange(len(data))] = dice.randrange(256)
            try:
                await eve.connection.send(bytes(data))
                await eve.receive()
            except ConnectionClosed:
                closed += 1
            if eve.connection.close_code is not None or closed:
                await eve.leave()
                eve = await stranger(hub)
                closed = 0
        await honest.type_text("x")
        await honest.safe()
        await eve.leave()
        await honest.leave()
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\xc1", 1008),
        (b"\x91" * 100_000, 1008),
        (bytes(256 * 1024 + 1), 1009),
        ("text", 1003),
        (b"\xdd\xff\xff\xff\xff", 1008),
    ],
)
async def test_what_is_no_frame_is_refused_with_a_code(tmp_path, data, code):
    async with running_hub(tmp_path) as hub:
        honest = await joined(hub)
        eve = await stranger(hub)
        await eve.connection.send(data)
        await eve.connection.wait_closed()
        assert eve.connection.close_code == code
        await eve.leave()
        await honest.type_text("x")
        await honest.safe()
        await honest.leave()


async def test_half_open_connections_take_their_places_and_give_them_back(tmp_path):
    limits = Limits(pending=4, pending_per_address=3, handshake_seconds=0.5, loopback_exempt=False)
    async with running_hub(tmp_path, limits=limits) as hub:
        half_open = [await asyncio.open_connection("127.0.0.1", hub.ready.port) for _ in range(3)]
        while len(hub.listener.pending) < 3:  # noqa: ASYNC110 - the door tells nobody, and that is right
            await asyncio.sleep(0)
        reader, writer = await asyncio.open_connection("127.0.0.1", hub.ready.port)
        assert await reader.read() == b""
        writer.close()
        for reader, writer in half_open:
            await reader.read()
            writer.close()
        assert len(hub.listener.pending) == 0
        honest = await joined(hub)
        await honest.leave()


async def test_wrong_codes_are_counted_slowed_down_and_audited_without_the_code(tmp_path):
    async with running_hub(tmp_path) as hub:
        eve = await stranger(hub)
        answers = []
        for _ in range(6):
            await eve.send(eve.join_frame("AAAA-AAAA-A"))
            answers.append(await eve.receive())
        assert [answer.code for answer in answers[:4]] == ["wrong-code"] * 4
        assert answers[5].code == "slow-down"
        assert answers[5].retry_after_ms > 0
        await eve.leave()
        log = await hub.services.writer.run(lambda tx: tx.control.audit_log())
        wrong = [row for row in log if row.what == "wrong code"]
        assert len(wrong) == 1
        assert "AAAA" not in wrong[0].detail


async def test_frames_recorded_on_one_connection_change_nothing_on_another(tmp_path):
    async with running_hub(tmp_path) as hub:
        desk = await joined(hub)
        resume = desk.resume_frame()
        await desk.type_text("x")
        await desk.safe()
        push = m.Push(*desk.journal.batches[-1])
        await desk.send(push)
        await desk.wait_for(m.Acknowledged)
        again = await desk.wait_for(m.Acknowledged)
        assert again.receipt == desk.receipts[max(desk.receipts)]
        eve = await stranger(hub)
        await eve.send(resume)
        assert (await eve.receive()).code == "wrong-proof"
        await eve.send(push)
        assert (await eve.receive()).code == "not-now"
        assert stored(hub, desk.journal.journal) == desk.journal.entries
        await eve.leave()
        await desk.leave()


async def test_the_same_journal_connecting_again_replaces_the_older_connection(tmp_path):
    async with running_hub(tmp_path) as hub:
        first = await joined(hub)
        await first.type_text("a")
        second = LightDesk("127.0.0.1", hub.ready.port, "s1", first.journal)
        await second.connect()
        await second.start()
        await second.safe()
        await asyncio.wait_for(first.reader, PATIENCE_S)
        await second.type_text("b")
        await second.safe()
        assert stored(hub, first.journal.journal) == first.journal.entries
        await second.leave()


async def test_a_journal_that_was_set_back_is_evidence_and_goes_on_in_a_new_one(tmp_path):
    async with running_hub(tmp_path) as hub:
        desk = await joined(hub)
        await desk.type_text("a")
        await desk.safe()
        await desk.leave()
        old = Journal(desk.journal.key, desk.journal.journal)
        old.begin(desk.journal.exam, desk.journal.endorsement)
        rewound = LightDesk("127.0.0.1", hub.ready.port, "s1", old)
        await rewound.connect()
        await rewound.start()
        assert (await rewound.wait_for(m.NewJournal)).why == "rollback"
        kept = await hub.services.writer.run(lambda tx: tx.records.evidence(old.journal))
        assert [(row.why, row.hub_last, row.desk_last) for row in kept] == [("rollback", 2, -1)]
        await rewound.leave()
        fresh = LightDesk("127.0.0.1", hub.ready.port, "s1")
        await fresh.connect()
        new = fresh.journal
        proof = m.rejoin_proof(
            fresh.welcome.nonce, fresh.identity.fingerprint, old.journal, new.journal, new.key.public.raw
        )
        await fresh.send(
            m.Rejoin(old.journal, old.key.sign(proof), DeviceId(bytes(16)), "PC", new.journal, new.key.public.raw)
        )
        files = await fresh.endorsed()
        assert [file.text for file in files] == ["a"]
        await fresh.start()
        await fresh.type_text("b")
        await fresh.safe()
        await fresh.leave()


async def test_a_forked_journal_is_kept_beside_the_first_one(tmp_path):
    async with running_hub(tmp_path) as hub:
        desk = await joined(hub)
        await desk.type_text("a")
        await desk.safe()
        journal = desk.journal
        first = journal.entries[0]
        entry = journal.writer.append(Focus(here=False))
        forged = first.__class__(first.header, entry.salt, entry.payload)
        link = advance(start_link(journal.endorsement), forged)
        batch = sign_batch(Batch(journal.exam, journal.journal, 0, 0, link), journal.key)
        await desk.send(m.Push(batch, (forged,)))
        assert (await desk.wait_for(m.NewJournal)).why == "fork"
        kept = await hub.services.writer.run(lambda tx: tx.records.evidence(journal.journal))
        assert kept[0].body == batch.body
        assert stored(hub, journal.journal) == journal.entries
        await desk.leave()


PERSONAL = '[admission]\ncodes = "personal"\n'


def personal_row(hub, code):
    return RosterRow(exam=hub.services.identity.exam, student="p1", slot=code.slot, name="Pia", personal_code=str(code))


async def prove(desk, code):
    context = ProofContext(desk.identity.exam_id, desk.welcome.nonce, desk.identity.fingerprint)
    proof = DeskProof(code, context, CHANCE)
    await desk.send(m.PakeStart(code.slot, proof.hello))
    reply = await desk.receive()
    if isinstance(reply, m.Refusal):
        return reply
    journal = desk.journal
    confirmation = proof.confirm(reply.message)
    await desk.send(m.PakeConfirm(confirmation, DeviceId(bytes(16)), "PC", "", journal.journal, journal.key.public.raw))
    answer = await desk.receive()
    if isinstance(answer, m.PakeReply):
        proof.finish(answer.confirmation)
    return answer


async def with_a_code(hub):
    """Put a student with a personal code on the roster, and return the code."""
    code = new_personal_code(7, CHANCE)
    row = personal_row(hub, code)
    await hub.services.writer.run(lambda tx: tx.people.put_students([row]))
    hub.services.registry.take_roster([row])
    return code


@pytest.mark.skipif(os.name == "nt", reason="Windows knows no signals")
async def test_a_code_is_proven_although_the_computer_ended_the_process_that_does_it(tmp_path):
    async with running_hub(tmp_path, PERSONAL) as hub:
        code = await with_a_code(hub)
        with pytest.raises(WorkerDied):
            await hub.proofs._worker.run(signal.raise_signal, signal.SIGKILL)
        desk = LightDesk("127.0.0.1", hub.ready.port, "p1")
        await desk.connect()
        assert isinstance(await prove(desk, code), m.PakeReply)
        await desk.endorsed()
        await desk.leave()


async def test_a_personal_code_proves_both_sides_and_stops_after_five_failures(tmp_path):
    async with running_hub(tmp_path, PERSONAL) as hub:
        code = await with_a_code(hub)
        desk = LightDesk("127.0.0.1", hub.ready.port, "p1")
        welcome = await desk.connect()
        assert welcome.admission == "personal"
        assert isinstance(await prove(desk, code), m.PakeReply)
        await desk.endorsed()
        await desk.leave()
        hub.admission.slowdown.wait_ms = lambda _address: 0  # the slowdown has a test of its own
        wrong = new_personal_code(7, CHANCE)
        for _ in range(5):
            eve = await stranger(hub)
            refusal = await prove(eve, wrong)
            assert refusal.code == "wrong-code"
            await eve.leave()
        eve = await stranger(hub)
        assert "tried too often" in (await prove(eve, code)).sentence
        nobody = await prove(eve, new_personal_code(99, CHANCE))
        assert nobody.code == "wrong-code"
        await eve.send(eve.join_frame(hub.ready.room_code))
        assert isinstance(await eve.receive(), m.Held)
        await eve.leave()
    assert parse_code(str(code)) == code
    assert issubclass(HubNotProven, Exception)
