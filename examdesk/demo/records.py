"""What remains of the demonstration: exports, their verification, and the count of what was confirmed and kept."""

import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

import msgspec

from examdesk.demo.folder import DemoFolder
from examdesk.hub.records.place import place_of
from examdesk.rehearsal.children import Child, Children, python
from examdesk.store import open_reader
from examdesk.store.records import entries_of
from shared.ids import JournalId

EXPORT_S = 120.0
VERIFY_S = 60.0
EXPECTED = ("sessions/*.json", "events.csv", "records.xlsx", "integrity-report.html", "*.examrecord")
STAND_ALONE = "verify_record.py"


class Confirmed:
    """What desks called saved, by journal: the last event, from whoever said the most."""

    def __init__(self) -> None:
        self.last: dict[str, int] = {}

    def heard(self, line: Mapping[str, object]) -> None:
        """Take a line of a desk of its own or of the simulated class."""
        if line.get("confirmed") == "journal":
            self._take(str(line["journal"]), line["up_to"])
        summary = line.get("summary")
        if isinstance(summary, dict):
            for journal, counts in summary["journals"].items():
                self._take(journal, counts["confirmed"])

    def _take(self, journal: str, last: object) -> None:
        if isinstance(last, int):
            self.last[journal] = max(last, self.last.get(journal, -1))

    @property
    def events(self) -> int:
        """How many events the journals confirmed."""
        return sum(last + 1 for last in self.last.values())


class Kept(msgspec.Struct, frozen=True):
    """What the hub has: events by journal, in order without a gap."""

    by_journal: dict[str, int]

    @property
    def events(self) -> int:
        """All of them."""
        return sum(self.by_journal.values())

    def lacks_of(self, confirmed: Confirmed) -> int:
        """Return how many confirmed events the hub does not have."""
        return sum(max(0, last + 1 - self.by_journal.get(journal, 0)) for journal, last in confirmed.last.items())


def count_kept(folder: DemoFolder, confirmed: Confirmed) -> Kept:
    """Count the events at the hub of these journals."""
    reader = open_reader(place_of(str(folder.hub)).url)
    try:
        with reader.connect() as sql:
            return Kept(
                {
                    journal: sum(1 for _ in entries_of(sql, JournalId(bytes.fromhex(journal))))
                    for journal in confirmed.last
                }
            )
    finally:
        reader.close()


async def export(children: Children, folder: DemoFolder) -> list[str]:
    """Write all exports; return what is missing, as sentences."""
    command = python("examdesk.cli.main", "export", "--data", str(folder.hub), "--out", str(folder.exports), "--quiet")
    child = await children.start("the export", command, log="export")
    code = await child.ended(EXPORT_S)
    if code != 0:
        return [f"The export ended with {code}. {child.quoted()}"]
    return [f"The export made no {kind}." for kind in EXPECTED if not list(folder.exports.glob(kind))]


class Verified(msgspec.Struct, frozen=True):
    """How many events both verifiers hold good, and what went wrong in sentences."""

    events: int = 0
    problems: tuple[str, ...] = ()


async def verify(children: Children, folder: DemoFolder) -> Verified:
    """Verify the bundle with `examdesk verify` and with the stand-alone verifier that travels in it."""
    bundle = next(iter(sorted(folder.exports.glob("*.examrecord"))), None)
    if bundle is None:
        return Verified(problems=("There is no bundle to verify.",))
    ours = await children.start(
        "examdesk verify", python("examdesk.cli.main", "verify", str(bundle), "--json"), log="verify"
    )
    verifier = _taken_out(bundle, folder.logs)
    other = await children.start("the stand-alone verifier", [sys.executable, str(verifier), str(bundle)], log="other")
    problems = [sentence for child in (ours, other) if (sentence := await _trouble(child))]
    verdict = ours.last.get("holds", {})
    return Verified(int(verdict.get("events", 0)) if verdict.get("holds") else 0, tuple(problems))


async def _trouble(child: Child) -> str:
    code = await child.ended(VERIFY_S)
    if code == 0:
        return ""
    said = child.last.get("holds", {}).get("sentence") or child.quoted()
    return f"{child.name} ended with {code}. {said}"


def _taken_out(bundle: Path, folder: Path) -> Path:
    """Take the verifier out of the bundle, as a committee would."""
    target = folder / STAND_ALONE
    with zipfile.ZipFile(bundle) as inside:
        target.write_bytes(inside.read(STAND_ALONE))
    return target
