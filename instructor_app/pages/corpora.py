"""With what else the class is compared: earlier classes and folders, added and removed from one menu."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QDir, Signal
from PySide6.QtWidgets import QFileDialog, QMenu, QPushButton

from examdesk.staffapi.corpus_files import corpus_commands
from examdesk.staffapi.messages import AddCorpus, CorpusList, CorpusView, Done, GetCorpora, KeepCorpus, RemoveCorpus
from instructor_app.bridge import Progress, Work
from instructor_app.kit import Kit
from instructor_app.port import Hub
from instructor_app.words import counted, day, day_and_time, tr
from shared.problems import Problem

KEPT = (30, 180, 365, 0)
"""After how many days the hub may be told to delete a source by itself; 0: never."""


class CorporaButton(QPushButton):
    """A button with a menu.

    Attributes:
        changed: (sentence) something was added or removed; compare again.
        failed: (Problem) it was not.
    """

    changed = Signal(str)
    failed = Signal(object)

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self._corpora: tuple[CorpusView, ...] = ()
        self._menu = QMenu(self)
        self.setMenu(self._menu)
        kit.look.dress(self, "folder", "text")
        self._show()

    def ask(self) -> None:
        """Ask what there is."""
        self._kit.bridge.query(GetCorpora(), self._take, self.failed.emit, key="corpora")

    def add(self, path: Path) -> None:
        """Add a folder, a program or a bundle."""
        self.setEnabled(False)
        self._kit.bridge.task(_adding(path), self._done, self._not_done)

    def remove(self, corpus: CorpusView) -> None:
        """Compare no longer with a source."""
        self._kit.bridge.command(RemoveCorpus(command="", corpus=corpus.corpus), self._done, self._not_done)

    def keep(self, corpus: CorpusView, days: int) -> None:
        """Let the hub delete a source after so many days from now on, or never (0)."""
        request = KeepCorpus(command="", corpus=corpus.corpus, days=days)
        self._kit.bridge.command(request, self._done, self._not_done)

    def _take(self, found: CorpusList) -> None:
        self._corpora = found.corpora
        self._show()

    def _show(self) -> None:
        count = len(self._corpora)
        self.setText(tr("Compare also with {n}", n=count) if count else tr("Compare also with"))
        self.setAccessibleName(tr("Compare also with earlier classes and folders: {n} now", n=count))
        self._menu.clear()
        guard = self._kit.bridge.rights.guard_menu
        guard(self._menu, self._menu.addAction(tr("Add a folder of programs…"), self._choose_folder), AddCorpus)
        bundle = self._menu.addAction(tr("Add the bundle of an earlier exam…"), self._choose_bundle)
        guard(self._menu, bundle, AddCorpus)
        if self._corpora:
            self._menu.addSeparator()
        for corpus in self._corpora:
            programs = counted(corpus.programs, "{n} program", "{n} programs")
            one = self._menu.addMenu(tr("{name}: {programs}", name=corpus.name, programs=programs))
            facts = one.addAction(tr("added {at} by {who}", at=day_and_time(corpus.added_ms), who=corpus.by))
            facts.setEnabled(False)
            one.addAction(_until_when(corpus)).setEnabled(False)
            for sentence in corpus.sentences[:5]:
                one.addAction(sentence).setEnabled(False)
            longer = one.addMenu(tr("Let the hub delete it"))
            for days in KEPT:
                guard(longer, longer.addAction(_in_days(days), partial(self.keep, corpus, days)), KeepCorpus)
            remove = one.addAction(tr("Remove, and delete from the hub"), partial(self.remove, corpus))
            guard(one, remove, RemoveCorpus)

    def _choose_folder(self) -> None:
        dialog = QFileDialog(self, tr("Folder with programs to compare with"), QDir.homePath())
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        self._open(dialog)

    def _choose_bundle(self) -> None:
        dialog = QFileDialog(self, tr("Bundle of an earlier exam"), QDir.homePath(), tr("Bundles (*.examrecord)"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        self._open(dialog)

    def _open(self, dialog: QFileDialog) -> None:
        dialog.fileSelected.connect(lambda name: self.add(Path(name)))
        dialog.open()

    def _done(self, done: Done) -> None:
        self.setEnabled(True)
        self.ask()
        self.changed.emit(done.sentence)

    def _not_done(self, problem: Problem) -> None:
        self.setEnabled(True)
        self.failed.emit(problem)


def _until_when(corpus: CorpusView) -> str:
    if corpus.until_ms is None:
        return tr("kept until somebody removes it")
    return tr("the hub deletes it on {day}", day=day(corpus.until_ms))


def _in_days(days: int) -> str:
    return tr("in {n} days", n=days) if days else tr("never by itself")


def _adding(path: Path) -> Work[Done]:
    async def work(hub: Hub, tell: Progress) -> Done:
        done = Done()
        for number, command in enumerate(corpus_commands(path)):
            done = await hub.ask(command)
            tell(1 - 0.5 ** (number + 1), tr("Reading {name}", name=path.name))
        return done

    return work
