from hashlib import sha256

from examdesk.evidence.fold import JournalFacts
from examdesk.evidence.rules import Rules
from shared.events import kinds
from shared.exam.rules import Signals
from tests.support.scripted import MAIN, Student


def signals(student: Student, rules: Rules | None = None):
    return JournalFacts(student.journal, rules).take_all(student.entries).signals


def found(student: Student, rules: Rules | None = None) -> list[str]:
    return [signal.kind for signal in signals(student, rules)]


PROGRAM = (
    "def area(width, height):\n    if width < 0 or height < 0:\n        return None\n    return width * height\n" * 2
)


def test_an_honest_session_raises_nothing():
    student = Student().begin("# Area\n")
    student.write(kinds.Viewed(question="q1", file=MAIN))
    student.type(PROGRAM, per_second=8)
    student.run("12\n")
    student.look_away(4_000)
    student.clock.advance(seconds=120)
    student.erase(7, 20, letter_by_letter=True)
    student.type("def surface(width, h", at=7)
    student.write(kinds.Checkpoint(files=student.states(), why="regular"))
    student.run("12\n")
    student.submit()
    assert signals(student) == []


def test_text_faster_than_typing_is_pointed_out():
    student = Student().begin()
    student.type(PROGRAM, per_second=80)
    (signal,) = signals(student)
    assert (signal.kind, signal.file) == ("fast_text", MAIN)
    assert signal.amount >= 120
    assert "without a paste" in signal.explanation


def test_a_long_text_at_once_is_pointed_out_and_told_so():
    student = Student().begin()
    student.insert(PROGRAM)
    (signal,) = signals(student)
    assert signal.kind == "fast_text"
    assert "at once" in signal.explanation


def test_fast_typing_by_hand_raises_nothing():
    student = Student().begin()
    student.type(PROGRAM * 3, per_second=14)
    assert signals(student) == []


SENTENCE = "then go through all of the words and count how often each of them comes, the most frequent one first "


def test_a_spoken_sentence_that_comes_at_once_is_as_fast_as_it_was_spoken():
    student = Student().begin()
    for _ in range(4):
        student.clock.advance(ms=len(SENTENCE) * 70)
        student.insert(f"# {SENTENCE}{SENTENCE[:40]}")
        student.type("\n")
    assert signals(student) == []


def test_sentences_that_come_faster_than_anybody_speaks_are_pointed_out():
    student = Student().begin()
    for number in range(4):
        student.clock.advance(ms=900)
        student.insert(f"# {number} {SENTENCE}\n")
    assert [signal.kind for signal in signals(student)] == ["fast_text"]


def test_several_lines_at_once_are_no_spoken_sentence_however_long_the_pause():
    student = Student().begin()
    student.clock.advance(seconds=400)
    student.insert(f"# {SENTENCE}\n{SENTENCE.upper()}\n")
    assert [signal.kind for signal in signals(student)] == ["fast_text"]


def test_what_the_editor_does_is_not_fast_text():
    student = Student().begin()
    student.type(PROGRAM)
    changes = tuple(kinds.Change(0, at * 5, 0, "#") for at in range(200))
    student.files.texts[MAIN] += "x" * 2000
    student.write(kinds.FileCreated(file="q1/b.py", origin="student", text="y" * 2000))
    student.write(kinds.Edit(file="q1/b.py", changes=changes))
    student.write(kinds.Edit(file="q1/b.py", changes=(kinds.Change(0, 0, 0, "    " * 100),)))
    renamed = tuple(kinds.Change(n, n * 20, 0, "a_name_of_36_letters_in_twenty_places") for n in range(20))
    student.write(kinds.Edit(file="q1/b.py", changes=renamed, how="tool"))
    student.write(kinds.Edit(file="q1/b.py", changes=(kinds.Change(0, 0, 0, PROGRAM[::-1]),), how="undo"))
    held = tuple(kinds.Change(n, n, 0, "-") for n in range(250))
    student.write(kinds.Edit(file="q1/b.py", changes=held))
    assert signals(student) == []


