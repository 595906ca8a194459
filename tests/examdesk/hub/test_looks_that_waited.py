"""Looks that went past a hub while it served the records come into its audit log."""

from examdesk.hub.records.direct_looks import note_look, waiting
from examdesk.hub.records.place import place_of
from examdesk.staffapi import messages as api
from examdesk.store.audit import Deed
from tests.examdesk.hub.hub_fixtures import running_hub, staff


async def test_a_restarted_hub_takes_in_the_looks_that_wait(tmp_path):
    place = place_of(str(tmp_path / "data"))
    deed = Deed(who="ada", role="command line", address="pc-1", what="looked at a session", detail="s1")
    async with running_hub(tmp_path) as hub:
        assert note_look(place, hub.services.identity.exam, 1_750_000_000_000, deed) == ""
        assert len(waiting(place.folder)) == 1
    async with running_hub(tmp_path) as hub, staff(hub) as client:
        assert waiting(place.folder) == []
        found = [each for each in (await client.ask(api.GetAudit())).entries if each.role == "command line"]
    assert [(each.who, each.address, each.what, each.detail, each.at_ms) for each in found] == [
        ("ada", "pc-1", "looked at a session", "s1", 1_750_000_000_000)
    ]
