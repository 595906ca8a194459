"""The style sheet in real windows of both bindings, each in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HARMLESS = "This plugin does not support propagateSizeHints()"


@pytest.mark.parametrize(
    ("binding", "theme"),
    [
        pytest.param("pyqt6", "light", marks=pytest.mark.gui_student),
        pytest.param("pyside6", "dark", marks=pytest.mark.gui_instructor),
        pytest.param("pyside6", "contrast", marks=pytest.mark.gui_instructor),
    ],
)
def test_qt_understands_every_line_of_the_sheet(binding: str, theme: str, tmp_path: Path) -> None:
    picture = tmp_path / "gallery.png"
    drawn = subprocess.run(
        [sys.executable, "tests/gui/gallery.py", "--binding", binding, "--theme", theme, "--out", str(picture)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    complaints = [line for line in drawn.stderr.splitlines() if line.strip() and line != HARMLESS]
    assert complaints == []
    assert drawn.returncode == 0
    assert picture.stat().st_size > 50_000
