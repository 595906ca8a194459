"""Joining, pushing, receipts, restarts: a real hub in this process, real TLS, light desks."""

from hashlib import sha256

from examdesk.hub.sessions.standings import OpenAction
from examdesk.store import open_reader
from examdesk.store.audit import Deed
from examdesk.store.records import entries_of
from shared.crypto.certificate import read_certificate
from shared.log.entry import advance, start_link
from shared.wire import messages as m
from shared.wire.standing import read_standing
from tests.examdesk.hub.hub_fixtures import running_hub
from tests.examdesk.hub.light_desk import LightDesk, check_receipts

STAFF = Deed(who="Ada", role="instructor", address="127.0.0.1", what="test")


async def joined(hub, student="s1"):
    desk = LightDesk("127.0.0.1", hub.ready.port, student)
    await desk.connect()
    await desk.join(hub.ready.room_code)
    await desk.start()
    return desk


async def test_a_desk_joins_pushes_and_gets_receipts_for_what_is_durable(tmp_path):
    async with running_hub(tmp_path) as hub:
        desk = await joined(hub)
        for number in range(5):
            await desk.type_text(f"line {number}\n")
        await desk.safe()
        check_receipts(desk, read_certificate(hub.services.identity.certificate).exam_key)
        await desk.leave()
    reader = open_reader(hub.settings.place.url)
    with reader.connect() as connection:
        stored = list(entries_of(connection, desk.journal.journal))
    reader.close()
    assert stored == desk.journal.entries
    link = start_link(desk.journal.endorsement)
    for entry in stored:
        link = advance(link, entry)
    assert link == desk.journal.link


async def test_a_desk_waits_and_gets_standing_and_content_key_when_the_exam_opens(tmp_path):
    async with running_hub(tmp_path) as hub:
        desk = await joined(hub)
        key = desk.identity.exam_key
        first = read_standing((await desk.wait_for(m.SignedStanding)).envelope, key)
        assert first.phase(hub.services.clock.wall_ms()) == "waiting"
        offer = await desk.wait_for(m.ContentOffer)
        assert offer.pieces == 1
        assert not [frame for frame in desk.kept if isinstance(frame, m.ContentKey)]
        applied = await hub.controls.act("c1", OpenAction(at_ms=hub.services.clock.wall_ms()), STAFF)
        assert applied.sessions == 1
        second = read_standing((await desk.wait_for(m.SignedStanding)).envelope, key)
        assert second.revision > first.revision
        assert second.phase(hub.services.clock.wall_ms() + 1) == "active"
        assert (await desk.wait_for(m.ContentKey)).key == hub.services.identity.content_key
        await desk.leave()


async def test_a_restarted_hub_is_the_same_hub_and_goes_on_with_the_receipt_chain(tmp_path):
    async with running_hub(tmp_path) as hub:
        before = hub.ready
        desk = await joined(hub)
        await desk.type_text("a")
        await desk.safe()
        await desk.leave()
    last = desk.receipts[max(desk.receipts)]
    async with running_hub(tmp_path) as hub:
        after = hub.ready
        assert (after.fingerprint, after.room_code) == (before.fingerprint, before.room_code)
        again = LightDesk("127.0.0.1", after.port, "s1", desk.journal)
        again.receipts = dict(desk.receipts)
        await again.connect()
        await again.start()
        await again.type_text("b")
        await again.safe()
        await again.leave()
    receipt = again.receipts[max(again.receipts)]
    assert receipt.body[-32:] == sha256(last.body).digest()