def test_a_program_that_find_and_replace_puts_in_is_fast_text():
    student = Student().begin()
    student.type("HERE\n")
    student.write(kinds.Edit(file=MAIN, changes=(kinds.Change(0, 0, 4, PROGRAM[::-1]),), how="tool"))
    assert found(student) == ["fast_text"]


def test_speed_says_nothing_where_pastes_may_not_be_recorded():
    student = Student().begin()
    student.insert(PROGRAM)
    assert found(student, Rules(pastes=False)) == []


def test_another_window_for_longer_than_the_threshold_is_pointed_out():
    student = Student().begin()
    student.look_away(14_000)
    assert signals(student) == []
    seq = len(student.entries)
    student.look_away(95_000)
    (signal,) = signals(student)
    assert (signal.kind, signal.seq, signal.amount, signal.unit) == ("focus_away", seq, 95.0, "seconds")
    assert "1 min 35 s" in signal.explanation


def test_another_window_before_the_start_is_nothing():
    student = Student()
    student.write(kinds.Started(how="new", app="1", platform="x", python="3", device="d"))
    student.write(kinds.StandingApplied(revision=1, phase="waiting"))
    student.look_away(95_000)
    assert signals(student) == []


def test_a_desk_that_is_closed_while_away_tells_so():
    student = Student().begin()
    student.write(kinds.Focus(here=False))
    student.write(kinds.Stopped(why="closed"), ms=30_000)
    assert found(student) == ["focus_away"]


def test_long_inactivity_is_pointed_out_where_it_began():
    student = Student().begin()
    student.type("x = 1\n")
    last = len(student.entries) - 1
    student.clock.advance(seconds=11 * 60)
    student.type("y = 2\n")
    (signal,) = signals(student)
    assert (signal.kind, signal.seq, signal.unit) == ("inactivity", last, "minutes")
    assert 11 <= signal.amount < 11.1


def test_a_pause_and_a_crash_are_not_inactivity():
    student = Student().begin()
    student.type("x = 1\n")
    student.write(kinds.StandingApplied(revision=2, phase="paused", paused=True))
    student.write(kinds.StandingApplied(revision=3, phase="active"), ms=20 * 60_000)
    student.type("y = 2\n")
    student.write(
        kinds.Started(how="crash", app="1", platform="Linux", python="3.11", device="", away_ms=1), ms=900_000
    )
    student.type("z = 2\n")
    assert "inactivity" not in found(student)


def test_a_running_program_is_not_inactivity():
    student = Student().begin()
    student.write(kinds.RunStarted(run=1, question="q1", file=MAIN, files=student.states()))
    for _ in range(3):
        student.write(kinds.RunOutput(run=1, stream="out", text="tick\n"), ms=5 * 60_000)
    assert signals(student) == []


def test_an_extension_does_not_hide_inactivity():
    student = Student().begin()
    student.type("x = 1\n")
    student.write(kinds.StandingApplied(revision=2, phase="active"), ms=8 * 60_000)
    student.clock.advance(seconds=8 * 60)
    student.type("y = 2\n")
    assert found(student) == ["inactivity"]


def test_restarts_tell_how_the_desk_ended():
    student = Student().begin()
    for how in ("restart", "crash"):
        student.write(
            kinds.Started(
                how=how, app="1", platform="Linux", python="3.11", device=student.device.hex(), away_ms=42_000
            )
        )
    first, second = signals(student)
    assert [first.kind, second.kind] == ["restart", "restart"]
    assert "orderly way; 42 s" in first.explanation
    assert "crash, power cut or kill" in second.explanation


def test_another_user_after_a_restart_is_a_change():
    student = Student().begin(user="ada")
    student.write(
        kinds.Started(how="restart", app="1", platform="Linux", python="3.11", device=student.device.hex(), user="root")
    )
    assert found(student) == ["restart", "device_change"]


