import pytest

from shared.exam.interpreter import package_mistake, python_fits, python_mistake


@pytest.mark.parametrize(
    ("wanted", "fits", "fits_not"),
    [
        (">=3.11", [(3, 11, 0), (3, 14, 2)], [(3, 10, 9)]),
        (">=3.11,<3.14", [(3, 13, 9)], [(3, 14, 0), (3, 9, 0)]),
        ("==3.12.*", [(3, 12, 0), (3, 12, 7)], [(3, 13, 0)]),
        ("==3.12.3", [(3, 12, 3)], [(3, 12, 4)]),
        ("~=3.11", [(3, 11, 0), (3, 13, 1)], [(4, 0, 0), (3, 10, 0)]),
        ("~=3.11.2", [(3, 11, 2), (3, 11, 9)], [(3, 12, 0), (3, 11, 1)]),
        (">3.11 , !=3.12.0", [(3, 11, 1), (3, 12, 1)], [(3, 11, 0), (3, 12, 0)]),
        ("<=3.13", [(3, 13, 0)], [(3, 13, 1)]),
    ],
)
def test_a_version_range_means_what_it_says(wanted, fits, fits_not):
    assert python_mistake(wanted) == ""
    assert all(python_fits(wanted, version) for version in fits)
    assert not any(python_fits(wanted, version) for version in fits_not)


@pytest.mark.parametrize("wanted", ["", "3.11", ">=3.x", ">=3.11,", "python>=3", ">=3.11;x"])
def test_what_is_no_version_range_fits_nothing(wanted):
    assert "is no range of Python versions" in python_mistake(wanted)
    assert not python_fits(wanted, (3, 12, 0))


@pytest.mark.parametrize("wanted", ["numpy", "numpy>=2,<3", "pandas[excel,plot]==2.*", "A.b_c-d ~= 1.0rc1"])
def test_packages_are_read_as_people_write_them(wanted):
    assert package_mistake(wanted) == ""


@pytest.mark.parametrize(
    "wanted", ["", "num py", "-r file", "numpy>=", "git+https://x/y", "numpy; x", "--index-url=x", "../x"]
)
def test_what_is_no_package_is_said(wanted):
    assert "is no package" in package_mistake(wanted)
