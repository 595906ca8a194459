"""All rooms: every hub that this person watches, and the students of all of them in one table."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QFrame, QLineEdit, QMenu, QWidget
from shiboken6 import isValid

from examdesk.staffapi.messages import LiveRow
from instructor_app.colleague import ROLES
from instructor_app.indicators import Indicator, indicators
from instructor_app.kit import Kit
from instructor_app.pages.all_rooms_sheet import AllRoomsSheet
from instructor_app.pages.live_columns import live_columns
from instructor_app.rooms import Room, Rooms
from instructor_app.state import key_of
from instructor_app.tables.box import TableBox
from instructor_app.tables.model import Cell, Column, RowsModel
from instructor_app.widgets.basic import (
    Banner,
    Chip,
    Elided,
    EmptyState,
    button,
    clear,
    column,
    holding,
    label,
    pill,
    restyle,
    row,
)
from instructor_app.widgets.flow import flow
from instructor_app.words import clock_time, counted, tr
from shared.look import SPACE, plain_tip
from shared.problems import Problem

CARD_WIDTH = 272
CARD_HEIGHT = 184
COUNT_MS = 200
SHOWN = ("student", "section", "status", "left", "saved", "runs", "look")


@dataclass(frozen=True, slots=True)
class RoomRow:
    """A student in one of the rooms."""

    room: str
    title: str
    reached: bool
    row: LiveRow
    of: Room = field(compare=False)

    @property
    def key(self) -> str:
        """Which row it is."""
        return f"{self.room}\n{key_of(self.row)}"


class RoomCard(QFrame):
    """A hub: where it is, how it stands, how many are in, and what to do with it."""

    def __init__(self, kit: Kit, room: Room) -> None:
        super().__init__()
        self._kit, self.room = kit, room
        look = kit.look
        self.setProperty("kind", "card")
        self.setFixedSize(CARD_WIDTH, CARD_HEIGHT)
        self.title, self.exam = Elided("", "subtitle"), Elided("", "muted")
        self.state = pill("")
        self.counts = label("", wrap=True)
        self.go = button(look, tr("Go to this room"))
        self.leave = button(look, "", "close", "quiet", tip=tr("Watch this room no longer; its exam goes on"))
        own = room.file is None
        self.go.setVisible(not own)
        self.leave.setVisible(not own)
        here = label(tr("This window works with it"), "small")
        here.setVisible(own)
        head = row(self.title, self.leave)
        head.setStretch(0, 1)
        self.setLayout(
            column(
                head, self.exam, row(self.state, None), self.counts, None, row(self.go, here, None), margin=SPACE["m"]
            )
        )
        room.changed.connect(self.refresh)
        room.state.rows_changed.connect(self._rows_changed)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show how the hub stands."""
        room = self.room
        self.title.setText(room.title)
        exam = room.state.exam
        self.exam.setText(" · ".join(part for part in (exam.course, exam.short_name) if part) if exam else "")
        self.exam.setVisible(exam is not None)
        if room.reached:
            self.state.setText(tr("Connected"))
            restyle(self.state, tone="positive")
        else:
            since = tr("Not reached since {time}", time=clock_time(room.lost_ms)) if room.lost_ms else tr("Not reached")
            self.state.setText(since)
            restyle(self.state, tone="attention")
        self.state.setToolTip(plain_tip(room.why))
        self._count()
        self.setAccessibleName(f"{room.title}: {self.state.text()}. {self.counts.text()}")

    @Slot(object, bool)
    def _rows_changed(self, *_: object) -> None:
        self._count()

    def _count(self) -> None:
        rows = list(self.room.state.rows.values())
        joined = sum(bool(one.session) for one in rows)
        hands = sum(one.hand for one in rows)
        parts = [
            tr("{joined} of {n} are in", joined=joined, n=len(rows)),
            counted(hands, "{n} hand is up", "{n} hands are up") if hands else "",
            counted(len(self.room.state.held), "{n} waits at the door", "{n} wait at the door")
            if self.room.state.held
            else "",
        ]
        words = " · ".join(part for part in parts if part)
        if not self.room.reached and rows:
            words = tr("Last known: {what}. Its students go on.", what=words)
        if not rows:
            words = tr("Nobody is on its list") if self.room.reached else self.room.why
        self.counts.setText(words)


