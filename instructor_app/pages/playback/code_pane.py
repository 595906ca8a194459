"""The files at the playhead: a tab for each that there ever was, text coloured by where it came from, differences."""

import re
from collections.abc import Sequence
from itertools import islice

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QMenu, QStackedWidget, QTabBar, QWidget

from examdesk.staffapi.playback.player import Player
from examdesk.staffapi.playback.tape import Tape
from instructor_app.kit import Kit
from instructor_app.pages.playback.differences import DifferencePane, Moment
from instructor_app.widgets.basic import Elided, EmptyState, Still, column, name_for_readers, row
from instructor_app.widgets.code import CodeView
from instructor_app.widgets.origins import OriginLegend, origin_words
from instructor_app.widgets.provenance import OriginCounts, Provenance
from instructor_app.words import clock_time, counted, tr
from shared.look import SPACE, plain_tip
from shared.text import TextModel
from shared.text.edits import Origin

MOST_MARKED = 500
"""Places of a text that is looked for that are marked at most."""


class CodePane(QWidget):
    """See the module.

    Attributes:
        wanted: (moment) go to when the text under the mouse came.
        traced: (offset) follow the line of this character back.
        sought: (text) look for it at every moment.
    """

    wanted = Signal(int)
    traced = Signal(int)
    sought = Signal(str)

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._tape = Tape()
        self._listed: list[str] = []
        self._choosing = False
        self.files = QTabBar()
        self.files.setDrawBase(False)
        self.files.setExpanding(False)
        self.files.setUsesScrollButtons(True)
        self.files.setElideMode(Qt.TextElideMode.ElideNone)
        self.files.setAccessibleName(tr("Files"))
        self.files.currentChanged.connect(lambda _: self._file_chosen())
        self.follow = QCheckBox(tr("Follow"))  # a word: beside it the files' tabs want the room
        self.follow.setAccessibleName(tr("Follow the student"))
        self.follow.setChecked(True)
        self.follow.setToolTip(tr("Show the file and the line that the student works on"))
        self.origins = QCheckBox(tr("Where it came from"))
        self.origins.setChecked(True)
        self.origins.toggled.connect(self._show_origins)
        self.legend = OriginLegend(kit.look)
        self.code = CodeView(kit.look, tr("Code at the playhead"))
        self.code.tell_where_pointed()
        self.code.pointed.connect(self._pointed)
        self.code.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.code.customContextMenuRequested.connect(self._show_menu)
        self._provenance = Provenance(TextModel())
        self._counts: dict[str, OriginCounts] = {}
        self._needle = ("", True)
        self.nothing = EmptyState(kit.look, "file", "", "")
        self.difference = DifferencePane(kit)
        self.facts = Elided("", "small")
        name_for_readers(self, tr("Code at the playhead"))
        self.stack = QStackedWidget()
        for part in (self.code, self.nothing, self.difference):
            self.stack.addWidget(part)
        files = row(self.files, self.follow, self.origins, spacing=SPACE["s"])
        files.setStretch(0, 1)
        self.setLayout(
            column(
                files,
                self.legend,
                self.stack,
                Still(self.facts),
                spacing=SPACE["xs"],
            )
        )
        self.player = Player(self._tape)
        self.follow.toggled.connect(lambda _: self.show_moment(self.player))
        self._show_origins(on=True)

    # ------------------------------------------------------------------------------------- files

    def show_tape(self, tape: Tape) -> None:
        """Have a tab for every file of the tape; a new tape begins with none."""
        if tape is not self._tape:
            self._tape = tape
            self._listed = []
            self._counts = {}
            self._choosing = True
            while self.files.count():
                self.files.removeTab(0)
            self._choosing = False
        for file in tape.files[len(self._listed) :]:
            self._choosing = True
            self.files.setTabToolTip(self.files.addTab(file), plain_tip(file))
            self._choosing = False
            self._listed.append(file)

    def file(self) -> str:
        """Return the chosen file; empty where there is none."""
        place = self.files.currentIndex()
        return self._listed[place] if 0 <= place < len(self._listed) else ""

    def choose(self, file: str) -> None:
        """Choose a file; stay with it where the student works on another one at the playhead."""
        if file in self._listed:
            self.follow.setChecked(file == self._tape.file_at(self.player.number))
            self._put(file)

    def _put(self, file: str) -> None:
        self._choosing = True
        self.files.setCurrentIndex(self._listed.index(file))
        self._choosing = False

    def _file_chosen(self) -> None:
        if not self._choosing:
            self.follow.setChecked(False)
            self.show_moment(self.player)

    def _show_origins(self, on: bool) -> None:
        self.legend.setVisible(on)
        self.code.show_origins(on)
        self.difference.show_origins(on)

    # ------------------------------------------------------------------------------------- the moment

    def show_moment(self, player: Player) -> None:
        """Show the files as they stood where the playhead is."""
        self.player = player
        tape = player.tape
        self.show_tape(tape)
        worked_on = tape.file_at(player.number)
        if self.follow.isChecked() and worked_on and worked_on != self.file():
            self._put(worked_on)
        file = self.file()
        if self.stack.currentWidget() is self.difference:
            self.difference.show_file(tape, file, player.number)
            return
        files = tape.at(player.number, player.until_ms())
        if not file or file not in files.files:
            self._say_nothing(file)
            return
        self.stack.setCurrentWidget(self.code)
        self.code.turn_to(file)
        model = files.model(file)
        place = tape.place_in(file, player.number) if worked_on == file else None
        if place is not None:
            place = min(place, model.length)
        self._show_text(model, place if self.follow.isChecked() else None)
        self.code.show_place(place)

    def _show_text(self, model: TextModel, near: int | None) -> None:
        text = model.text
        self._provenance = Provenance(model)
        self.code.show_tinted(text, self._provenance, regions_of(text, self._needle[0], exact=self._needle[1]), near)
        self.code.viewport().setToolTip("")
        by_origin = self._counts.setdefault(self.file(), OriginCounts()).of(model.snapshot())
        shares = [
            f"{origin_words(origin)} {by_origin[origin]:,}"
            for origin in (Origin.TYPED, Origin.OUTSIDE, Origin.MOVED, Origin.STARTER, Origin.STATEMENT, Origin.PROGRAM)
            if by_origin.get(origin)
        ]
        lines = text.count("\n") + (not text.endswith("\n"))
        parts = [counted(lines, "{n} line", "{n} lines"), tr("characters: ") + ", ".join(shares)]
        if not shares:
            parts = [tr("The file is empty here.")]
        if self.code.windows_ends():
            parts.append(tr("line ends as on Windows"))
        if self.code.hidden():
            parts.append(tr("long lines are cut in this view, not in the record"))
        self.facts.setText(" · ".join(parts))

    def mark(self, needle: str, *, exact: bool) -> None:
        """Mark a text wherever it stands; none for an empty one."""
        if (needle, exact) != self._needle:
            self._needle = (needle, exact)
            self.show_moment(self.player)

    def model(self) -> TextModel | None:
        """Return the chosen file as it stands at the playhead; None where it is not there."""
        files = self._tape.at(self.player.number)
        return files.model(self.file()) if self.file() in files.files else None

    def line_offset(self) -> int | None:
        """Return a character of the line that is meant: that of the cursor, else where the student worked last."""
        if self.stack.currentWidget() is not self.code:
            return None
        if self.code.hasFocus() or self.code.textCursor().hasSelection():
            return self.code.caret_offset()
        place = self._tape.place_in(self.file(), self.player.number)
        return self.code.caret_offset() if place is None else place

    # ------------------------------------------------------------------------------------- where a character came from

    def came_with(self, offset: int | None) -> tuple[Origin, int] | None:
        """Return where a character came from and after which event it was there; None where there is none."""
        if offset is None:
            return None
        found = self._provenance.came(offset, offset + 1)
        return (found[0].origin, found[0].seq + 1) if found else None

    def _came_words(self, origin: Origin, number: int) -> str:
        at = clock_time(self._tape.times[number - 1], seconds=True) if number <= len(self._tape) else ""
        return tr("{origin} · came at {time}, event {n}", origin=origin_words(origin), time=at, n=f"{number:,}")

    def _pointed(self, offset: int | None) -> None:
        came = self.came_with(offset)
        self.code.viewport().setToolTip("" if came is None else plain_tip(self._came_words(*came)))

    def _show_menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        came = self.came_with(self.code.offset_at(at))
        if came is not None:
            menu.addAction(self._came_words(*came)).setEnabled(False)
            menu.addAction(tr("Go to when it came"), lambda: self.wanted.emit(came[1]))
        offset = self.code.offset_at(at)
        if offset is not None:
            menu.addAction(tr("Follow this line back\tH"), lambda: self.traced.emit(offset))
        selected = self.code.textCursor().selectedText().replace("\u2029", "\n")
        if selected.strip() and "\n" not in selected:
            menu.addAction(tr("When did this text stand there?\tF"), lambda: self.sought.emit(selected))
        menu.addSeparator()
        copy = menu.addAction(tr("Copy"), self.code.copy)
        copy.setEnabled(self.code.textCursor().hasSelection())
        menu.addAction(tr("Select all"), self.code.selectAll)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.code.mapToGlobal(at))

    def _say_nothing(self, file: str) -> None:
        self.facts.setText("")
        self.stack.setCurrentWidget(self.nothing)
        if not len(self._tape):
            self.nothing.say(
                tr("Nothing is recorded yet"), tr("When the desk has sent its first events, they appear here.")
            )
        elif not self._listed:
            self.nothing.say(tr("No file so far"), tr("This session has no files up to here."))
        elif not file or not self._tape.at(self.player.number).files:
            self.nothing.say(
                tr("No file at this moment"), tr("The desk had not put the files there yet. Go on a little.")
            )
        else:
            words = tr(
                "Before it was made, after it was removed, or under another name: go to a moment at which it was."
            )
            self.nothing.say(tr("There was no {file} at this moment", file=file), words)

    # ------------------------------------------------------------------------------------- differences

    def compare(self, moments: Sequence[Moment], one: int, other: int) -> None:
        """Show the difference between two moments."""
        self.difference.take_moments(moments)
        self.stack.setCurrentWidget(self.difference)
        self.facts.setText("")
        self.difference.show_file(self._tape, self.file(), self.player.number)
        self.difference.choose(one, other)

    def comparing(self) -> bool:
        """Tell whether a difference is shown."""
        return self.stack.currentWidget() is self.difference

    def stop_comparing(self) -> None:
        """Show the code again."""
        self.stack.setCurrentWidget(self.code)
        self.show_moment(self.player)


def regions_of(text: str, needle: str, *, exact: bool) -> list[tuple[int, int]]:
    """Return where a text stands, from and to, the first ones of very many."""
    if not needle:
        return []
    found = re.finditer(re.escape(needle), text, re.NOFLAG if exact else re.IGNORECASE)
    return [match.span() for match in islice(found, MOST_MARKED)]
