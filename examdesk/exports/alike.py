"""Similarity of the class for the workbook and the report: all questions together, then each one."""

import msgspec

from examdesk.exports.gathering import Gathered, Gathering
from examdesk.exports.writing import Effort
from examdesk.readmodels.exam import starter_texts
from examdesk.similarity import Program, Spread, compare_all

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
    """Compare everybody with everybody; those who wrote nothing of their own are left out."""
    content = gathering.opened.content
    texts = {question.id: [text for _, text in starter_texts(question.starter)] for question in content.questions}
    everything = [text for starters in texts.values() for text in starters]
    found = [_compare(gathering, "", "All questions", everything, effort)]
    if len(content.questions) > 1:
        found += [
            _compare(gathering, question.id, question.title, texts[question.id], effort)
            for question in content.questions
        ]
    return found


def _compare(gathering: Gathering, question: str, title: str, starters: list[str], effort: Effort) -> Comparison:
    effort.step(0, "comparing programs")
    given = {text.strip() for text in starters}
    by_name: dict[str, Gathered] = {}
    programs = []
    for one, files in gathering.texts_of(question):
        if any(text.strip() and text.strip() not in given for text in files.values()):
            name = one.row.session.hex()
            by_name[name] = one
            programs.append(Program(owner=name, files=files))
    report = compare_all(programs, starters, limit=MOST_PAIRS)
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
