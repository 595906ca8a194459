"""The engine's own programs, started from the window: hubs that outlive it, and short commands with an answer."""

import hashlib
import os
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import msgspec
import platformdirs
import psutil
from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, QTimer, Signal

from examdesk.staffapi.client import read_hub_file
from instructor_app.words import tr
from shared.problems import EnvironmentProblem

POLL_MS = 100
PATIENCE_MS = 60_000
STOP_MS = 5_000
HUB_FILE = "hub.json"
TAKEN_OVER = "taken-over.exam"
"""The exam that `examdesk hub --key` leaves beside the records."""


class FindingLine(msgspec.Struct, frozen=True, kw_only=True):
    """A mistake in an exam folder, as `examdesk exam check --json` prints it."""

    file: str
    sentence: str
    line: int | None = None
    field: str = ""
    severity: Literal["error", "warning"] = "error"


def engine_command() -> list[str]:
    """Return how to call `examdesk` of this installation."""
    if getattr(sys, "frozen", False):
        name = "examdesk.exe" if os.name == "nt" else "examdesk"
        return [str(Path(sys.executable).with_name(name))]
    return [sys.executable, "-m", "examdesk.cli.main"]


def exams_folder() -> Path:
    """Return where this laptop keeps the records of exams."""
    return Path(platformdirs.user_data_dir("examdesk", appauthor=False)) / "exams"


def data_folder(exam: Path) -> Path:
    """Return where this laptop keeps the records of an exam: by the exam's id, so that a moved folder finds them."""
    if exam.name == TAKEN_OVER and (exam.parent / "examdesk.sqlite").exists():
        return exam.parent
    base = exams_folder()
    name = hashlib.sha256(str(exam.resolve()).encode()).hexdigest()[:16]
    try:
        with (exam / "exam.toml").open("rb") as file:
            name = str(tomllib.load(file).get("uuid") or name)
    except (OSError, ValueError):
        pass  # a packed exam, or a broken one that the check will speak about
    safe = "".join(character for character in name if character.isalnum() or character == "-")
    return base / (safe or "exam")


def hub_runs(hub_file: Path) -> bool:
    """Tell whether the process that wrote `hub_file` is alive."""
    try:
        pid = read_hub_file(hub_file).pid
    except EnvironmentProblem:
        return False
    try:
        return pid > 0 and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


class HubStarter(QObject):
    """Starts a hub as a process of its own, which goes on when the window is gone.

    Attributes:
        ready: (path of hub.json) it serves.
        failed: (sentence) it does not.
    """

    ready = Signal(object)
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._process: subprocess.Popen[bytes] | None = None
        self._waited = 0
        self._data = Path()
        self._secret: Path | None = None
        self._poll = QTimer(self)
        self._poll.setInterval(POLL_MS)
        self._poll.timeout.connect(self._look)

    @property
    def busy(self) -> bool:
        """Whether a hub is being started."""
        return self._poll.isActive()

    def start(self, exam: Path, data: Path) -> None:
        """Start a hub for an exam, or find the one that already serves its data."""
        self._start(["--exam", str(exam)], data)

    def take_over(self, key: Path, passphrase: str, data: Path) -> None:
        """Start a hub with an exam's key file; the passphrase goes through a private file that is gone afterwards."""
        self._secret = data / "passphrase"
        try:
            data.mkdir(parents=True, exist_ok=True)
            self._secret.touch(mode=0o600)
            self._secret.write_text(passphrase + "\n", encoding="utf-8")
        except OSError as error:
            self.failed.emit(tr("{folder} can't be written ({why}).", folder=data, why=error.strerror))
            return
        self._start(["--key", str(key), "--passphrase-file", str(self._secret)], data)

    def _start(self, which: list[str], data: Path) -> None:
        self._data = data
        if hub_runs(data / HUB_FILE):
            self.ready.emit(data / HUB_FILE)
            return
        try:
            data.mkdir(parents=True, exist_ok=True)
            (data / "started.json").unlink(missing_ok=True)
        except OSError as error:
            self.failed.emit(
                tr(
                    "{folder} can't be written ({why}). Choose another place for the records.",
                    folder=data,
                    why=error.strerror,
                )
            )
            return
        ready = str(data / "started.json")
        command = [*engine_command(), "hub", *which, "--data", str(data), "--ready-file", ready, "--hold"]
        try:
            self._process = _start_detached(command, data / "start.log")
        except OSError as error:
            words = tr("The hub's program can't be started ({why}). Install ExamDesk again.", why=error.strerror)
            self.failed.emit(words)
            return
        self._waited = 0
        self._poll.start()

    def _over(self) -> None:
        self._poll.stop()
        if self._secret is not None:
            self._secret.unlink(missing_ok=True)
            self._secret = None

    def _let_go(self) -> None:
        """Leave the process to itself: it is not ours to wait for."""
        if self._process is not None:
            self._process.returncode = 0
            self._process = None

    def _look(self) -> None:
        self._waited += POLL_MS
        hub_file = self._data / HUB_FILE
        if (self._data / "started.json").exists() and hub_file.exists():
            self._over()
            self._let_go()
            self.ready.emit(hub_file)
        elif self._process is None or self._process.poll() is not None or self._waited > PATIENCE_MS:
            self._over()
            self.failed.emit(last_sentence(self._data / "start.log"))


