"""What a journal keeps, whatever becomes of its file."""

import sqlite3
import stat
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from shared.events import decode, kinds
from shared.log.batch import batch_holds, unpack_batch
from shared.log.entry import unpack_header
from shared.problems import EnvironmentProblem
from student_app.core.journal import SEAL_BYTES, SEAL_EVENTS
from student_app.core.journal_file import JournalFile
from student_app.core.session import Phase
from student_app.core.shelf import to_go_on_with
from tests.student_app.kit import Bench


def worked(folder: Path, keys: int = 40) -> Bench:
    bench = Bench(folder)
    desk = bench.open_exam()
    for at in range(keys):
        desk.insert("q1/main.py", at, chr(97 + at % 26))
        bench.committer.step(210)
    bench.committer.step(1_000)
    return bench


def closed(bench: Bench) -> Path:
    path = bench.desk.sitting.journal._file.path
    bench.desk.close()
    bench.committer.step(1)
    return path


def change(path: Path, statement: str) -> None:
    connection = sqlite3.connect(path)
    with connection:
        connection.execute(statement)
    connection.close()


def back(bench: Bench):
    bench.new_desk()
    return bench.come_back()


def salvaged(desk) -> list[kinds.Salvaged]:
    rows = desk.sitting.journal._file.readable_events(-1)
    payloads = [decode(unpack_header(entry.header).kind, entry.payload) for _, entry in rows]
    return [payload for payload in payloads if isinstance(payload, kinds.Salvaged)]


def end(bench: Bench) -> None:
    bench.desk.close()
    bench.committer.step(1)


def test_the_file_is_for_its_owner_only(tmp_path):
    bench = worked(tmp_path, 1)
    assert stat.S_IMODE(bench.desk.sitting.journal._file.path.stat().st_mode) == 0o600
    end(bench)


def test_batches_follow_each_other_within_their_limits_and_are_signed(tmp_path):
    bench = worked(tmp_path, 5)
    desk = bench.desk
    for _ in range(30):
        desk.paste("q2/main.py", 0, 0, "é" * 9_000)
    for _ in range(200):
        desk.message("hello")
    bench.committer.step(1_000)
    expected = 0
    for signed, entries in desk.sitting.journal._file.load(-1, -1):
        batch = unpack_batch(signed.body)
        assert batch_holds(signed, desk.sitting.journal.key.public)
        assert (batch.first, batch.last) == (expected, expected + len(entries) - 1)
        assert len(entries) <= SEAL_EVENTS
        assert len(entries) == 1 or sum(entry.size() for entry in entries) <= SEAL_BYTES
        expected = batch.last + 1
    assert expected == desk.sitting.journal.last + 1
    end(bench)


def test_a_damaged_middle_is_set_aside_and_the_newest_text_is_kept(tmp_path):
    bench = worked(tmp_path, 260)
    text = bench.desk.text("q1/main.py")
    path = closed(bench)
    change(path, "UPDATE events SET payload = CAST('{}' AS BLOB) WHERE seq = 20")
    desk = back(bench)
    assert desk.text("q1/main.py") == text
    (salvage,) = salvaged(desk)
    assert salvage.kept_up_to == 19
    assert "was damaged. Your text was brought back" in desk.state().news[-1]
    assert (path.parent / f"{path.name}.damaged-1").exists()
    assert desk.state().phase is Phase.WORKING
    end(bench)


def test_a_torn_tail_is_cut_and_said(tmp_path):
    bench = worked(tmp_path, 30)
    path = closed(bench)
    change(path, "UPDATE events SET link = zeroblob(32) WHERE seq = (SELECT max(seq) - 3 FROM events)")
    desk = back(bench)
    assert desk.text("q1/main.py").startswith("abcdefghij")
    assert len(salvaged(desk)) == 1
    assert "look through it now" in desk.state().news[-1]
    end(bench)


