"""Whoever reads evidence with `--data`, past the hub, is in the audit log as somebody who reads it through the hub."""

import getpass
import platform
import sys

from examdesk.hub.records.direct_looks import ROLE, note_look
from examdesk.hub.records.place import existing_place
from examdesk.store.audit import Deed
from shared.clock import SystemClock
from shared.ids import ExamId

OF_ALL = "looked at evidence of the class"
OF_ONE = "looked at a session"
SIGNALS = "looked at signals of the class"


def look(data: str, exam: ExamId, what: str, detail: str = "") -> None:
    """Write down that this computer's user is shown something; say on stderr where that can't be."""
    deed = Deed(who=_user(), role=ROLE, address=platform.node(), what=what, detail=detail)
    problem = note_look(existing_place(data), exam, SystemClock().wall_ms(), deed)
    if problem:
        sys.stderr.write(f"{problem}\n")


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a system account without a name
        return ""
