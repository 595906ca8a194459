"""A class compared with an earlier one: added, compared, kept over a restart, removed, each time in the audit log."""

import asyncio
import json
import time

import msgspec
import pytest

from examdesk.cli.main import Program
from examdesk.hub.records.corpora import FOLDER, OUTSIDE, Corpora, Corpus
from examdesk.hub.staff.corpora import read_corpus
from examdesk.readmodels.similarity import ClassWork, compare, with_outside
from examdesk.similarity import Program as Written
from examdesk.staffapi import messages as api
from examdesk.staffapi.corpus_files import corpus_commands
from examdesk.staffapi.messages import KEEP_DAYS, SIMILARITY_WORDS
from shared.clock import SystemClock
from shared.events import kinds
from shared.problems import InputProblem
from tests.examdesk.exports.class_at_work import stored_class
from tests.examdesk.exports.stored_exam import Sitting, store
from tests.examdesk.hub.hub_fixtures import joined, running_hub, staff
from tests.support.journals import ExamInMemory

PROGRAM = "total = 0\nfor value in range(10):\n    if value % 3:\n        total += value * value\nprint(total)\n" * 2


@pytest.fixture
def earlier(tmp_path):
    folder = tmp_path / "class of last year"
    (folder / "kim").mkdir(parents=True)
    (folder / "kim" / "main.py").write_text(PROGRAM, encoding="utf-8")
    (folder / "lee.py").write_text(PROGRAM.replace("total", "summe"), encoding="utf-8")
    (folder / "s1.py").write_text(PROGRAM, encoding="utf-8")
    (folder / "notes.txt").write_text("hello", encoding="utf-8")
    return folder


@pytest.fixture
def control(tmp_path, capsys):
    async def run(*words):
        argv = ["control", "--data", str(tmp_path / "data"), *map(str, words)]
        code = await asyncio.to_thread(Program(log_dir=tmp_path / "log").run, argv)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


async def test_an_earlier_class_takes_part_and_nobody_meets_their_own_work(tmp_path, earlier, control):
    async with running_hub(tmp_path) as hub, staff(hub) as client:
        desks = [await joined(hub, name) for name in ("s1", "s2")]
        for desk in desks:
            await desk.type_text(PROGRAM)
            await desk.safe()
        assert (await control("compared-with"))[1] == "The class is compared with itself alone.\n"
        code, out, _ = await control("compare-with", earlier)
        gone = time.strftime("%Y-%m-%d", time.localtime(SystemClock().wall_ms() / 1000 + KEEP_DAYS * 86_400))
        said = f"The class is now compared with class of last year as well: 3 programs. The hub deletes it on {gone}.\n"
        assert (code, out) == (0, said)
        view = await client.ask(api.GetSimilarity())
        names = {desk.session.hex(): name for desk, name in zip(desks, ("s1", "s2"), strict=True)}
        outside = [pair for pair in view.pairs if OUTSIDE in pair.a + pair.b]
        assert (view.programs, view.outside, view.all_pairs) == (5, 3, 6)
        assert len(outside) == 5
        of_s1 = [pair for pair in outside if "s1" in (names.get(pair.a), names.get(pair.b))]
        assert len(of_s1) == 2
        assert not any("s1 (" in pair.a_name + pair.b_name for pair in of_s1)
        assert not any(OUTSIDE in pair.a and OUTSIDE in pair.b for pair in view.pairs)
        pair = outside[0]
        side = await client.ask(api.GetSideBySide(a=pair.a, b=pair.b))
        assert (side.jaccard, side.rank) == (pair.jaccard, pair.rank)
        assert side.passages
        assert {passage.first for passage in side.passages} == {""}
        assert len((await client.ask(api.GetLive())).rows) == 2
        listed = (await control("alike", "--without-common", "50", "--student", "s2"))[1].splitlines()
        assert listed[0] == "5 programs, 6 pairs."
        assert len(listed) == 7
        assert all("s2" in line for line in listed[2:-1])
        page = tmp_path / "pair.html"
        shown = (await control("pair", "s1", "s2", "--html", str(page)))[1].splitlines()
        assert SIMILARITY_WORDS in page.read_text("utf-8")
        assert "plain 1.000" in shown[0]
        assert " typed 100 %" in shown[3]
        assert "of 5" in shown[3]
        assert (await control("pair", "s1", "nobody"))[0] == 2
        for desk in desks:
            await desk.leave()
    async with running_hub(tmp_path) as hub, staff(hub) as client:
        (corpus,) = (await client.ask(api.GetCorpora())).corpora
        assert corpus.programs == 3
        assert (await client.ask(api.GetSimilarity(outside=False))).outside == 0
        assert "deleted from the hub" in (await control("compare-without", corpus.corpus))[1]
        assert list((tmp_path / "data" / FOLDER).iterdir()) == []
        code, _, complaint = await control("compare-without", corpus.corpus)
        assert (code, f"There is no source {corpus.corpus}" in complaint) == (2, True)
        deeds = [entry.what for entry in (await client.ask(api.GetAudit())).entries]
        assert "added programs to compare with" in deeds
        assert "removed programs to compare with" in deeds
        assert "looked at the pairs of a session" in deeds


