"""HTML as question authors write it to Markdown; what has no Markdown is named."""

import html
import re
import textwrap
from collections.abc import Callable
from html.parser import HTMLParser

import msgspec

MAX_HTML = 256 * 1024

_BLOCKS = frozenset({"p", "div", "section", "article", "center", "figure", "figcaption", "header", "footer", "main"})
_INLINE = {"strong": "**", "b": "**", "em": "*", "i": "*"}
_DROPPED = frozenset({"script", "style", "template", "iframe", "object", "svg", "head", "title"})
_PLAIN = frozenset(
    {"span", "html", "body", "small", "u", "sub", "sup", "thead", "tbody", "tfoot", "colgroup", "dl", "kbd"}
)
_OTHER_PANELS = frozenset({"pl-submission-panel", "pl-answer-panel"})
_CONTAINERS = frozenset({"pl-question-panel", "pl-card", "pl-hide-in-panel", "pl-hide-in-manual-grading"})
_MARKDOWN = frozenset({"markdown", "markdown-template"})
_MUSTACHE = re.compile(r"\{{2,3}[^{}]{0,200}\}{2,3}")
_OPENING = re.compile(
    r"<(markdown|markdown-template|pl-code|pl-file-editor|script|style)\b([^>]{0,2000})>", re.IGNORECASE
)
_NO_TAG = re.compile(r"<(?!/?[A-Za-z][^<>]{0,4000}>)")
_DECLARATION = re.compile(r"<[!?][^<>]{0,500}>")
_EJS = re.compile(r"<%[=-]?([^%<>]{0,200})%>")
_MARK = "\ue0f1"
_KEY = re.compile(f"{_MARK}(\\d+){_MARK}")


class Editor(msgspec.Struct, frozen=True, kw_only=True):
    """An editor in a question: its file, where its first text comes from, and that text where it is written inside."""

    file: str
    source: str = ""
    directory: str = ""
    text: str = ""


class Converted(msgspec.Struct, kw_only=True):
    """The Markdown and what else was found.

    Attributes:
        left: (name, reason, value) of what has no Markdown.
        files: names of files that the text links or shows, by the path that the Markdown uses.
    """

    text: str = ""
    left: list[tuple[str, str, str]] = msgspec.field(default_factory=list)
    editors: list[Editor] = msgspec.field(default_factory=list)
    uploads: list[str] = msgspec.field(default_factory=list)
    pictures: list[str] = msgspec.field(default_factory=list)


Link = Callable[[str], str]
"""Gives what a link or picture of the source becomes."""


def to_markdown(source: str, link: Link, *, panels: bool) -> Converted:
    """Convert HTML; with `panels`, only what stands in question panels where there are any."""
    found = Converted()
    source = source.replace("\0", "\ufffd")
    if len(source) > MAX_HTML:
        found.left.append(("text", f"It is longer than {MAX_HTML:,} characters; the rest was left out.", ""))
        source = source[:MAX_HTML]
    walker = _Walker(found, link, only_panels=panels and "<pl-question-panel" in source.lower())
    source = _EJS.sub(r"{{\1}}", re.sub(r"<!--.*?(-->|\Z)", "", source, flags=re.DOTALL))
    tags = _without_whole(source.replace(_MARK, ""), walker.keep_whole)
    walker.feed(_NO_TAG.sub("&lt;", _DECLARATION.sub("", tags)))  # the parser is slow on tags that never end
    walker.close()
    walker.end()
    found.text = _tidy(walker.text())
    for mark in dict.fromkeys(_MUSTACHE.findall(found.text)):
        found.left.append((mark[:80], "Values are not put in; write the text as students are to read it.", ""))
    return found


def _without_whole(source: str, keep: Callable[[str, dict[str, str], str], str]) -> str:
    """Take out elements whose inside is no HTML; in one pass, whatever is left open."""
    parts, at, lower = [], 0, source.lower()
    open_ended: set[str] = set()
    while (found := _OPENING.search(source, at)) is not None:
        tag = found[1].lower()
        end = -1 if tag in open_ended or found[2].endswith("/") else lower.find(f"</{tag}", found.end())
        if end < 0:
            open_ended.add(tag)
            parts.append(source[at : found.end()])
            at = found.end()
            continue
        parts += [source[at : found.start()], keep(tag, _attributes(found[2]), source[found.end() : end])]
        close = source.find(">", end)
        at = len(source) if close < 0 else close + 1
    return "".join([*parts, source[at:]])


