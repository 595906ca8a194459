"""Whether this PC is a virtual machine, and whether it is worked at from afar, by what the system itself says.

Only facts that the system offers to any program are read; nothing looks for other programs. A screen that another
program mirrors (RustDesk, AnyDesk, TeamViewer, VNC on the real screen) is the real session to the system, and is not
noticed. Advice for a person: nobody is kept out by it, and whole labs are virtual.
"""

import ctypes
import importlib
import os
import subprocess
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

MachineKind = Literal["real", "virtual", "container", "unknown"]
SessionKind = Literal["local", "remote", "unknown"]
MAX_TEXT = 100

_VENDORS = (
    ("KVM", "KVM"),
    ("OpenStack", "KVM"),
    ("KubeVirt", "KVM"),
    ("Amazon EC2", "Amazon EC2"),
    ("Google Compute Engine", "Google Compute Engine"),
    ("QEMU", "QEMU"),
    ("VMware", "VMware"),
    ("VMW", "VMware"),
    ("innotek GmbH", "VirtualBox"),
    ("VirtualBox", "VirtualBox"),
    ("Xen", "Xen"),
    ("Bochs", "Bochs"),
    ("Parallels", "Parallels"),
    ("BHYVE", "bhyve"),
    ("Hyper-V", "Hyper-V"),
    ("Apple Virtualization", "Apple Virtualization"),
    ("Nutanix", "Nutanix"),
)
"""What the firmware of virtual machines calls itself (the table of systemd's virt.c), and its product."""
_REMOTE_VARIABLES = (
    ("SSH_CONNECTION", "SSH"),
    ("SSH_TTY", "SSH"),
    ("XRDP_SESSION", "RDP (xrdp)"),
    ("VNCDESKTOP", "VNC"),
    ("CHROME_REMOTE_DESKTOP_SESSION", "Chrome Remote Desktop"),
    ("X2GO_SESSION", "X2Go"),
    ("NXSESSIONID", "NX"),
)
_DMI = ("product_name", "sys_vendor", "board_vendor", "bios_vendor", "product_version")
_CONTAINER_MARKS = ("/.dockerenv", "/run/.containerenv", "/run/host/container-manager")
_WINDOWS_BIOS = r"HARDWARE\DESCRIPTION\System\BIOS"
_WINDOWS_TERMINALS = r"SYSTEM\CurrentControlSet\Control\Terminal Server"
_SM_REMOTESESSION, _SM_REMOTECONTROL = 0x1000, 0x2001


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the system says; `product` and `way` are names such as `KVM` and `RDP`, empty where none is told."""

    machine: MachineKind = "unknown"
    product: str = ""
    session: SessionKind = "unknown"
    way: str = ""

    @property
    def usual(self) -> bool:
        """Whether a person sits in front of a real PC, as far as the system tells."""
        return self.machine not in ("virtual", "container") and self.session != "remote"


Look = Callable[[], Surroundings]


def nothing_known() -> Surroundings:
    """Look at nothing."""
    return Surroundings()


# ------------------------------------------------------------------------------------------------ Linux


class LinuxLook:
    """Looks at files of the kernel and of systemd below `root`, and at the environment. Any thread may call it."""

    def __init__(self, root: Path = Path("/"), environment: Mapping[str, str] = os.environ) -> None:
        self._root = root
        self._environment = environment
        self._machine: tuple[MachineKind, str] | None = None

    def __call__(self) -> Surroundings:
        """Look; what the machine is can't change while the program runs."""
        if self._machine is None:
            self._machine = self._find_machine()
        machine, product = self._machine
        way = self._way()
        return Surroundings(machine, product, "remote" if way else "local", way)

    def _read(self, path: str) -> str:
        try:
            with (self._root / path.lstrip("/")).open("rb") as file:
                return file.read(1 << 16).decode("utf-8", "replace").strip("\0 \n")
        except OSError:
            return ""

    def _find_machine(self) -> tuple[MachineKind, str]:
        container = self._container()
        if container:
            return "container", container
        release = self._read("/proc/sys/kernel/osrelease").lower()
        if "microsoft" in release or "wsl" in release:
            return "virtual", "WSL"
        product = self._hypervisor()
        if product is None:
            return "real", ""
        return "virtual", product

    def _container(self) -> str:
        named = self._read("/run/systemd/container") or self._environment.get("container", "")
        if named:
            return named[:MAX_TEXT]
        marks = {"/.dockerenv": "docker", "/run/.containerenv": "podman"}
        found = next((mark for mark in _CONTAINER_MARKS if (self._root / mark.lstrip("/")).exists()), "")
        return marks.get(found) or (self._read(found)[:MAX_TEXT] or "container" if found else "")

    def _hypervisor(self) -> str | None:
        """Return the product, empty for one without a name; None for a real machine."""
        if "control_d" in self._read("/proc/xen/capabilities"):
            return None  # the first domain of Xen has the hardware
        dmi = {name: self._read(f"/sys/class/dmi/id/{name}") for name in _DMI}
        found = product_of(dmi.values(), dmi["sys_vendor"], dmi["product_name"])
        if found:
            return found
        if self._read("/sys/hypervisor/type") == "xen":
            return "Xen"
        for path in ("/proc/device-tree/hypervisor/compatible", "/proc/device-tree/compatible"):
            compatible = self._read(path)
            if "linux,kvm" in compatible or "linux,dummy-virt" in compatible:
                return "KVM"
        return "" if self._has_hypervisor_flag() else None

    def _has_hypervisor_flag(self) -> bool:
        for line in self._read("/proc/cpuinfo").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "flags":
                return "hypervisor" in value.split()
        return False

    def _way(self) -> str:
        for name, way in _REMOTE_VARIABLES:
            if self._environment.get(name):
                return way
        host, colon, _ = self._environment.get("DISPLAY", "").rpartition(":")
        if colon and host and not host.startswith(("unix", "/")):
            return "X11 over the network"
        identity = self._environment.get("XDG_SESSION_ID", "")
        session = self._read(f"/run/systemd/sessions/{identity}") if identity.isalnum() else ""
        told = dict(line.split("=", 1) for line in session.splitlines() if "=" in line)
        return (told.get("SERVICE") or "a remote session")[:MAX_TEXT] if told.get("REMOTE") == "1" else ""


