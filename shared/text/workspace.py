"""The files of a session at one moment, and where pasted text was before."""

from collections import deque
from collections.abc import Iterator, Mapping

import msgspec

from shared.text.blocks import Block, Runs, cut_runs
from shared.text.edits import (
    Change,
    Edit,
    EditMismatch,
    FileCopied,
    FileCreated,
    FileDeleted,
    FileEdited,
    FileFault,
    FileRenamed,
    MovedFrom,
    Origin,
)
from shared.text.model import TextModel

_CLIPS = 256  # removals and copies remembered, the newest; they are searched at every move
_CLIP_CHARACTERS = 4_000_000  # and of those as many as fit here, the newest always


class Clip(msgspec.Struct, frozen=True):
    """Text that was removed or copied, with its provenance."""

    text: str
    runs: Runs


class WorkspaceSnapshot(msgspec.Struct, frozen=True):
    """One moment of a workspace; shares its text with its neighbours in time."""

    files: tuple[tuple[str, tuple[Block, ...]], ...]
    clips: tuple[Clip, ...]


class Workspace:
    """Several files, changed by `apply`; equal changes give equal text and provenance on every computer.

    Text with `Origin.MOVED` keeps the provenance of its source, looked for in this order: the place named by
    `moved_from`; the newest removed or copied stretch that equals it, then that contains it; the same file; the other
    files in the order of their creation. Where nothing matches exactly, its origin is `Origin.MOVED`.
    """

    __slots__ = ("_clip_characters", "_clips", "_files")

    def __init__(self, files: Mapping[str, str] | None = None, origin: Origin = Origin.STARTER, seq: int = 0) -> None:
        self._files = {name: TextModel(text, origin, seq) for name, text in (files or {}).items()}
        self._clips: deque[Clip] = deque()
        self._clip_characters = 0

    @classmethod
    def from_snapshot(cls, snapshot: WorkspaceSnapshot) -> "Workspace":
        """Return the workspace as it was when `snapshot` was taken."""
        workspace = cls()
        workspace._files = {name: TextModel.from_snapshot(blocks) for name, blocks in snapshot.files}
        workspace._clips.extend(snapshot.clips)
        workspace._clip_characters = sum(len(clip.text) for clip in snapshot.clips)
        return workspace

    def snapshot(self) -> WorkspaceSnapshot:
        """Return this moment, to come back to with `from_snapshot`."""
        files = tuple((name, model.snapshot()) for name, model in self._files.items())
        return WorkspaceSnapshot(files, tuple(self._clips))

    @property
    def files(self) -> tuple[str, ...]:
        """The names, in the order of their creation."""
        return tuple(self._files)

    def text(self, file: str) -> str:
        """Return a file's text; raises `FileFault` when there is no such file."""
        return self.model(file).text

    def texts(self) -> dict[str, str]:
        """Return all files' texts by name."""
        return {name: model.text for name, model in self._files.items()}

    def model(self, file: str) -> TextModel:
        """Return a file's model, to be read; raises `FileFault` when there is no such file."""
        try:
            return self._files[file]
        except KeyError:
            raise FileFault(file, "does not exist") from None

    def apply(self, change: Change) -> None:
        """Make a change, or refuse it with a `PeerFault` and change nothing."""
        match change:
            case FileEdited(file, edit):
                self._edit(file, edit)
            case FileCreated():
                self._create(change)
            case FileRenamed(file, _, to):
                self._rename(file, to)
            case FileDeleted(file):
                model = self.model(file)
                self._remember(model.text, model.runs(0, model.length))
                del self._files[file]
            case FileCopied(file, _, offset, length):
                model = self.model(file)
                self._remember(model.slice(offset, length), model.runs(offset, length))

    def source_of(self, text: str, file: str, moved_from: MovedFrom | None = None) -> Runs | None:
        """Return the provenance of an exact earlier copy of `text`, pasted into `file`; None where there is none."""
        if not text:
            return None
        if moved_from is not None:
            named = self._at(text, moved_from)
            if named is not None:
                return named
        for clip in reversed(self._clips):
            if clip.text == text:
                return clip.runs
        for clip in reversed(self._clips):
            at = clip.text.find(text)
            if at >= 0:
                return cut_runs(clip.runs, at, at + len(text))
        for model in self._models_from(file):
            at = model.text.find(text)
            if at >= 0:
                return model.runs(at, len(text))
        return None

    def _models_from(self, file: str) -> Iterator[TextModel]:
        if file in self._files:
            yield self._files[file]
        for name, model in self._files.items():
            if name != file:
                yield model

    def _at(self, text: str, place: MovedFrom) -> Runs | None:
        model = self._files.get(place.file)
        if model is None or place.offset < 0 or place.offset + len(text) > model.length:
            return None
        if model.slice(place.offset, len(text)) != text:
            return None
        return model.runs(place.offset, len(text))

    def _edit(self, file: str, edit: Edit) -> None:
        model = self.model(file)
        model.check_range(edit.offset, edit.removed)
        carried = self.source_of(edit.inserted, file, edit.moved_from) if edit.origin is Origin.MOVED else None
        taken = Clip(*model.blocks.slice(edit.offset, edit.offset + edit.removed)) if edit.removed else None
        if taken is not None and edit.removed_text is not None and edit.removed_text != taken.text:
            raise EditMismatch(edit.offset, edit.removed)
        model.apply(edit, carried)
        if taken is not None:
            self._remember(taken.text, taken.runs)

    def _create(self, change: FileCreated) -> None:
        if change.file in self._files:
            raise FileFault(change.file, "exists already")
        model = TextModel()
        edit = Edit(0, 0, change.text, change.origin, change.seq)
        model.apply(edit, self.source_of(change.text, change.file) if change.origin is Origin.MOVED else None)
        self._files[change.file] = model

    def _rename(self, file: str, to: str) -> None:
        self.model(file)
        if to != file and to in self._files:
            raise FileFault(to, "exists already")
        self._files = {to if name == file else name: model for name, model in self._files.items()}

    def _remember(self, text: str, runs: Runs) -> None:
        if not text:
            return
        self._clips.append(Clip(text, runs))
        self._clip_characters += len(text)
        while len(self._clips) > _CLIPS or (self._clip_characters > _CLIP_CHARACTERS and len(self._clips) > 1):
            self._clip_characters -= len(self._clips.popleft().text)
