"""The events of a journal, read as changes of its files."""

from shared.events import kinds
from shared.text import Origin, Workspace
from shared.text.replay import apply_event


def _after(*payloads):
    workspace = Workspace()
    for seq, payload in enumerate(payloads):
        apply_event(workspace, seq, payload)
    return workspace


def test_parts_of_a_long_text_are_joined():
    parts = [
        kinds.FileCreated(file="q/a", origin="starter", text=text, part=n, parts=2)
        for n, text in ((1, "ab"), (2, "cd"))
    ]
    assert _after(*parts).text("q/a") == "abcd"


def test_a_burst_is_applied_change_by_change():
    created = kinds.FileCreated(file="q/a", origin="starter", text="x")
    burst = kinds.Edit(file="q/a", changes=(kinds.Change(0, 1, 0, "y"), kinds.Change(5, 0, 1, "")))
    assert _after(created, burst).text("q/a") == "y"


def test_an_own_paste_keeps_where_its_text_came_from():
    created = kinds.FileCreated(file="q/a", origin="starter", text="start ")
    paste = kinds.Paste(file="q/a", at=6, removed=0, text="start", clip="own")
    outside = kinds.Paste(file="q/a", at=11, removed=0, text="!", clip="outside")
    counts = _after(created, paste, outside).model("q/a").characters_by_origin()
    assert counts == {Origin.STARTER: 11, Origin.OUTSIDE: 1}


def test_files_are_renamed_and_removed():
    workspace = _after(
        kinds.FileCreated(file="q/a", origin="student"),
        kinds.FileCreated(file="q/b", origin="student"),
        kinds.FileRenamed(file="q/a", to="q/c"),
        kinds.FileRemoved(file="q/b"),
        kinds.Focus(here=True),
    )
    assert workspace.files == ("q/c",)
