"""Another laptop takes over an exam by the key that was saved as a file, and desks find it."""

from examdesk.cli._key_file import take_over
from examdesk.hub.records.place import place_of
from examdesk.staffapi import messages as api
from shared.wire import messages as m
from tests.examdesk.hub.light_desk import LightDesk
from tests.support.patience import until

PASSPHRASE = "a lantern in the fog"


async def saved_key(client, tmp_path):
    made = await client.ask(api.GetKeyFile(passphrase=PASSPHRASE))
    file, slip = tmp_path / "exam.examkey", tmp_path / "slip.txt"
    file.write_bytes(made.data)
    slip.write_text(PASSPHRASE + "\n")


def taken_over(tmp_path, folder):
    place = place_of(str(tmp_path / folder))
    take_over(tmp_path / "exam.examkey", tmp_path / "slip.txt", place)
    return str(place.folder)


async def carried(hub, *desks):
    """Wait until every desk keeps everything that the hub gives out."""
    await hub.travelling.look()
    await until(lambda: all(len(desk.parcels) >= len(hub.travelling.copies.line) for desk in desks))


async def back(hub, desk):
    """Let a desk find another hub, as the real one does: show the endorsement, resume, hand everything over."""
    again = LightDesk("127.0.0.1", hub.listener.port, desk.student, desk.journal)
    again.parcels, again.session = dict(desk.parcels), desk.session
    await again.connect()
    standings = [frame.envelope for frame in desk.kept if isinstance(frame, m.SignedStanding)]
    await again.send(m.Present(desk.journal.endorsement, b"", standings[-1] if standings else b""))
    await again.start()
    await again.wait_for(m.Resumed)
    return again
