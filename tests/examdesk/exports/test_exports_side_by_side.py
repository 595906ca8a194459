"""Exports by two processes: the same files, one progress, the same errors, and an end when somebody stops it."""

import os

import pytest

from examdesk.exports.apart import Apart, divide, effort_apart, processes_for
from examdesk.exports.kinds import KINDS
from examdesk.exports.writing import Cancelled, Effort
from shared.problems import EnvironmentProblem, InputProblem
from tests.examdesk.exports.class_at_work import export, stored_class

WHAT = {"canvas", "sessions", "submissions", "events", "progsnap", "bundle"}


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    return stored_class(tmp_path_factory.mktemp("records"))


def files(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_two_processes_make_the_files_that_one_makes(stored, tmp_path):
    told = []
    one = export(stored, tmp_path / "one", WHAT, processes=1)
    two = export(stored, tmp_path / "two", WHAT, progress=lambda *said: told.append(said), processes=2)
    assert files(tmp_path / "one") == files(tmp_path / "two")
    assert [path.relative_to(tmp_path / "one") for path in one] == [path.relative_to(tmp_path / "two") for path in two]
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_stopping_ends_both_and_leaves_nothing(stored, tmp_path):
    asked = []
    with pytest.raises(Cancelled):
        export(stored, tmp_path / "out", WHAT, cancelled=lambda: asked.append(1) or len(asked) > 5, processes=2)
    assert not (tmp_path / "out").exists()


def test_what_shares_one_pass_over_the_events_stays_together():
    here, apart = divide(KINDS, 2)
    assert here | apart == set(KINDS)
    assert apart == {"bundle", "progsnap"}
    assert divide({"canvas", "events"}, 2) == ({"canvas"}, {"events"})
    assert divide({"progsnap", "bundle"}, 2) == ({"progsnap"}, {"bundle"})
    assert divide({"events", "bundle"}, 2) == ({"events"}, {"bundle"})


@pytest.mark.parametrize("what", [{"bundle"}, {"sessions", "canvas"}])
def test_what_can_not_be_divided_is_made_by_one_process(what):
    assert divide(what, 8) == (what, set())
    assert divide(KINDS, 1) == (set(KINDS), set())


def test_few_events_are_not_worth_another_process():
    assert processes_for(99_999) == 1
    assert processes_for(5_000_000, spare=10_000) == 1


def work_that_fails(said):
    raise InputProblem(said)


def work_that_dies():
    os._exit(9)


def work_until_it_is_stopped():
    effort = effort_apart()
    while True:
        effort.step(0)


def waiting():
    return Effort(lambda *_: None, lambda: False)


def test_an_error_of_the_other_process_comes_up_here():
    with Apart() as other:
        other.start(work_that_fails, "The disk is on fire.")
        with pytest.raises(InputProblem, match="on fire"):
            other.wait(waiting())


def test_a_process_that_the_computer_ends_is_explained():
    with Apart() as other:
        other.start(work_that_dies)
        with pytest.raises(EnvironmentProblem, match="Nothing was written"):
            other.wait(waiting())


def test_the_other_process_ends_with_its_block():
    asked = []
    with Apart() as other:
        other.start(work_until_it_is_stopped)
        with pytest.raises(Cancelled):
            other.wait(Effort(lambda *_: None, lambda: asked.append(1) or len(asked) > 3))
