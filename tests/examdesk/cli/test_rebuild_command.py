import argparse
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa

from examdesk.cli import rebuild
from examdesk.evidence.signals import ENGINE
from examdesk.hub.records.place import HubLock, place_of
from examdesk.readmodels.derived import DerivedSignals
from examdesk.store import open_reader, schema
from shared.exam.exam_folder import exam_or_problem
from shared.exam.packing import pack
from shared.problems import EnvironmentProblem, InputProblem
from tests.examdesk.hub.hub_fixtures import make_exam
from tests.support.scripted import Records, Student


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = make_exam(tmp_path / "exam", "[signals]\nfocus_away_seconds = 20\n")
    exam, _ = exam_or_problem(folder)
    (tmp_path / "data").mkdir()
    records = Records(f"sqlite:///{tmp_path / 'data/examdesk.sqlite'}", exam.id, pack(folder))
    for name in ("ada", "bob"):
        student = Student(name)
        records.join(student)
        student.begin("print(1)\n")
        student.type("x = 1\n")
        student.look_away(25_000)
        student.look_away(19_000)
        records.hand_over(student)
    records.close()
    return tmp_path / "data"


def rebuilt(data: Path, capsys) -> str:
    assert rebuild.run(argparse.Namespace(data=str(data))) == 0
    return capsys.readouterr().out


def kept(data: Path) -> list[bytes]:
    reader = open_reader(f"sqlite:///{data / 'examdesk.sqlite'}")
    with reader.connect() as connection:
        found = connection.execute(sa.select(schema.projections.c.data).order_by(schema.projections.c.session))
        rows = [row.data for row in found]
    reader.close()
    return rows


def test_what_is_derived_comes_out_identical_again(data, capsys):
    first = rebuilt(data, capsys)
    before = kept(data)
    second = rebuilt(data, capsys)
    assert "0 sessions as before, 0 differ, 2 for the first time" in first
    assert "2 sessions as before, 0 differ, 0 for the first time" in second
    assert kept(data) == before


def test_dropped_or_changed_rows_are_made_again(data, capsys):
    rebuilt(data, capsys)
    before = kept(data)
    engine = sa.create_engine(f"sqlite:///{data / 'examdesk.sqlite'}")
    with engine.begin() as connection:
        first = connection.execute(sa.select(schema.projections.c.session)).scalars().first()
        connection.execute(
            sa.update(schema.projections).where(schema.projections.c.session == first).values(data=b"{}")
        )
    engine.dispose()
    assert "1 session as before, 1 differ" in rebuilt(data, capsys)
    assert kept(data) == before


def test_signals_are_kept_with_what_they_follow_from(data, capsys):
    rebuilt(data, capsys)
    derived = msgspec.json.decode(kept(data)[0], type=DerivedSignals)
    assert derived.engine == ENGINE
    assert derived.thresholds.focus_away_seconds == 20
    assert [signal.kind for signal in derived.signals] == ["focus_away"]
    (read,) = derived.inputs
    assert (len(read.journal), len(read.link), read.seq > 5) == (32, 64, True)
    assert len(derived.given_sha256) == 64


def test_a_running_hub_keeps_rebuild_out(data):
    exam = exam_or_problem(data.parent / "exam")[0]
    lock = HubLock(place_of(str(data)), exam.id)
    lock.take()
    try:
        with pytest.raises(EnvironmentProblem, match="Another hub"):
            rebuild.run(argparse.Namespace(data=str(data)))
    finally:
        lock.release()


def test_a_folder_without_records_is_told(tmp_path):
    with pytest.raises(InputProblem, match="no records"):
        rebuild.run(argparse.Namespace(data=str(tmp_path / "nothing")))
    assert not (tmp_path / "nothing" / "examdesk.sqlite").exists()
