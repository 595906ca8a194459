"""Reviews over the staff API: history, two people for "Escalated", hidden names, and who looked at what."""

import contextlib
import re

import msgspec
import pytest

from examdesk.staffapi import messages as api
from examdesk.staffapi.client import Refused
from examdesk.staffapi.corpus_files import corpus_commands
from examdesk.staffapi.permissions import GRANTS, Role
from shared.events import kinds
from tests.examdesk.hub.hub_fixtures import exported, joined, running_hub, staff

CODE = "total = 0\nfor number in range(10):\n    if number % 2:\n        total += number\nprint(total)\n" * 20


async def steps(client, session):
    found = await client.ask(api.GetReviewHistory(session=session))
    return [(step.who, step.step, step.status, step.note, step.whom) for step in found.steps]


async def audit(client):
    return [(each.what, each.who) for each in reversed((await client.ask(api.GetAudit())).entries)]


async def test_a_review_keeps_everything_that_was_said_about_it(tmp_path):
    async with running_hub(tmp_path) as hub:
        desk = await joined(hub)
        session = desk.session.hex()
        async with staff(hub, name="Ada") as ada, staff(hub, Role.INTEGRITY_REVIEWER, "Ben") as ben:
            await ada.ask(api.Assign(command="1", sessions=(session,), to="Ben"))
            await ben.ask(
                api.SetReview(command="2", sessions=(session,), status="Needs follow-up", note="Ask about q1")
            )
            again = await ben.ask(api.SetReview(command="2", sessions=(session,), status="Cleared"))
            assert again.sentence == "This was done before."
            await ada.ask(api.AddNote(command="3", sessions=(session,), note="Asked; will explain on Monday"))
            assert await steps(ada, session) == [
                ("Ada", "assigned", "Not reviewed", "", "Ben"),
                ("Ben", "status", "Needs follow-up", "Ask about q1", ""),
                ("Ada", "note", "Needs follow-up", "Asked; will explain on Monday", ""),
            ]
            found = await ada.ask(api.GetReviews())
            (row,) = found.rows
            assert (row.status, row.assignee, row.steps, row.notes, row.last_who) == (
                "Needs follow-up",
                "Ben",
                3,
                2,
                "Ada",
            )
            assert found.people == ("Ada", "Ben")
            assert (await ada.ask(api.GetLive())).rows[0].review == "Needs follow-up"
            assert ("added a note to a review", "Ada") in await audit(ada)
        await desk.leave()


async def test_where_escalated_takes_two_people_one_person_can_not_do_it(tmp_path):
    async with running_hub(tmp_path) as hub:
        desk = await joined(hub)
        session = desk.session.hex()
        async with staff(hub, name="Ada") as ada, staff(hub, Role.INTEGRITY_REVIEWER, "Ben") as ben:
            with pytest.raises(Refused) as refused:
                await ben.ask(api.SetReviewRules(command="0", second_person=False))
            assert refused.value.code == "not-allowed"
            await ada.ask(api.SetReviewRules(command="1", second_person=True))
            done = await ada.ask(api.SetReview(command="2", sessions=(session,), status="Escalated", note="See 10:31"))
            assert done.sentence == "You asked for “Escalated”. It is set once another person confirms it."
            (row,) = (await ben.ask(api.GetReviews())).rows
            assert (row.status, row.asked_by) == ("Not reviewed", "Ada")
            async with staff(hub, name="ADA") as shouting:
                with pytest.raises(Refused, match="Another person"):
                    await shouting.ask(api.SetReview(command="3", sessions=(session,), status="Escalated"))
            done = await ben.ask(api.SetReview(command="4", sessions=(session,), status="Escalated"))
            assert done.sentence == "Confirmed: Escalated."
            (row,) = (await ada.ask(api.GetReviews(sessions=(session,)))).rows
            assert (row.status, row.asked_by) == ("Escalated", "")
            assert [step[:3] for step in await steps(ada, session)] == [
                ("Ada", "asked", "Not reviewed"),
                ("Ben", "confirmed", "Escalated"),
            ]
            said = await audit(ada)
            assert ("asked a second person to escalate", "Ada") in said
            assert ("confirmed as the second person", "Ben") in said
        await desk.leave()


