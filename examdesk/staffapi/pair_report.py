"""A pair of programs as one HTML file that needs nothing else: figures, passages in time, both texts side by side."""

import hashlib
import html
import importlib.resources
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

import msgspec

from examdesk.staffapi.messages import AppearedView, SideBySide
from shared.look.tokens import Theme, palette

_HIDDEN: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
"""Controls, and characters that hide text or turn its direction."""
_SHARES: Final = ("typed", "pasted", "moved", "given")
_MOSTLY: Final = 0.9
_COLOURS: Final = ("window", "surface", "sunken", "text", "muted", "line", "accent", "accent_text", "info_soft")
_MARKS: Final = 5


class PairPage(msgspec.Struct, frozen=True, kw_only=True):
    """What the page says besides the pair itself.

    Attributes:
        exam: what the exam is called.
        question: which question was compared; empty for all together.
        made: when the page was made, in words.
        below: the share of the class's pairs with a lower plain figure, where it is known.
        clock: how to write the time of day of a moment in hub time.
    """

    exam: str
    question: str
    made: str
    clock: Callable[[int], str]
    below: float | None = None


def pair_page(shown: SideBySide, about: PairPage) -> str:
    """Return the page; every text that comes from outside is escaped, nothing is loaded, no script runs."""
    names = _esc(shown.a_name), _esc(shown.b_name)
    return "".join(
        [
            _beginning(names),
            f'<p class="muted">Code similarity · evidence for review</p><h1>{names[0]} and {names[1]}</h1>',
            f'<p class="muted">{_esc(about.exam)} · {_question(about)} · made {_esc(about.made)}</p>',
            f'<p class="care">{_esc(shown.words)}</p>',
            *_figures(shown, about),
            *_passages(shown, about),
            *_texts(shown),
            *_origin(shown),
            "</main></body></html>\n",
        ]
    )


def _beginning(names: tuple[str, str]) -> str:
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<title>{names[0]} and {names[1]}: code similarity</title>"
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<style>{_colours()}{_style()}</style></head><body><main>\n"
    )


def _question(about: PairPage) -> str:
    return f"question {_esc(about.question)}" if about.question else "all questions together"


def _figures(shown: SideBySide, about: PairPage) -> Iterator[str]:
    yield f"<h2>Figures</h2><dl><dt>Alike</dt><dd>{_percent(shown.jaccard)}: of all different runs of five tokens in "
    yield "the two programs, so many are in both; names, layout and comments don't count, nor does starter code"
    if about.below is not None:
        yield f". {about.below * 100:.1f} % of the class's pairs have a lower figure"
    yield ".</dd>"
    if shown.rank is not None:
        yield f"<dt>Rank</dt><dd>{shown.rank:.2f}: for the order of the list alone; it looks at structure, and what is "
        yield "rare in the class counts more. It means nothing outside this class.</dd>"
    yield f"<dt>Compared</dt><dd>{_count(shown.programs, 'program')} of the class.</dd></dl>"
    if shown.too_short:
        yield "<p>One of the two has fewer than 20 lines of its own: too short for any figure to say much.</p>"
    if shown.by_tokens:
        yield "<p>One of the two does not parse as Python; its rank comes from its tokens.</p>"


def _passages(shown: SideBySide, about: PairPage) -> Iterator[str]:
    yield "<h2>Passages in common</h2>"
    if not shown.regions:
        yield "<p>No stretch of 12 tokens or more is the same.</p>"
        return
    yield '<div class="wide"><table class="list"><thead><tr><th>Passage</th><th>Lines</th><th>First in</th>'
    yield f"<th>{_esc(shown.a_name)}</th><th>{_esc(shown.b_name)}</th>"
    yield '<th class="n">In this class</th><th class="n">Tokens</th></tr></thead><tbody>\n'
    first = {"a": shown.a_name, "b": shown.b_name, "together": "about the same time", "": "not known"}
    for number, (region, passage) in enumerate(zip(shown.regions, shown.passages, strict=True), 1):
        lines = f"{_lines(shown.a_text, *region[:2])} and {_lines(shown.b_text, *region[2:])}"
        yield f'<tr><td><a href="#a{number}">{number}</a></td><td>{lines}</td><td>{_esc(first[passage.first])}</td>'
        yield f"<td>{_appeared(passage.a, about)}</td><td>{_appeared(passage.b, about)}</td>"
        yield f'<td class="n">{passage.programs_with_it} of {shown.programs}</td>'
        yield f'<td class="n">{passage.tokens}</td></tr>\n'
    yield "</tbody></table></div>"
    yield '<p class="muted">Times are the hub\'s. “There at” is when nine tenths of the passage as it stands now were '
    yield "there; within a minute of each other is about the same time. What many of the class have says little.</p>"


