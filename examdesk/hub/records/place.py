"""Where a hub keeps things: the database, the folder beside it, and the lock that keeps a second hub out."""

from hashlib import sha256
from pathlib import Path
from typing import IO

import msgspec
import platformdirs
import sqlalchemy as sa

from examdesk.staffapi.whole import lock_file
from examdesk.store.engine import parse_url, sqlite_url
from shared.ids import ExamId
from shared.problems import EnvironmentProblem

DATABASE = "examdesk.sqlite"
HUB_FILE = "hub.json"
_TAKEN = (
    "Another hub already serves the records in {where}. Nothing was changed; use that one, or stop it before you "
    "start a new one."
)


class Place(msgspec.Struct, frozen=True):
    """The database's URL, and the folder for everything that is not in it."""

    url: str
    folder: Path

    @property
    def hub_file(self) -> Path:
        """Where the hub says how it is reached."""
        return self.folder / HUB_FILE

    @property
    def is_sqlite(self) -> bool:
        """Whether the records are a file in the folder."""
        return self.url.startswith("sqlite")


def place_of(data: str) -> Place:
    """Return the place that `--data` names, a folder or an SQLAlchemy URL; the folder is made.

    Raises:
        InputProblem: it is no URL of a database that ExamDesk uses.
        EnvironmentProblem: the folder can't be made.
    """
    place = existing_place(data)
    try:
        place.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise EnvironmentProblem(
            f"The folder {place.folder} can't be made ({error.strerror}). Name another one with --data."
        ) from error
    return place


def existing_place(data: str) -> Place:
    """Return the place that `--data` names without making anything; raises InputProblem as `place_of` does."""
    if "://" in data:
        url = parse_url(data)
        if url.get_backend_name() == "sqlite":
            folder = Path(url.database or "").absolute().parent
        else:
            name = sha256(url.render_as_string(hide_password=True).encode()).hexdigest()[:16]
            folder = Path(platformdirs.user_data_dir("examdesk", appauthor=False)) / f"hub-{name}"
        return Place(data, folder)
    folder = Path(data).absolute()
    return Place(sqlite_url(folder / DATABASE), folder)


class HubLock:
    """Held while a hub runs: on a file of the folder, and for PostgreSQL in the database itself."""

    def __init__(self, place: Place, exam: ExamId) -> None:
        self._place = place
        self._exam = exam
        self._file: IO[bytes] | None = None
        self._engine: sa.Engine | None = None
        self._connection: sa.Connection | None = None

    def take(self) -> None:
        """Take the lock.

        Raises:
            EnvironmentProblem: another hub has it.
        """
        try:
            self._file = (self._place.folder / "hub.lock").open("a+b")
            lock_file(self._file)
        except OSError as error:
            self.release()
            raise EnvironmentProblem(_TAKEN.format(where=self._place.folder)) from error
        if not self._place.is_sqlite:
            self._take_postgres()

    def release(self) -> None:
        """Give the lock back; twice does no harm."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None
        if self._file is not None:
            self._file.close()
            self._file = None

    def _take_postgres(self) -> None:
        number = int.from_bytes(sha256(b"EDP1-HUB\0" + self._exam).digest()[:8], "big", signed=True)
        url = parse_url(self._place.url)
        self._engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
        try:
            self._connection = self._engine.connect()
            taken = self._connection.execute(sa.select(sa.func.pg_try_advisory_lock(number))).scalar_one()
        except sa.exc.OperationalError as error:
            self.release()
            raise EnvironmentProblem(
                f"The database at {url.render_as_string()} can't be reached ({str(error.orig).strip()}). Nothing was "
                "changed; check that it runs, its address, and the name and password in the URL."
            ) from error
        if not taken:
            self.release()
            raise EnvironmentProblem(_TAKEN.format(where="this database"))
