"""Every request of the staff API that changes something: its entry says who, when, from where, before and after."""

from typing import get_args

from examdesk.staffapi import messages as api
from shared.clock import SystemClock
from shared.events.kinds import HandRaised
from shared.wire import messages as m
from tests.examdesk.hub.hub_fixtures import joined, running_hub, staff
from tests.examdesk.hub.light_desk import LightDesk

HOUR = "[schedule]\nduration = 60\n"
PERSONAL = '[admission]\ncodes = "personal"\n'
ITS_OWN_ENTRY = {api.AddIncident}
"""The entry itself is what was made: there is nothing before it."""


class LaterClock(SystemClock):
    """The system's clock, some time later."""

    ahead_ms = 0

    def wall_ms(self) -> int:
        return super().wall_ms() + self.ahead_ms


class Walk:
    """Does one thing after the other and looks at what the audit log says of each."""

    def __init__(self, hub, client, reader) -> None:
        self.hub, self.client, self.reader = hub, client, reader
        self.walked = set()
        self.number = 0

    async def do(self, request):
        """Ask, and check every entry that came of it."""
        self.number += 1
        before = (await self.reader.ask(api.GetAudit(limit=1))).entries[0].number
        if isinstance(request, api.Command):
            request = type(request)(
                **{name: getattr(request, name) for name in request.__struct_fields__} | {"command": f"c{self.number}"}
            )
        began = self.hub.services.clock.wall_ms()
        answer = await self.client.ask(request)
        log = (await self.reader.ask(api.GetAudit())).entries
        entries = [each for each in log if each.number > before and each.who == "Ada"]  # who is let in has one too
        name = type(request).__name__
        assert entries, f"{name} left no entry"
        for entry in entries:
            assert (entry.role, entry.address) == ("instructor", "127.0.0.1"), name
            assert began <= entry.at_ms <= self.hub.services.clock.wall_ms(), name
            assert entry.what, name
        changes = [change for entry in entries for change in entry.changes]
        if type(request) not in ITS_OWN_ENTRY:
            assert changes, f"{name}: {[(entry.what, entry.detail) for entry in entries]} says no before and after"
            assert all("→" in change or change.startswith("new") for change in changes), (name, changes)
        self.walked.add(type(request))
        return answer


def commands():
    """Every request that changes something."""
    return {each for each in get_args(api.AnyRequest) if issubclass(each, api.Command)} | {api.HideNames}


async def roster(walk):
    """What is done with the class list, before anybody joins."""
    for student in ("s1", "s2", "s3"):
        await walk.do(api.PutStudent(command="", student=student, name=f"Sam {student}"))
    await walk.do(api.PutSection(command="", name="B", room="C 101"))
    found = await walk.client.ask(api.PreviewRoster(file_name="list.csv", data=b"id,name,section\ns4,Sue Four,B\n"))
    await walk.do(api.ApplyRoster(command="", preview=found.preview))
    await walk.do(api.RemoveStudent(command="", student="s3"))


async def times(walk, me):
    """What is done with clocks."""
    for request in (
        api.Open(command=""),
        api.TakeBackOpening(command=""),
        api.Open(command=""),
        api.Extend(command="", seconds=600, reason="Late."),
        api.Pause(command="", paused=True),
        api.Pause(command="", paused=False),
        api.Lock(command="", locked=True, target=api.Target(sessions=(me,))),
    ):
        await walk.do(request)


async def reviews(walk, me):
    """What is concluded about a session, and with what it is compared."""
    for request in (
        api.SetReview(command="", sessions=(me,), status="Needs follow-up", note="See 10:15."),
        api.AddNote(command="", sessions=(me,), note="Spoke with the student."),
        api.Assign(command="", sessions=(me,), to="Grace"),
        api.SetReviewRules(command="", second_person=True),
        api.SetReview(command="", sessions=(me,), status="Escalated"),
        api.AddCorpus(
            command="",
            name="Last year",
            upload="u",
            files=(api.CorpusFile(path="ann/main.py", data=b"total = 0\nfor n in range(9):\n    total += n\n"),),
        ),
    ):
        await walk.do(request)
    (corpus,) = (await walk.client.ask(api.GetCorpora())).corpora
    await walk.do(api.KeepCorpus(command="", corpus=corpus.corpus, days=30))
    await walk.do(api.RemoveCorpus(command="", corpus=corpus.corpus))
    await walk.do(api.HideNames(hidden=True))
    await walk.do(api.HideNames(hidden=False))


