"""Work on a stick: what is missing comes in, once, also to a hub that lost its records."""

import shutil

import pytest

from examdesk.hub.staff.door import Caller
from examdesk.hub.staff.importing import Imports
from examdesk.readmodels import Answers
from examdesk.staffapi import messages as api
from examdesk.staffapi.permissions import Role
from shared.bundle.handover import Handover, JournalCopy, seal_handover
from shared.clock import SystemChance
from shared.events.kinds import Change, Edit
from shared.log.batch import SignedBatch
from shared.problems import PeerFault
from tests.examdesk.hub.hub_fixtures import running_hub, staff
from tests.examdesk.hub.light_desk import Journal, LightDesk

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
        assert (answer.sentences, answer.new_events) == (("s1: 1 new event.",), 1)
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


def sealed_file(hub, session, *copies):
    made = Handover(1, hub.services.identity.exam, session, 5, copies)
    return seal_handover(made, hub.services.identity.box.public, SystemChance())


def copy_of(journal):
    return JournalCopy(journal.endorsement, tuple(journal.batches), ())


def forked(desk, texts):
    """Return the same journal with another history: same key, same endorsement."""
    other = Journal(key=desk.journal.key, journal=desk.journal.journal)
    other.begin(desk.journal.exam, desk.journal.endorsement)
    for text in texts:
        other.add(Edit(file="q1/main.py", changes=(Change(0, 0, 0, text),)))
        other.seal()
    return other


def kept(hub, desk):
    return hub.services.writer.run(lambda tx: tx.records.evidence(desk.journal.journal))


async def take(hub, data):
    return await Imports(hub.services).take(api.ImportBundle(upload="u", data=data, last=True), ADA)


async def test_a_forked_file_brought_twice_is_kept_once_and_whole(tmp_path):
    async with running_hub(tmp_path) as hub:
        desk = await worked(hub)
        data = sealed_file(hub, desk.session, copy_of(forked(desk, "xyz")))
        first = await take(hub, data)
        said = "s1: nothing new; something in it does not fit what the hub has, and was kept beside it."
        assert first.sentences == (said,)
        evidence = await kept(hub, desk)
        assert [(row.why, row.desk_last) for row in evidence] == [("fork", 0), ("fork", 1), ("fork", 2)]
        again = await take(hub, data)
        assert again.sentences == ("s1: nothing new; what does not fit what the hub has was kept beside it before.",)
        assert await kept(hub, desk) == evidence
        shown = await hub.view.ask(Answers.session, api.GetSession(session=desk.session.hex()))
        assert [signal.kind for signal in shown.signals] == ["log_break"]


@pytest.mark.parametrize("state", ["rollback", "fork", "damaged"])
async def test_a_journal_that_was_found_broken_is_not_fed_but_what_is_new_in_it_is_kept(tmp_path, state):
    async with running_hub(tmp_path) as hub:
        desk = await worked(hub)
        journal = hub.services.registry.journals[desk.journal.journal]
        journal.state = state
        answer = await take(hub, handover(hub, desk))
        assert (answer.new_events, journal.head_seq) == (0, 2)
        assert [(row.why, row.hub_last, row.desk_last) for row in await kept(hub, desk)] == [(state, 2, 3)]


async def test_what_is_wrong_in_one_journal_is_said_and_stops_no_other(tmp_path):
    async with running_hub(tmp_path) as hub:
        desk = await worked(hub)
        moved = LightDesk("127.0.0.1", hub.ready.port, "s1")
        await moved.connect()
        async with staff(hub) as client:
            await moved.send(moved.join_frame(hub.ready.room_code))
            await moved.receive()
            (held,) = (await client.ask(api.GetLive())).held
            await client.ask(api.Decide(command="d", ticket=held.ticket, admit=True))
            await moved.endorsed()
        await moved.leave()
        await moved.type_text("c")
        bad = copy_of(desk.journal)
        signed, entries = bad.batches[-1]
        wrong = SignedBatch(signed.body, bytes(64))
        bad = JournalCopy(bad.endorsement, (*bad.batches[:-1], (wrong, entries)), ())
        answer = await take(hub, sealed_file(hub, desk.session, bad, copy_of(moved.journal)))
        fault = "The batch 3-3 is not signed by its journal's key."
        said = f"s1: nothing new. The rest of this PC's work was refused: {fault}"
        assert answer.sentences == (said, "s1: 3 new events.")
        assert hub.services.registry.sessions[desk.session].journal == moved.journal.journal


async def test_an_older_journal_that_comes_later_does_not_become_the_main_one(tmp_path):
    async with running_hub(tmp_path):
        pass
    shutil.copytree(tmp_path / "data", tmp_path / "backup")
    async with running_hub(tmp_path) as hub:
        desk = await worked(hub)
        moved = LightDesk("127.0.0.1", hub.ready.port, "s1")
        await moved.connect()
        async with staff(hub) as client:
            await moved.send(moved.join_frame(hub.ready.room_code))
            await moved.receive()
            (held,) = (await client.ask(api.GetLive())).held
            await client.ask(api.Decide(command="d", ticket=held.ticket, admit=True))
            await moved.endorsed()
        await moved.leave()
        await moved.type_text("c")
        newer = sealed_file(hub, desk.session, copy_of(moved.journal))
        older = sealed_file(hub, desk.session, copy_of(desk.journal))
    async with running_hub(tmp_path, data=str(tmp_path / "backup")) as hub:
        await take(hub, newer)
        answer = await take(hub, older)
        assert answer.sentences == ("s1: 4 new events.",)
        assert hub.services.registry.sessions[desk.session].journal == moved.journal.journal
        assert hub.services.registry.journals[desk.journal.journal].state == "moved"
