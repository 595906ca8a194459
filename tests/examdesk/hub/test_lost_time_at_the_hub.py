"""The ledger of lost time against a real hub: what it lists, and what a person decides about it."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from examdesk.cli.main import Program
from examdesk.staffapi import messages as api
from examdesk.staffapi.client import Refused
from examdesk.store.contacts import contacts_of
from shared.clock import SystemClock
from shared.events.kinds import Started
from shared.log.writer import ChainWriter
from tests.examdesk.hub.hub_fixtures import joined, running_hub, staff
from tests.examdesk.hub.light_desk import CHANCE, LightDesk

HOUR = "[schedule]\nduration = 60\n"
MINUTE_MS = 60_000


class LaterClock(SystemClock):
    """The system's clock, some time later."""

    def __init__(self, ahead_ms: int = 0) -> None:
        self.ahead_ms = ahead_ms

    def wall_ms(self) -> int:
        return super().wall_ms() + self.ahead_ms


async def crash(desk: LightDesk, away_ms: int) -> None:
    """Let the desk come back in another boot, so much later."""
    journal = desk.journal
    entries = len(journal.entries)
    journal.writer = ChainWriter(journal.journal, 2, (entries, journal.writer.link), LaterClock(away_ms), CHANCE)
    journal.add(Started(how="crash", app="0", platform="p", python="3", device="d", away_ms=away_ms))
    await desk.flush()
    await desk.safe()


async def test_a_credit_is_proposed_accepted_once_and_in_the_audit_log(tmp_path):
    clock = LaterClock()
    async with running_hub(tmp_path, HOUR, clock=clock) as hub, staff(hub) as client:
        await client.ask(api.PutStudent(command="p", student="s1", name="Sam", factor=1.5))
        desk = await joined(hub)
        await client.ask(api.Open(command="o"))
        assert (await client.ask(api.GetLedger())).rows == ()
        await desk.type_text("work")
        await desk.safe()
        await crash(desk, 200_000)
        clock.ahead_ms = 5 * MINUTE_MS
        (row,) = (await client.ask(api.GetLedger())).rows
        assert (row.student, row.proposed, row.credited, row.over) == ("s1", 240, 0, False)
        (item,) = row.items
        assert (item.kind, item.state, item.journal) == ("crash", "open", desk.journal.journal.hex())
        credit = api.CreditTime(
            command="c", session=row.session, seconds=240, items=(item.key,), reason="Your PC failed."
        )
        with pytest.raises(Refused, match="not in the ledger"):
            await client.ask(api.CreditTime(command="x", session=row.session, seconds=60, items=("crash:no",)))
        done = await client.ask(credit)
        assert done.sentence == "Sam got 4 min for the time that was lost."
        (after,) = (await client.ask(api.GetLedger())).rows
        assert (after.items[0].state, after.proposed, after.credited) == ("credited", 0, 240)
        assert after.ends_ms - row.ends_ms == 240_000
        assert [(each.who, each.seconds, each.proposed) for each in after.credits] == [("Ada", 240, 240)]
        with pytest.raises(Refused, match="decided about this before"):
            await client.ask(api.CreditTime(command="c2", session=row.session, seconds=60, items=(item.key,)))
        (notice,) = (await client.ask(api.GetNotices())).notices
        assert notice.text == "Your time was extended by 4 min. Your PC failed."
        entry = (await client.ask(api.GetAudit(text="credited"))).entries[0]
        assert entry.what == "credited 240 s of lost time"
        assert "240 s proposed for crash" in entry.detail
        assert len(entry.changes) == 1
        await desk.leave()


