import os
from datetime import datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.exam.document import Alternatives, schedule_of
from shared.exam.exam_folder import exam_or_problem, read_exam
from shared.exam.findings import has_errors
from shared.exam.reading import read_toml
from shared.problems import InputProblem


def test_a_new_exam_is_ready_to_run(exam_dir):
    exam, findings = read_exam(exam_dir)
    assert findings == []
    assert exam.uuid == UUID("cef0cbf3-6458-4f13-a418-ee4d7e7505dd")
    assert exam.id == exam.uuid.bytes
    assert (exam.short_name, exam.long_name) == ("Exam 1", "Exam 1: Coordinates and Vectors")
    assert [question.id for question in exam.questions()] == ["weather-station", "parking-meter", "question-3"]
    assert exam.desk.run.seconds == 10
    assert exam.schedule.start is None


SPOILED = [
    ("duration = 60 ", 'duration = "60"', "schedule.duration", "must be a whole number between 1 and 10080", "error"),
    ("duration = 60 ", "duration = 0", "schedule.duration", "must lie between 1 and 10080, not 0", "error"),
    ("duration = 60 ", "duration = true", "schedule.duration", "not true", "error"),
    ("duration = 60 ", "duration = 6.5", "schedule.duration", "must be a whole number", "error"),
    ('paste = "allow"', 'paste = "sometimes"', "desk.paste", 'must be one of "allow", "own" or "block"', "error"),
    ('paste = "allow"', 'pasted = "allow"', "desk.pasted", "Did you mean desk.paste?", "warning"),
    ('paste = "allow"', "autocomplete = true", "desk.autocomplete", "never completes", "warning"),
    ('paste = "allow"', "record_runs = true", "desk.record_runs", "Did you mean recording.runs?", "warning"),
    ("network = false", 'network = "no"', "desk.run.network", "must be true or false without quotes", "error"),
    ("packages = []", 'packages = ["num py"]', "interpreter.packages[1]", "is no package", "error"),
    ("packages = []", "packages = {a = 1}", "interpreter.packages", "must be a list, not a table", "error"),
    ('python = ">=3.11"', 'python = "3.x"', "interpreter.python", "is no range of Python versions", "error"),
    ('uuid = "cef0', 'uuid = "nope', "uuid", "must be a uuid such as", "error"),
    ('title = "Coordinates and Vectors"', 'title = " "', "title", "title is empty", "error"),
    ('title = "Coordinates and Vectors"', "title = 7", "title", "must be text in quotes, not 7", "error"),
    ("format = 1", "duration = 90", "duration", "Did you mean schedule.duration?", "warning"),
    ('room = ""', "start = 1", "sections[1].start", "Did you mean sections[1].schedule.start?", "warning"),
    ("format = 1", "zone = 1", "zone", "Did you mean zones?", "warning"),
    ("format = 1", "numberChoose = 1", "numberChoose", "Did you mean zones[].questions[].number_choose?", "warning"),
    ("format = 1", "format = 2", "format", "written for a newer ExamDesk", "error"),
    ("format = 1", "formt = 1", "formt", "Did you mean format?", "warning"),
    ("early_join = 30", 'start = "09:00"', "schedule.start", "must be a date and time such as", "error"),
    ("early_join = 30", "start = 09:00:00", "schedule.start", "needs the date as well", "error"),
    ("early_join = 30", 'start = "2026-13-05T09:00"', "schedule.start", "must be a date and time", "error"),
    (
        "early_join = 30",
        'end = "2026-10-05T08:00"\nstart = "2026-10-05T09:00"',
        "schedule.end",
        "end (2026-10-05 08:00) is not after start (2026-10-05 09:00)",
        "error",
    ),
    (
        "early_join = 30",
        'end = "2026-10-05T09:30"\nstart = "2026-10-05T09:00"',
        "schedule.end",
        "From start to end are 30 minutes",
        "warning",
    ),
    (
        '[[sections]]\nname = "A"',
        '[[sections]]\nname = "A"\n[[sections]]\nname = "A"',
        "sections[2].name",
        "two",
        "error",
    ),
    ('[[sections]]\nname = "A"', "[[sections]]", "sections[1].name", "name is missing in sections[1]", "error"),
    ('[[sections]]\nname = "A"', "[sections]", "sections", "each headed [[sections]]", "error"),
    ('{ id = "question-3" }', '{ id = "question-4" }', "zones[1].questions[3].id", "questions/question-4", "error"),
    ('{ id = "question-3" }', '{ id = "Question-3" }', "zones[1].questions[3].id", "write it the same way", "error"),
    ('{ id = "question-3" }', '{ id = "../x" }', "zones[1].questions[3].id", "letters, digits, - and _ only", "error"),
    ('{ id = "question-3" }', '{ id = "parking-meter" }', "zones[1].questions[3].id", "twice", "error"),
    ('{ id = "question-3" }', "{ ident = 1 }", "zones[1].questions[3].id", "id is missing", "error"),
    ('{ id = "question-3" }', "7", "zones[1].questions[3]", "must be a table, not 7", "error"),
    (
        '{ id = "question-3" }',
        '{ alternatives = [{id = "question-3"}], number_choose = 2 }',
        "zones[1].questions[3].number_choose",
        "number_choose is 2; there are 1",
        "error",
    ),
    (
        '{ id = "question-3" }',
        '{ alternatives = [] }, {id = "question-3"}',
        "zones[1].questions[3].alternatives",
        "is empty",
        "error",
    ),
    ('title = "Programs"', "best_questions = 4", "zones[1].best_questions", "gets only 3 questions", "error"),
    ('title = "Programs"', "bestQuestions = 4", "zones[1].bestQuestions", "gets only 3 questions", "error"),
    (
        'title = "Programs"',
        "bestQuestions = 1\nbest_questions = 1",
        "zones[1].best_questions",
        "given twice",
        "error",
    ),
    ('number = "1"', 'attachments = ["/etc/passwd"]', "attachments[1]", "is an absolute path", "error"),
    ('number = "1"', 'attachments = ["../a.pdf"]', "attachments[1]", "leads out of the exam folder", "error"),
    ('number = "1"', 'attachments = ["c:/a.pdf"]', "attachments[1]", "is an absolute path", "error"),
    ('number = "1"', 'attachments = ["a.pdf"]', "attachments[1]", "is not in the exam folder", "error"),
    ('number = "1"', 'attachments = ["exam.toml"]', "attachments[1]", "can't be an attachment", "error"),
    (
        'number = "1"',
        'attachments = ["questions/question-3/question.md"]',
        "attachments[1]",
        "can't be an attachment",
        "error",
    ),
    ('number = "1"', 'languages = ["English"]', "languages[1]", "is no language", "error"),
    ('number = "1"', "languages = []", "languages", "is empty; it needs at least 1", "error"),
    ("[admission]", '[honor_code]\nmode = "own"\n[admission]', "honor_code.text", "its text is empty", "error"),
    ("[admission]", '[honor_code]\ntext = "x"\n[admission]', "honor_code.text", "is not shown", "warning"),
    ("[admission]", '[[access]]\nsections = ["B"]\n[admission]', "access[1].sections[1]", 'no section "B"', "error"),
    ("[admission]", "[[accommodations]]\nfactor = 1.5\n[admission]", "accommodations[1]", "is for nobody", "warning"),
    ("[admission]", "[[access]]\nstudents = [12]\n[admission]", "access[1].students[1]", "text in quotes", "error"),
    ("[admission]", "[accommodations]\nfactor = 9\n[admission]", "accommodations", "must be a list of tables", "error"),
    ("[admission]", "[groups]\nmin_size = 3\nmax_size = 2\n[admission]", "groups.max_size", "smaller", "error"),
    ("[admission]", "[recording]\npastes = false\n[admission]", "recording.pastes", "no effect", "warning"),
    (
        "[admission]",
        "[signals]\noutside_paste_chars = 4\n[admission]",
        "signals.outside_paste_chars",
        "between 5",
        "error",
    ),
    (
        "[admission]",
        "[signals]\nfast_text_chars = 'x'\n[admission]",
        "signals.fast_text_chars",
        "whole number",
        "error",
    ),
    ("[admission]", "[signals]\noff = ['pastes']\n[admission]", "signals.off[1]", "must be one of", "error"),
    ("[admission]", "[signals]\nlarge_paste = 9\n[admission]", "signals.large_paste", "large_paste_chars?", "warning"),
    ("[admission]", "[lockdown]\nlevel = 9\n[admission]", "lockdown", "kept as it is", "warning"),
    (
        "[admission]",
        "[[accommodations]]\nfactor = nan\ntags = ['x']\n[admission]",
        "accommodations[1].factor",
        "number",
        "error",
    ),
]


