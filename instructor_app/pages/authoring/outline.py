"""The outline of an exam: its parts, and its questions by zone, to choose, move, add and take out by keys or mouse."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QBrush, QDropEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTreeWidget, QTreeWidgetItem, QWidget

from instructor_app.kit import Kit
from instructor_app.pages.authoring.author import Author
from instructor_app.pages.authoring.rearranging import rearranging
from instructor_app.widgets.basic import button, column, row
from instructor_app.words import counted, tr
from shared.exam import arranging, question_edits
from shared.exam.checking import QUESTIONS
from shared.exam.findings import Finding
from shared.exam.positions import Path as Place
from shared.exam.reading import EXAM_FILE, dotted
from shared.look import SPACE

NODE = Qt.ItemDataRole.UserRole
_Drop = QAbstractItemView.DropIndicatorPosition


@dataclass(frozen=True, slots=True)
class Node:
    """One line of the outline: a page of the exam, a zone, a group, a question, or a folder that no zone names."""

    kind: str
    name: str = ""
    place: Place = ()

    @property
    def key(self) -> str:
        """What stays the same when the exam is read anew."""
        return f"{self.kind}:{self.name}" if self.name else f"{self.kind}:{self.place}"


def parts() -> tuple[tuple[str, str, str], ...]:
    """Kind, title and icon of the parts around the questions, in order."""
    return (
        ("exam", tr("Exam"), "exams"),
        ("instructions", tr("Instructions"), "file"),
        ("honor_code", tr("Honor code"), "hand"),
        ("questions", tr("Questions"), "code"),
        ("schedule", tr("Schedule and sections"), "calendar"),
        ("access", tr("Access and extra time"), "key"),
        ("desk", tr("Desk rules"), "device"),
        ("recording", tr("Recording"), "eye"),
        ("signals", tr("Signals"), "flag"),
        ("interpreter", tr("Python and packages"), "run"),
        ("files", tr("Files"), "folder"),
    )


class Outline(QWidget):
    """See the module.

    Attributes:
        chosen: (Node) show this.
        acting: the exam is about to be changed; what is typed has to be written first.
        entered: the person wants to go into what is shown.
        renaming: the person wants to rename the chosen question.
        said: (sentence) what was done, to be shown beside Undo.
    """

    chosen = Signal(object)
    acting = Signal()
    entered = Signal()
    renaming = Signal()
    said = Signal(str)

    def __init__(self, kit: Kit, author: Author) -> None:
        super().__init__()
        self._kit, self._author = kit, author
        self._items: dict[str, QTreeWidgetItem] = {}
        self._filling = False
        self.tree = OutlineTree(self._dropped)
        self.tree.currentItemChanged.connect(self._current)
        self.tree.itemActivated.connect(lambda *_: self.entered.emit())
        self.tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.tree.customContextMenuRequested.connect(
            lambda at: self._menu().popup(self.tree.viewport().mapToGlobal(at))
        )
        look = kit.look
        self.add = button(look, tr("Add"), "add")
        self.add_menu = QMenu(self.add)
        self.add.setMenu(self.add_menu)
        self.up, self.down, self.copy, self.drop = rearranging(look, self.move_by, self.duplicate, self.remove)
        self.setLayout(
            column(
                self.tree, row(self.add, None, self.up, self.down, self.copy, self.drop, spacing=2), spacing=SPACE["s"]
            )
        )
        self.setFocusProxy(self.tree)
        self.actions_: dict[str, QAction] = {}
        self._make_actions()
        self.refresh()
        self.choose("exam:()")

    def _make_actions(self) -> None:
        entries: tuple[tuple[str, str, str, Callable[[], object]], ...] = (
            ("question", tr("New question"), "Ctrl+Shift+Q", self.add_question),
            ("zone", tr("New zone"), "", self.add_zone),
            ("group", tr("Make this and the next one alternatives"), "", self.group),
            ("ungroup", tr("Make the alternatives single questions"), "", self.ungroup),
            ("adopt", tr("Put this folder into the exam"), "", self.adopt),
            ("copy", tr("Copy"), "Ctrl+D", self.duplicate),
            ("rename", tr("Rename"), "F2", self.renaming.emit),
            ("up", tr("Move up"), "Alt+Up", lambda: self.move_by(-1)),
            ("down", tr("Move down"), "Alt+Down", lambda: self.move_by(1)),
            ("remove", tr("Take out"), "Del", self.remove),
        )
        for name, words, keys, does in entries:
            action = QAction(words, self)
            if keys:
                action.setShortcut(QKeySequence(keys))
                action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            action.triggered.connect(lambda _, does=does: does())
            self.actions_[name] = action
            self.addAction(action)
        self.add_menu.addActions([self.actions_[each] for each in ("question", "zone")])
        self.add_menu.addSeparator()
        self.add_menu.addActions([self.actions_[each] for each in ("group", "ungroup", "adopt")])

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions([action for action in self.actions_.values() if action.isEnabled()])
        return menu

    # ------------------------------------------------------------------------------------- showing

    def node(self) -> Node:
        """Return the chosen line."""
        return node_of(self.tree.currentItem())

    def choose(self, key: str) -> bool:
        """Choose a line by its key."""
        item = self._items.get(key)
        if item is not None:
            self.tree.setCurrentItem(item)
        return item is not None

    def lines(self) -> list[str]:
        """Return the keys of all lines in order."""
        return list(self._items)

    def refresh(self, wanted: str = "") -> None:
        """Show the exam as it is now; `wanted`, or the chosen line, stays chosen."""
        before = self.node()
        closed = {key for key, item in self._items.items() if item.childCount() and not item.isExpanded()}
        self._filling = True
        scroll = self.tree.verticalScrollBar().value()
        self.tree.clear()
        self._items = {}
        for kind, title, icon in parts():
            item = self._line(self.tree.invisibleRootItem(), Node(kind), title, icon)
            if kind == "questions":
                self._fill_questions(item)
        self.tree.expandAll()
        self.tree.header().setSectionHidden(1, not any(item.text(1) for item in self._items.values()))
        for key in closed & set(self._items):
            self._items[key].setExpanded(False)
        self.tree.verticalScrollBar().setValue(scroll)
        if not (wanted and self.choose(wanted)) and not self.choose(before.key) and not self._choose_near(before):
            self.choose("exam:()")
        self._filling = False
        if self.node() != before and before.kind:
            self._current()
        self._enable()

    def _choose_near(self, gone: Node) -> bool:
        return gone.kind in ("question", "group", "zone", "orphan") and self.choose("questions:()")

    def _fill_questions(self, item: QTreeWidgetItem) -> None:
        for z in range(self._author.count(("zones",))):
            self._fill_zone(item, ("zones", z))
        known = {name.casefold() for name in question_edits.question_places(self._author.raw)}
        for folder in sorted(self._author.now.scan.folders):
            name = folder.removeprefix(f"{QUESTIONS}/")
            if folder.startswith(f"{QUESTIONS}/") and "/" not in name and name.casefold() not in known:
                line = self._line(item, Node("orphan", name), name, "folder")
                line.setForeground(0, QBrush(self._kit.look.colour("muted")))
                line.setToolTip(0, tr("No zone names this folder, so nobody gets it."))

    def _fill_zone(self, item: QTreeWidgetItem, place: Place) -> None:
        title = self._author.value((*place, "title"))
        shown = title if isinstance(title, str) and title else tr("Zone {n}", n=int(place[1]) + 1)
        top = self._line(item, Node("zone", "", place), shown, "filter")
        font = top.font(0)
        font.setBold(True)
        top.setFont(0, font)
        for q in range(self._author.count((*place, "questions"))):
            inside: Place = (*place, "questions", q)
            inner: Place = (*inside, "alternatives")
            if self._author.value(inner) is None:
                self._question(top, inside)
                continue
            number = self._author.value((*inside, "number_choose"))
            words = tr("{n} of {all}", n=1 if number is None else number, all=self._author.count(inner))
            group = self._line(top, Node("group", "", inside), words, "more")
            for a in range(self._author.count(inner)):
                self._question(group, (*inner, a))

    def _question(self, parent: QTreeWidgetItem, place: Place) -> None:
        entry = self._author.value(place)
        name = question_edits.id_in(entry)
        title = arranging.value_at(entry, ("title",))
        shown = title if isinstance(title, str) and title else self._author.heading_of(name) or name
        line = self._line(parent, Node("question", name, place), shown or tr("no name"), "code")
        line.setToolTip(0, f"{QUESTIONS}/{name}")

    def _line(self, parent: QTreeWidgetItem, node: Node, title: str, icon: str) -> QTreeWidgetItem:
        item = QTreeWidgetItem(parent, [title, ""])
        item.setData(0, NODE, node)
        item.setIcon(0, self._kit.look.icon(icon, "muted", 16))
        item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsDropEnabled)
        if node.kind in ("zone", "group", "question", "questions"):
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsDropEnabled)
        if node.kind not in ("zone", "group", "question"):
            item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsDragEnabled)
        wrong = [
            each for each in self._author.now.findings if each.severity == "error" and self.key_for(each) == node.key
        ]
        if wrong:
            item.setText(1, str(len(wrong)))
            item.setIcon(1, self._kit.look.icon("warning", "attention", 14))
            item.setForeground(1, QBrush(self._kit.look.colour("attention")))
            item.setData(
                0, Qt.ItemDataRole.AccessibleTextRole, f"{title}, {counted(len(wrong), '{n} mistake', '{n} mistakes')}"
            )
        self._items.setdefault(node.key, item)
        return item

    def key_for(self, finding: Finding) -> str:
        """Return the line on which a finding is mended."""
        return key_for(finding, self._author.raw)

    def _current(self, *_: QTreeWidgetItem | None) -> None:
        if not self._filling and self.tree.currentItem() is not None:
            self._enable()
            self.chosen.emit(self.node())

    def _enable(self) -> None:
        node = self.node()
        movable = node.kind in ("zone", "group", "question")
        enabled = {
            "group": node.kind == "question" and len(node.place) == 4 and self._next_is_question(node.place),
            "ungroup": node.kind == "group",
            "adopt": node.kind == "orphan",
            "copy": node.kind in ("question", "zone"),
            "rename": node.kind == "question",
            "up": movable,
            "down": movable,
            "remove": movable,
        }
        if self._author.broken:
            enabled |= dict.fromkeys(("question", "zone"), False)
        else:
            enabled |= dict.fromkeys(("question", "zone"), True)
        for name, on in enabled.items():
            self.actions_[name].setEnabled(on)
        for name, small in (("up", self.up), ("down", self.down), ("copy", self.copy), ("remove", self.drop)):
            small.setEnabled(enabled[name])

    def _next_is_question(self, place: Place) -> bool:
        following = self._author.value((*place[:-1], int(place[-1]) + 1))
        return bool(following) and not arranging.value_at(following, ("alternatives",))

    # ------------------------------------------------------------------------------------- changing

    def add_question(self) -> None:
        """Add a question after the chosen one, or at the end."""
        self.acting.emit()
        if self._author.broken:
            return
        where, position = self._spot()
        made: list[str] = []

        def work() -> None:
            source = self._author.now.source
            if not self._author.count(("zones",)):
                source = arranging.insert(source, ("zones",), 0, {"title": "", "questions": []})
                self._author.write({EXAM_FILE: source.encode()}, tr("new zone"))
            name, files = question_edits.new_question(self._author.draft, tr("New question"), where, position)
            made.append(name)
            self._author.write(files, tr("new question"))

        if self._author.attempt(work):
            self.choose(f"question:{made[0]}")

    def add_zone(self) -> None:
        """Add a zone with nothing in it yet after the chosen one."""
        self.acting.emit()
        node = self.node()
        count = self._author.count(("zones",))
        at = int(node.place[1]) + 1 if len(node.place) > 1 and node.place[0] == "zones" else count
        zone = {"title": tr("Zone {n}", n=count + 1), "questions": []}
        if self._author.arrange(lambda source: arranging.insert(source, ("zones",), at, zone), tr("new zone")):
            self.choose(Node("zone", "", ("zones", at)).key)

    def duplicate(self) -> None:
        """Copy the chosen question, with its folder."""
        self.acting.emit()
        node = self.node()
        made: list[str] = []

        def work() -> None:
            name, files = question_edits.copied_question(self._author.draft, node.name)
            made.append(name)
            self._author.write(files, tr("copy of {name}", name=node.name))

        if node.kind == "question" and self._author.attempt(work):
            self.choose(f"question:{made[0]}")

    def remove(self) -> None:
        """Take the chosen question, group or zone out; undo brings all of it back."""
        self.acting.emit()
        node = self.node()
        if node.kind == "question":

            def work() -> None:
                files = question_edits.removed_question(self._author.draft, node.name)
                self._author.write(files, tr("take out {name}", name=node.name))

            if self._author.attempt(work):
                self.said.emit(tr("{name} and its folder are taken out.", name=node.name))
        elif node.kind in ("group", "zone"):
            done = self._author.arrange(lambda source: arranging.remove(source, node.place), tr("take out"))
            if done:
                self.said.emit(tr("It is taken out; the folders of its questions stay."))

    def group(self) -> None:
        """Make alternatives of the chosen question and the next one."""
        self.acting.emit()
        place = self.node().place
        self._author.arrange(lambda source: question_edits.grouped(source, place, 1), tr("group"))

    def ungroup(self) -> None:
        """Make single questions of the chosen group's alternatives."""
        self.acting.emit()
        place = self.node().place
        self._author.arrange(lambda source: question_edits.ungrouped(source, place), tr("ungroup"))

    def adopt(self) -> None:
        """Put the chosen folder into the exam."""
        self.acting.emit()
        name = self.node().name
        zones = self._author.count(("zones",))
        where: Place = ("zones", max(0, zones - 1), "questions")

        def work() -> None:
            files = question_edits.adopted_question(self._author.draft, name, where, self._author.count(where))
            self._author.write(files, tr("put in {name}", name=name))

        if self._author.attempt(work):
            self.choose(f"question:{name}")

    def move_by(self, by: int) -> None:
        """Move the chosen line up (-1) or down (1), over the edge of its zone too."""
        node = self.node()
        if node.kind not in ("zone", "group", "question"):
            return
        where, at = node.place[:-1], int(node.place[-1])
        target = at + by
        if 0 <= target < self._author.count(where):
            self._move(node, where, target)
        elif node.kind != "zone" and len(where) == len(("zones", 0, "questions")):
            zone = int(where[1]) + by
            if 0 <= zone < self._author.count(("zones",)):
                there: Place = ("zones", zone, "questions")
                self._move(node, there, 0 if by > 0 else self._author.count(there))

    def _move(self, node: Node, where: Place, position: int) -> None:
        if where == node.place[:-1] and position == node.place[-1]:
            return
        self.acting.emit()
        moved = self._author.arrange(
            lambda source: question_edits.moved(source, node.place, where, position), tr("move")
        )
        if moved and node.kind != "question":
            self.choose(Node(node.kind, "", (*where, position)).key)
        self.tree.setFocus()

    def _spot(self) -> tuple[Place, int]:
        """Where a new question goes: after the chosen one, or at the end of the chosen or last zone."""
        node = self.node()
        if node.kind == "question":
            return node.place[:-1], int(node.place[-1]) + 1
        if node.kind == "group":
            where: Place = (*node.place, "alternatives")
        else:
            last = max(0, self._author.count(("zones",)) - 1)
            where = ("zones", int(node.place[1]) if node.kind == "zone" else last, "questions")
        return where, self._author.count(where)

    def _dropped(self, node: Node, target: Node, indicator: "_Drop") -> None:
        spot = drop_spot(node, target, indicator, self._author.count)
        if spot is not None:
            self._move(node, *spot)


