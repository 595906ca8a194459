"""The quick files of the fold know the same starter characters as the text model that knows all provenance."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examdesk.evidence.files import PlainFiles, stretches
from shared.events import kinds
from shared.text import Edit, FileEdited, Origin, Workspace

FILE = "q1/main.py"
STARTER = "def f(x):\n    return x + 1\n"


def files_with(text: str = STARTER, origin: str = "starter") -> PlainFiles:
    files = PlainFiles()
    files.create(kinds.FileCreated(file=FILE, origin=origin, text=text))
    return files


def starter_text(files: PlainFiles, file: str = FILE) -> str:
    return "".join(files.texts[file][start:end] for start, end in stretches(files.given(file)))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 6), st.text("ab\n", max_size=4)), max_size=25))
def test_typing_over_starter_code_leaves_what_the_text_model_leaves(edits):
    files, workspace = files_with(), Workspace({FILE: STARTER})
    for seq, (share, most, text) in enumerate(edits, 1):
        length = len(files.texts[FILE])
        at = round(share * length)
        removed = min(most, length - at)
        files.edit(kinds.Edit(file=FILE, changes=(kinds.Change(0, at, removed, text),)))
        workspace.apply(FileEdited(FILE, Edit(at, removed, text, Origin.TYPED, seq)))
    spans = workspace.model(FILE).provenance()
    known = {place for span in spans if span.origin is Origin.STARTER for place in range(span.start, span.end)}
    assert {place for start, end in stretches(files.given(FILE)) for place in range(start, end)} == known


def change(files: PlainFiles, at: int, removed: int, text: str, how: str = "type") -> None:
    files.edit(kinds.Edit(file=FILE, changes=(kinds.Change(0, at, removed, text),), how=how))


@pytest.mark.parametrize("how", ["undo", "redo", "revert"])
def test_starter_code_that_is_put_back_is_starter_code(how):
    files = files_with()
    change(files, 10, 12, "")
    assert len(starter_text(files)) == len(STARTER) - 12
    change(files, 10, 0, STARTER[10:22], how)
    assert starter_text(files) == STARTER


def test_typing_what_was_deleted_is_typing():
    files = files_with()
    change(files, 10, 12, "")
    change(files, 10, 0, STARTER[10:22])
    assert starter_text(files) == STARTER[:10] + STARTER[22:]


def test_starter_code_that_was_cut_or_copied_stays_starter_code_where_it_is_pasted():
    files = files_with()
    text = "    return x + 1\n"
    change(files, STARTER.index(text), len(text), "")
    files.create(kinds.FileCreated(file="q1/more.py", origin="student", text="print(1)\n"))
    files.paste(kinds.Paste(file="q1/more.py", at=9, removed=0, text=text, clip="own"))
    files.paste(kinds.Paste(file="q1/more.py", at=0, removed=0, text="return x + 1", clip="outside"))
    assert starter_text(files, "q1/more.py") == text
    copied = files_with()
    copied.paste(kinds.Paste(file=FILE, at=0, removed=0, text=STARTER[2:20], clip="own"))
    assert starter_text(copied) == STARTER[2:20] + STARTER


def test_files_keep_it_through_parts_names_and_removal():
    files = files_with()
    files.create(kinds.FileCreated(file=FILE, origin="starter", text="more = 2\n", part=2, parts=2))
    files.rename(FILE, "q1/other.py")
    assert starter_text(files, "q1/other.py") == STARTER + "more = 2\n"
    files.remove("q1/other.py")
    assert files.given("q1/other.py") == b""
    files.create(kinds.FileCreated(file=FILE, origin="student"))
    change(files, 0, 0, STARTER, "undo")
    assert starter_text(files) == STARTER
    files.forget_removed()
    assert stretches(files.given(FILE)) == ((0, len(STARTER)),)


def test_own_files_and_files_without_code_have_none():
    assert files_with(origin="student").given(FILE) == b""
    assert files_with("", "starter").given(FILE) == b""
    files = PlainFiles()
    files.create(kinds.FileCreated(file="q1/data.csv", origin="data", text="1;2"))
    assert files.given("q1/data.csv") == b""
    assert files.given("nothing") == b""
