"""`tests/benchmarks/run.py`: no benchmark is forgotten, in the list or in the documentation, and figures are found."""

from pathlib import Path

import pytest

from tests.benchmarks import run

ROOT = Path(__file__).resolve().parents[2]


def test_every_benchmark_is_run():
    files = {bench.file for bench in run.benches().values()}
    assert {path.name for path in run.HERE.glob("*_bench.py")} <= files
    assert {"similarity/speed.py", "similarity/quality.py"} <= files


def test_every_benchmark_is_documented():
    page = (ROOT / "docs" / "benchmarks.md").read_text("utf-8")
    named = [bench.file for name, bench in run.benches().items() if name in run.KNOWN]
    assert [file for file in named if file not in page] == []


@pytest.mark.parametrize(
    ("lines", "figures"),
    [
        ([], {}),
        (["words only"], {}),
        (['{"a": 1}'], {"a": 1}),
        (["said before", "{", ' "a": 1,', ' "b": {"c": 2}', "}"], {"a": 1, "b": {"c": 2}}),
        (["{ no JSON"], {}),
    ],
)
def test_figures_are_the_json_at_the_end(lines, figures):
    assert run._figures(lines) == figures


def test_a_failed_benchmark_is_told_and_keeps_its_code(tmp_path, capsys):
    path = tmp_path / "lossy_bench.py"
    path.write_text("import sys, json\nprint(json.dumps({'lost': 3}))\nsys.exit(1)\n")
    result = run.run("lossy", run.Bench(str(path), "loses"), full=False)
    run.show(result)
    assert (result.code, result.figures) == (1, {"lost": 3})
    assert "FAILED with 1" in capsys.readouterr().out
