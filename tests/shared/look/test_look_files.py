"""Style sheet, icons and fonts: complete, well-formed and in step with the tokens."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.look import (
    Status,
    Theme,
    code_font_files,
    icon_names,
    icon_svg,
    palette,
    palette_roles,
    status_icon,
    stylesheet,
    type_scale,
)
from shared.look.parts import PARTS_FOLDER, part_files, write_parts
from shared.problems import Bug

WANTED = {
    *("exams", "rosters", "live", "evidence", "review", "institution", "settings", "run", "stop", "submit", "hand"),
    *(
        "message",
        "save-local",
        "save-hub",
        "offline",
        "online",
        "warning",
        "clock",
        "pause",
        "play",
        "search",
        "filter",
    ),
    *("copy", "export", "import", "file", "folder", "add", "close", "check", "code", "paste", "focus-lost", "restart"),
    *("device", "chevron-up", "chevron-down", "chevron-left", "chevron-right"),
}


def test_every_icon_that_the_apps_name_is_drawn() -> None:
    assert set(icon_names()) >= WANTED | {status_icon(status) for status in Status}


@pytest.mark.parametrize("name", icon_names())
def test_an_icon_is_a_line_drawing_in_the_colour_asked_for(name: str) -> None:
    svg = icon_svg(name, "#123456")
    root = ET.fromstring(svg)
    assert root.attrib["viewBox"] == "0 0 24 24"
    assert root.attrib["stroke"] == "#123456"
    assert root.attrib["stroke-width"] == "1.75"
    assert len(root) > 0
    assert set(re.findall(r'(?:fill|stroke)="([^"]*)"', svg.decode())) <= {"none", "#123456"}


def test_an_unknown_icon_is_our_bug_and_says_which() -> None:
    with pytest.raises(Bug, match=r"'\.\./secrets'"):
        icon_svg("../secrets", "#000000")


@pytest.mark.parametrize("theme", Theme)
def test_a_sheet_is_balanced_and_uses_only_colours_of_its_theme(theme: Theme) -> None:
    sheet = stylesheet(theme)
    assert "$" not in re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)
    assert sheet.count("{") == sheet.count("}")
    assert re.sub(r"/\*.*?\*/|[^{}]*\{[^{}]*\}", "", sheet, flags=re.DOTALL).strip() == ""
    known = set(re.findall("#[0-9a-f]{6}", repr(palette(theme))))
    assert set(re.findall("#[0-9a-fA-F]{3,8}", sheet)) <= known
    for status in Status:
        assert f'[status="{status}"]' in sheet


@pytest.mark.parametrize("theme", Theme)
def test_every_file_that_a_sheet_names_exists(theme: Theme) -> None:
    files = set(re.findall(r'url\("([^"]+)"\)', stylesheet(theme)))
    assert files
    assert [file for file in files if not Path(file).is_file()] == []


def test_a_sheet_takes_its_drawings_from_the_folder_given(tmp_path: Path) -> None:
    write_parts(tmp_path)
    files = re.findall(r'url\("([^"]+)"\)', stylesheet(Theme.DARK, parts=tmp_path))
    assert all(file.startswith((tmp_path / "dark").as_posix()) and Path(file).is_file() for file in files)


@pytest.mark.parametrize("theme", Theme)
def test_the_drawings_in_controls_are_in_step_with_icons_and_colours(theme: Theme) -> None:
    folder = PARTS_FOLDER / theme.value
    stored = {file.name: file.read_bytes() for file in folder.iterdir()}
    assert stored == part_files(theme), "out of date: call shared.look.parts.write_parts()"


@pytest.mark.parametrize("theme", Theme)
def test_palette_roles_are_colours_of_the_theme(theme: Theme) -> None:
    roles = palette_roles(theme)
    assert roles["Window"] == palette(theme).window
    assert all(re.fullmatch("#[0-9a-f]{6}", colour) for colour in roles.values())


@given(st.floats(6, 40))
def test_sizes_follow_the_systems_font(base: float) -> None:
    scale = type_scale(base)
    assert scale.small < scale.subtitle < scale.title < scale.figure < scale.projector
    assert scale.body == base
    assert f"font-size: {scale.title:g}pt" in stylesheet(Theme.LIGHT, base)


def test_the_code_font_is_there_with_its_licence() -> None:
    for file in code_font_files():
        assert file.read_bytes()[:4] == b"\x00\x01\x00\x00"
        assert b"calt" not in file.read_bytes()
    licence = (code_font_files()[0].parent / "OFL.txt").read_text()
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence
    assert "Copyright 2020 The JetBrains Mono Project Authors" in licence
