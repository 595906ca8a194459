"""Adding one student, or changing one."""

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFrame, QLineEdit

from examdesk.staffapi.messages import Done, PutStudent, RosterEntry
from instructor_app.kit import Kit
from instructor_app.widgets.basic import Banner, button, column, holding, label, row
from instructor_app.words import NOTHING, tr
from shared.look import SPACE


class StudentForm(QFrame):
    """One line: add a student, or correct one, in a few seconds; what is rarely needed is below it."""

    done = Signal()

    def __init__(self, kit: Kit, banner: Banner) -> None:
        super().__init__()
        self._kit, self._banner = kit, banner
        self.student, self.name = QLineEdit(), QLineEdit()
        self.section = QComboBox()
        self.section.setEditable(True)
        self.section.setMinimumWidth(110)
        self.extra = QLineEdit()
        self.extra.setMaximumWidth(90)
        self.extra.setPlaceholderText(tr("1.5 or 15"))
        for field, words in (
            (self.student, tr("Student id")),
            (self.name, tr("Name")),
            (self.section, tr("Section")),
            (self.extra, tr("More time: a factor such as 1.5, or minutes such as 15")),
        ):
            field.setAccessibleName(words)
            field.setToolTip(words)
        self.student.setPlaceholderText(tr("Student id"))
        self.name.setPlaceholderText(tr("Name"))
        self.put = button(kit.look, tr("Add student"), "add", then=self._put)
        for line in (self.student, self.name, self.extra):
            line.returnPressed.connect(self._put)
        self.email, self.room, self.seat, self.tags = QLineEdit(), QLineEdit(), QLineEdit(), QLineEdit()
        more = row(spacing=SPACE["s"])
        for field, words in (
            (self.email, tr("E-mail")),
            (self.room, tr("Room")),
            (self.seat, tr("Seat")),
            (self.tags, tr("Tags, with commas between")),
        ):
            field.setAccessibleName(words)
            field.setPlaceholderText(words)
            field.returnPressed.connect(self._put)
            more.addWidget(field)
        more.setStretch(0, 2)
        self._more = holding(more)
        self._more.hide()
        self.show_more = button(kit.look, tr("More"), "more", "quiet", tip=tr("E-mail, room, seat, tags"))
        self.show_more.setCheckable(True)
        self.show_more.toggled.connect(self._more.setVisible)
        first = row(
            self.student,
            self.name,
            label(tr("Section"), "muted"),
            self.section,
            label(tr("More time"), "muted"),
            self.extra,
            self.show_more,
            self.put,
        )
        first.setStretch(1, 1)
        self.name.setMinimumWidth(150)
        layout = column(first, self._more)
        self.setProperty("kind", "card")
        layout.setContentsMargins(SPACE["m"], SPACE["s"], SPACE["m"], SPACE["s"])
        self.setLayout(layout)

    def show_sections(self, names: list[str]) -> None:
        """Offer the sections that there are."""
        kept = self.section.currentText()
        self.section.clear()
        self.section.addItems(names)
        self.section.setCurrentText(kept or (names[0] if names else ""))

    def edit(self, entry: RosterEntry) -> None:
        """Put a student into the fields."""
        self.student.setText(entry.student)
        self.name.setText(entry.name)
        self.section.setCurrentText(entry.section)
        self.extra.setText(more_time(entry, empty=""))
        self.email.setText(entry.email)
        self.room.setText(entry.room)
        self.seat.setText(entry.seat)
        self.tags.setText(", ".join(entry.tags))
        self.show_more.setChecked(True)
        self.name.setFocus()
        self.name.selectAll()

    def _put(self) -> None:
        student, name = self.student.text().strip(), self.name.text().strip()
        if not student or not name:
            (self.name if student else self.student).setFocus()
            return
        extra = read_more_time(self.extra.text())
        if extra is None:
            self.extra.setProperty("state", "wrong")
            self._banner.say("attention", tr("More time is a factor such as 1.5 or minutes such as 15."))
            return
        factor, minutes = extra

        def done(answer: Done) -> None:
            for field in (self.student, self.name, self.extra, self.email, self.room, self.seat, self.tags):
                field.clear()
            self.show_more.setChecked(False)
            self.student.setFocus()
            self._banner.say("positive", answer.sentence)
            self.done.emit()

        request = PutStudent(
            command="",
            student=student,
            name=name,
            section=self.section.currentText().strip(),
            factor=factor,
            extra_minutes=minutes,
        )
        if self.show_more.isChecked():
            request = self._with_rest(request)
        self._kit.bridge.command(request, done, lambda problem: self._banner.say("attention", problem.sentence))

    def _with_rest(self, request: PutStudent) -> PutStudent:
        """Add what stands in the second line; while it is folded in, that stays as it is at the hub."""
        tags = tuple(tag.strip() for tag in self.tags.text().split(",") if tag.strip())
        return msgspec.structs.replace(
            request, email=self.email.text(), room=self.room.text(), seat=self.seat.text(), tags=tags
        )


def read_more_time(text: str) -> tuple[float, int] | None:
    """Return (factor, minutes) of `1.5`, `×1.5` or `15 min`; None for anything else."""  # noqa: RUF002
    bare = text.strip().lower().removeprefix("×").removeprefix("x").removesuffix("min").strip().replace(",", ".")  # noqa: RUF001
    if not bare:
        return 1.0, 0
    try:
        value = float(bare)
    except ValueError:
        return None
    if not 0 < value <= 480:
        return None
    return (value, 0) if 1 <= value < 5 and "min" not in text else (1.0, round(value))


def more_time(entry: RosterEntry, empty: str = NOTHING) -> str:
    """Say how much more time a student has."""
    parts = []
    if entry.factor != 1:
        parts.append(f"×{entry.factor:g}")  # noqa: RUF001
    if entry.extra_minutes:
        parts.append(tr("{n} min", n=entry.extra_minutes))
    return " + ".join(parts) or empty
