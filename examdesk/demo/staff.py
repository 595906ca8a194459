"""What the instructor does during the demonstration, over the staff API like everybody else."""

import asyncio
from contextlib import suppress

from examdesk.demo.folder import SECTIONS
from examdesk.staffapi.client import StaffClient
from examdesk.staffapi.messages import (
    End,
    Extend,
    GetLive,
    GetSimilarity,
    LiveTable,
    LowerHand,
    Open,
    Say,
    SimilarityView,
    Target,
)
from shared.clock import Chance
from shared.problems import EnvironmentProblem

LOOK_S = 0.25
EXTRA_MINUTES = 5
NEWS = "Question 1: a day with exactly 0.5 mm is not wet. The statement says “more than”."
ANSWER = "No: wet means more than 0.5 mm. I have told everybody."


class Instructor:
    """Does one thing after the other; each returns what the hub says about it."""

    def __init__(self, client: StaffClient, chance: Chance) -> None:
        self._client = client
        self._chance = chance

    async def live(self) -> LiveTable:
        """Look at everybody."""
        return await self._client.ask(GetLive())

    async def wait_for_class(self, students: int, seconds: float) -> LiveTable:
        """Wait until so many students have joined.

        Raises:
            EnvironmentProblem: they have not within `seconds`.
        """
        table = await self.live()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while joined(table) < students:
                    await asyncio.sleep(LOOK_S)
                    table = await self.live()
        if joined(table) < students:
            raise EnvironmentProblem(f"Only {joined(table)} of {students} desks joined within {seconds:.0f} seconds.")
        return table

    async def open_exam(self) -> str:
        """Open the exam for everybody."""
        return (await self._client.ask(Open(command=self._command()))).sentence

    async def announce(self) -> str:
        """Write to everybody."""
        return (await self._client.ask(Say(command=self._command(), text=NEWS))).sentence

    async def extend(self) -> str:
        """Give everybody more time."""
        return (await self._client.ask(Extend(command=self._command(), seconds=EXTRA_MINUTES * 60))).sentence

    async def help_first_hand(self, seconds: float) -> str:
        """Wait for a raised hand, answer, and take it off the queue; return who it was, empty for nobody."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while True:
                    for row in (await self.live()).rows:
                        if row.hand:
                            to = Target(sessions=(row.session,))
                            await self._client.ask(Say(command=self._command(), text=ANSWER, target=to))
                            await self._client.ask(LowerHand(command=self._command(), session=row.session))
                            return row.name
                    await asyncio.sleep(LOOK_S)
        return ""

    async def similarity(self) -> SimilarityView:
        """Compare the class as it stands."""
        return await self._client.ask(GetSimilarity())

    async def end(self) -> str:
        """End the exam for the class; a guest may go on."""
        target = Target(sections=SECTIONS)
        return (await self._client.ask(End(command=self._command(), target=target))).sentence

    def _command(self) -> str:
        return self._chance.bytes(16).hex()


def joined(table: LiveTable) -> int:
    """Return how many students of the roster have joined."""
    return sum(1 for row in table.rows if row.session and not row.provisional)