async def test_several_get_a_status_and_a_note_at_once_or_none_of_them_does(tmp_path):
    async with running_hub(tmp_path) as hub:
        desks = [await joined(hub, student) for student in ("s1", "s2", "s3")]
        s1, s2, s3 = (desk.session.hex() for desk in desks)
        async with staff(hub, name="Ada") as ada, staff(hub, name="Ben") as ben:
            done = await ada.ask(api.SetReview(command="1", sessions=(s1, s2, s1), status="Reviewed", note="Talked"))
            assert done.sentence == "Set to Reviewed: 2 sessions."
            assert [(await steps(ada, each))[0][2:4] for each in (s1, s2)] == [("Reviewed", "Talked")] * 2
            with pytest.raises(Refused):
                await ada.ask(api.AddNote(command="2", sessions=(s1, "00" * 16), note="x"))
            assert len(await steps(ada, s1)) == 1
            done = await ada.ask(api.AddNote(command="3", sessions=(s1, s3), note="Same room"))
            assert done.sentence == "The note is kept in 2 reviews."
            await ada.ask(api.SetReviewRules(command="4", second_person=True))
            await ada.ask(api.SetReview(command="5", sessions=(s1,), status="Escalated"))
            done = await ada.ask(api.SetReview(command="6", sessions=(s1, s2), status="Escalated"))
            assert done.sentence == (
                "You asked for “Escalated”: 1 session. It is set once another person confirms it. "
                "You asked for 1 of them already: another person has to confirm."
            )
            done = await ben.ask(api.SetReview(command="7", sessions=(s1, s2, s3), status="Escalated"))
            assert done.sentence == (
                "Confirmed as Escalated: 2 sessions. You asked for “Escalated”: 1 session. "
                "It is set once another person confirms it."
            )
            rows = {row.session: row.status for row in (await ada.ask(api.GetReviews())).rows}
            assert rows == {s1: "Escalated", s2: "Escalated", s3: "Not reviewed"}
        for desk in desks:
            await desk.leave()


async def test_another_status_ends_the_asking_and_a_restarted_hub_remembers_the_rule(tmp_path):
    async with running_hub(tmp_path) as hub:
        desk = await joined(hub)
        session = desk.session.hex()
        async with staff(hub, name="Ada") as ada:
            await ada.ask(api.SetReviewRules(command="1", second_person=True))
            await ada.ask(api.SetReview(command="2", sessions=(session,), status="Escalated"))
            await ada.ask(api.SetReview(command="3", sessions=(session,), status="Cleared"))
        await desk.leave()
    async with running_hub(tmp_path) as hub, staff(hub, name="Ben") as ben:
        found = await ben.ask(api.GetReviews())
        assert (found.rows[0].status, found.rows[0].asked_by, found.second_person) == ("Cleared", "", True)
        done = await ben.ask(api.SetReview(command="4", sessions=(session,), status="Escalated"))
        assert done.sentence.startswith("You asked")


async def test_a_review_of_nobody_and_empty_or_endless_words_are_refused_and_change_nothing(tmp_path):
    async with running_hub(tmp_path) as hub:
        desk = await joined(hub)
        session = desk.session.hex()
        async with staff(hub, name="Ada") as ada:
            for request in (
                api.AddNote(command="n", sessions=("00" * 16,), note="x"),
                api.Assign(command="n", sessions=("zz",), to="Ben"),
                api.SetReview(command="n", sessions=("",), status="Cleared"),
                api.GetReviewHistory(session="00" * 16),
                api.GetReviews(sessions=("00" * 16,)),
            ):
                with pytest.raises(Refused) as refused:
                    await ada.ask(request)
                assert refused.value.code == "not-found"
            for request in (
                api.AddNote(command="n", sessions=(session,), note="  "),
                api.Assign(command="n", sessions=(session,), to="n" * 101),
                api.Assign(command="n", sessions=(), to="Ben"),
                api.SetReview(command="n", sessions=(), status="Cleared"),
                api.SetReview(command="n", sessions=(session,), status="Cleared", note="n" * 10_001),
            ):
                with pytest.raises(Refused):
                    await ada.ask(request)
            assert await steps(ada, session) == []
        await desk.leave()


