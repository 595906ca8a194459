"""How Linux starts a confined program: bubblewrap, or Landlock and seccomp, or resource limits alone."""

import os
import shutil
from pathlib import Path

from student_app.running import proctree
from student_app.running.cgroups import ControlGroup, make_group
from student_app.running.confinement import Means
from student_app.running.launch import GUARD, Launch, resource_limits
from student_app.running.posix import PosixPlan

SYSTEM_READABLE = (
    "/usr",
    "/bin",
    "/lib",
    "/lib32",
    "/lib64",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/localtime",
    "/etc/timezone",
    "/etc/alternatives",
    "/etc/mime.types",
    "/etc/fonts",
)
DEVICES_READABLE = ("/dev/zero", "/dev/random", "/dev/urandom")
DEVICES_WRITABLE = ("/dev/null", "/dev/full")
NETWORK_READABLE = ("/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf", "/etc/ssl", "/run/systemd/resolve")
INSIDE_WORK = "/exam"
INSIDE_GUARD = "/examdesk"
INSIDE_UID = "1000"


def bubblewrap() -> str | None:
    """Return the path of bubblewrap, if it is installed."""
    return shutil.which("bwrap", path="/usr/local/bin:/usr/bin:/bin")


def inside_folder(launch: Launch) -> str:
    """Return the program's working directory as the program sees it."""
    return INSIDE_WORK if Means.BUBBLEWRAP in launch.means else str(launch.folder.work)


def command(launch: Launch, handles: tuple[int, int, int, int]) -> list[str]:
    """Return the command line of the whole run."""
    if Means.BUBBLEWRAP not in launch.means:
        return launch.python(str(GUARD.parent), handles)
    return [*_bubblewrap_command(launch), "--", *launch.python(INSIDE_GUARD, handles)]


def environment(launch: Launch) -> dict[str, str]:
    """Return the program's environment."""
    if Means.BUBBLEWRAP in launch.means:
        return launch.environment(INSIDE_WORK, "/tmp")  # noqa: S108  (a folder of the run's own, mounted there)
    return launch.environment(str(launch.folder.work), str(launch.folder.tmp))


def _bubblewrap_command(launch: Launch) -> list[str]:
    folder = launch.folder
    words = [bubblewrap() or "bwrap", "--unshare-all", "--unshare-user", "--die-with-parent", "--new-session"]
    words += ["--uid", INSIDE_UID, "--gid", INSIDE_UID, "--hostname", "exam"]
    if launch.limits.network:
        words.append("--share-net")
    for name in SYSTEM_READABLE + (NETWORK_READABLE if launch.limits.network else ()):
        path = Path(name)
        if path.is_symlink() and path.parent == Path("/"):
            words += ["--symlink", str(path.readlink()), name]
        elif path.exists():
            words += ["--ro-bind", name, name]
    words += ["--ro-bind", str(GUARD), f"{INSIDE_GUARD}/guard", "--proc", "/proc", "--dev", "/dev"]
    words += ["--bind", str(folder.shm), "/dev/shm", "--remount-ro", "/dev"]  # noqa: S108
    words += ["--bind", str(folder.tmp), "/tmp", "--bind", str(folder.work), INSIDE_WORK]  # noqa: S108
    for own in launch.readable:  # last: an exam's environment may lie under one of the folders above
        if not own.is_relative_to("/usr"):
            words += ["--ro-bind", str(own), str(own)]
    return [*words, "--remount-ro", "/", "--chdir", INSIDE_WORK]


def setup(launch: Launch, *, grouped: bool) -> dict[str, object]:
    """Return the guardian's setup.

    Args:
        launch: what is started.
        grouped: whether a control group limits the number of processes.
    """
    limits = resource_limits(launch.limits)
    if not grouped and os.getuid() != 0:  # the kernel does not count root's processes
        # Inside a user namespace the count starts at our own few; outside, the user's other programs count too.
        others = 4 if Means.BUBBLEWRAP in launch.means else proctree.threads_of_user(os.getuid())
        limits["NPROC"] = launch.limits.processes + others
    work = inside_folder(launch)
    writable = [str(path) for path in (launch.folder.work, launch.folder.tmp, launch.folder.shm)]
    own = [str(folder) for folder in launch.readable]
    readable = [*SYSTEM_READABLE, *DEVICES_READABLE, *own, str(GUARD)]
    namespace = "/proc/self/ns/pid"
    return launch.setup(
        work,
        limits,
        idle=not grouped and "NPROC" not in limits,
        landlock=Means.LANDLOCK in launch.means and Means.BUBBLEWRAP not in launch.means,
        seccomp=Means.SECCOMP in launch.means,
        # the display and the message bus are sockets too: in a network of its own nobody listens there
        sockets="network" if launch.limits.network else "all" if Means.BUBBLEWRAP in launch.means else "none",
        readable=readable + (list(NETWORK_READABLE) if launch.limits.network else []),
        writable=[*writable, *DEVICES_WRITABLE],
        protected=[] if Means.BUBBLEWRAP in launch.means else [os.getpid(), -os.getpgrp()],
        desk_namespace=str(Path(namespace).readlink()) if Path(namespace).is_symlink() else "",
    )


def plan(launch: Launch) -> PosixPlan:
    """Return how the program is started here."""
    wrapped = Means.BUBBLEWRAP in launch.means
    group = _group(launch) if Means.CONTROL_GROUP in launch.means else None
    return PosixPlan(
        command=lambda handles: command(launch, handles),
        environment=environment(launch),
        folder=str(launch.folder.work),
        setup=setup(launch, grouped=group is not None and group.pids is not None),
        mark=launch.mark,
        group=group,
        own_processes=2 if wrapped else 0,
    )


def _group(launch: Launch) -> ControlGroup | None:
    group = make_group(f"examdesk-{launch.mark}")
    if group is not None:
        try:
            # bubblewrap's two processes and the guardian are in it too
            group.limit(launch.limits.memory_mb << 20, launch.limits.processes + 3)
        except OSError:
            group.remove()
            return None
    return group
