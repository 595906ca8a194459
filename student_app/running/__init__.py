r"""Runs student programs in confined processes of their own, without Qt.

    setup = RunSetup(interpreter, probe_sandbox(interpreter))
    run = Run(Program({"main.py": "print(input('Name? '))"}, {}), RunLimits(seconds=10), deliver, setup)
    run.write_stdin("Ada\n"); run.stop(); run.wait()

- `base_interpreter()`, `find_interpreter(path)`: the Python for student programs. `probe_sandbox()` says, after trying
  it, how strongly this PC confines them (`SandboxReport`: grade A, B or C, what is enforced how, what is missing why).
- `Run` starts at once in a thread of its own and never raises there: what goes wrong is in its `Ended`. `deliver` is
  called in that thread with a tuple of events, at most 20 times a second: `Started`, `Output`, `OutputCapped`,
  `WaitingForInput`, `RefusedImport`, `RefusedNetwork`, `Figure`; last, once, `Ended`. The person's own
  input is not echoed.
- `link_in(line, folder, names)` finds the place that a printed line points at, for clickable tracebacks; `folder` may
  be empty, since the guard prints the student's files by their workspace names. `Ended.traceback` is the last error.
- `remove_leftovers()` at the start of a desk deletes the private folders of a desk that was killed.

Streams are pipes, not a terminal: a terminal would merge the two streams, echo the input, translate newlines and hand
the program a window to play with, and Windows has none to give. What a terminal does for a person is done otherwise:
the program writes through at every call, so that a prompt without a newline shows at once and a crash loses nothing;
before the two streams change turns the desk has taken what the other one wrote, so that their order is exact (Linux);
and a read of standard input tells the desk that the program waits, which stops the clock.

The ladder on Linux: bubblewrap with seccomp (A), Landlock with seccomp (B), resource limits (C). macOS: sandbox-exec
(B). Windows: a job object (C). A control group limits all processes together wherever the user may make one. Between
desk and program stands a guardian process that adopts and ends whatever the program leaves behind, and ends everything
when the desk dies. In grade B there is no shared memory, so `multiprocessing` finds no locks. In grade C a program can
read what the student can read; that is what the grade says.
"""

from student_app.running.confinement import Enforced, Grade, Means, Missing, SandboxReport
from student_app.running.events import (
    Ended,
    Figure,
    Output,
    OutputCapped,
    Reason,
    RefusedImport,
    RefusedNetwork,
    RunEvent,
    Started,
    WaitingForInput,
    WrittenFile,
)
from student_app.running.interpreters import base_interpreter, find_interpreter
from student_app.running.launch import Interpreter
from student_app.running.limits import RunLimits
from student_app.running.run import Run, RunSetup
from student_app.running.sandbox import probe_sandbox
from student_app.running.tracebacks import Frame, Link, Traceback, link_in, parse_traceback
from student_app.running.workdir import Program, remove_leftovers

__all__ = [
    "Ended",
    "Enforced",
    "Figure",
    "Frame",
    "Grade",
    "Interpreter",
    "Link",
    "Means",
    "Missing",
    "Output",
    "OutputCapped",
    "Program",
    "Reason",
    "RefusedImport",
    "RefusedNetwork",
    "Run",
    "RunEvent",
    "RunLimits",
    "RunSetup",
    "SandboxReport",
    "Started",
    "Traceback",
    "WaitingForInput",
    "WrittenFile",
    "base_interpreter",
    "find_interpreter",
    "link_in",
    "parse_traceback",
    "probe_sandbox",
    "remove_leftovers",
]
