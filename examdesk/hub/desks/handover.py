"""What a desk gets when a session goes on in a new journal: the workspace as it was last acknowledged."""

import asyncio
from collections.abc import Iterable
from itertools import groupby

from examdesk.evidence.workspace import fold
from examdesk.hub.services import Services
from examdesk.hub.sessions.registry import Journal
from examdesk.store.records import entries_of
from shared.ids import JournalId
from shared.text import Origin, Workspace
from shared.wire.messages import SavedFile

CHARS_PER_FILE = 24 * 1024
"""Code points of one `SavedFile`: at most four bytes each, and its spans, stay far below a frame."""


async def saved_files(services: Services, moved_from: Journal) -> list[tuple[SavedFile, ...]]:
    """Return the files of the session up to `moved_from`, in groups of one frame each."""
    line = [moved_from.row.journal]
    row = moved_from.row
    while row.parent is not None and row.parent in services.registry.journals:
        line.append(row.parent)
        row = services.registry.journals[row.parent].row
    workspace = await asyncio.to_thread(_newest_workspace, services, line)
    return [(piece,) for file in workspace.files for piece in _pieces(workspace, file)]


def _newest_workspace(services: Services, line: list[JournalId]) -> Workspace:
    """Return the workspace of the newest journal that has one: a journal that goes on begins with all files."""
    with services.reader.connect() as connection:
        for journal in line:
            workspace = fold(entries_of(connection, journal))
            if workspace.files:
                return workspace
    return Workspace()


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
