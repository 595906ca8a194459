"""One new version against a whole class, as while an exam runs: the milliseconds until its pairs are known.

    python tests/benchmarks/similarity/live.py [--programs 1000] [--versions 100] [--json]

Beside it, in the same run, what it replaces: comparing everybody with everybody, with every program's features
remembered. The figures of both are compared; exit code 1 where any of them differs.
"""

import argparse
import json
import random
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[3]))
from class_of_programs import program, tasks

from examdesk.similarity import Corpus, Program, compare_all
from examdesk.similarity.features import Extractor

LINES = (
    "    total = total + value\n",
    "print(len(words))\n",
    "for part in range(4):\n    print(part * 2)\n",
    "x = []\n",
)
LISTED = 50


def seconds(work):
    begun = time.process_time()
    result = work()
    return time.process_time() - begun, result


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--programs", type=int, default=1000)
    parser.add_argument("--versions", type=int, default=100)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON as well")
    args = parser.parse_args()
    chance, material = random.Random(1), tasks()
    programs = {f"s{n}": Program(f"s{n}", {"main.py": program(chance, material)}) for n in range(args.programs)}
    corpus = Corpus()
    first, _ = seconds(lambda: corpus.follow(programs.values()))
    corpus.spread()
    taken, compared = [], []
    for name in chance.choices(sorted(programs), k=args.versions):
        text = programs[name].files["main.py"]
        version = Program(name, {"main.py": text + chance.choice(LINES)})
        programs[name] = version
        took, _ = seconds(lambda version=version: corpus.put(version))
        taken.append(took * 1000)
        took, _ = seconds(lambda name=name: corpus.compare(name, LISTED))
        compared.append(took * 1000)
    extract = Extractor()
    features = {name: extract(each) for name, each in programs.items()}
    whole, report = seconds(
        lambda: compare_all(list(programs.values()), extract=lambda each: features[each.owner], limit=None)
    )
    name = chance.choice(sorted(programs))
    expected = {frozenset((pair.a, pair.b)): (pair.jaccard, pair.rank) for pair in report.of(name)}
    found = {frozenset((pair.a, pair.b)): (pair.jaccard, pair.rank) for pair in corpus.compare(name)}
    same = expected == found and corpus.spread() == report.distribution.jaccard
    each = statistics.median(taken) + statistics.median(compared)
    figures = {
        "programs": args.programs,
        "taking in the class s": round(first, 2),
        "taking in a new version ms": round(statistics.median(taken), 1),
        "its pairs ms": round(statistics.median(compared), 1),
        "both, 95 % ms": round(sorted(map(sum, zip(taken, compared, strict=True)))[int(len(taken) * 0.95)], 1),
        "everybody with everybody, features remembered ms": round(whole * 1000),
        "times": round(whole * 1000 / each),
        "same figures": same,
    }
    print(f"processor time of one core; class of {args.programs}, {args.versions} new versions one after the other")
    for what, figure in figures.items():
        print(f"  {what:52}{figure}")
    if args.json:
        print(json.dumps(figures))
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