def node_of(item: QTreeWidgetItem | None) -> Node:
    """Return the node of a line; one without a kind for none."""
    found = None if item is None else item.data(0, NODE)
    return found if isinstance(found, Node) else Node("")


def drop_spot(node: Node, target: Node, indicator: "_Drop", count: Callable[[Place], int]) -> tuple[Place, int] | None:
    """Return the list and place, counted without the moved line, that a drop means; None where it can't be."""
    after = 0 if indicator == _Drop.AboveItem else 1
    if node.kind == "zone":
        if target.kind == "questions":
            where: Place = ("zones",)
            position = count(where)
        elif target.place[:1] == ("zones",):
            where, position = ("zones",), int(target.place[1]) + after
        else:
            return None
    elif target.kind == "zone":
        where = (*target.place, "questions")
        position = count(where)
    elif target.kind == "group" and indicator == _Drop.OnItem and node.kind == "question":
        where = (*target.place, "alternatives")
        position = count(where)
    elif target.kind in ("question", "group"):
        where, position = target.place[:-1], int(target.place[-1]) + after
    else:
        return None
    if node.kind == "group" and "alternatives" in where:
        return None
    if where == node.place[:-1] and position > int(node.place[-1]):
        position -= 1
    return where, position


def key_for(finding: Finding, raw: object) -> str:
    """Return the key of the line on which a finding is mended."""
    if finding.file.startswith(f"{QUESTIONS}/"):
        name = finding.file.split("/")[1]
        return f"question:{name}" if name in question_edits.question_places(raw) else f"orphan:{name}"
    if finding.file == "instructions.md":
        return "instructions:()"
    if finding.file != EXAM_FILE or not finding.field:
        return "files:()"
    top = finding.field.split(".")[0].partition("[")[0]
    if top == "zones":
        return _zone_key(finding.field, raw)
    return f"{_PART_OF.get(top, 'exam')}:()"


