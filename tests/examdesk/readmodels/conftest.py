"""Records with students of whom the tests say what they do."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from examdesk.evidence.rules import Rules
from examdesk.readmodels.live import LiveModel
from examdesk.store import Reader
from tests.support.scripted import EXAM, Records


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    opened = Records(f"sqlite:///{tmp_path / 'records.sqlite'}")
    yield opened
    opened.close()


@pytest.fixture
def reader(records: Records) -> Iterator[Reader]:
    opened = records.reader()
    yield opened
    opened.close()


@pytest.fixture
def live(reader: Reader) -> LiveModel:
    """A model that has loaded nothing yet: tests write first."""
    return LiveModel(reader, EXAM, Rules())
