"""Rings of disguised copies in made-up classes of 5 to 1,000: how well they stand above everybody else.

    python tests/benchmarks/similarity/rings.py [5 30 100 300 1000] [--rings 2 5 16] [--seeds 3] [--json]

For each size of class and each size of ring (at most half of the class): one program, its copies, disguised each in its
own way, and others. The programs of a class are put together from the same few solutions and changed at random, so that
others share much too. Figures are average precision and precision at recall 0.9 over all pairs of all seeds. Rare
things count more in the rank, and a ring makes its own things less rare: the larger, the harder.
"""

import argparse
import json
import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[3]))
from class_of_programs import program, tasks
from disguises import disguised
from quality import Scored, measures, parses

from examdesk.similarity import Program, compare_all

OFTEN, IDLE = 0.5, 0.2


def one_class(size: int, ring: int, chance: random.Random) -> list[Program]:
    """A class in which the owners of the copies, and of what they are of, begin with `ring`."""
    material = tasks()
    source = ""
    while not parses(source) or not source:
        source = program(chance, material)
    starter = "\n\n".join(given for given, _ in material.values())
    members = [source] + [disguised(source, starter, chance, often=OFTEN, idle=IDLE) for _ in range(ring - 1)]
    others = [program(chance, material) for _ in range(size - ring)]
    return [
        *(Program(f"ring {n}", {"main.py": text}) for n, text in enumerate(members)),
        *(Program(f"other {n}", {"main.py": text}) for n, text in enumerate(others)),
    ]


def scored(size: int, ring: int, seeds: int) -> dict[str, Scored]:
    """(figure, whether both are of the ring) of every pair, plain and rank."""
    both: dict[str, Scored] = {"plain": [], "rank": []}
    starters = [given for given, _ in tasks().values()]
    for seed in range(seeds):
        programs = one_class(size, ring, random.Random(f"{size} {ring} {seed}"))
        for pair in compare_all(programs, starters, limit=None).pairs:
            is_copy = pair.a.startswith("ring") and pair.b.startswith("ring")
            both["plain"].append((pair.jaccard, is_copy))
            both["rank"].append((pair.rank or 0.0, is_copy))
    return both


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", nargs="*", type=int, default=[5, 30, 100, 300, 1000])
    parser.add_argument("--rings", nargs="+", type=int, default=[2, 5, 16])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON as well")
    args = parser.parse_args()
    print(f"{'class':>6}{'ring':>6}{'pairs':>10}{'plain AP':>10}{'P@R.9':>8}{'rank AP':>10}{'P@R.9':>8}")
    figures = {}
    for size in args.sizes:
        for ring in (ring for ring in args.rings if 2 <= ring <= max(size // 2, 2)):
            both = scored(size, ring, args.seeds)
            (_, plain, plain_at), (_, rank, rank_at) = measures(both["plain"]), measures(both["rank"])
            print(f"{size:6}{ring:6}{len(both['rank']):10}{plain:10.3f}{plain_at:8.3f}{rank:10.3f}{rank_at:8.3f}")
            figures[f"rank AP, {ring} of {size}"] = round(rank, 4)
    if args.json:
        print(json.dumps(figures))


if __name__ == "__main__":
    main()
