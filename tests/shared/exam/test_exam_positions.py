import contextlib
import tomllib
from datetime import UTC, datetime

import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from shared.exam.positions import line_at, lines_of

KEYS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8) | st.sampled_from(
    ["id", "a.b", 'q"t', "ü", "[x]", "#", "' '"]
)
LEAVES = (
    st.integers(-(2**40), 2**40)
    | st.booleans()
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
    | st.just(datetime(2026, 10, 5, 9, 0, tzinfo=UTC))
    | st.floats(allow_nan=False, allow_infinity=False)
)
TREES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12
)
DOCUMENTS = st.dictionaries(KEYS, TREES, max_size=5)


def paths_of(value, path=()):
    if isinstance(value, dict):
        for key, each in value.items():
            yield (*path, key)
            yield from paths_of(each, (*path, key))
    elif isinstance(value, list):
        for at, each in enumerate(value):
            yield (*path, at)
            yield from paths_of(each, (*path, at))


@given(DOCUMENTS)
def test_every_key_and_element_of_any_document_has_a_line(document):
    source = tomlkit.dumps(document)
    read = tomllib.loads(source)
    lines = lines_of(source)
    rows = source.count("\n") + 1
    assert set(paths_of(read)) == set(lines)
    assert all(1 <= line <= rows for line in lines.values())


@given(st.lists(st.tuples(st.lists(KEYS, min_size=1, max_size=3), st.integers(0, 9)), max_size=8), st.data())
def test_line_of_a_key_is_the_line_on_which_it_stands(tables, data):
    rows, wanted, seen = [], {}, set()
    for number, (names, blank) in enumerate(tables):
        name = f"t{number}"
        rows += ["# [comment] = 1", *[""] * blank, "[[" + name + "]]"]
        wanted[(name,)] = wanted[(name, 0)] = len(rows)
        for key in names:
            if (name, key) in seen:
                continue
            seen.add((name, key))
            quoted = '"' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'
            value, height = data.draw(
                st.sampled_from(
                    [
                        ("1", 1),
                        ('"]"', 1),
                        ("'''\n[x]\na = 1\n''''", 4),
                        ('"""\n\\"""\nq = 2\n"""""', 4),
                        ("[\n  1, # ]\n  2,\n]", 4),
                        ('{ a = "}", b = [1, {c = 2}] }', 1),
                        ("2026-10-05T09:00:00", 1),
                    ]
                )
            )
            rows += f"{quoted} = {value}".split("\n")
            wanted[(name, 0, key)] = len(rows) - height + 1
    source = "\n".join(rows)
    tomllib.loads(source)
    lines = lines_of(source)
    assert {path: lines[path] for path in wanted} == wanted


@given(st.text(alphabet="[]{}='\"\\#,. ab1\n\r\t-u", max_size=60))
def test_text_that_is_no_toml_ends_all_the_same(source):
    with contextlib.suppress(ValueError):  # an escape that is none; only valid TOML is promised a result
        lines_of(source)


def test_windows_line_ends_count_once():
    lines = lines_of("a = 1\r\n[t]\r\nb = 2\r\n")
    assert lines == {("a",): 1, ("t",): 2, ("t", "b"): 3}


def test_a_missing_field_is_placed_at_the_table_around_it():
    lines = lines_of("x = 1\n[desk]\npaste = 2\n")
    assert line_at(lines, ("desk", "run", "seconds")) == 2
    assert line_at(lines, ("title",)) is None


def test_dotted_headers_continue_the_last_element_of_a_list():
    lines = lines_of("[[zones]]\n[[zones]]\n[[zones.questions]]\nid='a'\n[[zones.questions]]\nid='b'\n[zones.x]\ny=1\n")
    assert lines[("zones", 1, "questions", 1, "id")] == 6
    assert lines[("zones", 1, "x", "y")] == 8
