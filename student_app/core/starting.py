"""The start code at the desk: typed when there is no network at the start, and slowed down when it is wrong."""

import threading

from shared.admission.codes import StartCode, parse_code
from shared.clock import Clock
from shared.exam.sealing import WrongStartCode, unwrap_key
from shared.problems import InputProblem
from student_app.core.session import Phase
from student_app.core.sitting import Sitting

FREE_TRIES = 3
LONGEST_WAIT_S = 60


class StartLock:
    """Opens a sitting's sealed content by a start code. `open` takes about 0.2 s, so not on the window's thread."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._wrong = 0
        self._next_us = 0

    def open(self, sitting: Sitting, text: str) -> None:
        """Open the exam with what was typed.

        Raises:
            InputProblem: it can't be opened now, this is no start code, it is the wrong one, or it comes too soon.
        """
        code = _start_code(text)
        with self._lock:
            front = sitting.content.front
            if sitting.content.content is not None:
                return
            if front is None or front.start is None or not sitting.content.here:
                raise InputProblem(
                    "The exam isn't wholly on this PC yet, so no code can open it here. Ask for the exam on a stick, "
                    "or for another PC."
                )
            if sitting.session.phase is Phase.ENDED:
                raise InputProblem("The exam is over for you, so it can't be opened any more. Ask your instructor.")
            self._wait_first()
            try:
                key = unwrap_key(code, front.start, sitting.journal.identity.exam)
            except WrongStartCode:
                self._count_wrong()
                raise
            sitting.start_by_code(key, self._wrong + 1)

    def _wait_first(self) -> None:
        wait_s = -(-(self._next_us - self._clock.mono_us()) // 1_000_000)
        if wait_s > 0:
            seconds = "1 second" if wait_s == 1 else f"{wait_s} seconds"
            raise InputProblem(f"Several codes were wrong. Wait {seconds}, compare the code, and try again.")

    def _count_wrong(self) -> None:
        self._wrong += 1
        beyond = self._wrong - FREE_TRIES
        if beyond >= 0:
            self._next_us = self._clock.mono_us() + min(LONGEST_WAIT_S, 2 << min(beyond, 10)) * 1_000_000


def _start_code(text: str) -> StartCode:
    if not text.strip():
        raise InputProblem("Type the start code that your instructor reads out or writes on the board.")
    code = parse_code(text)
    if not isinstance(code, StartCode):
        raise InputProblem(
            "This is an access code. The start code has 11 symbols, such as ABCD-EFGH-JKM; your instructor reads it "
            "out when the exam begins."
        )
    return code
