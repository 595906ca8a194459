"""`examdesk COMMAND`: finds the command's module, runs it, and turns every error into a sentence and an exit code.

Exit codes: 0 done; 1 what was asked about does not hold; 2 wrong input or something missing on this computer;
70 an error of ours, with details in a log file; 130 interrupted; 141 the reader of the output went away.
"""

import argparse
import difflib
import importlib
import io
import os
import platform
import signal
import sys
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, cast

import platformdirs

from shared.clock import Clock, SystemClock
from shared.problems import Bug, EnvironmentProblem, InputProblem, Problem

_ENDINGS = ("SIGTERM", "SIGHUP", "SIGBREAK")
"""What asks a program to end beside Ctrl-C: it tidies up as after that."""
EXIT_PROBLEM = 2
EXIT_BUG = 70
EXIT_INTERRUPTED = 130
EXIT_BROKEN_PIPE = 141

LOG_NAME = "errors.log"
MISTAKE = "ExamDesk made a mistake and stopped this command."


@dataclass(frozen=True, slots=True)
class Command:
    """Where a command lives and what it does, so that help needs no import of it."""

    module: str
    help: str


COMMANDS: Mapping[str, Command] = {
    "exam": Command("examdesk.cli.exam", "make, check, change, import, pack and show an exam folder"),
    "roster": Command("examdesk.cli.roster", "preview and import a class list"),
    "hub": Command("examdesk.cli.hub", "serve an exam on this network without a screen"),
    "key": Command("examdesk.cli.key", "save the exam's key, with which another laptop takes over"),
    "control": Command(
        "examdesk.cli.control", "open, end, extend, pause, lock, collect, write, let in, list who is missing"
    ),
    "watch": Command("examdesk.cli.watch", "follow a running exam in the terminal"),
    "session": Command("examdesk.cli.session", "show one session: events, runs, text at any moment, differences"),
    "import": Command("examdesk.cli.import_", "hand in work that students bring on a stick"),
    "verify": Command("examdesk.cli.verify", "check what is signed and name the first thing that does not hold"),
    "signals": Command("examdesk.cli.signals", "work out an exam's signals again and compare them"),
    "similarity": Command("examdesk.cli.similarity", "compare a folder of programs with each other"),
    "export": Command("examdesk.cli.export", "write an exam's records to files"),
    "cat": Command("examdesk.cli.cat", "show an archive in the terminal"),
    "outline": Command("examdesk.cli.outline", "write a PDF for each student, and the summary"),
    "sheet": Command("examdesk.cli.sheet", "write the workbook with all tables"),
    "rebuild": Command("examdesk.cli.rebuild", "derive every table again from the event logs"),
    "rehearse": Command("examdesk.cli.rehearse", "load this laptop with simulated students and say what it held"),
    "demo": Command("examdesk.cli.demo", "run a whole exam with simulated students"),
    "completion": Command("examdesk.cli.completion", "print the script by which a shell completes what is typed"),
}


