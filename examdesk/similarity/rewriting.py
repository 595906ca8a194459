"""Statements in one canonical form, so that the usual disguises of the same code come out alike.

The rules, applied to each list of statements:

* ``pass``, bare constants (docstrings among them) and annotations without a value go;
* ``x += e`` is ``x = x + e``; ``x: int = e`` is ``x = e``; ``a, b = c, d`` is two assignments;
* ``t = e`` directly before ``return t`` is ``return e``;
* ``x = p if c else q`` and ``return p if c else q`` are ``if`` statements;
* an ``if`` with an ``else`` is turned so that its condition is not a negation (``not``, ``!=``, ``not in``, ``is not``,
  ``<=``, ``>=``), and the ``else`` of a branch that leaves (``return``, ``raise``, ``break``, ``continue``)
  comes after it.
"""

import ast
from collections.abc import Callable
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
_LEAVES: Final = (ast.Return, ast.Raise, ast.Continue, ast.Break)


def canonical(statements: list[ast.stmt]) -> list[ast.stmt]:
    """The statements in canonical form, one level deep: bodies inside are left for their own turn."""
    done: list[ast.stmt] = []
    waiting = statements[::-1]
    while waiting:
        statement = waiting.pop()
        rule = _RULES.get(type(statement))
        if rule is None:
            done.append(statement)
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


def _assignment(statement: ast.Assign, done: list[ast.stmt], waiting: list[ast.stmt]) -> None:
    value, target = statement.value, statement.targets[0]
    if type(value) is ast.IfExp:
        yes, no = ast.Assign(statement.targets, value.body), ast.Assign(statement.targets, value.orelse)
        waiting.append(ast.If(value.test, [yes], [no]))
    elif type(target) is ast.Name and waiting and _returns(waiting[-1], target.id):
        waiting[-1] = ast.Return(value)
    elif type(target) is ast.Tuple and type(value) is ast.Tuple and _matched(statement):
        pairs = zip(target.elts, value.elts, strict=True)
        waiting.extend(ast.Assign([left], right) for left, right in reversed(list(pairs)))
    else:
        done.append(statement)


def _returns(statement: ast.stmt, name: str) -> bool:
    return type(statement) is ast.Return and type(statement.value) is ast.Name and statement.value.id == name


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
    else:
        done.append(statement)


def _if(statement: ast.If, done: list[ast.stmt], waiting: list[ast.stmt]) -> None:
    test, body, orelse = statement.test, statement.body, statement.orelse
    while orelse and (positive := _positive(test)) is not None:
        test, body, orelse = positive, orelse, body
    if orelse and isinstance(body[-1], _LEAVES):
        waiting.extend(reversed(orelse))
        orelse = []
    done.append(ast.If(test, body, orelse))


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
