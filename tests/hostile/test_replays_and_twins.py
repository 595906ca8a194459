"""Threats 6, 9 and 10: frames played back in later states, one journal on two PCs, a journal set back to a copy."""

import shutil

import pytest
from websockets.exceptions import ConnectionClosed

from examdesk.hub.sessions.standings import EndAction, PauseAction
from examdesk.store.audit import Deed
from shared.ids import DeviceId
from shared.wire import messages as m
from shared.wire.codec import encode_frame
from tests.examdesk.hub.hub_fixtures import running_hub
from tests.examdesk.hub.light_desk import LightDesk
from tests.hostile.stage import confirmed, joined, receipted, stage, typing

TABLES = (
    "events",
    "batches",
    "receipts",
    "sessions",
    "journals",
    "roster",
    "commands",
    "notices",
    "joins",
    "evidence_kept",
)
STAFF = Deed(who="Ada", role="instructor", address="", what="test")


class Recorded(LightDesk):
    """A desk whose every frame is kept."""

    def __init__(self, *args):
        super().__init__(*args)
        self.said = []

    async def send(self, frame):
        self.said.append(encode_frame(frame))
        await super().send(frame)


async def everything(hub):
    await hub.services.writer.flush()
    with hub.services.reader.connect() as connection:
        return {table: connection.exec_driver_sql(f"SELECT * FROM {table}").fetchall() for table in TABLES}


async def play_back(hub, frames):
    """Send recorded frames over new connections; a connection that the hub closes is followed by another."""
    eve = None
    for frame in frames:
        if eve is None:
            eve = LightDesk("127.0.0.1", hub.ready.port, "eve")
            await eve.connect()
        try:
            await eve.connection.send(frame)
            await eve.send(m.Ping(1))
            while not isinstance(await eve.receive(), m.Pong):
                pass
        except ConnectionClosed:
            await eve.leave()
            eve = None
    if eve is not None:
        await eve.leave()
    await hub.door.finish()


@pytest.mark.parametrize("state", ["working", "paused", "gone", "ended", "another journal"])
async def test_frames_played_back_later_change_nothing(tmp_path, state):
    async with running_hub(tmp_path) as hub:
        desk = Recorded("127.0.0.1", hub.ready.port, "ada")
        await desk.connect()
        await desk.send(m.Lookup(hub.ready.room_code, "ada"))
        await desk.receive()
        await desk.join(hub.ready.room_code)
        await desk.start()
        for _ in range(3):
            await desk.type_text("x = 1\n")
        await desk.safe()
        await desk.send(m.Present(desk.journal.endorsement))
        if state == "paused":
            await hub.controls.act("p", PauseAction(paused=True), STAFF)
        elif state == "ended":
            await hub.controls.act("e", EndAction(), STAFF)
        elif state == "gone":
            await desk.leave()
        elif state == "another journal":
            await desk.leave()
            await go_on_in_another(hub, desk)
        before = await everything(hub)
        await play_back(hub, desk.said)
        assert await everything(hub) == before
        if state in ("working", "paused", "ended"):
            await desk.type_text("y = 2\n")
            await desk.safe()
            await desk.leave()


async def go_on_in_another(hub, desk):
    fresh = Recorded("127.0.0.1", hub.ready.port, "ada")
    await fresh.connect()
    old, new = desk.journal, fresh.journal
    proof = m.rejoin_proof(
        fresh.welcome.nonce, fresh.identity.fingerprint, old.journal, new.journal, new.key.public.raw
    )
    await fresh.send(
        m.Rejoin(old.journal, old.key.sign(proof), DeviceId(bytes(16)), "PC", new.journal, new.key.public.raw)
    )
    await fresh.endorsed()
    await fresh.start()
    await fresh.type_text("z = 3\n")
    await fresh.safe()
    await fresh.leave()
    desk.said += fresh.said


LONG = "value = 12345\n" * 30


def evidence(on):
    return on.query("SELECT why, hub_last, desk_last FROM evidence_kept")


def test_a_journal_that_was_set_back_is_evidence_and_the_session_goes_on(tmp_path):
    with stage(tmp_path) as on:
        hub = on.ready(on.serve())
        script = [*typing(LONG, every_ms=30, piece=4), {"at_ms": 4500, "do": "submit"}]
        first = on.desk("ada", script)
        first.wait_for(receipted)
        first.kill()
        shutil.copytree(on.journals("ada"), tmp_path / "copy")
        second = on.desk("ada", script)
        last = max(on.at_hub().values())
        second.wait_for(lambda line: line.get("confirmed") == "receipt" and line["up_to"] > last + 6)
        second.kill()
        shutil.rmtree(on.journals("ada"))
        shutil.copytree(tmp_path / "copy", on.journals("ada"), dirs_exist_ok=True)
        third = on.desk("ada", script)
        assert third.finish(60) == 0, third.errors()
        assert hub.terminate() == 0
        ((why, hub_last, desk_last),) = evidence(on)
        assert why == "rollback"
        assert hub_last > desk_last
        sessions = {line["session"] for desk in (first, second, third) for line in desk.drain() if joined(line)}
        assert len(sessions) == 1
        assert len(on.at_hub()) == 2
        on.records_hold()


def test_one_journal_on_two_pcs_is_kept_twice_and_both_go_on(tmp_path):
    with stage(tmp_path) as on:
        hub = on.ready(on.serve())
        first = on.desk("ada", [*typing(LONG, every_ms=30, piece=4), {"at_ms": 60_000, "do": "submit"}])
        first.wait_for(receipted)
        first.kill()
        shutil.copytree(on.journals("ada"), on.folder / "desks" / "twin")
        twins = [
            on.desk("ada", [*typing(LONG, every_ms=30, piece=4), {"at_ms": 4000, "do": "submit"}], journal=place)
            for place in ("ada", "twin")
        ]
        for twin in twins:
            assert twin.finish(60) == 0, twin.errors()
            assert "Traceback" not in twin.errors()
        assert hub.terminate() == 0
        whys = {why for why, _, _ in evidence(on)} | {why for (why,) in on.query("SELECT state FROM journals")}
        assert whys & {"fork", "rollback"}, "which of them depends on who had written more when the second one came"
        assert len(on.query("SELECT * FROM sessions")) == 1
        held, said = on.at_hub(), confirmed(*twins)
        new = [journal for journal in said if journal not in confirmed(first)]
        assert new
        assert {journal: held[journal] >= said[journal] for journal in new} == dict.fromkeys(new, True)
        on.records_hold()
