"""What a desk gets when a session goes on in a new journal: the workspace as it was last acknowledged."""

import asyncio
import contextlib
from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple

from examdesk.evidence.workspace import fold
from examdesk.hub.services import Services
from examdesk.hub.sessions.registry import Journal
from examdesk.store.records import entries_of
from shared.events import decode, kinds
from shared.ids import JournalId
from shared.log.entry import Entry, unpack_header
from shared.problems import PeerFault
from shared.text import Origin, Workspace
from shared.wire.messages import SavedFile

CHARS_PER_FILE = 24 * 1024
"""Code points of one `SavedFile`: at most four bytes each, and its spans, stay far below a frame."""


class Saved(NamedTuple):
    """The files of a session in groups of one frame each, and its questions as they were drawn."""

    groups: list[tuple[SavedFile, ...]]
    drawn: tuple[str, ...] = ()
    draws: int = 0


async def saved_of(services: Services, moved_from: Journal) -> Saved:
    """Return what there is of the session up to `moved_from`."""
    line = [moved_from.row.journal]
    row = moved_from.row
    while row.parent is not None and row.parent in services.registry.journals:
        line.append(row.parent)
        row = services.registry.journals[row.parent].row
    workspace, drawn = await asyncio.to_thread(_newest, services, line)
    groups: list[tuple[SavedFile, ...]] = [(piece,) for file in workspace.files for piece in _pieces(workspace, file)]
    return Saved(groups) if drawn is None else Saved(groups, drawn.questions, drawn.draws)


def _newest(services: Services, line: list[JournalId]) -> tuple[Workspace, kinds.Drawn | None]:
    """Return workspace and draw of the newest journal that has files: one that goes on begins with all of them."""
    with services.reader.connect() as connection:
        for journal in line:
            entries = list(entries_of(connection, journal))
            workspace = fold(entries)
            if workspace.files:
                return workspace, _drawn(entries)
    return Workspace(), None


def _drawn(entries: list[Entry]) -> kinds.Drawn | None:
    """Return the last draw in a journal that can be read."""
    for entry in reversed(entries):
        if entry.payload is not None and unpack_header(entry.header).kind == kinds.Drawn.KIND:
            with contextlib.suppress(PeerFault):
                drawn = decode(kinds.Drawn.KIND, entry.payload)
                return drawn if isinstance(drawn, kinds.Drawn) else None
    return None


def _pieces(workspace: Workspace, file: str) -> list[SavedFile]:
    model = workspace.model(file)
    text = model.text
    pieces = []
    for start in range(0, max(len(text), 1), CHARS_PER_FILE):
        part = text[start : start + CHARS_PER_FILE]
        pieces.append(SavedFile(file, part, _spans(model.runs(start, len(part)))))
    return pieces


def _spans(runs: Iterable[tuple[int, Origin, int]]) -> tuple[tuple[int, int], ...]:
    """Return (length, origin) pairs; neighbours of one origin become one."""
    by_origin = groupby(runs, key=lambda run: run[1])
    return tuple((sum(run[0] for run in group), int(origin)) for origin, group in by_origin)
