"""Threats 11 and 17: a desk with a valid key that signs what no desk would write.

What breaks the form of the log is refused before it is stored, so that one student can't spoil the record of a class.
What has the form is stored, and shows, exports and verifies with whatever it says.
"""

import asyncio

from examdesk.cli.main import Program as CommandLine
from shared.events import kinds
from shared.log.batch import NO_RECEIPT, Batch, sign_batch
from shared.log.entry import Entry, Header, advance
from shared.wire import messages as m
from tests.examdesk.hub.hub_fixtures import running_hub
from tests.examdesk.hub.light_desk import LightDesk

MOST = 2**64 - 1
WHAT = ("sessions", "events", "workbook", "report", "bundle")


async def desk_of(hub, student):
    desk = LightDesk("127.0.0.1", hub.ready.port, student)
    await desk.connect()
    await desk.join(hub.ready.room_code)
    await desk.start()
    await desk.type_text("print(1)\n")
    await desk.safe()
    return desk


def entry_after(desk, payload, *, salt=bytes(16), **header):
    fields = {
        "version": 1,
        "kind": 7,
        "flags": 1,
        "seq": desk.journal.sealed + 1,
        "mono_us": 5,
        "wall_ms": 1_750_000_000_000,
    }
    fields |= {"boot": 1, "journal": desk.journal.journal} | header
    return Entry(Header(**fields).pack(), salt, payload)


async def push(desk, entry):
    """Sign one event and send it, as a desk that was altered would."""
    journal = desk.journal
    link = advance(journal.link, entry)
    seq = journal.sealed + 1
    batch = Batch(journal.exam, journal.journal, seq, seq, link, NO_RECEIPT)
    await desk.send(m.Push(sign_batch(batch, journal.key), (entry,)))
    return link


MALFORMED = {
    "no text": b"\xff\xfe",
    "no JSON": b"print(1)",
    "empty": b"",
    "a list": b"[1]",
    "two lines": b'{"a":\n1}',
    "two objects": b"{}{}",
    "too long": b'{"a":"' + b"x" * 70_000 + b'"}',
    "too deep": b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
    "half a character": b'{"a":"\xed\xa0\x80"}',
}


async def test_a_payload_that_is_not_one_line_of_json_is_refused(tmp_path):
    async with running_hub(tmp_path) as hub:
        for name, payload in MALFORMED.items():
            desk = await desk_of(hub, name)
            before = hub.services.registry.journals[desk.journal.journal].head_seq
            await push(desk, entry_after(desk, payload))
            assert (await desk.wait_for(m.Refusal)).code == "bad-frame", name
            await hub.services.writer.flush()
            assert hub.services.registry.journals[desk.journal.journal].head_seq == before, name
            await desk.leave()


ALTERED = {
    "short salt": lambda desk: entry_after(desk, b"{}", salt=b"short"),
    "other version": lambda desk: entry_after(desk, b"{}", version=2),
    "year 584 million": lambda desk: entry_after(desk, b"{}", wall_ms=MOST),
    "clock of 584,000 years": lambda desk: entry_after(desk, b"{}", mono_us=MOST),
    "payload withheld": lambda desk: Entry(entry_after(desk, b"{}").header, bytes(16), None, bytes(32)),
    "digest beside the payload": lambda desk: Entry(entry_after(desk, b"{}").header, bytes(16), b"{}", bytes(32)),
}


async def test_an_event_without_the_form_of_the_log_is_refused(tmp_path):
    async with running_hub(tmp_path) as hub:
        for name, alter in ALTERED.items():
            desk = await desk_of(hub, name)
            await push(desk, alter(desk))
            assert (await desk.wait_for(m.Refusal)).code == "bad-frame", name
            await desk.leave()


def strange_events():
    edit, created, paste = kinds.Edit.KIND, kinds.FileCreated.KIND, kinds.Paste.KIND
    yield edit, b'{"file":"q1/main.py","changes":[[0,99999999999,0,"x"]]}'
    yield edit, b'{"file":"q1/main.py","changes":[[0,-5,3,"x"]]}'
    yield edit, b'{"file":"q1/main.py","changes":[[-9,0,9223372036854775807,"x"]]}'
    yield edit, b'{"file":"nowhere","changes":[]}'
    yield edit, b'{"file":7}'
    yield edit, b'{"file":"q1/main.py","changes":[[1e400,0,0,"x"]]}'
    yield created, b'{"file":"q1/../../../../escaped.py","origin":"starter","text":"boo"}'
    yield created, b'{"file":"/tmp/escaped.py","origin":"starter","text":"boo"}'
    yield created, b'{"file":"q1/CON","origin":"starter","text":"boo"}'
    yield created, b'{"file":"q1/a\\u0000b","origin":"starter","text":"\\u0000\\u001b[2J"}'
    yield created, b'{"file":"","origin":"starter","text":"boo"}'
    yield created, b'{"file":"q1/' + b"n" * 5000 + b'","origin":"starter","text":"boo"}'
    yield created, b'{"file":"q1/=cmd|calc","origin":"starter","text":"=HYPERLINK(1)"}'
    yield (
        paste,
        b'{"file":"q1/main.py","at":4000000000,"removed":9,"text":"</script><script>","clip":"outside"}',
    )
    yield paste, b'{"file":"q1/main.py","at":0,"removed":0,"text":"\\ud83d\\ude00","clip":"sideways"}'
    yield kinds.RunEnded.KIND, b'{"run":-1}'
    yield kinds.RunOutput.KIND, b'{"run":9223372036854775807,"stream":"out","text":"\\u0001"}'
    yield kinds.Submitted.KIND, b'{"files":{"x":{"sha256":"no","length":-1}},"why":"student"}'
    yield kinds.Drawn.KIND, b'{"seed":"zz","questions":["../..","q1","q1"]}'
    yield kinds.ClockJumped.KIND, b'{"by_ms":9223372036854775807}'
    yield kinds.Focus.KIND, b'{"here":true,"away_ms":-9223372036854775808}'
    yield kinds.Contact.KIND, b'{"online":true,"hub":"","unsent":-1,"offline_ms":99999999999999999}'
    yield kinds.HandRaised.KIND, b'{"up":true,"text":"\\u202e\\u0007"}'
    yield kinds.MessageSent.KIND, b'{"text":"=1+1","about":"message"}'
    yield 255, b'{"who":"knows"}'
    for number, kind in sorted((kind.KIND, kind) for kind in kinds.Payload.__subclasses__()):
        assert number == kind.KIND
        yield number, b"{}"


async def test_strange_events_are_stored_shown_exported_and_verified(tmp_path):
    out = tmp_path / "deep" / "down" / "exports"
    async with running_hub(tmp_path) as hub:
        honest = await desk_of(hub, "ada")
        eve = await desk_of(hub, "eve")
        for kind, payload in strange_events():
            entry = entry_after(eve, payload, kind=kind, wall_ms=2**43)
            eve.journal.link = await push(eve, entry)
            eve.journal.sealed += 1
        await honest.type_text("more\n")
        await honest.safe()
        async with asyncio.timeout(10):
            while hub.services.registry.journals[eve.journal.journal].head_seq < eve.journal.sealed:  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.01)
        await honest.leave()
        await eve.leave()
    for what in WHAT:
        code = CommandLine().run(
            ["export", "--data", str(tmp_path / "data"), "--out", str(out), "--quiet", "--what", what]
        )
        assert code == 0, what
    (bundle,) = out.glob("**/*.examrecord")
    assert CommandLine().run(["verify", str(bundle)]) == 0
    assert [path for path in tmp_path.rglob("escaped.py") if out not in path.parents] == []
