"""A pair side by side: figures, passages, and when each passage appeared in which session."""

import pytest

from examdesk.readmodels import similar_pair, similarity
from examdesk.readmodels.session import NotThere
from examdesk.store.rows import RosterRow
from shared.events import kinds
from shared.ids import StudentId
from tests.support.clocks import ManualClock
from tests.support.scripted import EXAM, MAIN, Student

SHARED = (
    "def longest(words):\n    best = ''\n    for word in words:\n        if len(word) > len(best):\n"
    "            best = word\n    return best\n"
)
OWN = (
    "def count(words):\n    seen = {}\n    for word in words:\n        seen[word] = seen.get(word, 0) + 1\n"
    "    return seen\n"
)


def sit(records, name: str, act, minutes: int = 0) -> Student:
    clock = ManualClock()
    clock.advance(seconds=minutes * 60)
    student = Student(name, clock)
    records.join(student)
    student.begin()
    act(student)
    records.hand_over(student)
    return student


def pair_of(live, reader, one: Student, other: Student):
    pair = (one.session.hex(), other.session.hex())
    work = similarity.class_work(live, (), "", 5)
    return similar_pair.in_time(reader, similar_pair.lines_of(live, pair), similar_pair.show_pair(work, pair))


def test_each_passage_says_when_it_appeared_and_where_first(records, reader, live):
    ada = sit(records, "ada", lambda s: s.type(OWN + SHARED))
    bob = sit(records, "bob", lambda s: (s.type("print(1)\n"), s.paste(SHARED)), minutes=20)
    live.load()
    shown = pair_of(live, reader, ada, bob)
    (passage,) = shown.passages
    assert len(shown.regions) == 1
    assert passage.first == "a"
    assert passage.a is not None
    assert passage.b is not None
    assert passage.a.typed == 1.0
    assert passage.b.pasted > 0.9
    assert passage.b.there.at_ms - passage.a.there.at_ms > 15 * 60_000
    assert passage.b.there.journal == bob.journal.hex()
    assert shown.a_text[passage.start_a : passage.end_a].startswith("def longest")
    assert (passage.programs_with_it, shown.programs) == (2, 2)


def test_what_was_written_at_the_same_time_is_called_so(records, reader, live):
    ada = sit(records, "ada", lambda s: s.type(SHARED + OWN))
    bob = sit(records, "bob", lambda s: s.type(SHARED + OWN))
    live.load()
    assert {passage.first for passage in pair_of(live, reader, ada, bob).passages} == {"together"}


def test_what_the_log_says_was_given_counts_for_nobody_even_when_the_exam_changed(records, live):
    given = OWN.replace("count", "given")
    for name, own in (("ada", SHARED), ("bob", "print(sorted([3, 1, 2]))\n" * 3)):
        student = Student(name)
        records.join(student)
        student.begin(given)
        student.type(own)
        records.hand_over(student)
    live.load()
    work = similarity.class_work(live, ("print('another starter')\n",), "", 5)
    assert given in work.starters
    (pair,) = similarity.compare(work).pairs
    assert pair.jaccard < 0.1


def test_a_second_comparison_of_what_did_not_change_gives_the_same(records, live):
    for name in ("ada", "bob", "kim"):
        sit(records, name, lambda s: s.type(OWN + SHARED))
    live.load()
    work = similarity.class_work(live, (), "", 5)
    assert similarity.compare(work, most_common=0.5) == similarity.compare(work, most_common=0.5)


def test_one_session_against_all_others_has_the_figures_of_the_list(records, reader, live):
    kept = {}
    for number, name in enumerate(("ada", "bob", "kim", "lea")):
        kept[name] = sit(records, name, lambda s, n=number: s.type(OWN * (n % 2) + SHARED + f"print({n} + x)\n" * n))
    live.load()
    for _ in range(2):
        work = similarity.class_work(live, (), "", 5)
        everybody = similarity.compare(work)
        for student in kept.values():
            of = student.session.hex()
            one = similarity.compare(work, of=of, most_common=0.5)
            assert (one.of, one.histogram, one.quantiles) == (of, everybody.histogram, everybody.quantiles)
            assert {pair.a for pair in one.pairs} == {of}
            expected = {frozenset((pair.a, pair.b)): pair for pair in everybody.pairs if of in {pair.a, pair.b}}
            found = {frozenset((pair.a, pair.b)): pair for pair in one.pairs}
            assert found.keys() == expected.keys()
            for key, pair in found.items():
                assert (pair.jaccard, pair.rank, pair.below) == (
                    expected[key].jaccard,
                    expected[key].rank,
                    expected[key].below,
                )
            ranks = [pair.rank for pair in one.pairs]
            assert ranks == sorted(ranks, reverse=True)
        kept["ada"].type(OWN.replace("seen", "found"))
        live.take(kept["ada"].journal, kept["ada"].entries)
    shown = pair_of(live, reader, kept["ada"], kept["bob"])
    whole = similarity.compare(similarity.class_work(live, (), "", 5))
    (listed,) = [pair for pair in whole.pairs if (pair.a_name, pair.b_name) == ("ada", "bob")]
    assert (shown.jaccard, shown.rank) == (listed.jaccard, listed.rank)


