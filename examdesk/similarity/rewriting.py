"""Statements in one canonical form, so that the usual disguises of the same code come out alike.

The rules, applied to each list of statements:

* ``pass``, bare constants (docstrings among them) and annotations without a value go;
* ``x += e`` is ``x = x + e``; ``x: int = e`` is ``x = e``; ``a, b = c, d`` is two assignments;
* ``t = e`` directly before ``return t`` is ``return e``, before ``if t:`` it is ``if e:``, and before a call with ``t``
  among its arguments (``f(t)``, ``x = f(t)``, ``return f(t)``) it is that call with ``e``, unless ``e`` is a constant
  or a call of a call, so that a thousand such lines are not nested a thousand deep;
* ``x = p if c else q`` and ``return p if c else q`` are ``if`` statements;
* ``x = [e for v in s if c]`` and ``return [e for …]`` are the loop that they stand for; so are sets and dictionaries;
* ``i = a`` directly before ``while i < b:`` that ends with ``i += 1`` is ``for i in range(a, b)``;
* ``x = e`` where the source has ``x`` nowhere else goes, unless ``e`` is a call; so does an ``if`` whose condition is
  false, or compares constants (its ``else`` stays);
* an ``if`` with an ``else`` is turned so that its condition is not a negation (``not``, ``!=``, ``not in``, ``is not``,
  ``<=``, ``>=``), and the ``else`` of a branch that leaves (``return``, ``raise``, ``break``, ``continue``)
  comes after it.
"""

import ast
from collections.abc import Callable, Container
from typing import Final

__all__ = ["NEGATED", "canonical"]

