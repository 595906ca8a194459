"""One run of a student's program: its thread, its limits, its end."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from shared.problems import EnvironmentProblem, InputProblem
from student_app.running import platforms
from student_app.running.child import Child, Closing, Data, Finished, Told
from student_app.running.confinement import Means, SandboxReport
from student_app.running.events import (
    Ended,
    Listens,
    Reason,
    RefusedImport,
    RefusedNetwork,
    RunEvent,
    Started,
    WaitingForInput,
    WrittenFile,
)
from student_app.running.imports import Imports
from student_app.running.launch import Interpreter, Launch
from student_app.running.limits import RunLimits
from student_app.running.output import MAX_LINES, OutputGatherer
from student_app.running.pictures import Pictures, harvest, seed, written
from student_app.running.sentences import ending
from student_app.running.tracebacks import Traceback, parse_traceback
from student_app.running.workdir import MAX_ENTRIES, Program, WorkFolder

WATCH_SECONDS = 0.1
DISK_WATCH_SECONDS = 0.5
# Waiting for the person is free, but not for ever: the program itself says that it waits.
MAX_WAITING_SECONDS = 3600.0
MAX_EARLY_INPUT = 1 << 19
MAX_CHANGES = 200  # of what a program listens to

Deliver = Callable[[tuple[RunEvent, ...]], None]


@dataclass(frozen=True, slots=True)
class RunSetup:
    """What all runs of an exam share.

    Attributes:
        interpreter: the Python that runs student programs.
        sandbox: how they are confined.
        allowed_imports: what programs that say nothing of it (`Program.imports`) may import besides the standard
            library; None lets every import through.
        folder: where the private folders are made; None for the system's folder for temporary files.
        keep_folder: leave the private folder on the disk, to look at it.
        carried: what runs leave for the next one, by name; each run reads and changes it.
    """

    interpreter: Interpreter
    sandbox: SandboxReport
    allowed_imports: frozenset[str] | None = None
    folder: Path | None = None
    keep_folder: bool = False
    carried: dict[str, bytes] = field(default_factory=dict, compare=False)


class Run:
    """A program on its way. Every method may be called from any thread and returns at once."""

    def __init__(self, program: Program, limits: RunLimits, deliver: Deliver, setup: RunSetup) -> None:
        """Start the program in a thread of its own.

        Args:
            program: what is run.
            limits: what it may use.
            deliver: called in that thread with what happened, at most 20 times a second; `Ended` comes last, once.
            setup: how it is run.
        """
        self._program = program
        self._limits = limits
        self._setup = setup
        self._gatherer = OutputGatherer(deliver, limits.output_kb)
        self._lock = threading.Lock()
        self._cause: Reason | None = None
        self._child: Child | None = None
        self._launch: Launch | None = None
        self._pictures: Pictures | None = None
        self._early_input = bytearray()
        self._early_close = False
        self._ended: Ended | None = None
        self._finished = threading.Event()
        self._clock = _WorkingTime()
        self._failure = ""
        self._listens = Listens()
        self._changes = 0
        self._watch_at = self._disk_at = 0.0
        self._thread = threading.Thread(target=self._main, name="student-run", daemon=True)
        self._thread.start()

    def write_stdin(self, text: str) -> None:
        """Send `text` to the program's standard input; InputProblem when it has left too much unread."""
        data = text.encode("utf-8", "replace")
        with self._lock:
            if self._child is None:
                if len(self._early_input) + len(data) > MAX_EARLY_INPUT:
                    raise InputProblem("Your program has not started yet; this was not sent to it.")
                self._early_input += data
                return
            child = self._child
        child.feed(data)

    def close_stdin(self) -> None:
        """Let the program read the end of its input."""
        with self._lock:
            if self._child is None:
                self._early_close = True
                return
            child = self._child
        child.close_stdin()

    def happen(self, lines: str) -> None:
        """Tell the program what was done in its window; lost before it starts and where it does not listen."""
        with self._lock:
            child = self._child
        if child is not None:
            child.happen(lines.encode("utf-8", "replace"))

    def stop(self) -> None:
        """End the program and all that it started: politely, and 0.3 seconds later in any case."""
        with self._lock:
            self._cause = self._cause or "stopped"
            child = self._child
        if child is not None:
            child.terminate()

    def wait(self, timeout: float | None = None) -> Ended | None:
        """Wait for the end and return it; None when it has not come in `timeout` seconds."""
        self._finished.wait(timeout)
        return self._ended

    def _main(self) -> None:
        begun = time.monotonic()
        folder: WorkFolder | None = None
        try:
            folder = WorkFolder(self._program, self._setup.folder)
            self._see_through(self._begin(folder))
            self._conclude(folder, begun)
        except EnvironmentProblem as problem:
            seconds = time.monotonic() - begun
            self._finish(Ended(None, None, "crashed-to-start", problem.sentence, seconds))
        finally:
            with self._lock:
                child, self._child = self._child, None
            if child is not None:
                child.close()
            if folder is not None and not self._setup.keep_folder:
                folder.remove()
            self._finished.set()

    def _begin(self, folder: WorkFolder) -> Child:
        setup = self._setup
        allowed = setup.allowed_imports
        imports = self._program.imports or (None if allowed is None else Imports(allowed))
        self._pictures = Pictures(folder.tmp)
        seed(folder.tmp, setup.carried)
        launch = Launch(setup.interpreter, self._program, self._limits, folder, setup.sandbox.means, imports)
        self._launch = launch
        child = platforms.start_child(launch)
        with self._lock:
            self._child = child
            stopped = self._cause is not None
            if self._early_input:
                child.feed(bytes(self._early_input))
            if self._early_close:
                child.close_stdin()
        if stopped:
            child.kill()
        return child

    def _see_through(self, child: Child) -> None:
        while True:
            now = time.monotonic()
            for event in child.poll(self._pause(now)):
                if isinstance(event, Finished):
                    return
                if isinstance(event, Data):
                    self._take_output(child, event)
                else:
                    self._take_word(event)
            now = time.monotonic()
            self._take_pictures(now)
            self._gatherer.flush(now)
            self._watch(child, now)

    def _take_pictures(self, now: float, *, last: bool = False) -> None:
        if self._pictures is not None:
            for figure in self._pictures.take(now, last=last):
                self._gatherer.show(figure)

    def _pause(self, now: float) -> float:
        dues = (self._gatherer.wait(now), self._pictures.due(now) if self._pictures is not None else None)
        return min([WATCH_SECONDS, *(due for due in dues if due is not None)])

    def _take_output(self, child: Child, event: Data) -> None:
        if not self._gatherer.take(event.stream, event.data):
            self._end_for("output", child)

    def _take_word(self, event: Told) -> None:
        now = time.monotonic()
        if event.source == "guardian":
            if event.word == "started":
                self._clock.start(now)
                self._gatherer.tell(Started(self._setup.sandbox.grade))
            return
        match event.word:
            case "waiting" | "reading":
                if self._clock.wait(now, event.word == "waiting"):
                    self._gatherer.tell(WaitingForInput(event.word == "waiting"))
            case "rested":
                self._clock.rest(now, event.text)
            case "listens":
                self._listen(event.text)
            case "import" | "network":
                refused = RefusedImport if event.word == "import" else RefusedNetwork
                self._gatherer.tell(refused(event.text))
            case "figure" if self._pictures is not None:
                self._pictures.note(event.text)
            case "failed":
                self._failure = event.text

    def _listen(self, text: str) -> None:
        words = text.split(" ")
        listens = Listens("keys" in words, "clicks" in words, "moves" in words)
        if listens != self._listens and self._changes < MAX_CHANGES:
            self._listens = listens
            self._changes += 1
            self._gatherer.tell(listens)

    def _end_for(self, reason: Reason, child: Child) -> None:
        with self._lock:
            if self._cause is not None:
                return
            self._cause = reason
        child.kill()

    def _watch(self, child: Child, now: float) -> None:
        """Look whether a limit is passed that the system itself does not keep."""
        if now < self._watch_at or self._cause is not None:
            return
        self._watch_at = now + WATCH_SECONDS
        if self._clock.working(now) > self._limits.seconds or self._clock.waited(now) > MAX_WAITING_SECONDS:
            self._end_for("time", child)
        usage = child.usage(self._limits)
        if usage is not None and usage.processes > self._limits.processes:
            self._end_for("processes", child)
        if usage is not None and usage.memory > self._limits.memory_mb << 20:
            self._end_for("memory", child)
        if now >= self._disk_at and self._launch is not None:
            begun = time.monotonic()
            if self._has_filled_disk(self._launch.folder):
                self._end_for("disk", child)
            self._disk_at = now + max(DISK_WATCH_SECONDS, 20 * (time.monotonic() - begun))

    def _has_filled_disk(self, folder: WorkFolder) -> bool:
        used, entries = folder.used()
        # blocks round each given file up
        allowance = (self._limits.file_mb << 20) + 2 * folder.given_bytes + (1 << 20)
        return used > allowance or entries > MAX_ENTRIES

    def _conclude(self, folder: WorkFolder, begun: float) -> None:
        with self._lock:
            child, self._child = self._child, None
        assert child is not None
        closing = child.close()
        harvest(folder.tmp, self._setup.carried)
        ended = time.monotonic()
        self._take_pictures(ended, last=True)
        files = folder.written()
        for figure in written(files):
            self._gatherer.tell(figure)
        self._finish(self._ending(closing, files, ended - begun))

    def _ending(self, closing: Closing, files: tuple[WrittenFile, ...], seconds: float) -> Ended:
        assert self._launch is not None
        names = set(self._program.files)
        seen = platforms.inside_folder(self._launch)
        traceback = parse_traceback(self._gatherer.errors, seen, names)
        reason = self._cause or self._reason(closing, traceback)
        status = closing.status
        code = status if status is not None and status >= 0 and reason in ("exit", "memory") else None
        number = -status if status is not None and status < 0 else None
        sentence = ending(reason, code, number, self._limits, MAX_LINES if self._gatherer.lines_capped else None)
        if self._failure:
            sentence = f"{sentence} (The limits of this exam could not be applied: {self._failure}.)"
        return Ended(
            code, number, reason, sentence, seconds, closing.cpu_seconds, closing.peak_memory, files, traceback
        )

    def _reason(self, closing: Closing, traceback: Traceback | None) -> Reason:
        status = closing.status
        if self._failure or status is None:
            return "crashed-to-start" if self._failure or not self._clock.started else "signal"
        if closing.out_of_memory or (status == 1 and traceback is not None and traceback.kind == "MemoryError"):
            return "memory"
        if (
            status in (-24, -9)
            and (closing.cpu_seconds or 0) >= self._limits.seconds
            and not self._means().isdisjoint({Means.RLIMITS, Means.JOB_OBJECT})
        ):
            return "time"
        return "exit" if status >= 0 else "signal"

    def _means(self) -> frozenset[Means]:
        return self._setup.sandbox.means

    def _finish(self, ended: Ended) -> None:
        self._ended = ended
        self._gatherer.tell(ended)
        self._gatherer.flush(time.monotonic(), last=True)


class _WorkingTime:
    """How long the program has worked: time spent waiting for the person is left out."""

    def __init__(self) -> None:
        self._begun: float | None = None
        self._waiting_since: float | None = None
        self._waited = 0.0

    @property
    def started(self) -> bool:
        return self._begun is not None

    def start(self, now: float) -> None:
        self._begun = now

    def wait(self, now: float, waiting: bool) -> bool:
        """Note that the program waits or goes on; False when that is nothing new."""
        if waiting == (self._waiting_since is not None):
            return False
        self._waited = self.waited(now)
        self._waiting_since = now if waiting else None
        return True

    def rest(self, now: float, milliseconds: str) -> None:
        """Leave time out that the program spent waiting for what happens in its window, as it says itself."""
        if self._begun is not None and milliseconds.isdecimal() and len(milliseconds) < 8:
            self._waited = min(self._waited + int(milliseconds) / 1000, now - self._begun)

    def waited(self, now: float) -> float:
        return self._waited + (now - self._waiting_since if self._waiting_since is not None else 0.0)

    def working(self, now: float) -> float:
        return 0.0 if self._begun is None else now - self._begun - self.waited(now)
