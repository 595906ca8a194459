"""What staff do in the room, against a real hub: look at times, lock, collect, write, note incidents."""

import pytest

from examdesk.staffapi import messages as api
from examdesk.staffapi.client import Refused
from examdesk.staffapi.permissions import Role
from shared.admission.codes import parse_code
from shared.admission.receipt_code import receipt_code
from shared.crypto.keys import sha256
from shared.discovery.records import Phase
from shared.events.kinds import MessageSeen, Paste, Submitted
from shared.exam.front import read_front
from shared.exam.rehearsal_note import RehearsalNote, fingerprint, write_note
from shared.exam.sealing import unwrap_key
from shared.wire import messages as m
from shared.wire.standing import read_notice
from tests.examdesk.hub.hub_fixtures import joined, make_exam, running_hub, staff
from tests.examdesk.hub.light_desk import LightDesk, standing

HOUR = "[schedule]\nduration = 60\n"
MINUTE_MS = 60_000


async def one_student(client, number=1):
    for place in range(number):
        await client.ask(
            api.PutStudent(command=f"p{place}", student=f"s{place + 1}", name=f"Sam {place + 1}", factor=1.5)
        )


async def test_the_end_times_of_an_extension_are_shown_before_it_applies(tmp_path):
    async with running_hub(tmp_path, HOUR) as hub, staff(hub) as client:
        await one_student(client)
        desks = [await joined(hub, name) for name in ("s1", "s2")]
        await client.ask(api.Open(command="o"))
        shown = await client.ask(api.GetTimes(change=api.Extend(command="", seconds=600)))
        more = {row.student: row.new_ends_ms - row.ends_ms for row in shown.rows}
        assert (more, shown.changed) == ({"s1": 15 * MINUTE_MS, "s2": 10 * MINUTE_MS}, 2)
        one = api.Target(sessions=(desks[1].session.hex(),))
        only = await client.ask(api.GetTimes(change=api.Extend(command="", seconds=600, target=one)))
        assert [(row.student, row.changes) for row in only.rows] == [("s1", False), ("s2", True)]
        now = await client.ask(api.GetTimes())
        assert [row.new_ends_ms == row.ends_ms for row in now.rows] == [True, True]
        await client.ask(api.Extend(command="e", seconds=600))
        after = await client.ask(api.GetTimes())
        assert [row.ends_ms for row in after.rows] == [row.new_ends_ms for row in shown.rows]
        for desk in desks:
            await desk.leave()


async def test_an_exam_ended_by_hand_shows_the_moment_of_its_end(tmp_path):
    async with running_hub(tmp_path, HOUR) as hub, staff(hub) as client:
        desk = await joined(hub)
        await client.ask(api.Open(command="o"))
        before = await client.ask(api.GetExam())
        assert before.ends_ms - before.hub_ms > 59 * MINUTE_MS
        await client.ask(api.End(command="e"))
        after = await client.ask(api.GetExam())
        assert (after.phase, after.ends_ms <= after.hub_ms) == ("ended", True)
        ended = await standing(desk, lambda found: found.ended)
        assert ended.ends_ms == after.ends_ms
        await desk.leave()


async def test_an_opened_exam_that_nobody_joined_is_what_a_student_would_find_now(tmp_path):
    async with running_hub(tmp_path, HOUR) as hub, staff(hub) as client:
        phases = [(await client.ask(api.GetExam())).phase]
        for number, command in enumerate((api.Open, api.End, api.Open)):
            await client.ask(command(command=f"c{number}"))
            phases.append((await client.ask(api.GetExam())).phase)
        assert phases == ["waiting", "active", "ended", "active"]
        assert hub.phase() is Phase.RUN


async def test_sections_without_anybody_count_by_themselves(tmp_path):
    async with running_hub(tmp_path, HOUR) as hub, staff(hub) as client:
        for student, section in (("s1", "A"), ("s2", "B")):
            await client.ask(api.PutStudent(command=student, student=student, name=student, section=section))
        await client.ask(api.Open(command="o", target=api.Target(sections=("A",))))
        assert (await client.ask(api.GetExam())).phase == "mixed"


async def test_a_locked_student_waits_until_unlocked(tmp_path):
    async with running_hub(tmp_path, HOUR) as hub, staff(hub) as client:
        desk = await joined(hub)
        await client.ask(api.Open(command="o"))
        me = api.Target(sessions=(desk.session.hex(),))
        assert (await client.ask(api.Lock(command="l1", locked=True, target=me))).sentence == "Locked: 1 student."
        await standing(desk, lambda found: found.locked)
        assert [row.status for row in (await client.ask(api.GetLive())).rows] == ["Paused"]
        await client.ask(api.Lock(command="l2", locked=False, target=me))
        await standing(desk, lambda found: not found.locked)
        await desk.leave()


