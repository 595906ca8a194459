"""Older journals of the same session on this PC: what the hub does not have of them is handed over as well."""

import asyncio
import logging
import sqlite3
from pathlib import Path

from shared.clock import Clock
from shared.crypto.keys import SigningKey, VerifyKey
from shared.problems import EnvironmentProblem, PeerFault, Problem
from shared.sync.desk import (
    Connected,
    DeskSync,
    FallBack,
    Input,
    KeepReceipt,
    Load,
    Loaded,
    NewJournalCame,
    ReceiptCame,
    ResendCame,
    ResumedCame,
    SendPush,
    SendResume,
    StartNewJournal,
)
from shared.wire import messages as m
from shared.wire.messages import FromHub, Welcome
from student_app.core.journal_file import Identity, JournalFile, put_meta, put_receipt
from student_app.core.machine import Machine
from student_app.core.ports import HubAddress
from student_app.core.replaying import newest_receipt
from student_app.core.shelf import journals
from student_app.core.sitting import Sitting
from student_app.net import admission
from student_app.net.knowing import by_pin
from student_app.net.secure import Link, dial

HANDED_OVER = "handed-over"
_log = logging.getLogger(__name__)


class Handover:
    """Hands over, once per program and journal, what older journals in a folder have and the hub has not."""

    def __init__(self, folder: Path, machine: Machine) -> None:
        self._folder = folder
        self._clock: Clock = machine.clock
        self._done: set[Path] = set()

    async def hand_over(self, sitting: Sitting, hub: HubAddress, everything: bool = False) -> None:
        """Hand over the older journals of this sitting's session; `everything`: the hub lost what it had receipted."""
        mine = sitting.journal.identity
        if everything:
            self._done.clear()
        for one in await asyncio.to_thread(journals, self._folder):
            same = one.identity.session == mine.session and one.identity.journal != mine.journal
            if not same or not one.open or one.path in self._done:
                continue
            self._done.add(one.path)
            try:
                file = JournalFile.open(one.path)
            except (EnvironmentProblem, sqlite3.Error):
                continue
            try:
                await _send_rest(file, hub, everything=everything)
            except Problem as problem:
                _log.info("an older journal could not be handed over yet: %s", type(problem).__name__)
            finally:
                file.close()


async def _send_rest(file: JournalFile, hub: HubAddress, *, everything: bool) -> None:
    """Send everything that is sealed in this journal and not yet at the hub."""
    ends = file.batch_ends()
    if not ends:
        return
    identity = file.identity()
    newest = newest_receipt(file, identity, ends)
    done = file.meta(HANDED_OVER) is not None or (newest is not None and newest[0] >= max(ends))
    if done and not everything:
        return
    safe = newest[0] if newest is not None and not everything else -1
    exam_key = VerifyKey(identity.exam_key)
    async with dial(hub, by_pin(identity.exam, exam_key)) as link:
        greeting = await admission.welcome(link)
        await _Rest(file, identity, safe, link, greeting).send()


class _Sealed:
    """The batches of an older journal."""

    def __init__(self, links: dict[int, bytes]) -> None:
        self._links = links
        last = max(links)
        self.sealed = (last, links[last])

    def link_at(self, last: int) -> bytes | None:
        """See `Own`."""
        return self._links.get(last)


class _Rest:
    """One older journal over one link, until the hub has all of it or will not take it."""

    def __init__(self, file: JournalFile, identity: Identity, safe: int, link: Link, greeting: Welcome) -> None:
        self._own = _Sealed(file.batch_ends())
        self._sync = DeskSync(identity.exam, identity.journal, VerifyKey(identity.exam_key), self._own, safe)
        self._presented = False
        self._file = file
        self._identity = identity
        self._link = link
        self._greeting = greeting

    async def send(self) -> None:
        await self._step(Connected())
        while self._sync.safe < self._own.sealed[0]:
            frame = await self._link.receive()
            if isinstance(frame, m.Refusal) and frame.code == "unknown-journal" and not self._presented:
                self._presented = True  # P-13
                newest = (self._file.standings() or [b""])[-1]
                await self._link.send(m.Present(self._file.endorsement(), standing=newest))
                await self._step(Connected())
                continue
            event = _input(frame)
            if isinstance(event, NewJournalCame):
                self._file.write([put_meta(HANDED_OVER, event.why.encode())])  # the hub keeps it as evidence
                return
            if event is not None:
                await self._step(event)

    async def _step(self, event: Input) -> None:
        for output in self._sync.step(event):
            match output:
                case SendResume(last, link):
                    await self._link.send(self._resume(last, link))
                case Load(after, limit):
                    await self._step(Loaded(self._file.load(after, limit)))
                case SendPush(batch, entries):
                    await self._link.send(m.Push(batch, entries))
                case KeepReceipt(receipt, last):
                    self._file.write([put_receipt(last, receipt)])
                case StartNewJournal() | FallBack():
                    pass

    def _resume(self, last: int, link: bytes) -> m.Resume:
        journal, fingerprint = self._identity.journal, self._link.identity.fingerprint
        proof = m.resume_proof(self._greeting.nonce, fingerprint, journal, last, link)
        key = SigningKey(self._file.meta("key") or b"")
        return m.Resume(journal, last, link, key.sign(proof), 0, 1 << 62)


def _input(frame: FromHub) -> Input | None:
    match frame:
        case m.Resumed(last, link, receipt):
            return ResumedCame(last, link, receipt)
        case m.Acknowledged(receipt):
            return ReceiptCame(receipt)
        case m.Resend(last):
            return ResendCame(last)
        case m.NewJournal(why):
            return NewJournalCame(why)
        case m.Refusal(_, sentence):
            raise PeerFault(sentence)
        case _:
            return None
