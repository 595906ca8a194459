"""With what else the class is compared: added and removed by staff, each time in the audit log."""

import logging
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from examdesk.exports.archive import Session, of_file
from examdesk.exports.times import Zone
from examdesk.hub.control.before_after import value_change, with_changes
from examdesk.hub.records.corpora import Corpora, Corpus, CorpusProgram, day_of, id_of
from examdesk.hub.services import Services
from examdesk.hub.staff.door import Caller, Handlers, NotFound, NotPossible
from examdesk.hub.workers import Worker
from examdesk.similarity.folder import read_files
from examdesk.staffapi import messages as api
from examdesk.store.audit import Deed
from shared.problems import EnvironmentProblem
from shared.text import safe_text

log = logging.getLogger(__name__)

MOST_BYTES = 256 * 1024 * 1024
MOST_UPLOADS = 4
MOST_CORPORA = 50
MOST_PROGRAMS = 10_000
NAME_CHARS = 80
SENTENCES = 20
DAY_MS = 24 * 60 * 60 * 1000
REMOVED = "removed programs to compare with"
BUNDLE = ".examrecord"
Read = tuple[tuple[CorpusProgram, ...], bool, tuple[str, ...]]
"""Programs, whether their files stand in folders of questions, and what was left out."""


class CorpusCommands:
    """Handlers of these requests."""

    def __init__(self, services: Services, corpora: Corpora, worker: Worker) -> None:
        self._s = services
        self._corpora = corpora
        self._worker = worker
        self._uploads: dict[str, list[tuple[str, bytes]]] = {}
        self._done: dict[str, api.Done] = {}

    def handlers(self) -> Handlers:
        """Return who answers which request."""
        return {
            api.GetCorpora: self.get,
            api.AddCorpus: self.add,
            api.RemoveCorpus: self.remove,
            api.KeepCorpus: self.keep,
        }

    async def get(self, _request: api.GetCorpora, _caller: Caller) -> api.Answer:
        """Return what there is."""
        views = (
            api.CorpusView(
                corpus=each.corpus,
                name=each.name,
                programs=len(each.programs),
                added_ms=each.added_ms,
                by=each.by,
                sentences=each.sentences,
                until_ms=each.until_ms,
            )
            for each in self._corpora.all
        )
        return api.CorpusList(corpora=tuple(views))

    async def add(self, request: api.AddCorpus, caller: Caller) -> api.Answer:
        """Take files; with the last ones, read them in the worker and keep what is a program."""
        if request.command in self._done:
            return self._done[request.command]
        name = safe_text(" ".join(request.name.split()))[:NAME_CHARS]
        if not name:
            raise NotPossible("Give it a name, so that its programs can be told from those of the class.")
        files = self._gather(request)
        if not request.last:
            return api.Done()
        if len(self._corpora.all) >= MOST_CORPORA:
            raise NotPossible(f"The class is compared with {MOST_CORPORA} sources already. Remove one first.")
        programs, by_question, left_out = await self._worker.run(read_corpus, tuple(files))
        if not programs:
            raise NotPossible(" ".join(("There is no Python program in it; nothing was added.", *left_out[:3])))
        now = self._s.clock.wall_ms()
        corpus = Corpus(
            corpus=id_of(name, programs),
            name=name,
            added_ms=now,
            by=caller.name,
            programs=programs,
            by_question=by_question,
            sentences=left_out[:SENTENCES],
            until_ms=_until(now, request.days),
        )
        self._corpora.add(corpus)
        changes = [
            *value_change("compared with it", False, True),
            *value_change("deleted on", None, day_of(corpus.until_ms)),
        ]
        await self._note(caller, "added programs to compare with", _about(corpus), changes)
        said = f"The class is now compared with {name} as well: {_programs(len(programs))}. {_when_gone(corpus)}"
        if left_out:
            said += f" {len(left_out)} could not be used: {left_out[0]}"
        return self._remember(request.command, api.Done(sentence=said))

    async def remove(self, request: api.RemoveCorpus, caller: Caller) -> api.Answer:
        """Delete a source."""
        if request.command in self._done:
            return self._done[request.command]
        found = self._corpora.remove(request.corpus)
        if found is None:
            raise NotFound("These programs are not there any more. Refresh the list.")
        await self._note(caller, REMOVED, _about(found), value_change("compared with it", True, False))
        return self._remember(
            request.command, api.Done(sentence=f"{found.name} is no longer compared with, and deleted from the hub.")
        )

    async def keep(self, request: api.KeepCorpus, caller: Caller) -> api.Answer:
        """Let a source be deleted at another moment."""
        if request.command in self._done:
            return self._done[request.command]
        until = _until(self._s.clock.wall_ms(), request.days)
        found = self._corpora.keep(request.corpus, until)
        if found is None:
            raise NotFound("These programs are not there any more. Refresh the list.")
        changes = value_change("deleted on", day_of(found.until_ms), day_of(until))
        await self._note(caller, "kept programs to compare with", _about(found), changes)
        said = _when_gone(msgspec.structs.replace(found, until_ms=until))
        return self._remember(request.command, api.Done(sentence=f"{found.name}: {said}"))

    async def forget_due(self) -> None:
        """Delete the sources whose time is over; the audit log says so."""
        for each in self._corpora.due(self._s.clock.wall_ms()):
            try:
                self._corpora.remove(each.corpus)
            except EnvironmentProblem as problem:
                log.warning("programs to compare with could not be deleted: %s", problem.sentence)
                continue
            deed = Deed(who="", role="hub", address="", what=REMOVED, detail=f"{_about(each)}; their time is over")
            await self._write(with_changes(deed, value_change("compared with it", True, False)))

    def _gather(self, request: api.AddCorpus) -> list[tuple[str, bytes]]:
        if request.upload not in self._uploads and len(self._uploads) >= MOST_UPLOADS:
            self._uploads.pop(next(iter(self._uploads)))
        files = self._uploads.setdefault(request.upload, [])
        files += [(each.path, each.data) for each in request.files]
        if sum(len(data) for _, data in files) > MOST_BYTES:
            del self._uploads[request.upload]
            raise NotPossible(f"These are more than {MOST_BYTES >> 20} MiB of files; nothing was added.")
        if request.last:
            del self._uploads[request.upload]
        return files

    def _remember(self, command: str, done: api.Done) -> api.Done:
        self._done[command] = done
        while len(self._done) > MOST_CORPORA:
            del self._done[next(iter(self._done))]
        return done

    async def _note(self, caller: Caller, what: str, detail: str, changes: list[str]) -> None:
        await self._write(with_changes(caller.deed(what, detail), changes))

    async def _write(self, deed: Deed) -> None:
        now = self._s.clock.wall_ms()
        await self._s.writer.run(lambda tx: tx.control.audit(now, deed))
        self._s.changes.topic("audit")


