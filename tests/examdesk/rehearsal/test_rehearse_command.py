"""`examdesk rehearse`: what it measures, what it advises, and that it leaves nothing behind."""

import json
import re
from pathlib import Path

import msgspec
import pytest

from examdesk.cli.main import Program as CommandLine
from examdesk.rehearsal.keeper import known, with_children
from examdesk.rehearsal.measuring import commit_ms
from examdesk.rehearsal.verdict import Delay, Report, judge
from shared.clock import SystemClock

ROOT = Path(__file__).parents[3]
CALM = Report(
    desks=60, joined=60, submitted=60, seconds=30.0, events=3600, events_per_second=120.0, lost=0,
    receipt_ms=Delay(p50=8.0, p99=40.0, most=90.0), join_seconds=2.0, commit_ms=0.3, hub_cpu_percent=10.0,
    hub_memory_mb=110.0, computer_cpu_percent=50.0, problems=(), holds=False, recommendation="",
)  # fmt: skip


def with_(**changes: object) -> Report:
    return msgspec.structs.replace(CALM, **changes)


def test_a_calm_hub_held_the_class_with_room_to_spare():
    holds, said = judge(CALM)
    assert holds
    assert said.startswith("This laptop held 60 desks with room to spare. Its processor would do for about 210")


def test_a_busy_hub_is_not_promised_more_desks():
    holds, said = judge(with_(hub_cpu_percent=30.0))
    assert holds
    assert said == "This laptop held 60 desks with room to spare."


@pytest.mark.parametrize("change", [{"hub_cpu_percent": 80.0}, {"receipt_ms": Delay(p50=9, p99=2_000, most=3_000)}])
def test_a_hub_near_its_limit_holds_with_a_warning(change):
    holds, said = judge(with_(**change))
    assert holds
    assert "little room" in said


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"lost": 3}, "3 events had not reached the hub"),
        ({"joined": 58}, "Only 58 of 60 desks"),
        ({"receipt_ms": Delay(p50=4_000, p99=9_000, most=12_000)}, "too much here"),
    ],
)
def test_what_would_not_do_is_said_with_what_to_do(change, says):
    holds, said = judge(with_(**change))
    assert not holds
    assert says in said


def test_a_hub_somewhere_else_is_judged_by_its_receipts():
    holds, said = judge(with_(hub_cpu_percent=None, hub_memory_mb=None, commit_ms=None))
    assert holds
    assert "processor" not in said


def test_measuring_the_disk_leaves_no_file(tmp_path):
    assert commit_ms(tmp_path, SystemClock()) > 0
    assert list(tmp_path.iterdir()) == []


def test_a_small_rehearsal_loses_nothing_and_leaves_nothing(capsys):
    assert CommandLine().run(["rehearse", "--desks", "3", "--events-per-second", "4", "--seconds", "2", "--json"]) == 0
    printed = capsys.readouterr()
    report = msgspec.json.decode(printed.out, type=Report)
    assert (report.joined, report.submitted, report.lost, report.holds) == (3, 3, 0, True)
    assert report.events > 20
    assert report.commit_ms
    assert report.hub_memory_mb
    assert not [one for one in with_children([known_self()]) if "hub" in one.cmdline()]


def known_self():
    import os

    process = known(os.getpid())
    assert process is not None
    return process


def test_every_figure_of_the_json_is_documented():
    page = (ROOT / "docs" / "rehearse.md").read_text("utf-8")
    documented = set(re.findall(r"^\| `(\w+)`", page, re.MULTILINE))
    assert documented == set(Report.__struct_fields__)
    example = json.loads(re.search(r"```json\n(.*?)```", page, re.DOTALL).group(1))
    assert msgspec.convert(example, Report)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--desks", "0"], "--desks"),
        (["--events-per-second", "0"], "--events-per-second"),
        (["--events-per-second", "nan"], "--events-per-second"),
        (["--seconds", "inf"], "--seconds"),
        (["--hub", "10.0.0.1:5"], "--join"),
        (["--join", "ABCD"], "--hub"),
    ],
)
def test_what_can_not_be_rehearsed_is_refused(capsys, arguments, said):
    assert CommandLine().run(["rehearse", *arguments]) == 2
    assert said in capsys.readouterr().err


def test_records_are_kept_only_in_a_new_folder(capsys, tmp_path):
    (tmp_path / "mine").write_text("x")
    assert CommandLine().run(["rehearse", "--data", str(tmp_path)]) == 2
    assert "not empty" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
