"""The tabs of the session panel: code, runs, events, signals, messages, devices."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from examdesk.staffapi.messages import (
    EventList,
    EventView,
    FileView,
    GetEvents,
    GetRuns,
    GetSignals,
    GetText,
    JournalView,
    MessageView,
    RunList,
    RunView,
    Say,
    SessionView,
    SignalView,
    TextView,
)
from instructor_app.kit import Kit
from instructor_app.tables.box import TableBox
from instructor_app.tables.model import Cell, Column, RowsModel
from instructor_app.widgets.basic import Banner, EmptyState, button, card, clear, column, holding, label, row
from instructor_app.widgets.code import CodeView
from instructor_app.widgets.origins import OriginLegend
from instructor_app.words import NOTHING, clock_time, counted, day_and_time, lasting, tr
from shared.look import SPACE
from shared.problems import Problem

PAGE = 1000
MIN_CLASS = 6


class CodeTab(QWidget):
    """The code as it stands, or as it stood at a moment."""

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self._session = ""
        self._moment: tuple[str, int, str] | None = None
        self.files = QComboBox()
        self.files.setAccessibleName(tr("File"))
        self.files.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.files.setMinimumWidth(150)
        self.files.currentIndexChanged.connect(lambda _: self.refresh())
        self.origins = QCheckBox(tr("Show where it came from"))
        self.origins.toggled.connect(self._show_origins)
        self.legend = OriginLegend(kit.look)
        self.legend.hide()
        self.banner = Banner(kit.look)
        self.code = CodeView(kit.look, tr("Code"))
        self.facts = label("", "small")
        self.setLayout(
            column(
                row(self.files, None, self.origins), self.legend, self.banner, self.code, self.facts, margin=SPACE["s"]
            )
        )

    def show_session(self, session: SessionView) -> None:
        """Show a session's files; the chosen file stays chosen."""
        if session.row.session != self._session:
            self._session, self._moment = session.row.session, None
            self.banner.hide()
            self.code.show_code("")
        names = [file.file for file in session.files]
        if names != [self.files.itemData(place) for place in range(self.files.count())]:
            self._fill(session.files)
        self.refresh()

    def show_moment(self, journal: str, seq: int, at_ms: int, file: str = "") -> None:
        """Show the code as it stood just after an event."""
        self._moment = (journal, seq, clock_time(at_ms, seconds=True))
        place = self.files.findData(file)
        if place >= 0 and place != self.files.currentIndex():
            self.files.setCurrentIndex(place)
        else:
            self.refresh()

    def show_now(self) -> None:
        """Go back to the present."""
        self._moment = None
        self.banner.hide()
        self.refresh()

    def refresh(self) -> None:
        """Ask for the text."""
        file = self.files.currentData()
        if not self._session or not file:
            return
        if self._moment is None:
            request = GetText(session=self._session, file=file)
        else:
            journal, seq, at = self._moment
            request = GetText(session=self._session, file=file, journal=journal, seq=seq)
            words = tr("The code as it stood at {time}, after event {n}.", time=at, n=seq)
            self.banner.say("info", words, act=tr("Back to now"), then=self.show_now)
        self._kit.bridge.query(request, self._take, self._problem, key="session text")

    def _fill(self, files: tuple[FileView, ...]) -> None:
        kept = self.files.currentData()
        self.files.blockSignals(True)
        self.files.clear()
        for file in files:
            self.files.addItem(file.file if file.length else tr("{file} (empty)", file=file.file), file.file)
        written = [place for place, file in enumerate(files) if file.length]
        place = self.files.findData(kept)
        self.files.setCurrentIndex(place if place >= 0 else (written or [0])[0])
        self.files.blockSignals(False)

    def _show_origins(self, on: bool) -> None:
        self.legend.setVisible(on)
        self.code.show_origins(on)

    def _take(self, text: TextView) -> None:
        self.code.show_code(text.text, text.spans)
        lines = len(text.text.splitlines())
        self.facts.setText(
            tr(
                "{lines}, {chars}",
                lines=counted(lines, "{n} line", "{n} lines"),
                chars=counted(len(text.text), "{n} character", "{n} characters"),
            )
        )

    def _problem(self, problem: Problem) -> None:
        self.banner.say("attention", problem.sentence)


