"""The ledger of lost time: what each student lost, why, and the credit that a person gives or not."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QSpinBox, QSplitter

from examdesk.staffapi.messages import CreditTime, Done, GetLedger, Ledger, LedgerRow, LostItem
from instructor_app.kit import Kit
from instructor_app.pages.room.tab import RoomTab
from instructor_app.tables.box import TableBox
from instructor_app.tables.delegate import student_cell
from instructor_app.tables.model import Cell, Column, RowsModel
from instructor_app.widgets.basic import EmptyState, button, card, column, holding, label, roomy, row
from instructor_app.words import NOTHING, clock_time, counted, lasting, tr
from shared.look import SPACE

KINDS = {
    "crash": ("restart", "Crash"),
    "restart": ("restart", "Closed and opened"),
    "moved": ("move-device", "Other PC"),
    "late": ("clock", "Appeared late"),
    "opened": ("clock", "Opened late"),
    "pause": ("pause", "Pause"),
    "alarm": ("pause", "Pause for all"),
    "lock": ("lock", "Locked"),
    "sleep": ("clock", "PC slept"),
}
STATES = {"open": "", "given back": "given back", "credited": "credited", "declined": "nothing given"}


class LostTimeTab(RoomTab):
    """The class above, the chosen student's stretches below, and what to do about them.

    Attributes:
        moment_wanted: (session id, journal, event, ms) show what happened there.
    """

    moment_wanted = Signal(str, str, int, object)

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit)
        self._shown = ""
        self.summary = label("", wrap=True)
        self.all_button = button(kit.look, tr("Give all as proposed"), "check", then=self.give_all)
        kit.bridge.rights.guard(self.all_button, CreditTime)
        self.model: RowsModel[LedgerRow] = RowsModel(_row_columns(), lambda one: one.session, self)
        empty = EmptyState(
            kit.look,
            "clock",
            tr("Nobody lost time"),
            tr("Crashes, moves to another PC, pauses and late openings are listed here with what they cost."),
        )
        self.table: TableBox[LedgerRow] = TableBox(
            self.model, kit.look, kit.preferences, name="ledger", title=tr("Lost time by student"), empty=empty
        )
        self.table.sort("proposed", Qt.SortOrder.DescendingOrder)
        self.items: RowsModel[LostItem] = RowsModel(_item_columns(), lambda one: one.key, self)
        none = EmptyState(
            kit.look, "user", tr("Choose a student"), tr("What was lost, and the evidence, is shown here.")
        )
        self.items_table: TableBox[LostItem] = TableBox(
            self.items, kit.look, kit.preferences, name="lost", title=tr("What was lost"), empty=none
        )
        self.items_table.sort("at")
        self.name = label("", "subtitle")
        self.decided = label("", "muted", wrap=True)
        self.minutes = roomy(QSpinBox())
        self.minutes.setRange(0, 480)
        self.minutes.setSuffix(tr(" min"))
        self.minutes.setAccessibleName(tr("Minutes to give"))
        self.reason = QLineEdit()
        self.reason.setPlaceholderText(tr("Why (the student reads it)"))
        self.reason.setAccessibleName(tr("Reason for the credit"))
        self.reason.setMaxLength(300)
        self.give = button(kit.look, tr("Give"), kind="primary", then=self.accept)
        self.nothing = button(kit.look, tr("Give nothing"), then=self.decline)
        kit.bridge.rights.guard(self.give, CreditTime)
        kit.bridge.rights.guard(self.nothing, CreditTime)
        self.ends = label("", "muted")
        line = row(label(tr("Credit"), "muted"), self.minutes, self.ends, None)
        self.minutes.valueChanged.connect(lambda _: self._show_end())
        self.form = card(column(line, self.reason, row(self.give, self.nothing, None)), margin=SPACE["m"])
        below = holding(column(self.name, self.items_table, self.decided, self.form))
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(self.table)
        split.addWidget(below)
        split.setSizes([220, 420])
        head = row(self.summary, self.all_button)
        head.setStretch(0, 1)
        self.setLayout(column(self.banner, head, split, margin=SPACE["s"]))
        self.table.chosen_changed.connect(self._chosen)
        self.items_table.opened.connect(self._show_moment)
        self._show_row(None)

    def refresh(self) -> None:
        """Ask again for the ledger."""
        self._kit.bridge.query(GetLedger(), self._take, self.problem, key="ledger")

    def accept(self) -> None:
        """Give what stands in the field."""
        self._decide(self.minutes.value() * 60)

    def decline(self) -> None:
        """Give nothing."""
        self._decide(0)

    def give_all(self) -> None:
        """Ask, and then give everybody what is proposed."""
        rows = [one for one in self.model.all_rows() if one.proposed and not one.over]
        self.banner.ask(
            tr("Each gets the own proposal, with the reason below; all of them read it."),
            counted(len(rows), "Give {n} student what is proposed?", "Give {n} students what is proposed?"),
            (tr("Give"), lambda: self._give_all(rows)),
            (tr("Not now"), self.banner.hide),
        )

    def _give_all(self, rows: list[LedgerRow]) -> None:
        for one in rows:
            items = tuple(item.key for item in one.items if item.state == "open" and item.proposed)
            self._send(one, one.proposed, items)

    def current(self) -> LedgerRow | None:
        """Return the student whose stretches are shown."""
        return self.model.by_key(self._shown)

    def _decide(self, seconds: int) -> None:
        one = self.current()
        if one is None:
            return
        items = tuple(item.key for item in one.items if item.state == "open")
        self._send(one, seconds, items)

    def _send(self, one: LedgerRow, seconds: int, items: tuple[str, ...]) -> None:
        def done(answer: Done) -> None:
            self.banner.say("positive", answer.sentence)
            self.refresh()

        request = CreditTime(
            command="", session=one.session, seconds=seconds, items=items, reason=self.reason.text().strip()
        )
        self._kit.bridge.command(request, done, self.problem)

    def _take(self, found: Ledger) -> None:
        self.model.replace(found.rows)
        proposed = [one for one in found.rows if one.proposed and not one.over]
        total = sum(one.proposed for one in proposed)
        students = counted(len(proposed), "{n} student", "{n} students")
        words = tr("A credit is proposed for {who}, together {time}.", who=students, time=lasting(total * 1000))
        self.summary.setText(words if proposed else tr("Nothing waits for a decision."))
        self.all_button.setVisible(len(proposed) > 1)
        if found.rows and not self.table.chosen():
            self.table.choose((proposed or found.rows)[0].session)
        self._show_row(self.current())

    def _chosen(self) -> None:
        chosen = self.table.chosen()
        if chosen:
            fresh = chosen[0].session != self._shown
            self._shown = chosen[0].session
            self._show_row(chosen[0], fresh=fresh)

    def _show_row(self, one: LedgerRow | None, *, fresh: bool = False) -> None:
        self.items.replace(one.items if one is not None else ())
        open_items = [item for item in one.items if item.state == "open"] if one is not None else []
        self.form.setVisible(bool(open_items))
        self.name.setText(one.name if one is not None else "")
        self.decided.setText(_decisions(one) if one is not None else "")
        self.decided.setVisible(bool(self.decided.text()))
        if one is None:
            return
        if fresh or not self.form.isAncestorOf(self.focusWidget() or self):
            self.minutes.setValue(one.proposed // 60)
        if fresh:
            self.reason.clear()
        self._show_end()
        self.give.setEnabled(not one.over)
        self.give.setToolTip(tr("The exam is over for this student. Reopen it first.") if one.over else "")

    def _show_end(self) -> None:
        """Say which end comes of the credit before it is given."""
        one = self.current()
        if one is None or one.ends_ms is None or one.over:
            self.ends.setText("")
            return
        new = clock_time(one.ends_ms + self.minutes.value() * 60_000)
        self.ends.setText(tr("ends {old} → {new}", old=clock_time(one.ends_ms), new=new))

    def _show_moment(self, item: LostItem) -> None:
        one = self.current()
        if one is not None and item.journal:
            self.moment_wanted.emit(one.session, item.journal, item.seq, item.end_ms)


def _decisions(one: LedgerRow) -> str:
    lines = []
    for each in one.credits:
        given = tr("gave {time}", time=lasting(each.seconds * 1000)) if each.seconds else tr("gave nothing")
        proposed = tr("{time} was proposed", time=lasting(each.proposed * 1000)) if each.proposed else ""
        parts = (clock_time(each.at_ms), f"{each.who} {given}", proposed, each.reason)
        lines.append(" · ".join(part for part in parts if part))
    return "\n".join(lines)


def _seconds(value: int) -> str:
    return lasting(value * 1000) if value else NOTHING


def exactly(seconds: int) -> str:
    """Return a duration to the second: `3:20 min` or `45 s`."""
    return tr("{n} s", n=seconds) if seconds < 60 else tr("{m}:{s} min", m=seconds // 60, s=f"{seconds % 60:02}")


def _row_columns() -> list[Column[LedgerRow]]:
    def proposed(one: LedgerRow) -> Cell:
        if not one.proposed:
            return Cell(NOTHING, tone="muted")
        return Cell(_seconds(one.proposed), bold=not one.over, tone="muted" if one.over else "")

    return [
        Column("student", tr("Student"), lambda one: student_cell(one.name, one.student), width=112, stretch=True),
        Column(
            "lost",
            tr("Lost"),
            lambda one: exactly(one.lost) if one.lost else NOTHING,
            lambda one: one.lost,
            92,
            number=True,
        ),
        Column("proposed", tr("Proposed"), proposed, lambda one: one.proposed, 90, number=True),
        Column("given", tr("Given"), lambda one: _seconds(one.credited), lambda one: one.credited, 66, number=True),
        Column(
            "back",
            tr("Given back"),
            lambda one: exactly(one.given_back) if one.given_back else NOTHING,
            lambda one: one.given_back,
            90,
            number=True,
            hidden=True,
        ),
        Column("section", tr("Section"), lambda one: one.section or NOTHING, width=70, hidden=True),
    ]


def _item_columns() -> list[Column[LostItem]]:
    return [
        Column("at", tr("From"), lambda one: clock_time(one.start_ms, seconds=True), lambda one: one.start_ms, 76),
        Column(
            "what",
            tr("What"),
            lambda one: Cell(tr(KINDS[one.kind][1]), icon=KINDS[one.kind][0]),
            width=130,
            stretch=True,
            tip=lambda one: one.explanation,
        ),
        Column("seconds", tr("Lasted"), lambda one: exactly(one.seconds), lambda one: one.seconds, 92, number=True),
        Column(
            "state",
            tr("Decision"),
            lambda one: Cell(tr(STATES[one.state]) if one.state != "open" else NOTHING, tone="muted"),
            width=96,
        ),
    ]