@pytest.mark.parametrize(
    ("old", "new", "field", "sentence", "severity"), SPOILED, ids=[case[1][:40] for case in SPOILED]
)
def test_a_mistake_is_named_with_its_line_and_field(exam_dir, spoil, old, new, field, sentence, severity):
    first = spoil(old, new)
    exam, findings = read_exam(exam_dir)
    found = [finding for finding in findings if finding.field == field and sentence in finding.sentence]
    assert len(found) == 1, findings
    assert found[0].severity == severity
    assert found[0].file == "exam.toml"
    assert first <= found[0].line <= first + new.count("\n")
    assert (exam is None) == has_errors(findings)


def test_all_mistakes_are_reported_at_once(exam_dir, spoil):
    spoil("duration = 60 ", "duration = -1")
    spoil('paste = "allow"', "paste = 3")
    spoil("memory_mb = 512", "memory_mb = 1")
    spoil('{ id = "question-3" }', '{ id = "gone" }')
    (exam_dir / "questions/parking-meter/question.md").unlink()
    exam, findings = read_exam(exam_dir)
    errors = {finding.field or finding.file for finding in findings if finding.severity == "error"}
    assert exam is None
    assert errors == {
        "schedule.duration",
        "desk.paste",
        "desk.run.memory_mb",
        "zones[1].questions[3].id",
        "questions/parking-meter/question.md",
    }


