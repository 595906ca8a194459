"""Limits that a process puts on itself: resource limits, Landlock, seccomp. Linux parts through ctypes."""

from __future__ import annotations

import ctypes
import os
import struct
import sys

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_SECCOMP = 22
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38
SECCOMP_MODE_FILTER = 2

LANDLOCK_CREATE, LANDLOCK_ADD_RULE, LANDLOCK_RESTRICT = 444, 445, 446
LANDLOCK_READ = (1 << 0) | (1 << 2) | (1 << 3)  # execute, read file, read directory
LANDLOCK_READ_FILE = (1 << 0) | (1 << 2)
LANDLOCK_WRITE_FILE = (1 << 1) | (1 << 2)
LANDLOCK_NET = (1 << 0) | (1 << 1)  # bind and connect of TCP, from ABI 4
LANDLOCK_SCOPES = (1 << 0) | (1 << 1)  # abstract sockets and signals, from ABI 6
# Device ioctls (bit 15, ABI 5) are left alone: the device files are named one by one.
LANDLOCK_FS_BITS = {1: 13, 2: 14}
LANDLOCK_NOT_FOR_US = (1 << 6) | (1 << 11)  # device nodes: never to be made

RET_ALLOW, RET_KILL = 0x7FFF0000, 0x80000000
EPERM, ENOSYS, EOPNOTSUPP = 1, 38, 95
LOAD, JUMP_EQ, JUMP_GE, JUMP_SET, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
ARG0, ARG1, NUMBER, ARCH = 16, 24, 0, 4
CLONE_NEW_ANY = 0x7E020080  # user, mount, pid, net, ipc, uts, cgroup and time namespaces

# name: (x86_64, aarch64); sources: the kernel's syscall tables, stable for ever.
NUMBERS = {
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "unshare": (272, 97),
    "setns": (308, 268),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "kexec_load": (246, 104),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "reboot": (169, 142),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "open_by_handle_at": (304, 265),
    "kcmp": (312, 272),
    "pidfd_getfd": (438, 438),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "mount_setattr": (442, 442),
    # signals that the shield below can't judge: by thread, by handle, with a value
    "tkill": (200, 130),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "pidfd_send_signal": (424, 424),
    "process_madvise": (440, 440),
    "process_mrelease": (448, 448),
    "migrate_pages": (256, 238),
    "move_pages": (279, 239),
    "ioprio_set": (251, 30),
}
# Attributes of files, which Landlock leaves to whoever owns them. These calls do nothing and say that it worked, as
# programs that copy files expect; -1: not on this processor.
PRETENDED = {
    "chmod": (90, -1),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "chown": (92, -1),
    "fchown": (93, 55),
    "lchown": (94, -1),
    "fchownat": (260, 54),
    "utime": (132, -1),
    "utimes": (235, -1),
    "futimesat": (261, -1),
    "utimensat": (280, 88),
}
UNSUPPORTED = {
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
    "setxattrat": (463, 463),
    "removexattrat": (466, 466),
}
# What would stay in the kernel after the run, outside of its limits.
LASTING = {"shmget": (29, 194), "semget": (64, 190), "msgget": (68, 186), "mq_open": (240, 180)}
TRUNCATE = (76, 45)
TRUNCATE_FROM_ABI = 3
SOCKET, CLONE, CLONE3 = (41, 198), (56, 220), (435, 435)
SIGNAL_CALLS = ((62, 129), (234, 131), (434, 434))  # kill, tgkill, pidfd_open
# prlimit64, sched_setparam, sched_setscheduler, sched_setaffinity, sched_setattr: of this process and no other
OWN_ONLY = ((302, 261), (142, 118), (144, 119), (203, 122), (314, 274))
SETPRIORITY, FCNTL, IOCTL = (141, 140), (72, 25), (16, 29)
AF_UNIX = 1
OWNER_COMMANDS = (8, 10, 15)  # F_SETOWN, F_SETSIG, F_SETOWN_EX: have the kernel send a signal to somebody
OWNER_REQUESTS = (0x8901, 0x8902, 0x5412, 0x541C)  # FIOSETOWN, SIOCSPGRP, and input faked on a terminal
X32_BIT = 0x40000000
MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}


