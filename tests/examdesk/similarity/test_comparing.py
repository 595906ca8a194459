"""All pairs: the figures are those of their definitions, worked out here once more in the plainest way."""

import itertools
import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examdesk.similarity import Corpus, Program, compare_all
from examdesk.similarity.lexing import ngrams, symbols
from examdesk.similarity.overlaps import Groups, Overlaps, alone, jaccards, some_against_all
from examdesk.similarity.structure import structure

DATA = Path(__file__).parents[2] / "data" / "programs"
STATEMENTS = [
    "x = 1",
    "for i in range(10):\n    print(i)",
    "while a < b:\n    a += 1",
    "def f(a, b):\n    return a[0] + b * 2",
    "print(len(name), sum(values))",
    "if x in y:\n    y.remove(x)\nelse:\n    y.append(x)",
    "total = [n * n for n in numbers if n > 0]",
    "class A:\n    def __init__(self):\n        self.x = {}",
]
SOURCES = st.lists(st.sampled_from([*STATEMENTS, "broken ("]), max_size=6).map("\n".join)


def jaccard_of(one, other, weight):
    union = sum(weight(feature) for feature in one | other)
    return sum(weight(feature) for feature in one & other) / union if union else 0.0


def weight_in(sets):
    top = round(1024 * math.log(len(sets) + 1))
    return lambda feature: top - round(1024 * math.log(sum(feature in one for one in sets)))


def plainly(sources, starter):
    """(plain figure, rank) of every pair by the definitions."""
    grams = [ngrams(symbols(source)) - ngrams(symbols(starter)) for source in sources]
    given_away = structure(starter)
    found = [structure(source) for source in sources]
    own = [None if one is None else [a - b for a, b in zip(one, given_away, strict=True)] for one in found]
    for i, j in itertools.combinations(range(len(sources)), 2):
        if own[i] is None or own[j] is None:
            rank = jaccard_of(grams[i], grams[j], weight_in(grams))
        else:
            parsed = [one for one in own if one is not None]
            rank = sum(jaccard_of(own[i][k], own[j][k], weight_in([one[k] for one in parsed])) for k in range(3)) / 3
        yield jaccard_of(grams[i], grams[j], lambda _: 1), rank


