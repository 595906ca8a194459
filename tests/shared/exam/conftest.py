"""A small valid exam on the disk, for tests that spoil one thing in it."""

from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest

from shared.exam.template import new_exam

EXAM_UUID = UUID("cef0cbf3-6458-4f13-a418-ee4d7e7505dd")


def write_files(folder: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        where = folder / path
        where.parent.mkdir(parents=True, exist_ok=True)
        where.write_text(text, encoding="utf-8", newline="\n")


@pytest.fixture
def exam_dir(tmp_path: Path) -> Path:
    folder = tmp_path / "quiz"
    write_files(folder, new_exam(EXAM_UUID, title="Coordinates and Vectors", course="CS 101", questions=3))
    return folder


@pytest.fixture
def spoil(exam_dir: Path) -> Callable[[str, str], int]:
    """Replace a piece of exam.toml and return the line on which the new text begins."""

    def replace(old: str, new: str) -> int:
        where = exam_dir / "exam.toml"
        text = where.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in exam.toml"
        where.write_text(text.replace(old, new), encoding="utf-8")
        return text[: text.index(old)].count("\n") + 1

    return replace
