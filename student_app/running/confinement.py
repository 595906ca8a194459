"""How strongly student programs are confined on this PC: the words for it, and what a platform has to offer."""

from dataclasses import dataclass
from enum import StrEnum


class Grade(StrEnum):
    """A: own view of the system. B: own rights only. C: limits only."""

    A = "A"
    B = "B"
    C = "C"


class Means(StrEnum):
    """What confinement is built from."""

    BUBBLEWRAP = "bubblewrap"
    LANDLOCK = "Landlock"
    SECCOMP = "seccomp"
    CONTROL_GROUP = "control group"
    RLIMITS = "resource limits"
    SANDBOX_EXEC = "sandbox-exec"
    JOB_OBJECT = "job object"


@dataclass(frozen=True, slots=True)
class Enforced:
    """One promise that was tried out: `what` is kept from the program, and `how`."""

    what: str
    how: str


@dataclass(frozen=True, slots=True)
class Missing:
    """One promise that this PC cannot give, or a stronger means that it does not have, and why."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class SandboxReport:
    """What confines student programs on this PC.

    Attributes:
        grade: the strength.
        means: what is used.
        enforced: what was tried and held.
        missing: what did not, with the reason.
        interpreter: the Python that runs student programs.
        version: its version, such as `3.11.7`.
        probe_ms: how long trying took.
    """

    grade: Grade
    means: frozenset[Means]
    enforced: tuple[Enforced, ...]
    missing: tuple[Missing, ...]
    interpreter: str
    version: str
    probe_ms: float

    @property
    def sentence(self) -> str:
        """The strength of the confinement in one sentence."""
        how = ", ".join(sorted(self.means))
        meaning = {
            Grade.A: "Programs run in a system view of their own",
            Grade.B: "Programs run with their own files only",
            Grade.C: "Programs run with limits on time, memory and output only",
        }[self.grade]
        return f"{meaning} (grade {self.grade}: {how})."
