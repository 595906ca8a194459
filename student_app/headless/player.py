"""Follows a script on a desk."""

import threading
from collections.abc import Callable
from pathlib import Path

from shared.clock import Clock
from shared.problems import EnvironmentProblem, InputProblem, Problem
from student_app.composition import DeskProgram
from student_app.core.desk import Desk
from student_app.core.journal_file import JournalFile, put_meta
from student_app.core.session import Phase
from student_app.headless import script as s
from student_app.headless.report import Reporter

PLACE = "script"
_LOOK_S = 0.2


class Stopped(Exception):
    """Somebody asked the program to end."""


class Player:
    """Does the steps in order. The place in the script is kept in the journal, in one transaction with a step's event.

    So after a crash the script goes on with the first step that is not in the journal.
    """

    def __init__(self, program: DeskProgram, reporter: Reporter, clock: Clock, stop: threading.Event) -> None:
        self._desk: Desk = program.desk
        self._client = program.client
        self._reporter = reporter
        self._clock = clock
        self._stop = stop

    def place(self) -> int:
        """Return how many steps of the script the journal has."""
        found: list[int] = []

        def read(file: JournalFile) -> None:
            found.append(int(file.meta(PLACE) or b"0"))

        sitting = self._desk.sitting
        assert sitting is not None
        sitting.journal.read(read)
        self.wait(lambda: bool(found))
        return found[0]

    def play(self, steps: list[s.AnyStep]) -> None:
        """Wait for the opening, then do all steps that were not done before.

        Raises:
            Stopped: the program has to end.
        """
        self.wait(self._open)
        done = self.place()
        begun_ms = self._now_ms() - max((step.at_ms or 0 for step in steps[:done]), default=0)
        for number, step in enumerate(steps[done:], done + 1):
            if step.at_ms is not None:
                due = begun_ms + step.at_ms
                self.wait(lambda due=due: self._now_ms() >= due)  # type: ignore[misc]
            self._keep_place(number)
            try:
                self._do(step)
            except Problem as problem:
                self._reporter.problem(f"Step {number} of the script: {problem.sentence}")

    def _keep_place(self, number: int) -> None:
        sitting = self._desk.sitting
        assert sitting is not None
        sitting.recorder.mark(put_meta(PLACE, str(number).encode()))

    def _do(self, step: s.AnyStep) -> None:
        if not (self._edit(step) or self._run(step) or self._tell(step)):
            self._other(step)

    def _edit(self, step: s.AnyStep) -> bool:
        desk = self._desk
        match step:
            case s.Insert(file=file, offset=offset, text=text):
                desk.insert(self._file(file), offset, text)
            case s.Delete(file=file, offset=offset, count=count):
                desk.delete(self._file(file), offset, count)
            case s.Paste(file=file, offset=offset, removed=removed, text=text):
                desk.paste(self._file(file), offset, removed, text)
            case s.Copy(text=text):
                desk.copied(text)
            case s.NewFile(file=file, text=text):
                desk.new_file(self._file(file), text)
            case s.RenameFile(file=file, to=to):
                desk.rename_file(self._file(file), self._file(to))
            case s.RemoveFile(file=file):
                desk.remove_file(self._file(file))
            case _:
                return False
        return True

    def _run(self, step: s.AnyStep) -> bool:
        desk = self._desk
        match step:
            case s.Run(file=file, wait=wait):
                desk.run(self._file(file))
                if wait:
                    self.wait(lambda: not desk.state().running)
            case s.Check(question=question, wait=wait):
                desk.run_checks(self._question(question) if question != "" else desk.state().question)
                if wait:
                    self.wait(lambda: not desk.state().running)
            case s.Stdin(text=text):
                desk.type_in(text)
            case s.StopRun():
                desk.stop_run()
            case _:
                return False
        return True

    def _tell(self, step: s.AnyStep) -> bool:
        desk = self._desk
        match step:
            case s.Focus(here=here, away_ms=away_ms):
                desk.focus(here, away_ms)
            case s.View(question=question, file=file):
                name = self._question(question)
                desk.view(name, self._file(file, name) if file else desk.question_view(name).main)
            case s.Message(text=text, about=about):
                desk.message(text, about)
            case s.Hand(up=up, text=text):
                desk.raise_hand(up, text)
            case s.Notes(text=text):
                desk.write_notes(text)
            case _:
                return False
        return True

    def _other(self, step: s.AnyStep) -> None:
        desk = self._desk
        match step:
            case s.Save():
                desk.save()
            case s.Bundle(to=to):
                self._bundle(Path(to))
            case s.Record(to=to):
                self._record(Path(to))
            case s.Submit():
                desk.submit()
            case s.TakeBack():
                desk.take_back()
            case s.Cable(in_=plugged):
                self._client.pull_cable(not plugged)
            case s.Wait(ms=ms, until=until):
                end = self._now_ms() + ms
                self.wait(lambda: self._now_ms() >= end)
                self._wait_for(until)

    def _bundle(self, target: Path) -> None:
        said: list[str] = []
        self._desk.write_bundle(target, said.append)
        self.wait(lambda: bool(said))
        if said[0]:
            raise EnvironmentProblem(said[0])
        self._reporter.lines.say(confirmed="bundle", file=str(target))

    def _record(self, target: Path) -> None:
        said: list[tuple[str, tuple[Path, ...]]] = []
        self._desk.write_record(target, lambda sentence, files: said.append((sentence, files)))
        self.wait(lambda: bool(said))
        sentence, files = said[0]
        if sentence:
            raise EnvironmentProblem(sentence)
        for file in files:
            self._reporter.lines.say(confirmed="record", file=str(file))

    def _wait_for(self, what: str) -> None:
        sitting = self._desk.sitting
        assert sitting is not None
        sitting.recorder.close_burst()
        sitting.journal.flush()
        last = sitting.journal.last
        ready = {
            "saved": lambda: self._desk.state().saved >= last,
            "opened": self._open,
            "packages": lambda: self._desk.state().packages.phase in {"ready", "missing"},
            "run-ended": lambda: not self._desk.state().running,
            "ended": lambda: self._desk.state().phase is Phase.ENDED,
        }
        if what == "safe":
            self.wait_safe(None)
        elif what:
            self.wait(ready[what])

    def _open(self) -> bool:
        state = self._desk.state()
        return bool(state.questions) and state.phase not in {Phase.WAITING, Phase.FINDING, Phase.JOINING, Phase.HELD}

    def _question(self, question: str | int) -> str:
        questions = self._desk.state().questions
        if isinstance(question, str):
            return question
        if not 1 <= question <= len(questions):
            raise InputProblem(f"There is no question {question}; this student has {len(questions)}.")
        return questions[question - 1].id

    def _file(self, file: str, question: str = "") -> str:
        if "/" in file:
            return file
        state = self._desk.state()
        at = question or state.question or (state.questions[0].id if state.questions else "")
        return f"{at}/{file}"

    def _now_ms(self) -> int:
        return self._clock.mono_us() // 1000

    def wait_safe(self, seconds: float | None) -> None:
        """Wait until the hub has everything that was recorded so far, for this long at most; raises `Stopped`."""
        sitting = self._desk.sitting
        assert sitting is not None
        sitting.recorder.close_burst()
        sitting.journal.flush()
        last = sitting.journal.last
        self.wait(lambda: self._desk.state().safe >= last, seconds)

    def wait(self, ready: Callable[[], bool], seconds: float | None = None) -> bool:
        """Wait until `ready()`, or for this long; raises `Stopped` when the program has to end before."""
        end_ms = None if seconds is None else self._now_ms() + int(seconds * 1000)
        while not self._stop.is_set():
            if self._reporter.wait_until(ready, _LOOK_S):
                return True
            if end_ms is not None and self._now_ms() >= end_ms:
                return False
        raise Stopped
