"""Pastes, by where their text was before."""

from collections import deque

import msgspec

from examdesk.evidence.facts import Signal
from examdesk.evidence.likeness import Likeness, normal
from examdesk.evidence.signals.before import BROUGHT, Before, before_now, share, stands
from examdesk.evidence.signals.model import Seen, Watch
from examdesk.evidence.so_far import SoFar
from examdesk.evidence.words import count, duration
from shared.events import kinds

SHORT_LEAST = 4
SHORT_TIMES = 3
TOGETHER_MS = 600_000
"""Short pastes within this time count together, from so many times the threshold for one paste on."""
_HOW = {"paste": "pasted", "drop": "dropped", "selection": "pasted from the selection"}


class _Pending(msgspec.Struct):
    """A paste that comes in parts, and the texts that were there before its first one."""

    seen: Seen
    payload: kinds.Paste
    before: Before
    texts: list[str]


class ShortPastes:
    """Pastes that are each too short to be judged, and that were nowhere before: many of them count together."""

    def __init__(self) -> None:
        self._recent: deque[tuple[int, int]] = deque()
        self._first: Seen | None = None
        self._count = self._chars = 0
        self._raised = -1

    def take(self, seen: Seen, payload: kinds.Paste, facts: SoFar) -> None:
        """Take one; raise when those of the last ten minutes are enough, and widen that signal while they go on."""
        text = normal(payload.text)
        if len(text) < SHORT_LEAST or stands(text, before_now(facts)):
            return
        while self._recent and seen.at_ms - self._recent[0][0] > TOGETHER_MS:
            self._recent.popleft()
        if not self._recent:
            self._first, self._count, self._chars, self._raised = seen, 0, 0, -1
        self._recent.append((seen.at_ms, len(text)))
        self._count += 1
        self._chars += len(text)
        least = SHORT_TIMES * facts.rules.signals.outside_paste_chars
        if self._raised >= 0 or sum(chars for _, chars in self._recent) >= least:
            self._raise(seen, payload.file, facts)

    def _raise(self, seen: Seen, file: str, facts: SoFar) -> None:
        first = self._first or seen
        explanation = (
            f"{count(self._count, 'short paste')} within {duration(seen.at_ms - first.at_ms)}, "
            f"{count(self._chars, 'character')} in all, were in none of the student's own text, the starter code or "
            "the prompts before."
        )
        if self._raised >= 0:
            before = facts.signals[self._raised]
            facts.signals[self._raised] = msgspec.structs.replace(before, amount=self._chars, explanation=explanation)
            return
        self._raised = facts.raise_(
            Signal(
                kind="outside_paste",
                journal=facts.journal.hex(),
                seq=first.seq,
                at_ms=first.at_ms,
                amount=self._chars,
                unit="characters",
                explanation=explanation,
                file=file,
            )
        )


class PasteWatch(Watch):
    """Raises paste signals for text that was nowhere in the session, the starter code or the prompts before."""

    KINDS = ("outside_paste", "large_paste")
    SEES = (kinds.Paste,)

    def __init__(self) -> None:
        self._pending: _Pending | None = None
        self._short = ShortPastes()

    def take(self, seen: Seen, facts: SoFar) -> None:
        """Judge a paste at its last part, against the texts before its first one."""
        payload = seen.payload
        assert isinstance(payload, kinds.Paste)
        limits = facts.rules.signals
        if payload.parts == 1 and len(payload.text) < min(limits.outside_paste_chars, limits.large_paste_chars):
            self._short.take(seen, payload, facts)
            return
        if payload.part == 1:
            self._pending = _Pending(seen, payload, before_now(facts), [])
        pending = self._pending
        if pending is None:
            return
        pending.texts.append(payload.text)
        if payload.part >= payload.parts:
            self._pending = None
            _judge(pending, facts)


def _judge(pending: _Pending, facts: SoFar) -> None:
    text = "".join(pending.texts)
    limits = facts.rules.signals
    size = len(text.strip())
    if size < min(limits.outside_paste_chars, limits.large_paste_chars):
        return
    known = share(text, pending.before, limits.own_text_percent)
    if known.percent >= limits.own_text_percent:
        return
    explanation = _explain(text, pending, known)
    for kind, least in (("outside_paste", limits.outside_paste_chars), ("large_paste", limits.large_paste_chars)):
        if size >= least:
            facts.raise_(
                Signal(
                    kind=kind,  # type: ignore[arg-type]
                    journal=facts.journal.hex(),
                    seq=pending.seen.seq,
                    at_ms=pending.seen.at_ms,
                    amount=len(text),
                    unit="characters",
                    explanation=explanation,
                    file=pending.payload.file,
                )
            )


def _explain(text: str, pending: _Pending, known: Likeness) -> str:
    payload = pending.payload
    lines = text.count("\n") + 1
    size = f"{count(len(text), 'character')} in {count(lines, 'line')} were {_HOW[payload.how]} into {payload.file}."
    if known.percent < 10:
        where = "None of it was found in the student's own text, the starter code or the prompts before."
    else:
        each = ", ".join(f"{found.percent} % in {_place(found.name)}" for found in known.found[:3])
        where = f"{known.percent} % of it was there before" + (f" ({each})." if each else ".")
    own = " The desk noted it as copied within the exam." if payload.clip == "own" else ""
    return f"{size} {where}{own}{_way(text, pending.before)}"


def _way(text: str, before: Before) -> str:
    """Say where a text had been before without being the student's work."""
    if not any(normal(text) in normal(source.text) for source in before.brought):
        return ""
    return f" It is in {BROUGHT}, faster than typing; copying something there for oneself looks the same."


def _place(name: str) -> str:
    plain = ("own text", "own notes", "own messages")
    return f"the student's {name}" if name in plain else f"the {name}"