class _Ruleset(ctypes.Structure):
    _fields_ = (("fs", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _PathRule(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = (("access", ctypes.c_uint64), ("fd", ctypes.c_int32))


class _Filter(ctypes.Structure):
    _fields_ = (("count", ctypes.c_ushort), ("code", ctypes.c_char_p))


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def prctl(option: int, argument: int) -> None:
    """Change an attribute of this process; OSError where the kernel refuses."""
    word = ctypes.c_ulong
    _checked(_libc().prctl(ctypes.c_int(option), word(argument), word(0), word(0), word(0)))


def become_guardian() -> None:
    """Adopt every orphaned descendant, and be unreadable to others of the same user."""
    if sys.platform == "linux":
        prctl(PR_SET_CHILD_SUBREAPER, 1)
        prctl(PR_SET_DUMPABLE, 0)


def become_program(parent: int) -> None:
    """Be killed when the guardian `parent`, which forked this process, ends; be an ordinary process otherwise."""
    if sys.platform == "linux":
        prctl(PR_SET_PDEATHSIG, 9)
        prctl(PR_SET_DUMPABLE, 1)
    if os.getppid() != parent:
        os._exit(1)


def step_back(idle: bool) -> None:
    """Let the desk and the guardian go first on the processor.

    With `idle` always, which a program needs whose processes nothing counts: thousands of them would leave the others
    no time to end them.
    """
    if idle and sys.platform == "linux":
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    elif hasattr(os, "nice"):
        os.nice(5)


def set_rlimits(limits: dict[str, int]) -> None:
    """Set resource limits by their names without `RLIMIT_`; a hard limit below the wish stays as it is."""
    import resource  # noqa: PLC0415  (not there on Windows)

    for name, wish in limits.items():
        kind = getattr(resource, "RLIMIT_" + name, None)
        if kind is None:
            continue
        hard = resource.getrlimit(kind)[1]
        soft = wish if hard == resource.RLIM_INFINITY else min(wish, hard)
        top = soft + 1 if name == "CPU" and hard == resource.RLIM_INFINITY else soft
        try:
            resource.setrlimit(kind, (soft, top))
        except (OSError, ValueError):
            if sys.platform == "linux":  # macOS refuses some limits on address space
                raise


def landlock_abi() -> int:
    """Return the kernel's Landlock version; OSError where there is none."""
    return _checked(_libc().syscall(LANDLOCK_CREATE, None, ctypes.c_size_t(0), 1))


def landlock(readable: list[str], writable: list[str], network: bool) -> None:
    """Leave only `readable` and `writable` of all files, and no TCP unless `network`; OSError if that cannot be had."""
    abi, libc = landlock_abi(), _libc()
    every = (1 << LANDLOCK_FS_BITS.get(abi, 15)) - 1
    ruleset = _Ruleset(every, 0 if network or abi < 4 else LANDLOCK_NET, LANDLOCK_SCOPES if abi >= 6 else 0)
    size = 24 if abi >= 6 else 16 if abi >= 4 else 8
    rules = _checked(libc.syscall(LANDLOCK_CREATE, ctypes.byref(ruleset), ctypes.c_size_t(size), 0))
    for path in readable:
        _allow_path(libc, rules, path, LANDLOCK_READ, LANDLOCK_READ_FILE)
    for path in writable:
        _allow_path(libc, rules, path, every & ~LANDLOCK_NOT_FOR_US, LANDLOCK_WRITE_FILE)
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    _checked(libc.syscall(LANDLOCK_RESTRICT, rules, 0))
    os.close(rules)


def _allow_path(libc: ctypes.CDLL, rules: int, path: str, folder_access: int, file_access: int) -> None:
    try:
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # a system without this path needs no rule for it
    try:
        rule = _PathRule(folder_access if os.path.isdir(path) else file_access, handle)  # noqa: PTH112
        _checked(libc.syscall(LANDLOCK_ADD_RULE, rules, 1, ctypes.byref(rule), 0))
    finally:
        os.close(handle)


def _instruction(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("HBBI", code, if_true, if_false, value & 0xFFFFFFFF)


def _refuse(number: int, error: int) -> bytes:
    return _instruction(JUMP_EQ, number, 0, 1) + _instruction(RETURN, 0x00050000 | error)


def _inspect(number: int, body: bytes, argument: int = ARG0) -> bytes:
    """Run `body`, which may look at one argument and falls through, only for the call `number`."""
    body = _instruction(LOAD, argument) + body + _instruction(LOAD, NUMBER)
    return _instruction(JUMP_EQ, number, 0, len(body) // 8) + body


def _unless_zero() -> bytes:
    return _instruction(JUMP_EQ, 0, 1, 0) + _instruction(RETURN, 0x00050000 | EPERM)


def _if_one_of(values: tuple[int, ...]) -> bytes:
    eperm = _instruction(RETURN, 0x00050000 | EPERM)
    return b"".join(_instruction(JUMP_EQ, value, 0, 1) + eperm for value in values)


def _about_others(column: int) -> list[bytes]:
    """Refuse what changes limits, turns on the processor or signals of processes that are not the caller."""
    parts = [_inspect(pair[column], _unless_zero()) for pair in OWN_ONLY]
    parts += [_inspect(SETPRIORITY[column], _unless_zero(), argument) for argument in (ARG0, ARG1)]
    parts.append(_inspect(FCNTL[column], _if_one_of(OWNER_COMMANDS), ARG1))
    parts.append(_inspect(IOCTL[column], _if_one_of(OWNER_REQUESTS), ARG1))
    return parts


def _about_files(column: int, abi: int) -> list[bytes]:
    """Leave no way to the attributes of files that Landlock, as this kernel has it, doesn't guard."""
    parts = [_refuse(pair[column], 0) for pair in PRETENDED.values() if pair[column] >= 0]
    parts += [_refuse(pair[column], EOPNOTSUPP) for pair in UNSUPPORTED.values()]
    parts += [_refuse(pair[column], EPERM) for pair in LASTING.values()]
    return parts if abi >= TRUNCATE_FROM_ABI else [*parts, _refuse(TRUNCATE[column], EPERM)]


def seccomp_program(machine: str, sockets: str, protected: list[int], abi: int | None = None) -> bytes:
    """Return the filter for `machine` (as uname says); KeyError where its call numbers are not known.

    It allows everything but what reaches other processes, namespaces or the kernel's setup. `protected` process ids,
    and all at once (-1), can be sent no signal. `sockets` are `all`, `none`, or those of the `network`: not those of
    other programs here, such as the display and the message bus. `abi` is the version of Landlock where that guards
    the files, None where the program has a view of the files of its own.
    """
    column, arch = MACHINES[machine]
    eperm = 0x00050000 | EPERM
    parts = [
        _instruction(LOAD, ARCH),
        _instruction(JUMP_EQ, arch, 1, 0),
        _instruction(RETURN, RET_KILL),
        _instruction(LOAD, NUMBER),
    ]
    if machine == "x86_64":
        parts += [_instruction(JUMP_GE, X32_BIT, 0, 1), _instruction(RETURN, RET_KILL)]
    parts += [_refuse(pair[column], EPERM) for pair in NUMBERS.values()]
    parts.append(_refuse(CLONE3[column], ENOSYS))  # its flags cannot be read here; libc falls back to clone
    new_namespace = _instruction(JUMP_SET, CLONE_NEW_ANY, 0, 1) + _instruction(RETURN, eperm)
    parts.append(_inspect(CLONE[column], new_namespace))
    if sockets == "none":
        parts.append(_refuse(SOCKET[column], EPERM))  # socketpair stays: asyncio and multiprocessing need it
    elif sockets == "network":
        parts.append(_inspect(SOCKET[column], _if_one_of((AF_UNIX,))))
    parts += _about_others(column)
    if abi is not None:
        parts += _about_files(column, abi)
    shield = b"".join(_instruction(JUMP_EQ, pid, 0, 1) + _instruction(RETURN, eperm) for pid in (-1, *protected))
    parts += [_inspect(pair[column], shield) for pair in SIGNAL_CALLS]
    parts.append(_instruction(RETURN, RET_ALLOW))
    return b"".join(parts)


def seccomp(sockets: str, protected: list[int], abi: int | None = None) -> None:
    """Install the filter for this process and all that it starts; OSError where that cannot be had."""
    try:
        code = seccomp_program(os.uname().machine, sockets, protected, abi)
    except KeyError as error:
        raise OSError(ENOSYS, "no system call table for this processor") from error
    program = _Filter(len(code) // 8, code)
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    word = ctypes.c_ulong
    result = _libc().prctl(PR_SET_SECCOMP, word(SECCOMP_MODE_FILTER), ctypes.byref(program), word(0), word(0))
    _checked(result)
