"""The small buttons with which an author moves, copies and takes out what a list shows."""

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtWidgets import QPushButton

from instructor_app.theme import Look
from instructor_app.widgets.basic import button
from instructor_app.words import tr

_WIDTH = 32


class Rearranging(NamedTuple):
    """Up, down, copy, take out, in the order in which they stand."""

    up: QPushButton
    down: QPushButton
    copy: QPushButton
    drop: QPushButton


def rearranging(
    look: Look, move_by: Callable[[int], None], duplicate: Callable[[], None], remove: Callable[[], None]
) -> Rearranging:
    """Return the buttons; each says its key."""
    made = Rearranging(
        button(look, "", "chevron-up", "quiet", tip=tr("Move up (Alt+Up)"), then=lambda: move_by(-1)),
        button(look, "", "chevron-down", "quiet", tip=tr("Move down (Alt+Down)"), then=lambda: move_by(1)),
        button(look, "", "copy", "quiet", tip=tr("Copy (Ctrl+D)"), then=duplicate),
        button(look, "", "trash", "quiet", tip=tr("Take out (Del)"), then=remove),
    )
    for each in made:
        each.setFixedWidth(_WIDTH)
    return made
