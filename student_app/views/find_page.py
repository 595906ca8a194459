"""Finding the exam and saying who one is: the first thing that a student sees."""

from pathlib import Path

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QHideEvent, QKeyEvent
from PyQt6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from shared.admission.codes import PersonalCode, RoomCode, StartCode, parse_code
from shared.bundle.desk_file import SUFFIX as EXAM_FILE
from shared.bundle.desk_file import DeskFile
from shared.discovery.joining import Destination, parse_destination, read_join_file
from shared.problems import InputProblem
from student_app.core.alone import Myself
from student_app.core.lab import MAX_SEAT, Lab
from student_app.core.ports import HubAddress
from student_app.core.state import DeskState
from student_app.views import words
from student_app.views.exam_file import ExamFileCard
from student_app.views.hub_list import HubList, same_room
from student_app.views.look import Look
from student_app.views.pieces import Banner, button, centred, column, empty, frame, label, row, set_property
from student_app.views.port import DeskPort, Shelved, Surroundings
from student_app.views.reach import Reach
from student_app.views.who_is_meant import WhoIsMeant


class FindPage(QWidget):
    """Left the exams on the network, right the access code and who one is."""

    def __init__(self, desk: DeskPort, around: Surroundings, look: Look) -> None:
        super().__init__()
        self._desk = desk
        self._around = around
        self._look = look
        self._from_file: Destination | None = None
        self._complaint = ""
        self._room = ""
        self._go_on: QPushButton | None = None
        self.reach = Reach(self._reached, self)
        self._state: DeskState | None = None
        self._make_exams()
        self._make_form()
        self._lay_out()
        self._check()

    # What it is made of

    def _make_exams(self) -> None:
        self.hubs = HubList(self._look, self.reach)
        self.hubs.chosen.connect(self._hub_chosen)
        self.nothing = self._empty_state()
        self.exams = QStackedWidget()
        self.exams.addWidget(self.nothing)
        self.exams.addWidget(self.hubs)
        self.exam_file = ExamFileCard(self._look)
        self.exam_file.closed.connect(lambda: self.take_exam_file(None))
        self.exams.addWidget(self.exam_file)
        self.exams.setMinimumHeight(196)
        self.address = QLineEdit()
        self.address.setPlaceholderText(self.tr("Address, join code or link"))
        self.address.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.address.setAccessibleName(self.tr("Address of the instructor's computer"))
        self.address.textChanged.connect(self._address_typed)
        self.address_hint = label(role="small", wrap=True)
        self.file = button(self.tr("Open file…"), self._choose_file)
        self.file.setToolTip(self.tr("A join file, or the exam itself on a stick"))

    def _empty_state(self) -> QWidget:
        picture = QLabel()
        self._look.dress(picture, "network", "muted", 32)
        picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        title = label(self.tr("Looking for exams…"), "subtitle")
        title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        help_text = label(
            self.tr(
                "They appear here by themselves once your instructor has opened one. If nothing appears, check the "
                "network cable, or type the address that is shown in the room."
            ),
            "muted",
            wrap=True,
        )
        help_text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        box = QWidget()
        layout = column(1, picture, title, help_text, 1)
        layout.setContentsMargins(16, 12, 16, 12)
        box.setLayout(layout)
        return box

    def _make_form(self) -> None:
        self.code = QLineEdit()
        self.code.setPlaceholderText("ABCD-EFGH-J")
        self.code.setProperty("role", "code")
        self.code.setMaxLength(40)
        self.code.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.code.setAccessibleName(self.tr("Access code"))
        self.code_hint = label(role="small", wrap=True)
        self.student = QLineEdit()
        self.student.setMaxLength(200)
        self.student.setAccessibleName(self.tr("Student number or login"))
        self.name = QLineEdit()
        self.name.setMaxLength(200)
        self.name.setAccessibleName(self.tr("Your name"))
        self.seat = QLineEdit()
        self.seat.setMaxLength(MAX_SEAT)
        self.seat.setPlaceholderText(self.tr("if your desk has a number"))
        self.seat.setAccessibleName(self.tr("Seat"))
        self.extra = QSpinBox()
        self.extra.setRange(0, 600)
        self.extra.setSuffix(self.tr(" min"))
        self.extra.setAccessibleName(self.tr("Extra time that you were granted, in minutes"))
        self.join = button(self.tr("Join the exam"), self._join, "primary")
        self.join.setMinimumHeight(38)
        self.join_hint = label(role="muted", wrap=True)
        for field in (self.code, self.student, self.name):
            field.textChanged.connect(self._typed)
        self.meant = WhoIsMeant((self.code, self.student), self._around.lookup, self.addresses, self.join.setFocus)
        for field in (self.code, self.student, self.name, self.seat, self.address):
            field.returnPressed.connect(self._join_if_ready)

    def _lay_out(self) -> None:
        self.problem = Banner(self._look, "", "attention", self.tr("That did not work"), "warning")
        self.problem.hide()
        self.settings = Banner(self._look, "", "attention", icon="settings")
        self.settings.hide()
        self.shelf = QVBoxLayout()
        left = column(
            label(self.tr("1. Choose your exam"), "subtitle"),
            self.exams,
            self._make_elsewhere(),
            spacing=8,
        )
        left.setStretchFactor(self.exams, 1)
        right = self._form()
        left_card, right_card = frame("card", left), frame("card", right)
        cards = row(left_card, right_card, spacing=16)
        cards.setStretch(0, 1)
        cards.setStretch(1, 1)
        content = QWidget()
        self.heading = label(self.tr("Join your exam"), "title")
        content.setLayout(column(self.heading, self.settings, self.shelf, self.problem, cards, spacing=16))
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(centred(content, 940))

    def _make_elsewhere(self) -> QWidget:
        self._elsewhere = QWidget()
        self._elsewhere.setLayout(
            column(label(self.tr("Not in the list?"), "muted"), row(self.address, self.file), self.address_hint)
        )
        return self._elsewhere

    def _form(self) -> QLayout:
        self._extra = QWidget()
        self._extra.setLayout(self._field(self.tr("E&xtra time that you were granted"), self.extra))
        self._extra.hide()
        groups = column(
            self._field(self.tr("&Access code"), self.code, self.code_hint),
            self._field(self.tr("&Student number or login"), self.student, self.meant),
            self._field(self.tr("&Name, if you are not on the list"), self.name),
            self._field(self.tr("S&eat (optional)"), self.seat),
            self._extra,
            spacing=12,
        )
        title = label(self.tr("2. Say who you are"), "subtitle")
        return column(title, groups, 1, self.join_hint, self.join, spacing=10)

    @staticmethod
    def _field(text: str, field: QLineEdit | QSpinBox, *below: QWidget) -> QLayout:
        words_of = QLabel(text)
        words_of.setBuddy(field)
        return column(words_of, field, *below, spacing=4)

    # What is shown

    def refresh(self, state: DeskState) -> None:
        """Show the desk as it is now."""
        self._state = state
        self.reach.follow(state.hubs)
        self.hubs.show_hubs(state.hubs)
        listed = self.hubs if state.hubs else self.nothing
        self.exams.setCurrentWidget(listed if self.exam_file.file is None else self.exam_file)
        problem = self._complaint or state.problem
        self.problem.setVisible(bool(problem))
        self.problem.say(problem)

    def complain(self, sentence: str) -> None:
        """Say what did not work, until the student tries something else."""
        self._complaint = sentence
        self.problem.say(sentence)
        self.problem.show()

    def show_shelf(self, shelved: list[Shelved]) -> None:
        """Offer to go on with exams of this PC."""
        empty(self.shelf)
        self._go_on = None
        for one in shelved[:3]:
            who = one.name or one.student
            text = self.tr("Begun {when} by {who}. Everything written is still here.").format(
                when=words.date_and_time(one.created_ms), who=who
            )
            banner = Banner(self._look, text, "positive", one.title or self.tr("Exam"), "device")
            go_on = banner.add(self.tr("Go on"), one.go_on, "primary")
            self.shelf.addWidget(banner)
            if one is shelved[0]:
                self._go_on = go_on

    def prefill(self, *, code: str = "", hub: str = "", student: str = "", name: str = "", seat: str = "") -> None:
        """Fill in what is known already."""
        for field, text in (
            (self.code, code), (self.address, hub), (self.student, student), (self.name, name), (self.seat, seat),
        ):  # fmt: skip
            if text:
                field.setText(text)
        wanted = (self.student,) if self.exam_file.file is not None else (self.code, self.student)
        empty_fields = [field for field in wanted if not field.text()]
        first = self._go_on or next(iter(empty_fields), self.join)
        first.setFocus()

    def preset(self, lab: Lab) -> None:
        """Take over what IT staff preset on this PC; mistakes in it are said and change nothing else."""
        self._room = lab.room
        self.hubs.prefer(lab.room)
        if lab.seat and self.seat.text() == lab.seat:
            self.seat.setToolTip(self.tr("As it is set on this PC. You can type another one."))
        if lab.room:
            self.heading.setText(self.tr("Join your exam · {room}").format(room=lab.room))
        destination = lab.destination
        if destination is not None and not self.address.text():
            self._show_destination(destination)
            self._say_address(self.tr("As it is set on this PC. You can type another one."))
        if lab.mistakes:
            said = self.tr("The settings of this PC have a mistake. You can go on; tell the staff: {what}")
            self.settings.say(said.format(what=" ".join(lab.mistakes)))
            self.settings.show()
        self._check()

    def open_file(self, path: Path) -> None:
        """Take over what a file says: how to join, or the exam itself."""
        if path.suffix.lower() == EXAM_FILE:
            self._say_address(self.tr("Reading the exam…"))
            self._around.read_exam_file(path, self.take_exam_file, self._no_exam_file)
        else:
            self.open_join_file(path)

    def take_exam_file(self, file: DeskFile | None) -> None:
        """Begin with an exam from a file, or with the network again (None)."""
        self.exam_file.show_file(file)
        self._say_address("")
        self._elsewhere.setVisible(file is None)
        self._extra.setVisible(file is not None)
        self.join.setText(self.tr("Join the exam") if file is None else self.tr("Begin without a network"))
        self.exams.setCurrentWidget(self.exam_file if file is not None else self.nothing)
        if self._state is not None:
            self.refresh(self._state)
        self._check()
        if file is not None:
            (self.student if not self.student.text() else self.join).setFocus()

    def _no_exam_file(self, sentence: str) -> None:
        self._say_address("")
        self.complain(sentence)

    def open_join_file(self, path: Path) -> None:
        """Take over what a join file says."""
        try:
            self._from_file = read_join_file(path.read_bytes())
        except OSError as problem:
            self._say_address(self.tr("The file can't be read: {why}.").format(why=problem.strerror), wrong=True)
            return
        except InputProblem as problem:
            self._say_address(problem.sentence, wrong=True)
            return
        self._show_destination(self._from_file)
        title = self._from_file.title or path.name
        self._say_address(self.tr("From the join file: {title}.").format(title=title))
        self._check()

    def _show_destination(self, destination: Destination) -> None:
        self._from_file = destination
        self.address.blockSignals(True)
        self.address.setText(str(destination.addresses[0]))
        self.address.blockSignals(False)

    def addresses(self) -> tuple[HubAddress, ...]:
        """Return where to join: what was typed or opened, else the chosen exam; empty: whatever is announced."""
        destination = self._from_file
        if destination is None and self.address.text().strip():
            destination = parse_destination(self.address.text())
        if destination is not None:
            return tuple(HubAddress(one.host, one.port, destination.fingerprint) for one in destination.addresses)
        hub = self.hubs.hub
        return hub.addresses if hub is not None else ()

    # What the student does

    def _typed(self) -> None:
        self._complaint = ""
        self._check()

    def _hub_chosen(self) -> None:
        """What the student chooses in the list counts before an address that stood there."""
        if self.hubs.hasFocus() and self.hubs.hub is not None and self.address.text():
            self.address.clear()
        self._check()

    def _address_typed(self) -> None:
        self._complaint = ""
        self._from_file = None
        text = self.address.text().strip()
        if not text:
            self._say_address("")
        else:
            try:
                found = parse_destination(text)
                self._say_address(self.tr("Will be tried: {where}").format(where=str(found.addresses[0])))
            except InputProblem as problem:
                self._say_address(problem.sentence, wrong=True)
        self._check()

    def _say_address(self, text: str, *, wrong: bool = False) -> None:
        self.address_hint.setText(text)
        self.address_hint.setVisible(bool(text))
        set_property(self.address, "state", "wrong" if wrong else "")

    def _choose_file(self) -> None:
        dialog = QFileDialog(self, self.tr("Open a join file or an exam"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([self.tr("Join files and exams (*.examjoin *.examdesk)"), self.tr("All files (*)")])
        dialog.fileSelected.connect(lambda path: self.open_file(Path(path)))
        dialog.open()

    def _check(self) -> None:
        """Say while typing what is right and what is missing."""
        code_problem, personal = self._check_code()
        self.student.setEnabled(not personal)
        self.name.setEnabled(not personal)
        missing: list[str] = []
        alone = self.exam_file.file is not None
        if code_problem or not (alone or self.code.text().strip()):
            missing.append(self.tr("the access code"))
        if not personal and not self.student.text().strip():
            missing.append(self.tr("your student number or login"))
        if self.address.property("state") == "wrong":
            missing.append(self.tr("an address that can be read"))
        hubs = self._state.hubs if self._state is not None else ()
        if not alone and len(hubs) > 1 and self.hubs.hub is None and not self.address.text().strip():
            missing.append(self.tr("which exam"))
        self.join.setEnabled(not missing)
        text = self.tr("Still missing: {what}.").format(what=", ".join(missing)) if missing else self.tr("All set.")
        self.join_hint.setText(" ".join(part for part in (self._elsewhere_said(), text) if part))

    def _elsewhere_said(self) -> str:
        """Say that the chosen exam names another room than that of this PC; people join the wrong exam so."""
        hub = self.hubs.hub if self.exam_file.file is None and not self.address.text().strip() else None
        if hub is None or not self._room or not hub.room or same_room(hub.room, self._room):
            return ""
        said = self.tr("This exam names room {room}, and this PC stands in {here}: make sure that it is yours.")
        return said.format(room=hub.room, here=self._room)

    def _check_code(self) -> tuple[bool, bool]:
        """Return whether the code is not right yet, and whether it says by itself who the student is."""
        text = self.code.text().strip()
        if not text and self.exam_file.file is not None:
            self._say_code(self.tr("Not needed here. If one is shown in the room, it proves that this is its exam."))
            return False, False
        if not text:
            self._say_code(self.tr("On your slip, or shown in the room. Capitals, dashes and spaces don't matter."))
            return False, False
        try:
            code = parse_code(text)
        except InputProblem as problem:
            self._say_code(problem.sentence, wrong=len(text) >= 9)
            return True, False
        if isinstance(code, StartCode):
            self._say_code(self.tr("This is the start code. Type the access code here."), wrong=True)
            return True, False
        assert isinstance(code, RoomCode | PersonalCode)
        if self.exam_file.file is not None and isinstance(code, PersonalCode):
            self._say_code(self.tr("A personal code needs the network. Leave this field empty here."), wrong=True)
            return True, False
        kind = self.tr("room code") if isinstance(code, RoomCode) else self.tr("your personal code")
        self._say_code(self.tr("✓ {code}, {kind}").format(code=str(code), kind=kind), good=True)
        return False, isinstance(code, PersonalCode)

    def _say_code(self, text: str, *, wrong: bool = False, good: bool = False) -> None:
        self.code_hint.setText(text)
        set_property(self.code, "state", "wrong" if wrong else "")
        colour = self._look.colour("positive") if good else ""
        self.code_hint.setStyleSheet(f"color: {colour};" if colour else "")

    def typed(self) -> tuple[str, tuple[HubAddress, ...], str]:
        """Return code, addresses and seat as they stand; raises `InputProblem` for an address that is none."""
        return self.code.text(), self.addresses(), self.seat.text()

    def _join_if_ready(self) -> None:
        if self.join.isEnabled():
            self._join()

    def _join(self) -> None:
        self._complaint = ""
        if self.exam_file.file is not None:
            self._begin_alone(self.exam_file.file)
            return
        try:
            self._desk.join(self.code.text(), self.student.text(), self.name.text(), self.seat.text(), self.addresses())
        except InputProblem as problem:
            self.complain(problem.sentence)

    def _begin_alone(self, file: DeskFile) -> None:
        who = Myself(
            student=self.student.text(),
            name=self.name.text(),
            seat=self.seat.text(),
            room_code=self.code.text(),
            extra_minutes=self.extra.value(),
        )
        self.join.setEnabled(False)
        self._around.begin_alone(file, who, self._begun)

    def _begun(self, sentence: str) -> None:
        self._check()
        if sentence:
            self.complain(sentence)

    def hideEvent(self, event: QHideEvent | None) -> None:
        """See Qt: nobody is looked up any more."""
        super().hideEvent(event)
        self.meant.stop()
        self.reach.stop()

    def _reached(self) -> None:
        if self._state is not None:
            self.hubs.show_hubs(self._state.hubs)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """See Qt: Enter anywhere joins once all is there."""
        if event is not None and event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._join_if_ready()
            return
        super().keyPressEvent(event)
