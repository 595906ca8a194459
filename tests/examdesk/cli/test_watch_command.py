import argparse
import asyncio
import contextlib
import fcntl
import json
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time

import pytest

from examdesk.cli import watch
from examdesk.cli._live_table import Look, ago, draw, fit, sort_rows, span, width_of
from examdesk.staffapi.client import open_client, read_hub_file
from examdesk.staffapi.messages import HeldJoin, LiveRow, PutStudent
from shared.problems import InputProblem
from tests.examdesk.hub.hub_fixtures import running_hub
from tests.support.patience import PATIENCE_S

NOW = 10_000_000


def row(name: str, **more) -> LiveRow:
    return LiveRow(**{"student": name, "name": name, "section": "A", "session": "ab", "status": "Working", **more})


def args(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    watch.add_parser(parser.add_subparsers())
    return parser.parse_args(["watch", *words])


def test_counts_stand_on_top_and_every_student_has_a_line():
    rows = [row("Ada", runs=3, ends_ms=NOW + 65_000, left_ms=0), row("Bob", status="Offline", hand=True)]
    lines = draw("Quiz 2", rows, (), NOW)
    assert lines[0] == "Quiz 2"
    assert lines[1].split() == ["2", "students", "Offline", "1", "Working", "1", "✋", "1"]
    assert "1:05" in lines[4]
    assert lines[5].split()[:4] == ["Bob", "A", "Offline", "✋"]


@pytest.mark.parametrize("width", [20, 40, 63, 80, 100, 200])
def test_no_line_is_wider_than_the_terminal(width):
    rows = [row("王小明" * 9, section="A very long section"), row("x" * 90, review="Needs follow-up", seat="12")]
    held = (
        HeldJoin(ticket="", student="s", name="n" * 99, section="", device="", address="", seat="", since_ms=0, why=""),
    )
    lines = draw("t" * 300, rows, held, NOW, Look(width=max(width, 34)))
    assert max(map(width_of, lines)) <= max(width, 34)


def test_a_name_can_not_move_the_cursor():
    text = "\n".join(draw("t\x1b[2J", [row("Eve\x1b[31m\r\n\x07")], (), NOW, Look(colours=False)))
    assert "\x1b" not in text
    assert "\r" not in text
    assert text.count("\n") == 4


def test_more_rows_than_lines_can_be_scrolled():
    rows = [row(f"Student {number}") for number in range(50)]
    lines = draw("t", rows, (), NOW, Look(height=20, top=10))
    assert len(lines) == 20
    assert lines[4].startswith("Student 10 ")
    assert lines[-1] == "Rows 11 to 25 of 50; arrow keys scroll."
    assert draw("t", rows, (), NOW, Look(height=20, top=999))[-2].startswith("Student 49 ")


def test_rows_can_be_sorted_in_several_ways():
    rows = [
        row("Student 10", signals=1, status="Working", ends_ms=5),
        row("Student 9", signals=7, status="Idle", ends_ms=9),
        row("Student 1", status="Offline"),
    ]
    names = {
        sort: [each.name[8:] for each in sort_rows(rows, sort, 0)] for sort in ("name", "signals", "status", "left")
    }
    assert names == {
        "name": ["1", "9", "10"],
        "signals": ["9", "10", "1"],
        "status": ["1", "9", "10"],
        "left": ["10", "9", "1"],
    }


def test_times_are_short():
    assert [span(None), span(0), span(65_000), span(3_665_000)] == ["-", "0:00", "1:05", "1:01:05"]
    assert [ago(None, 0), ago(0, 3_000), ago(0, 600_000), ago(0, 9_000_000)] == ["-", "3 s", "10 min", "2 h"]
    assert [fit("abc", 2), fit("王王", 3), fit("a", 3, right=True)] == ["a…", "王…", "  a"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "Say which hub"),
        (("--hub", "a:1"), "Say which hub"),
        (("--hub", "a:1", "--token", "t"), "--fingerprint"),
        (("--hub", "a:1", "--token", "t", "--fingerprint", "zz" * 32), "--fingerprint"),
        (("--hub", "a", "--token", "t", "--fingerprint", "ab" * 32), "no address"),
    ],
)
def test_a_hub_that_is_not_named_fully_is_told(words, said):
    with pytest.raises(InputProblem, match=said):
        watch.address_of(args(*words))


def test_a_fingerprint_may_be_written_with_colons():
    written = ":".join(["AB"] * 32)
    hub = watch.address_of(args("--hub", "[::1]:23", "--token", "t", "--fingerprint", written))
    assert (hub.host, hub.port, hub.fingerprint) == ("::1", 23, "ab" * 32)


async def test_without_a_terminal_the_table_is_printed_once(tmp_path, capsys):
    async with running_hub(tmp_path):
        client = await open_client(read_hub_file(tmp_path / "data/hub.json"), "test")
        await client.ask(PutStudent(command="1", student="s1", name="Ada", section="A"))
        await client.close()
        assert await asyncio.to_thread(watch.run, args("--data", str(tmp_path / "data"))) == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed[1].split() == ["1", "student", "Not", "joined", "1"]
    assert printed[4].startswith("Ada")


async def test_json_lines_come_at_once_and_with_every_change(tmp_path):
    async with running_hub(tmp_path):
        data = tmp_path / "data"
        client = await open_client(read_hub_file(data / "hub.json"), "test")
        await client.ask(PutStudent(command="1", student="s1", name="Ada"))
        command = [sys.executable, "-m", "examdesk.cli.main", "watch", "--json", "--data", str(data)]
        program = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
        assert program.stdout is not None
        first = json.loads(await asyncio.wait_for(program.stdout.readline(), PATIENCE_S))
        await client.ask(PutStudent(command="2", student="s1", name="Ada Lovelace"))
        second = json.loads(await asyncio.wait_for(program.stdout.readline(), PATIENCE_S))
        program.kill()
        await program.wait()
        await client.close()
    assert [first["name"], second["name"]] == ["Ada", "Ada Lovelace"]
    assert first["status"] == "Not joined"


async def test_on_a_terminal_the_table_is_followed_until_q(tmp_path):
    async with running_hub(tmp_path):
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 90, 0, 0))
        command = [sys.executable, "-m", "examdesk.cli.main", "watch", "--data", str(tmp_path / "data")]
        env = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
        program = await asyncio.create_subprocess_exec(*command, stdin=theirs, stdout=theirs, stderr=theirs, env=env)
        os.close(theirs)
        shown = await asyncio.to_thread(_read_until, ours, b"sorts (now by name)")
        os.write(ours, b"ss")
        shown += await asyncio.to_thread(_read_until, ours, b"sorts (now by status)")
        os.write(ours, b"q")
        shown += await asyncio.to_thread(_read_until, ours, b"\x1b[?1049l")
        assert await asyncio.wait_for(program.wait(), PATIENCE_S) == 0
        os.close(ours)
    assert b"Quiz 2: Loops" in shown


def _read_until(number: int, wanted: bytes) -> bytes:
    found = b""
    end = time.monotonic() + PATIENCE_S
    while wanted not in found and time.monotonic() < end:
        if select.select([number], [], [], 0.2)[0]:
            with contextlib.suppress(OSError):
                found += os.read(number, 65536)
    assert wanted in found
    return found
