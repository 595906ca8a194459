"""The exam folder's exam.toml while the hub runs: a change of times takes effect within a second, or says why not.

Times are `[schedule]`, `[[sections]]`, `[[access]]`, `[[accommodations]]` and `draft`. Everything else of the exam is
sealed: it reaches desks as an edition, once a person has seen what it changes and applies it (`editions`).
"""

import asyncio
import logging
import os
from collections.abc import Callable
from pathlib import Path

from examdesk.evidence.words import in_minutes
from examdesk.hub.control.controls import Controls, Moved
from examdesk.hub.control.editions import Changed, Editions
from examdesk.hub.services import Services
from examdesk.hub.sessions.standings import FileTimes, StartsAction, Whom, decode_action
from examdesk.store import Tx
from examdesk.store.audit import Deed
from shared.exam.document import Exam
from shared.exam.exam_folder import check_source
from shared.exam.folder import read_text
from shared.exam.packing import read_packed
from shared.exam.reading import EXAM_FILE, read_toml
from shared.problems import EnvironmentProblem, InputProblem, Problem

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.2
_FEW = 3
_FOLDER_LOOKS = 5
"""Of so many looks one is at the whole folder."""
_WAITING = "The exam's folder has changes that desks don't have: {what}. See them and apply them, or put them back."
_KEPT = "The hub goes on with the exam as it was."

_Signature = tuple[int, int, int] | None


def last_times(exam: Exam, tx: Tx) -> Exam:
    """The exam with the times that its hub had last, so that what changed meanwhile is taken like any other change."""
    for row in reversed(tx.control.commands()):
        action = decode_action(row.body)
        if isinstance(action, StartsAction) and action.times is not None:
            return action.times.put_into(exam)
    kept = tx.exam_row()
    try:
        last = None if kept is None else read_toml(read_packed(kept.packed)[EXAM_FILE].decode()).exam
    except (InputProblem, KeyError, UnicodeDecodeError):
        last = None
    return exam if last is None else FileTimes.of(last).put_into(exam)


