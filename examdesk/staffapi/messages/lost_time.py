"""What students lost of their time, and what staff decide about it."""

from typing import ClassVar, Literal

from examdesk.staffapi.messages.base import Answer, Command, Request, Value
from examdesk.staffapi.permissions import Permission

LostKind = Literal["crash", "restart", "moved", "late", "pause", "alarm", "lock", "opened", "sleep"]
LostState = Literal["open", "given back", "credited", "declined"]


class LostItem(Value, frozen=True, kw_only=True):
    """One stretch of lost time. `seq` of `journal` is the first event after it; no journal for what staff did.

    `proposed`: a credit is proposed for it; others are listed for a person to judge.
    """

    key: str
    kind: LostKind
    start_ms: int
    end_ms: int
    seconds: int
    explanation: str
    state: LostState
    proposed: bool
    journal: str = ""
    seq: int = -1


class CreditView(Value, frozen=True, kw_only=True):
    """What somebody decided; 0 seconds: nothing is given."""

    at_ms: int
    who: str
    seconds: int
    proposed: int
    reason: str


class LedgerRow(Value, frozen=True, kw_only=True):
    """What one student lost, in seconds, and what came of it."""

    session: str
    student: str
    name: str
    section: str
    items: tuple[LostItem, ...]
    credits: tuple[CreditView, ...]
    lost: int
    given_back: int
    credited: int
    proposed: int
    """Seconds that are proposed now, in whole minutes."""
    ends_ms: int | None
    over: bool
    """The session has ended or was handed in: reopen it before time is given."""


class Ledger(Answer, frozen=True, kw_only=True):
    """One row per student who lost something or about whom something was decided, by name."""

    rows: tuple[LedgerRow, ...]
    hub_ms: int


class GetLedger(Request[Ledger], frozen=True, kw_only=True):
    """Ask what was lost; of one session, or of everybody."""

    NEEDS: ClassVar[Permission | None] = Permission.CONTROL
    session: str = ""


class CreditTime(Command, frozen=True, kw_only=True):
    """Give time for these stretches, or, with 0 seconds, decide that nothing is given.

    What is given is an extension of this session, as it is, with this reason, which the student reads.
    """

    session: str
    seconds: int
    items: tuple[str, ...]
    reason: str = ""
