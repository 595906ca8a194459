"""The bundled code font: monospaced, without ligatures, so that != stays two characters."""

from pathlib import Path

CODE_FAMILY = "ExamDesk Mono"
_FOLDER = Path(__file__).parent / "fonts"


def code_font_files() -> list[Path]:
    """Return the font files that an app registers before it shows code: regular and bold."""
    return [_FOLDER / "ExamDeskMono-Regular.ttf", _FOLDER / "ExamDeskMono-Bold.ttf"]
