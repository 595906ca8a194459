"""Versions and notes of a session's earlier journals: fetched in parts, kept, in order, by this PC's clock."""

import zlib

import pytest
from msgspec import structs

from shared.admission.endorsement import Parent
from shared.events import kinds
from shared.ids import JournalId
from shared.problems import PeerFault
from shared.text.earlier import EarlierJournal, pack, unpack, within
from shared.text.versions import JournalVersions, Mark, Version, Versions
from shared.wire.messages import GetHistory, HistoryPart, JournalHead
from student_app.core.earlier import EarlierJournals
from student_app.core.sitting import RestoredFile
from tests.student_app.kit import Bench

FIRST, SECOND = JournalId(b"1" * 16), JournalId(b"2" * 16)
FILE = "q1/main.py"
OTHER_PC = "ee" * 16


def version(text: str, why="save", at_ms=1000) -> Version:
    packed = zlib.compress(text.encode())
    return Version(number=1, marks=(Mark(why=why, at_ms=at_ms),), sha256="", lines=1, packed=packed)


def document(journal=FIRST, last=9, opened_ms=1, texts=("one\n", "two\n"), **facts) -> EarlierJournal:
    former = facts.pop("former", {})
    file = facts.pop("file", FILE)
    versions = JournalVersions(files={file: tuple(version(text) for text in texts)}, former=former)
    return EarlierJournal(
        journal=journal.hex(), device=OTHER_PC, last=last, opened_ms=opened_ms, versions=versions, **facts
    )


def served(earlier: EarlierJournals, asked: GetHistory | None, documents: dict, size=50) -> list[EarlierJournal]:
    """Answer every question, in small parts."""
    whole = []
    while asked is not None:
        data = documents[asked.journal]
        got, asked = earlier.part(HistoryPart(asked.journal, asked.at, data[asked.at : asked.at + size], len(data)))
        whole += [] if got is None else [got]
    return whole


def test_journals_come_in_parts_one_after_the_other_and_each_once():
    writes = []
    earlier = EarlierJournals(writes.append)
    documents = {FIRST: pack(document()), SECOND: pack(document(SECOND, opened_ms=2))}
    heads = (JournalHead(SECOND, 9), JournalHead(FIRST, 9))
    assert len(served(earlier, earlier.announced(heads), documents)) == 2
    assert [each.journal for each in earlier.all()] == [FIRST.hex(), SECOND.hex()]
    assert len(writes) == 2
    assert earlier.announced(heads) is None
    assert earlier.announced((JournalHead(FIRST, 12),)) == GetHistory(FIRST, 12, 0)


def test_a_hub_that_lost_a_journal_takes_nothing_away():
    earlier = EarlierJournals(lambda _: None)
    earlier.keep(document(last=9))
    earlier.keep(document(last=3, texts=("older\n",)))
    assert [each.last for each in earlier.all()] == [9]
    assert earlier.announced((JournalHead(FIRST, 3),)) is None


def test_a_journal_that_the_hub_cannot_give_is_left_out_and_the_next_one_comes():
    earlier = EarlierJournals(lambda _: None)
    asked = earlier.announced((JournalHead(FIRST, 9), JournalHead(SECOND, 9)))
    assert earlier.part(HistoryPart(asked.journal, 0, b"", 0)) == (None, GetHistory(SECOND, 9, 0))


@pytest.mark.parametrize("part", [HistoryPart(SECOND, 0, b"x", 9), HistoryPart(FIRST, 4, b"x", 9)])
def test_a_part_that_was_not_asked_for_is_a_fault(part):
    earlier = EarlierJournals(lambda _: None)
    earlier.announced((JournalHead(FIRST, 9),))
    with pytest.raises(PeerFault, match="not asked"):
        earlier.part(part)


def test_what_is_no_document_is_a_fault():
    with pytest.raises(PeerFault, match="can't be read"):
        unpack(b"\x93abc")


