"""One exam folder in the window: read anew after each change, whoever made it."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal

from instructor_app.words import tr
from shared.exam import arranging
from shared.exam.checking import PROMPT_FILE, QUESTIONS
from shared.exam.content import heading_of
from shared.exam.drafting import ChangedOutside, Draft, Written, signature
from shared.exam.editing import Change, apply
from shared.exam.findings import Finding
from shared.exam.folder import MAX_FILES
from shared.exam.packages import WHEELS
from shared.exam.positions import Path as Place
from shared.exam.reading import EXAM_FILE, dotted
from shared.exam.schema import snake
from shared.problems import Bug, EnvironmentProblem, InputProblem, Problem

LOOK_MS = 200
MOST_WATCHED = 400


class Source(QObject):
    """The text of an exam.toml that forms show and change.

    Attributes:
        read: it was read anew; everything shows itself anew.
        failed: (sentence) a change was not made.
    """

    read = Signal()
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.raw: dict[str, Any] = {}

    def findings(self) -> Sequence[Finding]:
        """Return what is wrong in the exam as it would be."""
        raise NotImplementedError

    def arrange(self, change: Callable[[str], str], label: str) -> bool:
        """Take what `change` makes of the text; false, and `failed`, where that can't be."""
        raise NotImplementedError

    def value(self, place: Place) -> Any:
        """Return what exam.toml says at a place; None where it says nothing."""
        return arranging.value_at(self.raw, place)

    def count(self, place: Place) -> int:
        """Return how many elements a list has."""
        found = self.value(place)
        return len(found) if isinstance(found, list) else 0

    def findings_of(self, place: Place) -> list[Finding]:
        """Return what is wrong at exactly this field, or in an element of its list."""
        wanted = spelled(dotted(place))
        mine = [each for each in self.findings() if each.file == EXAM_FILE]
        return [each for each in mine if (said := spelled(each.field)) == wanted or said.startswith(f"{wanted}[")]

    def set(self, place: Place, value: Any, label: str) -> bool:
        """Set a field, or with None take it out; false, and `failed`, where that can't be."""
        holder = self.value(place[:-1])

        def change(source: str) -> str:
            if isinstance(holder, str):  # a bare id stands for a question: it becomes a table first
                source = arranging.replace(source, place[:-1], {"id": holder})
            return apply(source, [Change(place, value)])[0]

        return self.arrange(change, label)


class Author(Source):
    """Reads and changes one exam folder for all parts of the editor.

    Attributes:
        outside: (frozenset of paths) another program changed these.
    """

    outside = Signal(object)

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.draft = Draft(folder)
        self.now: Written = self.draft.read()
        self.broken = ""
        self._parsed, self._unparsed = "", ""
        self._headings: dict[str, tuple[object, str]] = {}
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(LOOK_MS)
        self._later.timeout.connect(self.look)
        self._watcher = QFileSystemWatcher(self)
        self._watcher.directoryChanged.connect(lambda _: self._later.start())
        self._watcher.fileChanged.connect(lambda _: self._later.start())
        self._take()

    @property
    def folder(self) -> Path:
        """The exam folder."""
        return self.draft.folder

    # ------------------------------------------------------------------------------------- reading

    def look(self) -> None:
        """See whether another program changed something, and read anew if so."""
        changed = self.draft.look()
        if changed:
            self.reload()
            self.outside.emit(changed)

    def reload(self) -> None:
        """Read the folder anew."""
        self._take()
        self.read.emit()

    def _take(self) -> None:
        self.now = self.draft.read()
        if self.now.source != self._parsed:
            self._parse()
        self.broken = self._unreadable() or self._unparsed
        self._watch()

    def _parse(self) -> None:
        self._parsed, self.raw, self._unparsed = self.now.source, {}, ""
        try:
            self.raw = arranging.read_plain_toml(self.now.source)
        except InputProblem as problem:
            self._unparsed = problem.sentence

    def _unreadable(self) -> str:
        """Why nothing may be written into exam.toml, as it can't be read; empty when it can."""
        if EXAM_FILE not in self.now.scan.files:
            return tr("exam.toml is not there any more. Put it back where it was.")
        return self.draft.text_or_reason(EXAM_FILE)[1]

    def _watch(self) -> None:
        wanted = [str(self.folder), *(str(self.folder / each) for each in self.now.scan.folders)]
        files = [str(where) for where in self.now.scan.files.values()]
        if self.now.scan.wheels:
            files.insert(0, str(self.folder / WHEELS))
        wanted = [*wanted, *files][: min(MOST_WATCHED, MAX_FILES)]
        watched = {*self._watcher.files(), *self._watcher.directories()}
        gone = watched - set(wanted)
        fresh = [path for path in wanted if path not in watched]
        if gone:
            self._watcher.removePaths(sorted(gone))
        if fresh:
            self._watcher.addPaths(fresh)

    def findings(self) -> Sequence[Finding]:
        """See `Source`."""
        return self.now.findings

    def heading_of(self, question: str) -> str:
        """The first heading of a question's text; read again only when the file has changed."""
        path = f"{QUESTIONS}/{question}/{PROMPT_FILE}"
        where = self.now.scan.files.get(path)
        now = None if where is None else signature(where)
        if path not in self._headings or self._headings[path][0] != now:
            self._headings[path] = (now, heading_of(self.draft.text_of(path)) if now is not None else "")
        return self._headings[path][1]

    # ------------------------------------------------------------------------------------- writing

    def arrange(self, change: Callable[[str], str], label: str) -> bool:
        """See `Source`: it is written at once."""
        if self.broken:
            self.failed.emit(self.broken)
            return False
        return self.attempt(lambda: self.write({EXAM_FILE: change(self.now.source).encode()}, label))

    def write(self, files: Mapping[str, bytes | None], label: str, *, joins: bool = False, force: bool = False) -> None:
        """Write files as one step that can be taken back; raises `Problem`."""
        if self.draft.write(files, label, joins=joins, force=force):
            self.reload()

    def attempt(self, work: Callable[[], object]) -> bool:
        """Do it; a problem is said and changes nothing."""
        try:
            work()
        except ChangedOutside as problem:
            self.look()
            self.failed.emit(tr("{what} What is there now is shown; make your change again.", what=problem.sentence))
        except (InputProblem, EnvironmentProblem, Bug) as problem:
            self.failed.emit(problem.sentence)
        else:
            return True
        return False

    def undo(self) -> None:
        """Take the last step back."""
        self._swap(self.draft.undo)

    def redo(self) -> None:
        """Do what was taken back again."""
        self._swap(self.draft.redo)

    def _swap(self, step: Callable[[], object]) -> None:
        try:
            step()
        except ChangedOutside as problem:
            self.look()
            self.failed.emit(
                tr("{path} is not as that step left it any more, so it was not taken back.", path=problem.path)
            )
        except Problem as problem:
            self.failed.emit(problem.sentence)
        self.reload()


def spelled(field: str) -> str:
    """A dotted field in the one spelling, whichever the file uses."""
    return ".".join(snake(part) for part in field.split("."))
