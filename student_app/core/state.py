"""What a screen shows of the desk: one frozen picture."""

import msgspec

from shared.events import kinds
from student_app.core.content import QuestionView
from student_app.core.packages import PackagesView
from student_app.core.ports import FoundHub
from student_app.core.session import Phase


class RunView(msgspec.Struct, frozen=True, kw_only=True):
    """A question's newest run; `reason` is empty while it goes on."""

    run: int
    file: str
    output: str
    reason: str
    seconds: float
    error: str
    line: int | None
    checks: bool = False
    figures: tuple[kinds.FigureState, ...] = ()


class NoticeView(msgspec.Struct, frozen=True):
    """A message of the staff; a correction may say how the prompt of its `question` reads from now on.

    What an edition of the exam changed has a number below 0, and says with `before` how the prompt was.
    """

    number: int
    kind: str
    text: str
    sender: str
    issued_ms: int
    read: bool
    question: str = ""
    prompt: str = ""
    before: str = ""


class DeskState(msgspec.Struct, frozen=True, kw_only=True):
    """The desk at one moment. Event numbers count from 0, -1 stands for none; times are ms.

    Attributes:
        left_ms: time left, None where no end is set.
        starts_in_ms: time until the start, None where it is not known.
        last: the last event; `saved` those on this PC's disk, `safe` those that the instructor has; `unsent` the rest.
        trouble: what is wrong with the disk, None for nothing.
        problem: what the student should know about joining or the hub, empty for nothing.
        code: of the hand-in, empty for none.
        paste: the exam's rule for pasting.
        alone: it began without a network, and nobody has confirmed yet who sits here.
        may_take_back: whether a hand-in can be taken back while there is time; `may_report` a problem be reported.
        review: whether the student may read the own work now that the exam is over.
        needs_code: the exam is here, sealed, and without a connection only a start code opens it.
        packages: how far the exam's packages are.
        honor: whether the student has affirmed what has to be; `affirms_anew` says that it reads otherwise since then:
            before the first question is shown it has to be done again, later it is asked for.
        locked: whether writing is locked here while the exam goes on.
        edition: which edition of the exam is shown, 0 for the first content.
        news: what happened to this PC or its journal that the student should read once, oldest first.
    """

    phase: Phase
    title: str = ""
    student: str = ""
    name: str = ""
    session: str = ""
    left_ms: int | None = None
    starts_in_ms: int | None = None
    last: int = -1
    saved: int = -1
    safe: int = -1
    unsent: int = 0
    online: bool = False
    trouble: str | None = None
    problem: str = ""
    hubs: tuple[FoundHub, ...] = ()
    questions: tuple[QuestionView, ...] = ()
    question: str = ""
    file: str = ""
    running: int = 0
    waiting_for_input: bool = False
    run: RunView | None = None
    notices: tuple[NoticeView, ...] = ()
    unread: int = 0
    hand: bool = False
    notes: str = ""
    code: str = ""
    honor: bool = False
    affirms_anew: bool = False
    note: str = ""
    paste: str = "allow"
    may_take_back: bool = True
    may_report: bool = True
    review: bool = False
    needs_code: bool = False
    packages: PackagesView = PackagesView()
    alone: bool = False
    news: tuple[str, ...] = ()
    edition: int = 0
    locked: bool = False
