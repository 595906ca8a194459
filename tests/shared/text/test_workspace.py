"""Files, moved text that keeps its provenance, and snapshots of any moment."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.problems import PeerFault
from shared.text import (
    Change,
    Edit,
    EditMismatch,
    EditOutsideText,
    FileCopied,
    FileCreated,
    FileDeleted,
    FileEdited,
    FileFault,
    FileRenamed,
    MovedFrom,
    Origin,
    Span,
    Workspace,
)


def edit(file: str, offset: int, removed: int, inserted: str, origin: Origin, seq: int, **more: object) -> FileEdited:
    return FileEdited(file, Edit(offset, removed, inserted, origin, seq, **more))  # type: ignore[arg-type]


def workspace_after(*changes: Change, files: dict[str, str] | None = None) -> Workspace:
    workspace = Workspace(files)
    for change in changes:
        workspace.apply(change)
    return workspace


def test_starter_code_cut_and_pasted_stays_starter_code() -> None:
    workspace = workspace_after(
        edit("a.py", 0, 8, "", Origin.TYPED, 1),
        edit("a.py", 3, 0, "def f():", Origin.MOVED, 2),
        files={"a.py": "def f(): pass"[:8] + "end"},
    )
    assert workspace.text("a.py") == "enddef f():"
    assert workspace.model("a.py").provenance() == [Span(0, 11, Origin.STARTER, 0)]


def test_outside_text_pasted_back_stays_outside_with_the_event_that_brought_it() -> None:
    workspace = workspace_after(
        edit("a.py", 0, 0, "borrowed()", Origin.OUTSIDE, 1),
        edit("b.py", 0, 0, "borrowed", Origin.MOVED, 9),
        files={"a.py": "", "b.py": ""},
    )
    assert workspace.model("b.py").provenance() == [Span(0, 8, Origin.OUTSIDE, 1)]


def test_undo_of_a_removal_brings_back_the_provenance_of_each_character() -> None:
    changes = [
        edit("a.py", 0, 0, "abc", Origin.TYPED, 1),
        edit("a.py", 3, 0, "DEF", Origin.OUTSIDE, 2),
    ]
    before = workspace_after(*changes, files={"a.py": ""}).model("a.py").provenance()
    after = workspace_after(
        *changes,
        edit("a.py", 1, 4, "", Origin.TYPED, 3),
        edit("a.py", 1, 0, "bcDE", Origin.MOVED, 4),
        files={"a.py": ""},
    )
    assert after.model("a.py").provenance() == before


def test_text_copied_before_its_source_changed_keeps_its_provenance() -> None:
    workspace = workspace_after(
        FileCopied("a.py", 1, 0, 5),
        edit("a.py", 0, 1, "X", Origin.TYPED, 2),
        edit("a.py", 5, 0, "start", Origin.MOVED, 3),
        files={"a.py": "start"},
    )
    assert workspace.model("a.py").provenance() == [Span(0, 1, Origin.TYPED, 2), Span(1, 10, Origin.STARTER, 0)]


def test_the_place_named_by_the_paste_decides_between_equal_texts() -> None:
    workspace = workspace_after(
        edit("a.py", 1, 0, "x", Origin.OUTSIDE, 1),
        edit("b.py", 0, 0, "x", Origin.MOVED, 2, moved_from=MovedFrom("a.py", 1)),
        files={"a.py": "x", "b.py": ""},
    )
    assert workspace.model("b.py").provenance() == [Span(0, 1, Origin.OUTSIDE, 1)]


def test_what_was_removed_long_ago_is_forgotten_in_favour_of_newer_removals() -> None:
    workspace = workspace_after(edit("a.py", 0, 4, "", Origin.TYPED, 1), files={"a.py": "old!" + "x" * 300})
    for seq in range(2, 258):
        workspace.apply(edit("a.py", 0, 1, "", Origin.TYPED, seq))
    assert workspace.source_of("old!", "a.py") is None
    assert len(workspace.snapshot().clips) == 256


def test_huge_removals_do_not_pile_up() -> None:
    workspace = Workspace({"a.py": ""})
    for seq in range(1, 7, 2):
        workspace.apply(edit("a.py", 0, 0, str(seq) * 3_000_000, Origin.OUTSIDE, seq))
        workspace.apply(edit("a.py", 0, 3_000_000, "", Origin.TYPED, seq + 1))
    assert [clip.text[0] for clip in workspace.snapshot().outside] == ["5"]
    assert workspace.source_of("55", "a.py") == ((2, Origin.OUTSIDE, 5),)


@pytest.mark.parametrize("place", [MovedFrom("gone.py", 0), MovedFrom("a.py", 99), MovedFrom("a.py", -1)])
def test_a_wrong_place_falls_back_to_looking_for_the_text(place: MovedFrom) -> None:
    workspace = workspace_after(edit("a.py", 3, 0, "abc", Origin.MOVED, 2, moved_from=place), files={"a.py": "abc"})
    assert workspace.model("a.py").provenance() == [Span(0, 6, Origin.STARTER, 0)]


def test_moved_text_without_a_known_source_is_called_moved() -> None:
    workspace = workspace_after(edit("a.py", 0, 0, "novel", Origin.MOVED, 7), files={"a.py": ""})
    assert workspace.model("a.py").provenance() == [Span(0, 5, Origin.MOVED, 7)]


def test_text_of_a_deleted_file_keeps_its_provenance_in_a_new_one() -> None:
    workspace = workspace_after(
        FileDeleted("a.py", 1),
        FileCreated("b.py", 2, "starter", Origin.MOVED),
        files={"a.py": "starter"},
    )
    assert workspace.files == ("b.py",)
    assert workspace.model("b.py").provenance() == [Span(0, 7, Origin.STARTER, 0)]


def test_a_renamed_file_keeps_text_provenance_and_place() -> None:
    workspace = workspace_after(
        edit("a.py", 0, 0, "t", Origin.TYPED, 1), FileRenamed("a.py", 2, "z.py"), files={"a.py": "s", "b.py": ""}
    )
    assert workspace.files == ("z.py", "b.py")
    assert workspace.model("z.py").characters_by_origin() == {Origin.TYPED: 1, Origin.STARTER: 1}


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (edit("no.py", 0, 0, "x", Origin.TYPED, 1), FileFault),
        (edit("a.py", 9, 0, "x", Origin.TYPED, 1), EditOutsideText),
        (edit("a.py", 0, 1, "x", Origin.TYPED, 1, removed_text="y"), EditMismatch),
        (edit("a.py", 0, 0, "\ud800", Origin.TYPED, 1), PeerFault),
        (FileCreated("a.py", 1), FileFault),
        (FileCreated("n.py", 1, "\udfff"), PeerFault),
        (FileRenamed("a.py", 1, "b.py"), FileFault),
        (FileRenamed("no.py", 1, "c.py"), FileFault),
        (FileDeleted("no.py", 1), FileFault),
        (FileCopied("a.py", 1, 2, 9), EditOutsideText),
    ],
)
def test_a_change_that_does_not_fit_is_refused_and_changes_nothing(change: Change, fault: type[PeerFault]) -> None:
    workspace = Workspace({"a.py": "abc", "b.py": ""})
    before = workspace.snapshot()
    with pytest.raises(fault):
        workspace.apply(change)
    assert workspace.snapshot() == before


@st.composite
def stories(draw: st.DrawFn) -> list[Change]:
    """Changes in order that fit each other."""
    workspace = Workspace({"a.py": "def solve():\n    pass\n"})
    changes: list[Change] = []
    for seq in range(1, draw(st.integers(1, 40))):
        change = draw(_next_change(workspace, seq))
        workspace.apply(change)
        changes.append(change)
    return changes


@st.composite
def _next_change(draw: st.DrawFn, workspace: Workspace, seq: int) -> Change:
    names: Sequence[str] = workspace.files
    kind = draw(st.sampled_from(["edit", "edit", "edit", "edit", "move", "copy", "create", "rename", "delete"]))
    if kind == "create" or not names:
        return FileCreated(f"new{seq}.py", seq, draw(st.text("ab\n", max_size=5)))
    file = draw(st.sampled_from(names))
    if kind == "rename":
        return FileRenamed(file, seq, f"other{seq}.py")
    if kind == "delete":
        return FileDeleted(file, seq)
    length = workspace.model(file).length
    offset = draw(st.integers(0, length))
    count = draw(st.integers(0, length - offset))
    if kind == "copy":
        return FileCopied(file, seq, offset, count)
    if kind == "move":
        return edit(file, 0, 0, workspace.model(file).slice(offset, count), Origin.MOVED, seq)
    text = draw(st.sampled_from(["", "x", "é😀", "\r\n", "print(1)\n"]))
    return edit(file, offset, count, text, draw(st.sampled_from(Origin)), seq)


@settings(deadline=None)
@given(stories(), st.data())
def test_work_goes_on_from_a_snapshot_of_any_moment_as_it_did_without(
    changes: list[Change], data: st.DataObject
) -> None:
    workspace = Workspace({"a.py": "def solve():\n    pass\n"})
    snapshots = [workspace.snapshot()]
    for change in changes:
        workspace.apply(change)
        snapshots.append(workspace.snapshot())
    start = data.draw(st.integers(0, len(changes)))
    then = Workspace.from_snapshot(snapshots[start])
    for change in changes[start:]:
        then.apply(change)
    assert then.files == workspace.files
    assert then.texts() == workspace.texts()
    assert [then.model(f).provenance() for f in then.files] == [
        workspace.model(f).provenance() for f in workspace.files
    ]


@given(stories())
def test_text_moved_within_the_workspace_never_becomes_new(changes: list[Change]) -> None:
    workspace = Workspace({"a.py": "def solve():\n    pass\n"})
    for change in changes:
        if isinstance(change, FileEdited) and change.edit.origin is Origin.MOVED and change.edit.inserted:
            known = workspace.source_of(change.edit.inserted, change.file)
            if known is not None:
                assert sum(run[0] for run in known) == len(change.edit.inserted)
        workspace.apply(change)


def test_what_is_begun_from_a_snapshot_changes_neither_it_nor_where_it_was_taken() -> None:
    workspace = workspace_after(
        *(edit("a.py", seq, 0, str(seq), Origin.TYPED, seq + 10) for seq in range(4)), files={"a.py": ""}
    )
    taken = workspace.snapshot()
    Workspace.from_snapshot(taken).apply(edit("a.py", 0, 4, "gone", Origin.TYPED, 99))
    assert Workspace.from_snapshot(taken).text("a.py") == "0123"
    assert workspace.text("a.py") == "0123"


@pytest.mark.parametrize("lines", [4, 400])
def test_text_without_an_exact_copy_is_found_again_line_by_line_and_word_by_word(lines: int) -> None:
    foreign = "".join(f"borrowed_{n} = other({n})\n" for n in range(lines))
    own = "".join(f"mine_{n} = own({n})\n" for n in range(lines))
    workspace = workspace_after(
        edit("a.py", 0, 0, own, Origin.TYPED, 1),
        edit("b.py", 0, 0, foreign, Origin.OUTSIDE, 2),
        files={"a.py": "", "b.py": "", "c.py": ""},
    )
    mixed = "\r\n".join((foreign + own).splitlines()) + "\r\nborrowed_1 = mine_1 + ÿ"
    workspace.apply(edit("c.py", 0, 0, mixed, Origin.MOVED, 3))
    text = workspace.text("c.py")
    origins = {text[span.start : span.end].strip(): span.origin for span in workspace.model("c.py").provenance()}
    assert origins.pop("+ ÿ") is Origin.MOVED
    assert all((origin is Origin.OUTSIDE) == ("borrowed" in part) for part, origin in origins.items())
