"""How much one run may use."""

from dataclasses import dataclass, fields

from shared.problems import InputProblem

_RANGES = {
    "seconds": (1, 3600),
    "memory_mb": (32, 65_536),
    "output_kb": (1, 65_536),
    "processes": (1, 4096),
    "file_mb": (1, 65_536),
}


@dataclass(frozen=True, slots=True)
class RunLimits:
    """What one run may use, as the exam document gives it.

    Attributes:
        seconds: working time; waiting for the person's input does not count.
        memory_mb: memory in MiB.
        output_kb: standard output and error together, in KiB.
        processes: processes and threads at one time.
        network: whether the program may use the network.
        file_mb: what it may write to the disk, in MiB.
    """

    seconds: int = 10
    memory_mb: int = 512
    output_kb: int = 1024
    processes: int = 32
    network: bool = False
    file_mb: int = 32

    def __post_init__(self) -> None:
        for field in fields(self):
            bounds = _RANGES.get(field.name)
            value = getattr(self, field.name)
            if bounds is not None and not bounds[0] <= value <= bounds[1]:
                raise InputProblem(
                    f"The run limit {field.name} is {value}; it must be between {bounds[0]} and {bounds[1]}."
                )
