"""The newest edition after a takeover: the exam as the former hub had it last, put together from what desks kept."""

import tempfile
from collections.abc import Mapping
from pathlib import Path

import msgspec

from examdesk.hub.control.editions import LATER
from examdesk.hub.exam.content import (
    ContentKeys,
    Former,
    SealedContent,
    following,
    keep_content,
    next_content,
    withdrawn_in,
)
from examdesk.hub.services import Services
from examdesk.hub.sessions.standings import newest_edition
from examdesk.store import Tx
from examdesk.store.audit import Deed
from examdesk.store.exam_rows import exam_in, files_of, rows_of_exam
from examdesk.store.rows import ExamRow
from examdesk.store.staff_rows import Key
from shared.admission.edition import content_hash, read_edition
from shared.exam.content import student_content
from shared.exam.document import Exam
from shared.exam.exam_folder import exam_or_problem
from shared.exam.packages import WHEELS
from shared.exam.packing import pack, read_packed
from shared.exam.whole_file import write_private
from shared.problems import Problem

TOOK_EDITION = "took in the exam of the former hub"


class TakenExam(msgspec.Struct, frozen=True, kw_only=True):
    """What is served from now on."""

    exam: Exam
    content: SealedContent


def take_exam(
    tx: Tx, services: Services, before: Mapping[Key, bytes], after: Mapping[Key, bytes], source: Path
) -> TakenExam | None:
    """Take the exam in that came with the desks; None where it is none, not whole yet, or another than is to hold.

    It holds where its content is that of the newest edition that the exam's key signed, so a change that staff made at
    this hub stays. Where only what is not for students changed, it holds unless that was changed here too.

    Raises:
        Problem: the exam that came has a mistake, or can't be written.
    """
    row = tx.exam_row()
    files = None if row is None else exam_in(after, row.packed)
    if row is None or files is None or files == read_packed(row.packed):
        return None
    with tempfile.TemporaryDirectory(prefix="examdesk-taken-") as scratch:
        folder = Path(scratch) / "exam"
        _write(folder, files)
        exam, _ = exam_or_problem(folder)
        made = _sealed(tx, services, folder, exam)
        expected = _expected(tx, services)
        if exam.id != services.identity.exam or content_hash(made.sealed.manifest) != expected:
            return None
        same = expected == content_hash(services.content.sealed.manifest)
        if same and _changed_here(before, row):
            return None
        packed = pack(folder, wheels=False)
        if source.is_file():
            _keep_file(source, folder)
    keep_content(tx, made)
    names = {"short_name": exam.short_name, "long_name": exam.long_name, "course": exam.course}
    tx.put_exam(msgspec.structs.replace(row, packed=packed, **names))
    detail = f"edition {made.number}"
    tx.control.audit(services.clock.wall_ms(), Deed(who="", role="hub", address="", what=TOOK_EDITION, detail=detail))
    kept = {name: getattr(services.exam, name) for name in LATER}
    return TakenExam(exam=msgspec.structs.replace(exam, **kept), content=made)


def _sealed(tx: Tx, services: Services, folder: Path, exam: Exam) -> SealedContent:
    identity, commands = services.identity, tx.control.commands()
    action = newest_edition(commands)
    envelope = b"" if action is None else action.envelope.encode()
    edition = read_edition(envelope, identity.signing.public, identity.exam) if envelope else None
    former = Former(envelope=envelope, edition=edition)
    content = following(None, student_content(folder), withdrawn=withdrawn_in(commands), begun=True)
    keys = ContentKeys(identity.content_key, identity.box, identity.signing)
    return next_content(former, content, exam, keys, now_ms=services.clock.wall_ms(), newest_notice=0)


def _expected(tx: Tx, services: Services) -> str:
    """Return the hash of the content that is to hold."""
    identity = services.identity
    action = newest_edition(tx.control.commands())
    if action is None:
        return content_hash(services.content.sealed.manifest)
    return read_edition(action.envelope.encode(), identity.signing.public, identity.exam).content


def _changed_here(before: Mapping[Key, bytes], row: ExamRow) -> bool:
    known, here = files_of(before), files_of(rows_of_exam(row.packed))
    return known is not None and here is not None and known.files != here.files


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)


def _keep_file(source: Path, folder: Path) -> None:
    """Write the exam in the place of the one that was taken over, with its packages, for the hub's next start."""
    had = read_packed(source.read_bytes())
    _write(folder, {path: data for path, data in had.items() if path.startswith(f"{WHEELS}/")})
    write_private(source, pack(folder))


def take_exam_safely(
    tx: Tx, services: Services, before: Mapping[Key, bytes], after: Mapping[Key, bytes], source: Path
) -> tuple[TakenExam | None, str]:
    """Do as `take_exam`, and say why where it can't be done; the rest of what came is taken in all the same."""
    try:
        return take_exam(tx, services, before, after, source), ""
    except Problem as problem:
        return None, problem.sentence
    except OSError as error:
        return None, f"The exam of the former hub can't be written ({error.strerror})."
