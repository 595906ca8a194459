"""The icon set: own line drawings on a 24-pixel grid, in any colour."""

from functools import cache
from pathlib import Path

from shared.look.tokens import Status
from shared.problems import Bug

_FOLDER = Path(__file__).parent / "svg"


@cache
def icon_names() -> tuple[str, ...]:
    """Return the names of all icons, sorted."""
    return tuple(sorted(file.stem for file in _FOLDER.glob("*.svg")))


@cache
def icon_svg(name: str, colour: str) -> bytes:
    """Return an SVG document of 24 by 24 pixels drawn in `colour` (such as `#1b2028`); `Bug` for an unknown name."""
    if name not in icon_names():
        raise Bug(f"There is no icon called {name!r}. Nothing was lost; please report this.")
    return (_FOLDER / f"{name}.svg").read_bytes().replace(b"currentColor", colour.encode())


def status_icon(status: Status) -> str:
    """Return the name of a status's icon."""
    return f"status-{status.value.lower().replace(' ', '-')}"
