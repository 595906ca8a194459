"""The figures of the benchmark: intervals as they are tabulated, and a row for every behaviour in the document."""

import pytest

from tests.benchmarks.signals_bench import BEGIN, END, PAGE, Share
from tests.support.labelled import HONEST, NOT_HONEST, UNSEEN


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (5, 10, 0.2366, 0.7634), (81, 263, 0.2553, 0.3662)],
)
def test_an_interval_is_wilsons(hits, of, low, high):
    assert Share(hits, of).interval == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))


def test_of_nothing_there_is_no_share():
    assert (Share(0, 0).value, Share(0, 0).interval, str(Share(0, 0))) == (None, None, "-")


def test_every_behaviour_stands_in_the_document_and_no_honest_one_was_pointed_out():
    figures = PAGE.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]
    for act in (*HONEST, *NOT_HONEST, *UNSEEN):
        said = (act.__doc__ or "").partition("\n")[0].rstrip(".")
        assert f"| {said} |" in figures
    assert " honest ones 0 have a signal about pastes" in figures