async def test_a_correction_names_its_question_and_staff_see_whom_it_reached(tmp_path):
    async with running_hub(tmp_path) as hub, staff(hub) as client:
        desks = [await joined(hub, name) for name in ("s1", "s2")]
        with pytest.raises(Refused, match="no question q9"):
            await client.ask(api.Say(command="m0", text="Oops", kind="correction", question="q9"))
        await client.ask(api.Say(command="m1", text="Read n, not m.", kind="correction", question="q1"))
        notice = read_notice((await desks[0].wait_for(m.SignedNotice)).envelope, desks[0].identity.exam_key)
        assert (notice.kind, notice.question) == ("correction", "q1")
        digest = sha256(notice.text.encode()).hex()
        for how in ("delivered", "read"):
            desks[0].journal.add(MessageSeen(number=notice.number, how=how, sha256=digest))
        desks[1].journal.add(MessageSeen(number=notice.number, how="delivered", sha256=digest))
        for desk in desks:
            await desk.flush()
            await desk.safe()
        (view,) = (await client.ask(api.GetNotices())).notices
        assert (view.kind, view.question, view.students, view.delivered, view.read) == ("correction", "q1", 2, 2, 1)
        told = await client.ask(api.GetDelivery(number=view.number))
        assert [(row.student, row.delivered_ms is not None, row.read_ms is not None) for row in told.rows] == [
            ("s1", True, True),
            ("s2", True, False),
        ]
        with pytest.raises(Refused):
            await client.ask(api.GetDelivery(number=99))
        for desk in desks:
            await desk.leave()


async def test_collecting_takes_what_is_not_handed_in_as_it_stands(tmp_path):
    async with running_hub(tmp_path, HOUR) as hub, staff(hub) as client:
        await one_student(client, 3)
        done, gone = await joined(hub, "s1"), await joined(hub, "s2")
        await client.ask(api.Open(command="o"))
        for desk in (done, gone):
            await desk.type_text("work")
        done.journal.add(Submitted(files={}, why="student"))
        await done.flush()
        for desk in (done, gone):
            await desk.safe()
        await gone.leave()
        assert (await client.ask(api.GetHandIns())).counts == {"handed in": 1, "not handed in": 1, "not joined": 1}
        answer = await client.ask(api.Collect(command="c"))
        assert answer.sentence.startswith("Of 1 student who had not handed in, 0 are connected")
        assert (await client.ask(api.Collect(command="c"))).sentence == "This was done before."
        rows = (await client.ask(api.GetHandIns(missing=True))).rows
        assert [(row.student, row.state, row.code) for row in rows] == [
            ("s2", "as it stands", receipt_code(gone.journal.link)),
            ("s3", "not joined", ""),
        ]
        (entry,) = [e for e in (await client.ask(api.GetAudit())).entries if e.what == "took the work as it stands"]
        assert f"up to event {gone.journal.sealed} of journal {gone.journal.journal.hex()}" in entry.detail
        gone.journal.add(Submitted(files={}, why="collected"))
        gone.machine = None
        gone.journal.seal()
        await gone.connect()
        await gone.start()
        await gone.safe()
        assert (await client.ask(api.GetHandIns())).counts == {"handed in": 1, "collected": 1, "not joined": 1}
        for desk in (done, gone):
            await desk.leave()


async def test_signals_of_the_class_come_by_time_with_how_common_each_kind_is(tmp_path):
    async with running_hub(tmp_path) as hub, staff(hub) as client:
        desks = [await joined(hub, name) for name in ("s1", "s2", "s3")]
        for desk in desks:
            await desk.type_text("x")
        text = "\n".join(f"value_{n} = compute({n}) + {n * 7}" for n in range(40))
        for desk in desks[:2]:
            desk.journal.add(Paste(file="q1/main.py", at=0, removed=0, text=text, clip="outside"))
            await desk.flush()
        for desk in desks:
            await desk.safe()
        found = await client.ask(api.GetSignals(kinds=("large_paste",)))
        assert {each.student for each in found.signals} == {"s1", "s2"}
        assert [each.signal.at_ms for each in found.signals] == sorted(each.signal.at_ms for each in found.signals)
        assert (found.total, found.students, {each.question for each in found.signals}) == (2, 3, {"q1"})
        common = {kind.kind: (kind.students_with_it, kind.signals) for kind in found.kinds}
        assert common["large_paste"] == (2, 2)
        assert found.signals[0].signal.students_with_it == 2
        assert (await client.ask(api.GetSignals(question="q9"))).total == 0
        assert (await client.ask(api.GetSignals(sections=("B",)))).total == 0
        page = await client.ask(api.GetSignals(kinds=("large_paste",), start=1, limit=1))
        assert (page.signals, page.total) == (found.signals[1:], 2)
        for desk in desks:
            await desk.leave()


