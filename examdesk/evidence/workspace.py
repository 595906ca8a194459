"""The files of a session as its events leave them."""

from collections.abc import Iterable

from shared.events import decode
from shared.log.entry import Entry, unpack_header
from shared.problems import PeerFault
from shared.text import Workspace
from shared.text.replay import apply_event


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
