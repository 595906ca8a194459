"""Who waits for a person: raised hands, and students who want to be let in."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QLabel, QVBoxLayout, QWidget

from examdesk.staffapi.messages import Decide, Done, HeldJoin, LiveRow, LowerHand, Say, Target
from instructor_app.answers import AnswersMenu
from instructor_app.kit import Kit
from instructor_app.widgets.basic import Banner, Elided, button, clear, column, row
from instructor_app.words import counted, lasting, named, tr
from shared.look import SPACE, plain_tip

MOST_HELD = 3
MOST_HANDS = 6
AGAIN_MS = 1000
ROOMY = 620
"""From this width on a line shows all of its buttons."""


class _Line(QWidget):
    """One line; `gives_way` is shown only where there is room for it beside the name."""

    gives_way: QWidget | None = None
    where: Elided | None = None

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Make room for the name."""
        super().resizeEvent(event)
        if self.gives_way is not None:
            self.gives_way.setVisible(self.width() >= ROOMY)


class Queue(QFrame):
    """The raise-hand queue and the held joins; hidden while nobody waits.

    Attributes:
        wanted: (student id) go to this student.
        answered: (Target, text) the person wants to write to a student.
        everybody_wanted: show all whose hands are up.
    """

    wanted = Signal(str)
    answered = Signal(object, str)
    everybody_wanted = Signal()

    def __init__(self, kit: Kit, banner: Banner) -> None:
        super().__init__()
        self._kit, self._banner = kit, banner
        self._lines: QVBoxLayout = column(spacing=0)
        self._lines.setContentsMargins(SPACE["m"], SPACE["xs"], SPACE["xs"], SPACE["xs"])
        self._shown: tuple[object, ...] = ()
        self._waiting: list[tuple[_Line, LiveRow]] = []
        self.all_hands = self.all_held = self._aside = False
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(AGAIN_MS)
        self._later.timeout.connect(self.refresh)
        self.setProperty("kind", "banner")
        self.setLayout(self._lines)
        self.setAccessibleName(tr("Students who wait for you"))
        kit.state.rows_changed.connect(lambda *_: self.refresh())
        kit.state.counts_changed.connect(self.refresh)
        self.hide()

    def hands(self) -> list[LiveRow]:
        """Return raised hands, the longest wait first."""
        raised = [one for one in self._kit.state.rows.values() if one.hand and one.session]
        return sorted(raised, key=lambda one: (one.hand_ms or 0, one.name))

    def refresh(self) -> None:
        """Show who waits now."""
        hands, held = self.hands(), self._kit.state.held
        now = tuple((one.session, one.hand_ms) for one in hands), held, self.all_hands, self.all_held
        if now == self._shown:
            return
        if self._answering():
            self._later.start()
            return
        self._shown = now
        clear(self._lines)
        self._waiting = []
        for one in held if self.all_held else held[:MOST_HELD]:
            self._lines.addWidget(self._held_line(one))
        if len(held) > 1:
            self._lines.addWidget(self._all_held_line(held))
        shown = hands[:MOST_HANDS] if self.all_hands else hands[:1]
        for hand in shown:
            self._lines.addWidget(self._hand_line(hand, hands[len(shown) :] if hand is shown[-1] else []))
        self.setVisible(bool(hands or held) and not self._aside)

    def step_aside(self, *, on: bool) -> None:
        """Leave the room to a command that is being looked at, or come back."""
        self._aside = on
        self.setVisible(not on and bool(self.hands() or self._kit.state.held))

    def _answering(self) -> bool:
        """Tell whether a menu of one of these lines is open: it must not vanish under the hand."""
        popup = QApplication.activePopupWidget()
        holder = popup.parentWidget() if popup is not None else None
        return holder is not None and self.isAncestorOf(holder)

    def _show_all(self) -> None:
        """Show more hands, or, where they are shown already, everybody who waits in the table."""
        if self.all_hands:
            self.everybody_wanted.emit()
        self.all_hands = True
        self.refresh()

    def _show_all_held(self) -> None:
        self.all_held = not self.all_held
        self.refresh()

    def _all_held_line(self, held: tuple[HeldJoin, ...]) -> QWidget:
        look = self._kit.look
        rest = len(held) - MOST_HELD
        more = []
        if rest > 0:
            words = tr("Show fewer") if self.all_held else counted(rest, "{n} more waits", "{n} more wait")
            more = [button(look, words, kind="link", then=self._show_all_held)]
        words = counted(len(held), "Let in {n}", "Let in all {n}")
        everybody = button(look, words, "check", then=lambda: self._admit(held))
        self._kit.bridge.rights.guard(everybody, Decide)
        line = QWidget()
        line.setLayout(row(*more, None, everybody))
        return line

    def _admit(self, held: tuple[HeldJoin, ...]) -> None:
        for one in held:
            self._decide(one, admit=True)

    def _hand_line(self, hand: LiveRow, others: list[LiveRow]) -> QWidget:
        look = self._kit.look
        go = button(look, tr("Open"), kind="quiet", then=lambda: self.wanted.emit(hand.student))
        go.setAccessibleName(tr("Open {name}'s session", name=hand.name))
        lower = button(look, tr("Lower hand"), kind="quiet", then=lambda: self._lower(hand))
        lower.setAccessibleName(tr("Lower {name}'s hand", name=hand.name))
        more = []
        if others:
            words = counted(len(others), "{n} more hand", "{n} more hands")
            more = [button(look, words, kind="link", then=self._show_all)]
            more[0].setToolTip(plain_tip(named([one.name for one in others], 6)))
        answer = button(look, tr("Answer"), kind="quiet")
        answer.setAccessibleName(tr("Answer {name}", name=hand.name))
        menu = AnswersMenu(self._kit, answer, lambda text: self._answer(hand, text))
        menu.aboutToShow.connect(lambda: self._own_words(menu, hand))
        answer.setMenu(menu)
        rights = self._kit.bridge.rights
        rights.guard(lower, LowerHand)
        rights.guard(answer, Say)
        line = self._line("hand", hand.name, self._where(hand), *more, go, answer, lower, least=96)
        line.gives_way = go
        self._waiting.append((line, hand))
        return line

    def _where(self, hand: LiveRow) -> str:
        waits = lasting(self._kit.state.now_ms() - hand.hand_ms) if hand.hand_ms is not None else ""
        return " · ".join(part for part in (hand.seat or hand.device, hand.question, waits) if part)

    def count_on(self) -> None:
        """Show how long hands are up by now."""
        for line, hand in self._waiting:
            if line.where is not None:
                line.where.setText(self._where(hand))

    def _own_words(self, menu: AnswersMenu, hand: LiveRow) -> None:
        """Put own words first: the menu was just filled with the ready answers."""
        target = Target(sessions=(hand.session,))
        own = QAction(tr("Write your own words…"), menu)
        own.triggered.connect(lambda _: self.answered.emit(target, ""))
        go = QAction(tr("Open the session"), menu)
        go.triggered.connect(lambda _: self.wanted.emit(hand.student))
        menu.insertActions(menu.actions()[0], [own, go])

    def _answer(self, hand: LiveRow, text: str) -> None:
        """Send a ready answer and take the hand down: the student has heard from somebody."""

        def sent(_: Done) -> None:
            self._banner.say("positive", tr("“{said}” was sent; the hand is down.", said=text), hand.name)
            self._lower(hand)

        self._kit.bridge.command(
            Say(command="", text=text, target=Target(sessions=(hand.session,)), kind="message"),
            sent,
            lambda problem: self._banner.say("attention", problem.sentence, tr("The answer was not sent")),
        )

    def _held_line(self, held: HeldJoin) -> QWidget:
        look = self._kit.look
        where = " · ".join(part for part in (held.student, held.device, held.address, held.why) if part)
        admit = button(look, tr("Let in"), "check", then=lambda: self._decide(held, admit=True))
        admit.setAccessibleName(tr("Let {name} in", name=held.name))
        refuse = button(look, tr("Don't let in"), kind="quiet", then=lambda: self._decide(held, admit=False))
        refuse.setAccessibleName(tr("Don't let {name} in", name=held.name))
        for control in (admit, refuse):
            self._kit.bridge.rights.guard(control, Decide)
        return self._line("user", tr("{name} waits at the door", name=held.name), where, admit, refuse, least=110)

    def _line(self, icon: str, name: str, where: str, *buttons: QWidget, least: int = 40) -> "_Line":
        picture = QLabel()
        self._kit.look.dress(picture, icon, "info", 16)
        who = Elided(name, least=least)
        font = who.font()
        font.setBold(True)
        who.setFont(font)
        line = _Line()
        line.where = Elided(where, "muted", least=0)
        line.setLayout(row(picture, who, line.where, None, *buttons))
        line.setAttribute(Qt.WidgetAttribute.WA_StyledBackground, on=False)
        return line

    def _lower(self, hand: LiveRow) -> None:
        self._kit.bridge.command(
            LowerHand(command="", session=hand.session),
            lambda _: None,
            lambda problem: self._banner.say("attention", problem.sentence, tr("The hand stays up")),
        )

    def _decide(self, held: HeldJoin, *, admit: bool) -> None:
        self._kit.bridge.command(
            Decide(command="", ticket=held.ticket, admit=admit, seat=held.seat),
            lambda done: self._banner.say("positive", done.sentence, held.name),
            lambda problem: self._banner.say("attention", problem.sentence, held.name),
        )
