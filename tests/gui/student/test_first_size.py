"""How large text begins: as the system has it, and larger on a 4K screen that the system does not scale."""

import pytest
from PyQt6.QtWidgets import QApplication, QLabel, QWidget

from student_app.views.look import Look, first_zoom
from student_app.views.pieces import centred
from tests.support.patience import PATIENCE_MS


@pytest.mark.parametrize(
    ("width", "ratio", "dpi", "points"),
    [
        (1920, 1.0, 96.0, 0),
        (3840, 2.0, 163.0, 0),
        (3840, 1.0, 163.0, 7),
        (3840, 1.0, 280.0, 12),
        (3840, 1.0, 80.0, 0),
        (3840, 1.0, 4000.0, 0),
        (3840, 1.0, 0.0, 0),
        (2560, 1.0, 109.0, 0),
    ],
)
def test_text_begins_larger_only_where_it_would_be_too_small(width, ratio, dpi, points):
    assert first_zoom(width, ratio, dpi) == points


def test_pages_grow_with_their_text(qtbot):
    look = Look(QApplication.instance(), "light")
    content = QWidget()
    page = centred(content, 400)
    label = QLabel("x", content)
    qtbot.addWidget(page)
    page.show()
    before = content.maximumWidth()
    try:
        look.grow(10)
        qtbot.waitUntil(lambda: content.maximumWidth() > before, timeout=PATIENCE_MS)
        assert label.font().pointSizeF() > 12
    finally:
        look.grow(0)


def test_the_size_that_was_chosen_is_no_new_windows_own(qapp):
    size = Look(qapp).code_font.pointSizeF()
    Look(qapp, zoom=6)
    assert Look(qapp).code_font.pointSizeF() == size
