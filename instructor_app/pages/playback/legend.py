"""What the signs on the timeline mean, and the keys of the session view."""

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QDialog, QGridLayout, QWidget

from instructor_app.kit import Kit
from instructor_app.pages.playback.timeline import ICON, paint_bar, paint_icon, paint_paste, paint_stretch
from instructor_app.theme import Look
from instructor_app.widgets.basic import column, label, row
from instructor_app.words import tr
from shared.look import SPACE

Painting = Callable[[QPainter, Look, QRectF], None]


class Sign(QWidget):
    """One sign as the timeline paints it."""

    def __init__(self, look: Look, painting: Painting) -> None:
        super().__init__()
        self._look, self._painting = look, painting
        self.setFixedSize(QSize(26, 18))
        look.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Paint it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._painting(painter, self._look, QRectF(self.rect()))
        painter.end()


class Legend(QDialog):
    """A small window that stays beside the work."""

    def __init__(self, parent: QWidget, kit: Kit) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Signs and keys of the session view"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        signs = QGridLayout()
        signs.setHorizontalSpacing(SPACE["m"])
        signs.setVerticalSpacing(SPACE["xs"])
        for place, (painting, words) in enumerate(sign_words()):
            signs.addWidget(Sign(kit.look, painting), place, 0)
            signs.addWidget(label(words), place, 1)
        keys = QGridLayout()
        keys.setHorizontalSpacing(SPACE["l"])
        keys.setVerticalSpacing(SPACE["xs"])
        for place, (name, words) in enumerate(key_words()):
            keys.addWidget(label(name, "code"), place, 0)
            keys.addWidget(label(words), place, 1)
        both = row(
            column(label(tr("On the timeline"), "subtitle"), signs, None),
            column(label(tr("Keys"), "subtitle"), keys, None),
            spacing=SPACE["xxl"],
            margin=SPACE["l"],
        )
        self.setLayout(both)


def _icon(name: str, tone: str = "text") -> Painting:
    def paint(painter: QPainter, look: Look, room: QRectF) -> None:
        paint_icon(painter, look, name, tone, room.center())

    return paint


def _paste(*, outside: bool) -> Painting:
    def paint(painter: QPainter, look: Look, room: QRectF) -> None:
        paint_paste(painter, look, room.center(), outside=outside)

    return paint


def _stretch(kind: str) -> Painting:
    def paint(painter: QPainter, look: Look, room: QRectF) -> None:
        paint_stretch(painter, look, kind, room.adjusted(1, 4, -1, -4))

    return paint


def _edits(painter: QPainter, look: Look, room: QRectF) -> None:
    for place, (high, share) in enumerate(((5, 0.0), (12, 0.3), (9, 0.0), (14, 0.5), (6, 1.0))):
        paint_bar(painter, look, QPointF(3 + place * 4, room.bottom() - 1), high, share)


def _version(painter: QPainter, look: Look, room: QRectF) -> None:
    painter.setPen(look.colour("muted"))
    painter.drawLine(QPointF(room.center().x(), 4), QPointF(room.center().x(), ICON))


def sign_words() -> list[tuple[Painting, str]]:
    """Return every sign with what it means."""
    return [
        (_edits, tr("how much was typed (above) and removed (below)")),
        (_paste(outside=True), tr("a paste from outside the session")),
        (_paste(outside=False), tr("a paste of the student's own text")),
        (_icon("check", "positive"), tr("a run that finished")),
        (_icon("warning", "attention"), tr("a run that ended with an error")),
        (_icon("stop", "attention"), tr("a run that was stopped, by a limit or by the student")),
        (_version, tr("a version of the code that is kept")),
        (_stretch("away"), tr("another window was in front; which one is not recorded")),
        (_stretch("offline"), tr("no connection; work went on and arrived later")),
        (_stretch("unconfirmed"), tr("no hub confirmed these events; only the desk's own signatures cover them")),
        (_stretch("late"), tr("confirmed more than a minute after they were written")),
        (_stretch("found"), tr("the text that was looked for stood there")),
        (_icon("exams"), tr("another edition of the exam holds from here on")),
        (_icon("eye"), tr("the student read what an edition changed")),
        (_icon("add"), tr("other questions from here on: given by the staff, or drawn anew")),
        (_icon("message"), tr("a message of the staff")),
        (_icon("user"), tr("a message of the student")),
        (_icon("hand"), tr("a hand was raised or lowered")),
        (_icon("edit"), tr("a note of a reviewer about this moment")),
        (_icon("flag"), tr("a signal: something that a person may want to look at")),
        (_icon("play"), tr("the desk began; started again, moved, paused, handed in have signs of their own")),
    ]


def key_words() -> list[tuple[str, str]]:
    """Return the keys with what they do."""
    return [
        (tr("Space"), tr("play or stop")),
        ("J K L", tr("play back, stop, play on; again: faster")),
        ("1 … 7", tr("speed 1× … 64×")),  # noqa: RUF001
        ("← →   , .", tr("one event back, on")),
        ("Ctrl+← →", tr("to the version or run before, after")),
        ("Shift+← →", tr("ten seconds back, on")),
        (tr("Home, End"), tr("to the beginning, to the end; End follows live")),
        ("P R S M A", tr("to the next paste, run, signal, message, other window; with Shift the one before")),
        ("[ ] \\", tr("play from here, up to here again and again; no longer")),
        (tr("Ctrl+drag"), tr("play a stretch of the timeline again and again")),
        ("+ −", tr("closer, farther; the wheel as well")),  # noqa: RUF001
        ("0", tr("all of it")),
        ("I", tr("skip idle time")),
        ("D", tr("compare with the version before")),
        (tr("Shift+click"), tr("compare a moment of the timeline with the playhead")),
        ("F", tr("look for a text at every moment")),
        ("H", tr("follow a line back to where it came from")),
        ("N, B", tr("write a note about this moment; to the next note")),
        ("C, G", tr("copy this moment; go to one")),
        ("V", tr("to its review; V there leads back to this moment")),
        (tr("Esc"), tr("back")),
    ]
