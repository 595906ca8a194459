"""What a program's syntax tree says about it when names, layout and the usual disguises are taken away.

Three sets of features, each a number that stands for one of these things:

* **shape**: subtrees of at least four nodes, in canonical form, operands of commutative operators in any order; of a
  statement that holds others its head (``for … in …``, ``if …``), and each of those with the head that it stands under,
  so that one statement more or less changes nothing but itself;
* **roles**: for each variable that is read somewhere, everything that the program does with it, as one feature;
* **uses**: for each variable, each single use with what is around it, and each two different uses together.

Names count only where they are Python's own (built-in functions, methods of built-in types); constants count by type.
The numbers mean nothing outside the process that made them, the sets compared with each other do.
"""

import ast
import re
import warnings
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from itertools import combinations
from typing import ClassVar, Final, NamedTuple

from examdesk.similarity.parsing import parsed
from examdesk.similarity.provenance import Given
from examdesk.similarity.rewriting import NEGATED, canonical

__all__ = ["FAMILIES", "Structure", "structure"]

FAMILIES: Final = ("shape", "roles", "uses")
_SMALLEST_SHAPE: Final = 4
_USES_PAIRED: Final = 20

# Written down, so that every version of Python gives the same figures.
_FUNCTIONS: Final = frozenset(
    (  # noqa: SIM905
        "abs all any ascii bin bool bytearray bytes callable chr complex dict dir divmod enumerate eval exec filter "
        "float format frozenset getattr globals hasattr hash hex id input int isinstance issubclass iter len list "
        "locals map max min next object oct open ord pow print property range repr reversed round set setattr slice "
        "sorted staticmethod str sum super tuple type vars zip exit quit Exception ValueError TypeError KeyError "
        "IndexError ZeroDivisionError AttributeError StopIteration AssertionError EOFError FileNotFoundError "
        "NotImplementedError OSError"
    ).split()
)
_METHODS: Final = frozenset(
    (  # noqa: SIM905
        "add append appendleft as_integer_ratio bit_length capitalize casefold center choice clear close copy count "
        "decode difference discard encode endswith expandtabs extend fill find format fromkeys get index insert "
        "intersection isalnum isalpha isascii isdecimal isdigit isdisjoint isidentifier islower isnumeric isprintable "
        "isspace issubset issuperset istitle isupper items join keys ljust lower lstrip maketrans partition pop "
        "popitem "
        "popleft randint read readline readlines remove removeprefix removesuffix replace reverse rfind rindex rjust "
        "rpartition rsplit rstrip setdefault sort split splitlines sqrt startswith strip swapcase symmetric_difference "
        "title translate union update upper values write zfill"
    ).split()
)
_FLIPPED: Final[dict[type[ast.cmpop], type[ast.cmpop]]] = {ast.Gt: ast.Lt, ast.GtE: ast.LtE}
_SYMMETRIC: Final = frozenset({ast.Eq, ast.NotEq, ast.Is, ast.IsNot, ast.Add, ast.Mult, ast.BitAnd, ast.BitOr})
_IGNORED: Final = frozenset(
    {"ctx", "type_comment", "annotation", "returns", "kind", "decorator_list", "type_params", "type_ignores"}
)
_ANY_NAME: Final = 1
_EMPTY: Final[dict[str, ast.expr]] = {"list": ast.List([], ast.Load()), "dict": ast.Dict([], [])}
_WORD: Final = re.compile(r"\w+")
_NO_WORD: Final = "".join(chr(code) if _WORD.match(chr(code)) else " " for code in range(128))

Context = tuple[str, str]
"""What is around a node: its parent's label with the place in it, then the parent's parent's."""
Subtree = tuple[int, int]
"""A number for the subtree and how many nodes it has."""


class Structure(NamedTuple):
    """The three sets of features of one source, in the order of ``FAMILIES``."""

    shape: set[int]
    roles: set[int]
    uses: set[int]


