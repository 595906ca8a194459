"""Sections and roster."""

from typing import ClassVar, Literal

from examdesk.staffapi.messages.base import Answer, Command, Request, Value
from examdesk.staffapi.messages.exam import SectionView
from examdesk.staffapi.permissions import Permission


class RosterEntry(Value, frozen=True, kw_only=True):
    """A person on the roster."""

    student: str
    name: str
    section: str = ""
    email: str = ""
    seat: str = ""
    room: str = ""
    tags: tuple[str, ...] = ()
    factor: float = 1.0
    extra_minutes: int = 0
    joined: bool = False
    personal_code: str = ""
    provisional: bool = False
    """Joined without being on the list; a person says who it is (`SetIdentity`)."""
    session: str = ""


class RosterView(Answer, frozen=True, kw_only=True):
    """The roster as it stands."""

    entries: tuple[RosterEntry, ...]
    sections: tuple[SectionView, ...]


class GetRoster(Request[RosterView], frozen=True, kw_only=True):
    """Ask for the roster."""

    NEEDS: ClassVar[Permission | None] = Permission.ROSTER


class RosterRow(Value, frozen=True, kw_only=True):
    """A line of an imported file and what would come of it."""

    line: int
    student: str
    name: str
    section: str
    outcome: Literal["added", "changed", "unchanged", "doubtful", "refused"]
    sentence: str = ""
    email: str = ""


class RosterPreview(Answer, frozen=True, kw_only=True):
    """What an import would do; nothing is done yet. `columns` maps our fields to the file's headings."""

    preview: str
    rows: tuple[RosterRow, ...]
    columns: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]
    counts: dict[str, int]


class PreviewRoster(Request[RosterPreview], frozen=True, kw_only=True):
    """Read a roster file (CSV or XLSX, at most 8 MiB) and say what it would change."""

    NEEDS: ClassVar[Permission | None] = Permission.ROSTER
    file_name: str
    data: bytes


class ApplyRoster(Command, frozen=True, kw_only=True):
    """Do what a preview showed; doubtful rows only if `with_doubtful`."""

    NEEDS: ClassVar[Permission | None] = Permission.ROSTER
    preview: str
    with_doubtful: bool = False


class PutStudent(Command, frozen=True, kw_only=True):
    """Add one student, or change the one with this id; what is None stays as it is."""

    NEEDS: ClassVar[Permission | None] = Permission.ROSTER
    student: str
    name: str
    section: str = ""
    factor: float = 1.0
    extra_minutes: int = 0
    email: str | None = None
    room: str | None = None
    seat: str | None = None
    tags: tuple[str, ...] | None = None


class RemoveStudent(Command, frozen=True, kw_only=True):
    """Take somebody off the roster who has not joined; whose work is here stays."""

    NEEDS: ClassVar[Permission | None] = Permission.ROSTER
    student: str


class SetIdentity(Command, frozen=True, kw_only=True):
    """Say whose work a session is: that of somebody on the roster who has none yet.

    The name under which the session joined is valid too, and takes an earlier such command back.
    """

    NEEDS: ClassVar[Permission | None] = Permission.ROSTER
    session: str
    student: str


class PutSection(Command, frozen=True, kw_only=True):
    """Add a section, or change the one with this name."""

    NEEDS: ClassVar[Permission | None] = Permission.ROSTER
    name: str
    room: str = ""
