"""Longer work between this laptop's folders and the hub: exports fetched, bundles handed in."""

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

from examdesk.staffapi.messages import (
    CancelJob,
    ExportKind,
    ExportOptions,
    GetFile,
    GetJob,
    ImportBundle,
    Imported,
    Job,
    StartExport,
)
from examdesk.staffapi.whole import whole
from instructor_app.bridge import Progress, Work
from instructor_app.port import Hub
from instructor_app.words import tr
from shared.problems import EnvironmentProblem, Problem

LOOK_S = 0.25
PIECE = 512 * 1024
MADE = 0.8
"""How much of the whole is done, as the person sees it, once the hub has made the files."""


def export(what: tuple[ExportKind, ...], folder: Path, options: ExportOptions | None = None) -> Work[list[Path]]:
    """Make exports at the hub and fetch them into `folder`: all of the files, or none where it is stopped or fails."""

    async def work(hub: Hub, tell: Progress) -> list[Path]:
        job = await hub.ask(StartExport(what=what, options=options or ExportOptions()))
        try:
            job = await _finished(hub, job, tell)
            async with _whole(folder) as scratch:
                return [folder / name for name in await _fetch_all(hub, job, scratch, tell)]
        except asyncio.CancelledError:
            with contextlib.suppress(Problem):
                await hub.ask(CancelJob(job=job.job))
            raise

    return work


@contextlib.asynccontextmanager
async def _whole(folder: Path) -> AsyncIterator[Path]:
    """Do what `whole` does without holding up the connection: it waits for the disk."""
    place = whole(folder)
    scratch = await asyncio.to_thread(place.__enter__)
    try:
        yield scratch
    except BaseException as error:
        await asyncio.to_thread(place.__exit__, type(error), error, error.__traceback__)
        raise
    await asyncio.to_thread(place.__exit__, None, None, None)


async def _finished(hub: Hub, job: Job, tell: Progress) -> Job:
    while not job.done:
        tell(job.share * MADE, job.sentence)
        await asyncio.sleep(LOOK_S)
        job = await hub.ask(GetJob(job=job.job))
    if job.failed:
        raise EnvironmentProblem(job.sentence)
    return job


async def _fetch_all(hub: Hub, job: Job, scratch: Path, tell: Progress) -> list[Path]:
    total = max(1, sum(size for _, size in job.files))
    done = 0
    fetched: list[Path] = []
    for number, (name, _) in enumerate(job.files, start=1):
        said = tr("Fetching file {n} of {many}: {name}", n=number, many=len(job.files), name=name)
        target = scratch / _safe(name)
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as output:
            offset = 0
            while piece := (await hub.ask(GetFile(job=job.job, name=name, offset=offset))).data:
                await asyncio.to_thread(output.write, piece)
                offset += len(piece)
                done += len(piece)
                tell(MADE + (1 - MADE) * min(1.0, done / total), said)
        fetched.append(_safe(name))
    return fetched


def _safe(name: str) -> Path:
    """Return where a file goes; raises EnvironmentProblem for a name outside the folder."""
    safe = Path(name.replace("\\", "/"))
    if safe.is_absolute() or ".." in safe.parts or ":" in name:
        raise EnvironmentProblem(
            tr("The hub named a file outside the folder ({name}); nothing of this export was written.", name=name)
        )
    return safe


def hand_in(path: Path) -> Work[Imported]:
    """Hand in a student's bundle from a stick, in pieces."""

    async def work(hub: Hub, tell: Progress) -> Imported:
        upload = uuid.uuid4().hex
        size = max(1, (await asyncio.to_thread(path.stat)).st_size)
        sent = 0
        with path.open("rb") as file:
            piece = await asyncio.to_thread(file.read, PIECE)
            while True:
                following = await asyncio.to_thread(file.read, PIECE)
                answer = await hub.ask(ImportBundle(upload=upload, data=piece, last=not following))
                sent += len(piece)
                tell(sent / size, tr("Handing in {name}", name=path.name))
                if not following:
                    return answer
                piece = following

    return work
