"""The real programs on this computer, each a process of its own: `examdesk hub` and `examdesk-student --headless`."""

import contextlib
import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.examdesk.hub.hub_fixtures import make_exam
from tests.support.classroom import ROOT, Program
from tests.support.patience import PATIENCE_S
from tests.support.ports import free_port


class Stage:
    """An exam, one hub at a time, and desks. What a test starts ends with the stage."""

    def __init__(self, folder: Path, more: str = "") -> None:
        self.folder = folder
        self.exam = make_exam(folder / "exam", more)
        self.data = folder / "data"
        self.code = ""
        self.port = 0
        self.fingerprint = ""
        self.programs: list[Program] = []
        self._scripts = 0
        self._own_port = free_port()

    def serve(self, *arguments: str, env: dict[str, str] | None = None, data: Path | None = None) -> Program:
        """Start a hub on the records, or start it again."""
        command = [sys.executable, "-m", "examdesk.cli.main", "hub", "--exam", str(self.exam)]
        command += ["--data", str(data or self.data), "--host", "127.0.0.1", "--no-advertise", "--open", *arguments]
        if "--port" not in arguments:  # the usual one may be another test's in between
            command += ["--port", str(self._own_port)]
        return self._start(command, "hub", env)

    def ready(self, hub: Program, seconds: float = 30) -> Program:
        """Wait until a hub serves, and take its address and code."""
        line = hub.wait_for(lambda line: "port" in line, seconds)
        self.code, self.port, self.fingerprint = line["room_code"], line["port"], line["fingerprint"]
        return hub

    def desk(
        self, student: str, script: list[dict], *, journal: str = "", env: dict[str, str] | None = None, hub: str = ""
    ) -> Program:
        """Sit a student down; the same student again goes on with the journal of before."""
        self._scripts += 1
        path = self.folder / f"{student}-{self._scripts}.jsonl"
        path.write_text("".join(json.dumps(line) + "\n" for line in script))
        place = self.journals(journal or student)
        command = [sys.executable, "-m", "student_app.main", "--headless", "--journal", str(place)]
        command += ["--join", self.code, "--hub", hub or f"127.0.0.1:{self.port}", "--student", student]
        return self._start([*command, "--name", student.title(), "--script", str(path)], student, env)

    def journals(self, name: str) -> Path:
        """Return the folder on the student's PC where the work is kept."""
        folder = self.folder / "desks" / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def _start(self, command: list[str], name: str, env: dict[str, str] | None) -> Program:
        program = Program(command, self.folder / f"{name}.log", {**os.environ, **(env or {})})
        self.programs.append(program)
        return program

    def close(self) -> None:
        """End everything."""
        for program in self.programs:
            program.kill()

    # What became of it

    def query(self, sql: str, data: Path | None = None) -> list[tuple]:
        """Ask the hub's records."""
        with contextlib.closing(
            sqlite3.connect(f"file:{data or self.data}/examdesk.sqlite?mode=ro", uri=True)
        ) as records:
            return records.execute(sql).fetchall()

    def at_hub(self, data: Path | None = None) -> dict[str, int]:
        """Return the last event of each journal in the hub's records; a gap fails."""
        rows = self.query("SELECT lower(hex(journal)), max(seq), count(*) FROM events GROUP BY journal", data)
        for journal, last, count in rows:
            assert count == last + 1, f"a gap in journal {journal}"
        return {journal: last for journal, last, _ in rows}

    def nothing_is_lost(self, *desks: Program, data: Path | None = None) -> None:
        """All that these desks called saved is at the hub, and its records hold."""
        held = self.at_hub(data)
        for journal, last in confirmed(*desks).items():
            assert held.get(journal, -1) >= last, f"{journal}: confirmed {last}, the hub has {held.get(journal)}"
        self.records_hold(data)

    def records_hold(self, data: Path | None = None) -> None:
        """Export the evidence bundle and verify it."""
        out = self.folder / "exports"
        examdesk = [sys.executable, "-m", "examdesk.cli.main"]
        self.run(*examdesk, "export", "--data", str(data or self.data), "--out", str(out), "--what", "bundle")
        (bundle,) = out.glob("**/*.examrecord")
        self.run(*examdesk, "verify", str(bundle))

    @staticmethod
    def run(*command: str) -> str:
        """Run a command to its good end and return what it said."""
        done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False, cwd=ROOT)
        assert done.returncode == 0, done.stdout[-1000:] + done.stderr[-1000:]
        return done.stdout

    def until(self, ready: Callable[[], object], seconds: float = PATIENCE_S) -> None:
        """Look again and again until something is so."""
        end = time.monotonic() + seconds
        while not ready():
            assert time.monotonic() < end, f"it did not happen within {seconds} s"
            time.sleep(0.02)


@contextlib.contextmanager
def stage(folder: Path, more: str = "") -> Iterator[Stage]:
    """Open a stage and clear it at the end."""
    opened = Stage(folder, more)
    try:
        yield opened
    finally:
        opened.close()


def typing(text: str, *, every_ms: int = 20, start_ms: int = 0, piece: int = 3) -> list[dict]:
    """Script somebody who types a text."""
    return [
        {"at_ms": start_ms + n // piece * every_ms, "do": "insert", "offset": n, "text": text[n : n + piece]}
        for n in range(0, len(text), piece)
    ]


def confirmed(*desks: Program) -> dict[str, int]:
    """Return what these desks called saved: the last event per journal."""
    last: dict[str, int] = {}
    for desk in desks:
        for line in desk.drain():
            if line.get("confirmed") == "journal":
                last[line["journal"]] = max(last.get(line["journal"], -1), line["up_to"])
    assert last
    return last


def joined(line: dict) -> bool:
    return line.get("confirmed") == "joined"


def receipted(line: dict) -> bool:
    return line.get("confirmed") == "receipt" and line["up_to"] > 3
