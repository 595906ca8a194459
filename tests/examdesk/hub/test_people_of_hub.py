"""Personal codes for staff, and whose work a session is, against a real hub."""

import csv
import io

import pytest

from examdesk.staffapi import messages as api
from examdesk.staffapi.client import Refused
from examdesk.staffapi.permissions import Role
from shared.admission.codes import PersonalCode, parse_code
from shared.wire import messages as m
from shared.wire.standing import read_standing
from tests.examdesk.hub.hub_fixtures import joined, running_hub, staff

PERSONAL = '[admission]\ncodes = "personal"\n'
HOUR = "[schedule]\nduration = 60\n"


async def on_roster(client):
    view = await client.ask(api.GetRoster())
    return {entry.student: entry for entry in view.entries}


async def test_a_new_code_replaces_the_old_one_and_stands_in_no_audit_entry(tmp_path):
    async with running_hub(tmp_path, PERSONAL) as hub, staff(hub) as client:
        for student in ("s1", "s2"):
            await client.ask(api.PutStudent(command=student, student=student, name=student.upper()))
        before = await on_roster(client)
        done = await client.ask(api.NewCodes(command="n", students=("s1",)))
        again = await client.ask(api.NewCodes(command="n", students=("s1",)))
        after = await on_roster(client)
        assert done.sentence == again.sentence == "New personal codes: s1. The old ones don't work any more."
        old, new = (parse_code(of["s1"].personal_code) for of in (before, after))
        assert isinstance(new, PersonalCode)
        assert (new.slot, new.secret != old.secret) == (old.slot, True)
        assert after["s2"].personal_code == before["s2"].personal_code
        log = (await client.ask(api.GetAudit())).entries
        assert [entry.detail for entry in log if entry.what == "gave new personal codes"] == ["s1"]
        assert not any(after["s1"].personal_code in entry.detail for entry in log)


async def test_the_sheet_has_everybody_and_who_took_it_is_noted(tmp_path):
    async with running_hub(tmp_path, PERSONAL) as hub, staff(hub) as client:
        await client.ask(api.PutSection(command="a", name="A", room="Lab 1"))
        await client.ask(api.PutStudent(command="1", student="s1", name="=SUM(A1)", section="A"))
        await client.ask(api.PutStudent(command="2", student="s2", name="王小明", section="A"))
        codes = {student: entry.personal_code for student, entry in (await on_roster(client)).items()}
        table = await client.ask(api.GetCodeSheet(form="csv"))
        rows = list(csv.DictReader(io.StringIO(table.data.decode("utf-8-sig"))))
        assert {row["student"]: row["code"] for row in rows} == codes
        assert {row["name"] for row in rows} == {"'=SUM(A1)", "王小明"}
        assert {row["room"] for row in rows} == {"Lab 1"}
        one = await client.ask(api.GetCodeSheet(form="pdf", students=("s2",)))
        assert (one.people, one.name, one.data[:5]) == (1, "personal-codes.pdf", b"%PDF-")
        log = (await client.ask(api.GetAudit())).entries
        assert [entry.detail for entry in log if entry.what == "took personal codes"] == ["1 students", "2 students"]


async def test_an_exam_with_a_room_code_says_how_to_get_personal_ones(tmp_path):
    async with running_hub(tmp_path) as hub, staff(hub) as client:
        for request in (api.GetCodeSheet(), api.NewCodes(command="n", students=())):
            with pytest.raises(Refused, match='set `codes = "personal"`'):
                await client.ask(request)


@pytest.mark.parametrize("request_", [api.GetCodeSheet(), api.NewCodes(command="n", students=())])
async def test_a_proctor_gets_no_codes(tmp_path, request_):
    async with running_hub(tmp_path, PERSONAL) as hub, staff(hub, Role.PROCTOR) as client:
        with pytest.raises(Refused) as refused:
            await client.ask(request_)
        assert refused.value.code == "not-allowed"


@pytest.mark.parametrize("word", ["student", "name", "section", "seat"])
async def test_a_text_with_which_nobody_could_join_is_refused(tmp_path, word):
    async with running_hub(tmp_path, HOUR) as hub, staff(hub) as client:
        fields = {"student": "s1", "name": "Sam"}
        with pytest.raises(Refused, match="201 characters; at most 200 fit"):
            await client.ask(api.PutStudent(command="p", **fields | {word: "x" * 201}))
        await client.ask(api.PutStudent(command="q", **fields | {word: "x" * (190 if word == "student" else 200)}))
        await joined(hub, "x" * 190 if word == "student" else "s1")


async def test_a_student_who_joined_unlisted_becomes_an_entry_of_the_roster_with_its_times(tmp_path):
    async with running_hub(tmp_path, HOUR) as hub, staff(hub) as client:
        desk = await joined(hub, "Anna from row 3")
        await client.ask(api.Open(command="o"))
        await client.ask(api.PutStudent(command="p", student="s77", name="Anna Berg", section="A", factor=1.5))
        session = desk.session.hex()
        done = await client.ask(api.SetIdentity(command="i", session=session, student="s77"))
        assert done.sentence.startswith("The work of Anna from row 3 is that of Anna Berg now.")
        (row,) = (await client.ask(api.GetLive())).rows
        assert (row.student, row.name, row.section, row.session) == ("s77", "Anna Berg", "A", session)
        assert not row.provisional
        standing = None
        while standing is None or standing.ends_ms is None or standing.ends_ms - standing.starts_ms != 90 * 60_000:
            frame = await desk.wait_for(m.SignedStanding)
            standing = read_standing(frame.envelope, desk.identity.exam_key)
        await desk.type_text("x")
        await desk.safe()
        await client.ask(api.SetIdentity(command="u", session=session, student="Anna from row 3"))
        rows = {row.student: row for row in (await client.ask(api.GetLive())).rows}
        assert (rows["Anna from row 3"].session, rows["Anna from row 3"].provisional) == (session, True)
        assert rows["s77"].session == ""
        details = [entry.detail for entry in (await client.ask(api.GetAudit())).entries if "whose work" in entry.what]
        assert [detail.splitlines()[0] for detail in details] == [
            f"s77 → Anna from row 3, session {session}",
            f"Anna from row 3 → s77, session {session}",
        ]
        await desk.leave()


async def test_the_work_of_two_is_never_made_one(tmp_path):
    async with running_hub(tmp_path) as hub, staff(hub) as client:
        await client.ask(api.PutStudent(command="p", student="s1", name="Sam"))
        first, second = await joined(hub, "s1"), await joined(hub, "Sammy")
        with pytest.raises(Refused, match="Sam has a session already"):
            await client.ask(api.SetIdentity(command="i", session=second.session.hex(), student="s1"))
        with pytest.raises(Refused, match="s9 is not on the roster"):
            await client.ask(api.SetIdentity(command="i", session=second.session.hex(), student="s9"))
        for desk in (first, second):
            await desk.leave()


async def test_changing_a_student_leaves_alone_what_was_not_said(tmp_path):
    async with running_hub(tmp_path) as hub, staff(hub) as client:
        whole = api.PutStudent(
            command="1", student="s1", name="Sam", email="sam@example.org", room="Lab 1", seat="7", tags=("late",)
        )
        await client.ask(whole)
        await client.ask(api.PutStudent(command="2", student="S1", name="Samuel", seat=""))
        (entry,) = (await on_roster(client)).values()
        assert (entry.student, entry.name, entry.email, entry.room, entry.seat, entry.tags) == (
            *("s1", "Samuel", "sam@example.org", "Lab 1", ""),
            ("late",),
        )
