"""The read models as answers of the staff API: one method a request, so that a hub's handlers are one line each.

Methods run on whichever thread owns the `LiveModel`, in milliseconds; `similarity_work` collects what `compare` then
works out in another process.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from examdesk.evidence.signals import Given
from examdesk.readmodels import (
    audit,
    classroom,
    lost_time,
    playback,
    reviews,
    series,
    session,
    similar_pair,
    similarity,
)
from examdesk.readmodels.exam import given_in, given_texts, rules_of
from examdesk.readmodels.live import LiveModel, Online, nobody
from examdesk.readmodels.session import find_session
from examdesk.staffapi import messages as api
from examdesk.store import Reader
from shared.clock import Clock
from shared.exam.content import Content
from shared.exam.document import Exam
from shared.ids import JournalId, SessionId
from shared.log.entry import Entry

Heard = tuple[int | None, int | None]
"""When a desk was last heard, and how many MB its disk had free then."""


class Answers:
    """Answers what staff ask about students, from memory and from the records.

    Attributes:
        live: the facts; `load` them before the first question.
    """

    def __init__(self, reader: Reader, exam: Exam, content: Content, clock: Clock, online: Online = nobody) -> None:
        self._reader = reader
        self._exam = exam
        self._clock = clock
        self._online = online
        given: Given = given_in(reader, exam.id, content)
        self._starters = given.starters
        self.live = LiveModel(reader, exam.id, rules_of(exam, given))

    def use(self, exam: Exam, content: Content) -> None:
        """Go on with another edition of the exam, which is in the records by now."""
        self._exam = exam
        given = given_in(self._reader, exam.id, content)
        self._starters = given.starters
        self.live.give(given)

    def drawn(self) -> dict[str, int]:
        """Return how many sessions have each question."""
        found: Counter[str] = Counter()
        for facts in self.live.facts.values():
            found.update(() if facts.current is None else facts.current.drawn)
        return dict(found)

    def take(self, journal: JournalId, entries: Sequence[Entry]) -> SessionId | None:
        """Take events that were just committed; see `LiveModel.take`."""
        return self.live.take(journal, entries)

    def table(
        self,
        request: api.GetLive,
        held: Sequence[api.HeldJoin] | None = None,
        heard: Mapping[str, Heard] | None = None,
        *,
        reviews: bool = True,
    ) -> api.LiveTable:
        """Return the live table; `held` are the joins that wait, read from the records where not given.

        `heard` is what only connections know, by session in hexadecimal. Without `reviews` nothing is said of them.
        """
        table = self.live.table(self._clock.wall_ms(), self._online, request.sessions, held)
        rows = table.rows
        if heard:
            rows = tuple(_with(row, heard.get(row.session)) for row in rows)
        if not reviews:
            rows = tuple(map(_without_review, rows))
        return msgspec.structs.replace(table, rows=rows)

    def series(self, _request: api.GetSeries) -> api.Series:
        """Return status and runs over time."""
        return series.series(self.live, self._clock.wall_ms(), self._online)

    def draw(self, request: api.GetDraw) -> api.DrawView:
        """Return which questions a session got; raises `NotThere`."""
        return session.draw_view(self.live, request.session)

    def session(self, request: api.GetSession, *, reviews: bool = True, signals: bool = True) -> api.SessionView:
        """Return one session, with nothing of its review or its signals where these are left out; raises `NotThere`."""
        now = self._clock.wall_ms()
        found = session.session_view(self.live, self._reader, request.session, now, self._online)
        if not reviews:
            found = msgspec.structs.replace(found, row=_without_review(found.row))
        return found if signals else msgspec.structs.replace(found, signals=())

    def runs(self, request: api.GetRuns) -> api.RunList:
        """Return a session's runs; raises `NotThere`."""
        return session.runs(self.live, self._reader, request.session)

    def text(self, request: api.GetText) -> api.TextView:
        """Return a text at a moment; raises `NotThere`."""
        moment = (request.journal, request.seq)
        return session.text_view(self.live, self._reader, request.session, request.file, moment)

    def events(self, request: api.GetEvents) -> api.EventList:
        """Return a page of events; raises `NotThere`."""
        page = (request.start, request.limit)
        return session.events(self.live, self._reader, request.session, page, request.kinds)

    def playback(self, request: api.GetPlayback) -> api.Playback:
        """Return a piece of a session's events; raises `NotThere`."""
        return playback.playback(self.live, self._reader, request)

    def given_texts(self, request: api.GetGivenTexts) -> api.GivenTexts:
        """Return what a content of the exam gave to read; raises `NotThere`."""
        session.find_session(self.live, request.session)
        return given_texts(self._reader, self._exam.id, request.content)

    def similarity_work(self, request: api.GetSimilarity | api.GetSideBySide) -> similarity.ClassWork:
        """Collect what `compare(work, limit)` and `show_pair(work, (a, b))` work out, here or in another process."""
        return similarity.class_work(self.live, self._starters, request.question, self._clock.wall_ms())

    def pair_work(self, request: api.GetSideBySide) -> tuple[similarity.ClassWork, similar_pair.Lines]:
        """Collect what `show_pair` and then `in_time` work out; raises `NotThere`."""
        pair = (request.a, request.b)
        return self.similarity_work(request), similar_pair.lines_of(self.live, pair)

    def side_by_side(self, request: api.GetSideBySide) -> api.SideBySide:
        """Return one pair; raises `NotThere`."""
        work, lines = self.pair_work(request)
        return similar_pair.in_time(self._reader, lines, similar_pair.show_pair(work, (request.a, request.b)))

    def audit(self, request: api.GetAudit) -> api.AuditLog:
        """Return the newest entries of the audit log."""
        about = self.live.sessions[find_session(self.live, request.session)].student if request.session else ""
        return audit.audit_log(self._reader, self._exam.id, request, about)

    def signals(self, request: api.GetSignals) -> api.SignalList:
        """Return signals of the class."""
        return classroom.class_signals(self.live, request)

    def hand_ins(self, request: api.GetHandIns) -> api.HandIns:
        """Return who handed in."""
        return classroom.hand_ins(self.live, self._reader, self._exam.id, self._online, missing=request.missing)

    def notices(self, _request: api.GetNotices) -> api.NoticeList:
        """Return what staff wrote."""
        return classroom.notices(self.live)

    def delivery(self, request: api.GetDelivery) -> api.Delivery:
        """Return whom a notice reached; raises `NotThere`."""
        return classroom.delivery(self.live, request.number, self._online)

    def ledger(self, request: api.GetLedger, stops: lost_time.Stops) -> api.Ledger:
        """Return what students lost of their time; `stops` is what staff did with their clocks. Raises `NotThere`."""
        return lost_time.ledger(self.live, self._reader, self._exam.id, stops, request, now_ms=self._clock.wall_ms())

    def incidents(self, request: api.GetIncidents) -> api.IncidentList:
        """Return what was written down."""
        return classroom.incidents(self._reader, self._exam.id, request.session)

    def reviews(self, request: api.GetReviews, *, second_person: bool) -> api.ReviewList:
        """Return how reviews stand; raises `NotThere`."""
        return reviews.reviews(self.live, self._reader, self._exam.id, request, second_person=second_person)

    def review_history(self, request: api.GetReviewHistory) -> api.ReviewHistory:
        """Return what reviewers did about a session; raises `NotThere`."""
        return reviews.history(self.live, self._reader, request)


def _without_review(row: api.LiveRow) -> api.LiveRow:
    return msgspec.structs.replace(row, review=None)


def _with(row: api.LiveRow, heard: Heard | None) -> api.LiveRow:
    return row if heard is None else msgspec.structs.replace(row, heard_ms=heard[0], free_mb=heard[1])
