"""Code points and UTF-8 bytes, in documents that change."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.problems import Bug
from shared.text import ByteIndex, Edit, Origin, TextModel, safe_text

characters = st.one_of(st.sampled_from("a\t\r\né\u0301€😀🂡\u200d\x00"), st.characters(exclude_categories=["Cs"]))
documents = st.builds(lambda text, times: text * times, st.text(characters, max_size=60), st.integers(0, 60))


def indexed(text: str) -> tuple[TextModel, ByteIndex]:
    model = TextModel(text)
    return model, ByteIndex(model)


def assert_converts_like_plain_strings(index: ByteIndex, text: str, offset: int) -> None:
    assert index.byte_of_offset(offset) == len(text[:offset].encode())
    assert index.offset_of_byte(len(text[:offset].encode())) == offset


@settings(deadline=None)
@given(documents, st.data())
def test_every_boundary_converts_there_and_back(text: str, data: st.DataObject) -> None:
    _, index = indexed(text)
    for _ in range(8):
        assert_converts_like_plain_strings(index, text, data.draw(st.integers(0, len(text))))


@settings(deadline=None)
@given(documents, st.data())
def test_an_index_follows_changes_told_in_bytes(text: str, data: st.DataObject) -> None:
    model, index = indexed(text)
    for seq in range(data.draw(st.integers(0, 12))):
        offset = data.draw(st.integers(0, len(text)))
        removed = data.draw(st.integers(0, len(text) - offset))
        inserted = data.draw(documents)
        position = len(text[:offset].encode())
        stretch = index.stretch_of_bytes(position, len(text[offset : offset + removed].encode()))
        assert (stretch.offset, stretch.length) == (offset, removed)
        model.apply(Edit(stretch.offset, stretch.length, inserted, Origin.TYPED, seq + 1))
        text = text[:offset] + inserted + text[offset + removed :]
        assert_converts_like_plain_strings(index, text, data.draw(st.integers(0, len(text))))
    assert model.text == text


def test_a_paste_of_a_megabyte_is_indexed() -> None:
    text = "x😀é\r\n" * 209_716
    model, index = indexed("")
    model.apply(Edit(0, 0, text, Origin.OUTSIDE, 1))
    for offset in (0, 1, 524_287, 524_288, len(text) - 1, len(text)):
        assert_converts_like_plain_strings(index, text, offset)


@pytest.mark.parametrize("position", [1, 2, 3])
def test_a_byte_inside_a_character_is_our_bug_and_says_so(position: int) -> None:
    _, index = indexed("😀")
    with pytest.raises(Bug, match=f"position {position}, which is inside a character"):
        index.offset_of_byte(position)


@pytest.mark.parametrize("position", [-1, 6])
def test_a_position_outside_the_text_is_our_bug_and_says_so(position: int) -> None:
    _, index = indexed("é€")
    for convert in (index.byte_of_offset, index.offset_of_byte):
        with pytest.raises(Bug, match=f"position {position} in a text of"):
            convert(position)
    with pytest.raises(Bug):
        index.stretch_of_bytes(0, position)


@given(st.text(st.one_of(characters, st.characters(categories=["Cs"]))))
def test_safe_text_can_be_written_and_changes_nothing_else(text: str) -> None:
    safe = safe_text(text)
    assert safe.encode() is not None
    assert safe == text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    assert safe_text(safe) == safe


def test_halves_become_one_mark_each_and_pairs_their_character() -> None:
    assert safe_text("a\ud83db\udc00c") == "a\ufffdb\ufffdc"
    assert safe_text("\ud83d\ude00") == "😀"
