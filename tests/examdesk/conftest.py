"""A real PostgreSQL server, and the two places where records can be."""

import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

FORGETFUL = "-c fsync=off -c full_page_writes=off"
"""No test pulls this computer's plug, so the server need not wait for the disk."""


def _binaries() -> Path | None:
    found = shutil.which("initdb")
    if found is not None:
        return Path(found).parent
    return max(Path("/usr/lib/postgresql").glob("*/bin"), default=None)


def _as_postgres() -> Callable[[], None] | None:
    """A server refuses to run as root: step down to the user that Debian made for it."""
    if os.getuid() != 0:
        return None
    user = pwd.getpwnam("postgres")

    def step_down() -> None:
        os.setgid(user.pw_gid)
        os.setuid(user.pw_uid)

    return step_down


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    binaries = _binaries()
    if binaries is None:
        pytest.skip("no PostgreSQL server binary here")
    folder = Path("/tmp") / f"examdesk-postgres-{os.getpid()}"
    folder.mkdir(mode=0o700)
    step_down = _as_postgres()
    if step_down is not None:
        shutil.chown(folder, "postgres", "postgres")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    run = {"preexec_fn": step_down, "cwd": "/", "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    data = folder / "data"
    made = [binaries / "initdb", "-D", data, "-A", "trust", "-U", "examdesk", "-E", "UTF8", "--no-sync"]
    subprocess.run(made, check=True, **run)
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c shared_buffers=16MB {FORGETFUL}"
    control = [binaries / "pg_ctl", "-D", data, "-w", "-l", folder / "log"]
    subprocess.run([*control, "-o", options, "start"], check=True, **run)
    try:
        yield f"postgresql://examdesk@127.0.0.1:{port}"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=True, **run)
        shutil.rmtree(folder)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'records.sqlite'}"
    server = request.getfixturevalue("postgres_server")
    name = f"t{os.urandom(6).hex()}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"{server}/{name}"
