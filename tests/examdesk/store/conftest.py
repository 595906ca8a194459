"""An open store, on SQLite and on PostgreSQL."""

from collections.abc import Iterator

import pytest

from examdesk.store import Store
from examdesk.store.migrate import migrate
from shared.ids import ExamId

EXAM = ExamId(bytes(range(16)))


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    migrate(store_url)
    opened = Store(store_url, EXAM)
    yield opened
    opened.close()
