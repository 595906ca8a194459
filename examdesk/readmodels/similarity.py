"""Similarity of the class as it stands. Collected in the hub, worked out by a pure function in any process."""

from collections.abc import Iterator
from functools import lru_cache

import msgspec

from examdesk.readmodels.live import LiveModel
from examdesk.similarity import Program, Spread, compare_all, regions
from examdesk.similarity.features import Extractor, Features
from examdesk.staffapi.messages import PairView, SimilarityView
from shared.ids import SessionId

MOST_PAIRS = 5_000
PAIRS_WITH_LINES = 200
"""For so many pairs the matching lines are counted; it takes some milliseconds each."""
QUANTILES = 101
REMEMBERED = 2_500
"""So many programs' features are remembered in the process that compares, about 0.1 MB each: a class that writes on
is compared again in a third of the time."""


class ClassWork(msgspec.Struct, frozen=True, kw_only=True):
    """What is compared: programs named by their session, starter code, names to show; `question` empty means all.

    The owner of a program is its student, so that two sessions of one student are never compared with each other.
    """

    programs: tuple[Program, ...]
    starters: tuple[str, ...]
    names: dict[str, str]
    question: str = ""
    computed_ms: int = 0


def class_work(live: LiveModel, starters: tuple[str, ...], question: str, now_ms: int) -> ClassWork:
    """Collect every session's Python text for a question, or for all; what nobody wrote in is left out."""
    live.fresh()
    given = {text.strip() for text in starters}
    programs = []
    names = {}
    for session in live.sessions:
        files = dict(_files(live, session, question))
        if any(text.strip() and text.strip() not in given for text in files.values()):
            owner = str(live.sessions[session].student)
            programs.append(Program(owner=owner, files=files, name=session.hex()))
            names[session.hex()] = live.name_of(session)
    return ClassWork(programs=tuple(programs), starters=starters, names=names, question=question, computed_ms=now_ms)


def _files(live: LiveModel, session: SessionId, question: str) -> Iterator[tuple[str, str]]:
    for file, text in live.facts[session].texts().items():
        if file.endswith(".py") and (not question or file.partition("/")[0] == question):
            yield file, text


def compare(work: ClassWork, limit: int = 500) -> SimilarityView:
    """Compare everybody with everybody; pure, and seconds long for a thousand: not for the hub's own loop."""
    report = compare_all(work.programs, work.starters, limit=max(1, min(limit, MOST_PAIRS)), features=features_of(work))
    programs = {program.label: program for program in work.programs}
    pairs = [
        PairView(
            a=pair.a,
            b=pair.b,
            a_name=work.names[pair.a],
            b_name=work.names[pair.b],
            jaccard=pair.jaccard,
            rank=pair.rank,
            shared_lines=_lines(programs[pair.a], programs[pair.b], work) if place < PAIRS_WITH_LINES else 0,
            too_short=pair.short,
        )
        for place, pair in enumerate(report.pairs)
    ]
    return SimilarityView(
        pairs=tuple(pairs),
        programs=report.programs,
        all_pairs=report.distribution.jaccard.pairs,
        quantiles=quantiles(report.distribution.jaccard),
        question=work.question,
        computed_ms=work.computed_ms,
    )


def features_of(work: ClassWork) -> list[Features]:
    """Return the features of every program; those that did not change since the last time are remembered."""
    return [_features(work.starters, tuple(program.files.values())) for program in work.programs]


@lru_cache(maxsize=REMEMBERED)
def _features(starters: tuple[str, ...], files: tuple[str, ...]) -> Features:
    return _extractor(starters)(files)


@lru_cache(maxsize=8)
def _extractor(starters: tuple[str, ...]) -> Extractor:
    return Extractor(starters)


def quantiles(spread: Spread) -> tuple[float, ...]:
    """Return the figure that 0 %, 1 % … 100 % of the class's pairs do not exceed, to a hundredth; none for no pairs."""
    if not spread.pairs:
        return ()
    found = []
    seen, figure = spread.histogram[0], 0
    for percent in range(QUANTILES):
        while seen * 100 < percent * spread.pairs or not seen:
            figure += 1
            seen += spread.histogram[figure]
        found.append(figure / 100)
    return tuple(found)


def _lines(a: Program, b: Program, work: ClassWork) -> int:
    """Return how many lines of `a` with something on them lie in matching regions."""
    lines: set[tuple[str, int]] = set()
    for region in regions(a, b, work.starters):
        text = a.files[region.file_a]
        first = text.count("\n", 0, region.start_a)
        for number, line in enumerate(text[region.start_a : region.end_a].split("\n"), first):
            if line.strip():
                lines.add((region.file_a, number))
    return len(lines)
