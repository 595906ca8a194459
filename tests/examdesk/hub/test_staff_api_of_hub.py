"""The staff API against a real hub: permissions, commands reaching desks, approval, roster, audit."""

import pytest

from examdesk.staffapi import messages as api
from examdesk.staffapi.client import HubAddress, Refused, open_client, read_hub_file
from examdesk.staffapi.permissions import Role
from shared.wire import messages as m
from shared.wire.standing import read_notice, read_standing
from tests.examdesk.hub.hub_fixtures import exported, joined, running_hub, staff
from tests.examdesk.hub.light_desk import LightDesk


async def test_opening_and_extending_reach_the_desk_and_are_audited(tmp_path):
    async with running_hub(tmp_path, "[schedule]\nduration = 60\n") as hub, staff(hub) as client:
        desk = await joined(hub)
        await desk.wait_for(m.SignedStanding)
        done = await client.ask(api.Open(command="c1"))
        assert done.sentence == "Opened: 1 student."
        key = desk.identity.exam_key
        opened = read_standing((await desk.wait_for(m.SignedStanding)).envelope, key)
        assert opened.ends_ms - opened.starts_ms == 3_600_000
        await client.ask(api.Extend(command="c2", seconds=600))
        again = await client.ask(api.Extend(command="c2", seconds=600))
        assert again.sentence == "This was done before."
        extended = read_standing((await desk.wait_for(m.SignedStanding)).envelope, key)
        assert extended.ends_ms - opened.ends_ms == 600_000
        notice = read_notice((await desk.wait_for(m.SignedNotice)).envelope, key)
        assert (notice.kind, notice.text) == ("extension", "Your time was extended by 10 min.")
        log = await client.ask(api.GetAudit())
        assert [entry.what for entry in log.entries][:2] == ["told the extension", "extended by 10 min"]
        await desk.leave()


async def test_a_message_to_everybody_reaches_a_student_who_joins_later(tmp_path):
    async with running_hub(tmp_path) as hub, staff(hub) as client:
        await client.ask(api.Say(command="m1", text="Use a pencil."))
        desk = await joined(hub)
        notice = read_notice((await desk.wait_for(m.SignedNotice)).envelope, desk.identity.exam_key)
        assert notice.text == "Use a pencil."
        await desk.leave()


@pytest.mark.parametrize("request_", [api.Open(command="x"), api.GetRoster(), api.GetAudit()])
async def test_an_auditor_may_not_do_what_only_others_may(tmp_path, request_):
    async with running_hub(tmp_path) as hub, staff(hub, Role.AUDITOR) as client:
        if isinstance(request_, api.GetAudit):
            assert (await client.ask(request_)).entries
            return
        with pytest.raises(Refused) as refused:
            await client.ask(request_)
        assert refused.value.code == "not-allowed"


async def test_a_wrong_token_signs_nobody_in(tmp_path):
    async with running_hub(tmp_path) as hub:
        address = read_hub_file(hub.settings.place.hub_file)
        wrong = HubAddress(port=address.port, fingerprint=address.fingerprint, token="guess")
        with pytest.raises(Refused) as refused:
            await open_client(wrong, "Eve")
        assert refused.value.code == "not-signed-in"


async def test_a_second_device_waits_for_a_person_and_then_gets_the_work(tmp_path):
    async with running_hub(tmp_path) as hub, staff(hub) as client:
        first = await joined(hub)
        await first.type_text("work")
        await first.safe()
        second = LightDesk("127.0.0.1", hub.ready.port, "s1")
        await second.connect()
        await second.send(second.join_frame(hub.ready.room_code))
        assert isinstance(await second.receive(), m.Held)
        held = (await client.ask(api.GetLive())).held
        assert [(join.student, join.why) for join in held] == [("s1", "goes on at another computer")]
        await client.ask(api.Decide(command="d1", ticket=held[0].ticket, admit=True))
        files = await second.endorsed()
        assert [(file.file, file.text) for file in files] == [("q1/main.py", "work")]
        assert files[0].spans == ((4, 1),)
        await second.start()
        await second.type_text("more")
        await second.safe()
        locked = [
            read_standing(frame.envelope, first.identity.exam_key)
            for frame in first.kept
            if isinstance(frame, m.SignedStanding)
        ][-1]
        assert locked.locked
        await first.type_text("tail", at=4)
        await first.safe()
        live = await client.ask(api.GetLive())
        assert [(row.student, row.devices, row.online) for row in live.rows] == [("s1", 1, True)]
        await first.leave()
        await second.leave()


async def test_a_class_list_is_previewed_and_then_applied(tmp_path):
    async with running_hub(tmp_path) as hub, staff(hub) as client:
        data = b"id,name,section\nk1,Kim One,A\nk2,Kit Two,B\n"
        shown = await client.ask(api.PreviewRoster(file_name="list.csv", data=data))
        assert [row.outcome for row in shown.rows] == ["added", "added"]
        assert not (await client.ask(api.GetRoster())).entries
        await client.ask(api.ApplyRoster(command="r1", preview=shown.preview))
        entries = (await client.ask(api.GetRoster())).entries
        assert [(entry.student, entry.section) for entry in entries] == [("k1", "A"), ("k2", "B")]
        live = await client.ask(api.GetLive())
        assert live.counts == {"Not joined": 2}


async def test_changes_are_pushed_to_whoever_is_signed_in(tmp_path):
    async with running_hub(tmp_path) as hub, staff(hub) as client:
        desk = await joined(hub)
        seen = set()
        while desk.session.hex() not in seen:
            change = await client.next_change()
            seen.update(change.sessions)
        exam = await client.ask(api.GetExam())
        assert exam.connected == 1
        assert exam.questions[0].starters == (("main.py", "print(1)\n"),)
        await desk.leave()


async def test_an_export_is_made_in_the_background_and_fetched_piece_by_piece(tmp_path):
    async with running_hub(tmp_path) as hub, staff(hub) as client:
        desk = await joined(hub)
        await desk.type_text("print('hello')")
        await desk.safe()
        job = await exported(client, api.StartExport(what=("events",)))
        assert not job.failed, job.sentence
        name, size = job.files[0]
        piece = await client.ask(api.GetFile(job=job.job, name=name, offset=0))
        assert len(piece.data) == size
        with pytest.raises(Refused):
            await client.ask(api.GetFile(job=job.job, name="../../data/examdesk.sqlite", offset=0))
        await desk.leave()


async def test_a_session_is_shown_with_its_code_and_the_look_is_audited(tmp_path):
    async with running_hub(tmp_path) as hub, staff(hub) as client:
        desk = await joined(hub)
        await desk.type_text("print('hello')")
        await desk.safe()
        shown = await client.ask(api.GetSession(session=desk.session.hex()))
        assert shown.row.online
        text = await client.ask(api.GetText(session=desk.session.hex(), file="q1/main.py"))
        assert text.text == "print('hello')"
        log = await client.ask(api.GetAudit())
        assert log.entries[0].what == "looked at a session"
        with pytest.raises(Refused) as refused:
            await client.ask(api.GetSession(session="00" * 16))
        assert refused.value.code == "not-found"
        await desk.leave()
