"""Both ends of the sync together: any order, duplicates, cuts, restarts of either side, two devices, and a stick.

At every moment the hub holds a prefix of each journal, and what a desk counts as safe is durable at the hub. In the end
everything arrives, once.
"""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from shared.problems import PeerFault
from shared.sync import desk, hub
from tests.support.two_ends import EXAM, Device, Durable, Store

DEVICES = st.integers(0, 1)


class SyncMachine(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.devices = [Device(number) for number in range(2)]
        self.store = Store(self.devices)

    # What happens

    @rule(number=DEVICES, events=st.integers(1, 4))
    def the_student_works(self, number, events):
        device = self.devices[number]
        self._desk_step(device, device.seal(events))

    @rule(number=DEVICES)
    def a_desk_connects(self, number):
        device = self.devices[number]
        self._cut(device)
        device.online = True
        self._commit()  # the hub lets an older connection settle before it takes a new one
        self._desk_step(device, desk.Connected())

    @rule(number=DEVICES)
    def the_cable_is_cut(self, number):
        self._cut(self.devices[number])

    @precondition(lambda self: any(device.to_hub for device in self.devices))
    @rule(data=st.data())
    def the_hub_gets_a_frame(self, data):
        device = data.draw(st.sampled_from([device for device in self.devices if device.to_hub]))
        at = 0 if data.draw(st.booleans()) else data.draw(st.integers(0, len(device.to_hub) - 1))
        if not isinstance(device.to_hub[at], hub.PushCame):
            at = 0
        keep = data.draw(st.booleans()) and isinstance(device.to_hub[at], hub.PushCame)
        frame = device.to_hub[at] if keep else device.to_hub.pop(at)
        self._hub_step(device, frame)

    @precondition(lambda self: any(device.to_desk for device in self.devices))
    @rule(data=st.data())
    def a_desk_gets_a_frame(self, data):
        device = data.draw(st.sampled_from([device for device in self.devices if device.to_desk]))
        at = data.draw(st.integers(0, len(device.to_desk) - 1)) if data.draw(st.booleans()) else 0
        if isinstance(device.to_desk[0], desk.ResumedCame):
            at = 0
        frame = device.to_desk[at]
        if not isinstance(frame, desk.ReceiptCame) or data.draw(st.booleans()):
            device.to_desk.pop(at)
        self._desk_step(device, frame)

    @precondition(lambda self: any(device.loads for device in self.devices))
    @rule(data=st.data())
    def a_journal_answers_a_load(self, data):
        self._load(data.draw(st.sampled_from([device for device in self.devices if device.loads])))

    @rule(number=DEVICES)
    def a_desk_restarts(self, number):
        self._cut(self.devices[number])
        self.devices[number].restart()

    @rule()
    def the_hub_commits(self):
        self._commit()

    @rule()
    def the_hub_restarts(self):
        self.store.queue.clear()
        for device in self.devices:
            self._cut(device)

    @rule(number=DEVICES, part=st.integers(1, 100))
    def a_stick_is_imported(self, number, part):
        device = self.devices[number]
        if any(isinstance(frame, hub.ResumeCame) for frame in device.to_hub):
            return  # P-3: a head shown before a stick brought later events can't be told from a rewound disk
        self._commit()
        importer = self._hub_end(device)
        for batch, entries in device.batches[: 1 + len(device.batches) * part // 100]:
            for output in importer.step(hub.PushCame(batch, entries)):
                assert isinstance(output, hub.Store | hub.Acknowledge)
                if isinstance(output, hub.Store):
                    self.store.queue.append(output)
        self._commit()

    # What holds

    @invariant()
    def the_hub_has_a_prefix_of_each_journal(self):
        for device in self.devices:
            have = self.store.entries(device.journal)
            assert have == device.entries()[: len(have)]

    @invariant()
    def what_is_safe_is_durable(self):
        for device in self.devices:
            assert max([device.sync.safe, *device.receipts]) < len(self.store.entries(device.journal))

    def teardown(self):
        self._let_everything_arrive()
        for device in self.devices:
            if device.online:  # a gap inside a connection must not need a new one
                self._everything_is_there(device)
        for device in self.devices:
            self.a_desk_connects(self.devices.index(device))
        self._let_everything_arrive()
        for device in self.devices:
            self._everything_is_there(device)

    def _everything_is_there(self, device: Device) -> None:
        assert self.store.entries(device.journal) == device.entries()
        assert device.sync.safe == device.sealed[0]

    def _let_everything_arrive(self) -> None:
        for _ in range(5_000):
            if not self._one_more_step():
                return
        raise AssertionError("the two ends never come to rest")

    def _one_more_step(self) -> bool:
        for device in self.devices:
            if device.loads:
                self._load(device)
            elif device.to_hub:
                self._hub_step(device, device.to_hub.pop(0))
            elif device.to_desk:
                self._desk_step(device, device.to_desk.pop(0))
            else:
                continue
            return True
        if self.store.queue:
            self._commit()
            return True
        return False

    # How it is wired

    def _cut(self, device: Device) -> None:
        if device.online:
            device.sync.step(desk.Lost())
        device.online = False
        device.hub_end = None
        device.to_hub.clear()
        device.to_desk.clear()
        device.loads.clear()

    def _load(self, device: Device) -> None:
        load = device.loads.pop(0)
        following = [one for one, last in zip(device.batches, device.ends, strict=True) if last > load.after]
        self._desk_step(device, desk.Loaded(tuple(following[: load.limit])))

    def _desk_step(self, device: Device, event) -> None:
        try:
            outputs = device.sync.step(event)
        except PeerFault:
            self._cut(device)
            return
        for output in outputs:
            match output:
                case desk.SendResume(last, link):
                    device.to_hub.append(hub.ResumeCame(last, link))
                case desk.SendPush(batch, entries):
                    device.to_hub.append(hub.PushCame(batch, entries))
                case desk.Load():
                    device.loads.append(output)
                case desk.KeepReceipt(receipt, last):
                    device.receipts[last] = receipt
                case desk.StartNewJournal():
                    raise AssertionError("an honest journal was broken")

    def _hub_end(self, device: Device) -> hub.HubSync:
        stored = self.store.disk[device.journal]
        head = (stored[-1].batch.last, stored[-1].batch.link) if stored else (-1, device.start)
        return hub.HubSync(
            EXAM, device.journal, device.key.public, Durable(self.store, device.journal),
            (*head, self.store.receipts[device.journal]),
        )  # fmt: skip

    def _hub_step(self, device: Device, frame) -> None:
        if isinstance(frame, hub.ResumeCame):
            self._commit()
            device.hub_end = self._hub_end(device)
        if device.hub_end is None:
            return
        try:
            outputs = device.hub_end.step(frame)
        except PeerFault:
            self._cut(device)
            return
        self._carry_out(device, outputs)

    def _carry_out(self, device: Device, outputs) -> None:
        for output in outputs:
            match output:
                case hub.SayResumed(last, link, receipt):
                    device.to_desk.append(desk.ResumedCame(last, link, receipt))
                case hub.Store():
                    self.store.queue.append(output)
                case hub.Acknowledge(receipt):
                    device.to_desk.append(desk.ReceiptCame(receipt))
                case hub.AskAgain(last):
                    device.to_desk.append(desk.ResendCame(last))
                case hub.Break(why):
                    raise AssertionError(f"an honest journal was called a {why}")

    def _commit(self) -> None:
        for journal, committed in self.store.commit():
            for device in self.devices:
                if device.journal == journal and device.hub_end is not None:
                    self._carry_out(device, device.hub_end.step(committed))


SyncMachine.TestCase.settings = settings(max_examples=250, stateful_step_count=60, deadline=None)
TestSyncMachine = SyncMachine.TestCase