async def test_programs_go_by_themselves_on_their_day_and_the_audit_log_says_so(tmp_path, earlier, control):
    clock = Ahead()
    async with running_hub(tmp_path, clock=clock) as hub, staff(hub) as client:
        for days, name in ((10, "short"), (0, "for ever"), (30, "long")):
            assert (await control("compare-with", earlier, "--name", name, "--days", days))[0] == 0
        assert [line.split("\t")[-2:] for line in (await control("compared-with"))[1].splitlines()][1] == [
            "no date",
            "for ever",
        ]
        ids = {each.name: each.corpus for each in (await client.ask(api.GetCorpora())).corpora}
        assert "until somebody removes it" in (await control("keep-compared", ids["long"][:6], "--days", "0"))[1]
        assert "The hub deletes it on" in (await control("keep-compared", "long", "--days", "5"))[1]
        assert (await control("keep-compared", "none", "--days", "5"))[0] == 2
        clock.days = 9
        await hub.corpora.forget_due()
        assert [each.name for each in (await client.ask(api.GetCorpora())).corpora] == ["short", "for ever"]
    clock.days = 11
    async with running_hub(tmp_path, clock=clock) as hub, staff(hub) as client:
        assert [each.name for each in (await client.ask(api.GetCorpora())).corpora] == ["for ever"]
        assert [path.stem for path in (tmp_path / "data" / FOLDER).iterdir()] == [ids["for ever"]]
        deeds = [entry for entry in (await client.ask(api.GetAudit())).entries if "their time is over" in entry.detail]
        assert {entry.detail.partition(":")[0] for entry in deeds} == {"short", "long"}
        assert {(entry.who, entry.role) for entry in deeds} == {("", "hub")}


async def test_programs_are_deleted_without_a_hub_too_and_only_then(tmp_path, earlier, capsys):
    def similarity(*words):
        code = Program(log_dir=tmp_path / "log").run(["similarity", "--data", str(tmp_path / "data"), *words])
        said = capsys.readouterr()
        return code, said.out, said.err

    async with running_hub(tmp_path) as hub, staff(hub) as client:
        for name in ("one", "two"):
            for command in corpus_commands(earlier, name):
                await client.ask(command)
        one, two = (each.corpus for each in (await client.ask(api.GetCorpora())).corpora)
        code, _, complaint = await asyncio.to_thread(similarity, "--forget", one)
        assert (code, "A hub serves these records" in complaint) == (2, True)
    assert similarity("--forget", "none")[0] == 2
    code, out, said = similarity("--forget", one, "--forget", "due", "--json")
    assert (code, said) == (0, "one is no longer compared with, and deleted.\n")
    assert [each["corpus"] for each in json.loads(out)] == [two]
    assert similarity()[1].startswith(f"{two}\t")
    async with running_hub(tmp_path) as hub, staff(hub) as client:
        assert [each.name for each in (await client.ask(api.GetCorpora())).corpora] == ["two"]
        entries = (await client.ask(api.GetAudit())).entries
        (deed,) = (entry for entry in entries if entry.what == "removed programs to compare with")
        assert (deed.role, deed.detail.partition(":")[0]) == ("command line", "one")


