"""Threat 25: cuts, stalls, partitions, late bytes, doubled connections and new addresses; everything arrives, once.

Real desks (the engine of the student program) and a real hub in one process, with the relay between them.
"""

import asyncio
import threading
from random import Random

import pytest

from examdesk.store.records import entries_of
from student_app.composition import make_desk, make_engine
from student_app.core.ports import HubAddress
from student_app.core.session import Phase
from student_app.net.knowing import RoomCodes
from tests.examdesk.hub.hub_fixtures import running_hub
from tests.hostile.relay import CALM, Relay, Weather
from tests.student_app.kit import EchoRunner, Wall
from tests.support.patience import until

TOGETHER = 50


class Student:
    """A desk behind a relay of its own."""

    def __init__(self, number, hub, folder, engine, codes):
        self.name = f"s{number}"
        self.dice = Random(number)
        self.relay = Relay(hub.ready.port, seed=number).start()
        folder.mkdir(parents=True)
        self.program = make_desk(engine, folder, Wall(), runner=EchoRunner(), codes=codes)
        self.code = hub.ready.room_code
        self.typed = 0

    @property
    def desk(self):
        return self.program.desk

    def join(self):
        self.desk.join(self.code, self.name, hubs=self.addresses())

    def addresses(self):
        return (HubAddress("127.0.0.1", self.relay.port),)

    def suffer(self):
        """Let one thing happen to the network."""
        relay, dice = self.relay, self.dice
        match dice.randrange(7):
            case 0:
                relay.cut()
            case 1:
                relay.weather = Weather(delay_s=0.15, cut=0.0)
            case 2:
                relay.weather = Weather(delay_s=0.02, cut=0.15)
            case 3:
                relay.up = not relay.up
            case 4:
                relay.move()
                self.program.client._known = self.addresses()  # as the browser would tell it
            case 5:
                self.program.client.pull_cable(True)
            case _:
                self.program.client.pull_cable(False)

    def type_a_bit(self):
        if self.desk.state().phase is Phase.WORKING and self.desk.state().questions:
            self.desk.insert("q1/main.py", 0, f"{self.typed}\n")
            self.typed += 1

    def calm_down(self):
        self.relay.weather = CALM
        self.relay.up = True
        self.program.client.pull_cable(False)

    def flush(self):
        self.desk.sitting.recorder.close_burst()
        self.desk.sitting.journal.flush()

    def close(self):
        self.program.close(0)
        self.relay.close()


async def schedules(tmp_path, numbers):
    async with running_hub(tmp_path) as hub:
        engine, codes = make_engine(tmp_path / "pcs"), RoomCodes()
        students = [Student(number, hub, tmp_path / f"pc{number}", engine, codes) for number in numbers]
        try:
            for student in students:
                student.join()
            await until(lambda: all(student.desk.state().online for student in students), 60)
            for _ in range(12):
                for student in students:
                    await asyncio.to_thread(student.suffer)
                    for _ in range(3):
                        student.type_a_bit()
                await asyncio.sleep(0.04)
            for student in students:
                student.calm_down()
                student.flush()
            await until(lambda: all(arrived(student) for student in students), 120)
            for student in students:
                exactly_once(hub, student)
        finally:
            closing = [threading.Thread(target=student.close) for student in students]
            for thread in closing:
                thread.start()
            await asyncio.to_thread(lambda: [thread.join() for thread in closing])
            await asyncio.to_thread(engine.close)


def arrived(student):
    state = student.desk.state()
    return state.online and state.unsent == 0


def exactly_once(hub, student):
    journal = student.desk.sitting.journal
    session = journal.identity.session
    assert [each.row.journal for each in hub.services.registry.journals_of(session)] == [journal.identity.journal]
    with hub.services.reader.connect() as connection:
        stored = list(entries_of(connection, journal.identity.journal))
    assert len(stored) == journal.safe + 1
    text = "".join(entry.payload.decode() for entry in stored)
    assert all(f'"{number}\\\\n' in text or f"{number}\\n" in text for number in range(student.typed))


@pytest.mark.timeout(400)
async def test_a_hundred_short_schedules_lose_and_double_nothing(tmp_path):
    for first in range(0, 100, TOGETHER):
        await schedules(tmp_path / str(first), range(first, first + TOGETHER))


@pytest.mark.soak
@pytest.mark.timeout(3600)
async def test_a_thousand_short_schedules_lose_and_double_nothing(tmp_path):
    for first in range(1000, 2000, TOGETHER):
        await schedules(tmp_path / str(first), range(first, first + TOGETHER))
