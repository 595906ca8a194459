"""Beginning a journal and going on with one: after a restart, a crash, or damage to its file."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from shared.crypto.keys import SigningKey, VerifyKey
from shared.events import kinds
from shared.log.entry import start_link
from shared.problems import EnvironmentProblem, PeerFault
from shared.wire.standing import read_notice, read_standing
from student_app.core.journal import Head, Journal
from student_app.core.journal_file import SUFFIX, Identity, JournalFile
from student_app.core.machine import Machine
from student_app.core.memory import Memory
from student_app.core.replaying import replay
from student_app.core.salvage import Salvage, salvage, unreadable
from student_app.core.session import Phase, Session
from student_app.core.sitting import RestoredFile, Sitting

Changed = Callable[[], None]


def journal_path(folder: Path, identity: Identity) -> Path:
    """Return where a journal is kept."""
    return folder / f"{identity.exam.hex()[:8]}-{identity.session.hex()[:8]}-{identity.journal.hex()[:16]}{SUFFIX}"


def begin_sitting(
    place: Path | None,
    identity: Identity,
    key: SigningKey,
    machine: Machine,
    changed: Changed,
    *,
    how: Literal["new", "moved", "segment"] = "new",
    restored: tuple[RestoredFile, ...] = (),
    before: Sitting | None = None,
) -> Sitting:
    """Begin a new journal in the folder `place` (None: in memory); `before` is the one that it goes on from.

    Raises:
        EnvironmentProblem: the folder can't be written to.
    """
    file = JournalFile.create(None if place is None else journal_path(place, identity), identity, key.to_bytes())
    link = start_link(identity.endorsement)
    journal = Journal(file, identity, key, Head(-1, link, -1, link), machine)
    sitting = Sitting(journal, Memory(), Session(Phase.WAITING), machine, changed)
    if before is not None:
        sitting.clock = before.clock
        journal.write(*before.content.copied())
        sitting.content = before.content
        sitting.content.rebind(journal.write)
    sitting.begin(how, restored=restored)
    return sitting


def recover_sitting(path: Path, machine: Machine, changed: Changed) -> Sitting:
    """Go on with the journal at `path`: everything is as the log says, whatever ended the program.

    Raises:
        EnvironmentProblem: another window has it open, or nothing in it can be read any more; it is kept as it is.
    """
    file, memory, head, salvaged = _read(path)
    identity = file.identity()
    secret = file.meta("key")
    if secret is None:
        file.close()
        raise EnvironmentProblem("This exam was closed for good on this PC. What you handed in is kept.")
    journal = Journal(file, identity, SigningKey(secret), head, machine)
    clean, away = memory.clean, max(0, machine.clock.wall_ms() - memory.last_wall_ms)
    session = _session(file, identity, memory)
    sitting = Sitting(journal, memory, session, machine, changed)
    sitting.recall_clock(file.meta("clock"))
    sitting.kept_addresses = file.meta("addresses")
    sitting.code = (file.meta("code") or b"").decode()
    sitting.content.recall(file)
    for envelope in file.notices():
        notice = read_notice(envelope, sitting.exam_key)
        sitting.notices[notice.number] = notice
    sitting.begin("restart" if clean else "crash", away)
    if salvaged is not None:
        _restore(sitting, salvaged)
    return sitting


def _session(file: JournalFile, identity: Identity, memory: Memory) -> Session:
    envelope = file.newest_standing()
    standing = None if envelope is None else read_standing(envelope, VerifyKey(identity.exam_key))
    return Session.recovered(standing, memory.submitted, memory.reopened_by_staff, memory.revision)


def _restore(sitting: Sitting, salvaged: Salvage) -> None:
    """Write into the log what was salvaged, and bring the texts to the newest state that could be read."""
    detail = f"{salvaged.why} The damaged file was set aside as {salvaged.aside.name}."
    sitting.recorder.record(kinds.Salvaged(kept_up_to=salvaged.kept_up_to, detail=detail))
    have = sitting.recorder.texts()
    for name, text in salvaged.texts.items():
        if name not in have:
            sitting.recorder.create(name, text, "restored")
        elif have[name] != text:
            sitting.recorder.revert(name, text)


def _read(path: Path) -> tuple[JournalFile, Memory, Head, Salvage | None]:
    """Open and replay; where the journal does not hold, set its file aside and go on with what holds."""
    try:
        file = JournalFile.open(path)
    except sqlite3.DatabaseError as error:
        raise unreadable(path) from error
    try:
        return file, *replay(file), None
    except (PeerFault, sqlite3.DatabaseError) as error:
        why = error.sentence if isinstance(error, PeerFault) else f"The journal on this PC is damaged ({error})."
    file, salvaged = salvage(path, file, why)
    return file, *replay(file), salvaged
