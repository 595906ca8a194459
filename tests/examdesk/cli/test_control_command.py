"""`examdesk control` as a person uses it, against a real hub."""

import asyncio
import json
import re
from pathlib import Path

import pytest

from examdesk.cli.main import Program
from examdesk.cli.verify import verify_file
from examdesk.staffapi import messages as api
from shared.admission.codes import StartCode, parse_code
from shared.bundle.desk_file import read_desk_file
from shared.discovery.joining import parse_link, read_join_file
from shared.events.kinds import Drawn
from tests.examdesk.hub.hub_fixtures import joined, running_hub, staff

HOUR = "[schedule]\nduration = 60\n"


@pytest.fixture
def control(tmp_path, capsys):
    """Return a function that runs a command and returns its exit code, output and complaints."""

    async def run(*words):
        argv = ["control", "--data", str(tmp_path / "data"), *map(str, words)]
        code = await asyncio.to_thread(Program(log_dir=tmp_path / "log").run, argv)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


async def test_an_extension_is_shown_and_changes_nothing_before_it_is_given(tmp_path, control):
    async with running_hub(tmp_path, HOUR) as hub:
        desk = await joined(hub)
        await control("open")
        before = await control("times")
        code, out, _ = await control("extend", "10", "--preview")
        row, summary = out.splitlines()
        assert (code, summary) == (0, "This would change 1 student. Nothing was done.")
        assert row.startswith("s1\t")
        assert " → " in row
        assert await control("times") == before
        assert (await control("extend", "10", "--student", "s1"))[1] == "Extended by 10 min: 1 student.\n"
        (after,) = (await control("times"))[1].splitlines()
        assert after.split("\t")[4] == row.split("\t")[4].split(" → ")[1]
        await desk.leave()


async def test_a_student_is_locked_and_unlocked(tmp_path, control):
    async with running_hub(tmp_path) as hub:
        desk = await joined(hub)
        assert (await control("lock", "--student", "s1"))[1] == "Locked: 1 student.\n"
        assert (await control("unlock", "--student", "s1"))[1] == "Unlocked: 1 student.\n"
        code, _, complaint = await control("lock", "--student", "nobody")
        assert (code, "has not joined" in complaint) == (2, True)
        await desk.leave()


async def test_a_section_that_does_not_exist_is_said_and_nothing_is_done(tmp_path, control):
    async with running_hub(tmp_path, HOUR) as hub, staff(hub) as client:
        await client.ask(api.PutStudent(command="p", student="s1", name="Sam", section="B"))
        code, _, complaint = await control("extend", "5", "--section", "Z")
        assert (code, "There is no section Z. There are: " in complaint, "B" in complaint) == (2, True, True)
        assert (await control("said"))[1] == "Nothing was written yet.\n"
        assert (await control("extend", "5", "--section", "B"))[0] == 0


async def test_a_correction_is_written_and_its_way_is_listed(tmp_path, control):
    async with running_hub(tmp_path) as hub:
        desk = await joined(hub)
        assert (await control("said"))[1] == "Nothing was written yet.\n"
        await control("say", "Read n,\nnot m.", "--kind", "correction", "--question", "q1")
        listed = (await control("said"))[1]
        assert listed.endswith("\tcorrection\tshown to 0 of 1, read by 0\tRead n, not m.\n")
        _, row = (await control("said", "1"))[1].splitlines()
        assert row == "s1\ts1\t\t-\t-"
        await desk.leave()


async def test_the_missing_are_listed_and_collected(tmp_path, control):
    async with running_hub(tmp_path, HOUR) as hub:
        desk = await joined(hub)
        await control("open")
        await desk.type_text("work")
        await desk.safe()
        await desk.leave()
        assert (await control("missing"))[1] == "s1\ts1\t\tnot handed in\t-\t-\n"
        assert (await control("collect"))[1].startswith("Of 1 student who had not handed in, 0 are connected")
        assert "\tas it stands\t" in (await control("missing"))[1]


async def test_incidents_are_written_down_and_listed(tmp_path, control):
    async with running_hub(tmp_path) as hub:
        desk = await joined(hub)
        assert (await control("incident", "Fire alarm"))[1] == "Written down, in the audit log.\n"
        await control("incident", "Feels ill", "--student", "s1")
        rows = [line.split("\t")[3:] for line in (await control("incidents"))[1].splitlines()]
        assert rows == [["exam", "Fire alarm"], [desk.session.hex(), "Feels ill"]]
        await desk.leave()


