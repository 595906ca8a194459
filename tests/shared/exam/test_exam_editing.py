import tomllib
from datetime import datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.exam.editing import REMOVE, Change, apply, parse_path, parse_value, spec_of
from shared.exam.positions import line_at
from shared.exam.reading import dotted, read_toml
from shared.exam.schema import all_fields, type_words
from shared.exam.template import new_exam
from shared.problems import InputProblem

SOURCE = new_exam(UUID(int=1), title="t")["exam.toml"]


def no_moment(text):
    return datetime.fromisoformat(text)


def changed(field, text, source=SOURCE):
    path = parse_path(field)
    return apply(source, [Change(path, parse_value(path, text, no_moment))])


CHANGES = st.sampled_from(
    [
        ("title", 'Two "words" #1'),
        ("draft", "yes"),
        ("desk.paste", "block"),
        ("desk.run.seconds", "99"),
        ("desk.editor.tab_width", "2"),
        ("signals.off", "offline,restart"),
        ("schedule.start", "2026-10-05T09:00"),
        ("schedule.end", "2026-10-05T12:00:30"),
        ("schedule.duration", "none"),
        ("interpreter.packages", '["numpy>=2", "pandas[excel]"]'),
        ("zones[1].best_questions", "1"),
        ("zones.1.questions.2.title", "Other"),
        ("zones[1].questions[1].points", "10,7,5"),
        ("sections[1].schedule.duration", "30"),
        ("honor_code.mode", "off"),
        ("can_view", "[]"),
    ]
)


@given(st.lists(CHANGES, min_size=1, max_size=6, unique_by=lambda change: change[0]))
def test_changes_hold_once_made_and_making_them_again_changes_nothing(wanted):
    changes = []
    for field, text in wanted:
        path = parse_path(field)
        changes.append(Change(path, parse_value(path, text, no_moment)))
    text, said = apply(SOURCE, changes)
    assert {each.field for each in said} == {dotted(change.path) for change in changes}
    assert apply(text, changes) == (text, [])
    assert [row for row in SOURCE.splitlines() if row.lstrip().startswith("#")] == [
        row for row in text.splitlines() if row.lstrip().startswith("#")
    ]
    read = read_toml(text)
    assert read.exam is not None, read.findings


@given(st.lists(CHANGES, min_size=2, max_size=5, unique_by=lambda change: change[0]), st.randoms())
def test_changes_one_by_one_say_the_same_as_all_at_once(wanted, random):
    one_by_one = SOURCE
    for field, text in random.sample(wanted, len(wanted)):
        one_by_one, _ = changed(field, text, one_by_one)
    changes = [Change(parse_path(f), parse_value(parse_path(f), t, no_moment)) for f, t in wanted]
    assert tomllib.loads(one_by_one) == tomllib.loads(apply(SOURCE, changes)[0])


def test_a_comment_beside_a_value_stays():
    text, _ = changed("schedule.duration", "95")
    assert "duration = 95                # minutes" in text


def test_a_field_is_put_into_its_own_table():
    text, _ = changed("desk.run.processes", "9")
    row = text.splitlines().index("processes = 9")
    assert text.splitlines()[row - 4] == "[desk.run]"


def test_the_files_own_spelling_is_kept():
    source = SOURCE.replace('title = "Programs"', "bestQuestions = 2")
    text, said = changed("zones[1].best_questions", "1", source)
    assert "bestQuestions = 1" in text
    assert said[0].before == 2


def test_taking_a_field_out_brings_back_the_default():
    text, said = apply(SOURCE, [Change(("desk", "paste"), REMOVE)])
    assert said[0].after is None
    assert read_toml(text).exam.desk.paste == "allow"
    assert apply(text, [Change(("desk", "paste"), REMOVE)]) == (text, [])


def test_a_date_that_means_the_same_is_no_change():
    source = SOURCE.replace("early_join = 30", "start = 2026-10-05T09:00:00")
    assert changed("schedule.start", "2026-10-05 09:00", source) == (source, [])


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("desk.run.secs", "1", "There is no field desk.run.secs"),
        ("desk.past", "1", "Did you mean paste?"),
        ("desk", "1", "desk is a table"),
        ("zones", "1", "list of tables"),
        ("zones[1]", "1", "name one field"),
        ("zones[0].title", "1", "counted from 1"),
        ("title[1]", "x", "title is no list"),
        ("title..x", "x", "is no field"),
        ("", "x", "is no field"),
        ("desk.run.seconds", "ten", 'must be a whole number between 1 and 3600, not "ten"'),
        ("desk.run.seconds", "0", "must lie between 1 and 3600"),
        ("desk.run.network", "maybe", "must be true or false"),
        ("desk.paste", "some", "must be one of"),
        ("signals.off", "offline,everything", "must be one of"),
        ("signals.off", "[1, 2", "is no list"),
        ("title", "", "is empty"),
        ("zones[9].title", "x", "There is no zones[9]"),
        ("zones[1].questions[9].title", "x", "There is no zones[1].questions[9]"),
        ("access[1].minutes", "30", "There is no access[1]"),
    ],
)
def test_what_can_not_be_changed_is_said(field, text, sentence):
    with pytest.raises(InputProblem) as caught:
        changed(field, text)
    assert sentence in caught.value.sentence


def test_a_broken_file_is_not_touched():
    with pytest.raises(InputProblem, match="before it is valid TOML"):
        changed("title", "x", "a = = 1")


def test_every_declared_field_has_help_type_and_a_path_that_set_accepts():
    for path, spec in all_fields():
        assert spec.help.endswith("."), path
        assert type_words(spec)
        numbered = path.replace("[]", "[1]")
        assert spec_of(parse_path(numbered)).name == spec.name


def test_a_field_of_a_missing_table_has_no_line():
    assert line_at({}, ("desk", "paste")) is None
