"""Precision and recall of each signal on a labelled set of simulated sessions (tests/support/labelled.py).

    python tests/benchmarks/signals_bench.py [--variants 20] [--json]

A session counts once per kind: raised and deserved, raised and not deserved, deserved and not raised. The reference is
the rule that most systems have: every paste of `outside_paste_chars` characters, whatever it is.
"""

import argparse
import json
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from examdesk.evidence.signals import KINDS
from shared.exam.rules import Signals
from tests.support.labelled import HONEST, NOT_HONEST, Labelled, labelled

PASTE_KINDS = ("outside_paste", "large_paste")
LEAST = Signals().outside_paste_chars


def tally(sessions: list[Labelled], raised: dict[str, frozenset[str]], kind: str) -> tuple[int, int, int]:
    """Return (rightly raised, wrongly raised, missed) of a kind."""
    right = sum(kind in raised[each.name] and kind in each.truth for each in sessions)
    wrong = sum(kind in raised[each.name] and kind not in each.truth for each in sessions)
    missed = sum(kind not in raised[each.name] and kind in each.truth for each in sessions)
    return right, wrong, missed


def figures(right: int, wrong: int, missed: int) -> dict[str, float]:
    """Return precision and recall; 1 where there was nothing to get wrong."""
    return {
        "precision": right / (right + wrong) if right + wrong else 1.0,
        "recall": right / (right + missed) if right + missed else 1.0,
    }


def main() -> None:
    """Act the sessions out, derive, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--variants", type=int, default=20, help="sessions of each behaviour")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON as well")
    args = parser.parse_args()
    begun = time.perf_counter()
    sessions = [*labelled(HONEST, args.variants, args.seed), *labelled(NOT_HONEST, args.variants, args.seed)]
    raised = {each.name: each.raised for each in sessions}
    spent = time.perf_counter() - begun
    honest = sum(each.honest for each in sessions)
    print(f"{len(sessions)} sessions ({honest} honest), acted out and read in {spent:.1f} s\n")
    print(f"{'signal':32}{'precision':>10}{'recall':>8}{'right':>8}{'wrong':>8}{'missed':>8}")
    found: dict[str, object] = {}
    for kind, about in KINDS.items():
        counts = tally(sessions, raised, kind)
        both = figures(*counts)
        found[kind] = both
        print(f"{about.title:32}{both['precision']:10.3f}{both['recall']:8.3f}{counts[0]:8}{counts[1]:8}{counts[2]:8}")
    _behaviours(sessions, raised, args.variants)
    disturbed = [each.name for each in sessions if each.honest and raised[each.name] & set(PASTE_KINDS)]
    print(f"\nhonest sessions with a paste signal: {len(disturbed)} of {honest}")
    for name in disturbed:
        print(f"  {name}")
    longest = {each.name: each.longest_paste for each in sessions}
    naive = [each.name for each in sessions if each.honest and longest[each.name] >= LEAST]
    print(f"with the rule “every paste of {LEAST} characters” it would be {len(naive)}")
    found["honest sessions with a paste signal"] = len(disturbed)
    found["the same by the size of pastes alone"] = len(naive)
    if args.json:
        print(json.dumps(found))


def _behaviours(sessions: list[Labelled], raised: dict[str, frozenset[str]], variants: int) -> None:
    print(f"\n{'behaviour':36}raised in so many of {variants}; (not deserved), -missed-")
    for act in (*HONEST, *NOT_HONEST):
        mine = [each for each in sessions if each.name.startswith(f"{act.__name__} ")]
        counts = Counter(kind for each in mine for kind in raised[each.name])
        wrong = Counter(kind for each in mine for kind in raised[each.name] - each.truth)
        missed = Counter(kind for each in mine for kind in each.truth - raised[each.name])
        words = [f"{kind} {count}" for kind, count in (counts - wrong).items()]
        words += [f"({kind} {count})" for kind, count in wrong.items()]
        words += [f"-{kind} {count}-" for kind, count in missed.items()]
        print(f"{act.__name__.replace('_', ' '):36}{', '.join(words) or 'nothing'}")


if __name__ == "__main__":
    main()
