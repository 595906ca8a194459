"""Python and packages: what programs may import, and the wheels that the lab's PCs get from the hub."""

import sys

from PySide6.QtWidgets import QCheckBox, QGridLayout, QLineEdit, QProgressBar

from instructor_app.engine import EngineCommand, sentence_of
from instructor_app.kit import Kit
from instructor_app.pages.authoring.author import Author
from instructor_app.pages.authoring.files import size_words
from instructor_app.pages.authoring.leaves import FormLeaf
from instructor_app.widgets.basic import Banner, button, card, column, label, row
from instructor_app.words import counted, tr
from shared.exam.packages import LAB_PLATFORMS, read_wheels
from shared.exam.rules import Interpreter
from shared.look import SPACE
from shared.problems import Problem

KINDS_IN_A_ROW = 3


class PackagesLeaf(FormLeaf):
    """The form, and below it what is collected and how to collect it."""

    def __init__(self, kit: Kit, author: Author) -> None:
        self._author = author
        self._command: EngineCommand | None = None
        self.banner = Banner(kit.look)
        self.found = label("", wrap=True)
        self.kinds = {name: QCheckBox(name) for name in LAB_PLATFORMS}
        self.pythons = QLineEdit(f"{sys.version_info.major}.{sys.version_info.minor}")
        self.pythons.setAccessibleName(tr("Python versions of the lab PCs"))
        self.pythons.setMaximumWidth(200)
        self.collect = button(kit.look, tr("Collect"), "import", then=self._collect)
        self.stop = button(kit.look, tr("Stop"), "stop", then=self._stop)
        self.working = QProgressBar()
        self.working.setRange(0, 0)
        self.progress = label("", "small", wrap=True)
        for part in (self.stop, self.working, self.progress):
            part.hide()
        kinds = QGridLayout()
        for at, kind in enumerate(self.kinds.values()):
            kinds.addWidget(kind, at // KINDS_IN_A_ROW, at % KINDS_IN_A_ROW)
        kinds.setColumnStretch(KINDS_IN_A_ROW, 1)
        hint = tr(
            "They are collected once, with the internet, into the exam's folder wheels. The hub then gives them to the "
            "desks before the start, so no lab PC needs the internet."
        )
        box = card(
            column(
                label(tr("Wheels for the lab's PCs"), "subtitle"),
                label(hint, "muted", wrap=True),
                self.found,
                label(tr("Kinds of lab PCs; none chosen means one like this computer")),
                kinds,
                row(label(tr("Python on them, such as 3.12, 3.13")), self.pythons, None),
                row(self.collect, self.stop, None),
                self.working,
                self.progress,
                self.banner,
            ),
            margin=SPACE["m"],
        )
        super().__init__(
            kit,
            author,
            tr("Python and packages"),
            tr("The Python that students' programs run on, and what they may import beyond Python's own library."),
            [("", Interpreter, ("interpreter",))],
            more=[box],
        )
        self.refresh()

    def refresh(self) -> None:
        """See `Leaf`."""
        super().refresh()
        wanted = self._author.value(("interpreter", "packages")) or []
        self.collect.setEnabled(bool(wanted) and self._command is None and self._author.now.sound)
        try:
            wheels = read_wheels(self._author.folder)
        except Problem as problem:
            self.found.setText(problem.sentence)
            return
        if wheels is None:
            self.found.setText(
                tr("Nothing is collected yet.") if wanted else tr("No packages are named, so none are needed.")
            )
            return
        lines = []
        for target in wheels.targets:
            mine = wheels.wheels_of(target)
            size = size_words(sum(each.size for each in mine))
            names = ", ".join(f"{each.name} {each.version}" for each in mine)
            lines.append(f"{target.platform}, Python {target.python}: {names} ({size})")
        if list(wheels.requirements) != list(wanted):
            lines.append(tr("The exam names other packages by now: collect again."))
        self.found.setText("\n".join(lines))

    def _collect(self) -> None:
        self.flush()
        arguments = ["exam", "packages", str(self._author.folder)]
        for name, box in self.kinds.items():
            arguments += ["--platform", name] if box.isChecked() else []
        for version in self.pythons.text().replace(",", " ").split():
            arguments += ["--python", version]
        self.banner.hide()
        self._command = EngineCommand(arguments, self)
        self._command.said.connect(self.progress.setText)
        self._running(True)

        def done(code: int, _: bytes, errors: bytes) -> None:
            stopped = self._command is None
            self._command = None
            self._running(False)
            self._author.draft.look()
            self._author.reload()
            self.refresh()
            if stopped:
                self.banner.say("info", tr("Stopped. What was collected before is still there."))
            elif code:
                self.banner.say("attention", sentence_of(errors), tr("The packages were not collected"))
            else:
                count = len(self._author.now.scan.wheels)
                self.banner.say(
                    "positive", counted(count, "{n} file in wheels.", "{n} files in wheels."), tr("Collected")
                )

        self._command.start(done)

    def _stop(self) -> None:
        command, self._command = self._command, None
        if command is not None:
            command.stop()

    def _running(self, on: bool) -> None:
        self.collect.setEnabled(not on)
        for part in (self.stop, self.working, self.progress):
            part.setVisible(on)
