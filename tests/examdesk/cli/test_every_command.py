"""What holds of every command: examples that can be typed as they stand, and JSON that loses nothing anywhere."""

import argparse
import io
import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from examdesk.cli._examples import EXAMPLES
from examdesk.cli.main import COMMANDS, Program
from tests.examdesk.exports.rich_exam import rich_exam
from tests.examdesk.hub.hub_fixtures import make_exam

ROOT = Path(__file__).parents[3]
HARD = "王小明 أحمد 👩‍💻"
READING = (
    ("cat", "--data", "records"),
    ("cat", "bundle.examrecord", "--answers"),
    ("verify", "bundle.examrecord"),
    ("verify", "records"),
    ("signals", "--data", "records"),
    ("export", "--data", "records", "--out", "files", "--dry-run"),
    ("export", "--data", "records", "--out", "files", "--what", "sessions", "--quiet"),
    ("roster", "preview", "roster.csv"),
    ("exam", "check", HARD),
    ("exam", "show", HARD),
    ("exam", "times", HARD, "--roster", "roster.csv"),
    ("similarity", "programs"),
)


def parser_of(name):
    parser = argparse.ArgumentParser(allow_abbrev=False)
    commands = parser.add_subparsers()
    __import__(COMMANDS[name].module, fromlist=["add_parser"]).add_parser(commands)
    return parser, commands.choices[name]


def names_below(parser, name):
    yield name
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for inner, each in action.choices.items():
                yield from names_below(each, f"{name} {inner}")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_each_of_its_own_ends_its_help_with_examples_that_it_takes(name, capsys):
    for each in names_below(parser_of(name)[1], name):
        assert EXAMPLES.get(each), each
        for line in EXAMPLES[each]:
            assert line.startswith(name)
            parser_of(name)[0].parse_args(shlex.split(line))
        with pytest.raises(SystemExit):
            Program().run([*each.split(), "--help"])
        shown = capsys.readouterr().out
        assert shown.endswith("examples:\n" + "".join(f"  examdesk {line}\n" for line in EXAMPLES[each]))


def test_there_are_no_examples_of_commands_that_do_not_exist():
    known = {each for name in COMMANDS for each in names_below(parser_of(name)[1], name)}
    assert set(EXAMPLES) <= known


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("place")
    (folder / "records").mkdir()
    rich_exam(folder / "records")
    out = ["export", "--data", str(folder / "records"), "--out", str(folder), "--what", "bundle", "--quiet"]
    assert Program(log_dir=folder / "log").run(out) == 0
    (bundle,) = folder.glob("*.examrecord")
    bundle.rename(folder / "bundle.examrecord")
    make_exam(folder / HARD, "[schedule]\nduration = 60\n")
    (folder / "roster.csv").write_text(f"id;name;section\nm1;{HARD};A\nm2;Ærøskøbing;B\n", encoding="utf-8")
    (folder / "programs").mkdir()
    for name in (HARD, "Łukasz"):
        (folder / "programs" / f"{name}.py").write_text("def f(a, b):\n    return [a, b, a + b]\n" * 9)
    return folder


def said_in(encoding, argv, place, monkeypatch):
    raw = io.BytesIO()
    monkeypatch.chdir(place)
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding=encoding, errors="replace", write_through=True))
        assert Program(log_dir=place / "log").run(argv) in (0, 1)
        sys.stdout.detach()
    return raw.getvalue().decode(encoding)


def read(text):
    """Return what was printed: one document, or one on each line."""
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return [json.loads(line) for line in text.splitlines()]


@pytest.mark.parametrize("argv", READING, ids=" ".join)
def test_json_is_the_same_on_every_code_page(place, monkeypatch, argv):
    found = [
        read(said_in(encoding, [*argv, "--json"], place, monkeypatch)) for encoding in ("utf-8", "cp1252", "ascii")
    ]
    assert found[0] or argv[:2] == ("exam", "check")
    assert found[1:] == [found[0], found[0]]


@pytest.mark.parametrize("argv", READING, ids=" ".join)
def test_text_is_shown_on_every_terminal(place, monkeypatch, argv):
    for encoding in ("cp1252", "ascii"):
        assert said_in(encoding, argv, place, monkeypatch)


def test_a_terminal_of_western_europe_gets_question_marks_and_no_stack_trace(place):
    argv = [sys.executable, "-m", "examdesk.cli.main", "cat", "--data", str(place / "records")]
    environment = os.environ | {"PYTHONIOENCODING": "cp1252:strict", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(argv, cwd=place, env=environment, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"???" in done.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no file names that are no text")
def test_the_name_of_a_file_that_is_no_text_is_said_in_json(place, monkeypatch):
    name = os.fsdecode(b"b\xff.examrecord")
    (place / name).write_bytes((place / "bundle.examrecord").read_bytes())
    found = read(said_in("utf-8", ["verify", name, "--json"], place, monkeypatch))
    assert (found["holds"], found["file"]) == (True, name)


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_bash_completes_commands_options_and_words(capsys, tmp_path):
    assert Program().run(["completion", "bash"]) == 0
    script = tmp_path / "examdesk.bash"
    script.write_text(capsys.readouterr().out)
    asked = (("examdesk ver", "verify"), ("examdesk control ex", "export"), ("examdesk outline --pap", "--paper"))
    for typed, expected in asked:
        words = typed.split()
        line = f"COMP_WORDS=({' '.join(words)}); COMP_CWORD={len(words) - 1}; _shtab_examdesk; echo ${{COMPREPLY[*]}}"
        done = subprocess.run(["bash", "-c", f"source {script}; {line}"], capture_output=True, text=True, check=False)
        assert expected in done.stdout.split()


@pytest.mark.parametrize("shell", ["zsh", "tcsh"])
def test_other_shells_have_a_script_too(capsys, shell):
    assert Program().run(["completion", shell]) == 0
    assert "verify" in capsys.readouterr().out
