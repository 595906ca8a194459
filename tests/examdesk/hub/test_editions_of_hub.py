"""Changes of a running exam's folder reach real desks as editions: seen first, all or nothing, and for good."""

import argparse
import asyncio
import contextlib
import shutil

import pytest

from examdesk.cli import _editions
from examdesk.cli._key_file import EXAM
from examdesk.hub.desks.handover import saved_of
from examdesk.hub.hub import Hub, Settings
from examdesk.hub.records.keyfile import collect, put_back
from examdesk.hub.records.place import place_of
from examdesk.readmodels import open_exam
from examdesk.readmodels.exam import given_texts
from examdesk.staffapi import messages as api
from examdesk.staffapi.client import Refused
from examdesk.staffapi.permissions import Role
from examdesk.store import Store
from examdesk.store.exam_rows import MOST_FILE, exam_in, rows_of_exam
from examdesk.store.migrate import migrate
from shared.admission.edition import Edition, content_hash, read_edition, sign_edition
from shared.clock import SystemChance, SystemClock
from shared.events.kinds import Drawn, FileCreated
from shared.exam.packing import pack, read_packed
from shared.exam.sealing import open_sealed
from shared.problems import InputProblem
from shared.wire import messages as m
from shared.wire.standing import read_standing
from tests.examdesk.hub.hub_fixtures import joined, make_exam, running_hub, staff
from tests.examdesk.hub.other_laptops import back, carried, saved_key, taken_over

SIXTY = "[schedule]\nduration = 60\n"


def prompt_of(tmp_path, name="q1"):
    return tmp_path / "exam" / "questions" / name / "question.md"


def add_question(tmp_path, name="q2"):
    folder = tmp_path / "exam" / "questions" / name
    (folder / "starter").mkdir(parents=True)
    (folder / "question.md").write_text(f"# {name}\n\nNew.\n")
    (folder / "starter/main.py").write_text("print(2)\n")
    with (tmp_path / "exam/exam.toml").open("a") as file:
        file.write(f'[[zones.questions]]\nid = "{name}"\n')


def remove_question(tmp_path, name="q1"):
    shutil.rmtree(tmp_path / "exam" / "questions" / name)
    where = tmp_path / "exam/exam.toml"
    where.write_text(where.read_text().replace(f'[[zones.questions]]\nid = "{name}"\n', ""))


async def offered(desk, number):
    """Wait for the offer of an edition and return it, read."""
    while True:
        offer = await desk.wait_for(m.ContentOffer)
        edition = read_of(desk, offer)
        if (0 if edition is None else edition.number) == number:
            return edition


def read_of(desk, offer):
    return read_edition(offer.edition, desk.identity.exam_key, desk.identity.exam_id) if offer.edition else None


async def standing_with(desk, **fields):
    while True:
        standing = read_standing((await desk.wait_for(m.SignedStanding)).envelope, desk.identity.exam_key)
        if all(getattr(standing, name) == value for name, value in fields.items()):
            return standing


async def apply(client, command="e1", give=(), reason=""):
    seen = await client.ask(api.PreviewEdition())
    assert seen.problem == ""
    return await client.ask(api.ApplyEdition(command=command, token=seen.token, give=give, reason=reason))


async def test_staff_see_what_changes_and_then_every_desk_has_it(tmp_path):
    async with running_hub(tmp_path, SIXTY) as hub, staff(hub) as client:
        desk, other = await joined(hub), await joined(hub, "s2")
        await client.ask(api.Open(command="c1"))
        of_the_first = (await client.ask(api.GetSignals())).basis
        before = hub.services.content.sealed.manifest
        prompt_of(tmp_path).write_text("# Sum\n\nAdd all of them.\n")
        seen = await client.ask(api.PreviewEdition())
        assert [(each.what, each.question) for each in seen.changes] == [("prompt", "q1")]
        assert (seen.current, seen.begun, seen.online) == (0, 2, 2)
        assert hub.services.content.number == 0
        done = await client.ask(api.ApplyEdition(command="e1", token=seen.token, reason="A word was missing"))
        assert done.sentence.startswith("Edition 1 of the exam is at the desks. 2 desks are connected")
        for each in (desk, other):
            edition = await offered(each, 1)
            assert edition.former == content_hash(before)
        identity, sealed = hub.services.identity, hub.services.content.sealed
        plain = open_sealed(sealed, identity.exam, identity.content_key, identity.signing.public.verify)
        assert b"Add all of them." in plain
        log = (await client.ask(api.GetAudit())).entries
        assert log[0].what == "changed the exam while it runs"
        assert "A word was missing. Question q1: the text is different." in log[0].detail
        assert log[0].changes == ("edition 0 → 1",)
        again = await client.ask(api.ApplyEdition(command="e1", token=seen.token))
        assert again.sentence == "This was done before."
        view = await client.ask(api.GetExam())
        assert "all of them" in view.questions[0].prompt
        assert (await client.ask(api.GetSignals())).basis != of_the_first
        await desk.leave()
        await other.leave()


