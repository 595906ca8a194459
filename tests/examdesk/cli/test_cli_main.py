"""The command line's frame: dispatch, sentences, exit codes, and that nothing else is imported."""

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from examdesk.cli.main import COMMANDS, Command, Program
from tests.support.clocks import ManualClock

ROOT = Path(__file__).resolve().parents[3]

HARNESS = {
    "end": Command("tests.support.commands", "end in a given way"),
    "gone": Command("tests.support.no_such_command", "not carried by this installation"),
    "needy": Command("tests.support.needs_missing", "needs a package that is not there"),
}


@pytest.fixture
def program(tmp_path):
    return Program(commands=HARNESS, log_dir=tmp_path / "log", clock=ManualClock(wall_ms=1234))


def test_a_commands_exit_code_is_the_programs(program):
    assert program.run(["end", "code", "--code", "1"]) == 1


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        ("input", "The file x.csv has no column with names. Add one."),
        ("environment", "The disk is full. Free 2 GB."),
        ("peer", "The desk sent a wrong signature; its batch was kept and refused."),
    ],
)
def test_a_problem_prints_its_sentence_and_nothing_else(program, capsys, how, sentence):
    assert program.run(["end", how]) == 2
    shown = capsys.readouterr()
    assert shown.err == f"examdesk: {sentence}\n"
    assert shown.out == ""


def test_a_bug_ends_with_its_sentence_and_where_the_details_are(program, capsys, tmp_path):
    assert program.run(["end", "bug"]) == 70
    shown = capsys.readouterr().err
    assert shown.startswith("examdesk: The table could not be derived; the log itself is unharmed. The details are in ")
    assert "Traceback" not in shown
    assert str(tmp_path / "log" / "errors.log") in shown


def test_the_log_has_places_and_no_students_code(program, tmp_path):
    assert program.run(["end", "unexpected"]) == 70
    log = (tmp_path / "log" / "errors.log").read_text(encoding="utf-8")
    assert "builtins.KeyError" in log
    assert "commands.py" in log
    assert log.startswith("--- 1234 ms since 1970")
    assert "Ada" not in log


def test_a_log_folder_that_cannot_be_made_is_said(tmp_path, capsys):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    assert Program(commands=HARNESS, log_dir=tmp_path / "file" / "log").run(["end", "bug"]) == 70
    assert "could not be written" in capsys.readouterr().err


def test_an_interrupt_ends_with_130(program, capsys):
    assert program.run(["end", "interrupt"]) == 130
    assert capsys.readouterr().err == "examdesk: Stopped.\n"


def test_a_missing_command_breaks_no_other(program, capsys):
    assert program.run(["gone"]) == 2
    assert "does not carry the command gone" in capsys.readouterr().err
    assert program.run(["end", "code"]) == 0


def test_a_missing_package_is_named(program, capsys):
    assert program.run(["needy"]) == 2
    assert "needs the package a_package_that_nobody_installed" in capsys.readouterr().err


def test_a_mistyped_command_is_answered_with_the_nearest(capsys):
    assert Program().run(["similarty"]) == 2
    assert "Did you mean `examdesk similarity`?" in capsys.readouterr().err


def test_an_unknown_option_is_called_an_option(program, capsys):
    assert program.run(["--loud"]) == 2
    assert "There is no option --loud." in capsys.readouterr().err


@pytest.mark.parametrize("argv", [[], ["-h"], ["--help"], ["help"]])
def test_help_lists_every_command(capsys, argv):
    assert Program().run(argv) == 0
    shown = capsys.readouterr().out
    assert all(f"  {name} " in shown and command.help in shown for name, command in COMMANDS.items())


def test_version_is_one_line(program, capsys):
    assert program.run(["--version"]) == 0
    assert capsys.readouterr().out.startswith("examdesk ")


def test_wrong_arguments_show_the_commands_usage(program, capsys):
    with pytest.raises(SystemExit) as ended:
        program.run(["end"])
    assert ended.value.code == 2
    assert "usage: examdesk end" in capsys.readouterr().err


def test_help_imports_no_command():
    probe = (
        "import sys\n"
        "from examdesk.cli.main import Program\n"
        "Program().run(['--help'])\n"
        "extra = [m for m in sys.modules if m.startswith(('examdesk.', 'PyQt6', 'PySide6', 'sqlalchemy'))]\n"
        "print(sorted(extra), file=sys.stderr)\n"
    )
    ended = subprocess.run([sys.executable, "-c", probe], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ended.stderr.strip() == "['examdesk.cli', 'examdesk.cli.main']"


@pytest.mark.skipif(sys.platform == "win32", reason="pipes end differently there")
def test_a_reader_that_goes_away_is_no_error():
    probe = (
        "import sys\n"
        "from examdesk.cli.main import Command, Program\n"
        "sys.exit(Program(commands={'end': Command('tests.support.commands', '')}).run(['end', 'talk']))\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", probe], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as talking:
        assert talking.stdout.readline() == "line 0\n"
        talking.stdout.close()
        assert talking.stderr.read() == ""
        assert talking.wait() == 141


@pytest.mark.parametrize("name", COMMANDS)
def test_every_commands_parser_carries_its_name(name):
    module = pytest.importorskip(COMMANDS[name].module, exc_type=ModuleNotFoundError)
    assert callable(module.add_parser)
    assert callable(module.run)
    with pytest.raises(SystemExit) as ended:
        Program().run([name, "--help"])
    assert ended.value.code == 0


def test_every_module_beside_main_is_a_command():
    folder = Path(importlib.import_module("examdesk.cli").__file__).parent
    carried = {f"examdesk.cli.{path.stem}" for path in folder.glob("*.py") if not path.stem.startswith(("_", "main"))}
    assert carried <= {command.module for command in COMMANDS.values()}