async def test_a_pause_is_listed_as_given_back_and_a_decline_is_written_down(tmp_path, capsys):
    clock = LaterClock()
    async with running_hub(tmp_path, HOUR, clock=clock) as hub, staff(hub) as client:
        desk = await joined(hub)
        await client.ask(api.Open(command="o"))
        clock.ahead_ms += MINUTE_MS
        await client.ask(api.Pause(command="p1", paused=True))
        clock.ahead_ms += 4 * MINUTE_MS
        await client.ask(api.Pause(command="p2", paused=False))
        me = api.Target(sessions=(desk.session.hex(),))
        await client.ask(api.Lock(command="l1", locked=True, target=me))
        clock.ahead_ms += MINUTE_MS
        await client.ask(api.Lock(command="l2", locked=False, target=me))
        (row,) = (await client.ask(api.GetLedger())).rows
        assert [(item.kind, item.state, item.proposed) for item in row.items] == [
            ("alarm", "given back", False),
            ("lock", "open", False),
        ]
        assert 239 <= row.given_back <= 242
        assert (row.proposed, 59 <= row.lost <= 62) == (0, True)
        data = str(tmp_path / "data")

        async def control(*words):
            code = await asyncio.to_thread(Program(log_dir=tmp_path / "log").run, ["control", "--data", data, *words])
            return code, *capsys.readouterr()

        code, _, said = await control("credit", "s1")
        assert (code, "proposes nothing for s1" in said) == (2, True)
        assert (await control("credit", "s1", "--nothing", "--reason", "Talked."))[1].startswith("Noted")
        listed = (await control("ledger"))[1]
        assert "\tlock\t" in listed
        assert "\tdeclined\t" in listed
        assert listed.splitlines()[-1].endswith("\t0 s\tTalked.")
        await desk.leave()


async def test_an_exam_that_is_over_is_reopened_before_time_is_given(tmp_path):
    clock = LaterClock()
    async with running_hub(tmp_path, HOUR, clock=clock) as hub, staff(hub) as client:
        desk = await joined(hub)
        await client.ask(api.Open(command="o"))
        await desk.type_text("work")
        await desk.safe()
        await crash(desk, 100_000)
        clock.ahead_ms = 3 * MINUTE_MS
        await client.ask(api.End(command="e"))
        (row,) = (await client.ask(api.GetLedger())).rows
        assert row.over
        credit = api.CreditTime(command="c", session=row.session, seconds=120, items=(row.items[0].key,))
        with pytest.raises(Refused, match="Reopen it first"):
            await client.ask(credit)
        await client.ask(api.Reopen(command="r", target=api.Target(sessions=(row.session,))))
        assert (await client.ask(credit)).sentence == "s1 got 2 min for the time that was lost."
        await desk.leave()


async def test_the_hub_notes_until_when_it_heard_a_desk(tmp_path):
    async with running_hub(tmp_path, HOUR) as hub:
        desk = await joined(hub)
        await desk.type_text("work")
        await desk.safe()
        await desk.leave()
        journal = desk.journal.journal
        while not (found := await hub.services.writer.run(lambda tx: contacts_of(tx.sql, hub.services.identity.exam))):
            pass  # the hub hears of the closed connection in a moment
        (contact,) = found[journal]
        assert contact.since_ms <= contact.heard_ms


async def test_a_late_opening_by_hand_is_lost_time_that_a_person_credits(tmp_path):
    clock = LaterClock()
    closes = datetime.fromtimestamp(clock.wall_ms() / 1000, UTC) + timedelta(minutes=40)
    schedule = f"[schedule]\nend = {closes:%Y-%m-%dT%H:%M:%SZ}\nduration = 60\n"
    async with running_hub(tmp_path, schedule, clock=clock) as hub, staff(hub) as client:
        desk = await joined(hub)
        clock.ahead_ms = 10 * MINUTE_MS
        await client.ask(api.Open(command="o"))
        (row,) = (await client.ask(api.GetLedger())).rows
        (item,) = row.items
        assert (item.kind, item.proposed, item.state) == ("opened", True, "open")
        assert 10 * 60 <= item.seconds < 40 * 60
        credit = api.CreditTime(command="c", session=row.session, seconds=row.proposed, items=(item.key,))
        await client.ask(credit)
        (after,) = (await client.ask(api.GetLedger())).rows
        assert ([each.state for each in after.items], after.proposed) == (["credited"], 0)
        assert after.ends_ms == row.ends_ms + row.proposed * 1000
        await desk.leave()
