"""A list of tables of exam.toml, such as sections or access rules: the list, and a form for the chosen element."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from instructor_app.kit import Kit
from instructor_app.pages.authoring.author import Source, spelled
from instructor_app.pages.authoring.form import Form
from instructor_app.pages.authoring.rearranging import rearranging
from instructor_app.widgets.basic import button, column, label, row
from instructor_app.words import counted, tr
from shared.exam import arranging
from shared.exam.positions import Path as Place
from shared.exam.reading import dotted
from shared.exam.table import Table
from shared.look import SPACE

MOST_LINES = 6
Summary = Callable[[int, Any], str]


class Elements(QWidget):
    """See the module; `inner` is a table within each element that has a form of its own below."""

    def __init__(
        self,
        kit: Kit,
        source: Source,
        table: type[Table],
        place: Place,
        *,
        title: str,
        hint: str,
        summary: Summary,
        fresh: Callable[[int], dict[str, Any]],
        inner: tuple[str, type[Table], str] | None = None,
    ) -> None:
        super().__init__()
        self._kit, self._source = kit, source
        self.place = place
        self._summary, self._fresh = summary, fresh
        self.list = QListWidget()
        self.list.setAccessibleName(title)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentRowChanged.connect(self._choose)
        self.form = Form(kit, source, table, (*place, 0))
        self.inner = None if inner is None else Form(kit, source, inner[1], (*place, 0, inner[0]))
        look = kit.look
        self.add = button(look, tr("Add"), "add", then=self.append)
        self.up, self.down, self.copy, self.drop = rearranging(look, self.move_by, self.duplicate, self.remove)
        self.empty = label(hint, "muted", wrap=True)
        self._inner_title = label(inner[2] if inner else "", "muted")
        head = row(label(title, "subtitle"), None, self.up, self.down, self.copy, self.drop, self.add, spacing=2)
        parts: list[QWidget] = [self.empty, self.list, self.form]
        if self.inner is not None:
            parts += [self._inner_title, self.inner]
        self.setLayout(column(head, *parts, spacing=SPACE["s"]))
        for keys, does in (
            ("Alt+Up", lambda: self.move_by(-1)),
            ("Alt+Down", lambda: self.move_by(1)),
            ("Ctrl+D", self.duplicate),
            ("Del", self.remove),
        ):
            action = QAction(self.list)
            action.setShortcut(QKeySequence(keys))
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.triggered.connect(lambda _, does=does: does())
            self.list.addAction(action)
        self.refresh()

    def chosen(self) -> int:
        """Return the place of the chosen element; -1 for none."""
        return self.list.currentRow()

    def refresh(self) -> None:
        """Show what the file says."""
        count = self._source.count(self.place)
        at = max(0, min(self.chosen(), count - 1))
        self.list.blockSignals(True)
        self.list.clear()
        for number in range(count):
            text = self._summary(number, self._source.value((*self.place, number)))
            item = QListWidgetItem(text)
            item.setToolTip(text)
            if self._wrong(number):
                item.setIcon(self._kit.look.icon("warning", "attention", 16))
            self.list.addItem(item)
        self.list.setCurrentRow(at if count else -1)
        self.list.blockSignals(False)
        self.list.setFixedHeight(min(count, MOST_LINES) * 28 + 12)
        for part in (self.list, self.form, self.up, self.down, self.copy, self.drop, self.inner, self._inner_title):
            if part is not None:
                part.setVisible(count > 0)
        self._inner_title.setVisible(count > 0 and bool(self._inner_title.text()))
        self.empty.setVisible(count == 0)
        self._point(at)

    def flush(self) -> None:
        """Write what is typed and not written yet."""
        if self._source.count(self.place):
            self.form.flush()
            if self.inner is not None:
                self.inner.flush()

    def focus_element(self, at: int, field: str) -> None:
        """Choose an element and put the cursor into its field."""
        self.list.setCurrentRow(at)
        if not self.form.focus_field(field) and self.inner is not None:
            self.inner.focus_field(field)

    def append(self) -> None:
        """Add an element at the end."""
        count = self._source.count(self.place)
        element = self._fresh(count)
        self._arrange(lambda text: arranging.insert(text, self.place, count, element), count)

    def duplicate(self) -> None:
        """Copy the chosen element."""
        at = self.chosen()
        if at >= 0:
            self._arrange(lambda text: arranging.duplicate(text, (*self.place, at)), at + 1)

    def remove(self) -> None:
        """Take the chosen element out; undo brings it back."""
        at = self.chosen()
        if at >= 0:
            self._arrange(lambda text: arranging.remove(text, (*self.place, at)), max(0, at - 1))

    def move_by(self, by: int) -> None:
        """Move the chosen element up (-1) or down (1)."""
        at = self.chosen()
        if at >= 0 and 0 <= at + by < self._source.count(self.place):
            self._arrange(lambda text: arranging.move(text, (*self.place, at), self.place, at + by), at + by)

    def _arrange(self, change: Callable[[str], str], then: int) -> None:
        self.flush()
        if self._source.arrange(change, spelled(dotted(self.place)).replace("_", " ")):
            self.list.setCurrentRow(then)

    def _choose(self, at: int) -> None:
        if at >= 0:
            self.form.flush()
            if self.inner is not None:
                self.inner.flush()
            self._point(at)

    def _point(self, at: int) -> None:
        self.form.place = (*self.place, at)
        self.form.refresh()
        if self.inner is not None:
            self.inner.place = (*self.place, at, self.inner.place[-1])
            self.inner.refresh()

    def _wrong(self, at: int) -> bool:
        start = spelled(dotted((*self.place, at)))
        return any(
            each.severity == "error" and (spelled(each.field) + ".").startswith(f"{start}.")
            for each in self._source.findings()
        )


def _named(raw: Any, *keys: str) -> list[str]:
    said = []
    for key in keys:
        found = arranging.value_at(raw, (key,))
        values = found if isinstance(found, list) else [found] if found else []
        if values:
            shown = ", ".join(str(each) for each in values[:3])
            said.append(shown + (tr(" and {n} more", n=len(values) - 3) if len(values) > 3 else ""))
    return said


def section_summary(_at: int, raw: Any) -> str:
    """A section on one line."""
    name, room = (arranging.value_at(raw, (key,)) for key in ("name", "room"))
    return " · ".join(str(part) for part in (name or tr("no name"), room or tr("no room yet")))


def rule_summary(at: int, raw: Any) -> str:
    """An access rule on one line: who, and what."""
    who = _named(raw, "students", "sections", "tags") or [tr("everyone")]
    does = [str(arranging.value_at(raw, ("name",)) or "")]
    if arranging.value_at(raw, ("active",)) is False:
        does.append(tr("may not start"))
    opens, closes, minutes = (arranging.value_at(raw, (key,)) for key in ("opens", "closes", "minutes"))
    if opens:
        does.append(tr("from {time}", time=str(opens).replace("T", " ")))
    if closes:
        does.append(tr("until {time}", time=str(closes).replace("T", " ")))
    if minutes:
        does.append(counted(int(minutes), "{n} minute", "{n} minutes") if isinstance(minutes, int) else str(minutes))
    return tr(
        "{n}.  {who}:  {what}",
        n=at + 1,
        who="; ".join(who),
        what=", ".join(each for each in does if each) or tr("as the exam says"),
    )


def accommodation_summary(_at: int, raw: Any) -> str:
    """An accommodation on one line: who, and what."""
    who = _named(raw, "students", "tags") or [tr("nobody yet")]
    factor, minutes, start = (arranging.value_at(raw, (key,)) for key in ("factor", "minutes", "start"))
    does = []
    if factor not in (None, 1, 1.0):
        does.append(tr("{factor} times the time", factor=factor))
    if minutes:
        does.append(tr("+ {n} min", n=minutes))
    if start:
        does.append(tr("starts {time}", time=str(start).replace("T", " ")))
    return f"{'; '.join(who)}:  {', '.join(does) or tr('no extra time yet')}"
