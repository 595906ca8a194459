"""A hub in this process with an exam folder of its own, for tests."""

import atexit
import contextlib
import functools
import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from examdesk.hub.hub import Hub, Settings
from examdesk.hub.limits import Limits
from examdesk.hub.records.ballast import Ballast
from examdesk.hub.records.place import place_of
from examdesk.store.migrate import migrate
from shared.clock import SystemChance, SystemClock

EXAM = """format = 1
uuid = "7d3f6a0e-6a53-4e0e-8f5e-1d1b8f6f0001"
title = "Loops"
set = "Quiz"
number = "2"
{more}
[[zones]]
[[zones.questions]]
id = "q1"
"""


def make_exam(folder: Path, more: str = "") -> Path:
    (folder / "questions/q1/starter").mkdir(parents=True)
    (folder / "exam.toml").write_text(EXAM.format(more=more))
    (folder / "questions/q1/question.md").write_text("# Sum\n\nAdd them.\n")
    (folder / "questions/q1/starter/main.py").write_text("print(1)\n")
    return folder


@functools.cache
def _prepared() -> Path:
    """Return a folder with what every new hub makes alike: empty tables, and room on the disk to give up later."""
    folder = Path(tempfile.mkdtemp(prefix="examdesk-prepared-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    place = place_of(str(folder))
    migrate(place.url)
    assert Ballast(folder / "ballast").prepare() == ""
    return folder


def _prepare(folder: Path) -> None:
    """Give a hub's new folder what takes long to make."""
    if any(folder.iterdir()):
        return
    shutil.copyfile(_prepared() / "examdesk.sqlite", folder / "examdesk.sqlite")
    with contextlib.suppress(OSError):  # another disk: the hub makes its own
        (folder / "ballast").hardlink_to(_prepared() / "ballast")


@contextlib.asynccontextmanager
async def running_hub(
    tmp_path: Path,
    more: str = "",
    data: str = "",
    limits: Limits | None = None,
    clock: SystemClock | None = None,
    *,
    prepared: bool = True,
) -> AsyncIterator[Hub]:
    exam = tmp_path / "exam"
    if not exam.exists():
        make_exam(exam, more)
    place = place_of(data or str(tmp_path / "data"))
    if place.is_sqlite and prepared:
        _prepare(place.folder)
    settings = Settings(
        exam=exam,
        place=place,
        host="127.0.0.1",
        advertise=False,
        limits=limits or Limits(),
    )
    hub = await Hub.start(settings, clock or SystemClock(), SystemChance())
    try:
        yield hub
    finally:
        await hub.stop()
