"""The review queue: sessions, filtered, worked through with a few keys."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QComboBox, QLineEdit, QScrollArea, QWidget

from examdesk.staffapi.messages import SIMILARITY_WORDS, ReviewStatus
from instructor_app.kit import Kit
from instructor_app.pages.live_columns import REVIEW_LOOK
from instructor_app.pages.review_card import STATUSES, ReviewCard, RulesCard
from instructor_app.pages.views_menu import ViewsButton, packed, unpacked
from instructor_app.preferences import SavedView
from instructor_app.review_book import ReviewBook, ReviewRow, key_of
from instructor_app.tables.box import TableBox
from instructor_app.tables.delegate import status_cell, student_cell
from instructor_app.tables.model import Cell, Column, RowsModel
from instructor_app.widgets.basic import Banner, Chip, Elided, EmptyState, button, column, holding, label, row, shortcut
from instructor_app.widgets.flow import flow
from instructor_app.words import NOTHING, counted, day_and_time, percent, tr
from shared.look import SPACE

SIDE_WIDTH = 340
NARROW, LEAST_WIDTH = 760, 440
"""Below the first width the card stands under the queue instead of beside it; narrower than the second it never is."""
ANYBODY, NOBODY, ME = "", "\0nobody", "\0me"
HIDING = "Show students under pseudonyms everywhere here"
ALIKE = (0.5, 0.6, 0.7, 0.8, 0.9)


class ReviewQueue(QWidget):
    """See the module.

    Attributes:
        opened: (LiveRow) show this session.
        looked: (LiveRow) another session is chosen.
        looks_wanted: (LiveRow) show who looked at this session.
        pairs_wanted: (LiveRow) show the pairs of this student's program.
        played: (LiveRow) show this session in the session view.
        names_wanted: (bool) hide the names everywhere, or show them.
    """

    opened = Signal(object)
    looked = Signal(object)
    looks_wanted = Signal(object)
    pairs_wanted = Signal(object)
    played = Signal(object)
    names_wanted = Signal(bool)

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self.book = ReviewBook(kit, self)
        self._status: ReviewStatus | None = None
        self._place = 0
        self._guest = ""
        self._compared = False
        self.banner = Banner(kit.look)
        self.model: RowsModel[ReviewRow] = RowsModel(_columns(), key_of, self)
        self.empty = EmptyState(
            kit.look, "review", tr("No sessions yet"), tr("When students have worked, review them here.")
        )
        self.table: TableBox[ReviewRow] = TableBox(
            self.model, kit.look, kit.preferences, name="queue", title=tr("Sessions to review"), empty=self.empty
        )
        self.table.sort("student")
        self.card = ReviewCard(kit, self.book, self.table.chosen, self.banner)
        self.rules = RulesCard(kit, self.book, self.banner)
        self._make_filters()
        self._lay_out()
        self._connect()
        self._make_keys()
        self._show_begun()
        self._say_waiting()
        self._take(())

    # ------------------------------------------------------------------------------------- making

    def _make_filters(self) -> None:
        look = self._kit.look
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Search name, id"))
        self.search.setAccessibleName(tr("Search sessions"))
        self.search.setClearButtonEnabled(True)
        self.search.setFixedWidth(160)
        self.chips = {status: Chip(look, tr(status), REVIEW_LOOK[status][0]) for status in STATUSES}
        self.asked = Chip(look, tr("Second person asked"), "user", "info")
        self.begun = Chip(look, tr("Note begun"), "edit", "info")
        self.begun.setToolTip(tr("Notes that were written and not kept yet; they stay with their sessions"))
        self.sections = _choice(tr("Section"), [(tr("All sections"), "")])
        self.signals = _choice(
            tr("Signals"), [(tr("Signals or none"), ""), (tr("With signals"), "with"), (tr("Without"), "without")]
        )
        self.people = _choice(tr("Reviewer"), [(tr("Any reviewer"), ANYBODY)])
        shares = [(tr("Alike {share} or more", share=percent(share)), str(share)) for share in ALIKE]
        self.alike = _choice(tr("Similarity"), [(tr("Any similarity"), ""), *shares])
        self.all = button(look, tr("Show all"), "close", "quiet", then=self.show_all)
        self.found = label("", "muted")
        example = tr("Mine, Section B with signals, …")
        self.views = ViewsButton(self._kit, self.current_view, self.show_view, page="review", example=example)
        self.names = button(
            look, tr("Hide names"), "user", "quiet", tip=tr("Show students under pseudonyms everywhere here")
        )
        self.names.clicked.connect(lambda _: self.names_wanted.emit(not self._kit.state.names_hidden))

    def _lay_out(self) -> None:
        keys = tr(
            "1 to 5 status · J, K, U next · N note · A reviewer · P pairs · Enter session · V its view · "
            "Ctrl+Z back · F1 all keys"
        )
        filters = flow(self.search, self.sections, self.people, self.signals, self.alike, self.all)
        chips = flow(*self.chips.values(), self.asked, self.begun, spacing=SPACE["xs"])
        left = column(self.table, row(Elided(keys, "small"), None, self.found))
        side = QScrollArea()
        side.setWidgetResizable(True)
        side.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        care = label(tr(SIMILARITY_WORDS), "small", wrap=True)
        side.setWidget(holding(column(self.card, self.rules, care, None, spacing=SPACE["m"])))
        self._side = side
        self._body: QBoxLayout = row(spacing=SPACE["m"])
        self._body.addLayout(left, 1)
        self._body.addWidget(side)
        self.setLayout(column(filters, chips, self.banner, self._body, margin=SPACE["xs"]))
        self.setMinimumWidth(LEAST_WIDTH)  # what it needs side by side would keep it from ever becoming narrow

    def _connect(self) -> None:
        for status, chip in self.chips.items():
            chip.clicked.connect(partial(self._toggle, status))
        for chip in (*self.chips.values(), self.asked, self.begun):
            chip.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keyboard with the queue
        self.asked.clicked.connect(lambda _: self._toggled())
        self.begun.clicked.connect(lambda _: self._toggled())
        self.search.textChanged.connect(lambda _: self._filter())
        for box in (self.sections, self.signals, self.people, self.alike):
            box.currentIndexChanged.connect(lambda _: self._filter())
        self.table.opened.connect(lambda one: self.opened.emit(one.live))
        self.table.chosen_changed.connect(self._chosen)
        self.model.arranged.connect(self._arranged)
        self.card.opened.connect(self.opened)
        self.card.looks_wanted.connect(self.looks_wanted)
        self.card.pairs_wanted.connect(self.pairs_wanted)
        self.card.played.connect(self.played)
        self.card.stepped.connect(self.step)
        self.card.done.connect(self._written)
        self.card.drafts_changed.connect(self._drafts_changed)
        self.card.drafts.loaded.connect(self._say_waiting)
        self.book.changed.connect(self._take)
        self.book.failed.connect(lambda sentence: self.banner.say("attention", sentence))
        self._kit.state.names_changed.connect(self._names_changed)
        self._kit.state.exam_changed.connect(self._fill_sections)
        self._fill_sections()

    def _make_keys(self) -> None:
        view = self.table.view
        keys: dict[str, Callable[[], None]] = {
            **{str(number): partial(self.card.put, status) for number, status in enumerate(STATUSES, start=1)},
            "N": lambda: self._write(self.card.start_note, self.card.note),
            "A": lambda: self._write(self.card.start_reviewer, self.card.reviewer),
            "J": partial(self.step, 1),
            "K": partial(self.step, -1),
            "U": self.next_unreviewed,
            "P": self.card.show_pairs,
            "V": self.card.play_back,
            "Ctrl+Z": self.card.acts.undo,
        }
        for key, then in keys.items():
            shortcut(QKeySequence(key), view, then, Qt.ShortcutContext.WidgetShortcut)

    # ------------------------------------------------------------------------------------- doing

    def start_search(self) -> None:
        """Put the cursor into the search field."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def chosen_sessions(self) -> list[str]:
        """Return the sessions that are chosen."""
        return [one.live.session for one in self.table.chosen()]

    def start(self) -> None:
        """Ask for what the queue shows, once."""
        self.book.refresh()
        if not self._compared:
            self._compared = True
            self.book.compare()

    def step(self, by: int) -> None:
        """Choose the session so many rows on."""
        count = self.model.rowCount()
        if count:
            places = self.table.view.chosen()
            place = min(max((places[0] if places else -1 if by > 0 else count) + by, 0), count - 1)
            self.table.view.choose(place)
            self.table.view.scrollTo(self.model.index(place, 0))
            self.table.view.setFocus()

    def _write(self, start: Callable[[], None], field: QWidget) -> None:
        """Begin to write in a field of the card, which may be out of sight where the card has little room."""
        start()
        self._side.ensureWidgetVisible(field)

    def next_unreviewed(self) -> None:
        """Choose the next session of the shown ones that nobody has reviewed, from the top again after the last."""
        shown = self.model.shown_rows()
        here = (self.table.view.chosen() or [-1])[-1] + 1
        order = [*range(here, len(shown)), *range(here)]
        place = next((each for each in order if shown[each].review.status == STATUSES[0]), None)
        if place is None:
            self.banner.say("info", tr("Every session that is shown here has been reviewed."))
        else:
            self.table.choose(key_of(shown[place]))
            self.table.view.setFocus()

    def show_session(self, session: str) -> None:
        """Choose a session; where the filters leave it out, it stands among the others until another one is chosen."""
        self._guest = ""
        self._filter()
        if self.model.place_of(session) < 0:
            self._guest = session
            self._filter()
        self.table.choose(session)
        self.table.view.setFocus()

    def show_begun(self) -> None:
        """Show the sessions about which a note is begun and not kept, before the window closes."""
        self.show_all()
        self.begun.setChecked(True)
        self._toggled()
        words = tr("Keep the notes, or close the window once more: they wait for you on this computer.")
        self.banner.say("attention", words, tr("Notes are begun and not kept"))

    def current_view(self) -> SavedView:
        """Return what is shown and how."""
        return SavedView(
            name="",
            statuses=(self._status,) if self._status is not None else (),
            search=self.search.text(),
            section=self.sections.currentData() or "",
            only_marked=self.asked.isChecked(),
            columns=packed(self.table.layout_state()),
            signals=self.signals.currentData() or "",
            reviewer=self.people.currentData() or "",
            alike=self.alike.currentData() or "",
        )

    def show_view(self, view: SavedView) -> None:
        """Show what a view keeps; a section or reviewer that is not there any more is left out."""
        self._status = next((each for each in STATUSES if each in view.statuses), None)
        self.asked.setChecked(view.only_marked)
        self.begun.setChecked(False)
        self._show_chips()
        self.search.setText(view.search)
        chosen = (self.sections, view.section), (self.signals, view.signals), (self.people, view.reviewer)
        for box, value in (*chosen, (self.alike, view.alike)):
            box.setCurrentIndex(max(0, box.findData(value)))
        self.table.put_layout(unpacked(view.columns) if view.columns else self.table.first_layout())
        self._filter()

    def show_all(self) -> None:
        """Take every filter off."""
        self._status = None
        for chip in (self.asked, self.begun):
            chip.setChecked(False)
        self._show_chips()
        self.search.clear()
        for box in (self.sections, self.signals, self.people, self.alike):
            box.setCurrentIndex(0)
        self._filter()

    def _toggle(self, status: ReviewStatus) -> None:
        self._status = None if self._status == status else status
        self._show_chips()
        self._filter()

    def _toggled(self) -> None:
        self._show_begun()
        self._filter()

    def _written(self) -> None:
        """Let go of a session that was held by its note, and go on by keyboard."""
        self._show_begun()
        self._filter()
        self.table.view.setFocus()

    def _drafts_changed(self) -> None:
        self._show_begun()
        if self.begun.isChecked():
            self._filter()

    def _say_waiting(self) -> None:
        """Say that notes of an earlier time wait here."""
        count = len(self.card.drafts.sessions())
        if count:
            one, many = tr("A note about {n} session waits"), tr("Notes about {n} sessions wait")
            self.banner.say(
                "info", tr("Begun earlier and not kept yet."), counted(count, one, many), tr("Show"), self.begun.click
            )

    def _show_begun(self) -> None:
        count = len(self.card.drafts.sessions())
        self.begun.count(count)
        self.begun.setVisible(bool(count) or self.begun.isChecked())

    def _show_chips(self) -> None:
        for status, chip in self.chips.items():
            chip.setChecked(status == self._status)

    # ------------------------------------------------------------------------------------- showing

    def _take(self, sessions: tuple[str, ...]) -> None:
        rows = self.book.rows()
        if sessions:
            self.model.update([one for one in rows if one.live.session in sessions])
        else:
            self.model.replace(rows)
        counts = dict.fromkeys(STATUSES, 0)
        for one in rows:
            counts[one.review.status] += 1
        for status, chip in self.chips.items():
            chip.count(counts[status])
        asking = sum(bool(one.review.asked_by) for one in rows)
        self.asked.count(asking)
        self.asked.setVisible(bool(asking) or self.asked.isChecked())
        self._fill_people()
        self._show_found()
        chosen = {one.live.session for one in self.table.chosen()}
        if not sessions or chosen & set(sessions):
            self._show_card()

    def _fill_sections(self) -> None:
        exam = self._kit.state.exam
        names = [section.name for section in exam.sections] if exam is not None else []
        _fill(self.sections, [(tr("All sections"), ""), *((tr("Section {name}", name=n), n) for n in names)])
        self.sections.setVisible(len(names) > 1)

    def _fill_people(self) -> None:
        choices = [(tr("Any reviewer"), ANYBODY), (tr("Mine"), ME), (tr("Nobody's"), NOBODY)]
        _fill(self.people, [*choices, *((name, name) for name in self.book.people)])

    def _filter(self) -> None:
        words = self.search.text().casefold().split()
        guest = self._guest

        def passes(one: ReviewRow) -> bool:
            return key_of(one) == guest or self.card.holds(key_of(one)) or self._passes(one, words)

        self.model.set_filter(passes)
        self._show_found()

    def _passes(self, one: ReviewRow, words: list[str]) -> bool:
        live, review = one.live, one.review
        text = f"{live.name} {live.student} {live.section}".casefold()
        signals, section = self.signals.currentData(), self.sections.currentData()
        return (
            (self._status is None or review.status == self._status)
            and (not self.asked.isChecked() or bool(review.asked_by))
            and (not self.begun.isChecked() or live.session in self.card.drafts.sessions())
            and (not section or live.section == section)
            and (not signals or bool(live.signals) == (signals == "with"))
            and self._reviews(review.assignee)
            and (not self.alike.currentData() or (one.alike or 0) >= float(self.alike.currentData()))
            and all(word in text for word in words)
        )

    def _reviews(self, assignee: str) -> bool:
        wanted = self.people.currentData()
        if wanted == ME:
            return assignee.casefold() == self._kit.bridge.person.casefold()
        return wanted in (ANYBODY, None) or assignee == ("" if wanted == NOBODY else wanted)

    def _show_found(self) -> None:
        shown, among = self.model.rowCount(), len(self.model.all_rows())
        filtered = shown != among
        words = tr("{n} of {among} sessions", n=shown, among=among)
        self.found.setText(words if filtered else counted(among, "{n} session", "{n} sessions"))
        self.all.setVisible(filtered)

    def _chosen(self) -> None:
        places = self.table.view.chosen()
        if places:
            self._place = places[0]
        self._show_card()
        rows = self.table.chosen()
        if self._guest and self._guest not in {key_of(one) for one in rows}:
            self._guest = ""
            QTimer.singleShot(0, self, self._filter)  # not while the table tells of its selection
        if len(rows) == 1:
            self.looked.emit(rows[0].live)

    def _arranged(self) -> None:
        """Keep a session chosen where the one before left the filtered queue."""
        self._show_found()
        count = self.model.rowCount()
        if count and not self.table.view.chosen() and self.table.view.hasFocus():
            self.table.view.choose(min(self._place, count - 1))

    def _show_card(self) -> None:
        rows = self.table.chosen()
        place = self.model.place_of(key_of(rows[0])) + 1 if rows else 0
        self.card.show_rows(rows, place, self.model.rowCount())

    def _names_changed(self) -> None:
        hidden = self._kit.state.names_hidden
        self._place = 0
        self.table.view.clearSelection()  # who was chosen would be known by both names
        self.names.setText(tr("Show names") if hidden else tr("Hide names"))
        tip = tr("The audit log notes who shows them") if hidden else tr(HIDING)
        self.names.setToolTip(tip)
        if hidden:
            words = tr(
                "Students have pseudonyms on all pages, the same ones every time. Their code may still name them."
            )
            self.banner.say("info", words, tr("Names are hidden"))
        else:
            self.banner.say("info", tr("The audit log notes that you showed them."), tr("Names are shown"))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Put the card below the queue where there is no room beside it."""
        super().resizeEvent(event)
        narrow = self.width() < NARROW
        self._body.setStretch(1, 1 if narrow else 0)
        self._body.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)
        self._side.setMinimumWidth(0 if narrow else SIDE_WIDTH)
        self._side.setMaximumWidth(16_777_215 if narrow else SIDE_WIDTH)


def _columns() -> list[Column[ReviewRow]]:
    return [
        Column("student", tr("Student"), _student, lambda r: r.live.name.casefold(), 172, stretch=True),
        Column("review", tr("Review"), _review, lambda r: STATUSES.index(r.review.status), 142, tip=_review_tip),
        Column("status", tr("Status"), lambda r: status_cell(r.live.status), lambda r: r.live.status, 118, hidden=True),
        Column("runs", tr("Runs"), lambda r: str(r.live.runs), lambda r: r.live.runs, 62, number=True, hidden=True),
        Column("signals", tr("Signals"), _signals, lambda r: r.live.signals, 70, number=True),
        Column("alike", tr("Alike"), _alike, lambda r: r.alike or 0, 66, number=True, tip=_alike_tip),
        Column("section", tr("Section"), lambda r: r.live.section or NOTHING, width=78),
        Column("reviewer", tr("Reviewer"), lambda r: r.review.assignee or NOTHING, width=100),
        Column("notes", tr("Notes"), _notes, lambda r: r.review.notes, 68, number=True),
        Column("last", tr("Last step"), _last, lambda r: r.review.last_ms or 0, 118, hidden=True),
    ]


def _student(one: ReviewRow) -> Cell:
    return student_cell(one.live.name, one.live.student)


def _signals(one: ReviewRow) -> Cell:
    return Cell(str(one.live.signals)) if one.live.signals else Cell(NOTHING, tone="muted")


def _alike(one: ReviewRow) -> Cell:
    return Cell(NOTHING, tone="muted") if one.alike is None else Cell(percent(one.alike))


def _alike_tip(one: ReviewRow) -> str:
    if one.alike is None:
        return tr("No figure: the program is too short to compare, or was not compared yet")
    return tr("The highest figure of all its pairs; which pairs they are: P")


def _review(one: ReviewRow) -> Cell:
    icon, tone = REVIEW_LOOK[one.review.status]
    if one.review.asked_by:
        return Cell(tr("2nd person"), icon="user", tone="info")
    return Cell(tr(one.review.status), icon=icon, tone=tone)


def _review_tip(one: ReviewRow) -> str:
    review = one.review
    asked = tr("{who} asks for “Escalated”; another person has to confirm", who=review.asked_by)
    last = tr("last by {who}, {when}", who=review.last_who, when=day_and_time(review.last_ms))
    return "\n".join([tr(review.status), *([asked] if review.asked_by else []), *([last] if review.steps else [])])


def _notes(one: ReviewRow) -> Cell:
    return Cell(str(one.review.notes)) if one.review.notes else Cell(NOTHING, tone="muted")


def _last(one: ReviewRow) -> Cell:
    return Cell(day_and_time(one.review.last_ms), tone="" if one.review.steps else "muted")


def _choice(name: str, items: list[tuple[str, str]]) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(tr("Filter: {name}", name=name))
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    _fill(box, items)
    return box


def _fill(box: QComboBox, items: list[tuple[str, str]]) -> None:
    """Offer these (words, value); what was chosen stays chosen."""
    if [(box.itemText(place), box.itemData(place)) for place in range(box.count())] == items:
        return
    kept = box.currentData()
    box.blockSignals(True)
    box.clear()
    for words, value in items:
        box.addItem(words, value)
    box.setCurrentIndex(max(0, box.findData(kept)))
    box.blockSignals(False)
