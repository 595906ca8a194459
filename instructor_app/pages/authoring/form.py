"""A form made from declared fields: label, control, help, and what is wrong, one below the other."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from instructor_app.kit import Kit
from instructor_app.pages.authoring.author import Source
from instructor_app.pages.authoring.fields import Field, Flag, field_for
from instructor_app.pages.authoring.wording import help_of, label_of
from instructor_app.widgets.basic import Complaint, button, column, holding, label, restyle
from instructor_app.words import tr
from shared.exam.positions import Path as Place
from shared.exam.reading import read_plain
from shared.exam.reference import default_words
from shared.exam.schema import FieldSpec, element_of, fields_of, peel, variants_of
from shared.exam.table import Table
from shared.look import SPACE

LABEL_WIDTH = 144


class Form(QWidget):
    """Edits the fields of one table of exam.toml.

    Attributes:
        changed: a field was changed by the person.
    """

    changed = Signal()

    def __init__(
        self,
        kit: Kit,
        source: Source,
        table: type[Table],
        place: Place,
        *,
        only: Sequence[str] = (),
        but: Sequence[str] = (),
    ) -> None:
        super().__init__()
        self._kit, self._source = kit, source
        self.place = place
        specs = fields_of(table)
        names = [name for name in (only or specs) if name not in but and not _has_tables(specs[name])]
        self.rows: dict[str, FormRow] = {}
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(SPACE["m"])
        grid.setVerticalSpacing(SPACE["xs"])
        grid.setColumnStretch(1, 1)
        for at, name in enumerate(names):
            self.rows[name] = FormRow(kit, specs[name], grid, at)
            self.rows[name].field.committed.connect(lambda value, name=name: self._set(name, value))
        self.setLayout(grid)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.refresh()

    def refresh(self) -> None:
        """Show what the file says."""
        for name, each in self.rows.items():
            findings = self._source.findings_of((*self.place, name))
            said = " ".join(finding.sentence for finding in findings)
            hint = all(finding.severity == "warning" for finding in findings)
            each.show(self._source.value((*self.place, name)), said, hint=hint)

    def flush(self) -> None:
        """Write what is typed and not written yet."""
        for each in self.rows.values():
            each.field.flush()

    def focus_field(self, name: str) -> bool:
        """Put the cursor into a field; false if it is not here."""
        found = self.rows.get(name)
        if found is None:
            return False
        found.field.control().setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def _set(self, name: str, value: Any) -> None:
        spec = self.rows[name].field.spec
        mistake = _mistake(spec, value)
        if mistake:
            self.rows[name].complain(tr("{label} {mistake}.", label=label_of(name), mistake=mistake))
            return
        if value is None and spec.required:
            self.rows[name].complain(tr("{label} can't be left out.", label=label_of(name)))
            return
        if not self._source.set((*self.place, name), value, label_of(name)):
            self.rows[name].field.shown = object()
            self.refresh()
        self.changed.emit()


class FormRow:
    """One field with everything around it."""

    def __init__(self, kit: Kit, spec: FieldSpec, grid: QGridLayout, at: int) -> None:
        self._kit, self._spec = kit, spec
        self.field: Field = field_for(spec, kit.look, kit.clock)
        self.name = QLabel(label_of(spec.name))
        self.name.setWordWrap(True)
        self.name.setFixedWidth(LABEL_WIDTH)
        self.name.setBuddy(self.field.control())
        self.name.setContentsMargins(0, SPACE["xs"] + 1, 0, 0)
        control = self.field.control()
        control.setAccessibleName(label_of(spec.name))
        control.setAccessibleDescription(help_of(spec))
        control.setToolTip(tr("In exam.toml: {name} (default: {default})", name=spec.name, default=default_words(spec)))
        self.help = label(help_of(spec), "small", wrap=True)
        self.help.setVisible(not isinstance(self.field, Flag))
        self.wrong = Complaint(kit.look)
        self.reset = button(
            kit.look, "", "undo", "quiet", tip=tr("Back to the default"), then=lambda: self.field.committed.emit(None)
        )
        self.reset.setAccessibleName(tr("{name}: back to the default", name=label_of(spec.name)))
        self.reset.setFixedWidth(30)
        self.field.refused.connect(self.complain)
        middle = holding(column(self.field, self.help, self.wrong, spacing=2))
        middle.setContentsMargins(0, 0, 0, SPACE["s"])
        top = Qt.AlignmentFlag.AlignTop
        grid.addWidget(self.name, at, 0, top)
        grid.addWidget(middle, at, 1)
        grid.addWidget(self.reset, at, 2, top)
        policy = self.reset.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.reset.setSizePolicy(policy)

    def show(self, value: Any, wrong: str, *, hint: bool = False) -> None:
        """Show a value and what is wrong with it."""
        self.field.show_value(value)
        telling = self.field.default not in ("", [])  # an empty text is emptied by hand
        self.reset.setVisible(telling and value is not None and not self._spec.required and value != self.field.default)
        if wrong and not hint:
            self.complain(wrong)
        else:
            self.wrong.say(wrong, hint=hint)
            restyle(self.field.control(), state="")

    def complain(self, sentence: str) -> None:
        """Say what is wrong below the field."""
        self.wrong.say(sentence)
        restyle(self.field.control(), state="wrong")


def _has_tables(spec: FieldSpec) -> bool:
    element = element_of(spec.kind)
    return bool(variants_of(spec.kind if element is None else peel(element)[0]))


def _mistake(spec: FieldSpec, value: Any) -> str:
    if value is None or isinstance(value, list):
        return ""
    return read_plain(spec, value)[1]
