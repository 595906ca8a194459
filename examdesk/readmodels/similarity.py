"""Similarity of the class as it stands. Collected in the hub, worked out by a pure function in any process."""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

import msgspec

from examdesk.readmodels.live import LiveModel
from examdesk.similarity import Program, Spread, compare_all, regions
from examdesk.similarity.features import Extractor, Features
from examdesk.similarity.lexing import symbols
from examdesk.similarity.pairing import without_common
from examdesk.staffapi.messages import PairView, SimilarityView
from shared.ids import SessionId

MOST_PAIRS = 5_000
PAIRS_WITH_LINES = 200
"""For so many pairs the matching lines are counted; it takes some milliseconds each."""
QUANTILES = 101
Files = tuple[tuple[str, str], ...]
LONG_TOKEN = 16
"""No program's tokens are longer than so many characters on average."""
REMEMBERED = 2_500
"""So many programs' features are remembered in the process that compares, about 0.1 MB each: a class that writes on
is compared again in half of the time."""


class ClassWork(msgspec.Struct, frozen=True, kw_only=True):
    """What is compared: programs named by their session, starter code, names to show; `question` empty means all.

    The owner of a program is its student, so that two pieces of work of one student are never compared with each other.
    """

    programs: tuple[Program, ...]
    starters: tuple[str, ...]
    names: dict[str, str]
    question: str = ""
    computed_ms: int = 0
    listed_from: float = 0.5
    least_tokens: int = 0
    too_small: int = 0


class OutsideProgram(msgspec.Struct, frozen=True):
    """A program from an earlier class or another source: whose it is, its files, and where it comes from."""

    label: str
    owner: str
    files: dict[str, str]
    source: str


def class_work(live: LiveModel, starters: tuple[str, ...], question: str, now_ms: int) -> ClassWork:
    """Collect every session's Python text for a question, or for all; what nobody wrote in is left out.

    So is what has fewer tokens than the exam's `similarity_tokens`.
    """
    live.fresh()
    starters = _given(live, starters)
    given = {text.strip() for text in starters}
    signals = live.rules.signals
    programs = []
    names = {}
    too_small = 0
    for session in live.sessions:
        files = dict(_files(live, session, question))
        if not any(text.strip() and text.strip() not in given for text in files.values()):
            continue
        if not _enough(files.values(), signals.similarity_tokens):
            too_small += 1
            continue
        owner = str(live.sessions[session].student)
        programs.append(Program(owner=owner, files=files, name=session.hex()))
        names[session.hex()] = live.name_of(session)
    return ClassWork(
        programs=tuple(programs),
        starters=starters,
        names=names,
        question=question,
        computed_ms=now_ms,
        listed_from=signals.similarity_percent / 100,
        least_tokens=signals.similarity_tokens,
        too_small=too_small,
    )


def _given(live: LiveModel, starters: tuple[str, ...]) -> tuple[str, ...]:
    """Return the exam's starter code, and what the logs say was given to anybody: the exam may have changed since."""
    logged = {
        text
        for facts in live.facts.values()
        for journal in facts.main
        for file, text in journal.starters.items()
        if file.endswith(".py") and text.strip()
    }
    return (*starters, *sorted(logged.difference(starters)))


def with_outside(work: ClassWork, outside: Iterable[OutsideProgram]) -> ClassWork:
    """Let programs from elsewhere take part: they are compared with the class, never with each other."""
    found = [each for each in outside if _enough(each.files.values(), work.least_tokens)]
    return msgspec.structs.replace(
        work,
        programs=(
            *work.programs,
            *(Program(owner=each.owner, files=each.files, name=each.label, earlier=True) for each in found),
        ),
        names=work.names | {each.label: f"{each.owner} ({each.source})" for each in found},
    )


def _enough(texts: Iterable[str], least: int) -> bool:
    """Tell whether texts have so many tokens; of long ones no token needs to be counted."""
    tokens = 0
    for text in texts:
        tokens += least if len(text) > LONG_TOKEN * least and "#" not in text else len(symbols(text))
        if tokens >= least:
            return True
    return False


def _files(live: LiveModel, session: SessionId, question: str) -> Iterator[tuple[str, str]]:
    for file, text in live.facts[session].texts().items():
        if file.endswith(".py") and (not question or file.partition("/")[0] == question):
            yield file, text


def compare(work: ClassWork, limit: int = 500, most_common: float = 0.0) -> SimilarityView:
    """Compare everybody with everybody; pure, and seconds long for a thousand: not for the hub's own loop."""
    features: dict[tuple[str, ...], Features] = {}

    def extract(files: Sequence[str]) -> Features:
        key = tuple(files)
        features[key] = _features(work.starters, key)
        return features[key]

    report = compare_all(work.programs, work.starters, limit=max(1, min(limit, MOST_PAIRS)), extract=extract)
    programs = {program.label: program for program in work.programs}
    spread = report.distribution.jaccard
    uncommon: Sequence[float | None] = [None] * len(report.pairs)
    if most_common > 0:
        places = {program.label: place for place, program in enumerate(work.programs)}
        own = [features[tuple(program.files.values())] for program in work.programs]
        uncommon = without_common([(places[pair.a], places[pair.b]) for pair in report.pairs], own, most_common)
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
            by_tokens=pair.by_tokens,
            below=round(spread.share_below(pair.jaccard), 4),
            uncommon=without,
        )
        for place, (pair, without) in enumerate(zip(report.pairs, uncommon, strict=True))
    ]
    ranks = report.distribution.rank
    return SimilarityView(
        pairs=tuple(pairs),
        programs=report.programs,
        all_pairs=spread.pairs,
        quantiles=quantiles(spread),
        question=work.question,
        computed_ms=work.computed_ms,
        histogram=tuple(spread.histogram),
        rank_histogram=() if ranks is None else tuple(ranks.histogram),
        listed_from=work.listed_from,
        least_tokens=work.least_tokens,
        too_small=work.too_small,
        unparsed=len(report.unparsed),
        outside=sum(program.earlier for program in work.programs),
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
    return _shared_lines(tuple(a.files.items()), tuple(b.files.items()), work.starters)


@lru_cache(maxsize=4 * PAIRS_WITH_LINES)
def _shared_lines(a: Files, b: Files, starters: tuple[str, ...]) -> int:
    files = dict(a)
    lines: set[tuple[str, int]] = set()
    for region in regions(Program(owner="a", files=files), Program(owner="b", files=dict(b)), starters):
        text = files[region.file_a]
        first = text.count("\n", 0, region.start_a)
        for number, line in enumerate(text[region.start_a : region.end_a].split("\n"), first):
            if line.strip():
                lines.add((region.file_a, number))
    return len(lines)