class ExamFile:
    """Looks at one exam.toml; `problem` is what staff should read of it now, `tell` hears every sentence."""

    def __init__(self, services: Services, controls: Controls, folder: Path, editions: Editions) -> None:
        self.problem = ""
        self._editions = editions
        self.tell: Callable[[str], None] = log.info
        self._s = services
        self._controls = controls
        self._folder = folder
        self._seen: _Signature = None

    async def watch(self) -> None:
        """Look again and again; a file is read once it has stood still, as editors write in several steps."""
        before: _Signature = None
        looks, rest = 0, await asyncio.to_thread(_folder_signature, self._folder)
        while True:
            now = await asyncio.to_thread(_signature, self._folder / EXAM_FILE)
            looks += 1
            if looks % _FOLDER_LOOKS == 0:
                found = await asyncio.to_thread(_folder_signature, self._folder)
                if found != rest:
                    rest, self._seen, before = found, None, None
                    await asyncio.sleep(LOOK_SECONDS)
                    continue
            if now == before and now != self._seen:
                await self._look_once(now)
            before = now
            await asyncio.sleep(LOOK_SECONDS)

    async def _look_once(self, now: _Signature) -> None:
        """Look, and look again later where the records can't be written now."""
        try:
            await self.look()
        except EnvironmentProblem as problem:
            log.warning("a change of the exam's file waits: %s", problem.sentence)
        else:
            self._seen = now

    async def look(self) -> None:
        """Read the folder, take what changed of times, and say what else waits for a person."""
        try:
            exam = await asyncio.to_thread(self._read)
        except Problem as problem:
            await self._refuse(f"{problem.sentence} {_KEPT}")
            return
        current = self._s.exam
        if FileTimes.of(exam) != FileTimes.of(current):
            await self._take(FileTimes.of(exam), FileTimes.of(current))
        try:
            changed = await self._editions.look()
        except InputProblem as problem:
            await self._refuse(f"{problem.sentence} {_KEPT}")
            return
        self._editions.forget(changed)
        before, self.problem = self.problem, _waiting(changed)
        if self.problem and self.problem != before:
            self.tell(self.problem)
        self._s.changes.topic("exam")

    def _read(self) -> Exam:
        where = self._folder / EXAM_FILE
        if not where.is_file():
            raise InputProblem(f"{where} is not there any more.")
        source, mistakes = read_text(where, EXAM_FILE)
        findings = mistakes or [each for each in check_source(self._folder, source) if each.file == EXAM_FILE]
        error = next((each for each in findings if each.severity == "error"), None)
        if error is not None:
            place = EXAM_FILE if error.line is None else f"{EXAM_FILE}, line {error.line}"
            raise InputProblem(f"A change was not taken over ({place}): {error.sentence}")
        exam = read_toml(source).exam
        if exam is None or exam.id != self._s.identity.exam:
            raise InputProblem(f"A change was not taken over ({EXAM_FILE}): its uuid is now that of another exam.")
        return exam

    async def _take(self, times: FileTimes, before: FileTimes) -> None:
        names = [name for name in times.__struct_fields__ if getattr(times, name) != getattr(before, name)]
        deed = Deed(who=EXAM_FILE, role="hub", address="", what="changed the exam's file", detail=", ".join(names))
        moved = await self._controls.take_times(times, deed)
        sentence = f"exam.toml: {', '.join(names)} changed; {len(moved)} sessions have new times."
        self.tell(sentence)
        await self._say(moved)

    async def _say(self, moved: list[Moved]) -> None:
        """Tell students of a new end, with one message for all whose end moved by as much."""
        deed = Deed(who=EXAM_FILE, role="hub", address="", what="told the new end")
        groups: dict[int, list[str]] = {}
        for each in moved:
            if each.by_ms:
                groups.setdefault(each.by_ms, []).append(each.session)
        for by_ms, sessions in groups.items():
            command = f"exam.toml/told {self._s.clock.wall_ms()} {by_ms}"
            whom = Whom(sessions=tuple(sessions))
            await self._controls.say(command, whom, _end_words(by_ms), kind="extension", deed=deed)

    async def _refuse(self, sentence: str) -> None:
        if sentence == self.problem:
            return
        self.problem = sentence
        self.tell(sentence)
        deed = Deed(who=EXAM_FILE, role="hub", address="", what="refused a change of the exam's file", detail=sentence)
        await self._s.writer.run(lambda tx: tx.control.audit(self._s.clock.wall_ms(), deed))
        self._s.changes.topic("exam", "audit")


def _signature(path: Path) -> _Signature:
    try:
        found = os.stat(path)  # noqa: PTH116 - one call
    except OSError:
        return (0, 0, 0)
    return (found.st_mtime_ns, found.st_size, found.st_ino)


def _folder_signature(folder: Path) -> dict[str, _Signature]:
    """Say how the folder's other files stand, so that a change of any of them is noticed."""
    try:
        return {str(path): _signature(path) for path in sorted(folder.rglob("*")) if path.name != EXAM_FILE}
    except OSError:
        return {}


def _waiting(changed: Changed) -> str:
    """Say what waits for a person, and what for the hub's next start."""
    sentences = []
    if changed.found:
        first = "; ".join(each.sentence.rstrip(".") for each in changed.found[:_FEW])
        more = f"; and {len(changed.found) - _FEW} more" if len(changed.found) > _FEW else ""
        sentences.append(_WAITING.format(what=f"{first}{more}"))
    return " ".join([*sentences, *changed.later])


def _end_words(by_ms: int) -> str:
    amount = in_minutes(abs(by_ms) // 1000)
    return f"Your end was moved: it is {amount} {'later' if by_ms > 0 else 'earlier'} now."
