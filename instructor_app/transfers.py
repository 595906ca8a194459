"""Longer work between this laptop's folders and the hub: exports fetched, bundles handed in."""

import asyncio
import contextlib
import shutil
import uuid
from pathlib import Path

from examdesk.staffapi.fetching import fetch_desk_file, fetch_export
from examdesk.staffapi.messages import ExportKind, ExportOptions, ImportBundle, Imported
from instructor_app.bridge import Progress, Work
from instructor_app.port import Hub
from instructor_app.words import tr

PIECE = 512 * 1024


def export(what: tuple[ExportKind, ...], folder: Path, options: ExportOptions | None = None) -> Work[list[Path]]:
    """Make exports at the hub and fetch them into `folder`: all of the files, or none where it is stopped or fails."""

    def fetching(number: int, many: int, name: str) -> str:
        return tr("Fetching file {n} of {many}: {name}", n=number, many=many, name=name)

    async def work(hub: Hub, tell: Progress) -> list[Path]:
        return await fetch_export(hub, what, folder, options or ExportOptions(), tell, fetching)

    return work


def free_at(folder: Path) -> Work[int | None]:
    """Say how many bytes are free where a folder is or would be made; None where nobody knows."""

    def free() -> int | None:
        there = next((each for each in (folder, *folder.parents) if each.exists()), None)
        return None if there is None else shutil.disk_usage(there).free

    async def work(_hub: Hub, _tell: Progress) -> int | None:
        with contextlib.suppress(OSError):
            return await asyncio.to_thread(free)
        return None

    return work


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


def desk_file(path: Path) -> Work[tuple[int, int]]:
    """Fetch the sealed exam for PCs without a network; return its bytes and how many packages lie beside it."""

    async def work(hub: Hub, _tell: Progress) -> tuple[int, int]:
        return await fetch_desk_file(hub, path)

    return work
