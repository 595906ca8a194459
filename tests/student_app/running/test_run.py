"""A student's program runs, talks, and always ends."""

import os
import signal
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from shared.problems import EnvironmentProblem, InputProblem
from student_app.running import (
    Ended,
    Frame,
    Interpreter,
    Means,
    Output,
    OutputCapped,
    Program,
    RefusedImport,
    Run,
    RunLimits,
    RunSetup,
    Started,
    WaitingForInput,
    base_interpreter,
    find_interpreter,
    macos,
    probe_sandbox,
    remove_leftovers,
)
from student_app.running.launch import Launch
from student_app.running.output import MAX_LINES
from student_app.running.workdir import WorkFolder
from tests.support.patience import PATIENCE_S

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="written for a system with signals")

GRADES = {
    "best": frozenset(Means),
    "no bubblewrap": frozenset(Means) - {Means.BUBBLEWRAP},
    "limits": frozenset[Means](),
}


class Console:
    """Keeps what a run tells."""

    def __init__(self):
        self.events = []
        self.deliveries = []
        self._changed = threading.Condition()

    def __call__(self, events):
        with self._changed:
            self.deliveries.append(time.monotonic())
            self.events.extend(events)
            self._changed.notify_all()

    def text(self, stream=None):
        return "".join(e.text for e in self.events if isinstance(e, Output) and stream in (None, e.stream))

    def wait_for(self, condition, seconds=PATIENCE_S):
        with self._changed:
            assert self._changed.wait_for(lambda: condition(self), seconds), self.events


@pytest.fixture(params=GRADES)
def start(request, tmp_path):
    runs = []

    def begin(source, limits=None, files=None, data=None, **setup):
        console = Console()
        program = Program({"main.py": source, **(files or {})}, data or {})
        chosen = RunSetup(base_interpreter(), probe_sandbox(allow=GRADES[request.param]), folder=tmp_path, **setup)
        run = Run(program, limits or RunLimits(seconds=60), console, chosen)
        runs.append(run)
        return run, console

    yield begin
    for run in runs:
        run.stop()
        assert run.wait(PATIENCE_S) is not None


@pytest.fixture
def best(tmp_path):
    return RunSetup(base_interpreter(), probe_sandbox(), folder=tmp_path)


def test_own_files_data_files_and_new_files(start):
    run, console = start(
        "import helper, sub.part\nprint(helper.double(int(open('n.txt').read())), sub.part.X)\n"
        "open('out.csv', 'w').write('a,b')\nopen('n.txt', 'a').write('1')\n",
        files={"helper.py": "def double(n): return 2 * n", "sub/part.py": "X = 'ä€'"},
        data={"n.txt": b"21"},
    )
    ended = run.wait(PATIENCE_S)
    assert console.text() == "42 ä€\n"
    assert [(file.name, file.content) for file in ended.new_files] == [("n.txt", b"211"), ("out.csv", b"a,b")]
    assert (ended.reason, ended.exit_code, ended.signal) == ("exit", 0, None)
    assert ended.cpu_seconds is not None
    assert ended.peak_memory > 1 << 20
    assert isinstance(console.events[0], Started)
    assert console.events[-1] is ended


def test_a_prompt_without_newline_shows_before_the_answer(start):
    run, console = start("name = input('Name? ')\nprint('Hello', name)")
    console.wait_for(lambda c: c.text() == "Name? " and WaitingForInput(True) in c.events)
    run.write_stdin("Žofie\n")
    assert run.wait(PATIENCE_S).exit_code == 0
    assert console.text() == "Name? Hello Žofie\n"
    assert WaitingForInput(False) in console.events


def test_the_two_streams_keep_their_order(start):
    source = "import sys\nfor n in range(50):\n    print(n, file=(sys.stdout, sys.stderr)[n % 2])"
    run, console = start(source)
    run.wait(PATIENCE_S)
    assert console.text() == "".join(f"{n}\n" for n in range(50))
    assert console.text("stderr") == "".join(f"{n}\n" for n in range(1, 50, 2))


