"""Runs of the student's program, written into the log as they happen."""

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Literal, Protocol

from shared.events import kinds, pieces
from shared.exam.content import QuestionContent
from shared.exam.rules import RunLimits as ExamLimits
from shared.problems import InputProblem
from shared.text import safe_text
from student_app.core.pictures import PictureShelf, ShownFigures
from student_app.core.recorder import Recorder
from student_app.running.checking import checking
from student_app.running.events import (
    Ended,
    Figure,
    Output,
    OutputCapped,
    RefusedImport,
    RefusedNetwork,
    RunEvent,
    Started,
    WaitingForInput,
)
from student_app.running.imports import Imports
from student_app.running.limits import RunLimits
from student_app.running.workdir import Program

_log = logging.getLogger(__name__)
MAX_ACTS = 100
ACTS_US = 250_000
Deliver = Callable[[tuple[RunEvent, ...]], None]


class RunHandle(Protocol):
    """A program on its way, as `student_app.running.run.Run` is one."""

    def write_stdin(self, text: str) -> None:
        """Send text to its standard input."""
        ...

    def close_stdin(self) -> None:
        """Let it read the end of its input."""
        ...

    def happen(self, lines: str) -> None:
        """Tell it what was done in its window."""
        ...

    def stop(self) -> None:
        """End it."""
        ...


Runner = Callable[[Program, RunLimits, Deliver], RunHandle]
Told = Callable[[int, RunEvent], None]