OTHERS = tuple(role for role, granted in GRANTS.items() if granted and api.GetReviews.NEEDS not in granted)
"""Who signs in here and may not review."""


@pytest.mark.parametrize("role", OTHERS)
async def test_who_may_not_review_is_not_told_how_reviews_stand(tmp_path, role):
    async with running_hub(tmp_path) as hub:
        desk = await joined(hub)
        session = desk.session.hex()
        async with staff(hub, name="Ada") as ada, staff(hub, role, "Pia") as other:
            await ada.ask(api.SetReview(command="1", sessions=(session,), status="Escalated", note="See 10:31"))
            for request in (api.GetLive(), api.GetLive(sessions=(session,))):
                assert [row.review for row in (await other.ask(request)).rows] == [None]
                assert [row.review for row in (await ada.ask(request)).rows] == ["Escalated"]
            if api.GetSession.NEEDS in GRANTS[role]:
                assert (await other.ask(api.GetSession(session=session))).row.review is None
            assert (await ada.ask(api.GetSession(session=session))).row.review == "Escalated"
            for refused_to_them in (api.GetReviews(), api.GetReviewHistory(session=session)):
                with pytest.raises(Refused) as refused:
                    await other.ask(refused_to_them)
                assert refused.value.code == "not-allowed"
        await desk.leave()


async def test_who_may_read_code_but_no_evidence_gets_a_session_without_its_signals(tmp_path):
    async with running_hub(tmp_path) as hub:
        desk = await joined(hub)
        await desk.type_text("x")
        desk.journal.add(kinds.Paste(file="q1/main.py", at=0, removed=0, text=CODE, clip="outside"))
        await desk.flush()
        await desk.safe()
        request = api.GetSession(session=desk.session.hex())
        async with staff(hub, name="Ada") as ada, staff(hub, Role.TEACHING_ASSISTANT, "Ben") as ben:
            assert (await ada.ask(request)).signals
            assert (await ben.ask(request)).signals == ()
            assert (await ben.ask(api.GetText(session=request.session, file="q1/main.py"))).text == f"{CODE}x"
        await desk.leave()


async def heard_until(client, topic):
    """Return the sessions and topics that somebody is told of, up to and with this topic."""
    sessions, topics = set(), set()
    while topic not in topics:
        change = await client.next_change()
        sessions.update(change.sessions)
        topics.update(change.topics)
    return sessions, topics


async def test_who_may_not_review_does_not_hear_whose_review_changed(tmp_path):
    async with running_hub(tmp_path) as hub:
        desk = await joined(hub)
        session = desk.session.hex()
        async with staff(hub, name="Ada") as ada, staff(hub, Role.PROCTOR, "Pia") as proctor:
            hub.services.changes.topic("exam")
            for each in (ada, proctor):
                await heard_until(each, "exam")  # what joining changed is told by now
            await ada.ask(api.SetReview(command="1", sessions=(session,), status="Escalated"))
            assert session in (await heard_until(ada, "review"))[0]
            hub.services.changes.topic("exam")
            sessions, topics = await heard_until(proctor, "exam")
            assert sessions == set()
            assert "review" not in topics
        await desk.leave()


