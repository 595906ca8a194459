"""The text model against plain strings, and what it refuses."""

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.problems import Bug, PeerFault
from shared.text import Edit, EditMismatch, EditOutsideText, Origin, Span, TextModel, UnsafeText

AWKWARD = [
    "",
    "a",
    "\r\n",
    "\t",
    "é",
    "e\u0301",
    "😀",
    "👩‍👩‍👧",
    "\x00",
    "\ufeff",
    "\u2028",
    "def f():\n    return 1\n",
]
texts = st.one_of(st.sampled_from(AWKWARD), st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
long_texts = st.builds(lambda text, times: text * times, texts, st.integers(0, 400))


@st.composite
def edits(draw: st.DrawFn, start: int) -> list[tuple[int, int, str]]:
    """Edits that fit a text of `start` characters, each after the ones before it."""
    length, result = start, []
    for _ in range(draw(st.integers(0, 30))):
        offset = draw(st.integers(0, length))
        removed = draw(st.integers(0, length - offset))
        inserted = draw(st.one_of(texts, long_texts))
        result.append((offset, removed, inserted))
        length += len(inserted) - removed
    return result


@settings(deadline=None)
@given(st.data(), long_texts)
def test_model_equals_a_plain_string_and_a_list_of_origins(data: st.DataObject, start: str) -> None:
    model = TextModel(start)
    plain = start
    origins = [(Origin.STARTER, 0)] * len(start)
    for seq, (offset, removed, inserted) in enumerate(data.draw(edits(len(start))), 1):
        origin = Origin.OUTSIDE if seq % 3 == 0 else Origin.TYPED
        model.apply(Edit(offset, removed, inserted, origin, seq, plain[offset : offset + removed]))
        plain = plain[:offset] + inserted + plain[offset + removed :]
        origins[offset : offset + removed] = [(origin, seq)] * len(inserted)
    assert model.text == plain
    assert model.length == len(plain)
    spans = model.provenance()
    assert [(span.origin, span.seq) for span in spans for _ in range(span.end - span.start)] == origins
    assert [span.start for span in spans] == [0, *(span.end for span in spans)][: len(spans)]
    assert all((a.origin, a.seq) != (b.origin, b.seq) for a, b in pairwise(spans))
    assert sum(model.characters_by_origin().values()) == len(plain)


@settings(deadline=None)
@given(st.data(), long_texts)
def test_slices_and_their_runs_cover_exactly_what_was_asked(data: st.DataObject, start: str) -> None:
    model = TextModel(start)
    for seq, (offset, removed, inserted) in enumerate(data.draw(edits(len(start))), 1):
        model.apply(Edit(offset, removed, inserted, Origin.TYPED, seq))
    offset = data.draw(st.integers(0, model.length))
    length = data.draw(st.integers(0, model.length - offset))
    assert model.slice(offset, length) == model.text[offset : offset + length]
    assert sum(run[0] for run in model.runs(offset, length)) == length


@given(long_texts, st.integers(-3, 200), st.integers(-3, 200))
def test_an_edit_outside_the_text_is_refused_and_changes_nothing(start: str, offset: int, removed: int) -> None:
    model = TextModel(start)
    if offset >= 0 and removed >= 0 and offset + removed <= len(start):
        return
    with pytest.raises(EditOutsideText, match=f"offset {offset} that removes {removed}") as refused:
        model.apply(Edit(offset, removed, "x", Origin.TYPED, 1))
    assert (refused.value.offset, refused.value.removed, refused.value.length) == (offset, removed, len(start))
    assert model.text == start


def test_an_edit_that_names_other_removed_text_is_refused() -> None:
    model = TextModel("print(1)")
    with pytest.raises(EditMismatch):
        model.apply(Edit(0, 5, "", Origin.TYPED, 1, removed_text="Print"))
    assert model.text == "print(1)"


@pytest.mark.parametrize("bad", ["\ud83d", "a\udc00b", "\udc00\ud83d"])
def test_half_characters_are_refused(bad: str) -> None:
    model = TextModel("ok")
    with pytest.raises(UnsafeText):
        model.apply(Edit(0, 0, bad, Origin.TYPED, 1))
    with pytest.raises(PeerFault):
        TextModel(bad)
    assert model.text == "ok"


def test_typing_inside_a_paste_divides_its_span() -> None:
    model = TextModel()
    model.apply(Edit(0, 0, "abcdef", Origin.OUTSIDE, 4))
    model.apply(Edit(3, 0, "X", Origin.TYPED, 5))
    assert model.provenance() == [
        Span(0, 3, Origin.OUTSIDE, 4),
        Span(3, 4, Origin.TYPED, 5),
        Span(4, 7, Origin.OUTSIDE, 4),
    ]
    model.apply(Edit(3, 1, "", Origin.TYPED, 6))
    assert model.provenance() == [Span(0, 6, Origin.OUTSIDE, 4)]


def test_a_snapshot_is_not_touched_by_later_edits() -> None:
    model = TextModel("a" * 5000)
    before = model.snapshot()
    copy = model.copy()
    model.apply(Edit(2500, 10, "b", Origin.TYPED, 1))
    assert TextModel.from_snapshot(before).text == "a" * 5000 == copy.text
    assert model.length == 4991


def test_an_origin_that_does_not_cover_moved_text_is_our_bug() -> None:
    model = TextModel("abc")
    with pytest.raises(Bug):
        model.apply(Edit(0, 0, "xy", Origin.MOVED, 1), carried=((1, Origin.TYPED, 0),))
    assert model.text == "abc"


def test_the_numbers_of_the_origins_are_part_of_the_record_format() -> None:
    assert [(origin.name, origin.value) for origin in Origin] == [
        ("TYPED", 1),
        ("OUTSIDE", 2),
        ("MOVED", 3),
        ("STARTER", 4),
        ("STATEMENT", 5),
        ("PROGRAM", 6),
    ]


def test_a_paste_of_a_megabyte_and_thirty_thousand_edits_take_moments() -> None:
    model = TextModel("".join(f"    value_{n} = compute({n})\n" for n in range(3000)))
    started = time.process_time()
    model.apply(Edit(500, 0, "x😀\r\n" * 262_144, Origin.OUTSIDE, 1))
    model.apply(Edit(500, 1_048_576, "", Origin.TYPED, 2))
    for seq in range(30_000):
        model.apply(Edit(seq * 7919 % model.length if seq % 40 == 0 else 40_000, 0, "k", Origin.TYPED, seq + 3))
    assert time.process_time() - started < 5  # 0.3 s on the PC it was written on
    assert sum(span.end - span.start for span in model.provenance()) == model.length
