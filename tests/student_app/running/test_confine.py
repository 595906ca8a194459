"""The seccomp filter, run by a small machine of its own; control groups; the sandbox's report."""

import os
import struct
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from student_app.running import Grade, Means, RunLimits, probe_sandbox
from student_app.running.cgroups import make_group
from student_app.running.guard import confine
from student_app.running.sentences import ending

ALLOW, KILL = 0x7FFF0000, 0x80000000
X86, ARM = "x86_64", "aarch64"


def decide(program, arch, number, argument=0, second=0):
    """What the kernel's machine would answer for a call."""
    words = (argument & (2**64 - 1), second & (2**64 - 1))
    data = struct.pack("<iIQ6Q", number, arch, 0, *words, 0, 0, 0, 0)
    code = [struct.unpack_from("HBBI", program, place) for place in range(0, len(program), 8)]
    place, word = 0, 0
    while True:
        what, if_true, if_false, value = code[place]
        place += 1
        if what == confine.LOAD:
            (word,) = struct.unpack_from("<I", data, value)
        elif what == confine.RETURN:
            return value
        else:
            test = {
                confine.JUMP_EQ: word == value,
                confine.JUMP_GE: word >= value,
                confine.JUMP_SET: bool(word & value),
            }
            place += if_true if test[what] else if_false


@pytest.mark.parametrize("machine", [X86, ARM])
def test_filter_refuses_what_it_names_and_allows_the_rest(machine):
    column, arch = confine.MACHINES[machine]
    program = confine.seccomp_program(machine, sockets="none", protected=[77, -77])
    for name, numbers in confine.NUMBERS.items():
        assert decide(program, arch, numbers[column]) & 0xFFFF == confine.EPERM, name
    assert decide(program, arch, confine.SOCKET[column]) & 0xFFFF == confine.EPERM
    assert decide(program, arch, confine.CLONE3[column]) & 0xFFFF == confine.ENOSYS
    assert decide(program, arch, confine.CLONE[column], 0x01200011) == ALLOW
    assert decide(program, arch, confine.CLONE[column], 0x10000011) & 0xFFFF == confine.EPERM
    for numbers in confine.SIGNAL_CALLS:
        for pid in (77, -77, -1):
            assert decide(program, arch, numbers[column], pid) & 0xFFFF == confine.EPERM
        assert decide(program, arch, numbers[column], 78) == ALLOW


@pytest.mark.parametrize("machine", [X86, ARM])
def test_filter_lets_sockets_through_when_told(machine):
    column, arch = confine.MACHINES[machine]
    assert decide(confine.seccomp_program(machine, sockets="all", protected=[]), arch, confine.SOCKET[column]) == ALLOW


@pytest.mark.parametrize("machine", [X86, ARM])
def test_filter_leaves_a_program_with_a_network_no_sockets_of_other_programs_here(machine):
    column, arch = confine.MACHINES[machine]
    program = confine.seccomp_program(machine, sockets="network", protected=[])
    assert decide(program, arch, confine.SOCKET[column], 1) & 0xFFFF == confine.EPERM
    for family in (2, 10):
        assert decide(program, arch, confine.SOCKET[column], family) == ALLOW


@pytest.mark.parametrize("machine", [X86, ARM])
def test_filter_lets_a_program_change_itself_and_no_other(machine):
    column, arch = confine.MACHINES[machine]
    program = confine.seccomp_program(machine, sockets="all", protected=[])
    for numbers in confine.OWN_ONLY:
        assert decide(program, arch, numbers[column], 0) == ALLOW
        assert decide(program, arch, numbers[column], 4711) & 0xFFFF == confine.EPERM
    priority = confine.SETPRIORITY[column]
    assert decide(program, arch, priority, 0, 0) == ALLOW
    assert decide(program, arch, priority, 0, 4711) & 0xFFFF == confine.EPERM
    assert decide(program, arch, priority, 2, 0) & 0xFFFF == confine.EPERM  # all of the user's
    for command in confine.OWNER_COMMANDS:
        assert decide(program, arch, confine.FCNTL[column], 5, command) & 0xFFFF == confine.EPERM
    assert decide(program, arch, confine.FCNTL[column], 10, 3) == ALLOW
    assert decide(program, arch, confine.IOCTL[column], 0, 0x5412) & 0xFFFF == confine.EPERM
    assert decide(program, arch, confine.IOCTL[column], 0, 0x5401) == ALLOW


