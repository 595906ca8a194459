"""Design tokens: every colour and size of both apps.

Text on its backgrounds keeps WCAG AA (4.5:1; 7:1 in high contrast), lines that carry meaning 3:1, and colours that
tell things apart stay apart for colour-blind people; the tests compute all of it. Red is `danger`, and danger is
"work is in danger" and nothing else.
"""

import enum

import msgspec

from shared.text.edits import Origin

SPACE = {"hair": 2, "xs": 4, "s": 8, "m": 12, "l": 16, "xl": 24, "xxl": 32}
"""Distances in device-independent pixels, on a grid of 4."""

RADIUS = {"small": 4, "control": 6, "card": 8, "pill": 11}
"""Corner radii in device-independent pixels."""


class Theme(enum.StrEnum):
    """What the person, or the system, chose."""

    LIGHT = "light"
    DARK = "dark"
    CONTRAST = "contrast"


class Status(enum.StrEnum):
    """A desk's status; the value is the word that people read."""

    NOT_JOINED = "Not joined"
    WAITING = "Waiting"
    WORKING = "Working"
    IDLE = "Idle"
    OFFLINE = "Offline"
    PAUSED = "Paused"
    SUBMITTED = "Submitted"
    ENDED = "Ended"


class StatusColours(msgspec.Struct, frozen=True):
    """A status is word and icon in `text`, on `fill` where it is a pill."""

    text: str
    fill: str


class Provenance(msgspec.Struct, frozen=True):
    """An origin is `tint` behind code and `mark` beside or below it."""

    tint: str
    mark: str


class Syntax(msgspec.Struct, frozen=True):
    """Colours of Python code, on `surface` and on every provenance tint."""

    text: str
    keyword: str
    string: str
    number: str
    comment: str
    definition: str
    builtin: str
    decorator: str
    line_number: str


class Palette(msgspec.Struct, frozen=True):
    """All colours of one theme as `#rrggbb`.

    Backgrounds from back to front: `sunken` (rails, headers), `window`, `surface` (cards, tables, fields, code),
    `raised` (menus, tool tips). `*_soft` are backgrounds for text in the colour of the same name.
    """

    window: str
    sunken: str
    surface: str
    raised: str
    alternate: str  # every second row
    hover: str
    pressed: str
    line: str  # divides, decorates
    line_strong: str  # borders that show where a control is
    text: str
    muted: str
    disabled: str
    accent: str
    accent_hover: str
    accent_pressed: str
    on_accent: str
    accent_soft: str
    accent_text: str
    selection: str
    on_selection: str
    focus: str
    info: str
    info_soft: str
    positive: str
    positive_soft: str
    attention: str
    attention_soft: str
    danger: str
    danger_soft: str
    status: dict[Status, StatusColours]
    provenance: dict[Origin, Provenance]
    syntax: Syntax
    series: tuple[str, ...]  # lines and areas in charts, in this order


class TypeScale(msgspec.Struct, frozen=True):
    """Sizes in points."""

    small: float
    body: float
    code: float
    subtitle: float
    title: float
    figure: float
    projector: float


def type_scale(base: float = 10.0) -> TypeScale:
    """Return the sizes that go with `base`, the system font's size in points."""

    def sized(factor: float) -> float:
        return round(base * factor * 2) / 2

    return TypeScale(
        small=sized(0.9),
        body=base,
        code=sized(1.05),
        subtitle=sized(1.2),
        title=sized(1.6),
        figure=sized(2.4),
        projector=sized(7.2),
    )


def palette(theme: Theme) -> Palette:
    """Return a theme's colours."""
    return _PALETTES[theme]


