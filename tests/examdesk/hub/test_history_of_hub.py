"""The hub gives a desk the versions of its session's earlier journals, and nobody else's."""

from shared.events.kinds import Checkpoint, FileState, NoteWritten
from shared.ids import DeviceId
from shared.text.earlier import unpack
from shared.wire import messages as m
from tests.examdesk.hub.hub_fixtures import running_hub
from tests.examdesk.hub.light_desk import LightDesk
from tests.examdesk.hub.test_hub_serves_desks import joined

FILE = "q1/main.py"


async def goes_on(hub, old) -> LightDesk:
    """A desk whose journal goes on from `old`, proven by its key."""
    fresh = LightDesk("127.0.0.1", hub.ready.port, old.student)
    await fresh.connect()
    new, before = fresh.journal, old.journal
    key = new.key.public.raw
    proof = m.rejoin_proof(fresh.welcome.nonce, fresh.identity.fingerprint, before.journal, new.journal, key)
    await fresh.send(
        m.Rejoin(before.journal, before.key.sign(proof), DeviceId(bytes(16)), "PC", new.journal, key)
    )  # fmt: skip
    await fresh.endorsed()
    await fresh.start()
    return fresh


async def test_a_desk_that_goes_on_elsewhere_gets_the_versions_and_notes_of_before(tmp_path):
    async with running_hub(tmp_path) as hub:
        first = await joined(hub)
        assert (await first.wait_for(m.Resumed)).earlier == ()
        await first.type_text("one\n")
        first.journal.add(Checkpoint(files={FILE: FileState(sha256="00", length=4)}, why="save"))
        await first.type_text("two\n", at=4)
        first.journal.add(Checkpoint(files={FILE: FileState(sha256="01", length=8)}, why="save"))
        first.journal.add(NoteWritten(text="why the loop?"))
        await first.flush()
        await first.safe()
        await first.leave()
        second = await goes_on(hub, first)
        (head,) = (await second.wait_for(m.Resumed)).earlier
        assert head == m.JournalHead(first.journal.journal, first.journal.sealed)
        await second.send(m.GetHistory(head.journal, head.last, 0))
        part = await second.wait_for(m.HistoryPart)
        assert part.size == len(part.data)
        earlier = unpack(part.data)
        texts = [version.text for version in earlier.versions.files[FILE]]
        assert (texts[-2:], earlier.notes, earlier.last) == (["one\n", "one\ntwo\n"], "why the loop?", head.last)
        await second.send(m.GetHistory(head.journal, 2, 0))
        assert [
            version.text for version in unpack((await second.wait_for(m.HistoryPart)).data).versions.files[FILE]
        ] == [""]
        await second.leave()


async def test_another_students_journal_and_what_is_not_there_are_not_given(tmp_path):
    async with running_hub(tmp_path) as hub:
        ada, bob = await joined(hub, "s1"), await joined(hub, "s2")
        await ada.type_text("mine")
        await ada.safe()
        for asked in (m.GetHistory(ada.journal.journal, 1, 0), m.GetHistory(bob.journal.journal, 99, 0)):
            await bob.send(asked)
            assert (await bob.wait_for(m.HistoryPart)).data == b""
        await ada.leave()
        await bob.leave()
        stranger = LightDesk("127.0.0.1", hub.ready.port, "s3")
        await stranger.connect()
        await stranger.send(m.GetHistory(ada.journal.journal, 1, 0))
        assert isinstance(await stranger.receive(), m.Refusal)
        await stranger.leave()
