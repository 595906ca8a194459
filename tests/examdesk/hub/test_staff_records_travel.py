"""What staff did comes back with the desks when another laptop takes over (K clauses), against real hubs."""

import asyncio
import shutil

from examdesk.exports.checking import verify_records
from examdesk.hub.sessions.standings import draws_of
from examdesk.staffapi import messages as api
from examdesk.store.credits import Decision, decisions_of, key_of, with_decision
from shared.events.kinds import Submitted
from shared.wire import messages as m
from tests.examdesk.hub.hub_fixtures import joined, running_hub, staff
from tests.examdesk.hub.light_desk import LightDesk
from tests.examdesk.hub.other_laptops import back, carried, saved_key, taken_over
from tests.support.patience import until

HOUR = "[schedule]\nduration = 60\n"


async def whats(client):
    return [entry.what for entry in reversed((await client.ask(api.GetAudit(limit=1000))).entries)]


async def test_everything_that_staff_did_since_the_key_was_saved_is_at_the_new_laptop(tmp_path):
    async with running_hub(tmp_path, HOUR) as hub, staff(hub) as client:
        await client.ask(api.PutStudent(command="p0", student="s1", name="Sam"))
        await saved_key(client, tmp_path)
        await client.ask(api.PutStudent(command="p1", student="door", name="Dora at the door", factor=1.5))
        await client.ask(api.SetDoor(command="d", approval="unlisted"))
        await client.ask(api.Open(command="o"))
        desks = [await joined(hub, name) for name in ("s1", "door")]
        sam, dora = desks
        for desk in desks:
            await desk.type_text("work")
            await desk.safe()
        await client.ask(api.Lock(command="l", locked=True, target=api.Target(sessions=(dora.session.hex(),))))
        await client.ask(api.AddIncident(command="i", session=sam.session.hex(), text="The mouse was dead"))
        await client.ask(
            api.SetReview(command="r", sessions=(sam.session.hex(),), status="Reviewed", note="Looked at it")
        )
        await client.ask(api.Say(command="n", text="There is a clock on the wall"))
        await client.ask(api.Redraw(command="w", session=sam.session.hex(), reason="two had the same"))
        decision = Decision(at_ms=5, who="Ada", seconds=60, proposed=60, items=("x",))
        noted = with_decision(None, decision)
        await hub.services.writer.run(lambda tx: tx.put_meta(key_of(sam.session), noted))
        await carried(hub, *desks)
        before = await whats(client)
        for desk in desks:
            assert b"Dora" not in b"".join(desk.parcels)
            await desk.leave()
    shutil.rmtree(tmp_path / "data")

    data = taken_over(tmp_path, "second")
    async with running_hub(tmp_path, HOUR, data=data) as hub, staff(hub) as client:
        assert "No desk has brought staff records" in hub.travelling.sentence()
        desks = [await back(hub, desk) for desk in desks]
        registry = hub.services.registry
        await until(lambda: hub.travelling.known.until_ms is not None and "took in staff records" in _log(hub))
        await until(
            lambda: registry.roster["door"].name == "Dora at the door" and not registry.roster["door"].provisional
        )
        assert (registry.roster["door"].factor, registry.approval) == (1.5, "unlisted")
        await until(lambda: registry.sessions[dora.session].locked)
        await until(lambda: hub.travelling._waits_at is None and hub.travelling._taking is None)
        assert draws_of(sam.session.hex(), registry.commands) == 1
        assert registry.notices[0].text == "There is a clock on the wall"
        found = await client.ask(api.GetIncidents())
        assert [each.text for each in found.incidents] == ["The mouse was dead"]
        history = await client.ask(api.GetReviewHistory(session=sam.session.hex()))
        assert [(step.status, step.note) for step in history.steps] == [("Reviewed", "Looked at it")]
        with hub.services.reader.connect() as connection:
            assert decisions_of(connection, hub.services.identity.exam) == {sam.session: [decision]}
        after = await whats(client)
        assert after[: len(before)] == before
        assert after[len(before)] == "took over"
        await until(lambda: registry.journals[sam.journal.journal].row.device_name == "PC of s1")
        said = hub.travelling.sentence()
        assert "What staff did at the former one is here up to" in said
        assert "missing" not in said
        await client.ask(api.Say(command="n2", text="This laptop goes on"))
        assert registry.notices[-1].number >= 1000
        for desk in desks:
            await desk.leave()
        verify_records(hub.services.reader, hub.services.identity.exam)


def _log(hub):
    with hub.services.reader.connect() as connection:
        return [row[0] for row in connection.exec_driver_sql("SELECT what FROM audit ORDER BY number")]


