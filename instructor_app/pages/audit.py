"""The audit log: who did what, when, from where, and what was before and after."""

import re
from collections.abc import Callable, Iterable

from PySide6.QtCore import QDateTime, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QComboBox, QCompleter, QLineEdit, QSplitter, QWidget

from examdesk.staffapi.messages import AuditEntry, AuditLog, Changed, GetAudit, LiveRow
from instructor_app.kit import Kit
from instructor_app.tables.box import TableBox
from instructor_app.tables.model import Cell, Column, RowsModel
from instructor_app.widgets.basic import Banner, EmptyState, button, card, clear, column, holding, label, row
from instructor_app.words import counted, day_and_time, tr
from shared.look import SPACE
from shared.problems import Problem

PAGE = 300
LATER_MS = 300
_SESSION = re.compile(r"(?:[^\s,]+, session |\bsession )?\b(?P<session>[0-9a-f]{32})\b")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


class AuditPage(QWidget):
    """The newest entries first; older ones on request, all of them searched at the hub."""

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self._later = QTimer(self, singleShot=True, interval=LATER_MS)
        self._later.timeout.connect(self.refresh)
        self._newest = GetAudit()
        self._goes_back = False
        self.banner = Banner(kit.look)
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Search who, what, about whom"))
        self.search.setAccessibleName(tr("Search the audit log"))
        self.search.setClearButtonEnabled(True)
        self.search.setMaximumWidth(320)
        self.kind = QComboBox()
        self.kind.setAccessibleName(tr("Which entries"))
        choices = (("", tr("Everything")), ("done", tr("What was done")), ("looked", tr("Who looked at evidence")))
        for value, words in choices:
            self.kind.addItem(words, value)
        self.kind.setToolTip(tr("What was done leaves out signing in and looking; looks include exports"))
        self.kind.currentIndexChanged.connect(lambda _: self._later.start())
        self.about = _StudentChoice()
        self.about.chosen.connect(self.refresh)
        self.summary = label("", "muted")
        self.older = button(kit.look, tr("Show older entries"), then=self.ask_older)
        self.older.hide()
        self.model: RowsModel[AuditEntry] = RowsModel(_columns(kit.state.by_session), lambda one: str(one.number), self)
        empty = EmptyState(
            kit.look,
            "institution",
            tr("Nothing is listed"),
            tr("What staff do with a hub stands here, with who, when and from where. Nothing can be removed."),
        )
        self.table: TableBox[AuditEntry] = TableBox(
            self.model, kit.look, kit.preferences, name="audit", title=tr("Audit log"), empty=empty
        )
        self.table.sort("number", Qt.SortOrder.DescendingOrder)
        self.what = label("", "subtitle", wrap=True)
        self.detail = label("", wrap=True, selectable=True)
        self._changes = column(spacing=2)
        inside = column(self.what, self.detail, holding(self._changes), None)
        below = card(inside, margin=SPACE["m"])
        below.setMinimumHeight(110)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(self.table)
        split.addWidget(below)
        split.setSizes([520, 150])
        head = row(label(tr("Audit log"), "title"), self.summary, None, self.older, spacing=SPACE["m"])
        filters = row(self.search, self.about, self.kind, None)
        filters.setStretch(0, 1)
        self.setLayout(column(head, filters, self.banner, split, margin=SPACE["l"]))
        self.setFocusProxy(self.table.view)
        self.search.textChanged.connect(lambda _: self._later.start())
        self.table.chosen_changed.connect(self._show_chosen)
        kit.state.rows_changed.connect(self._offer_students)
        self._offer_students()
        kit.bridge.changed.connect(self._changed)
        kit.bridge.link_changed.connect(self._link_changed)
        self.refresh()

    def start_search(self) -> None:
        """Put the cursor into the search field."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def show_looks_at(self, one: LiveRow) -> None:
        """Show who looked at a student's session."""
        self.search.clear()
        self.kind.setCurrentIndex(self.kind.findData("looked"))
        self.about.choose(one.session)

    def refresh(self) -> None:
        """Ask for the newest entries."""
        self._later.stop()
        self._newest, self._goes_back = self._request(), False
        self._kit.bridge.query(self._newest, self._take, self._problem, key="audit")

    def _request(self, before: int | None = None) -> GetAudit:
        text, kind, session = self.search.text(), self.kind.currentData(), self.about.session
        return GetAudit(limit=PAGE, text=text, before=before, kind=kind, session=session)

    def ask_older(self) -> None:
        """Ask for the entries before those that are shown, which stay until other ones are searched for."""
        numbers = [one.number for one in self.model.all_rows()]
        if self._request() != self._newest:
            self.refresh()
        elif numbers:
            self._later.stop()
            self._goes_back = True
            self._kit.bridge.query(self._request(min(numbers)), self._take_older, self._problem, key="audit")

    def _take(self, found: AuditLog) -> None:
        self.banner.hide()
        self.model.replace(found.entries)
        self._count(found)

    def _take_older(self, found: AuditLog) -> None:
        self.model.update(found.entries)
        self.model.rearrange()
        self._count(found)

    def _count(self, found: AuditLog) -> None:
        shown = len(self.model.all_rows())
        total = counted(found.total, "{n} entry in all", "{n} entries in all")
        self.summary.setText(tr("{shown} shown · {total}", shown=shown, total=total))
        self.older.setVisible(len(found.entries) == PAGE)

    def _show_chosen(self) -> None:
        for one in self.table.chosen()[:1]:
            self.what.setText(tr("{who} ({role}): {deed}", who=one.who, role=one.role, deed=one.what))
            self.detail.setText(with_names(one.detail, self._kit.state.by_session))
            clear(self._changes)
            for change in one.changes:
                self._changes.addWidget(label(local_times(change), "code", wrap=True, selectable=True))

    def _problem(self, problem: Problem) -> None:
        self.banner.say("attention", problem.sentence, tr("The audit log can't be shown"))

    @Slot(object)
    def _changed(self, change: Changed) -> None:
        if "audit" in change.topics and self.isVisible() and not self._goes_back:
            self._later.start()

    @Slot(object, bool)
    def _offer_students(self, *_: object) -> None:
        self.about.offer(self._kit.state.rows.values())

    @Slot(object, str)
    def _link_changed(self, *_: object) -> None:
        if self.isVisible():
            self._later.start()

    def showEvent(self, event: object) -> None:  # noqa: N802, ARG002
        """Be up to date when looked at."""
        self._later.start()


