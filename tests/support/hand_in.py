"""Hands a student's file from a stick in to the hub of this computer: `python -m tests.support.hand_in DATA FILE`."""

import asyncio
import json
import sys
from pathlib import Path

from examdesk.staffapi.client import open_client, read_hub_file
from examdesk.staffapi.messages import ImportBundle, Imported


async def hand_in(data: Path, file: str, content: bytes) -> Imported:
    """Send the file over the staff API, in one piece."""
    client = await open_client(read_hub_file(data / "hub.json"), "a proctor")
    try:
        return await client.ask(ImportBundle(upload=file, data=content, last=True))
    finally:
        await client.close()


if __name__ == "__main__":
    imported = asyncio.run(hand_in(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[2]).read_bytes()))
    print(json.dumps({"new_events": imported.new_events, "sentences": imported.sentences}))