def test_a_session_that_wrote_nothing_has_no_pairs_and_is_told_so(records, live):
    ada = sit(records, "ada", lambda s: s.type(SHARED + OWN))
    bob = sit(records, "bob", lambda s: s.type("x"))
    live.load()
    work = similarity.class_work(live, (), "", 5)
    with pytest.raises(NotThere, match="too little"):
        similarity.compare(work, of=bob.session.hex())
    assert similarity.compare(work, of=ada.session.hex()).pairs == ()


def test_two_hand_ins_and_two_names_of_one_student_are_never_a_pair(records, live):
    first = sit(records, "ada", lambda s: s.type(SHARED + OWN))
    sit(records, "bob", lambda s: s.type(OWN + SHARED))
    live.load()
    work = similarity.class_work(live, (), "", 5)
    again = similarity.OutsideProgram(label="outside:1", owner="ada", files={"main.py": SHARED + OWN}, source="2025")
    work = similarity.with_outside(work, [again])
    found = similarity.compare(work)
    assert {pair.a_name for pair in found.pairs} | {pair.b_name for pair in found.pairs} >= {"ada", "bob"}
    assert not any({pair.a, pair.b} == {first.session.hex(), "outside:1"} for pair in found.pairs)
    assert all(pair.b != "outside:1" for pair in similarity.compare(work, of=first.session.hex()).pairs)


def test_starter_code_is_known_after_moves_to_other_pcs(records, live):
    first = Student("ada")
    records.join(first)
    first.begin(OWN)
    at = OWN.index("    for word")
    first.type("    # mine\n", at=at)
    records.hand_over(first)
    texts = [first.files.texts[MAIN]]
    before = first
    for number in (2, 3):
        after = Student(f"ada {number}", boot=10 + number)
        after.session = first.session
        records.join(after, parent=before, parent_seq=len(before.entries) - 1)
        after.write(kinds.Started(how="moved", app="1", platform="Linux", python="3.11", device=after.device.hex()))
        after.create(MAIN, texts[-1], "restored")
        after.erase(0, 4)
        after.type(f"x = {number}\n", at=0)
        texts.append(after.files.texts[MAIN])
        records.hand_over(after)
        before = after
    live.load()
    facts = live.facts[first.session]
    assert facts.texts() == {MAIN: texts[-1]}
    given = "".join(texts[-1][start:end] for start, end in facts.given(MAIN))
    assert given == OWN[4:]
    assert facts.given("q1/nothing.py") == ()
    (program,) = similarity.class_work(live, (), "", 5).programs
    assert program.given[MAIN] == facts.given(MAIN)


def test_one_person_under_two_ids_is_never_a_pair(records, live):
    for name in ("ada", "ada2", "bob"):
        sit(records, name, lambda s: s.type(SHARED + OWN))
    address = {"ada": "ada@example.org", "ada2": "Ada@example.org", "bob": "bob@example.org"}
    with records.store.begin() as tx:
        tx.people.put_students(
            [
                RosterRow(exam=EXAM, student=StudentId(name), slot=slot, name=name.title(), email=email)
                for slot, (name, email) in enumerate(address.items(), 1)
            ]
        )
    live.load()
    work = similarity.class_work(live, (), "", 5)
    last_year = similarity.OutsideProgram("outside:1", "Bob_77_assignsubmission_file_", {"m.py": SHARED + OWN}, "2025")
    found = similarity.compare(similarity.with_outside(work, [last_year]))
    named = {frozenset((pair.a_name.split()[0], pair.b_name.split()[0])) for pair in found.pairs}
    assert {frozenset(pair) for pair in (("Ada", "Bob"), ("Ada2", "Bob"))} < named
    assert frozenset(("Ada", "Ada2")) not in named
    assert frozenset(("Bob", "Bob_77_assignsubmission_file_")) not in named
    assert len(found.pairs) == 4


@pytest.mark.parametrize("how", ["kept", "retyped", "moved", "edited within", "redrawn", "replaced"])
def test_two_students_with_the_same_starter_code_and_work_of_their_own_are_not_alike(records, live, how):
    own = {"ada": SHARED, "bob": "numbers = [int(input()) for _ in range(4)]\nprint(sorted(numbers)[1:-1])\n" * 2}
    for name, written in own.items():
        student = Student(name)
        records.join(student)
        given = OWN if how != "replaced" or name == "ada" else OWN.replace("word", "term").replace("+ 1", "+ 1 + 0")
        student.begin("" if how == "retyped" else given)
        if how == "retyped":
            student.type(given)
        if how == "moved":
            student.erase(0, len(given))
            student.create("q1/more.py")
            student.paste(given, file="q1/more.py", clip="own")
        if how == "edited within":
            student.erase(given.index("    return"), 4)
            student.type("    if not seen:\n        print('none')\n", at=given.index("    return"))
        if how == "redrawn":
            student.create("q2/main.py", SHARED.replace("longest", "given"), "starter")
        student.type(written)
        records.hand_over(student)
    live.load()
    view = similarity.compare(similarity.class_work(live, (OWN,) if how != "replaced" else (), "", 5))
    (pair,) = view.pairs
    if how == "redrawn":
        assert pair.shared_lines == 0
    assert pair.jaccard < (0.25 if how == "edited within" else 0.12)
