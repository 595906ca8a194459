import tomllib
from datetime import UTC, datetime
from uuid import UUID

import msgspec
import pytest

from shared.exam.access import Schedule
from shared.exam.copying import copy_exam
from shared.exam.document import Exam, Question, Zone
from shared.exam.exam_folder import read_exam
from shared.exam.findings import Finding
from shared.exam.readiness import (
    DAY_MS,
    ClockFacts,
    Facts,
    KeyFacts,
    PcFacts,
    Rehearsed,
    RoomFacts,
    checklist,
    is_ready,
)
from shared.exam.rules import Admission, Interpreter
from shared.exam.template import new_exam
from shared.problems import InputProblem

NOW = 1_800_000_000_000
EXAM = Exam(uuid=UUID(int=1), title="t", zones=(Zone(questions=(Question(id="q1"),)),), schedule=Schedule(duration=60))
GOOD = Facts(
    exam=EXAM,
    findings=(),
    wheels=None,
    now_ms=NOW,
    newest_ms=NOW - DAY_MS,
    free_bytes=10**11,
    room=RoomFacts(students=30, with_code=30),
    rehearsed=Rehearsed(at_ms=NOW, desks=30, holds=True),
    pcs=PcFacts(reported=30),
    clock=ClockFacts(synchronised=True, source="timedatectl"),
    key=KeyFacts(age_ms=180_000),
)


def states(**changes):
    return {item.name: item.state for item in checklist(msgspec.structs.replace(GOOD, **changes))}


def exam_with(**fields):
    return msgspec.structs.replace(EXAM, **fields)


def test_everything_ready_is_ready():
    assert "The key on the stick is 3 minutes old." in [item.said for item in checklist(GOOD)]
    assert set(states().values()) == {"ready"}
    assert is_ready(checklist(GOOD))


@pytest.mark.parametrize(
    ("changes", "name", "state"),
    [
        ({"exam": None, "findings": (Finding(file="exam.toml", sentence="wrong"),)}, "exam", "missing"),
        ({"exam": exam_with(draft=True)}, "exam", "missing"),
        ({"findings": (Finding(file="a", sentence="hint", severity="warning"),)}, "exam", "attention"),
        ({"exam": exam_with(interpreter=Interpreter(packages=("numpy",)))}, "packages", "missing"),
        ({"exam": exam_with(schedule=Schedule(start=datetime(2020, 1, 1, tzinfo=UTC)))}, "schedule", "attention"),
        ({"room": None}, "roster", "unknown"),
        ({"room": RoomFacts(students=0)}, "roster", "attention"),
        (
            {"room": RoomFacts(students=0), "exam": exam_with(admission=Admission(unlisted="refuse"))},
            "roster",
            "missing",
        ),
        (
            {"room": RoomFacts(students=9, with_code=8), "exam": exam_with(admission=Admission(codes="personal"))},
            "codes",
            "missing",
        ),
        ({"rehearsed": None}, "rehearsal", "attention"),
        ({"rehearsed": Rehearsed(at_ms=NOW, desks=10, holds=True)}, "rehearsal", "attention"),
        ({"rehearsed": Rehearsed(at_ms=NOW, desks=90, holds=False)}, "rehearsal", "missing"),
        ({"rehearsed": Rehearsed(at_ms=NOW, desks=90, holds=True, changed="differs")}, "rehearsal", "attention"),
        ({"key": None}, "key", "unknown"),
        ({"key": KeyFacts()}, "key", "attention"),
        ({"key": KeyFacts(age_ms=5, away=True)}, "key", "attention"),
        ({"key": KeyFacts(age_ms=5, problem="The disk is full.")}, "key", "attention"),
        ({"newest_ms": NOW + DAY_MS}, "clock", "missing"),
        ({"clock": ClockFacts()}, "clock", "unknown"),
        ({"clock": ClockFacts(source="w32tm")}, "clock", "unknown"),
        ({"clock": ClockFacts(synchronised=False, source="timedatectl")}, "clock", "attention"),
        ({"clock": ClockFacts(synchronised=True, source="sntp", skews_ms=(300_000, 299_000, 10))}, "clock", "missing"),
        ({"pcs": None}, "pcs", "unknown"),
        ({"pcs": PcFacts(reported=0)}, "pcs", "attention"),
        ({"pcs": PcFacts(reported=30, blocked=1)}, "pcs", "missing"),
        ({"pcs": PcFacts(reported=29)}, "pcs", "attention"),
        ({"pcs": PcFacts(reported=30, look_at=2)}, "pcs", "attention"),
        ({"free_bytes": 10**8}, "disk", "missing"),
        ({"free_bytes": None}, "disk", "unknown"),
    ],
)
def test_what_is_not_ready_is_said_with_what_to_do(changes, name, state):
    item = next(each for each in checklist(msgspec.structs.replace(GOOD, **changes)) if each.name == name)
    assert item.state == state
    assert item.said
    assert item.todo or state == "unknown"


def clock_said(*skews_ms, synchronised=True):
    clock = ClockFacts(synchronised=synchronised, source="timedatectl", skews_ms=skews_ms)
    return next(each for each in checklist(msgspec.structs.replace(GOOD, clock=clock)) if each.name == "clock").said


def test_the_clock_is_compared_with_the_pcs_and_says_what_it_could_not_compare():
    assert "compared with none" in clock_said(0, 0)
    assert "3 of 4 PCs agree with it" in clock_said(200, -900, 1_200, 400_000)
    assert "don't agree with each other" in clock_said(0, 400_000, -400_000)
    assert "3 of 3 PCs agree that this laptop's clock is 5 min behind theirs" in clock_said(300_000, 301_000, 299_500)
    assert "45 s ahead of" in clock_said(-45_000, -45_000, -45_000)


def test_a_copy_has_another_identity_and_none_of_the_dates(tmp_path):
    for path, text in new_exam(UUID(int=1), title="Old").items():
        where = tmp_path / path
        where.parent.mkdir(parents=True, exist_ok=True)
        where.write_text(text)
    toml = tmp_path / "exam.toml"
    toml.write_text(
        toml.read_text().replace('# start = "2026-10-05T09:00"', 'start = "2026-10-05T09:00"')
        + '\n[[access]]\nstudents = ["s1"]\n\n[[accommodations]]\nstudents = ["s2"]\nfactor = 1.5\n'
    )
    files = copy_exam(tmp_path, UUID(int=2), title="New")
    new = tomllib.loads(files["exam.toml"].decode())
    assert (new["uuid"], new["title"], new["schedule"]) == (str(UUID(int=2)), "New", {"duration": 60, "early_join": 30})
    assert "access" not in new
    assert "accommodations" not in new
    assert b"# minutes" in files["exam.toml"]
    assert set(files) == {"exam.toml"} | {
        path.relative_to(tmp_path).as_posix() for path in (tmp_path / "questions").rglob("*") if path.is_file()
    }
    kept = tomllib.loads(copy_exam(tmp_path, UUID(int=2), keep_dates=True)["exam.toml"].decode())
    assert kept["schedule"]["start"] == "2026-10-05T09:00"
    assert kept["access"] == [{"students": ["s1"]}]
    assert read_exam(tmp_path)[0].title == "Old"


def test_a_folder_that_is_no_exam_is_not_copied(tmp_path):
    with pytest.raises(InputProblem, match=r"exam\.toml"):
        copy_exam(tmp_path, UUID(int=2))
