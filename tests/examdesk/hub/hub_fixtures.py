"""A hub in this process with an exam folder of its own, and who comes to it: staff and desks."""

import asyncio
import atexit
import contextlib
import functools
import itertools
import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from examdesk.hub.hub import Hub, Settings
from examdesk.hub.limits import Limits
from examdesk.hub.records.ballast import Ballast
from examdesk.hub.records.identity import take_identity
from examdesk.hub.records.place import place_of
from examdesk.hub.staff.door import staff_token
from examdesk.staffapi import messages as api
from examdesk.staffapi.client import HubAddress, StaffClient, open_client, read_hub_file
from examdesk.staffapi.permissions import Role
from examdesk.store import Store
from examdesk.store.migrate import migrate
from shared.clock import SystemChance, SystemClock
from shared.exam.exam_folder import exam_or_problem
from tests.examdesk.hub.light_desk import LightDesk

UUID = "7d3f6a0e-6a53-4e0e-8f5e-1d1b8f6f0001"
EXAM = f"""format = 1
uuid = "{UUID}"
title = "Loops"
set = "Quiz"
number = "2"
{{more}}
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


_turns = itertools.cycle(range(4))
"""So that hubs that one test starts have keys of their own, as real ones have."""


@functools.cache
def _prepared(turn: int, *, ours: bool) -> Path:
    """Return a folder with what takes a new hub long: tables, room on the disk to give up later, keys where `ours`."""
    folder = Path(tempfile.mkdtemp(prefix=f"examdesk-prepared-{turn}-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    place = place_of(str(folder))
    migrate(place.url)
    if ours:
        exam, _ = exam_or_problem(make_exam(folder / "exam"), folder)
        store = Store(place.url, exam.id)
        with store.begin() as tx:
            take_identity(tx, exam, b"", "", clock=SystemClock(), chance=SystemChance())
        store.close()
    assert Ballast(folder / "ballast").prepare() == ""
    return folder


def _prepare(folder: Path, exam: Path) -> None:
    """Give a hub's new folder what takes long to make; it knows nothing of the exam but its keys and room code."""
    if any(folder.iterdir()):
        return
    ours = exam.is_dir() and UUID in (exam / "exam.toml").read_text()
    prepared = _prepared(next(_turns) if ours else 0, ours=ours)
    shutil.copyfile(prepared / "examdesk.sqlite", folder / "examdesk.sqlite")
    with contextlib.suppress(OSError):  # another disk: the hub makes its own
        (folder / "ballast").hardlink_to(prepared / "ballast")


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
        _prepare(place.folder, exam)
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


@contextlib.asynccontextmanager
async def staff(hub: Hub, role: Role = Role.INSTRUCTOR, name: str = "Ada") -> AsyncIterator[StaffClient]:
    address = read_hub_file(hub.settings.place.hub_file)
    token = staff_token(hub.services.identity, role)
    client = await open_client(HubAddress(port=address.port, fingerprint=address.fingerprint, token=token), name)
    try:
        yield client
    finally:
        await client.close()


async def joined(hub: Hub, student: str = "s1") -> LightDesk:
    desk = LightDesk("127.0.0.1", hub.ready.port, student)
    await desk.connect()
    await desk.join(hub.ready.room_code)
    await desk.start()
    return desk


async def exported(client: StaffClient, asked: api.StartExport) -> api.Job:
    """Have an export made and wait until that is done."""
    job = await client.ask(asked)
    while not job.done:
        await asyncio.sleep(0.02)
        job = await client.ask(api.GetJob(job=job.job))
    return job