def structure(source: str, given: Given | None = None) -> Structure | None:
    """The features of a source, or nothing when it does not parse with the running Python or is nested too deeply.

    Where only some of its functions, methods or statements do not, they are left out.
    What is mostly starter code is left out where `given` says so.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a student's invalid escape is no problem of ours
            tree = parsed(source)
        idle = _said_once(source)
        reader = _reader(frozenset(), idle, given)
        reader.block(tree.body, ("module", ""))
        if reader.misread:  # once more, knowing from the start which of Python's names mean something else here
            reader = _reader(reader.own_names, idle, given)
            reader.block(tree.body, ("module", ""))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return reader.features()


def _said_once(source: str) -> set[str]:
    """The words that stand once in a source, comments and texts included."""
    words = source.translate(_NO_WORD).split() if source.isascii() else _WORD.findall(source)
    return {word for word, times in Counter(words).items() if times == 1}


def _text_parts(node: ast.expr) -> tuple[list[ast.expr], bool]:
    """What is put together into a text, and whether it is a text at all: for f-strings, ``+`` and ``str``."""
    kind = type(node)
    if isinstance(node, ast.BinOp) and type(node.op) is ast.Add:
        left, is_text = _text_parts(node.left)
        right, too = _text_parts(node.right)
        return left + right, is_text or too
    if isinstance(node, ast.JoinedStr):
        return [part.value for part in node.values if isinstance(part, ast.FormattedValue)], True
    if kind is ast.Constant and type(node.value) is str:  # type: ignore[attr-defined]
        return [], True
    if isinstance(node, ast.Call) and type(node.func) is ast.Name and node.func.id == "str" and len(node.args) == 1:
        return [node.args[0]], True
    return [node], False


class _Reader:
    """One walk over a tree that collects shapes and the uses of each variable.

    Attributes:
        own_names: names of Python's that the program gives a meaning of its own, found on the way.
        misread: whether one of them was taken for Python's before it was found.

    Args:
        own_names: those that are known.
        idle: names that the source has once.
    """

    def __init__(self, own_names: AbstractSet[str], idle: AbstractSet[str]) -> None:
        self.own_names = set(own_names)
        self.misread = False
        self._python = _FUNCTIONS - own_names
        self._met: set[str] = set()
        self._idle = idle
        self._read: set[str] = set()
        self._in_class = False
        self._shapes: set[int] = set()
        self._variables: defaultdict[tuple[int, str], list[Context]] = defaultdict(list)
        self._scope = self._scopes = 0

    def features(self) -> Structure:
        """Everything collected so far as sets."""
        roles, uses = set(), set()
        for (_, name), contexts in self._variables.items():
            if name not in self._read:
                continue
            wide = frozenset(contexts)
            near = tuple(sorted({context[0] for context in wide}))
            roles.add(hash(wide))
            uses.add(hash(near))
            uses.update(map(hash, wide))
            uses.update(map(hash, combinations(near[:_USES_PAIRED], 2)))
        return Structure(self._shapes, roles, uses)

    def block(self, statements: list[ast.stmt], context: Context) -> list[Subtree]:
        """Read a list of statements."""
        around = ("body", context[0])
        return [
            self._visit(statement, around) for statement in canonical(statements, () if self._in_class else self._idle)
        ]

    def _visit(self, node: ast.AST, context: Context) -> Subtree:
        handler = self._handlers.get(type(node))
        if handler is None:
            return self._any(node, context, type(node).__name__)
        return handler(self, node, context)

    def _close(self, parts: tuple[object, ...], size: int) -> Subtree:
        number = hash(parts)
        if size >= _SMALLEST_SHAPE:
            self._shapes.add(number)
        return number, size

    def _children(self, label: str, nodes: Iterable[tuple[ast.AST, Context]], *, ordered: bool = True) -> Subtree:
        numbers: list[int] = []
        size = 1
        for node, context in nodes:
            number, count = self._visit(node, context)
            numbers.append(number)
            size += count
        if not ordered:
            numbers.sort()
        return self._close((label, *numbers), size)

    def _any(self, node: ast.AST, context: Context, label: str) -> Subtree:
        found: list[Subtree] = []
        inside: list[tuple[str, list[Subtree]]] = []
        for field, place in _FIELDS[type(node)]:
            value = getattr(node, field, None)
            if not value:
                continue
            around = (place, context[0])
            if isinstance(value, ast.AST):
                found.append(self._visit(value, around))
            elif type(value) is list:
                if isinstance(value[0], ast.stmt):
                    inside.append((field, self.block(value, around)))
                else:
                    found += [self._visit(item, around) for item in value if isinstance(item, ast.AST)]
        head = self._close((label, *[number for number, _ in found]), 1 + sum([count for _, count in found]))
        for field, statements in inside:
            self._under(head, field, statements)
        return head

    def _under(self, head: Subtree, field: str, statements: list[Subtree]) -> None:
        """Note statements as standing under the head of another."""
        for number, size in statements:
            self._close((head[0], field, number), head[1] + size)

    def _use(self, scope: int, name: str, context: Context) -> None:
        self._variables[scope, name].append(context)

    def _define(self, name: str) -> None:
        if name in self._python:
            self.own_names.add(name)
            self._python -= {name}
            self.misread |= name in self._met

    def _name(self, node: ast.Name, context: Context) -> Subtree:
        name, is_stored = node.id, type(node.ctx) is ast.Store
        if name in self._python:
            if not is_stored:
                self._met.add(name)
                return hash(name), 1
            self._define(name)
        self._use(self._scope, name, context)
        if self._in_class or type(node.ctx) is ast.Load:
            self._read.add(name)
        return _ANY_NAME, 1

    def _argument(self, node: ast.arg, context: Context) -> Subtree:
        self._define(node.arg)
        self._use(self._scope, node.arg, context)
        self._read.add(node.arg)
        return _ANY_NAME, 1

    def _constant(self, node: ast.Constant, _: Context) -> Subtree:
        value = node.value
        label = str(value) if value is None or value is True or value is False else type(value).__name__
        return hash(label), 1

    def _attribute(self, node: ast.Attribute, context: Context) -> Subtree:
        label = "." + node.attr if node.attr in _METHODS else "."
        self._read.add(node.attr)
        if label == "." and type(node.value) is ast.Name and node.value.id == "self":
            self._use(-1, node.attr, context)
        return self._children(label, [(node.value, (label, context[0]))])

    def _call(self, node: ast.Call, context: Context) -> Subtree:
        function, above = node.func, context[0]
        parts: list[tuple[ast.AST, Context]] = []
        arguments = node.args
        if type(function) is ast.Name:
            label = self._called(function.id, above)
            if label in _EMPTY and not arguments and not node.keywords:
                return self._visit(_EMPTY[label], context)
            if function.id == "range" and len(arguments) == 2 and _is_zero(arguments[0]):
                arguments = arguments[1:]
        elif type(function) is ast.Attribute:
            label = "." + function.attr if function.attr in _METHODS else ".call"
            parts.append((function.value, ("of " + label, above)))
        else:
            label = "computed call"
            parts.append((function, ("function", above)))
        parts += [(argument, ("in " + label, above)) for argument in arguments]
        parts += [(argument.value, ("named in " + label, above)) for argument in node.keywords]
        return self._children("call " + label, parts)

    def _called(self, name: str, above: str) -> str:
        """The label of a called name: Python's own, or the one of all other functions, whose use is noted."""
        if name in self._python:
            self._met.add(name)
            return name
        self._use(0, name, ("called", above))
        self._read.add(name)
        return "call"

    def _function(self, node: ast.FunctionDef, _: Context) -> Subtree:
        self._define(node.name)
        outer = self._scope, self._in_class
        self._scopes += 1
        self._scope, self._in_class = self._scopes, False
        arguments = [argument for argument in node.args.args if argument.arg != "self"]
        for argument in arguments:
            self._argument(argument, ("argument", ""))
        found = self.block(node.body, ("def", ""))
        self._scope, self._in_class = outer
        head = hash(("def", len(arguments))), 1 + len(arguments)
        self._under(head, "body", found)
        return head

    def _class(self, node: ast.ClassDef, _: Context) -> Subtree:
        self._define(node.name)
        outer, self._in_class = self._in_class, True  # what a class has may be read from outside
        self.block(node.body, ("class", ""))
        self._in_class = outer
        return hash("class"), 1

    def _compare(self, node: ast.Compare, context: Context) -> Subtree:
        if len(node.ops) > 1:
            operands = [node.left, *node.comparators]
            links = zip(operands, node.ops, node.comparators, strict=False)
            return self._visit(ast.BoolOp(ast.And(), [ast.Compare(a, [op], [b]) for a, op, b in links]), context)
        operator, left, right = type(node.ops[0]), node.left, node.comparators[0]
        if operator in _FLIPPED:
            operator, left, right = _FLIPPED[operator], right, left
        return self._binary(operator, left, right, context)

    def _binary(self, operator: type[ast.AST], left: ast.expr, right: ast.expr, context: Context) -> Subtree:
        label, above = operator.__name__, context[0]
        if operator in _SYMMETRIC:
            around = (label, above)
            return self._children(label, [(left, around), (right, around)], ordered=False)
        return self._children(label, [(left, (label + " left", above)), (right, (label + " right", above))])

    def _arithmetic(self, node: ast.BinOp, context: Context) -> Subtree:
        if type(node.op) is ast.Add:
            parts, is_text = _text_parts(node)
            if is_text:
                return self._text(parts, context)
        return self._binary(type(node.op), node.left, node.right, context)

    def _text(self, parts: list[ast.expr], context: Context) -> Subtree:
        return self._children("text", [(part, ("text", context[0])) for part in parts])

    def _joined(self, node: ast.JoinedStr, context: Context) -> Subtree:
        return self._text(_text_parts(node)[0], context)

    def _unary(self, node: ast.UnaryOp, context: Context) -> Subtree:
        operand = node.operand
        if type(node.op) is ast.Not:
            if type(operand) is ast.UnaryOp and type(operand.op) is ast.Not:
                return self._visit(operand.operand, context)
            if type(operand) is ast.Compare and len(operand.ops) == 1:
                negated = NEGATED[type(operand.ops[0])]()
                return self._visit(ast.Compare(operand.left, [negated], operand.comparators), context)
        label = type(node.op).__name__
        return self._children(label, [(operand, (label, context[0]))])

    def _boolean(self, node: ast.BoolOp, context: Context) -> Subtree:
        label = type(node.op).__name__
        values: list[tuple[ast.AST, Context]] = []
        waiting = node.values[::-1]
        while waiting:
            value = waiting.pop()
            if type(value) is ast.BoolOp and type(value.op) is type(node.op):
                waiting += value.values[::-1]
            else:
                values.append((value, (label, context[0])))
        return self._children(label, values, ordered=False)

    def _comprehension(self, node: ast.expr, context: Context) -> Subtree:
        """A comprehension, read like the loop that it stands for."""
        label, results = _collected(node)
        above = context[0]
        parts: list[tuple[ast.AST, Context]] = []
        for generator in node.generators:  # type: ignore[attr-defined]
            parts += [(generator.target, ("For.target", above)), (generator.iter, ("For.iter", above))]
            parts += [(condition, ("If.test", "body")) for condition in generator.ifs]
        parts += [(result, ("in ." + label, "Expr.value")) for result in results]
        return self._children("call ." + label, parts)

    def _import(self, _: ast.AST, __: Context) -> Subtree:
        return hash("import"), 1

    _handlers: ClassVar[dict[type[ast.AST], Callable[..., Subtree]]] = {
        ast.Name: _name,
        ast.arg: _argument,
        ast.Constant: _constant,
        ast.Attribute: _attribute,
        ast.Call: _call,
        ast.FunctionDef: _function,
        ast.AsyncFunctionDef: _function,
        ast.ClassDef: _class,
        ast.Compare: _compare,
        ast.BinOp: _arithmetic,
        ast.JoinedStr: _joined,
        ast.UnaryOp: _unary,
        ast.BoolOp: _boolean,
        ast.ListComp: _comprehension,
        ast.GeneratorExp: _comprehension,
        ast.SetComp: _comprehension,
        ast.DictComp: _comprehension,
        ast.Import: _import,
        ast.ImportFrom: _import,
    }


