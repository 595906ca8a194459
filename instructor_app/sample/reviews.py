"""Reviews of the sample class, kept as a hub keeps them; and its students under pseudonyms."""

from collections.abc import Callable, Iterable

import msgspec

from examdesk.staffapi.messages import (
    AddNote,
    Assign,
    Done,
    GetReviewHistory,
    GetReviews,
    LiveRow,
    Looker,
    ReviewHistory,
    ReviewList,
    ReviewStatus,
    ReviewStepView,
    ReviewView,
    SetReview,
    SetReviewRules,
    StepKind,
)
from instructor_app.sample.people import drawn, session_id

ME = "Ada Instructor"
LONG_NOTE = (
    "Talked with the student on Monday: the long paste at 10:31 is the parser from last week's lab, which "
    "everybody got. She showed the file with its date. Nothing to follow up here; she wrote the rest line by line."
)
_BEGUN: tuple[tuple[int, str, StepKind, ReviewStatus, str, str], ...] = (
    (9, ME, "assigned", "Not reviewed", "", "Jonas Weber"),
    (8, "Jonas Weber", "note", "Not reviewed", "Ask for the lab file.", ""),
    (7, "Jonas Weber", "status", "Reviewed", LONG_NOTE, ""),
)
_ASKED: tuple[tuple[int, str, StepKind, ReviewStatus, str, str], ...] = (
    (6, "Jonas Weber", "status", "Needs follow-up", "See 10:31 and the pair with section B.", ""),
    (5, "Jonas Weber", "asked", "Needs follow-up", "Please look at the playback from 10:28 on.", ""),
)


def pseudonym(student: str) -> str:
    """Return what stands for a student while names are hidden."""
    letters = "0123456789abcdefghjkmnpqrstvwxyz"
    number = drawn(f"pseudonym {student}", 1 << 47)
    return "p" + "".join(letters[number >> 5 * place & 31] for place in range(9))


def blinded(row: LiveRow) -> LiveRow:
    """Return a row without the student's name."""
    name = pseudonym(row.student)
    return msgspec.structs.replace(row, student=name, name=name, seat="", device="pc-4f2k" if row.device else "")


class SampleReviews:
    """Steps by session; some are there from the beginning."""

    def __init__(self, rows: Iterable[LiveRow], now_ms: int) -> None:
        self._now_ms = now_ms
        self.two = False
        self.steps: dict[str, list[ReviewStepView]] = {}
        for row in rows:
            if not row.session:
                continue
            begun = _BEGUN if row.review == "Reviewed" else _ASKED if drawn(row.name + "asked", 12) == 3 else ()
            self.steps[row.session] = [
                self._step(minutes, who, kind, status, note, whom) for minutes, who, kind, status, note, whom in begun
            ]

    def _step(  # noqa: PLR0917 - the fields of a step
        self, minutes: int, who: str, kind: StepKind, status: ReviewStatus, note: str = "", whom: str = ""
    ) -> ReviewStepView:
        at_ms = self._now_ms - minutes * 60_000
        return ReviewStepView(at_ms=at_ms, who=who, step=kind, status=status, words=kind, note=note, whom=whom)

    def status(self, session: str) -> ReviewStatus:
        """Return how a session's review stands."""
        steps = self.steps.get(session)
        return steps[-1].status if steps else "Not reviewed"

    def list(self, ask: GetReviews) -> ReviewList:
        """Return how reviews stand."""
        wanted = self.steps if ask.sessions is None else ask.sessions
        return ReviewList(
            rows=tuple(self._view(session) for session in wanted), people=(ME, "Jonas Weber"), second_person=self.two
        )

    def _view(self, session: str) -> ReviewView:
        steps = self.steps.get(session, [])
        assigned = [step.whom for step in steps if step.step == "assigned"]
        asked = steps[-1] if steps and steps[-1].step == "asked" else None
        return ReviewView(
            session=session,
            status=self.status(session),
            assignee=assigned[-1] if assigned else "",
            asked_by=asked.who if asked is not None else "",
            asked_ms=asked.at_ms if asked is not None else None,
            steps=len(steps),
            notes=sum(bool(step.note) for step in steps),
            last_ms=steps[-1].at_ms if steps else None,
            last_who=steps[-1].who if steps else "",
        )

    def history(self, ask: GetReviewHistory) -> ReviewHistory:
        """Return everything that was said about one."""
        here = (Looker(who="Jonas Weber", at_ms=self._now_ms - 120_000),) if ask.session == session_id(0) else ()
        return ReviewHistory(session=ask.session, steps=tuple(self.steps.get(ask.session, ())), lookers=here)

    def commands(self, tell: Callable[[Iterable[str]], None]) -> dict[type, Callable[..., Done]]:
        """Return who does what; `tell` is told which sessions changed."""

        def add(sessions: Iterable[str], step: ReviewStepView, sentence: str) -> Done:
            named = list(sessions)
            for session in named:
                kept = step if step.step == "status" else msgspec.structs.replace(step, status=self.status(session))
                self.steps.setdefault(session, []).append(kept)
            tell(named)
            return Done(sentence=sentence)

        def put(ask: SetReview) -> Done:
            if self.two and ask.status == "Escalated":
                step = self._step(0, ME, "asked", ask.status, ask.note)
                return add(ask.sessions, step, "You asked for “Escalated”. It is set once another person confirms it.")
            many = "" if len(ask.sessions) == 1 else f": {len(ask.sessions)} sessions"
            return add(ask.sessions, self._step(0, ME, "status", ask.status, ask.note), f"Set to {ask.status}{many}.")

        def note(ask: AddNote) -> Done:
            return add(ask.sessions, self._step(0, ME, "note", "Not reviewed", ask.note), "The note is kept.")

        def assign(ask: Assign) -> Done:
            many = "1 session is" if len(ask.sessions) == 1 else f"{len(ask.sessions)} sessions are"
            words = f"{many} for {ask.to or 'nobody in particular'} to review."
            return add(ask.sessions, self._step(0, ME, "assigned", "Not reviewed", "", ask.to), words)

        def rules(ask: SetReviewRules) -> Done:
            self.two = ask.second_person
            tell(())
            return Done(sentence="From now on “Escalated” takes two people: one asks, another one confirms.")

        return {SetReview: put, AddNote: note, Assign: assign, SetReviewRules: rules}
