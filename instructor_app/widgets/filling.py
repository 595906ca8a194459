"""Lines put into a document for a text that changes sixty times a second: those in sight at once, the others soon."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QTimer
from PySide6.QtGui import QFont, QTextCursor, QTextDocument
from PySide6.QtWidgets import QPlainTextDocumentLayout, QPlainTextEdit

from examdesk.staffapi.playback.compare import same_ends

AT_ONCE = 80
"""So many lines are replaced without waiting: finding out which of them are in sight would save nothing."""
IN_A_TURN = 400
"""Lines that one turn of the event loop puts in: less than a millisecond."""
REST_MS = 80
"""Lines out of sight are put in once no other text came for so long."""


class Filling:
    """A document of a view, which has a line for each one of a text at any time.

    What a line out of sight says may be of an earlier text until the view rests, or until `settle`.

    Attributes:
        document: a view shows one of its documents at a time.
    """

    def __init__(self, view: QPlainTextEdit, replaced: Callable[[int, int], object]) -> None:
        """`replaced` is told which lines, from and to, were put in while the view rested."""
        self._view, self._replaced = view, replaced
        self.document = QTextDocument(view)
        self.document.setUndoRedoEnabled(False)
        self.document.setDocumentLayout(QPlainTextDocumentLayout(self.document))
        self._held: Sequence[str] = [""]
        self._wanted: Sequence[str] = self._held
        self._stale = (0, 0)
        self._rest = QTimer(self.document)
        self._rest.setSingleShot(True)
        self._rest.timeout.connect(self._turn)

    def want(self, lines: Sequence[str], *, whole: bool) -> tuple[int, int] | None:
        """Have these lines from now on, `whole` all of them at once.

        Returns which of the document's lines, from and to, are other ones than before; None for none of them.
        """
        start, end = same_ends(self._held, lines)
        old, new = len(self._held) - start - end, len(lines) - start - end
        self._wanted = lines
        self._stale = (0, 0)
        self._rest.stop()
        if not old and not new:
            return None
        if whole or max(old, new) <= AT_ONCE:
            self._splice(start, end)
        else:
            self._make_room(end, new - old)
            self._stale = (start, len(lines) - end)
            self._rest.start(REST_MS)
        return start, start + new if new == old else max(len(lines), start + old + end)

    def fill(self, first: int, last: int) -> tuple[int, int] | None:
        """Put in the lines `first` up to `last`; return which of them were others, None for none."""
        first, last = max(first, self._stale[0]), min(last, self._stale[1])
        if first >= last:
            return None
        held, wanted = self._held[first:last], self._wanted[first:last]
        if held == wanted:
            return None
        start, end = same_ends(held, wanted)
        first, last = first + start, last - end
        bars = self._view.verticalScrollBar(), self._view.horizontalScrollBar()
        at = [bar.value() for bar in bars]
        self._put(first, last, self._wanted[first:last])
        for bar, value in zip(bars, at, strict=True):
            bar.setValue(value)
        self._held = [*self._held[:first], *self._wanted[first:last], *self._held[last:]]
        return first, last

    def write_in(self, font: QFont, tab: float) -> None:
        """Have this font from now on, and tab stops so many pixels apart."""
        self.document.setDefaultFont(font)
        option = self.document.defaultTextOption()
        option.setTabStopDistance(tab)
        self.document.setDefaultTextOption(option)

    def leave(self) -> None:
        """Stay as it is while the view shows another document."""
        self._rest.stop()
        self._stale = (0, 0)

    def settle(self) -> None:
        """Put in all lines now."""
        self._tell(self.fill(*self._stale))
        self._done()

    def _turn(self) -> None:
        first, last = self._stale
        self._tell(self.fill(first, first + IN_A_TURN))
        if first + IN_A_TURN >= last:
            self._done()
            return
        self._stale = (first + IN_A_TURN, last)
        self._rest.start(0)

    def _tell(self, filled: tuple[int, int] | None) -> None:
        if filled is not None:
            self._replaced(*filled)

    def _done(self) -> None:
        self._rest.stop()
        self._stale = (0, 0)
        self._held = self._wanted

    # ------------------------------------------------------------------------------------- the document

    def _splice(self, start: int, end: int) -> None:
        """Put the wanted lines in place of the held ones, without the first `start` and the last `end` of both."""
        old, new = len(self._held), self._wanted
        if not start and not end:
            self.document.setPlainText("\n".join(new))
        else:
            self._put(start, old - end, new[start : len(new) - end], at_end=not end)
        self._held = new

    def _make_room(self, end: int, more: int) -> None:
        """Have as many lines as are wanted: empty ones, or less, after the last one that will be another."""
        held = self._held
        place = len(held) - end
        if more > 0:
            self._put(place, place, [""] * more, at_end=not end)
            self._held = [*held[:place], *[""] * more, *held[place:]]
        elif more < 0:
            self._put(place + more, place, [], at_end=not end)
            self._held = [*held[: place + more], *held[place:]]

    def _put(self, first: int, last: int, lines: Sequence[str], *, at_end: bool = False) -> None:
        """Replace the document's lines `first` up to `last`; `at_end` where none comes after them."""
        document = self.document
        cursor = QTextCursor(document)
        text = "\n".join(lines)
        if first == last:  # nothing to take away: put lines in before or after a neighbour
            block = document.findBlockByNumber(first - 1 if at_end else first)
            cursor.setPosition(block.position() + (block.length() - 1 if at_end else 0))
            cursor.insertText("\n" + text if at_end else text + "\n")
            return
        cursor.setPosition(document.findBlockByNumber(first).position())
        block = document.findBlockByNumber(last - 1)
        stop = block.position() + block.length() - 1
        if not lines and at_end:  # nothing to put in: take the lines away with one of their line ends
            cursor.setPosition(cursor.position() - 1)
        elif not lines:
            stop += 1
        cursor.setPosition(stop, QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(text)
