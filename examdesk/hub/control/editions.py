"""Editions of the exam while the hub runs: what its folder changes, for whom, and bringing that to every desk."""

import asyncio
import hashlib
import shutil
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import msgspec

from examdesk.hub.control.before_after import new_thing, value_change, with_changes
from examdesk.hub.control.controls import Controls
from examdesk.hub.exam.content import (
    ContentKeys,
    SealedContent,
    following,
    former_of,
    keep_content,
    next_content,
    pack_withdrawn,
    withdrawn_in,
)
from examdesk.hub.exam.rehearsed import take_rehearsal
from examdesk.hub.exam.wheels import WheelStore, take_wheels
from examdesk.hub.services import Services
from examdesk.hub.sessions.standings import EditionAction, FileTimes, Gift, added_of, encode_action
from examdesk.store import Tx
from examdesk.store.audit import Deed
from examdesk.store.rows import CommandRow, SessionRow
from shared.admission.edition import Edition, content_hash, read_edition
from shared.exam.content import Content, encode_content, student_content
from shared.exam.differences import Difference, differences
from shared.exam.document import Exam
from shared.exam.exam_folder import exam_or_problem
from shared.exam.packages import WHEELS
from shared.exam.packing import exam_folder, pack
from shared.ids import ExamId
from shared.problems import EnvironmentProblem, InputProblem, PeerFault

LATER: dict[str, str] = {
    "admission": "How students get in ([admission])",
    "signals": "The signals' thresholds ([signals])",
    "instructor": "The instructor's name",
    "module": "The module",
}
_OTHER_BY_NOW = "The exam's folder has changed since you looked at it. Look at the changes again; nothing was done."
_AT_START = "{what}: this waits for the hub's next start; it can't change while the exam runs."


class Changed(msgspec.Struct, frozen=True, kw_only=True):
    """The folder as it stands, compared with what is served.

    Attributes:
        token: names exactly this.
        content: what desks would get.
        exam: what would be served: with the times of the hub, and without what waits for its next start.
        packed: the exam as it is kept with the records.
        folder: a copy of the folder that the hub keeps, for its packages.
    """

    token: str
    content: Content
    exam: Exam
    packed: bytes
    folder: Path
    found: tuple[Difference, ...]
    later: tuple[str, ...]
    packages: bool


