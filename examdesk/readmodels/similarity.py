"""Similarity of the class as it stands. Collected in the hub, worked out by a pure function in any process."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

import msgspec

from examdesk.evidence.session import SessionFacts
from examdesk.readmodels.live import LiveModel
from examdesk.readmodels.persons import person_called, persons
from examdesk.readmodels.session import NotThere
from examdesk.readmodels.standing import MOST_PAIRS, features_in, standing_of
from examdesk.similarity import ENGINE, Pair, Program, Spread
from examdesk.similarity.features import Features
from examdesk.similarity.lexing import symbols
from examdesk.similarity.pairing import pair_within, without_common
from examdesk.similarity.regions import Marked, regions_between
from examdesk.staffapi.messages import PairView, SimilarityView
from examdesk.store.rows import SessionRow
from shared.ids import SessionId

PAIRS_WITH_LINES = 200
"""For so many pairs the matching lines are counted; it takes up to a millisecond each."""
PAIRS_WITH_LINES_OF_ONE = 50
READ_ONCE = 400
"""So many programs' tokens are remembered for that, about 0.1 MB each."""
QUANTILES = 101
Files = tuple[tuple[str, str], ...]
Stretches = tuple[tuple[str, tuple[tuple[int, int], ...]], ...]
LONG_TOKEN = 16
"""No program's tokens are longer than so many characters on average."""


class ClassWork(msgspec.Struct, frozen=True, kw_only=True):
    """What is compared: programs named by their session, starter code, names to show; `question` empty means all.

    The owner of a program is the person who wrote it, so that two pieces of work of one are never compared with each
    other; `persons` says who is meant by the names of programs from elsewhere.
    """

    programs: tuple[Program, ...]
    starters: tuple[str, ...]
    names: dict[str, str]
    question: str = ""
    computed_ms: int = 0
    listed_from: float = 0.5
    least_tokens: int = 0
    too_small: int = 0
    persons: dict[str, str] = {}


class OutsideProgram(msgspec.Struct, frozen=True):
    """A program from an earlier class or another source: whose it is, its files, and where it comes from.

    `given` is as in `Program`: of an earlier class its own starter code, which this one may not have had.
    """

    label: str
    owner: str
    files: dict[str, str]
    source: str
    given: dict[str, tuple[tuple[int, int], ...]] = {}


def class_work(live: LiveModel, starters: tuple[str, ...], question: str, now_ms: int) -> ClassWork:
    """Collect every session's Python text for a question, or for all; what nobody wrote in is left out.

    So is what has fewer tokens than the exam's `similarity_tokens`.
    """
    live.fresh()
    starters = with_logged_starters(starters, live.facts.values())
    signals = live.rules.signals
    people = persons(live.roster.values())
    written = [
        program
        for session, row in live.sessions.items()
        if (program := program_of(live.facts[session], row, question, starters, people)) is not None
    ]
    programs = [program for program in written if enough(program, signals.similarity_tokens)]
    return ClassWork(
        programs=tuple(programs),
        starters=starters,
        names={program.name: live.name_of(SessionId(bytes.fromhex(program.name))) for program in programs},
        question=question,
        computed_ms=now_ms,
        listed_from=signals.similarity_percent / 100,
        least_tokens=signals.similarity_tokens,
        too_small=len(written) - len(programs),
        persons=people,
    )


def with_logged_starters(starters: tuple[str, ...], sessions: Iterable[SessionFacts]) -> tuple[str, ...]:
    """Return the exam's starter code, and what the logs say was given to anybody: the exam may have changed since."""
    logged = {
        text
        for facts in sessions
        for journal in facts.main
        for file, text in journal.starters.items()
        if file.endswith(".py") and text.strip()
    }
    return (*starters, *sorted(logged.difference(starters)))


def program_of(
    facts: SessionFacts, row: SessionRow, question: str, starters: tuple[str, ...], people: Mapping[str, str]
) -> Program | None:
    """Return a session's Python text for a question, or for all when it is empty; None where nobody wrote anything."""
    files = {
        file: text
        for file, text in facts.texts().items()
        if file.endswith(".py") and (not question or file.partition("/")[0] == question)
    }
    unchanged = {text.strip() for text in starters}
    if not any(text.strip() and text.strip() not in unchanged for text in files.values()):
        return None
    given = {file: stretches for file in files if (stretches := facts.given(file))}
    return Program(owner=person_called(people, str(row.student)), files=files, name=row.session.hex(), given=given)


def with_outside(work: ClassWork, outside: Iterable[OutsideProgram]) -> ClassWork:
    """Let programs from elsewhere take part: they are compared with the class, never with each other."""
    found = [each for each in outside if _enough(each.files.values(), work.least_tokens)]
    return msgspec.structs.replace(
        work,
        programs=(
            *work.programs,
            *(_outside(work, each) for each in found),
        ),
        names=work.names | {each.label: f"{each.owner} ({each.source})" for each in found},
    )


def _outside(work: ClassWork, each: OutsideProgram) -> Program:
    owner = person_called(work.persons, each.owner)
    return Program(owner=owner, files=each.files, name=each.label, earlier=True, given=each.given)


