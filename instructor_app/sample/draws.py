"""Draws of the sample class: two questions each, in an order that drawing anew turns round."""

from examdesk.staffapi.messages import Done, DrawView, GetDraw, Redraw
from shared.exam.drawing import session_seed


class SampleDraws:
    """Counts how often a session was drawn anew."""

    def __init__(self) -> None:
        self._draws: dict[str, int] = {}

    def view(self, ask: GetDraw) -> DrawView:
        """Return a session's draw."""
        draws = self._draws.get(ask.session, 0)
        questions = ("q1", "q2") if draws % 2 == 0 else ("q2", "q1")
        seed = session_seed(bytes.fromhex(ask.session), draws).hex()
        return DrawView(session=ask.session, questions=questions, seed=seed, draws=draws)

    def redo(self, ask: Redraw) -> Done:
        """Draw anew."""
        self._draws[ask.session] = self._draws.get(ask.session, 0) + 1
        return Done(sentence="The questions are drawn anew; what was written is kept.")
