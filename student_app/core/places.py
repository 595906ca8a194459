"""Where journals are kept well and where not: network folders, disks that forget. Advice only; nobody is locked out."""

from pathlib import Path

MOUNTS = Path("/proc/mounts")
_NETWORK = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "afs", "9p", "ncpfs", "davfs", "fuse.davfs2"}
_FORGETS = {"tmpfs", "ramfs", "overlay", "aufs", "squashfs"}


def advice(folder: Path, mounts: str | None = None) -> str:
    """Return a sentence about a folder that may lose work, empty for nothing to say.

    `mounts` is the text of /proc/mounts; left out, it is read where the system has it.
    """
    if str(folder).startswith(("\\\\", "//")):
        return _sentence(folder, "on the network")
    kind = _kind_of(folder.absolute(), _read() if mounts is None else mounts)
    if kind in _NETWORK:
        return _sentence(folder, "on the network")
    if kind in _FORGETS:
        return _sentence(folder, "on a disk that forgets when the PC starts again")
    return ""


def _sentence(folder: Path, where: str) -> str:
    return (
        f"Your work on this PC is kept in {folder}, which is {where}. It is handed over to the instructor all the "
        "time; ask the IT staff for a folder on the PC's own disk."
    )


def _read() -> str:
    try:
        return MOUNTS.read_text("utf-8", "replace")
    except OSError:
        return ""


def _kind_of(folder: Path, mounts: str) -> str:
    """Return the kind of file system of the longest mount point that holds the folder."""
    best, kind = -1, ""
    for line in mounts.splitlines():
        parts = line.split(" ")
        if len(parts) < 3:
            continue
        point = parts[1].replace("\\040", " ")
        if folder.is_relative_to(point) and len(point) > best:
            best, kind = len(point), parts[2]
    return kind
