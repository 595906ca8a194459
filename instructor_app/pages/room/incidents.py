"""What staff write down about the room: a fire alarm, a power cut, a student who felt ill."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QPlainTextEdit, QSizePolicy

from examdesk.staffapi.messages import AddIncident, Done, GetIncidents, IncidentList, IncidentView
from instructor_app.kit import Kit
from instructor_app.pages.room.tab import RoomTab
from instructor_app.tables.box import TableBox
from instructor_app.tables.model import Cell, Column, RowsModel
from instructor_app.widgets.basic import EmptyState, button, card, column, label, name_for_readers, row
from instructor_app.words import clock_time, day_and_time, tr
from shared.look import SPACE


class IncidentsTab(RoomTab):
    """A field to write, and everything that was written; nothing of it can be changed afterwards."""

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit)
        self.about = QComboBox()
        name_for_readers(self.about, tr("What the note is about"))
        self.text = QPlainTextEdit()
        self.text.setPlaceholderText(tr("What happened? It goes into the record with your name and the time."))
        self.text.setAccessibleName(tr("Incident note"))
        self.text.setMaximumHeight(84)
        self.text.setTabChangesFocus(True)
        self.text.textChanged.connect(self._fit)
        self.write = button(kit.look, tr("Write it down"), kind="primary", then=self.send)
        kit.bridge.rights.guard(self.write, AddIncident)
        self.model: RowsModel[IncidentView] = RowsModel(_columns(self._name), lambda one: str(one.number), self)
        empty = EmptyState(kit.look, "edit", tr("Nothing was written down"), tr("Notes stand in the record for good."))
        self.table: TableBox[IncidentView] = TableBox(
            self.model, kit.look, kit.preferences, name="incidents", title=tr("Incident notes"), empty=empty
        )
        self.table.sort("at", Qt.SortOrder.DescendingOrder)
        about = row(label(tr("About"), "muted"), self.about)
        about.setStretch(1, 1)
        form = card(column(about, self.text, row(None, self.write)), margin=SPACE["m"])
        form.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.whole = label("", wrap=True, selectable=True)
        self.table.chosen_changed.connect(self._show_whole)
        self.setLayout(column(self.banner, form, self.table, self.whole, margin=SPACE["s"]))
        self.choose_student("")
        self._fit()

    def choose_student(self, session: str) -> None:
        """Let the note be about a student, or about the exam."""
        self.about.clear()
        self.about.addItem(tr("The exam as a whole"), "")
        for words, of in self._students():
            self.about.addItem(words, of)
        self.about.setCurrentIndex(max(0, self.about.findData(session)))

    def _students(self) -> list[tuple[str, str]]:
        rows = sorted(self._kit.state.rows.values(), key=lambda one: one.name.casefold())
        return [(f"{one.name} · {one.student}", one.session) for one in rows if one.session]

    def refresh(self) -> None:
        """Ask again what was written."""
        shown = [(self.about.itemText(place), self.about.itemData(place)) for place in range(1, self.about.count())]
        if shown != self._students():
            self.choose_student(str(self.about.currentData() or ""))
        self._kit.bridge.query(GetIncidents(), self._take, self.problem, key="incidents")

    def send(self) -> None:
        """Write it down."""
        text = self.text.toPlainText().strip()
        if not text:
            return

        def done(answer: Done) -> None:
            self.text.clear()
            self.banner.say("positive", answer.sentence)
            self.refresh()

        request = AddIncident(command="", text=text, session=str(self.about.currentData() or ""))
        self._kit.bridge.command(request, done, self.problem)

    def _take(self, found: IncidentList) -> None:
        self.model.replace(found.incidents)

    def _show_whole(self) -> None:
        for one in self.table.chosen()[:1]:
            self.whole.setText(tr("{who}, {time}: {said}", who=one.who, time=day_and_time(one.at_ms), said=one.text))

    def _fit(self) -> None:
        self.write.setEnabled(bool(self.text.toPlainText().strip()))

    def _name(self, session: str) -> str:
        one = self._kit.state.by_session(session)
        return one.name if one is not None else tr("a student")


def _columns(name: Callable[[str], str]) -> list[Column[IncidentView]]:
    return [
        Column(
            "at",
            tr("When"),
            lambda one: clock_time(one.at_ms),
            lambda one: one.number,
            62,
            tip=lambda one: day_and_time(one.at_ms),
        ),
        Column(
            "text",
            tr("What happened"),
            lambda one: Cell(" ".join(one.text.split())),
            width=160,
            stretch=True,
            tip=lambda one: one.text,
        ),
        Column("about", tr("About"), lambda one: name(one.session) if one.session else tr("the exam"), width=110),
        Column("who", tr("By"), lambda one: one.who, width=80, hidden=True),
    ]
