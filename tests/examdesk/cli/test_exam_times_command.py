import argparse
import json

import pytest

from examdesk.cli import exam as command
from shared.problems import InputProblem
from tests.examdesk.hub.hub_fixtures import make_exam

TIMES = """
[schedule]
start = "2026-04-20T11:00"
end = "2026-04-20T12:05"
duration = 60
[[access]]
name = "Conflict"
students = ["s3", "s4@example.com"]
opens = "2026-04-20T23:00"
closes = "2026-04-21T00:05"
[[access]]
students = ["s9"]
active = false
[[access]]
name = "Everyone"
[[accommodations]]
students = ["s1"]
factor = 1.5
"""


def examdesk(*argv):
    parser = argparse.ArgumentParser(allow_abbrev=False)
    command.add_parser(parser.add_subparsers(dest="command", required=True))
    return command.run(parser.parse_args(["exam", *map(str, argv)]))


@pytest.fixture
def exam(tmp_path):
    return make_exam(tmp_path / "exam", TIMES)


def test_every_student_of_the_class_list_is_shown_with_times_and_reason(exam, tmp_path, capsys):
    roster = tmp_path / "class.csv"
    roster.write_text("id,name,email\ns1,Ada L,a@x.org\ns2,Bo B,b@x.org\ns4,Cy C,S4@example.com\ns9,Di D,d@x.org\n")
    assert examdesk("times", exam, "--roster", roster, "--json") == 0
    rows = {row["student"]: row for row in json.loads(capsys.readouterr().out)["students"]}
    assert [(rows[each]["minutes"], rows[each]["opens"][11:16]) for each in ("s1", "s2")] == [
        (90, "11:00"),
        (60, "11:00"),
    ]
    assert rows["s1"]["closes"][11:16] == "12:35"
    assert (rows["s4"]["opens"][11:16], rows["s4"]["ends"][8:13]) == ("23:00", "21T00")
    assert [each["rule"] for each in rows["s4"]["also"]] == [3]
    assert (rows["s9"]["may_start"], rows["s9"]["opens"], rows["s9"]["rule"]) == (False, None, 2)


def test_without_a_class_list_it_shows_whom_the_exam_names(exam, capsys):
    assert examdesk("times", exam) == 0
    out = capsys.readouterr().out
    assert "(any student)" in out
    assert "60 min times 1.5 = 90 min." in out
    assert "may not start" in out
    assert "Also open: 2026-04-20 11:00 to 2026-04-20 12:05." in out


def test_a_class_list_that_can_not_be_taken_is_a_sentence(exam, tmp_path):
    (tmp_path / "class.csv").write_text("id,name\n=1+1,Ada\n")
    with pytest.raises(InputProblem, match="class list"):
        examdesk("times", exam, "--roster", tmp_path / "class.csv")