def _appeared(side: AppearedView | None, about: PairPage) -> str:
    if side is None:
        return "from elsewhere, without times"
    shares = sorted(((float(getattr(side, name)), name) for name in _SHARES), reverse=True)
    how = [name if share >= _MOSTLY else f"{_percent(share)} {name}" for share, name in shares if share >= 0.005]
    there, began = about.clock(side.there.at_ms), about.clock(side.began.at_ms)
    return _esc(f"there at {there}, begun {began}; {', '.join(how)}")


def _texts(shown: SideBySide) -> Iterator[str]:
    yield '<h2>Side by side</h2><div class="sides">'
    sides = (
        ("a", "b", shown.a_name, shown.a_text, [(start, end) for start, end, _, _ in shown.regions]),
        ("b", "a", shown.b_name, shown.b_text, [(start, end) for _, _, start, end in shown.regions]),
    )
    for side, other, name, text, regions in sides:
        yield f'<section><h3>{_esc(name)}</h3><pre aria-label="Program of {_esc(name)}">'
        yield from _marked(text, regions, side, other)
        yield "</pre></section>"
    yield "</div>\n"


def _origin(shown: SideBySide) -> Iterator[str]:
    yield '<h2>Where this is from</h2><p class="muted">Worked out by '
    yield f"{_esc(shown.engine or 'ExamDesk')} within the class as it stood then. SHA-256 of the texts:</p><dl>"
    for name, text in ((shown.a_name, shown.a_text), (shown.b_name, shown.b_text)):
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        yield f"<dt>{_esc(name)}</dt><dd><code>{digest}</code></dd>"
    yield "</dl>"


def _marked(text: str, regions: Sequence[tuple[int, int]], side: str, other: str) -> Iterator[str]:
    """Yield the lines of a text; a mark never reaches over the end of a line, so that each line stands by itself."""
    order = sorted(range(len(regions)), key=regions.__getitem__)
    at = 0
    for line in text.split("\n"):
        end = at + len(line)
        yield '<span class="l">'
        place = at
        for number in order:
            start, stop = max(regions[number][0], place), min(regions[number][1], end)
            if start >= stop:
                continue
            begins = regions[number][0] >= at
            colour = f"background:var(--m{number % _MARKS + 1})"
            link = f'<a href="#{other}{number + 1}">{number + 1}</a>' if begins else ""
            name = f' id="{side}{number + 1}"' if begins else ""
            yield f'{_esc(text[place:start])}<mark style="{colour}"{name}>{link}{_esc(text[start:stop])}</mark>'
            place = stop
        yield f"{_esc(text[place:end])}</span>"
        at = end + 1


def _lines(text: str, start: int, end: int) -> str:
    first, last = text.count("\n", 0, start) + 1, text.count("\n", 0, max(start, end - 1)) + 1
    return f"{first}" if first == last else f"{first} to {last}"


def _style() -> str:
    source = importlib.resources.files("examdesk.staffapi") / "pair_report.css"
    return source.read_text(encoding="utf-8").replace("\n", "")


def _colours() -> str:
    marks = {
        Theme.LIGHT: ("#cfe2fb", "#fde9b8", "#d5f0dc", "#ecdcf7", "#fbdcc9"),
        Theme.DARK: ("#1f4468", "#5a4a14", "#1f4d31", "#4a2f63", "#5c3419"),
    }
    found = {}
    for theme, backgrounds in marks.items():
        colours = palette(theme)
        pairs = [(name, getattr(colours, name)) for name in _COLOURS]
        pairs += [(f"m{number}", colour) for number, colour in enumerate(backgrounds, 1)]
        found[theme] = "".join(f"--{name}:{colour};" for name, colour in pairs)
    dark = f"@media screen and (prefers-color-scheme:dark){{:root{{{found[Theme.DARK]}}}}}"
    return f":root{{color-scheme:light dark;{found[Theme.LIGHT]}}}{dark}"


def _percent(share: float) -> str:
    return f"{share * 100:.0f} %"


def _count(number: int, one: str) -> str:
    return f"{number} {one}" if number == 1 else f"{number} {one}s"


def _esc(text: str) -> str:
    return html.escape(_HIDDEN.sub("\ufffd", text), quote=True)
