"""Personal codes: new ones, and the sheet to print."""

from typing import ClassVar, Literal

from examdesk.staffapi.messages.base import Answer, Command, Request
from examdesk.staffapi.permissions import Permission


class NewCodes(Command, frozen=True, kw_only=True):
    """Give these students new personal codes; their old ones stop at once, and wrong tries are forgotten."""

    NEEDS: ClassVar[Permission | None] = Permission.ROSTER
    students: tuple[str, ...]


class CodeSheet(Answer, frozen=True, kw_only=True):
    """The sheet with codes, as a file: its usual name, its bytes, and on how many people."""

    name: str
    data: bytes
    people: int


class GetCodeSheet(Request[CodeSheet], frozen=True, kw_only=True):
    """Ask for slips to print (PDF) or a table (CSV) of these students, or of everybody on the roster."""

    NEEDS: ClassVar[Permission | None] = Permission.ROSTER
    form: Literal["pdf", "csv"] = "pdf"
    students: tuple[str, ...] = ()