def _until(now_ms: int, days: int) -> int | None:
    return now_ms + days * DAY_MS if days else None


def _when_gone(corpus: Corpus) -> str:
    if corpus.until_ms is None:
        return "The hub keeps it until somebody removes it."
    return f"The hub deletes it on {day_of(corpus.until_ms)}."


def _about(corpus: Corpus) -> str:
    return f"{corpus.name}: {len(corpus.programs)} programs"


def _programs(count: int) -> str:
    return "1 program" if count == 1 else f"{count:,} programs"


def read_corpus(files: Sequence[tuple[str, bytes]]) -> Read:
    """Return the programs in files: of each bundle every session's last text, of all others what is Python.

    Pure but for a scratch file; raises the `Problem` of a bundle that does not hold.
    """
    whole = _joined(files)
    bundles = [(path, data) for path, data in whole if path.lower().endswith(BUNDLE)]
    plain = [(path, data) for path, data in whole if not path.lower().endswith(BUNDLE)]
    programs: list[CorpusProgram] = []
    for _, data in bundles:
        programs += _of_bundle(data)
    reading = read_files(plain)
    programs += [CorpusProgram(each.owner, dict(each.files)) for each in reading.programs]
    left_out = list(reading.warnings)
    if len(programs) > MOST_PROGRAMS:
        left_out.append(f"Only the first {MOST_PROGRAMS:,} programs are used.")
    return tuple(programs[:MOST_PROGRAMS]), bool(bundles) and not plain, tuple(left_out)


def _joined(pieces: Sequence[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    """Put files together that came in several pieces, in order, under one path."""
    whole: dict[str, bytearray] = {}
    for path, data in pieces:
        whole.setdefault(path, bytearray()).extend(data)
    return [(path, bytes(data)) for path, data in whole.items()]


def _of_bundle(data: bytes) -> list[CorpusProgram]:
    with tempfile.TemporaryDirectory(prefix="examdesk-") as scratch:
        path = Path(scratch) / f"bundle{BUNDLE}"
        path.write_bytes(data)
        found = list(of_file(path, Zone()))
    return [program for each in found if (program := _of_session(each)) is not None]


def _of_session(session: Session) -> CorpusProgram | None:
    """Return a session's Python text with what of it was given; None where all of it was."""
    files = {name: text for name, text in session.files.items() if name.endswith(".py")}
    given = {name: stretches for name in files if (stretches := session.given.get(name))}
    if not any(_wrote(text, given.get(name, ())) for name, text in files.items()):
        return None
    return CorpusProgram(session.student, files, given)


def _wrote(text: str, given: Iterable[tuple[int, int]]) -> bool:
    """Whether anything but blanks stands outside of what was given."""
    at = 0
    for start, end in (*given, (len(text), len(text))):
        if text[at:start].strip():
            return True
        at = end
    return False