@settings(max_examples=40, deadline=None)
@given(st.lists(SOURCES, min_size=2, max_size=7), st.sampled_from(STATEMENTS[:3]))
def test_figures_are_those_of_the_definitions(sources, starter):
    programs = [Program(f"p{place}", {"main.py": source}) for place, source in enumerate(sources)]
    report = compare_all(programs, [starter])
    expected = dict(zip(itertools.combinations([p.owner for p in programs], 2), plainly(sources, starter), strict=True))
    assert len(report.pairs) == len(expected)
    for pair in report.pairs:
        assert (pair.jaccard, pair.rank) == pytest.approx(expected[pair.a, pair.b], abs=2e-6)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 5), st.one_of(st.none(), SOURCES)), min_size=1, max_size=14),
)
def test_live_figures_are_those_of_a_whole_comparison(changes):
    corpus = Corpus([STATEMENTS[0]])
    now = {}
    for number, source in changes:
        name = f"p{number}"
        if source is not None:
            now[name] = Program(name, {"main.py": source})
            corpus.put(now[name])
        elif name in now:
            del now[name]
            corpus.remove(name)
    assert len(corpus) == len(now)
    assert corpus.spread() == compare_all(list(now.values()), [STATEMENTS[0]]).distribution.jaccard
    whole = {frozenset((p.a, p.b)): p for p in compare_all(list(now.values()), [STATEMENTS[0]]).pairs}
    for name in now:
        pairs = corpus.compare(name)
        assert len(pairs) == len(now) - 1
        for pair in pairs:
            expected = whole[frozenset((pair.a, pair.b))]
            assert pair.a == name
            assert (pair.jaccard, pair.rank, pair.short, pair.by_tokens) == (
                expected.jaccard,
                expected.rank,
                expected.short,
                expected.by_tokens,
            )


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sets(st.integers(0, 30)), max_size=60))
def test_fast_sums_are_exact(sets):
    def weight(count):
        return 1000 - count

    overlaps = Overlaps(Groups(sets), weight)
    counts = {feature: sum(feature in one for one in sets) for one in sets for feature in one}
    for start, end in [(0, len(sets)), (len(sets) // 2, len(sets))]:
        for row, figures in enumerate(overlaps.rows(start, end)):
            for column, figure in zip(range(max(start, row + 1), end), figures, strict=True):
                assert figure == jaccard_of(sets[row], sets[column], lambda feature: weight(counts[feature]))
    some = list(range(0, len(sets), 2))
    for place, figures in some_against_all(Groups(sets), some, weight).items():
        assert figures == [jaccard_of(sets[place], other, lambda f: weight(counts[f])) for other in sets]


def test_a_field_grows_with_the_sums():
    many = [set(range(70_000)) for _ in range(12)]
    assert set(next(Overlaps(Groups(many), alone).rows(0, 12))) == {1.0}
    assert set(next(Overlaps(Groups(many), lambda _: 1 << 20).rows(0, 12))) == {1.0}


def test_jaccard_of_nothing_is_nothing():
    assert jaccards([0], 0, [0]) == [0.0]


def test_a_copy_stands_above_the_independent_ones():
    programs = [
        Program(path.stem, {"main.py": path.read_text("utf-8")})
        for path in sorted((DATA / "cipher").glob("*.py"))
        if path.stem != "starter"
    ]
    copied = programs[0].files["main.py"].replace("position", "where").replace("letter", "sign").replace("+=", " += ")
    report = compare_all([*programs, Program("copy", {"main.py": copied})], [(DATA / "cipher/starter.py").read_text()])
    assert (report.pairs[0].a, report.pairs[0].b) == ("abara", "copy")
    assert report.pairs[0].rank > 2 * report.pairs[1].rank
    assert report.distribution.rank.share_below(report.pairs[0].rank) > 0.9


def test_only_starter_code_is_nothing_in_common():
    starter = (DATA / "receipt" / "starter.py").read_text("utf-8")
    programs = [Program("a", {"m": starter}), Program("b", {"m": starter + "\n# my comment"})]
    assert [(pair.jaccard, pair.rank) for pair in compare_all(programs, [starter]).pairs] == [(0.0, 0.0)]


def test_the_same_owner_is_never_on_both_sides():
    programs = [Program("ada", {"m": STATEMENTS[1]}, name=f"try {n}") for n in range(3)] + [Program("bob", {"m": "x"})]
    assert {(pair.a, pair.b) for pair in compare_all(programs).pairs} == {(f"try {n}", "bob") for n in range(3)}
    corpus = Corpus()
    for program in programs:
        corpus.put(program)
    assert [pair.b for pair in corpus.compare("try 1")] == ["bob"]


def test_earlier_work_is_compared_with_the_class_only():
    programs = [Program(name, {"m": STATEMENTS[1]}, earlier=name.startswith("old")) for name in ("a", "old1", "old2")]
    assert {(pair.a, pair.b) for pair in compare_all(programs).pairs} == {("a", "old1"), ("a", "old2")}


def test_only_the_highest_pairs_are_kept_and_the_distribution_is_of_all():
    programs = [Program(f"p{n}", {"m": "\n".join(STATEMENTS[: n % 8 + 1])}) for n in range(60)]
    whole = compare_all(programs, limit=None)
    some = compare_all(programs, limit=5)
    assert some.pairs == whole.pairs[:5]
    assert (some.left_out, whole.left_out) == (60 * 59 // 2 - 5, 0)
    assert some.distribution == whole.distribution
    assert whole.distribution.jaccard.pairs == sum(whole.distribution.jaccard.histogram) == 60 * 59 // 2
    assert whole.distribution.rank.quantiles["1"] == 1.0
    assert list(whole.of("p3")) == [pair for pair in whole.pairs if "p3" in {pair.a, pair.b}]


def test_nothing_matches_across_the_end_of_a_file():
    apart = Program("a", {"1.py": "x = f(", "2.py": "y)"})
    together = Program("b", {"1.py": "x = f(y)"})
    assert compare_all([apart, together], rank=False).pairs[0].jaccard == 0.0


def test_short_and_broken_work_is_marked():
    long = "\n".join(f"x{n} = {n} + y[{n}]" for n in range(25))
    broken = "def f(:\n    " + long.replace("\n", "\n    ")
    report = compare_all([Program("a", {"m": long}), Program("b", {"m": broken}), Program("c", {"m": "x = 1"})])
    marks = {(pair.a, pair.b): (pair.short, pair.by_tokens) for pair in report.pairs}
    assert marks == {("a", "b"): (False, True), ("a", "c"): (True, False), ("b", "c"): (True, True)}
    assert (report.unparsed, report.short) == (["b"], ["c"])


@pytest.mark.parametrize("rank", [True, False])
@pytest.mark.parametrize("count", [0, 1])
def test_a_class_without_pairs_has_a_report(count, rank):
    report = compare_all([Program("a", {"m": "x = 1"})] * count, rank=rank)
    assert (report.pairs, report.left_out, report.programs) == ([], 0, count)
    assert report.distribution.jaccard.share_below(0.5) == 0.0


def test_removing_an_unknown_program_is_an_error():
    with pytest.raises(KeyError):
        Corpus().remove("nobody")


def test_two_programs_of_one_name_are_refused():
    with pytest.raises(ValueError, match="same name"):
        compare_all([Program("a", {"m": "x = 1"})] * 2)


def test_live_figures_hold_in_a_large_class_that_changes():
    def version(number, step):
        return Program(f"p{number}", {"m": "\n".join(STATEMENTS[number % 5 : number % 5 + 1 + (number + step) % 4])})

    corpus = Corpus()
    for step in range(2):
        for number in range(40):
            corpus.put(version(number, step if number % 3 else 0))
    corpus.remove("p7")
    now = [version(number, 1 if number % 3 else 0) for number in range(40) if number != 7]
    whole = {frozenset((pair.a, pair.b)): pair for pair in compare_all(now).pairs}
    for program in now:
        for pair in corpus.compare(program.label):
            expected = whole[frozenset((pair.a, pair.b))]
            assert (pair.jaccard, pair.rank) == (expected.jaccard, expected.rank)
    assert corpus.compare("p1", limit=3) == corpus.compare("p1")[:3]
    plain = Corpus(rank=False)
    plain.put(now[0])
    plain.put(now[1])
    assert plain.compare("p1")[0].rank is None


def test_fast_sums_are_exact_for_many_sets_and_blocks():
    sets = [{n % 3, n % 7 + 10, n % 50 + 100, n // 2 + 1000} for n in range(170)] + [{9999}]
    counts = {feature: sum(feature in one for one in sets) for one in sets for feature in one}
    overlaps = Overlaps(Groups(sets), lambda count: 500 - count)
    for start, end in [(0, 80), (80, 170), (170, 171)]:
        for row, figures in enumerate(overlaps.rows(start, end)):
            for column, figure in zip(range(max(start, row + 1), end), figures, strict=True):
                assert figure == jaccard_of(sets[row], sets[column], lambda feature: 500 - counts[feature])


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.dictionaries(st.integers(0, 45), SOURCES, min_size=1, max_size=46), min_size=1, max_size=4),
    st.sets(st.integers(0, 45), max_size=8),
    st.booleans(),
)
def test_whatever_came_in_which_order_the_figures_are_those_of_a_whole_comparison(batches, gone, one_by_one):
    corpus = Corpus()
    now = {}
    for batch in batches:
        programs = [
            Program(f"s{number % 40}", {"main.py": source}, name=f"p{number}", earlier=number > 42)
            for number, source in batch.items()
        ]
        now |= {program.label: program for program in programs}
        for part in [[program] for program in programs] if one_by_one else [programs]:
            corpus.follow(part)
    for name in {f"p{number}" for number in gone} & now.keys():
        del now[name]
        corpus.remove(name)
    assert {program.label: program for program in corpus.programs()} == now
    whole = compare_all(list(now.values()))
    assert corpus.spread() == whole.distribution.jaccard
    expected = {frozenset((pair.a, pair.b)): (pair.jaccard, pair.rank) for pair in whole.pairs}
    found = {frozenset((pair.a, pair.b)): (pair.jaccard, pair.rank) for name in now for pair in corpus.compare(name)}
    assert found == expected


def test_many_new_versions_at_once_are_as_many_one_after_the_other():
    first = [Program(f"p{n}", {"m": "\n".join(STATEMENTS[n % 8 :] * 2)}) for n in range(50)]
    second = [Program(f"p{n}", {"m": "\n".join(STATEMENTS[: n % 8 + 1])}) for n in range(0, 50, 2)]
    together, apart = Corpus(), Corpus()
    for corpus in (together, apart):
        corpus.follow(first)
        assert corpus.spread() == compare_all(first).distribution.jaccard
    together.follow(second)
    for program in second:
        apart.put(program)
    assert together.spread() == apart.spread()
    assert all(together.compare(program.label) == apart.compare(program.label) for program in first)
    assert together.features("p4").grams == apart.features("p4").grams


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(SOURCES, st.sampled_from("abcdef"), st.booleans()), max_size=9),
    st.integers(0, 3),
    st.booleans(),
)
def test_the_highest_figure_of_each_is_over_all_pairs_however_few_are_listed(class_, limit, alone_each):
    programs = [
        Program(f"p{place}" if alone_each else owner, {"main.py": source}, f"n{place}", earlier and not alone_each)
        for place, (source, owner, earlier) in enumerate(class_)
    ]
    everything = compare_all(programs, limit=None)
    expected = {}
    for pair in everything.pairs:
        if not pair.short:
            for name in (pair.a, pair.b):
                expected[name] = max(expected.get(name, 0.0), pair.jaccard)
    assert compare_all(programs, limit=limit).highest == expected == everything.highest