async def test_what_can_not_be_applied_changes_nothing_and_says_why(tmp_path):
    async with running_hub(tmp_path, SIXTY) as hub, staff(hub) as client, staff(hub, Role.AUDITOR) as auditor:
        where, first = tmp_path / "exam/exam.toml", (tmp_path / "exam/exam.toml").read_text()
        for request in (api.PreviewEdition(), api.ApplyEdition(command="e0", token="")):
            with pytest.raises(Refused):
                await auditor.ask(request)
        with pytest.raises(Refused, match="There is nothing to bring"):
            await apply(client)
        with pytest.raises(Refused, match="no question q9"):
            await apply(client, give=(api.GiveQuestion(question="q9"),))

        where.write_text(first + '[[zones.questions]]\nid = "nowhere"\n')
        seen = await client.ask(api.PreviewEdition())
        assert "exam.toml" in seen.problem
        assert seen.token == ""
        with pytest.raises(Refused, match=r"exam\.toml"):
            await client.ask(api.ApplyEdition(command="e1", token=seen.token))

        where.write_text(first.replace("7d3f6a0e", "7d3f6a0f"))
        assert "that can't change" in (await client.ask(api.PreviewEdition())).problem

        where.write_text(first.replace("[[zones]]", '[admission]\ncodes = "personal"\n[[zones]]', 1))
        seen = await client.ask(api.PreviewEdition())
        assert seen.changes == ()
        assert "How students get in" in seen.later[0]

        where.write_text(first)
        prompt_of(tmp_path).write_text("# Sum\n\nFirst.\n")
        seen = await client.ask(api.PreviewEdition())
        prompt_of(tmp_path).write_text("# Sum\n\nSecond.\n")
        with pytest.raises(Refused, match="has changed since you looked"):
            await client.ask(api.ApplyEdition(command="e1", token=seen.token))
        assert hub.services.content.number == 0
        assert hub.services.registry.commands == []


async def test_a_new_question_is_given_to_one_or_to_all_also_to_those_who_join_later(tmp_path):
    async with running_hub(tmp_path, SIXTY) as hub, staff(hub) as client:
        desk, other = await joined(hub), await joined(hub, "s2")
        await client.ask(api.Open(command="c1"))
        add_question(tmp_path)
        one = api.GiveQuestion(question="q2", target=api.Target(sessions=(desk.session.hex(),)))
        await apply(client, give=(one,))
        await offered(desk, 1)
        assert (await standing_with(desk, added=("q2",))).revision > 0
        rows = hub.services.registry.sessions
        assert rows[other.session].revision < rows[desk.session].revision
        await apply(client, "e2", give=(api.GiveQuestion(question="q2"),))
        await standing_with(other, added=("q2",))
        assert hub.services.content.number == 1
        late = await joined(hub, "s3")
        await standing_with(late, added=("q2",))
        for each in (desk, other, late):
            await each.leave()


async def test_a_restarted_hub_has_the_same_edition_and_goes_on_from_it(tmp_path):
    async with running_hub(tmp_path, SIXTY) as hub, staff(hub) as client:
        desk = await joined(hub)
        await client.ask(api.Open(command="c1"))
        add_question(tmp_path)
        await apply(client)
        remove_question(tmp_path)
        await apply(client, "e2")
        first = hub.services.content
        assert [question.id for question in first.content.withdrawn] == ["q1"]
        await desk.leave()
    async with running_hub(tmp_path) as hub:
        assert hub.services.content.envelope == first.envelope
        assert hub.services.content.sealed == first.sealed
        opened = open_exam(hub.services.reader)
        assert [question.id for question in opened.content.every_question] == ["q2", "q1"]
        assert [each.number for each in opened.given.editions] == [0, 1]  # the second one gave nothing new
        assert "# Sum\n\nAdd them.\n" in opened.given.editions[0].prompts
    prompt_of(tmp_path, "q2").write_text("# q2\n\nChanged at rest.\n")
    async with running_hub(tmp_path) as hub:
        edition = hub.services.content.edition
        assert (edition.number, edition.former) == (3, content_hash(first.sealed.manifest))
        assert [question.id for question in hub.services.content.content.withdrawn] == ["q1"]