class EngineCommand(QObject):
    """Runs `examdesk …` once and hands over its exit code and output.

    Attributes:
        finished: (exit code, output, errors).
        said: (line) it wrote this to standard error while it works.
    """

    finished = Signal(int, bytes, bytes)
    said = Signal(str)

    def __init__(self, arguments: list[str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        program, *first = engine_command()
        self._process = QProcess(self)
        self._process.setProcessEnvironment(_qt_environment())
        self._errors = b""
        self._process.readyReadStandardError.connect(self._hear)
        self._process.finished.connect(self._done)
        self._process.errorOccurred.connect(self._error)
        self._process.setProgram(program)
        self._process.setArguments([*first, *arguments])
        if parent is not None:
            parent.destroyed.connect(self._orphaned)

    def start(self, then: Callable[[int, bytes, bytes], None]) -> None:
        """Start it; `then` gets exit code, standard output and errors."""
        self.finished.connect(then)
        self._process.start()

    def stop(self) -> None:
        """End it; `finished` comes with its exit code."""
        self._process.terminate()
        QTimer.singleShot(STOP_MS, self._process, self._process.kill)

    def _orphaned(self) -> None:
        """Nobody is there any more to hear of it."""
        self._process.blockSignals(True)
        self._process.kill()
        self._process.waitForFinished(STOP_MS)

    def _hear(self) -> None:
        heard = bytes(self._process.readAllStandardError().data())
        self._errors += heard
        lines = heard.decode(errors="replace").split("\n")
        for line in lines:
            if line.strip():
                self.said.emit(line.strip())

    def _done(self, code: int) -> None:
        self._hear()
        self.finished.emit(code, bytes(self._process.readAllStandardOutput().data()), self._errors)
        self.deleteLater()

    def _error(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            self.finished.emit(127, b"", tr("The program examdesk can't be started. Install ExamDesk again.").encode())
            self.deleteLater()


def read_findings(output: bytes) -> list[FindingLine]:
    """Return the mistakes that `exam check --json` printed."""
    try:
        return msgspec.json.decode(output, type=list[FindingLine])
    except msgspec.DecodeError:
        return []


def sentence_of(errors: bytes) -> str:
    """Return what a command said went wrong, without the program's name."""
    lines = [line for line in errors.decode(errors="replace").splitlines() if line.strip()]
    said = [line for line in lines if line.startswith("examdesk: ")] or lines[-1:]
    return " ".join(line.removeprefix("examdesk: ") for line in said)


def last_sentence(log: Path) -> str:
    """Return what a hub said before it ended."""
    try:
        said = sentence_of(log.read_bytes()[-8000:])
    except OSError:
        said = ""
    return said or tr("The hub ended without a word. Start it again; if it ends again, look into {log}.", log=log)


def _start_detached(command: list[str], log: Path) -> subprocess.Popen[bytes]:
    """Start a process that neither a closed window nor a closed terminal ends."""
    detached = getattr(subprocess, "DETACHED_PROCESS", 0) | getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
    with log.open("wb") as errors:
        return subprocess.Popen(  # noqa: S603 - our own program with arguments in a list
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            env=_plain_environment(),
            start_new_session=True,
            creationflags=detached,
        )


def _plain_environment() -> dict[str, str]:
    """Return our environment without what belongs to this window alone."""
    kept = {name: value for name, value in os.environ.items() if name not in ("QT_QPA_PLATFORM", "PYTEST_QT_API")}
    root = Path(__file__).parents[1]
    if (root / "pyproject.toml").exists():
        kept["PYTHONPATH"] = os.pathsep.join(part for part in (str(root), kept.get("PYTHONPATH", "")) if part)
    return kept


def _qt_environment() -> QProcessEnvironment:
    environment = QProcessEnvironment()
    for name, value in _plain_environment().items():
        environment.insert(name, value)
    return environment
