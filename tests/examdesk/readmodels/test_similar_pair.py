"""A pair side by side: figures, passages, and when each passage appeared in which session."""

from examdesk.readmodels import similar_pair, similarity
from tests.support.clocks import ManualClock
from tests.support.scripted import Student

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