async def test_every_way_to_evidence_is_audited_once_in_a_while(tmp_path):
    async with running_hub(tmp_path) as hub:
        first, second = await joined(hub, "s1"), await joined(hub, "s2")
        await first.type_text(CODE)
        await first.safe()
        await second.type_text(CODE.replace("total", "sum_of_all"))
        await second.safe()
        session = first.session.hex()
        async with staff(hub, name="Ada") as ada, staff(hub, Role.TEACHING_ASSISTANT, "Ben") as ben:
            for request in (
                api.GetText(session=session, file="q1/main.py"),
                api.GetEvents(session=session),
                api.GetRuns(session=session),
                api.GetSession(session=session),
                api.GetSignals(),
                api.GetSimilarity(),
                api.GetSideBySide(a=session, b=second.session.hex()),
            ):
                await ada.ask(request)
            for _ in range(2):
                await ada.ask(api.GetSideBySide(a=session, b=second.session.hex(), taken=True))
            await ben.ask(api.GetEvents(session=session))
            taken = (await ada.ask(api.GetAudit(session=session, kind="looked", text="took"))).entries
            assert [each.what for each in taken] == ["took a pair out as a page"] * 2
            looks = [each for each in (await ada.ask(api.GetAudit())).entries if each.what.startswith("looked")]
            assert [(each.who, each.what) for each in reversed(looks)] == [
                ("Ada", "looked at a session"),
                ("Ada", "looked at signals of the class"),
                ("Ada", "looked at similarity of the class"),
                ("Ada", "looked at a pair"),
                ("Ben", "looked at a session"),
            ]
            assert looks[-1].detail == f"s1, session {session}"
            assert looks[1].detail == f"s1, session {session}, s2, session {second.session.hex()}"
        await first.leave()
        await second.leave()


async def test_hidden_names_are_in_no_answer_and_showing_them_is_noted(tmp_path):
    async with running_hub(tmp_path) as hub:
        async with staff(hub, name="Ada") as ada:
            await ada.ask(api.PutStudent(command="p", student="tm1970", name="Tomás Novák", section="A"))
            desk = await joined(hub, "tm1970")
            await desk.type_text("# Tomás Novák\n" + CODE)
            await desk.safe()
            other = await joined(hub, "um1971")
            await other.type_text(CODE)
            await other.safe()
            session = desk.session.hex()
            await ada.ask(
                api.SetReview(
                    command="r", sessions=(session,), status="Reviewed", note="Spoke with Tomás Novák (TM1970)."
                )
            )
            shown = (await ada.ask(api.GetLive())).rows[0]
            await ada.ask(api.HideNames(hidden=True))
            answers = [
                await ada.ask(request)
                for request in (
                    api.GetLive(),
                    api.GetSession(session=session),
                    api.GetEvents(session=session),
                    api.GetSimilarity(),
                    api.GetSideBySide(a=session, b=other.session.hex()),
                    api.GetReviews(),
                    api.GetReviewHistory(session=session),
                    api.GetHandIns(),
                    api.GetAudit(),
                    api.GetPlayback(session=session),
                )
            ]
            code = await ada.ask(api.GetText(session=session, file="q1/main.py"))
            assert code.text.startswith("# Tomás Novák")
            row = next(row for row in answers[0].rows if row.session == session)
            assert (row.session, row.section, row.status) == (shown.session, shown.section, shown.status)
            assert row.student == row.name != shown.student
            assert "Novák" not in answers[4].a_name + answers[4].b_name
            words = " ".join(map(repr, (*answers[:2], *answers[3:4], *answers[5:])))
            assert any("Tomás Novák".encode() in (event.payload or b"") for event in answers[9].events)
            for name in ("tm1970", "TM1970", "um1971", "Novák", shown.device or "?"):
                assert name not in words
            assert answers[6].steps[0].note == f"Spoke with {row.student} ({row.student})."
            for named in (api.GetRoster(), api.StartExport(what=("events",))):
                with pytest.raises(Refused, match="Names are hidden"):
                    await ada.ask(named)
            planned = await ada.ask(api.PlanExport(options=api.ExportOptions(pseudonyms=True, sessions=(session,))))
            assert planned.kinds[0].names == (f"sessions/{row.student}.json",)
            asked = api.StartExport(what=("canvas",), options=api.ExportOptions(pseudonyms=True, sections=("A",)))
            job = await exported(ada, asked)
            piece = await ada.ask(api.GetFile(job=job.job, name=job.files[0][0], offset=0))
            assert row.student in piece.data.decode()
            await ada.ask(api.HideNames(hidden=False))
            await other.leave()
            assert "Tomás Novák" in [row.name for row in (await ada.ask(api.GetLive())).rows]
            said = [what for what, _ in await audit(ada) if "names" in what]
            assert said == ["hid the names", "showed the names again"]
        await desk.leave()


