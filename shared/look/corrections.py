"""A corrected text of an exam with what is different: what came is underlined, what went is struck out.

Colour never says it alone: whole blocks that came or went have a word before them as well.
"""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

import msgspec

from shared.look.prompt import html_of
from shared.look.tokens import Palette

_TOKEN = re.compile(r"<[^>]+>|&\w+;|\s+|[\w']+|.", re.DOTALL)
_INLINE = re.compile(r"</?(?:code|strong|em|a|s|br|img)\b")
_ITEM = re.compile(r"(?:[-*+]|\d{1,9}[.)])\s")
_FENCE = re.compile(r"\s{0,3}(`{3,}|~{3,})")
MAX_TOKENS = 4_000
ALIKE = 0.5
"""From this likeness on, two blocks are one that was changed, and not one that went and one that came."""


class Words(msgspec.Struct, frozen=True):
    """What stands before blocks, in the reader's language."""

    new: str = "New:"
    gone: str = "No longer:"


def corrected_html(before: str, after: str, colours: Palette, words: Words | None = None) -> str:
    """Return `after` (Markdown) as HTML in which what is different from `before` is marked."""
    said = words or Words()
    old, new = list(_blocks(before)), list(_blocks(after))
    parts: list[str] = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            parts += [html_of(block) for block in new[c:d]]
        else:
            parts += _changed(old[a:b], new[c:d], colours, said)
    return "\n".join(parts)


def _blocks(markdown: str) -> Iterator[str]:
    """Yield the parts between empty lines, and each item of a list; code between fences stays one part."""
    lines: list[str] = []
    fence = ""
    for line in markdown.splitlines():
        found = _FENCE.match(line)
        if found and not fence:
            fence = found[1]
        elif found and fence and found[1].startswith(fence):
            fence = ""
        if lines and not fence and _ITEM.match(line):
            yield "\n".join(lines)
            lines = []
        if line.strip() or fence:
            lines.append(line)
        elif lines:
            yield "\n".join(lines)
            lines = []
    if lines:
        yield "\n".join(lines)


def _changed(old: list[str], new: list[str], colours: Palette, words: Words) -> list[str]:
    parts: list[str] = []
    waiting = list(old)
    for block in new:
        at = next((at for at, one in enumerate(waiting) if _alike(one, block)), None)
        if at is None:
            parts.append(_new(block, colours, words))
            continue
        parts += [_gone(one, colours, words) for one in waiting[:at]]
        parts.append(_within(waiting[at], block, colours, words))
        waiting = waiting[at + 1 :]
    return parts + [_gone(one, colours, words) for one in waiting]


def _alike(one: str, other: str) -> bool:
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= ALIKE


def _within(old: str, new: str, colours: Palette, words: Words) -> str:
    """Return a changed block with its words marked; where its form changed too, both as wholes."""
    before, after = _TOKEN.findall(html_of(old)), _TOKEN.findall(html_of(new))
    same_form = _form(before) == _form(after)
    if not same_form or max(len(before), len(after)) > MAX_TOKENS:
        return _gone(old, colours, words) + _new(new, colours, words)
    made: list[str] = []
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            made += after[c:d]
            continue
        made.append(_marked(before[a:b], "s", colours.attention_soft, colours.attention))
        made.append(_marked(after[c:d], "u", colours.positive_soft, colours.positive))
    return "".join(made)


def _form(tokens: list[str]) -> list[str]:
    """Return the tags that make the form; those within a line may come and go with their words."""
    return [one for one in tokens if one.startswith("<") and not _INLINE.match(one)]


def _marked(tokens: list[str], tag: str, paper: str, ink: str) -> str:
    """Return words marked, tags left as they are; tags that went are left out."""
    made: list[str] = []
    for run in _runs(tokens):
        if run.startswith("<"):
            made.append(run if tag == "u" else "")
        elif run.strip():
            made.append(f'<{tag} style="background-color: {paper}; color: {ink};">{run}</{tag}>')
        else:
            made.append(run if tag == "u" else "")
    return "".join(made)


def _runs(tokens: list[str]) -> Iterator[str]:
    text = ""
    for token in tokens:
        if token.startswith("<"):
            if text:
                yield text
            text = ""
            yield token
        else:
            text += token
    if text:
        yield text


def _new(block: str, colours: Palette, words: Words) -> str:
    return _whole(html_of(block), words.new, colours.positive_soft, colours.positive)


def _gone(block: str, colours: Palette, words: Words) -> str:
    runs = _runs(_TOKEN.findall(html_of(block)))
    struck = (run if run.startswith("<") or not run.strip() else f"<s>{run}</s>" for run in runs)
    return _whole("".join(struck), words.gone, colours.attention_soft, colours.attention)


def _whole(inside: str, word: str, paper: str, ink: str) -> str:
    return (
        f'<table width="100%" cellpadding="6" style="border: none; margin-bottom: 8px;"><tr>'
        f'<td bgcolor="{paper}" style="border: none;"><p style="color: {ink}; margin-bottom: 2px;"><b>{word}</b></p>'
        f"{inside}</td></tr></table>"
    )
