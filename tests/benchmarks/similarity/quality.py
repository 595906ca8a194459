"""How well copies stand above independent work: AUC, average precision and precision at recall 0.9.

    python tests/benchmarks/similarity/quality.py [--seeds 5]

The classes are made of the programs in tests/data/programs (independent work: the negatives) and of copies of them,
disguised more and more, some put together from two programs (the positives). The last two are the heavy ones again,
with two of five programs broken at one place, and with starter code that nobody knows of.
"""

import argparse
import itertools
import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[3]))
from class_of_programs import tasks
from disguises import disguised, mixed

from examdesk.similarity import Program, compare_all

LEVELS = {
    "renamed": (0.0, 0.0),
    "rewritten": (0.5, 0.0),
    "padded": (0.4, 0.3),
    "heavy": (0.9, 0.5),
    "from two": (0.9, 0.3),
    "40 % broken": (0.9, 0.5),
    "no starter": (0.9, 0.5),
}
BROKEN = 0.4
Scored = list[tuple[float, bool]]


def parses(source: str) -> bool:
    try:
        compile(source, "program", "exec")
    except SyntaxError:
        return False
    return True


def classes(chance: random.Random) -> list[tuple[str, list[str]]]:
    """Starter code and independent programs of each class."""
    material = tasks()
    found = list(material.values())
    for one, other in itertools.combinations(sorted(material), 2):
        order = chance.sample(material[other][1], len(material[other][1]))
        programs = [a + "\n\n" + b for a, b in zip(material[one][1], order, strict=True)]
        found.append((material[one][0] + "\n\n" + material[other][0], programs))
    return found


def broken(program: Program, chance: random.Random) -> Program:
    """The program with a sign too many somewhere, so that it most likely does not parse."""
    text = program.files["main.py"]
    at = chance.randrange(len(text))
    return Program(program.owner, {"main.py": text[:at] + chance.choice("([:") + text[at:]})


def scored(name: str, chance: random.Random) -> tuple[Scored, Scored]:
    """(figure, whether it is a copy) of every pair of all classes: plain and rank."""
    plain: Scored = []
    rank: Scored = []
    often, idle = LEVELS[name]
    for starter, originals in classes(chance):
        programs = [Program(f"{n}", {"main.py": source}) for n, source in enumerate(originals)]
        able = [n for n, source in enumerate(originals) if parses(source)]
        source, other = chance.sample(able, 2)
        sources = {f"{source}", f"{other}"} if name == "from two" else {f"{source}"}
        text = mixed(originals[source], originals[other]) if name == "from two" else originals[source]
        copy = disguised(text, starter, chance, often=often, idle=idle)
        programs.append(Program("copy", {"main.py": copy}))
        if name == "40 % broken":
            programs = [broken(each, chance) if chance.random() < BROKEN else each for each in programs]
        for pair in compare_all(programs, [] if name == "no starter" else [starter]).pairs:
            is_copy = pair.a in sources and pair.b == "copy"
            plain.append((pair.jaccard, is_copy))
            rank.append((pair.rank or 0.0, is_copy))
    return plain, rank


def measures(pairs: Scored) -> tuple[float, float, float]:
    """AUC, average precision, precision at recall 0.9; equal figures are taken together."""
    positives = sum(is_copy for _, is_copy in pairs)
    negatives = len(pairs) - positives
    hits = misses = 0
    area = average = best = 0.0
    for _, group in itertools.groupby(sorted(pairs, key=lambda pair: -pair[0]), key=lambda pair: pair[0]):
        labels = [is_copy for _, is_copy in group]
        new = sum(labels)
        area += (len(labels) - new) * (hits + new / 2)
        hits, misses = hits + new, misses + len(labels) - new
        average += new / positives * hits / (hits + misses)
        if hits >= 0.9 * positives:
            best = max(best, hits / (hits + misses))
    return area / (positives * negatives), average, best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=5)
    args = parser.parse_args()
    print(f"{'copies':12}{'':8}{'AUC':>8}{'AP':>8}{'P@R.9':>8}{'pairs':>8}{'copies':>8}")
    everything: dict[str, Scored] = {"plain": [], "rank": []}
    for name in LEVELS:
        both: dict[str, Scored] = {"plain": [], "rank": []}
        for seed in range(args.seeds):
            plain, rank = scored(name, random.Random(f"{name} {seed}"))
            both["plain"] += plain
            both["rank"] += rank
        for measure, pairs in both.items():
            show(name, measure, pairs)
            everything[measure] += pairs
    for measure, pairs in everything.items():
        show("all", measure, pairs)


def show(name: str, measure: str, pairs: Scored) -> None:
    area, average, precision = measures(pairs)
    copies = sum(is_copy for _, is_copy in pairs)
    print(f"{name:12}{measure:8}{area:8.4f}{average:8.4f}{precision:8.3f}{len(pairs):8}{copies:8}")


if __name__ == "__main__":
    main()
