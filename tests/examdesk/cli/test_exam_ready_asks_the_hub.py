"""`examdesk exam ready --data`: the hub that runs says how many are on the roster and how the PCs are prepared."""

import asyncio
import json

import pytest

from examdesk.cli.main import Program
from examdesk.hub.staff.door import staff_token
from examdesk.staffapi import messages as api
from examdesk.staffapi.permissions import Role
from examdesk.staffapi.readiness import clock_skews
from tests.examdesk.hub.hub_fixtures import joined, make_exam, running_hub, staff
from tests.examdesk.hub.test_preflights_of_hub import GOOD, answer_to, report


@pytest.fixture
def ready(tmp_path, capsys):
    """Return a function that asks what is still to do; the items by name, or the complaint."""

    async def run(*words):
        argv = ["exam", "ready", *map(str, words), "--json"]
        code = await asyncio.to_thread(Program(log_dir=tmp_path / "log").run, argv)
        said = capsys.readouterr()
        return {item["name"]: item for item in json.loads(said.out)} if said.out else (code, said.err)

    return run


async def test_the_hub_is_asked_about_roster_pcs_and_clocks(tmp_path, ready):
    async with running_hub(tmp_path) as hub, staff(hub) as client:
        exam, data = tmp_path / "exam", tmp_path / "data"
        for student in ("s1", "s2", "s3"):
            await client.ask(api.PutStudent(command=student, student=student, name=student))
        await answer_to(hub, report(hub.ready.room_code))
        await answer_to(hub, report(hub.ready.room_code, b"e" * 16, (GOOD,), "B5"))
        desks = [await joined(hub, student) for student in ("s1", "s2", "s3")]
        async with asyncio.timeout(60):
            while len(clock_skews((await client.ask(api.GetLive())).rows)) < 3:  # noqa: ASYNC110 - a push may be early
                await asyncio.sleep(0.05)
        alone, asked = await ready(exam), await ready(exam, "--data", data)
        for desk in desks:
            await desk.leave()
    assert (alone["roster"]["state"], alone["pcs"]["state"]) == ("unknown", "unknown")
    assert asked["roster"]["said"] == "3 students."
    assert asked["pcs"]["said"] == "Of 2 PCs, 1 has something in the way."
    assert "Fewer than 3 PCs" in alone["clock"]["said"]
    assert "Fewer than 3 PCs" not in asked["clock"]["said"]


async def test_a_proctors_file_says_what_a_proctor_may_see(tmp_path, ready):
    async with running_hub(tmp_path) as hub:
        await answer_to(hub, report(hub.ready.room_code))
        own = json.loads((tmp_path / "data" / "hub.json").read_text())
        token = staff_token(hub.services.identity, Role.PROCTOR)
        file = tmp_path / "proctor.json"
        file.write_text(json.dumps({**own, "token": token, "tokens": {}}))
        asked = await ready(tmp_path / "exam", "--hub-file", file)
    assert (asked["roster"]["state"], asked["pcs"]["state"] == "unknown") == ("unknown", False)


async def test_a_hub_of_another_exam_and_no_hub_are_said(tmp_path, ready):
    other = make_exam(tmp_path / "other")
    toml = other / "exam.toml"
    lines = toml.read_text().splitlines()
    place = next(at for at, line in enumerate(lines) if line.startswith("uuid"))
    lines[place] = 'uuid = "00000000-0000-4000-8000-0000000000ff"'
    toml.write_text("\n".join(lines) + "\n")
    async with running_hub(tmp_path):
        _, said = await ready(other, "--data", tmp_path / "data")
        assert "serves another exam" in said
    code, said = await ready(tmp_path / "exam", "--data", tmp_path / "data")
    assert code
    assert "hub" in said
