"""What tests of commands share: a class's records, its exports, and a command line that runs in this process."""

from collections.abc import Callable
from pathlib import Path

import pytest

from examdesk.cli.main import Program
from tests.examdesk.exports.class_at_work import stored_class


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of a hub that is not running."""
    folder = tmp_path_factory.mktemp("records")
    stored_class(folder)
    return folder


@pytest.fixture(scope="module")
def out(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give session files and an evidence bundle of the same class."""
    folder = tmp_path_factory.mktemp("out")
    args = ["export", "--data", str(data), "--out", str(folder), "--what", "sessions,bundle", "--quiet"]
    assert Program(log_dir=folder / "log").run(args) == 0
    return folder


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., int]:
    """Give what runs a command and returns its exit code."""
    return lambda *argv: Program(log_dir=tmp_path / "log").run([*map(str, argv)])
