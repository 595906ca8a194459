"""The ledger of lost time, clause by clause: L-1 to L-7."""

from examdesk.evidence.lost_time import Stop, WorkingTime, lost_time, proposal_s
from examdesk.evidence.rules import Rules
from examdesk.evidence.session import SessionFacts
from examdesk.store.rows import JournalRow
from shared.events import kinds
from tests.support.clocks import ManualClock
from tests.support.scripted import EXAM, Student

HOUR_MS = 3_600_000


def journal_row(student: Student, parent: Student | None = None) -> JournalRow:
    return JournalRow(
        journal=student.journal,
        session=student.session,
        exam=EXAM,
        endorsement=b"",
        key=b"",
        parent=None if parent is None else parent.journal,
        parent_seq=-1 if parent is None else len(parent.entries) - 1,
        device=student.device,
        device_name="",
        seat="",
        address="",
        opened_ms=0,
        head_link=b"",
    )


def facts_of(*students: Student) -> SessionFacts:
    facts = SessionFacts(Rules())
    rows = [journal_row(each, students[n - 1] if n else None) for n, each in enumerate(students)]
    facts.put_journals(rows, students[-1].journal)
    for student in students:
        for entry in student.entries:
            facts.take(student.journal, entry.header, entry.payload)
    return facts


def started(student: Student, how: str) -> int:
    return student.write(
        kinds.Started(how=how, app="0.1", platform="Linux", python="3.11", device=student.device.hex()), ms=0
    )


def found(facts, student, *, stops=(), heard=None, starts=None, ends=None, now=None):
    now = student.clock.wall_ms() if now is None else now
    starts = now - HOUR_MS if starts is None else starts
    return lost_time(facts, WorkingTime(starts_ms=starts, ends_ms=ends), stops, heard or {}, now)


def crashed(seconds: int = 200, how: str = "crash") -> Student:
    student = Student().begin("x = 1\n")
    student.type("print(x)\n")
    student.clock.advance(ms=seconds * 1000)
    started(student, how)
    student.type("print(x)\n")
    return student


def test_a_crash_counts_from_the_last_event_to_the_first_one_after_it():
    student = crashed(200)
    (lost,) = found(facts_of(student), student)
    assert (lost.kind, lost.proposed, lost.given_back) == ("crash", True, False)
    assert 200_000 <= lost.ms < 201_000
    assert kinds.KINDS[student.entries[lost.seq].header[1]] is not None
    assert student.entries[lost.seq].payload.startswith(b'{"how":"crash"')
    assert proposal_s([lost]) == 240
    assert proposal_s([lost], {lost.key}) == 0


def test_who_only_thought_before_the_crash_did_not_lose_that_time():
    student = crashed(200)
    back = student.clock.wall_ms()
    (lost,) = found(facts_of(student), student, heard={student.journal: [1, back - 90_000, back + 5_000]})
    assert 85_000 < lost.ms < 92_000


def test_a_program_that_was_closed_by_hand_is_listed_and_not_proposed():
    student = crashed(200, "restart")
    (lost,) = found(facts_of(student), student)
    assert (lost.kind, lost.proposed) == ("restart", False)
    assert proposal_s([lost]) == 0


def test_a_stretch_of_a_few_seconds_is_not_listed():
    student = crashed(3)
    assert found(facts_of(student), student) == []


def test_moving_to_another_pc_counts_until_the_exam_runs_there():
    clock = ManualClock()
    first = Student("ada", clock).begin()
    first.type("a = 1\n")
    second = Student("ada at another pc", clock)
    second.session = first.session
    clock.advance(ms=120_000)
    started(second, "moved")
    second.write(kinds.StandingApplied(revision=4, phase="active"), ms=9_000)
    (lost,) = found(facts_of(first, second), second)
    assert (lost.kind, lost.journal) == ("moved", second.journal.hex())
    assert 128_000 < lost.ms < 131_000


def test_only_time_within_the_own_working_time_counts():
    student = crashed(200)
    now = student.clock.wall_ms()
    assert found(facts_of(student), student, starts=now + 1) == []
    (lost,) = found(facts_of(student), student, ends=now - 100_000)
    assert 80_000 < lost.ms < 110_000
    student.submit()
    student.clock.advance(ms=300_000)
    started(student, "crash")
    assert len(found(facts_of(student), student)) == 1


