"""How much of a pasted text was there before: in the student's own text, in what the exam gave, in own output.

White space is normalised first. A text that stands in a source as it is counts whole; otherwise it is compared piece
by piece (whole lines, up to `PIECE_CHARS`) with rapidfuzz's `partial_ratio`, which finds the best place in the source
(https://rapidfuzz.github.io/RapidFuzz/Usage/fuzz.html#partial-ratio), and line by line for what is exactly the same.
Of very long texts evenly spread pieces are compared.
"""

from collections.abc import Iterable, Iterator, Sequence

import msgspec
from rapidfuzz import fuzz

PIECE_CHARS = 400
MOST_PIECES = 12
SOURCE_CHARS = 32_000
_LINE_LEAST = 6
_GRAM = 5
_GRAMS_TRIED = 32
_GRAMS_NEEDED = 0.25


class Source(msgspec.Struct, frozen=True):
    """A text that was there before, and what to call it: `own text`, `starter code`."""

    name: str
    text: str


class Found(msgspec.Struct, frozen=True):
    """How much of a text was found in one source, 0 to 100 percent."""

    name: str
    percent: int


class Likeness(msgspec.Struct, frozen=True):
    """How much was found in all sources together, and in each that had any."""

    percent: int
    found: tuple[Found, ...] = ()


def normal(text: str) -> str:
    """Return the text with every run of white space as one blank, none at the ends."""
    return " ".join(text.split())


def likeness(text: str, sources: Iterable[Source]) -> Likeness:
    """Tell how much of `text` the sources had already."""
    whole = normal(text)
    if not whole:
        return Likeness(100)
    given = [Source(source.name, normal(source.text)) for source in sources]
    for source in given:
        if whole in source.text:
            return Likeness(100, (Found(source.name, 100),))
    return _in_pieces(text, [Source(s.name, s.text[-SOURCE_CHARS:]) for s in given if s.text])


def _in_pieces(text: str, sources: Sequence[Source]) -> Likeness:
    pieces = _spread(list(_pieces(text)))
    total = sum(len(normal(piece)) for piece in pieces)
    best = 0.0
    each = dict.fromkeys((source.name for source in sources), 0.0)
    for piece in pieces:
        shares = {source.name: max(_alike(normal(piece), source.text), _lines(piece, [source])) for source in sources}
        weight = len(normal(piece)) / total if total else 0.0
        best += weight * max([_lines(piece, sources), *shares.values()])
        for name, share in shares.items():
            each[name] += weight * share
    ranked = sorted(each.items(), key=lambda item: -item[1])
    found = tuple(Found(name, round(share * 100)) for name, share in ranked if share >= 0.1)
    return Likeness(round(best * 100), found)


def _pieces(text: str) -> Iterator[str]:
    """Cut at line ends; a longer line is cut where it is."""
    piece: list[str] = []
    size = 0
    for line in text.splitlines(keepends=True):
        for start in range(0, len(line), PIECE_CHARS):
            part = line[start : start + PIECE_CHARS]
            if piece and size + len(part) > PIECE_CHARS:
                yield "".join(piece)
                piece, size = [], 0
            piece.append(part)
            size += len(part)
    if piece:
        yield "".join(piece)


def _spread(pieces: list[str]) -> list[str]:
    pieces = [piece for piece in pieces if piece.strip()]
    if len(pieces) <= MOST_PIECES:
        return pieces
    return [pieces[place * len(pieces) // MOST_PIECES] for place in range(MOST_PIECES)]


def _alike(piece: str, source: str) -> float:
    """Return the share of the best place in the source; a source shorter than the piece counts by its length."""
    if not piece or not source:
        return 0.0
    if piece in source:
        return 1.0
    if len(source) >= len(piece) and _grams_found(piece, source) < _GRAMS_NEEDED:
        return 0.0
    ratio = fuzz.partial_ratio(piece, source, score_cutoff=50.0) / 100
    return ratio * min(1.0, len(source) / len(piece))


def _grams_found(piece: str, source: str) -> float:
    """Return the share of short stretches of the piece that the source has: few mean that no place can be alike."""
    places = max(len(piece) - _GRAM + 1, 1)
    step = max(places // _GRAMS_TRIED, 1)
    tried = [piece[at : at + _GRAM] for at in range(0, places, step)]
    return sum(gram in source for gram in tried) / len(tried)


def _lines(piece: str, sources: Sequence[Source]) -> float:
    """Return the share of the piece that is whole lines which some source has exactly, commented out or not."""
    found = total = 0
    for line in map(normal, piece.splitlines()):
        total += len(line)
        bare = line.lstrip("# ")
        if len(bare) >= _LINE_LEAST and any(bare in source.text for source in sources):
            found += len(line)
    return found / total if total else 0.0
