"""Editions of the exam's content at one desk: what changes, what never does, and what the record says of it."""

import msgspec
import pytest

from shared.admission.edition import Edition, read_edition
from shared.events import kinds
from shared.exam.content import ContentFile
from shared.exam.rules import RecordingPolicy
from shared.problems import PeerFault
from student_app.core.session import Phase
from tests.student_app.kit import EXAM, EXAM_KEY, changed, content, with_question, without_question
from tests.student_app.kit import events as committed


def events(bench, kind):
    bench.committer.step(300)
    return committed(bench.desk, kind)


def taken(bench):
    return events(bench, kinds.EditionTaken)


def corrections(desk, question="q1"):
    return [one for one in desk.state().notices if one.question == question]


def test_a_changed_text_is_shown_with_what_it_was_until_the_student_has_read_it(bench):
    desk = bench.open_exam()
    exam = changed(prompt="Print the product.")
    bench.deliver_edition(1, exam)
    (one,) = corrections(desk)
    assert (one.kind, one.before, one.prompt) == ("correction", "Prompt of q1: print the sum.", "Print the product.")
    assert not one.read
    assert desk.question("q1").prompt == "Print the product."
    desk.read_notice(one.number)
    assert corrections(desk)[0].read
    assert events(bench, kinds.EditionRead) == [kinds.EditionRead(number=1, question="q1")]


def test_a_changed_title_of_the_exam_is_shown_at_once(bench):
    desk = bench.open_exam()
    bench.deliver_edition(1, msgspec.structs.replace(content(), long_name="Quiz 1: Sums"))
    assert desk.state().title == "Quiz 1: Sums"


def test_the_record_has_what_the_exam_signed_of_the_edition_from_its_moment_on(bench):
    bench.open_exam()
    exam = changed(prompt="Print the product.")
    bench.deliver_edition(1, exam)
    (event,) = taken(bench)
    assert read_edition(event.envelope.encode(), EXAM_KEY.public, EXAM).number == event.number == 1
    assert event.changed == ("q1",)


def test_what_came_as_an_edition_is_still_there_and_unread_after_a_power_cut(bench):
    bench.open_exam()
    bench.deliver_edition(1, changed(prompt="Print the product."))
    bench.committer.step(300)
    bench.crash()
    desk = bench.come_back()
    (one,) = corrections(desk)
    assert (one.before, one.read) == ("Prompt of q1: print the sum.", False)
    assert len(taken(bench)) == 1


def test_a_desk_that_loses_its_power_while_an_edition_comes_has_the_former_one(bench):
    bench.open_exam()
    exam = changed(prompt="x" * 3_000_000)
    sealed = bench.sealed(exam)
    sitting = bench.desk.sitting
    wanted = sitting.content_offered(sealed.manifest, sealed.signature, b"", bench.edition(1, exam))
    assert len(wanted) == 3
    sitting.content_part(wanted[0], sealed.pieces[wanted[0]])
    bench.committer.step(300)
    bench.crash()
    desk = bench.come_back()
    assert desk.question("q1").prompt == "Prompt of q1: print the sum."
    assert desk.state().phase is Phase.WORKING


def test_the_draw_never_changes_with_an_edition(bench):
    desk = bench.open_exam()
    before = desk.sitting.memory.drawn
    bench.deliver_edition(1, msgspec.structs.replace(with_question("q0"), shuffle=True))
    assert desk.sitting.memory.drawn == before
    assert len(events(bench, kinds.Drawn)) == 1


def test_a_question_that_staff_give_stands_at_the_end_and_is_marked_until_it_is_seen(bench):
    desk = bench.open_exam()
    bench.deliver_edition(1, with_question("q3"))
    desk.sitting.standing(bench.standing(added=("q3",)))
    assert desk.sitting.memory.drawn[-1] == "q3"
    assert events(bench, kinds.Drawn)[-1].edition == 1
    assert desk.text("q3/main.py") == "# new\n"
    (view,) = [each for each in desk.state().questions if each.added]
    assert view.id == "q3"
    assert any("Q3" in sentence for sentence in desk.state().news)
    desk.view("q3")
    assert not any(each.added for each in desk.state().questions)


