"""Two programs side by side: what matches, and when each passage appeared in each session."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QScrollBar, QSplitter, QWidget

from examdesk.staffapi.messages import (
    SIMILARITY_WORDS,
    AddNote,
    AppearedView,
    GetSideBySide,
    GetText,
    MomentView,
    PairView,
    SideBySide,
    TextView,
)
from instructor_app.kit import Kit
from instructor_app.pages.pair_file import PairFile
from instructor_app.pages.pair_note import PairNote
from instructor_app.pages.passages import PassagesView, faint_places, telling_place
from instructor_app.pages.review_acts import Drafts
from instructor_app.widgets.basic import Banner, Elided, button, card, column, holding, label, row, shortcut
from instructor_app.widgets.code import CodeView
from instructor_app.words import clock_time, counted, percent, tr
from shared.look import SPACE
from shared.problems import Problem

LEAST_LINE = 6


class SideBySideView(QWidget):
    """Two programs beside each other, matching regions marked, scrolling together, and their passages in time.

    Attributes:
        closed: back to the pairs.
        opened: (session) show one of the two sessions.
        moment_wanted: (session, MomentView, file) show one of the two sessions at a moment.
        stepped: (int) show the pair so many places on in the list.
    """

    closed = Signal()
    opened = Signal(str)
    moment_wanted = Signal(str, object, str)
    stepped = Signal(int)

    def __init__(self, kit: Kit, drafts: Drafts) -> None:
        super().__init__()
        self._kit = kit
        self._pair: PairView | None = None
        self._answer: SideBySide | None = None
        self._question = ""
        self._region = -1
        self._following = self._noting = False
        self._then: list[TextView | None] = [None, None]
        self.banner = Banner(kit.look)
        self.names, self.ids = [Elided("", "subtitle") for _ in range(2)], [label("", "muted") for _ in range(2)]
        self.codes = [CodeView(kit.look, tr("First program")), CodeView(kit.look, tr("Second program"))]
        self.facts = Elided("", "muted")
        self.together = button(kit.look, "", "move-device", tip=tr("Scroll both texts together"))
        self.together.setCheckable(True)
        self.together.setChecked(True)
        back = button(kit.look, tr("Pairs"), "chevron-left", tip=tr("Back to the pairs (Esc)"), then=self.closed.emit)
        earlier, later = tr("Previous pair of the list (Alt+Up)"), tr("Next pair of the list (Alt+Down)")
        self.earlier = button(kit.look, "", "chevron-left", "quiet", tip=earlier, then=lambda: self.stepped.emit(-1))
        self.later = button(kit.look, "", "chevron-right", "quiet", tip=later, then=lambda: self.stepped.emit(1))
        self.place = label("", "muted")
        before, after = tr("Previous match (Shift+F3)"), tr("Next match (F3)")
        self._previous = button(kit.look, "", "chevron-up", tip=before, then=lambda: self.step(-1))
        self._next = button(kit.look, "", "chevron-down", tip=after, then=lambda: self.step(1))
        self.words = label(SIMILARITY_WORDS, wrap=True)
        self.passages = PassagesView(kit)
        self.passages.chosen.connect(self._chosen)
        self.passages.moment_wanted.connect(self.show_then)
        self._split = QSplitter(Qt.Orientation.Vertical)
        self._split.addWidget(holding(self._programs()))
        self._split.addWidget(self.passages)
        self._split.setStretchFactor(0, 3)
        self._split.setStretchFactor(1, 2)
        self._split.setSizes([600, 220])
        self._split.setChildrenCollapsible(False)
        self.file = PairFile(kit, self.banner, self)
        self.note = PairNote(kit, self.banner, drafts)
        self.note.closed.connect(self.passages.table.view.setFocus)
        self.write = button(kit.look, tr("Note…"), "edit", then=self.start_note)
        self.write.setToolTip(tr("A note in the reviews of these two, with the passage cited (N)"))
        kit.bridge.rights.guard(self.write, AddNote)
        head = row(back, self.earlier, self.place, self.later, self.facts)
        for part in (self._previous, self._next, self.together, self.write, self.file.button):
            head.addWidget(part)
        head.setStretch(4, 1)
        care = words_of_care(kit, self.words)
        self.setLayout(column(head, care, self.banner, self.note, self._split, margin=SPACE["l"]))
        for place, code in enumerate(self.codes):
            code.verticalScrollBar().valueChanged.connect(lambda value, place=place: self._follow(place, value))
        for keys, step in (("F3", 1), ("Shift+F3", -1)):
            QShortcut(QKeySequence(keys), self, lambda step=step: self.step(step))
        for keys, by in (("Alt+Down", 1), ("Alt+Up", -1)):
            QShortcut(QKeySequence(keys), self, partial(self.stepped.emit, by))
        shortcut(QKeySequence("N"), self, self.start_note, _WITHIN)
        shortcut(QKeySequence(Qt.Key.Key_Escape), self, self._leave, _WITHIN)

    def show_pair(self, pair: PairView, question: str) -> None:
        """Ask for a pair."""
        self._pair, self._answer, self._question = pair, None, question
        self._region = -1
        self.note.show_pair(pair)
        self.file.show(pair, None, question)
        self.banner.hide()
        for name, text, code in zip(self.names, (pair.a_name, pair.b_name), self.codes, strict=True):
            name.setText(text)
            code.show_code("")
        for shown, session in zip(self.ids, (pair.a, pair.b), strict=True):
            one = self._kit.state.by_session(session)
            shown.setText(one.student if one is not None and one.student != one.name else "")
        self.facts.setText(tr("Comparing…"))
        request = GetSideBySide(a=pair.a, b=pair.b, question=question)
        self._kit.bridge.query(request, self._take, self._problem, key="side by side")

    def show_place(self, place: int, among: int) -> None:
        """Say where the pair stands in the list, counted from 1; 0 for nowhere."""
        self.place.setText(tr("{place} of {among}", place=place, among=among) if place else "")
        self.earlier.setEnabled(place > 1)
        self.later.setEnabled(0 < place < among)

    def start_note(self) -> None:
        """Write a note about this pair, with the chosen passage cited."""
        if self._answer is not None and self.write.isEnabled():
            self.note.cite(self._answer, self._region)

    def start_note_when_there(self) -> None:
        """Write a note as soon as the pair that was asked for is there."""
        self._noting = True

    def step(self, by: int) -> None:
        """Go to the next or the previous match."""
        answer = self._answer
        if answer is None or not answer.regions:
            return
        self.passages.choose((self._region + by) % len(answer.regions))

    def show_then(self, place: int) -> None:
        """Show both texts as they stood when a passage was there, each in its own session."""
        answer, pair = self._answer, self._pair
        if answer is None or pair is None:
            return
        passage = answer.passages[place]
        if passage.a is None or passage.b is None:
            return
        self._then = [None, None]
        times = []
        sides = ((pair.a, passage.a, passage.file_a), (pair.b, passage.b, passage.file_b))
        for which, (session, side, file) in enumerate(sides):
            moment = side.there
            request = GetText(session=session, file=file, journal=moment.journal, seq=moment.seq)
            take = partial(self._take_then, which)
            self._kit.bridge.query(request, take, self._problem, key=f"then {which}")
            times.append(clock_time(moment.at_ms, seconds=True))
        self.banner.say(
            "info",
            tr("Left at {a}, right at {b}: each as it stood when this passage was there.", a=times[0], b=times[1]),
            act=tr("Back to now"),
            then=self.show_now,
        )

    def show_now(self) -> None:
        """Show both texts as they were compared."""
        self.banner.hide()
        self._then = [None, None]
        if self._answer is not None:
            for code, text in zip(self.codes, (self._answer.a_text, self._answer.b_text), strict=True):
                code.show_origins(on=False)
                code.show_code(text)
            self._mark()
            self._go()

    def _leave(self) -> None:
        """Leave the note that is being written, then go back to now, then to the pairs."""
        writing = self.window().focusWidget()
        if writing is not None and self.note.isAncestorOf(writing):
            self.note.leave()
        elif any(self._then):
            self.show_now()
        else:
            self.closed.emit()

    def _programs(self) -> QHBoxLayout:
        sides = []
        for place in (0, 1):
            play = button(self._kit.look, tr("Play back from there"), kind="link")
            play.setToolTip(tr("Open the session at the moment when the chosen passage was there"))
            play.clicked.connect(lambda _, place=place: self._play(place))
            show = button(self._kit.look, tr("Open session"), kind="link")
            show.clicked.connect(lambda _, place=place: self._open(place))
            title = row(self.names[place], self.ids[place], None, play, show)
            title.setStretch(2, 1)
            sides.append(holding(column(title, self.codes[place], spacing=SPACE["xs"])))
        line = row(*sides, spacing=SPACE["m"])
        line.setStretch(0, 1)
        line.setStretch(1, 1)
        return line

    def _take(self, answer: SideBySide) -> None:
        self.banner.hide()
        self._answer, self._region = answer, -1
        self.file.show(self._pair, answer, self._question)
        self._then = [None, None]
        self.passages.take(answer)
        for code, text in zip(self.codes, (answer.a_text, answer.b_text), strict=True):
            code.show_origins(on=False)
            code.show_code(text)
        self.facts.setText(" · ".join(_facts(answer)))
        self._mark()
        if answer.passages:
            self.passages.choose(telling_place(answer))
        if self._noting:
            self.start_note()
        elif not self.note.isVisible():
            self.passages.table.view.setFocus()
        self._noting = False

    def _take_then(self, which: int, text: TextView) -> None:
        self._then[which] = text
        code = self.codes[which]
        code.show_regions([])
        code.show_code(text.text, text.spans)
        code.show_origins(on=True)
        if self._answer is not None and 0 <= self._region < len(self._answer.regions):
            a, a_end, b, b_end = self._answer.regions[self._region]
            now = self._answer.a_text[a:a_end] if which == 0 else self._answer.b_text[b:b_end]
            start, end = place_then(now, text.text)
            code.show_regions([(start, end)] if end > start else [], 0)
            code.go_to(start)

    def _side(self, which: int) -> AppearedView | None:
        if self._answer is None or self._region < 0:
            return None
        passage = self._answer.passages[self._region]
        return passage.a if which == 0 else passage.b

    def _chosen(self, place: int) -> None:
        self._region = place
        if any(self._then):
            self.show_now()
        self._mark()
        self._go()

    def _go(self) -> None:
        if self._answer is None or self._region < 0:
            return
        start_a, _, start_b, _ = self._answer.regions[self._region]
        self._following = True
        self.codes[0].go_to(start_a)
        self.codes[1].go_to(start_b)
        self._following = False

    def _mark(self) -> None:
        if self._answer is None:
            return
        regions, faint = self._answer.regions, faint_places(self._answer)
        self.codes[0].show_regions([(a, b) for a, b, _, _ in regions], self._region, faint)
        self.codes[1].show_regions([(a, b) for _, _, a, b in regions], self._region, faint)

    def _follow(self, place: int, value: int) -> None:
        if self._following or not self.together.isChecked():
            return
        self._following = True
        other: QScrollBar = self.codes[1 - place].verticalScrollBar()
        other.setValue(value)
        self._following = False

    def _open(self, place: int) -> None:
        if self._pair is not None:
            self.opened.emit(self._pair.a if place == 0 else self._pair.b)

    def _play(self, place: int) -> None:
        side = self._side(place)
        if self._pair is None or self._answer is None:
            return
        if side is None:
            self._open(place)
            return
        passage = self._answer.passages[self._region]
        moment: MomentView = side.there
        session, file = (self._pair.a, passage.file_a) if place == 0 else (self._pair.b, passage.file_b)
        self.moment_wanted.emit(session, moment, file)

    def _problem(self, problem: Problem) -> None:
        self.facts.setText("")
        self.banner.say("attention", problem.sentence, tr("Not compared"))


def place_then(now: str, then: str) -> tuple[int, int]:
    """Return where a passage of today stood in an earlier text: all of it, else from its first to its last known line.

    An empty stretch where nothing of it is found.
    """
    start = then.find(now)
    if start >= 0:
        return start, start + len(now)
    lines = [line.strip() for line in now.splitlines() if len(line.strip()) >= LEAST_LINE]
    found = [(then.find(line), len(line)) for line in lines]
    known = [(at, at + size) for at, size in found if at >= 0]
    if not known:
        return 0, 0
    return min(at for at, _ in known), max(end for _, end in known)


def _facts(answer: SideBySide) -> list[str]:
    facts = [tr("{alike} alike", alike=percent(answer.jaccard))]
    if answer.rank is not None:
        facts.append(tr("rank {rank}", rank=f"{answer.rank:.2f}"))
    facts.append(counted(len(answer.regions), "{n} passage in common", "{n} passages in common"))
    if answer.too_short:
        facts.append(tr("under 20 lines of own code: too short to say much"))
    if answer.by_tokens:
        facts.append(tr("one of the two does not parse; compared by its tokens"))
    return facts


def words_of_care(kit: Kit, words: QLabel) -> QWidget:
    """Return the sentence that always stands beside similarity."""
    picture = QLabel()
    kit.look.dress(picture, "info", "info")
    line = row(picture, words, spacing=SPACE["m"])
    line.setStretch(1, 1)
    frame = card(line, kind="banner", margin=SPACE["s"])
    frame.setProperty("level", "info")
    return frame


_WITHIN = Qt.ShortcutContext.WidgetWithChildrenShortcut
