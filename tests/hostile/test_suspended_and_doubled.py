"""A PC that sleeps through the end, two programs in one folder, two PCs of one student at the same time."""

import signal
import sys

from shared.clock import SystemClock
from shared.events import kinds
from tests.hostile.stage import confirmed, joined, receipted, stage, typing

CLOCK = SystemClock()
OPEN_END = {"at_ms": 600_000, "do": "submit"}


def examdesk(on, *words):
    return on.run(sys.executable, "-m", "examdesk.cli.main", "control", "--data", str(on.data), *words)


def end_of_exam(on) -> int:
    ((ends_ms,),) = on.query("SELECT DISTINCT max(ends_ms) FROM sessions")
    return ends_ms


def test_a_pc_that_sleeps_through_the_end_hands_in_by_time_when_it_wakes(tmp_path):
    with stage(tmp_path, "[schedule]\nduration = 60\n") as on:
        hub = on.ready(on.serve())
        desk = on.desk("ada", [*typing("print(1)\n"), OPEN_END])
        desk.wait_for(lambda line: line.get("confirmed") == "receipt" and line["up_to"] > 6)
        minutes = (CLOCK.wall_ms() + 4_000 - end_of_exam(on)) / 60_000
        examdesk(on, "extend", "--", str(minutes))
        ends_ms = end_of_exam(on)
        applied = f"SELECT count(*) FROM events WHERE substr(hex(header), 3, 2) = '{kinds.StandingApplied.KIND:02X}'"
        on.until(lambda: on.query(applied) == [(2,)])
        desk.process.send_signal(signal.SIGSTOP)
        on.until(lambda: CLOCK.wall_ms() > ends_ms + 1_500)
        assert not [line for line in desk.drain() if line.get("confirmed") == "submitted"]
        desk.process.send_signal(signal.SIGCONT)
        desk.wait_for(lambda line: line.get("confirmed") == "submitted")
        on.until(lambda: all(on.at_hub().get(journal, -1) >= last for journal, last in confirmed(desk).items()))
        handed_in = f"SELECT payload FROM events WHERE substr(hex(header), 3, 2) = '{kinds.Submitted.KIND:02X}'"
        on.until(lambda: on.query(handed_in))
        ((payload,),) = on.query(handed_in)
        assert b'"why":"time"' in payload
        assert desk.terminate() == 0, desk.errors()
        assert hub.terminate() == 0
        on.nothing_is_lost(desk)


def test_a_second_program_in_the_same_folder_is_told_so_and_the_first_goes_on(tmp_path):
    with stage(tmp_path) as on:
        hub = on.ready(on.serve())
        first = on.desk("ada", [*typing("print(1)\n"), OPEN_END])
        first.wait_for(receipted)
        second = on.desk("ada", [{"do": "submit"}])
        assert second.finish() == 2
        assert "another ExamDesk window" in (tmp_path / "ada.log").read_text()
        assert not [line for line in second.drain() if joined(line)]
        assert first.process.poll() is None
        assert first.terminate() == 0, first.errors()
        assert hub.terminate() == 0
        on.nothing_is_lost(first)


def test_a_second_pc_takes_over_while_the_first_is_still_alive(tmp_path):
    with stage(tmp_path) as on:
        hub = on.ready(on.serve())
        first = on.desk("ada", [*typing("print(1)\n" * 40, every_ms=100), OPEN_END], journal="pc1")
        first.wait_for(receipted)
        addition = [{"at_ms": 300, "do": "insert", "offset": 0, "text": "# moved\n"}, {"at_ms": 600, "do": "submit"}]
        second = on.desk("ada", addition, journal="pc2")
        on.until(lambda: "Nobody waits" not in examdesk(on, "admit", "--all"))
        assert second.finish() == 0, second.errors()
        log = tmp_path / "ada.log"
        on.until(lambda: "You go on at another PC" in log.read_text())
        on.until(lambda: "Writing is locked on this PC. What you wrote is kept." in log.read_text())
        assert "goes on at another computer" in log.read_text()
        assert first.terminate() == 0, first.errors()
        assert hub.terminate() == 0
        assert len({line["session"] for each in (first, second) for line in each.drain() if joined(line)}) == 1
        on.nothing_is_lost(first, second)