class _StudentChoice(QComboBox):
    """One student, found by typing a part of the name or id, or nobody in particular.

    Attributes:
        chosen: another one, whose `session` it is; empty for anybody.
    """

    chosen = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.session = ""
        self._field = QLineEdit()
        self._field.setAccessibleName(tr("About which student"))
        self.setEditable(True)
        self.setLineEdit(self._field)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setAccessibleName(tr("About which student"))
        self.setToolTip(tr("Entries about one student's session, and exports that took everybody's"))
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(16)
        self._field.setPlaceholderText(tr("About anybody"))
        completer = QCompleter(self.model(), self)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.setCompleter(completer)
        self.activated.connect(lambda place: self._take(str(self.itemData(place) or "")))
        self._field.editingFinished.connect(self._typed)

    def offer(self, rows: Iterable[LiveRow]) -> None:
        """Offer these students, and keep who is chosen."""
        found = sorted((_called(row), row.session) for row in rows if row.session)
        if [(self.itemText(place), self.itemData(place)) for place in range(1, self.count())] == found:
            return
        typed = self._field.text()
        self.clear()
        self.addItem("", "")
        for words, session in found:
            self.addItem(words, session)
        if self.session:
            self.setCurrentIndex(max(0, self.findData(self.session)))
        else:
            self._field.setText(typed)

    def choose(self, session: str) -> None:
        """Choose a student by the session."""
        self.setCurrentIndex(max(0, self.findData(session)))
        self._take(session)

    def _typed(self) -> None:
        place = self.findText(self._field.text().strip(), Qt.MatchFlag.MatchFixedString)
        self._take(str(self.itemData(place) or "") if place >= 0 else "")

    def _take(self, session: str) -> None:
        if session != self.session:
            self.session = session
            self.chosen.emit()


def _called(row: LiveRow) -> str:
    return row.name if row.name == row.student else f"{row.name} ({row.student})"


def local_times(text: str) -> str:
    """Return a text with its moments as this computer's clock writes them."""

    def local(found: re.Match[str]) -> str:
        moment = QDateTime.fromString(found.group(), Qt.DateFormat.ISODate)
        return moment.toLocalTime().toString("HH:mm:ss")

    return _MOMENT.sub(local, text)


def with_names(text: str, by_session: Callable[[str], LiveRow | None]) -> str:
    """Return a text in which sessions are called as people know them: by student, not by their id."""

    def named(found: re.Match[str]) -> str:
        one = by_session(found["session"])
        return found.group() if one is None else _called(one)

    return _SESSION.sub(named, text)


def _columns(by_session: Callable[[str], LiveRow | None]) -> list[Column[AuditEntry]]:
    def about(one: AuditEntry) -> Cell:
        note = counted(len(one.changes), "{n} change", "{n} changes") if one.changes else ""
        return Cell(" ".join(with_names(one.detail, by_session).split()), note=note)

    return [
        Column("number", tr("No."), lambda one: str(one.number), lambda one: one.number, 104, number=True),
        Column("at", tr("When"), lambda one: day_and_time(one.at_ms), lambda one: one.at_ms, 150),
        Column("who", tr("Who"), lambda one: Cell(one.who, note=one.role), width=190),
        Column("what", tr("What"), lambda one: one.what, width=210),
        Column("about", tr("About"), about, width=220, stretch=True, tip=lambda one: one.detail),
        Column("address", tr("From"), lambda one: one.address, width=120),
    ]
