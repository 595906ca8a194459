"""A session's questions never change by themselves; the hub's word changes them once, and what was written stays."""

import msgspec

from shared.exam.document import Alternatives, Question, Zone
from shared.exam.drawing import draw, session_seed
from tests.student_app.kit import Bench, content

NAMES = ("q1", "q2", "q3", "q4", "q5", "q6")


def many():
    base = content()
    one = base.questions[0]
    group = Alternatives(alternatives=tuple(Question(id=name) for name in NAMES), number_choose=2)
    return msgspec.structs.replace(
        base,
        zones=(Zone(questions=(group,)),),
        questions=tuple(msgspec.structs.replace(one, id=name) for name in NAMES),
    )


def ids(desk):
    return tuple(view.id for view in desk.state().questions)


def test_the_draw_is_redone_only_on_the_hubs_word_and_the_work_stays(tmp_path):
    bench = Bench(tmp_path)
    desk = bench.open_exam(many())
    first = ids(desk)
    assert first == draw(many(), session_seed(bench.session)).questions()
    written = set(desk.sitting.memory.workspace.files)
    number = next(n for n in range(1, 50) if draw(many(), session_seed(bench.session, n)).questions() != first)
    desk.sitting.standing(bench.standing(draws=number))
    second = ids(desk)
    assert second == draw(many(), session_seed(bench.session, number)).questions()
    assert desk.sitting.memory.draws == number
    assert written <= set(desk.sitting.memory.workspace.files)
    desk.sitting.standing(bench.standing(draws=number))
    desk.sitting.standing(bench.standing(draws=0))
    assert ids(desk) == second
    bench.committer.step(10)
    bench.crash()
    assert ids(bench.come_back()) == second


def test_a_draw_that_was_redone_before_the_start_is_the_first_one_that_the_student_sees(tmp_path):
    bench = Bench(tmp_path)
    desk = bench.open_exam(many(), draws=3)
    assert ids(desk) == draw(many(), session_seed(bench.session, 3)).questions()
    assert desk.sitting.memory.draws == 3