class Ahead(SystemClock):
    """A clock that can be set forward by days."""

    days = 0

    def wall_ms(self):
        return super().wall_ms() + self.days * 86_400_000


async def test_the_same_command_twice_adds_once_and_nothing_is_refused_aloud(tmp_path, earlier):
    async with running_hub(tmp_path) as hub, staff(hub) as client:
        (command,) = corpus_commands(earlier, "Last year")
        first = await client.ask(command)
        assert await client.ask(command) == first
        assert len((await client.ask(api.GetCorpora())).corpora) == 1
        for name, files in ((" ", command.files), ("Empty", ())):
            with pytest.raises(Exception, match=r"name|no Python program"):
                await client.ask(api.AddCorpus(command=name, name=name, upload="1", files=files))


def test_files_in_pieces_are_one_program(tmp_path):
    (tmp_path / "ada").mkdir()
    (tmp_path / "ada" / "main.py").write_text("value = 1\n" * 90_000)
    (tmp_path / "bob.py").write_text("value = 2\n" * 90_000)
    (tmp_path / "kim.py").write_text("value = 3\n" * 90_000)
    commands = list(corpus_commands(tmp_path))
    assert [command.last for command in commands] == [False, True]
    assert len({command.upload for command in commands}) == 1
    files = tuple((each.path, each.data) for command in commands for each in command.files)
    programs, by_question, left_out = read_corpus(files)
    assert [program.owner for program in programs] == ["ada", "bob", "kim"]
    assert (by_question, left_out) == (False, ())


def test_a_bundle_gives_every_students_last_text_by_question(tmp_path):
    stored_class(tmp_path / "records")
    args = ["export", "--data", str(tmp_path / "records"), "--out", str(tmp_path), "--what", "bundle", "--quiet"]
    assert Program(log_dir=tmp_path / "log").run(args) == 0
    (command,) = corpus_commands(tmp_path / "quiz-2.examrecord")
    programs, by_question, _ = read_corpus(tuple((each.path, each.data) for each in command.files))
    assert by_question
    assert {program.owner for program in programs} >= {"s1", "s2"}
    assert all(name.partition("/")[0] in {"q1", "q2"} for program in programs for name in program.files)


def test_what_an_earlier_class_was_given_makes_nobody_alike(tmp_path):
    given = "def area(points):\n    total = 0\n    for x, y in points:\n        total += x * y\n    return total\n"
    exam = ExamInMemory(71)
    kim, ada = Sitting(exam, "kim"), Sitting(exam, "ada")
    for sitting in (kim, ada):
        sitting.write(kinds.FileCreated(file="q1/area.py", origin="starter", text=given))
        sitting.seal()
    ada.type("print(max(area([(1, 2), (3, 4)]), 5))\n")
    store(tmp_path / "records", exam, [kim.journal, ada.journal], names={"kim": "Kim", "ada": "Ada"})
    args = ["export", "--data", str(tmp_path / "records"), "--out", str(tmp_path), "--what", "bundle", "--quiet"]
    assert Program(log_dir=tmp_path / "log").run(args) == 0
    (command,) = corpus_commands(tmp_path / "quiz-2.examrecord")
    programs, _, _ = read_corpus(tuple((each.path, each.data) for each in command.files))
    assert [program.owner for program in programs] == ["ada"]
    corpora = Corpora(tmp_path / "hub")
    corpora.add(Corpus(corpus="1", name="2025", added_ms=1, by="Lee", programs=tuple(programs), by_question=True))
    (again,) = Corpora(tmp_path / "hub").programs("q1")
    now = ClassWork(programs=(Written("bob", {"q1/main.py": given}, name="bob"),), starters=(), names={"bob": "Bob"})
    (pair,) = compare(with_outside(now, [again])).pairs
    assert pair.jaccard == 0
    (pair,) = compare(with_outside(now, [msgspec.structs.replace(again, given={})])).pairs
    assert pair.jaccard > 0.4


@pytest.mark.parametrize("name", ["nothing", "notes.txt", "empty"])
def test_what_is_no_class_is_said(tmp_path, name):
    (tmp_path / "notes.txt").write_text("hello")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputProblem, match=r"no folder|neither a bundle|no Python file"):
        list(corpus_commands(tmp_path / name))
