"""What students write never becomes HTML in a tool tip: Qt would load pictures that it names, from other PCs too."""

import msgspec
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import Qt as GuiQt
from PySide6.QtGui import QTextDocument
from PySide6.QtTest import QTest

from examdesk.staffapi.playback.marks import Mark
from instructor_app.pages.playback.timeline import RULER, Intensity
from instructor_app.widgets.basic import Elided
from shared.look import plain_tip

STUDENT = "s4000"
PICTURE = "<img src='//203.0.113.9/share/x.png'>"
HOSTILE = (
    PICTURE,
    "a &lt;b&gt; c",
    f"two  spaces\nand lines {PICTURE}",
    f"Ann {PICTURE}",
    "<h1>Cleared</h1>",
    "a < b and c > d",
    "<!-- nothing -->Ann",
    "Ann & <b>Ben</b>",
)


def as_shown(tip):
    """Return what a person reads in a tool tip, and which pictures it would load."""
    if not GuiQt.mightBeRichText(tip):
        return tip, []
    wanted = []

    class Document(QTextDocument):
        def loadResource(self, kind, url):
            wanted.append(url.toString())
            return super().loadResource(kind, url)

    document = Document()
    document.setHtml(tip)
    document.adjustSize()
    return document.toPlainText(), wanted


@pytest.mark.parametrize("text", HOSTILE)
def test_a_tip_is_read_letter_by_letter_and_loads_nothing(text):
    assert as_shown(plain_tip(text)) == (text, [])


def test_words_without_tags_stay_as_they_are():
    assert plain_tip("Safe up to 10:04\nsecond line") == "Safe up to 10:04\nsecond line"


def test_names_messages_and_file_names_of_students_are_no_html_anywhere(desk, qtbot):
    state = desk.program.state
    row = desk.hub.rows[STUDENT]
    desk.hub.rows[STUDENT] = msgspec.structs.replace(row, name=PICTURE, problem=f"Lost: {PICTURE}")
    state.refresh()
    desk.wait(lambda: state.rows[STUDENT].name == PICTURE)
    window = desk.program.window
    model = window.show_page("live").model
    desk.settle()
    tip = model.data(model.index(model.place_of(STUDENT), 0), Qt.ItemDataRole.ToolTipRole)
    words, loaded = as_shown(tip)
    assert (PICTURE in words, loaded) == (True, [])
    window.open_playback(state.rows[STUDENT])
    page = window.playback
    desk.wait(lambda: page.loader.complete and page.view is not None and not page._redraw.isActive())
    line, middle = page.timeline, (page.player.first_ms + page.player.last_ms) // 2
    said = Mark("messages", 3, middle, None, "student", f"The student: {PICTURE}")
    marks = page.loader.marks
    intensity = Intensity(marks.edit_ms, marks.typed, marks.removed)
    line.show_tape(page.player.first_ms, page.player.last_ms, intensity, {**page.steering.lanes, "messages": [said]})
    row = line.lanes().index("messages")
    QTest.mouseMove(line, QPoint(round(line.x_of(middle)), RULER + row * 18 + 9))
    qtbot.waitUntil(lambda: PICTURE in as_shown(line.toolTip())[0])
    assert as_shown(line.toolTip())[1] == []


def test_a_label_that_is_cut_tells_the_rest_without_html(qtbot):
    cut = Elided(f"A long name {PICTURE}")
    qtbot.addWidget(cut)
    cut.resize(60, 20)
    cut.show()
    assert as_shown(cut.toolTip()) == (f"A long name {PICTURE}", [])
