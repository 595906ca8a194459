import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from examdesk.evidence.fold import JournalFacts
from examdesk.evidence.rules import EditionTexts, Given, Rules
from examdesk.readmodels.derived import given_digest
from examdesk.readmodels.live import LiveModel
from examdesk.store import schema
from examdesk.store.rows import EvidenceRow
from shared.events import kinds
from tests.support.clocks import ManualClock
from tests.support.scripted import EXAM, MAIN, Records, Student, moved


def everybody(_session):
    return True


def statuses(live: LiveModel, now_ms: int, online=everybody) -> dict[str, str]:
    return {row.student: row.status for row in live.rows(now_ms, online)}


def test_the_roster_is_there_before_anybody_joins(records, live):
    records.roster("ada", "bob")
    live.load()
    table = live.table(0)
    assert [(row.name, row.status, row.session) for row in table.rows] == [
        ("Ada", "Not joined", ""),
        ("Bob", "Not joined", ""),
    ]
    assert table.counts == {"Not joined": 2}


def test_a_row_says_what_the_events_say(records, live):
    records.roster("ada")
    ada = Student("ada")
    records.join(ada)
    ada.begin("# start\n")
    ada.write(kinds.Viewed(question="q1", file=MAIN))
    ada.type("print(1/0)\n")
    ada.run("oops\n", exit_code=1)
    ada.type("print(1)\n")
    ada.run("1\n")
    ada.paste("import zlib; print(zlib.crc32(open('data.bin','rb').read()), 'of', 'data.bin')")
    ada.write(kinds.HandRaised(up=True, text="help"))
    ada.write(kinds.MessageSent(text="Is q1 about sums?"))
    records.hand_over(ada)
    live.load()
    row = live.row(ada.session, ada.clock.wall_ms(), everybody)
    assert (row.name, row.section, row.status, row.online) == ("Ada", "A", "Working", True)
    assert (row.events, row.runs, row.failed_runs, row.versions, row.signals) == (len(ada.entries), 2, 1, 2, 1)
    assert (row.hand, row.unread, row.question, row.device, row.devices) == (True, 1, "q1", "pc-ada", 1)
    assert row.problem == ""
    assert row.last_saved_ms == ada.clock.wall_ms()


def test_what_an_edition_gave_may_be_pasted_once_the_desk_has_it_and_for_good(records, live):
    text = "import zlib; print(zlib.crc32(open('data.bin','rb').read()), 'of', 'data.bin')"
    before = given_digest(live.rules.given)
    live.give(Given(editions=(EditionTexts(number=2, prompts=(text,)),)))
    assert given_digest(live.rules.given) != before
    signals = {}
    for name, number in (("early", 1), ("just", 2), ("later", 3)):
        student = Student(name)
        records.join(student)
        student.begin("# start\n")
        student.write(kinds.EditionTaken(number=number, envelope="{}"))
        student.paste(text)
        records.hand_over(student)
        live.load()
        signals[name] = live.row(student.session, student.clock.wall_ms(), everybody).signals
    assert signals == {"early": 1, "just": 0, "later": 0}


def test_a_draw_of_an_edition_says_that_the_desk_has_it(records, live):
    text = "import zlib; print(zlib.crc32(open('data.bin','rb').read()), 'of', 'data.bin')"
    live.give(Given(editions=(EditionTexts(number=2, starters=(text,)),)))
    ada = Student("ada")
    records.join(ada)
    ada.begin("# start\n")
    ada.write(kinds.Drawn(seed="00" * 16, questions=("q1",), edition=2))
    ada.paste(text)
    records.hand_over(ada)
    live.load()
    assert live.row(ada.session, ada.clock.wall_ms(), everybody).signals == 0


def test_every_status_comes_up(records, live):
    clock = ManualClock()
    students = {name: Student(name, clock) for name in ("wait", "work", "idle", "off", "pause", "sub", "end")}
    records.roster("nobody", *students)
    for student in students.values():
        records.join(student)
        student.begin()
        student.type("x = 1\n")
    students["sub"].submit()
    students["end"].submit("time")
    clock.advance(seconds=120)
    for name, student in students.items():
        if name != "idle":
            student.write(kinds.NoteWritten(text="n"))
        records.hand_over(student)
    clock.advance(seconds=100)
    now = clock.wall_ms()
    records.session(students["wait"], starts_ms=now + 60_000)
    records.session(students["pause"], paused_ms=now - 1)
    records.session(students["end"], ended=True)
    records.session(students["sub"], ended=True)
    live.load()
    found = statuses(live, now, lambda session: session != students["off"].session)
    assert found == {
        "nobody": "Not joined",
        "wait": "Waiting",
        "work": "Working",
        "idle": "Idle",
        "off": "Offline",
        "pause": "Paused",
        "sub": "Submitted",
        "end": "Ended",
    }


