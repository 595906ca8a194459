"""Beginning a journal and going on with one: after a restart, a crash, or damage to its file."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Literal, TypeVar

from shared.admission.endorsement import read_either
from shared.crypto.keys import SigningKey, VerifyKey
from shared.events import kinds
from shared.log.entry import start_link
from shared.problems import EnvironmentProblem, PeerFault
from shared.text.earlier import EarlierJournal, in_hub_time, within
from shared.wire.standing import read_notice, read_standing
from student_app.core.journal import Head, Journal
from student_app.core.journal_file import ADOPTION, AMENDED, PACKAGES, SUFFIX, Identity, JournalFile
from student_app.core.machine import Machine
from student_app.core.memory import Memory
from student_app.core.replaying import mend_batches, replay
from student_app.core.salvage import Salvage, salvage, unreadable
from student_app.core.session import OwnStart, Phase, Session
from student_app.core.sitting import RestoredFile, Sitting

Changed = Callable[[], None]
MENDED = (
    "A part of what this PC keeps of your work was damaged. Your text was brought back as far as it could be read: "
    "look through it now. The damaged file was kept as well."
)
Document = TypeVar("Document")


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
    drawn: kinds.Drawn | None = None,
    before: Sitting | None = None,
    prepare: Callable[[Sitting], None] | None = None,
) -> Sitting:
    """Begin a new journal in the folder `place` (None: in memory); `before` is the one that it goes on from.

    `drawn` are the session's questions where it goes on from another PC's journal.
    `prepare` is called before the first event: it may bring the exam's content.

    Raises:
        EnvironmentProblem: the folder can't be written to.
    """
    file = JournalFile.create(None if place is None else journal_path(place, identity), identity, key.to_bytes())
    link = start_link(identity.endorsement)
    journal = Journal(file, identity, key, Head(-1, link, -1, link), machine)
    sitting = Sitting(journal, Memory(), Session(Phase.WAITING), machine, changed)
    if before is not None:
        sitting.carry_on(before)
        _carry_over(before, sitting)
        drawn = before.draw
    if prepare is not None:
        prepare(sitting)
    sitting.begin(how, restored=restored, drawn=drawn)
    if before is not None:
        sitting.look_back()
        if before.memory.honor:  # the student is in the middle of work
            sitting.affirm(*before.memory.affirmed)
    return sitting


def _carry_over(before: Sitting, sitting: Sitting) -> None:
    """Let the new journal know what the one before knew, without asking the hub."""
    for earlier in before.earlier.all():
        sitting.earlier.keep(earlier)
    identity, ahead = before.journal.identity, before.clock.ahead_ms()
    own = EarlierJournal(
        journal=identity.journal.hex(),
        device=identity.device.hex(),
        last=before.journal.last,
        opened_ms=identity.created_ms + ahead,
        versions=within(in_hub_time(before.memory.versions.kept(), ahead)),
        notes=before.memory.notes,
    )
    sitting.earlier.keep(own)


def recover_sitting(path: Path, machine: Machine, changed: Changed) -> Sitting:
    """Go on with the journal at `path`: everything is as the log says, whatever ended the program.

    Raises:
        EnvironmentProblem: another window has it open, or nothing in it can be read any more; it is kept as it is.
    """
    file, memory, head, salvaged = _read(path)
    identity = file.identity()
    exam_key = VerifyKey(identity.exam_key)
    journal = Journal(file, identity, SigningKey(file.meta("key") or b""), head, machine)
    clean, away = memory.clean, max(0, machine.clock.wall_ms() - memory.last_wall_ms)
    standings = _holding(file.standings(), lambda data: read_standing(data, exam_key))
    envelope, newest = max(standings, key=lambda each: each[1].revision, default=(b"", None))
    own = None if memory.own_start is None else OwnStart(*memory.own_start)
    session = Session.recovered(newest, memory.submitted, memory.reopened_by_staff, memory.revision, own)
    sitting = Sitting(journal, memory, session, machine, changed)
    sitting.recall_clock(file.meta("clock"))
    sitting.kept_addresses = file.meta("addresses")
    sitting.code = (file.meta("code") or b"").decode("ascii", "replace")
    sitting.vouching.recall(file.meta(ADOPTION))
    sitting.kept_packages = file.meta(PACKAGES) or b""
    sitting.content.recall(file)
    sitting.affirmation.recall(file)
    sitting.earlier.recall(file)
    sitting.newest_standing = envelope
    for envelope, notice in _holding(file.notices(), lambda data: read_notice(data, exam_key)):
        sitting.notices.remember(notice, envelope)
    sitting.editions.recall(file.meta(AMENDED), sitting.content)
    sitting.begin("restart" if clean else "crash", away)
    if newest is not None:
        sitting.take_standing(newest)  # the power may have gone between keeping it and recording it
    sitting.look_back()
    if salvaged is not None:
        _restore(sitting, salvaged)
    return sitting


def _holding(envelopes: list[bytes], read: Callable[[bytes], Document]) -> list[tuple[bytes, Document]]:
    """Return the signed documents that hold; a damaged one comes again from the hub."""
    found: list[tuple[bytes, Document]] = []
    for envelope in envelopes:
        try:
            found.append((envelope, read(envelope)))
        except PeerFault:
            continue
    return found


def _check_identity(path: Path, file: JournalFile) -> None:
    """Make sure that exam key, endorsement and own key belong together, and that what is sealed can be sent.

    Raises:
        EnvironmentProblem: they don't, or the journal was closed for good.
    """
    secret = file.meta("key")
    if secret is None:
        file.close()
        raise EnvironmentProblem("This exam was closed for good on this PC. What you handed in is kept.")
    try:
        identity = file.identity()
        endorsement = read_either(identity.endorsement, VerifyKey(identity.exam_key), identity.exam)
        fits = endorsement.journal_id == identity.journal and endorsement.session_id == identity.session
        fits = fits and SigningKey(secret).public.raw == endorsement.verify_key().raw
    except PeerFault as error:
        raise unreadable(path, file) from error
    if not fits:
        raise unreadable(path, file)
    mend_batches(file, identity, SigningKey(secret))


def _restore(sitting: Sitting, salvaged: Salvage) -> None:
    """Write into the log what was salvaged, and bring the texts to the newest state that could be read."""
    detail = f"{salvaged.why} The damaged file was set aside as {salvaged.aside.name}."
    sitting.recorder.record(kinds.Salvaged(kept_up_to=salvaged.kept_up_to, detail=detail))
    sitting.news.append(MENDED)
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
        _check_identity(path, file)
        file.read_through()
        return file, *replay(file), None
    except (PeerFault, sqlite3.DatabaseError) as error:
        why = error.sentence if isinstance(error, PeerFault) else f"The journal on this PC is damaged ({error})."
    file, salvaged = salvage(path, file, why)
    _check_identity(path, file)
    return file, *replay(file), salvaged
