"""The window over the real desk, with a clock that is set and no network."""

from PyQt6 import sip
from PyQt6.QtCore import QObject, QSettings, Qt, pyqtSignal
from PyQt6.QtWidgets import QApplication

from shared.problems import InputProblem
from student_app.bridge import Bridge, Watcher
from student_app.core.alone import open_desk_file
from student_app.core.desk import Desk
from student_app.running.events import Started
from student_app.views.look import Look
from student_app.views.main_window import MainWindow
from student_app.views.port import Surroundings
from tests.student_app.kit import Bench, SilentNet
from tests.support.patience import PATIENCE_MS


class LaterRunner:
    """Programs that say and do what the test says, when it says so."""

    def __init__(self) -> None:
        self.typed = []
        self.acts = []
        self.stopped = False

    def __call__(self, program, limits, deliver):
        self.program, self.deliver = program, deliver
        deliver((Started("B"),))
        return self

    def write_stdin(self, text):
        self.typed.append(text)

    def happen(self, lines):
        self.acts.append(lines)

    def close_stdin(self):
        pass

    def stop(self):
        self.stopped = True


class Kept(QObject):
    """What the desk reads for the student, as soon as the committer is stepped; answers come in the window's thread."""

    answered = pyqtSignal(object)

    def __init__(self, bench) -> None:
        super().__init__()
        self.bench = bench
        self.answered.connect(lambda answer: answer(), Qt.ConnectionType.QueuedConnection)

    def receipt(self, then):
        window = self.bench.window
        self.bench.desk.final_receipt(lambda receipt: None if sip.isdeleted(window) else then(receipt))

    def record(self, target, then):
        self.bench.desk.write_record(target, lambda *found: self.answered.emit(lambda: then(*found)))

    def bundle(self, target, then):
        self.bench.desk.write_bundle(target, lambda said: self.answered.emit(lambda: then(said)))


class WindowBench(Bench):
    def __init__(self, folder) -> None:
        self.bridge = Bridge()
        self.look = Look(QApplication.instance(), "light")
        self.looked_up = []
        super().__init__(folder)
        self.settings = QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat)
        self.window = MainWindow(self.desk, self.around(), self.bridge, self.look, self.settings)

    def come_to_front(self, qtbot) -> None:
        self.window.show()
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow, timeout=PATIENCE_MS)

    def new_desk(self) -> Desk:
        self.net = SilentNet()
        self.runner = LaterRunner()
        self.desk = Desk(self.folder, self.machine, self.runner, Watcher(self.bridge))
        self.desk.connect(self.net)
        return self.desk

    def around(self) -> Surroundings:
        return Surroundings(
            model=self.model,
            lookup=lambda *asked: self.looked_up.append(asked),
            read_exam_file=self.read_exam_file,
            begin_alone=self.begin_alone,
            start_with=self.start_with,
            prepared=lambda then: then(),
            shelf=list,
            keeping=Kept(self),
            versions=lambda: self.desk.sitting.memory.versions,
            picture=self.picture,
            sent=lambda: tuple(self.desk.sitting.memory.sent),
            content_here=lambda: True,
            mono_ms=lambda: self.clock.us // 1000,
            wall_ms=self.clock.wall_ms,
        )

    def start_with(self, code, then):
        self._told(lambda: self.desk.start_with(code), then)

    def begin_alone(self, file, who, then):
        self._told(lambda: self.desk.begin_alone(file, who), then)

    def read_exam_file(self, path, then, failed):
        try:
            then(open_desk_file(path))
        except InputProblem as problem:
            failed(problem.sentence)

    @staticmethod
    def _told(work, then):
        try:
            work()
        except InputProblem as problem:
            then(problem.sentence)
        else:
            then("")

    def model(self, file):
        return self.desk.sitting.memory.workspace.model(file)

    def picture(self, sha):
        return self.desk.pictures.read(sha)

    def begin(self, exam=None, **fields):
        self.open_exam(exam, **fields)
        self.desk.accept_honor("", "")
        self.refresh()
        return self.window.work

    def refresh(self):
        self.committer.step(300)
        self.window.refresh()

    def close(self):
        self.window.close()
        sip.delete(self.window)  # not by the garbage collector, at a moment of its own
        self.desk.close()
        self.committer.step(1)
        self.bridge.close()