async def test_signals_and_removals_have_their_own_words(tmp_path, control):
    async with running_hub(tmp_path) as hub:
        desk = await joined(hub)
        assert (await control("signals", "--question", "q9"))[1] == "There are no such signals.\n"
        code, _, complaint = await control("remove", "s1")
        assert (code, "has joined the exam and stays" in complaint) == (2, True)
        await desk.leave()


async def test_the_door_is_closed_and_opened_again(tmp_path, control):
    async with running_hub(tmp_path):
        assert (await control("door", "all"))[1] == "From now on everybody waits until you let them in.\n"
        assert (await control("door", "exam"))[1] == "From now on everybody with the code is let in.\n"


async def test_the_review_queue_is_worked_through_at_the_terminal(tmp_path, control):
    async with running_hub(tmp_path) as hub:
        first, second = await joined(hub, "s1"), await joined(hub, "s2")
        assert (await control("review", "assign", "Lin", "s1", "s2"))[1] == "2 sessions are for Lin to review.\n"
        assert (await control("review", "set", "s1", "Cleared", "--note", "Own code."))[1] == "Set to Cleared.\n"
        assert (await control("review", "note", "s1", "Told her."))[1] == "The note is kept.\n"
        assert (await control("review", "list", "--status", "Cleared"))[1] == "s1\ts1\t\tCleared\tLin\t0 signals\t\n"
        assert len((await control("review", "list", "--assignee", "Lin"))[1].splitlines()) == 2
        assert (await control("review", "list", "--assignee", "nobody"))[1] == "There are no such sessions.\n"
        history = [line.split("\t")[2:] for line in (await control("review", "history", "s1"))[1].splitlines()]
        assert history == [["To be reviewed by Lin", ""], ["Cleared", "Own code."], ["Note", "Told her."]]
        noted = [line.split("\t")[-2:] for line in (await control("audit", "note", "--about", "s1"))[1].splitlines()]
        assert noted[:2] == [["added a note to a review", first.session.hex()], ["", "new: note"]]
        assert (await control("audit", "--looked"))[1] == "Nothing like this stands in the audit log.\n"
        assert "has no session" in (await control("audit", "--about", "s9"))[2]
        assert "takes two people" in (await control("review", "second-person", "on"))[1]
        await control("review", "set", "s2", "Escalated")
        code, _, complaint = await control("review", "set", "s2", "Escalated")
        assert (code, "Another person" in complaint) == (2, True)
        hidden = (await control("review", "list", "--asked", "--hide-names"))[1].split("\t")
        assert (hidden[0] == hidden[1], "s2" in hidden, "asks for Escalated" in hidden[-1]) == (True, False, True)
        assert (await control("review", "who", hidden[0]))[1] == f"{hidden[0]}\ts2\ts2\n"
        code, _, complaint = await control("review", "note", "nobody", "x")
        assert (code, "has not joined" in complaint) == (2, True)
        await first.leave()
        await second.leave()


async def test_an_extension_keeps_the_ratio_or_not_as_it_is_said(tmp_path, control):
    async with running_hub(tmp_path, HOUR) as hub, staff(hub) as client:
        await client.ask(api.PutStudent(command="p", student="s1", name="Sam", factor=1.5))
        desk = await joined(hub)
        await control("open")
        (before,) = (await client.ask(api.GetTimes())).rows
        await control("extend", "10", "--same-for-all", "--reason", "Alarm.")
        (after,) = (await client.ask(api.GetTimes())).rows
        assert after.ends_ms - before.ends_ms == 600_000
        await control("extend", "10", "--keep-ratio", "--student", "s1")
        (last,) = (await client.ask(api.GetTimes())).rows
        assert last.ends_ms - after.ends_ms == 900_000
        assert "Alarm." in (await control("said"))[1]
        await desk.leave()