_LIGHT = Palette(
    window="#f4f5f7",
    sunken="#eaecf0",
    surface="#ffffff",
    raised="#ffffff",
    alternate="#f9fafb",
    hover="#eef1f5",
    pressed="#dde3ea",
    line="#dce0e6",
    line_strong="#858f9d",
    text="#1a1f27",
    muted="#545d6b",
    disabled="#9aa3af",
    accent="#1d5fb8",
    accent_hover="#184f9a",
    accent_pressed="#13417f",
    on_accent="#ffffff",
    accent_soft="#e2ecf9",
    accent_text="#184f9a",
    selection="#d3e3f8",
    on_selection="#10202f",
    focus="#1d5fb8",
    info="#184f9a",
    info_soft="#e7f0fb",
    positive="#13634b",
    positive_soft="#dff2ea",
    attention="#7a4b00",
    attention_soft="#fff1d0",
    danger="#b1221a",
    danger_soft="#fde8e6",
    status={
        Status.NOT_JOINED: StatusColours("#59616d", "#eceef1"),
        Status.WAITING: StatusColours("#4a4fa8", "#e9eafb"),
        Status.WORKING: StatusColours("#0d6549", "#daf1e7"),
        Status.IDLE: StatusColours("#7a4b00", "#fdf0cf"),
        Status.OFFLINE: StatusColours("#8a3d0a", "#fbe6d8"),
        Status.PAUSED: StatusColours("#7a2f83", "#f6e5f8"),
        Status.SUBMITTED: StatusColours("#0f5590", "#dcedfa"),
        Status.ENDED: StatusColours("#2b323c", "#dfe3e8"),
    },
    provenance={
        Origin.TYPED: Provenance("#ffffff", "#2a313b"),
        Origin.OUTSIDE: Provenance("#ffecd4", "#c25a00"),
        Origin.MOVED: Provenance("#f5e9f7", "#7d2f8c"),
        Origin.STARTER: Provenance("#eceff2", "#8791a0"),
        Origin.STATEMENT: Provenance("#e0effc", "#0b72c4"),
        Origin.PROGRAM: Provenance("#dff4ee", "#1a9c7d"),
    },
    syntax=Syntax(
        text="#1a1f27",
        keyword="#8a1f6f",
        string="#1c5e2c",
        number="#8a3a00",
        comment="#5b6472",
        definition="#184f9a",
        builtin="#0a5c63",
        decorator="#6a4b00",
        line_number="#69727f",
    ),
    series=("#1d5fb8", "#c25a00", "#1a8a6f", "#9a4fa8", "#7a6a00", "#5a6473", "#0f87c4", "#b0487a"),
)

_DARK = Palette(
    window="#171a1f",
    sunken="#111418",
    surface="#1e2228",
    raised="#282d35",
    alternate="#21262c",
    hover="#2a3038",
    pressed="#353c46",
    line="#30363f",
    line_strong="#727d8c",
    text="#e5e8ed",
    muted="#a5aebb",
    disabled="#6a737f",
    accent="#6ba6f5",
    accent_hover="#8bbaf8",
    accent_pressed="#a6cbfa",
    on_accent="#0a1524",
    accent_soft="#1f3149",
    accent_text="#9cc5fb",
    selection="#2b4a72",
    on_selection="#f2f6fb",
    focus="#8bbaf8",
    info="#9cc5fb",
    info_soft="#1c2b3f",
    positive="#79d3b0",
    positive_soft="#173029",
    attention="#f0c562",
    attention_soft="#352a12",
    danger="#ff9a90",
    danger_soft="#431f1d",
    status={
        Status.NOT_JOINED: StatusColours("#a5aebb", "#2a2f37"),
        Status.WAITING: StatusColours("#b3b7f7", "#2a2c4a"),
        Status.WORKING: StatusColours("#79d3b0", "#17352c"),
        Status.IDLE: StatusColours("#f0c562", "#3a2f14"),
        Status.OFFLINE: StatusColours("#f5a673", "#41291a"),
        Status.PAUSED: StatusColours("#e0a5e8", "#3a2440"),
        Status.SUBMITTED: StatusColours("#8ec5f7", "#1b3147"),
        Status.ENDED: StatusColours("#d5dae1", "#363d47"),
    },
    provenance={
        Origin.TYPED: Provenance("#1e2228", "#e5e8ed"),
        Origin.OUTSIDE: Provenance("#402b16", "#f29a4a"),
        Origin.MOVED: Provenance("#35253b", "#e3adec"),
        Origin.STARTER: Provenance("#2d333b", "#8893a2"),
        Origin.STATEMENT: Provenance("#1a2f45", "#5aaef5"),
        Origin.PROGRAM: Provenance("#15342c", "#3fc3a0"),
    },
    syntax=Syntax(
        text="#e5e8ed",
        keyword="#e79fd6",
        string="#a3d69a",
        number="#f2b68a",
        comment="#a2abb7",
        definition="#9cc5fb",
        builtin="#82d5d8",
        decorator="#e5cb80",
        line_number="#8d97a4",
    ),
    series=("#6ba6f5", "#f29a4a", "#4fc7a4", "#cf8add", "#d8c34a", "#98a3b1", "#6fd0f0", "#f08fb5"),
)