class RunsTab(QWidget):
    """Every run and what it printed.

    Attributes:
        moment: (journal, seq, at_ms, file) show the code of this run.
    """

    moment = Signal(str, int, object, str)

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        columns: list[Column[RunView]] = [
            Column("run", tr("Run"), lambda r: str(r.run), lambda r: r.run, 56, number=True),
            Column("at", tr("When"), lambda r: clock_time(r.at_ms, seconds=True), lambda r: r.at_ms, 80),
            Column("file", tr("What ran"), run_what, width=110),
            Column("end", tr("How it ended"), run_end, width=130, stretch=True),
            Column("seconds", tr("Took"), _took, lambda r: r.seconds or 0, 64, number=True),
            Column("version", tr("Version"), lambda r: str(r.version), lambda r: r.version, 74, number=True),
        ]
        self.model: RowsModel[RunView] = RowsModel(columns, lambda r: f"{r.journal}:{r.run}", self)
        empty = EmptyState(
            kit.look, "run", tr("No runs yet"), tr("When the student runs the program, it is listed here.")
        )
        self.table: TableBox[RunView] = TableBox(
            self.model, kit.look, kit.preferences, name="runs", title=tr("Runs"), empty=empty
        )
        self.table.sort("run", Qt.SortOrder.DescendingOrder)
        self.output = QPlainTextEdit()
        self.output.setReadOnly(True)
        self.output.setProperty("role", "console")
        self.output.setAccessibleName(tr("Output of the run"))
        self.code_button = button(kit.look, tr("Show its code"), "code", then=self._show_code)
        self.code_button.setEnabled(False)
        self.title = label(tr("Choose a run to see its output"), "muted")
        split = QSplitter(Qt.Orientation.Vertical)
        split.addWidget(self.table)
        split.addWidget(holding(column(row(self.title, None, self.code_button), self.output)))
        self.setLayout(column(split, margin=SPACE["s"]))
        self.table.chosen_changed.connect(self._chosen)
        self.table.opened.connect(lambda _: self._show_code())

    def ask(self, session: str) -> None:
        """Ask for the runs of a session."""
        self._kit.bridge.query(GetRuns(session=session), self._take, key="session runs")

    def _take(self, runs: RunList) -> None:
        self.model.replace(runs.runs)
        if not self.table.chosen() and runs.runs:
            newest = runs.runs[-1]
            self.table.choose(f"{newest.journal}:{newest.run}")

    def _chosen(self) -> None:
        runs = self.table.chosen()
        self.code_button.setEnabled(bool(runs))
        if runs:
            run = runs[0]
            self.title.setText(tr("Output of run {n}", n=run.run))
            if self.output.toPlainText() != run.output:
                self.output.setPlainText(run.output)

    def _show_code(self) -> None:
        for run in self.table.chosen()[:1]:
            self.moment.emit(run.journal, run.seq, run.at_ms, run.file)