class Editions:
    """Looks at the folder, and applies it.

    Attributes:
        on_content: called with the content of an edition that holds from now on.
    """

    def __init__(self, services: Services, controls: Controls, source: Path, scratch: Path) -> None:
        self.on_content: Callable[[Content], None] | None = None
        self._s = services
        self._controls = controls
        self._source = source
        self._scratch = scratch
        self._applying = asyncio.Lock()

    async def look(self) -> Changed:
        """Compare the folder with what is served.

        Raises:
            InputProblem: it has a mistake, which is named with its file and line, or is another exam.
            EnvironmentProblem: it can't be read.
        """
        now, registry = self._s.clock.wall_ms(), self._s.registry
        begun = any(row.starts_ms is not None and row.starts_ms <= now for row in registry.sessions.values())
        return await asyncio.to_thread(self._look, begun)

    def _look(self, begun: bool) -> Changed:
        s, served = self._s, self._s.content
        copy = Path(tempfile.mkdtemp(prefix="edition-", dir=self._scratch)) / "exam"
        try:
            with exam_folder(self._source) as given:
                shutil.copytree(given, copy, ignore=_without_wheels(given))
            exam, _ = exam_or_problem(copy, self._source)
            _check_same(exam, s.identity.exam)
            own, packed = student_content(copy), pack(copy, wheels=False)
        except OSError as error:
            shutil.rmtree(copy.parent, ignore_errors=True)
            raise EnvironmentProblem(
                f"The exam {self._source} can't be read ({error.strerror or error}). Nothing was changed."
            ) from error
        except BaseException:
            shutil.rmtree(copy.parent, ignore_errors=True)
            raise
        withdrawn = withdrawn_in(s.registry.commands)
        content = following(served.content, own, withdrawn=withdrawn, begun=begun)
        later = [_AT_START.format(what=what) for name, what in LATER.items() if _differ(name, exam, s.exam)]
        kept = {name: getattr(s.exam, name) for name in LATER}
        packages = exam.interpreter.packages != s.exam.interpreter.packages
        return Changed(
            token=hashlib.sha256(packed + encode_content(content)).hexdigest()[:32],
            content=content,
            exam=FileTimes.of(s.exam).put_into(msgspec.structs.replace(exam, **kept)),
            packed=packed,
            folder=copy,
            found=tuple(_found(served.content, content, packages=packages)),
            later=tuple(later),
            packages=packages,
        )

    def forget(self, changed: Changed) -> None:
        """Let go of a look that is not applied."""
        shutil.rmtree(changed.folder.parent, ignore_errors=True)

    async def apply(self, command: str, token: str, gifts: tuple[Gift, ...], deed: Deed) -> SealedContent | None:
        """Let the folder hold for every desk; None: this command was applied before.

        Raises:
            InputProblem: the folder has a mistake, is not what `token` names any more, or a question can't be given.
            EnvironmentProblem: it could not be written; then nothing is different.
        """
        async with self._applying:
            if any(row.command == command for row in self._s.registry.commands):
                return None
            changed = await self.look()
            try:
                _check_asked(token, gifts, changed)
                wheels = await asyncio.to_thread(self._wheels, changed) if changed.packages else self._s.wheels
                made = await self._write(command, changed, gifts, deed, wheels)
            except BaseException:
                self.forget(changed)
                raise
            if not changed.packages:  # else wheels are read from it
                self.forget(changed)
            return made

    async def _write(
        self, command: str, changed: Changed, gifts: tuple[Gift, ...], deed: Deed, wheels: WheelStore
    ) -> SealedContent:
        """Write all of it in one transaction, then tell the desks."""
        s, document = self._s, self._s.document
        identity = s.identity
        keys = ContentKeys(identity.content_key, identity.box, identity.signing)
        async with s.standings:
            now, before = s.clock.wall_ms(), s.content
            newest = s.registry.notices[-1].number if s.registry.notices else 0
            former = former_of(before)
            if document.beyond is not None:  # P-19: a desk has a newer one than these records
                former = msgspec.structs.replace(former, edition=document.beyond, sealed=None)
            seal = partial(next_content, former, changed.content, changed.exam, keys)
            made = await asyncio.to_thread(seal, now_ms=now, newest_notice=newest)
            new = made.envelope != before.envelope
            action = EditionAction(
                envelope=made.envelope.decode() if new else "", gifts=gifts, withdrawn=pack_withdrawn(made.content)
            )
            row = CommandRow(
                exam=identity.exam,
                number=len(s.registry.commands),
                command=command,
                at_ms=now,
                who=deed.who,
                body=encode_action(action),
            )
            given = self._given(row, now)
            what = " ".join([*([f"{deed.detail}."] if deed.detail else []), *(each.sentence for each in changed.found)])
            told = with_changes(msgspec.structs.replace(deed, detail=what), _said(before, made, gifts))
            rehearsed = await s.writer.run(self._commit(row, made, changed, given, told))
            document.exam, document.content, document.wheels = changed.exam, made, wheels
            document.rehearsed = rehearsed
            if made.edition is not None and document.beyond is not None and made.number > document.beyond.number:
                document.beyond = None
            s.registry.commands.append(row)
            if self.on_content is not None:  # before the first desk that takes it can say so
                self.on_content(made.content)
            for number, desk in enumerate(list(s.registry.desks()), 1):
                desk.push_content()
                if number % 50 == 0:
                    await asyncio.sleep(0)
            await self._controls.take(given)
            s.changes.topic("exam", "audit")
        return made

    def _commit(
        self, row: CommandRow, made: SealedContent, changed: Changed, given: list[SessionRow], deed: Deed
    ) -> Callable[[Tx], str]:
        """Return the work of one transaction; it says how the exam stands to its rehearsal now."""

        def work(tx: Tx) -> str:
            tx.control.add_command(row.command, row.at_ms, row.who, row.body)
            keep_content(tx, made)
            kept = tx.exam_row()
            if kept is not None:
                exam = changed.exam
                names = {"short_name": exam.short_name, "long_name": exam.long_name, "course": exam.course}
                tx.put_exam(msgspec.structs.replace(kept, packed=changed.packed, **names))
            tx.people.put_sessions(given)
            tx.control.audit(row.at_ms, deed)
            return take_rehearsal(tx, self._source, changed.folder, row.at_ms)

        return work

    def _given(self, row: CommandRow, now: int) -> list[SessionRow]:
        """Return the sessions that get a question, with their next revision."""
        registry = self._s.registry
        rows = []
        for session in registry.sessions.values():
            section, name = registry.section_of(session.session), session.session.hex()
            before = added_of(section, name, registry.commands)
            if added_of(section, name, [*registry.commands, row]) != before:
                rows.append(msgspec.structs.replace(session, revision=session.revision + 1, issued_ms=now))
        return rows

    def _wheels(self, changed: Changed) -> WheelStore:
        with exam_folder(self._source) as given:
            if (given / WHEELS).is_dir():
                shutil.copytree(given / WHEELS, changed.folder / WHEELS)
        return take_wheels(changed.folder, changed.exam, self._s.identity.signing, self._s.clock)

    async def shown(self, envelope: bytes) -> None:
        """P-19: a desk shows which edition it holds; take its number over, or remember that there is a newer one."""
        s, document = self._s, self._s.document
        try:
            edition = read_edition(envelope, s.identity.signing.public, s.identity.exam)
        except PeerFault:
            return
        if edition.number <= max(s.content.number, 0 if document.beyond is None else document.beyond.number):
            return
        if edition.content != content_hash(s.content.sealed.manifest):
            document.beyond = edition
            s.changes.topic("exam")
            return
        async with s.standings:
            if edition.number > s.content.number:
                await self._adopt(envelope, edition)

    async def _adopt(self, envelope: bytes, edition: Edition) -> None:
        """These records lost the number of what they serve."""
        s = self._s
        now, command = s.clock.wall_ms(), f"edition {edition.number} as a desk has it"
        body = encode_action(EditionAction(envelope=envelope.decode(), withdrawn=pack_withdrawn(s.content.content)))
        deed = Deed(who="", role="hub", address="", what="took an edition's number from a desk", detail=command)

        def work(tx: Tx) -> CommandRow | None:
            if tx.control.has_command(command):
                return None
            tx.control.audit(now, deed)
            return tx.control.add_command(command, now, "", body)

        row = await s.writer.run(work)
        if row is not None:
            s.registry.commands.append(row)
        s.document.content = msgspec.structs.replace(s.content, envelope=envelope, edition=edition)
        for desk in list(s.registry.desks()):
            desk.push_content()

    @property
    def problem(self) -> str:
        """What staff should read about editions; empty for nothing."""
        beyond = self._s.document.beyond
        if beyond is None:
            return ""
        return (
            f"Desks have edition {beyond.number} of the exam; this computer has edition {self._s.content.number}, and "
            "they keep theirs. Put the newest exam folder here and apply it."
        )


