"""Work on a stick: what is missing comes in, once, also to a hub that lost its records."""

import shutil

import pytest

from examdesk.hub.importing import Imports
from examdesk.hub.staff import Caller
from examdesk.staffapi import messages as api
from examdesk.staffapi.permissions import Role
from shared.bundle.handover import Handover, JournalCopy, seal_handover
from shared.clock import SystemChance
from shared.problems import PeerFault
from tests.examdesk.hub.hub_fixtures import running_hub
from tests.examdesk.hub.light_desk import LightDesk

ADA = Caller("Ada", Role.INSTRUCTOR, "")


def handover(hub, desk):
    copy = JournalCopy(desk.journal.endorsement, tuple(desk.journal.batches), ())
    made = Handover(1, hub.services.identity.exam, desk.session, 5, (copy,))
    return seal_handover(made, hub.services.identity.box.public, SystemChance())


async def worked(hub):
    desk = LightDesk("127.0.0.1", hub.ready.port, "s1")
    await desk.connect()
    await desk.join(hub.ready.room_code)
    await desk.start()
    await desk.type_text("a")
    await desk.safe()
    await desk.leave()
    desk.machine = None
    await desk.type_text("b")
    return desk


def bring(hub, data):
    half = len(data) // 2
    return [
        api.ImportBundle(upload="u", data=data[:half], last=False),
        api.ImportBundle(upload="u", data=data[half:], last=True),
    ]


async def test_what_never_came_over_the_network_comes_in_once(tmp_path):
    async with running_hub(tmp_path) as hub:
        desk = await worked(hub)
        imports = Imports(hub.services)
        first, second = bring(hub, handover(hub, desk))
        await imports.take(first, ADA)
        answer = await imports.take(second, ADA)
        assert (answer.sentences, answer.new_events) == (("s1: 1 new events.",), 1)
        for request in bring(hub, handover(hub, desk)):
            again = await imports.take(request, ADA)
        assert (again.sentences, again.new_events) == (("s1: nothing new.",), 0)
        stored = await hub.services.writer.run(lambda tx: list(tx.records.entries(desk.journal.journal)))
        assert stored == desk.journal.entries


async def test_an_altered_file_changes_nothing(tmp_path):
    async with running_hub(tmp_path) as hub:
        desk = await worked(hub)
        data = bytearray(handover(hub, desk))
        data[-1] ^= 1
        imports = Imports(hub.services)
        with pytest.raises(PeerFault):
            await imports.take(api.ImportBundle(upload="u", data=bytes(data), last=True), ADA)
        assert hub.services.registry.journals[desk.journal.journal].head_seq == 2


async def test_a_hub_that_lost_its_records_but_not_its_keys_gets_the_session_back(tmp_path):
    async with running_hub(tmp_path):
        pass
    shutil.copytree(tmp_path / "data", tmp_path / "backup")
    async with running_hub(tmp_path) as hub:
        desk = await worked(hub)
        data = handover(hub, desk)
    async with running_hub(tmp_path, data=str(tmp_path / "backup")) as hub:
        answer = await Imports(hub.services).take(api.ImportBundle(upload="u", data=data, last=True), ADA)
        assert answer.new_events == 4
        assert hub.services.registry.sessions[desk.session].student == "s1"