NEGATED: Final[dict[type[ast.cmpop], type[ast.cmpop]]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.GtE,
    ast.GtE: ast.Lt,
    ast.Gt: ast.LtE,
    ast.LtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_TURNED: Final = frozenset({ast.NotEq, ast.NotIn, ast.IsNot, ast.GtE, ast.LtE})
_ACTS: Final = frozenset({ast.Call, ast.Await, ast.Yield, ast.YieldFrom})
_LEAVES: Final = (ast.Return, ast.Raise, ast.Continue, ast.Break)


def canonical(statements: list[ast.stmt], idle: Container[str] = ()) -> list[ast.stmt]:
    """The statements in canonical form, one level deep: bodies inside are left for their own turn.

    Args:
        statements: of one block.
        idle: names that the source has once, where nobody outside of it can read them.
    """
    done: list[ast.stmt] = []
    waiting = statements[::-1]
    while waiting:
        statement = waiting.pop()
        rule = _RULES.get(type(statement))
        if rule is None:
            done.append(statement)
        elif type(statement) is ast.Assign and _is_idle(statement, idle):
            continue
        else:
            rule(statement, done, waiting)
    return done


def _drop(_: ast.stmt, __: list[ast.stmt], ___: list[ast.stmt]) -> None:
    """A statement that does nothing."""


def _expression(statement: ast.Expr, done: list[ast.stmt], _: list[ast.stmt]) -> None:
    if type(statement.value) is not ast.Constant:
        done.append(statement)


def _augmented(statement: ast.AugAssign, done: list[ast.stmt], _: list[ast.stmt]) -> None:
    done.append(ast.Assign([statement.target], ast.BinOp(statement.target, statement.op, statement.value)))


def _annotated(statement: ast.AnnAssign, _: list[ast.stmt], waiting: list[ast.stmt]) -> None:
    if statement.value is not None:
        waiting.append(ast.Assign([statement.target], statement.value))


def _is_idle(statement: ast.Assign, idle: Container[str]) -> bool:
    target = statement.targets[0]
    return type(target) is ast.Name and target.id in idle and type(statement.value) not in _ACTS


def _assignment(statement: ast.Assign, done: list[ast.stmt], waiting: list[ast.stmt]) -> None:
    value, target = statement.value, statement.targets[0]
    if type(value) is ast.IfExp:
        yes, no = ast.Assign(statement.targets, value.body), ast.Assign(statement.targets, value.orelse)
        waiting.append(ast.If(value.test, [yes], [no]))
    elif type(target) is ast.Name:
        if (generator := _one_loop(value)) is not None:
            waiting.extend(reversed(_collecting(target.id, value, generator)))
        elif waiting and (merged := _merged(target.id, value, waiting[-1])) is not None:
            waiting[-1] = merged
        else:
            done.append(statement)
    elif type(target) is ast.Tuple and type(value) is ast.Tuple and _matched(statement):
        pairs = zip(target.elts, value.elts, strict=True)
        waiting.extend(ast.Assign([left], right) for left, right in reversed(list(pairs)))
    else:
        done.append(statement)


def _merged(name: str, value: ast.expr, following: ast.stmt) -> ast.stmt | None:
    """A statement with the value that only just got a name put in, otherwise nothing."""
    if isinstance(following, ast.If):
        return ast.If(value, following.body, following.orelse) if _is(following.test, name) else None
    if isinstance(following, ast.While):
        return _counting(name, value, following)
    if isinstance(following, ast.Return) and following.value is not None and _is(following.value, name):
        return ast.Return(value)
    if isinstance(following, ast.Expr | ast.Assign | ast.Return) and isinstance(following.value, ast.Call):
        return _put_in(name, value, following, following.value)
    return None


def _put_in(
    name: str, value: ast.expr, following: ast.Expr | ast.Assign | ast.Return, call: ast.Call
) -> ast.stmt | None:
    """A statement that is a call, with a value in the place of the name among its arguments, otherwise nothing."""
    place = next((place for place, argument in enumerate(call.args) if _is(argument, name)), None)
    if place is None or type(value) is ast.Constant or _is_nested(value):
        return None
    whole = ast.Call(call.func, [*call.args[:place], value, *call.args[place + 1 :]], call.keywords)
    return ast.Assign(following.targets, whole) if isinstance(following, ast.Assign) else type(following)(whole)


def _is_nested(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and any(type(argument) is ast.Call for argument in value.args)


def _counting(name: str, start: ast.expr, loop: ast.While) -> ast.For | None:
    """The `for` loop that a counter with its `while` loop stands for, otherwise nothing."""
    test = loop.test
    if type(test) is not ast.Compare or len(test.ops) != 1 or not _counts(name, loop.body[-1]):
        return None
    left, right = test.left, test.comparators[0]
    if type(test.ops[0]) is ast.Gt:
        left, right = right, left
    elif type(test.ops[0]) is not ast.Lt:
        return None
    if not _is(left, name):
        return None
    counter, call = ast.Name(name, ast.Store()), ast.Call(ast.Name("range", ast.Load()), [start, right], [])
    return ast.For(counter, call, loop.body[:-1] or [ast.Pass()], loop.orelse)


def _counts(name: str, last: ast.stmt) -> bool:
    """Whether a statement adds one to a variable."""
    if isinstance(last, ast.AugAssign):
        return _is(last.target, name) and type(last.op) is ast.Add and _is_one(last.value)
    if not isinstance(last, ast.Assign) or not _is(last.targets[0], name) or not isinstance(last.value, ast.BinOp):
        return False
    left, right = last.value.left, last.value.right
    added = (_is(left, name) and _is_one(right)) or (_is(right, name) and _is_one(left))
    return added and type(last.value.op) is ast.Add


def _one_loop(value: ast.expr) -> ast.comprehension | None:
    """What a comprehension goes through if that is one thing, otherwise nothing."""
    if not isinstance(value, ast.ListComp | ast.SetComp | ast.DictComp):
        return None
    return value.generators[0] if len(value.generators) == 1 else None


def _collecting(name: str, value: ast.expr, generator: ast.comprehension) -> list[ast.stmt]:
    """The loop that a comprehension stands for, which collects under a name."""
    empty: ast.expr
    inner: ast.stmt
    collected = ast.Name(name, ast.Load())
    if isinstance(value, ast.DictComp):
        empty = ast.Dict([], [])
        inner = ast.Assign([ast.Subscript(collected, value.key, ast.Store())], value.value)
    else:
        assert isinstance(value, ast.ListComp | ast.SetComp)
        is_list = type(value) is ast.ListComp
        empty = ast.List([], ast.Load()) if is_list else ast.Call(ast.Name("set", ast.Load()), [], [])
        method = ast.Attribute(collected, "append" if is_list else "add", ast.Load())
        inner = ast.Expr(ast.Call(method, [value.elt], []))
    for condition in reversed(generator.ifs):
        inner = ast.If(condition, [inner], [])
    return [ast.Assign([ast.Name(name, ast.Store())], empty), ast.For(generator.target, generator.iter, [inner], [])]


def _is(node: ast.expr, name: str) -> bool:
    return type(node) is ast.Name and node.id == name


def _is_one(node: ast.expr) -> bool:
    return type(node) is ast.Constant and node.value == 1


def _matched(statement: ast.Assign) -> bool:
    target, value = statement.targets[0], statement.value
    assert isinstance(target, ast.Tuple)
    assert isinstance(value, ast.Tuple)
    plain = not any(type(element) is ast.Starred for element in (*target.elts, *value.elts))
    return plain and len(statement.targets) == 1 and len(target.elts) == len(value.elts)


def _return(statement: ast.Return, done: list[ast.stmt], waiting: list[ast.stmt]) -> None:
    value = statement.value
    if type(value) is ast.IfExp:
        waiting.append(ast.Return(value.orelse))
        waiting.append(ast.If(value.test, [ast.Return(value.body)], []))
    elif value is not None and (generator := _one_loop(value)) is not None:
        name = f"collected at {len(done)} {len(waiting)}"
        waiting.append(ast.Return(ast.Name(name, ast.Load())))
        waiting.extend(reversed(_collecting(name, value, generator)))
    else:
        done.append(statement)


def _if(statement: ast.If, done: list[ast.stmt], waiting: list[ast.stmt]) -> None:
    test, body, orelse = statement.test, statement.body, statement.orelse
    if _never(test):
        waiting.extend(reversed(orelse))
        return
    while orelse and (positive := _positive(test)) is not None:
        test, body, orelse = positive, orelse, body
    if orelse and isinstance(body[-1], _LEAVES):
        waiting.extend(reversed(orelse))
        orelse = []
    done.append(ast.If(test, body, orelse))


def _never(test: ast.expr) -> bool:
    """Whether a condition is false, or compares constants, as one that nobody needs does."""
    if isinstance(test, ast.Compare):
        return type(test.left) is ast.Constant and type(test.comparators[0]) is ast.Constant
    return isinstance(test, ast.Constant) and not test.value


def _positive(test: ast.expr) -> ast.expr | None:
    """The opposite of a condition that is a negation, otherwise nothing."""
    if type(test) is ast.UnaryOp and type(test.op) is ast.Not:
        return test.operand
    if type(test) is ast.Compare and len(test.ops) == 1 and type(test.ops[0]) in _TURNED:
        return ast.Compare(test.left, [NEGATED[type(test.ops[0])]()], test.comparators)
    return None


_RULES: Final[dict[type[ast.stmt], Callable[..., None]]] = {
    ast.Pass: _drop,
    ast.Expr: _expression,
    ast.AugAssign: _augmented,
    ast.AnnAssign: _annotated,
    ast.Assign: _assignment,
    ast.Return: _return,
    ast.If: _if,
}