NAMED = re.compile(r"nov[aá]k|tm1970|um1971|novakt|pc-of-tomas|ann@uni|seat-77|203\\.0\\.113", re.IGNORECASE)


async def test_no_answer_that_somebody_may_ask_for_names_anybody_while_names_are_hidden(tmp_path):
    async with running_hub(tmp_path) as hub, staff(hub, name="Ada") as ada:
        for student, name in (("tm1970", "Tomás Novák"), ("um1971", "Ulla Novák-Meyer")):
            row = api.PutStudent(
                command=student, student=student, name=name, section="A", email="ann@uni", seat="seat-77"
            )
            await ada.ask(row)
        desks = [await joined(hub, "tm1970"), await joined(hub, "um1971")]
        for desk in desks:
            await desk.type_text(CODE)
            for payload in (
                kinds.Started(how="new", app="0", platform="t", python="3", device="PC-of-Tomas", user="novakt"),
                kinds.DeviceChanged(what="address", value="203.0.113.7"),
                kinds.DeviceChanged(what="address", value="203.0.113.8"),
                kinds.DeviceChanged(what="name", value="PC-of-Tomas-2"),
                kinds.HandRaised(up=True, text="This is Tomás Novák"),
                kinds.MessageSent(text=f"{'x ' * 38}Tomás Novák"),
                kinds.NoteWritten(text="tm1970: begin with q1"),
            ):
                desk.journal.add(payload)
            await desk.flush()
            await desk.safe()
        session, other = (desk.session.hex() for desk in desks)
        await ada.ask(api.Say(command="s", text="Tomás Novák may go", target=api.Target(sessions=(session,))))
        await ada.ask(api.AddIncident(command="i", text="Ulla Novák-Meyer felt sick", session=session))
        await ada.ask(api.AddNote(command="n", sessions=(session,), note="TM1970 explained it"))
        named = await exported(ada, api.StartExport(what=("canvas",)))
        await ada.ask(api.HideNames(hidden=True))
        of_one = {"session": session, "a": session, "b": other, "file": "q1/main.py", "number": 1, "command": "x"}
        asked = []
        for kind in vars(api).values():
            if not (
                isinstance(kind, type) and issubclass(kind, api.Request) and kind.__name__.startswith(("Get", "Plan"))
            ):
                continue
            if kind in (api.GetText, api.GetFile, api.GetJob):
                continue
            needed = [field for field in msgspec.structs.fields(kind) if field.required]
            fields = {field.name: of_one[field.name] for field in needed if field.name in of_one}
            if len(fields) < len(needed):
                continue
            with contextlib.suppress(Refused):
                answer = await ada.ask(kind(**fields))
                text = repr(answer)
                assert not [text[found.start() - 60 : found.end() + 20] for found in NAMED.finditer(text)], (
                    kind.__name__
                )
                asked.append(kind)
        assert {api.GetPlayback, api.GetSimilarity, api.GetSideBySide, api.GetAudit, api.GetReviews} <= set(asked)
        assert {api.GetIncidents, api.GetNotices, api.GetEvents, api.GetSignals, api.GetSession} <= set(asked)
        for request in (
            api.PlanExport(),
            api.GetJob(job=named.job),
            api.GetFile(job=named.job, name=named.files[0][0], offset=0),
        ):
            with pytest.raises(Refused, match="Names are hidden"):
                await ada.ask(request)
        for desk in desks:
            await desk.leave()


