"""Commands that change several places at once, as one step of undo."""

import re
from itertools import accumulate

from PyQt6.Qsci import QsciScintilla

from student_app.editor.differences import replacements


def selected_bytes(editor: QsciScintilla) -> tuple[int, int]:
    """Return start and end of the selection in bytes; Scintilla knows it before QScintilla does."""
    start = editor.SendScintilla(editor.SCI_GETSELECTIONSTART)
    return int(start), int(editor.SendScintilla(editor.SCI_GETSELECTIONEND))


def toggle_comment(editor: QsciScintilla) -> None:
    """Put `# ` before the selected lines, or take it away where all of them have it."""
    first, last = _selected_lines(editor)
    lines = {number: editor.text(number) for number in range(first, last + 1)}
    filled = {number: text for number, text in lines.items() if text.strip()}
    if not filled:
        return
    away = all(text.lstrip().startswith("#") for text in filled.values())
    column = min(len(text) - len(text.lstrip()) for text in filled.values())
    editor.SendScintilla(editor.SCI_BEGINUNDOACTION)
    for number, text in filled.items():
        start = editor.positionFromLineIndex(number, 0)
        if away:
            found = re.match(r"\s*(# ?)", text)
            assert found is not None
            editor.SendScintilla(editor.SCI_DELETERANGE, start + len(text[: found.start(1)].encode()), len(found[1]))
        else:
            editor.SendScintilla(editor.SCI_INSERTTEXT, start + len(text[:column].encode()), b"# ")
    editor.SendScintilla(editor.SCI_ENDUNDOACTION)
    if first != last:
        end = editor.positionFromLineIndex(last + 1, 0) if last + 1 < editor.lines() else editor.length()
        editor.SendScintilla(editor.SCI_SETSEL, editor.positionFromLineIndex(first, 0), end)


def replace_all(editor: QsciScintilla, needle: str, by: str, *, case: bool) -> int:
    """Replace every occurrence of `needle` and return how many there were."""
    text = editor.text()
    places = occurrences(text, needle, case=case)
    data = by.encode()
    editor.SendScintilla(editor.SCI_BEGINUNDOACTION)
    at, byte = len(text), len(text.encode())
    for start, end in reversed(places):
        byte -= len(text[end:at].encode())
        size = len(text[start:end].encode())
        editor.SendScintilla(editor.SCI_DELETERANGE, byte - size, size)
        editor.SendScintilla(editor.SCI_INSERTTEXT, byte - size, data)
        byte, at = byte - size, start
    editor.SendScintilla(editor.SCI_ENDUNDOACTION)
    return len(places)


def replace_lines(editor: QsciScintilla, before: str, after: str) -> None:
    """Make the document, which is `before`, into `after` by changing only the lines that differ."""
    old = before.splitlines(keepends=True)
    starts = [0, *accumulate(len(line.encode()) for line in old)]
    editor.SendScintilla(editor.SCI_BEGINUNDOACTION)
    for change in reversed(replacements(old, after.splitlines(keepends=True))):
        start, end = starts[change.first], starts[change.last]
        data = "".join(change.lines).encode()
        if end > start:
            editor.SendScintilla(editor.SCI_DELETERANGE, start, end - start)
        if data:
            editor.SendScintilla(editor.SCI_SETEMPTYSELECTION, start)
            editor.SendScintilla(editor.SCI_ADDTEXT, len(data), data)
    editor.SendScintilla(editor.SCI_ENDUNDOACTION)


def occurrences(text: str, needle: str, *, case: bool) -> list[tuple[int, int]]:
    """Return where `needle` begins and ends in the text, each time that it is there."""
    return [found.span() for found in re.finditer(re.escape(needle), text, 0 if case else re.IGNORECASE)]


def _selected_lines(editor: QsciScintilla) -> tuple[int, int]:
    start, end = selected_bytes(editor)
    first = int(editor.SendScintilla(editor.SCI_LINEFROMPOSITION, start))
    last = int(editor.SendScintilla(editor.SCI_LINEFROMPOSITION, end))
    at_start = end == editor.SendScintilla(editor.SCI_POSITIONFROMLINE, last)
    return first, last - 1 if at_start and last > first else last