def test_input_typed_before_the_start_arrives(start):
    run, console = start("print(input() + input())")
    run.write_stdin("a\nb\n")
    run.close_stdin()
    assert run.wait(PATIENCE_S).exit_code == 0
    assert console.text() == "ab\n"


def test_waiting_for_the_person_does_not_count_as_working_time(start):
    run, console = start("input()\nprint('thanks')", RunLimits(seconds=3))
    console.wait_for(lambda c: WaitingForInput(True) in c.events)
    assert run.wait(3.2) is None
    run.write_stdin("\n")
    assert run.wait(PATIENCE_S).reason == "exit"
    assert console.text() == "thanks\n"


def test_traceback_names_the_students_places_and_none_of_ours(start):
    run, console = start(
        "import helper\ndef f():\n    helper.fail()\nf()\n", files={"helper.py": "def fail():\n    [][1]\n"}
    )
    ended = run.wait(PATIENCE_S)
    assert ended.traceback.kind == "IndexError"
    assert ended.traceback.frames == (
        Frame("main.py", 4, "<module>"),
        Frame("main.py", 3, "f"),
        Frame("helper.py", 2, "fail"),
    )
    assert ended.traceback.plain == "IndexError: list index out of range (helper.py, line 2)"
    assert 'File "main.py", line 4' in console.text("stderr")
    assert "guard" not in console.text()
    assert "examdesk" not in console.text()


def test_syntax_error_names_its_line(start):
    run, console = start("x = 1\nif x\n    pass\n")
    ended = run.wait(PATIENCE_S)
    assert ended.traceback.kind == "SyntaxError"
    assert ended.traceback.frames == (Frame("main.py", 2),)
    assert "guard" not in console.text()


def test_error_while_handling_an_error_shows_no_frame_of_ours(start):
    source = "try:\n    import numpy\nexcept ImportError:\n    1 / 0\n"
    run, console = start(source, allowed_imports=frozenset({"sympy"}))
    ended = run.wait(PATIENCE_S)
    assert ended.traceback.kind == "ZeroDivisionError"
    assert RefusedImport("numpy") in console.events
    assert "This exam allows only the standard library and sympy; numpy is not available." in console.text()
    assert "program.py" not in console.text()


def test_stop_ends_a_program_that_ignores_it(start):
    run, console = start("import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint('on')\nwhile True: pass")
    console.wait_for(lambda c: c.text() == "on\n")
    run.stop()
    ended = run.wait(PATIENCE_S)
    assert (ended.reason, ended.sentence) == ("stopped", "You stopped your program.")


def test_stop_lets_a_polite_program_tidy_up(start):
    source = (
        "import signal, sys, time\ndef bye(*_):\n    print('tidied')\n    sys.exit(0)\n"
        "signal.signal(signal.SIGTERM, bye)\nprint('on')\ntime.sleep(60)"
    )
    said = []
    for _ in range(5):  # it has 0.3 s, in which a busy computer may not let it run at all
        run, console = start(source)
        console.wait_for(lambda c: c.text() == "on\n")
        run.stop()
        assert run.wait(PATIENCE_S).reason == "stopped"
        said.append(console.text())
        if said[-1] == "on\ntidied\n":
            return
    pytest.fail(f"it never tidied up: {said}")


def test_stop_before_the_program_has_started_holds(start):
    run, _ = start("while True: pass", RunLimits(seconds=60))
    run.stop()
    assert run.wait(PATIENCE_S).reason == "stopped"


def test_stop_works_while_the_screen_is_busy(best):
    release = threading.Event()
    run = Run(
        Program({"main.py": "while True: print('x' * 50)"}, {}), RunLimits(seconds=60), lambda _: release.wait(20), best
    )
    begun = time.monotonic()
    run.stop()
    assert time.monotonic() - begun < 15  # the screen is busy for 20 s
    release.set()
    assert run.wait(PATIENCE_S).reason in ("stopped", "output")