def test_a_question_that_is_given_before_its_edition_comes_waits_for_it(bench):
    desk = bench.open_exam()
    desk.sitting.standing(bench.standing(added=("q3",)))
    assert "q3" not in desk.sitting.memory.drawn
    bench.deliver_edition(1, with_question("q3"))
    assert desk.sitting.memory.drawn[-1] == "q3"


def test_a_starter_file_that_nobody_touched_becomes_the_new_one(bench):
    desk = bench.open_exam()
    desk.view("q1", "q1/main.py")
    bench.deliver_edition(1, changed(starter=(ContentFile("main.py", b"# better\n"), ContentFile("more.py", b"1\n"))))
    assert desk.text("q1/main.py") == "# better\n"
    assert desk.text("q1/more.py") == "1\n"
    assert taken(bench)[0].replaced == ("q1/main.py",)
    assert events(bench, kinds.FileCreated)[-1].origin == "starter"
    assert desk.state().file == "q1/main.py"


def test_a_starter_file_that_the_student_changed_stays(bench):
    desk = bench.open_exam()
    desk.insert("q1/main.py", 0, "x = 1\n")
    bench.deliver_edition(1, changed(starter=(ContentFile("main.py", b"# better\n"),)))
    assert desk.text("q1/main.py") == "x = 1\n# start\n"
    assert taken(bench)[0].kept == ("q1/main.py",)
    assert any("q1/main.py" in sentence for sentence in desk.state().news)


def test_a_starter_file_that_the_student_removed_stays_away(bench):
    desk = bench.open_exam()
    main = ContentFile("main.py", b"# start\n")
    with_helper = changed(starter=(main, ContentFile("helper.py", b"1\n")))
    bench.deliver_edition(1, with_helper)
    desk.remove_file("q1/helper.py")
    bench.deliver_edition(2, changed(with_helper, starter=(main, ContentFile("helper.py", b"2\n"))))
    assert "q1/helper.py" not in desk.sitting.memory.workspace.files


def test_what_was_handed_in_is_not_changed_by_an_edition(bench):
    desk = bench.open_exam()
    desk.submit()
    bench.deliver_edition(1, changed(starter=(ContentFile("main.py", b"# better\n"),)))
    assert desk.text("q1/main.py") == "# start\n"


def test_a_withdrawn_question_stays_with_its_work(bench):
    desk = bench.open_exam()
    desk.insert("q1/main.py", 0, "x = 1\n")
    bench.deliver_edition(1, without_question("q1"))
    views = {each.id: each for each in desk.state().questions}
    assert views["q1"].withdrawn
    assert not views["q2"].withdrawn
    assert desk.text("q1/main.py").startswith("x = 1")
    assert any("withdrawn" in one.text for one in desk.state().notices)
    desk.insert("q1/main.py", 0, "y = 2\n")


def test_rules_of_the_desk_hold_at_once_and_are_said(bench):
    desk = bench.open_exam()
    bench.deliver_edition(1, content(paste="block"))
    assert not desk.paste("q1/main.py", 0, 0, "text from outside")
    (one,) = [each for each in desk.state().notices if each.kind == "announcement"]
    assert "Pasting: switched off instead of allowed." in one.text
    desk.read_notice(one.number)
    assert desk.state().unread == 0


def test_less_is_recorded_at_once_and_more_only_once_it_was_read(bench):
    desk = bench.open_exam(msgspec.structs.replace(content(), recording=RecordingPolicy(focus=False)))
    start = msgspec.structs.replace(content(), recording=RecordingPolicy(focus=False))
    bench.deliver_edition(1, msgspec.structs.replace(content(), recording=RecordingPolicy(pastes=False)), start)
    desk.focus(False)
    desk.paste("q1/main.py", 0, 0, "text")
    assert events(bench, kinds.Focus) == []
    assert events(bench, kinds.Paste) == []
    (one,) = [each for each in desk.state().notices if each.kind == "announcement"]
    desk.read_notice(one.number)
    desk.focus(True)
    assert len(events(bench, kinds.Focus)) == 1


