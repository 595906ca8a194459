"""`examdesk session` as a person uses it, against a real hub with a real desk."""

import asyncio
import json

import pytest

from examdesk.cli.main import Program
from examdesk.staffapi import messages as api
from shared.events import kinds
from tests.examdesk.hub.hub_fixtures import joined, running_hub, staff

MAIN = "q1/main.py"


@pytest.fixture
def session(tmp_path, capsys):
    """Return a function that runs the command and returns its exit code, output and complaints."""

    async def run(*words):
        argv = ["session", "--data", str(tmp_path / "data"), *words]
        code = await asyncio.to_thread(Program(log_dir=tmp_path / "log").run, argv)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


async def worked(hub):
    """Return a desk that typed, pasted and ran, all of it receipted."""
    desk = await joined(hub)
    state = {MAIN: kinds.FileState(sha256="00", length=6)}
    for payload in (
        kinds.Started(how="new", app="0", platform="test", python="3", device="PC"),
        kinds.FileCreated(file=MAIN, origin="starter", text="x = 1\n"),
        kinds.Edit(file=MAIN, changes=(kinds.Change(0, 6, 0, "y"), kinds.Change(90, 7, 0, "\n"))),
        kinds.RunStarted(run=1, question="q1", file=MAIN, files=state),
        kinds.RunOutput(run=1, stream="out", text="Name? "),
        kinds.RunInput(run=1, text="Ada\n"),
        kinds.RunEnded(run=1, reason="exit", seconds=0.5, exit_code=1, error="NameError", line=2),
        kinds.Paste(file=MAIN, at=8, removed=0, text="z = 3\n", clip="outside"),
    ):
        desk.journal.add(payload)
    await desk.flush()
    await desk.safe()
    return desk


async def test_events_texts_runs_and_differences_of_a_session(tmp_path, session):
    async with running_hub(tmp_path) as hub:
        desk = await worked(hub)
        code, out, _ = await session("s1")
        assert code == 0
        assert "Pasted 6 characters" in out
        assert "Typed “y”" not in out
        assert "Typed “y”" in (await session("s1", "--events"))[1]
        assert (await session("s1", "--at", "end", "--file", MAIN))[1] == "x = 1\ny\nz = 3\n"
        assert (await session("s1", "--at", "run:1", "--file", MAIN, "--origins"))[1] == "S x = 1\n  y\n"
        runs = (await session("s1", "--runs"))[1]
        assert "exit code 1, NameError, line 2 after 0.5 s" in runs
        assert "  < Ada" in runs
        difference = (await session("s1", "--diff", "run:1", "end"))[1].splitlines()
        assert difference[-1] == "+z = 3"
        (line,) = (await session("s1", "--at", "end", "--json"))[1].splitlines()
        assert json.loads(line)["spans"] == [[6, "starter"], [2, "typed"], [6, "outside"]]
        assert "main" in (await session("s1", "--tracks"))[1]
        assert (await session("s1", "--find", "z = 3"))[1].endswith(f"{MAIN}\t0 → 1 times\n")
        assert (await session("s1", "--find", "z = 3", "--file", "q9/x.py"))[1] == ""
        traced = [line.split("\t")[2:] for line in (await session("s1", "--line", f"{MAIN}:3", "end"))[1].splitlines()]
        assert traced == [["outside", MAIN, "z = 3"]]
        (line,) = (await session("s1", "--line", f"{MAIN}:1", "end", "--json"))[1].splitlines()
        assert json.loads(line)["how"] == "starter"
        async with staff(hub) as client:
            log = await client.ask(api.GetAudit())
            assert "played back a session" in [entry.what for entry in log.entries]
        await desk.leave()


async def test_what_is_not_there_is_told(tmp_path, session):
    async with running_hub(tmp_path) as hub:
        desk = await worked(hub)
        for words, complaint in (
            (("nobody",), "nobody of this exam"),
            (("s1", "--at", "run:9"), "no run 9"),
            (("s1", "--at", "version:9"), "no version 9"),
            (("s1", "--at", "99:99"), "no time of day"),
            (("s1", "--at", "soon"), "is no moment"),
            (("s1", "--at", "[ffffffff/3]"), "another session"),
            (("s1", "--find", ""), "which text"),
            (("s1", "--line", "12", "end"), "is no line"),
            (("s1", "--line", f"{MAIN}:99", "end"), "no line 99"),
            (("s1", "--at", "end", "--file", "q9/x.py"), "no file q9/x.py"),
            (("s1", "--track", "ff+"), "no such side branch"),
        ):
            code, out, err = await session(*words)
            assert (code, out) == (2, "")
            assert complaint in err
        await desk.leave()


async def test_texts_are_those_that_the_student_had_at_the_moment(tmp_path, session):
    async with running_hub(tmp_path) as hub, staff(hub) as client:
        desk = await worked(hub)
        desk.journal.add(kinds.Drawn(seed="00" * 16, questions=("q1",)))
        await desk.flush()
        first = (await session("s1", "--texts", "end"))[1]
        assert first.startswith("# The exam as it was first given\n")
        (tmp_path / "exam/questions/q1/question.md").write_text("# Sum\n\nAdd all of them.\n")
        seen = await client.ask(api.PreviewEdition())
        await client.ask(api.ApplyEdition(command="e1", token=seen.token))
        edition = hub.services.content
        desk.journal.add(kinds.EditionTaken(number=1, envelope=edition.envelope.decode(), changed=("q1",)))
        await desk.flush()
        await desk.safe()
        later = (await session("s1", "--texts", "end"))[1]
        assert later.startswith("# Edition 1 of the exam\n")
        assert "changed by this edition" in later
        assert "Add all of them." in later
        assert (await session("s1", "--texts", "8"))[1] == first
        (line,) = (await session("s1", "--texts", "end", "--json"))[1].splitlines()
        assert json.loads(line)["edition"] == 1
        assert "Edition 1 of the exam holds" in (await session("s1"))[1]
        unknown = await client.ask(api.GetGivenTexts(session=desk.session.hex(), content="00" * 32))
        assert not unknown.known
