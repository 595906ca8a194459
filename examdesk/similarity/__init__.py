"""How alike programs are: figures for people to weigh, never a verdict.

Pure functions from text to figures; nothing here reads a file except ``folder``.

    programs = [Program("Ada", {"main.py": "…"}), Program("Bob", {"main.py": "…"})]
    report = compare_all(programs, starters=["…"])      # Report: all pairs, highest rank first
    report.pairs[0]                                     # Pair(a="Ada", b="Bob", jaccard=0.61, rank=0.48, …)
    report.distribution.jaccard.quantiles["0.99"]       # what only 1 % of the pairs of this class exceed
    regions(programs[0], programs[1], starters)         # Region: passages to mark side by side

While an exam runs:

    corpus = Corpus(starters)
    corpus.put(program)                                 # adds it, or replaces its last version
    corpus.compare("Ada")                               # its pairs with all others, in a few milliseconds

Two figures, both 0 to 1 and independent of each other:

* ``jaccard``, the plain measure, always shown: the set of normalized token 5-grams of each program (``lexing`` says
  exactly what a token is), less those of the starter code; the number of shared ones by the number of all of them.
* ``rank``, the ranking measure: the mean of three Jaccards, over ``shape``, ``roles`` and ``uses`` (``structure`` says
  what they are), each feature weighted by ln((N + 1) / how many of the N programs have it). If one of the two
  programs doesn't parse, it is one Jaccard with those weights over the token 5-grams instead.

Weights are rounded to 1/1024, so the figures don't depend on the order of the programs or on the machine.
"""

from examdesk.similarity.comparing import compare_all
from examdesk.similarity.live import Corpus
from examdesk.similarity.model import ENGINE, SHORT_LINES, Distribution, Pair, Program, Region, Report, Spread
from examdesk.similarity.regions import MINIMUM_TOKENS, regions

WORDING = (
    "Similarity evidence highlights code pairs that may deserve human review. "
    "It does not automatically accuse students or make misconduct decisions."
)
"""Stands on everything that shows these figures."""

__all__ = [
    "ENGINE",
    "MINIMUM_TOKENS",
    "SHORT_LINES",
    "WORDING",
    "Corpus",
    "Distribution",
    "Pair",
    "Program",
    "Region",
    "Report",
    "Spread",
    "compare_all",
    "regions",
]
