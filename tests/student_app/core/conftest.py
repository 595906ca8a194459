"""What tests of the desk share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.student_app.kit import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """Give a desk with a clock that is set, and no network."""
    bench = Bench(tmp_path)
    yield bench
    if bench.desk.sitting is not None:
        bench.desk.close()
        bench.committer.step(1)
