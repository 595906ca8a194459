"""How common a signal is in a class: students are counted, not their attempts."""

from examdesk.evidence.signals import how_common


def test_who_sat_a_practice_exam_several_times_is_one_student():
    found = how_common([("s1", ["large_paste"]), ("s1", ["large_paste", "away"]), ("s2", []), ("s3", ["large_paste"])])
    assert found.students == 3
    assert found.having == {"large_paste": 2, "away": 1}


def test_several_signals_of_one_kind_are_one_student_too():
    assert how_common([("s1", ["away"] * 5)]).having == {"away": 1}


def test_an_empty_class_has_nothing_in_common():
    assert how_common([]).students == 0
