"""What an archive holds, session by session: records in a database, an evidence bundle, or session JSON."""

import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from examdesk.evidence.facts import Run
from examdesk.evidence.fold import JournalFacts
from examdesk.evidence.session import given_along
from examdesk.evidence.signals import KINDS
from examdesk.exports.gathering import Gathered, Gathering, version_offsets
from examdesk.exports.pages import Pages
from examdesk.exports.times import Zone
from examdesk.exports.writing import Effort
from examdesk.store import Reader
from shared.admission.endorsement import Endorsement
from shared.bundle.container import BundleReader, Member
from shared.bundle.evidence import open_bundle, verify_bundle
from shared.ids import ExamId, JournalId
from shared.log.entry import Entry
from shared.log.record import EventLine
from shared.problems import InputProblem

FORMAT = 1
"""Of a session's JSON (`session_schema.SessionDocument.format`)."""
MAX_DOCUMENT = 256 * 1024 * 1024
FIELDS = (
    *("student", "name", "section", "status", "joined", "last", "handed_in", "receipt_code", "devices", "events"),
    *("runs", "failed_runs", "versions", "signals", "holds", "review", "session", "notes", "files"),
)
"""What is shown of a session, in this order."""
DETAILS = ("run_list", "signal_list", "errors")
"""What can be shown beside it."""
_event = msgspec.json.Decoder(EventLine)


class RunLine(msgspec.Struct, frozen=True, kw_only=True):
    """One execution."""

    run: int
    at: str | None
    file: str
    version: int
    seconds: float | None
    reason: str
    exit_code: int | None
    error: str
    output: str
    checks: bool = False

    @property
    def failed(self) -> bool:
        """Whether it ended otherwise than well; a check that does not hold is no failure of the program."""
        if self.checks and self.reason == "exit":
            return False
        return bool(self.reason) and (self.reason != "exit" or self.exit_code not in (0, None))