class CommandModule(Protocol):
    """What each command's module offers."""

    def add_parser(self, subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> object:
        """Add the command's own parser."""
        ...

    def run(self, args: argparse.Namespace) -> int:
        """Do it and return the exit code."""
        ...


def default_log_dir() -> Path:
    """Return the folder in which this system keeps a program's logs."""
    return Path(platformdirs.user_log_dir("examdesk", appauthor=False))


@dataclass(frozen=True, slots=True)
class Program:
    """The command line as a whole, built once in `main`.

    Attributes:
        commands: every command by name.
        log_dir: where details of our own errors are written.
        clock: dates those details.
    """

    commands: Mapping[str, Command] = field(default_factory=lambda: COMMANDS)
    log_dir: Path = field(default_factory=default_log_dir)
    clock: Clock = field(default_factory=SystemClock)

    def run(self, argv: Sequence[str]) -> int:
        """Run one command and return its exit code; only argparse's own SystemExit passes through."""
        try:
            code = self._dispatch(list(argv))
            sys.stdout.flush()
        except BrokenPipeError:
            _drop_output()
            return EXIT_BROKEN_PIPE
        except KeyboardInterrupt:
            _complain("Stopped.")
            return EXIT_INTERRUPTED
        except Exception as error:  # noqa: BLE001 - the one place where everything ends with a sentence
            return self._explain(error)
        return code

    def _explain(self, error: Exception) -> int:
        """Say what went wrong by whose it is, and return the exit code."""
        if isinstance(error, Bug):
            return self._apologise(error, error.sentence)
        if isinstance(error, Problem):
            _complain(error.sentence)
            return EXIT_PROBLEM
        if isinstance(error, OSError) and error.filename is not None:
            _complain(f"{error.filename} can't be used: {error.strerror}. Name another place, or see who may use it.")
            return EXIT_PROBLEM
        return self._apologise(error, MISTAKE)

    def _dispatch(self, argv: list[str]) -> int:
        name = argv[0] if argv else "--help"
        if name in ("-h", "--help", "help"):
            sys.stdout.write(self._help())
            return 0
        if name == "--version":
            sys.stdout.write(f"examdesk {installed_version()}\n")
            return 0
        command = self.commands.get(name)
        if command is None:
            raise InputProblem(self._unknown(name))
        from examdesk.cli._examples import add_examples  # noqa: PLC0415 - the list of commands needs no import

        module = _load(name, command)
        parser = argparse.ArgumentParser(prog="examdesk", allow_abbrev=False)
        commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
        module.add_parser(commands)
        add_examples(commands.choices[name], name)
        return module.run(parser.parse_args(argv))

    def _help(self) -> str:
        width = max(map(len, self.commands))
        lines = [f"  {name:{width}}  {command.help}" for name, command in self.commands.items()]
        return (
            "usage: examdesk [--version] [--help] COMMAND …\n\n"
            "Supervised Python coding exams on a classroom's own network, offline first.\n\n"
            "commands:\n" + "\n".join(lines) + "\n\n"
            "`examdesk COMMAND --help` says what a command needs.\n"
        )

    def _unknown(self, name: str) -> str:
        near = difflib.get_close_matches(name, self.commands, n=1)
        hint = f"Did you mean `examdesk {near[0]}`?" if near else f"There are: {', '.join(self.commands)}."
        kind = "option" if name.startswith("-") else "command"
        return f"There is no {kind} {name}. {hint}"

    def _apologise(self, error: BaseException, sentence: str) -> int:
        try:
            where = f"The details are in {self._write_details(error)}; please send them with a report of what you did."
        except OSError as refused:
            where = f"The details could not be written to {self.log_dir} ({refused.strerror})."
        _complain(f"{sentence} {where}")
        if os.environ.get("EXAMDESK_DEBUG"):
            traceback.print_exception(error)
        return EXIT_BUG

    def _write_details(self, error: BaseException) -> Path:
        """Append types and places of an error and of its causes, without messages: these could quote a student."""
        self.log_dir.mkdir(parents=True, exist_ok=True)
        path = self.log_dir / LOG_NAME
        system = f"Python {platform.python_version()}, {platform.platform()}"
        lines = [f"--- {self.clock.wall_ms()} ms since 1970-01-01 UTC, examdesk {installed_version()}, {system}\n"]
        for link in _causes(error):
            lines += [f"{type(link).__module__}.{type(link).__qualname__}\n", *traceback.format_tb(link.__traceback__)]
        with path.open("a", encoding="utf-8") as log:
            log.writelines(lines)
        return path


def installed_version() -> str:
    """Return the version of this installation."""
    from importlib import metadata  # noqa: PLC0415 - takes longer than most commands, and few ask

    try:
        return metadata.version("examdesk")
    except metadata.PackageNotFoundError:
        return "(not installed)"


def _load(name: str, command: Command) -> CommandModule:
    try:
        return cast(CommandModule, importlib.import_module(command.module))
    except ModuleNotFoundError as missing:
        if missing.name is not None and command.module.startswith(missing.name):
            raise EnvironmentProblem(
                f"This installation does not carry the command {name}. Install ExamDesk again; nothing was changed."
            ) from missing
        raise EnvironmentProblem(
            f"The command {name} needs the package {missing.name}, which is not installed here. "
            f"Install ExamDesk again, with all its packages; nothing was changed."
        ) from missing


def _causes(error: BaseException) -> list[BaseException]:
    """Return the error and what it came from, first cause last."""
    chain: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and link not in chain:
        chain.append(link)
        link = link.__cause__ or link.__context__
    return chain


def _complain(sentence: str) -> None:
    from examdesk.exports.cells import safe  # noqa: PLC0415 - the list of commands needs no import

    sys.stderr.write(f"examdesk: {safe(sentence)}\n")


def _drop_output() -> None:
    """Keep the interpreter from failing once more when it flushes at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def main() -> int:
    """Run the program of this process: the entry point of `examdesk`."""
    for number in (getattr(signal, name, None) for name in _ENDINGS):
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:  # nohup
            signal.signal(number, signal.default_int_handler)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that lacks a letter shows ? and nothing is lost
    return Program().run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
