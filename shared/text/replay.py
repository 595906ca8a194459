"""From the events of a journal to the changes of its files: the one reading of the log that every side shares."""

from collections.abc import Iterator

from shared.events import kinds
from shared.events.codec import Unknown
from shared.text.edits import Back, Change, Edit, FileCreated, FileDeleted, FileEdited, FileRenamed, Origin
from shared.text.workspace import Workspace

_CREATED = {
    "starter": Origin.STARTER,
    "data": Origin.STARTER,
    "student": Origin.TYPED,
    "restored": Origin.PROGRAM,
}
_EDITED = {
    "type": Origin.TYPED,
    "undo": Origin.MOVED,
    "redo": Origin.MOVED,
    "revert": Origin.MOVED,
    "tool": Origin.PROGRAM,
}
KNOWN_LEAST = 12
"""So many characters that the session had as they are were not brought in anew, whatever the desk knew of them."""


def back_of(how: str) -> Back:
    """Return whether an edit of this kind takes one back."""
    return "undo" if how == "undo" else "redo" if how == "redo" else ""


def changes_of(seq: int, payload: kinds.Payload | Unknown, workspace: Workspace) -> Iterator[Change]:
    """Yield what event `seq` does to the files, in order; nothing for events that do not touch them.

    The changes are applied one by one while this is iterated: a later part of a long text is placed by the
    `workspace` that the earlier part left.
    """
    match payload:
        case kinds.Edit(file=file, changes=changes, how=how):
            origin = _EDITED[how]
            for change in changes:
                edit = Edit(change.at, change.removed, change.text, origin, seq, back=back_of(how))
                yield FileEdited(file, edit)
        case kinds.Paste(file=file, at=at, removed=removed, text=text, clip=clip):
            known = clip == "own" or (
                len(text.strip()) >= KNOWN_LEAST and workspace.source_of(text, file) is not None
            )  # a desk that was started again no longer knows what was copied before
            origin = Origin.MOVED if known else Origin.OUTSIDE
            yield FileEdited(file, Edit(at, removed, text, origin, seq))
        case kinds.FileCreated(file=file, text=text, origin=created, part=1):
            yield FileCreated(file, seq, text, _CREATED[created])
        case kinds.FileCreated(file=file, text=text, origin=created):
            end = workspace.model(file).length
            yield FileEdited(file, Edit(end, 0, text, _CREATED[created], seq))
        case kinds.FileRemoved(file=file):
            yield FileDeleted(file, seq)
        case kinds.FileRenamed(file=file, to=to):
            yield FileRenamed(file, seq, to)
        case _:
            return


def apply_event(workspace: Workspace, seq: int, payload: kinds.Payload | Unknown) -> None:
    """Bring the files to where they stood after event `seq`; raises `PeerFault` for one that does not fit."""
    for change in changes_of(seq, payload, workspace):
        workspace.apply(change)


def leave_journal(workspace: Workspace) -> None:
    """Take all files away before the next journal of the session restores them; their origins are remembered."""
    for file in workspace.files:
        workspace.apply(FileDeleted(file, 0))
