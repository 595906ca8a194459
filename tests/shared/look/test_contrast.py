"""Contrast and colour blindness, computed for every theme (WCAG 2.2; Machado, Oliveira and Fernandes 2009)."""

import colorsys
import re
from itertools import combinations

import msgspec
import pytest

from shared.look import Palette, Status, Theme, palette, status_icon
from shared.text import Origin

THEMES = list(Theme)
LEAST = {Theme.LIGHT: 4.5, Theme.DARK: 4.5, Theme.CONTRAST: 7.0}

Rgb = tuple[float, float, float]

CVD = {
    "full colour vision": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}


def linear(colour: str) -> Rgb:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return r, g, b


def contrast(one: str, other: str) -> float:
    a, b = (0.2126 * r + 0.7152 * g + 0.0722 * bl for r, g, bl in (linear(one), linear(other)))
    return (max(a, b) + 0.05) / (min(a, b) + 0.05)


def lab(colour: str, kind: str) -> Rgb:
    rgb = linear(colour)
    r, g, b = (min(max(sum(k * c for k, c in zip(row, rgb, strict=True)), 0), 1) for row in CVD[kind])
    x = (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047
    y = 0.2126 * r + 0.7152 * g + 0.0722 * b
    z = (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883
    fx, fy, fz = (t ** (1 / 3) if t > 216 / 24389 else (24389 / 27 * t + 16) / 116 for t in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def difference(one: str, other: str, kind: str) -> float:
    return sum((p - q) ** 2 for p, q in zip(lab(one, kind), lab(other, kind), strict=True)) ** 0.5


def text_pairs(p: Palette) -> list[tuple[str, str, str]]:
    """Every text colour with every background that it may stand on."""
    layers = {"window": p.window, "sunken": p.sunken, "surface": p.surface, "raised": p.raised}
    layers |= {"alternate": p.alternate, "hover": p.hover}
    pairs = []
    for name in ("text", "muted", "accent_text", "info", "positive", "attention", "danger"):
        pairs += [(f"{name} on {layer}", getattr(p, name), colour) for layer, colour in layers.items()]
    for name in ("info", "positive", "attention", "danger"):
        soft = getattr(p, f"{name}_soft")
        pairs += [(f"{name} on its soft", getattr(p, name), soft), (f"text on {name}_soft", p.text, soft)]
    for ground in ("accent", "accent_hover", "accent_pressed"):
        pairs.append((f"on_accent on {ground}", p.on_accent, getattr(p, ground)))
    pairs += [("accent_text on accent_soft", p.accent_text, p.accent_soft), ("text on pressed", p.text, p.pressed)]
    pairs.append(("on_selection on selection", p.on_selection, p.selection))
    for status, colours in p.status.items():
        pairs.append((f"{status} pill", colours.text, colours.fill))
        pairs += [(f"{status} on {layer}", colours.text, colour) for layer, colour in layers.items()]
    for origin, look in p.provenance.items():
        pairs += [
            (f"{field} on {origin.name}", colour, look.tint)
            for field, colour in msgspec.structs.asdict(p.syntax).items()
            if field != "line_number"
        ]
    pairs += [("line numbers", p.syntax.line_number, p.surface)]
    pairs += [("console text", p.syntax.text, p.sunken), ("accent_text on selected rail", p.accent_text, p.accent_soft)]
    pairs += [("rail text", p.text, p.pressed), ("text of a wrong field", p.text, p.attention_soft)]
    return pairs


@pytest.mark.parametrize("theme", THEMES)
def test_every_text_is_readable_on_every_background(theme: Theme) -> None:
    failures = [
        f"{name}: {contrast(ink, ground):.2f}"
        for name, ink, ground in text_pairs(palette(theme))
        if contrast(ink, ground) < LEAST[theme]
    ]
    assert failures == []


@pytest.mark.parametrize("theme", THEMES)
def test_borders_focus_marks_and_chart_lines_can_be_seen(theme: Theme) -> None:
    p = palette(theme)
    shapes = {"line_strong": p.line_strong, "focus": p.focus, "accent": p.accent}
    shapes |= {f"series {at}": colour for at, colour in enumerate(p.series)}
    shapes |= {origin.name: look.mark for origin, look in p.provenance.items()}
    failures = [
        f"{name} on {ground}: {contrast(colour, ground):.2f}"
        for name, colour in shapes.items()
        for ground in {p.surface, p.window}
        if contrast(colour, ground) < (2.9 if ground == p.window else 3.0)
    ]
    assert failures == []


@pytest.mark.parametrize("kind", CVD)
@pytest.mark.parametrize("theme", THEMES)
def test_origins_stay_apart_for_colour_blind_people(theme: Theme, kind: str) -> None:
    looks = palette(theme).provenance
    failures = [
        f"{one.name}/{other.name}: {difference(looks[one].mark, looks[other].mark, kind):.1f}"
        for one, other in combinations(Origin, 2)
        if difference(looks[one].mark, looks[other].mark, kind) < 11
    ]
    assert failures == []


@pytest.mark.parametrize("theme", THEMES)
def test_red_is_for_work_in_danger_and_nothing_else(theme: Theme) -> None:
    p = palette(theme)
    colours = {
        value for name, value in msgspec.structs.asdict(p).items() if isinstance(value, str) and "danger" not in name
    }
    colours |= {colour for status in p.status.values() for colour in (status.text, status.fill)}
    colours |= {colour for look in p.provenance.values() for colour in (look.tint, look.mark)}
    colours |= {*p.series, *msgspec.structs.asdict(p.syntax).values()}
    assert {colour for colour in colours if is_red(colour)} == set()
    assert is_red(p.danger)


def is_red(colour: str) -> bool:
    hue, _, saturation = colorsys.rgb_to_hls(*(int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)))
    return saturation > 0.4 and (hue * 360 < 12 or hue * 360 > 345)


@pytest.mark.parametrize("theme", THEMES)
def test_every_status_and_origin_has_a_look_of_its_own(theme: Theme) -> None:
    p = palette(theme)
    assert set(p.status) == set(Status)
    assert set(p.provenance) == set(Origin)
    assert len({(look.text, look.fill) for look in p.status.values()}) == len(Status)
    assert len({status_icon(status) for status in Status}) == len(Status)


@pytest.mark.parametrize("theme", THEMES)
def test_every_colour_is_written_as_six_hexadecimal_digits(theme: Theme) -> None:
    text = msgspec.json.encode(msgspec.to_builtins(palette(theme), str_keys=True)).decode()
    assert all(re.fullmatch("#[0-9a-f]{6}", found) for found in re.findall('"(#[^"]*)"', text))
