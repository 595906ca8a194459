"""Exams on several hosts: what a journal confirmed is at the hub in the end, verified, whatever happened between."""

import json
import sqlite3
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from examdesk.cli.main import Program as CommandLine
from shared.text.earlier import unpack
from tests.support.classroom import ROOT, Classroom, Host, Program, classroom

pytestmark = pytest.mark.classroom


@pytest.fixture(scope="module")
def exam(tmp_path_factory):
    folder = tmp_path_factory.mktemp("exam") / "quiz"
    assert CommandLine().run(["exam", "new", str(folder), "--title", "Vectors"]) == 0
    return folder


@pytest.fixture
def room():
    with classroom() as opened:
        yield opened


class Lesson:
    """A hub on its own host, and desks that were started against it."""

    def __init__(self, room: Classroom, exam: Path, folder: Path) -> None:
        self.room = room
        self.exam = exam
        self.folder = folder
        self.host = room.host("instructor")
        self.data = folder / "data"
        self.hub: Program | None = None
        self.code = ""
        self.port = 0
        self._desks = 0

    def serve(self) -> dict:
        """Start the hub, or start it again on the same records."""
        self.hub = self.host.python(
            "examdesk.cli.main", "hub", "--exam", str(self.exam), "--data", str(self.data), "--open",
            log=self.folder / "hub.log",
        )  # fmt: skip
        ready = self.hub.wait_for(lambda line: "port" in line)
        self.code, self.port = ready["room_code"], ready["port"]
        return ready

    @property
    def address(self) -> str:
        return f"{self.host.address}:{self.port}"

    def desk(
        self,
        host: Host,
        student: str,
        script: list[dict],
        *,
        journal: str = "",
        hub: str = "",
        more: Sequence[str] = (),
    ) -> Program:
        """Sit a student down at a host; without `hub` the desk has to find it by itself."""
        self._desks += 1
        path = self.folder / f"{student}-{self._desks}.jsonl"
        path.write_text("".join(json.dumps(line) + "\n" for line in script))
        arguments = ["--headless", "--journal", str(self.journals(journal or student)), "--join", self.code]
        arguments += ["--student", student, "--name", student.title(), "--script", str(path), *more]
        if hub:
            arguments += ["--hub", hub]
        return host.python("student_app.main", *arguments, log=self.folder / f"{student}.log")

    def journals(self, name: str) -> Path:
        """Return the folder on the student's PC where the work is kept."""
        folder = self.folder / "desks" / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def admit(self, seconds: float = 20) -> None:
        """Be the proctor who lets somebody in, as soon as somebody waits."""
        end = time.monotonic() + seconds
        said = ""
        while time.monotonic() < end:
            done = self.host.run(
                sys.executable,
                "-m",
                "examdesk.cli.main",
                "control",
                "--data",
                str(self.data),
                "admit",
                "--all",
                cwd=ROOT,
            )
            assert done.returncode == 0, done.stderr
            said = done.stdout
            if said.strip() != "Nobody waits.":
                return
        raise AssertionError(f"nobody came to the door within {seconds} s: {said}")

    def control(self, *words: str) -> str:
        """Do something at the instructor's terminal and return what it says."""
        command = [sys.executable, "-m", "examdesk.cli.main", "control", "--data", str(self.data), *words]
        done = self.host.run(*command, cwd=ROOT, timeout=60)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def hand_in(self, file: Path) -> dict:
        """Carry a student's file to the instructor's computer on a stick."""
        done = self.host.run(
            sys.executable, "-m", "tests.support.hand_in", str(self.data), str(file), cwd=ROOT, timeout=60
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def at_hub(self) -> dict[str, int]:
        """Return what the hub's records hold: the last event of each journal."""
        with sqlite3.connect(f"file:{self.data}/examdesk.sqlite?mode=ro", uri=True) as records:
            rows = records.execute(
                "SELECT lower(hex(journal)), max(seq), count(*) FROM events GROUP BY journal"
            ).fetchall()
        for journal, last, count in rows:
            assert count == last + 1, f"a gap in journal {journal}"
        return {journal: last for journal, last, _ in rows}

    def records_hold(self) -> None:
        """Export the evidence bundle and verify it with both verifiers."""
        out = self.folder / "exports"
        exported = self.host.run(
            sys.executable, "-m", "examdesk.cli.main", "export", "--data", str(self.data), "--out", str(out),
            "--what", "bundle", cwd=ROOT, timeout=60,
        )  # fmt: skip
        assert exported.returncode == 0, exported.stderr
        (bundle,) = out.glob("**/*.examrecord")
        for verifier in (["-m", "examdesk.cli.main", "verify"], [str(ROOT / "docs" / "verify_record.py")]):
            checked = self.host.run(sys.executable, *verifier, str(bundle), cwd=ROOT)
            assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.fixture
def lesson(room, exam, tmp_path):
    return Lesson(room, exam, tmp_path)


def typing(text: str, *, every_ms: int = 20, start_ms: int = 0, piece: int = 3) -> list[dict]:
    """Script somebody who types a text."""
    return [
        {
            "at_ms": start_ms + n // piece * every_ms,
            "do": "insert",
            "file": "main.py",
            "offset": n,
            "text": text[n : n + piece],
        }
        for n in range(0, len(text), piece)
    ]


def confirmed(*programs: Program) -> dict[str, int]:
    """Return what these desks called saved: the last event per journal."""
    last: dict[str, int] = {}
    for program in programs:
        for line in program.drain():
            if line.get("confirmed") == "journal":
                last[line["journal"]] = max(last.get(line["journal"], -1), line["up_to"])
    assert last
    return last


def nothing_is_lost(lesson: Lesson, *programs: Program) -> None:
    held = lesson.at_hub()
    for journal, last in confirmed(*programs).items():
        assert held.get(journal, -1) >= last, (
            f"journal {journal}: the desk confirmed {last}, the hub has {held.get(journal)}"
        )
    lesson.records_hold()


SOURCE = "def norm(v):\n    return sum(x * x for x in v) ** 0.5\n\nprint(norm([3, 4]))\n"
RUN_AND_SUBMIT = [{"at_ms": 2500, "do": "run", "file": "main.py"}, {"at_ms": 3300, "do": "submit"}]


def joined(line: dict) -> bool:
    return line.get("confirmed") == "joined"


def receipted(line: dict) -> bool:
    return line.get("confirmed") == "receipt" and line["up_to"] > 3


def test_desks_find_the_hub_by_multicast_and_hand_in(lesson):
    lesson.serve()
    desks = [lesson.desk(lesson.room.host(name), name, typing(SOURCE) + RUN_AND_SUBMIT) for name in ("ada", "bob")]
    for desk in desks:
        assert desk.finish() == 0, desk.errors()
        assert [line for line in desk.drain() if line.get("confirmed") == "submitted"]
    assert lesson.hub.terminate() == 0
    nothing_is_lost(lesson, *desks)


def test_avahi_sees_the_hub(lesson):
    viewer = lesson.room.host("viewer")
    ready = lesson.serve()
    runtime = lesson.folder / "avahi"
    runtime.mkdir()
    script = (
        "mount -t tmpfs none /run && mkdir -p /run/dbus /run/avahi-daemon && "
        "dbus-daemon --system --fork --nopidfile && "
        "(avahi-daemon --no-drop-root --no-chroot --no-rlimits --daemonize || true) && "
        "for n in 1 2 3 4 5 6 7 8; do avahi-browse -rpt _examdesk._tcp | grep ^= && break; sleep 0.5; done"
    )
    seen = viewer.run("unshare", "--mount", "--pid", "--fork", "--mount-proc", "sh", "-c", script, timeout=60)
    found = [line.split(";") for line in seen.stdout.splitlines() if line.startswith("=")]
    assert any(lesson.host.address in fields and str(ready["port"]) in fields for fields in found), (
        seen.stdout + seen.stderr
    )


def test_a_pulled_cable_loses_nothing(lesson):
    lesson.serve()
    host = lesson.room.host("ada")
    desk = lesson.desk(host, "ada", [*typing(SOURCE * 3, every_ms=25), {"at_ms": 4000, "do": "submit"}])
    desk.wait_for(receipted)
    host.pull_cable()
    at_cut = max(lesson.at_hub().values())
    desk.wait_for(lambda line: line.get("confirmed") == "journal" and line["up_to"] > at_cut + 2)
    host.plug_cable()
    assert desk.finish() == 0, desk.errors()
    lesson.hub.terminate()
    nothing_is_lost(lesson, desk)


def test_a_desk_that_is_killed_goes_on_where_it_was(lesson):
    lesson.serve()
    host = lesson.room.host("ada")
    script = [*typing(SOURCE * 3, every_ms=25), {"at_ms": 3000, "do": "submit"}]
    first = lesson.desk(host, "ada", script)
    first.wait_for(receipted)
    first.kill()
    second = lesson.desk(host, "ada", script)
    assert second.finish() == 0, second.errors()
    assert {line["journal"] for line in first.drain() if "journal" in line} == {
        line["journal"] for line in second.drain() if "journal" in line
    }
    lesson.hub.terminate()
    nothing_is_lost(lesson, first, second)


def test_a_hub_that_is_killed_comes_back_as_the_same_hub(lesson):
    before = lesson.serve()
    desk = lesson.desk(
        lesson.room.host("ada"), "ada", [*typing(SOURCE * 4, every_ms=25), {"at_ms": 4500, "do": "submit"}]
    )
    desk.wait_for(receipted)
    lesson.hub.kill()
    after = lesson.serve()
    assert (after["fingerprint"], after["room_code"], after["port"]) == (
        before["fingerprint"], before["room_code"], before["port"],
    )  # fmt: skip
    assert desk.finish() == 0, desk.errors()
    lesson.hub.terminate()
    nothing_is_lost(lesson, desk)


def test_a_second_pc_goes_on_with_what_the_hub_had(lesson):
    lesson.serve()
    first = lesson.desk(
        lesson.room.host("first"), "ada", [*typing(SOURCE), {"at_ms": 60_000, "do": "submit"}], journal="pc1"
    )
    first.wait_for(lambda line: line.get("confirmed") == "receipt" and line["up_to"] > 6)
    first.kill()
    addition = [
        {"at_ms": 300, "do": "insert", "file": "main.py", "offset": 0, "text": "# moved\n"},
        {"at_ms": 900, "do": "submit"},
    ]
    second = lesson.desk(lesson.room.host("second"), "ada", addition, journal="pc2")
    lesson.admit()
    assert second.finish() == 0, second.errors()
    lesson.hub.terminate()
    sessions = {line["session"] for desk in (first, second) for line in desk.drain() if joined(line)}
    assert len(sessions) == 1
    held = lesson.at_hub()
    assert all(held[journal] >= last for journal, last in confirmed(second).items())
    lesson.records_hold()
    (journal,) = lesson.journals("pc2").glob("*.journal")
    with closing(sqlite3.connect(journal)) as file:
        kept = file.execute("SELECT value FROM meta WHERE name LIKE 'earlier %'").fetchall()
    (earlier,) = [unpack(value) for (value,) in kept]
    assert earlier.versions.files, "the second PC can look back at the versions of the first"


def test_work_without_a_network_comes_in_on_a_stick_and_only_once(lesson):
    lesson.serve()
    host = lesson.room.host("ada")
    stick = lesson.folder / "ada.examwork"
    script = [
        *typing(SOURCE, every_ms=20, start_ms=1500),
        {"at_ms": 2400, "do": "run", "file": "main.py", "wait": True},
        {"do": "submit"},
        {"do": "bundle", "to": str(stick)},
    ]
    desk = lesson.desk(host, "ada", script, more=("--timeout", "5"))
    desk.wait_for(lambda line: line.get("confirmed") == "receipt")
    host.pull_cable()
    assert desk.finish() == 1, "the desk says that the hub does not have everything"
    lines = desk.drain()
    written = next(n for n, line in enumerate(lines) if line.get("confirmed") == "bundle")
    journal, last = next(
        (line["journal"], line["up_to"]) for line in reversed(lines[:written]) if line.get("confirmed") == "journal"
    )
    missing = last - lesson.at_hub()[journal]
    assert missing > 4
    assert lesson.hand_in(stick)["new_events"] == missing
    assert lesson.hand_in(stick)["new_events"] == 0
    host.plug_cable()
    again = lesson.desk(host, "ada", script)
    assert again.finish() == 0, "what came after the file goes over the network"
    lesson.hub.terminate()
    nothing_is_lost(lesson, desk, again)


def test_a_desk_whose_cable_was_never_in_hands_in_on_a_stick(lesson):
    lesson.serve()
    host = lesson.room.host("ada")
    host.pull_cable()
    exam_file, stick = lesson.folder / "quiz.examdesk", lesson.folder / "ada.examwork"
    lesson.control("desk-file", str(exam_file))
    start_code = lesson.control("start-code").splitlines()[0]
    script = [*typing(SOURCE, every_ms=20), {"do": "submit"}, {"do": "bundle", "to": str(stick)}]
    more = ("--exam-file", str(exam_file), "--start-code", start_code, "--timeout", "4")
    desk = lesson.desk(host, "ada", script, more=more)
    assert desk.finish() == 1, "the desk says that the hub has nothing"
    assert lesson.at_hub() == {}
    assert lesson.hand_in(stick)["new_events"] == 0, "nobody has let it in"
    lesson.admit()
    ((_, last),) = lesson.at_hub().items()
    assert last > 6, "it came in with the click"
    assert lesson.hand_in(stick)["new_events"] == 0
    host.plug_cable()
    again = lesson.desk(host, "ada", script)
    assert again.finish() == 0, again.errors()
    lesson.hub.terminate()
    nothing_is_lost(lesson, desk, again)


def test_another_hub_with_the_same_name_gets_nothing(lesson, exam, tmp_path_factory):
    lesson.serve()
    false_folder = tmp_path_factory.mktemp("false")
    false = Lesson(lesson.room, exam, false_folder)
    false.serve()
    desk = lesson.desk(lesson.room.host("ada"), "ada", [*typing(SOURCE), {"at_ms": 1500, "do": "submit"}])
    assert desk.finish() == 0, desk.errors()
    false.hub.terminate()
    lesson.hub.terminate()
    assert false.at_hub() == {}
    nothing_is_lost(lesson, desk)


def test_a_wrong_code_is_refused_with_a_sentence(lesson):
    lesson.serve()
    code, lesson.code = lesson.code, "0000-0000-0"
    desk = lesson.desk(lesson.room.host("ada"), "ada", typing(SOURCE), hub=lesson.address)
    said = desk.finish()
    lesson.code = code
    assert said != 0
    assert "problem" in desk.errors() or any("problem" in line for line in desk.drain())
    assert "Traceback" not in desk.errors()
    lesson.hub.terminate()
    assert lesson.at_hub() == {}