_PART_OF = {
    "instructions": "instructions",
    "attachments": "instructions",
    "honor_code": "honor_code",
    "schedule": "schedule",
    "sections": "schedule",
    "admission": "schedule",
    "access": "access",
    "accommodations": "access",
    "desk": "desk",
    "recording": "recording",
    "signals": "signals",
    "interpreter": "interpreter",
    "groups": "files",
    "checks": "desk",
}


def _zone_key(field: str, raw: object) -> str:
    best = ""
    for name, place in question_edits.question_places(raw).items():
        if field.startswith(dotted(place)) and len(dotted(place)) > len(best):
            best, key = dotted(place), f"question:{name}"
    if best:
        return key
    numbers = [int(part.split("]")[0]) - 1 for part in field.split("[")[1:]]
    if len(numbers) > 1:
        return Node("group", "", ("zones", numbers[0], "questions", numbers[1])).key
    return Node("zone", "", ("zones", numbers[0])).key if numbers else "questions:()"


class OutlineTree(QTreeWidget):
    """The tree; dropping changes nothing by itself but tells what was meant."""

    def __init__(self, dropped: Callable[[Node, Node, "_Drop"], None]) -> None:
        super().__init__()
        self._tell = dropped
        self.setColumnCount(2)
        self.setHeaderHidden(True)
        self.setIndentation(14)
        self.setRootIsDecorated(True)
        self.setAccessibleName(tr("Outline of the exam"))
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.header().setStretchLastSection(False)
        self.header().setMinimumSectionSize(20)
        self.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        """Tell which line was dropped where; the lines come anew when the file has changed."""
        node = node_of(self.currentItem())
        target = node_of(self.itemAt(event.position().toPoint()))
        indicator = self.dropIndicatorPosition()
        event.setDropAction(Qt.DropAction.IgnoreAction)
        event.accept()
        if node.kind and target.kind and node != target:
            self._tell(node, target, indicator)