async def test_a_search_while_names_are_hidden_finds_what_is_shown_and_nothing_by_a_name(tmp_path):
    async with running_hub(tmp_path) as hub, staff(hub, name="Ada") as ada:
        await ada.ask(api.PutStudent(command="p", student="tm1970", name="Tomás Novák", section="A"))
        desk = await joined(hub, "tm1970")
        await ada.ask(api.GetEvents(session=desk.session.hex()))
        await ada.ask(api.HideNames(hidden=True))
        (row,) = (await ada.ask(api.GetLive())).rows

        async def found(text, **more):
            return [each.what for each in (await ada.ask(api.GetAudit(text=text, **more))).entries]

        assert await found("tm1970") == await found("Novák") == []
        assert "looked at a session" in await found(row.student)
        assert await found(f"looked {row.student[:5]}") == ["looked at a session"]
        assert await found("hid the names") == ["hid the names"]
        assert len(await found("", limit=3)) == 3
        assert len(await found("ada", limit=2)) == 2
        await desk.leave()


async def test_a_note_written_under_a_pseudonym_names_the_student_once_names_are_shown(tmp_path):
    async with running_hub(tmp_path) as hub, staff(hub, name="Ada") as ada:
        await ada.ask(api.PutStudent(command="p", student="tm1970", name="Tomás Novák", section="A"))
        desk = await joined(hub, "tm1970")
        session = desk.session.hex()
        await ada.ask(api.HideNames(hidden=True))
        (row,) = (await ada.ask(api.GetLive())).rows
        await ada.ask(api.AddNote(command="n", sessions=(session,), note=f"{row.name} and pabcdefghjk: 78 % alike"))
        (shown,) = (await ada.ask(api.GetReviewHistory(session=session))).steps
        assert shown.note == f"{row.name} and pabcdefghjk: 78 % alike"
        await ada.ask(api.HideNames(hidden=False))
        (shown,) = (await ada.ask(api.GetReviewHistory(session=session))).steps
        assert shown.note == "Tomás Novák and pabcdefghjk: 78 % alike"
        await desk.leave()


async def test_every_request_of_reviews_similarity_and_the_log_is_refused_to_roles_that_may_not(tmp_path):
    asked = (
        api.GetReviews(),
        api.GetReviewHistory(session="00"),
        api.SetReview(command="x", sessions=("00",), status="Cleared"),
        api.AddNote(command="x", sessions=("00",), note="n"),
        api.Assign(command="x", sessions=("00",), to="Ben"),
        api.SetReviewRules(command="x", second_person=True),
        api.GetSimilarity(),
        api.GetSideBySide(a="00", b="01"),
        api.GetCorpora(),
        api.RemoveCorpus(command="x", corpus="none"),
        api.GetSignals(),
        api.GetAudit(),
    )
    async with running_hub(tmp_path) as hub:
        for role in Role:
            if not GRANTS[role]:
                continue
            async with staff(hub, role, role.value) as client:
                for request in asked:
                    code = ""
                    try:
                        await client.ask(request)
                    except Refused as refused:
                        code = refused.code
                    assert (code == "not-allowed") == (request.NEEDS not in GRANTS[role]), (role, request)


async def test_who_is_off_the_roster_or_has_another_name_now_is_not_named_by_what_staff_did_before(tmp_path):
    old = ("Lovelace, Ada", "old.lovelace@uni.example", "zz17", "Byron, Ada", "ada.b@uni.example", "yy18")
    async with running_hub(tmp_path) as hub, staff(hub, name="Ben") as ben:
        for command, student, name, email in (
            ("1", "zz17", old[0], old[1]),
            ("2", "yy18", old[3], old[4]),
            ("3", "yy18", "King, Augusta", "a.king@uni.example"),
        ):
            await ben.ask(api.PutStudent(command=command, student=student, name=name, section="A", email=email))
        await ben.ask(api.AddIncident(command="i", text="Lovelace, Ada (zz17) and Byron, Ada came late"))
        await ben.ask(api.RemoveStudent(command="r", student="zz17"))
    async with running_hub(tmp_path) as hub, staff(hub, name="Ben") as ben:
        await ben.ask(api.HideNames(hidden=True))
        shown = repr(await ben.ask(api.GetAudit())) + repr(await ben.ask(api.GetIncidents()))
        assert not [each for each in (*old, "Lovelace", "Byron", "Augusta") if each in shown]
        async with staff(hub, name="Cyd") as cyd:
            await cyd.ask(api.PutStudent(command="p", student="xx19", name="Grace Hopper", section="A"))
            await cyd.ask(api.AddIncident(command="j", text="Grace Hopper is in the wrong room"))
            await cyd.ask(api.RemoveStudent(command="q", student="xx19"))
        shown = repr(await ben.ask(api.GetAudit()))
        assert "came late" in shown
        assert not [each for each in ("xx19", "Hopper") if each in shown]


