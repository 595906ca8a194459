"""The lanes of the timeline."""

from examdesk.staffapi.messages import MessageView, PlayedJournal, PlayedVersion, SignalView
from examdesk.staffapi.playback.marks import Marks, message_marks, signal_marks, version_marks
from examdesk.staffapi.playback.tape import Tape
from shared.events import kinds
from tests.examdesk.staffapi.playback.made_up_session import MAIN, Session, started


def folded(session: Session) -> tuple[Tape, Marks]:
    tape, marks = Tape(), Marks()
    for event in session.events:
        marks.take(tape, event, tape.take(event))
    tape.set_journals((PlayedJournal(journal="aa", device="PC1", stop=len(tape)),))
    return tape, marks


def test_a_run_has_its_input_output_end_and_exact_code():
    session = started()
    files = {MAIN: kinds.FileState(sha256="00", length=8)}
    session.write(kinds.RunStarted(run=1, question="q1", file=MAIN, files=files))
    session.write(kinds.RunOutput(run=1, stream="out", text="Name? "))
    session.write(kinds.RunInput(run=1, text="Ada\n"))
    session.write(kinds.RunOutput(run=1, stream="err", text="Traceback", capped=True))
    session.write(kinds.RunInput(run=1, text="press Up\n", how="window"))
    session.write(kinds.RunEnded(run=1, reason="exit", seconds=3.0, exit_code=1, error="ValueError", line=2))
    session.write(kinds.RunStarted(run=2, question="q1", file=MAIN, files=files))
    session.write(kinds.RunEnded(run=2, reason="time", seconds=10.0))
    session.write(kinds.RunStarted(run=3, question="q1", file=MAIN, files=files))
    tape, marks = folded(session)
    assert [run.look for run in marks.runs] == ["failed", "stopped", "running"]
    first = marks.runs[0]
    assert [said.stream for said in first.said] == ["out", "in", "err", "capped", "window"]
    assert (first.number, first.ended, first.file, first.line) == (3, 8, MAIN, 2)
    assert marks.run_at(2) is None
    assert marks.run_at(8) is first
    assert [mark.look for mark in marks.run_marks(tape.times[-1])] == ["failed", "stopped", "running"]


def test_a_run_of_checks_is_one_and_did_not_fail_where_a_check_does_not_hold():
    session = started()
    files = {MAIN: kinds.FileState(sha256="00", length=8)}
    session.write(kinds.RunStarted(run=1, question="q1", file=MAIN, files=files, checks=True))
    session.write(kinds.RunEnded(run=1, reason="exit", seconds=1.0, exit_code=1))
    _, marks = folded(session)
    assert [(run.checks, run.look) for run in marks.runs] == [(True, "ok")]


def test_stretches_away_and_offline_end_when_the_student_is_back():
    session = started()
    session.write(kinds.Focus(here=False))
    session.write(kinds.Focus(here=True, away_ms=9_000), ms=9_000)
    session.write(kinds.Contact(online=False))
    session.write(kinds.Contact(online=True), ms=200)
    session.write(kinds.Contact(online=False))
    session.write(kinds.Contact(online=True), ms=90_000)
    session.write(kinds.Focus(here=False))
    _, marks = folded(session)
    assert [(mark.end_ms or 0) - mark.at_ms for mark in marks.focus[:1]] == [9_000]
    assert marks.focus[1].end_ms is None
    assert [(mark.end_ms or 0) - mark.at_ms for mark in marks.offline] == [90_000]


def test_a_long_paste_in_parts_is_one_mark():
    session = started()
    for part in (1, 2, 3):
        text = "x" * 10
        session.write(
            kinds.Paste(file=MAIN, at=part * 10 - 2, removed=0, text=text, clip="outside", part=part, parts=3), ms=0
        )
    session.write(kinds.Paste(file=MAIN, at=0, removed=0, text="a", clip="own"))
    _, marks = folded(session)
    assert [(mark.look, mark.number) for mark in marks.pastes] == [("outside", 5), ("own", 6)]


def test_pauses_moves_and_hand_ins_stand_on_the_session_lane():
    session = started()
    session.write(kinds.StandingApplied(revision=1, phase="active", starts_ms=1_000_000, ends_ms=9_000_000))
    session.write(kinds.StandingApplied(revision=2, phase="active", starts_ms=1_000_000, ends_ms=9_000_000))
    session.write(kinds.StandingApplied(revision=3, phase="paused", paused=True, ends_ms=9_000_000))
    session.write(kinds.StandingApplied(revision=4, phase="active", ends_ms=9_060_000), ms=60_000)
    session.write(kinds.Submitted(files={}, why="student"))
    _, marks = folded(session)
    assert [mark.look for mark in marks.session] == ["new", "standing", "paused", "standing", "submitted"]
    assert marks.session[2].end_ms == marks.session[2].at_ms + 60_000
    standing = marks.standing_at(4)
    assert standing is not None
    assert (standing.phase, standing.ends_ms) == ("active", 9_000_000)
    assert marks.standing_at(1) is None


def test_signals_versions_and_messages_find_their_moment():
    session = started()
    session.type("abc", 8)
    tape, marks = folded(session)

    def signal(journal: str, seq: int) -> SignalView:
        return SignalView(
            kind="k", title="T", explanation="E.", journal=journal, seq=seq, at_ms=0, amount=1, unit="x",
            students_with_it=1, students=2,
        )  # fmt: skip

    assert [mark.number for mark in signal_marks(tape, (signal("aa", 2), signal("bb", 0), signal("aa", 99)))] == [3]
    versions = (PlayedVersion(journal="aa", seq=1, at_ms=0, number=1, why="run"),)
    assert [(mark.number, mark.words) for mark in version_marks(tape, versions)] == [(2, "1")]
    message = MessageView(number=1, at_ms=tape.times[1], sender="Prof", text="Hi", kind="message", from_student=False)
    assert [mark.number for mark in message_marks(tape, (message,), marks.hands)] == [2]