_CONTRAST = Palette(
    window="#000000",
    sunken="#000000",
    surface="#000000",
    raised="#000000",
    alternate="#0d0d0d",
    hover="#26282c",
    pressed="#3a3d42",
    line="#9a9a9a",
    line_strong="#ffffff",
    text="#ffffff",
    muted="#e2e2e2",
    disabled="#9a9a9a",
    accent="#ffd83d",
    accent_hover="#ffe680",
    accent_pressed="#fff0b3",
    on_accent="#000000",
    accent_soft="#2b2400",
    accent_text="#ffd83d",
    selection="#ffd83d",
    on_selection="#000000",
    focus="#4de3ff",
    info="#9fdcff",
    info_soft="#001a2b",
    positive="#7df0bd",
    positive_soft="#00210f",
    attention="#ffd83d",
    attention_soft="#2b2400",
    danger="#ff9d94",
    danger_soft="#2e0000",
    status={
        Status.NOT_JOINED: StatusColours("#d0d0d0", "#1c1c1c"),
        Status.WAITING: StatusColours("#c3c6ff", "#16172e"),
        Status.WORKING: StatusColours("#7df0bd", "#00210f"),
        Status.IDLE: StatusColours("#ffd83d", "#2b2400"),
        Status.OFFLINE: StatusColours("#ffb27a", "#2e1500"),
        Status.PAUSED: StatusColours("#f2b3ff", "#2a0f30"),
        Status.SUBMITTED: StatusColours("#9fdcff", "#001a2b"),
        Status.ENDED: StatusColours("#ffffff", "#333333"),
    },
    provenance={
        Origin.TYPED: Provenance("#000000", "#ffffff"),
        Origin.OUTSIDE: Provenance("#381a00", "#ff9d3d"),
        Origin.MOVED: Provenance("#2a0f30", "#f5c2ff"),
        Origin.STARTER: Provenance("#232529", "#a0a8b3"),
        Origin.STATEMENT: Provenance("#001f3b", "#5cb8ff"),
        Origin.PROGRAM: Provenance("#00291d", "#35d6a5"),
    },
    syntax=Syntax(
        text="#ffffff",
        keyword="#ffb0ea",
        string="#a8f09c",
        number="#ffc299",
        comment="#cfcfcf",
        definition="#a8d3ff",
        builtin="#8cf0f2",
        decorator="#ffe07a",
        line_number="#cfcfcf",
    ),
    series=("#6bb5ff", "#ff9d3d", "#4de0b0", "#e591f5", "#ffe14d", "#c4c4c4", "#8fe9ff", "#ff9dc4"),
)

_PALETTES = {Theme.LIGHT: _LIGHT, Theme.DARK: _DARK, Theme.CONTRAST: _CONTRAST}
