"""The hub, its records and a bundle come to the same signals of an exam whose texts changed while it ran."""

import asyncio
import random

import msgspec
import pytest

from examdesk.exports.everything import export_all
from examdesk.exports.recomputing import differences, inputs_that_differ, of_bundle, of_records
from examdesk.staffapi import messages as api
from examdesk.store import Store
from shared.events import kinds
from tests.examdesk.exports.stored_exam import Sitting, store
from tests.examdesk.exports.test_editions_in_exports import bundle_of, taken
from tests.examdesk.hub.hub_fixtures import running_hub
from tests.examdesk.hub.test_editions_of_hub import SIXTY, apply, joined, prompt_of, staff
from tests.examdesk.hub.test_history_of_hub import goes_on
from tests.support.clocks import ManualClock
from tests.support.editions import EditionsInMemory, content_of
from tests.support.journals import ExamInMemory

TEXTS = (
    "Read all the temperatures of the file and print their median with one decimal.",
    "Count how often each word occurs, whatever its case, and show the ten most common.",
    "A knight stands on a chess board: which squares does it reach within three moves?",
    "Simulate a queue at the bakery for one morning, with two people behind the counter.",
)
STARTERS = (
    "def median_of(path):\n    with open(path) as lines:\n        return sorted(map(float, lines))\n",
    "from collections import Counter\n\nWORD = r'[a-z]+'\nwords = input('Text: ').casefold().split()\n",
    "BOARD = [[None] * 8 for _ in range(8)]\nJUMPS = {(1, 2), (2, 1), (-1, 2), (-2, 1)}\n",
    "class Bakery:\n    bread = 120\n\n    def serve(self, customer, minute):\n        raise NotImplementedError\n",
)
STEPS = ("take", "paste", "starter")
MAIN = "q1/main.py"


def paste(desk, text):
    desk.journal.add(kinds.Paste(file=MAIN, at=0, removed=0, text=text, clip="outside"))


def pastes_of(found, session):
    """The events of the pastes that were pointed out, journal by journal."""
    by_session = {each.session: each.signals for each in found.sessions}
    return [(each.journal, each.seq) for each in by_session[session] if each.kind == "outside_paste"]


async def test_a_desk_without_a_network_and_one_that_moved_have_what_each_had_to_read(tmp_path):
    async with running_hub(tmp_path, SIXTY) as hub, staff(hub) as client:
        prompt, starter = prompt_of(tmp_path), tmp_path / "exam/questions/q1/starter/main.py"

        async def edition(number):
            prompt.write_text(f"# Task\n\n{TEXTS[number]}\n")
            starter.write_text(STARTERS[number])
            await apply(client, f"e{number}")

        await edition(0)
        ada, bob = await joined(hub, "s1"), await joined(hub, "s2")
        await client.ask(api.Open(command="c1"))
        await client.ask(api.GetSignals())  # from here on the hub's facts follow the events
        for desk in (ada, bob):
            desk.journal.add(taken(hub))
            await desk.type_text("")
            await desk.safe()
        await bob.leave()  # the cable is out
        await edition(1)
        ada.journal.add(taken(hub))
        paste(ada, TEXTS[1])
        paste(bob, TEXTS[1])  # nobody gave it to this desk yet
        paste(bob, TEXTS[0])
        await ada.flush()
        await ada.safe()
        await ada.leave()
        moved = await goes_on(hub, ada)
        await edition(2)
        moved.journal.add(taken(hub))
        moved.journal.add(kinds.FileCreated(file=MAIN, origin="restored", text=TEXTS[1]))
        for text in (TEXTS[0], TEXTS[2], STARTERS[1], TEXTS[3]):
            paste(moved, text)
        await moved.flush()
        await moved.safe()
        bob.journal.add(taken(hub))
        paste(bob, TEXTS[2])
        bob.journal.seal()
        await bob.connect()
        await bob.start()
        await bob.safe()
        await edition(3)

        reader, exam = hub.services.reader, hub.services.identity.exam
        records = await asyncio.to_thread(of_records, reader, exam)
        bundle = await asyncio.to_thread(of_bundle, await bundle_of(hub, tmp_path / "out"))
        assert (inputs_that_differ(bundle, records), differences(bundle, records)) == ([], [])
        shown = await client.ask(api.GetSignals())
        assert shown.basis.given_sha256 == records.given_sha256
        live = {(each.session, each.signal.kind, each.signal.seq, each.signal.explanation) for each in shown.signals}
        assert live == {
            (each.session, signal.kind, signal.seq, signal.explanation)
            for each in records.sessions
            for signal in each.signals
        }
        mine = moved.journal.journal.hex()
        assert pastes_of(records, ada.session.hex()) == [(mine, len(moved.journal.entries) - 1)]
        early = next(
            number
            for number, entry in enumerate(bob.journal.entries)
            if entry.header[1] == kinds.Paste.KIND and TEXTS[1].encode() in entry.payload
        )
        assert pastes_of(records, bob.session.hex()) == [(bob.journal.journal.hex(), early)]
        for desk in (moved, bob):
            await desk.leave()