async def test_another_laptop_with_the_key_serves_the_newest_edition(tmp_path):
    async with running_hub(tmp_path, SIXTY) as hub, staff(hub) as client:
        desk = await joined(hub)
        await client.ask(api.Open(command="c1"))
        add_question(tmp_path)
        await apply(client, give=(api.GiveQuestion(question="q2"),))
        remove_question(tmp_path)
        await apply(client, "e2")
        before = hub.services.content
        file = await hub.services.writer.run(lambda tx: collect(tx, "", 0))
        await desk.leave()
    place = place_of(str(tmp_path / "other"))
    migrate(place.url)
    with Store(place.url, hub.services.identity.exam).begin() as tx:
        put_back(tx, file, now_ms=0, chance=SystemChance())
    async with running_hub(tmp_path, data=str(tmp_path / "other")) as hub:
        assert hub.services.content.envelope == before.envelope
        assert hub.services.content.sealed == before.sealed
        assert [each.number for each in open_exam(hub.services.reader).given.editions] == [0, 1]


async def test_the_number_of_what_a_desk_holds_is_taken_over(tmp_path):
    async with running_hub(tmp_path, SIXTY) as hub:
        desk = await joined(hub)
        identity, manifest = hub.services.identity, hub.services.content.sealed.manifest
        edition = Edition(
            exam=identity.exam.hex(), number=4, issued_ms=0, former="00" * 32, content=content_hash(manifest)
        )
        envelope = sign_edition(edition, identity.signing)
        await desk.leave()
        await desk.connect()
        await desk.start(edition=envelope)
        assert (await offered(desk, 4)).number == 4
        assert hub.editions.problem == ""
        await desk.leave()
    async with running_hub(tmp_path) as hub:
        assert hub.services.content.number == 4


async def test_a_newer_edition_at_a_desk_is_said_and_the_next_one_follows_it(tmp_path):
    async with running_hub(tmp_path, SIXTY) as hub, staff(hub) as client:
        desk = await joined(hub)
        identity = hub.services.identity
        edition = Edition(exam=identity.exam.hex(), number=4, issued_ms=0, former="00" * 32, content="11" * 32)
        await desk.leave()
        await desk.connect()
        await desk.start(edition=b"{}")  # made up: nothing comes of it
        await offered(desk, 0)
        assert hub.editions.problem == ""
        await desk.leave()
        await desk.connect()
        await desk.start(edition=sign_edition(edition, identity.signing))
        await offered(desk, 0)
        assert "Desks have edition 4" in hub.editions.problem
        assert hub.editions.problem in hub.warnings
        prompt_of(tmp_path).write_text("# Sum\n\nThe newest.\n")
        await apply(client)
        follows = await offered(desk, 5)
        assert follows.former == "11" * 32
        assert hub.editions.problem == ""
        await desk.leave()


async def test_on_another_pc_a_student_has_the_questions_as_they_were_drawn(tmp_path):
    async with running_hub(tmp_path, SIXTY) as hub:
        desk = await joined(hub)
        desk.journal.add(FileCreated(file="q1/main.py", origin="starter", text="x"))
        desk.journal.add(Drawn(seed="00" * 16, questions=("q1", "q7"), draws=0))
        await desk.flush()
        await desk.safe()
        journal = hub.services.registry.main_journal(desk.session)
        saved = await saved_of(hub.services, journal)
        assert (saved.drawn, saved.draws) == (("q1", "q7"), 0)
        await desk.leave()


