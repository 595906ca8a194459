"""Who is it? Somebody joined without being on the list; a person says which entry of the roster it is."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QCompleter, QFrame

from examdesk.staffapi.messages import Done, RosterEntry, SetIdentity
from instructor_app.kit import Kit
from instructor_app.widgets.basic import Banner, button, label, row
from instructor_app.words import tr
from shared.look import SPACE


class WhoIsIt(QFrame):
    """A line under the table, shown while somebody is selected who joined unlisted."""

    def __init__(self, kit: Kit, banner: Banner) -> None:
        super().__init__()
        self._kit, self._banner = kit, banner
        self._entry: RosterEntry | None = None
        self._listed: list[RosterEntry] = []
        self.setProperty("kind", "card")
        self.asks = label("", wrap=True)
        self.who = QComboBox()
        self.who.setEditable(True)
        self.who.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.who.setMinimumWidth(280)
        self.who.setAccessibleName(tr("Student on the roster"))
        line = self.who.lineEdit()
        if line is not None:
            line.setPlaceholderText(tr("Part of the name or the id"))
        completer = self.who.completer()
        if isinstance(completer, QCompleter):
            completer.setFilterMode(Qt.MatchFlag.MatchContains)
            completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        self.say = button(kit.look, tr("It is this student"), "check", "primary", then=self._say)
        layout = row(self.asks, self.who, self.say, spacing=SPACE["m"])
        layout.setStretch(0, 1)
        layout.setContentsMargins(SPACE["m"], SPACE["s"], SPACE["m"], SPACE["s"])
        self.setLayout(layout)
        self.hide()

    def show_roster(self, entries: tuple[RosterEntry, ...]) -> None:
        """Offer everybody on the roster who has not joined."""
        self._listed = sorted(
            (entry for entry in entries if not entry.provisional and not entry.joined),
            key=lambda entry: entry.name.casefold(),
        )

    def ask_about(self, chosen: list[RosterEntry]) -> None:
        """Ask who it is, where exactly one is selected who joined unlisted."""
        entry = chosen[0] if len(chosen) == 1 and chosen[0].provisional and chosen[0].session else None
        self._entry = entry
        self.setVisible(entry is not None)
        if entry is None:
            return
        if self._listed:
            self.asks.setText(tr("{name} joined without being on the list. Who is it?", name=entry.name))
        else:
            text = "{name} joined without being on the list, and everybody on it is here. Add the student below first."
            self.asks.setText(tr(text, name=entry.name))
        self.who.clear()
        for each in self._listed:
            self.who.addItem(f"{each.name} · {each.student}", each.student)
        self.who.setCurrentIndex(-1)
        self.who.setVisible(bool(self._listed))
        self.say.setVisible(bool(self._listed))

    def _say(self) -> None:
        entry, place = self._entry, self.who.findText(self.who.currentText())
        if entry is None or place < 0:
            self.who.setFocus()
            self._banner.say("attention", tr("Choose a student of the roster: type a part of the name or the id."))
            return

        def done(answer: Done) -> None:
            self.hide()
            self._banner.say(
                "positive", answer.sentence, act=tr("Undo"), then=lambda: self._put(entry.session, entry.student)
            )

        request = SetIdentity(command="", session=entry.session, student=str(self.who.itemData(place)))
        self._kit.bridge.command(request, done, lambda problem: self._banner.say("attention", problem.sentence))

    def _put(self, session: str, student: str) -> None:
        self._kit.bridge.command(
            SetIdentity(command="", session=session, student=student),
            lambda answer: self._banner.say("positive", answer.sentence),
            lambda problem: self._banner.say("attention", problem.sentence),
        )
