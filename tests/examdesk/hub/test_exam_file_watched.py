"""A hub as a process, a headless desk as another, and an editor that changes the exam's file between them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from examdesk.hub.control.exam_file import ExamFile
from examdesk.staffapi import messages as api
from shared.wire import messages as m
from shared.wire.standing import read_notice, read_standing
from tests.examdesk.hub.hub_fixtures import joined, make_exam, running_hub, staff
from tests.support.patience import PATIENCE_S, until

ROOT = Path(__file__).resolve().parents[3]
SIXTY = "[schedule]\nduration = 60\n"


def change(folder: Path, before: str, after: str) -> None:
    where = folder / "exam.toml"
    text = where.read_text()
    assert before in text
    where.write_text(text.replace(before, after))


async def standing(desk):
    return read_standing((await desk.wait_for(m.SignedStanding)).envelope, desk.identity.exam_key)


async def test_a_longer_duration_in_the_file_reaches_the_desk_with_a_message(tmp_path):
    async with running_hub(tmp_path, SIXTY) as hub, staff(hub) as client:
        desk = await joined(hub)
        await standing(desk)
        await client.ask(api.Open(command="c1"))
        opened = await standing(desk)
        change(tmp_path / "exam", "duration = 60", "duration = 70")
        moved = await standing(desk)
        assert (moved.starts_ms, moved.ends_ms - opened.ends_ms) == (opened.starts_ms, 600_000)
        notice = read_notice((await desk.wait_for(m.SignedNotice)).envelope, desk.identity.exam_key)
        assert notice.text == "Your end was moved: it is 10 min later now."
        log = await client.ask(api.GetAudit())
        assert ("changed the exam's file", "schedule") in [(entry.what, entry.detail) for entry in log.entries]
        await desk.leave()


async def test_looking_back_after_the_end_reaches_the_desk_at_once_and_can_be_taken_away(tmp_path):
    rule = "[[access]]\nshow_after_end = false\n"
    async with running_hub(tmp_path, SIXTY + rule) as hub:
        desk = await joined(hub)
        first = await standing(desk)
        assert not first.review
        change(tmp_path / "exam", "show_after_end = false", "show_after_end = true")
        second = await standing(desk)
        assert (second.review, second.revision, second.ends_ms) == (True, first.revision + 1, first.ends_ms)
        change(tmp_path / "exam", "show_after_end = true", "show_after_end = false")
        assert not (await standing(desk)).review
        await desk.leave()


async def test_a_wrong_change_says_so_and_changes_nothing(tmp_path):
    async with running_hub(tmp_path, SIXTY) as hub, staff(hub) as client:
        desk = await joined(hub)
        before = hub.services.registry.sessions[next(iter(hub.services.registry.sessions))]
        change(tmp_path / "exam", "duration = 60", "duration = -5")
        await hub.exam_file.look()
        assert "line 7" in hub.exam_file.problem
        assert "The hub goes on with the exam as it was." in hub.exam_file.problem
        assert hub.exam_file.problem in hub.warnings
        assert hub.services.registry.sessions[before.session] == before
        log = await client.ask(api.GetAudit())
        assert log.entries[0].what == "refused a change of the exam's file"
        change(tmp_path / "exam", "duration = -5", "duration = 60")
        await hub.exam_file.look()
        assert hub.exam_file.problem == ""
        await desk.leave()


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [("7d3f6a0e", "7d3f6a0f", "uuid"), ('title = "Loops"', 'title = "Loops', "not valid TOML")],
)
async def test_another_exam_or_no_toml_is_refused(tmp_path, before, after, said):
    async with running_hub(tmp_path, SIXTY) as hub:
        change(tmp_path / "exam", before, after)
        await hub.exam_file.look()
        assert said in hub.exam_file.problem
        assert hub.services.exam.title == "Loops"


async def test_a_change_of_the_content_waits_for_a_person_and_staff_are_told(tmp_path):
    async with running_hub(tmp_path, SIXTY) as hub:
        change(tmp_path / "exam", 'title = "Loops"', 'title = "Trees"')
        await hub.exam_file.look()
        assert hub.services.exam.title == "Loops"
        assert "The exam is called Quiz 2: Trees now" in hub.exam_file.problem
        assert hub.exam_file.problem in hub.warnings


async def test_a_change_of_any_file_of_the_folder_is_noticed(tmp_path):
    async with running_hub(tmp_path, SIXTY) as hub:
        (tmp_path / "exam/questions/q1/question.md").write_text("# Sum\n\nAdd all of them.\n")
        await until(lambda: "Question q1" in hub.exam_file.problem)
        (tmp_path / "exam/questions/q1/question.md").unlink()
        await until(lambda: "has a mistake" in hub.exam_file.problem)
        assert hub.services.content.number == 0


async def test_a_restarted_hub_does_not_take_a_change_twice(tmp_path):
    async with running_hub(tmp_path, SIXTY) as hub:
        change(tmp_path / "exam", "duration = 60", 'duration = 60\nstart = "2026-01-01T09:00"')
        await hub.exam_file.look()
        commands = len(hub.services.registry.commands)
    async with running_hub(tmp_path) as hub:
        assert isinstance(hub.exam_file, ExamFile)
        assert len(hub.services.registry.commands) == commands


async def test_a_change_while_the_hub_was_down_is_taken_at_its_start(tmp_path):
    async with running_hub(tmp_path, SIXTY) as hub, staff(hub) as client:
        desk = await joined(hub)
        await client.ask(api.Open(command="c1"))
        await desk.leave()
    change(tmp_path / "exam", "duration = 60", 'duration = 60\nstart = "2030-01-01T09:00:00+00:00"')
    async with running_hub(tmp_path) as hub:
        (session,) = hub.services.registry.sessions.values()
        assert session.starts_ms == 1_893_488_400_000


def wait_for(lines, wanted):
    for line in lines:
        read = json.loads(line)
        if wanted(read):
            return read
    raise AssertionError("the program ended before it said so")


def test_exam_set_reaches_a_desk_of_a_running_hub_process(tmp_path):
    exam = make_exam(tmp_path / "exam", SIXTY)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "env": environment}
    program = [sys.executable, "-m", "examdesk.cli.main"]
    serve = [*program, "hub", "--exam", str(exam), "--data", str(tmp_path / "data"), "--host", "127.0.0.1"]
    script = tmp_path / "script.jsonl"
    steps = [
        {"do": "view", "question": 1},
        {"do": "insert", "offset": 0, "text": "x = 1\n"},
        {"do": "submit"},
    ]
    script.write_text("".join(json.dumps(step) + "\n" for step in steps))
    hub = subprocess.Popen([*serve, "--no-advertise", "--hold"], **pipes)
    desk = None
    try:
        ready = json.loads(hub.stdout.readline())
        join = ["--join", ready["room_code"], "--hub", f"127.0.0.1:{ready['port']}", "--script", str(script)]
        sit = [sys.executable, "-m", "student_app.main", "--headless", "--journal", str(tmp_path / "j"), *join]
        (tmp_path / "j").mkdir()
        desk = subprocess.Popen([*sit, "--student", "s1", "--timeout", "60"], cwd=tmp_path, **pipes)
        wait_for(desk.stdout, lambda said: said["confirmed"] == "receipt")
        start = ["exam", "set", str(exam), "--start-after", "2026-01-01T09:00"]  # past means now
        subprocess.run([*program, *start], check=True, capture_output=True, env=environment)
        wait_for(desk.stdout, lambda said: said["confirmed"] == "submitted")
        assert "schedule changed; 1 sessions have new times." in hub.stderr.readline()
        assert desk.wait(PATIENCE_S) == 0
    finally:
        for process in (desk, hub):
            if process is not None:
                process.terminate()
                process.communicate(timeout=PATIENCE_S)