@pytest.mark.parametrize("machine", [X86, ARM])
def test_filter_guards_the_attributes_of_files_where_landlock_does_not(machine):
    column, arch = confine.MACHINES[machine]
    own_view = confine.seccomp_program(machine, sockets="all", protected=[])
    old, new = (confine.seccomp_program(machine, sockets="none", protected=[], abi=abi) for abi in (2, 3))
    for name, numbers in confine.PRETENDED.items():
        if numbers[column] >= 0:
            assert decide(old, arch, numbers[column]) == 0x50000, name
            assert decide(own_view, arch, numbers[column]) == ALLOW, name
    for numbers in confine.UNSUPPORTED.values():
        assert decide(new, arch, numbers[column]) & 0xFFFF == confine.EOPNOTSUPP
    for numbers in confine.LASTING.values():
        assert decide(new, arch, numbers[column]) & 0xFFFF == confine.EPERM
    assert decide(old, arch, confine.TRUNCATE[column]) & 0xFFFF == confine.EPERM
    assert decide(new, arch, confine.TRUNCATE[column]) == ALLOW


@given(st.integers(0, 480), st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1), st.sampled_from([None, 1, 7]))
def test_filter_ends_for_every_call(number, argument, second, abi):
    program = confine.seccomp_program(X86, sockets="none", protected=[2, -2], abi=abi)
    answer = decide(program, confine.MACHINES[X86][1], number, argument, second)
    assert answer in (ALLOW, 0x50000, 0x50001, 0x50026, 0x5005F)


def test_filter_kills_calls_of_another_kind_of_processor():
    program = confine.seccomp_program(X86, sockets="all", protected=[])
    assert decide(program, confine.MACHINES[ARM][1], 0) == KILL
    assert decide(program, confine.MACHINES[X86][1], confine.X32_BIT + 1) == KILL


def test_group_is_made_in_both_controllers_of_the_first_version(tmp_path):
    for name in ("memory", "pids"):
        (tmp_path / name / "me").mkdir(parents=True)
    group = make_group("run", "4:memory:/me\n3:pids:/me\n2:cpu:/\n0::/", tmp_path)
    assert group.is_complete
    assert group.folders == [tmp_path / "memory/me/run", tmp_path / "pids/me/run"]
    group.limit(1 << 20, 7)
    assert (tmp_path / "pids/me/run/pids.max").read_text() == "7"
    assert int((tmp_path / "memory/me/run/memory.limit_in_bytes").read_text()) > 1 << 20


def test_no_group_where_none_can_be_made(tmp_path):
    assert make_group("run", "0::/user.slice/app.scope", tmp_path) is None
    (tmp_path / "cgroup.controllers").write_text("memory pids")
    (tmp_path / "user.slice" / "app.scope").mkdir(parents=True)
    assert make_group("run", "0::/user.slice/app.scope", tmp_path) is None
    assert list((tmp_path / "user.slice").iterdir()) == [tmp_path / "user.slice" / "app.scope"]


@pytest.mark.skipif(sys.platform != "linux", reason="the ladder of Linux")
@pytest.mark.parametrize("without", [frozenset[Means](), frozenset({Means.BUBBLEWRAP}), frozenset(Means)])
def test_report_names_what_is_missing_and_why(without):
    report = probe_sandbox(allow=frozenset(Means) - without)
    assert probe_sandbox(allow=frozenset(Means) - without) is report
    assert all(entry.why for entry in report.missing)
    assert report.grade in report.sentence
    if without:
        assert report.grade is not Grade.A
        assert any(entry.what == "bubblewrap" for entry in report.missing)
    if without == frozenset(Means):
        assert report.grade is Grade.C
        assert {"other files on this PC", "the network"} <= {entry.what for entry in report.missing}


@pytest.mark.parametrize(
    "reason", ["time", "memory", "output", "processes", "disk", "stopped", "crashed-to-start", "exit"]
)
def test_every_end_has_a_sentence_that_speaks_to_the_person(reason):
    sentence = ending(reason, 0, None, RunLimits(), None)
    assert sentence.startswith("You")
    assert "None" not in sentence


@pytest.mark.skipif(sys.platform != "linux", reason="signals of Linux")
def test_every_signal_has_a_sentence():
    for number in range(1, 65):
        assert ending("signal", None, number, RunLimits(), None).endswith(").")


def test_the_guard_needs_nothing_but_the_standard_library():
    code = "import sys; sys.path.insert(0, 'student_app/running'); import guard.guardian; print(sorted(sys.modules))"
    flags = ["-I", "-S"]
    done = subprocess.run([sys.executable, *flags, "-c", code], capture_output=True, text=True, check=True)
    assert "student_app" not in done.stdout
    assert "json" not in done.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="control groups of Linux")
def test_a_group_ends_its_processes_and_leaves_nothing_behind():
    group = make_group(f"examdesk-test-{os.getpid()}")
    if group is None:
        pytest.skip("no control group can be made here")
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    group.add(process.pid)
    assert group.members() == [process.pid]
    group.kill(rounds=1)
    assert process.wait(5) < 0
    group.remove()
    assert not any(folder.exists() for folder in group.folders)