def test_time_left_stands_still_in_a_pause(records, live):
    ada = Student("ada")
    records.join(ada)
    now = ada.clock.wall_ms()
    records.session(ada, ends_ms=now + 600_000, paused_ms=now + 60_000)
    live.load()
    assert live.row(ada.session, now + 300_000).left_ms == 540_000


def test_live_and_loaded_afterwards_are_the_same(records, reader, live):
    students = [Student(name, ManualClock()) for name in ("ada", "bob")]
    records.roster("ada", "bob")
    live.load()
    for student in students:
        records.join(student)
        student.begin("# start\n")
        student.type("total = 0\n")
        student.run("0\n")
        student.look_away(40_000)
    for start in range(0, max(len(each.entries) for each in students), 5):
        for student in students:
            records.hand_over(student, start, start + 5)
            live.take(student.journal, student.entries[start : start + 5])
    live.changed()
    later = LiveModel(reader, EXAM, Rules())
    later.load()
    now = students[0].clock.wall_ms()
    assert live.rows(now, everybody) == later.rows(now, everybody)
    for student in students:
        assert live.facts[student.session].signals() == later.facts[student.session].signals()


def test_events_come_twice_or_late_and_count_once(records, live):
    ada = Student("ada")
    records.join(ada)
    ada.begin()
    ada.type("x = 1\ny = 2\n")
    records.hand_over(ada)
    live.refresh()
    live.take(ada.journal, ada.entries[6:9])
    live.take(ada.journal, ada.entries[2:12])
    live.take(ada.journal, ada.entries[:3])
    assert live.row(ada.session, 0).events == len(ada.entries)
    assert live.facts[ada.session].texts() == ada.files.texts


def test_events_of_a_journal_that_came_meanwhile_are_taken(records, live):
    live.load()
    ada = Student("ada")
    records.join(ada)
    ada.begin()
    records.hand_over(ada)
    assert live.take(ada.journal, ada.entries) == ada.session
    assert live.row(ada.session, 0).events == len(ada.entries)


def test_a_late_tail_and_side_branches_are_never_merged(records, live):
    first, second, _ = moved(records)
    live.load()
    facts = live.facts[first.session]
    row = live.row(first.session, 0)
    assert (row.runs, row.devices, row.device) == (2, 2, "pc-ada-2")
    assert facts.texts() == second.files.texts
    assert "z = 3" not in facts.texts()[MAIN]
    assert facts.tails[first.journal].events == len(first.entries) - 1 - facts.journals[first.journal].last_seq
    assert [branch.device_name for branch in facts.side_branches] == ["pc-ada-3"]
    told = [signal.kind for signal in facts.signals()]
    assert "device_change" in told
    assert "two_devices" in told


def test_a_move_seen_live_is_the_same_as_loaded(records, reader, live):
    live.load()
    first, second, third = moved(records)
    live.take(first.journal, first.entries)
    live.take(second.journal, second.entries)
    live.take(third.journal, third.entries)
    later = LiveModel(reader, EXAM, Rules())
    later.load()
    assert live.rows(0) == later.rows(0)
    assert live.facts[first.session].signals() == later.facts[first.session].signals()
    assert (
        live.facts[first.session].tails[first.journal].events == later.facts[first.session].tails[first.journal].events
    )


def test_a_parent_that_was_folded_too_far_is_folded_again(records, live):
    clock = ManualClock()
    first, second = Student("ada", clock), Student("ada-2", clock)
    records.join(first)
    first.begin()
    first.type("x = 1\n")
    records.hand_over(first)
    live.load()
    records.join(second, first, 6)
    live.changed()
    live.fresh()
    facts = live.facts[first.session]
    assert facts.journals[first.journal].last_seq == 6
    assert facts.tails[first.journal].events == len(first.entries) - 7


