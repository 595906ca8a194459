"""A control for each kind of declared field: shows what exam.toml says, and tells what the person made of it."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal, get_args, get_origin

from PySide6.QtCore import QDate, QLocale, Qt, Signal
from PySide6.QtWidgets import (
    QCalendarWidget,
    QCheckBox,
    QGridLayout,
    QLineEdit,
    QMenu,
    QWidget,
    QWidgetAction,
)

from instructor_app.pages.authoring.inputs import CalmCombo, CalmDouble, CalmSpin, LeavingEdit, Pressed
from instructor_app.pages.authoring.wording import choice_words, help_of
from instructor_app.theme import Look
from instructor_app.widgets.basic import button, label, roomy, row
from instructor_app.words import tr
from shared.clock import Clock
from shared.exam.moments import read_moment
from shared.exam.schema import FieldSpec, element_of, peel
from shared.problems import InputProblem
from shared.text import safe_text

LARGEST = 2_000_000_000
LONG_TEXT = 1_000
MANY = 200
_NOT_SET = object()
_BETWEEN = re.compile(r"\n|;|,(?!\s*[<>=!~])")
"""Between values; the comma in `numpy>=2,<3` is not."""


class Field(QWidget):
    """A control for one field.

    Attributes:
        committed: (value) the person gave this; None takes the field out of the file.
        refused: (sentence) what was typed can't be a value.
    """

    committed = Signal(object)
    refused = Signal(str)

    def __init__(self, spec: FieldSpec) -> None:
        super().__init__()
        self.spec = spec
        self.shown: Any = _NOT_SET

    def show_value(self, value: Any) -> None:
        """Show a value of the file; None is the default."""
        if self.shown is _NOT_SET or value != self.shown or type(value) is not type(self.shown):
            self.shown = value
            self._put(value)

    def take(self, value: Any) -> None:
        """Tell a value that the person gave, if it is another one."""
        if value == self.shown and type(value) is type(self.shown):
            return
        if self.shown is None and value == self.default:
            return
        self.shown = value
        self.committed.emit(value)

    @property
    def default(self) -> Any:
        """The declared default as the file would hold it."""
        value = self.spec.default
        return list(value) if isinstance(value, tuple) else value

    def flush(self) -> None:
        """Tell what is typed and not told yet."""

    def control(self) -> QWidget:
        """The widget that takes the focus."""
        return self

    def _put(self, value: Any) -> None:
        raise NotImplementedError


class Flag(Field):
    """Yes or no; where leaving it out means a third thing, a choice of three."""

    def __init__(self, spec: FieldSpec) -> None:
        super().__init__(spec)
        self.box = QCheckBox()
        self.box.clicked.connect(self.take)
        words = Pressed(help_of(spec), self.box)
        layout = row(self.box, words, spacing=0)
        layout.setAlignment(self.box, Qt.AlignmentFlag.AlignTop)
        layout.setStretch(1, 1)
        self.setLayout(layout)

    def control(self) -> QWidget:
        """See `Field`."""
        return self.box

    def _put(self, value: Any) -> None:
        self.box.setChecked(bool(self.default if value is None else value))


class Choice(Field):
    """One of several words, or not set."""

    def __init__(self, spec: FieldSpec, choices: list[tuple[str, Any]]) -> None:
        super().__init__(spec)
        self._values = [value for _, value in choices]
        self.box = CalmCombo()
        self.box.addItems([words for words, _ in choices])
        self.box.activated.connect(lambda at: self.take(self._values[at]))
        self.setLayout(row(self.box, None))

    def control(self) -> QWidget:
        """See `Field`."""
        return self.box

    def _put(self, value: Any) -> None:
        shown = self.default if value is None else value
        self.box.setCurrentIndex(self._values.index(shown) if shown in self._values else -1)


class Whole(Field):
    """A whole number within its range; below the range stands `not set` where that is possible."""

    def __init__(self, spec: FieldSpec) -> None:
        super().__init__(spec)
        low, high = spec.limit("ge"), spec.limit("le")
        self._low = int(low if low is not None else -LARGEST)
        self.box: CalmSpin = roomy(CalmSpin())
        self.box.setRange(self._low - (1 if spec.nullable else 0), int(high if high is not None else LARGEST))
        if spec.nullable:
            self.box.setSpecialValueText(tr("not set"))
        self.box.setKeyboardTracking(False)
        self.box.setMinimumWidth(130)
        self.box.valueChanged.connect(lambda value: self.take(None if value < self._low else value))
        self.setLayout(row(self.box, None))

    def flush(self) -> None:
        """See `Field`."""
        self.box.interpretText()

    def control(self) -> QWidget:
        """See `Field`."""
        return self.box

    def _put(self, value: Any) -> None:
        shown = self.default if value is None else value
        self.box.blockSignals(True)
        whole = isinstance(shown, int | float) and not isinstance(shown, bool)
        self.box.setValue(int(shown) if whole else self.box.minimum())
        self.box.blockSignals(False)


class Number(Field):
    """A number within its range; below the range stands `not set` where that is possible."""

    def __init__(self, spec: FieldSpec) -> None:
        super().__init__(spec)
        low, high = spec.limit("ge"), spec.limit("le")
        self._low = float(low if low is not None else -LARGEST)
        self.box: CalmDouble = roomy(CalmDouble())
        self.box.setRange(self._low - (0.25 if spec.nullable else 0), float(high if high is not None else LARGEST))
        self.box.setSingleStep(0.25)
        if spec.nullable:
            self.box.setSpecialValueText(tr("not set"))
        self.box.setKeyboardTracking(False)
        self.box.setMinimumWidth(130)
        self.box.valueChanged.connect(self._changed)
        self.setLayout(row(self.box, None))

    def flush(self) -> None:
        """See `Field`."""
        self.box.interpretText()

    def control(self) -> QWidget:
        """See `Field`."""
        return self.box

    def _changed(self, value: float) -> None:
        self.take(None if value < self._low else int(value) if value.is_integer() else round(value, 4))

    def _put(self, value: Any) -> None:
        shown = self.default if value is None else value
        self.box.blockSignals(True)
        is_number = isinstance(shown, int | float) and not isinstance(shown, bool)
        self.box.setValue(float(shown) if is_number else self.box.minimum())
        self.box.blockSignals(False)


class Line(Field):
    """Text on one line, or several values with commas between."""

    def __init__(self, spec: FieldSpec, read: Callable[[str], Any], write: Callable[[Any], str]) -> None:
        super().__init__(spec)
        self._read, self._write = read, write
        self._put_in = ""
        self.line = QLineEdit()
        self.line.editingFinished.connect(self.flush)
        if spec.default not in ("", None, ()):
            self.line.setPlaceholderText(write(self.default))
        self.setLayout(row(self.line))

    def flush(self) -> None:
        """See `Field`."""
        if self.line.text() == self._put_in:
            return
        try:
            value = self._read(self.line.text())
        except InputProblem as problem:
            self.refused.emit(problem.sentence)
            return
        self._put_in = self.line.text()
        self.take(value)

    def control(self) -> QWidget:
        """See `Field`."""
        return self.line

    def _put(self, value: Any) -> None:
        self.line.setText("" if value is None else self._write(value))
        self._put_in = self.line.text()


class Lines(Field):
    """Several values, one per line."""

    def __init__(self, spec: FieldSpec) -> None:
        super().__init__(spec)
        self._put_in = ""
        self.text = LeavingEdit()
        self.text.setTabChangesFocus(True)
        self.text.setPlaceholderText(tr("one per line"))
        self.text.setFixedHeight(70)
        self.text.left.connect(self.flush)
        self.setLayout(row(self.text))

    def flush(self) -> None:
        """See `Field`."""
        if self.text.toPlainText() == self._put_in:
            return
        self._put_in = self.text.toPlainText()
        rows = [line.strip() for line in _BETWEEN.split(self.text.toPlainText())]
        values = list(dict.fromkeys(each for each in rows if each))
        self.take(values or None)

    def control(self) -> QWidget:
        """See `Field`."""
        return self.text

    def _put(self, value: Any) -> None:
        self._put_in = "\n".join(map(str, listed(value)))
        self.text.setPlainText(self._put_in)


class LongText(Field):
    """Text of many lines."""

    def __init__(self, spec: FieldSpec) -> None:
        super().__init__(spec)
        self._put_in = ""
        self.text = LeavingEdit()
        self.text.setTabChangesFocus(True)
        self.text.setMinimumHeight(150)
        self.text.left.connect(self.flush)
        self.setLayout(row(self.text))

    def flush(self) -> None:
        """See `Field`."""
        if self.text.toPlainText() != self._put_in:
            self._put_in = self.text.toPlainText()
            self.take(self._put_in or None)

    def control(self) -> QWidget:
        """See `Field`."""
        return self.text

    def _put(self, value: Any) -> None:
        self._put_in = "" if value is None else str(value)
        self.text.setPlainText(self._put_in)


class Marks(Field):
    """Any of several words, each with a box."""

    def __init__(self, spec: FieldSpec, choices: tuple[str, ...]) -> None:
        super().__init__(spec)
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(24)
        self.boxes = {choice: QCheckBox(choice_words(choice)) for choice in choices}
        for at, (choice, box) in enumerate(self.boxes.items()):
            box.setAccessibleName(f"{spec.name} {choice_words(choice)}")
            box.clicked.connect(lambda _: self._tell())
            grid.addWidget(box, at % ((len(choices) + 1) // 2), at // ((len(choices) + 1) // 2))
        grid.setColumnStretch(2, 1)
        self.setLayout(grid)

    def control(self) -> QWidget:
        """See `Field`."""
        return next(iter(self.boxes.values()))

    def _tell(self) -> None:
        self.take([choice for choice, box in self.boxes.items() if box.isChecked()] or None)

    def _put(self, value: Any) -> None:
        for choice, box in self.boxes.items():
            box.setChecked(choice in listed(value))


class Moment(Field):
    """A date and time in any of the forms that `exam set` takes, or from a calendar."""

    def __init__(self, spec: FieldSpec, look: Look, clock: Clock) -> None:
        super().__init__(spec)
        self._clock = clock
        self.line = QLineEdit()
        self.line.setPlaceholderText(tr("2026-10-05 09:00, or 09:00 for today"))
        self.line.editingFinished.connect(self.flush)
        self.words = label("", "muted")
        self._menu = QMenu(self)
        self._calendar = QCalendarWidget()
        self._calendar.clicked.connect(self._choose)
        held = QWidgetAction(self._menu)
        held.setDefaultWidget(self._calendar)
        self._menu.addAction(held)
        pick = button(look, "", "calendar", "quiet", tip=tr("Choose the day"), then=self._show_calendar)
        pick.setFixedWidth(34)
        self._pick = pick
        layout = row(self.line, pick, self.words)
        layout.setStretch(0, 3)
        layout.setStretch(2, 2)
        self.setLayout(layout)

    def flush(self) -> None:
        """See `Field`."""
        text = self.line.text().strip()
        if not text:
            self.take(None)
            return
        try:
            moment = read_moment(text, self._clock)
        except InputProblem as problem:
            self.refused.emit(problem.sentence)
            return
        if text == moment_words(self.shown):
            return
        self.take(moment.isoformat(timespec="seconds" if moment.second else "minutes"))
        self._put(self.shown)

    def control(self) -> QWidget:
        """See `Field`."""
        return self.line

    def _show_calendar(self) -> None:
        moment = as_moment(self.shown)
        if moment is not None:
            self._calendar.setSelectedDate(QDate(moment.year, moment.month, moment.day))
        self._menu.popup(self._pick.mapToGlobal(self._pick.rect().bottomLeft()))

    def _choose(self, day: QDate) -> None:
        moment = as_moment(self.shown)
        time = "09:00" if moment is None else f"{moment:%H:%M}"
        self._menu.hide()
        self.line.setText(f"{day.toString('yyyy-MM-dd')} {time}")
        self.flush()
        self.line.setFocus()

    def _put(self, value: Any) -> None:
        self.line.setText(moment_words(value))
        moment = as_moment(value)
        self.words.setText("" if moment is None else QLocale().toString(QDate(moment.year, moment.month, moment.day)))


def as_moment(value: Any) -> datetime | None:
    """A date and time as exam.toml holds it; None for anything else."""
    if isinstance(value, datetime):
        return value
    try:
        return datetime.fromisoformat(value.strip()) if isinstance(value, str) else None
    except ValueError:
        return None


def moment_words(value: Any) -> str:
    """`2026-10-05 09:00` for a moment, the value itself for what is none."""
    moment = as_moment(value)
    if moment is None:
        return "" if not isinstance(value, str) else value
    return moment.isoformat(sep=" ", timespec="seconds" if moment.second else "minutes")


def field_for(spec: FieldSpec, look: Look, clock: Clock) -> Field:
    """The control that fits a declared field."""
    element = element_of(spec.kind)
    if element is not None:
        return _list_field(spec, element)
    if get_origin(spec.kind) is Literal:
        return Choice(spec, [(choice_words(each), each) for each in get_args(spec.kind)])
    if spec.kind is bool and spec.nullable:
        return Choice(spec, [(tr("not set"), None), (tr("yes"), True), (tr("no"), False)])
    plain: dict[Any, Callable[[], Field]] = {
        bool: lambda: Flag(spec),
        int: lambda: Whole(spec),
        float: lambda: Number(spec),
        datetime: lambda: Moment(spec, look, clock),
    }
    return plain[spec.kind]() if spec.kind in plain else _text_field(spec)


def _text_field(spec: FieldSpec) -> Field:
    if (spec.limit("max_length") or 0) > LONG_TEXT:
        return LongText(spec)
    return Line(spec, lambda text: text.strip() or None, lambda value: safe_text(str(value)))


def _list_field(spec: FieldSpec, element: Any) -> Field:
    kind = peel(element)[0]
    if get_origin(kind) is Literal:
        return Marks(spec, get_args(kind))
    if (spec.limit("max_length") or 0) >= MANY:
        return Lines(spec)
    return Line(spec, _numbers if kind in (int, float) else _words, lambda value: ", ".join(map(_shown, listed(value))))


def listed(value: Any) -> list[Any]:
    """What the file says where a list belongs, which may be a single value by mistake."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _shown(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _words(text: str) -> list[str] | None:
    return [each.strip() for each in text.split(",") if each.strip()] or None


def _numbers(text: str) -> list[int | float] | None:
    values: list[int | float] = []
    for each in text.replace(";", ",").split(","):
        if not each.strip():
            continue
        try:
            number = float(each)
        except ValueError as problem:
            raise InputProblem(
                tr("“{word}” is no number. Write numbers with commas between.", word=each.strip())
            ) from problem
        values.append(int(number) if number.is_integer() else number)
    return values or None
