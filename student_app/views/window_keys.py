"""The keys that go to a program with a picture, by the names that Tk and so Python's turtle has for them."""

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QKeyEvent

from student_app.running.guard.window import CHARACTERS

_NAMES = {
    Qt.Key.Key_Up: "Up",
    Qt.Key.Key_Down: "Down",
    Qt.Key.Key_Left: "Left",
    Qt.Key.Key_Right: "Right",
    Qt.Key.Key_Home: "Home",
    Qt.Key.Key_End: "End",
    Qt.Key.Key_PageUp: "Prior",
    Qt.Key.Key_PageDown: "Next",
    Qt.Key.Key_Insert: "Insert",
    Qt.Key.Key_Delete: "Delete",
    Qt.Key.Key_Backspace: "BackSpace",
    Qt.Key.Key_Return: "Return",
    Qt.Key.Key_Enter: "KP_Enter",
    Qt.Key.Key_Escape: "Escape",
    Qt.Key.Key_Space: "space",
    Qt.Key.Key_Shift: "Shift_L",
    Qt.Key.Key_CapsLock: "Caps_Lock",
}
_OF_CHARACTERS = {character: name for name, character in reversed(CHARACTERS.items())}
_KEYPAD = {"+": "KP_Add", "-": "KP_Subtract", "*": "KP_Multiply", "/": "KP_Divide", ".": "KP_Decimal"}
_OF_THE_WINDOW = (
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
)
# what comes with AltGr on Windows has both
_ALT_GR = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


def name_and_character(event: QKeyEvent) -> tuple[str, str] | None:
    """Return the key's name and what it writes; None for a key that belongs to the window (Tab, F5, Ctrl+S)."""
    text = event.text()
    character = text if len(text) == 1 and text.isprintable() else ""
    held = event.modifiers() & _OF_THE_WINDOW
    if held and not (held == _ALT_GR and character):
        return None
    known = _NAMES.get(Qt.Key(event.key()))
    if known is not None:
        return known, " " if known == "space" else ""
    if not character:
        return None
    if event.modifiers() & Qt.KeyboardModifier.KeypadModifier:
        return ("KP_" + character if character.isdecimal() else _KEYPAD.get(character, character)), character
    return _OF_CHARACTERS.get(character, character), character
