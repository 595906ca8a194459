"""Which questions a session has: drawn once, or where staff had it redone; and what staff gave beside the draw."""

import msgspec

from shared.events import kinds
from shared.exam.content import Content
from shared.exam.drawing import session_seed
from shared.ids import SessionId
from shared.wire.standing import Standing
from student_app.core.content import drawn_for
from student_app.core.memory import Memory


class NewDraw(msgspec.Struct, frozen=True):
    """An event to be recorded, and the questions in it that came later, beside the draw."""

    drawn: kinds.Drawn
    added: tuple[str, ...]


def next_draw(
    memory: Memory, content: Content, standing: Standing | None, session: SessionId, edition: int
) -> NewDraw | None:
    """Return what is to be recorded now; None where the log has it already (P-15, P-18)."""
    draws = max(memory.draws, standing.draws if standing is not None else 0)
    questions = memory.drawn
    if not memory.drawn or draws > memory.draws:
        questions = tuple(drawn_for(content, session, draws).questions())
    given = standing.added if standing is not None else ()
    added = tuple(each for each in given if each not in questions and content.question(each) is not None)
    if (*questions, *added) == memory.drawn and draws == memory.draws:
        return None
    seed = session_seed(session, draws).hex()
    later = added if memory.drawn and draws == memory.draws else ()
    return NewDraw(kinds.Drawn(seed=seed, questions=(*questions, *added), draws=draws, edition=edition), later)


def recorded_draw(memory: Memory, session: SessionId) -> kinds.Drawn | None:
    """Return the questions as a journal has them, for one that goes on from it; None before the draw."""
    if not memory.drawn:
        return None
    seed = session_seed(session, memory.draws).hex()
    return kinds.Drawn(seed=seed, questions=memory.drawn, draws=memory.draws)