async def test_an_incident_is_written_down_for_a_session_or_the_exam(tmp_path):
    async with running_hub(tmp_path) as hub, staff(hub) as client, staff(hub, Role.PROCTOR) as proctor:
        desk = await joined(hub)
        me = desk.session.hex()
        await proctor.ask(api.AddIncident(command="i1", text="Fire alarm: 10:04 to 10:11"))
        for _ in range(2):
            await proctor.ask(api.AddIncident(command="i2", text="Left the room, ill.", session=me))
        found = (await client.ask(api.GetIncidents())).incidents
        assert [(each.session, each.text) for each in found] == [
            ("", "Fire alarm: 10:04 to 10:11"),
            (me, "Left the room, ill."),
        ]
        assert [each.text for each in (await client.ask(api.GetIncidents(session=me))).incidents] == [
            "Left the room, ill."
        ]
        with pytest.raises(Refused):
            await client.ask(api.AddIncident(command="i3", text="  "))
        await desk.leave()


async def test_only_who_has_not_joined_can_be_taken_off_the_roster(tmp_path):
    async with running_hub(tmp_path) as hub, staff(hub) as client:
        await one_student(client, 2)
        desk = await joined(hub, "s1")
        with pytest.raises(Refused, match="Sam 1 has joined"):
            await client.ask(api.RemoveStudent(command="r1", student="s1"))
        done = await client.ask(api.RemoveStudent(command="r2", student="s2"))
        assert done.sentence == "Sam 2 is off the roster."
        assert [entry.student for entry in (await client.ask(api.GetRoster())).entries] == ["s1"]
        with pytest.raises(Refused, match="not on the roster"):
            await client.ask(api.RemoveStudent(command="r3", student="s2"))
        await desk.leave()


async def test_the_door_can_be_closed_while_the_exam_runs_and_stays_so_after_a_restart(tmp_path):
    async with running_hub(tmp_path) as hub, staff(hub) as client:
        inside = await joined(hub, "s1")
        assert (await client.ask(api.GetExam())).approval == "off"
        done = await client.ask(api.SetDoor(command="d1", approval="all"))
        assert done.sentence == "From now on everybody waits until you let them in."
        assert (await client.ask(api.GetExam())).approval == "all"
        await inside.leave()
    async with running_hub(tmp_path) as hub, staff(hub) as client:
        late = LightDesk("127.0.0.1", hub.ready.port, "s2")
        await late.connect()
        await late.send(late.join_frame(hub.ready.room_code))
        assert isinstance(await late.receive(), m.Held)
        inside.port = hub.ready.port
        await inside.connect()
        await inside.start()
        await inside.type_text("still in")
        await inside.safe()
        await client.ask(api.SetDoor(command="d2"))
        assert (await client.ask(api.GetExam())).approval == "off"
        for desk in (inside, late):
            await desk.leave()


async def test_the_start_code_opens_what_desks_were_offered_and_its_showing_is_audited(tmp_path):
    async with running_hub(tmp_path, HOUR) as hub, staff(hub) as client:
        desk = await joined(hub)
        offer = await desk.wait_for(m.ContentOffer)
        front = read_front(offer.front, desk.identity.exam_key, hub.services.identity.exam)
        shown = await client.ask(api.ShowStartCode())
        key = unwrap_key(parse_code(shown.code), front.start, hub.services.identity.exam)
        assert key == hub.services.identity.content_key
        assert front.minutes == 60
        audit = await client.ask(api.GetAudit())
        assert [row.who for row in audit.entries if row.what == "showed the start code"] == ["Ada"]
        await desk.leave()


async def test_who_only_reads_gets_no_start_code(tmp_path):
    async with running_hub(tmp_path) as hub, staff(hub, Role.AUDITOR) as client:
        with pytest.raises(Refused):
            await client.ask(api.ShowStartCode())


