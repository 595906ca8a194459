"""The Qt style sheet and palette of each theme, as plain strings that both bindings understand.

Widgets choose their look by dynamic properties, set before they are shown:

- `kind`: `primary`, `quiet`, `danger`, `rail`, `link` (buttons); `card`, `panel`, `topbar`, `railbar`, `banner`
  (frames); `pill` (labels); `plain` (tables, lists and texts without a frame). `danger` only where work can be lost.
- `level` of a banner, `tone` of a pill: `info`, `positive`, `attention`, `danger`; a pill without a tone is neutral.
- `status` of a pill: a word of `Status`.
- `role` of a label: `title`, `subtitle`, `muted`, `small`, `figure`, `code`, `projector`; of a text field: `code`,
  `console`.
- `state` of a field: `wrong`.
"""

from pathlib import Path
from string import Template

import msgspec

from shared.look.fonts import CODE_FAMILY
from shared.look.parts import PARTS_FOLDER
from shared.look.tokens import Palette, Status, Theme, palette, type_scale

_SHEET = Path(__file__).parent / "sheet.css"


def stylesheet(theme: Theme, base: float = 10.0, parts: Path = PARTS_FOLDER) -> str:
    """Return the sheet for an app whose font has `base` points; `parts` is the folder of `shared.look.parts`."""
    colours = palette(theme)
    values = {name: value for name, value in msgspec.structs.asdict(colours).items() if isinstance(value, str)}
    values |= {f"{name}_pt": f"{size:g}pt" for name, size in msgspec.structs.asdict(type_scale(base)).items()}
    values |= {
        "code_family": f'"{CODE_FAMILY}", "DejaVu Sans Mono", "Consolas", "Menlo", monospace',
        "parts": (parts / theme.value).as_posix(),
        "console_text": colours.syntax.text,
        "scroll": colours.disabled,
    }
    return Template(_SHEET.read_text(encoding="utf-8")).substitute(values) + _pills(colours)


def _pills(colours: Palette) -> str:
    return "\n".join(
        f'QLabel[kind="pill"][status="{status.value}"] '
        f"{{ color: {colours.status[status].text}; background: {colours.status[status].fill}; }}"
        for status in Status
    )


def palette_roles(theme: Theme) -> dict[str, str]:
    """Return colours by the name of their QPalette role, for what a style sheet doesn't reach.

    A name that starts with `Disabled.` belongs to the disabled group, the others to all groups.
    """
    p = palette(theme)
    return {
        "Window": p.window,
        "WindowText": p.text,
        "Base": p.surface,
        "AlternateBase": p.alternate,
        "ToolTipBase": p.raised,
        "ToolTipText": p.text,
        "PlaceholderText": p.muted,
        "Text": p.text,
        "Button": p.surface,
        "ButtonText": p.text,
        "BrightText": p.danger,
        "Light": p.raised,
        "Midlight": p.hover,
        "Mid": p.line,
        "Dark": p.line_strong,
        "Shadow": p.muted,
        "Highlight": p.selection,
        "HighlightedText": p.on_selection,
        "Link": p.accent_text,
        "LinkVisited": p.accent_text,
        "Accent": p.accent,
        "Disabled.WindowText": p.disabled,
        "Disabled.Text": p.disabled,
        "Disabled.ButtonText": p.disabled,
        "Disabled.HighlightedText": p.disabled,
        "Disabled.Highlight": p.hover,
    }
