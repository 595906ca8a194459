"""One pair side by side: the texts, the passages, and when each passage appeared in each session.

`show_pair` is pure and runs in any process; `in_time` reads the events of the two sessions, on any thread.
"""

from collections.abc import Iterable, Sequence

import msgspec
import sqlalchemy as sa

from examdesk.evidence.appearing import Appeared, Moment, Place, Stretch, appearances, first_of
from examdesk.evidence.session import SessionFacts
from examdesk.evidence.signals import Given
from examdesk.readmodels.live import LiveModel, stored_entries
from examdesk.readmodels.session import NotThere, find_session
from examdesk.readmodels.similarity import ClassWork, features_of, figures_of
from examdesk.similarity import ENGINE, Program, Region, regions
from examdesk.similarity.pairing import commonness
from examdesk.staffapi import messages as api
from examdesk.store import Reader
from shared.ids import JournalId
from shared.log.entry import Entry

Line = tuple[Stretch, ...]
"""The journals along which a session went; empty for a program without events."""


class Lines(msgspec.Struct, frozen=True):
    """Up to where the events of a pair's sessions go that made the texts compared, and what the exam gave."""

    a: Line
    b: Line
    given: Given


def lines_of(live: LiveModel, pair: tuple[str, str]) -> Lines:
    """Return up to where the texts of a pair were read; a program that is no session of this exam has no line."""
    a, b = (_line(live, label) for label in pair)
    return Lines(a, b, live.rules.given)


def _line(live: LiveModel, label: str) -> Line:
    try:
        facts = live.facts[find_session(live, label)]
    except NotThere:
        return ()
    return tuple(_stretches(facts))


def _stretches(facts: SessionFacts) -> Iterable[Stretch]:
    """Yield the line up to the journal that `SessionFacts.texts` shows."""
    with_text = [place for place, each in enumerate(facts.main) if each.files.texts]
    rows = facts.line[: with_text[-1] + 1] if with_text else ()
    for place, row in enumerate(rows):
        stop = facts.journals[row.journal].last_seq + 1
        if place + 1 < len(rows):
            stop = min(stop, rows[place + 1].parent_seq + 1)
        yield Stretch(row.journal, stop)


def show_pair(work: ClassWork, pair: tuple[str, str]) -> api.SideBySide:
    """Return the two texts and where they match, several files one after the other; pure, as `compare` is.

    The figures are those within the whole class, so they are the ones of the list.

    Raises:
        NotThere: one of the two has no text to compare.
    """
    places = {program.label: place for place, program in enumerate(work.programs)}
    if pair[0] not in places or pair[1] not in places:
        raise NotThere("One of the two has written nothing for this question yet.")
    one, other = work.programs[places[pair[0]]], work.programs[places[pair[1]]]
    features = features_of(work)
    found = regions(one, other, work.starters)
    figures = figures_of(work, places[pair[0]], places[pair[1]])
    a_text, a_starts = _together(one)
    b_text, b_starts = _together(other)
    return api.SideBySide(
        a_name=work.names[pair[0]],
        b_name=work.names[pair[1]],
        a_text=a_text,
        b_text=b_text,
        regions=tuple(
            (
                a_starts[each.file_a] + each.start_a,
                a_starts[each.file_a] + each.end_a,
                b_starts[each.file_b] + each.start_b,
                b_starts[each.file_b] + each.end_b,
            )
            for each in found
        ),
        jaccard=figures.jaccard,
        rank=figures.rank,
        passages=_passages(found, commonness([_text(one, each) for each in found], features)),
        programs=len(work.programs),
        too_short=figures.short,
        by_tokens=figures.by_tokens,
        engine=ENGINE,
    )


def _text(program: Program, region: Region) -> str:
    return program.files[region.file_a][region.start_a : region.end_a]


def _passages(found: Sequence[Region], common: Sequence[int]) -> tuple[api.Passage, ...]:
    return tuple(
        api.Passage(
            file_a=each.file_a,
            start_a=each.start_a,
            end_a=each.end_a,
            file_b=each.file_b,
            start_b=each.start_b,
            end_b=each.end_b,
            tokens=each.tokens,
            programs_with_it=max(programs, 2),
        )
        for each, programs in zip(found, common, strict=True)
    )


def in_time(reader: Reader, lines: Lines, shown: api.SideBySide) -> api.SideBySide:
    """Return the pair with when each passage appeared, from the events of both sessions."""
    a_places = [Place(each.file_a, each.start_a, each.end_a) for each in shown.passages]
    b_places = [Place(each.file_b, each.start_b, each.end_b) for each in shown.passages]
    with reader.connect() as connection:
        a_found = _appearances(connection, lines.a, a_places, lines.given)
        b_found = _appearances(connection, lines.b, b_places, lines.given)
    passages = tuple(
        msgspec.structs.replace(passage, a=_view(a), b=_view(b), first=first_of(a, b))
        for passage, a, b in zip(shown.passages, a_found, b_found, strict=True)
    )
    return msgspec.structs.replace(shown, passages=passages)


def _appearances(
    connection: sa.Connection, line: Line, places: Sequence[Place], given: Given
) -> Sequence[Appeared | None]:
    if not line or not places:
        return [None] * len(places)

    def entries(journal: JournalId, stop: int) -> Iterable[Entry]:
        return stored_entries(connection, journal, 0, stop)

    return appearances(line, entries, places, given)


def _view(found: Appeared | None) -> api.AppearedView | None:
    if found is None:
        return None
    return api.AppearedView(
        began=_moment(found.began),
        there=_moment(found.there),
        last=_moment(found.last),
        typed=round(found.typed, 4),
        pasted=round(found.pasted, 4),
        moved=round(found.moved, 4),
        given=round(found.given, 4),
    )


def _moment(moment: Moment) -> api.MomentView:
    return api.MomentView(journal=moment.journal, seq=moment.seq, at_ms=moment.at_ms)


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