async def test_what_came_after_staff_already_work_at_the_new_laptop_keeps_their_changes(tmp_path):
    async with running_hub(tmp_path, HOUR) as hub, staff(hub) as client:
        await client.ask(api.PutStudent(command="p0", student="s1", name="Sam"))
        await client.ask(api.PutStudent(command="p1", student="s2", name="Tom"))
        await saved_key(client, tmp_path)
        await client.ask(api.PutStudent(command="p2", student="s1", name="Samuel"))
        await client.ask(api.PutStudent(command="p3", student="s2", name="Thomas"))
        await client.ask(api.RemoveStudent(command="x", student="s1"))
        await client.ask(api.PutStudent(command="p4", student="s1", name="Samuel"))
        await client.ask(api.PutStudent(command="p5", student="new", name="Nora"))
        desk = await joined(hub, "s3")
        await client.ask(api.Open(command="o"))
        await client.ask(api.Pause(command="pause", paused=True))
        await carried(hub, desk)
        await desk.leave()
    shutil.rmtree(tmp_path / "data")
    data = taken_over(tmp_path, "second")
    async with running_hub(tmp_path, HOUR, data=data) as hub, staff(hub) as client:
        await client.ask(api.PutStudent(command="q0", student="s1", name="Sammy"))
        await client.ask(api.PutStudent(command="q1", student="ours", name="Otto"))
        slot = hub.services.registry.roster["ours"].slot
        desk = await back(hub, desk)
        registry = hub.services.registry
        await until(lambda: "new" in registry.roster)
        names = {student: row.name for student, row in registry.roster.items() if student != "s3"}
        assert names == {"s1": "Sammy", "s2": "Thomas", "new": "Nora", "ours": "Otto"}
        assert registry.roster["ours"].slot == slot
        assert len({row.slot for row in registry.roster.values()}) == len(registry.roster)
        await until(lambda: registry.sessions[desk.session].paused_ms is not None)
        await until(lambda: hub.travelling._waits_at is None and hub.travelling._taking is None)
        assert [row.command for row in registry.commands][:2] == ["o", "pause"]
        await client.ask(api.Pause(command="on", paused=False))
        assert registry.sessions[desk.session].paused_ms is None
        entries = len(_log(hub))
        await desk.leave()
    async with running_hub(tmp_path, HOUR, data=data) as hub, staff(hub) as client:
        desk = await back(hub, desk)
        await until(lambda: desk.journal.journal in hub.travelling._asked)
        assert len(_log(hub)) >= entries
        assert hub.services.registry.roster["s1"].name == "Sammy"
        assert _log(hub).count("took in staff records") == 1
        verify_records(hub.services.reader, hub.services.identity.exam)
        await desk.leave()


async def test_a_desk_that_is_closed_right_after_its_hand_in_takes_along_what_staff_did_up_to_then(tmp_path):
    async with running_hub(tmp_path, HOUR) as hub, staff(hub) as client:
        await saved_key(client, tmp_path)
        await client.ask(api.Open(command="o"))
        desk = await joined(hub, "s1")
        await carried(hub, desk)
        await desk.type_text("work")
        desk.journal.add(Submitted(files={}, why="student"))
        await desk.flush()
        await desk.safe()
        await client.ask(api.AddIncident(command="i", text="a moment before"))
        await desk.send(m.Bye("the program ends"))
        await asyncio.wait_for(desk.connection.wait_closed(), 30)
        done = await whats(client)
    shutil.rmtree(tmp_path / "data")
    data = taken_over(tmp_path, "second")
    async with running_hub(tmp_path, HOUR, data=data) as hub:
        desk = await back(hub, desk)
        await until(lambda: _log(hub)[: len(done)] == done)
        await desk.leave()


async def test_a_third_laptop_has_what_was_done_at_both_before_it(tmp_path):
    async with running_hub(tmp_path, HOUR) as hub, staff(hub) as client:
        await saved_key(client, tmp_path)
        desk = await joined(hub, "s1")
        await client.ask(api.AddIncident(command="i", text="at the first"))
        await carried(hub, desk)
        await desk.leave()
    for all_of, (folder, said) in enumerate((("second", "at the second"), ("third", "at the third")), start=1):
        data = taken_over(tmp_path, folder)
        async with running_hub(tmp_path, HOUR, data=data) as hub, staff(hub) as client:
            desk = await back(hub, desk)
            await until(lambda hub=hub, all_of=all_of: _log(hub).count("wrote down an incident") == all_of)
            await client.ask(api.AddIncident(command=f"i {folder}", text=said))
            found = await client.ask(api.GetIncidents())
            await carried(hub, desk)
            await desk.leave()
            verify_records(hub.services.reader, hub.services.identity.exam)
    assert {each.text for each in found.incidents} == {"at the first", "at the second", "at the third"}


async def test_staff_records_that_nobody_asked_for_or_that_are_false_are_refused(tmp_path):
    async with running_hub(tmp_path, HOUR) as hub, staff(hub) as client:
        await saved_key(client, tmp_path)
        desk = await joined(hub, "s1")
        await client.ask(api.AddIncident(command="i", text="here"))
        await carried(hub, desk)
        await desk.send(m.Parcel(next(iter(desk.parcels))))
        refused = await desk.wait_for(m.Refusal)
        assert (refused.code, "nobody asked for" in refused.sentence) == ("bad-frame", True)
        await desk.leave()
    data = taken_over(tmp_path, "second")
    async with running_hub(tmp_path, HOUR, data=data) as hub:
        parcel = next(iter(desk.parcels))
        false = parcel[:-70] + bytes([parcel[-70] ^ 1]) + parcel[-69:]
        again = LightDesk("127.0.0.1", hub.listener.port, desk.student, desk.journal)
        await again.connect()
        await again.send(m.Present(desk.journal.endorsement))
        await again.start()
        await again.wait_for(m.WantParcels)
        await again.send(m.Parcel(false))
        refused = await again.wait_for(m.Refusal)
        assert "isn't signed by this exam's key" in refused.sentence
        assert "took in staff records" not in _log(hub)
        await again.leave()