class EventsTab(QWidget):
    """Every event in words, filtered, with its bytes as written."""

    moment = Signal(str, int, object, str)

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self._session = ""
        self._loaded = 0
        columns: list[Column[EventView]] = [
            Column("seq", tr("No."), lambda e: str(e.seq), lambda e: e.seq, 60, number=True),
            Column("at", tr("When"), lambda e: clock_time(e.at_ms, seconds=True), lambda e: e.at_ms, 80),
            Column("kind", tr("Kind"), lambda e: e.kind.replace("_", " "), width=104),
            Column("summary", tr("What happened"), lambda e: e.summary, width=220, stretch=True),
        ]
        self.model: RowsModel[EventView] = RowsModel(columns, lambda e: f"{e.journal}:{e.seq}", self)
        empty = EmptyState(
            kit.look, "file", tr("No events yet"), tr("Everything that the student does is listed here.")
        )
        self.table: TableBox[EventView] = TableBox(
            self.model, kit.look, kit.preferences, name="events", title=tr("Events"), empty=empty
        )
        self.table.sort("at", Qt.SortOrder.DescendingOrder)
        self.kinds = QComboBox()
        self.kinds.setAccessibleName(tr("Kind of event"))
        self.kinds.addItem(tr("All kinds"), "")
        self.kinds.currentIndexChanged.connect(lambda _: self._filter())
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Search events"))
        self.search.setAccessibleName(tr("Search events"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(lambda _: self._filter())
        self.total = label("", "small")
        self.raw = QPlainTextEdit()
        self.raw.setReadOnly(True)
        self.raw.setProperty("role", "code")
        self.raw.setMaximumHeight(92)
        self.raw.setAccessibleName(tr("The event as it was written"))
        self.raw.setPlaceholderText(tr("Choose an event to see it as it was written"))
        self.setLayout(
            column(row(self.kinds, self.search), self.table, row(self.total, None), self.raw, margin=SPACE["s"])
        )
        self.table.chosen_changed.connect(self._chosen)
        self.table.opened.connect(lambda e: self.moment.emit(e.journal, e.seq, e.at_ms, ""))

    def ask(self, session: str) -> None:
        """Ask for what is new in a session."""
        if session != self._session:
            self._session, self._loaded = session, 0
            self.model.replace([])
            self.raw.clear()
        self._ask_page()

    def _ask_page(self) -> None:
        request = GetEvents(session=self._session, start=self._loaded, limit=PAGE)
        self._kit.bridge.query(request, self._take, key="session events")

    def _take(self, page: EventList) -> None:
        self.model.update(page.events)
        self.model.rearrange()
        self._loaded += len(page.events)
        self._fill_kinds(page)
        self.total.setText(counted(page.total, "{n} event", "{n} events"))
        if page.events and self._loaded < page.total:
            self._ask_page()

    def _fill_kinds(self, page: EventList) -> None:
        for kind in sorted({event.kind for event in page.events}):
            if self.kinds.findData(kind) < 0:
                self.kinds.addItem(kind.replace("_", " "), kind)

    def _filter(self) -> None:
        kind, words = self.kinds.currentData(), self.search.text().casefold()

        def passes(event: EventView) -> bool:
            return (not kind or event.kind == kind) and words in event.summary.casefold()

        self.model.set_filter(passes if kind or words else None)

    def _chosen(self) -> None:
        for event in self.table.chosen()[:1]:
            self.raw.setPlainText(event.payload)


class SignalsTab(QScrollArea):
    """Signals as cards: what, when, how much, how common in this class, and the way to that moment."""

    moment = Signal(str, int, object, str)

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self._shown: tuple[SignalView, ...] | None = None
        self._cards: QVBoxLayout = column(margin=SPACE["s"])
        self.setWidgetResizable(True)
        self.setWidget(holding(self._cards))
        self.setAccessibleName(tr("Signals"))

    def take(self, signals: tuple[SignalView, ...]) -> None:
        """Show signals."""
        if signals == self._shown:
            return
        self._shown = signals
        clear(self._cards)
        rights = self._kit.bridge.rights
        if not rights.may(GetSignals):
            self._cards.addWidget(EmptyState(self._kit.look, "flag", tr("Signals are not shown"), rights.why_not()))
            self._cards.addStretch(1)
            return
        self._cards.addWidget(
            label(
                tr("A signal is something that a person may want to look at. It says nothing about why."),
                "muted",
                wrap=True,
            )
        )
        for signal in signals:
            self._cards.addWidget(self._card(signal))
        if not signals:
            self._cards.addWidget(
                EmptyState(self._kit.look, "flag", tr("No signals"), tr("Nothing stood out in this session so far."))
            )
        self._cards.addStretch(1)

    def _card(self, signal: SignalView) -> QFrame:
        go = button(self._kit.look, tr("Show the moment"), "code", then=lambda: self._go(signal))
        go.setAccessibleName(tr("Show the moment of: {title}", title=signal.title))
        facts = [clock_time(signal.at_ms, seconds=True), amount_words(signal)]
        if signal.file:
            facts.append(signal.file)
        common = label(how_common(signal), "small", wrap=True)
        meaning = label(signal.meaning, "small", wrap=True, selectable=True)
        if not signal.meaning:
            meaning.hide()  # never shown by hand: a label without a parent would be a window of its own
        basis = label(rests_on(signal), "small", wrap=True, selectable=True)
        return card(
            column(
                row(label(signal.title, "subtitle"), None, go),
                label(" · ".join(facts), "muted"),
                label(signal.explanation, wrap=True, selectable=True),
                meaning,
                common,
                basis,
                spacing=SPACE["xs"],
            ),
            margin=SPACE["m"],
        )

    def _go(self, signal: SignalView) -> None:
        self.moment.emit(signal.journal, signal.seq, signal.at_ms, signal.file)


class MessagesTab(QWidget):
    """What was said, both ways, and a field to answer."""

    def __init__(self, kit: Kit, send: Callable[[str], None]) -> None:
        super().__init__()
        self._kit, self._send = kit, send
        self._shown: tuple[MessageView, ...] | None = None
        self._lines: QVBoxLayout = column(spacing=SPACE["s"], margin=SPACE["s"])
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setWidget(holding(self._lines))
        self.field = QLineEdit()
        self.field.setPlaceholderText(tr("Write to this student"))
        self.field.setAccessibleName(tr("Write to this student"))
        self.field.returnPressed.connect(self._submit)
        self._button = button(kit.look, tr("Send"), "message", then=self._submit)
        for control in (self.field, self._button):
            kit.bridge.rights.guard(control, Say)
        self.setLayout(column(self._scroll, row(self.field, self._button), margin=SPACE["s"]))

    def take(self, messages: tuple[MessageView, ...]) -> None:
        """Show messages, the newest at the bottom."""
        if messages == self._shown:
            return
        self._shown = messages
        clear(self._lines)
        for message in messages:
            self._lines.addWidget(self._bubble(message))
        if not messages:
            self._lines.addWidget(
                EmptyState(
                    self._kit.look, "message", tr("No messages"), tr("What you write here reaches only this student.")
                )
            )
        self._lines.addStretch(1)

    def _bubble(self, message: MessageView) -> QWidget:
        facts = [message.sender, clock_time(message.at_ms)]
        if not message.from_student:
            facts.append(_delivery(message))
        inside = column(label(" · ".join(facts), "small"), label(message.text, wrap=True, selectable=True), spacing=2)
        frame = card(inside, margin=SPACE["s"])
        line = row(frame, spacing=0)
        line.insertSpacing(0 if not message.from_student else 1, 48)
        return holding(line)

    def _submit(self) -> None:
        text = self.field.text().strip()
        if text:
            self.field.clear()
            self._send(text)


class DevicesTab(QScrollArea):
    """The PCs of a session, their journals and how they hang together.

    Attributes:
        pc_wanted: show the newest check of the PC in use.
    """

    pc_wanted = Signal()

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self._lines: QVBoxLayout = column(margin=SPACE["s"])
        self.setWidgetResizable(True)
        self.setWidget(holding(self._lines))
        self.setAccessibleName(tr("Devices"))

    def take(self, session: SessionView) -> None:
        """Show journals and facts of a session."""
        clear(self._lines)
        for journal in session.journals:
            self._lines.addWidget(self._card(journal))
        facts = [
            (tr("Joined"), day_and_time(session.joined_ms)),
            (tr("Let in by"), session.by or NOTHING),
            (tr("Handed in"), day_and_time(session.submitted_ms)),
            (tr("Receipt code"), session.receipt_code or NOTHING),
            (tr("System"), session.platform or NOTHING),
            (tr("Programs run in"), session.sandbox or NOTHING),
            (tr("Clock of the PC"), _skew(session.row.skew_ms)),
        ]
        for name, value in facts:
            first = label(name, "muted")
            first.setMinimumWidth(120)
            line = row(first, label(value, wrap=True, selectable=True))
            line.setStretch(1, 1)
            self._lines.addLayout(line)
        check = button(self._kit.look, tr("How this PC is prepared"), kind="link", then=self.pc_wanted.emit)
        self._lines.addLayout(row(check, None))
        self._lines.addStretch(1)

    def _card(self, journal: JournalView) -> QFrame:
        role = {
            "main": tr("in use"),
            "earlier": tr("used before"),
            "side branch": tr("a side branch, kept beside the session"),
        }[journal.role]
        proof = tr("chain and signatures hold") if journal.verified else tr("does not hold: see the record")
        span = f"{clock_time(journal.first_ms)} – {clock_time(journal.last_ms)}"  # noqa: RUF001
        return card(
            column(
                label(f"{journal.device or tr('Unnamed PC')} ({role})", "subtitle"),
                label(f"{counted(journal.events, '{n} event', '{n} events')} · {span} · {proof}", "muted", wrap=True),
                *([label(journal.surroundings, "muted", wrap=True)] if journal.surroundings else []),
                label(tr("Journal {id}", id=journal.journal[:16]), "small", selectable=True),
                spacing=SPACE["xs"],
            ),
            margin=SPACE["m"],
        )


def run_what(run: RunView) -> str:
    """Name the file, or the question whose checks ran."""
    return tr("Checks of {question}", question=run.question) if run.checks else run.file


def run_end(run: RunView) -> Cell:
    """Say how a run ended."""
    if run.exit_code is None and run.seconds is None:
        return Cell(tr("running"), icon="run", tone="info")
    if run.error:
        return Cell(run.error, icon="warning", tone="attention")
    if run.exit_code and run.checks:
        return Cell(tr("finished, not all hold"), icon="check")
    if run.exit_code:
        return Cell(tr("exit code {n}", n=run.exit_code), icon="warning", tone="attention")
    return Cell(tr("finished") if run.reason in ("", "ended") else run.reason, icon="check", tone="positive")


def how_common(signal: SignalView) -> str:
    """Say how many of the class have a signal of this kind, and that a small class says little."""
    having, students = signal.students_with_it, signal.students
    if not students:
        return ""
    if students == 1:
        return tr("Nobody else is in this class: nothing says whether this is common.")
    if students < MIN_CLASS:
        return tr("{n} of {all} students: too few to say whether this is common.", n=having, all=students)
    if having == 1:
        return tr("1 of {all} students in this class has this signal.", all=students)
    return tr("{n} of {all} students in this class have this signal.", n=having, all=students)


def rests_on(signal: SignalView) -> str:
    """Name the exam's thresholds that a signal depends on."""
    if not signal.parameters:
        return tr("No threshold decides about signals of this kind.")
    return tr("Decided by: {all}", all=", ".join(f"{name} = {value}" for name, value in signal.parameters.items()))


def amount_words(signal: SignalView) -> str:
    """Say how much it was."""
    if signal.unit == "s":
        return lasting(round(signal.amount * 1000))
    return f"{signal.amount:g} {signal.unit}"


def _took(run: RunView) -> str:
    return NOTHING if run.seconds is None else tr("{n} s", n=f"{run.seconds:.1f}")


def _delivery(message: MessageView) -> str:
    if message.read_ms is not None:
        return tr("read at {time}", time=clock_time(message.read_ms))
    if message.delivered_ms is not None:
        return tr("arrived, not read yet")
    return tr("not arrived yet")


def _skew(skew_ms: int) -> str:
    if abs(skew_ms) < 2000:
        return tr("right")
    words = tr("{time} fast") if skew_ms > 0 else tr("{time} slow")
    return words.format(time=lasting(skew_ms))