class _OwnReader(_Reader):
    """Reads a source some of which was given: what mostly was is passed through and leaves no features."""

    def __init__(self, own_names: AbstractSet[str], idle: AbstractSet[str], given: Given) -> None:
        super().__init__(own_names, idle)
        self._source = given
        self._given = False

    def _visit(self, node: ast.AST, context: Context) -> Subtree:
        around = self._given
        given = self._source.holds(node)
        if given is not None:
            self._given = given
        try:
            return super()._visit(node, context)
        finally:
            self._given = around

    def _close(self, parts: tuple[object, ...], size: int) -> Subtree:
        return (hash(parts), size) if self._given else super()._close(parts, size)

    def _use(self, scope: int, name: str, context: Context) -> None:
        if not self._given:
            super()._use(scope, name, context)


def _reader(own_names: AbstractSet[str], idle: AbstractSet[str], given: Given | None) -> _Reader:
    return _Reader(own_names, idle) if given is None else _OwnReader(own_names, idle, given)


def _is_zero(node: ast.expr) -> bool:
    return type(node) is ast.Constant and node.value == 0


def _collected(node: ast.expr) -> tuple[str, list[ast.expr]]:
    if isinstance(node, ast.DictComp):
        return "setitem", [node.key, node.value]
    if isinstance(node, ast.SetComp):
        return "add", [node.elt]
    assert isinstance(node, ast.ListComp | ast.GeneratorExp)
    return "append", [node.elt]


class _Fields(dict[type[ast.AST], list[tuple[str, str]]]):
    """The fields of each kind of node that count, with the words for their place."""

    def __missing__(self, kind: type[ast.AST]) -> list[tuple[str, str]]:
        self[kind] = [(field, f"{kind.__name__}.{field}") for field in kind._fields if field not in _IGNORED]
        return self[kind]


_FIELDS: Final = _Fields()