async def test_the_audit_log_says_who_looked_at_one_session_and_others_see_who_looks_now(tmp_path):
    async with running_hub(tmp_path) as hub:
        first, second = await joined(hub, "s1"), await joined(hub, "s11")
        session, other = first.session.hex(), second.session.hex()
        async with staff(hub, name="Ada") as ada, staff(hub, Role.INTEGRITY_REVIEWER, "Ben") as ben:
            await ben.ask(api.GetEvents(session=session))
            await ben.ask(api.GetEvents(session=other))
            await ada.ask(api.GetRuns(session=session))
            await ada.ask(api.AddNote(command="n", sessions=(session,), note="Asked"))
            await exported(ada, api.StartExport(what=("canvas",)))

            async def entries(**asked):
                found = (await ada.ask(api.GetAudit(**asked))).entries
                return [(each.who, each.what) for each in reversed(found)]

            looks = [("Ben", "looked at a session"), ("Ada", "looked at a session"), ("Ada", "exported")]
            assert await entries(session=session, kind="looked") == looks
            assert ("Ada", "added a note to a review") in await entries(session=session)
            assert ("Ada", "added a note to a review") not in await entries(session=other)
            assert "signed in" not in [what for _, what in await entries(kind="done")]
            seen = (await ada.ask(api.GetReviewHistory(session=session))).lookers
            assert [each.who for each in seen] == ["Ben"]
            assert [each.who for each in (await ben.ask(api.GetReviewHistory(session=session))).lookers] == ["Ada"]
            with pytest.raises(Refused) as refused:
                await ada.ask(api.GetAudit(session="ff"))
            assert refused.value.code == "not-found"
        await first.leave()
        await second.leave()


async def test_pseudonyms_are_the_same_after_a_restart(tmp_path):
    seen = set()
    for _ in range(2):
        async with running_hub(tmp_path) as hub, staff(hub, name="Ada") as ada:
            await ada.ask(api.PutStudent(command="p", student="tm1970", name="Tomás Novák", section="A"))
            await ada.ask(api.HideNames(hidden=True))
            seen.add((await ada.ask(api.GetLive())).rows[0].student)
    assert len(seen) == 1


async def test_a_pair_with_an_earlier_class_is_audited_and_hides_both_names(tmp_path):
    (tmp_path / "last year").mkdir()
    (tmp_path / "last year" / "lee.py").write_text(CODE, encoding="utf-8")
    async with running_hub(tmp_path) as hub, staff(hub, name="Ada") as ada:
        desk = await joined(hub, "s1")
        await desk.type_text(CODE)
        await desk.safe()
        for command in corpus_commands(tmp_path / "last year", "Last year"):
            await ada.ask(command)
        (pair,) = (await ada.ask(api.GetSimilarity())).pairs
        await ada.ask(api.GetSideBySide(a=pair.a, b=pair.b))
        assert "a program from elsewhere" in (await ada.ask(api.GetAudit())).entries[0].detail
        await ada.ask(api.HideNames(hidden=True))
        side = await ada.ask(api.GetSideBySide(a=pair.a, b=pair.b))
        assert all(
            re.fullmatch(r"p[0-9a-z]{10}", name) for name in (side.a_name, side.b_name)
        )  # may hold an s1 by chance
        (hidden,) = (await ada.ask(api.GetSimilarity())).pairs
        assert {hidden.a_name, hidden.b_name} == {side.a_name, side.b_name}
        await desk.leave()
