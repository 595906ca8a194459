"""Job objects as winnt.h lays them out on 64-bit Windows, checked on every system of that width."""

import ctypes
import sys

import pytest

from student_app.running import jobs
from student_app.running.launch import OF_WINDOWS

pytestmark = pytest.mark.skipif(sys.maxsize < 2**32, reason="the layout of 64 bits")


def offsets(structure):
    return {name: getattr(structure, name).offset for name, *_ in structure._fields_}


def test_structures_have_the_sizes_and_places_of_the_header():
    assert ctypes.sizeof(jobs.BasicLimits) == 64
    assert ctypes.sizeof(jobs.ExtendedLimits) == 144
    assert ctypes.sizeof(jobs.Accounting) == 48
    assert offsets(jobs.BasicLimits) == {
        "per_process_time": 0, "per_job_time": 8, "flags": 16, "min_working_set": 24, "max_working_set": 32,
        "active_processes": 40, "affinity": 48, "priority_class": 56, "scheduling_class": 60,
    }  # fmt: skip
    assert offsets(jobs.ExtendedLimits) == {
        "basic": 0, "io": 64, "process_memory": 112, "job_memory": 120, "peak_process_memory": 128,
        "peak_job_memory": 136,
    }  # fmt: skip
    assert offsets(jobs.Accounting)["active_processes"] == 40
    assert ctypes.sizeof(jobs.DWORD) == 4


def test_a_runs_limits_are_in_the_units_of_the_system():
    wanted = jobs.limits_of(seconds=10, memory_mb=512, processes=4)
    assert wanted.basic.per_job_time == 11 * 4 * 10_000_000  # of 100 ns, of all processes together
    assert wanted.job_memory == (512 + 24) * 1024 * 1024
    assert wanted.basic.active_processes == 4
    assert wanted.basic.flags == 0x4 | 0x8 | 0x200 | 0x400 | 0x2000
    assert wanted.basic.per_process_time == wanted.process_memory == 0  # their flags are not set


@pytest.mark.parametrize(
    ("status", "found"),
    [(0, 0), (3, 3), (0xC0000005, -11), (-1073741819, -11), (0xC000013A, -2), (0xE0ED, -9), (1816, -24)],
)
def test_how_a_process_ended_is_read_from_its_status_also_with_a_sign(status, found):
    assert jobs.exit_status(status) == found


def test_no_variable_that_names_the_user_is_passed_on():
    assert not {"USERNAME", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "COMPUTERNAME", "LOGONSERVER"} & set(OF_WINDOWS)
    assert {"SYSTEMROOT", "WINDIR", "COMSPEC", "PATH"} <= set(OF_WINDOWS)
