"""A line followed back: what it was at each event that changed it, however it moved meanwhile."""

from hypothesis import given, settings
from hypothesis import strategies as st

from examdesk.staffapi.messages import PlayedJournal
from examdesk.staffapi.playback.line_history import forms, together
from shared.events import kinds
from tests.examdesk.staffapi.playback.made_up_session import MAIN, started


def history(session, line, number=None, file=MAIN):
    tape = session.tape()
    tape.set_journals(tuple(PlayedJournal(journal=f"{n:032x}", device="pc", stop=9) for n in range(2)))
    number = len(tape) if number is None else number
    text = tape.at(number).text(file)
    return [form for form in forms(tape, number, file, text.index(line)) if form is not None]


def texts(found):
    return [(form.how, form.text) for form in found]


def test_a_line_typed_letter_by_letter_and_mended_later_shows_each_form_and_how_it_came():
    session = started()
    session.type("total = 0\n", 8)
    session.type("x", 8, ms=60_000)
    session.write(kinds.Edit(file=MAIN, changes=(kinds.Change(0, 8, 1, ""),), how="undo"), 60_000)
    session.write(kinds.Edit(file=MAIN, changes=(kinds.Change(0, 16, 1, "1"),)), 60_000)
    assert texts(together(history(session, "total = 1"))) == [
        ("typed", "total = 1"),
        ("undone", "total = 0"),
        ("typed", "xtotal = 0"),
        ("typed", "total = 0"),
    ]


def test_lines_that_come_and_go_above_it_are_not_its_own_history():
    session = started()
    session.type("keep me\n", 8)
    for _ in range(3):
        session.type("# above\n", 0, ms=30_000)
    session.write(kinds.Edit(file=MAIN, changes=(kinds.Change(0, 8, 8, ""),)), 30_000)
    assert texts(together(history(session, "keep me"))) == [("typed", "keep me")]


def test_enter_before_a_line_pushes_it_down_and_within_a_line_splits_it():
    session = started()
    session.type("one two\n", 8)
    session.type("\n", 8, ms=30_000)
    session.type("\n", 13, ms=30_000)
    assert texts(together(history(session, "two"))) == [("typed", "two"), ("typed", "one two")]


def test_a_pasted_line_ends_with_its_paste_and_starter_code_with_what_was_given():
    session = started()
    session.write(kinds.Paste(file=MAIN, at=8, removed=0, text="a = 1\nb = 2\nc = 3\n", clip="outside"))
    session.type("0", 19, ms=30_000)
    assert texts(together(history(session, "b = 20"))) == [("typed", "b = 20"), ("outside", "b = 2")]
    assert texts(history(session, "# start")) == [("starter", "# start")]


def test_it_is_followed_through_another_name_and_to_the_pc_before():
    session = started()
    session.type("old\n", 8)
    session.write(kinds.FileRenamed(file=MAIN, to="q1/new.py"))
    session.place = 1
    session.write(kinds.FileCreated(file="q1/new.py", origin="restored", text="# start\nold\n"))
    session.write(kinds.Edit(file="q1/new.py", changes=(kinds.Change(0, 11, 0, "er"),)), 30_000)
    found = together(history(session, "older", file="q1/new.py"))
    assert texts(found) == [("typed", "older"), ("typed", "old")]
    assert found[1].file == MAIN


CHANGES = st.lists(
    st.lists(st.tuples(st.integers(0, 500), st.integers(0, 12), st.text("ab\n", max_size=8)), min_size=1, max_size=6),
    max_size=25,
)


@settings(max_examples=60, deadline=None)
@given(CHANGES, st.integers(0, 500))
def test_whatever_was_written_every_form_stood_in_the_file_at_its_moment(bursts, offset):
    session = started()
    length = 8
    for burst in bursts:
        changes = []
        for n, (wanted, most, text) in enumerate(burst):
            at = wanted % (length + 1)
            removed = min(most, length - at)
            changes.append(kinds.Change(n, at, removed, text))
            length += len(text) - removed
        session.write(kinds.Edit(file=MAIN, changes=tuple(changes)))
    tape = session.tape()
    text = tape.at(len(tape)).text(MAIN)
    offset = min(offset, len(text))
    line = text[text.rfind("\n", 0, offset) + 1 :].split("\n")[0]
    found = [form for form in forms(tape, len(tape), MAIN, offset) if form is not None]
    assert found[0].text == line
    for form in found:
        assert form.text in tape.at(form.number).text(MAIN).split("\n")
    numbers = [form.number for form in found]
    assert numbers == sorted(numbers, reverse=True)
