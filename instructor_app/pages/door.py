"""Who waits for a person: raised hands, and students who want to be let in."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from examdesk.staffapi.messages import Decide, HeldJoin, LiveRow, LowerHand
from instructor_app.kit import Kit
from instructor_app.widgets.basic import Banner, Elided, button, clear, column, row
from instructor_app.words import counted, lasting, named, tr
from shared.look import SPACE


class Queue(QFrame):
    """The raise-hand queue and the held joins; hidden while nobody waits.

    Attributes:
        wanted: (student id) go to this student.
    """

    wanted = Signal(str)

    def __init__(self, kit: Kit, banner: Banner) -> None:
        super().__init__()
        self._kit, self._banner = kit, banner
        self._lines: QVBoxLayout = column(spacing=0)
        self._lines.setContentsMargins(SPACE["m"], SPACE["xs"], SPACE["xs"], SPACE["xs"])
        self._shown: tuple[object, ...] = ()
        self.all_hands = False
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
        now = tuple((one.session, one.hand_ms) for one in hands), held, self.all_hands
        if now == self._shown:
            return
        self._shown = now
        clear(self._lines)
        for one in held:
            self._lines.addWidget(self._held_line(one))
        shown = hands if self.all_hands else hands[:1]
        for hand in shown:
            self._lines.addWidget(self._hand_line(hand, hands[1:] if hand is shown[-1] and not self.all_hands else []))
        self.setVisible(bool(hands or held))

    def _show_all(self) -> None:
        self.all_hands = True
        self.refresh()

    def _hand_line(self, hand: LiveRow, others: list[LiveRow]) -> QWidget:
        waits = lasting(self._kit.state.now_ms() - hand.hand_ms) if hand.hand_ms is not None else ""
        where = " · ".join(part for part in (hand.seat or hand.device, hand.question, waits) if part)
        look = self._kit.look
        go = button(look, tr("Open"), kind="quiet", then=lambda: self.wanted.emit(hand.student))
        go.setAccessibleName(tr("Open {name}'s session", name=hand.name))
        lower = button(look, tr("Lower hand"), kind="quiet", then=lambda: self._lower(hand))
        lower.setAccessibleName(tr("Lower {name}'s hand", name=hand.name))
        more = []
        if others:
            words = counted(len(others), "{n} more hand", "{n} more hands")
            more = [button(look, words, kind="link", then=self._show_all)]
            more[0].setToolTip(named([one.name for one in others], 6))
        return self._line("hand", hand.name, where, *more, go, lower)

    def _held_line(self, held: HeldJoin) -> QWidget:
        look = self._kit.look
        where = " · ".join(part for part in (held.student, held.device, held.address, held.why) if part)
        admit = button(look, tr("Let in"), "check", then=lambda: self._decide(held, admit=True))
        admit.setAccessibleName(tr("Let {name} in", name=held.name))
        refuse = button(look, tr("Don't let in"), kind="quiet", then=lambda: self._decide(held, admit=False))
        refuse.setAccessibleName(tr("Don't let {name} in", name=held.name))
        return self._line("user", tr("{name} waits at the door", name=held.name), where, admit, refuse)

    def _line(self, icon: str, name: str, where: str, *buttons: QWidget) -> QWidget:
        picture = QLabel()
        self._kit.look.dress(picture, icon, "info", 16)
        who = Elided(name)
        font = who.font()
        font.setBold(True)
        who.setFont(font)
        line = QWidget()
        line.setLayout(row(picture, who, Elided(where, "muted"), None, *buttons))
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