def _without_wheels(top: Path) -> Callable[[str, list[str]], set[str]]:
    """Return what a look leaves out: packages may be large, and are only copied where they changed."""
    return lambda folder, _names: {WHEELS} if Path(folder) == top else set()


def _found(old: Content, new: Content, *, packages: bool) -> list[Difference]:
    found = differences(old, new)
    if packages:
        names = ", ".join(new.interpreter.packages) or "none"
        found.append(Difference(what="rules", sentence=f"Packages that programs may import: {names}."))
    return found


def _differ(name: str, one: Exam, other: Exam) -> bool:
    return bool(getattr(one, name) != getattr(other, name))


def _check_same(exam: Exam, served: ExamId) -> None:
    if exam.id != served:
        raise InputProblem("The uuid in exam.toml is now that of another exam: that can't change. Put it back.")


def _check_asked(token: str, gifts: tuple[Gift, ...], changed: Changed) -> None:
    """Refuse what was not looked at, what can't be given, and what changes nothing."""
    if token != changed.token:
        raise InputProblem(_OTHER_BY_NOW)
    known = {question.id for question in changed.content.questions}
    for gift in gifts:
        if gift.question not in known:
            raise InputProblem(f"There is no question {gift.question} in the exam's folder. Nothing was done.")
    if not changed.found and not gifts:
        raise InputProblem("Desks have what the exam's folder says. There is nothing to bring to them.")


def _said(before: SealedContent, made: SealedContent, gifts: tuple[Gift, ...]) -> list[str]:
    """Return what was before and after, for the audit log."""
    lines = value_change("edition", before.number, made.number)
    for gift in gifts:
        lines += new_thing(f"question {gift.question} for {whom_said(gift)}")
    return lines


def whom_said(gift: Gift) -> str:
    """Return who gets a question, in words."""
    if gift.whom.sessions:
        return "1 session" if len(gift.whom.sessions) == 1 else f"{len(gift.whom.sessions)} sessions"
    return f"sections {', '.join(gift.whom.sections)}" if gift.whom.sections else "everybody"


def concerned(found: tuple[Difference, ...], drawn: Mapping[str, int], begun: int) -> list[tuple[Difference, int]]:
    """Say for each change how many sessions it concerns: those that have the question, or all that have begun."""
    return [(each, drawn.get(each.question, 0) if each.question else begun) for each in found]
