"""Passages to mark side by side."""

from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from examdesk.similarity import Program, regions
from examdesk.similarity.lexing import symbols

DATA = Path(__file__).parents[2] / "data" / "programs"
LINES = st.lists(
    st.sampled_from(
        ["x = f(y)\n", "for a in b:\n    print(a)\n", "z = [1, 2]\n", "# note\n", "é = '😀'\r\n", "if x: y()\n"]
    ),
    max_size=25,
).map("".join)


def program(source, name="main.py"):
    return Program("someone", {name: source})


@settings(max_examples=60, deadline=None)
@given(LINES, LINES, st.integers(3, 15))
@example("if x: y()\nif x: y()\n", "for a in b:\n    print(a)\nif x: y()\n", 3)
def test_regions_lie_in_both_sources_and_overlap_on_neither_side(one, other, minimum):
    found = regions(program(one), program(other), minimum_tokens=minimum)
    assert [region.start_a for region in found] == sorted(region.start_a for region in found)
    for starts, ends, size in (("start_a", "end_a", len(one)), ("start_b", "end_b", len(other))):
        places = sorted((getattr(region, starts), getattr(region, ends)) for region in found)
        end = 0
        for start, stop in places:
            assert end <= start < stop <= size
            end = stop
    for region in found:
        left, right = symbols(one[region.start_a : region.end_a]), symbols(other[region.start_b : region.end_b])
        assert minimum <= region.tokens <= min(len(left), len(right))
        assert region.tokens < max(len(left), len(right)) or left == right  # bridged on one side alone, or all of it


def test_the_same_program_is_one_region():
    source = (DATA / "library" / "chen.py").read_text("utf-8")
    (found,) = regions(program(source), program(source))
    assert (found.start_a, found.end_a) == (found.start_b, found.end_b) == (0, len(source.rstrip()))
    assert found.tokens == len(symbols(source))


def test_moved_functions_are_found_where_they_are():
    one = "def first(a):\n    return [x for x in a if x > 0]\n"
    two = "def second(n):\n    while n:\n        n = n // 2\n        print(n)\n"
    found = regions(program(one + two), program(two + one))
    assert {((one + two)[r.start_a : r.end_a], (two + one)[r.start_b : r.end_b]) for r in found} == {
        (one.rstrip(), one.rstrip()),
        (two.rstrip(), two.rstrip()),
    }


def test_starter_code_is_no_region():
    starter = (DATA / "receipt" / "starter.py").read_text("utf-8")
    assert regions(program(starter), program(starter), [starter]) == []


def test_a_small_change_does_not_split_a_region():
    one = "for a in f(b, c, d):\n    g[1] = h(i)\n    while not k:\n        l += m[n:o] * 2\n"
    other = one.replace("h(i", "h.q(i")
    (found,) = regions(program(one), program(other))
    assert (found.start_a, found.end_a, found.end_b) == (0, len(one) - 1, len(other) - 1)


def test_regions_name_their_files_and_stay_inside_them():
    one, two = "a = f(b, c, d)\ng = h(i, j, k)", "while x:\n    x = [x, 1, 2, 3, y(z)]"
    a = Program("a", {"1.py": one, "2.py": two})
    b = Program("b", {"2.py": two, "1.py": one})
    found = regions(a, b)
    assert {(r.file_a, r.file_b, r.start_a, r.end_a) for r in found} == {
        ("1.py", "1.py", 0, len(one)),
        ("2.py", "2.py", 0, len(two)),
    }


def test_monotonous_code_takes_no_time():
    many = "x = [" + "0, " * 20_000 + "]"
    (found,) = regions(program(many), program(many))
    assert (found.start_a, found.end_a) == (0, len(many))
    assert regions(program("y = 1\n" + many), program("z = [5]\n" + many))
