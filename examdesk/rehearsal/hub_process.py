"""A hub as a process of its own, and a class of simulated students as another one."""

from pathlib import Path
from typing import Any

import msgspec

from examdesk.rehearsal.children import Child, Children, Heard, python

READY_S = 30.0


class Serving(msgspec.Struct, frozen=True):
    """A hub that serves: the process, and what it said about itself."""

    child: Child
    port: int
    room_code: str
    fingerprint: str
    addresses: tuple[str, ...]

    @property
    def here(self) -> str:
        """Its address on this computer."""
        return f"127.0.0.1:{self.port}"


async def start_hub(children: Children, exam: Path, data: Path, *more: str) -> Serving:
    """Start a hub and wait until it serves.

    Raises:
        EnvironmentProblem: it does not; the sentence says what it said.
    """
    command = python("examdesk.cli.main", "hub", "--hold", "--exam", str(exam), "--data", str(data), *more)
    child = await children.start("The hub", command, log="hub")
    ready: dict[str, Any] = await child.line("port", READY_S)
    return Serving(child, ready["port"], ready["room_code"], ready["fingerprint"], tuple(ready["addresses"]))


class ClassPlan(msgspec.Struct, frozen=True, kw_only=True):
    """A simulated class: how many, how fast each types, how long; `journals` None keeps them in memory."""

    desks: int
    join: str
    hub: str
    events_per_second: float
    seconds: float
    programs: Path | None = None
    journals: Path | None = None
    prefix: str = "sim"


async def start_class(children: Children, plan: ClassPlan, heard: Heard | None = None) -> Child:
    """Start the simulated students, in one process, with the real desk without its window."""
    command = python(
        "student_app.main", "--simulate", str(plan.desks), "--join", plan.join, "--hub", plan.hub,
        "--events-per-second", str(plan.events_per_second), "--seconds", str(plan.seconds), "--prefix", plan.prefix,
    )  # fmt: skip
    if plan.programs is not None:
        command += ["--programs", str(plan.programs)]
    command += ["--memory"] if plan.journals is None else ["--journal", str(plan.journals)]
    return await children.start("The simulated class", command, log="class", heard=heard)
