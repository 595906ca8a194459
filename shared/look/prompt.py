"""Texts of an exam as HTML, the same at the student's desk and in the author's preview."""

from markdown_it import MarkdownIt

from shared.look.fonts import CODE_FAMILY
from shared.look.tokens import Palette

_markdown = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
_PICTURE = '<p style="line-height: 100%"><img'


def html_of(markdown: str) -> str:
    """Return Markdown as HTML; HTML in it is shown as it was written."""
    return str(_markdown.render(markdown)).replace("\n</code></pre>", "</code></pre>").replace("<p><img", _PICTURE)


def prompt_sheet(colours: Palette, code_points: float) -> str:
    """Return the style sheet of these texts for Qt's rich text."""
    return f"""
        body, p, li, td {{ color: {colours.text}; }}
        p {{ margin-top: 0; margin-bottom: 10px; line-height: 135%; }}
        li {{ margin-bottom: 4px; line-height: 130%; }}
        h1 {{ font-size: x-large; font-weight: 600; margin-top: 2px; margin-bottom: 10px; }}
        h2 {{ font-size: large; font-weight: 600; margin-top: 14px; margin-bottom: 6px; }}
        h3 {{ font-size: medium; font-weight: 600; margin-top: 12px; margin-bottom: 4px; }}
        code {{ font-family: '{CODE_FAMILY}'; font-size: {code_points}pt; background-color: {colours.sunken}; }}
        pre {{ font-family: '{CODE_FAMILY}'; font-size: {code_points}pt; background-color: {colours.sunken};
               margin-top: 4px; margin-bottom: 12px; }}
        a {{ color: {colours.accent_text}; text-decoration: none; }}
        blockquote {{ color: {colours.muted}; }}
        table {{ border-collapse: collapse; border-color: {colours.line}; border-width: 1px; border-style: solid;
                 margin-top: 4px; margin-bottom: 12px; }}
        th, td {{ padding: 5px 10px; border: 1px solid {colours.line}; }}
        th {{ background-color: {colours.sunken}; font-weight: 600; }}
    """