def test_too_many_versions_lose_the_oldest_but_every_file_keeps_one():
    files = {
        "q1/a.py": tuple(version(f"a{n}\n", at_ms=n) for n in range(10)),
        "q1/b.py": (version("b\n", at_ms=-5),),
    }
    size = len(files["q1/a.py"][0].packed)
    kept = within(JournalVersions(files=files), budget=3 * size).files
    assert [each.text for each in kept["q1/a.py"]] == ["a7\n", "a8\n", "a9\n"]
    assert [each.text for each in kept["q1/b.py"]] == ["b\n"]


def test_a_file_keeps_its_versions_over_moves_and_renames():
    versions = Versions()
    texts = {FILE: "two\n", "q1/new.py": "two\n"}
    versions.apply(kinds.FileCreated(file=FILE, text="two\n", origin="restored"), 5000, texts.__getitem__)
    versions.apply(kinds.FileRenamed(file=FILE, to="q1/new.py"), 6000, texts.__getitem__)
    versions.earlier = (
        document(file="q1/first.py", texts=("zero\n",)).versions,
        document(former={FILE: "q1/first.py"}).versions,
    )
    shown = [(each.number, each.text) for each in versions.of("q1/new.py")]
    assert shown == [(1, "zero\n"), (2, "one\n"), (3, "two\n")]
    assert versions.files() == ("q1/new.py",)


def test_a_restored_text_that_the_other_pc_never_kept_is_a_version_of_its_own():
    versions = Versions()
    versions.apply(kinds.FileCreated(file=FILE, text="3\n", origin="restored"), 5000, lambda _: "3\n")
    versions.earlier = (document().versions,)
    assert [each.text for each in versions.of(FILE)] == ["one\n", "two\n", "3\n"]


def moved(bench: Bench):
    bench.desk.join("code", "s1")
    parent = Parent(journal=FIRST.hex(), seq=9, link="bb" * 32)
    sitting = bench.admit(restored=(RestoredFile(FILE, "two\n"),), parent=parent)
    sitting.standing(bench.standing())
    bench.deliver_content()
    bench.committer.step(10)
    return sitting


def test_the_second_pc_lists_the_versions_of_the_first_and_goes_on_with_its_notes(tmp_path):
    bench = Bench(tmp_path)
    sitting = moved(bench)
    sitting.clock.hint(bench.clock.wall + 60_000)
    sitting.earlier.keep(document(notes="look at the loop"))
    sitting.look_back()
    sitting.look_back()
    bench.desk.insert(FILE, 0, "x")
    bench.desk.save()
    bench.committer.step(1000)
    shown = sitting.memory.versions.of(FILE)
    assert [(each.text, each.elsewhere) for each in shown] == [("one\n", True), ("two\n", True), ("xtwo\n", False)]
    assert shown[0].marks[0].at_ms == 1000 - 60_000
    assert sitting.memory.notes == "look at the loop"
    bench.desk.write_notes("")
    sitting.look_back()
    assert sitting.memory.notes == "", "what the student took away does not come back"
    bench.committer.step(1000)
    bench.crash()
    again = bench.come_back().sitting.memory
    assert [each.text for each in again.versions.of(FILE)] == ["one\n", "two\n", "xtwo\n"]


def test_a_journal_that_cannot_go_on_hands_its_versions_to_the_next_one_without_the_hub(tmp_path):
    bench = Bench(tmp_path)
    desk = bench.open_exam()
    desk.insert(FILE, 0, "a")
    desk.save()
    desk.write_notes("mine")
    desk.accept_honor("", "")
    bench.committer.step(1000)
    before, old = desk.sitting.memory.versions.of(FILE), desk.sitting.journal
    known = old.last
    bench.net.requests.append(desk.request_for_segment())
    sitting = bench.admit()
    assert sitting.memory.starts == 1
    bench.committer.step(1000)
    assert [structs.replace(each, sha256="") for each in sitting.memory.versions.of(FILE)] == [
        structs.replace(each, sha256="") for each in before
    ]
    assert sitting.memory.notes == "mine"
    had = JournalHead(old.identity.journal, known)
    assert sitting.earlier.announced((had,)) is None
    lost = structs.replace(had, last=known + 5)
    asked = sitting.earlier.announced((lost,))
    assert asked == GetHistory(lost.journal, lost.last, 0), "what a damaged disk lost comes from the hub"
    assert desk.state().honor, "nobody is asked again in the middle of work"
