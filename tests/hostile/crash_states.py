"""What a disk may hold after a power cut, out of a recording of every write (ALICE style).

What was written to a file before its last finished fsync is there. Of what was written after it any part may be there:
a beginning, any selection in any order, and writes that are torn at a sector's edge.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

SECTOR = 512
STRACE = (
    "strace", "-f", "-y", "-xx", "-s", "70000", "-e", "trace=pwrite64,write,fsync,fdatasync,ftruncate,unlink,rename",
)  # fmt: skip
_LINE = re.compile(r"^(\d+) +(?:<\.\.\. (\w+) resumed>|(\w+)\()(.*)$")
_FD = re.compile(r'^\d+<((?:\\x..)*)>(?:, "((?:\\x..)*)", \d+(?:, (\d+))?|, (\d+))?')
_NAME = re.compile(r'^"((?:\\x..)*)"')


@dataclass(frozen=True, slots=True)
class Op:
    """One step: `what` is write, sync, cut (truncate), unlink or ack."""

    what: str
    path: str = ""
    at: int = 0
    data: bytes = b""


def read_trace(trace: Path, wanted: str) -> list[Op]:
    """Return what a recording did to files whose name contains `wanted`, and the acks that it wrote to its output."""
    begun: dict[str, str] = {}
    ops: list[Op] = []
    with trace.open(encoding="ascii") as lines:
        for line in lines:
            found = _LINE.match(line)
            if found is None:
                continue
            process, resumed, call, rest = found.groups()
            unfinished = rest.endswith("<unfinished ...>")
            if resumed is not None:
                call, rest = resumed, begun.pop(process, "")
                if call in ("write", "pwrite64"):
                    continue  # counted when it began: from then on it may be on the disk
            elif unfinished:
                begun[process] = rest
                if call not in ("write", "pwrite64"):
                    continue  # a sync counts when it is finished
            op = _op(call, rest)
            if op is not None and (op.what == "ack" or (wanted in op.path and not op.path.endswith("-shm"))):
                ops.append(op)
    return ops


def _op(call: str, rest: str) -> Op | None:
    if call == "unlink":
        name = _NAME.match(rest)
        return None if name is None else Op("unlink", _bytes(name[1]).decode())
    found = _FD.match(rest)
    if found is None:
        return None
    path = _bytes(found[1]).decode(errors="replace")
    match call:
        case "pwrite64":
            return Op("write", path, int(found[3]), _bytes(found[2]))
        case "write":
            data = _bytes(found[2] or "")
            return Op("ack", data=data) if data.startswith(b"ack ") else None
        case "fsync" | "fdatasync":
            return Op("sync", path)
        case "ftruncate":
            return Op("cut", path, int(found[4]))
    return None


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))


@dataclass
class Disk:
    """The disk while a recording is played back."""

    durable: dict[str, bytearray] = field(default_factory=dict)
    pending: dict[str, list[Op]] = field(default_factory=dict)
    acked: dict[str, int] = field(default_factory=dict)

    def take(self, op: Op) -> None:
        """Let one step happen."""
        match op.what:
            case "ack":
                _, name, last = op.data.decode().split()
                self.acked[name] = int(last)
            case "sync":
                for each in self.pending.pop(op.path, []):
                    self.durable[op.path] = _apply(self.durable.get(op.path), each)
            case "unlink":  # the next file of this name is another one; an old one that comes back is never newer
                self.pending.pop(op.path, None)
                self.durable.pop(op.path, None)
            case _:
                self.pending.setdefault(op.path, []).append(op)

    def after_a_cut(self, dice: Random) -> tuple[tuple[object, ...], dict[str, bytes]]:
        """Return the files after one possible power cut now, and a name for which cut it was."""
        files = {path: bytes(data) for path, data in self.durable.items()}
        name: list[object] = []
        for path, pending in self.pending.items():
            chosen = _choose(pending, dice)
            name.append((path, tuple(chosen)))
            image = bytearray(self.durable.get(path, b""))
            for number, length in chosen:
                image = _apply(image, pending[number], length)
            files[path] = bytes(image)
        return tuple(name), files


def _choose(pending: list[Op], dice: Random) -> list[tuple[int, int | None]]:
    """Return which of the pending steps reached the disk, and how much of a torn one."""
    everything = range(len(pending))
    way = dice.random()
    if way < 0.4:
        numbers = list(everything[: dice.randint(0, len(pending))])
    else:
        share = dice.random()
        numbers = [number for number in everything if dice.random() < share]
    chosen: list[tuple[int, int | None]] = [(number, None) for number in numbers]
    if numbers and way > 0.7:
        torn = dice.choice(numbers)
        sectors = len(pending[torn].data) // SECTOR
        chosen = [(n, dice.randint(0, sectors) * SECTOR if n == torn else None) for n in numbers]
    return chosen


def _apply(image: bytearray | None, op: Op, length: int | None = None) -> bytearray:
    image = bytearray() if image is None else image
    if op.what == "cut":
        return image[: op.at] + bytes(max(0, op.at - len(image)))
    data = op.data if length is None else op.data[:length]
    if len(image) < op.at:
        image.extend(bytes(op.at - len(image)))
    image[op.at : op.at + len(data)] = data
    return image
