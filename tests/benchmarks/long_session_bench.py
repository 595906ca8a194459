"""A long session at a real hub: joining, going on with 50,000 events in the window, and moving it to a second PC.

    python tests/benchmarks/long_session_bench.py [--events 50000] [--lines 3000] [--keys 400] [--json]

A real hub process and real desks over TLS on this computer. One desk joins, gets a file of so many lines and writes so
many events, mostly one behind the other; then the window (a process of its own, offscreen) opens that session and is
typed into, beside a plain text field with the same text; then the student takes a second PC while a proctor lets her
in. References of the same run: a bare window's start and memory, a plain text field, a plain commit.
"""

import argparse
import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import psutil

from examdesk.staffapi.client import open_client, read_hub_file
from examdesk.staffapi.messages import Decide, GetLive
from student_app.composition import DeskProgram, make_desk, make_engine
from student_app.core.ports import HubAddress
from student_app.core.session import Phase
from tests.benchmarks.keystroke_bench import plain_commit
from tests.student_app.kit import EchoRunner, Wall

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 600.0
JUMPS = 0.05
"""One in so many edits is elsewhere; the others go on where the one before ended."""
LINE = "value = compute(first, second)  # one of many lines\n"
FILE = "q1/main.py"
EXAM = """format = 1
uuid = "7d3f6a0e-6a53-4e0e-8f5e-1d1b8f6f0001"
title = "Loops"
set = "Quiz"
number = "2"
[[zones]]
[[zones.questions]]
id = "q1"
"""
BARE = """
import time
begin = time.perf_counter()
import psutil
from PyQt6.QtWidgets import QApplication, QPlainTextEdit
app = QApplication([])
field = QPlainTextEdit()
field.show()
app.processEvents()
print((time.perf_counter() - begin) * 1000, psutil.Process().memory_info().rss / 1e6, flush=True)
"""


def until(ready: Callable[[], object], seconds: float = PATIENCE_S) -> float:
    """Wait until it is so and return when that was."""
    pause, end = threading.Event(), time.perf_counter() + seconds
    while not ready():
        if time.perf_counter() > end:
            raise TimeoutError("it did not happen in time")
        pause.wait(0.002)
    return time.perf_counter()


class Hub:
    """A hub process with an exam that is open."""

    def __init__(self, folder: Path) -> None:
        exam = folder / "exam"
        (exam / "questions/q1/starter").mkdir(parents=True)
        (exam / "questions/q1/question.md").write_text("# Loops\n\nAdd them.\n")
        (exam / "questions/q1/starter/main.py").write_text("# begin\n")
        (exam / "exam.toml").write_text(EXAM)
        self.data = folder / "data"
        command = [sys.executable, "-m", "examdesk.cli.main", "hub", "--exam", str(exam), "--data", str(self.data)]
        self._process = subprocess.Popen(
            [*command, "--host", "127.0.0.1", "--no-advertise", "--open"],
            stdout=subprocess.PIPE, text=True, cwd=ROOT, env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
        assert self._process.stdout is not None
        ready = json.loads(next(line for line in self._process.stdout if line.startswith("{")))
        self.code = ready["room_code"]
        self.at = (HubAddress("127.0.0.1", ready["port"]),)

    def admit_as_soon_as_somebody_waits(self) -> float:
        """Be the proctor, and return when the click was."""

        async def click() -> float:
            client = await open_client(read_hub_file(self.data / "hub.json"), "Bench")
            try:
                held = (await client.ask(GetLive(sessions=()))).held
                while not held:
                    await client.next_change()
                    held = (await client.ask(GetLive(sessions=()))).held
                begun = time.perf_counter()
                await client.ask(Decide(command="1", ticket=held[0].ticket, admit=True))
                return begun
            finally:
                await client.close()

        return asyncio.run(click())

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(30)
        if self._process.stdout is not None:
            self._process.stdout.close()


def seated(folder: Path) -> DeskProgram:
    """Put a desk together whose journals are in this folder."""
    return make_desk(make_engine(folder), folder, Wall(), runner=EchoRunner())


def ended(program: DeskProgram) -> None:
    """End it and its threads."""
    program.close(60.0)
    program.engine.close()


def first_pc(hub: Hub, folder: Path, events: int, lines: int) -> dict[str, float]:
    """Join, write the long session, and wait until the hub has all of it."""
    program = seated(folder)
    desk = program.desk
    begun = time.perf_counter()
    desk.join(hub.code, "s1", "Ada", hubs=hub.at)
    prompt = until(lambda: desk.state().phase is Phase.WORKING and desk.state().questions)
    desk.accept_honor("", "")
    desk.view("q1", FILE)
    for _ in range(lines):
        desk.insert(FILE, 0, LINE)
    chance, length, at = random.Random(2), len(LINE) * lines, 0
    writing = time.perf_counter()
    while desk.sitting.journal.last < events:
        at = chance.randint(0, length) if chance.random() < JUMPS else at
        desk.insert(FILE, at, "ab")
        at, length = at + 2, length + 2
        desk.sitting.recorder.close_burst()
    written = time.perf_counter()
    until(lambda: desk.state().safe >= desk.state().last)
    arrived = time.perf_counter()
    kept = desk.state().last
    ended(program)
    return {
        "join_to_prompt_ms": (prompt - begun) * 1000,
        "write_s": written - writing,
        "until_the_hub_has_all_s": arrived - writing,
        "events": float(kept + 1),
    }


def second_pc(hub: Hub, folder: Path, text: str) -> dict[str, float]:
    """Take another PC: from the proctor's click until the file is there to be written on."""
    program = seated(folder)
    desk = program.desk
    before = psutil.Process().memory_info().rss
    desk.join(hub.code, "s1", "Ada", hubs=hub.at)
    click = hub.admit_as_soon_as_somebody_waits()
    here = until(lambda: desk.state().phase is Phase.WORKING and desk.state().questions)
    whole = desk.text(FILE) == text
    grown = psutil.Process().memory_info().rss - before
    ended(program)
    if not whole:
        raise RuntimeError("the second PC has another text")
    return {"second_pc_ms": (here - click) * 1000, "second_pc_memory_mb": grown / 1e6}


def window(folder: Path, keys: int) -> None:
    """In a process of its own: open the session in the window, type, and print figures and the text's length."""
    begun = time.perf_counter()
    from PyQt6.QtCore import QSettings
    from PyQt6.QtWidgets import QApplication

    from student_app.net.browse import Browser
    from student_app.views.look import Look
    from student_app.views.window import StudentProgram
    from tests.benchmarks import student_window_bench as plainly

    class Deaf(Browser):
        async def start(self) -> None:
            """Hear nothing: the journal knows the address."""

    app = QApplication([])
    settings = QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat)
    program = StudentProgram(folder, Look(app, "light"), settings, Deaf(lambda _hubs: None))
    shown = program.window
    shown.resize(*plainly.SIZE)
    shown.show()
    (shelved,) = program._shelf()
    shelved.go_on()
    plainly.PATIENCE_S = PATIENCE_S
    plainly.until(lambda: shown.work.editors.editor is not None and shown.work.isVisible())
    app.processEvents()
    usable, worked = time.perf_counter(), time.process_time()
    memory = psutil.Process().memory_info().rss / 1e6
    editor = shown.work.editors.editor
    assert editor is not None
    durable: dict[int, float] = {}
    desk = program.program.desk
    journal = desk.sitting.journal
    pressed: list[tuple[float, int]] = []

    def press(at: float) -> None:
        burst = desk.sitting.recorder._burst
        pressed.append((at, burst.seq if burst else journal.last))

    tell, last = desk.durable, [journal.durable]

    def note(seq: int) -> None:
        durable.update(dict.fromkeys(range(last[0] + 1, seq + 1), time.perf_counter()))
        last[0] = seq
        tell(seq)

    desk.durable = note
    painted = plainly.type_keys(editor, editor.viewport(), keys, press)
    desk.sitting.recorder.close_burst()
    journal.flush()
    plainly.until(lambda: journal.durable >= journal.last)
    ways = [(durable[seq] - at) * 1000 for at, seq in pressed if seq in durable]
    length = len(desk.text(editor.file))
    assert len(ways) == keys, "keys did not reach the journal"
    shown.close()
    program.close()
    lines = length // len(LINE)
    found = {"reopen_to_usable_ms": (usable - begun) * 1000, "reopen_processor_ms": worked * 1000}
    found |= {"window_memory_mb": memory, "characters": length}
    found |= plainly.summary("key_to_screen", painted) | plainly.summary("key_to_durable", ways)
    found |= plainly.plain(keys, lines)
    print(json.dumps(found))