def enough(program: Program, least: int) -> bool:
    """Tell whether a program has so many tokens that it is compared."""
    return _enough(program.files.values(), least)


def _enough(texts: Iterable[str], least: int) -> bool:
    """Tell whether texts have so many tokens; of long ones no token needs to be counted."""
    tokens = 0
    for text in texts:
        tokens += least if len(text) > LONG_TOKEN * least and "#" not in text else len(symbols(text))
        if tokens >= least:
            return True
    return False


def compare(work: ClassWork, limit: int = 500, most_common: float = 0.0, of: str = "") -> SimilarityView:
    """Compare everybody with everybody, or one program (`of`) with all others.

    Pure. Everybody takes seconds for a thousand, so it is not for the hub's own loop; one takes milliseconds once the
    class was compared.

    Raises:
        NotThere: `of` has written nothing that could be compared.
    """
    limit = max(1, min(limit, MOST_PAIRS))
    standing = standing_of(work.question, work.starters)
    if of:
        if all(program.label != of for program in work.programs):
            raise NotThere("This student has written too little for this question yet to be compared.")
        found, spread = standing.alike(work.programs, of, limit)
        ranks = None
        unparsed = 0
        highest: dict[str, float] = {}
    else:
        report = standing.report(work.programs)
        found, spread, ranks = report.pairs[:limit], report.distribution.jaccard, report.distribution.rank
        unparsed = len(report.unparsed)
        ours = {program.label for program in work.programs if not program.earlier}
        highest = {label: figure for label, figure in report.highest.items() if label in ours}
    return SimilarityView(
        pairs=tuple(_views(work, found, spread, most_common, of)),
        programs=len(work.programs),
        all_pairs=spread.pairs,
        quantiles=quantiles(spread),
        question=work.question,
        computed_ms=work.computed_ms,
        histogram=tuple(spread.histogram),
        rank_histogram=() if ranks is None else tuple(ranks.histogram),
        listed_from=work.listed_from,
        least_tokens=work.least_tokens,
        too_small=work.too_small,
        unparsed=unparsed,
        highest=highest,
        outside=sum(program.earlier for program in work.programs),
        of=of,
        engine=ENGINE,
    )


def _views(work: ClassWork, found: Sequence[Pair], spread: Spread, most_common: float, of: str) -> Iterator[PairView]:
    programs = {program.label: program for program in work.programs}
    with_lines = PAIRS_WITH_LINES_OF_ONE if of else PAIRS_WITH_LINES
    uncommon: Sequence[float | None] = [None] * len(found)
    if most_common > 0:
        places = {program.label: place for place, program in enumerate(work.programs)}
        uncommon = without_common([(places[pair.a], places[pair.b]) for pair in found], features_of(work), most_common)
    for place, (pair, without) in enumerate(zip(found, uncommon, strict=True)):
        yield PairView(
            a=pair.a,
            b=pair.b,
            a_name=work.names[pair.a],
            b_name=work.names[pair.b],
            jaccard=pair.jaccard,
            rank=pair.rank,
            shared_lines=_lines(programs[pair.a], programs[pair.b], work) if place < with_lines else 0,
            too_short=pair.short,
            by_tokens=pair.by_tokens,
            below=round(spread.share_below(pair.jaccard), 4),
            uncommon=without,
        )


def features_of(work: ClassWork) -> list[Features]:
    """Return the features of every program; those that did not change since the last time are remembered."""
    return [features_in(work.starters, program) for program in work.programs]


def figures_of(work: ClassWork, a: int, b: int) -> Pair:
    """Return the figures of the programs at two places within the class, the same as in the list of all pairs."""
    one, other = work.programs[a], work.programs[b]
    pairs, _ = standing_of(work.question, work.starters).alike(work.programs, one.label)
    found = next((pair for pair in pairs if pair.b == other.label), None)
    return found or pair_within(work.programs, features_of(work), a, b)


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
    return _shared_lines(work.starters, *_key(a), *_key(b))


def _key(program: Program) -> tuple[Files, Stretches]:
    return tuple(program.files.items()), tuple(program.given.items())


@lru_cache(maxsize=4 * PAIRS_WITH_LINES)
def _shared_lines(
    starters: tuple[str, ...], a_files: Files, a_given: Stretches, b_files: Files, b_given: Stretches
) -> int:
    """Return how many lines of `a` with something on them lie in matching regions."""
    lines: set[tuple[str, int]] = set()
    files = dict(a_files)
    for region in regions_between(_read_once(starters, a_files, a_given), _read_once(starters, b_files, b_given)):
        text = files[region.file_a]
        first = text.count("\n", 0, region.start_a)
        for number, line in enumerate(text[region.start_a : region.end_a].split("\n"), first):
            if line.strip():
                lines.add((region.file_a, number))
    return len(lines)


@lru_cache(maxsize=READ_ONCE)
def _read_once(starters: tuple[str, ...], files: Files, given: Stretches) -> Marked:
    return Marked(Program(owner="", files=dict(files), given=dict(given)), starters)