class RoomsPage(QWidget):
    """See the module.

    Attributes:
        went: the window now works with another hub.
        opened: (LiveRow) a session of the window's own hub is to be shown.
    """

    went = Signal()
    opened = Signal(object)

    def __init__(self, kit: Kit, rooms: Rooms) -> None:
        super().__init__()
        self._kit, self._rooms = kit, rooms
        self._cards: list[RoomCard] = []
        self._only: set[str] = set()
        self._watched: set[Room] = set()
        self._of_room: dict[Room, dict[str, Column[LiveRow]]] = {}
        self._counting = QTimer(self)
        self._counting.setSingleShot(True)
        self._counting.setInterval(COUNT_MS)
        self._counting.timeout.connect(self._count_now)
        self.banner = Banner(kit.look)
        self.add = button(kit.look, tr("Watch another room…"), "add", then=self.choose_file)
        self.address = QLineEdit()
        self.address.setPlaceholderText(tr("Its address, where the file has none: 192.168.1.20:23926"))
        self.address.setAccessibleName(tr("Address of the other room's hub"))
        self.address.setMinimumWidth(300)
        self.sheet = AllRoomsSheet(kit, rooms, self.banner)
        self.commands = button(kit.look, tr("For all rooms"), "announce")
        self.commands.setMenu(self.sheet.menu(self))
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Search name, id, seat, room"))
        self.search.setAccessibleName(tr("Search students of all rooms"))
        self.search.setClearButtonEnabled(True)
        self.search.setFixedWidth(240)
        self.hands = Chip(kit.look, tr("Hands up"), "hand")
        self.marked = Chip(kit.look, tr("To look at"), "flag", "attention")
        self._holder = column()
        self.model: RowsModel[RoomRow] = RowsModel(self._columns(), lambda one: one.key, self)
        empty = EmptyState(
            kit.look,
            "network",
            tr("Only this window's room so far"),
            tr(
                "Add the hub.json that another room's hub wrote, with the token of your role. Students of all rooms "
                "then stand in one table, and a hub that is gone disturbs no other."
            ),
        )
        self.table: TableBox[RoomRow] = TableBox(
            self.model, kit.look, kit.preferences, name="rooms", title=tr("Students of all rooms"), empty=empty
        )
        self.table.sort("room")
        self.share = button(kit.look, tr("File for a colleague"), "key")
        self.share.setToolTip(tr("With it a colleague's laptop watches this window's room, with the rights of a role"))
        self.share.setMenu(self._roles_menu())
        head = row(label(tr("All rooms"), "title"), None, self.address, self.add, self.share)
        find = holding(row(self.commands, self.search))
        chips = flow(self.hands, self.marked, spacing=SPACE["xs"], last=find)
        layout = column(head, self.banner, holding(self._holder), self.sheet, chips, self.table, margin=SPACE["l"])
        layout.setStretch(5, 1)
        self.setLayout(layout)
        self.setFocusProxy(self.table.view)
        self.search.textChanged.connect(lambda _: self._filter())
        self.hands.clicked.connect(lambda _: self._filter())
        self.marked.clicked.connect(lambda _: self._filter())
        self.table.opened.connect(self._open)
        rooms.changed.connect(self.refresh)
        rooms.start()
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show the hubs that there are now."""
        clear(self._holder)
        self._cards = [self._card(room) for room in self._rooms.all()]
        self._holder.addWidget(flow(*self._cards))
        for room in self._rooms.all():
            if room not in self._watched:
                self._watched.add(room)
                room.changed.connect(self._take_all)
                room.state.rows_changed.connect(partial(self._rows_changed, room))
        self._watched &= set(self._rooms.all())
        self._of_room = {room: columns for room, columns in self._of_room.items() if room in self._watched}
        self._take_all()

    def start_search(self) -> None:
        """Put the cursor into the search field."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def choose_file(self) -> None:
        """Let the person choose another hub's file."""
        dialog = QFileDialog(self, tr("Another hub's file"), str(Path.home()), tr("Hub files (*.json)"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: self.add_file(Path(path)))
        dialog.open()

    def write_for(self, role: str, path: Path) -> None:
        """Write the file with which a colleague watches this window's room."""
        try:
            self._rooms.write_for_colleague(path, role)
        except Problem as problem:
            self.banner.say("attention", problem.sentence, tr("The file was not written"))
            return
        words = tr("{path} is as good as a password: hand it over like one.", path=path)
        self.banner.say("positive", words, tr("The file for a colleague is written"))

    def _roles_menu(self) -> QMenu:
        menu = QMenu(self)
        names = {
            "proctor": tr("Proctor: lets in, writes, gives time"),
            "teaching assistant": tr("Teaching assistant: also sees code"),
            "integrity reviewer": tr("Integrity reviewer: sees code and evidence"),
            "auditor": tr("Auditor: sees who is in, and the audit log"),
        }
        for role in ROLES:
            menu.addAction(names[role], partial(self._ask_place, role))
        return menu

    def _ask_place(self, role: str) -> None:
        name = str(Path.home() / f"hub-{role.replace(' ', '-')}.json")
        dialog = QFileDialog(self, tr("File for a colleague"), name, tr("Hub files (*.json)"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: self.write_for(role, Path(path)))
        dialog.open()

    def add_file(self, path: Path) -> None:
        """Watch the hub that a file names."""
        try:
            self._rooms.add(path, self.address.text())
        except Problem as problem:
            self.banner.say("attention", problem.sentence, tr("This room can't be watched"))
            return
        self.address.clear()
        self.banner.hide()

    def _card(self, room: Room) -> RoomCard:
        made = RoomCard(self._kit, room)
        made.go.clicked.connect(lambda _: self._go(room))
        made.leave.clicked.connect(lambda _: self._rooms.remove(room.key))
        return made

    def _go(self, room: Room) -> None:
        self._rooms.go_to(room.key)
        self.went.emit()

    def _open(self, one: RoomRow) -> None:
        if not one.row.session:
            self.banner.say("info", tr("{name} has not joined yet: there is no session to show.", name=one.row.name))
        elif one.of is self._rooms.own:
            self.opened.emit(one.row)
        else:
            words = tr("{name} sits in another room. Go to that room to open the session.", name=one.row.name)
            self.banner.say("info", words, one.title, tr("Go to this room"), lambda: self._go(one.of))

    @Slot()
    def _take_all(self) -> None:
        self.model.replace([each for room in self._rooms.all() for each in _rows_of(room, room.state.rows.values())])
        self._count()

    def _rows_changed(self, room: Room, rows: list[LiveRow], everything: bool) -> None:
        if not isValid(self) or room not in self._watched:
            return
        if everything:
            self._take_all()
        else:
            self.model.update(_rows_of(room, rows))
            self._count()

    def _count(self) -> None:
        if not self._counting.isActive():
            self._counting.start()

    def _count_now(self) -> None:
        rows = self.model.all_rows()
        self.hands.count(sum(one.row.hand for one in rows))
        self.marked.count(sum(bool(self._marks(one.of, one.row)) for one in rows))

    def _marks(self, room: Room, row: LiveRow) -> list[Indicator]:
        return indicators(row, room.state.now_ms(), self._kit.preferences.limits())

    def _filter(self) -> None:
        words = self.search.text().casefold().split()
        hands, marked = self.hands.isChecked(), self.marked.isChecked()

        def passes(one: RoomRow) -> bool:
            if (hands and not one.row.hand) or (marked and not self._marks(one.of, one.row)):
                return False
            text = f"{one.row.name} {one.row.student} {one.row.seat} {one.row.device} {one.title}".casefold()
            return all(word in text for word in words)

        self.model.set_filter(passes if words or hands or marked else None)

    def _columns(self) -> list[Column[RoomRow]]:
        def room(one: RoomRow) -> Cell:
            if one.reached:
                return Cell(one.title)
            return Cell(one.title, icon="offline", tone="attention")

        def tip(one: RoomRow) -> str:
            return one.title if one.reached else tr("{room}: not reached; this is what was known last", room=one.title)

        first: Column[RoomRow] = Column(
            "room", tr("Room"), room, lambda one: (one.title.casefold(), one.row.name), 130, tip=tip
        )
        shown = live_columns(self._kit.state, lambda _: [])
        return [first, *(self._wrapped(each) for each in shown if each.key in SHOWN)]

    def _wrapped(self, column: Column[LiveRow]) -> Column[RoomRow]:
        """Return a column of the live table for rows of any room, by that room's own clock."""

        def own(one: RoomRow) -> Column[LiveRow]:
            if one.of not in self._of_room:
                made = live_columns(one.of.state, partial(self._marks, one.of))
                self._of_room[one.of] = {each.key: each for each in made}
            return self._of_room[one.of][column.key]

        sort = column.sort
        return Column(
            column.key,
            column.title,
            lambda one: own(one).cell(one.row),
            None if sort is None else (lambda one: sort(one.row)),
            column.width,
            number=column.number,
            stretch=column.stretch,
            live=column.live,
            tip=lambda one: (own(one).tip or (lambda _: ""))(one.row),
        )


def _rows_of(room: Room, rows: Iterable[LiveRow]) -> list[RoomRow]:
    return [RoomRow(room.key, room.title, room.reached, one, room) for one in rows]
