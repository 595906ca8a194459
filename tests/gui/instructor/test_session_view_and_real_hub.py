"""A session at a real hub, watched while a desk types, in the session view."""

import asyncio
import threading

import pytest

from examdesk.hub.staff.door import staff_token
from examdesk.staffapi.client import HubAddress, open_client, read_hub_file
from examdesk.staffapi.permissions import Role
from instructor_app.app import Program
from instructor_app.bridge import Link
from instructor_app.preferences import Preferences
from shared.events.kinds import Paste
from tests.examdesk.hub.hub_fixtures import joined, running_hub
from tests.support.patience import PATIENCE_MS


class Room:
    """A hub and one desk in a thread of their own; `do` runs a coroutine there."""

    def __init__(self, folder):
        self.loop = asyncio.new_event_loop()
        self._folder, self._ready, self._end = folder, threading.Event(), asyncio.Event()
        self.thread = threading.Thread(target=lambda: self.loop.run_until_complete(self._run()), name="room")
        self.thread.start()
        assert self._ready.wait(60)

    async def _run(self):
        async with running_hub(self._folder) as hub:
            file = read_hub_file(hub.settings.place.hub_file)
            token = staff_token(hub.services.identity, Role.INSTRUCTOR)
            self.address = HubAddress(port=file.port, fingerprint=file.fingerprint, token=token)
            self.desk = await joined(hub)
            self._ready.set()
            await self._end.wait()
            await self.desk.leave()

    def do(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(60)

    def close(self):
        self.loop.call_soon_threadsafe(self._end.set)
        self.thread.join(60)
        self.loop.close()


@pytest.fixture
def room(tmp_path):
    made = Room(tmp_path)
    yield made
    made.close()


def test_a_desk_that_types_is_followed_and_its_past_is_dragged_through(qtbot, qapp, room):
    program = Program(qapp, preferences=Preferences(None), theme="light")
    try:
        program.bridge.connect_to(lambda: open_client(room.address, "Dr. Sato"))
        qtbot.waitUntil(lambda: program.bridge.link is Link.UP and "s1" in program.state.rows, timeout=PATIENCE_MS)
        room.do(room.desk.type_text("x = 1\n"))
        qtbot.waitUntil(lambda: bool(program.state.rows["s1"].session), timeout=PATIENCE_MS)
        program.window.show()
        program.window.open_playback(program.state.rows["s1"])
        page = program.window.playback

        def shows(text):
            return lambda: page.code.code.toPlainText() == text

        qtbot.waitUntil(shows("x = 1\n"), timeout=PATIENCE_MS)
        assert page.player.following
        room.do(room.desk.type_text("y = 2\n", at=6))
        qtbot.waitUntil(shows("x = 1\ny = 2\n"), timeout=PATIENCE_MS)
        page.go_to(page.player.number - 1)
        assert shows("x = 1\n")()
        number = page.player.number
        room.desk.journal.add(Paste(file="q1/main.py", at=0, removed=0, text="# pasted\n", clip="outside"))
        room.do(room.desk.flush())
        qtbot.waitUntil(lambda: len(page.loader.marks.pastes) == 1, timeout=PATIENCE_MS)
        assert page.player.number == number
        page._act("live")
        assert shows("# pasted\nx = 1\ny = 2\n")()
        assert "from outside" in page.code.facts.whole()
    finally:
        program.close()
        program.window.deleteLater()
