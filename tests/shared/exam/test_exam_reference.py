import re
from pathlib import Path

from shared.exam.reference import BEGIN, END, markdown_table
from shared.exam.schema import all_fields

PAGE = Path(__file__).parents[3] / "docs/exam-format.md"


def test_the_documentation_lists_exactly_the_declared_fields():
    text = PAGE.read_text(encoding="utf-8")
    between = text.split(BEGIN)[1].split(END)[0]
    assert between.strip() == markdown_table()


def test_the_documentations_example_is_an_exam_without_mistakes(exam_dir):
    from shared.exam.reading import read_toml

    example = re.search(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)[1]
    read = read_toml(example)
    assert read.findings == []
    assert read.exam.short_name == "Quiz 2"


def test_no_field_is_declared_twice():
    paths = [path for path, _ in all_fields()]
    assert len(paths) == len(set(paths))
