"""When passages appeared: typed, pasted, moved, given, over several journals."""

import random

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from examdesk.evidence.appearing import Place, Stretch, appearances, first_of
from examdesk.evidence.rules import EditionTexts, Given
from shared.events import kinds
from tests.support.scripted import MAIN, Student

FUNCTION = "def mean(values):\n    return sum(values) / len(values)\n"
OTHER = "def spread(values):\n    return max(values) - min(values)\n"


def look(*students: Student, text: str, stops: tuple[int, ...] = (), exam: Given | None = None):
    last = students[-1]
    at = last.files.texts[MAIN].index(text)
    ends = [*stops, len(last.entries)]
    line = [Stretch(student.journal, stop) for student, stop in zip(students, ends, strict=True)]
    entries = {student.journal: student.entries for student in students}
    (found,) = appearances(line, lambda journal, stop: entries[journal][:stop], [Place(MAIN, at, at + len(text))], exam)
    assert found is not None
    return found


def test_a_typed_passage_says_from_when_to_when():
    student = Student().begin("# start\n")
    begun = student.clock.wall_ms()
    student.type(FUNCTION)
    ended = student.clock.wall_ms()
    found = look(student, text=FUNCTION)
    assert (found.typed, found.pasted) == (1.0, 0.0)
    assert begun <= found.began.at_ms <= begun + 1000
    assert begun < found.there.at_ms <= found.last.at_ms <= ended


def test_a_pasted_passage_appeared_at_once():
    student = Student().begin()
    student.type("x = 1\n")
    seq = student.paste(FUNCTION)
    found = look(student, text=FUNCTION)
    assert found.pasted == 1.0
    assert found.began == found.there == found.last
    assert (found.there.journal, found.there.seq) == (student.journal.hex(), seq)


def test_moved_text_keeps_the_moment_at_which_it_was_typed():
    student = Student().begin()
    student.type(FUNCTION)
    typed = student.clock.wall_ms()
    student.clock.advance(seconds=600)
    student.erase(0, len(FUNCTION))
    student.type("import math\n")
    student.paste(FUNCTION, clip="outside")
    found = look(student, text=FUNCTION)
    assert found.typed == 1.0
    assert found.last.at_ms <= typed


def test_a_later_correction_does_not_make_a_passage_new():
    student = Student().begin()
    student.type(FUNCTION)
    there = student.clock.wall_ms()
    student.clock.advance(seconds=900)
    student.erase(4, 4)
    student.type("avg", at=4)
    found = look(student, text=FUNCTION.replace("mean", "avg"))
    assert found.there.at_ms <= there
    assert found.last.at_ms > there + 600_000


def test_the_starter_and_the_prompt_are_given():
    starter = "def main():\n    pass\n"
    student = Student().begin(starter)
    assert look(student, text=starter).given == 1.0
    prompt = "Return 0.0 where there is nothing to average."
    student.paste(prompt)
    first = EditionTexts(prompts=(f"# Mean\n\n{prompt}\n",))
    assert look(student, text=prompt, exam=Given(editions=(first,))).given == 1.0
    later = msgspec.structs.replace(first, number=2)
    assert look(student, text=prompt, exam=Given(editions=(later,))).pasted == 1.0
    assert look(student, text=prompt).pasted == 1.0


def test_a_session_that_moved_keeps_what_was_typed_before():
    first = Student("ada").begin()
    first.type(FUNCTION)
    left = len(first.entries)
    second = Student("ada 2", boot=9)
    second.clock.advance(seconds=3600)
    second.write(kinds.Started(how="moved", app="", platform="", python="", device=""))
    second.create(MAIN, FUNCTION, "restored")
    second.type(OTHER)
    before = look(first, second, text=FUNCTION, stops=(left,))
    after = look(first, second, text=OTHER, stops=(left,))
    assert before.there.journal == first.journal.hex()
    assert after.there.journal == second.journal.hex()
    assert before.there.at_ms < after.began.at_ms
    assert first_of(before, after) == "a"
    assert first_of(after, before) == "b"
    assert first_of(before, before) == "together"
    assert first_of(before, None) == ""


def test_a_place_outside_the_text_is_nothing():
    student = Student().begin("x\n")
    line = [Stretch(student.journal, len(student.entries))]
    places = [Place(MAIN, 0, 99), Place("q9/main.py", 0, 1), Place(MAIN, 1, 2), Place(MAIN, 2, 1)]
    assert appearances(line, lambda _, stop: student.entries[:stop], places) == [None] * 4


@given(st.integers(0, 10_000))
def test_shares_add_up_and_moments_are_in_order(seed):
    chance = random.Random(seed)
    student = Student(str(seed)).begin("a = 1\n")
    for _ in range(12):
        text = student.files.texts[MAIN]
        act = chance.randrange(4)
        if act == 0:
            student.type(chance.choice(["x = 2\n", "print(x)\n"]), at=chance.randint(0, len(text)))
        elif act == 1:
            student.paste("y = [1, 2, 3]\n", at=chance.randint(0, len(text)), clip=chance.choice(["own", "outside"]))
        elif text:
            at = chance.randrange(len(text))
            student.erase(at, min(3, len(text) - at))
    text = student.files.texts[MAIN]
    line = [Stretch(student.journal, len(student.entries))]
    places = [Place(MAIN, at, min(at + 7, len(text))) for at in range(0, len(text), 5)]
    for found in appearances(line, lambda _, stop: student.entries[:stop], places):
        if found is not None:
            assert abs(found.typed + found.pasted + found.moved + found.given - 1) < 1e-9
            assert found.began.at_ms <= found.there.at_ms <= found.last.at_ms
