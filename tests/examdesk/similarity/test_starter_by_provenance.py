"""Starter code counts for nobody: by its characters where a record knows them, by content wherever it came from."""

from examdesk.similarity import Program, compare_all, regions
from examdesk.similarity.features import Extractor
from examdesk.similarity.provenance import Given, own_lines

STARTER = (
    "def area(width, height):\n    result = width * height\n    if result > 100:\n        print('large', result)\n"
    "    return result\n\n\ndef report(values):\n    for value in values:\n        print(value, area(value, 2))\n"
)
OWN = (
    "\n\ndef mean(numbers):\n    total = 0\n    for number in numbers:\n        total += number\n"
    "    return total / len(numbers)\n"
)
OTHER = (
    "\n\nwords = {}\nwhile len(words) < 9:\n    line = input().strip()\n    words[line] = [line.upper(), len(line)]\n"
)


def program(owner, text, *stretches):
    return Program(owner, {"main.py": text}, given={"main.py": tuple(stretches)})


def test_starter_code_that_no_exam_has_any_more_counts_for_nobody():
    both = [program("a", STARTER + OWN, (0, len(STARTER))), program("b", STARTER + OTHER, (0, len(STARTER)))]
    blind = [Program(each.owner, each.files) for each in both]
    assert compare_all(blind).pairs[0].jaccard > 0.3
    known, told = compare_all(both).pairs[0], compare_all(blind, [STARTER]).pairs[0]
    assert abs(known.jaccard - told.jaccard) < 0.03
    assert known.rank < 0.1


def test_what_a_student_deletes_from_starter_code_leaves_no_trace_of_it():
    text = STARTER.replace("    if result > 100:\n        print('large', result)\n", "")
    at = STARTER.index("    if result")
    features = Extractor([STARTER])(program("a", text, (0, at), (at, len(text))))
    assert (features.grams, features.families, features.lines) == (set(), (set(), set(), set()), 0)
    assert Extractor([STARTER])(Program("a", {"main.py": text})).grams


def test_what_a_student_writes_within_starter_code_is_the_students():
    own = "        total = sum(n * n for n in values if n not in seen)\n"
    at = STARTER.index("    return result")
    text = STARTER[:at] + own + STARTER[at:]
    pieces = (0, at), (at + len(own), len(text))
    written = Extractor([STARTER])(program("a", text, *pieces))
    alone = Extractor([STARTER])(Program("a", {"main.py": own.strip()}))
    assert alone.grams <= written.grams
    assert len(written.grams - alone.grams) <= 4
    assert written.lines == 1
    assert alone.families[0] <= written.families[0]


def test_retyped_and_moved_starter_code_counts_for_nobody_either():
    first, _, second = STARTER.partition("\n\n\n")
    retyped = program("a", STARTER + OWN)
    moved = program("b", second + "\n\n" + first + OTHER)
    for each in (retyped, moved):
        features = Extractor([STARTER])(each)
        assert len(features.grams) < len(Extractor()(each).grams) * 0.6
    assert compare_all([retyped, moved], [STARTER]).pairs[0].jaccard < 0.12
    assert regions(retyped, moved, [STARTER]) == []


def test_no_passage_is_marked_in_what_was_given():
    a, b = program("a", STARTER + OWN, (0, len(STARTER))), program("b", STARTER + OWN, (0, len(STARTER)))
    found = regions(a, b)
    assert [each.start_a >= len(STARTER) for each in found] == [True]
    assert len(regions(Program("a", a.files), Program("b", b.files))[0:1]) == 1


def test_places_are_right_with_letters_of_any_width_and_odd_line_ends():
    text = "na\u00efve = '\U0001d518\U0001d52b'; x = [1, 2, 3]\r\nz = '\f'\r\nwhile x:\r\n    x.pop(len(x) - 1)\r\n"
    whole = Extractor()(Program("a", {"m.py": text}))
    start = text.index("x = [")
    own = Extractor()(Program("a", {"m.py": text}, given={"m.py": ((0, start),)}))
    assert own.grams < whole.grams
    everything = Extractor()(Program("a", {"m.py": text}, given={"m.py": ((0, len(text) + 9),)}))
    assert (everything.grams, everything.families, everything.lines) == (set(), (set(), set(), set()), 0)
    loop = text.index("while")
    rest = Extractor()(Program("a", {"m.py": text}, given={"m.py": ((0, loop),)}))
    assert rest.families[0]
    assert rest.families[0] < whole.families[0]


def test_blank_text_was_given_by_nobody():
    given = Given("  \n x\n", [(0, 3)])
    assert not given.mostly(0, 2)
    assert not given.wholly(0, 2)
    assert own_lines(given, frozenset()) == 1