async def test_exports_of_the_hub_are_shown_before_and_fetched_whole(tmp_path, control):
    async with running_hub(tmp_path) as hub:
        desk = await joined(hub, "s1")
        await desk.type_text("print(1)")
        await desk.safe()
        planned = dict(line.split("\t", 1) for line in (await control("export"))[1].splitlines())
        assert planned["sessions"].startswith("1 file, about ")
        out = tmp_path / "out"
        refused = await control("export", "--out", out, "--what", "bundle", "--student", "s1")
        assert (refused[0], "holds the whole exam" in refused[2]) == (2, True)
        code, said, told = await control("export", "--out", out, "--what", "bundle", "--pseudonyms")
        assert code == 0, told
        assert verify_file(Path(said.strip())).pseudonyms
        code, said, told = await control(
            "export", "--out", out, "--what", "sessions", "--what", "canvas", "--pseudonyms"
        )
        assert code == 0, told
        (session,) = (out / "sessions").iterdir()
        assert said.splitlines() == [str(session), str(out / "gradebook-canvas.csv")]
        assert session.name.startswith("p")
        assert not re.search(r"\bs1\b", (out / "gradebook-canvas.csv").read_text())  # a pseudonym may hold it by chance
        assert (await control("export", "--student", "nobody"))[0] == 2
        await desk.leave()


async def test_every_way_of_joining_is_shown_and_a_join_file_written(tmp_path, control):
    async with running_hub(tmp_path) as hub:
        file = tmp_path / "quiz.examjoin"
        code, out, complaint = await control("joining", "--file", str(file))
        assert code == 0, complaint
        assert f"Room code: {hub.ready.room_code}" in out
        link = next(line for line in out.splitlines() if line.startswith("Link: "))
        for found in (parse_link(link.removeprefix("Link: ")), read_join_file(file.read_bytes())):
            assert found.exam_id == hub.services.identity.exam
            assert found.fingerprint == hub.services.identity.fingerprint
            assert [each.host for each in found.addresses] == list(hub.addresses())


async def test_sticks_for_pcs_without_a_network_are_made_at_the_terminal(tmp_path, control):
    async with running_hub(tmp_path) as hub:
        file = tmp_path / "quiz.examdesk"
        code, out, complaint = await control("desk-file", str(file))
        assert code == 0, complaint
        assert read_desk_file(file.read_bytes()).exam == hub.services.identity.exam
        code, out, _ = await control("start-code")
        assert isinstance(parse_code(out.splitlines()[0]), StartCode)


async def test_a_draw_is_shown_and_redone_with_a_reason(tmp_path, control):
    async with running_hub(tmp_path, HOUR) as hub:
        desk = await joined(hub)
        code, out, _ = await control("draw", "s1")
        assert (code, out) == (0, "s1 has not begun, so nothing is drawn yet.\n")
        desk.journal.add(Drawn(seed="0a" * 16, questions=("q1",), draws=1))
        await desk.flush()
        await desk.safe()
        code, out, _ = await control("draw", "s1")
        assert out.splitlines() == ["1\tq1", f"From the seed {'0a' * 16}, drawn anew 1 time."]
        code, out, _ = await control("redraw", "--student", "s1", "--because", "known")
        assert (code, "s1 are drawn anew" in out) == (0, True)
        code, _, err = await control("redraw", "--student", "s9", "--because", "known")
        assert code != 0
        assert "s9 has not joined" in err
        await desk.leave()


READS = [
    ("times",), ("missing", "--all"), ("said",), ("said", "1"), ("signals",), ("preflights",),
    ("ledger",), ("incidents",),
    ("audit",), ("review", "list"), ("review", "history", "s1"), ("alike",), ("compared-with",), ("draw", "s1"),
    ("joining",), ("export",),
]  # fmt: skip


async def test_whatever_is_listed_is_had_as_json_too(tmp_path, control):
    async with running_hub(tmp_path, HOUR) as hub:
        desk = await joined(hub)
        await control("open")
        await control("incident", "it rained")
        await control("say", "hello", "--student", "s1")
        for words in READS:
            code, out, _ = await control(*words, "--json")
            assert code == 0, words
            assert json.loads(out) is not None, words
        (row,) = json.loads((await control("times", "--json"))[1])
        assert row["student"] == "s1"
        assert row["ends_ms"] > row["starts_ms"]
        assert [each["text"] for each in json.loads((await control("said", "--json"))[1])] == ["hello"]
        assert json.loads((await control("incidents", "--json"))[1])[0]["text"] == "it rained"
        assert json.loads((await control("joining", "--json"))[1])["addresses"]
        await desk.leave()