@pytest.mark.parametrize("made", [1, 2, 4])
def test_whatever_a_class_took_and_pasted_the_bundle_tells_the_same(tmp_path, made):
    exam, chance = ExamInMemory(17), random.Random(made)
    editions = EditionsInMemory(exam)
    for number in range(made):
        editions.add(content_of(exam, TEXTS[number], STARTERS[number]))
    sittings = [Sitting(exam, f"s{place}") for place in range(20)]
    steps = [[(chance.choice(STEPS), chance.randrange(4)) for _ in range(8)] for _ in sittings]
    expected = [play(sitting, each, editions) for sitting, each in zip(sittings, steps, strict=True)]
    stored = store(tmp_path, exam, [sitting.journal for sitting in sittings])
    keep(stored, editions)
    reader = stored.reader()
    try:
        records = of_records(reader, exam.id)
        progress = (lambda *_: None, lambda: False)
        (path,) = export_all(reader, exam.id, tmp_path / "out", ("bundle",), *progress, clock=ManualClock())
    finally:
        reader.close()
    bundle = of_bundle(path)
    assert (inputs_that_differ(bundle, records), differences(bundle, records)) == ([], [])
    for sitting, places in zip(sittings, expected, strict=True):
        found = pastes_of(records, stored.sessions[sitting.student].hex())
        assert [seq for _, seq in found] == places


def play(sitting, steps, editions):
    """Let a desk take editions and paste; return the events of the pastes of what it had not been given by then."""
    newest, mine, expected = 0, set(), []
    for what, number in steps:
        if what == "take":
            if newest < number < len(editions.documents):
                sitting.write(editions.taken(number))
                sitting.seal()
                newest = number
            continue
        text = (TEXTS if what == "paste" else STARTERS)[number]
        given = number <= newest and number < len(editions.documents)
        if not given and text not in mine:
            expected.append(len(sitting.journal.entries))
        mine.add(text)
        sitting.paste(text)
    return expected


def keep(stored, editions):
    """Put the editions into the records, as a hub keeps them."""
    target = Store(stored.url, stored.exam.id)
    with target.begin() as tx:
        tx.sql.exec_driver_sql("UPDATE exam_keys SET content = ?", (editions.content_key,))
        for number, (sealed, document) in enumerate(zip(editions.sealed, editions.documents, strict=True)):
            parts = {-2: sealed.manifest, -1: sealed.signature, **dict(enumerate(sealed.pieces))}
            tx.put_sealed(parts)
            if document:
                body = {"type": "EditionAction", "envelope": document.decode()}
                tx.control.add_command(f"e{number}", number, "Lin", msgspec.json.encode(body))
    target.close()