def test_a_flood_is_delivered_in_few_pieces_and_capped(start):
    run, console = start("while True: print('x' * 999)", RunLimits(seconds=60, output_kb=4096))
    ended = run.wait(PATIENCE_S)
    assert (ended.reason, OutputCapped(4096, "kilobytes") in console.events) == ("output", True)
    assert len(console.text()) == 4096 * 1024
    assert len(console.deliveries) <= 20 * ended.seconds + 4
    assert ended.sentence.startswith("Your program was stopped for printing more than 4,096 KB.")


def test_a_flood_of_lines_is_capped_by_their_number(best):
    console = Console()
    run = Run(Program({"main.py": "while True: print()"}, {}), RunLimits(seconds=60), console, best)
    ended = run.wait(PATIENCE_S)
    assert console.text() == "\n" * MAX_LINES
    assert OutputCapped(MAX_LINES, "lines") in console.events
    assert "20,000 lines" in ended.sentence


def test_slow_output_arrives_while_the_program_runs(best):
    console = Console()
    run = Run(Program({"main.py": "print('first', end='')\ninput()"}, {}), RunLimits(), console, best)
    console.wait_for(lambda c: c.text() == "first")
    run.close_stdin()
    assert run.wait(PATIENCE_S).traceback.kind == "EOFError"


def test_a_crash_is_told_in_words(best):
    console = Console()
    program = Program({"main.py": "import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)"}, {})
    ended = Run(program, RunLimits(), console, best).wait(PATIENCE_S)
    assert (ended.signal, ended.exit_code, ended.reason) == (signal.SIGSEGV, None, "signal")
    assert "crashed the interpreter" in ended.sentence


def test_exit_and_quit_are_there_as_in_any_python(start):
    run, _ = start("exit(3)")
    ended = run.wait(PATIENCE_S)
    assert (ended.exit_code, ended.sentence) == (3, "Your program ended with the exit code 3.")


def test_no_package_of_the_desk_is_visible(start):
    run, console = start("import sys\nprint([p for p in sys.path if 'packages' in p])\nimport msgspec")
    assert run.wait(PATIENCE_S).traceback.kind == "ModuleNotFoundError"
    assert console.text("stdout") == "[]\n"


def test_a_students_file_may_be_named_like_one_of_ours(start):
    run, console = start(
        "import guard, program\nprint(guard.A + program.B)", files={"guard.py": "A = 1", "program.py": "B = 2"}
    )
    run.wait(PATIENCE_S)
    assert console.text() == "3\n"


def test_multiprocessing_asyncio_and_threads_work(start):
    source = (
        "import asyncio, concurrent.futures as f, multiprocessing as m\n"
        "def sq(x): return x * x\n"
        "async def main(): await asyncio.sleep(0); return 4\n"
        "if __name__ == '__main__':\n"
        "    with m.Pool(2) as p: print(p.map(sq, [1, 2]))\n"
        "    with f.ThreadPoolExecutor(2) as t: print(list(t.map(sq, [3])))\n"
        "    print(asyncio.run(main()))\n"
    )
    run, console = start(source, RunLimits(seconds=60))
    ended = run.wait(PATIENCE_S)
    if console.events[0] == Started("B"):
        assert ended.traceback.kind == "PermissionError"  # no shared memory there, and said so in the package
        return
    assert console.text() == "[1, 4]\n[9]\n4\n"


def test_files_of_the_program_are_private(start):
    run, console = start(
        "import os\nopen('x', 'w').close()\nprint(oct(os.stat('x').st_mode), os.path.samefile(os.environ['HOME'], '.'))"
    )
    run.wait(PATIENCE_S)
    assert console.text().split() == [oct(stat.S_IFREG | 0o600), "True"]


