"""The structures and numbers of Windows' job objects, as winnt.h has them; read and tested on every system."""

import ctypes

DWORD, SIZE_T, ULONG_PTR, LARGE_INTEGER = ctypes.c_uint32, ctypes.c_size_t, ctypes.c_size_t, ctypes.c_int64

BASIC_ACCOUNTING, UI_RESTRICTIONS, EXTENDED_LIMITS = 1, 4, 9
LIMIT_JOB_TIME, LIMIT_ACTIVE_PROCESS, LIMIT_JOB_MEMORY = 0x4, 0x8, 0x200
LIMIT_DIE_ON_UNHANDLED, LIMIT_KILL_ON_CLOSE = 0x400, 0x2000
ALL_UI_RESTRICTIONS = 0xFF
STOPPED_BY_US = 0xE0ED
OUT_OF_QUOTA = 1816
"""ERROR_NOT_ENOUGH_QUOTA: how a process ends that used up its job's time."""
TICKS = 10_000_000
ROOM_MB = 24
SIGNALS = {
    0xC0000005: -11,  # access violation
    0xC00000FD: -11,  # stack overflow
    0xC0000409: -6,  # the C library gave up: abort()
    0xC000001D: -4,  # illegal instruction
    0xC0000094: -8,  # division by zero in C
    0xC000013A: -2,  # Ctrl+C or Ctrl+Break
    STOPPED_BY_US: -9,
    OUT_OF_QUOTA: -24,
}
"""What ended a process, by its exit status, as a signal's number with a minus."""


class BasicLimits(ctypes.Structure):
    """JOBOBJECT_BASIC_LIMIT_INFORMATION."""

    _fields_ = (
        ("per_process_time", LARGE_INTEGER),
        ("per_job_time", LARGE_INTEGER),
        ("flags", DWORD),
        ("min_working_set", SIZE_T),
        ("max_working_set", SIZE_T),
        ("active_processes", DWORD),
        ("affinity", ULONG_PTR),
        ("priority_class", DWORD),
        ("scheduling_class", DWORD),
    )


class ExtendedLimits(ctypes.Structure):
    """JOBOBJECT_EXTENDED_LIMIT_INFORMATION."""

    _fields_ = (
        ("basic", BasicLimits),
        ("io", ctypes.c_uint64 * 6),
        ("process_memory", SIZE_T),
        ("job_memory", SIZE_T),
        ("peak_process_memory", SIZE_T),
        ("peak_job_memory", SIZE_T),
    )


class Accounting(ctypes.Structure):
    """JOBOBJECT_BASIC_ACCOUNTING_INFORMATION."""

    _fields_ = (
        ("user_time", LARGE_INTEGER),
        ("kernel_time", LARGE_INTEGER),
        ("period_user_time", LARGE_INTEGER),
        ("period_kernel_time", LARGE_INTEGER),
        ("page_faults", DWORD),
        ("total_processes", DWORD),
        ("active_processes", DWORD),
        ("terminated_processes", DWORD),
    )


def limits_of(seconds: int, memory_mb: int, processes: int) -> ExtendedLimits:
    """Return what a run's job is limited to; the time is all its processes' together."""
    wanted = ExtendedLimits()
    wanted.basic.flags = LIMIT_ACTIVE_PROCESS | LIMIT_JOB_MEMORY | LIMIT_JOB_TIME
    wanted.basic.flags |= LIMIT_DIE_ON_UNHANDLED | LIMIT_KILL_ON_CLOSE
    wanted.basic.per_job_time = (seconds + 1) * processes * TICKS
    wanted.basic.active_processes = processes
    wanted.job_memory = (memory_mb + ROOM_MB) << 20
    return wanted


def exit_status(status: int) -> int:
    """Return the exit code, or as a negative signal number what ended a crashed process."""
    return SIGNALS.get(status & 0xFFFFFFFF, status)