async def test_at_the_terminal_nothing_is_done_before_it_is_said(tmp_path):
    parser = argparse.ArgumentParser()
    _editions.add_parsers(parser.add_subparsers(dest="action"))

    async def control(*words):
        return await _editions.do(client, parser.parse_args(["edition", *words]))

    async with running_hub(tmp_path, SIXTY) as hub, staff(hub) as client:
        desk = await joined(hub)
        assert await control() == ["Desks have what the exam's folder says."]
        add_question(tmp_path)
        said = await control()
        assert said[:2] == ["Parts, points or order are different; what a student has drawn stays. (0 students)",
                            "Question q2 (q2) is new."]  # fmt: skip
        assert "--give q2" in said[2]
        assert "Nothing was done." in said[3]
        with pytest.raises(InputProblem, match="name it with --give"):
            await control("--apply", "--student", "s1")
        with pytest.raises(InputProblem, match="nobody: not in this exam"):
            await control("--apply", "--give", "q2", "--student", "nobody")
        assert hub.services.content.number == 0
        said = await control("--apply", "--give", "q2", "--student", "s1", "--because", "A question was missing")
        assert said[-1].startswith("Edition 1 of the exam is at the desks. Question q2 was given.")
        await standing_with(desk, added=("q2",))
        prompt_of(tmp_path, "q2").unlink()
        with pytest.raises(InputProblem, match="Desks keep what they have"):
            await control("--apply")
        await desk.leave()


async def test_an_edition_made_after_the_key_was_saved_goes_on_at_the_next_laptop(tmp_path):
    async with running_hub(tmp_path, SIXTY) as hub, staff(hub) as client:
        await saved_key(client, tmp_path)
        desk = await joined(hub)
        await client.ask(api.Open(command="c1"))
        add_question(tmp_path)
        await apply(client, give=(api.GiveQuestion(question="q2"),))
        remove_question(tmp_path)
        (tmp_path / "exam/questions/q2/question.md").write_text("# q2\n\nThe newest words.\n")
        await apply(client, "e2")
        before = hub.services.content
        await carried(hub, desk)
        assert b"newest words" not in b"".join(desk.parcels)
        await desk.leave()
    for gone in ("data", "exam"):
        shutil.rmtree(tmp_path / gone)
    data = taken_over(tmp_path, "second")
    taken = tmp_path / "second" / EXAM
    async with hub_of(taken, data) as hub:
        assert hub.services.content.number == 0
        again = await back(hub, desk)
        assert (await offered(again, 2)).content == content_hash(before.sealed.manifest)
        assert hub.services.content.sealed == before.sealed
        assert hub.editions.problem == ""
        late = await joined(hub, "late")
        assert (await offered(late, 2)).number == 2
        opened = open_exam(hub.services.reader)
        assert "The newest words." in opened.content.questions[0].prompt
        assert [each.number for each in opened.given.editions] == [0, 1, 2]  # what students had to read before, too
        first = await asyncio.to_thread(given_texts, hub.services.reader, hub.services.identity.exam, "")
        assert [each.prompt for each in first.questions] == ["# Sum\n\nAdd them.\n"]
        await again.leave()
        await late.leave()
    async with hub_of(taken, data) as hub:  # and a restart stays there
        assert hub.services.content.envelope == before.envelope
        assert hub.services.content.sealed == before.sealed


def test_an_exam_travels_by_its_files_and_comes_together_only_whole(tmp_path):
    folder = make_exam(tmp_path / "exam")
    old = pack(folder)
    (folder / "questions/q1/data").mkdir()
    (folder / "questions/q1/data/data.txt").write_bytes(bytes(range(256)) * 600)
    (folder / "questions/q1/data/empty.txt").write_bytes(b"")
    (folder / "questions/q1/data/huge.bin").write_bytes(bytes(MOST_FILE + 1))
    huge = pack(folder)
    rows = rows_of_exam(huge)
    assert exam_in(rows, old) is None  # a large file does not travel
    assert exam_in(rows, huge) == read_packed(huge)
    (folder / "questions/q1/data/huge.bin").unlink()
    new = pack(folder)
    rows = rows_of_exam(new)
    assert exam_in(rows, old) == read_packed(new)
    assert exam_in({}, old) is None
    chunk = next(key for key in rows if key[1].endswith("/01"))
    for damaged in ({**rows, chunk: b"else"}, {key: row for key, row in rows.items() if key != chunk}):
        assert exam_in(damaged, old) is None


@contextlib.asynccontextmanager
async def hub_of(exam, data):
    settings = Settings(exam=exam, place=place_of(data), host="127.0.0.1", advertise=False)
    hub = await Hub.start(settings, SystemClock(), SystemChance())
    try:
        yield hub
    finally:
        await hub.stop()
