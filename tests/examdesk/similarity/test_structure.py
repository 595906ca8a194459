"""Disguises that leave the structure as it is, and differences that don't."""

from pathlib import Path

import pytest

from examdesk.similarity.structure import structure

PROGRAMS = sorted((Path(__file__).parents[2] / "data" / "programs").glob("*/*.py"))
SAME = {
    "names": ("def f(a):\n    b = a + 1\n    return b * a", "def g(first):\n    c = first + 1\n    return c * first"),
    "comments and docstrings": ("def f(a):\n    return a[0]", 'def f(a):\n    """Doc."""\n    # note\n    return a[0]'),
    "annotations": ("def f(a):\n    x = a.b\n    print(x)", "def f(a: int) -> str:\n    x: str = a.b\n    print(x)"),
    "augmented assignment": ("x = x + y * 2", "x += y * 2"),
    "turned comparison": ("while a.x < b.y: f(a)", "while b.y > a.x: f(a)"),
    "negated condition": ("if a == b:\n    f(a)\nelse:\n    g(b)", "if not a == b:\n    g(b)\nelse:\n    f(a)"),
    "conditional expression": (
        "x = 1 if a else y.b\nprint(x)",
        "if a:\n    x = 1\nelse:\n    x = y.b\nprint(x)",
    ),
    "else after return": (
        "def f(a):\n    if a:\n        return 1\n    return a[2]",
        "def f(a):\n    if a:\n        return 1\n    else:\n        return a[2]",
    ),
    "name before return": ("def f(a):\n    return a[1] + 2", "def f(a):\n    r = a[1] + 2\n    return r"),
    "assignment to two": ("a, b = x.c, y.d", "a = x.c\nb = y.d"),
    "f-string": ("print(f'{a.b} of {c[1]}')", "print(str(a.b) + ' of ' + str(c[1]))"),
    "order of operands": ("x = a.b + c[1]", "x = c[1] + a.b"),
    "chained comparison": ("while 0 < a.b < c: f()", "while 0 < a.b and a.b < c: f()"),
    "name before a condition": ("if a.b(1):\n    f(a)", "t = a.b(1)\nif t:\n    f(a)"),
    "name before a call": ("print(f(a[1]), 2)", "t = a[1]\nr = f(t)\nprint(r, 2)"),
    "name before a call that is returned": (
        "def g(a):\n    return f(a[1])",
        "def g(a):\n    t = a[1]\n    return f(t)",
    ),
    "list comprehension": (
        "x = [f(a, 1) for a in b if a.c]\nprint(x)",
        "x = []\nfor a in b:\n    if a.c:\n        x.append(f(a, 1))\nprint(x)",
    ),
    "set comprehension that is returned": (
        "def f(b):\n    return {a.c for a in b}",
        "def f(b):\n    found = set()\n    for a in b:\n        found.add(a.c)\n    return found",
    ),
    "dictionary comprehension": (
        "x = {a: a.c for a in b}\nprint(x)",
        "x = {}\nfor a in b:\n    x[a] = a.c\nprint(x)",
    ),
    "counting loop": (
        "for i in range(len(a)):\n    print(a[i])",
        "i = 0\nwhile i < len(a):\n    print(a[i])\n    i += 1",
    ),
    "counting loop, turned": (
        "for i in range(2, n.x):\n    print(a[i])",
        "i = 2\nwhile n.x > i:\n    print(a[i])\n    i = 1 + i",
    ),
    "range from zero": ("for i in range(n.x):\n    print(a[i])", "for i in range(0, n.x):\n    print(a[i])"),
    "empty list and dictionary": ("f([], {}, a.b)", "f(list(), dict(), a.b)"),
    "idle names and conditions": (
        "def f(a):\n    g(a[1])\n    return a",
        "def f(a):\n    spare = [1] * 3\n    g(a[1])\n    if 1 > 2:\n        print(a)\n    more = not 3\n    return a",
    ),
    "pass": ("def f(a):\n    g(a[1])", "def f(a):\n    pass\n    g(a[1])"),
    "double not": ("while not not a.b(): f(a)", "while a.b(): f(a)"),
}


@pytest.mark.parametrize("name", SAME)
def test_disguise_leaves_shapes_as_they_are(name):
    one, other = SAME[name]
    assert structure(one).shape == structure(other).shape


DIFFERENT = {
    "a loop that counts by two": "i = 0\nwhile i < len(a):\n    print(a[i])\n    i += 2",
    "a loop that counts at its beginning": "i = 0\nwhile i < len(a):\n    i += 1\n    print(a[i])",
    "a loop that counts something else": "i = 0\nwhile i < len(a):\n    print(a[i])\n    j += 1",
    "a loop to the end and one more": "i = 0\nwhile i <= len(a):\n    print(a[i])\n    i += 1",
    "a loop that goes on while something is true": "i = 0\nwhile a:\n    print(a[i])\n    i += 1",
}


@pytest.mark.parametrize("name", DIFFERENT)
def test_another_loop_has_another_shape(name):
    assert structure(DIFFERENT[name]).shape != structure("for i in range(len(a)):\n    print(a[i])").shape


