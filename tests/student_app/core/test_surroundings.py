"""Virtual machines and remote sessions, as each system tells them, from trees and values that real ones have."""

import pytest

from student_app.core.surroundings import (
    LinuxLook,
    Surroundings,
    WindowsFacts,
    look_of,
    nothing_known,
    of_macos,
    of_windows,
)

DMI = "sys/class/dmi/id/"
FLAGS = "flags\t\t: fpu vme de sse2{}\n"


def tree(root, files):
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    return root


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({f"{DMI}sys_vendor": "Dell Inc.\n", f"{DMI}product_name": "OptiPlex 7090\n"}, ("real", "")),
        ({f"{DMI}sys_vendor": "QEMU\n", f"{DMI}product_name": "Standard PC (Q35 + ICH9, 2009)\n"}, ("virtual", "QEMU")),
        ({f"{DMI}sys_vendor": "innotek GmbH\n", f"{DMI}product_name": "VirtualBox\n"}, ("virtual", "VirtualBox")),
        ({f"{DMI}sys_vendor": "VMware, Inc.\n", f"{DMI}product_name": "VMware20,1\n"}, ("virtual", "VMware")),
        (
            {f"{DMI}sys_vendor": "Microsoft Corporation\n", f"{DMI}product_name": "Virtual Machine\n"},
            ("virtual", "Hyper-V"),
        ),
        (
            {f"{DMI}sys_vendor": "Microsoft Corporation\n", f"{DMI}product_name": "Surface Laptop 5\n"},
            ("real", ""),
        ),
        ({f"{DMI}sys_vendor": "Xen\n", "proc/xen/capabilities": "\n"}, ("virtual", "Xen")),
        ({f"{DMI}sys_vendor": "Dell Inc.\n", "proc/xen/capabilities": "control_d\n"}, ("real", "")),
        ({"sys/hypervisor/type": "xen\n"}, ("virtual", "Xen")),
        ({"proc/cpuinfo": FLAGS.format(" hypervisor lahf_lm")}, ("virtual", "")),
        ({"proc/cpuinfo": FLAGS.format("") + "model name : hypervisor\n"}, ("real", "")),
        ({"proc/device-tree/hypervisor/compatible": "linux,kvm\0"}, ("virtual", "KVM")),
        ({"proc/sys/kernel/osrelease": "5.15.90.1-microsoft-standard-WSL2\n"}, ("virtual", "WSL")),
        ({".dockerenv": "", f"{DMI}sys_vendor": "QEMU\n"}, ("container", "docker")),
        ({"run/.containerenv": "engine=podman\n"}, ("container", "podman")),
        ({"run/systemd/container": "systemd-nspawn\n"}, ("container", "systemd-nspawn")),
        ({"run/host/container-manager": ""}, ("container", "container")),
        ({}, ("real", "")),
    ],
)
def test_linux_tells_what_kind_of_machine_it_runs_on(tmp_path, files, found):
    seen = LinuxLook(tree(tmp_path, files), {})()
    assert (seen.machine, seen.product) == found
    assert (seen.session, seen.way) == ("local", "")


@pytest.mark.parametrize(
    ("environment", "session", "way"),
    [
        ({"SSH_CONNECTION": "192.0.2.7 50000 192.0.2.8 22", "DISPLAY": "localhost:10.0"}, "", "SSH"),
        ({"DISPLAY": "192.0.2.9:0"}, "", "X11 over the network"),
        ({"DISPLAY": "localhost:11.0"}, "", "X11 over the network"),
        ({"XRDP_SESSION": "1", "DISPLAY": ":10"}, "", "RDP (xrdp)"),
        ({"VNCDESKTOP": "lab:1 (ada)", "DISPLAY": ":1"}, "", "VNC"),
        ({"XDG_SESSION_ID": "7"}, "USER=ada\nREMOTE=1\nSERVICE=sshd\n", "sshd"),
        ({"XDG_SESSION_ID": "7"}, "REMOTE=1\n", "a remote session"),
        ({"XDG_SESSION_ID": "7", "DISPLAY": ":0"}, "REMOTE=0\nSERVICE=gdm-password\n", ""),
        ({"XDG_SESSION_ID": "../7"}, "REMOTE=1\n", ""),
        ({"DISPLAY": "unix:0"}, "", ""),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "", ""),
    ],
)
def test_linux_tells_a_session_from_afar(tmp_path, environment, session, way):
    seen = LinuxLook(tree(tmp_path, {"run/systemd/sessions/7": session, "run/systemd/7": session}), environment)()
    assert seen.way == way
    assert seen.session == ("remote" if way else "local")


def test_a_session_that_becomes_remote_is_seen_and_files_that_cannot_be_read_are_none(tmp_path):
    environment = {"XDG_SESSION_ID": "7"}
    root = tree(tmp_path, {f"{DMI}sys_vendor": "QEMU"})
    (root / DMI / "product_name").mkdir()
    look = LinuxLook(root, environment)
    assert look() == Surroundings("virtual", "QEMU", "local", "")
    tree(root, {"run/systemd/sessions/7": "REMOTE=1\nSERVICE=xrdp-sesman\n"})
    assert look() == Surroundings("virtual", "QEMU", "remote", "xrdp-sesman")
    assert not look().usual


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        (
            WindowsFacts({"SystemManufacturer": "LENOVO", "SystemProductName": "20XW"}, name="Console"),
            Surroundings("real", "", "local", ""),
        ),
        (
            WindowsFacts({"SystemManufacturer": "Microsoft Corporation", "SystemProductName": "Virtual Machine"}),
            Surroundings("virtual", "Hyper-V", "local", ""),
        ),
        (
            WindowsFacts({"SystemManufacturer": "VMware, Inc."}, remote=True, name="RDP-Tcp#3"),
            Surroundings("virtual", "VMware", "remote", "RDP-Tcp"),
        ),
        (
            WindowsFacts({"SystemManufacturer": "HP"}, own_session=2, glass_session=1, name="RDP-Tcp#0"),
            Surroundings("real", "", "remote", "RDP-Tcp"),
        ),
        # somebody else's session is on the screen: switching users is no remote session
        (
            WindowsFacts({"SystemManufacturer": "HP"}, own_session=2, glass_session=1, name="Console"),
            Surroundings("real", "", "local", ""),
        ),
        (
            WindowsFacts({"SystemManufacturer": "HP"}, controlled=True, name="Console"),
            Surroundings("real", "", "remote", "remote control of Windows"),
        ),
        (WindowsFacts({}), Surroundings("unknown", "", "local", "")),
    ],
)
def test_windows_tells_by_its_firmware_and_its_terminal_session(facts, found):
    assert of_windows(facts) == found


@pytest.mark.parametrize(
    ("vmm", "model", "environment", "found"),
    [
        ("0", "MacBookAir10,1", {}, Surroundings("real", "", "local", "")),
        ("1", "VirtualMac2,1", {}, Surroundings("virtual", "Apple Virtualization", "local", "")),
        ("1", "VMware7,1", {}, Surroundings("virtual", "VMware", "local", "")),
        ("0", "Mac14,2", {"SSH_CONNECTION": "a b"}, Surroundings("real", "", "remote", "SSH")),
        ("", "", {}, Surroundings("unknown", "", "local", "")),
    ],
)
def test_macos_tells_by_its_kernel(vmm, model, environment, found):
    assert of_macos(vmm, model, environment) == found


def test_this_system_is_looked_at_and_an_unknown_one_is_not():
    assert look_of("linux")().machine in ("real", "virtual", "container")
    assert look_of("plan9") is nothing_known
