"""P-12: a hub whose records were lost, or set back to a copy, gets everything again over one connection."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from shared.sync import desk, hub
from tests.support.two_ends import EXAM, Device, Durable, Store


def hub_end(device, store):
    stored = store.disk[device.journal]
    head = (stored[-1].batch.last, stored[-1].batch.link) if stored else (-1, device.start)
    receipt = store.receipts[device.journal]
    return hub.HubSync(EXAM, device.journal, device.key.public, Durable(store, device.journal), (*head, receipt))


def one_connection(device, store):
    """Let both ends talk until they are quiet; return every output of the desk's end."""
    end, said = hub_end(device, store), []
    todo = list(device.sync.step(desk.Connected()))
    while todo:
        output = todo.pop(0)
        said.append(output)
        answers = []
        match output:
            case desk.SendResume(last, link):
                answers = end.step(hub.ResumeCame(last, link))
            case desk.SendPush(batch, entries):
                answers = end.step(hub.PushCame(batch, entries))
            case desk.Load(after, limit):
                following = [one for one, last in zip(device.batches, device.ends, strict=True) if last > after]
                todo += device.sync.step(desk.Loaded(tuple(following[:limit])))
        for answer in answers:
            match answer:
                case hub.SayResumed(last, link, receipt):
                    todo += device.sync.step(desk.ResumedCame(last, link, receipt))
                case hub.Store():
                    store.queue.append(answer)
                case hub.Acknowledge(receipt):
                    todo += device.sync.step(desk.ReceiptCame(receipt))
        for _, committed in store.commit():
            for acknowledged in end.step(committed):
                todo += device.sync.step(desk.ReceiptCame(acknowledged.receipt))
    device.sync.step(desk.Lost())
    return said


def worked(batches):
    device = Device(0)
    store = Store([device])
    for events in batches:
        device.sync.step(device.seal(events))
    one_connection(device, store)
    assert device.sync.safe == device.sealed[0]
    return device, store


@settings(max_examples=60)
@example([1] * 30, 0, [])
@given(
    st.lists(st.integers(1, 4), min_size=1, max_size=40), st.integers(0, 40), st.lists(st.integers(1, 3), max_size=3)
)
def test_a_hub_that_was_set_back_gets_the_rest_within_one_connection(batches, kept, more):
    device, store = worked(batches)
    del store.disk[device.journal][kept:]
    store.receipts[device.journal] = None
    for events in more:
        device.sync.step(device.seal(events))
    one_connection(device, store)
    assert store.entries(device.journal) == device.entries()
    assert device.sync.safe == device.sealed[0]


def test_a_desk_says_at_once_that_less_is_safe_than_it_had_been_told():
    device, store = worked([2, 2, 2])
    del store.disk[device.journal][1:]
    said = one_connection(device, store)
    assert [output for output in said if isinstance(output, desk.FallBack)] == [desk.FallBack(1)]
