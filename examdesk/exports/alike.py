"""Similarity of the class for the workbook and the report: all questions together, then each one."""

from collections.abc import Sequence

import msgspec

from examdesk.exports.gathering import Gathered, Gathering
from examdesk.exports.writing import Effort
from examdesk.readmodels.persons import persons
from examdesk.readmodels.similarity import enough, program_of, with_logged_starters
from examdesk.similarity import Spread, compare_all
from examdesk.staffapi.groups import groups_of

MOST_PAIRS = 300
MOST_GROUPED = 2_000
GROUPS_IN_WORDS = (
    "Programs that hang together by pairs of {percent} or more make groups. A group is a way to look at pairs, not a "
    "finding: its members need not be alike to each other."
)


class LikePair(msgspec.Struct, frozen=True, kw_only=True):
    """Two sessions; `below` is the share of the class's pairs whose plain figure is lower."""

    a: Gathered
    b: Gathered
    jaccard: float
    rank: float | None
    below: float
    too_short: bool


class LikeGroup(msgspec.Struct, frozen=True, kw_only=True):
    """Sessions that hang together by pairs of at least `Comparison.grouped_from`; how many pairs, their figures."""

    members: tuple[Gathered, ...]
    pairs: int
    low: float
    high: float


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """One comparison of the class; `question` is empty for all questions together."""

    question: str
    title: str
    programs: int
    pairs: tuple[LikePair, ...]
    spread: Spread
    grouped_from: float
    groups: tuple[LikeGroup, ...]


def compare_class(gathering: Gathering, effort: Effort) -> list[Comparison]:
    """Compare everybody with everybody; who wrote nothing, or too little, is left out, as in the window."""
    questions = gathering.opened.content.every_question
    found = [_compare(gathering, "", "All questions", effort)]
    if len(questions) > 1:
        found += [_compare(gathering, question.id, question.title, effort) for question in questions]
    return found


def _compare(gathering: Gathering, question: str, title: str, effort: Effort) -> Comparison:
    effort.step(1, "comparing programs")
    known = with_logged_starters(gathering.opened.given.starters, (one.facts for one in gathering.sessions))
    by_name = {one.row.session.hex(): one for one in gathering.sessions}
    people = persons(gathering.pages.roster)
    least = gathering.rules.signals.similarity_tokens
    found = (program_of(one.facts, one.row, question, known, people) for one in gathering.sessions)
    programs = [program for program in found if program is not None and enough(program, least)]
    report = compare_all(programs, known, limit=MOST_GROUPED)
    spread = report.distribution.jaccard
    pairs = tuple(
        LikePair(
            a=by_name[pair.a],
            b=by_name[pair.b],
            jaccard=pair.jaccard,
            rank=pair.rank,
            below=spread.share_below(pair.jaccard),
            too_short=pair.short,
        )
        for pair in report.pairs
    )
    enough_alike = gathering.rules.signals.similarity_percent / 100
    return Comparison(
        question=question,
        title=title,
        programs=report.programs,
        pairs=pairs[:MOST_PAIRS],
        spread=spread,
        grouped_from=enough_alike,
        groups=groups_among([pair for pair in pairs if pair.jaccard >= enough_alike]),
    )


def groups_among(pairs: Sequence[LikePair]) -> tuple[LikeGroup, ...]:
    """Return the groups that these pairs make, the largest first."""
    by_id = {one.row.session.hex(): one for pair in pairs for one in (pair.a, pair.b)}
    found = []
    for members in groups_of((pair.a.row.session.hex(), pair.b.row.session.hex()) for pair in pairs):
        inside = set(members)
        figures = [pair.jaccard for pair in pairs if pair.a.row.session.hex() in inside]
        sessions = tuple(by_id[member] for member in members)
        found.append(LikeGroup(members=sessions, pairs=len(figures), low=min(figures), high=max(figures)))
    return tuple(found)
