"""Personal codes: the hub's end of the proof, in a process of its own, with limits per student and in all (threat 3).

The proof is pure Python that takes about 8 ms and is not constant-time: it runs in another process, one at a time, its
queue is bounded, and answers go out on a fixed grid of time.
"""

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import msgspec

from examdesk.hub.desks import proof_worker
from examdesk.hub.desks.admission import Admission, Denied
from examdesk.hub.services import Services
from examdesk.hub.workers import Worker, WorkerDied
from examdesk.store.audit import Deed
from shared.admission.codes import PersonalCode, new_personal_code, parse_code
from shared.admission.pake import ProofContext
from shared.problems import InputProblem, PeerFault

P = ParamSpec("P")
R = TypeVar("R")

GRID_SECONDS = 0.05
_WRONG = "This personal code isn't right. Compare it with your slip; the staff can let you in without it."
_BUSY = Denied("slow-down", "Many students join right now. Your turn comes in a moment.", 1000)


class Try(msgspec.Struct, frozen=True):
    """A proof that began: the hub's message, the worker's name for it, and whose it is ('' for nobody's)."""

    message: bytes
    number: int
    student: str


class Proven(msgspec.Struct, frozen=True):
    """A proof that held."""

    student: str
    confirmation: bytes


class PersonalProofs:
    """Runs proofs by personal code."""

    def __init__(self, services: Services, admission: Admission) -> None:
        self._s = services
        self._admission = admission
        self._worker = Worker(niceness=0)  # a student waits for it
        self._waiting = 0
        self._number = 0

    async def start(self, slot: int, hello: bytes, nonce: bytes, address: str) -> Try | Denied:
        """Answer a desk's first message; slots that do not exist can't be told from others."""
        wait = self._admission.slowdown.wait_ms(address)
        if wait:
            return Denied("slow-down", f"Too many wrong codes. Try again in {-(-wait // 1000)} seconds.", wait)
        if self._waiting >= self._s.limits.proofs_waiting:
            return _BUSY
        row = self._s.registry.by_slot(slot)
        if row is not None and row.failures >= self._s.limits.slot_failures:
            return Denied("wrong-code", "This personal code was tried too often. The staff can let you in without it.")
        code, student = self._code(slot, row.personal_code if row is not None else ""), row.student if row else ""
        context = ProofContext(self._s.identity.exam, nonce, self._s.identity.fingerprint)
        self._number += 1
        number = self._number
        message = await self._run(proof_worker.answer, number, str(code), context, hello)
        return Try(message, number, student)

    async def finish(self, begun: Try, confirmation: bytes, address: str) -> Proven | Denied:
        """Check a desk's confirmation; a wrong one counts for the student and for the address."""
        answer = await self._run(proof_worker.check, begun.number, confirmation)
        if answer is not None and begun.student:
            return Proven(begun.student, answer)
        await self._count(begun.student, address)
        return Denied("wrong-code", _WRONG)

    def close(self) -> None:
        """End the process; not for the loop's thread."""
        self._worker.close()

    def _code(self, slot: int, printed: str) -> PersonalCode:
        try:
            code = parse_code(printed) if printed else None
        except InputProblem:
            code = None
        if isinstance(code, PersonalCode):
            return code
        return new_personal_code(min(max(slot, 1), 9999), self._s.chance)

    async def _count(self, student: str, address: str) -> None:
        await self._admission.count_wrong(address)
        row = self._s.registry.find(student) if student else None
        if row is None:
            return
        counted = msgspec.structs.replace(row, failures=row.failures + 1)
        self._s.registry.roster[row.student] = counted
        await self._s.writer.run(lambda tx: tx.people.count_failure(row.student, counted.failures))
        if counted.failures == self._s.limits.slot_failures:
            deed = Deed(who=row.student, role="student", address=address, what="personal code stopped")
            await self._s.writer.run(lambda tx: tx.control.audit(self._s.clock.wall_ms(), deed))
            self._s.changes.people()
            self._s.changes.topic("audit", "roster")

    async def _run(self, work: Callable[P, R], *args: P.args, **named: P.kwargs) -> R:
        loop = asyncio.get_running_loop()
        self._waiting += 1
        try:
            return await self._worker.run(work, *args, **named)
        except WorkerDied as error:
            raise PeerFault("The proof could not be checked. Try again.") from error
        finally:
            self._waiting -= 1
            now = loop.time()
            await asyncio.sleep(GRID_SECONDS - now % GRID_SECONDS)