def product_of(names: Iterable[str], vendor: str, product: str) -> str:
    """Return the product that firmware names belong to; empty for none."""
    if vendor == "Microsoft Corporation" and product == "Virtual Machine":
        return "Hyper-V"
    for name in names:
        for start, known in _VENDORS:
            if name.startswith(start):
                return known
    return ""


# ------------------------------------------------------------------------------------------------ Windows


@dataclass(frozen=True, slots=True)
class WindowsFacts:
    """What Windows tells a program.

    Attributes:
        bios: values of the registry's BIOS key by name.
        remote, controlled: SM_REMOTESESSION and SM_REMOTECONTROL.
        own_session, glass_session: the program's terminal session, and the one on the real screen; None: not told.
        name: %SESSIONNAME%, `Console` or such as `RDP-Tcp#3`.
    """

    bios: Mapping[str, str]
    remote: bool = False
    controlled: bool = False
    own_session: int | None = None
    glass_session: int | None = None
    name: str = ""


def of_windows(facts: WindowsFacts) -> Surroundings:
    """Judge what Windows tells; the hypervisor bit of the processor says nothing there (it is set on real PCs too)."""
    vendor, product = facts.bios.get("SystemManufacturer", ""), facts.bios.get("SystemProductName", "")
    names = (product, vendor, facts.bios.get("BaseBoardManufacturer", ""), facts.bios.get("BIOSVendor", ""))
    known = product_of(names, vendor, product)
    machine: MachineKind = "virtual" if known else "real" if vendor or product else "unknown"
    elsewhere = None not in (facts.own_session, facts.glass_session) and facts.own_session != facts.glass_session
    if facts.remote or (elsewhere and facts.name.upper().startswith("RDP")):
        return Surroundings(machine, known, "remote", facts.name.partition("#")[0][:MAX_TEXT] or "RDP")
    if facts.controlled:
        return Surroundings(machine, known, "remote", "remote control of Windows")
    return Surroundings(machine, known, "local")


def read_windows() -> WindowsFacts:
    """Ask Windows (GetSystemMetrics, ProcessIdToSessionId, the registry)."""
    system: Any = ctypes
    metric = system.windll.user32.GetSystemMetrics
    own = ctypes.c_uint32()
    told = system.windll.kernel32.ProcessIdToSessionId(os.getpid(), ctypes.byref(own))
    bios = {
        name: str(_registry(_WINDOWS_BIOS, name) or "")
        for name in ("SystemManufacturer", "SystemProductName", "BaseBoardManufacturer", "BIOSVendor")
    }
    glass = _registry(_WINDOWS_TERMINALS, "GlassSessionId")
    return WindowsFacts(
        bios=bios,
        remote=bool(metric(_SM_REMOTESESSION)),
        controlled=bool(metric(_SM_REMOTECONTROL)),
        own_session=own.value if told else None,
        glass_session=glass if isinstance(glass, int) else None,
        name=os.environ.get("SESSIONNAME", ""),
    )


def _registry(path: str, name: str) -> object:
    winreg: Any = importlib.import_module("winreg")  # only there is one
    try:
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, path) as key:
            return winreg.QueryValueEx(key, name)[0]
    except OSError:
        return None


# ------------------------------------------------------------------------------------------------ macOS


def of_macos(vmm: str, model: str, environment: Mapping[str, str]) -> Surroundings:
    """Judge `kern.hv_vmm_present`, `hw.model` and the environment; a shared screen is not told by the system."""
    product = next((known for start, known in _VENDORS if model.startswith(start)), "")
    if model.startswith("VirtualMac"):
        product = "Apple Virtualization"
    machine: MachineKind = "virtual" if vmm == "1" or product else "real" if vmm == "0" else "unknown"
    remote = bool(environment.get("SSH_CONNECTION") or environment.get("SSH_TTY"))
    return Surroundings(machine, product, "remote" if remote else "local", "SSH" if remote else "")


def _sysctl(name: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603  (a question of ours to the system)
            ["/usr/sbin/sysctl", "-n", name], capture_output=True, text=True, timeout=5, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()


def look_of(platform: str) -> Look:
    """Return how this system is looked at; macOS is asked once, here."""
    if platform == "linux":
        return LinuxLook()
    if platform == "win32":
        return lambda: of_windows(read_windows())
    if platform == "darwin":
        found = of_macos(_sysctl("kern.hv_vmm_present"), _sysctl("hw.model"), os.environ)
        return lambda: found
    return nothing_known
