"""All questions at a glance, and what stands where a folder belongs to no zone."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from instructor_app.kit import Kit
from instructor_app.pages.authoring.author import Author
from instructor_app.pages.authoring.outline import Outline
from instructor_app.tables.box import TableBox
from instructor_app.tables.model import Cell, Column, RowsModel
from instructor_app.widgets.basic import EmptyState, column, label
from instructor_app.words import NOTHING, counted, tr
from shared.exam import arranging, question_edits
from shared.exam.checking import QUESTIONS
from shared.exam.document import Alternatives
from shared.look import SPACE


class _Row:
    """One question in the table."""

    def __init__(self, author: Author, number: int, name: str, place: tuple[str | int, ...]) -> None:
        self.number, self.name = number, name
        entry = author.value(place)
        said = arranging.value_at(entry, ("title",))
        self.title = said if isinstance(said, str) and said else author.heading_of(name) or name
        zone = author.value((*place[:2], "title"))
        self.zone = zone if isinstance(zone, str) and zone else tr("Zone {n}", n=int(place[1]) + 1)
        self.alternative = "alternatives" in place
        below = author.now.scan.below(f"{QUESTIONS}/{name}")
        self.starters = sum(path.startswith("starter/") for path in below)
        self.data = sum(path.startswith("data/") for path in below)
        self.wrong = sum(
            each.severity == "error" and each.file.startswith(f"{QUESTIONS}/{name}/") for each in author.now.findings
        )


class Overview(QWidget):
    """See the module."""

    def __init__(self, kit: Kit, author: Author, outline: Outline) -> None:
        super().__init__()
        self._author = author
        columns: list[Column[_Row]] = [
            Column("number", tr("No."), lambda r: str(r.number), lambda r: r.number, 52, number=True),
            Column(
                "title",
                tr("Title"),
                lambda r: Cell(r.title, note=r.name),
                lambda r: r.title.casefold(),
                220,
                stretch=True,
            ),
            Column("zone", tr("Zone"), lambda r: r.zone, width=130),
            Column("group", tr("Drawn"), lambda r: tr("alternative") if r.alternative else tr("everyone"), width=100),
            Column(
                "starters", tr("Starter"), lambda r: str(r.starters or NOTHING), lambda r: r.starters, 70, number=True
            ),
            Column("data", tr("Data"), lambda r: str(r.data or NOTHING), lambda r: r.data, 60, number=True),
            Column("wrong", tr("Mistakes"), _wrong, lambda r: r.wrong, 84),
        ]
        self.model: RowsModel[_Row] = RowsModel(columns, lambda r: r.name, self)
        empty = EmptyState(
            kit.look,
            "code",
            tr("No questions yet"),
            tr("A question has a text, starter files and data files. Students get those that the draw gives them."),
            tr("Add a question"),
        )
        empty.acted.connect(outline.add_question)
        self.table: TableBox[_Row] = TableBox(
            self.model, kit.look, kit.preferences, name="author-questions", title=tr("Questions"), empty=empty
        )
        self.table.opened.connect(lambda one: outline.choose(f"question:{one.name}"))
        self.words = label("", "muted", wrap=True)
        layout = column(label(tr("Questions"), "title"), self.words, self.table, spacing=SPACE["m"], margin=SPACE["m"])
        self.setLayout(layout)
        self.refresh()

    def refresh(self) -> None:
        """Show the questions as they are now."""
        places = question_edits.question_places(self._author.raw)
        self.model.replace([_Row(self._author, at, name, place) for at, (name, place) in enumerate(places.items(), 1)])
        exam = self._author.now.exam
        gets = sum(
            entry.number_choose if isinstance(entry, Alternatives) else 1
            for zone in (exam.zones if exam is not None else ())
            for entry in zone.questions
        )
        self.words.setVisible(bool(places))
        has = counted(len(places), "The exam has {n} question", "The exam has {n} questions")
        each = counted(gets, "each student gets {n}", "each student gets {n}")
        self.words.setText(
            tr("{has}; {each}, drawn once when the session starts. Move them in the outline.", has=has, each=each)
        )


def _wrong(one: _Row) -> Cell:
    return Cell(str(one.wrong), icon="warning", tone="attention") if one.wrong else Cell(NOTHING)


class OrphanPage(QWidget):
    """A folder that no zone names."""

    def __init__(self, kit: Kit, name: str, adopt: Callable[[], None]) -> None:
        super().__init__()
        empty = EmptyState(
            kit.look,
            "folder",
            name,
            tr("No zone names this folder, so nobody gets the question. Its files are kept."),
            tr("Put it into the exam"),
        )
        empty.acted.connect(adopt)
        self.setLayout(column(empty))
