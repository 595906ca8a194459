"""Exports made at a hub and fetched into a folder: all of the files, or none where it is stopped or fails."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Protocol, TypeVar

from examdesk.staffapi.messages import (
    Answer,
    CancelJob,
    ExportKind,
    ExportOptions,
    GetDeskFile,
    GetExam,
    GetFile,
    GetJob,
    Job,
    Request,
    StartExport,
)
from examdesk.staffapi.whole import whole
from shared.bundle.desk_file import copy_wheels
from shared.problems import EnvironmentProblem, Problem

A = TypeVar("A", bound=Answer)
Progress = Callable[[float, str], None]
LOOK_S = 0.25
MADE = 0.8
"""How much of the whole is done, as the person sees it, once the hub has made the files."""


class Asking(Protocol):
    """A signed-in connection to a hub."""

    async def ask(self, request: Request[A]) -> A:
        """Ask and wait; raises `Problem` with a sentence for the person."""
        ...


def _in_english(number: int, many: int, name: str) -> str:
    return f"Fetching file {number} of {many}: {name}"


async def fetch_export(  # noqa: PLR0917 - what to export, where to, and whom to tell
    hub: Asking,
    what: tuple[ExportKind, ...],
    folder: Path,
    options: ExportOptions,
    tell: Progress,
    fetching: Callable[[int, int, str], str] = _in_english,
) -> list[Path]:
    """Make exports at the hub, fetch them into `folder` and return the files.

    Args:
        hub: where they are made.
        what: which of them.
        folder: made if need be; files of the same names are replaced, others stay.
        options: of whom, under which names, without what.
        tell: is told the share done and what is being done.
        fetching: says that file `number` of `many`, called `name`, is fetched.

    Raises:
        Problem: it failed, or was cancelled by somebody else; nothing of it was written.
    """
    starting = asyncio.ensure_future(hub.ask(StartExport(what=what, options=options)))
    try:
        job = await asyncio.shield(starting)
        job = await _finished(hub, job, tell)
        async with _whole(folder) as scratch:
            return [folder / name for name in await _fetch_all(hub, job, scratch, tell, fetching)]
    except asyncio.CancelledError:
        with contextlib.suppress(Problem):
            await hub.ask(CancelJob(job=(await starting).job))
        raise


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


async def _finished(hub: Asking, job: Job, tell: Progress) -> Job:
    while not job.done:
        tell(job.share * MADE, job.sentence)
        await asyncio.sleep(LOOK_S)
        job = await hub.ask(GetJob(job=job.job))
    if job.failed:
        raise EnvironmentProblem(job.sentence)
    return job


async def _fetch_all(
    hub: Asking, job: Job, scratch: Path, tell: Progress, fetching: Callable[[int, int, str], str]
) -> list[Path]:
    total = max(1, sum(size for _, size in job.files))
    done = 0
    fetched: list[Path] = []
    for number, (name, _) in enumerate(job.files, start=1):
        said = fetching(number, len(job.files), name)
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
            f"The hub named a file outside the folder ({name}); nothing of this export was written."
        )
    return safe


async def fetch_desk_file(hub: Asking, to: Path) -> tuple[int, int]:
    """Fetch the sealed exam for PCs without a network, and lay its packages beside it where they are on this computer.

    Returns:
        The file's bytes, and how many packages lie beside it.

    Raises:
        Problem: it can't be had or written; no half file is left.
    """
    part = to.with_name(f"{to.name}.part")
    size = 0
    try:
        with part.open("wb") as output:
            while piece := (await hub.ask(GetDeskFile(offset=size))).data:
                await asyncio.to_thread(output.write, piece)
                size += len(piece)
        part.replace(to)
    except OSError as error:
        raise EnvironmentProblem(f"{to} can't be written ({error.strerror}). Choose another place.") from error
    finally:
        part.unlink(missing_ok=True)
    exam = await hub.ask(GetExam())
    return size, await asyncio.to_thread(_packages_beside, Path(exam.folder), to)


def _packages_beside(folder: Path, to: Path) -> int:
    return copy_wheels(folder, to) if folder.is_dir() else 0