def test_a_mistake_after_an_unreadable_question_keeps_its_place(exam_dir, spoil):
    spoil('{ id = "weather-station" }', "7")
    spoil('title = "Programs"', "best_questions = 3")
    line = spoil('{ id = "question-3" }', '{ id = "gone" }')
    findings = read_exam(exam_dir)[1]
    assert {(finding.field, finding.severity) for finding in findings} == {
        ("zones[1].questions[1]", "error"),
        ("zones[1].questions[3].id", "error"),
    }
    assert findings[-1].line == line


def test_broken_toml_lines_are_all_named_and_the_rest_is_still_checked(exam_dir, spoil):
    first = spoil("duration = 60 ", "duration = = 60")
    second = spoil("memory_mb = 512", "memory_mb = 512 MB")
    spoil('paste = "allow"', 'paste = "no"')
    findings = read_exam(exam_dir)[1]
    syntax = {finding.line for finding in findings if "not valid TOML" in finding.sentence}
    assert syntax == {first, second}
    assert "desk.paste" in {finding.field for finding in findings}


def test_an_unclosed_string_is_placed_on_its_line(exam_dir, spoil):
    line = spoil('room = ""', 'room = "')
    findings = read_exam(exam_dir)[1]
    assert [finding.line for finding in findings if "not valid TOML" in finding.sentence] == [line]


@pytest.mark.parametrize("source", ["[" * 5000, "a = " + "[" * 5000, "[[zones]", "zones = [", "\0", "= 1", "'''"])
def test_hopeless_toml_is_a_finding_and_no_crash(source):
    read = read_toml(source)
    assert read.exam is None
    assert has_errors(read.findings)


@given(st.text(max_size=80) | st.text(alphabet="[]{}=\"'zones.id,\n 1", max_size=80))
def test_no_text_makes_the_reader_crash(source):
    assert has_errors(read_toml(source).findings)


VALUES = st.recursive(
    st.sampled_from(["1", '"x"', "true", "2026-10-05T09:00:00", "09:00:00", "1.5", "inf", "2026-10-05", '""']),
    lambda inner: (
        st.lists(inner, max_size=2).map(lambda parts: f"[{', '.join(parts)}]")
        | inner.map(lambda part: "{id = " + part + "}")
    ),
    max_leaves=4,
)
NAMES = st.sampled_from(
    ["zones", "sections", "desk", "schedule", "access", "groups", "format", "uuid", "signals", "checks"]
)


@given(st.dictionaries(NAMES, VALUES, min_size=1))
def test_wrong_types_anywhere_are_findings_with_a_line(fields):
    source = "".join(f"{name} = {value}\n" for name, value in fields.items())
    findings = read_toml(source).findings
    assert has_errors(findings)
    assert all(finding.line or "missing" in finding.sentence for finding in findings)


def test_an_empty_file_says_what_an_exam_needs():
    missing = {finding.field for finding in read_toml("").findings}
    assert missing == {"uuid", "title", "zones"}


