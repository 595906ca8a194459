"""Similarity of the class as it stands. Collected in the hub, worked out by a pure function in any process."""

from collections.abc import Iterator

import msgspec

from examdesk.readmodels.live import LiveModel
from examdesk.readmodels.session import NotThere, find_session
from examdesk.similarity import Program, Spread, compare_all, regions
from examdesk.staffapi.messages import PairView, SideBySide, SimilarityView
from shared.ids import SessionId

MOST_PAIRS = 5_000
PAIRS_WITH_LINES = 200
"""For so many pairs the matching lines are counted; it takes some milliseconds each."""
QUANTILES = 101


class ClassWork(msgspec.Struct, frozen=True, kw_only=True):
    """What is compared: programs named by their session, starter code, names to show; `question` empty means all."""

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
            programs.append(Program(owner=session.hex(), files=files))
            names[session.hex()] = live.name_of(session)
    return ClassWork(programs=tuple(programs), starters=starters, names=names, question=question, computed_ms=now_ms)


def _files(live: LiveModel, session: SessionId, question: str) -> Iterator[tuple[str, str]]:
    for file, text in live.facts[session].texts().items():
        if file.endswith(".py") and (not question or file.partition("/")[0] == question):
            yield file, text


def compare(work: ClassWork, limit: int = 500) -> SimilarityView:
    """Compare everybody with everybody; pure, and seconds long for a thousand: not for the hub's own loop."""
    report = compare_all(work.programs, work.starters, limit=max(1, min(limit, MOST_PAIRS)))
    programs = {program.owner: program for program in work.programs}
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


def side_by_side(live: LiveModel, starters: tuple[str, ...], pair: tuple[str, str], question: str = "") -> SideBySide:
    """Collect and show one pair at once; raises `NotThere`."""
    for session in pair:
        find_session(live, session)
    return show_pair(class_work(live, starters, question, 0), pair)


def show_pair(work: ClassWork, pair: tuple[str, str]) -> SideBySide:
    """Return the two texts and where they match, several files one after the other; pure, as `compare` is.

    The figures are those within the whole class, so they are the ones of the list.

    Raises:
        NotThere: one of the two has no text to compare.
    """
    programs = {program.owner: program for program in work.programs}
    if pair[0] not in programs or pair[1] not in programs:
        raise NotThere("One of the two has written nothing for this question yet.")
    one, other = programs[pair[0]], programs[pair[1]]
    a_text, a_starts = _together(one)
    b_text, b_starts = _together(other)
    matching = tuple(
        (
            a_starts[region.file_a] + region.start_a,
            a_starts[region.file_a] + region.end_a,
            b_starts[region.file_b] + region.start_b,
            b_starts[region.file_b] + region.end_b,
        )
        for region in regions(one, other, work.starters)
    )
    jaccard, rank = _figures(work, pair)
    return SideBySide(
        a_name=work.names[pair[0]],
        b_name=work.names[pair[1]],
        a_text=a_text,
        b_text=b_text,
        regions=matching,
        jaccard=jaccard,
        rank=rank,
    )


def _figures(work: ClassWork, pair: tuple[str, str]) -> tuple[float, float | None]:
    report = compare_all(work.programs, work.starters, limit=None)
    for found in report.of(pair[0]):
        if pair[1] in (found.a, found.b):
            return found.jaccard, found.rank
    return 0.0, None


def _together(program: Program) -> tuple[str, dict[str, int]]:
    """Return all files as one text, and where each begins; several get a line with their name first."""
    if len(program.files) == 1:
        file, text = next(iter(program.files.items()))
        return text, {file: 0}
    parts: list[str] = []
    starts: dict[str, int] = {}
    size = 0
    for file, text in program.files.items():
        heading = f"# ── {file} ──\n"
        ending = "" if text.endswith("\n") else "\n"
        starts[file] = size + len(heading)
        parts.append(heading + text + ending)
        size += len(parts[-1])
    return "".join(parts), starts
