"""Tool tips say what they are given letter by letter."""

from html import escape


def plain_tip(text: str) -> str:
    """Return a text for a tool tip.

    Qt takes what looks like tags or entities in one for HTML and loads the pictures that it names, from a network share
    as well; students write names, messages and errors, and anybody on the network can announce an exam and name it.
    """
    if "<" not in text and "&" not in text:
        return text
    return f'<p style="white-space: pre-wrap">{escape(text)}</p>'