async def lost(walk, me, clock):
    """What is decided about lost time: a lock counts, for a person to judge."""
    for minutes, seconds in ((2, 60), (4, 0)):
        clock.ahead_ms = minutes * 60_000
        locked = api.Lock(command="", locked=False, target=api.Target(sessions=(me,)))
        await walk.do(locked)
        (row,) = (await walk.client.ask(api.GetLedger(session=me))).rows
        items = tuple(item.key for item in row.items if item.state == "open")
        await walk.do(api.CreditTime(command="", session=me, seconds=seconds, items=items, reason="Locked by mistake."))
        await walk.do(api.Lock(command="", locked=True, target=api.Target(sessions=(me,))))


async def test_every_command_says_who_when_from_where_before_and_after(tmp_path):
    clock = LaterClock()
    async with running_hub(tmp_path, HOUR, clock=clock) as hub, staff(hub) as client, staff(hub) as reader:
        walk = Walk(hub, client, reader)
        await roster(walk)
        desk = await joined(hub)
        me = desk.session.hex()
        await times(walk, me)
        await lost(walk, me, clock)
        desk.journal.add(HandRaised(up=True, text="Help"))
        await desk.flush()
        await desk.safe()
        await walk.do(api.LowerHand(command="", session=me))
        await walk.do(api.Say(command="", text="Use a pencil."))
        await walk.do(api.Redraw(command="", session=me, reason="Question 1 was known."))
        prompt = tmp_path / "exam/questions/q1/question.md"
        prompt.write_text(prompt.read_text() + "All of them.\n")
        seen = await client.ask(api.PreviewEdition())
        give = api.GiveQuestion(question="q1", target=api.Target(sessions=(me,)))
        await walk.do(api.ApplyEdition(command="", token=seen.token, give=(give,), reason="A word was missing."))
        await walk.do(api.AddIncident(command="", text="The projector failed."))
        await reviews(walk, me)
        await walk.do(api.SetDoor(command="", approval="all"))
        other = LightDesk("127.0.0.1", hub.ready.port, "Anna from row 3")
        await other.connect()
        await other.send(other.join_frame(hub.ready.room_code))
        assert isinstance(await other.receive(), m.Held)
        (held,) = (await client.ask(api.GetLive())).held
        await walk.do(api.Decide(command="", ticket=held.ticket, admit=True))
        await other.endorsed()
        await walk.do(api.SetIdentity(command="", session=other.session.hex(), student="s2"))
        await walk.do(api.End(command=""))
        await walk.do(api.Reopen(command="", target=api.Target(sessions=(me,))))
        await walk.do(api.Collect(command=""))
        await desk.leave()
        await other.leave()
    assert commands() - walk.walked == {api.NewCodes}


async def test_new_personal_codes_are_noted_and_never_written_down(tmp_path):
    async with running_hub(tmp_path, HOUR + PERSONAL) as hub, staff(hub) as client:
        walk = Walk(hub, client, client)
        await walk.do(api.PutStudent(command="", student="s1", name="Sam"))
        before = (await client.ask(api.GetRoster())).entries[0].personal_code
        await walk.do(api.NewCodes(command="", students=("s1",)))
        after = (await client.ask(api.GetRoster())).entries[0].personal_code
        log = (await client.ask(api.GetAudit())).entries
        assert log[0].changes == ("personal code old → new (s1)",)
        assert not any(code in f"{each.detail} {each.changes}" for each in log for code in (before, after))
