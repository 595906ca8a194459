"""What was there before a text came, and how much of it: own work, what the exam gave, and what was only carried.

Notes, messages and programs' input and output are own text as well. What came into them faster than people type, and
was nowhere before, is not made own by going through them.
"""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple

from examdesk.evidence.likeness import Likeness, Source, likeness, normal
from examdesk.evidence.signals.model import Seen, Watch
from examdesk.evidence.so_far import SoFar
from shared.events import kinds

BROUGHT = "what came at once into notes, messages or a program's input"
_LEAST = 12
_MOST = 48_000
_CARRIED_ON = frozenset({"moved", "segment"})


class Before(NamedTuple):
    """The texts at one moment: the work, what text can have gone through, and what did not come there by typing."""

    work: tuple[Source, ...]
    carried: tuple[Source, ...]
    brought: tuple[Source, ...]


def before_now(facts: SoFar) -> Before:
    """Return what the student may paste without it being from outside, as it stands now."""
    return Before(tuple(_work(facts)), tuple(_carried(facts)), tuple(Source(BROUGHT, text) for text in facts.brought))


def share(text: str, before: Before, percent: int) -> Likeness:
    """Tell how much of `text` was there; text that was brought in counts as far as it is in the work besides."""
    known = likeness(text, _merged((*before.work, *before.carried)))
    if known.percent < percent or not before.brought:
        return known
    if likeness(text, _merged(before.brought)).percent < percent:
        return known
    return likeness(text, _merged(before.work))


def stands(text: str, before: Before) -> bool:
    """Tell whether a text, with white space evened out, stands as it is in what was there."""
    if any(text in normal(source.text) for source in before.work):
        return True
    carried = any(text in normal(source.text) for source in before.carried)
    return carried and not any(text in normal(source.text) for source in before.brought)


class CarriedWatch(Watch):
    """Notes what came into the notes, a message or a program's input at once; raises nothing by itself."""

    KINDS = ("outside_paste", "large_paste", "fast_text")
    SEES = (kinds.NoteWritten, kinds.MessageSent, kinds.RunInput)

    def take(self, seen: Seen, facts: SoFar) -> None:
        """Measure against the time since the student did anything else."""
        new = _new_text(seen, facts)
        limits = facts.rules.signals
        passed_ms = seen.at_ms - (seen.at_ms if facts.last_active_ms is None else facts.last_active_ms)
        if len(new.strip()) < _LEAST or len(new) * 1000 <= passed_ms * limits.fast_text_per_second:
            return
        if likeness(new, _merged(chain(_work(facts), _carried(facts)))).percent < limits.own_text_percent:
            facts.brought.append(new[:_MOST])
            while sum(map(len, facts.brought)) > _MOST:
                facts.brought.popleft()


def _new_text(seen: Seen, facts: SoFar) -> str:
    match seen.payload:
        case kinds.NoteWritten(text=text):
            if not facts.notes and facts.starts and facts.starts[0].how in _CARRIED_ON:
                return ""  # the desk brings the notes along from the PC before
            start = _same(facts.notes, text)
            end = _same(facts.notes[start:][::-1], text[start:][::-1])
            return text[start : len(text) - end]
        case kinds.MessageSent(text=text) | kinds.RunInput(text=text, how="console"):
            return text
        case _:
            return ""


def _same(one: str, other: str) -> int:
    """Return the length of the common beginning."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (here, there) in pairs if here != there), min(len(one), len(other)))


def _work(facts: SoFar) -> Iterator[Source]:
    for file, text in facts.files.texts.items():
        yield Source("own text" if facts.starters.get(file) != text else "starter code", text)
    for text in facts.starters.values():
        yield Source("starter code", text)
    given = facts.rules.given
    for edition in given.up_to(facts.edition):
        yield from (Source("starter code", text) for text in edition.starters)
        yield from (Source("prompt", text) for text in edition.prompts)
    yield Source("text removed before", "\n".join(facts.files.removed()))
    yield Source("messages of the staff", "\n".join(given.notices.get(number, "") for number in facts.notices))


def _carried(facts: SoFar) -> Iterator[Source]:
    yield Source("output of own programs", "".join(facts.printed))
    yield Source("own notes", facts.notes)
    yield Source("own messages", "\n".join(sent.text for sent in facts.sent))


def _merged(sources: Iterable[Source]) -> list[Source]:
    """Put sources of the same name together, so that a text spread over two files is found."""
    texts: dict[str, list[str]] = {}
    for source in sources:
        texts.setdefault(source.name, []).append(source.text)
    return [Source(name, "\n".join(dict.fromkeys(parts))) for name, parts in texts.items()]