def test_a_changed_address_is_told():
    student = Student().begin()
    student.write(kinds.DeviceChanged(what="address", value="10.0.0.5"))
    assert signals(student) == []
    student.write(kinds.DeviceChanged(what="address", value="10.0.0.5"))
    student.write(kinds.DeviceChanged(what="address", value="10.0.0.9"))
    (signal,) = signals(student)
    assert "10.0.0.9, before it was 10.0.0.5" in signal.explanation


def test_an_offline_stretch_is_pointed_out_when_it_is_over():
    student = Student().begin()
    student.write(kinds.Contact(online=False))
    student.write(kinds.Contact(online=True, unsent=7, offline_ms=65_000), ms=65_000)
    (signal,) = signals(student)
    assert (signal.kind, signal.amount) == ("offline", 65.0)
    assert "7 events" in signal.explanation


def test_a_clock_that_was_set_is_told_with_its_direction():
    student = Student().begin()
    student.write(kinds.ClockJumped(by_ms=-3_600_000))
    (signal,) = signals(student)
    assert (signal.kind, signal.amount) == ("clock_change", -3600.0)
    assert "back by 1 h" in signal.explanation


def test_a_virtual_machine_and_a_remote_session_are_told_with_how_usual_they_are_and_a_real_pc_is_not():
    student = Student().begin()
    student.write(kinds.SurroundingsSeen(machine="real", session="local"))
    assert signals(student) == []
    student.write(kinds.SurroundingsSeen(machine="virtual", session="remote", product="KVM", way="RDP (xrdp)"))
    (signal,) = signals(student)
    assert signal.kind == "surroundings"
    assert signal.explanation == (
        "By its system this is a virtual machine (KVM), worked at from another PC (RDP (xrdp)). "
        "That is usual where a whole lab works so."
    )
    facts = JournalFacts(student.journal).take_all(student.entries)
    assert facts.surroundings.startswith("By its system this is a virtual machine (KVM)")


def test_files_changed_outside_and_refusals_are_told():
    student = Student().begin()
    student.write(kinds.FileChangedOutside(file=MAIN))
    for _ in range(3):
        student.write(kinds.Refused(what="import", detail="socket"))
    student.write(kinds.Refused(what="network", detail="1.1.1.1:80"))
    student.write(kinds.Refused(what="paste"))
    told = {signal.kind: signal for signal in signals(student)}
    assert set(told) == {"outside_file_change", "refused_import", "refused_network", "refused_paste"}
    assert told["refused_import"].amount == 3
    assert "socket" in told["refused_import"].explanation


def test_a_salvaged_journal_is_a_break():
    student = Student().begin()
    student.write(kinds.Salvaged(kept_up_to=41, detail="The rest could not be read."))
    (signal,) = signals(student)
    assert (signal.kind, "event 41" in signal.explanation) == ("log_break", True)


def test_a_checkpoint_that_differs_from_the_replay_is_a_break_told_once():
    student = Student().begin()
    student.type("x = 1\n")
    other = {MAIN: kinds.FileState(sha256=sha256(b"else").hexdigest(), length=4)}
    student.write(kinds.Checkpoint(files=other, why="regular"))
    student.write(kinds.Checkpoint(files=other, why="regular"))
    (signal,) = signals(student)
    assert (signal.kind, signal.file) == ("log_break", MAIN)
    assert "4 characters" in signal.explanation


def test_an_edit_that_does_not_fit_is_a_break_and_the_fold_goes_on():
    student = Student().begin()
    student.write(kinds.Edit(file=MAIN, changes=(kinds.Change(0, 900, 3, "x"),)))
    student.write(kinds.Edit(file="q9/none.py", changes=(kinds.Change(0, 0, 0, "x"),)))
    student.type("x = 1\n")
    facts = JournalFacts(student.journal).take_all(student.entries)
    assert [signal.kind for signal in facts.signals] == ["log_break"]
    assert (facts.misfits, facts.files.texts[MAIN]) == (2, "x = 1\n")


