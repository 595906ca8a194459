"""Entries of the audit log say what was before and what is after, and for whom."""

import re

from examdesk.staffapi import messages as api
from tests.examdesk.hub.hub_fixtures import joined, running_hub, staff

HOUR = "[schedule]\nduration = 60\n"
TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"


async def newest(client, what):
    entries = (await client.ask(api.GetAudit())).entries
    return next(entry for entry in entries if entry.what == what)


async def test_commands_say_before_and_after_of_everybody_they_touch(tmp_path):
    async with running_hub(tmp_path, HOUR) as hub, staff(hub) as client:
        await client.ask(api.PutStudent(command="p1", student="s1", name="Sam", factor=1.5))
        await client.ask(api.PutStudent(command="p2", student="s2", name="Sue"))
        await client.ask(api.PutStudent(command="p3", student="s2", name="Sue", section="B"))
        assert (await newest(client, "changed the roster")).changes == ("section none → B (s2)",)
        desks = [await joined(hub, name) for name in ("s1", "s2")]
        await client.ask(api.Open(command="o"))
        opened = await newest(client, "opened")
        assert opened.detail == "everybody"
        assert all(re.fullmatch(rf"start none → {TIME}, end none → {TIME} \(s\d\)", line) for line in opened.changes)
        me = api.Target(sessions=(desks[0].session.hex(),))
        await client.ask(api.Lock(command="l", locked=True, target=me))
        assert (await newest(client, "locked")).changes == ("locked no → yes (s1)",)
        await client.ask(api.Extend(command="e", seconds=600, keep_ratio=False, reason="The power was out."))
        extended = await newest(client, "extended by 10 min")
        assert extended.detail == "everybody, because: The power was out."
        assert {line[-4:] for line in extended.changes} == {"(s1)", "(s2)"}
        (told,) = (await client.ask(api.GetNotices())).notices
        assert told.text == "Your time was extended by 10 min. The power was out."
        for desk in desks:
            await desk.leave()


async def test_the_same_minutes_for_everybody_or_each_ones_ratio_is_a_choice(tmp_path):
    async with running_hub(tmp_path, HOUR) as hub, staff(hub) as client:
        await client.ask(api.PutStudent(command="p1", student="s1", name="Sam", factor=1.5))
        desk = await joined(hub)
        await client.ask(api.Open(command="o"))
        me = api.Target(sessions=(desk.session.hex(),))
        more = {}
        for target in (api.Target(), me):
            for keep in (None, True, False):
                change = api.Extend(command="", seconds=600, target=target, keep_ratio=keep)
                (row,) = (await client.ask(api.GetTimes(change=change))).rows
                more[bool(target.sessions), keep] = (row.new_ends_ms - row.ends_ms) // 1000
        assert more == {
            (False, None): 900,
            (False, True): 900,
            (False, False): 600,
            (True, None): 600,
            (True, True): 900,
            (True, False): 600,
        }
        await desk.leave()


async def test_the_audit_log_is_searched_and_read_page_by_page(tmp_path):
    async with running_hub(tmp_path, HOUR) as hub, staff(hub) as client:
        for number in range(5):
            await client.ask(api.AddIncident(command=f"i{number}", text=f"Note {number}\n± not a change"))
        found = await client.ask(api.GetAudit(text="INCIDENT note 3"))
        assert [entry.detail for entry in found.entries] == ["exam: Note 3\n± not a change"]
        assert found.entries[0].changes == ()
        first = await client.ask(api.GetAudit(limit=2))
        after = await client.ask(api.GetAudit(limit=2, before=first.entries[-1].number))
        assert [entry.number - first.entries[0].number for entry in (*first.entries, *after.entries)] == [0, -1, -2, -3]
        assert first.total >= 6
        assert not (await client.ask(api.GetAudit(text="50%"))).entries