def test_what_was_not_read_yet_is_not_recorded_after_a_restart_either(bench):
    start = msgspec.structs.replace(content(), recording=RecordingPolicy(focus=False))
    bench.open_exam(start)
    bench.deliver_edition(1, content(), start)
    bench.committer.step(300)
    bench.crash()
    desk = bench.come_back()
    desk.focus(False)
    assert events(bench, kinds.Focus) == []


def test_a_correction_holds_until_an_edition_changes_that_text(bench):
    desk = bench.open_exam()
    desk.sitting.notice(bench.correction(1, "q1", "Print the difference."))
    bench.deliver_edition(1, changed(question="q2", prompt="Other."))
    assert [one.prompt for one in corrections(desk)] == ["Print the difference."]
    second = changed(changed(question="q2", prompt="Other."), prompt="Print the product.")
    bench.deliver_edition(2, second, changed(question="q2", prompt="Other."), prompts={"q1": 1})
    shown = corrections(desk)
    assert [one.prompt for one in shown] == ["", "Print the product."]
    assert shown[-1].before == "Print the difference."


def test_an_edition_that_was_overtaken_changes_nothing(bench):
    desk = bench.open_exam()
    newest = changed(prompt="Newest.")
    bench.deliver_edition(2, newest)
    bench.deliver_edition(1, changed(prompt="Older."))
    bench.deliver_sealed(content())
    assert desk.question("q1").prompt == "Newest."
    assert [event.number for event in taken(bench)] == [2]


def test_two_editions_that_come_at_once_show_what_is_different_from_what_was_seen(bench):
    desk = bench.open_exam()
    first, second = changed(prompt="First."), changed(prompt="Second.")
    bench.deliver_edition(1, first)
    bench.deliver_edition(2, second, first)
    assert [(one.before, one.prompt) for one in corrections(desk)] == [
        ("Prompt of q1: print the sum.", "First."),
        ("First.", "Second."),
    ]


def test_before_the_start_the_newest_edition_simply_is_the_exam(bench):
    bench.desk.join("code", "s1")
    sitting = bench.admit()
    sitting.standing(bench.standing(starts_ms=None, ends_ms=None))
    bench.deliver_sealed()
    exam = with_question("q3")
    bench.deliver_edition(1, exam)
    assert bench.desk.content is None
    sitting.standing(bench.standing())
    sitting.content_key(bench.content_key)
    assert sorted(sitting.memory.drawn) == ["q1", "q2", "q3"]
    assert bench.desk.state().notices == ()
    assert [event.number for event in taken(bench)] == [1]


def test_an_edition_that_names_another_content_is_refused(bench):
    desk = bench.open_exam()
    exam = changed(prompt="Print the product.")
    wrong = bench.edition(1, content())
    with pytest.raises(PeerFault):
        bench.deliver_sealed(exam, wrong)
    assert desk.question("q1").prompt == "Prompt of q1: print the sum."


def test_an_edition_of_another_exam_is_refused(bench):
    from shared.admission.edition import sign_edition
    from tests.student_app.kit import hash_of

    bench.open_exam()
    exam = changed(prompt="Print the product.")
    edition = Edition(exam="00" * 16, number=1, issued_ms=0, former="00" * 32, content=hash_of(exam))
    with pytest.raises(PeerFault):
        bench.deliver_sealed(exam, sign_edition(edition, EXAM_KEY))


def test_on_another_pc_the_questions_stay_those_that_were_drawn(bench):
    bench.desk.join("code", "s1")
    drawn = kinds.Drawn(seed="00" * 16, questions=("q2", "q1"), draws=0)
    sitting = bench.admit(drawn=drawn)
    sitting.standing(bench.standing())
    exam = msgspec.structs.replace(with_question("q0"), shuffle=True)
    bench.deliver_edition(1, exam)
    sitting.content_key(bench.content_key)
    assert sitting.memory.drawn == ("q2", "q1")
