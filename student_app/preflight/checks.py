"""From facts to results: each check is a function of facts alone, and names what is in the way and what to do."""

from collections.abc import Callable

from shared.wire.messages import MAX_LINE, Level, SeatCheck
from student_app.preflight.facts import Facts

CLOCK_WARNING_MS = 60_000
LITTLE_MB, TOO_LITTLE_MB = 500, 60
SLOW_WRITE_MS = 250.0
SMALLEST = (1024, 700)
_NETWORK_DISKS = frozenset(
    {"nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "afpfs", "webdav", "davfs", "sshfs", "fuse.sshfs", "remote"}
)
_FORGETFUL_DISKS = frozenset({"tmpfs", "ramfs", "overlay", "aufs", "overlayfs", "squashfs"})


def results(facts: Facts) -> tuple[SeatCheck, ...]:
    """Return the result of every check, in the order in which a person mends things."""
    return tuple(_fitting(check(facts)) for check in CHECKS.values())


def _fitting(check: SeatCheck) -> SeatCheck:
    return SeatCheck(check.name, check.level, check.found[:MAX_LINE], check.todo[:MAX_LINE])


def worst(checks: tuple[SeatCheck, ...]) -> Level:
    """Return the level that the whole seat has."""
    levels = {check.level for check in checks}
    return next((level for level in ("blocked", "warning", "ok") if level in levels), "untested")


def check_port(facts: Facts) -> SeatCheck:
    """Whether the hub's port is reached by TCP, and an ExamDesk hub answers there."""
    hub = facts.hub
    where = hub.address
    if hub.outcome == "reached":
        return _ok("port", f"{hub.title or 'The hub'} answers at {where} in {hub.trip_ms:.0f} ms.")
    said = {
        "refused": (
            f"{where} refuses the connection: no hub runs there, or its firewall refuses.",
            "Start the hub, compare the port, and allow ExamDesk in the firewall of the instructor's computer.",
        ),
        "silent": (
            f"Nothing comes back from {where}.",
            "Allow this TCP port in the firewalls of the instructor's computer and of the network.",
        ),
        "unreachable": (
            f"There is no way from this PC to {where}.",
            "Put this PC and the instructor's computer into the same network, or ask IT for a route between them.",
        ),
        "unknown name": (f"No computer is called {where}.", "Type its address in numbers, as the instructor sees it."),
        "no hub": (
            f"Something answers at {where}, and it is no hub of this exam.",
            "Compare address and port with what the instructor sees.",
        ),
        "other version": (
            f"The hub at {where} speaks another version of the protocol.",
            "Install the same version of ExamDesk on both computers.",
        ),
    }
    if hub.outcome == "not asked":
        return _untested("port", "No hub is known yet.", "Name one with --hub, or check again while the hub runs.")
    found, todo = said[hub.outcome]
    return SeatCheck("port", "blocked", found, todo)


def check_multicast(facts: Facts) -> SeatCheck:
    """Whether exams can appear on this PC by themselves."""
    multicast, by_hand = facts.multicast, "Until then students type the address or the join code of the room."
    if multicast.refused or not multicast.returned:
        why = f" ({multicast.refused})" if multicast.refused else ""
        return SeatCheck(
            "multicast",
            "blocked",
            f"Multicast is blocked on this PC{why}: its own mDNS packet did not come back.",
            f"Allow UDP port 5353 (mDNS, 224.0.0.251) in this PC's firewall. {by_hand}",
        )
    if multicast.hub_heard is False:
        return SeatCheck(
            "multicast",
            "warning",
            "Multicast works on this PC, but the hub's announcement does not arrive: the network filters it, or "
            "the hub does not announce itself.",
            f"Ask IT to let mDNS through between the hub and this PC (switch, access point). {by_hand}",
        )
    if multicast.exams:
        return _ok("multicast", f"Exams appear by themselves: {', '.join(multicast.exams[:3])}.")
    return _untested(
        "multicast", "Multicast works on this PC; no exam announced itself.", "Check again while a hub runs."
    )


def check_udp(facts: Facts) -> SeatCheck:
    """Whether UDP broadcasts leave this PC."""
    broadcast = facts.broadcast
    if broadcast.refused or not broadcast.returned:
        why = f" ({broadcast.refused})" if broadcast.refused else ""
        return SeatCheck(
            "UDP",
            "warning",
            f"UDP broadcasts are blocked on this PC{why}.",
            "Nothing depends on them alone: exams are found by multicast or by a typed address. Allow UDP port 23927 "
            "in this PC's firewall if PCs should find each other in this check.",
        )
    return _ok("UDP", "UDP broadcasts work on this PC.")


def check_isolation(facts: Facts) -> SeatCheck:
    """Whether the network lets its PCs talk to each other."""
    hub, near = facts.hub, facts.neighbours
    if near.answered:
        return _ok("isolation", f"PCs reach each other here: {near.answered} answered this check directly.")
    if hub.outcome in ("silent", "unreachable") and hub.same_network:
        return SeatCheck(
            "isolation",
            "blocked",
            f"The hub at {hub.address} is in the same network, and nothing comes through: the network keeps its PCs "
            "apart (client isolation), or a firewall does.",
            "Ask IT to switch client isolation off for this network (also called AP isolation or guest network), or "
            "use a cable or an access point of your own.",
        )
    if near.heard:
        return SeatCheck(
            "isolation",
            "warning",
            f"{near.heard} other PCs are heard here, and none can be reached directly.",
            "Ask IT whether the network keeps its PCs apart (client isolation); the hub must be reachable from each.",
        )
    if hub.outcome == "reached":
        return _ok("isolation", "The hub is reached directly.")
    return _untested(
        "isolation", "No other PC ran this check at the same time.", "Run it on two PCs at once, or while the hub runs."
    )


def check_proxy(facts: Facts) -> SeatCheck:
    """Whether a proxy is set, which ExamDesk does not use."""
    named = ", ".join(facts.proxy.proxies)
    if not named:
        return _ok("proxy", "No proxy is set.")
    if facts.hub.outcome == "reached":
        return _ok("proxy", f"A proxy is set ({named}); ExamDesk goes past it and reaches the hub.")
    return SeatCheck(
        "proxy",
        "warning",
        f"A proxy is set ({named}), which ExamDesk does not use: it connects to the hub directly.",
        "If the hub is not reached, ask IT to allow direct connections inside the room's network.",
    )


def check_clock(facts: Facts) -> SeatCheck:
    """How far this PC's clock is from the hub's."""
    offset = facts.hub.offset_ms
    if offset is None:
        return _untested("clock", "Without a hub there is nothing to compare with.", "Check again while the hub runs.")
    amount, way = _duration(abs(offset)), "behind" if offset > 0 else "ahead of"
    if abs(offset) > CLOCK_WARNING_MS:
        return SeatCheck(
            "clock",
            "warning",
            f"This PC's clock is {amount} {way} the hub's.",
            "The exam uses the hub's clock, so no student loses time. Set this PC's clock, or let it follow a time "
            "server.",
        )
    return _ok("clock", f"This PC's clock is {amount} {way} the hub's.")


def check_disk(facts: Facts) -> SeatCheck:
    """Whether work can be kept on this PC's disk, and stays there."""
    disk = facts.disk
    if disk.refused:
        return SeatCheck(
            "disk",
            "blocked",
            f"Nothing can be written to {disk.folder} ({disk.refused}).",
            "Give students a folder of their own on this PC's disk, or name one with --journal.",
        )
    if disk.free_mb < TOO_LITTLE_MB:
        return SeatCheck(
            "disk", "blocked", f"Only {disk.free_mb} MB are free at {disk.folder}.", "Make room on this PC's disk."
        )
    kind = disk.kind.lower()
    if kind in _NETWORK_DISKS:
        return SeatCheck(
            "disk",
            "warning",
            f"{disk.folder} lies on a network drive ({disk.kind}): work stops when the network does.",
            "Name a folder on this PC's own disk with --journal.",
        )
    if kind in _FORGETFUL_DISKS:
        return SeatCheck(
            "disk",
            "warning",
            f"{disk.folder} forgets its files when this PC restarts ({disk.kind}).",
            "Name a folder that stays with --journal. Until then work is safe once the instructor has it.",
        )
    if disk.free_mb < LITTLE_MB or disk.write_ms > SLOW_WRITE_MS:
        found = f"{disk.free_mb} MB are free at {disk.folder}; a write takes {disk.write_ms:.0f} ms to be on the disk."
        return SeatCheck("disk", "warning", found, "Make room, or look why the disk is slow.")
    return _ok("disk", f"{disk.free_mb} MB free; a write is on the disk after {disk.write_ms:.0f} ms.")


def check_python(facts: Facts) -> SeatCheck:
    """Whether there is a Python for student programs."""
    python = facts.python
    if python.problem:
        return SeatCheck("Python", "blocked", python.problem, "Install Python 3.10 or newer on this PC.")
    return _ok("Python", f"Programs run with Python {python.version} ({python.path}).")


def check_packages(facts: Facts) -> SeatCheck:
    """Whether the exam's packages are here."""
    packages = facts.packages
    if packages.phase == "ready":
        return _ok("packages", "The exam's packages are ready on this PC.")
    if packages.phase == "missing":
        return SeatCheck(
            "packages", "warning", packages.sentence, "The exam can be sat without; what needs the packages won't run."
        )
    if packages.phase in ("fetching", "installing"):
        return SeatCheck("packages", "warning", "The exam's packages are on their way.", "Check again in a moment.")
    if packages.joined:
        return _ok("packages", "The hub has no packages for this exam.")
    return _untested("packages", "Which packages the exam needs is known after joining.", "Join, and check again.")


def check_sandbox(facts: Facts) -> SeatCheck:
    """How strongly student programs are confined."""
    sandbox = facts.sandbox
    if sandbox.problem:
        return SeatCheck("sandbox", "blocked", sandbox.problem, "Mend Python first, then check again.")
    missing = "; ".join(sandbox.missing[:4])
    if sandbox.grade in ("A", "B"):
        return _ok("sandbox", f"Programs are confined with grade {sandbox.grade}.")
    return SeatCheck(
        "sandbox",
        "warning",
        f"Programs are confined with grade C only, so they can read what the student can ({missing or 'no means'}).",
        "On Linux install bubblewrap. The exam can be sat; the grade is recorded with each run.",
    )


def check_machine(facts: Facts) -> SeatCheck:
    """Whether the PC is virtual or worked at from afar; both are in order, and a person may want to know."""
    seen = facts.surroundings
    if seen.machine == "unknown" and seen.session == "unknown":
        return _untested("machine", "The system does not say what kind of machine this is.", "Nothing has to be done.")
    kinds = {
        "real": "This is a real PC",
        "virtual": f"This is a virtual machine ({seen.product or 'of an unnamed kind'})",
        "container": f"This runs in a container ({seen.product})",
        "unknown": "What kind of machine this is is not told",
    }
    where = f"worked at from afar ({seen.way})" if seen.session == "remote" else "worked at right here"
    note = "" if seen.usual else " That keeps nobody out."
    return _ok("machine", f"{kinds[seen.machine]}, {where}, as its system says.{note}")


def check_screen(facts: Facts) -> SeatCheck:
    """Whether the window fits the screen."""
    screen = facts.screen
    if not screen.width:
        return _untested(
            "screen",
            "No display is open where this command runs, so the size of the screen is not known here.",
            "Run it in the session of a student, or check this PC in ExamDesk's window (Help menu).",
        )
    size = f"{screen.width} × {screen.height}"  # noqa: RUF001 - the sign that people read
    if (screen.width, screen.height) < SMALLEST or screen.height < SMALLEST[1]:
        return SeatCheck(
            "screen",
            "warning",
            f"The screen has {size} points; ExamDesk needs {SMALLEST[0]} × {SMALLEST[1]} to be comfortable.",  # noqa: RUF001
            "Choose a higher resolution or a smaller scale in the system's settings.",
        )
    return _ok("screen", f"The screen has {size} points.")


CHECKS: dict[str, Callable[[Facts], SeatCheck]] = {
    "port": check_port,
    "multicast": check_multicast,
    "UDP": check_udp,
    "isolation": check_isolation,
    "proxy": check_proxy,
    "clock": check_clock,
    "disk": check_disk,
    "Python": check_python,
    "packages": check_packages,
    "sandbox": check_sandbox,
    "machine": check_machine,
    "screen": check_screen,
}
"""Every check by its name."""


def _ok(name: str, found: str) -> SeatCheck:
    return SeatCheck(name, "ok", found)


def _untested(name: str, found: str, todo: str) -> SeatCheck:
    return SeatCheck(name, "untested", found, todo)


def _duration(milliseconds: float) -> str:
    seconds = milliseconds / 1000
    if seconds < 120:
        return f"{seconds:.1f} s"
    if seconds < 7200:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"
