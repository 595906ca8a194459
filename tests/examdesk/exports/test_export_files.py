"""What an export writes: whole files or none, names for every system, and a bundle that holds."""

import csv
import importlib.resources
import io
import json
import zipfile
from datetime import UTC
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examdesk.cli.verify import verify_file
from examdesk.exports.bundle import stand_alone
from examdesk.exports.everything import export_all
from examdesk.exports.session_schema import schema
from examdesk.exports.tables import defused
from examdesk.exports.times import Zone
from examdesk.exports.writing import Cancelled, Effort, file_name
from examdesk.readmodels.audit import INCIDENT
from examdesk.readmodels.classroom import incident_detail
from examdesk.staffapi.whole import SCRATCH, whole
from examdesk.store import Store
from examdesk.store.audit import Deed
from examdesk.store.credits import Decision, key_of, with_decision
from shared.problems import EnvironmentProblem, InputProblem
from tests.examdesk.exports.stored_exam import keep_evidence, small_class, store
from tests.support.clocks import ManualClock
from tests.support.journals import ExamInMemory

ROOT = Path(__file__).resolve().parents[3]
SCHEMA = ROOT / "docs" / "schemas" / "session.schema.json"
IN_UTC = Zone(UTC)


def quiet(_share, _what):
    """Nobody listens."""


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    exam = ExamInMemory(21)
    found = store(tmp_path_factory.mktemp("records"), exam, small_class(exam))
    keep_evidence(found, found.journals[0])
    return found


@pytest.fixture(scope="module")
def exported(stored, tmp_path_factory):
    """The folder of all exports."""
    out = tmp_path_factory.mktemp("exported")
    export(stored, out, {"sessions", "events", "bundle"})
    return out


def export(stored, out, what, progress=quiet, cancelled=lambda: False):
    reader = stored.reader()
    try:
        return export_all(reader, stored.exam.id, out, what, progress, cancelled, clock=ManualClock(), zone=IN_UTC)
    finally:
        reader.close()


def sessions_of(out):
    return {
        doc["student"]["id"]: doc for doc in (json.loads(path.read_bytes()) for path in (out / "sessions").iterdir())
    }


# -- the bundle


def test_the_bundle_holds_everything_and_both_verifiers_agree(stored, exported):
    path = exported / "quiz-2.examrecord"
    verdict = verify_file(path, stored.exam.key.public)
    assert (verdict.holds, verdict.events, verdict.journals) == (True, stored.events, 3)
    alone = stand_alone(ROOT / "docs" / "verify_record.py")
    assert alone.main(str(path), stored.exam.key.public.to_bytes().hex()) == 0


def test_the_bundle_carries_what_was_kept_and_no_hidden_checks(exported):
    with zipfile.ZipFile(exported / "quiz-2.examrecord") as opened:
        names = opened.namelist()
        kept = [name for name in names if name.startswith("kept/")]
        lines = [json.loads(line) for line in opened.read(kept[0]).splitlines()]
        whole_text = b"".join(opened.read(name) for name in names)
        assert b"verify_record.py RECORD.examrecord" in opened.read("README.txt")
    assert lines[0]["why"] == "fork"
    assert len(lines) == 3
    assert not any("hidden" in name for name in names)
    assert b"SECRET = 1" not in whole_text


def test_the_carried_verifier_is_the_one_in_the_documentation():
    carried = (importlib.resources.files("examdesk.exports") / "verify_record.txt").read_bytes()
    assert carried == (ROOT / "docs" / "verify_record.py").read_bytes()


def test_a_changed_event_in_the_database_is_named_in_the_session_and_stops_the_bundle(tmp_path):
    exam = ExamInMemory(5)
    stored = store(tmp_path, exam, small_class(exam))
    database = Store(stored.url, exam.id)
    journal = stored.journals[0].id
    with database.begin() as tx:
        tx.sql.exec_driver_sql(
            "UPDATE events SET payload = ? WHERE journal = ? AND seq = 5",
            (b'{"file":"q1/main.py","changes":[]}', journal),
        )
    database.close()
    out = tmp_path / "out"
    export(stored, out, {"sessions"})
    record = sessions_of(out)["s1"]["journals"][0]["record"]
    assert record["holds"] is False
    assert "V6" in record["sentence"]
    with pytest.raises(Exception, match="does not verify"):
        export(stored, out, {"bundle"})
    assert not (out / "quiz-2.examrecord").exists()


# -- session JSON


def test_every_session_follows_the_published_schema(exported):
    jsonschema = pytest.importorskip("jsonschema")
    published = json.loads(SCHEMA.read_text(encoding="utf-8"))
    assert published == schema()
    for document in sessions_of(exported).values():
        jsonschema.validate(document, published)


def test_what_staff_wrote_down_and_gave_for_lost_time_is_in_the_record(tmp_path):
    exam = ExamInMemory(22)
    stored = store(tmp_path / "records", exam, small_class(exam))
    session = stored.sessions["s1"]
    database = Store(stored.url, exam.id)
    with database.begin() as tx:
        for about, text in (("", "Fire alarm"), (session.hex(), "s1 felt ill"), ("ab" * 16, "Somebody else")):
            detail = incident_detail(about, text)
            tx.control.audit(
                1_750_000_000_000, Deed(who="Lin", role="proctor", address="", what=INCIDENT, detail=detail)
            )
        given = Decision(at_ms=1_750_000_200_000, who="Lin", seconds=240, proposed=300, items=("crash:x",), reason="PC")
        tx.put_meta(key_of(session), with_decision(None, given))
    database.close()
    out = tmp_path / "out"
    export(stored, out, {"sessions", "bundle"})
    document = sessions_of(out)["s1"]
    assert [(each["text"], each["about"]) for each in document["incidents"]] == [
        ("Fire alarm", "exam"),
        ("s1 felt ill", "session"),
    ]
    assert [(each["seconds"], each["proposed"], each["reason"]) for each in document["credits"]] == [(240, 300, "PC")]
    with zipfile.ZipFile(out / "quiz-2.examrecord") as bundle:
        lines = bundle.read("incidents.jsonl").decode().splitlines()
    assert [json.loads(line)["text"] for line in lines] == ["Fire alarm", "s1 felt ill", "Somebody else"]


