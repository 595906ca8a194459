"""Settings of the hub's own process that keep receipts quick: thread switches and garbage collection."""

import asyncio
import gc
import sys

from examdesk.hub.transport import Listener

SWITCH_SECONDS = 0.0005
"""The loop gives up the interpreter's lock at every send, and by default waits 5 ms to get it back from the writer."""

_YOUNG = 20_000
_MIDDLE = 20
_NEVER = 100_000
_CLOSED = 256
_CHECK_SECONDS = 5.0
_AT_LEAST_EVERY = 120
"""Checks: ten minutes."""


async def keep_quick(listener: Listener) -> None:
    """Collect old garbage when connections left some, and not in the middle of an exam's work.

    A full collection with 1,000 desks stops everything for 100 to 250 ms; what it finds are closed connections.
    """
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _NEVER)
    closed, checks = listener.closed, 0
    while True:
        await asyncio.sleep(_CHECK_SECONDS)
        checks += 1
        if listener.closed - closed >= _CLOSED or checks >= _AT_LEAST_EVERY:
            closed, checks = listener.closed, 0
            gc.collect()
