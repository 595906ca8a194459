"""The audit log: who did what, when, from where, and what was before and after."""

import re

from PySide6.QtCore import QDateTime, Qt, QTimer, Slot
from PySide6.QtWidgets import QCheckBox, QLineEdit, QSplitter, QWidget

from examdesk.staffapi.messages import AuditEntry, AuditLog, Changed, GetAudit
from instructor_app.kit import Kit
from instructor_app.tables.box import TableBox
from instructor_app.tables.model import Cell, Column, RowsModel
from instructor_app.widgets.basic import Banner, EmptyState, button, card, clear, column, holding, label, row
from instructor_app.words import counted, day_and_time, tr
from shared.look import SPACE
from shared.problems import Problem

PAGE = 300
LATER_MS = 300
LOOKING = ("signed in", "looked at")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


class AuditPage(QWidget):
    """The newest entries first; older ones on request, all of them searched at the hub."""

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self.banner = Banner(kit.look)
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Search who, what, about whom"))
        self.search.setAccessibleName(tr("Search the audit log"))
        self.search.setClearButtonEnabled(True)
        self.search.setFixedWidth(280)
        self.deeds = QCheckBox(tr("Without signing in and looking"))
        self.deeds.toggled.connect(self._filter)
        self.summary = label("", "muted")
        self.older = button(kit.look, tr("Show older entries"), then=self.ask_older)
        self.older.hide()
        self.model: RowsModel[AuditEntry] = RowsModel(_columns(), lambda one: str(one.number), self)
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
        head = row(
            label(tr("Audit log"), "title"), self.summary, None, self.older, self.deeds, self.search, spacing=SPACE["m"]
        )
        self.setLayout(column(head, self.banner, split, margin=SPACE["l"]))
        self.setFocusProxy(self.table.view)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(LATER_MS)
        self._later.timeout.connect(self.refresh)
        self.search.textChanged.connect(lambda _: self._later.start())
        self.table.chosen_changed.connect(self._show_chosen)
        kit.bridge.changed.connect(self._changed)
        kit.bridge.link_changed.connect(self._link_changed)
        self.refresh()

    def start_search(self) -> None:
        """Put the cursor into the search field."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def refresh(self) -> None:
        """Ask for the newest entries."""
        request = GetAudit(limit=PAGE, text=self.search.text())
        self._kit.bridge.query(request, self._take, self._problem, key="audit")

    def ask_older(self) -> None:
        """Ask for the entries before those that are shown."""
        numbers = [one.number for one in self.model.all_rows()]
        if numbers:
            request = GetAudit(limit=PAGE, text=self.search.text(), before=min(numbers))
            self._kit.bridge.query(request, self._take_older, self._problem, key="audit")

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

    def _filter(self, without: bool) -> None:
        self.model.set_filter((lambda one: not one.what.startswith(LOOKING)) if without else None)

    def _show_chosen(self) -> None:
        for one in self.table.chosen()[:1]:
            self.what.setText(tr("{who} ({role}): {deed}", who=one.who, role=one.role, deed=one.what))
            self.detail.setText(one.detail)
            clear(self._changes)
            for change in one.changes:
                self._changes.addWidget(label(local_times(change), "code", wrap=True, selectable=True))

    def _problem(self, problem: Problem) -> None:
        self.banner.say("attention", problem.sentence, tr("The audit log can't be shown"))

    @Slot(object)
    def _changed(self, change: Changed) -> None:
        if "audit" in change.topics and self.isVisible() and not self.model.all_rows()[PAGE:]:
            self._later.start()

    @Slot(object, str)
    def _link_changed(self, *_: object) -> None:
        if self.isVisible():
            self._later.start()

    def showEvent(self, event: object) -> None:  # noqa: N802, ARG002
        """Be up to date when looked at."""
        self._later.start()


def local_times(text: str) -> str:
    """Return a text with its moments as this computer's clock writes them."""

    def local(found: re.Match[str]) -> str:
        moment = QDateTime.fromString(found.group(), Qt.DateFormat.ISODate)
        return moment.toLocalTime().toString("HH:mm:ss")

    return _MOMENT.sub(local, text)


def _columns() -> list[Column[AuditEntry]]:
    def about(one: AuditEntry) -> Cell:
        note = counted(len(one.changes), "{n} change", "{n} changes") if one.changes else ""
        return Cell(" ".join(one.detail.split()), note=note)

    return [
        Column("number", tr("No."), lambda one: str(one.number), lambda one: one.number, 60, number=True),
        Column("at", tr("When"), lambda one: day_and_time(one.at_ms), lambda one: one.at_ms, 150),
        Column("who", tr("Who"), lambda one: Cell(one.who, note=one.role), width=190),
        Column("what", tr("What"), lambda one: one.what, width=210),
        Column("about", tr("About"), about, width=220, stretch=True, tip=lambda one: one.detail),
        Column("address", tr("From"), lambda one: one.address, width=120),
    ]
