"""How common a kind of signal is, said for classes of every size."""

import pytest

from examdesk.staffapi.messages import SignalView
from instructor_app.pages.session_tabs import how_common


@pytest.mark.parametrize(
    ("having", "students", "said"),
    [
        (0, 0, ""),
        (1, 1, "Nobody else is in this class: nothing says whether this is common."),
        (1, 2, "1 of 2 students: too few to say whether this is common."),
        (5, 5, "5 of 5 students: too few to say whether this is common."),
        (1, 6, "1 of 6 students in this class has this signal."),
        (12, 24, "12 of 24 students in this class have this signal."),
    ],
)
def test_a_small_class_says_little(having, students, said):
    signal = SignalView(
        kind="restart", title="Restart", explanation="", journal="", seq=0, at_ms=0, amount=1, unit="seconds",
        students_with_it=having, students=students,
    )  # fmt: skip
    assert how_common(signal) == said
