"""Journals that a desk began alone: they wait for a person, come in once, and never in the place of somebody else."""

import pytest

from examdesk.hub.desks.adopting import MOST_OF_AN_ADDRESS
from examdesk.hub.staff.door import Caller, NotPossible
from examdesk.hub.staff.importing import Imports
from examdesk.staffapi import messages as api
from examdesk.staffapi.permissions import Role
from shared.admission.endorsement import read
from shared.admission.statement import Statement, own_session, state
from shared.bundle.handover import Handover, JournalCopy, seal_handover
from shared.clock import SystemChance
from shared.ids import SessionId
from shared.wire import messages as m
from tests.examdesk.hub.hub_fixtures import joined, running_hub, staff
from tests.examdesk.hub.light_desk import LightDesk

ADA = Caller("Ada", Role.INSTRUCTOR, "")
REVIEWER = Caller("Rita", Role.INTEGRITY_REVIEWER, "")


async def begun_alone(hub, student="s1"):
    """A desk that never had a network: its chain begins with its own statement."""
    desk = LightDesk("127.0.0.1", hub.ready.port, student)
    journal, exam = desk.journal, hub.services.identity.exam
    key = journal.key.public.raw
    desk.session = own_session(exam, journal.journal, key)
    statement = Statement(
        exam=exam.hex(), student=student, name=f"Name of {student}", session=desk.session.hex(),
        journal=journal.journal.hex(), device="ab" * 16, device_name="pc-7", journal_key=key.hex(), made_ms=5,
        extra_minutes=15,
    )  # fmt: skip
    journal.begin(exam, state(statement, journal.key))
    desk.machine = None
    await desk.type_text("a")
    return desk


def bundle(hub, desk, batches=None):
    identity, journal = hub.services.identity, desk.journal
    copy = JournalCopy(journal.endorsement, tuple(journal.batches[:batches]), ())
    return seal_handover(Handover(1, identity.exam, desk.session, 5, (copy,)), identity.box.public, SystemChance())


async def bring(hub, data, *, adopt=False, caller=ADA):
    request = api.ImportBundle(upload="u", data=data, last=True, adopt=adopt)
    return await Imports(hub.services).take(request, caller)


def waiting(hub):
    return [join for join in hub.services.registry.joins.values() if join.state == "waiting"]


async def test_a_bundle_waits_for_a_click_and_comes_in_with_it(tmp_path):
    async with running_hub(tmp_path) as hub, staff(hub) as client:
        desk = await begun_alone(hub)
        first = await client.ask(api.ImportBundle(upload="u", data=bundle(hub, desk), last=True))
        assert first.new_events == 0
        assert "waits to be let in" in first.sentences[0]
        assert first.sentences[0].endswith("and comes in then.")
        assert not hub.services.registry.sessions
        (held,) = (await client.ask(api.GetLive())).held
        assert (held.student, held.why) == ("s1", "began without a network; says to have 15 minutes more")
        done = await client.ask(api.Decide(command="d", ticket=held.ticket, admit=True))
        assert done.sentence == "Name of s1 was admitted. From the stick: 3 new events."
        again = await client.ask(api.ImportBundle(upload="v", data=bundle(hub, desk), last=True))
        assert (again.sentences, again.new_events) == (("Name of s1: nothing new.",), 0)
        (row,) = hub.services.registry.sessions.values()
        assert (row.session, row.student) == (desk.session, "s1")
        (journal,) = hub.services.registry.journals.values()
        word = read(journal.row.endorsement, hub.services.identity.signing.public)
        assert word.statement.encode() == desk.journal.endorsement


async def test_a_bundle_that_staff_refuse_stays_out(tmp_path):
    async with running_hub(tmp_path) as hub, staff(hub) as client:
        data = bundle(hub, await begun_alone(hub))
        await client.ask(api.ImportBundle(upload="u", data=data, last=True))
        (held,) = (await client.ask(api.GetLive())).held
        await client.ask(api.Decide(command="d", ticket=held.ticket, admit=False))
        answer = await client.ask(api.ImportBundle(upload="v", data=data, last=True))
        assert "did not let it in; nothing was imported." in answer.sentences[0]
        assert not hub.services.registry.sessions


async def test_work_that_is_too_much_to_wait_in_memory_is_imported_again(tmp_path, monkeypatch):
    monkeypatch.setattr("examdesk.hub.staff.importing.MOST_BROUGHT_BYTES", 100)
    async with running_hub(tmp_path) as hub, staff(hub) as client:
        data = bundle(hub, await begun_alone(hub))
        first = await client.ask(api.ImportBundle(upload="u", data=data, last=True))
        assert first.sentences[0].endswith("import it again after that.")
        (held,) = (await client.ask(api.GetLive())).held
        await client.ask(api.Decide(command="d", ticket=held.ticket, admit=True))
        assert (await client.ask(api.ImportBundle(upload="v", data=data, last=True))).new_events == 3


