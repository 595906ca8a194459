"""Similarity of the class for the workbook and the report: all questions together, then each one."""

import msgspec

from examdesk.exports.gathering import Gathered, Gathering
from examdesk.exports.writing import Effort
from examdesk.readmodels.exam import starter_texts
from examdesk.readmodels.persons import persons
from examdesk.readmodels.similarity import enough, program_of, with_logged_starters
from examdesk.similarity import Spread, compare_all

MOST_PAIRS = 300


class LikePair(msgspec.Struct, frozen=True, kw_only=True):
    """Two sessions; `below` is the share of the class's pairs whose plain figure is lower."""

    a: Gathered
    b: Gathered
    jaccard: float
    rank: float | None
    below: float
    too_short: bool


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """One comparison of the class; `question` is empty for all questions together."""

    question: str
    title: str
    programs: int
    pairs: tuple[LikePair, ...]
    spread: Spread


def compare_class(gathering: Gathering, effort: Effort) -> list[Comparison]:
    """Compare everybody with everybody; who wrote nothing, or too little, is left out, as in the window."""
    content = gathering.opened.content
    texts = {question.id: [text for _, text in starter_texts(question.starter)] for question in content.every_question}
    everything = [text for starters in texts.values() for text in starters]
    found = [_compare(gathering, "", "All questions", everything, effort)]
    if len(content.every_question) > 1:
        found += [
            _compare(gathering, question.id, question.title, texts[question.id], effort)
            for question in content.every_question
        ]
    return found


def _compare(gathering: Gathering, question: str, title: str, starters: list[str], effort: Effort) -> Comparison:
    effort.step(1, "comparing programs")
    known = with_logged_starters(tuple(starters), (one.facts for one in gathering.sessions))
    by_name = {one.row.session.hex(): one for one in gathering.sessions}
    people = persons(gathering.pages.roster)
    least = gathering.rules.signals.similarity_tokens
    found = (program_of(one.facts, one.row, question, known, people) for one in gathering.sessions)
    programs = [program for program in found if program is not None and enough(program, least)]
    report = compare_all(programs, known, limit=MOST_PAIRS)
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
    return Comparison(question=question, title=title, programs=report.programs, pairs=pairs, spread=spread)
