"""What a person may name to `verify` and `cat` by mistake: what it is, and what to name instead."""

from collections.abc import Callable
from pathlib import Path

from shared.bundle.container import local_header
from shared.bundle.evidence import MANIFEST, open_bundle
from shared.bundle.handover import MAGIC as HANDOVER
from shared.problems import InputProblem

RECORDS = (".examrecord", ".jsonl")
SQLITE = b"SQLite format 3\0"
_LOOKED = 4096
_OPENING = b'{"exam":"'
_NAME_AT = len(local_header("", 0, 0))
_SIGNED_NOT = (
    "; it has no signature of its own. Verify the evidence bundle (*.examrecord) of the exam: all else is made from it "
    "and can be made again."
)
_MADE_FROM = (
    ", for other programs. `examdesk cat` shows what it was made from: an evidence bundle (*.examrecord), a session's "
    "JSON (sessions/*.json), or a hub's records (--data DIR)."
)
_EXAM = ". `examdesk exam check` checks it, `examdesk exam show` shows it."
_SEALED = (
    ". Hand it in with `examdesk import`: the hub checks every signature, says what it brought, and shows the session "
    "from then on."
)


def refuse_unsigned(path: Path) -> None:
    """Say why a file can't be verified where its name and its beginning say that it is nothing signed.

    Raises:
        InputProblem: with what it is, and what to verify instead.
    """
    if path.suffix.lower() in RECORDS:
        return
    head = _head(path)
    if _session(path, head):
        raise InputProblem(
            f"{path} is a session's JSON, which says whether its record held when it was made{_SIGNED_NOT}"
        )
    _refuse_known(path, head, _SIGNED_NOT)
    if not (head.startswith(_OPENING) or (head.startswith(b"PK") and head[_NAME_AT:].startswith(MANIFEST.encode()))):
        raise InputProblem(
            f"{path} is neither an evidence bundle (*.examrecord) nor a journal's record (*.jsonl){_SIGNED_NOT}"
        )


def refuse_unshown(path: Path) -> None:
    """Say why `examdesk cat` can't show a file where it is known to be another kind of thing.

    Raises:
        InputProblem: with what it is, and what to show instead.
    """
    if path.suffix.lower() == ".jsonl":
        raise InputProblem(
            f"{path} is a journal's record. `examdesk verify` checks it; show the bundle that it is from."
        )
    if not path.is_dir():
        head = _head(path)
        if head.startswith(SQLITE):
            raise InputProblem(f"{path} is a database. For a hub's records say `examdesk cat --data {path}`.")
        _refuse_known(path, head, _MADE_FROM)


def _refuse_known(path: Path, head: bytes, made: str) -> None:
    for looks_so, what, instead in _KNOWN:
        if looks_so(path, head):
            raise InputProblem(f"{path} is {what}{instead or made}")


def _head(path: Path) -> bytes:
    try:
        with open_bundle(path) as file:
            return file.read(_LOOKED)
    except OSError as error:
        raise InputProblem(f"{path} can't be read: {error.strerror}.") from error


def _starts(*beginnings: bytes) -> Callable[[Path, bytes], bool]:
    return lambda _, head: head.lstrip(b"\xef\xbb\xbf \r\n\t").lower().startswith(beginnings)


def _zip_of(*members: bytes) -> Callable[[Path, bytes], bool]:
    return lambda _, head: head.startswith(b"PK\3\4") and head[30:].startswith(members)


def _named(*suffixes: str) -> Callable[[Path, bytes], bool]:
    return lambda path, _: path.suffix.lower() in suffixes


def _session(_path: Path, head: bytes) -> bool:
    return head.lstrip().startswith(b"{") and b'"format"' in head and b'"signals_engine"' in head


_KNOWN: tuple[tuple[Callable[[Path, bytes], bool], str, str], ...] = (
    (
        lambda _, head: head.startswith(HANDOVER),
        "work from a student's PC, sealed so that only the exam's hub can open it",
        _SEALED,
    ),
    (_starts(b"%pdf"), "a PDF report", ""),
    (_starts(b"<!doctype html", b"<html"), "an HTML report", ""),
    (_zip_of(b"[Content_Types].xml", b"xl/", b"docProps"), "a workbook", ""),
    (_zip_of(b"mimetype"), "an OpenDocument file", ""),
    (_zip_of(b"exam.toml", b"questions/"), "an exam, not a record", _EXAM),
    (_named(".exam"), "an exam, not a record", _EXAM),
    (_named(".csv", ".tsv"), "a table", ""),
    (_named(".xlsx", ".ods", ".pdf", ".html"), "made from records", ""),
)
"""How a kind is known, what it is, and what to do with it; empty: it is made from records."""
