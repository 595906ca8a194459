"""The labelled set in small: what honest students do raises no paste signal, what others do is told."""

import pytest

from tests.support.labelled import HONEST, NOT_HONEST, UNSEEN, labelled


@pytest.mark.parametrize("act", HONEST, ids=lambda act: act.__name__)
def test_honest_work_raises_what_happened_and_no_paste_signal(act):
    for session in labelled((act,), 2, "suite"):
        assert session.raised == session.truth, [signal.explanation for signal in session.signals]


@pytest.mark.parametrize("act", NOT_HONEST, ids=lambda act: act.__name__)
def test_what_was_done_besides_own_work_is_told(act):
    for session in labelled((act,), 2, "suite 2"):
        assert session.raised >= session.truth, [signal.explanation for signal in session.signals]


@pytest.mark.parametrize("act", UNSEEN, ids=lambda act: act.__name__)
def test_what_nobody_can_tell_is_not_guessed(act):
    for session in labelled((act,), 2, "suite"):
        assert session.raised == frozenset()
