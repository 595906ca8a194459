"""A class of made-up students: programs put together from the functions in tests/data/programs and changed at random.

    python tests/benchmarks/similarity/class_of_programs.py 1000 FOLDER

writes that many programs of 60 to 150 lines, about one in twenty of which does not parse.
"""

import ast
import random
import sys
from pathlib import Path

PROGRAMS = Path(__file__).parents[2] / "data" / "programs"
OPERATORS = [ast.Add, ast.Sub, ast.Mult, ast.Mod, ast.FloorDiv]
COMPARISONS = [ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq]
EXTRA = [
    "print('step', {0})",
    "assert {0} is not None",
    "if not {0}:\n    print('empty')",
    "{0} = {0} or None",
    "checked = len(str({0}))",
    "for place in range(len(str({0}))):\n    print(place)",
    "while {0} == 'again':\n    break",
    "notes = [{0}] * 2",
    "try:\n    number = int({0})\nexcept ValueError:\n    number = 0",
    "seen = {{{0}: True}}",
    "text = f'{{{0}}}: {{{0}}}'",
    "print(max(1, len(str({0}))))",
]


def tasks() -> dict[str, tuple[str, list[str]]]:
    """For each task the starter code and the solutions."""
    return {
        folder.name: (
            (folder / "starter.py").read_text("utf-8"),
            [path.read_text("utf-8") for path in sorted(folder.glob("*.py")) if path.name != "starter.py"],
        )
        for folder in sorted(PROGRAMS.iterdir())
        if folder.is_dir()
    }


class _Changes(ast.NodeTransformer):
    def __init__(self, chance: random.Random, often: float) -> None:
        self.chance, self.often, self.names = chance, often, {}

    def hit(self) -> bool:
        return self.chance.random() < self.often

    def visit_BinOp(self, node):
        self.generic_visit(node)
        return ast.BinOp(node.left, self.chance.choice(OPERATORS)(), node.right) if self.hit() else node

    def visit_Compare(self, node):
        self.generic_visit(node)
        if self.hit() and type(node.ops[0]) in COMPARISONS:
            node.ops = [self.chance.choice(COMPARISONS)(), *node.ops[1:]]
        return node

    def visit_FunctionDef(self, node):
        self.generic_visit(node)
        names = sorted({n.id for n in ast.walk(node) if isinstance(n, ast.Name)} - {"self"})
        body = []
        for statement in node.body:
            if self.hit() and names:
                body += ast.parse(self.chance.choice(EXTRA).format(self.chance.choice(names))).body
            if not self.hit() or len(node.body) < 3:
                body.append(statement)
        node.body = body
        return node

    def visit_For(self, node):
        return self.visit_FunctionDef(node)

    def visit_While(self, node):
        return self.visit_FunctionDef(node)

    def visit_Constant(self, node):
        return ast.Constant(self.chance.randrange(99)) if type(node.value) is int and self.hit() else node


def _mixed(sources: list[str], chance: random.Random) -> ast.Module:
    trees = [ast.parse(source) for source in sources]
    functions: dict[str, list[ast.stmt]] = {}
    for tree in trees:
        for statement in tree.body:
            if isinstance(statement, ast.FunctionDef | ast.ClassDef):
                functions.setdefault(statement.name, []).append(statement)
    tree = chance.choice(trees)
    for place, statement in enumerate(tree.body):
        if isinstance(statement, ast.FunctionDef | ast.ClassDef):
            tree.body[place] = chance.choice(functions[statement.name])
    return tree


def program(chance: random.Random, material: dict[str, tuple[str, list[str]]], often: float = 0.3) -> str:
    """One student's program for two of the tasks."""
    parts = []
    for name in chance.sample(sorted(material), 2):
        sources = [source for source in material[name][1] if _parses(source)]
        tree = _Changes(chance, often).visit(_mixed(sources, chance))
        parts.append(ast.unparse(ast.fix_missing_locations(tree)))
    text = "\n\n\n".join(parts) + "\n"
    if chance.random() < 0.05:
        place = chance.randrange(len(text))
        text = text[:place] + "(" + text[place:]
    return text


def _parses(source: str) -> bool:
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True


def write_class(number: int, folder: Path, seed: int = 1) -> None:
    """Write a class of programs of 60 to 150 lines into a folder."""
    chance, material = random.Random(seed), tasks()
    folder.mkdir(parents=True, exist_ok=True)
    written = 0
    while written < number:
        text = program(chance, material)
        if 60 <= len(text.splitlines()) <= 150:
            (folder / f"s{written:05}.py").write_text(text, "utf-8")
            written += 1


if __name__ == "__main__":
    write_class(int(sys.argv[1]), Path(sys.argv[2]))