def test_every_kind_can_be_switched_off():
    student = Student().begin()
    student.look_away(95_000)
    student.write(kinds.ClockJumped(by_ms=9_000))
    assert found(student, Rules(signals=Signals(off=("focus_away", "clock_change")))) == []


def waiting_for_a_planned_start(student: Student, minutes: float) -> int:
    student.write(kinds.Started(how="new", app="1", platform="x", python="3", device="d"))
    starts = student.clock.wall_ms() + round(minutes * 60_000)
    student.write(kinds.StandingApplied(revision=1, phase="waiting", starts_ms=starts, ends_ms=starts + 40 * 60_000))
    return starts


def test_a_start_by_the_clock_needs_no_event_of_its_own():
    student = Student()
    waiting_for_a_planned_start(student, 10)
    student.look_away(60_000)
    student.clock.advance(seconds=600)
    student.create(MAIN, "", "starter")
    student.write(kinds.Drawn(seed="", questions=("q1",)))
    student.look_away(60_000)
    assert [signal.kind for signal in signals(student)] == ["focus_away"]


def test_waiting_for_the_start_and_the_time_after_the_end_are_not_inactivity():
    student = Student()
    starts = waiting_for_a_planned_start(student, 30)
    student.clock.advance(seconds=31 * 60)
    student.write(kinds.Drawn(seed="", questions=("q1",)))
    student.clock.advance(seconds=50 * 60)
    student.write(kinds.Submitted(files={}, why="time"))
    (signal,) = signals(student)
    assert signal.kind == "inactivity"
    assert signal.at_ms >= starts
    assert 38.9 <= signal.amount <= 39


def test_fast_text_that_goes_on_is_one_signal_that_grows():
    student = Student().begin()
    student.type(PROGRAM + PROGRAM.replace("area", "volume").replace("width", "depth"), per_second=60)
    (signal,) = signals(student)
    assert signal.amount >= 240
    assert "in stretches faster than typing" in signal.explanation


def test_own_text_that_comes_back_fast_raises_nothing():
    student = Student().begin()
    student.type(PROGRAM, per_second=7)
    student.erase(0, len(PROGRAM))
    student.insert(PROGRAM)
    assert signals(student) == []


def test_many_short_absences_together_are_told_once():
    student = Student().begin()
    for _ in range(5):
        student.look_away(13_000)
        student.type("total = total + 1\n")
    (signal,) = signals(student)
    assert (signal.kind, signal.amount) == ("focus_away", 65.0)
    assert "5 times" in signal.explanation


def test_short_absences_that_are_far_apart_raise_nothing():
    student = Student().begin()
    for _ in range(8):
        student.look_away(13_000)
        student.type("total = total + 1\n")
        student.clock.advance(seconds=200)
    assert found(student, Rules(signals=Signals(inactivity_minutes=60))) == []


def test_an_absence_that_ends_with_the_hand_in_is_told():
    student = Student().begin()
    student.write(kinds.Focus(here=False))
    student.clock.advance(seconds=90)
    student.submit("time")
    assert found(student) == ["focus_away"]


def test_an_offline_stretch_that_never_ended_is_told_at_the_hand_in_and_again_when_it_ends():
    student = Student().begin()
    student.write(kinds.Contact(online=False))
    student.clock.advance(seconds=300)
    student.submit()
    (before,) = signals(student)
    assert (before.kind, "ended without one" in before.explanation) == ("offline", True)
    student.write(kinds.Contact(online=True, unsent=40, offline_ms=400_000), ms=100_000)
    (after,) = signals(student)
    assert (after.amount, after.seq) == (400.0, before.seq)
    assert "40 events" in after.explanation
