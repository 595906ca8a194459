"""Where characters came from, as views ask for it: the same as the model says, whatever is asked and in which order."""

from hypothesis import given
from hypothesis import strategies as st

from instructor_app.widgets.provenance import OriginCounts, Provenance
from shared.text import Edit, Origin, TextModel

ORIGINS = st.sampled_from([Origin.TYPED, Origin.OUTSIDE, Origin.MOVED])
EDITS = st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 40), st.text("ab🙂\n", max_size=900), ORIGINS))


def changed(model, number, edit):
    at, removed, text, origin = edit
    at %= model.length + 1
    model.apply(Edit(at, min(removed, model.length - at), text, origin, number))


@given(EDITS, st.integers(-5, 3_000), st.integers(0, 3_000))
def test_any_stretch_and_all_counts_are_those_of_the_model(edits, start, length):
    model, counts = TextModel("x = 1\n" * 300), OriginCounts()
    for number, edit in enumerate(edits, 1):
        changed(model, number, edit)
        assert counts.of(model.snapshot()) == model.characters_by_origin()
    kept = Provenance(model)
    spans = model.provenance()
    end = start + length
    wanted = [
        (max(span.start, start), min(span.end, end), span.origin, span.seq)
        for span in spans
        if span.start < end and span.end > max(start, 0)
    ]
    wanted = [each for each in wanted if each[0] < each[1]]
    changed(model, 99, (0, 3, "later", Origin.OUTSIDE))
    found = kept.came(start, end)
    assert [one for each in found for one in range(each.start, each.end)] == [
        one for each in wanted for one in range(max(each[0], 0), each[1])
    ]
    by_place = {one: each[2:] for each in wanted for one in range(max(each[0], 0), each[1])}
    assert all(by_place[each.start] == (each.origin, each.seq) for each in found)


def test_neighbours_of_one_origin_are_one_piece():
    model = TextModel("", Origin.TYPED)
    for number, letter in enumerate("abc"):
        model.apply(Edit(number, 0, letter, Origin.TYPED, number))
    model.apply(Edit(3, 0, "out", Origin.OUTSIDE, 9))
    assert Provenance(model).within(1, 5) == [(0, 2, "1"), (2, 4, "2")]