async def test_two_bundles_of_a_journal_come_in_any_order_and_adopting_twice_changes_nothing(tmp_path):
    async with running_hub(tmp_path) as hub:
        desk = await begun_alone(hub)
        await desk.type_text("b")
        whole, part = bundle(hub, desk), bundle(hub, desk, 1)
        assert (await bring(hub, whole, adopt=True)).new_events == 4
        (before,) = [each.row.endorsement for each in hub.services.registry.journals.values()]
        assert (await bring(hub, part, adopt=True)).sentences == ("Name of s1: nothing new.",)
        assert (await bring(hub, whole)).sentences == ("Name of s1: nothing new.",)
        (after,) = [each.row.endorsement for each in hub.services.registry.journals.values()]
        assert before == after
        assert not waiting(hub)


async def test_who_joined_by_network_as_well_gets_a_second_place(tmp_path):
    async with running_hub(tmp_path) as hub:
        online = await joined(hub, "s1")
        desk = await begun_alone(hub, "s1")
        answer = await bring(hub, bundle(hub, desk), adopt=True)
        assert "stands beside it as s1 (2)" in answer.sentences[0]
        registry = hub.services.registry
        assert sorted(registry.session_of) == ["s1", "s1 (2)"]
        assert registry.session_of["s1"] == SessionId(online.session)
        assert registry.roster["s1 (2)"].provisional
        await online.leave()


async def test_adopting_needs_the_right_to_let_students_in(tmp_path):
    async with running_hub(tmp_path) as hub:
        data = bundle(hub, await begun_alone(hub))
        with pytest.raises(NotPossible):
            await bring(hub, data, adopt=True, caller=REVIEWER)
        assert not hub.services.registry.sessions


async def test_adopting_at_once_closes_the_ticket_that_waited(tmp_path):
    async with running_hub(tmp_path) as hub:
        data = bundle(hub, await begun_alone(hub))
        await bring(hub, data)
        assert len(waiting(hub)) == 1
        await bring(hub, data, adopt=True)
        assert not waiting(hub)


async def meets(hub, desk):
    await desk.connect()
    await desk.send(m.Present(desk.journal.endorsement))
    await desk.send(desk.resume_frame())
    while True:
        frame = await desk.receive()
        if isinstance(frame, m.Held | m.Refusal | m.Resumed):
            return frame


async def test_a_desk_that_meets_the_network_is_held_and_goes_on_after_the_click(tmp_path):
    async with running_hub(tmp_path) as hub, staff(hub) as client:
        desk = await begun_alone(hub)
        assert isinstance(await meets(hub, desk), m.Held)
        (held,) = (await client.ask(api.GetLive())).held
        await client.ask(api.Decide(command="d", ticket=held.ticket, admit=True))
        assert isinstance(await desk.receive(), m.Resumed)
        endorsed = await desk.receive()
        assert isinstance(endorsed, m.Endorsed)
        assert read(endorsed.endorsement, desk.identity.exam_key).student == "s1"
        await desk.leave()


async def test_a_refused_desk_is_told_and_a_stranger_can_t_take_its_place(tmp_path):
    async with running_hub(tmp_path) as hub, staff(hub) as client:
        desk, stranger = await begun_alone(hub), await begun_alone(hub, "eve")
        assert isinstance(await meets(hub, desk), m.Held)
        (held,) = (await client.ask(api.GetLive())).held
        await client.ask(api.Decide(command="d", ticket=held.ticket, admit=False))
        refusal = await desk.receive()
        assert isinstance(refusal, m.Refusal)
        assert "did not take your work in" in refusal.sentence
        await stranger.connect()
        await stranger.send(m.Present(desk.journal.endorsement))
        frame = desk.resume_frame()
        proof = stranger.journal.key.sign(b"something else")
        await stranger.send(m.Resume(frame.journal, frame.last, frame.link, proof, 0, 0))
        refusal = await stranger.receive()
        assert (type(refusal), refusal.code) == (m.Refusal, "wrong-proof")
        for each in (desk, stranger):
            await each.leave()


async def test_one_address_can_t_fill_the_door_with_statements(tmp_path):
    async with running_hub(tmp_path) as hub:
        desks = [await begun_alone(hub, f"s{n}") for n in range(MOST_OF_AN_ADDRESS + 1)]
        answers = [await meets(hub, desk) for desk in desks]
        assert [type(each) for each in answers] == [m.Held] * MOST_OF_AN_ADDRESS + [m.Refusal]
        assert len(waiting(hub)) == MOST_OF_AN_ADDRESS
        for desk in desks:
            await desk.leave()


async def test_the_file_for_sticks_is_the_exam_sealed_and_its_making_is_audited(tmp_path):
    async with running_hub(tmp_path) as hub, staff(hub) as client:
        data, piece = b"", True
        while piece:
            piece = (await client.ask(api.GetDeskFile(offset=len(data)))).data
            data += piece
        from shared.bundle.desk_file import read_desk_file

        file = read_desk_file(data)
        assert (file.exam, file.fingerprint) == (hub.services.identity.exam, hub.services.identity.fingerprint)
        assert b"print" not in data
        audit = await client.ask(api.GetAudit())
        assert sum(row.what.startswith("made the exam file") for row in audit.entries) == 1