def test_network_is_there_when_the_exam_allows_it(start):
    source = (
        "import socket\ns = socket.create_server(('127.0.0.1', 0))\n"
        "c = socket.create_connection(s.getsockname())\nprint('connected')"
    )
    run, console = start(source, RunLimits(network=True))
    run.wait(PATIENCE_S)
    assert console.text() == "connected\n"


def test_an_interpreter_that_is_not_there_is_a_sentence():
    with pytest.raises(EnvironmentProblem, match="does not run"):
        find_interpreter(Path("/nowhere/python"))


def test_a_folder_that_cannot_be_written_is_a_sentence_and_not_an_error(best, tmp_path):
    console = Console()
    setup = RunSetup(best.interpreter, best.sandbox, folder=tmp_path / "missing")
    ended = Run(Program({"main.py": ""}, {}), RunLimits(), console, setup).wait(PATIENCE_S)
    assert ended.reason == "crashed-to-start"
    assert "cannot write" in ended.sentence
    assert "Your code is kept" in ended.sentence
    assert [type(event) for event in console.events] == [Ended]


@pytest.mark.skipif(os.name != "posix" or os.getuid() != 0, reason="needs root to mount a small disk")
def test_a_full_disk_is_a_sentence(best, tmp_path):
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", str(tmp_path)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("mounting is not allowed here")
    try:
        console = Console()
        program = Program({"main.py": "x" * 100_000}, {})
        ended = Run(program, RunLimits(), console, best).wait(PATIENCE_S)
        assert ended.reason == "crashed-to-start"
        assert "Free some space" in ended.sentence
        assert not list(tmp_path.iterdir())
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)


def test_kept_folder_stays_when_asked(best, tmp_path):
    setup = RunSetup(best.interpreter, best.sandbox, folder=tmp_path, keep_folder=True)
    Run(Program({"main.py": "open('a', 'w').write('b')"}, {}), RunLimits(), Console(), setup).wait(PATIENCE_S)
    (root,) = tmp_path.iterdir()
    assert (root / "work" / "a").read_text() == "b"


@pytest.mark.parametrize("name", ["../x.py", "/x.py", "a//b.py", "", "a\n.py", "./a.py", "a\\b.py"])
def test_a_file_name_that_leads_elsewhere_is_refused(name):
    with pytest.raises(InputProblem, match="cannot be named"):
        Program({"main.py": "", name: ""}, {})


def test_a_program_without_its_main_file_is_refused():
    with pytest.raises(InputProblem, match=r"no file named main\.py"):
        Program({"other.py": ""}, {})


@pytest.mark.parametrize("field", ["seconds", "memory_mb", "output_kb", "processes", "file_mb"])
def test_limits_out_of_range_name_the_field(field):
    with pytest.raises(InputProblem, match=field):
        RunLimits(**{field: 0})


def test_too_much_unread_input_is_refused_and_the_run_goes_on(best):
    console = Console()
    run = Run(Program({"main.py": "import time\ntime.sleep(60)"}, {}), RunLimits(seconds=60), console, best)
    console.wait_for(lambda c: c.events)
    run.write_stdin("x" * 900_000)
    with pytest.raises(InputProblem, match="not read"):
        run.write_stdin("x" * 900_000)
    run.stop()
    assert run.wait(PATIENCE_S).reason == "stopped"