class SignalLine(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a person may want to look at."""

    at: str | None
    title: str
    explanation: str


class Session(msgspec.Struct, kw_only=True):
    """One session as an archive has it; None where the archive does not say."""

    student: str
    name: str
    section: str
    status: str | None = None
    joined: str | None = None
    last: str | None = None
    handed_in: str | None = None
    receipt_code: str | None = None
    devices: int = 0
    events: int = 0
    runs: int = 0
    failed_runs: int = 0
    versions: int = 0
    signals: int | None = None
    holds: bool = True
    review: str | None = None
    session: str
    notes: str = ""
    files: dict[str, str] = msgspec.field(default_factory=dict)
    given: dict[str, tuple[tuple[int, int], ...]] = msgspec.field(default_factory=dict)
    """Of each file the stretches (start, end; code points) that came as starter code, where the archive knows it."""
    run_list: list[RunLine] = msgspec.field(default_factory=list)
    signal_list: list[SignalLine] | None = None
    problems: list[str] = msgspec.field(default_factory=list)
    """What does not hold or can't be read, in words."""

    @property
    def errors(self) -> list[str]:
        """What went wrong: programs that ended with an error or a limit, and what is wrong with the record."""
        failed = [
            f"run {one.run} of {one.file} at {one.at}: {one.error or one.reason or 'ended with an error'}"
            for one in self.run_list
            if one.failed
        ]
        return [*self.problems, *failed]


def of_records(reader: Reader, exam: ExamId, made_ms: int, zone: Zone) -> Iterator[Session]:
    """Yield the sessions of records in a database."""
    gathering = Gathering(Pages(reader, exam), reader, made_ms)
    with tempfile.TemporaryDirectory(prefix="examdesk-") as scratch:
        gathering.run(Path(scratch) / "spilled", Effort(lambda *_: None, lambda: False), zone)
        for one in gathering.sessions:
            yield _gathered(one, zone)


def of_file(path: Path, zone: Zone) -> Iterator[Session]:
    """Yield the sessions of a bundle, of session JSON, or of all session JSON in a folder.

    Raises:
        InputProblem: it is none of them, or can't be read.
        PeerFault: the bundle does not hold.
    """
    if path.is_dir():
        found = sorted(path.glob("*.json")) or sorted(path.glob("sessions/*.json"))
        if not found:
            raise InputProblem(f"There is no session JSON in {path}. For a hub's folder say --data {path}.")
        for each in found:
            yield _document(each)
        return
    with open_bundle(path) as file:
        bundled = file.read(2) == b"PK"
    if bundled:
        yield from _of_bundle(path, zone)
    else:
        yield _document(path)


def _gathered(one: Gathered, zone: Zone) -> Session:
    facts, handed_in, offsets = one.facts, one.facts.handed_in, version_offsets(one)
    return Session(
        student=one.student,
        name=one.name,
        section=one.section,
        status=str(one.status),
        joined=zone.iso(one.row.joined_ms),
        last=zone.iso(one.last_ms),
        handed_in=None if handed_in is None else zone.iso(handed_in.at_ms),
        receipt_code=one.receipt_code or None,
        devices=len({check.row.device for check in one.checks}),
        events=sum(check.events for check in one.checks),
        runs=len(facts.runs),
        failed_runs=sum(run.failed for _, run in facts.runs),
        versions=facts.versions,
        signals=len(facts.signals()),
        holds=all(check.holds for check in one.checks),
        review=one.row.review,
        session=one.row.session.hex(),
        notes=next((each.notes for each in reversed(facts.main) if each.notes), ""),
        files=facts.texts(),
        given={file: facts.given(file) for file in facts.texts()},
        run_list=_runs([(run, offsets[each.journal.hex()]) for each, run in facts.runs], zone),
        signal_list=[
            SignalLine(at=zone.iso(signal.at_ms), title=KINDS[signal.kind].title, explanation=signal.explanation)
            for signal in facts.signals()
        ],
        problems=[
            *(check.sentence for check in one.checks if not check.holds),
            *([facts.problem] if facts.problem else []),
        ],
    )


def _runs(runs: Iterable[tuple[Run, int]], zone: Zone) -> list[RunLine]:
    """Return runs as they are shown; beside each stands how many versions there were before its journal."""
    return [
        RunLine(
            run=run.run,
            at=zone.iso(run.at_ms),
            file=run.file,
            version=run.version + before,
            seconds=run.seconds,
            reason=run.reason,
            exit_code=run.exit_code,
            error=run.error,
            output=run.output,
            checks=run.checks,
        )
        for run, before in runs
    ]


# ---------------------------------------------------------------------------------------------- session JSON


def _document(path: Path) -> Session:
    try:
        if path.stat().st_size > MAX_DOCUMENT:
            raise InputProblem(f"{path} is larger than any session ({MAX_DOCUMENT >> 20} MiB).")
        found = msgspec.json.decode(path.read_bytes())
        _must_be_known(path, found)
        return _of_document(found)
    except OSError as error:
        raise InputProblem(f"{path} can't be read: {error.strerror}.") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, KeyError, TypeError, AttributeError) as error:
        raise InputProblem(f"{path} is neither a bundle (*.examrecord) nor a session's JSON of ExamDesk.") from error


def _of_document(found: Any) -> Session:
    student, times, journals, runs = found["student"], found["times"], found["journals"], found["runs"]
    lines = msgspec.convert(runs, list[RunLine])
    return msgspec.convert(
        {
            **{name: student["id" if name == "student" else name] for name in ("student", "name", "section")},
            "status": found["status"],
            "joined": times["joined"],
            "last": times["last_event"],
            "handed_in": times["handed_in"],
            "receipt_code": found["receipt_code"] or None,
            "devices": len({journal["device"] for journal in journals}),
            "events": sum(journal["events"] for journal in journals),
            "runs": len(runs),
            "failed_runs": sum(run.failed for run in lines),
            "versions": len(found["versions"]),
            "signals": len(found["signals"]),
            "holds": all(journal["record"]["holds"] for journal in journals),
            **{name: found[name] for name in ("review", "session", "notes", "files")},
            "run_list": runs,
            "signal_list": found["signals"],
            "problems": [journal["record"]["sentence"] for journal in journals if not journal["record"]["holds"]],
        },
        Session,
    )