def test_what_the_hub_kept_beside_a_journal_is_a_break(records, live):
    ada = Student("ada")
    records.join(ada)
    ada.begin()
    records.hand_over(ada)
    with records.store.begin() as tx:
        tx.records.keep(EvidenceRow(exam=EXAM, journal=ada.journal, at_ms=5, why="rollback", hub_last=40, desk_last=12))
        tx.people.set_journal_state(ada.journal, "rollback")
    live.load()
    (signal,) = live.facts[ada.session].signals()
    assert (signal.kind, signal.amount) == ("log_break", 28)
    assert "set back" in signal.explanation


def test_a_hand_that_staff_lowered_is_down_until_it_is_raised_again(records, live):
    ada = Student("ada")
    records.join(ada)
    ada.begin()
    ada.write(kinds.HandRaised(up=True))
    records.hand_over(ada)
    live.load()
    assert live.row(ada.session, 0).hand
    with records.store.begin() as tx:
        tx.control.lower_hand(ada.session, ada.clock.wall_ms() + 1, "Prof")
    live.changed()
    assert not live.rows(0)[0].hand
    ada.write(kinds.HandRaised(up=True), ms=9_000)
    live.take(ada.journal, ada.entries[-1:])
    assert live.row(ada.session, 0).hand


def test_a_message_is_unread_until_staff_write_back(records, live):
    ada = Student("ada")
    records.join(ada)
    ada.begin()
    ada.write(kinds.MessageSent(text="?"))
    records.hand_over(ada)
    records.say(1, "to all", ada.clock.wall_ms() + 5)
    live.load()
    assert live.row(ada.session, 0).unread == 1
    records.say(2, "to you", ada.clock.wall_ms() + 9, [ada.session])
    live.changed()
    assert live.rows(0)[0].unread == 0


def test_a_session_that_can_not_be_worked_out_says_so_and_the_others_go_on(records, live):
    for name in ("ada", "bob"):
        student = Student(name)
        records.join(student)
        student.begin()
        records.hand_over(student)
    live.load()
    ada = next(row.session for row in live.sessions.values() if row.student == "ada")
    live.facts[ada].put_journals([], None)
    live.facts[ada].journals.clear()
    live.facts[ada]._line = ("not a journal",)
    rows = {row.student: row for row in live.rows(0, everybody)}
    assert "can't be worked out" in rows["ada"].problem
    assert rows["bob"].problem == ""


def test_derived_rows_can_be_dropped_and_made_again(records, live):
    first, _, _ = moved(records)
    live.load()
    before = (live.rows(0), list(live.facts[first.session].signals()))
    records.sql(sa.delete(schema.projections))
    live.load()
    assert (live.rows(0), list(live.facts[first.session].signals())) == before


def test_commonness_counts_students_not_signals(records, live):
    for name, times in (("ada", 3), ("bob", 1), ("eve", 0)):
        student = Student(name)
        records.join(student)
        student.begin()
        for _ in range(times):
            student.look_away(60_000)
        records.hand_over(student)
    live.load()
    found = live.commonness()
    assert (found.having["focus_away"], found.students) == (2, 3)


def test_facts_of_a_journal_alone_and_in_a_session_are_the_same(records, live):
    ada = Student("ada")
    records.join(ada)
    ada.begin("# s\n")
    ada.type("abc\n", per_second=40)
    records.hand_over(ada)
    live.load()
    alone = JournalFacts(ada.journal).take_all(ada.entries)
    assert live.facts[ada.session].journals[ada.journal].signals == alone.signals


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 25)), max_size=8))
def test_batches_in_any_cut_and_order_come_to_the_same(tmp_path_factory, cuts):
    ada = Student("ada").begin("# s\n")
    ada.type("total = 1\n")
    ada.run("1\n")
    ada.look_away(30_000)
    records = Records(f"sqlite:///{tmp_path_factory.mktemp('cuts') / 'r.sqlite'}")
    records.join(ada)
    records.hand_over(ada)
    reader = records.reader()
    loaded, followed = LiveModel(reader, EXAM, Rules()), LiveModel(reader, EXAM, Rules())
    loaded.load()
    followed.refresh()
    for start, size in cuts:
        followed.take(ada.journal, ada.entries[start : start + size])
    followed.take(ada.journal, ada.entries)
    assert followed.rows(0) == loaded.rows(0)
    assert followed.facts[ada.session].signals() == loaded.facts[ada.session].signals()
    reader.close()
    records.close()