def test_one_statement_more_changes_nothing_but_itself():
    one = structure("for a in b:\n    if a.c > 1:\n        print(a[1] + 2)\n    f(a.d, 3)").shape
    more = structure("for a in b:\n    if a.c > 1:\n        print(a[1] + 2)\n        input()\n    f(a.d, 3)").shape
    assert one < more
    assert len(more - one) == 1


@pytest.mark.parametrize(
    "lines",
    [
        "x = f(x)\n",
        "x = f(a, x)\nreturn_ = x\nprint(x)\n",
        "x = [x for x in x]\n",
        "x = 0\nwhile x < 9:\n    x += 1\n",
        "if 1 > 2:\n    x = 1\nelse:\n    x = x if x else f(x)\n",
    ],
)
def test_thousands_of_lines_of_a_kind_have_a_structure(lines):
    assert structure("def f(x):\n    return x\n" + lines * 3000) is not None


def test_a_call_counts_though_nobody_reads_what_it_gives():
    assert structure("name = input(a.b)").shape == structure("other = input(a.b)").shape != set()


def test_what_a_class_has_counts_though_the_program_never_reads_it():
    assert structure("class A:\n    limit = max(3, 4)").roles
    assert structure("class A:\n    limits = [1, 2]\n").uses
    assert not structure("limits = [1, 2]\n").uses


def test_a_variable_that_is_never_read_has_no_role():
    assert (
        structure("for spare in a.b:\n    f(a)").roles == structure("for spare in a.b:\n    spare = 1\n    f(a)").roles
    )


def test_renamed_variables_keep_their_roles_and_uses():
    one, other = SAME["names"]
    assert structure(one) == structure(other)


def test_methods_and_functions_of_python_count():
    assert structure("print(len(a.strip()))") != structure("print(sum(a.strip()))")
    assert structure("print(len(a.strip()))") != structure("print(len(a.lower()))")


def test_a_name_of_python_that_means_something_else_is_only_a_name():
    assert structure("def f(list):\n    return list[0] + list[1]") == structure(
        "def f(mine):\n    return mine[0] + mine[1]"
    )
    assert structure("max = 0\nfor x in y:\n    max = max + x") == structure("m = 0\nfor x in y:\n    m = m + x")


@pytest.mark.parametrize(
    "source",
    [
        "print({0}(a))\n{0} = 1\nprint({0})",
        "def f(a):\n    return {0}(a, a)\n\ndef {0}(b, c):\n    return b + c\n",
        "x = {0}()\nfor {0} in x:\n    f({0})",
        "def f(a):\n    return {0}\n\ndef g({0}):\n    return {0}[1]",
    ],
)
@pytest.mark.parametrize("name", ["list", "max", "range"])
def test_it_is_only_a_name_also_where_it_is_used_before_it_gets_its_meaning(source, name):
    assert structure(source.format(name)) == structure(source.format("mine"))


@pytest.mark.parametrize("more", ["", "\n# déjà vu", "\nüber = ''"])
def test_a_value_whose_name_stands_nowhere_else_leaves_nothing(more):
    assert structure("x = f(y)\nspare = x[1] + 2" + more) == structure("x = f(y)" + more)
    assert structure("x = f(y)\nspäre = x[1] + 2" + more) == structure("x = f(y)" + more)
    assert structure("x = f(y)\nspare = x[1] + 2\nprint(spare)" + more) != structure("x = f(y)" + more)


@pytest.mark.parametrize("source", ["def f(:", "x = (1", "  x = 1\n y", "x = '\0'", "(" * 5000, "-" * 100_000 + "1"])
def test_code_that_does_not_parse_has_no_structure(source):
    assert structure(source) is None


def test_very_deep_code_has_no_structure_rather_than_an_error():
    assert structure("x = " + "+".join(["a"] * 20_000)) is None
    assert structure("x" + ".y" * 100_000) is None
    assert structure("if a: b()\n" + "elif c: d()\n" * 5_000) is None


def test_an_invalid_escape_is_no_warning():
    assert structure(r"x = '\d'") is not None


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_program_can_be_read_and_reads_the_same_again(path):
    source = path.read_text("utf-8")
    assert structure(source) == structure(source)


def test_rare_statements_are_read():
    source = (
        "async def f(*a, **k):\n    async with a as b:\n        await b\n    yield [*a], {**k}\n"
        "match x:\n    case [1, y] if y: pass\n    case {'a': 1, **r}: pass\n    case A(b=2) | None: pass\n"
        "try:\n    del x[1:2]\nexcept* ValueError as e:\n    raise e from None\n"
        "g = lambda q, /, *, z=1: (q := z)\nglobal h\nassert x, 'no'\nimport os.path as p\n"
        "{a: b for a, b in c}\n{a for a in b if a}\nx = y = 1\n(a, *b), c = 1, 2\nf()()\n@d\nclass A(B):\n    x: int\n"
    )
    assert structure(source) is not None
