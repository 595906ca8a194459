"""What undo and redo bring back: the text that was taken out at this very place, with its provenance.

A stack is a chain of tuples that moments of a history share; the editor's own undo works in the same order.
"""

from typing import TypeAlias

from shared.text.blocks import Runs, cut_runs

Taken: TypeAlias = "tuple[int, str, Runs, int, Taken] | tuple[()]"
"""Offset, text and runs of what was taken out last, how many lie below, and those."""

_MOST = 8192
_SEARCHED = 64


def put(stack: Taken, at: int, text: str, runs: Runs) -> Taken:
    """Return the stack with one more on top; of very many the oldest are forgotten."""
    depth = stack[3] + 1 if stack else 0
    if depth < 2 * _MOST:
        return (at, text, runs, depth, stack)
    newest: list[tuple[int, str, Runs]] = [(at, text, runs)]
    while stack and len(newest) < _MOST:
        newest.append((stack[0], stack[1], stack[2]))
        stack = stack[4]
    kept: Taken = ()
    for depth, one in enumerate(reversed(newest)):
        kept = (*one, depth, kept)
    return kept


def take(stack: Taken, at: int, text: str) -> tuple[Runs, Taken] | None:
    """Return the provenance of `text`, which comes back at `at`, and the stack without it; None where nothing fits.

    A long text comes back in parts; it leaves the stack with its last one.
    """
    rest = stack
    for _ in range(_SEARCHED):
        if not rest:
            return None
        began, whole, runs, _, below = rest
        start = at - began
        end = start + len(text)
        if start >= 0 and end <= len(whole) and whole[start:end] == text:
            return cut_runs(runs, start, end), below if end == len(whole) else rest
        rest = below
    return None