def _must_be_known(path: Path, found: Any) -> None:
    """Refuse another format than ours: a newer one by a sentence, anything else by a KeyError."""
    number = found["format"]
    if isinstance(number, int) and number > FORMAT and "student" in found:
        raise InputProblem(
            f"{path} is a session's JSON of a newer ExamDesk (format {number}; this version reads format {FORMAT}). "
            "Show it with that version, or export the session again with this one."
        )
    if number != FORMAT:
        raise KeyError("format")


# ---------------------------------------------------------------------------------------------- bundles


def _of_bundle(path: Path, zone: Zone) -> Iterator[Session]:
    with open_bundle(path) as file:
        checked = verify_bundle(file)
        by_session: dict[str, list[Endorsement]] = {}
        for journal in checked.journals:
            by_session.setdefault(journal.endorsement.session, []).append(journal.endorsement)
        facts = _facts(file)
    for endorsements in by_session.values():
        yield _bundled(endorsements, facts, zone)


def _facts(file: BinaryIO) -> dict[str, JournalFacts]:
    reader = BundleReader(file)
    found: dict[str, JournalFacts] = {}
    file.seek(0)
    for member in reader.members():
        if member.name.startswith("journals/"):
            name = member.name.removeprefix("journals/").removesuffix(".jsonl")
            found[name] = JournalFacts(JournalId(bytes.fromhex(name))).take_all(
                entry for entry, _ in bundled_events(reader, member)
            )
    return found


def bundled_events(reader: BundleReader, member: Member) -> Iterator[tuple[Entry, str]]:
    """Yield the events of a journal that was verified just now, each with its link in hexadecimal."""
    for line in reader.lines(member):
        if line.startswith(b'{"h"'):
            event = _event.decode(line)
            payload = None if event.p is None else event.p.encode()
            digest = None if event.d is None else bytes.fromhex(event.d)
            yield Entry(bytes.fromhex(event.h), bytes.fromhex(event.s), payload, digest), event.l


def _bundled(endorsements: list[Endorsement], facts: dict[str, JournalFacts], zone: Zone) -> Session:
    ordered = sorted(endorsements, key=lambda each: each.hub_ms)
    who = ordered[-1]
    journals = [facts[each.journal] for each in ordered]
    last = next((place for place in reversed(range(len(journals))) if journals[place].files.texts), len(journals) - 1)
    newest = journals[last]
    handed_in = newest.handed_in
    runs = [run for each in journals for run in each.runs]
    return Session(
        student=who.student,
        name=who.name or who.student,
        section=who.section,
        joined=zone.iso(ordered[0].hub_ms),
        last=zone.iso(max((each.last_ms for each in journals if each.last_ms is not None), default=None)),
        handed_in=None if handed_in is None else zone.iso(handed_in.at_ms),
        devices=len({each.device for each in ordered}),
        events=sum(each.events for each in journals),
        runs=len(runs),
        failed_runs=sum(run.failed for run in runs),
        versions=sum(len(each.versions) for each in journals),
        session=who.session,
        notes=next((each.notes for each in reversed(journals) if each.notes), ""),
        files=dict(newest.files.texts),
        given={file: given_along(journals[: last + 1], file) for file in newest.files.texts},
        run_list=_runs(_counted(journals), zone),
    )


def _counted(journals: Iterable[JournalFacts]) -> Iterator[tuple[Run, int]]:
    before = 0
    for each in journals:
        yield from ((run, before) for run in each.runs)
        before += len(each.versions)
