"""Signals worked out again from records or from an evidence bundle, to be compared with what somebody else has.

A bundle holds everything that signals follow from but the names and addresses of PCs, which the hub alone saw; what
rests on these (`HUB_ONLY`) is compared by its place, not by its amount.
"""

import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from examdesk.evidence.rules import Rules
from examdesk.evidence.session import Kept, SessionFacts
from examdesk.evidence.signals import ENGINE, KINDS, Given, Signal, how_common
from examdesk.exports.archive import bundled_events
from examdesk.exports.bundle_lines import KeptLine, NoticeLine
from examdesk.readmodels import LiveModel, given_of, open_exam, rules_of
from examdesk.readmodels.derived import Input, given_digest
from examdesk.store import Reader
from examdesk.store.rows import JournalRow
from shared.admission.endorsement import Endorsement
from shared.bundle.container import BundleReader, Member
from shared.bundle.editions import LINES, read_editions
from shared.bundle.evidence import open_bundle, verify_bundle
from shared.exam.content import student_content
from shared.exam.exam_folder import exam_or_problem
from shared.exam.rules import SignalName, Signals
from shared.ids import DeviceId, ExamId, JournalId
from shared.problems import InputProblem

MAX_MEMBER = 64 * 1024 * 1024
HUB_ONLY: tuple[SignalName, ...] = ("device_change",)


class FoundSignal(msgspec.Struct, frozen=True, kw_only=True):
    """A signal with what it depends on besides the events."""

    kind: str
    journal: str
    seq: int
    at_ms: int
    amount: float
    unit: str
    file: str
    explanation: str
    parameters: dict[str, int]


class SessionSignals(msgspec.Struct, frozen=True, kw_only=True):
    """A session's signals, and the journals that were read for them."""

    session: str
    student: str
    inputs: tuple[Input, ...]
    signals: tuple[FoundSignal, ...]


class KindCount(msgspec.Struct, frozen=True, kw_only=True):
    """How common a kind is in the class."""

    kind: str
    title: str
    students_with_it: int
    signals: int


class Recomputed(msgspec.Struct, frozen=True, kw_only=True):
    """All signals of an exam with what they follow from: the same inputs give the same signals everywhere."""

    format: int = 1
    engine: str
    thresholds: Signals
    given_sha256: str
    students: int
    kinds: tuple[KindCount, ...]
    sessions: tuple[SessionSignals, ...]


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """A signal that only one side has; `where` says which."""

    session: str
    student: str
    signal: FoundSignal
    where: str


def of_records(reader: Reader, exam: ExamId) -> Recomputed:
    """Work out all signals from the events in a database; nothing that is kept beside them is used."""
    opened = open_exam(reader, exam)
    live = LiveModel(reader, exam, rules_of(opened.exam, opened.given))
    live.load()
    sessions = []
    for session, row in live.fresh().sessions.items():
        facts = live.facts[session]
        rows = [found for journal in facts.journals if (found := live.journal_row(journal)) is not None]
        inputs = tuple(Input(each.journal.hex(), each.head_seq, each.head_link.hex()) for each in rows)
        sessions.append(_session(session.hex(), row.student, inputs, facts))
    return _together(live.rules, sessions)


def of_bundle(path: Path) -> Recomputed:
    """Verify an evidence bundle, then work out all signals from it.

    Raises:
        InputProblem: it can't be read, or carries no exam.
        PeerFault: it does not hold.
    """
    with open_bundle(path) as file:
        checked = verify_bundle(file)
        file.seek(0)
        reader = BundleReader(file)
        members = {member.name: member for member in reader.members()}
        rules = _rules(reader, members)
        by_session: dict[str, list[Endorsement]] = {}
        for journal in checked.journals:
            by_session.setdefault(journal.endorsement.session, []).append(journal.endorsement)
        sessions = [_bundled(reader, members, each, rules) for each in by_session.values()]
    return _together(rules, sessions)


