"""What IT staff preset on a PC: what counts, where mistakes are, and that none of them stops the desk."""

from pathlib import Path

import pytest

from shared.discovery.joining import Address, parse_destination
from student_app.core import lab
from student_app.core.lab import VARIABLE, Lab, find_lab, read_lab

PRINT = "9f" * 32


def written(folder: Path, text: str, name: str = "student.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def read(tmp_path, text):
    return read_lab(written(tmp_path, text), "pc-17")


def test_everything_can_be_preset(tmp_path):
    place = tmp_path / "work"
    text = f"""
[hub]
address = ["192.168.1.5", "exam.example.org:24000"]
fingerprint = "{PRINT}"
[desk]
room = "B 204"
seat = "{{host}}"
journal = '{place}'
theme = "dark"
"""
    found = read(tmp_path, text)
    assert found.mistakes == ()
    assert found.addresses == (Address("192.168.1.5"), Address("exam.example.org", 24000))
    assert (found.fingerprint, found.room, found.seat) == (bytes.fromhex(PRINT), "B 204", "pc-17")
    assert (found.journal, found.theme, place.is_dir()) == (place, "dark", True)
    assert parse_destination(found.link).fingerprint == bytes.fromhex(PRINT)


@pytest.mark.parametrize(
    ("text", "line", "field", "why"),
    [
        ('[hub]\nadress = "1.2.3.4"', 2, "hub.adress", "is no setting"),
        ('[hub]\n\naddress = "1.2.3"', 3, "hub.address", "isn't complete"),
        ("[hub]\naddress = 5", 2, "hub.address", "text in quotes"),
        ("[hub]\naddress = []", 2, "hub.address", "needs an address"),
        ('[hub]\nfingerprint = "9f"', 2, "hub.fingerprint", "64 hexadecimal"),
        ('[desk]\ntheme = "blue"', 2, "desk.theme", "light, dark, contrast"),
        ('[desk]\njournal = "here"', 2, "desk.journal", "whole path"),
        ('[desk]\nroom = ["a"]', 2, "desk.room", "text in quotes"),
        ("theme = 1", 1, "theme", "outside of"),
    ],
)
def test_a_mistake_names_file_line_and_field_and_the_rest_counts(tmp_path, text, line, field, why):
    seat = '\nseat = "12"' if "[desk]" in text else '\n[desk]\nseat = "12"'
    found = read(tmp_path, text + seat)
    (mistake,) = found.mistakes
    assert mistake.startswith(f"{tmp_path / 'student.toml'}, line {line}, {field}: ")
    assert why in mistake
    assert mistake.endswith("It was left out.")
    assert found.seat == "12"


@pytest.mark.parametrize(
    ("seat", "host", "said"),
    [
        ("{room}-{number}", "LAB2-PC-017", "B 204-017"),
        ("{number}", "reception", "reception"),
        ("{host}", "x" * 90, "x" * 60),
        ("window", "pc-17", "window"),
    ],
)
def test_a_seat_is_named_after_room_and_pc(tmp_path, seat, host, said):
    path = written(tmp_path, f'[desk]\nseat = "{seat}"\nroom = "B 204"')
    assert read_lab(path, host).seat == said


def test_a_seat_with_a_word_that_nothing_fills_in_is_left_out(tmp_path):
    found = read(tmp_path, '[desk]\nseat = "{pc}"')
    assert found.seat == ""
    assert "line 2, desk.seat: has {pc}, and only {host}, {number} and {room} are filled in" in found.mistakes[0]


def test_a_seat_without_a_room_has_no_hole(tmp_path):
    assert read(tmp_path, '[desk]\nseat = "{room}-{number}"').seat == "17"


def test_a_journal_that_can_t_be_written_falls_back(tmp_path):
    in_the_way = written(tmp_path, "", "file")
    found = read(tmp_path, f"[desk]\njournal = '{in_the_way / 'work'}'")
    assert found.journal is None
    assert "usual place" in found.mistakes[0]


@pytest.mark.parametrize("data", [b"[hub\n", b"\xff\xfe", b"#" * 70_000])
def test_a_file_that_is_no_settings_file_presets_nothing(tmp_path, data):
    path = tmp_path / "student.toml"
    path.write_bytes(data)
    found = read_lab(path, "pc")
    assert len(found.mistakes) == 1
    assert str(path) in found.mistakes[0]
    assert found.addresses == ()


def test_a_named_file_comes_before_the_environment_and_that_before_the_usual_places(tmp_path, monkeypatch):
    named = written(tmp_path, '[desk]\nseat = "named"', "a.toml")
    variable = written(tmp_path, '[desk]\nseat = "variable"', "b.toml")
    usual = written(tmp_path, '[desk]\nseat = "usual"', "c.toml")
    monkeypatch.setattr(lab, "usual_places", lambda: (tmp_path / "missing", usual))
    environment = {VARIABLE: str(variable)}
    assert find_lab(named, environment, "pc").seat == "named"
    assert find_lab(None, environment, "pc").seat == "variable"
    assert find_lab(None, {}, "pc").seat == "usual"
    usual.unlink()
    assert find_lab(None, {}, "pc") == Lab()
    assert "can't be read" in find_lab(tmp_path / "missing", {}, "pc").mistakes[0]
