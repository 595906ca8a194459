"""Names on tabs are short, and tell files apart."""

import pytest

from student_app.views.tab_names import MOST, tab_names


def test_short_names_stay_as_they_are():
    assert tab_names(("main.py", "data/points.csv")) == ["main.py", "data/points.csv"]


def test_of_a_long_path_the_end_is_shown():
    (name,) = tab_names(("measurements/of/the/second/group/mean.py",))
    assert name == "…/mean.py"


def test_files_of_one_name_are_told_apart_by_their_folder():
    names = tab_names(("measurements/of/the/first/mean.py", "measurements/of/the/second/mean.py"))
    assert names == ["…/first/mean.py", "…/second/mean.py"]


@pytest.mark.parametrize("path", ["k" * 200 + "_01.py", "/".join(["folder"] * 28) + "/file.py", "ä" * 199])
def test_no_name_is_longer_than_a_tab(path):
    (name,) = tab_names((path,))
    assert len(name) <= MOST
    assert name.endswith(path[-6:])
