"""What goes wrong with a journal, seen from both ends of the sync."""

import pytest

from shared.crypto.keys import SigningKey
from shared.log.batch import NO_RECEIPT, Batch, sign_batch
from shared.log.receipt import Receipt, sign_receipt
from shared.problems import PeerFault
from shared.sync import desk, hub
from tests.support.two_ends import EXAM, EXAM_KEY, Device, Durable, Store


def hub_with(device, batches):
    store = Store([device])
    end = hub.HubSync(EXAM, device.journal, device.key.public, Durable(store, device.journal), (-1, device.start, None))
    for batch, entries in batches:
        store.queue.extend(end.step(hub.PushCame(batch, entries)))
        for _, committed in store.commit():
            end.step(committed)
    return end


def twins(common: int, own: int):
    """Two copies of one journal that go on separately."""
    one, other = Device(0), Device(0)
    for device in (one, other):
        for _ in range(common):
            device.seal(1)
    other._writer._clock = type("Later", (), {"mono_us": lambda _: 2_000_000, "wall_ms": lambda _: 1})()
    for device in (one, other):
        for _ in range(own):
            device.seal(1)
    return one, other


def test_a_desk_behind_the_hub_is_a_rollback():
    device = Device(0)
    for _ in range(3):
        device.seal(2)
    end = hub_with(device, device.batches)
    (told,) = end.step(hub.ResumeCame(1, device.ends[1]))
    assert (told.why, told.hub_last, told.desk_last) == ("rollback", 5, 1)
    assert end.step(hub.PushCame(*device.batches[0])) == []


def test_the_same_head_with_another_link_is_a_fork():
    one, other = twins(1, 1)
    end = hub_with(one, one.batches)
    (told,) = end.step(hub.ResumeCame(*other.sealed))
    assert told.why == "fork"


def test_a_twin_that_is_ahead_is_found_by_its_next_batch_and_kept_as_evidence():
    one, other = twins(1, 1)
    other.seal(1)
    end = hub_with(one, one.batches)
    (resumed,) = end.step(hub.ResumeCame(*other.sealed))
    other.restart()
    sync = other.sync
    sync.step(desk.Connected())
    outputs = sync.step(desk.ResumedCame(resumed.last, resumed.link, resumed.receipt))
    assert [type(output) for output in outputs] == [desk.Load]
    assert sync.safe == -1
    batch, entries = other.batches[2]
    (told,) = end.step(hub.PushCame(batch, entries))
    assert (told.why, told.batch, told.entries) == ("fork", batch, entries)


def test_a_batch_again_with_another_history_is_a_fork():
    one, other = twins(1, 1)
    end = hub_with(one, one.batches)
    (told,) = end.step(hub.PushCame(*other.batches[1]))
    assert told.why == "fork"


def test_a_batch_that_overlaps_is_a_fork():
    device = Device(0)
    device.seal(1)
    device.seal(1)
    end = hub_with(device, device.batches[:1])
    both = Batch(EXAM, device.journal, 0, 1, device.sealed[1], NO_RECEIPT)
    (told,) = end.step(hub.PushCame(sign_batch(both, device.key), tuple(device.entries())))
    assert told.why == "fork"


@pytest.mark.parametrize("field", ["exam", "journal", "link", "last", "key"])
def test_a_receipt_that_does_not_fit_is_refused(field):
    device = Device(0)
    device.seal(2)
    facts = {"exam": EXAM, "journal": device.journal, "last": 1, "link": device.sealed[1]}
    wrong = {"exam": b"o" * 16, "journal": b"o" * 16, "last": 0, "link": b"o" * 32}
    if field in wrong:
        facts[field] = wrong[field]
    key = SigningKey(b"o" * 32) if field == "key" else EXAM_KEY
    receipt = sign_receipt(Receipt(**facts, hub_ms=0, number=0, previous=bytes(32)), key)
    device.restart()
    device.sync.step(desk.Connected())
    device.sync.step(desk.ResumedCame(-1, device.start, None))
    assert len(device.sync.step(desk.Loaded(tuple(device.batches)))) >= 1
    with pytest.raises(PeerFault):
        device.sync.step(desk.ReceiptCame(receipt))
    assert device.sync.safe == -1


def test_a_hub_that_claims_more_than_was_ever_sent_is_refused():
    device = Device(0)
    device.sync.step(desk.Connected())
    with pytest.raises(PeerFault):
        device.sync.step(desk.ResumedCame(7, b"l" * 32, None))


@pytest.mark.parametrize("change", ["signature", "missing", "number", "other journal"])
def test_a_batch_that_is_wrong_in_itself_is_refused(change):
    device, stranger = Device(0), Device(1)
    device.seal(3)
    stranger.seal(3)
    (signed, entries) = device.batches[0]
    if change == "signature":
        signed = type(signed)(signed.body, bytes(64))
    elif change == "missing":
        entries = entries[:-1]
    elif change == "number":
        entries = entries[::-1]
    else:
        signed, entries = stranger.batches[0]
    end = hub_with(device, [])
    with pytest.raises(PeerFault):
        end.step(hub.PushCame(signed, entries))
    assert end.accepted == -1


def test_what_a_stick_brought_beside_a_connection_is_not_stored_twice():
    device = Device(0)
    device.seal(1)
    device.seal(1)
    live = hub_with(device, device.batches[:1])
    receipt = sign_receipt(Receipt(EXAM, device.journal, *device.sealed, 0, 1, bytes(32)), EXAM_KEY)
    assert live.step(hub.Committed(*device.sealed, receipt)) == [hub.Acknowledge(receipt)]
    assert live.accepted == 1
    live._store._store.disk[device.journal] = [hub.Store(Batch(EXAM, device.journal, 1, *device.sealed), None, ())]
    assert live.step(hub.PushCame(*device.batches[1])) == [hub.Acknowledge(receipt)]


def test_an_older_commit_changes_nothing():
    device = Device(0)
    device.seal(1)
    end = hub_with(device, device.batches)
    receipt = sign_receipt(Receipt(EXAM, device.journal, -1 + 1, device.start, 0, 1, bytes(32)), EXAM_KEY)
    assert end.step(hub.Committed(-1, device.start, receipt)) == []
    assert end.durable == 0
