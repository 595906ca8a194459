"""Tool tips say what they are given letter by letter."""

from PySide6.QtGui import Qt


def plain_tip(text: str) -> str:
    """Return a text for a tool tip.

    Qt takes what looks like tags in one for HTML and loads the pictures that it names, from a network share as well;
    names, messages, file names and a program's errors are written by students.
    """
    return Qt.convertFromPlainText(text) if Qt.mightBeRichText(text) else text