def test_a_session_tells_versions_runs_signals_messages_and_the_record(exported):
    documents = sessions_of(exported)
    ada, bob = documents["s1"], documents["s2"]
    assert ada["status"] == "Submitted"
    assert [version["why"] for version in ada["versions"]] == ["run", "submit"]
    assert ada["versions"][0]["files"]["q1/main.py"].endswith("    return 0\n")
    assert ada["runs"][0]["output"] == "0\n"
    assert ada["runs"][0]["version"] == 1
    assert ada["journals"][0]["record"]["holds"] is True
    assert ada["messages"][0]["text"] == "Use metres."
    assert ada["review_history"][0]["who"] == "Lin"
    assert "large_paste" in {signal["kind"] for signal in bob["signals"]}
    assert bob["runs"][0]["exit_code"] == 1


def test_a_receipt_code_is_the_one_that_the_desk_shows(stored, exported):
    from shared.admission.receipt_code import receipt_code
    from shared.log.entry import advance, start_link

    journal = stored.journals[0]
    link = start_link(journal.endorsement)
    for entry in journal.entries:
        link = advance(link, entry)
    assert sessions_of(exported)["s1"]["receipt_code"] == receipt_code(link)


# -- events


def test_every_event_is_a_row_and_no_cell_is_a_formula(stored, exported):
    raw = (exported / "events.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    assert len(rows) == stored.events
    assert all(not cell.startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows for cell in row.values())
    odd = [row for row in rows if "cmd" in row["student"]]
    assert {row["student"] for row in odd} == {"'=cmd|' /C calc'!A0"}
    first = next(row for row in rows if row["student"] == "s1")
    assert first["time"].endswith("+00:00")


@given(st.text(max_size=20))
def test_a_defused_text_never_begins_like_a_formula_and_loses_nothing(text):
    safe = defused(text)
    assert not safe.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert safe.removeprefix("'") == text or safe == text


# -- names and whole files


@given(st.lists(st.text(min_size=1, max_size=80), min_size=2, max_size=8, unique=True))
def test_names_of_files_are_safe_and_distinct_on_every_system(texts):
    names = [file_name(text) for text in texts]
    assert len({name.casefold() for name in names}) == len(texts)
    for name in names:
        assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789._-")
        assert name[0].isalnum()
        assert not name.endswith((".", " "))
        assert len(name) < 100


@pytest.mark.parametrize(
    "text", ["con", "NUL", "com1.txt", "../../etc/passwd", "a/b", "A", "a", "ä", "x.", " ", "lpt³"]
)
def test_a_name_that_some_system_refuses_is_replaced(text):
    name = file_name(text)
    assert "/" not in name
    assert name == text or name[-17] == "-"
    assert name.split(".")[0] not in ("con", "nul", "com1")


def test_a_name_that_looks_like_a_replaced_one_is_replaced_too():
    assert file_name(file_name("=x")) != file_name("=x")


def test_a_stopped_export_leaves_nothing(stored, tmp_path):
    shares = []
    with pytest.raises(Cancelled, match="stopped"):
        export(
            stored,
            tmp_path / "out",
            {"sessions", "events", "bundle"},
            lambda s, _: shares.append(s),
            lambda: len(shares) > 9,
        )
    assert shares[-1] > 0
    assert not (tmp_path / "out").exists()


def test_a_stopped_export_keeps_the_files_of_the_one_before(stored, tmp_path):
    export(stored, tmp_path, {"events"})
    before = (tmp_path / "events.csv").read_bytes()
    with pytest.raises(Cancelled):
        export(stored, tmp_path, {"events"}, cancelled=lambda: True)
    assert (tmp_path / "events.csv").read_bytes() == before


def test_a_full_disk_leaves_no_half_file_and_says_so(tmp_path):
    def fill():
        with whole(tmp_path) as scratch:
            (scratch / "half").write_text("x")
            raise OSError(28, "No space left on device")

    with pytest.raises(EnvironmentProblem, match="is full"):
        fill()
    assert not any(path.name.startswith(SCRATCH) for path in tmp_path.iterdir())
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_a_file_is_refused_with_a_sentence(stored, tmp_path):
    (tmp_path / "out").write_text("")
    with pytest.raises(InputProblem, match="is a file"):
        export(stored, tmp_path / "out", {"events"})


def test_an_unknown_export_is_refused_by_name(stored, tmp_path):
    with pytest.raises(InputProblem, match="There is no export pdf"):
        export(stored, tmp_path, {"pdf"})


def test_progress_only_grows_and_ends_at_all(stored, tmp_path):
    shares = []
    export(stored, tmp_path, {"sessions", "events", "bundle"}, lambda share, _: shares.append(share))
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_effort_asks_before_it_tells():
    told = []
    with pytest.raises(Cancelled):
        Effort(lambda *said: told.append(said), lambda: True).step(1)
    assert told == []


def test_the_zone_of_dates_is_told_as_it_was_then():
    zone = Zone(ZoneInfo("Europe/Berlin"))
    july, october, november = 1_782_900_000_000, 1_792_000_000_000, 1_795_000_000_000
    assert zone.names([october, july]) == "UTC+02:00"
    assert zone.names([november, october]) == "UTC+02:00 until 25 October 2026, 02:59, then UTC+01:00"
