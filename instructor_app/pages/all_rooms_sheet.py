"""One command for every room: what it would do in each, and what came of it, room by room."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QFrame, QLineEdit, QMenu, QWidget

from examdesk.staffapi.messages import Command, Done, Extend, Pause, Say, Target
from instructor_app.kit import Kit
from instructor_app.plans import Plan, plan_extend, plan_message, plan_pause, undo_of
from instructor_app.rooms import Room, Rooms
from instructor_app.widgets.basic import Banner, Level, button, clear, column, holding, label, row, shortcut
from instructor_app.words import tr
from shared.look import SPACE

EVERYBODY = Target()
Planner = Callable[[Room], Plan]


@dataclass(frozen=True, slots=True)
class Everywhere:
    """A command for all rooms.

    Attributes:
        plan: what it would do in a room.
        make: the command itself; `text` is what the person wrote.
    """

    title: str
    act: str
    plan: Planner
    make: Callable[[str], Command]
    wants_text: bool = False


def commands() -> list[Everywhere]:
    """Return the commands that make sense for a whole building."""
    return [
        Everywhere(
            tr("Pause in all rooms"),
            tr("Pause now"),
            lambda room: plan_pause(room.state.rows.values(), EVERYBODY, paused=True),
            lambda _: Pause(command="", paused=True),
        ),
        Everywhere(
            tr("Go on in all rooms"),
            tr("Go on now"),
            lambda room: plan_pause(room.state.rows.values(), EVERYBODY, paused=False),
            lambda _: Pause(command="", paused=False),
        ),
        *(_more_time(minutes) for minutes in (5, 10)),
        Everywhere(
            tr("Announce in all rooms"),
            tr("Send"),
            lambda room: plan_message(room.state.rows.values(), EVERYBODY),
            lambda text: Say(command="", text=text, kind="announcement"),
            wants_text=True,
        ),
    ]


def _more_time(minutes: int) -> Everywhere:
    return Everywhere(
        tr("Give {n} minutes in all rooms", n=minutes),
        tr("Give {n} minutes", n=minutes),
        lambda room: plan_extend(room.state.rows.values(), EVERYBODY, minutes * 60),
        lambda _: Extend(command="", seconds=minutes * 60),
    )


class AllRoomsSheet(QFrame):
    """Shows what a command would do in each room; nothing happens before its button is pressed."""

    def __init__(self, kit: Kit, rooms: Rooms, banner: Banner) -> None:
        super().__init__()
        self._kit, self._rooms, self._banner = kit, rooms, banner
        self._shown: Everywhere | None = None
        self._answers: list[tuple[str, str]] = []
        self._expected = 0
        self._undo: list[tuple[Room, Command]] = []
        self.setProperty("kind", "card")
        self._title = label("", "subtitle")
        self._lines = column(spacing=2)
        self.text = QLineEdit()
        self.text.setPlaceholderText(tr("Your announcement. It goes to everybody in these rooms, with your name."))
        self.text.setAccessibleName(tr("Announcement to all rooms"))
        self.text.textChanged.connect(lambda _: self._fit())
        self.text.returnPressed.connect(self.do)
        self.act = button(kit.look, tr("Do it"), kind="primary", then=self.do)
        self._cancel = button(kit.look, tr("Cancel"), then=self.hide)
        buttons = row(self.act, self._cancel, None)
        self.setLayout(column(self._title, holding(self._lines), self.text, buttons, margin=SPACE["m"]))
        within = Qt.ShortcutContext.WidgetWithChildrenShortcut
        shortcut(QKeySequence(Qt.Key.Key_Escape), self, self.hide, within)
        self.hide()

    def menu(self, parent: QWidget) -> QMenu:
        """Return a menu of the commands."""
        made = QMenu(parent)
        made.setToolTipsVisible(True)
        listed = [
            (made.addAction(tr("{command}…", command=each.title), partial(self.show_command, each)), each)
            for each in commands()
        ]
        made.aboutToShow.connect(lambda: self._let_rest(listed))
        return made

    def _let_rest(self, listed: list[tuple[QAction, Everywhere]]) -> None:
        """Let rest what this person may do in none of the rooms, with the reason."""
        for action, command in listed:
            refusing = [room.bridge.rights for room in self._rooms.all() if not _may(room, command)]
            everywhere = len(refusing) == len(self._rooms.all())
            action.setEnabled(not everywhere)
            action.setToolTip(refusing[0].why_not() if everywhere else "")

    def lines(self) -> list[str]:
        """Return what it says of each room."""
        return [self._sentence(room, self._shown) for room in self._rooms.all() if self._shown is not None]

    def show_command(self, command: Everywhere) -> None:
        """Show what a command would do in each room."""
        self._shown = command
        self._title.setText(command.title)
        clear(self._lines)
        for sentence in self.lines():
            self._lines.addWidget(label(sentence, wrap=True))
        self.text.clear()
        self.text.setVisible(command.wants_text)
        self.act.setText(command.act)
        self._fit()
        self.show()
        (self.text if command.wants_text else self.act if self.act.isEnabled() else self._cancel).setFocus()

    def do(self) -> None:
        """Send the command to every hub that is reached and say what came of it in each."""
        command = self._shown
        if command is None or not self.act.isEnabled():
            return
        reached = self._able(command)
        left = [room for room in self._rooms.all() if room not in reached]
        self._answers = [
            (room.title, tr("nothing was done there. {why}", why=room.bridge.rights.why_not()))
            if room.reached
            else (room.title, tr("not reached, nothing was done there"))
            for room in left
        ]
        self._expected = len(reached) + len(left)
        text = self.text.text().strip()
        self.hide()
        self._undo = []
        backs = [undo_of(command.plan(room), command.make(text)) for room in reached]
        for room, back in zip(reached, backs, strict=True):
            self._send(room, command.title, command.make(text), back)

    def _take_back(self, title: str) -> None:
        """Take it back in every room where it was done."""
        undo, self._undo = self._undo, []
        self._answers, self._expected = [], len(undo)
        for room, request in undo:
            self._send(room, tr("Taken back: {what}", what=title), request, None)

    def _send(self, room: Room, title: str, request: Command, undo: Command | None) -> None:
        def note(sentence: str) -> None:
            self._answers.append((room.title, sentence))
            if len(self._answers) == self._expected:
                self._say(title)

        def done(answer: Done) -> None:
            if undo is not None:
                self._undo.append((room, undo))
            note(answer.sentence)

        room.bridge.command(request, done, lambda problem: note(problem.sentence))

    def _say(self, title: str) -> None:
        said = "\n".join(f"{room}: {answer}" for room, answer in sorted(self._answers))
        whole = self._shown is None or len(self._able(self._shown)) == len(self._rooms.all())
        level: Level = "positive" if whole else "attention"
        if self._undo:
            self._banner.say(level, said, title, tr("Undo"), lambda: self._take_back(title))
        else:
            self._banner.say(level, said, title)

    def _able(self, command: Everywhere) -> list[Room]:
        """Return the rooms in which it can be done."""
        return [room for room in self._rooms.all() if room.reached and _may(room, command)]

    @staticmethod
    def _sentence(room: Room, command: Everywhere) -> str:
        if not room.reached:
            return tr("{room}: not reached; nothing is done there.", room=room.title)
        if not _may(room, command):
            return tr("{room}: nothing is done there. {why}", room=room.title, why=room.bridge.rights.why_not())
        return tr("{room}: {what}", room=room.title, what=command.plan(room).sentences[0])

    def _fit(self) -> None:
        command = self._shown
        written = command is not None and (not command.wants_text or bool(self.text.text().strip()))
        useful = command is not None and any(not command.plan(room).useless for room in self._able(command))
        self.act.setEnabled(written and useful)


def _may(room: Room, command: Everywhere) -> bool:
    return room.bridge.rights.may(type(command.make("")))
