"""Two hubs, each a process of its own, one window, and a second proctor: what each does all see, and nothing nags."""

import asyncio
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from examdesk.staffapi import messages as api
from examdesk.staffapi.client import open_client, read_hub_file
from instructor_app.app import Program
from instructor_app.bridge import Link
from instructor_app.preferences import Preferences
from shared.events.kinds import HandRaised
from tests.examdesk.hub.hub_fixtures import make_exam
from tests.examdesk.hub.light_desk import LightDesk
from tests.support.patience import PATIENCE_MS

ROOT = Path(__file__).parents[3]


@dataclass
class RealHub:
    """A hub in a process of its own."""

    process: subprocess.Popen
    file: Path

    def ask(self, request):
        """Ask as a second proctor would, on another laptop."""

        async def work():
            client = await open_client(read_hub_file(self.file), "Ben Proctor")
            try:
                return await client.ask(request)
            finally:
                await client.close()

        return asyncio.run(work())

    def join(self, student, *, hand):
        """Let a student join, write, raise a hand perhaps, and lose the network."""

        code = self.ask(api.GetExam()).room_code

        async def work():
            desk = LightDesk("127.0.0.1", read_hub_file(self.file).port, student)
            await desk.connect()
            await desk.join(code)
            await desk.start()
            if hand:
                desk.journal.add(HandRaised(up=True, text="Please come"))
                await desk.flush()
            await desk.safe()
            await desk.leave()

        asyncio.run(work())


@pytest.fixture
def hubs(tmp_path):
    made = []
    for name, number in (("B 204", 1), ("C 101", 2)):
        folder = tmp_path / f"room{number}"
        exam = make_exam(
            folder / "exam", f'[schedule]\nduration = 60\n[[sections]]\nname = "{number}"\nroom = "{name}"\n'
        )
        toml = exam / "exam.toml"
        toml.write_text(toml.read_text().replace("6f0001", f"6f000{number}"))
        data = folder / "data"
        command = ["-m", "examdesk.cli.main", "hub", "--exam", str(exam), "--data", str(data), "--port", "0"]
        log = (folder / "log").open("wb")
        process = subprocess.Popen(
            [sys.executable, *command, "--host", "127.0.0.1", "--no-advertise"], cwd=ROOT, stdout=log, stderr=log
        )
        log.close()
        made.append(RealHub(process, data / "hub.json"))
    end = time.monotonic() + PATIENCE_MS / 1000
    while not all(each.file.exists() for each in made):
        assert time.monotonic() < end, [(tmp_path / f"room{n}" / "log").read_text() for n in (1, 2)]
        time.sleep(0.05)
    yield made
    for each in made:
        each.process.kill()
        each.process.wait(20)


@pytest.fixture
def program(qapp, qtbot, hubs):
    made = Program(qapp, preferences=Preferences(None), theme="light", name="Dr. Sato")
    made.window.resize(1280, 800)
    made.window.show()
    made.opening.attach(hubs[0].file)
    qtbot.waitUntil(lambda: made.bridge.link is Link.UP and made.state.exam is not None, timeout=PATIENCE_MS)
    yield made
    made.close()
    made.window.deleteLater()


def windows():
    """Everything that stands over the window: dialogs, menus, messages."""
    return [each for each in QApplication.topLevelWidgets() if each.isVisible() and each.isModal()]


def test_two_rooms_two_people_and_one_window(qtbot, program, hubs):
    near, far = hubs
    page = program.window.show_page("rooms")
    program.rooms.add(far.file)
    room = program.rooms.others()[0]
    qtbot.waitUntil(lambda: room.reached and room.state.exam is not None, timeout=PATIENCE_MS)
    assert (program.rooms.own.title, room.title) == ("B 204", "C 101")

    # a second proctor opens and lets students write; the window shows both rooms in one table
    for hub, student, hand in ((near, "s1", False), (far, "s2", True)):
        hub.ask(api.Open(command=f"open {student}"))
        hub.join(student, hand=hand)
    qtbot.waitUntil(lambda: len(page.model.all_rows()) == 2, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: any(one.hand for one in room.state.rows.values()), timeout=PATIENCE_MS)
    assert windows() == []

    # a fire alarm from the window reaches both hubs, and Undo beside the answer lets both go on
    next(each for each in page.commands.menu().actions() if each.text().startswith("Pause in all")).trigger()
    qtbot.waitUntil(page.sheet.act.isEnabled, timeout=PATIENCE_MS)
    qtbot.mouseClick(page.sheet.act, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(page.banner.isVisible, timeout=PATIENCE_MS)
    assert [row.paused for hub in hubs for row in hub.ask(api.GetTimes()).rows] == [True, True]
    qtbot.mouseClick(page.banner._act, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(
        lambda: not any(each.paused for hub in hubs for each in hub.ask(api.GetTimes()).rows), timeout=PATIENCE_MS
    )

    # what the second proctor does in one room shows there, and who did it stands in that hub's audit log
    far.ask(api.Extend(command="more", seconds=600))
    there = [row.ends_ms for row in far.ask(api.GetTimes()).rows]
    qtbot.waitUntil(lambda: [one.ends_ms for one in room.state.rows.values()] == there, timeout=PATIENCE_MS)
    here = [row.ends_ms for row in near.ask(api.GetTimes()).rows]
    assert here[0] < there[0] - 500_000
    qtbot.waitUntil(lambda: [one.ends_ms for one in program.state.rows.values()] == here, timeout=PATIENCE_MS)
    deeds = {(each.what, each.who) for each in far.ask(api.GetAudit()).entries if each.changes}
    assert {("extended by 10 min", "Ben Proctor"), ("paused", "Dr. Sato")} <= deeds

    # one hub is killed: it is shown as such with what was known last, and the other room goes on
    far.process.kill()
    far.process.wait(20)
    qtbot.waitUntil(lambda: not room.reached, timeout=PATIENCE_MS)
    assert len(page.model.all_rows()) == 2
    assert windows() == []
    near.ask(api.Extend(command="more", seconds=300))
    ends = next(row.new_ends_ms for row in near.ask(api.GetTimes()).rows)
    qtbot.waitUntil(lambda: [one.ends_ms for one in program.state.rows.values()] == [ends], timeout=PATIENCE_MS)
    assert program.bridge.link is Link.UP
