"""What is derived comes out the same when it is derived again, and right when it had been changed."""

import asyncio

import sqlalchemy as sa

from examdesk.hub.records.rebuilding import rebuild
from examdesk.hub.sessions.standings import ExtendAction, OpenAction
from examdesk.store import Store, schema
from examdesk.store.audit import Deed
from tests.examdesk.hub.hub_fixtures import running_hub
from tests.examdesk.hub.light_desk import LightDesk

STAFF = Deed(who="Ada", role="instructor", address="", what="test")


async def test_rebuilding_changes_nothing_unless_something_was_changed(tmp_path):
    async with running_hub(tmp_path, "[schedule]\nduration = 60\n") as hub:
        desk = LightDesk("127.0.0.1", hub.ready.port, "s1")
        await desk.connect()
        await desk.join(hub.ready.room_code)
        await desk.start()
        await hub.controls.act("c1", OpenAction(at_ms=hub.services.clock.wall_ms()), STAFF)
        await hub.controls.act("c2", ExtendAction(seconds=60), STAFF)
        await desk.type_text("x")
        await desk.safe()
        await desk.leave()
        url, exam, clock = hub.settings.place.url, hub.services.identity.exam, hub.services.clock
    result = await asyncio.to_thread(rebuild, url, exam, clock)
    assert (result.sessions, result.journals, result.changed) == (1, 1, 0)
    store = Store(url, exam)
    with store.begin() as tx:
        before = tx.people.sessions()[0]
        tx.sql.execute(sa.update(schema.sessions).values(ends_ms=1))
        tx.sql.execute(sa.update(schema.journals).values(head_seq=0))
    store.close()
    assert (await asyncio.to_thread(rebuild, url, exam, clock)).changed == 2
    with store.begin() as tx:
        assert tx.people.sessions()[0].ends_ms == before.ends_ms
        assert tx.people.journals()[0].head_seq == 2
    store.close()
