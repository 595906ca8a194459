"""Changes of the exam while it runs: what they are, whom they concern, and bringing them to the desks."""

from typing import ClassVar

from examdesk.staffapi.messages.base import Answer, Command, Request, Target, Value
from examdesk.staffapi.permissions import Permission


class EditionChange(Value, frozen=True, kw_only=True):
    """One change; `question` is empty for the exam as a whole, `sessions` are those whose students have it."""

    what: str
    question: str = ""
    sentence: str = ""
    sessions: int = 0


class EditionPreview(Answer, frozen=True, kw_only=True):
    """What would change at the desks if the exam's folder was applied as it stands now.

    Attributes:
        current: the number of the edition that desks have, 0 for the first content.
        token: names what was looked at; applying it says so, and is refused where the folder has changed since.
        changes: what reaches desks; empty where desks have what the folder says.
        later: what waits for the hub's next start, a sentence each.
        added: questions that are new: nobody who has begun gets one unless it is given.
        questions: every question that can be given, with its title.
        begun: sessions whose time has begun; `online` of them connected.
        problem: why the folder can't be applied, with its file and line; empty where it can.
    """

    current: int
    token: str = ""
    changes: tuple[EditionChange, ...] = ()
    later: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    questions: tuple[tuple[str, str], ...] = ()
    begun: int = 0
    online: int = 0
    problem: str = ""


class PreviewEdition(Request[EditionPreview], frozen=True, kw_only=True):
    """Ask what would change; nothing is done."""

    NEEDS: ClassVar[Permission | None] = Permission.CONTROL


class GiveQuestion(Value, frozen=True, kw_only=True):
    """A question that some get beside what they have drawn, at the end of their list."""

    question: str
    target: Target = Target()


class ApplyEdition(Command, frozen=True, kw_only=True):
    """Bring the exam's folder, as it was previewed, to all desks, and give questions; all of it or nothing."""

    token: str
    give: tuple[GiveQuestion, ...] = ()
    reason: str = ""
