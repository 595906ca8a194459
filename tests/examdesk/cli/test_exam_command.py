import argparse
import json
import os
from datetime import datetime
from pathlib import Path

import pytest

from examdesk.cli import exam as command
from shared.exam.exam_folder import read_exam
from shared.problems import EnvironmentProblem, InputProblem


class FixedClock:
    def mono_us(self):
        return 0

    def awake_us(self):
        return 0

    def wall_ms(self):
        return int(datetime(2026, 10, 5, 7, 30).timestamp() * 1000)  # noqa: DTZ001 - the PC's local time is meant


def parse(*argv):
    parser = argparse.ArgumentParser(allow_abbrev=False)
    command.add_parser(parser.add_subparsers(dest="command", required=True))
    return parser.parse_args(["exam", *map(str, argv)])


def examdesk(*argv):
    return command.run(parse(*argv))


@pytest.fixture
def quiz(tmp_path, capsys):
    folder = tmp_path / "quiz"
    assert examdesk("new", folder, "--title", "Loops", "--course", "CS 101") == 0
    capsys.readouterr()
    return folder


def change(folder, *argv):
    return command.change_exam(parse("set", folder, *argv), FixedClock())


@pytest.mark.parametrize("count", [1, 2, 5])
def test_a_new_exam_has_no_mistakes(tmp_path, capsys, count):
    assert examdesk("new", tmp_path / "e", "--title", 'A "quoted" ☃ \\ title', "--questions", count) == 0
    assert examdesk("check", tmp_path / "e") == 0
    assert f"{count} question" in capsys.readouterr().out
    assert read_exam(tmp_path / "e")[0].title == 'A "quoted" ☃ \\ title'


def test_a_new_exam_never_overwrites(quiz):
    before = (quiz / "exam.toml").read_bytes()
    with pytest.raises(InputProblem, match="not empty"):
        examdesk("new", quiz)
    assert (quiz / "exam.toml").read_bytes() == before


@pytest.mark.parametrize(
    "argv", [["--questions", "0"], ["--questions", "51"], ["--title", " "], ["--title", "x" * 300]]
)
def test_a_new_exam_that_would_be_wrong_is_not_made(tmp_path, argv):
    with pytest.raises(InputProblem):
        examdesk("new", tmp_path / "e", *argv)
    assert not (tmp_path / "e").exists()


def test_check_lists_findings_as_json_and_fails(quiz, capsys):
    where = quiz / "exam.toml"
    where.write_text(where.read_text().replace("seconds = 10", "seconds = -1").replace("memory_mb", "memory"))
    assert examdesk("check", quiz, "--json") == 1
    findings = json.loads(capsys.readouterr().out)
    assert [(each["severity"], each["field"]) for each in findings] == [
        ("error", "desk.run.seconds"),
        ("warning", "desk.run.memory"),
    ]
    assert all(each["file"] == "exam.toml" and each["line"] > 1 and each["sentence"] for each in findings)


def test_check_of_nothing_or_of_a_damaged_file_is_a_finding(tmp_path, capsys):
    assert examdesk("check", tmp_path / "nowhere", "--json") == 1
    (tmp_path / "bad.exam").write_bytes(b"PK\3\4 no")
    assert examdesk("check", tmp_path / "bad.exam", "--json") == 1
    assert "damaged" in capsys.readouterr().out


def test_set_takes_the_forms_in_which_people_write_times(quiz, capsys):
    assert change(quiz, "--start-after", "09:00", "--end-before", "2026-10-05 11:00:00", "--duration", "90") == 0
    out = capsys.readouterr().out
    assert 'schedule.start: default → "2026-10-05T09:00"' in out
    assert "schedule.duration: 60 → 90" in out
    schedule = read_exam(quiz)[0].schedule
    assert schedule.start == datetime.fromisoformat("2026-10-05T09:00")
    assert schedule.end == datetime.fromisoformat("2026-10-05T11:00")


