"""The store below the text model: small immutable blocks of text with the runs of their provenance.

An edit replaces a few blocks and shares all others, so a snapshot is a copy of a list of references.
Runs have lengths, not positions, so nothing behind an edit has to be renumbered.
"""

import enum
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from shared.text.edits import Origin

_MOST = 1024  # measured on 100 kB: 512 makes far jumps slower, 2048 makes keystrokes slower
_FILL = 640
_LEAST = 128

Run = tuple[int, Origin, int]  # length, origin, seq
Runs = tuple[Run, ...]


class Unit(enum.IntEnum):
    """What a position counts; the value is the place in `Block.size`."""

    CHAR = 0
    BYTE = 1  # of UTF-8


_UNITS = tuple(Unit)  # an enum makes a generator each time it is gone through, and every edit does so


class Block(msgspec.Struct, frozen=True):
    """Up to `_MOST` characters; `size` counts them by `Unit`."""

    text: str
    runs: Runs
    size: tuple[int, int]


def measure(text: str) -> tuple[int, int]:
    """Code points and UTF-8 bytes of a text without surrogates."""
    chars = len(text)
    return (chars, chars) if text.isascii() else (chars, len(text.encode()))


def split_runs(runs: Runs, at: int) -> tuple[Runs, Runs]:
    """Return the runs of the first `at` characters and the runs of the others."""
    left = at
    for index, (length, origin, seq) in enumerate(runs):
        if left < length:
            if not left:
                return runs[:index], runs[index:]
            return (*runs[:index], (left, origin, seq)), ((length - left, origin, seq), *runs[index + 1 :])
        left -= length
    return runs, ()


def cut_runs(runs: Runs, start: int, end: int) -> Runs:
    """Return the part of `runs` that covers the characters `start` to `end`."""
    return split_runs(split_runs(runs, end)[0], start)[1]


def join_runs(*parts: Runs) -> Runs:
    """Concatenate, merging neighbours that share origin and event where the parts meet."""
    joined: list[Run] = []
    for part in parts:
        if joined and part and joined[-1][1:] == part[0][1:]:
            length, origin, seq = part[0]
            joined[-1] = (joined[-1][0] + length, origin, seq)
            joined.extend(part[1:])
        else:
            joined.extend(part)
    return tuple(joined)


def _chop(text: str, runs: Runs) -> Iterator[Block]:
    """Yield blocks of `_FILL` characters in one pass over the runs; nothing for no text."""
    if len(text) <= _MOST:
        if text:
            yield Block(text, runs, measure(text))
        return
    rest = iter(runs)
    left, origin, seq = next(rest)
    for start in range(0, len(text), _FILL):
        part = text[start : start + _FILL]
        wanted = len(part)
        own: list[Run] = []
        while wanted:
            if not left:
                left, origin, seq = next(rest)
            taken = min(left, wanted)
            own.append((taken, origin, seq))
            left -= taken
            wanted -= taken
        yield Block(part, tuple(own), measure(part))


class Blocks:
    """Text with provenance, found by character or UTF-8 byte; edits near the last one are fastest."""

    __slots__ = ("_at", "_before", "_blocks", "_size")

    def __init__(self, blocks: Iterable[Block] = ()) -> None:
        self._blocks: list[Block] = list(blocks)
        self._at = 0
        self._before = [0, 0]  # size of everything before block `_at`
        self._size = [sum(block.size[unit] for block in self._blocks) for unit in _UNITS]

    def snapshot(self) -> tuple[Block, ...]:
        """Return what rebuilds this state, sharing its blocks."""
        return tuple(self._blocks)

    def size(self, unit: Unit) -> int:
        """Return the whole text's size."""
        return self._size[unit]

    def text(self) -> str:
        """Return the whole text."""
        return "".join([block.text for block in self._blocks])

    def runs(self) -> Iterator[Run]:
        """Yield the runs of all blocks in order; equal neighbours may meet at block borders."""
        for block in self._blocks:
            yield from block.runs

    def slice(self, start: int, end: int) -> tuple[str, Runs]:
        """Return the characters `start` to `end` with their runs; both must lie within the text."""
        texts: list[str] = []
        runs: list[Runs] = []
        if end > start:
            index = self.find(start, Unit.CHAR)
            at = self._before[Unit.CHAR]
            while at < end:
                block = self._blocks[index]
                first, last = max(start - at, 0), min(end - at, block.size[0])
                texts.append(block.text[first:last])
                runs.append(cut_runs(block.runs, first, last))
                at += block.size[0]
                index += 1
        return "".join(texts), join_runs(*runs)

    def find(self, position: int, unit: Unit) -> int:
        """Return the index of a block that holds `position`, starting the search at the last one found."""
        blocks, before, at = self._blocks, self._before, self._at
        chars, octets = before
        here = before[unit]
        while position < here:
            at -= 1
            size = blocks[at].size
            chars, octets = chars - size[0], octets - size[1]
            here -= size[unit]
        last = len(blocks) - 1
        while at < last and position > here + blocks[at].size[unit]:
            size = blocks[at].size
            chars, octets = chars + size[0], octets + size[1]
            here += size[unit]
            at += 1
        self._at = at
        before[:] = chars, octets
        return at

    def locate(self, position: int, unit: Unit) -> tuple[str, tuple[int, int]]:
        """Return the text of the block that holds `position`, and the sizes of all that stands before that block."""
        if not self._blocks:
            return "", (0, 0)
        index = self.find(position, unit)
        chars, octets = self._before
        return self._blocks[index].text, (chars, octets)

    def splice(self, offset: int, removed: int, text: str, runs: Runs) -> None:
        """Replace `removed` characters at `offset`, which must lie within the text; `runs` must cover `text`."""
        if not self._blocks:
            self._replace(0, 0, text, runs)
            return
        first = self.find(offset, Unit.CHAR)
        start = offset - self._before[0]
        last, end = first, start + removed
        while end > self._blocks[last].size[0]:
            end -= self._blocks[last].size[0]
            last += 1
        head, tail = self._blocks[first], self._blocks[last]
        new_text = head.text[:start] + text + tail.text[end:]
        before, after = split_runs(head.runs, start)
        if removed:
            after = split_runs(tail.runs, end)[1]
        new_runs = join_runs(before, runs, after)
        last += 1
        if len(new_text) < _LEAST and last < len(self._blocks):
            following = self._blocks[last]
            new_text += following.text
            new_runs = join_runs(new_runs, following.runs)
            last += 1
        self._replace(first, last, new_text, new_runs)

    def _replace(self, first: int, last: int, text: str, runs: Runs) -> None:
        """Put the blocks of `text` in place of the blocks `first` to `last`, where `first` is the last one found."""
        new = list(_chop(text, runs))
        size = self._size
        for block in self._blocks[first:last]:
            for unit in _UNITS:
                size[unit] -= block.size[unit]
        for block in new:
            for unit in _UNITS:
                size[unit] += block.size[unit]
        self._blocks[first:last] = new
        if self._at >= len(self._blocks):
            self._at = 0
            self._before[:] = 0, 0


def runs_from(text: str, origin: Origin, seq: int) -> Runs:
    """Return the runs of text that came all at once."""
    return ((len(text), origin, seq),) if text else ()


def blocks_from(text: str, runs: Sequence[Run]) -> Blocks:
    """Return a store that holds `text`."""
    return Blocks(_chop(text, tuple(runs)))