def test_programs_end_when_the_desk_is_killed(tmp_path):
    desk = (
        "import sys, time\nfrom pathlib import Path\nfrom student_app.running import *\n"
        "s = RunSetup(base_interpreter(), probe_sandbox(allow=frozenset()), folder=Path(sys.argv[1]))\n"
        "Run(Program({'main.py': 'print(1)\\nimport time\\ntime.sleep(99)'}, {}), RunLimits(seconds=99),\n"
        "    lambda e: print('on', flush=True), s).wait()\n"
    )
    root = Path(__file__).parents[3]
    process = subprocess.Popen([sys.executable, "-c", desk, str(tmp_path)], cwd=root, stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"on\n"
    process.kill()
    process.communicate()
    until = time.monotonic() + PATIENCE_S
    while _with_folder(tmp_path) and time.monotonic() < until:
        time.sleep(0.02)
    assert _with_folder(tmp_path) == []


def _with_folder(folder):
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if str(folder).encode() in path.read_bytes() and path.parent.name != str(os.getpid()):
                found.append(path.parent.name)
        except OSError:
            continue
    return found


def test_leftovers_of_a_killed_desk_are_removed_and_those_of_others_stay(tmp_path):
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    (tmp_path / f"examdesk-run-{dead.pid}-a" / "work" / "deep").mkdir(parents=True)
    kept = [tmp_path / f"examdesk-run-{os.getpid()}-b", tmp_path / "examdesk-run-x", tmp_path / "mine"]
    for folder in kept:
        folder.mkdir()
    (tmp_path / f"examdesk-run-{dead.pid}-link").symlink_to(tmp_path / "mine")
    assert remove_leftovers(tmp_path) == 1
    assert sorted(tmp_path.iterdir()) == sorted([*kept, tmp_path / f"examdesk-run-{dead.pid}-link"])


@pytest.mark.skipif(sys.prefix == sys.base_prefix, reason="needs an environment with packages")
@pytest.mark.parametrize("allow", GRADES.values(), ids=GRADES)
def test_packages_of_an_exams_environment_are_there(allow, tmp_path):
    console = Console()
    interpreter = find_interpreter(Path(sys.executable))
    setup = RunSetup(interpreter, probe_sandbox(interpreter, allow), frozenset({"msgspec"}), tmp_path)
    program = Program({"main.py": "import msgspec\nprint(msgspec.json.decode(b'[1]'))\nimport sqlalchemy"}, {})
    ended = Run(program, RunLimits(), console, setup).wait(PATIENCE_S)
    assert console.text("stdout") == "[1]\n"
    assert RefusedImport("sqlalchemy") in console.events
    assert ended.traceback.message.endswith("and msgspec; sqlalchemy is not available.")


def test_profile_for_macos_names_only_what_a_run_needs(tmp_path):
    interpreter = Interpreter(Path("/opt/python/bin/python3"), "3.12.0", (Path('/opt/py"thon'),), True)
    folder = WorkFolder(Program({"main.py": ""}, {}), tmp_path)
    sandbox = frozenset({Means.SANDBOX_EXEC})
    launch = Launch(interpreter, Program({"main.py": ""}, {}), RunLimits(), folder, sandbox, None)
    lines = macos.profile(launch).splitlines()
    assert lines[:2] == ["(version 1)", "(deny default)"]
    assert all(line.count("(") == line.count(")") for line in lines)
    assert [line for line in lines if "file-write*" in line] == [
        f'(allow file-read* file-write* (subpath "{folder.root}"))'
    ]
    assert '(allow file-read* (subpath "/opt/py\\"thon"))' in lines
    assert "network" not in "".join(lines)
    assert all("*" not in line or "file-" in line or "process-info*" in line for line in lines)
    assert '(allow mach-lookup (global-name "com.apple.system.opendirectoryd.libinfo"))' in lines
    assert "(allow mach-lookup)" not in lines
    assert macos.plan(launch).command((3, 4, 5, 6))[0] == macos.SANDBOX_EXEC


def test_stop_at_any_moment_ends_everything_and_leaks_nothing(start, tmp_path):
    start("pass")[0].wait(PATIENCE_S)
    before = len(list(Path("/proc/self/fd").iterdir())) if sys.platform == "linux" else 0
    sources = ("while True: print('x')", "input()", "import os\nos.fork()\nos.fork()\nimport time\ntime.sleep(60)")
    for moment in range(9):
        run, _ = start(sources[moment % 3])
        run.wait(moment * 0.012)
        run.stop()
        assert run.wait(PATIENCE_S).reason == "stopped"
    assert not list(tmp_path.iterdir())
    assert sys.platform != "linux" or len(list(Path("/proc/self/fd").iterdir())) <= before