def test_alternatives_camel_case_and_bare_ids_are_read(exam_dir, spoil):
    spoil(
        '{ id = "parking-meter" },\n  { id = "question-3" }',
        '{ numberChoose = 1, alternatives = ["parking-meter", "question-3"] }',
    )
    spoil('title = "Programs"', 'title = "Programs"\nmaxPoints = 10\nshuffle = false')
    exam, findings = read_exam(exam_dir)
    assert findings == []
    group = exam.zones[0].questions[1]
    assert isinstance(group, Alternatives)
    assert [question.id for question in group.alternatives] == ["parking-meter", "question-3"]
    assert exam.zones[0].max_points == 10


def test_sections_that_this_version_does_not_act_on_are_kept(exam_dir, spoil):
    spoil(
        "[admission]",
        """[checks]
enabled = true
evaluate_seconds = 60
[groups]
enabled = true
[[groups.roles]]
name = "Recorder"
maximum = 1
[[access]]
students = ["s1"]
opens = "2026-10-05T23:00"
minutes = 60
[[accommodations]]
students = ["s2"]
factor = 1.5
[lockdown]
level = 9
[admission]""",
    )
    spoil('{ id = "question-3" }', '{ id = "question-3", points = [10, 7, 5], advance_score = 50, rubric = "x" }')
    exam, findings = read_exam(exam_dir)
    assert not has_errors(findings)
    assert exam.checks.evaluate_seconds == 60
    assert exam.groups.roles[0].name == "Recorder"
    assert exam.access[0].minutes == 60
    assert exam.accommodations[0].factor == 1.5
    assert exam.questions()[2].points == (10, 7, 5)
    assert exam.unknown == {"lockdown": {"level": 9}, "zones[1].questions[3].rubric": "x"}


def test_a_section_changes_only_what_it_says_of_the_schedule(exam_dir, spoil):
    spoil("early_join = 30", 'early_join = 30\nstart = "2026-10-05T09:00"')
    spoil('room = ""', 'room = ""\nschedule = {start = 2026-10-05T11:00:00}')
    exam, findings = read_exam(exam_dir)
    assert findings == []
    own = schedule_of(exam, "A")
    assert own.start == datetime.fromisoformat("2026-10-05T11:00")
    assert own.duration == 60
    assert schedule_of(exam, "nobody") == exam.schedule


def finding_of(folder, file):
    found = [finding for finding in read_exam(folder)[1] if finding.file == file]
    assert len(found) == 1, read_exam(folder)[1]
    return found[0]


def test_a_folder_that_no_zone_names_is_pointed_out(exam_dir):
    (exam_dir / "questions/old").mkdir()
    exam, findings = read_exam(exam_dir)
    assert exam is not None
    assert [(finding.file, finding.severity) for finding in findings] == [("questions/old", "warning")]


@pytest.mark.parametrize(
    ("data", "line", "sentence"),
    [
        (b"", 1, "is empty"),
        (b"# One\n\n  caf\xe9", 3, "not UTF-8 text (byte 0xe9 in line 3)"),
        ("# Eins".encode("utf-16"), 1, "UTF-16"),
        (b"# One\nnul \0", 2, "NUL"),
    ],
)
def test_a_prompt_that_is_no_text_is_named_with_its_line(exam_dir, data, line, sentence):
    (exam_dir / "questions/question-3/question.md").write_bytes(data)
    found = finding_of(exam_dir, "questions/question-3/question.md")
    assert (found.line, found.severity) == (line, "error")
    assert sentence in found.sentence


def test_a_binary_starter_file_is_refused_and_told_where_it_belongs(exam_dir):
    (exam_dir / "questions/question-3/starter/photo.png").write_bytes(b"\x89PNG\xff")
    assert "questions/question-3/data" in finding_of(exam_dir, "questions/question-3/starter/photo.png").sentence


def test_starter_and_data_with_the_same_name_are_refused(exam_dir):
    where = exam_dir / "questions/question-3/data"
    where.mkdir()
    (where / "main.py").write_text("x")
    assert "both bring main.py" in finding_of(exam_dir, "questions/question-3/data/main.py").sentence


def test_names_that_differ_only_in_case_are_refused(exam_dir):
    (exam_dir / "questions/question-3/starter/Main.py").write_text("x")
    assert any("differ only in upper and lower case" in finding.sentence for finding in read_exam(exam_dir)[1])


