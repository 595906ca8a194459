"""How long a test waits for what certainly comes: so long that no busy machine is late. Never a measure of speed."""

import asyncio
from collections.abc import Callable

PATIENCE_S = 60
PATIENCE_MS = PATIENCE_S * 1000


async def until(ready: Callable[[], object], seconds: float = PATIENCE_S) -> None:
    """Wait for what nobody tells."""
    async with asyncio.timeout(seconds):
        while not ready():  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.02)
