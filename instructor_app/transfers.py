"""Longer work between this laptop's folders and the hub: exports fetched, bundles handed in."""

import asyncio
import contextlib
import uuid
from pathlib import Path

from examdesk.staffapi.messages import CancelJob, ExportKind, GetFile, GetJob, ImportBundle, Imported, Job, StartExport
from instructor_app.bridge import Progress, Work
from instructor_app.port import Hub
from instructor_app.words import tr
from shared.problems import EnvironmentProblem, Problem

LOOK_S = 0.25
PIECE = 512 * 1024


def export(what: tuple[ExportKind, ...], folder: Path) -> Work[list[Path]]:
    """Make exports at the hub and fetch them into `folder`; a cancelled one leaves no half file."""

    async def work(hub: Hub, tell: Progress) -> list[Path]:
        job = await hub.ask(StartExport(what=what))
        try:
            job = await _finished(hub, job, tell)
            return [await _fetch(hub, job, file, folder, tell) for file in job.files]
        except asyncio.CancelledError:
            with contextlib.suppress(Problem):
                await hub.ask(CancelJob(job=job.job))
            raise

    return work


async def _finished(hub: Hub, job: Job, tell: Progress) -> Job:
    while not job.done:
        tell(job.share * 0.8, job.sentence)
        await asyncio.sleep(LOOK_S)
        job = await hub.ask(GetJob(job=job.job))
    if job.failed:
        raise EnvironmentProblem(job.sentence)
    return job


async def _fetch(hub: Hub, job: Job, file: tuple[str, int], folder: Path, tell: Progress) -> Path:
    """Write one file (name, bytes) beside its place, then move it there."""
    name, size = file
    safe = Path(name.replace("\\", "/"))
    if safe.is_absolute() or ".." in safe.parts:
        raise EnvironmentProblem(tr("The hub named a file outside the folder ({name}); it was not written.", name=name))
    target = folder / safe
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f"{target.name}.{uuid.uuid4().hex[:8]}.part")
    try:
        with partial.open("wb") as output:
            offset = 0
            while piece := (await hub.ask(GetFile(job=job.job, name=name, offset=offset))).data:
                await asyncio.to_thread(output.write, piece)
                offset += len(piece)
                tell(0.8 + 0.2 * min(1.0, offset / max(1, size)), tr("Fetching {name}", name=name))
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return target


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
