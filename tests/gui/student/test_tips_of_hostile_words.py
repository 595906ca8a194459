"""What anybody on the network can write into an announcement never becomes HTML in a tool tip."""

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QTextDocument

from shared.look import plain_tip
from student_app.core.ports import FoundHub
from student_app.views.pieces import ElidedLabel

PICTURE = "<img src='//203.0.113.9/share/x.png'>"


def as_shown(tip):
    """Return what a person reads in a tool tip."""
    if not Qt.mightBeRichText(tip):
        return tip
    document = QTextDocument()
    document.setHtml(tip)
    return document.toPlainText()


def test_the_title_and_room_of_an_announced_exam_are_read_letter_by_letter(bench):
    hubs = bench.window.finding.hubs
    hubs.show_hubs((FoundHub(name="x", title=PICTURE, room=f"B1 {PICTURE}", state="run", addresses=()),))
    assert PICTURE in as_shown(hubs.item(0).toolTip())
    assert as_shown(hubs.item(0).toolTip()).count(PICTURE) == 2


def test_labels_and_plain_words_are_shown_as_they_are(qtbot):
    shown = ElidedLabel(f"Quiz {PICTURE}")
    qtbot.addWidget(shown)
    assert as_shown(shown.toolTip()) == f"Quiz {PICTURE}"
    assert plain_tip("Quiz 2\nnot started") == "Quiz 2\nnot started"
