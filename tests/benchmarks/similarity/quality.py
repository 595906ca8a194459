"""How well copies stand above independent work: AUC, average precision and precision at recall 0.9.

    python tests/benchmarks/similarity/quality.py [--seeds 5]
    python tests/benchmarks/similarity/quality.py --set DIR

The classes are made of the programs in tests/data/programs (independent work: the negatives) and of copies of them,
disguised more and more, some put together from two programs (the positives). The last two are the heavy ones again,
with two of five programs broken at one place, and with starter code that nobody knows of.

DIR is a labelled set of one's own: `labels.csv` with the columns task, file_a, file_b, label (1 copy, 0 independent)
and, where one likes, kind; `submissions/TASK/*.py`; `starters/TASK.py` where a task has starter code. Each task is a
class. Said are the figures of all tasks together and of each, and of each kind how many copies stand above all but 1 %
of the independent pairs.
"""

import argparse
import csv
import itertools
import random
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[3]))
from class_of_programs import tasks
from disguises import disguised, mixed

from examdesk.similarity import Program, compare_all
from examdesk.similarity.folder import read_folder, read_starters
from shared.problems import InputProblem

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


class Judged(NamedTuple):
    """One pair of a labelled set with both figures."""

    task: str
    kind: str
    is_copy: bool
    plain: float
    rank: float


def judged(folder: Path) -> list[Judged]:
    """Every labelled pair of a set; ends the benchmark with a sentence where the set is not whole."""
    rows = defaultdict(list)
    try:
        with (folder / "labels.csv").open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                is_copy = {"0": False, "1": True}[row["label"]]
                rows[row["task"]].append((frozenset((row["file_a"], row["file_b"])), is_copy, row.get("kind") or ""))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SystemExit(f"{folder / 'labels.csv'} can't be read: {error}") from error
    except KeyError as error:
        raise SystemExit(f"{folder / 'labels.csv'}: {error} is missing, or a label is neither 0 nor 1.") from error
    found = []
    for task, labels in sorted(rows.items()):
        starter = folder / "starters" / f"{task}.py"
        try:
            programs = read_folder(folder / "submissions" / task).programs
            starters = read_starters([starter] if starter.exists() else [])
        except InputProblem as problem:
            raise SystemExit(str(problem)) from problem
        report = compare_all(programs, starters, limit=None)
        figures = {frozenset((pair.a, pair.b)): (pair.jaccard, pair.rank or 0.0) for pair in report.pairs}
        for names, is_copy, kind in labels:
            if names not in figures:
                raise SystemExit(f"labels.csv: {task} has no two programs {' and '.join(sorted(names))}.")
            found.append(Judged(task, kind, is_copy, *figures[names]))
    return found


def show_set(pairs: list[Judged]) -> None:
    """Both figures over all tasks, of each task, and of each kind of copy."""
    if len({pair.is_copy for pair in pairs}) < 2:
        raise SystemExit("labels.csv needs copies (1) as well as independent pairs (0).")
    for name in ("all", *sorted({pair.task for pair in pairs})):
        chosen = [pair for pair in pairs if name in {"all", pair.task}]
        if len({pair.is_copy for pair in chosen}) == 2:
            for measure in ("plain", "rank"):
                show(name, measure, [(getattr(pair, measure), pair.is_copy) for pair in chosen])
    for measure in ("plain", "rank"):
        independent = sorted((getattr(pair, measure) for pair in pairs if not pair.is_copy), reverse=True)
        above = independent[len(independent) // 100]
        copies = Counter(pair.kind for pair in pairs if pair.is_copy)
        seen = Counter(pair.kind for pair in pairs if pair.is_copy and getattr(pair, measure) > above)
        kinds = ", ".join(f"{kind or 'copy'} {seen[kind]}/{copies[kind]}" for kind in sorted(copies))
        print(f"{measure}: copies above all but 1 % of the independent pairs ({above:.3f}): {kinds}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--set", type=Path, metavar="DIR", help="a labelled set of one's own instead")
    args = parser.parse_args()
    print(f"{'copies':12}{'':8}{'AUC':>8}{'AP':>8}{'P@R.9':>8}{'pairs':>8}{'copies':>8}")
    if args.set is not None:
        show_set(judged(args.set))
        return
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