class RunControl:
    """At most one run at a time. `told` hears every event of it with the run's number, after it was recorded."""

    def __init__(self, recorder: Recorder, runner: Runner, told: Told, shelf: PictureShelf | None = None) -> None:
        self.waiting_for_input = False
        self._recorder = recorder
        self._runner = runner
        self._told = told
        self._shelf = shelf or PictureShelf(None)
        self._figures = ShownFigures()
        self._lock = threading.RLock()
        self._handle: RunHandle | None = None
        self._number = 0
        self._grade = ""
        self._closed = False
        self._done: list[str] = []
        self._done_since_us = 0
        self._moved = False

    @property
    def running(self) -> int:
        """The number of the run that goes on, 0 for none."""
        return self._number if self._handle is not None else 0

    def start(self, question: QuestionContent, file: str, limits: ExamLimits, imports: Imports | None = None) -> int:
        """Run `file` (as `question/name`) and return the run's number; `imports` is what it may import.

        Raises:
            InputProblem: a run goes on, or there is no such file.
        """
        with self._lock:
            self._must_be_free()
            program = Program(files=self._texts(question), data=_data(question), main=file.partition("/")[2])
            return self._begin(question, file, replace(program, imports=imports), limits, checks=False)

    def start_checks(self, question: QuestionContent, limits: ExamLimits, imports: Imports | None = None) -> int:
        """Run the question's shown checks over its files and return the run's number; raises as `start` does."""
        with self._lock:
            self._must_be_free()
            if not question.checks:
                raise InputProblem("This question has no checks.")
            program = checking(self._texts(question), _data(question), question.checks)
            program = replace(program, imports=imports)
            return self._begin(question, f"{question.id}/{question.main}", program, limits, checks=True)

    def _must_be_free(self) -> None:
        if self._handle is not None:
            raise InputProblem("A program is running. Stop it first.")

    def _texts(self, question: QuestionContent) -> dict[str, str]:
        return {name.partition("/")[2]: text for name, text in self._recorder.texts(question.id).items()}

    def _begin(
        self, question: QuestionContent, file: str, program: Program, limits: ExamLimits, *, checks: bool
    ) -> int:
        number = self._recorder.memory.runs + 1
        files = self._recorder.files(question.id)
        self._recorder.record(
            kinds.RunStarted(
                run=number, question=question.id, file=file, files=files, grade=self._grade, checks=checks,
                packages=program.imports.label if program.imports is not None else "",
            )
        )  # fmt: skip
        self._recorder.memory.runs = number
        self._number = number
        self._figures = ShownFigures()
        self._handle = self._runner(program, _limits(limits), lambda events: self._take(number, events))
        return number

    def type_in(self, text: str) -> None:
        """Give the running program a line of input; raises `InputProblem` when none runs."""
        with self._lock:
            if self._handle is None:
                raise InputProblem("No program is running that could read this.")
            self._handle.write_stdin(text)
            for piece in pieces(safe_text(text)):
                self._recorder.record(kinds.RunInput(run=self._number, text=piece))

    def act(self, line: str) -> None:
        """Tell the running program what was done in its window: tab-separated words, see `running.guard.window`.

        It is written into the log a few things together: a key that is held down repeats fast.
        """
        with self._lock:
            if self._handle is None or self._closed:
                return
            self._handle.happen(line + "\n")
            word, *values = line.split("\t")
            if not self._done:
                self._done_since_us = self._recorder.mono_us()
            moves = word == "move"
            if moves and self._moved:
                self._done.pop()  # where the mouse was in between says nothing
            self._moved = moves
            self._done.append(" ".join([word, *(values[:1] if word in ("press", "release") else values)]))
            self._keep_old_acts()

    def _keep_old_acts(self) -> None:
        with self._lock:
            old = self._done and self._recorder.mono_us() - self._done_since_us > ACTS_US
            if old or len(self._done) > MAX_ACTS:
                self._keep_acts()

    def _keep_acts(self) -> None:
        """Record what was done in the program's window since the last time."""
        with self._lock:
            done, self._done, self._moved = self._done, [], False
            if done and not self._closed:
                text = safe_text("".join(f"{line}\n" for line in done))
                self._recorder.record(kinds.RunInput(run=self._number, text=text, how="window"))

    def stop(self) -> None:
        """Stop the running program, if there is one."""
        with self._lock:
            if self._handle is not None:
                self._handle.stop()

    def close(self) -> None:
        """Stop the running program, and record that as its end: nothing is recorded of it afterwards."""
        with self._lock:
            if self._handle is not None:
                self._handle.stop()
                self._handle = None
                self._keep_acts()
                self._recorder.record(kinds.RunEnded(run=self._number, reason="stopped", seconds=0.0))
            self._closed = True

    def _take(self, number: int, events: tuple[RunEvent, ...]) -> None:
        for event in events:
            with self._lock:
                if self._closed:
                    return
                self._keep_old_acts()
            self._record(number, event)
            if isinstance(event, Ended):
                with self._lock:
                    self._handle = None
                    self.waiting_for_input = False
            self._told(number, event)

    def _record(self, number: int, event: RunEvent) -> None:
        match event:
            case Started(grade=grade):
                self._grade = grade
            case Output(stream=stream, text=text):
                where: Literal["out", "err"] = "err" if stream == "stderr" else "out"
                for piece in pieces(safe_text(text)):
                    self._recorder.record(kinds.RunOutput(run=number, stream=where, text=piece))
            case OutputCapped():
                self._recorder.record(kinds.RunOutput(run=number, stream="out", text="", capped=True))
            case WaitingForInput(waiting=waiting):
                self.waiting_for_input = waiting
            case RefusedImport(name=name):
                self._recorder.record(kinds.Refused(what="import", detail=safe_text(name)[:200]))
            case RefusedNetwork(where=address):
                self._recorder.record(kinds.Refused(what="network", detail=safe_text(address)[:200]))
            case Figure():
                self._figures.take(event)
            case Ended():
                self._keep_acts()
                self._recorder.record(_ended(number, event, self._figures.kept(self._shelf)))


def _data(question: QuestionContent) -> dict[str, bytes]:
    return {each.path: each.data for each in question.data}


def _ended(number: int, event: Ended, figures: tuple[kinds.FigureState, ...]) -> kinds.RunEnded:
    traceback = event.traceback
    return kinds.RunEnded(
        run=number,
        reason=event.reason,
        seconds=round(event.seconds, 3),
        exit_code=event.exit_code,
        signal=None if event.signal is None else str(event.signal),
        error=safe_text(traceback.plain)[:500] if traceback is not None else "",
        line=traceback.frames[-1].line if traceback is not None and traceback.frames else None,
        figures=figures,
    )


def _limits(limits: ExamLimits) -> RunLimits:
    return RunLimits(
        seconds=limits.seconds,
        memory_mb=limits.memory_mb,
        output_kb=limits.output_kb,
        processes=limits.processes,
        network=limits.network,
        file_mb=limits.files_mb,
    )
