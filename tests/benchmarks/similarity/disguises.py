"""Disguised copies of programs, made with the standard library: what students do by hand to hide where code is from."""

import ast
import builtins
import random

WORDS = ["part", "entry", "piece", "state", "level", "phase", "value", "amount", "current", "other", "figure"]
NEGATED = {ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE, ast.LtE: ast.Gt}
FLIPPED = {ast.Lt: ast.Gt, ast.Gt: ast.Lt, ast.LtE: ast.GtE, ast.GtE: ast.LtE, ast.Eq: ast.Eq, ast.NotEq: ast.NotEq}
IDLE = [
    "unused = 0",
    "checked = []",
    "if 1 > 2:\n    print('never')",
    "flag = not True",
    "for extra in range(0):\n    print(extra)",
    "note = len('abc') * 2",
    "try:\n    spare = 3\nexcept ValueError:\n    pass",
]


class _Disguise(ast.NodeTransformer):
    """Changes each place with a given chance; functions of the starter code keep their names."""

    def __init__(self, chance: random.Random, often: float, idle: float, kept: set[str]) -> None:
        self.chance, self.often, self.idle, self.kept = chance, often, idle, kept
        self.names: dict[str, str] = {}

    def hit(self) -> bool:
        return self.chance.random() < self.often

    def renamed(self, name: str) -> str:
        if name in self.kept or hasattr(builtins, name) or name == "self":
            return name
        return self.names.setdefault(name, f"{self.chance.choice(WORDS)}_{len(self.names)}")

    def visit_Name(self, node):
        node.id = self.renamed(node.id)
        return node

    def visit_arg(self, node):
        node.arg = self.renamed(node.arg)
        return node

    def visit_Compare(self, node):
        self.generic_visit(node)
        if len(node.ops) == 1 and type(node.ops[0]) in FLIPPED and self.hit():
            return ast.Compare(node.comparators[0], [FLIPPED[type(node.ops[0])]()], [node.left])
        return node

    def visit_AugAssign(self, node):
        self.generic_visit(node)
        if isinstance(node.target, ast.Name) and self.hit():
            left = ast.Name(node.target.id, ast.Load())
            return ast.Assign([node.target], ast.BinOp(left, node.op, node.value))
        return node

    def visit_If(self, node):
        self.generic_visit(node)
        node.body = self.padded(node.body)
        test = node.test
        if node.orelse and self.hit():
            if isinstance(test, ast.Compare) and len(test.ops) == 1 and type(test.ops[0]) in NEGATED:
                test = ast.Compare(test.left, [NEGATED[type(test.ops[0])]()], test.comparators)
            else:
                test = ast.UnaryOp(ast.Not(), test)
            return ast.If(test, node.orelse, node.body)
        return node

    def visit_For(self, node):
        self.generic_visit(node)
        node.body = self.padded(node.body)
        ranged = isinstance(node.iter, ast.Call) and ast.unparse(node.iter.func) == "range" and len(node.iter.args) == 1
        leaves = any(isinstance(inner, ast.Continue) for inner in ast.walk(node))
        if ranged and isinstance(node.target, ast.Name) and not node.orelse and not leaves and self.hit():
            name, end = node.target.id, ast.unparse(node.iter.args[0])
            loop = ast.parse(f"{name} = 0\nwhile {name} < {end}:\n    {name} = {name} + 1").body
            loop[1].body[:0] = node.body
            return loop
        return node

    def visit_Return(self, node):
        self.generic_visit(node)
        if node.value is not None and not isinstance(node.value, ast.Name | ast.Constant) and self.hit():
            return [ast.Assign([ast.Name("answer_", ast.Store())], node.value), ast.Return(ast.Name("answer_"))]
        return node

    def visit_JoinedStr(self, node):
        values = [part.value for part in node.values if isinstance(part, ast.FormattedValue)]
        plain = all(part.format_spec is None for part in node.values if isinstance(part, ast.FormattedValue))
        if plain and values and self.hit():
            for value in values:
                self.visit(value)
            parts = [ast.Call(ast.Name("str"), [value], []) for value in values]
            whole = ast.Constant("")
            for part in parts:
                whole = ast.BinOp(whole, ast.Add(), part)
            return whole
        self.generic_visit(node)
        return node

    def visit_FunctionDef(self, node):
        self.generic_visit(node)
        node.body = self.padded([s for s in node.body if not _is_text(s)] or node.body)
        return node

    def padded(self, body: list[ast.stmt]) -> list[ast.stmt]:
        out: list[ast.stmt] = []
        for statement in body:
            if self.chance.random() < self.idle:
                out += ast.parse(self.chance.choice(IDLE)).body
            out.append(statement)
        return out


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def mixed(host: str, guest: str) -> str:
    """The host's program with every second of its functions taken from the guest's where that has one of the name."""
    tree = ast.parse(host)
    functions = {s.name: s for s in ast.walk(ast.parse(guest)) if isinstance(s, ast.FunctionDef)}
    replaced = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name in functions][::2]
    for node in replaced:
        other = functions[node.name]
        node.args, node.body = other.args, other.body
    return ast.unparse(tree)


def disguised(source: str, starter: str, chance: random.Random, *, often: float, idle: float) -> str:
    """A copy of a program that parses, with its functions in another order."""
    tree = ast.parse(source)
    kept = {n.name for n in ast.walk(ast.parse(starter)) if isinstance(n, ast.FunctionDef | ast.ClassDef)}
    kept |= {
        alias.asname or alias.name
        for n in ast.walk(tree)
        if isinstance(n, ast.alias | ast.Import)
        for alias in (n.names if isinstance(n, ast.Import) else [n])
    }
    tree = _Disguise(chance, often, idle, kept).visit(tree)
    functions = [place for place, s in enumerate(tree.body) if isinstance(s, ast.FunctionDef)]
    shuffled = chance.sample(functions, len(functions))
    tree.body = [
        tree.body[shuffled[functions.index(place)]] if place in functions else statement
        for place, statement in enumerate(tree.body)
    ]
    text = ast.unparse(ast.fix_missing_locations(tree))
    ast.parse(text)
    return text
