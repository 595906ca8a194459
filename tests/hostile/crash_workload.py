"""What is watched write by write: `python -m tests.hostile.crash_workload journal|hub FOLDER`.

Prints `ack JOURNAL N` at the moment at which the program would call events up to N durable.
"""

import asyncio
import os
import sys
import threading
from pathlib import Path

from shared.clock import SystemChance, SystemClock
from shared.crypto.keys import SigningKey
from shared.events.kinds import Change, Edit
from shared.ids import DeviceId, ExamId, JournalId, SessionId
from shared.log.entry import start_link
from student_app.core.committer import CommitterThread
from student_app.core.journal import Head, Journal
from student_app.core.journal_file import Identity, JournalFile
from student_app.core.machine import Machine
from tests.examdesk.hub.hub_fixtures import running_hub
from tests.examdesk.hub.light_desk import LightDesk

ROUNDS = 60


def ack(journal: str, last: int) -> None:
    os.write(1, f"ack {journal} {last}\n".encode())


class Watcher:
    """Tells what the journal calls durable."""

    def __init__(self) -> None:
        self.last = -1
        self.changed = threading.Condition()

    def durable(self, seq: int) -> None:
        ack("journal", seq)
        with self.changed:
            self.last = seq
            self.changed.notify_all()

    def sealed(self, last: int, link: bytes) -> None:
        """Nobody sends anything."""

    def trouble_is(self, sentence: str | None) -> None:
        raise AssertionError(sentence)

    def wait_for(self, seq: int) -> None:
        with self.changed:
            assert self.changed.wait_for(lambda: self.last >= seq, 10)


def write_a_journal(folder: Path) -> None:
    clock, chance = SystemClock(), SystemChance()
    committer = CommitterThread(clock)
    device = DeviceId(bytes(16))
    machine = Machine(
        clock=clock, chance=chance, committer=committer, boot=1, device=device, device_name="", user="", platform="",
        python="", app="",
    )  # fmt: skip
    key, envelope = SigningKey.generate(chance), b"endorsement"
    identity = Identity(
        exam=ExamId(bytes(16)), session=SessionId(bytes(16)), journal=JournalId(bytes(16)), device=device, student="s",
        name="", title="", exam_key=bytes(32), endorsement=envelope, created_ms=0,
    )  # fmt: skip
    file = JournalFile.create(folder / "one.journal", identity, key.to_bytes())
    link = start_link(envelope)
    journal = Journal(file, identity, key, Head(-1, link, -1, link), machine)
    watcher = Watcher()
    journal.listen(watcher)
    for number in range(ROUNDS):
        for part in range(number % 4 + 1):
            last = journal.append(Edit(file="q1/main.py", changes=(Change(0, part, 0, "x" * (number % 7 * 90)),)))
        if number % 5 == 0:
            journal.flush()
        if number % 3 == 0:
            watcher.wait_for(last)
    watcher.wait_for(last)
    done = threading.Event()
    journal.close(done.set)
    done.wait(10)
    committer.close()


async def serve_desks(folder: Path) -> None:
    async with running_hub(folder, prepared=False) as hub:  # every write has to be in the recording
        desks = [LightDesk("127.0.0.1", hub.ready.port, f"s{number}") for number in range(3)]
        for desk in desks:
            await desk.connect()
            await desk.join(hub.ready.room_code)
            await desk.start()
        for _ in range(ROUNDS // 5):
            for desk in desks:
                await desk.type_text("print(1)\n")
            for desk in desks:
                await desk.safe()
                ack(desk.journal.journal.hex(), max(desk.receipts))
        for desk in desks:
            await desk.leave()


if __name__ == "__main__":
    if sys.argv[1] == "journal":
        write_a_journal(Path(sys.argv[2]))
    else:
        asyncio.run(serve_desks(Path(sys.argv[2])))
