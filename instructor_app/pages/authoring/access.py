"""Access rules and extra time, with everybody's times below; while the exam runs, changes wait to be applied."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QSplitter, QWidget

from instructor_app.kit import Kit
from instructor_app.pages.authoring.elements import Elements, accommodation_summary, rule_summary, section_summary
from instructor_app.pages.authoring.form import Form
from instructor_app.pages.authoring.staged import Staged
from instructor_app.pages.authoring.times import TimesTable
from instructor_app.widgets.basic import Banner, Part, button, card, column, holding, label, row
from instructor_app.words import counted, tr
from shared.exam.access import AccessRule, Accommodation, Schedule, Section, SectionSchedule
from shared.exam.positions import Path as Place
from shared.exam.rules import Admission
from shared.look import SPACE


class StagedLeaf(QWidget):
    """Forms above, everybody's times below, and between them what waits and the button that applies it."""

    def __init__(
        self, kit: Kit, staged: Staged, title: str, words: str, parts: list[Form | Elements | tuple[str, Form]]
    ) -> None:
        super().__init__()
        self._kit, self._staged = kit, staged
        self.forms: list[Form | Elements] = []
        shown: list[Part] = [label(title, "title"), label(words, "muted", wrap=True)]
        for part in parts:
            heading, form = part if isinstance(part, tuple) else ("", part)
            shown += [SPACE["s"], label(heading, "subtitle"), form] if heading else [form]
            self.forms.append(form)
        self.problem = Banner(kit.look)
        staged.failed.connect(lambda sentence: self.problem.say("attention", sentence))
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setWidget(holding(column(*shown, None, spacing=SPACE["m"], margin=SPACE["m"])))
        self.waiting = label("", wrap=True)
        self.apply = button(kit.look, tr("Apply"), "check", "primary", then=self._apply)
        self.discard = button(kit.look, tr("Discard"), then=staged.discard)
        line = row(self.waiting, self.apply, self.discard)
        line.setStretch(0, 1)
        self.bar = card(line, kind="banner", margin=SPACE["s"])
        self.times = TimesTable(kit, staged)
        top = holding(column(self.problem, self.area, spacing=SPACE["xs"]))
        bottom = holding(column(self.bar, self.times, spacing=SPACE["s"]))
        split = QSplitter(Qt.Orientation.Vertical)
        split.addWidget(top)
        split.addWidget(bottom)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        split.setChildrenCollapsible(False)
        self.setLayout(column(split))
        first = self.forms[0]
        self.setFocusProxy(
            first.list if isinstance(first, Elements) else next(iter(first.rows.values())).field.control()
        )
        staged.read.connect(self.refresh)
        staged.waiting_changed.connect(self._show_waiting)
        self.times.shown.connect(self._show_waiting)
        kit.state.exam_changed.connect(self._hold)
        self._hold()

    def refresh(self) -> None:
        """See `Leaf`."""
        for form in self.forms:
            form.refresh()
        self._show_waiting()

    def flush(self) -> None:
        """See `Leaf`."""
        for form in self.forms:
            form.flush()

    def show_field(self, place: Place) -> None:
        """See `Leaf`."""
        for form in self.forms:
            depth = len(form.place)
            if place[:depth] != form.place or len(place) <= depth:
                continue
            if isinstance(form, Elements):
                form.focus_element(int(place[depth]), str(place[-1]))
                self.area.ensureWidgetVisible(form.form)
            elif form.focus_field(str(place[depth])):
                self.area.ensureWidgetVisible(form.rows[str(place[depth])].field)

    def _hold(self) -> None:
        exam, mine = self._kit.state.exam, self._staged.author.now.exam
        self._staged.hold(exam is not None and mine is not None and exam.exam == mine.uuid.hex)
        self._show_waiting()

    def _show_waiting(self) -> None:
        self.bar.setVisible(self._staged.holds)
        wrong = self._staged.errors()
        waits = self._staged.waiting
        self.apply.setEnabled(waits > 0 and not wrong)
        self.discard.setEnabled(waits > 0)
        if not waits:
            self.waiting.setText(
                tr("This exam runs. What you change here waits until you apply it. Look at the table first.")
            )
        elif wrong:
            self.waiting.setText(wrong[0].sentence)
        else:
            changes = counted(waits, "{n} change waits", "{n} changes wait")
            touched = counted(self.times.changed(), "{n} student gets other times", "{n} students get other times")
            self.waiting.setText(
                tr(
                    "{changes}: {students}. Applied, desks have them within a second.",
                    changes=changes,
                    students=touched,
                )
            )

    def _apply(self) -> None:
        self.flush()
        if not self._staged.errors():
            self._staged.apply()


def schedule_leaf(kit: Kit, staged: Staged) -> StagedLeaf:
    """Schedule, sections, how students get in."""
    sections = Elements(
        kit,
        staged,
        Section,
        ("sections",),
        title=tr("Sections"),
        hint=tr("A section is a group of students with its own room, code and times. Without one, all sit together."),
        summary=section_summary,
        fresh=lambda count: {"name": chr(ord("A") + count) if count < 26 else f"S{count + 1}", "room": ""},
        inner=("schedule", SectionSchedule, tr("What differs from the exam's schedule in this section")),
    )
    return StagedLeaf(
        kit,
        staged,
        tr("Schedule and sections"),
        tr("A time without a zone is the time of the laptop on which the hub runs."),
        [
            Form(kit, staged, Schedule, ("schedule",)),
            sections,
            (tr("How students get in"), Form(kit, staged, Admission, ("admission",))),
        ],
    )


def access_leaf(kit: Kit, staged: Staged) -> StagedLeaf:
    """Access rules and accommodations."""
    rules = Elements(
        kit,
        staged,
        AccessRule,
        ("access",),
        title=tr("Access rules"),
        hint=tr("Without a rule the schedule holds for everyone. With rules, the first one for a student wins."),
        summary=rule_summary,
        fresh=lambda count: {"name": tr("Rule {n}", n=count + 1)},
    )
    extra = Elements(
        kit,
        staged,
        Accommodation,
        ("accommodations",),
        title=tr("Extra time"),
        hint=tr("Extra time as a factor or as minutes, or an own start, for students or for a tag of the roster."),
        summary=accommodation_summary,
        fresh=lambda _: {"students": [], "factor": 1.5},
    )
    return StagedLeaf(
        kit,
        staged,
        tr("Access and extra time"),
        tr("Rules are read from the top: the first one in force for a student decides. Then extra time is added."),
        [rules, extra],
    )