async def test_staff_read_whether_the_exam_is_the_one_that_was_rehearsed(tmp_path):
    exam = make_exam(tmp_path / "exam")
    async with running_hub(tmp_path) as hub, staff(hub) as client:
        assert (await client.ask(api.GetExam())).rehearsed == ""
    note = RehearsalNote(at_ms=0, app="1", desks=9, seconds=30, holds=True, exam=fingerprint(exam))
    write_note(exam, note)
    for _ in range(2):
        async with running_hub(tmp_path) as hub, staff(hub) as client:
            said = (await client.ask(api.GetExam())).rehearsed
            assert said.startswith("This exam is the one rehearsed on 1970-01-01")
            entries = (await client.ask(api.GetAudit())).entries
            assert [entry.detail for entry in entries if entry.what == "compared with the rehearsal"] == [said]


async def test_a_correction_carries_the_new_text_of_its_question_to_desks_that_come_later_too(tmp_path):
    async with running_hub(tmp_path) as hub, staff(hub) as client:
        desk = await joined(hub, "s1")
        new = "# Sum\r\n\r\nMultiply them.\r\n"
        await client.ask(api.Say(command="c", text="Multiply!", kind="correction", question="q1", prompt=new))
        notice = read_notice((await desk.wait_for(m.SignedNotice)).envelope, desk.identity.exam_key)
        assert (notice.question, notice.prompt) == ("q1", "# Sum\n\nMultiply them.\n")
        await desk.leave()
    async with running_hub(tmp_path) as hub, staff(hub) as client:
        later = await joined(hub, "s2")
        notice = read_notice((await later.wait_for(m.SignedNotice)).envelope, later.identity.exam_key)
        assert notice.prompt == "# Sum\n\nMultiply them.\n"
        for wrong in (
            api.Say(command="w1", text="x", kind="announcement", question="q1", prompt=new),
            api.Say(command="w2", text="x", kind="correction", prompt=new),
            api.Say(command="w3", text="x", kind="correction", question="q1", prompt="n" * 40_000),
        ):
            with pytest.raises(Refused, match="Nothing was sent"):
                await client.ask(wrong)
        await later.leave()


async def test_an_opening_by_hand_is_taken_back_and_the_desks_wait_again(tmp_path):
    async with running_hub(tmp_path, HOUR) as hub, staff(hub) as client:
        desk = await joined(hub)
        with pytest.raises(Refused, match="nothing to take back"):
            await client.ask(api.TakeBackOpening(command="t0"))
        await client.ask(api.Open(command="o"))
        await standing(desk, lambda found: found.starts_ms is not None)
        seen = await client.ask(api.GetExam())
        assert [(each.command, each.by) for each in seen.openings] == [("o", "Ada")]
        shown = await client.ask(api.GetTimes(change=api.TakeBackOpening(command="")))
        assert [(row.new_starts_ms, row.changes) for row in shown.rows] == [(None, True)]
        said = await client.ask(api.TakeBackOpening(command="t", opened="o"))
        assert "1 student waits again. 1 of them has seen the questions" in said.sentence
        await standing(desk, lambda found: found.starts_ms is None)
        notice = read_notice((await desk.wait_for(m.SignedNotice)).envelope, desk.identity.exam_key)
        assert "Please wait" in notice.text
        after = await client.ask(api.GetExam())
        assert (after.phase, after.openings) == ("waiting", ())
        again = await client.ask(api.TakeBackOpening(command="t", opened="o"))
        assert again.sentence == "This was done before."
        with pytest.raises(Refused, match="taken back before"):
            await client.ask(api.TakeBackOpening(command="t2", opened="o"))
        log = (await client.ask(api.GetAudit())).entries
        entry = next(each for each in log if each.what == "took an opening back")
        assert "for everybody" in entry.detail
        assert "→ none" in entry.changes[0]
        await desk.leave()


async def test_an_opening_at_a_time_is_taken_back_before_it_comes(tmp_path):
    async with running_hub(tmp_path, HOUR) as hub, staff(hub) as client:
        desk = await joined(hub)
        soon = (await client.ask(api.GetExam())).hub_ms + 10 * MINUTE_MS
        await client.ask(api.Open(command="o", at_ms=soon))
        await standing(desk, lambda found: found.starts_ms == soon)
        said = await client.ask(api.TakeBackOpening(command="t"))
        assert "seen the questions" not in said.sentence
        await standing(desk, lambda found: found.starts_ms is None)
        await client.ask(api.Open(command="o2"))
        assert (await client.ask(api.GetExam())).phase == "active"
        await desk.leave()
