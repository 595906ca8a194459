"""The files of a session at one moment, and where pasted text was before."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from shared.text.blocks import Block, Runs, cut_runs
from shared.text.edits import (
    Back,
    Change,
    Edit,
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
from shared.text.piecing import Known, pieced
from shared.text.undoing import Taken, put, take

_CLIPS = 256  # removals and copies remembered, the newest; they are searched at every move
_OUTSIDE_CLIPS = 1024  # those with text from outside are remembered for longer, each only once
_CLIP_CHARACTERS = 4_000_000  # and of each kind as many as fit here, the newest always
_PIECED = frozenset({Origin.MOVED, Origin.PROGRAM})
_BACK: tuple[Back, ...] = ("undo", "redo")
_AT_ONCE = 12
_SIGNS = frozenset({"", "#"})  # what the editor puts in by itself, to indent or to comment


class Clip(msgspec.Struct, frozen=True):
    """Text that was removed or copied, with its provenance; `number` orders all of them."""

    text: str
    runs: Runs
    number: int = 0

    def stretch(self, offset: int, length: int) -> Runs:
        """Return the provenance of a part."""
        return cut_runs(self.runs, offset, offset + length)


class WorkspaceSnapshot(msgspec.Struct, frozen=True):
    """One moment of a workspace; shares its text with its neighbours in time."""

    files: tuple[tuple[str, tuple[Block, ...]], ...]
    clips: tuple[Clip, ...]
    outside: tuple[Clip, ...] = ()
    taken: tuple[tuple[tuple[str, Back], Taken], ...] = ()


class _Clips:
    """The newest stretches that were removed or copied, as many as the limits let; by a key of which each is one."""

    __slots__ = ("_by_key", "_characters", "_key", "_most")

    def __init__(self, most: int, key: Callable[[Clip], object], clips: Sequence[Clip] = ()) -> None:
        """`clips` are what such a store had before."""
        self._most = most
        self._key = key
        self._by_key = {key(clip): clip for clip in clips}
        self._characters = sum(len(clip.text) for clip in clips)

    def put(self, clip: Clip) -> None:
        key = self._key(clip)
        before = self._by_key.pop(key, None)
        self._by_key[key] = clip
        self._characters += len(clip.text) - (0 if before is None else len(before.text))
        while len(self._by_key) > self._most or (self._characters > _CLIP_CHARACTERS and len(self._by_key) > 1):
            oldest = self._by_key.pop(next(iter(self._by_key)))
            self._characters -= len(oldest.text)

    def all(self) -> tuple[Clip, ...]:
        return tuple(self._by_key.values())

    def newest_first(self) -> Iterator[Clip]:
        return reversed(self._by_key.values())

    def equal_to(self, text: str) -> Clip | None:
        for clip in reversed(self._by_key.values()):
            if clip.text == text:
                return clip
        return None

    def with_text(self, text: str) -> Clip | None:
        for clip in reversed(self._by_key.values()):
            if text in clip.text:
                return clip
        return None


class Workspace:
    """Several files, changed by `apply`; equal changes give equal text and provenance on every computer.

    Text with `Origin.MOVED` keeps the provenance of its source. What undo and redo bring back is what was taken out at
    that place. Other text is looked for in this order: the place named by `moved_from`; the newest removed or copied
    stretch that equals it, then that contains it; the same file; the other files in the order of their creation. Where
    no text has the whole of it, it is found again in pieces (`pieced`), and only what no text had is `Origin.MOVED`.
    So it is with `Origin.PROGRAM`: a restored file, and what find and replace puts in; and with text that came at once,
    as a screen reader's move of a block, where a text that was not typed has the whole of it.

    Text from outside stays text from outside, whatever is done with it within the session.
    """

    __slots__ = ("_clips", "_files", "_number", "_outside", "_taken")

    def __init__(self, files: Mapping[str, str] | None = None, origin: Origin = Origin.STARTER, seq: int = 0) -> None:
        self._files = {name: TextModel(text, origin, seq) for name, text in (files or {}).items()}
        self._clips = _Clips(_CLIPS, _number_of)
        self._outside = _Clips(_OUTSIDE_CLIPS, _content_of)
        self._number = 0
        self._taken: dict[tuple[str, Back], Taken] = {}

    @classmethod
    def from_snapshot(cls, snapshot: WorkspaceSnapshot) -> "Workspace":
        """Return the workspace as it was when `snapshot` was taken."""
        workspace = cls()
        workspace._files = {name: TextModel.from_snapshot(blocks) for name, blocks in snapshot.files}
        workspace._clips = _Clips(_CLIPS, _number_of, snapshot.clips)
        workspace._outside = _Clips(_OUTSIDE_CLIPS, _content_of, snapshot.outside)
        workspace._number = max((clips[-1].number for clips in (snapshot.clips, snapshot.outside) if clips), default=0)
        workspace._taken = dict(snapshot.taken)
        return workspace

    def snapshot(self) -> WorkspaceSnapshot:
        """Return this moment, to come back to with `from_snapshot`."""
        files = tuple((name, model.snapshot()) for name, model in self._files.items())
        return WorkspaceSnapshot(files, self._clips.all(), self._outside.all(), tuple(self._taken.items()))

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
                self._forget_taken(file)
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
        clip = _newer(self._clips.equal_to(text), self._outside.equal_to(text))
        if clip is not None:
            return clip.runs
        clip = _newer(self._clips.with_text(text), self._outside.with_text(text))
        if clip is not None:
            return clip.stretch(clip.text.index(text), len(text))
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

    def _known(self, file: str) -> Iterator[Known]:
        """Yield every text that there is and was, for pieces of it."""
        for model in self._models_from(file):
            yield Known(model.text, model.runs)
        for clip in (*self._clips.newest_first(), *self._outside.newest_first()):
            yield Known(clip.text, clip.stretch)

    def _carried(self, file: str, edit: Edit) -> Runs | None:
        """Return the origins that an edit's text brings along; None for text that is new."""
        if not edit.inserted or edit.origin not in _PIECED:
            return self._not_typed(file, edit) if edit.origin is Origin.TYPED else None
        if edit.origin is Origin.PROGRAM and edit.inserted.strip() in _SIGNS:
            return None
        if edit.back:
            back = take(self._taken.get((file, edit.back), ()), edit.offset, edit.inserted)
            if back is not None:
                self._taken[file, edit.back] = back[1]
                return back[0]
        exact = self.source_of(edit.inserted, file, edit.moved_from)
        return exact if exact is not None else pieced(edit.inserted, self._known(file), edit.origin, edit.seq)

    def _not_typed(self, file: str, edit: Edit) -> Runs | None:
        """Return the origins of a text that came at once, though not as a paste, and that nobody typed before."""
        if len(edit.inserted) < _AT_ONCE or len(edit.inserted.strip()) < _AT_ONCE:
            return None
        found = self.source_of(edit.inserted, file)
        return found if found and any(origin is not Origin.TYPED for _, origin, _ in found) else None

    def _edit(self, file: str, edit: Edit) -> None:
        model = self.model(file)
        model.check(edit)
        carried = self._carried(file, edit)
        taken = model.blocks.slice(edit.offset, edit.offset + edit.removed) if edit.removed else None
        model.apply(edit, carried)
        if not edit.back:
            self._taken.pop((file, "redo"), None)
        if taken is not None:
            kept: Back = "redo" if edit.back == "undo" else "undo"
            self._taken[file, kept] = put(self._taken.get((file, kept), ()), edit.offset, *taken)
            self._remember(*taken)

    def _create(self, change: FileCreated) -> None:
        if change.file in self._files:
            raise FileFault(change.file, "exists already")
        model = TextModel()
        edit = Edit(0, 0, change.text, change.origin, change.seq)
        model.check(edit)
        model.apply(edit, self._carried(change.file, edit))
        self._files[change.file] = model

    def _rename(self, file: str, to: str) -> None:
        self.model(file)
        if to != file and to in self._files:
            raise FileFault(to, "exists already")
        self._files = {to if name == file else name: model for name, model in self._files.items()}
        for back in _BACK:
            if (stack := self._taken.pop((file, back), None)) is not None:
                self._taken[to, back] = stack

    def _forget_taken(self, file: str) -> None:
        for back in _BACK:
            self._taken.pop((file, back), None)

    def _remember(self, text: str, runs: Runs) -> None:
        if not text:
            return
        self._number += 1
        from_outside = any(origin is Origin.OUTSIDE for _, origin, _ in runs)
        (self._outside if from_outside else self._clips).put(Clip(text, runs, self._number))


def _newer(one: Clip | None, other: Clip | None) -> Clip | None:
    if one is None or other is None:
        return one or other
    return one if one.number > other.number else other


def _number_of(clip: Clip) -> int:
    return clip.number


def _content_of(clip: Clip) -> tuple[str, Runs]:
    return clip.text, clip.runs