def read_file(path: Path) -> Recomputed:
    """Read what `examdesk signals --json` printed."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Recomputed)
    except OSError as error:
        raise InputProblem(f"{path} can't be read: {error.strerror}.") from error
    except msgspec.DecodeError as error:
        raise InputProblem(f"{path} is not what `examdesk signals --json` prints ({error}).") from error


def inputs_that_differ(one: Recomputed, other: Recomputed) -> list[str]:
    """Say what was put in differently, in words; where nothing was, both sides must have the same signals."""
    found = []
    if one.engine != other.engine:
        found.append(f"The engine differs: {one.engine} here, {other.engine} there.")
    if one.thresholds != other.thresholds:
        here, there = msgspec.structs.asdict(one.thresholds), msgspec.structs.asdict(other.thresholds)
        changed = [f"{name} {here[name]} here, {there[name]} there" for name in here if here[name] != there[name]]
        found.append(f"Thresholds differ: {'; '.join(changed)}.")
    if one.given_sha256 != other.given_sha256:
        found.append("The exam's texts (prompts, starter code, messages) differ.")
    heads = {each.session: sorted(each.inputs, key=lambda read: read.journal) for each in other.sessions}
    changed = [
        each.student
        for each in one.sessions
        if heads.get(each.session) != sorted(each.inputs, key=lambda read: read.journal)
    ]
    if changed:
        found.append(f"Other events were read of {', '.join(changed[:10])}{' and more' if changed[10:] else ''}.")
    return found


def differences(one: Recomputed, other: Recomputed) -> list[Difference]:
    """Return the signals that only one of the two has, by session and place."""
    here, there = _by_key(one), _by_key(other)
    only = [(here[key], "only here") for key in here if key not in there]
    only += [(there[key], "only there") for key in there if key not in here]
    return [
        Difference(session=session.session, student=session.student, signal=signal, where=where)
        for (session, signal), where in only
    ]


_Key = tuple[str, str, str, int, float, str, int]


def _by_key(found: Recomputed) -> dict[_Key, tuple[SessionSignals, FoundSignal]]:
    keyed: dict[_Key, tuple[SessionSignals, FoundSignal]] = {}
    seen: Counter[tuple[str, str, str, int, float, str]] = Counter()
    for session in found.sessions:
        for signal in session.signals:
            amount = 0.0 if signal.kind in HUB_ONLY else signal.amount
            key = (session.session, signal.kind, signal.journal, signal.seq, amount, signal.file)
            seen[key] += 1
            keyed[(*key, seen[key])] = (session, signal)
    return keyed


def _together(rules: Rules, sessions: Sequence[SessionSignals]) -> Recomputed:
    common = how_common((each.student, [signal.kind for signal in each.signals]) for each in sessions)
    signals = Counter(signal.kind for each in sessions for signal in each.signals)
    return Recomputed(
        engine=ENGINE,
        thresholds=rules.signals,
        given_sha256=given_digest(rules.given),
        students=common.students,
        kinds=tuple(
            KindCount(kind=kind, title=about.title, students_with_it=common.having[kind], signals=signals[kind])
            for kind, about in KINDS.items()
            if signals[kind]
        ),
        sessions=tuple(sessions),
    )


def _session(session: str, student: str, inputs: tuple[Input, ...], facts: SessionFacts) -> SessionSignals:
    thresholds = facts.rules.signals
    return SessionSignals(
        session=session,
        student=student,
        inputs=inputs,
        signals=tuple(_found(signal, thresholds) for signal in facts.signals()),
    )


def _found(signal: Signal, thresholds: Signals) -> FoundSignal:
    return FoundSignal(
        **{name: getattr(signal, name) for name in Signal.__struct_fields__},
        parameters=KINDS[signal.kind].parameters(thresholds),
    )


# ---------------------------------------------------------------------------------------------- bundles


def _rules(reader: BundleReader, members: dict[str, Member]) -> Rules:
    with tempfile.TemporaryDirectory(prefix="examdesk-") as scratch:
        folder = Path(scratch) / "exam"
        for name, member in members.items():
            if name.startswith("exam/"):
                path = folder / name.removeprefix("exam/")
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(reader.read(member, MAX_MEMBER))
        if not folder.is_dir():
            raise InputProblem("This bundle carries no exam, so its thresholds and texts are not known.")
        exam, _ = exam_or_problem(folder, Path("in this bundle"))
        rules = rules_of(exam, _given(reader, members, folder))
    notices = [msgspec.json.decode(line, type=NoticeLine) for line in _lines(reader, members.get("notices.jsonl"))]
    given = msgspec.structs.replace(rules.given, notices={notice.number: notice.text for notice in notices})
    return msgspec.structs.replace(rules, given=given)


def _given(reader: BundleReader, members: dict[str, Member], folder: Path) -> Given:
    """Return what every edition gave; bundles of before have the newest one's files alone."""
    if LINES not in members:
        return given_of([(0, student_content(folder))])
    return given_of((each.number, each.content) for each in read_editions(reader, members) if each.content is not None)


def _lines(reader: BundleReader, member: Member | None) -> Iterable[bytes]:
    return () if member is None else reader.read(member, MAX_MEMBER).splitlines()


def _bundled(
    reader: BundleReader, members: dict[str, Member], endorsements: list[Endorsement], rules: Rules
) -> SessionSignals:
    ordered = sorted(endorsements, key=lambda each: (each.hub_ms, each.journal))
    parents = {each.parent.journal for each in ordered if each.parent is not None}
    newest = [each for each in ordered if each.journal not in parents][-1]
    facts = SessionFacts(rules)
    facts.put_journals([_row(each) for each in ordered], newest.journal_id)
    facts.keep(kept for each in ordered for kept in _kept(reader, members, each.journal_id))
    inputs = []
    for each in ordered:
        read = Input(each.journal, -1, "")
        for seq, (entry, link) in enumerate(bundled_events(reader, members[f"journals/{each.journal}.jsonl"])):
            facts.take(each.journal_id, entry.header, entry.payload)
            read = Input(each.journal, seq, link)
        inputs.append(read)
    return _session(newest.session, newest.student, tuple(inputs), facts)


def _row(endorsement: Endorsement) -> JournalRow:
    parent = endorsement.parent
    return JournalRow(
        journal=endorsement.journal_id,
        session=endorsement.session_id,
        exam=endorsement.exam_id,
        endorsement=b"",
        key=bytes.fromhex(endorsement.journal_key),
        parent=None if parent is None else JournalId(bytes.fromhex(parent.journal)),
        parent_seq=-1 if parent is None else parent.seq,
        device=DeviceId(bytes.fromhex(endorsement.device)),
        device_name="",
        seat=endorsement.seat or "",
        address="",
        opened_ms=endorsement.hub_ms,
        head_link=b"",
    )


def _kept(reader: BundleReader, members: dict[str, Member], journal: JournalId) -> Iterable[Kept]:
    number = 0
    while (member := members.get(f"kept/{journal.hex()}-{number}.jsonl")) is not None:
        line = msgspec.json.decode(reader.read(member, MAX_MEMBER).split(b"\n", 1)[0], type=KeptLine)
        yield Kept(journal, line.at_ms, line.why, line.hub_last, line.desk_last)
        number += 1
