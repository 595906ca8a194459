"""A class that has worked, a real hub on its records, and the window: reviewed by keys, names hidden, exported."""

import contextlib
import csv
import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QComboBox, QWidget

from instructor_app.app import Program
from instructor_app.bridge import Link
from instructor_app.preferences import Preferences
from shared.clock import SystemChance, SystemClock
from shared.crypto.certificate import make_certificate
from tests.examdesk.exports.class_at_work import NAMES, stored_class
from tests.support.patience import PATIENCE_MS

ROOT = Path(__file__).parents[3]


@pytest.fixture
def records(tmp_path):
    """Serve the records of a class; yield their folder."""
    folder = tmp_path / "records"
    exam = stored_class(folder).exam
    certificate = make_certificate(exam.id, exam.key, SystemChance(), SystemClock(), ["localhost"])
    real = {"certificate": certificate.der, "tls_key": certificate.key_pem}
    with contextlib.closing(sqlite3.connect(folder / "examdesk.sqlite")) as connection, connection:
        connection.execute("UPDATE exam_keys SET certificate = :certificate, tls_key = :tls_key", real)
    command = [sys.executable, "-m", "examdesk.cli.main", "hub", "--exam", folder / "exam", "--data", folder]
    command += ["--host", "127.0.0.1", "--no-advertise"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as hub:
        assert json.loads(hub.stdout.readline())["port"]
        yield folder
        hub.terminate()
        hub.communicate(timeout=60)


@pytest.fixture
def program(qtbot, qapp, records):
    made = Program(qapp, preferences=Preferences(None), theme="light", data=records, name="Dr. Sato")
    with qtbot.waitActive(made.window, timeout=PATIENCE_MS):  # shortcuts belong to the active window
        made.window.show()
        made.window.activateWindow()
    yield made
    made.close()
    made.window.deleteLater()


def said_anywhere(program):
    """Return where which text stands in the program, seen or not: labels, tooltips, titles, tables, what is spoken."""
    found = []
    for top in (program.window, *QApplication.topLevelWidgets()):
        for part in (top, *top.findChildren(QWidget)):
            said = [part.windowTitle(), part.toolTip(), part.accessibleName(), part.accessibleDescription()]
            ways = (getattr(part, name, None) for name in ("text", "toPlainText", "title"))
            said += [way() for way in ways if callable(way)]
            if isinstance(part, QComboBox):
                said += [part.itemText(place) for place in range(part.count())]
            if isinstance(part, QAbstractItemView) and part.model() is not None:
                model, roles = part.model(), (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole)
                cells = ((row, column) for row in range(model.rowCount()) for column in range(model.columnCount()))
                said += [str(model.index(*cell).data(role)) for cell in cells for role in roles]
            where = f"{type(part).__name__} {part.accessibleName()} in {type(part.parent()).__name__}"
            found += [(where, str(text)) for text in said if text]
    return found


def naming(program):
    """Return what of it names somebody of the class."""
    return {(where, text) for where, text in said_anywhere(program) if any(name in text for name in NAMES.values())}


def look_around(program, wait):
    """Open what shows students, so that the window has all of it."""
    window = program.window
    window.show_page("live").show_room("hand_ins")
    one = next(row for row in program.state.rows.values() if row.session)
    window.open_session(one)
    window.open_playback(one)
    wait(lambda: window.playback.loader.complete and window.playback.view is not None)
    for name in ("evidence", "audit", "rosters", "live"):
        window.show_page(name)
        wait(lambda: program.bridge.waiting == 0)


def test_a_session_is_reviewed_by_keys_under_a_pseudonym_and_exported_under_it(qtbot, program, tmp_path):
    def wait(ready):
        qtbot.waitUntil(ready, timeout=PATIENCE_MS)

    assert program.opening.reconnect()
    wait(lambda: program.bridge.link is Link.UP and len(program.state.rows) >= len(NAMES))
    look_around(program, wait)
    assert len(naming(program)) > len(NAMES)
    page = program.window.show_page("review")
    queue = page.queue
    wait(lambda: queue.model.rowCount() == len(NAMES) and queue.book.people == ("Dr. Sato",))
    queue.names.click()
    wait(lambda: not {one.live.name for one in queue.model.all_rows()} & set(NAMES.values()))

    def nobody_is_named():
        assert program.bridge.waiting == 0
        assert not naming(program)

    wait(nobody_is_named)
    queue.table.view.setFocus()
    QTest.keyClick(queue.table.view, Qt.Key.Key_J)
    chosen = queue.table.chosen()[0].live
    QTest.keyClick(queue.table.view, Qt.Key.Key_N)
    QTest.keyClicks(queue.card.note, "Looked at the playback.")
    QTest.keyClick(queue.card.note, Qt.Key.Key_Escape)
    QTest.keyClick(queue.table.view, Qt.Key.Key_3)
    wait(lambda: queue.model.by_key(chosen.session).review.status == "Needs follow-up")
    queue.card.mine.click()
    wait(lambda: queue.model.by_key(chosen.session).review.assignee == "Dr. Sato")
    page.show_export()
    tab = page.export
    tab.options.whom.setCurrentIndex(tab.options.whom.count() - 1)
    for kind, box in tab.what.items():
        box.setChecked(kind in ("sessions", "events"))
    tab.folder.setText(str(tmp_path / "out"))
    wait(lambda: tab.kinds.chosen_size()[0] == 2)
    tab.start.click()
    wait(tab.banner.isVisible)
    document = json.loads((tmp_path / "out" / "sessions" / f"{chosen.student}.json").read_text(encoding="utf-8"))
    assert (document["review"], document["reviewer"]) == ("Needs follow-up", "Dr. Sato")
    assert [(step["step"], step["note"]) for step in document["review_history"]][-2:] == [
        ("status", "Looked at the playback."),
        ("assigned", ""),
    ]
    with (tmp_path / "out" / "events.csv").open(encoding="utf-8-sig", newline="") as file:
        assert {row["student"] for row in csv.DictReader(file)} == {chosen.student}
