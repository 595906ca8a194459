"""What a person may name to `examdesk verify`: what is made from records has no signature of its own."""

from collections.abc import Callable
from pathlib import Path

from shared.bundle.handover import MAGIC as HANDOVER
from shared.problems import InputProblem

RECORDS = (".examrecord", ".jsonl")
SQLITE = b"SQLite format 3\0"
_LOOKED = 4096
_WHOLE = "Verify the evidence bundle (*.examrecord) of the exam: all else is made from it, and can be made again."


def refuse_derived(path: Path) -> None:
    """Say why a file can't be verified where it is known not to be signed.

    Raises:
        InputProblem: with what it is, and what to verify instead.
    """
    if path.suffix.lower() in RECORDS:
        return
    try:
        with path.open("rb") as file:
            head = file.read(_LOOKED)
    except OSError as error:
        raise InputProblem(f"{path} can't be opened: {error.strerror}.") from error
    for looks_so, what in _KNOWN:
        if looks_so(path, head):
            raise InputProblem(f"{path} is {what}")


def _starts(*beginnings: bytes) -> Callable[[Path, bytes], bool]:
    return lambda _, head: head.lstrip(b"\xef\xbb\xbf \r\n\t").lower().startswith(beginnings)


def _zip_of(*members: bytes) -> Callable[[Path, bytes], bool]:
    return lambda _, head: head.startswith(b"PK\3\4") and head[30:].startswith(members)


def _named(*suffixes: str) -> Callable[[Path, bytes], bool]:
    return lambda path, _: path.suffix.lower() in suffixes


def _session(_path: Path, head: bytes) -> bool:
    return head.lstrip().startswith(b"{") and b'"format"' in head and b'"signals_engine"' in head


_SEALED = (
    "work from a student's PC, sealed so that only the exam's hub can open it. Hand it in with `examdesk import`: the "
    "hub checks every signature, and says what it brought."
)
_SIGNED_NOT = f"it has no signature of its own. {_WHOLE}"
_KNOWN: tuple[tuple[Callable[[Path, bytes], bool], str], ...] = (
    (_session, f"a session's JSON, which says whether its record held when it was made; {_SIGNED_NOT}"),
    (
        lambda _, head: head.startswith(HANDOVER),
        _SEALED,
    ),
    (_starts(b"%pdf"), f"a PDF report; {_SIGNED_NOT}"),
    (_starts(b"<!doctype html", b"<html"), f"an HTML report; {_SIGNED_NOT}"),
    (_zip_of(b"[Content_Types].xml", b"xl/", b"docProps"), f"a workbook; {_SIGNED_NOT}"),
    (_zip_of(b"mimetype"), f"an OpenDocument file; {_SIGNED_NOT}"),
    (_zip_of(b"exam.toml", b"questions/"), "an exam, not a record. `examdesk exam check` checks it."),
    (_named(".exam"), "an exam, not a record. `examdesk exam check` checks it."),
    (_named(".csv", ".tsv"), f"a table; {_SIGNED_NOT}"),
    (_named(".xlsx", ".ods", ".pdf", ".html"), f"made from records; {_SIGNED_NOT}"),
)