def test_missing_events_at_the_end_are_noticed(tmp_path):
    bench = worked(tmp_path, 30)
    path = closed(bench)
    change(path, "DELETE FROM events WHERE seq > 20")
    desk = back(bench)
    (salvage,) = salvaged(desk)
    assert (salvage.kept_up_to, "missing at the end" in salvage.detail) == (20, True)
    end(bench)


def test_a_file_that_is_no_database_any_more_is_kept_under_another_name(tmp_path):
    bench = worked(tmp_path, 3)
    path = closed(bench)
    path.write_bytes(b"not a database at all" * 400)
    bench.new_desk()
    with pytest.raises(EnvironmentProblem, match="Join again"):
        bench.desk.go_on(path)
    assert not path.exists()
    assert len(list(tmp_path.glob("*.damaged-1"))) == 1


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
@example(place=0.09772713916398935, bit=7)  # in the name of a table
def test_a_flipped_bit_never_costs_more_than_a_sentence(tmp_path_factory, place, bit):
    bench = worked(tmp_path_factory.mktemp("flip"), 12)
    text = bench.desk.text("q1/main.py")
    path = closed(bench)
    data = bytearray(path.read_bytes())
    data[int(len(data) * place)] ^= 1 << bit
    path.write_bytes(data)
    bench.new_desk()
    try:
        bench.desk.go_on(path)
    except EnvironmentProblem:
        assert list(path.parent.glob("*.damaged-1"))
        return
    have = bench.desk.sitting.recorder.texts().get("q1/main.py", "")
    assert text.startswith(have[: -len("# start\n")] if have else "")
    end(bench)


class FullDisk(JournalFile):
    """A file on a disk that is full until somebody makes room."""

    full = True

    def write(self, writes):
        if type(self).full:
            raise sqlite3.OperationalError("database or disk is full")
        super().write(writes)


def test_a_full_disk_loses_nothing_and_says_so(tmp_path):
    bench = worked(tmp_path, 3)
    desk = bench.desk
    journal = desk.sitting.journal
    journal._file = FullDisk(journal._file._connection, journal._file.path)
    desk.insert("q1/main.py", 0, "while full\n")
    bench.committer.step(2_000)
    state = desk.state()
    assert "the disk is full" in state.trouble
    assert state.saved < state.last
    FullDisk.full = False
    bench.committer.step(2_000)
    assert desk.state().trouble is None
    assert desk.state().saved == desk.state().last
    journal._file = JournalFile(journal._file._connection, journal._file.path)
    bench.crash()
    assert bench.come_back().text("q1/main.py").startswith("while full\n")
    end(bench)


def test_a_commit_that_failed_only_by_name_is_not_written_twice(tmp_path):
    bench = worked(tmp_path, 3)
    journal = bench.desk.sitting.journal

    class Liar(JournalFile):
        lies = 1

        def write(self, writes):
            super().write(writes)
            if Liar.lies:
                Liar.lies = 0
                raise sqlite3.OperationalError("disk I/O error")

    journal._file = Liar(journal._file._connection, journal._file.path)
    bench.desk.insert("q1/main.py", 0, "once\n")
    bench.committer.step(3_000)
    state = bench.desk.state()
    assert (state.trouble, state.saved) == (None, state.last)
    end(bench)


def test_a_folder_that_cannot_be_written_to_is_named(tmp_path):
    place = tmp_path / "file"
    place.write_text("in the way")
    bench = Bench(place)
    bench.desk.join("code", "s1")
    with pytest.raises(EnvironmentProblem, match="can't be saved on this PC"):
        bench.admit()


def test_the_key_is_destroyed_when_the_session_has_ended(tmp_path):
    bench = worked(tmp_path, 3)
    desk = bench.desk
    key = desk.sitting.journal.key.to_bytes()
    desk.sitting.standing(bench.standing(ended=True))
    bench.committer.step(1_000)
    desk.sitting.journal.safe = desk.sitting.journal.last
    path = closed(bench)
    assert key not in path.read_bytes()
    assert to_go_on_with(tmp_path) is None
    with pytest.raises(EnvironmentProblem, match="closed for good"):
        bench.new_desk().go_on(path)
