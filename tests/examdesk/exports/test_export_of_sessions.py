"""Exports of sessions over several journals, of records with holes, and beside a hub that goes on."""

import asyncio
import csv
import io
import json
from datetime import UTC

import pytest

from examdesk.cli.verify import verify_file
from examdesk.exports.everything import export_all
from examdesk.exports.times import Zone
from examdesk.store import Store, open_reader
from shared.clock import SystemClock
from shared.events import kinds
from tests.examdesk.exports.stored_exam import Sitting, small_class, store
from tests.examdesk.hub.hub_fixtures import running_hub
from tests.examdesk.hub.light_desk import LightDesk
from tests.support.clocks import ManualClock
from tests.support.journals import ExamInMemory

ALL = {"sessions", "events", "workbook", "report", "bundle"}


def export(stored, out, what):
    reader = stored.reader()
    try:
        return export_all(
            reader, stored.exam.id, out, what, lambda *_: None, lambda: False, clock=ManualClock(), zone=Zone(UTC)
        )
    finally:
        reader.close()


@pytest.fixture(scope="module")
def moved(tmp_path_factory):
    """One session that moved to another PC; the first PC wrote on for a while."""
    exam = ExamInMemory(81)
    first = Sitting(exam, "s1")
    first.type("a = 1\n")
    first.run("1\n")
    left_at = len(first.journal.entries) - 1
    first.type("# written after the session had moved\n")
    session = bytes.fromhex(_session_of(first))
    second = Sitting(exam, "s1", session=session)
    second.type("b = 2\n")
    second.run("2\n")
    second.hand_in()
    folder = tmp_path_factory.mktemp("moved")
    stored = store(folder, exam, [first.journal, second.journal], parents={second.journal.id: (first.journal, left_at)})
    export(stored, folder / "out", ALL)
    return stored, folder / "out"


def _session_of(sitting):
    from shared.admission.endorsement import read

    return read(sitting.journal.endorsement, sitting.exam.key.public).session


def test_versions_count_through_all_journals_of_a_session(moved):
    _, out = moved
    document = json.loads((out / "sessions" / "s1.json").read_bytes())
    assert [version["number"] for version in document["versions"]] == [1, 2, 3]
    assert [run["version"] for run in document["runs"]] == [1, 2]
    assert "# written after" not in document["files"]["q1/main.py"]
    assert {signal["kind"] for signal in document["signals"]} >= {"device_change"}
    assert [journal["role"] for journal in document["journals"]] == ["main", "main"]
    assert all(journal["record"]["holds"] for journal in document["journals"])


def test_the_bundle_and_the_table_hold_the_side_branch_too(moved):
    stored, out = moved
    assert verify_file(out / "quiz-2.examrecord").events == stored.events
    rows = csv.DictReader(io.StringIO((out / "events.csv").read_text(encoding="utf-8-sig"), newline=""))
    assert sum("written after" in row["payload"] or row["kind"] == "Edit" for row in rows) > 0


def test_an_erased_payload_leaves_every_export_possible(tmp_path):
    exam = ExamInMemory(82)
    stored = store(tmp_path, exam, small_class(exam))
    journal = stored.journals[1]
    place = next(n for n, entry in enumerate(journal.entries) if entry.header[1] == kinds.Paste.KIND)
    database = Store(stored.url, exam.id)
    with database.begin() as tx:
        tx.sql.exec_driver_sql(
            "UPDATE events SET payload = NULL, digest = ? WHERE journal = ? AND seq = ?",
            (journal.entries[place].payload_digest(), journal.id, place),
        )
    database.close()
    out = tmp_path / "out"
    export(stored, out, ALL)
    record = json.loads((out / "sessions" / "s2.json").read_bytes())["journals"][0]["record"]
    assert (record["holds"], record["erased_events"]) == (True, 1)
    assert verify_file(out / "quiz-2.examrecord").holds
    assert "erased" in (out / "events.csv").read_text(encoding="utf-8-sig")


def test_an_exam_that_nobody_sat_can_be_exported(tmp_path):
    stored = store(tmp_path, ExamInMemory(83), [], absent=3)
    made = export(stored, tmp_path / "out", ALL)
    assert sorted(path.name for path in made) == [
        *("events.csv", "integrity-report.html", "quiz-2.examrecord", "records.xlsx")
    ]


async def test_a_running_hub_goes_on_while_its_records_are_exported(tmp_path):
    async with running_hub(tmp_path) as hub:
        desk = LightDesk("127.0.0.1", hub.listener.port, "ada")
        await desk.connect()
        await desk.join(hub.services.identity.room_code)
        await desk.start()
        await desk.type_text("print('one')\n")
        await desk.safe()
        reader = open_reader(hub.settings.place.url)
        task = asyncio.create_task(
            asyncio.to_thread(
                export_all,
                *(reader, hub.services.identity.exam, tmp_path / "out", ALL, lambda *_: None, lambda: False),
                clock=SystemClock(),
            )
        )
        for number in range(20):
            await desk.type_text(f"# {number}\n")
            await desk.safe()
        made = await task
        reader.close()
        await desk.leave()
    assert len(made) == 5
    bundle = next(path for path in made if path.suffix == ".examrecord")
    assert verify_file(bundle).holds


def test_sqlite_and_postgresql_give_the_same_exports(store_url, tmp_path):
    exam = ExamInMemory(84)
    stored = store(tmp_path / "records", exam, small_class(exam), url=store_url)
    out = tmp_path / "out"
    export(stored, out, ALL)
    assert verify_file(out / "quiz-2.examrecord", exam.key.public).events == stored.events
    document = json.loads((out / "sessions" / "s1.json").read_bytes())
    assert document["journals"][0]["record"]["holds"] is True
    rows = csv.reader(io.StringIO((out / "events.csv").read_text(encoding="utf-8-sig"), newline=""))
    assert len(list(rows)) == stored.events + 1
