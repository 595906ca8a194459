"""The text of one file: edits in, text and the provenance of each character out."""

from collections.abc import Iterator

from shared.problems import Bug
from shared.text.blocks import Block, Blocks, Runs, Unit, blocks_from, runs_from
from shared.text.edits import Edit, EditMismatch, EditOutsideText, Origin, Span, UnsafeText


def is_safe(text: str) -> bool:
    """Whether UTF-8 can carry the text, that is, it holds no surrogates."""
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


class TextModel:
    """A text that knows where each of its characters came from.

    An edit costs microseconds wherever it falls; a model made by `copy` shares everything until it changes.
    """

    __slots__ = ("_blocks", "_text")

    def __init__(self, text: str = "", origin: Origin = Origin.STARTER, seq: int = 0) -> None:
        if not is_safe(text):
            raise UnsafeText(0)
        self._blocks = blocks_from(text, runs_from(text, origin, seq))
        self._text: str | None = text

    @classmethod
    def from_snapshot(cls, snapshot: tuple[Block, ...]) -> "TextModel":
        """Return the model as it was when `snapshot` was taken."""
        model = cls.__new__(cls)
        model._blocks = Blocks(snapshot)  # noqa: SLF001
        model._text = None  # noqa: SLF001
        return model

    def snapshot(self) -> tuple[Block, ...]:
        """Return this moment, to come back to with `from_snapshot`."""
        return self._blocks.snapshot()

    def copy(self) -> "TextModel":
        """Return an independent model of the same text."""
        return TextModel.from_snapshot(self._blocks.snapshot())

    @property
    def blocks(self) -> Blocks:
        """The store below, for converting offsets; it follows every edit."""
        return self._blocks

    @property
    def text(self) -> str:
        """The whole text; joined once after an edit."""
        if self._text is None:
            self._text = self._blocks.text()
        return self._text

    @property
    def length(self) -> int:
        """The number of characters."""
        return self._blocks.size(Unit.CHAR)

    def check(self, edit: Edit) -> None:
        """Refuse an edit that does not fit.

        Raises:
            EditOutsideText: it refers to characters that are not there.
            EditMismatch: `removed_text` is not what stands there.
            UnsafeText: the inserted text holds unpaired surrogates.
        """
        self.check_range(edit.offset, edit.removed)
        if edit.removed_text is not None and edit.removed_text != self.slice(edit.offset, edit.removed):
            raise EditMismatch(edit.offset, edit.removed)
        if not is_safe(edit.inserted):
            raise UnsafeText(edit.offset)

    def check_range(self, offset: int, length: int) -> None:
        """Refuse a stretch that is not within the text, with `EditOutsideText`."""
        if offset < 0 or length < 0 or offset + length > self.length:
            raise EditOutsideText(offset, length, self.length)

    def apply(self, edit: Edit, carried: Runs | None = None) -> None:
        """Change the text, or refuse as `check` does and change nothing.

        `carried` are the runs that the inserted characters keep, when they were moved and their source is known; they
        must cover the inserted text.
        """
        self.check(edit)
        inserted = edit.inserted
        runs = carried if carried is not None else runs_from(inserted, edit.origin, edit.seq)
        if sum(run[0] for run in runs) != len(inserted):
            raise Bug("Moved text was given an origin that does not cover it. It was not applied; please report this.")
        self._blocks.splice(edit.offset, edit.removed, inserted, runs)
        self._text = None

    def slice(self, offset: int, length: int) -> str:
        """Return `length` characters at `offset`; raises `EditOutsideText`."""
        self.check_range(offset, length)
        return self._blocks.slice(offset, offset + length)[0]

    def runs(self, offset: int, length: int) -> Runs:
        """Return the provenance of a stretch as runs of (length, origin, seq); raises `EditOutsideText`."""
        self.check_range(offset, length)
        return self._blocks.slice(offset, offset + length)[1]

    def provenance(self) -> list[Span]:
        """Return spans that cover the text exactly and in order; neighbours differ in origin or event."""
        return list(self._spans())

    def _spans(self) -> Iterator[Span]:
        start = end = 0
        current: tuple[Origin, int] | None = None
        for length, origin, seq in self._blocks.runs():
            if current != (origin, seq):
                if current is not None:
                    yield Span(start, end, *current)
                start, current = end, (origin, seq)
            end += length
        if current is not None:
            yield Span(start, end, *current)

    def characters_by_origin(self) -> dict[Origin, int]:
        """Return how many characters came from each origin; origins without any are left out."""
        counts: dict[Origin, int] = {}
        for length, origin, _ in self._blocks.runs():
            counts[origin] = counts.get(origin, 0) + length
        return counts