def test_a_pause_gives_its_time_back_and_covers_what_happened_in_it():
    student = crashed(200)
    now = student.clock.wall_ms()
    alarm = Stop(kind="alarm", start_ms=now - 150_000, end_ms=now - 1_000, who="Lin")
    lost = found(facts_of(student), student, stops=[alarm])
    assert {each.kind: each.given_back for each in lost} == {"alarm": True, "crash": False}
    assert sum(each.ms for each in lost if not each.given_back) < 70_000
    assert proposal_s(lost) == 60


def test_a_lock_that_lasts_is_counted_until_now_and_left_to_a_person():
    student = Student().begin()
    now = student.clock.wall_ms()
    (lost,) = found(
        facts_of(student), student, stops=[Stop(kind="lock", start_ms=now - 60_000, end_ms=None, who="Lin")]
    )
    assert (lost.kind, lost.ms, lost.proposed) == ("lock", 60_000, False)


def test_an_exam_that_appeared_late_at_a_desk_that_was_there():
    student = Student()
    started(student, "new")
    starts = student.clock.wall_ms() + 1_000
    student.write(kinds.StandingApplied(revision=2, phase="active", starts_ms=starts), ms=46_000)
    (lost,) = found(facts_of(student), student, starts=starts)
    assert (lost.kind, lost.ms, lost.proposed) == ("late", 45_000, True)
    on_time = Student()
    started(on_time, "new")
    soon = on_time.clock.wall_ms() + 30_000
    on_time.write(kinds.StandingApplied(revision=1, phase="waiting", starts_ms=soon))
    on_time.clock.advance(ms=60_000)
    on_time.write(kinds.Contact(online=True))
    assert found(facts_of(on_time), on_time, starts=soon) == []


def test_who_was_offline_and_worked_on_lost_nothing():
    student = Student().begin()
    student.write(kinds.Contact(online=False))
    student.clock.advance(ms=400_000)
    student.type("x = 2\n")
    student.write(kinds.Contact(online=True, offline_ms=400_000))
    assert found(facts_of(student), student) == []


def test_before_the_start_nothing_is_lost():
    student = crashed()
    assert lost_time(facts_of(student), WorkingTime(starts_ms=None, ends_ms=None), (), {}, 0) == []


def opened_late(facts, student, *, given=0, credited=0):
    start = student.clock.wall_ms() - HOUR_MS
    stop = Stop(kind="opened", start_ms=start - 20 * 60_000, end_ms=start, who="Ada", given_ms=given)
    times = WorkingTime(starts_ms=start, ends_ms=None)
    return lost_time(facts, times, [stop], {}, student.clock.wall_ms(), credited_ms=credited)


def test_an_opening_that_was_too_late_for_the_closing_time_is_proposed_less_what_was_given_since():  # L-7
    student = Student().begin("x = 1\n")
    facts = facts_of(student)
    (lost,) = opened_late(facts, student)
    assert (lost.kind, lost.ms, lost.proposed, proposal_s([lost])) == ("opened", 20 * 60_000, True, 1200)
    (rest,) = opened_late(facts, student, given=15 * 60_000)
    assert rest.ms == 5 * 60_000
    assert "15 min were given since" in rest.explanation
    assert opened_late(facts, student, given=20 * 60_000) == []
    (credited,) = opened_late(facts, student, given=20 * 60_000, credited=20 * 60_000)
    assert credited.ms == 20 * 60_000


def test_a_pc_that_slept_is_listed_and_a_person_judges():  # L-8
    student = Student().begin("x = 1\n")
    student.type("print(x)\n")
    student.clock.advance(ms=720_000)
    student.write(kinds.Slept(ms=720_000, by="clock", offset_ms=0), ms=0)
    student.type("print(x)\n")
    (lost,) = found(facts_of(student), student)
    assert (lost.kind, lost.ms, lost.proposed, lost.given_back) == ("sleep", 720_000, False, False)
    assert proposal_s([lost]) == 0
    assert "slept for 12 min" in lost.explanation


def test_a_sleep_that_ends_in_a_crash_is_counted_once():
    student = Student().begin("x = 1\n")
    student.type("print(x)\n")
    student.clock.advance(ms=600_000)
    started(student, "crash")
    student.write(kinds.Slept(ms=300_000, by="clock"), ms=0)
    assert sum(lost.ms for lost in found(facts_of(student), student)) < 605_000