def _tidy(text: str) -> str:
    """At most one empty line in a row, and none at the ends; code keeps its own."""
    lines: list[str] = []
    fence = ""
    for line in text.split("\n"):
        mark = re.match(r"^\s*(`{3,}|~{3,})", line)
        if mark and (not fence or mark[1].startswith(fence)):
            fence = "" if fence else mark[1]
        kept = line if fence else line.rstrip() + ("  " if line.strip() and line.endswith("  ") else "")
        if fence or kept or (lines and lines[-1]):
            lines.append(kept)
    return "\n".join(lines).strip("\n") + "\n" if "".join(lines).strip() else ""


class _Walker(HTMLParser):
    """Turns tags into Markdown as they come."""

    def __init__(self, found: Converted, link: Link, *, only_panels: bool) -> None:
        super().__init__(convert_charrefs=True)
        self._found = found
        self._link = link
        self._only = only_panels
        self._inside = 0
        self._muted = 0
        self._out: list[str] = []
        self._whole: list[str] = []
        self._lists: list[tuple[str, int]] = []
        self._links: list[tuple[str, int]] = []
        self._code = 0
        self._cells: list[str] | None = None
        self._first_row = False

    def text(self) -> str:
        """The Markdown so far."""
        return _KEY.sub(lambda key: self._whole[int(key[1])], "".join(self._out))

    def end(self) -> None:
        """Close what the source left open."""
        while self._links:
            self._end_a()

    def keep_whole(self, tag: str, attributes: dict[str, str], inside: str) -> str:
        """Set aside text that is no HTML, and leave a mark that the parser passes on."""
        if tag in ("script", "style"):
            self._found.left.append((f"<{tag}>", "The desk shows text and pictures only.", ""))
            return ""
        if tag == "pl-file-editor":
            self._editor(attributes, inside)
            return ""
        whole = textwrap.dedent(inside.strip("\n").expandtabs(4)).strip("\n")
        if tag == "pl-code":
            language = attributes.get("language", "")
            self._named_file(tag, attributes, "source-file-name")
            whole = _fenced(html.unescape(whole), language)
        self._whole.append(f"\n\n{whole}\n\n")
        return f"{_MARK}{len(self._whole) - 1}{_MARK}"

    # -- the parser's calls

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "pl-question-panel":
            self._inside += 1
        if tag in _OTHER_PANELS or tag in _DROPPED:
            self._muted += 1
            self._found.left.append((f"<{tag}>", _why_left(tag), ""))
        elif self._heard():
            self._start(tag, attributes)

    def handle_endtag(self, tag: str) -> None:
        if tag in _OTHER_PANELS or tag in _DROPPED:
            self._muted = max(0, self._muted - 1)
        elif self._heard():
            self._finish(tag)
        if tag == "pl-question-panel":
            self._inside = max(0, self._inside - 1)

    def handle_data(self, data: str) -> None:
        if not self._heard():
            return
        if self._code:
            self._out.append(data)
            return
        line = re.sub(r"\s+", " ", data)
        self._out.append(line.lstrip() if not self._out or self._out[-1].endswith("\n") else line)

    # -- what tags become

    def _heard(self) -> bool:
        return not self._muted and (self._inside > 0 or not self._only)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if re.fullmatch(r"h[1-6]", tag):
            self._out.append(f"\n\n{'#' * min(6, int(tag[1]) + 1)} ")
        elif tag in _BLOCKS:
            self._out.append("\n\n")
        elif tag in _INLINE:
            self._out.append(_INLINE[tag])
        elif tag in ("ul", "ol"):
            self._lists.append((tag, 0))
            self._out.append("\n" if len(self._lists) > 1 else "\n\n")
        elif tag.startswith("pl-"):
            self._element(tag, attributes)
        else:
            self._other(tag, attributes)

    def _other(self, tag: str, attributes: dict[str, str]) -> None:
        starts: dict[str, Callable[[], None]] = {
            "li": self._item,
            "br": lambda: self._out.append("  \n"),
            "hr": lambda: self._out.append("\n\n---\n\n"),
            "blockquote": lambda: self._out.append("\n\n> "),
            "pre": self._pre,
            "code": lambda: self._out.append("" if self._code else "`"),
            "a": lambda: self._links.append((attributes.get("href", ""), self._mark("["))),
            "img": lambda: self._picture(attributes.get("src", ""), attributes.get("alt", "")),
            "table": self._table,
            "tr": self._row,
            "td": self._cell,
            "th": self._cell,
            "dt": lambda: self._out.append("\n\n**"),
            "dd": lambda: self._out.append("\n\n"),
        }
        if tag in starts:
            starts[tag]()
        elif tag not in _PLAIN:
            self._found.left.append((f"<{tag}>", "The desk's Markdown has nothing like it; its text was kept.", ""))

    def _finish(self, tag: str) -> None:
        ends: dict[str, Callable[[], None]] = {
            "a": self._end_a,
            "pre": self._end_pre,
            "code": lambda: self._out.append("" if self._code else "`"),
            "tr": self._end_row,
            "dt": lambda: self._out.append("**"),
            "ul": self._end_list,
            "ol": self._end_list,
        }
        if tag in ends:
            ends[tag]()
        elif tag in _INLINE:
            self._out.append(_INLINE[tag])
        elif tag in _BLOCKS or re.fullmatch(r"h[1-6]|table|blockquote|dd|pl-card", tag):
            self._out.append("\n\n")

    def _mark(self, text: str) -> int:
        self._out.append(text)
        return len(self._out)

    def _end_a(self) -> None:
        if not self._links:
            return
        href, _ = self._links.pop()
        self._out.append(f"]({self._target(href)})")

    def _target(self, href: str) -> str:
        return self._link(href).replace(" ", "%20").replace(")", "%29")

    def _picture(self, source: str, alt: str) -> None:
        self._found.pictures.append(source)
        self._out.append(f"![{alt}]({self._target(source)})")

    def _item(self) -> None:
        kind, number = self._lists.pop() if self._lists else ("ul", 0)
        self._lists.append((kind, number + 1))
        indent = "    " * min(len(self._lists) - 1, 8)
        self._out.append(f"\n{indent}{f'{number + 1}.' if kind == 'ol' else '-'} ")

    def _end_list(self) -> None:
        if self._lists:
            self._lists.pop()
        self._out.append("\n" if self._lists else "\n\n")

    def _pre(self) -> None:
        self._code += 1
        self._out.append("\n\n```\n")

    def _end_pre(self) -> None:
        if self._code:
            self._code -= 1
            self._out.append("\n```\n\n")

    def _table(self) -> None:
        self._first_row = True
        self._out.append("\n\n")

    def _row(self) -> None:
        self._cells = []
        self._out.append("\n|")

    def _cell(self) -> None:
        if self._cells is not None:
            if self._cells:
                self._out.append(" |")
            self._cells.append("")
        self._out.append(" ")

    def _end_row(self) -> None:
        if self._cells is None:
            return
        self._out.append(" |")
        if self._first_row:
            self._out.append(f"\n|{'---|' * max(1, len(self._cells))}")
        self._first_row, self._cells = False, None

    # -- PrairieLearn's elements

    def _element(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in _CONTAINERS:
            self._out.append("\n\n")
        elif tag == "pl-figure" and attributes.get("file-name") and attributes.get("type", "static") == "static":
            self._picture(attributes["file-name"], attributes.get("alt", ""))
        elif tag == "pl-file-download" and attributes.get("file-name"):
            self._found.left.append((f"<{tag}>", "The file lies beside the program.", attributes["file-name"]))
        elif tag == "pl-file-upload":
            self._found.uploads += [
                each.strip() for each in attributes.get("file-names", "").split(",") if each.strip()
            ]
            self._found.left.append((f"<{tag}>", "Students write the files in the editor.", _shown(attributes)))
        elif tag == "pl-file-editor":
            self._editor(attributes, "")
        elif tag == "pl-code":
            self._named_file(tag, attributes, "source-file-name")
        else:
            self._found.left.append((f"<{tag}>", _why_left(tag), _shown(attributes)))

    def _editor(self, attributes: dict[str, str], inside: str) -> None:
        editor = Editor(
            file=attributes.get("file-name", ""),
            source=attributes.get("source-file-name", ""),
            directory=attributes.get("directory", ""),
            text=textwrap.dedent(inside.strip("\n")),
        )
        self._found.editors.append(editor)

    def _named_file(self, tag: str, attributes: dict[str, str], name: str) -> None:
        if attributes.get(name):
            self._found.left.append((f"<{tag}>", "Text of another file is not put in.", attributes[name]))


def _fenced(text: str, language: str) -> str:
    longest = max((len(run) for run in re.findall(r"`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{re.sub(r'[^A-Za-z0-9+#-]', '', language)}\n{text}\n{fence}"


def _attributes(source: str) -> dict[str, str]:
    pairs = re.findall(r"""([A-Za-z_:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", source)
    return {name.lower(): html.unescape(first or second or third) for name, first, second, third in pairs}


def _shown(attributes: dict[str, str]) -> str:
    return " ".join(f'{name}="{value}"' for name, value in attributes.items())


def _why_left(tag: str) -> str:
    if tag in _OTHER_PANELS:
        return "Students see the question's text only."
    if tag in _DROPPED:
        return "The desk shows text and pictures only."
    if tag.startswith("pl-external-grader") or tag == "pl-workspace":
        return "Programs are written and run in ExamDesk's own editor."
    return "Answers are programs; ExamDesk has no such element."
