"""Work for staff that takes longer: exports, made in another process while the hub goes on."""

import asyncio
import logging
import shutil
from pathlib import Path

import msgspec

from examdesk.hub import export_worker as worker
from examdesk.hub.records.place import Place
from examdesk.hub.services import Services
from examdesk.hub.staff.blinding import pseudonym_key
from examdesk.hub.staff.commands import session_of
from examdesk.hub.staff.door import NAMES_HIDDEN, Caller, Handlers, NotFound, NotPossible
from examdesk.hub.workers import Worker, WorkerDied
from examdesk.staffapi import messages as api
from examdesk.store.audit import EXPORTED, export_in_words

log = logging.getLogger(__name__)

PIECE_BYTES = 1024 * 1024
MOST_JOBS = 20
SCRATCH = ".exports-being-made"
"""Folder beside the records; the hub's lock says that nobody else uses it."""
_BROKEN = worker.Outcome(
    (), "The export was stopped by this computer, perhaps for lack of memory. Try again.", failed=True
)


class _Running:
    def __init__(self, folder: Path, task: "asyncio.Task[worker.Outcome]", *, named: bool) -> None:
        self.folder = folder
        self.task = task
        self.named = named


class Jobs:
    """Handlers of exports and their files. What a hub that was killed left behind is removed at the start."""

    def __init__(self, services: Services, place: Place) -> None:
        self._s = services
        self._url = place.url
        self._worker = Worker()
        self._planner = Worker()
        self._jobs: dict[str, _Running] = {}
        self._scratch = place.folder / SCRATCH
        shutil.rmtree(self._scratch, ignore_errors=True)

    def handlers(self) -> Handlers:
        """Return who answers which request."""
        return {
            api.StartExport: self.start,
            api.PlanExport: self.plan,
            api.GetJob: self.get,
            api.CancelJob: self.cancel,
            api.GetFile: self.get_file,
        }

    async def close(self) -> None:
        """Stop what runs and remove what was made."""
        for job in self._jobs.values():
            (job.folder / worker.CANCEL).touch()
        for each in (self._worker, self._planner):
            await asyncio.to_thread(each.close)
        await asyncio.gather(*(job.task for job in self._jobs.values()), return_exceptions=True)
        shutil.rmtree(self._scratch, ignore_errors=True)

    async def plan(self, request: api.PlanExport, _caller: Caller) -> api.Answer:
        """Say what exports would hold."""
        found = await self._planner.run(
            worker.plan, self._url, self._s.identity.exam, self._wanted((), request.options)
        )
        if isinstance(found, str):
            raise NotPossible(found)
        return found

    async def start(self, request: api.StartExport, caller: Caller) -> api.Answer:
        """Begin an export; who took what is in the audit log."""
        wanted = self._wanted(tuple(request.what), request.options)
        name = self._s.chance.bytes(8).hex()
        folder = self._scratch / name
        folder.mkdir(parents=True, mode=0o700)
        now, deed = self._s.clock.wall_ms(), caller.deed(EXPORTED, _in_words(wanted))
        await self._s.writer.run(lambda tx: tx.control.audit(now, deed))
        self._s.changes.topic("audit")
        task = asyncio.create_task(self._run(folder, wanted))
        self._jobs[name] = _Running(folder, task, named=not request.options.pseudonyms)
        self._forget_old()
        return self._view(name)

    def _wanted(self, what: tuple[str, ...], options: api.ExportOptions) -> worker.Wanted:
        sessions = [session_of(self._s, session) for session in options.sessions]
        return worker.Wanted(
            what=what,
            key=pseudonym_key(self._s.identity) if options.pseudonyms else b"",
            redact=tuple(options.redact),
            outside_text=options.outside_text,
            paper=options.paper,
            sections=options.sections,
            students=tuple(self._s.registry.sessions[session].student for session in sessions),
        )

    async def get(self, request: api.GetJob, caller: Caller) -> api.Answer:
        """Return how far a job is."""
        self._only_shown(request.job, caller)
        return self._view(request.job)

    async def cancel(self, request: api.CancelJob, _caller: Caller) -> api.Answer:
        """Stop a job."""
        (self._find(request.job).folder / worker.CANCEL).touch()
        return api.Done(sentence="The export is being stopped.")

    def _only_shown(self, name: str, caller: Caller) -> None:
        if caller.names_hidden and self._find(name).named:
            raise NotPossible(NAMES_HIDDEN)

    async def get_file(self, request: api.GetFile, caller: Caller) -> api.Answer:
        """Return a piece of a file of a finished job."""
        self._only_shown(request.job, caller)
        job = self._find(request.job)
        names = {name for name, _ in job.task.result().files} if job.task.done() else set()
        if request.name not in names or request.offset < 0:
            raise NotFound("This file is not there (any more). Export again.")
        return api.FilePiece(
            data=await asyncio.to_thread(_read, job.folder / worker.MADE / request.name, request.offset)
        )

    async def _run(self, folder: Path, wanted: worker.Wanted) -> worker.Outcome:
        try:
            return await self._worker.run(worker.export, self._url, self._s.identity.exam, folder, wanted)
        except (WorkerDied, asyncio.CancelledError):
            return _BROKEN
        except Exception:
            log.exception("an export failed by an error of ours")
            return worker.Outcome(
                (), "ExamDesk made a mistake in this export. The records are as they were.", failed=True
            )

    def _view(self, name: str) -> api.Job:
        job = self._find(name)
        if job.task.done():
            outcome = job.task.result()
            return api.Job(
                job=name, done=True, share=1.0, sentence=outcome.sentence, failed=outcome.failed, files=outcome.files
            )
        try:
            told = msgspec.json.decode((job.folder / worker.PROGRESS).read_bytes(), type=worker.Progress)
        except (OSError, msgspec.DecodeError):
            told = worker.Progress(0.0, "The export begins.")
        return api.Job(job=name, done=False, share=told.share, sentence=told.sentence)

    def _find(self, name: str) -> _Running:
        if name not in self._jobs:
            raise NotFound("This export is not there any more. Start it again.")
        return self._jobs[name]

    def _forget_old(self) -> None:
        for name in [name for name, job in self._jobs.items() if job.task.done()][
            : max(0, len(self._jobs) - MOST_JOBS)
        ]:
            shutil.rmtree(self._jobs.pop(name).folder, ignore_errors=True)


def _read(path: Path, offset: int) -> bytes:
    with path.open("rb") as file:
        file.seek(offset)
        return file.read(PIECE_BYTES)


def _in_words(wanted: worker.Wanted) -> str:
    """Return what was taken, for the audit log."""
    return export_in_words(
        wanted.what,
        sections=wanted.sections,
        students=wanted.students,
        pseudonyms=bool(wanted.key),
        redact=wanted.redact,
    )
