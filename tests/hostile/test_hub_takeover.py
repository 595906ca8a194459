"""The laptop died: a hub with the exam's key and no records gets everything from the desks (P-12 to P-14)."""

import shutil
import sqlite3

from tests.hostile.stage import confirmed, receipted, stage, typing

KEPT = ("exams", "exam_keys", "sealed", "alembic_version", "meta")


def lose_the_records(data):
    """Leave what a copy of the keys brings back: everything else of the records is gone."""
    for name in ("examdesk.sqlite-wal", "examdesk.sqlite-shm", "ballast", "hub.lock", "hub.json"):
        (data / name).unlink(missing_ok=True)
    with sqlite3.connect(data / "examdesk.sqlite") as records:
        tables = [name for (name,) in records.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            if table not in KEPT and not table.startswith("sqlite_"):
                records.execute(f"DELETE FROM {table}")
    records.close()


def long_text(lines):
    return "".join(f"value_{number} = {number}\n" for number in range(lines))


def test_a_hub_without_records_gets_every_journal_back(tmp_path):
    with stage(tmp_path) as on:
        hub = on.ready(on.serve())
        script = [*typing(long_text(60), every_ms=18, piece=6), {"at_ms": 3800, "do": "submit"}]
        desks = [on.desk(student, script) for student in ("ada", "bob")]
        for desk in desks:
            desk.wait_for(lambda line: line.get("confirmed") == "receipt" and line["up_to"] > 12)
        assert hub.terminate() == 0
        lose_the_records(on.data)
        before = on.fingerprint
        hub = on.ready(on.serve("--port", str(on.port)))
        assert on.fingerprint == before
        for desk in desks:
            assert desk.finish() == 0, desk.errors()
        assert hub.terminate() == 0, hub.errors()
        on.nothing_is_lost(*desks)
        assert on.query("SELECT student FROM sessions ORDER BY student") == [("ada",), ("bob",)]
        assert [what for (what,) in on.query("SELECT what FROM audit")].count("came back") == 2


def test_a_hub_that_was_set_back_to_a_copy_gets_the_rest_again(tmp_path):
    with stage(tmp_path) as on:
        hub = on.ready(on.serve())
        script = [*typing(long_text(60), every_ms=40, piece=6), {"at_ms": 9000, "do": "submit"}]
        desk = on.desk("ada", script)
        desk.wait_for(receipted)
        assert hub.terminate() == 0
        shutil.copytree(on.data, tmp_path / "copy")
        hub = on.ready(on.serve())
        last = max(on.at_hub().values())
        desk.wait_for(lambda line: line.get("confirmed") == "receipt" and line["up_to"] > last + 10)
        hub.kill()
        shutil.rmtree(on.data)
        shutil.copytree(tmp_path / "copy", on.data)
        hub = on.ready(on.serve())
        assert desk.finish() == 0, desk.errors()
        assert hub.terminate() == 0
        on.nothing_is_lost(desk)


def test_a_desk_that_was_off_comes_back_to_the_rebuilt_hub_beside_a_new_session(tmp_path):
    with stage(tmp_path) as on:
        hub = on.ready(on.serve())
        text = typing("print(1)\n")
        first = on.desk("ada", [*text, {"at_ms": 60_000, "do": "submit"}], journal="pc1")
        first.wait_for(receipted)
        first.kill()
        assert hub.terminate() == 0
        lose_the_records(on.data)
        hub = on.ready(on.serve("--port", str(on.port)))
        second = on.desk("ada", [*text, {"at_ms": 900, "do": "submit"}], journal="pc2")
        assert second.finish() == 0, second.errors()
        again = on.desk("ada", [*text, {"at_ms": 900, "do": "submit"}], journal="pc1")
        assert again.finish() == 0, again.errors()
        assert hub.terminate() == 0
        on.nothing_is_lost(first, second, again)
        assert on.query("SELECT student FROM sessions ORDER BY student") == [("ada",), ("ada (2)",)]
        assert len(confirmed(first, second, again)) == 2