@pytest.mark.parametrize("name", ["con.txt", "a:b.txt", "what?.csv", "end.", "NUL", "back\\slash"])
def test_names_that_windows_can_not_have_are_refused(exam_dir, name):
    where = exam_dir / "questions/question-3/data"
    where.mkdir()
    (where / name).write_text("x")
    exam, findings = read_exam(exam_dir)
    assert exam is None
    assert "Rename it" in findings[0].sentence


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
class TestLinks:
    def test_a_link_out_of_the_folder_is_refused(self, exam_dir):
        (exam_dir / "questions/question-3/starter/pw.txt").symlink_to("/etc/hostname")
        assert "leads out" in finding_of(exam_dir, "questions/question-3/starter/pw.txt").sentence

    def test_a_relative_link_out_of_the_folder_is_refused(self, exam_dir, tmp_path):
        (tmp_path / "secret").mkdir()
        (exam_dir / "questions/question-3/data").symlink_to("../../../secret")
        assert "leads out" in finding_of(exam_dir, "questions/question-3/data").sentence

    def test_a_dead_link_is_named(self, exam_dir):
        (exam_dir / "questions/question-3/gone.md").symlink_to("nowhere.md")
        assert "not there" in finding_of(exam_dir, "questions/question-3/gone.md").sentence

    def test_a_link_in_a_circle_ends(self, exam_dir):
        (exam_dir / "questions/loop").symlink_to(".")
        assert "link to a folder" in finding_of(exam_dir, "questions/loop").sentence

    def test_a_link_within_the_exam_is_fine(self, exam_dir):
        (exam_dir / "questions/question-3/starter/twin.py").symlink_to("main.py")
        assert read_exam(exam_dir)[1] == []

    def test_a_pipe_is_refused_and_never_opened(self, exam_dir):
        (exam_dir / "questions/question-3/data").mkdir()
        os.mkfifo(exam_dir / "questions/question-3/data/pipe")
        assert "neither a file nor a folder" in finding_of(exam_dir, "questions/question-3/data/pipe").sentence


def test_a_huge_file_is_refused_without_being_read(exam_dir):
    where = exam_dir / "questions/question-3/data"
    where.mkdir()
    with (where / "big.bin").open("wb") as file:
        file.truncate(3 * 2**30)
    assert "32 MiB" in finding_of(exam_dir, "questions/question-3/data/big.bin").sentence


def test_pictures_that_are_not_there_or_need_the_internet_are_pointed_out(exam_dir):
    prompt = exam_dir / "questions/question-3/question.md"
    images = exam_dir / "questions/question-3/images"
    images.mkdir()
    (images / "a.png").write_bytes(b"x")
    prompt.write_text("# Q\n![ok](images/a.png)\n![no](images/b.png)\n![net](https://example.org/c.png)\n")
    exam, findings = read_exam(exam_dir)
    assert exam is not None
    assert [(finding.line, finding.severity) for finding in findings] == [(3, "warning"), (4, "warning")]


def test_hidden_files_and_caches_are_none_of_the_exam(exam_dir):
    (exam_dir / ".git").mkdir()
    (exam_dir / ".git/con.txt").write_text("x")
    (exam_dir / "questions/question-3/starter/__pycache__").mkdir()
    (exam_dir / "questions/question-3/starter/__pycache__/main.pyc").write_bytes(b"\xff")
    assert read_exam(exam_dir)[1] == []


def test_a_byte_order_mark_does_not_matter(exam_dir):
    where = exam_dir / "exam.toml"
    where.write_bytes(b"\xef\xbb\xbf" + where.read_bytes())
    assert read_exam(exam_dir)[1] == []


def test_no_exam_at_all_is_said_plainly(tmp_path):
    assert "There is no folder" in read_exam(tmp_path / "nowhere")[1][0].sentence
    assert "There is no exam.toml" in read_exam(tmp_path)[1][0].sentence
    (tmp_path / "file").write_text("x")
    assert "is not a folder" in read_exam(tmp_path / "file")[1][0].sentence


def test_who_needs_a_valid_exam_gets_the_first_mistake_as_a_sentence(exam_dir, spoil):
    spoil("duration = 60 ", "duration = -1")
    spoil('paste = "allow"', "paste = 3")
    with pytest.raises(InputProblem, match=r"exam.toml, line \d+.*There is 1 more"):
        exam_or_problem(exam_dir)
