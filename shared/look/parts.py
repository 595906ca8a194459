"""The small drawings inside controls: ticks and arrows, which a style sheet can only take from files.

The files are made from the icons and the palettes; after a change of either, call `write_parts()`
(a test names the files that are out of date).
"""

from pathlib import Path

from shared.look.icons import icon_svg
from shared.look.tokens import Theme, palette

PARTS_FOLDER = Path(__file__).parent / "themed"


def part_files(theme: Theme) -> dict[str, bytes]:
    """Return the theme's drawings by file name."""
    colours = palette(theme)
    drawings = {
        "check": ("check", colours.on_accent),
        "check-disabled": ("check", colours.disabled),
        "dash": ("minus", colours.on_accent),
        "close": ("close", colours.muted),
        "close-hover": ("close", colours.text),
        "up": ("chevron-up", colours.muted),
        "down": ("chevron-down", colours.muted),
        "left": ("chevron-left", colours.muted),
        "right": ("chevron-right", colours.muted),
        "up-disabled": ("chevron-up", colours.disabled),
        "down-disabled": ("chevron-down", colours.disabled),
    }
    heavier = (b'stroke-width="1.75"', b'stroke-width="2.5"')
    files = {f"{part}.svg": icon_svg(icon, colour).replace(*heavier) for part, (icon, colour) in drawings.items()}
    airier = (b'viewBox="0 0 24 24"', b'viewBox="-6 -6 36 36"')  # a tab's close button is drawn to its very edge
    return files | {name: svg.replace(*airier) for name, svg in files.items() if name.startswith("close")}


def write_parts(folder: Path = PARTS_FOLDER) -> None:
    """Write the drawings of all themes, each theme in a folder of its own."""
    for theme in Theme:
        own = folder / theme.value
        own.mkdir(parents=True, exist_ok=True)
        for name, svg in part_files(theme).items():
            (own / name).write_bytes(svg)
