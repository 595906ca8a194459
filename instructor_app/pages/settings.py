"""The settings page: how the window looks, and who sits here."""

from PySide6.QtWidgets import (
    QButtonGroup,
    QDoubleSpinBox,
    QGridLayout,
    QLineEdit,
    QRadioButton,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
)

from instructor_app.indicators import THRESHOLDS
from instructor_app.kit import Kit
from instructor_app.theme import LARGEST_POINTS, SMALLEST_POINTS, Choice
from instructor_app.widgets.basic import button, card, column, holding, label, roomy, row
from instructor_app.words import tr
from shared.look import SPACE

WIDEST = 620


class SettingsPage(QScrollArea):
    """Every change takes effect at once and is remembered."""

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        choices: tuple[tuple[Choice, str], ...] = (
            ("system", tr("As the system")),
            ("light", tr("Light")),
            ("dark", tr("Dark")),
            ("contrast", tr("High contrast")),
        )
        self._group = QButtonGroup(self)
        self.themes: dict[Choice, QRadioButton] = {}
        for choice, words in choices:
            self.themes[choice] = QRadioButton(words)
            self.themes[choice].setChecked(kit.look.choice == choice)
            self._group.addButton(self.themes[choice])
            self.themes[choice].toggled.connect(lambda on, choice=choice: self._choose(choice) if on else None)
        self.points = roomy(QDoubleSpinBox())
        self.points.setRange(SMALLEST_POINTS, LARGEST_POINTS)
        self.points.setSingleStep(0.5)
        self.points.setDecimals(1)
        self.points.setSuffix(tr(" pt"))
        self.points.setValue(kit.look.points)
        self.points.setAccessibleName(tr("Size of letters in points"))
        self.points.setKeyboardTracking(False)
        self.points.valueChanged.connect(self._set_points)
        reset = button(kit.look, tr("As the system"), then=lambda: self.points.setValue(kit.look.system_points))
        self.name = QLineEdit(kit.preferences.name)
        self.name.setPlaceholderText(tr("Your name"))
        self.name.setAccessibleName(tr("Your name for the audit log"))
        self.name.editingFinished.connect(self._set_name)
        look = column(
            label(tr("Look"), "subtitle"),
            *self.themes.values(),
            SPACE["s"],
            row(label(tr("Size of letters")), self.points, reset, None),
        )
        person = column(
            label(tr("You"), "subtitle"),
            self.name,
            label(
                tr(
                    "The audit log says who opened a session, gave time or ended an exam. Students see this name "
                    "beside your messages. It is used from the next connection to a hub on."
                ),
                "muted",
                wrap=True,
            ),
        )
        parts = (card(look), card(person), card(self._thresholds()))
        body = column(label(tr("Settings"), "title"), *parts, None, spacing=SPACE["l"])
        inside = holding(body)
        inside.setMaximumWidth(WIDEST)
        self.setWidgetResizable(True)
        self.setWidget(holding(row(inside, None, margin=SPACE["xl"])))

    def _thresholds(self) -> QVBoxLayout:
        """Return the fields of what wants a look on the live page, as they are declared."""
        kept = self._kit.preferences.limits()
        fields = QGridLayout()
        fields.setHorizontalSpacing(SPACE["l"])
        fields.setColumnStretch(2, 1)
        self.limits: dict[str, QSpinBox] = {}
        for place, each in enumerate(THRESHOLDS):
            box = roomy(QSpinBox())
            box.setRange(0, each.most)
            box.setSuffix(tr(each.unit))
            box.setSpecialValueText(tr("off"))
            box.setValue(kept[each.kind])
            box.setKeyboardTracking(False)
            box.setMinimumWidth(120)
            box.setAccessibleName(tr(each.title))
            box.setToolTip(tr(each.help))
            box.valueChanged.connect(lambda value, kind=each.kind: self._kit.preferences.keep_limit(kind, value))
            self.limits[each.kind] = box
            fields.addWidget(label(tr(each.title)), place, 0)
            fields.addWidget(box, place, 1)
            fields.addWidget(label(tr(each.help), "small", wrap=True), place, 2)
        words = tr("From which value on the live page says that something wants a look. 0 switches a line off.")
        return column(label(tr("To look at"), "subtitle"), label(words, "muted", wrap=True), fields)

    def _choose(self, choice: Choice) -> None:
        self._kit.preferences.theme = choice
        self._kit.look.choose(choice, self._kit.look.points)

    def _set_points(self, points: float) -> None:
        self._kit.preferences.points = 0 if points == self._kit.look.system_points else points
        self._kit.look.choose(self._kit.look.choice, points)

    def _set_name(self) -> None:
        self._kit.preferences.name = self.name.text().strip()
