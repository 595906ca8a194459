"""The desk's network: finding hubs, knowing the right one, joining, and keeping journals in sync.

Everything here runs in one asyncio loop in one thread (`loop.NetThread`). The desk never waits for it.
"""
