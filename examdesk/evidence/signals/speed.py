"""Text that arrives faster than people type."""

import re
from collections import deque
from typing import NamedTuple

import msgspec

from examdesk.evidence.facts import Signal
from examdesk.evidence.likeness import Source
from examdesk.evidence.signals.before import Before, before_now, share
from examdesk.evidence.signals.model import Seen, Watch
from examdesk.evidence.so_far import SoFar
from examdesk.evidence.words import count
from shared.events import kinds

_GAP_US = 2_000_000
_BLANKS = re.compile(r"\s+")
_MOST_CHUNKS = 4_096
_PHRASE_CHARS = 250
"""So much of one line can be one spoken sentence."""


class _Chunk(NamedTuple):
    """A change: its text, since when it can have been made, and how many of its characters count."""

    began_us: int
    at_us: int
    text: str
    chars: int
    seq: int
    at_ms: int


class SpeedWatch(Watch):
    """Looks at stretches of typed text in one file, against what was there before the stretch.

    A run of white space counts as one character, so that a line end and its indentation are one key. A key that is
    held down and the same insertion at many places at once (indenting a block) do not count, nor does text that the
    session had before; what find and replace puts in counts once for all places. A stretch ends with a pause of 2 s.

    A phrase that comes at once, such as one that was spoken, took the time since the change before it: people who
    dictate, or hand a line over from another keyboard, are not faster than those who type.
    """

    KINDS = ("fast_text",)
    SEES = (kinds.Edit,)

    def __init__(self) -> None:
        self._window: deque[_Chunk] = deque()
        self._chars = 0
        self._file = ""
        self._before = Before((), (), ())
        self._last_us = 0
        self._raised = -1

    def take(self, seen: Seen, facts: SoFar) -> None:
        """Move the window over the burst."""
        payload = seen.payload
        assert isinstance(payload, kinds.Edit)
        if payload.how not in ("type", "tool"):
            return
        if payload.file != self._file or seen.header.mono_us - self._last_us > _GAP_US:
            self._start(payload.file, before_now(facts))
        for chunk in _chunks(seen, payload):
            self._add(chunk, facts)

    def _start(self, file: str, before: Before) -> None:
        self._window.clear()
        self._chars = 0
        self._file = file
        self._before = before
        self._raised = -1

    def _add(self, chunk: _Chunk, facts: SoFar) -> None:
        limits = facts.rules.signals
        if _is_phrase(chunk.text):
            chunk = chunk._replace(began_us=self._last_us)
        self._last_us = chunk.at_us
        self._window.append(chunk)
        self._chars += chunk.chars
        if len(self._window) > _MOST_CHUNKS:
            self._window.clear()
            self._chars = 0
        while self._window and self._spare(self._window[0].chars, limits.fast_text_chars):
            self._chars -= self._window.popleft().chars
        if self._chars < limits.fast_text_chars:
            return
        passed_us = chunk.at_us - self._window[0].began_us
        if passed_us * limits.fast_text_per_second > self._chars * 1_000_000:
            return
        self._raise(passed_us, facts)
        self._window.clear()
        self._chars = 0

    def _spare(self, first: int, least: int) -> bool:
        """Tell whether the window has enough without its first chunk."""
        return first == 0 or self._chars - first >= least

    def _raise(self, passed_us: int, facts: SoFar) -> None:
        text = "".join(chunk.text for chunk in self._window)
        removed = Source("text removed before", "\n".join(facts.files.removed()))
        before = self._before._replace(work=(*self._before.work, removed))
        percent = facts.rules.signals.own_text_percent
        if share(text, before, percent).percent >= percent:
            return
        if self._raised >= 0:
            told = facts.signals[self._raised]
            facts.signals[self._raised] = msgspec.structs.replace(
                told,
                amount=told.amount + self._chars,
                explanation=_explain(int(told.amount) + self._chars, self._file, None),
            )
            return
        first = self._window[0]
        self._raised = facts.raise_(
            Signal(
                kind="fast_text",
                journal=facts.journal.hex(),
                seq=first.seq,
                at_ms=first.at_ms,
                amount=self._chars,
                unit="characters",
                explanation=_explain(self._chars, self._file, passed_us),
                file=self._file,
            )
        )


def _is_phrase(text: str) -> bool:
    return 1 < len(text) <= _PHRASE_CHARS and "\n" not in text.strip("\n")


def _chunks(seen: Seen, payload: kinds.Edit) -> list[_Chunk]:
    """Return what was put in, letters that came at once as one; what `_held` tells counts nothing."""
    chunks: list[_Chunk] = []
    before: kinds.Change | None = None
    for change in payload.changes:
        if not change.text:
            continue
        held = before is not None and _held(before, change, payload.how)
        chars = 0 if held else len(_BLANKS.sub(" ", change.text))
        at_us = seen.header.mono_us + change.after_ms * 1000
        if before is not None and _together(before, change):
            last = chunks[-1]
            chunks[-1] = last._replace(at_us=at_us, text=last.text + change.text, chars=last.chars + chars)
        else:
            chunks.append(_Chunk(at_us, at_us, change.text, chars, seen.seq, seen.at_ms + change.after_ms))
        before = change
    return chunks


def _held(before: kinds.Change, change: kinds.Change, how: str) -> bool:
    """Tell whether this is a key that is held down, or the same insertion at several places."""
    if _BLANKS.sub(" ", before.text) != _BLANKS.sub(" ", change.text):
        return False
    return len(change.text) == 1 or how == "tool" or change.after_ms == before.after_ms


def _together(before: kinds.Change, change: kinds.Change) -> bool:
    """Tell whether this goes on at once where the one before ended: an input method hands letters over one by one."""
    follows = change.at == before.at + len(before.text) and not change.removed and "\n" not in change.text
    return follows and "\n" not in before.text and change.after_ms - before.after_ms <= 1


def _explain(chars: int, file: str, passed_us: int | None) -> str:
    """Say how fast; a stretch that went on is told by its size alone."""
    size = f"{count(chars, 'character')} (each run of white space counted as one) came into {file}"
    if passed_us is None:
        return f"{size} in stretches faster than typing, without a paste."
    if passed_us < 100_000:
        return f"{size} at once, without a paste."
    return f"{size} within {passed_us / 1_000_000:.1f} s, without a paste."