def test_set_again_changes_nothing_not_even_the_file(quiz, capsys):
    change(quiz, "--start-after", "09:00", "--set", "desk.paste=own")
    before = (quiz / "exam.toml").stat()
    assert change(quiz, "--start-after", "09:00", "--set", "desk.paste=own") == 0
    assert "Nothing to change" in capsys.readouterr().out
    after = (quiz / "exam.toml").stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_durations_and_ends_can_be_moved(quiz):
    change(quiz, "--end-before", "11:00")
    change(quiz, "--duration", "+10", "--end-before", "+10")
    change(quiz, "--duration", "-5")
    schedule = read_exam(quiz)[0].schedule
    assert schedule.duration == 65
    assert schedule.end == datetime.fromisoformat("2026-10-05T11:10")


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        (["--duration", "-60"], "must lie between 1 and 10080, not 0"),
        (["--duration", "soon"], "must be a whole number"),
        (["--end-before", "+10"], "schedule.end is not set"),
        (["--start-after", "25:00"], "is no date and time"),
        (["--start-after", "09:00", "--end-before", "08:00"], "is not after start"),
        (["--set", "zones[1].best_questions=9"], "gets only 2 questions"),
        (["--set", "uuid=cef0cbf3-6458-4f13-a418-ee4d7e7505dd"], "never changes"),
        (["--set", "desk.paste"], "FIELD=VALUE"),
        (["--set", "title=a", "--title", "b"], "named twice"),
        (["--unset", "title"], "an exam needs it"),
        ([], "Say what to change"),
    ],
)
def test_a_change_that_would_be_wrong_writes_nothing(quiz, argv, sentence):
    before = (quiz / "exam.toml").read_bytes()
    with pytest.raises(InputProblem) as caught:
        change(quiz, *argv)
    assert sentence in caught.value.sentence
    assert (quiz / "exam.toml").read_bytes() == before


def test_one_of_several_mistakes_can_be_corrected(quiz):
    where = quiz / "exam.toml"
    where.write_text(
        where.read_text().replace("seconds = 10", "seconds = -1").replace("duration = 60", "duration = -1")
    )
    assert change(quiz, "--duration", "45") == 0
    assert "duration = 45" in where.read_text()


def test_a_dry_run_writes_nothing(quiz, capsys):
    before = (quiz / "exam.toml").read_bytes()
    assert change(quiz, "--title", "Other", "--dry-run") == 0
    assert 'title: "Loops" → "Other"' in capsys.readouterr().out
    assert (quiz / "exam.toml").read_bytes() == before


def test_show_prints_what_is_in_force(quiz, capsys):
    assert examdesk("show", quiz) == 0
    plain = capsys.readouterr().out
    assert "desk.run.seconds = 10" in plain
    assert "signals.large_paste_chars = 200" in plain
    assert 'zones[1].questions[2].id = "parking-meter"' in plain
    assert examdesk("show", quiz, "--json") == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["long_name"] == "Exam 1: Loops"
    assert shown["signals"]["large_paste_chars"] == 200
    assert shown["what_is_recorded"]


def test_pack_and_unpack_keep_everything(quiz, tmp_path, capsys):
    assert examdesk("pack", quiz) == 0
    assert examdesk("check", tmp_path / "quiz.exam") == 0
    assert examdesk("show", tmp_path / "quiz.exam") == 0
    assert examdesk("unpack", tmp_path / "quiz.exam", "-o", tmp_path / "again") == 0
    assert (tmp_path / "again/exam.toml").read_bytes() == (quiz / "exam.toml").read_bytes()
    with pytest.raises(InputProblem, match="Unpack it first"):
        change(tmp_path / "quiz.exam", "--duration", "5")


def test_pack_never_writes_into_the_exam_itself(quiz):
    with pytest.raises(InputProblem, match="outside of it"):
        examdesk("pack", quiz, "-o", quiz / "quiz.exam")


def test_fields_are_listed(capsys):
    assert examdesk("fields") == 0
    assert "desk.run.seconds  (whole number, 1 to 3600; 10)" in capsys.readouterr().out


@pytest.mark.skipif(os.name == "nt" or not Path("/proc/version").exists(), reason="a folder that nobody can write")
def test_a_place_that_can_not_be_written_is_named():
    with pytest.raises(EnvironmentProblem, match="can't be written"):
        examdesk("new", "/proc/examdesk")


def test_a_copy_is_a_ready_exam_of_its_own_and_ready_says_what_is_left(tmp_path, capsys):
    assert examdesk("new", tmp_path / "old", "--title", "Old") == 0
    assert examdesk("copy", tmp_path / "old", "-o", tmp_path / "new", "--title", "New") == 0
    assert examdesk("check", tmp_path / "new") == 0
    with pytest.raises(InputProblem, match="not empty"):
        examdesk("copy", tmp_path / "old", "-o", tmp_path / "new")
    capsys.readouterr()
    assert examdesk("ready", tmp_path / "new", "--json") == 0
    states = {item["name"]: item["state"] for item in json.loads(capsys.readouterr().out)}
    assert (states["exam"], states["roster"]) == ("ready", "unknown")
    (tmp_path / "class.csv").write_text("id,name\ns1,Ada\n")
    assert examdesk("set", tmp_path / "new", "--packages", "numpy") == 0
    assert examdesk("ready", tmp_path / "new", "--roster", tmp_path / "class.csv") == 1
    assert "not collected yet" in capsys.readouterr().out
