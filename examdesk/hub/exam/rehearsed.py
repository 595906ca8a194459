"""Is the exam that runs the one that was rehearsed? Compared at every start of the hub, kept with the records."""

from pathlib import Path

from examdesk.store import Tx
from examdesk.store.audit import Deed
from shared.exam.rehearsal_note import compare, fingerprint, read_note

REHEARSED = "rehearsed"


def take_rehearsal(tx: Tx, exam: Path, served: Path, now_ms: int) -> str:
    """Return how what is served stands to the rehearsal noted beside the exam, in a sentence; empty without one."""
    note = read_note(exam)
    if note is None:
        return tx.get_meta(REHEARSED) or ""
    sentence = compare(note, fingerprint(served)).sentence
    if tx.get_meta(REHEARSED) != sentence:
        tx.put_meta(REHEARSED, sentence)
        deed = Deed(who="", role="hub", address="", what="compared with the rehearsal", detail=sentence)
        tx.control.audit(now_ms, deed)
    return sentence
