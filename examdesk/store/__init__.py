"""What the hub keeps: the schema, engines for SQLite and PostgreSQL, migrations, and the writer's API.

Only the hub writes, through one connection (`Store`); everybody else gets a read-only connection from a `Reader`.
"""

from examdesk.store.engine import Reader, open_reader, open_writer
from examdesk.store.store import Store, Tx

__all__ = ["Reader", "Store", "Tx", "open_reader", "open_writer"]
