"""The desk: what window, headless program and simulator drive: joining, running, handing in, and all of `AtWork`."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from shared.admission.endorsement import Endorsement
from shared.bundle.desk_file import DeskFile
from shared.crypto.keys import SigningKey
from shared.events import kinds
from shared.exam.content import Content
from shared.ids import ID_BYTES, JournalId
from shared.problems import InputProblem
from shared.wire.messages import GetWheel
from student_app.core.alone import Myself, WheelsOnStick, addresses_in, begin_alone
from student_app.core.at_work import AtWork
from student_app.core.bundle import Done, write_bundle
from student_app.core.content import QuestionView, may_check
from student_app.core.desk_watching import DeskWatcher
from student_app.core.journal_file import Identity, put_meta
from student_app.core.keeping import Done as Kept
from student_app.core.keeping import Told, final_receipt, write_record
from student_app.core.machine import Machine
from student_app.core.opening import begin_sitting, recover_sitting
from student_app.core.packages import Packages, PackagesView
from student_app.core.pictures import PictureShelf
from student_app.core.ports import FoundHub, HubAddress, JoinRequest, Net
from student_app.core.runs import RunControl, Runner
from student_app.core.session import Phase, Session, Signal
from student_app.core.shelf import addresses_of, pack_addresses
from student_app.core.showing import shown
from student_app.core.sitting import RestoredFile, Sitting
from student_app.core.starting import StartLock
from student_app.core.state import DeskState
from student_app.core.watching import Unwatched
from student_app.running.events import RunEvent
from student_app.running.imports import Imports


class Desk(AtWork):
    """One desk. Any thread may call any method; none waits for disk or network.

    Attributes:
        pictures: what programs showed, by the hashes that the log has.
    """

    def __init__(
        self,
        folder: Path | None,
        machine: Machine,
        runner: Runner,
        watcher: DeskWatcher,
        packages: Packages | None = None,
    ) -> None:
        """`folder` is where journals are kept; None keeps them in memory, for simulations.

        Without `packages`, programs import what the interpreter has.
        """
        super().__init__(watcher)
        self.pictures = PictureShelf(folder)
        self._folder = folder
        self._machine = machine
        self._runner = runner
        self._net: Net | None = None
        self._lock = threading.RLock()
        self._before = Session()
        self._request: JoinRequest | None = None
        self._hubs: tuple[FoundHub, ...] = ()
        self._problem = ""
        self._packages = packages
        self._runs: RunControl | None = None
        self._start_lock = StartLock(machine.clock)

    def connect(self, net: Net) -> None:
        """Say which network to use, once, before anything else."""
        self._net = net

    # Joining

    def look(self) -> None:
        """Look for exams on the network; they appear in `state().hubs`."""
        self._network().look()

    def join(self, code: str, student: str, name: str = "", seat: str = "", hubs: tuple[HubAddress, ...] = ()) -> None:
        """Join with an access code; the state tells what becomes of it.

        Raises:
            InputProblem: the desk is joined already.
        """
        with self._lock:
            if self.sitting is not None:
                raise InputProblem("This desk is in an exam already. Close it before you join another one.")
            self._before.signal(Signal.JOIN)
            self._problem = ""
            self._request = JoinRequest(
                code=code,
                student=student.strip(),
                name=name.strip(),
                seat=seat.strip(),
                hubs=hubs,
                device=self._machine.device,
                device_name=self._machine.device_name,
                journal=JournalId(self._machine.chance.bytes(ID_BYTES)),
                key=SigningKey.generate(self._machine.chance),
            )
            request = self._request
        self._network().join(request)
        self._watcher.changed()

    def cancel(self) -> bool:
        """Give up the join, to type something else; False: there is none, or the hub has let the student in already."""
        with self._lock:
            held = self._before.phase is Phase.HELD
            if self._request is None or not self._before.signal(Signal.CANCEL):
                return False
            self._request = None
            if held:
                self._problem = ""  # who had to act is of no interest any more; what went wrong is
        self._network().cancel()
        self._watcher.changed()
        return True

    def go_on(self, path: Path, hubs: tuple[HubAddress, ...] = ()) -> None:
        """Open the journal of an earlier start and go on where it was; `hubs` are tried besides the known addresses.

        Raises:
            EnvironmentProblem: another window has it open, or it can't be read.
        """
        sitting = recover_sitting(path, self._machine, self._watcher.changed)
        hubs = (*hubs, *addresses_of(sitting))
        self._opened(sitting)
        if self._packages is not None and sitting.kept_packages:  # they may be here from an earlier start
            self._packages.offered(sitting.kept_packages, sitting.journal.identity.exam, sitting.exam_key, _nobody)
        self._network().go_on(sitting, hubs)

    def begin_alone(self, file: DeskFile, who: Myself, wheels: Path | None = None) -> None:
        """Begin from an exam file, without any network; not on the window's thread. `wheels` has its packages.

        Raises:
            InputProblem: what was typed can't be, or the desk is in an exam already.
            EnvironmentProblem: the journal can't be written.
        """
        if self.sitting is not None:
            raise InputProblem("This desk is in an exam already. Close it before you begin another one.")
        self.cancel()
        sitting = begin_alone(file, who, self._folder, self._machine, self._watcher.changed)
        self._opened(sitting)
        if self._packages is not None and file.packages and wheels is not None:
            stick = WheelsOnStick(file, wheels, self._packages)
            self._packages.offered(file.packages, file.exam, sitting.exam_key, stick.ask)
        self._network().go_on(sitting, addresses_in(file))

    def found(self, hubs: tuple[FoundHub, ...]) -> None:
        """The network: these exams announce themselves."""
        self._hubs = hubs
        self._watcher.changed()

    def held(self, sentence: str) -> None:
        """The network: the join waits for a person."""
        with self._lock:
            self._before.signal(Signal.HOLD)
        self._say(sentence)

    def refused(self, sentence: str, *, final: bool) -> None:
        """The network: the hub or the connection refuses; `final`: the student has to type something else."""
        if final:
            with self._lock:
                self._before.signal(Signal.REFUSE)
        self._say(sentence)

    def admitted(
        self,
        endorsement: Endorsement,
        envelope: bytes,
        request: JoinRequest,
        hub: tuple[bytes, str, tuple[HubAddress, ...]],
        restored: tuple[RestoredFile, ...],
        *,
        drawn: kinds.Drawn | None = None,
    ) -> Sitting:
        """The network: the hub endorsed the journal. `hub` is the exam's public key, its title, and its addresses.

        `drawn` are the session's questions where it goes on from another PC.

        Raises:
            EnvironmentProblem: the journal can't be written.
            InputProblem: the student has cancelled this join.
        """
        if self.sitting is not None:
            return self._open(endorsement, envelope, request, hub, restored, drawn=drawn)
        with self._lock:
            if self._request is not request:
                raise InputProblem("This join was cancelled.")
            self._request = None  # from here on it can't be cancelled: its journal is being written
        try:
            return self._open(endorsement, envelope, request, hub, restored, drawn=drawn)
        except BaseException:
            with self._lock:
                self._request = self._request or request
            raise

    def _open(
        self,
        endorsement: Endorsement,
        envelope: bytes,
        request: JoinRequest,
        hub: tuple[bytes, str, tuple[HubAddress, ...]],
        restored: tuple[RestoredFile, ...],
        *,
        drawn: kinds.Drawn | None,
    ) -> Sitting:
        exam_key, title, addresses = hub
        parent = endorsement.parent
        identity = Identity(
            exam=endorsement.exam_id,
            session=endorsement.session_id,
            journal=request.journal,
            device=request.device,
            student=endorsement.student,
            name=endorsement.name,
            title=title,
            exam_key=exam_key,
            endorsement=envelope,
            created_ms=self._machine.clock.wall_ms(),
            parent=JournalId(bytes.fromhex(parent.journal)) if parent is not None else None,
        )
        before = self.sitting
        how: Literal["new", "moved", "segment"] = "new"
        if before is not None:
            how, restored = "segment", tuple(RestoredFile(*item) for item in before.recorder.texts().items())
        elif parent is not None:
            how = "moved"
        sitting = begin_sitting(
            self._folder, identity, request.key, self._machine, self._watcher.changed,
            how=how, restored=restored, drawn=drawn, before=before,
        )  # fmt: skip
        sitting.journal.write(put_meta("addresses", pack_addresses(addresses)), urgent=True)
        if before is not None:
            before.watcher = Unwatched()  # its last events are not events of the journal that is followed from now on
            before.stop("moved")
            before.close(_nothing)
        self._opened(sitting)
        return sitting

    def request_for_segment(self) -> JoinRequest:
        """The network: this journal can't go on at the hub; return what a new one will be called."""
        sitting = self._sitting()
        return JoinRequest(
            code="",
            student=sitting.journal.identity.student,
            device=self._machine.device,
            device_name=self._machine.device_name,
            journal=JournalId(self._machine.chance.bytes(ID_BYTES)),
            key=SigningKey.generate(self._machine.chance),
        )

    # Working

    def run(self, file: str) -> int:
        """Run a file and return the run's number; raises `InputProblem` when that can't be now."""
        self._sitting().working()
        content, control = self._content(), self._run_control()
        question = self.question(file.partition("/")[0])
        number = control.start(question, file, content.desk.run, self._imports(content))
        self._watcher.changed()
        return number

    def run_checks(self, question: str) -> int:
        """Run a question's shown checks and return the run's number; raises `InputProblem` when that can't be now."""
        self._sitting().working()
        content = self._content()
        if not may_check(content):
            raise InputProblem("This exam does not show what its checks say.")
        number = self._run_control().start_checks(self.question(question), content.desk.run, self._imports(content))
        self._watcher.changed()
        return number

    def _imports(self, content: Content) -> Imports | None:
        return None if self._packages is None else self._packages.imports(content.interpreter.packages)

    def type_in(self, text: str) -> None:
        """Give the running program input; raises `InputProblem` when none runs."""
        self._run_control().type_in(text)

    def act(self, line: str) -> None:
        """Tell the running program what was done on its picture."""
        self._run_control().act(line)

    def stop_run(self) -> None:
        """Stop the running program."""
        self._run_control().stop()

    def start_with(self, code: str) -> None:
        """Open the exam by a start code, without a network; takes about 0.2 s, so not on the window's thread.

        Raises:
            InputProblem: it is not the code, comes too soon after wrong ones, or the exam can't be opened here.
        """
        self._start_lock.open(self._sitting(), code)

    def submit(self) -> None:
        """Hand in everything as it stands; raises `InputProblem` when that can't be now."""
        self.stop_if_running()
        self._sitting().submit()

    def take_back(self) -> None:
        """Go on after handing in; raises `InputProblem` when that can't be now, or not in this exam."""
        content = self.content
        if content is not None and not content.desk.take_back:
            raise InputProblem("In this exam a hand-in can't be taken back. Ask your instructor to reopen it.")
        self._sitting().take_back()

    def stop_if_running(self) -> None:
        """Stop a running program, if there is one."""
        if self._runs is not None:
            self._runs.stop()

    # Looking

    def question_view(self, question: str) -> QuestionView:
        """Return a question of this student with its files; raises `InputProblem` for another one."""
        self.question(question)
        return next(view for view in self.state().questions if view.id == question)

    def state(self) -> DeskState:
        """Return the desk as it is now."""
        sitting = self.sitting
        if sitting is None:
            return DeskState(phase=self._before.phase, problem=self._problem, hubs=self._hubs)
        return shown(
            sitting,
            problem=self._problem,
            hubs=self._hubs,
            running=self._runs.running if self._runs is not None else 0,
            waiting_for_input=self._runs is not None and self._runs.waiting_for_input,
            needs_code=self._needs_code(sitting),
            locked=sitting.session.locked,
            news=tuple(sitting.news),
            packages=self._packages.view if self._packages is not None else PackagesView(),
        )

    def final_receipt(self, told: Told) -> None:
        """Read the receipt of the newest hand-in; `told` is called by another thread."""
        final_receipt(self._sitting(), told)

    def write_record(self, target: Path, done: Kept) -> None:
        """Write the own record, as everybody verifies it; `done` is called by another thread."""
        write_record(self._sitting(), self._folder, target, done)

    def write_bundle(self, target: Path, done: Done) -> None:
        """Write everything that this PC holds of the session to a file for a stick; raises `EnvironmentProblem`."""
        write_bundle(self._sitting(), self._folder, target, self._machine.chance, done)

    def stop(self) -> int:
        """Write down that this program ends, and return the last event; the network goes on sending."""
        if self._runs is not None:
            self._runs.close()
        sitting = self.sitting
        if sitting is None:
            return -1
        sitting.stop("ended" if sitting.finished() else "closed")
        return sitting.journal.last

    def close(self, done: Callable[[], None] | None = None) -> None:
        """End in an orderly way: `stop`, make everything durable, close the journal, then call `done`."""
        self.stop()
        if self.sitting is None:
            (done or _nothing)()
        else:
            self.sitting.close(done or _nothing)

    def abandon(self, done: Callable[[], None]) -> None:
        """End as a power cut would: what is not on the disk is lost. For rehearsals and tests."""
        if self.sitting is not None:
            self.sitting.abandon(done)

    # Watcher of the sitting

    def durable(self, seq: int) -> None:
        """See `Watcher.durable`."""
        self._watcher.durable(seq)

    def sealed(self, last: int, link: bytes) -> None:
        """See `Watcher.sealed`."""
        self._watcher.sealed(last)
        self._network().sealed(last, link)

    def safe(self, last: int) -> None:
        """See `Watcher.safe`."""
        self._problem = ""
        self._watcher.safe(last)

    def submitted(self, code: str) -> None:
        """See `Watcher.submitted`."""
        self.stop_if_running()
        self._watcher.submitted(code)

    def news(self, sentence: str) -> None:
        """See `Watcher.news`."""
        self._watcher.problem(sentence)

    def _opened(self, sitting: Sitting) -> None:
        with self._lock:
            self.sitting = sitting
            self._problem = ""
            self._runs = RunControl(sitting.recorder, self._runner, self._run_event, self.pictures)
        if self._packages is not None:
            self._packages.recall(sitting.journal.identity.exam, sitting.exam_key)
        sitting.watcher = self
        self._watcher.joined(sitting)
        for sentence in sitting.news:
            self._watcher.problem(sentence)
        self._watcher.changed()

    def _run_event(self, run: int, event: RunEvent) -> None:
        self._watcher.run_event(run, event)
        self._watcher.changed()

    def _say(self, sentence: str) -> None:
        self._problem = sentence
        self._watcher.problem(sentence)
        self._watcher.changed()

    def _run_control(self) -> RunControl:
        if self._runs is None:
            raise InputProblem("Join the exam first.")
        return self._runs

    def _network(self) -> Net:
        assert self._net is not None, "connect() comes first"
        return self._net

    @staticmethod
    def _needs_code(sitting: Sitting) -> bool:
        """Whether only a start code can open the exam now: it is here, sealed, and there is nobody to send the key."""
        box = sitting.content
        sealed = box.here and box.content is None and box.front is not None and box.front.start is not None
        return sealed and not sitting.online and sitting.session.phase is not Phase.ENDED


def _nobody(_asked: GetWheel) -> None:
    """There is no network yet to ask for a package."""


def _nothing() -> None:
    """Nobody waits."""