def in_a_window(folder: Path, keys: int) -> dict[str, float]:
    """Run `window` in a process of its own, and a bare one beside it."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, __file__, "--window", str(folder), "--keys", str(keys)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=ROOT, check=False)
    if done.returncode != 0:
        raise RuntimeError(done.stderr[-2000:])
    found = json.loads(done.stdout.strip().splitlines()[-1])
    said = subprocess.run([sys.executable, "-c", BARE], capture_output=True, text=True, env=environment, check=True)
    bare_ms, bare_mb = map(float, said.stdout.split())
    found |= {"bare_start_ms": bare_ms, "bare_memory_mb": bare_mb}
    found["reopen_ratio"] = found["reopen_to_usable_ms"] / bare_ms
    found["memory_ratio"] = found["window_memory_mb"] / bare_mb
    found["key_to_screen_p50_ratio"] = found["key_to_screen_p50_ms"] / found["plain_key_to_screen_p50_ms"]
    return found


def measure(place: Path, options: argparse.Namespace) -> dict[str, float]:
    """Return all figures."""
    hub = Hub(place)
    try:
        found = first_pc(hub, place / "pc1", options.events, options.lines)
        found |= in_a_window(place / "pc1", options.keys)
        text = text_of(place / "pc1")
        found |= second_pc(hub, place / "pc2", text)
    finally:
        hub.close()
    found["plain_commit_ms"] = plain_commit(place)
    found["join_in_plain_commits"] = found["join_to_prompt_ms"] / found["plain_commit_ms"]
    return found


def text_of(folder: Path) -> str:
    """Read the text of the first PC from its journal, without a hub."""
    from student_app.core.opening import recover_sitting
    from student_app.core.shelf import to_go_on_with

    engine = make_engine(folder)
    path = to_go_on_with(folder)
    assert path is not None
    sitting = recover_sitting(path, engine.machine, lambda: None)
    text = sitting.recorder.texts()[FILE]
    done = threading.Event()
    sitting.close(done.set)
    done.wait(60)
    engine.close()
    return text


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=50_000)
    parser.add_argument("--lines", type=int, default=3_000)
    parser.add_argument("--keys", type=int, default=400)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--window", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.window is not None:
        window(options.window, options.keys)
        return 0
    with tempfile.TemporaryDirectory(prefix="examdesk-bench-") as place:
        found = measure(Path(place), options)
    if options.json:
        print(json.dumps({name: round(value, 3) for name, value in found.items()}))
    else:
        for name, value in found.items():
            print(f"{name:28}{value:12.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
