"""The files of a session as its events leave them, with the origin of every character."""

from collections.abc import Callable, Iterable, Sequence

from shared.events import decode
from shared.ids import JournalId
from shared.log.entry import Entry, unpack_header
from shared.problems import PeerFault
from shared.text import Workspace
from shared.text.replay import apply_event, leave_journal


def fold(entries: Iterable[Entry], workspace: Workspace | None = None) -> Workspace:
    """Return the workspace after these entries of one journal, going on from `workspace` if one is given.

    Entries that were erased, can't be read or do not fit the text are left out: the record keeps them as they are.
    """
    files = Workspace() if workspace is None else workspace
    for entry in entries:
        if entry.payload is None:
            continue
        header = unpack_header(entry.header)
        try:
            apply_event(files, header.seq, decode(header.kind, entry.payload))
        except PeerFault:
            continue
    return files


def workspace_along(
    line: Sequence[tuple[JournalId, int]], last: int, entries: Callable[[JournalId, int], Iterable[Entry]]
) -> Workspace:
    """Return the workspace after event `last` of the last journal of a line.

    `line` names journals, oldest first, each with the event of the one before at which it goes on. A journal that goes
    on begins with the files restored; their characters keep the origin that they had in the journal before.
    `entries(journal, stop)` gives a journal's events before `stop`.
    """
    workspace = Workspace()
    for place, (journal, _) in enumerate(line):
        leave_journal(workspace)
        stop = line[place + 1][1] if place + 1 < len(line) else last
        workspace = fold(entries(journal, stop + 1), workspace)
    return workspace
