"""What keys mean in the session view."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from examdesk.staffapi.playback.player import SPEEDS

_NONE = Qt.KeyboardModifier.NoModifier
_CONTROL = Qt.KeyboardModifier.ControlModifier
_SHIFT = Qt.KeyboardModifier.ShiftModifier
_KEY = Qt.Key
_ACTS: dict[tuple[Qt.KeyboardModifier, Qt.Key], str] = {
    (_NONE, _KEY.Key_Space): "toggle",
    (_NONE, _KEY.Key_J): "shuttle-back",
    (_NONE, _KEY.Key_K): "halt",
    (_NONE, _KEY.Key_L): "shuttle-on",
    (_NONE, _KEY.Key_Left): "back",
    (_NONE, _KEY.Key_Right): "on",
    (_NONE, _KEY.Key_Comma): "back",
    (_NONE, _KEY.Key_Period): "on",
    (_CONTROL, _KEY.Key_Left): "mark-back",
    (_CONTROL, _KEY.Key_Right): "mark-on",
    (_SHIFT, _KEY.Key_Left): "stride-back",
    (_SHIFT, _KEY.Key_Right): "stride-on",
    (_NONE, _KEY.Key_Home): "start",
    (_NONE, _KEY.Key_End): "end",
    (_NONE, _KEY.Key_Plus): "closer",
    (_SHIFT, _KEY.Key_Plus): "closer",
    (_NONE, _KEY.Key_Equal): "closer",
    (_NONE, _KEY.Key_Minus): "farther",
    (_NONE, _KEY.Key_0): "fit",
    (_NONE, _KEY.Key_I): "skip",
    (_NONE, _KEY.Key_D): "compare",
    (_NONE, _KEY.Key_BracketLeft): "loop-from",
    (_NONE, _KEY.Key_BracketRight): "loop-to",
    (_NONE, _KEY.Key_Backslash): "loop-off",
    (_NONE, _KEY.Key_N): "note",
    (_NONE, _KEY.Key_C): "copy",
    (_NONE, _KEY.Key_G): "go-to",
    (_NONE, _KEY.Key_F): "find",
    (_NONE, _KEY.Key_Slash): "find",
    (_NONE, _KEY.Key_H): "line",
    (_NONE, _KEY.Key_V): "review",
    (_NONE, _KEY.Key_Escape): "leave",
}
JUMPS: dict[Qt.Key, str] = {
    _KEY.Key_P: "pastes",
    _KEY.Key_R: "runs",
    _KEY.Key_S: "signals",
    _KEY.Key_A: "focus",
    _KEY.Key_M: "messages",
    _KEY.Key_B: "notes",
}
"""Lanes by the key that goes to their next mark; with Shift to the one before."""
_ACTS |= {(_NONE, key): f"next {lane}" for key, lane in JUMPS.items()}
_ACTS |= {(_SHIFT, key): f"previous {lane}" for key, lane in JUMPS.items()}
_SCROLLS = (_KEY.Key_Left, _KEY.Key_Right, _KEY.Key_Home, _KEY.Key_End)


def act_of(event: QKeyEvent) -> str:
    """Return what a key means: an act of the page, `speed N`, or nothing."""
    key = Qt.Key(event.key())
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    if event.text() in ("[", "]", "\\") and not modifiers & _SHIFT:
        return {"[": "loop-from", "]": "loop-to", "\\": "loop-off"}[event.text()]  # wherever the keyboard has them
    if modifiers == _NONE and _KEY.Key_1 <= key < _KEY.Key_1 + len(SPEEDS):
        return f"speed {SPEEDS[key - _KEY.Key_1]}"
    return _ACTS.get((modifiers, key), "")


def scrolls(event: QKeyEvent) -> bool:
    """Tell whether a text keeps a key for itself, to scroll or to select."""
    return event.key() in _SCROLLS and not event.modifiers() & _CONTROL
