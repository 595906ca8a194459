"""What the window knows of reviews: how each stands, who reviews, how alike programs are."""

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from examdesk.staffapi.messages import (
    Changed,
    GetReviews,
    GetSimilarity,
    LiveRow,
    ReviewList,
    ReviewView,
    SimilarityView,
)
from instructor_app.bridge import Link
from instructor_app.kit import Kit
from shared.problems import Problem

TOPIC = "review"


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """One session in the queue; `alike` is the highest figure among all pairs with this session."""

    live: LiveRow
    review: ReviewView
    alike: float | None = None


def key_of(row: ReviewRow) -> str:
    """Return the id of a row."""
    return row.live.session


class ReviewBook(QObject):
    """Rows of the queue.

    Attributes:
        changed: (sessions of which rows changed; empty: all).
        failed: (sentence) the reviews could not be read.
        people: who may be asked to review.
        second_person: whether "Escalated" takes two people.
    """

    changed = Signal(object)
    failed = Signal(str)

    def __init__(self, kit: Kit, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._kit = kit
        self._views: dict[str, ReviewView] = {}
        self._alike: dict[str, float] = {}
        self.people: tuple[str, ...] = ()
        self.second_person = False
        kit.bridge.changed.connect(self._hear)
        kit.bridge.link_changed.connect(self._linked)
        kit.state.rows_changed.connect(self._live_changed)
        kit.state.names_changed.connect(self.refresh)

    def row(self, live: LiveRow) -> ReviewRow:
        """Return a session's row; the live table's status counts until its review was read."""
        view = self._views.get(live.session) or ReviewView(session=live.session, status=live.review or "Not reviewed")
        return ReviewRow(live, view, self._alike.get(live.session))

    def review_of(self, session: str) -> ReviewView | None:
        """Return how a session's review stands, as far as it was read."""
        return self._views.get(session)

    def rows(self) -> list[ReviewRow]:
        """Return everybody who joined."""
        return [self.row(live) for live in self._kit.state.rows.values() if live.session]

    def refresh(self) -> None:
        """Ask for all reviews."""
        self._kit.bridge.query(GetReviews(), self._take_all, self._problem, key="reviews")

    def compare(self) -> None:
        """Ask how alike the programs are; the figures stay until asked again."""
        self._kit.bridge.query(GetSimilarity(limit=1), self._take_highest, key="review pairs")

    def _linked(self, link: Link, _: str) -> None:
        if link is Link.UP:
            self.refresh()

    def _hear(self, change: Changed) -> None:
        if TOPIC in change.topics:
            known = tuple(each for each in change.sessions if self._kit.state.by_session(each) is not None)
            request = GetReviews(sessions=known) if known and len(known) == len(change.sessions) else GetReviews()
            then = self._take_some if request.sessions is not None else self._take_all
            self._kit.bridge.query(request, then, self._problem)

    def _live_changed(self, rows: list[LiveRow], everything: bool) -> None:
        self.changed.emit(() if everything else tuple(row.session for row in rows if row.session))

    def _take_all(self, found: ReviewList) -> None:
        self._views = {view.session: view for view in found.rows}
        self._take_rest(found)
        self.changed.emit(())

    def _take_some(self, found: ReviewList) -> None:
        self._views.update({view.session: view for view in found.rows})
        self._take_rest(found)
        self.changed.emit(tuple(view.session for view in found.rows))

    def _take_rest(self, found: ReviewList) -> None:
        self.people, self.second_person = found.people, found.second_person

    def _take_highest(self, found: SimilarityView) -> None:
        self._alike = found.highest
        self.changed.emit(())

    def _problem(self, problem: Problem) -> None:
        self.failed.emit(problem.sentence)
