"""What a desk goes by that starts by a start code, without ever having heard the hub."""

from shared.admission.statement import is_statement, read_statement
from shared.exam.front import FrontPage
from shared.wire.standing import Standing
from student_app.core.journal_file import Identity


def granted_minutes(front: FrontPage | None, identity: Identity) -> int | None:
    """Return the working time of the front page, with what the student said to have been granted."""
    if front is None or front.minutes is None:
        return None
    began = identity.endorsement
    return front.minutes + (read_statement(began).extra_minutes if is_statement(began) else 0)


def blank_standing(identity: Identity, now_ms: int) -> Standing:
    """Return a standing in which nothing is set yet."""
    return Standing(exam=identity.exam.hex(), session=identity.session.hex(), revision=0, issued_ms=now_ms)
