"""Where the student sits, recorded where the exam's policy names it."""

from shared.events import kinds
from shared.text import safe_text
from student_app.core.machine import Machine
from student_app.core.recorder import Recorder
from student_app.core.surroundings import Surroundings

LOOK_US = 60_000_000


class LookingAround:
    """Looks once a minute, and records what is new since the program was started."""

    def __init__(self, machine: Machine, recorder: Recorder) -> None:
        self._machine = machine
        self._recorder = recorder
        self._next_us = 0
        self._seen: Surroundings | None = None

    def beat(self, now_us: int) -> None:
        """Look, if it is time and the policy lets us."""
        if not self._recorder.policy.surroundings or now_us < self._next_us:
            return
        self._next_us = now_us + LOOK_US
        seen = self._machine.look()
        if seen == self._seen:
            return
        self._seen = seen
        product, way = safe_text(seen.product), safe_text(seen.way)
        self._recorder.record(
            kinds.SurroundingsSeen(machine=seen.machine, session=seen.session, product=product, way=way)
        )
